"""A demand that was told before it stood here: the centre claims when, a second person confirms (domain.md §3)."""

from __future__ import annotations

from typing import Any

import pytest

from jiesu.domain.notices import notices
from jiesu.domain.order import Order
from tests.cast import CHEN, DU, HE, LIU, MA, RULES, ZHOU, do, event, local, order_at, refusal

LATE: dict[str, Any] = {"late_reason": "outage", "evidence": "纸质受理单 9000001"}


def late(order: Order, at: str = "2026-11-23 11:00", claimed: str = "2026-11-23 09:00") -> Order:
    return do(order, "claim_late_entry", ZHOU, at, act="register", claimed_at=local(claimed), **LATE)


@pytest.mark.parametrize("state", ["received", "accepted", "needs_details", "handling", "closed"])
def test_a_demand_that_was_told_before_it_stood_here_counts_from_then_when_a_second_person_says_so(state: str) -> None:
    order = late(order_at(state), "2026-11-25 10:00")
    assert (order.state, order.received_at) == (state, local("2026-11-23 10:00"))
    made = event(order, "confirm_late_entry", DU, request=1)
    assert made.data["late_entry"] == {"act": "register", "claimed_at": "2026-11-23T01:00:00Z"}
    after = do(order, "confirm_late_entry", DU, request=1)
    assert (after.received_at, after.flags) == (local("2026-11-23 09:00"), ["late_entry"])
    assert after.clocks == order.clocks
    again = {"act": "register", "claimed_at": local("2026-11-23 08:00"), **LATE}
    assert refusal(after, "claim_late_entry", ZHOU, **again) == "登记时间已补录过"


def test_a_refused_time_may_be_claimed_anew_with_better_evidence() -> None:
    order = do(late(order_at("received")), "refuse_late_entry", CHEN, request=1, reason="单上没有签名")
    assert (order.received_at, order.flags) == (local("2026-11-23 10:00"), [])
    assert late(order).requests[1].state == "open"


def test_nobody_confirms_the_time_that_he_claimed() -> None:
    order = do(
        order_at("received"), "claim_late_entry", CHEN, act="register", claimed_at=local("2026-11-23 09:00"), **LATE
    )
    assert refusal(order, "confirm_late_entry", CHEN, request=1) == "补录须由另一人确认"


@pytest.mark.parametrize(
    ("who", "facts", "said"),
    [
        (ZHOU, {"claimed_at": local("2026-11-23 10:00")}, "实际发生时间须早于系统记录的时间"),
        (ZHOU, {"claimed_at": local("2026-11-24 10:00")}, "实际发生时间不能晚于现在"),
        (ZHOU, {"act": "reply"}, "这个动作由承办单位自己申请补录；热线中心补录的是登记"),
        (LIU, {}, "登记由热线中心补录，单位补录的是签收、联系、反馈和答复"),
        (MA, {}, "登记由热线中心补录，单位补录的是签收、联系、反馈和答复"),
        (HE, {}, "“申请补录”须由联络员、单位领导、话务员、派单员操作"),
        (ZHOU, {"evidence": "  "}, "请填写“证据说明”"),
    ],
)
def test_what_cannot_be_claimed_of_a_registration(who: Any, facts: dict[str, Any], said: str) -> None:
    given = {"act": "register", "claimed_at": local("2026-11-23 09:00"), **LATE, **facts}
    assert refusal(order_at("handling"), "claim_late_entry", who, "2026-11-23 11:00", **given) == said


def test_one_claim_at_a_time_and_none_of_another_systems_order() -> None:
    order = late(order_at("received"))
    facts = {"act": "register", "claimed_at": local("2026-11-23 08:00"), **LATE}
    assert refusal(order, "claim_late_entry", ZHOU, **facts) == "补录申请正在审定，请等结果"
    foreign = order_at("received").copy()
    foreign.foreign = True
    assert refusal(foreign, "claim_late_entry", ZHOU, **facts) == "外部平台的工单不补录登记时间"


def test_a_confirmed_registration_tells_no_unit() -> None:
    order = late(order_at("handling"), "2026-11-25 10:00")
    made = event(order, "confirm_late_entry", DU, request=1)
    assert notices(order, do(order, "confirm_late_entry", DU, request=1), made, RULES) == []
