"""Units are told of signals, cards and items of the review meeting: once each, by day, with the page to answer on."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.domain.gaming import Signal
from jiesu.store import sql
from tests import city
from tests.city import HEAT, HOUSING, local
from tests.web.bulletin.month import FREEZING, MONTH, OVER, frozen
from tests.web.bulletin.test_cards import CARD, act, turned_on
from tests.web.bulletin.test_followups import LIST, add, last, mark
from tests.web.desk import AGENT, HEAT_CLERK, HEAT_LEADER, HOUSING_CLERK, LEADER, SUPERVISOR, Desk

UNREAD = re.compile(r'<span class="sr">未读</span>(\S+)</b>')


def signalled(*kinds: str, at: datetime = OVER, unit: str = HEAT) -> int:
    from jiesu.domain import windows
    from jiesu.workflow import signals

    found = [Signal(unit, kind, 14, 24, 0.05, (1, 2)) for kind in kinds]
    return signals.tell(windows.read(MONTH), found, by=city.DU, now=at)


def kept() -> list[tuple[Any, ...]]:
    return sql.rows("SELECT key, role, unit, words, title, urgent FROM notice WHERE number = 0 ORDER BY id")


def due(at: datetime) -> None:
    from jiesu.jobs import chores

    chores.tell_units(at)


def link(html: str, words: str) -> str:
    found = re.search(f'<a href="([^"]+)">{words}</a>', html)
    assert found is not None
    return found[1]


@pytest.fixture
def quiet(db: Any) -> None:
    """The notices of the month's orders are another story."""
    sql.run("DELETE FROM notice")


@pytest.mark.usefixtures("quiet")
def test_a_signal_is_told_once_and_leads_to_where_the_unit_answers(desk: Desk) -> None:
    desk.at = OVER
    assert signalled("copied_replies", "reopened") == 2
    assert signalled("copied_replies", "reopened", at=OVER + city.HOUR) == 0
    words = "有关于本单位的线索，请先说明"
    page = desk.get(HEAT_CLERK, "/notices")
    assert f"2 项：{words}" in page.words
    assert "2 条未读" in page.words
    assert UNREAD.findall(page.html) == ["2"]
    address = link(page.html, "2026年11月 答复雷同，12月4日前说明")
    (signal,) = (id_ for (id_,) in sql.rows("SELECT id FROM gaming_signal WHERE kind = 'copied_replies'"))
    assert address == f"/bulletin/signals?month=2026-11#signal-{signal}"
    there = desk.get(HEAT_CLERK, address)
    assert f'id="signal-{signal}"' in there.html
    assert f"/bulletin/signals/{signal}/answer" in there.html
    assert words in desk.get(HEAT_LEADER, "/notices").words
    for who in (HOUSING_CLERK, SUPERVISOR, AGENT):
        assert words not in desk.get(who, "/notices").words
    desk.post(HEAT_CLERK, "/notices/read", {"upto": OVER.isoformat()})
    assert "都看过了" in desk.get(HEAT_CLERK, "/notices").words
    signalled("bare_contacts", at=OVER + 2 * city.HOUR)
    desk.at = OVER + 3 * city.HOUR
    assert "1 条未读" in desk.get(HEAT_CLERK, "/notices").words


@pytest.mark.usefixtures("quiet")
def test_what_is_found_at_night_waits_for_the_morning(desk: Desk) -> None:
    night = local("2026-12-01 23:10")
    signalled("copied_replies", at=night)
    (at,) = (at for (at,) in sql.rows("SELECT at FROM notice"))
    assert at == local("2026-12-02 07:00")
    desk.at = local("2026-12-01 23:30")
    assert "线索" not in desk.get(HEAT_CLERK, "/notices").words.split("都看过了")[1].split("最近 7 天")[0]
    desk.at = local("2026-12-02 07:01")
    assert "有关于本单位的线索，请先说明" in desk.get(HEAT_CLERK, "/notices").words


@pytest.mark.usefixtures("quiet")
def test_each_step_of_a_card_is_told_its_unit_and_nobody_else(desk: Desk) -> None:
    desk.at = FREEZING
    turned_on(CARD)
    frozen()
    page = desk.get(HEAT_LEADER, "/notices")
    assert "提出对本单位亮牌，待批准" in page.words
    card = sql.value("SELECT id FROM card")
    address = link(page.html, "2026年11月 黄牌")
    assert address == f"/unit/month?month=2026-11&amp;unit={HEAT}#card-{card}"
    there = desk.get(HEAT_LEADER, address.replace("&amp;", "&"))
    assert f'id="card-{card}"' in there.html
    assert "有情况要说明的，请在批准前告诉督办员。" in there.words
    act(desk, LEADER, "agree", "按会议意见")
    assert act(desk, LEADER, "agree").status == 422
    act(desk, LEADER, "lift", "已补齐人手")
    due(local("2027-01-07 09:00"))  # lifted before its day: nothing more is said on it
    assert [(words, title) for _, _, _, words, title, _ in kept()] == [
        ("提出对本单位亮牌，待批准", "2026年11月 黄牌"),
        ("对本单位亮牌", "2026年11月 黄牌，1月7日解除"),
        ("本单位的牌已解除", "2026年11月 黄牌"),
    ]
    assert {(role, unit, urgent) for _, role, unit, _, _, urgent in kept()} == {("unit_clerk", HEAT, False)}
    assert UNREAD.findall(desk.get(HEAT_LEADER, "/notices").html) == ["1"]  # one card


@pytest.mark.usefixtures("quiet")
def test_a_card_that_was_not_agreed_to_and_one_that_ended_by_its_day(desk: Desk) -> None:
    desk.at = FREEZING
    turned_on(CARD, {**CARD, "zh": "另一条", "colour": "red"})
    frozen()
    act(desk, LEADER, "refuse", "情况特殊")
    first = sql.value("SELECT min(id) FROM card")
    desk.post(LEADER, f"/bulletin/cards/{first}/agree", {"note": ""})
    due(local("2027-01-06 23:00"))
    assert [one[3] for one in kept()][2:] == ["对本单位提出的牌不予亮牌", "对本单位亮牌"]
    for day in ("2027-01-07", "2027-01-08", "2027-01-09"):
        due(local(f"{day} 09:00"))
    assert [one[3] for one in kept()][4:] == ["本单位的牌已解除"]


@pytest.mark.usefixtures("quiet")
def test_an_item_is_told_when_it_is_given_and_when_its_day_comes(desk: Desk) -> None:
    desk.at = local("2026-12-09 09:00")
    add(desk)
    given = last()
    add(desk, owner=sql.value("SELECT name FROM staff WHERE login = %s", (AGENT,)))
    add(desk, owner="住建局", due="2026-12-09")
    page = desk.get(HEAT_LEADER, "/notices")
    assert "调度会交办事项" in page.words
    assert link(page.html, "2026年11月调度会，12月15日前") == f"/bulletin/followups#item-{given}"
    assert f'id="item-{given}"' in desk.get(HEAT_LEADER, LIST).html
    assert "保温层" not in str(sql.rows("SELECT words, title FROM notice"))
    for at in ("2026-12-09 10:00", "2026-12-14 23:30"):
        due(local(at))
    assert [(one[0], one[2]) for one in kept()] == [(f"item:{given}:given", HEAT), (f"item:{given + 2}:given", HOUSING)]
    for at in ("2026-12-15 07:10", "2026-12-15 07:40", "2026-12-16 07:10"):
        due(local(at))
    assert [(one[0], one[3]) for one in kept()][2:] == [
        (f"item:{given}:due:2026-12-15", "调度会事项到期，请填办理结果")
    ]


@pytest.mark.usefixtures("quiet")
def test_another_day_is_told_again_and_what_is_done_is_not(desk: Desk) -> None:
    desk.at = local("2026-12-09 09:00")
    add(desk)
    given = last()
    desk.post(SUPERVISOR, f"{LIST}/{given}", {"state": "moved", "note": "等材料", "due": "2026-12-20"})
    due(local("2026-12-15 09:00"))
    assert len(kept()) == 1
    due(local("2026-12-20 09:00"))
    assert kept()[1][0] == f"item:{given}:due:2026-12-20"
    desk.at = local("2026-12-21 09:00")
    mark(desk, "done", HEAT_CLERK)
    mark(desk, "open", note="又掉了一段")
    assert [(one[0], one[3]) for one in kept()][2:] == [(f"item:{given}:open:2", "调度会事项要重新办")]
    mark(desk, "moved", note="再给几天", due="2026-12-24")
    mark(desk, "done", HEAT_CLERK)
    due(local("2026-12-24 09:00"))
    assert len(kept()) == 3


@pytest.mark.usefixtures("quiet")
def test_the_worker_that_was_away_tells_of_a_week_and_a_city_without_rules_of_nothing(desk: Desk) -> None:
    desk.at = local("2026-12-09 09:00")
    add(desk)
    with sql.counting() as seen:
        due(local("2026-12-09 09:30"))
    assert len(seen) == 2
    due(local("2026-12-22 09:00"))
    assert len(kept()) == 1
    due(local("2026-12-21 09:00"))
    assert len(kept()) == 2


@pytest.mark.usefixtures("quiet")
def test_the_digest_costs_few_statements(desk: Desk) -> None:
    from jiesu.store import rules

    desk.at = OVER
    signalled("copied_replies", "reopened", "retyped")
    browser = desk.browser(HEAT_CLERK)
    rules.current()
    with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
        assert browser.get("/notices").status_code == 200
    assert len(ours) + len(djangos) == 4
