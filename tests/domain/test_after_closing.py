"""After closing: reopening, contesting a refusal, and the call after a withdrawal."""

from __future__ import annotations

from typing import Any

import pytest

from jiesu.domain.order import Order
from tests.cast import (
    BAO,
    CHEN,
    DU,
    FANG,
    HE,
    HEAT,
    LIU,
    MA,
    NUMBER,
    REPLY,
    RESIDENT,
    ZHOU,
    Actor,
    do,
    local,
    order_at,
    refusal,
    rules,
)
from tests.domain.test_callbacks import NO, merged, tried_in_vain
from tests.domain.test_handling import lead

# -- reopening


def closed_unreachable() -> Order:
    return do(tried_in_vain(order_at("callback")), "close_unreachable", FANG, "2026-11-26 19:05")


def test_new_facts_bring_an_order_back_to_its_unit() -> None:
    order = do(order_at("closed"), "reopen", ZHOU, "2026-12-01 10:00", ground="new_facts", reason="又多收了")
    assert (order.state, order.round, order.outcome) == ("handling", 2, None)
    assert lead(order).clocks["rework"].due == local("2026-12-04 17:30")
    assert order.clocks["citizen"].stopped == local("2026-11-24 10:30")


def test_reopening_begins_the_ladder_anew() -> None:
    order = do(order_at("handling"), "escalate", DU, reason="市民多次来电")
    order = do(do(order, "withdraw", RESIDENT, reason="已好"), "reopen", ZHOU, ground="new_facts", reason="又坏了")
    assert order.ladder == 0


def test_an_unreachable_citizen_who_calls_within_thirty_days() -> None:
    facts = {"ground": "unreachable", "reason": "来电称未解决"}
    order = do(closed_unreachable(), "reopen", ZHOU, "2026-12-26 19:05", **facts)
    assert order.state == "handling"
    late = refusal(closed_unreachable(), "reopen", ZHOU, "2026-12-26 19:06", **facts)
    assert late == "办结已超过 30 天，请登记新工单"
    assert refusal(order_at("closed"), "reopen", ZHOU, **facts) == "这张工单不是因联系不上而办结的"


def test_a_directly_answered_order_that_a_sample_finds_unsolved() -> None:
    order = do(order_at("received"), "answer_directly", ZHOU, "2026-11-23 10:05", public_reply="请等供暖期")
    facts = {"ground": "sample", "reason": "抽查未解决"}
    assert refusal(order, "reopen", FANG, **facts) == "请先回访抽查，诉求人表示未解决或不满意的再重启"
    order = do(order, "callback_attempt", FANG, "2026-11-24 10:00", **NO)
    order = do(order, "reopen", FANG, "2026-11-24 10:05", **facts)
    assert (order.state, order.accepted_at) == ("accepted", local("2026-11-23 10:05"))
    assert order.clocks["dispatch"].due == local("2026-11-24 10:35")
    # Its citizen has had no clock yet: the direct answer was meant to be the end.
    assert order.clocks["citizen"].due == local("2026-12-01 17:30")
    order = do(order, "dispatch", CHEN, lead=HEAT)
    order = do(do(order, "acknowledge", LIU), "first_contact", LIU, contact="reached", note="约好")
    order = do(do(order, "reply", MA, "2026-11-25 10:00", **REPLY), "pass_review", HE)
    assert order.replied_at == local("2026-11-25 10:00")
    assert refusal(order_at("closed"), "reopen", FANG, **facts) == "请先回访抽查，诉求人表示未解决或不满意的再重启"


def test_what_is_not_reopened() -> None:
    facts = {"ground": "new_facts", "reason": "又来"}
    assert refusal(merged(), "reopen", CHEN, **facts) == "已并入其他工单，请用“拆出并单”"
    no = do(order_at("received"), "refuse", CHEN, refusal="petition", told="请到信访局")
    assert refusal(no, "reopen", CHEN, **facts) == "不予受理和转出的工单，请登记诉求人异议，由督办员审定"
    erased = do(order_at("closed"), "erase", BAO, reason="依申请删除")
    assert refusal(erased, "reopen", CHEN, **facts) == "个人信息已按规定删除，不能重启，请登记新工单"


def test_a_refusal_that_a_sample_finds_wrong_is_reopened_and_its_contest_falls_away() -> None:
    order = do(order_at("received"), "refuse", CHEN, refusal="petition", told="请到信访局")
    order = do(do(order, "contest", RESIDENT, reason="不是信访"), "callback_attempt", FANG, **NO)
    order = do(order, "reopen", FANG, "2026-11-24 09:00", ground="sample", reason="抽查未解决")
    assert (order.state, order.accepted_at) == ("accepted", local("2026-11-24 09:00"))
    assert order.requests[0].state == "lapsed"


# -- contest


@pytest.mark.parametrize(
    ("move", "facts"),
    [
        ("refuse", {"refusal": "petition", "told": "请到信访局"}),
        ("transfer_out", {"target": "police", "told": "转110"}),
    ],
)
def test_a_refusal_or_transfer_is_contested_once(move: str, facts: dict[str, Any]) -> None:
    order = do(order_at("received"), move, CHEN, "2026-11-23 10:20", **facts)
    order = do(order, "contest", RESIDENT, "2026-11-23 11:00", reason="不是信访")
    assert (order.contested, order.requests[0].due) == (True, local("2026-11-24 17:30"))
    assert refusal(order, "contest", RESIDENT, reason="再来") == "异议只能提一次"
    upheld = do(order, "decide_contest", DU, request=1, upheld=True, told="维持")
    assert (upheld.state, upheld.outcome, upheld.requests[0].state) == ("closed", order.outcome, "refused")
    order = do(order, "decide_contest", DU, "2026-11-24 09:00", request=1, upheld=False, told="予以受理")
    assert (order.state, order.outcome, order.accepted_at) == ("accepted", None, local("2026-11-24 09:00"))
    assert order.clocks["dispatch"].due == local("2026-11-24 09:30")
    assert order.clocks["citizen"].due == local("2026-12-01 17:30")


def test_nothing_else_is_contested() -> None:
    assert refusal(order_at("closed"), "contest", RESIDENT, reason="不服") == (
        "只有不予受理和转出的工单可以提异议；其他情况请说明新情况，申请重启"
    )


# -- withdraw


def test_a_withdrawal_is_checked_by_a_call() -> None:
    order = do(order_at("handling"), "withdraw", RESIDENT, "2026-11-23 15:00", reason="已好")
    assert (order.state, order.outcome) == ("closed", "withdrawn")
    assert order.clocks["withdraw_check"].due == local("2026-11-27 17:30")
    free = do(order, "confirm_withdrawal", FANG, "2026-11-24 10:00", pressed=False)
    assert (free.pressed, free.clocks["withdraw_check"].running) == (False, False)
    assert refusal(free, "confirm_withdrawal", FANG, pressed=True) == "没有待核实的撤诉"
    facts = {"ground": "pressed", "reason": "单位上门劝撤"}
    assert refusal(free, "reopen", FANG, **facts) == "请先做撤诉核实，核实受到施压后再重启"
    pressed = do(order, "confirm_withdrawal", FANG, "2026-11-24 10:00", pressed=True)
    back = do(pressed, "reopen", FANG, "2026-11-24 10:10", **facts)
    assert (back.state, back.round, back.pressed) == ("handling", 2, None)
    # No reply was ever accepted: the citizen has waited since Monday.
    assert back.clocks["citizen"].running
    assert back.clocks["citizen"].due == local("2026-11-30 17:30")
    assert refusal(order_at("closed"), "reopen", FANG, **facts) == "请先做撤诉核实，核实受到施压后再重启"


def test_reopening_ends_the_calls_that_were_still_due() -> None:
    order = do(order_at("handling"), "withdraw", RESIDENT, "2026-11-23 15:00", reason="已好")
    back = do(order, "reopen", ZHOU, "2026-11-24 10:00", ground="new_facts", reason="又坏了")
    assert not back.clocks["withdraw_check"].running


def test_an_anonymous_withdrawal_or_one_without_a_limit_is_not_called() -> None:
    order = do(Order(NUMBER), "register", ZHOU, "2026-11-23 10:00", channel="phone", text="路灯灭了")
    assert "withdraw_check" not in do(order, "withdraw", ZHOU, reason="已亮").clocks
    silent = do(order_at("handling"), "withdraw", RESIDENT, reason="已好", by_rules=rules(limits=[]))
    assert "withdraw_check" not in silent.clocks
    assert refusal(silent, "confirm_withdrawal", FANG, pressed=True) == "没有待核实的撤诉"
    assert refusal(order_at("closed"), "confirm_withdrawal", FANG, pressed=True) == "没有待核实的撤诉"


def test_a_withdrawal_before_anybody_acknowledged_goes_back_to_dispatch() -> None:
    order = do(order_at("dispatched"), "withdraw", RESIDENT, reason="已好")
    order = do(order, "reopen", ZHOU, ground="new_facts", reason="又坏了")
    assert (order.state, order.legs[0].state, order.round) == ("accepted", "released", 1)
    stranger = Actor("s", (("citizen", ""),))
    assert refusal(order_at("handling"), "withdraw", stranger, reason="撤") == "只能办理自己的诉求"
