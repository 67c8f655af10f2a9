"""Dispatch and legs: who leads, who assists, whose clock runs, and who is called to the site."""

from __future__ import annotations

from typing import Any

import pytest

from jiesu.domain.order import Leg, Order
from tests.cast import (
    CENTER,
    CHEN,
    DU,
    GAO,
    HEAT,
    HOUSING,
    JIANG,
    LEAK,
    LIU,
    LUO,
    MA,
    NORTH,
    PARKS,
    REPAIR,
    REPAIRER,
    REPLY,
    RETURN,
    SITE,
    SITES,
    SOUTH,
    STALLS,
    STREET,
    TANG,
    WATER,
    XU,
    ZHOU,
    Actor,
    do,
    event,
    local,
    order_at,
    refusal,
    rules,
)


def lead(order: Order) -> Leg:
    assert order.lead is not None
    return order.lead


def accepted(**facts: Any) -> Order:
    return do(order_at("received"), "accept", CHEN, "2026-11-23 10:05", **facts)


def joint(urgency: str = "normal") -> Order:
    """Led by the heating company, assisted by the housing bureau; the lead has acknowledged."""
    order = do(accepted(urgency=urgency), "dispatch", CHEN, "2026-11-23 10:10", lead=HEAT, assist=[HOUSING])
    return do(order, "acknowledge", LIU, "2026-11-23 10:30")


# -- dispatch


def test_dispatch_opens_the_leads_leg_with_its_own_clocks() -> None:
    order = order_at("dispatched")
    leg = lead(order)
    assert (order.state, order.dispatched_at, order.tried) == ("dispatched", local("2026-11-23 10:10"), [HEAT])
    assert order.clocks["dispatch"].stopped == local("2026-11-23 10:10")
    assert (leg.no, leg.unit, leg.state, leg.lead, leg.provisional) == (1, HEAT, "dispatched", True, False)
    assert {name: clock.due for name, clock in leg.clocks.items()} == {
        "acknowledge": local("2026-11-24 17:30"),
        "handle": local("2026-11-30 17:30"),
        "return_request": local("2026-11-24 17:30"),
    }


def test_an_assisting_leg_has_sixty_percent_of_the_leads_limit() -> None:
    order = do(order_at("accepted"), "dispatch", CHEN, "2026-11-23 10:10", lead=HEAT, assist=[HOUSING, WATER])
    assert [(leg.unit, leg.lead) for leg in order.legs] == [(HEAT, True), (HOUSING, False), (WATER, False)]
    # Three of five working days: the 24th, 25th, 26th.
    assert order.legs[1].clocks["handle"].due == local("2026-11-26 17:30")
    assert order.legs[1].clocks.keys() == {"acknowledge", "handle"}
    assert order.tried == [HEAT]


def test_an_emergency_gives_minutes_to_acknowledge_and_two_hours_to_report() -> None:
    leg = lead(do(accepted(urgency="emergency"), "dispatch", CHEN, "2026-11-23 22:00", lead=HEAT))
    assert leg.clocks["acknowledge"].due == local("2026-11-23 22:15")
    assert leg.clocks["interim"].due == local("2026-11-24 00:00")


def test_a_city_without_limits_dispatches_without_clocks() -> None:
    order = do(order_at("accepted"), "dispatch", CHEN, lead=HEAT, assist=[WATER], by_rules=rules(limits=[]))
    assert [leg.clocks for leg in order.legs] == [{}, {}]


def test_the_catalogs_lead_and_its_reason_stand_in_the_record() -> None:
    assert event(order_at("accepted"), "dispatch", CHEN, lead=HEAT).data["duty"] == {
        "lead": HEAT,
        "basis": "《供热条例》第十条",
    }
    other = event(order_at("accepted"), "dispatch", CHEN, lead=WATER, basis="管道是供水公司的")
    assert other.data["duty"] == {"lead": HEAT, "basis": "《供热条例》第十条"}
    unlisted = event(accepted(matter="estate"), "dispatch", CHEN, lead=WATER)
    assert unlisted.data["duty"] is None


def test_the_subdistrict_of_the_place_leads_where_the_catalog_says_so() -> None:
    made = event(accepted(matter=STALLS, region=NORTH), "dispatch", CHEN, lead=STREET)
    assert made.data["duty"]["lead"] == STREET
    # The new district has no subdistrict office: a person decides.
    assert event(accepted(matter=STALLS, region=SOUTH), "dispatch", CHEN, lead=HOUSING).data["duty"]["lead"] is None


@pytest.mark.parametrize(
    ("matter", "facts", "words_"),
    [
        (None, {"lead": CENTER}, "热线中心不是承办单位，不能牵头"),
        (None, {"lead": REPAIR}, "维修科不是承办单位，不能牵头"),
        (None, {"lead": WATER}, "派单目录写的是供热公司，改派供水公司请写明依据"),
        (None, {"lead": HEAT, "assist": [HEAT]}, "牵头单位不能同时是配合单位"),
        (None, {"lead": HEAT, "assist": [CENTER]}, "热线中心不是承办单位，不能配合"),
        (SITE, {"lead": STREET, "basis": "在街道辖区"}, "这项工作依法由住建局承担，不能派给街道"),
    ],
)
def test_who_cannot_be_dispatched_to(matter: str | None, facts: dict[str, Any], words_: str) -> None:
    assert refusal(accepted(matter=matter), "dispatch", CHEN, **facts) == words_


def test_a_unit_whose_return_was_agreed_is_not_asked_again() -> None:
    order = do(order_at("handling"), "request_return", LIU, **RETURN)
    order = do(order, "agree_return", CHEN, request=1)
    assert refusal(order, "dispatch", CHEN, lead=HEAT) == "供热公司已退单获准，不能再派给它"


def test_after_three_units_only_a_ruling_helps() -> None:
    order = order_at("handling")
    for unit, clerk in ((WATER, LUO), (PARKS, Actor("park", (("unit_clerk", PARKS),)))):
        order = do(order, "reassign", CHEN, lead=unit, reason="换一家", basis="现场核实")
        order = do(order, "acknowledge", clerk)
    facts = {"lead": HOUSING, "reason": "再换", "basis": "现场核实"}
    assert refusal(order, "reassign", CHEN, **facts) == "已派过 3 个单位，不能再派，请提请裁定"


# -- acknowledge


def test_acknowledging_starts_the_wait_for_first_contact() -> None:
    order = order_at("handling")
    leg = lead(order)
    assert (order.state, leg.state, leg.acknowledged_at) == ("handling", "acknowledged", local("2026-11-23 10:30"))
    assert leg.clocks["acknowledge"].stopped == local("2026-11-23 10:30")
    assert leg.clocks["first_contact"].due == local("2026-11-24 17:30")


@pytest.mark.parametrize(
    "facts",
    [
        {"secret": True, "reason": "保密"},
        {"kind": "report", "reason": "举报"},
        {"urgency": "emergency", "reason": "危急"},
    ],
)
def test_no_first_contact_is_due_where_the_centre_speaks_or_lives_come_first(facts: dict[str, Any]) -> None:
    order = do(do(order_at("dispatched"), "correct", CHEN, **facts), "acknowledge", LIU)
    assert "first_contact" not in lead(order).clocks


def test_an_assisting_unit_acknowledges_its_own_leg_once() -> None:
    order = do(joint(), "leg_acknowledge", XU, "2026-11-23 11:00")
    leg = order.legs[1]
    assert (order.state, leg.state, leg.acknowledged_at) == ("handling", "acknowledged", local("2026-11-23 11:00"))
    assert "first_contact" not in leg.clocks
    assert refusal(order, "leg_acknowledge", XU) == "本单位已签收，无须再签"


# -- recall, reassign


def test_a_dispatch_is_recalled_and_what_was_asked_lapses() -> None:
    order = do(order_at("dispatched"), "request_return", LIU, **RETURN)
    order = do(order, "recall", CHEN, "2026-11-23 10:20", reason="派错了")
    assert (order.state, order.lead, order.legs[0].state) == ("accepted", None, "released")
    assert order.legs[0].ended_at == local("2026-11-23 10:20")
    assert not order.legs[0].clocks["handle"].running
    assert order.requests[0].state == "lapsed"
    assert order.clocks["dispatch"].due == local("2026-11-23 10:50")
    assert refusal(order, "agree_return", CHEN, request=1).startswith("工单现在是“待派单”")


def test_an_order_is_reassigned_and_the_new_lead_has_its_own_clocks() -> None:
    order = joint()
    facts = {"lead": HOUSING, "reason": "属住建", "basis": "现场核实", "assist": [WATER]}
    order = do(order, "reassign", CHEN, "2026-11-25 09:00", **facts)
    # Housing had assisted: its assisting leg ends where its leading one begins.
    assert [(leg.unit, leg.lead, leg.state) for leg in order.legs] == [
        (HEAT, True, "released"),
        (HOUSING, False, "released"),
        (HOUSING, True, "dispatched"),
        (WATER, False, "dispatched"),
    ]
    assert (order.state, order.tried) == ("dispatched", [HEAT, HOUSING])
    assert lead(order).clocks["handle"].due == local("2026-12-02 17:30")
    assert order.dispatched_at == local("2026-11-23 10:10")


def test_units_that_assist_already_keep_their_leg_when_the_lead_changes() -> None:
    facts = {"lead": WATER, "reason": "属供水", "basis": "现场核实", "assist": [HOUSING]}
    order = do(joint(), "reassign", CHEN, **facts)
    assert [(leg.unit, leg.lead, leg.state) for leg in order.legs] == [
        (HEAT, True, "released"),
        (HOUSING, False, "dispatched"),
        (WATER, True, "dispatched"),
    ]


def test_who_cannot_be_reassigned_to() -> None:
    order = order_at("handling")
    assert refusal(order, "reassign", CHEN, lead=HEAT, reason="再试") == "供热公司已是牵头单位"
    returned = do(do(order, "request_return", LIU, **RETURN), "agree_return", CHEN, request=1)
    returned = do(do(returned, "dispatch", CHEN, lead=WATER, basis="管网"), "acknowledge", LUO)
    assert refusal(returned, "reassign", CHEN, lead=HEAT, reason="再试") == "供热公司已退单获准，不能再派给它"


# -- legs added, released, asked for


def test_a_leg_is_added_and_released() -> None:
    order = do(order_at("handling"), "add_leg", CHEN, "2026-11-24 09:00", unit=WATER, reason="要关阀")
    assert [leg.unit for leg in order.assisting] == [WATER]
    assert order.legs[1].clocks["handle"].due == local("2026-11-27 17:30")
    order = do(order, "release_leg", CHEN, "2026-11-24 10:00", unit=WATER, reason="不用了")
    assert (order.assisting, order.legs[1].state) == ([], "released")
    assert order.legs[1].clocks["handle"].stopped == local("2026-11-24 10:00")


def test_what_cannot_be_added_or_released() -> None:
    order = order_at("handling")
    assert refusal(order, "add_leg", CHEN, unit=HEAT, reason="要") == "供热公司已在这张工单里"
    assert refusal(order, "add_leg", CHEN, unit=CENTER, reason="要") == "热线中心不是承办单位，不能配合"
    not_assisting = "这个单位不是配合单位；要换牵头单位请用改派"
    assert refusal(order, "release_leg", CHEN, unit=HEAT, reason="不用") == not_assisting
    assert refusal(order, "release_leg", CHEN, unit=WATER, reason="不用") == not_assisting


def test_the_lead_asks_for_help_and_the_centre_agrees() -> None:
    order = do(order_at("handling"), "request_assist", LIU, "2026-11-23 11:00", unit=WATER, reason="要关阀")
    assert (order.requests[0].type, order.requests[0].detail["unit"]) == ("assist", WATER)
    # Four working hours: one before noon, three after half past one.
    assert order.requests[0].due == local("2026-11-23 16:30")
    again = refusal(order, "request_assist", LIU, unit=WATER, reason="要关阀")
    assert again == "请供水公司配合的申请正在审定"
    assert refusal(order, "refuse_assist", CHEN, request=1) == "请填写“理由”"
    assert do(order, "refuse_assist", CHEN, request=1, reason="不需要").requests[0].state == "refused"
    order = do(order, "agree_assist", CHEN, request=1)
    assert ([leg.unit for leg in order.assisting], order.requests[0].state) == ([WATER], "agreed")


def test_who_cannot_be_asked_for_help() -> None:
    assert refusal(joint(), "request_assist", LIU, unit=HOUSING, reason="要") == "住建局已在这张工单里"
    assert refusal(joint(), "request_assist", LIU, unit=CENTER, reason="要") == "热线中心不是承办单位，不能配合"


def test_a_request_is_answered_once_and_by_its_number() -> None:
    order = do(order_at("handling"), "request_assist", LIU, unit=WATER, reason="要关阀")
    assert refusal(order, "agree_assist", CHEN, request=2) == "没有这个申请，请刷新后再选"
    assert refusal(order, "agree_extension", CHEN, request=1) == "没有这个申请，请刷新后再选"
    refused = do(order, "refuse_assist", CHEN, request=1, reason="不需要")
    assert refusal(refused, "agree_assist", CHEN, request=1) == "这个申请已经审定，不能再改"


def test_a_unit_that_was_added_meanwhile_is_not_added_twice() -> None:
    order = do(order_at("handling"), "request_assist", LIU, unit=WATER, reason="要关阀")
    order = do(order, "add_leg", CHEN, unit=WATER, reason="先派了")
    assert refusal(order, "agree_assist", CHEN, request=1) == "供水公司已在这张工单里"


# -- sections, the assisting unit's reply and objection


def test_a_unit_hands_on_to_its_own_section() -> None:
    order = do(order_at("handling"), "sub_dispatch", LIU, section=REPAIR)
    assert lead(order).sections == [REPAIR]
    assert do(order, "note", REPAIRER, note="下午去看").version == order.version + 1
    assert refusal(order, "sub_dispatch", LIU, section=REPAIR) == "已转给维修科"
    assert refusal(order, "sub_dispatch", LIU, section=SITES) == "工地科不是供热公司的科室"


def test_an_assisting_unit_replies_once_after_acknowledging() -> None:
    order = joint()
    assert refusal(order, "leg_reply", XU, measures="看过了") == "请先签收，再答复"
    order = do(do(order, "leg_acknowledge", XU), "leg_reply", XU, "2026-11-24 09:00", measures="看过了")
    leg = order.legs[1]
    assert (leg.state, leg.replied_at, leg.clocks["handle"].stopped) == (
        "replied",
        local("2026-11-24 09:00"),
        local("2026-11-24 09:00"),
    )
    assert refusal(order, "leg_reply", XU, measures="再看") == "本单位已答复"


def test_an_assisting_unit_objects_once() -> None:
    order = do(joint(), "object", XU, legal_basis="三定方案")
    assert (order.requests[0].type, order.requests[0].leg) == ("objection", 2)
    kept = do(order, "refuse_objection", CHEN, request=1, reason="仍需到场")
    assert refusal(kept, "object", XU, legal_basis="三定方案") == "配合单位只能提一次异议"
    freed = do(order, "agree_objection", CHEN, "2026-11-23 15:00", request=1)
    assert (freed.legs[1].state, freed.legs[1].ended_at) == ("released", local("2026-11-23 15:00"))


def test_a_released_units_objection_falls_away() -> None:
    order = do(do(joint(), "object", XU, legal_basis="三定方案"), "release_leg", CHEN, unit=HOUSING, reason="不用了")
    assert order.requests[0].state == "lapsed"
    assert refusal(order, "agree_objection", CHEN, request=1) == "这个申请已经审定，不能再改"


# -- the lead and its assisting units


def contacted(order: Order) -> Order:
    return do(order, "first_contact", LIU, contact="reached", note="联系过")


def test_the_lead_waits_for_the_units_that_are_within_their_limit() -> None:
    order = contacted(joint())
    waiting = "还有 1 个配合单位在限内未答复（住建局），请待其答复，或到其超期后写明缺什么再办结"
    assert refusal(order, "reply", MA, "2026-11-26 17:30", **REPLY) == waiting
    late = "2026-11-27 09:00"
    assert refusal(order, "reply", MA, late, **REPLY) == "配合单位（住建局）未答复，请写明缺什么；迟延记在配合单位"
    assert event(order, "reply", MA, late, **REPLY, missing="缺住建局鉴定").data["missing_legs"] == [2]


def test_the_lead_replies_when_all_have() -> None:
    order = do(do(joint(), "leg_acknowledge", XU), "leg_reply", XU, measures="看过了")
    made = event(contacted(order), "reply", MA, **REPLY)
    assert "missing_legs" not in made.data


def test_the_lead_never_waits_in_an_emergency() -> None:
    assert event(joint("emergency"), "reply", MA, **REPLY).data["to"] == "replied"


def test_a_unit_may_reply_while_the_order_waits_for_review() -> None:
    late = "2026-11-27 09:00"
    order = do(contacted(do(joint(), "leg_acknowledge", XU)), "reply", MA, late, **REPLY, missing="缺住建局鉴定")
    order = do(order, "leg_reply", XU, late, measures="看过了")
    assert (order.state, order.legs[1].state) == ("replied", "replied")


# -- the whistle


def whistled(units: tuple[str, ...] = (HOUSING, WATER)) -> Order:
    order = do(accepted(matter=LEAK), "dispatch", CHEN, "2026-11-23 10:10", lead=HEAT)
    order = do(order, "acknowledge", LIU, "2026-11-23 10:30")
    meet = local("2026-11-24 09:00")
    return do(
        order, "whistle", LIU, "2026-11-23 11:00", units=list(units), meet_place="换热站", meet_at=meet, reason="漏水"
    )


def test_a_whistle_calls_units_that_answer_and_check_in() -> None:
    order = whistled()
    request = order.requests[0]
    assert request.due == local("2026-11-23 16:30")
    assert request.detail["units"] == {HOUSING: {"state": "called"}, WATER: {"state": "called"}}
    order = do(order, "answer_whistle", XU, "2026-11-23 14:00", request=1, coming="coming")
    assert refusal(order, "answer_whistle", XU, request=1, coming="coming") == "本单位已应哨"
    order = do(order, "report_in", XU, "2026-11-24 08:55", request=1)
    assert order.requests[0].detail["units"][HOUSING] == {
        "state": "arrived",
        "at": "2026-11-23T06:00:00Z",
        "arrived": "2026-11-24T00:55:00Z",
    }
    assert order.requests[0].state == "open"
    assert refusal(order, "report_in", XU, request=1) == "本单位已报到"
    assert refusal(order, "answer_whistle", LUO, request=1, coming="cannot") == "不能到场须写明原因"
    order = do(order, "answer_whistle", LUO, request=1, coming="cannot", reason="抢修")
    assert order.requests[0].state == "answered"
    # It came after all.
    assert do(order, "report_in", JIANG, request=1).requests[0].detail["units"][WATER]["state"] == "arrived"


@pytest.mark.parametrize(
    ("facts", "words_"),
    [
        ({"units": []}, "请至少选择一个要吹哨的单位"),
        ({"units": [HEAT]}, "不能向本单位吹哨"),
        ({"units": [CENTER]}, "热线中心不是承办单位，不能吹哨"),
        ({"meet_at": local("2026-11-23 10:30")}, "集合时间须晚于现在"),
    ],
)
def test_what_no_whistle_can_ask(facts: dict[str, Any], words_: str) -> None:
    meet = {"units": [WATER], "meet_at": local("2026-11-24 09:00"), "meet_place": "换热站", "reason": "漏水"}
    assert refusal(order_at("handling"), "whistle", LIU, **{**meet, **facts}) == words_


def test_who_was_not_called_cannot_answer() -> None:
    order = whistled()
    assert refusal(order, "report_in", GAO, request=1) == "这张工单没有交给您的单位"
    assert refusal(order, "report_in", LIU, request=1) == "没有向您的单位吹哨"
    assert refusal(order, "report_in", XU, request=9) == "没有向您的单位吹哨"
    assert refusal(order, "report_in", DU, request=1) == "“报到”须由联络员、单位领导操作"


def test_a_whistle_ends_with_its_lead() -> None:
    order = do(whistled(), "reassign", CHEN, lead=PARKS, reason="换", basis="现场核实")
    assert order.requests[0].state == "lapsed"
    assert refusal(order, "report_in", TANG, request=1) == "这次吹哨已结束"
    assert refusal(order, "whistle", ZHOU, units=[WATER]).startswith("工单现在是“待签收”，不能吹哨")
