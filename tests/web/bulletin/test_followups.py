"""The review meeting's list: an item with its owner and day, carried over until it is done, told in the bulletin."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests import city
from tests.city import local
from tests.web.bulletin.month import MONTH
from tests.web.bulletin.test_editions import PAGE, docx_words, issued
from tests.web.desk import AGENT, ANALYST, HEAT_CLERK, HEAT_LEADER, HOUSING_CLERK, LEADER, SUPERVISOR, Desk, Seen

LIST = "/bulletin/followups"
ITEM = {"window": MONTH, "text": "把工人村的保温层补齐", "owner": "供热公司", "due": "2026-12-15"}


@pytest.fixture(autouse=True)
def meeting(desk: Desk) -> None:
    desk.at = local("2026-12-09 09:00")


def add(desk: Desk, who: str = SUPERVISOR, **given: str) -> Seen:
    return desk.post(who, f"{LIST}/add", {**ITEM, **given})


def last() -> int:
    return int(sql.value("SELECT max(id) FROM follow_up"))


def mark(desk: Desk, state: str, who: str = SUPERVISOR, **given: str) -> Seen:
    return desk.post(who, f"{LIST}/{last()}", {"state": state, "note": "已补 40 米", **given})


def test_an_item_goes_to_its_owner_and_comes_back_done(desk: Desk) -> None:
    assert "没有在办的事项。调度会上定了什么，点“记一项”" in desk.get(SUPERVISOR, LIST).words
    assert "已记下。" in add(desk).words
    page = desk.get(HEAT_LEADER, LIST)
    assert "把工人村的保温层补齐 供热公司 · 12月15日 前 · 2026年11月调度会" in page.words
    assert "没有您要办的事项。" in desk.get(HOUSING_CLERK, LIST).words
    assert mark(desk, "done", HOUSING_CLERK).status == 403
    assert mark(desk, "dropped", HEAT_CLERK).status == 403
    empty = mark(desk, "done", HEAT_CLERK, note=" ")
    assert (empty.status, "请写明怎么办的、结果怎样，不超过 500 字" in empty.words) == (422, True)
    assert "已办，通报里会写上。" in mark(desk, "done", HEAT_CLERK).words
    assert "已办 已补 40 米" in desk.get(LEADER, f"{LIST}?ended=1").words
    twice = mark(desk, "done", HEAT_CLERK)
    assert (twice.status, sql.value("SELECT count(*) FROM follow_mark")) == (422, 1)
    assert "已重新办。" in mark(desk, "open", note="又掉了一段").words
    assert "已改期。" in mark(desk, "moved", note="等材料", due="2026-12-20").words
    assert "12月20日 前" in desk.get(HEAT_LEADER, LIST).words
    desk.at = local("2026-12-22 09:00")
    assert "已过期 2 天" in desk.get(HEAT_LEADER, LIST).words
    sealed = sql.rows("SELECT sealed FROM follow_up UNION ALL SELECT sealed FROM follow_mark")
    assert "保温层".encode() not in b"".join(bytes(one) for (one,) in sealed)


def test_what_is_wrong_is_said_and_what_was_typed_stays(desk: Desk) -> None:
    for given, said in (
        ({"owner": "没有这个单位"}, "请写责任单位或责任人"),
        ({"owner": ""}, "请写责任单位或责任人"),
        ({"due": "2026-12-01"}, "请写一个今天或以后的期限"),
        ({"due": "x"}, "请写一个今天或以后的期限"),
        ({"text": ""}, "请写明要办什么"),
        ({"window": "2026-12-09"}, "调度会事项记在周、月、季、年的通报下"),
    ):
        page = add(desk, **given)
        assert (page.status, said in page.words) == (422, True), said
        assert page.forms["new-item"].values["owner"] == [given.get("owner", ITEM["owner"])]
    assert add(desk, window="x").status == 400
    assert add(desk, ANALYST).status == 403
    assert desk.get(AGENT, LIST).status == 403
    assert desk.post(SUPERVISOR, f"{LIST}/9", {"state": "done", "note": "好"}).status == 404
    assert sql.value("SELECT count(*) FROM follow_up") == 0


def test_a_person_of_the_centre_may_own_an_item(desk: Desk) -> None:
    name = sql.value("SELECT name FROM staff WHERE login = %s", (AGENT,))
    add(desk, owner=name)
    assert f"{name} · 12月15日 前" in desk.get(LEADER, LIST).words
    from jiesu.workflow import followups

    staff = sql.value("SELECT id FROM staff WHERE login = %s", (AGENT,))
    actor = city.Actor(f"s{staff}", (("agent", city.CENTER),))
    followups.mark(last(), "done", "已改模板", by=actor, now=desk.at)
    assert "已办 已改模板" in desk.get(LEADER, f"{LIST}?ended=1").words


def test_the_bulletin_tells_what_is_open_until_it_is_done(desk: Desk) -> None:
    add(desk)
    add(desk, window="2026-10", text="上月定的另一件", due="2026-12-31")
    add(desk, window="2026-w48", text="周会上定的", due="2026-12-31")
    assert "调度会议定事项" in issued(desk).words
    said = docx_words(desk, LEADER)
    for words in ("把工人村的保温层补齐", "上月定的另一件", "办理中"):
        assert words in said
    assert "周会上定的" not in said
    mark(desk, "dropped", note="并入改造")
    assert docx_words(desk, LEADER) == said
    assert "议定事项" in desk.get(LEADER, PAGE).words


def test_the_list_costs_few_statements(desk: Desk) -> None:
    from jiesu.store import rules

    for _ in range(5):
        add(desk)
    counted: dict[str, Any] = {}
    for who in (SUPERVISOR, HEAT_CLERK):
        browser = desk.browser(who)
        rules.current()
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert browser.get(LIST).status_code == 200
        counted[who] = len(ours) + len(djangos)
    assert counted == {SUPERVISOR: 5, HEAT_CLERK: 4}


def test_two_who_fill_in_at_once_do_not_both_count(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from jiesu.domain.errors import Refused
    from jiesu.store import followups as store
    from jiesu.workflow import followups

    add(desk)
    seen = store.one(last())
    mark(desk, "moved", note="等材料", due="2026-12-20")
    monkeypatch.setattr(store, "one", lambda _: seen)
    with pytest.raises(Refused, match="刚被别人填过"):
        followups.mark(last(), "done", "已补", by=city.DU, now=desk.at)
    assert sql.rows("SELECT state FROM follow_mark") == [("moved",)]
