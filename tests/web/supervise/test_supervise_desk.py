"""督办员 at his desk: why each order is there, by unit, and one message to many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.domain.order import Order
from jiesu.store import sql
from tests import city
from tests.city import HEAT, HOUSING, MONDAY, local
from tests.web import situations
from tests.web.desk import AGENT, APPROVER, HEAT_CLERK, SUPERVISOR, Desk, events_of

NEXT_WEEK = local("2026-12-01 10:00")


def late(count: int = 1) -> list[Order]:
    return [city.handling() for _ in range(count)]


def test_the_desk_opens_at_what_is_late_and_says_who_holds_it_for_how_long(desk: Desk) -> None:
    order = late()[0]
    desk.at = NEXT_WEEK
    page = desk.get(SUPERVISOR, "/supervise")
    assert page.rows == [order.number]
    assert "已超期 1 件" in page.words
    assert "已超期 16小时30分钟" in page.words
    assert "供热公司还没有办结" in page.words
    assert "供热公司 1" in page.words


def test_each_group_says_why_in_words(desk: Desk) -> None:
    situations.whistled()
    situations.instructed()
    situations.exemption_asked()
    situations.shelved()
    situations.extension_asked()
    desk.at = MONDAY + timedelta(hours=2)
    said = {
        "whistle": "供热公司吹哨，住建局须应",
        "instructed": "供热公司还没有反馈批示",
        "exempt": "供热公司提出剔除申请",
        "hard": "挂账中，",
        "decide": "供热公司提出延期申请",
    }
    for group, words in said.items():
        page = desk.get(SUPERVISOR, f"/supervise?group={group}")
        assert len(page.rows) == 1, group
        assert words in page.words


def test_a_late_assisting_unit_is_named_and_is_whom_the_group_counts(desk: Desk) -> None:
    from jiesu.workflow.tick import tick  # noqa: PLC0415 - Django can be imported only once it is set up

    order = situations.joint()
    desk.at = NEXT_WEEK
    tick(desk.at)
    page = desk.get(SUPERVISOR, f"/supervise?group=leg_late&unit={HOUSING}")
    assert page.rows == [order.number]
    assert "配合单位住建局超期未答复，牵头单位在等" in page.words
    assert desk.get(SUPERVISOR, f"/supervise?group=leg_late&unit={HEAT}").rows == []


def test_three_chases_bring_an_order_in(desk: Desk) -> None:
    order = city.handling()
    for _ in range(3):
        order = situations.after(order, "chase", city.ZHOU, note="又来问")
    desk.at = MONDAY + timedelta(hours=3)
    page = desk.get(SUPERVISOR, "/supervise?group=chased")
    assert page.rows == [order.number]
    assert "诉求人催了 3 次" in page.words


def test_one_message_urges_many_each_by_a_move_of_its_own(desk: Desk) -> None:
    orders = late(3)
    other = late()[0]
    desk.at = NEXT_WEEK
    given = {"marked": [str(one.number) for one in orders], "move": "urge", "reason": "今天下班前办结"}
    page = desk.post(SUPERVISOR, "/supervise/many?group=red", given)
    assert "催办已发出 3 件：供热公司 3 件。" in page.words
    for order in orders:
        assert [event.move for event in events_of(order.number)][-1] == "urge"
    assert [event.move for event in events_of(other.number)][-1] == "acknowledge"
    assert "上次催办 刚刚" in page.words


def test_what_cannot_be_told_stays_ticked_with_its_reason_and_stops_no_other(desk: Desk) -> None:
    good, gone = late()[0], city.closed()
    desk.at = NEXT_WEEK
    given = {"marked": [str(gone.number), str(good.number)], "move": "supervise", "reason": "请说明原因"}
    page = desk.post(SUPERVISOR, "/supervise/many?group=red", given)
    assert "督办已发出 1 件" in page.words
    assert "1 件没有发出，仍勾着，写的话还在" in page.words
    assert str(gone.number) in page.words
    assert events_of(good.number)[-1].move == "supervise"
    assert events_of(gone.number)[-1].move == "close"


def test_nothing_is_sent_without_words_or_without_a_tick(desk: Desk) -> None:
    order = late()[0]
    desk.at = NEXT_WEEK
    page = desk.post(SUPERVISOR, "/supervise/many?group=red", {"marked": [str(order.number)], "move": "urge"})
    assert page.status == 422
    assert "请写明催办的理由和要求。您写的话还在，没有动任何工单。" in page.words
    page = desk.post(SUPERVISOR, "/supervise/many?group=red", {"move": "urge", "reason": "快办"})
    assert page.status == 422
    assert "请先勾选要办的工单" in page.words
    assert "快办" in page.html
    assert events_of(order.number)[-1].move == "acknowledge"


def test_many_are_flagged_as_hard_cases(desk: Desk) -> None:
    order = late()[0]
    desk.at = NEXT_WEEK
    given = {"marked": [str(order.number)], "move": "mark", "flag": "hard_case", "reason": "历史遗留"}
    assert "标记已发出 1 件" in desk.post(SUPERVISOR, "/supervise/many?group=red", given).words
    assert desk.get(SUPERVISOR, "/supervise?group=hard").rows == [order.number]


def test_who_approves_exemptions_sees_those_alone_and_tells_nobody(desk: Desk) -> None:
    order = situations.exemption_asked()
    late()
    desk.at = NEXT_WEEK
    page = desk.get(APPROVER, "/supervise?group=red")
    assert page.rows == [order.number]
    assert "催办 u" not in page.words
    assert desk.post(APPROVER, "/supervise/many", {"marked": [str(order.number)], "move": "urge"}).status == 403
    assert desk.get(AGENT, "/supervise").status == 403
    assert desk.get(HEAT_CLERK, "/supervise").status == 403


@pytest.mark.parametrize("group", ["red", "leg_late", "whistle", "hard", "exempt", "decide", "chased"])
def test_the_desk_costs_five_statements_whatever_it_shows(desk: Desk, group: str) -> None:
    from jiesu.store import rules  # noqa: PLC0415 - Django can be imported only once it is set up

    late(3)
    situations.whistled()
    desk.at = NEXT_WEEK
    browser = desk.browser(SUPERVISOR)
    rules.current()
    with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
        assert browser.get(f"/supervise?group={group}").status_code == 200
    assert len(ours) + len(djangos) == 5
