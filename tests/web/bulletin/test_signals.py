"""Signals of gaming on a page: the unit sees and answers what is said of it, then its orders go to the inspectors."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests import city
from tests.city import HEAT
from tests.web.bulletin.month import MONTH, OVER
from tests.web.desk import AGENT, ANALYST, HEAT_CLERK, HOUSING_CLERK, INSPECTOR, LEADER, SUPERVISOR, Desk, Seen

PAGE = f"/bulletin/signals?month={MONTH}"


def about_heating() -> None:
    """A signal about the heating company, found on the first of December, told once."""
    from jiesu.domain import windows
    from jiesu.domain.gaming import Signal
    from jiesu.workflow import signals

    numbers = [n for (n,) in sql.rows("SELECT number FROM work_order WHERE lead_unit = %s ORDER BY 1", (HEAT,))]
    found = [Signal(HEAT, "copied_replies", len(numbers), 24, 0.05, tuple(numbers))]
    assert signals.tell(windows.read(MONTH), found, by=city.DU, now=OVER) == 1
    assert signals.tell(windows.read(MONTH), found, by=city.DU, now=OVER) == 0


@pytest.fixture(autouse=True)
def told(desk: Desk) -> int:
    """The number of that signal."""
    desk.at = OVER
    about_heating()
    return int(sql.value("SELECT id FROM gaming_signal"))


def act(desk: Desk, who: str, told: int, verb: str, text: str = "") -> Seen:
    return desk.post(who, f"/bulletin/signals/{told}/{verb}", {"text": text, "month": MONTH})


def test_the_unit_is_heard_and_then_its_orders_are_sampled(desk: Desk, told: int) -> None:
    page = desk.get(HEAT_CLERK, PAGE)
    assert "供热公司 答复雷同：24 件中 14 件（58%），其他单位平均 5%" in page.words
    assert "请在 12月4日 前说明" in page.words
    assert "没有要本单位说明的线索。" in desk.get(HOUSING_CLERK, PAGE).words
    early = act(desk, SUPERVISOR, told, "send")
    assert (early.status, "先听单位说明：12月4日前答复" in early.words) == (422, True)
    empty = act(desk, HEAT_CLERK, told, "answer", " ")
    assert (empty.status, "请写明情况，不超过 1,000 字" in empty.words) == (422, True)
    assert act(desk, HOUSING_CLERK, told, "answer", "说明").status == 403
    assert act(desk, HEAT_CLERK, told, "send").status == 403
    assert "说明已送出" in act(desk, HEAT_CLERK, told, "answer", "供暖首日集中来件，用了统一说明").words
    page = desk.get(INSPECTOR, PAGE)
    assert "单位说明 供暖首日集中来件，用了统一说明" in page.words
    assert "2026-12-01 09:00" in page.words
    assert "10 张工单已列入质检抽样，由质检员判断。" in act(desk, INSPECTOR, told, "send").words
    assert sql.value("SELECT count(*) FROM inspection WHERE signal = 'copied_replies'") == 10
    for who, verb in ((SUPERVISOR, "send"), (SUPERVISOR, "drop"), (HEAT_CLERK, "answer")):
        again = act(desk, who, told, verb, "再来")
        assert (again.status, "这条线索已送质检" in again.words) == (422, True)
    assert "供暖首日".encode() not in b"".join(bytes(one) for (one,) in sql.rows("SELECT sealed FROM signal_note"))
    assert sql.value("SELECT count(*) FROM event WHERE move = 'approve_exemption'") == 0


def test_after_its_days_it_goes_on_without_an_answer_and_may_be_laid_aside(desk: Desk, told: int) -> None:
    desk.at = city.local("2026-12-05 09:00")
    assert "送质检（最多 10 张）" in desk.get(SUPERVISOR, PAGE).words
    assert "已写明理由，不再追。" in act(desk, SUPERVISOR, told, "drop", "都是同一次停暖").words
    assert "不再追 都是同一次停暖" in desk.get(HEAT_CLERK, PAGE).words
    assert sql.value("SELECT count(*) FROM inspection WHERE signal = 'copied_replies'") == 0


def test_who_looks_and_what_is_not_found(desk: Desk, told: int) -> None:
    for who in (AGENT, LEADER, ANALYST):
        assert desk.get(who, PAGE).status == 403
    assert desk.post(HEAT_CLERK, "/bulletin/signals/find", {"month": MONTH}).status == 403
    assert desk.post(SUPERVISOR, "/bulletin/signals/find", {"month": "x"}).status == 400
    for path in ("999/answer", f"{told}/forget"):
        assert desk.post(HEAT_CLERK, f"/bulletin/signals/{path}", {"text": "x"}).status == 404
    assert "还没有查找过这个时段的线索。点“查找”" in desk.get(SUPERVISOR, "/bulletin/signals?month=2026-10").words


def test_the_list_costs_few_statements(desk: Desk) -> None:
    from jiesu.store import rules

    browser = desk.browser(SUPERVISOR)
    rules.current()
    with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
        assert browser.get(PAGE).status_code == 200
    assert len(ours) + len(djangos) == 5
