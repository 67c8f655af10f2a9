"""Exemptions and late entries: what changes the assessment takes two people and never what the citizen said."""

from __future__ import annotations

from typing import Any

import pytest

from jiesu.domain.case import Around
from jiesu.domain.order import Order
from tests.cast import (
    CENTER,
    CHEN,
    DENG,
    DU,
    FANG,
    HE,
    HEAT,
    HOUSING,
    JUSTICE,
    LIU,
    LUO,
    MA,
    REPLY,
    SONG,
    TANG,
    WATER,
    XU,
    Actor,
    do,
    event,
    local,
    order_at,
    refusal,
)
from tests.domain.test_handling import contacted, lead

WHY = {"exemption": "unreasonable", "reason": "要求免交全部取暖费"}


def asked() -> Order:
    return do(order_at("closed"), "request_exemption", MA, **WHY)


# -- exemption


def test_two_people_one_from_outside_the_centre_exempt_an_order() -> None:
    half = do(asked(), "approve_exemption", DU, request=1)
    assert (half.requests[0].state, half.exempt) == ("half", False)
    order = do(half, "approve_exemption", SONG, request=1)
    assert (order.requests[0].state, order.exempt) == ("agreed", True)
    assert order.requests[0].approvals == [["du", "centre"], ["song", "outside"]]
    assert (order.rating, order.first_rating) == ("satisfied", "satisfied")
    assert refusal(order, "request_exemption", MA, **WHY) == "这张工单已经剔除"


def test_the_one_from_outside_may_come_first() -> None:
    order = do(do(asked(), "approve_exemption", SONG, request=1), "approve_exemption", DU, request=1)
    assert order.exempt


def test_who_cannot_approve() -> None:
    half = do(asked(), "approve_exemption", DU, request=1)
    assert refusal(half, "approve_exemption", DU, request=1) == "您已同意过，须由另一人审批"
    assert refusal(half, "approve_exemption", DENG, request=1) == (
        "两名审批人不能都来自热线中心，请由中心以外的审批人审批"
    )
    both = Actor("ma", (("unit_leader", HEAT), ("exemption_approver", JUSTICE)))
    assert refusal(asked(), "approve_exemption", both, request=1) == "申请人不能审批自己的申请"
    colleague = Actor("li", (("exemption_approver", HEAT),))
    assert refusal(asked(), "approve_exemption", colleague, request=1) == "承办单位的人不能审批本单位工单的剔除"
    assert refusal(asked(), "approve_exemption", MA, request=1) == "“同意剔除”须由督办员、剔除审批人操作"


def test_one_no_is_enough() -> None:
    half = do(asked(), "approve_exemption", DU, request=1)
    order = do(half, "refuse_exemption", SONG, request=1, reason="诉求合理")
    assert (order.requests[0].state, order.exempt) == ("refused", False)
    assert do(order, "request_exemption", MA, **WHY).requests[1].state == "open"


def test_one_request_at_a_time_and_none_for_a_published_month() -> None:
    assert refusal(asked(), "request_exemption", MA, **WHY) == "剔除申请正在审定，请等结果"
    frozen, words_ = Around(frozen=True), "这个月的数据已定稿公布，不能再剔除；确有错误的，请走更正"
    assert refusal(order_at("closed"), "request_exemption", MA, **WHY, around=frozen) == words_
    assert refusal(asked(), "approve_exemption", DU, request=1, around=frozen) == words_


def test_a_request_for_exemption_outlives_the_closing() -> None:
    order = do(order_at("handling"), "request_exemption", MA, **WHY)
    order = do(order, "withdraw", CHEN, reason="诉求人撤诉")
    assert order.requests[0].state == "open"


# -- late entries


def late(order: Order, act: str, claimed: str, at: str, **facts: Any) -> Order:
    given = {"act": act, "claimed_at": local(claimed), "late_reason": "outage", "evidence": "系统公告", **facts}
    return do(order, "claim_late_entry", LIU, at, **given)


def test_an_acknowledgement_during_an_outage_counts_when_a_second_person_says_so() -> None:
    order = do(order_at("dispatched"), "acknowledge", LIU, "2026-11-25 09:00")
    order = late(order, "acknowledge", "2026-11-24 16:00", "2026-11-25 09:10")
    assert lead(order).clocks["acknowledge"].late(local("2026-11-25 09:10"))
    made = event(order, "confirm_late_entry", DU, "2026-11-25 10:00", request=1)
    assert made.data["late_entry"] == {"act": "acknowledge", "claimed_at": "2026-11-24T08:00:00Z"}
    order = do(order, "confirm_late_entry", DU, "2026-11-25 10:00", request=1)
    clock = lead(order).clocks["acknowledge"]
    assert (clock.stopped, clock.late(local("2026-11-25 10:00"))) == (local("2026-11-24 16:00"), False)
    assert lead(order).acknowledged_at == local("2026-11-24 16:00")
    assert order.flags == ["late_entry"]


def test_a_late_entry_of_a_reply() -> None:
    order = do(contacted(), "reply", MA, "2026-12-01 09:00", **REPLY)
    order = late(order, "reply", "2026-11-30 16:00", "2026-12-01 09:30")
    order = do(order, "confirm_late_entry", CHEN, request=1)
    assert lead(order).replied_at == local("2026-11-30 16:00")
    assert not lead(order).clocks["handle"].late(local("2026-12-01 10:00"))
    # The citizen, too, has waited until then only.
    assert do(order, "pass_review", HE).clocks["citizen"].stopped == local("2026-11-30 16:00")


def test_a_late_entry_of_the_first_round_leaves_the_second_rounds_reply_alone() -> None:
    order = do(contacted(), "reply", MA, "2026-12-01 09:00", **REPLY)
    order = late(order, "reply", "2026-11-30 16:00", "2026-12-01 09:30")
    order = do(order, "pass_review", HE)
    order = do(order, "callback_attempt", FANG, attempt="answered", resolved="unresolved", rating="mostly")
    order = do(order, "rework", FANG, "2026-12-01 11:00", reason="没退够")
    waiting = do(order, "confirm_late_entry", DU, request=1)
    assert (lead(waiting).replied_at, lead(waiting).clocks["rework"].running) == (None, True)
    again = do(order, "reply", MA, "2026-12-02 09:00", **REPLY)
    again = do(again, "confirm_late_entry", DU, request=1)
    assert lead(again).replied_at == local("2026-12-02 09:00")
    assert lead(again).clocks["handle"].stopped == local("2026-11-30 16:00")


def test_a_late_entry_of_a_reply_that_was_sent_back_is_void() -> None:
    order = do(contacted(), "reply", MA, "2026-12-01 09:00", **REPLY)
    order = late(order, "reply", "2026-11-30 16:00", "2026-12-01 09:30")
    order = do(order, "send_back", HE, "2026-12-01 10:00", send_back="not_answered", reason="没说退多少")
    void = "这个动作后来被退回，补录已不适用，请不同意这次申请"
    assert refusal(order, "confirm_late_entry", DU, request=1) == void
    order = do(order, "refuse_late_entry", DU, request=1, reason="已退回")
    assert (order.requests[0].state, lead(order).clocks["handle"].running) == ("refused", True)


@pytest.mark.parametrize("act", ["reply", "first_contact"])
def test_what_ended_without_its_act_has_no_late_entry(act: str) -> None:
    order = do(order_at("handling"), "withdraw", CHEN, "2026-11-26 09:00", reason="诉求人撤诉")
    facts = {"act": act, "claimed_at": local("2026-11-24 10:00"), "late_reason": "outage", "evidence": "系统公告"}
    assert refusal(order, "claim_late_entry", LIU, "2026-11-26 10:00", **facts) == (
        "请先在系统里做这个动作，再补录实际时间"
    )


def test_nobody_confirms_his_own_late_entry() -> None:
    two = Actor("two", (("unit_clerk", HEAT), ("dispatcher", CENTER)))
    order = do(order_at("dispatched"), "acknowledge", two, "2026-11-25 09:00")
    facts = {"act": "acknowledge", "claimed_at": local("2026-11-24 16:00"), "late_reason": "outage", "evidence": "公告"}
    order = do(order, "claim_late_entry", two, **facts)
    assert refusal(order, "confirm_late_entry", two, request=1) == "补录须由另一人确认"
    assert refusal(order, "claim_late_entry", LIU, **facts) == "补录申请正在审定，请等结果"


@pytest.mark.parametrize(
    ("act", "claimed", "words_"),
    [
        ("acknowledge", "2026-11-25 09:00", "实际发生时间不能晚于现在"),
        ("acknowledge", "2026-11-23 10:09", "实际发生时间不能早于派单"),
        ("interim", "2026-11-23 10:20", "这个动作没有时限，无须补录"),
        ("reply", "2026-11-23 10:20", "请先在系统里做这个动作，再补录实际时间"),
        ("acknowledge", "2026-11-23 10:30", "实际发生时间须早于系统记录的时间"),
    ],
)
def test_what_cannot_be_entered_late(act: str, claimed: str, words_: str) -> None:
    facts = {"act": act, "claimed_at": local(claimed), "late_reason": "outage", "evidence": "公告"}
    assert refusal(order_at("handling"), "claim_late_entry", LIU, "2026-11-23 10:40", **facts) == words_


def test_a_late_entry_of_the_rework() -> None:
    order = do(
        order_at("callback"), "callback_attempt", FANG, attempt="answered", resolved="unresolved", rating="mostly"
    )
    order = do(order, "rework", FANG, "2026-11-25 10:00", reason="没退够")
    order = do(order, "reply", MA, "2026-12-01 09:00", **REPLY)
    order = late(order, "reply", "2026-11-30 17:00", "2026-12-01 09:30")
    assert order.requests[0].detail["clock"] == "rework"
    order = do(order, "confirm_late_entry", DU, request=1)
    assert (lead(order).replied_at, lead(order).clocks["rework"].stopped) == (
        local("2026-11-30 17:00"),
        local("2026-11-30 17:00"),
    )


def test_an_assisting_units_late_entry_and_one_without_a_reply_since() -> None:
    order = do(order_at("handling"), "add_leg", CHEN, "2026-11-23 11:00", unit=HOUSING, reason="鉴定")
    order = do(order, "leg_acknowledge", XU, "2026-11-25 09:00")
    facts = {
        "act": "acknowledge",
        "claimed_at": local("2026-11-24 16:00"),
        "late_reason": "letter",
        "evidence": "登记簿",
    }
    order = do(order, "claim_late_entry", XU, **facts)
    order = do(order, "confirm_late_entry", DU, request=1)
    assert order.legs[1].acknowledged_at == local("2026-11-24 16:00")
    assert refusal(order, "claim_late_entry", LUO, **facts) == "这张工单没有派给您的单位"
    assert refusal(order, "request_exemption", TANG, **{**WHY, "exemption": WATER}) == "“剔除原因”须从原因列表中选择"
