"""Many hands on one order at once: one winner a version, nothing lost, nobody told of a conflict that is none."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from jiesu.domain.errors import Conflict, Refused
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Actor, Order
from jiesu.store import orders, sql
from jiesu.store.verify import verify
from jiesu.workflow import step
from jiesu.workflow.tick import tick
from tests import city
from tests.city import CHEN, DU, HEAT, HOUR, HOUSING, LIU, MA, MONDAY, ZHOU
from tests.database import Clone, Databases
from tests.store.threads import at_once

HANDS = 16


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def stored(order: Order) -> Order:
    found = orders.load(order.number)
    assert found is not None
    return found[0].order


def tried(order: Order, move: str, by: Actor, at: Any, seen: int | None, facts: dict[str, Any] | None = None) -> str:
    """What became of a wish: the move's name when it was made, else conflict or refused."""
    try:
        step.take(order.number, move, by=by, now=at, facts=facts, seen=seen)
    except Conflict:
        return "conflict"
    except Refused:
        return "refused"
    return move


def together(wishes: list[Callable[[], str]]) -> Counter[str]:
    """What became of wishes that all begin at the same moment."""
    gate = threading.Barrier(len(wishes))

    def begun(wish: Callable[[], str]) -> str:
        gate.wait(60)
        return wish()

    return Counter(at_once([partial(begun, wish) for wish in wishes]))


def test_sixteen_hands_on_one_order_one_winner_a_version(db: Clone) -> None:
    """By turns everybody dispatches and everybody recalls; between them notes, chases and urges go through."""
    order, made = city.accepted(), Counter({"register": 1, "accept": 1})
    for turn in range(12):
        at, seen = MONDAY + turn * timedelta(minutes=1), stored(order).version
        move, facts = ("dispatch", {"lead": HEAT}) if turn % 2 == 0 else ("recall", {"reason": "再核一下"})
        wishes = [partial(tried, order, move, CHEN, at, seen, facts) for _ in range(10)]
        wishes += [partial(tried, order, "note", ZHOU, at, seen, {"note": "补记"}) for _ in range(2)]
        wishes += [partial(tried, order, "chase", ZHOU, at, seen) for _ in range(2)]
        wishes += [partial(tried, order, "urge", DU, at, seen, {"reason": "请抓紧"}) for _ in range(2)]
        outcome = together(wishes)
        assert outcome == {move: 1, "conflict": 9, "note": 2, "chase": 2, "urge": 2}
        made += outcome
    del made["conflict"]
    events = orders.events(order.number)
    assert Counter(event.move for event in events) == made
    assert [event.seq for event in events] == list(range(1, made.total() + 1))
    assert stored(order).version == made.total()
    assert verify().faults == []


def test_of_two_different_moves_the_first_decides(db: Clone) -> None:
    for turn in range(4):
        order = city.dispatched(MONDAY + turn * HOUR)
        seen = order.version
        wishes = [
            partial(tried, order, "acknowledge", LIU, MONDAY + turn * HOUR, seen),
            partial(tried, order, "recall", CHEN, MONDAY + turn * HOUR, seen, {"reason": "派错了"}),
        ] * 8
        outcome = together(wishes)
        assert outcome["acknowledge"] + outcome["recall"] == 1
        assert outcome["conflict"] == HANDS - 1
        assert stored(order).version == seen + 1
    assert verify().faults == []


def test_what_others_do_beside_never_spoils_an_open_form(db: Clone) -> None:
    """The clerk's form is open while legs act, people note and chase, and the tick climbs: it still goes through."""
    order = city.handling(name="张小凤", phone="13800001111")
    city.take(order, "add_leg", CHEN, MONDAY, {"unit": HOUSING, "reason": "涉及外墙"})
    late = MONDAY + timedelta(days=20)
    for turn in range(3):
        at = late + turn * timedelta(days=1)
        seen = stored(order).version
        if turn == 0:
            wishes = [partial(tried, order, "leg_acknowledge", city.XU, at, seen)]
        else:
            wishes = [partial(tried, order, "first_contact", LIU, at, seen, {"contact": "reached", "note": "已联系"})]
        wishes += [partial(tried, order, "submit", LIU, at, seen, {"public_reply": "正在处理", "claim": "solved"})]
        wishes += [partial(tried, order, "note", ZHOU, at, seen, {"note": "补记"}) for _ in range(6)]
        wishes += [partial(tried, order, "chase", ZHOU, at, seen) for _ in range(4)]
        wishes += [partial(swept, at) for _ in range(4)]
        outcome = together(wishes)
        assert outcome["conflict"] == 0
        assert (outcome["note"], outcome["chase"], outcome["swept"]) == (6, 4, 4)
    swept(late + timedelta(days=3))  # a sweep leaves an order that is in somebody's hands to the next one
    moves = Counter(event.move for event in orders.events(order.number))
    assert (moves["note"], moves["chase"]) == (18, 12)
    assert (moves["urge"], moves["supervise"], moves["escalate"]) == (1, 1, 1)
    assert verify().faults == []


def swept(at: Any) -> str:
    assert tick(at).failed == 0
    return "swept"


def test_a_form_that_is_only_behind_by_moves_beside_is_taken(db: Clone) -> None:
    order = city.dispatched()
    seen = order.version
    for note in range(5):
        city.take(order, "note", ZHOU, MONDAY, {"note": f"第 {note} 次补记"})
    tick(MONDAY + timedelta(days=30))
    behind = [event.move for event in orders.events(order.number, after=seen)]
    assert len(behind) > 5
    assert all(MOVES[move].beside for move in behind)
    assert tried(order, "acknowledge", LIU, MONDAY + timedelta(days=30), seen) == "acknowledge"
    assert tried(order, "submit", LIU, MONDAY + timedelta(days=30), seen, {"public_reply": "x", "claim": "solved"}) == (
        "conflict"
    )


def test_two_merges_that_cross_end_in_one_winner_and_a_conflict(db: Clone) -> None:
    """Each holds its own order and wants the other's: PostgreSQL breaks the deadlock, the loser is told in words."""
    one, other = city.accepted(MONDAY), city.accepted(MONDAY + HOUR)
    gate = threading.Barrier(2)

    def merge(child: Order, parent: Order) -> str:
        try:
            with transaction.atomic():
                orders.load(child.number, for_move=True)
                gate.wait(60)
                step.take(child.number, "merge_into", by=CHEN, now=MONDAY + HOUR, facts={"parent": parent.number})
        except Conflict as conflict:
            return str(conflict)
        return "merged"

    said = sorted(at_once([partial(merge, one, other), partial(merge, other, one)]))
    assert said == ["merged", "别人正同时办理和这张有关联的工单，您写的内容没有丢，请看过最新情况再提交"]
    child, parent = sorted((stored(one), stored(other)), key=lambda order: order.state != "closed")
    assert (child.outcome, child.parent) == ("merged", parent.number)
    assert (parent.state, parent.children, parent.parent) == ("accepted", [child.number], None)
    assert verify().faults == []


def test_many_children_come_to_one_parent_at_once(db: Clone) -> None:
    parent = city.handling()
    children = [city.accepted(MONDAY + timedelta(minutes=minute)) for minute in range(8)]
    facts = {"parent": parent.number}
    outcome = together([partial(tried, child, "merge_into", CHEN, MONDAY + HOUR, 2, facts) for child in children])
    assert outcome == {"merge_into": 8}
    assert sorted(stored(parent).children) == [child.number for child in children]
    assert verify().faults == []


def test_registering_at_once_gives_each_demand_its_own_number(db: Clone) -> None:
    made = at_once([lambda: [city.registered().number for _ in range(5)]] * HANDS)
    numbers = [number for some in made for number in some]
    assert len(set(numbers)) == 5 * HANDS
    assert sql.value("SELECT count(*) FROM event") == 5 * HANDS
    assert verify().faults == []


def test_a_leader_and_a_supervisor_who_both_answer_leave_one_answer(db: Clone) -> None:
    order = city.handling()
    city.take(order, "request_extension", MA, MONDAY, {"days": 3, "reason": "等配件"})
    facts = {"request": 1}
    wishes = [partial(tried, order, "agree_extension", by, MONDAY, 5, facts) for by in (CHEN, DU)] * 4
    wishes += [partial(tried, order, "refuse_extension", CHEN, MONDAY, 5, {**facts, "reason": "不同意"})] * 8
    outcome = together(wishes)
    assert outcome["agree_extension"] + outcome["refuse_extension"] == 1
    assert outcome["refused"] == HANDS - 1
    assert stored(order).requests[0].state in ("agreed", "refused")
    assert verify().faults == []
