"""What each of the cast sees of an order, and when: the person, the words, the callbacks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiesu.domain import sight
from jiesu.domain.order import Actor, Order
from tests import cast
from tests.cast import (
    BAO,
    CHEN,
    FANG,
    GUAN,
    HEAT,
    HOUSING,
    LIU,
    MA,
    NEIGHBOUR,
    NOBODY,
    REPAIR,
    REPAIRER,
    RESIDENT,
    SHEN,
    STRANGER,
    XU,
    ZHOU,
    do,
    order_at,
)

ANSWERED = {"attempt": "answered", "resolved": "unresolved", "rating": "dissatisfied"}


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        ("text", "text"),
        ("title", "text"),
        ("details", "text"),
        ("public_reply", "public_reply"),
        ("told", "public_reply"),
        ("internal_note", "internal_note"),
        ("opinion", "internal_note"),
        ("evidence", "internal_note"),
    ],
)
def test_words_fall_under_a_field_of_the_privacy_table(fact: str, field: str) -> None:
    assert sight.field_of(fact) == field


@pytest.mark.parametrize(
    ("who", "name", "text"),
    [
        (ZHOU, "full", "full"),
        (CHEN, "reveal", "full"),
        (LIU, "full", "full"),
        (STRANGER, "nothing", "nothing"),
        (BAO, "reveal", "reveal"),
        (GUAN, "nothing", "nothing"),
        (RESIDENT, "full", "full"),
        (NEIGHBOUR, "nothing", "nothing"),
        (NOBODY, "nothing", "nothing"),
        (Actor("odd", (("visitor", "CENTER"),)), "nothing", "nothing"),
    ],
)
def test_each_role_sees_its_part(who: Actor, name: str, text: str) -> None:
    order = order_at("handling")
    assert (sight.sight(who, order, "name"), sight.sight(who, order, "text")) == (name, text)


def test_of_several_roles_the_best_sees() -> None:
    both = Actor("both", (("administrator", "CENTER"), ("unit_clerk", HEAT)))
    assert sight.sight(both, order_at("handling"), "name") == "full"


def test_of_a_secret_order_the_unit_sees_not_the_person() -> None:
    order = do(order_at("handling"), "correct", CHEN, secret=True, reason="诉求人要求保密")
    assert [sight.sight(LIU, order, field) for field in ("name", "phone", "text")] == ["nothing", "nothing", "masked"]


def test_sections_the_summoned_and_the_addressed_know_the_matter_with_the_person_masked() -> None:
    order = do(order_at("handling"), "sub_dispatch", LIU, section=REPAIR)
    tomorrow = cast.MONDAY + timedelta(days=1)
    order = do(order, "whistle", LIU, units=[HOUSING], meet_place="门口", meet_at=tomorrow, reason="定归属")
    order = do(order, "instruct", SHEN, instruction="请核实", unit=cast.PARKS)
    for who in (REPAIRER, XU, STRANGER):
        seen = [sight.sight(who, order, field) for field in ("name", "phone", "text", "internal_note")]
        assert seen == ["reveal", "reveal", "masked", "full"]


def test_a_unit_hears_of_a_callback_when_it_is_final() -> None:
    order = do(order_at("callback"), "callback_attempt", FANG, "2026-11-25 09:30", **ANSWERED)
    called_at = order.callbacks[0].at
    assert sight.callbacks(FANG, order) == order.callbacks
    assert sight.callbacks(MA, order) == []
    assert sight.calling(MA, order)
    assert not sight.calling(FANG, order)
    assert sight.hides_event(MA, order, "callback_attempt", called_at)
    assert not sight.hides_event(FANG, order, "callback_attempt", called_at)
    assert not sight.hides_event(MA, order, "pass_review", called_at)

    again = do(order, "rework", FANG, reason="仍不热")
    assert sight.callbacks(MA, again) == order.callbacks
    assert not sight.calling(MA, again)
    assert not sight.hides_event(MA, again, "callback_attempt", called_at)


def test_in_the_next_round_only_the_new_callback_is_hidden() -> None:
    order = do(order_at("callback"), "callback_attempt", FANG, "2026-11-25 09:30", **ANSWERED)
    order = do(order, "rework", FANG, "2026-11-25 09:40", reason="仍不热")
    order = do(order, "reply", MA, "2026-11-25 16:00", **cast.REPLY)
    order = do(order, "pass_review", cast.HE, "2026-11-25 16:30")
    first = order.callbacks[0]
    assert sight.callbacks(MA, order) == [first]
    order = do(order, "callback_attempt", FANG, "2026-11-26 09:30", **ANSWERED)
    assert sight.callbacks(MA, order) == [first]
    assert [sight.hides_event(MA, order, "callback_attempt", one.at) for one in order.callbacks] == [False, True]


def test_of_a_merged_child_the_unit_hears_nothing_while_it_is_the_parents() -> None:
    child = Order(1, state="closed", outcome="merged", callbacks=list(order_at("closed").callbacks))
    assert sight.callbacks(LIU, child) == []
    assert sight.calling(LIU, child)
    assert sight.callbacks(FANG, child) == child.callbacks


def test_one_who_also_works_for_the_centre_is_no_outsider() -> None:
    assert sight.from_outside(LIU)
    assert not sight.from_outside(Actor("both", (("unit_clerk", HEAT), ("callback_clerk", "CENTER"))))
    assert not sight.from_outside(NOBODY)
