"""Supervision: the ladder, marks, a leader's instruction, notes and reveals, recalculation, erasure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from jiesu.domain.case import Around
from jiesu.domain.order import SYSTEM, Order
from tests.cast import (
    BAO,
    CAI,
    CHEN,
    DU,
    GAO,
    GUAN,
    HE,
    HEAT,
    HOUSING,
    LIU,
    LUO,
    MA,
    NUMBER,
    PARTS,
    RESIDENT,
    RULES,
    SHEN,
    STREET,
    TANG,
    WATER,
    WU,
    XU,
    ZHOU,
    do,
    event,
    local,
    order_at,
    refusal,
    rules,
)
from tests.domain.test_handling import lead


def later_calendar(**days: bool) -> Any:
    """The rules after the city (or the country) changed some days."""
    calendar = PARTS["calendar"]
    changed = {name.replace("_", "-")[1:]: works for name, works in days.items()}
    return rules(calendar={"days": {**calendar["days"], **changed}})


# -- the ladder


@pytest.mark.parametrize(
    ("move", "rung", "zh"), [("urge", 1, "催办"), ("supervise", 2, "督办"), ("escalate", 3, "提级督办")]
)
def test_a_supervisor_climbs_the_ladder_with_a_reason(move: str, rung: int, zh: str) -> None:
    order = order_at("handling")
    assert refusal(order, move, DU) == f"请写明{zh}的理由和要求"
    assert do(order, move, DU, reason="市民多次来电").ladder == rung
    assert do(order, move, SYSTEM, step="1.handle:6a:urge").ladder == rung


def test_nobody_climbs_down() -> None:
    order = do(order_at("handling"), "escalate", DU, reason="久拖")
    after = do(order, "urge", SYSTEM)
    assert (after.ladder, after.state, after.version) == (3, "handling", order.version + 1)


def test_a_mark_is_set_once() -> None:
    order = do(order_at("handling"), "mark", DU, flag="hard_case", note="多年积案")
    assert order.flags == ["hard_case"]
    assert refusal(order, "mark", SYSTEM, flag="hard_case") == "已标记“疑难件”"


# -- instruction


def test_a_leaders_instruction_is_tracked_until_it_is_answered() -> None:
    order = do(order_at("handling"), "instruct", SHEN, "2026-11-23 15:00", instruction="今天解决", unit=HEAT)
    request = order.requests[0]
    assert (request.type, request.unit, request.due) == ("instruction", HEAT, local("2026-11-26 17:30"))
    order = do(order, "answer_instruction", LIU, "2026-11-23 17:00", request=1, answer="已恢复")
    assert order.requests[0].state == "answered"
    assert refusal(order, "answer_instruction", LIU, request=1, answer="再报") == "这个申请已经审定，不能再改"


def test_an_instruction_by_a_date_to_a_unit_without_a_part() -> None:
    by = local("2026-11-24 12:00")
    order = do(
        order_at("closed"),
        "instruct",
        SHEN,
        "2026-11-23 15:00",
        instruction="查一查",
        unit=STREET,
        due=local("2026-11-26 12:00"),
    )
    assert order.requests[0].due == local("2026-11-26 12:00")
    made = event(order, "answer_instruction", GAO, request=1, answer="已查")
    assert (made.unit, "leg" in made.data) == (STREET, False)
    assert event(order, "answer_instruction", DU, request=1, answer="代为反馈").role == "supervisor"
    past = refusal(order, "instruct", SHEN, "2026-11-26 12:00", instruction="快", unit=HEAT, due=by)
    assert past == "反馈期限须晚于现在"


def test_an_instruction_is_answered_by_the_unit_it_names() -> None:
    order = do(order_at("handling"), "instruct", SHEN, instruction="今天解决", unit=HEAT)
    order = do(order, "add_leg", CHEN, unit=HOUSING, reason="鉴定")
    assert refusal(order, "answer_instruction", XU, request=1, answer="我来") == "这条批示是给供热公司的"
    assert refusal(order, "answer_instruction", LUO, request=1, answer="我来") == "这张工单没有交给您的单位"


# -- notes, chases, links


def test_a_note_stands_beside_everything() -> None:
    order = order_at("closed")
    for who in (ZHOU, LIU, WU):
        assert do(order, "note", who, note="电话记录").state == "closed"
    assert refusal(order, "note", LUO, note="看看") == "这张工单没有派给您的单位"
    assert refusal(order, "note", RESIDENT, note="看看").startswith("“备注”须由话务员、派单员")


def test_three_chases_raise_a_warning() -> None:
    order, flags = order_at("handling"), []
    for _ in range(4):
        order = do(order, "chase", RESIDENT, note="还没好")
        flags.append(list(order.flags))
    assert order.chases == 4
    assert flags == [[], [], ["chased"], ["chased"]]
    assert refusal(order_at("closed"), "chase", ZHOU).startswith("工单现在是“已办结”，不能催单；只有“待受理、")


def test_orders_are_linked() -> None:
    order = do(order_at("handling"), "link", CHEN, other=NUMBER + 5, around=Around(parent_state="closed"))
    assert order.links == [NUMBER + 5]
    assert refusal(order, "link", CHEN, other=NUMBER) == "不能关联自己"
    assert refusal(order, "link", CHEN, other=NUMBER + 6) == "没有这张工单，请核对工单号"


# -- personal data


def test_a_look_behind_the_mask_is_recorded_with_its_reason() -> None:
    made = event(order_at("handling"), "reveal", LIU, field="phone", reason="约上门时间")
    assert made.data["facts"]["field"] == "phone"
    assert made.data["leg"] == 1
    assert refusal(order_at("handling"), "reveal", LIU, field="phone") == "请填写“理由”"


@pytest.mark.parametrize("facts", [{"secret": True}, {"kind": "report"}])
def test_units_never_see_who_reported(facts: dict[str, Any]) -> None:
    order = do(order_at("handling"), "correct", CHEN, **facts, reason="更正")
    assert refusal(order, "reveal", LIU, field="name", reason="想联系") == (
        "举报和保密工单的诉求人信息不向承办单位公开，需要联系请通过热线中心"
    )
    assert event(order, "reveal", CHEN, field="name", reason="中心联系").role == "dispatcher"


def test_who_may_not_open_a_field_is_told_so_and_nothing_is_recorded() -> None:
    order = order_at("replied")
    assert refusal(order, "reveal", HE, field="address", reason="核对") == (
        "按规定，您的岗位不能打开这张工单的“地址”；确需了解，请找能打开的岗位核对"
    )
    assert event(order, "reveal", HE, field="phone", reason="核对").data["facts"]["field"] == "phone"


def test_a_resident_is_erased_after_the_closing_only() -> None:
    assert refusal(order_at("handling"), "erase", BAO, reason="依申请") == "工单还在办理，办结后才能删除个人信息"
    order = do(order_at("closed"), "erase", BAO, reason="依申请")
    assert (order.erased, order.person, order.rating) == (True, None, "satisfied")
    assert refusal(order, "erase", BAO, reason="依申请") == "个人信息已删除"
    assert refusal(order, "reveal", CHEN, field="name", reason="核对") == "个人信息已按规定删除"


# -- recalculation


def test_a_calendar_announced_later_moves_running_limits_when_somebody_says_so() -> None:
    order = do(order_at("handling"), "add_leg", CHEN, "2026-11-23 11:00", unit=WATER, reason="关阀")
    free = later_calendar(_2026_11_25=False)
    after = do(order, "recalculate", GUAN, "2026-11-24 09:00", by_rules=free, reason="补休")
    assert lead(after).clocks["handle"].due == local("2026-12-01 17:30")
    assert after.legs[1].clocks["handle"].due == local("2026-11-27 17:30")
    assert after.clocks["citizen"].due == local("2026-12-01 17:30")
    # What has stopped, and what ends before that day, stays.
    assert lead(after).clocks["acknowledge"] == lead(order).clocks["acknowledge"]
    assert lead(after).clocks["first_contact"] == lead(order).clocks["first_contact"]
    assert refusal(order, "recalculate", GUAN) == "时限没有变化，无须重算"


def test_a_date_that_somebody_decided_is_never_recalculated() -> None:
    order = do(order_at("handling"), "request_extension", MA, days=3, reason="等料")
    order = do(order, "agree_extension", DU, request=1)
    after = do(order, "recalculate", GUAN, by_rules=later_calendar(_2026_12_01=False, _2026_11_24=False))
    assert lead(after).clocks["handle"].due == lead(order).clocks["handle"].due == local("2026-12-03 17:30")


def test_only_a_legs_limit_may_have_moved() -> None:
    # The 27th is free: the leg's three days end later. Everything else has stopped or ends earlier.
    order = do(
        order_at("ruling"),
        "rule",
        CAI,
        "2026-11-23 12:00",
        lead=HEAT,
        legal_basis="三定",
    )
    made = event(order, "recalculate", GUAN, by_rules=later_calendar(_2026_11_27=False))
    assert made.data["legs"].keys() == {"2"}
    assert RULES.calendar.is_workday(date(2026, 11, 27))
    received = do(Order(NUMBER), "register", ZHOU, "2026-11-23 17:00", channel="phone", text="停水")
    alone = event(received, "recalculate", GUAN, by_rules=later_calendar(_2026_11_24=False))
    assert alone.data["move"]["intake"][0] == "2026-11-25T02:30:00Z"
    assert "legs" not in alone.data
    assert refusal(order, "recalculate", TANG).startswith("“重算时限”须由管理员")
