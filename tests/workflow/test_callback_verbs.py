"""Verbs of the callback desk where no page leads: the wrong person, an order that moved, a rival, a sample's end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.order import Order
from jiesu.store import callback_desk, orders, sql
from jiesu.store import rules as rules_store
from jiesu.workflow import callback, sampling
from tests import city
from tests.city import CHEN, FANG, HE, HOUR, LIU, MA, MONDAY, ZHOU, local
from tests.database import Clone, Databases
from tests.web import situations

NOW = local("2026-11-23 15:00")
CONTENT = {"resolved": "resolved", "rating": "satisfied"}
UNHAPPY = {"resolved": "unresolved", "rating": "dissatisfied"}


@pytest.fixture(autouse=True)
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def moves(order: Order, count: int = 1) -> list[str]:
    return [event.move for event in orders.events(order.number)][-count:]


def ended(order: Order) -> list[tuple[Any, ...]]:
    return sql.rows("SELECT ended, ended_at FROM callback_sample WHERE number = %s", (order.number,))


def sampled() -> Order:
    """Answered directly on Monday, and drawn on Tuesday."""
    order = city.registered(MONDAY, name="王强", phone="13800003333", kind="consultation")
    order = city.take(order, "answer_directly", ZHOU, MONDAY, {"public_reply": "十月二十日起供热。"})
    assert sampling.draw(date(2026, 11, 23), now=local("2026-11-24 09:00")) == 1
    return order


def test_a_unit_never_works_at_the_desk() -> None:
    order = situations.in_callback()
    with pytest.raises(Forbidden, match=r"^回访由回访员进行$"):
        callback.called(order.number, "answered", by=LIU, now=NOW, **CONTENT)
    with pytest.raises(Forbidden, match=r"^回访由回访员进行$"):
        callback.put_off(order.number, by=LIU, now=NOW)
    assert moves(order) == ["pass_review"]


def test_who_was_overtaken_is_given_the_next_order(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = situations.in_callback(), situations.in_callback()
    read = callback_desk.page

    def overtaken(which: str, **given: Any) -> Any:
        """The list as it is, and between the reading and the taking a colleague opens the first order."""
        found = read(which, **given)
        assert callback_desk.take_turn(first.number, staff=77, now=NOW, until=NOW + HOUR)
        return found

    monkeypatch.setattr(callback_desk, "page", overtaken)
    work = callback.work("callback", by=FANG, staff=904, rules=rules_store.current(), now=NOW)
    assert work.chosen is not None
    assert [line.number for line in work.lines] == [first.number, second.number]
    assert work.chosen.number == second.number
    turns = sql.rows("SELECT number, staff FROM callback_turn ORDER BY number")
    assert turns == [(first.number, 77), (second.number, 904)]


def test_of_the_sample_nobody_answers_three_times_and_it_leaves_the_list() -> None:
    order = sampled()
    for at in ("2026-11-24 09:10", "2026-11-24 10:10"):
        callback.called(order.number, "no_answer", by=FANG, now=local(at))
    assert ended(order) == [("", None)]
    last = local("2026-11-25 11:10")
    callback.called(order.number, "busy", by=FANG, now=last)
    assert ended(order) == [("unreachable", last)]


def test_a_sampled_order_that_was_answered_well_is_closed_already() -> None:
    order, at = sampled(), local("2026-11-24 09:10")
    made = callback.called(order.number, "answered", by=FANG, now=at, then="finish", **CONTENT)
    assert (made.move, made.left, made.order.state) == ("", "", "closed")
    assert moves(order) == ["callback_attempt"]
    assert ended(order) == [("heard", at)]


def test_a_child_who_says_no_is_split_off() -> None:
    parent = city.handling(name="张小凤", phone="13800001111")
    child = city.accepted(name="李大山", phone="13800002222")
    city.take(child, "merge_into", CHEN, MONDAY + HOUR / 4, {"parent": parent.number})
    city.take(parent, "first_contact", LIU, MONDAY + HOUR / 2, {"contact": "reached", "note": "已约好"})
    city.take(parent, "reply", MA, MONDAY + HOUR, {**city.REPLY, "files": [city.photo(MONDAY)]})
    city.take(parent, "pass_review", HE, MONDAY + HOUR)
    made = callback.called(child.number, "answered", by=FANG, now=NOW, then="split", reason="他家另有漏水", **UNHAPPY)
    assert (made.move, made.left) == ("split_off", "")
    assert moves(child, 2) == ["callback_attempt", "split_off"]


def test_nothing_is_decided_on_an_order_that_is_not_there_or_has_moved() -> None:
    with pytest.raises(NotFound, match=r"^没有工单 99，请核对工单号$"):
        callback.decide(99, "finish", by=FANG, now=NOW)
    order = situations.in_callback()
    callback.called(order.number, "answered", by=FANG, now=NOW, **CONTENT)
    with pytest.raises(Conflict):
        callback.decide(order.number, "finish", by=FANG, now=NOW, seen=order.version)
    assert moves(order) == ["callback_attempt"]


def test_a_broken_promise_is_not_recorded_without_a_reason() -> None:
    order = situations.promised()
    due = local("2026-12-21 10:00")
    with pytest.raises(Refused, match=r"^请写明重启的理由$") as no:
        callback.promise_kept(order.number, False, by=FANG, now=due, reason=" ")
    assert no.value.field == "reason"
    assert moves(order) == ["close_with_promise"]


def test_a_legal_result_is_told_and_nothing_is_kept_of_it_at_the_desk() -> None:
    order = situations.statutory()
    callback.put_off(order.number, by=FANG, now=NOW)
    made = callback.result_told(order.number, "已作出处罚决定", by=FANG, now=NOW + timedelta(hours=1))
    assert made.move == "tell_result"
    assert moves(order) == ["tell_result"]
    assert callback_desk.turn(order.number) is None


def test_what_is_still_called_back_has_nothing_to_check() -> None:
    order = situations.in_callback()
    with pytest.raises(Refused, match=rf"^工单 {order.number} 没有待核实的事，请刷新列表$"):
        callback.not_reached(order.number, "no_answer", by=FANG, now=NOW)
    assert callback_desk.turn(order.number) is None
