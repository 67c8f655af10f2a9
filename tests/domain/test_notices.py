"""Who is told of a move at once, and how an event's hash hangs on everything in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from jiesu.domain.apply import apply
from jiesu.domain.chain import START, event_hash, manifest_hash
from jiesu.domain.notices import Notice, notices
from jiesu.domain.order import SYSTEM, Actor, Event, Order
from tests.cast import (
    CENTER,
    CHEN,
    DU,
    HE,
    HEAT,
    HOUSING,
    LIU,
    MA,
    NUMBER,
    RESIDENT,
    RETURN,
    RULES,
    SHEN,
    WATER,
    ZHOU,
    do,
    event,
    events_to,
    local,
    order_at,
)


def told(order: Order, move: str, who: Actor, **facts: Any) -> list[Notice]:
    made = event(order, move, who, **facts)
    return notices(order, apply(order, made), made, RULES)


def test_a_new_leg_is_told_to_its_unit() -> None:
    assert told(order_at("accepted"), "dispatch", CHEN, lead=HEAT, assist=[WATER]) == [
        Notice("3:dispatch:1", "unit_clerk", HEAT, "新派工单，牵头办理"),
        Notice("3:dispatch:2", "unit_clerk", WATER, "新派工单，配合办理"),
    ]
    urgent = do(order_at("received"), "accept", CHEN, urgency="emergency")
    assert told(urgent, "dispatch", CHEN, lead=HEAT) == [
        Notice("3:dispatch:1", "unit_clerk", HEAT, "特急工单，牵头办理", urgent=True)
    ]


def test_what_is_asked_is_told_to_those_who_decide_and_the_answer_to_those_who_asked() -> None:
    order = order_at("handling")
    assert told(order, "request_return", LIU, **RETURN) == [
        Notice("5:request_return", "dispatcher", CENTER, "有退单申请待审定")
    ]
    asked = do(order, "request_return", LIU, **RETURN)
    assert told(asked, "refuse_return", CHEN, request=1, reason="归供热") == [
        Notice("6:refuse_return", "unit_clerk", HEAT, "退单未同意，请继续牵头办理")
    ]


def test_the_lead_is_told_what_comes_back_to_it() -> None:
    assert told(order_at("replied"), "send_back", HE, send_back="no_file", reason="缺") == [
        Notice("7:send_back", "unit_clerk", HEAT, "答复被退回，请按意见修改")
    ]
    # Recalled, it leads no more; it is told all the same.
    assert told(order_at("dispatched"), "recall", CHEN, reason="派错") == [
        Notice("4:recall", "unit_clerk", HEAT, "派单已撤回")
    ]
    assert told(order_at("accepted"), "urge", SYSTEM) == []


@pytest.mark.parametrize(
    ("move", "who", "facts", "notice"),
    [
        (
            "whistle",
            LIU,
            {"units": [WATER], "meet_place": "站", "meet_at": local("2026-11-24 09:00"), "reason": "漏"},
            Notice("5:whistle:WATER", "unit_clerk", WATER, "吹哨：请到现场", urgent=True),
        ),
        (
            "instruct",
            SHEN,
            {"instruction": "查", "unit": HOUSING},
            Notice("5:instruct", "unit_clerk", HOUSING, "有领导批示待反馈", urgent=True),
        ),
        ("mark", DU, {"flag": "ageing"}, Notice("5:mark", "supervisor", CENTER, "久拖：请督办")),
        (
            "mark",
            DU,
            {"flag": "whistle_missed"},
            Notice("5:mark", "supervisor", CENTER, "吹哨未到：请督办", urgent=True),
        ),
    ],
)
def test_others_who_are_told(move: str, who: Actor, facts: dict[str, Any], notice: Notice) -> None:
    assert told(order_at("handling"), move, who, **facts) == [notice]


def test_praise_is_told_to_the_unit() -> None:
    facts = {"channel": "phone", "text": "谢谢李师傅", "kind": "praise"}
    praise = do(Order(NUMBER), "register", ZHOU, "2026-11-23 10:00", **facts)
    assert told(praise, "inform", ZHOU, to_unit=HEAT) == [Notice("2:inform", "unit_clerk", HEAT, "收到一条表扬")]


def test_a_third_chase_is_told_to_the_supervisor_too() -> None:
    order = do(do(order_at("handling"), "chase", RESIDENT), "chase", RESIDENT)
    lead = Notice("7:chase", "unit_clerk", HEAT, "诉求人催单")
    assert told(order, "chase", RESIDENT) == [lead, Notice("7:chase", "supervisor", CENTER, "已催单 3 次")]
    assert told(order_at("handling"), "chase", RESIDENT) == [replace(lead, key="5:chase")]


def test_an_answer_to_a_request_that_the_order_does_not_hold_is_told_to_nobody() -> None:
    asked = do(order_at("handling"), "request_return", LIU, **RETURN)
    made = event(asked, "refuse_return", CHEN, request=1, reason="归供热")
    astray = replace(made, data={**made.data, "facts": {"request": 9}})
    assert notices(asked, apply(asked, made), astray, RULES) == []


def test_moves_that_nobody_is_told_of() -> None:
    assert told(order_at("dispatched"), "acknowledge", LIU) == []
    assert told(order_at("handling"), "request_exemption", MA, exemption="no_means", reason="无") == []


# -- the chain


def kept(made: Event) -> str:
    return json.dumps(made.data, ensure_ascii=False)


def test_a_hash_covers_the_one_before_and_every_part_of_the_event() -> None:
    made = events_to("dispatched")[-1]
    whole = event_hash(START, made, kept(made))
    assert len(whole) == 32
    assert event_hash(START, made, kept(made)) == whole
    changes: list[dict[str, Any]] = [
        {"number": NUMBER + 1}, {"seq": 4}, {"move": "recall"}, {"at": local("2026-11-23 10:11")}, {"by": "x"},
        {"role": "agent"}, {"unit": HEAT}, {"rules": "0"}, {"rules_version": 2}, {"happened_at": made.at},
    ]  # fmt: skip
    others = [event_hash(START, replace(made, **change), kept(made)) for change in changes]
    others += [event_hash(bytes(31) + b"\1", made, kept(made)), event_hash(START, made, kept(made) + " ")]
    assert whole not in others
    assert len(set(others)) == len(others)


def test_a_manifest_covers_its_day_and_its_entries() -> None:
    whole = manifest_hash(START, "2026-11-23", b"entries")
    assert (
        len({whole, manifest_hash(START, "2026-11-24", b"entries"), manifest_hash(whole, "2026-11-23", b"entries")})
        == 3
    )
    assert manifest_hash(START, "2026-11-23", b"entrie") != whole


def test_the_higher_the_rung_the_higher_those_who_hear_of_it() -> None:
    order = order_at("handling")
    assert [(one.role, one.unit, one.words) for one in told(order, "urge", DU, reason="催一催")] == [
        ("unit_clerk", HEAT, "催办")
    ]
    urged = do(order, "urge", DU, reason="催一催")
    assert [(one.role, one.unit, one.words) for one in told(urged, "supervise", DU, reason="超期")] == [
        ("unit_clerk", HEAT, "督办"),
        ("unit_leader", HEAT, "督办"),
    ]
    supervised = do(urged, "supervise", DU, reason="超期")
    assert [(one.role, one.unit, one.words) for one in told(supervised, "escalate", DU, reason="仍未办")] == [
        ("unit_clerk", HEAT, "提级督办"),
        ("unit_leader", HEAT, "提级督办"),
        ("supervisor", CENTER, "提级督办"),
    ]
