"""Returns and rulings: asked once, with papers, worked on until decided; then one word that stands."""

from __future__ import annotations

from typing import Any

import pytest

from jiesu.domain.order import Order
from tests.cast import (
    CAI,
    CHEN,
    DU,
    FANG,
    HE,
    HEAT,
    HOUSING,
    JUSTICE,
    LIU,
    LUO,
    MA,
    PARKS,
    REPLY,
    RETURN,
    SITE,
    STREET,
    TANG,
    WATER,
    XU,
    Actor,
    do,
    local,
    order_at,
    refusal,
    rules,
)


def asked(at: str = "2026-11-23 11:00", **facts: Any) -> Order:
    return do(order_at("handling"), "request_return", LIU, at, **{**RETURN, **facts})


def sent(unit: str, clerk: Actor | None = None, **facts: Any) -> Order:
    """An accepted order of these facts, dispatched to ``unit`` and taken by ``clerk`` when one is given."""
    order = do(order_at("received"), "accept", CHEN, "2026-11-23 10:05", **facts)
    order = do(order, "dispatch", CHEN, "2026-11-23 10:10", lead=unit, basis="现场核实")
    return do(order, "acknowledge", clerk, "2026-11-23 10:30") if clerk else order


# -- asking


def test_a_return_is_asked_with_papers_and_the_unit_works_on() -> None:
    order = asked()
    request, leg = order.requests[0], order.legs[0]
    assert (order.state, request.type, request.unit, request.state) == ("handling", "return", HEAT, "open")
    assert request.detail == {"proper_unit": HOUSING}
    assert request.due == local("2026-11-23 16:30")
    assert leg.asked_return == local("2026-11-23 11:00")
    assert {name for name, clock in leg.clocks.items() if clock.running} == {"handle", "first_contact"}


def test_a_return_may_be_asked_before_acknowledging_and_without_naming_the_proper_unit() -> None:
    facts = {**RETURN, "proper_unit": None, "no_proper_unit": "权属不明"}
    order = do(order_at("dispatched"), "request_return", LIU, "2026-11-24 17:30", **facts)
    assert order.requests[0].detail == {}


@pytest.mark.parametrize(
    ("facts", "words_"),
    [
        ({"legal_basis": None}, "请填写“法律法规依据”"),
        ({"evidence": " "}, "请填写“证据说明”"),
        ({"leader_name": None}, "请填写“签批领导”"),
        ({"proper_unit": None}, "请指明应办单位，或写明为何无法指明"),
        ({"proper_unit": HEAT}, "应办单位不能是本单位"),
    ],
)
def test_the_papers_of_a_return(facts: dict[str, Any], words_: str) -> None:
    assert refusal(order_at("handling"), "request_return", LIU, **{**RETURN, **facts}) == words_


def test_when_no_return_can_be_asked() -> None:
    late = refusal(order_at("handling"), "request_return", LIU, "2026-11-24 17:31", **RETURN)
    assert late == "退单期限已过，请牵头办理；需要其他单位的，请申请配合"
    refused = do(asked(), "refuse_return", CHEN, request=1, reason="归供热")
    assert refusal(refused, "request_return", LIU, **RETURN) == "每个单位对一张工单只能申请一次退单"
    unhappy = {"attempt": "answered", "resolved": "unresolved", "rating": "dissatisfied"}
    again = do(do(order_at("callback"), "callback_attempt", FANG, **unhappy), "rework", FANG, reason="没好")
    # The return clock stopped with the first reply; what speaks against a return now is the second round.
    assert refusal(again, "request_return", LIU, **RETURN) == "重办的工单不能退单"


def test_an_urgent_order_is_made_safe_before_it_may_be_returned() -> None:
    order = sent(HEAT, LIU, urgency="urgent")
    assert refusal(order, "request_return", LIU, **RETURN) == "紧急工单须先到现场处置并作阶段反馈，再申请退单"
    order = do(order, "interim_reply", LIU, "2026-11-23 10:50", measures="已围挡关阀")
    order = do(order, "request_return", LIU, "2026-11-23 11:00", **RETURN)
    assert order.requests[0].due == local("2026-11-23 11:15")


def test_who_owns_a_part_by_law_leads_and_asks_for_help() -> None:
    basis = "这项工作有您单位的法定职责（《建筑法》第四十一条），不得退单；请牵头办理，需要其他单位的请申请配合"
    facts = {**RETURN, "proper_unit": WATER}
    assert refusal(sent(HOUSING, XU, matter=SITE), "request_return", XU, **facts) == basis
    park = Actor("park", (("unit_clerk", PARKS),))
    assert refusal(sent(PARKS, park, matter=SITE), "request_return", park, **facts) == basis
    # The water company has no part in it by law.
    assert do(sent(WATER, LUO, matter=SITE), "request_return", LUO, **RETURN).requests[0].unit == WATER
    silent = rules(catalog=[{"matter": "site", "lead": HOUSING, "must_lead_by_law": True}])
    assert refusal(sent(HOUSING, XU, matter=SITE), "request_return", XU, **facts, by_rules=silent) == (
        "这项工作有您单位的法定职责，不得退单；请牵头办理，需要其他单位的请申请配合"
    )
    unlisted = sent(HEAT, LIU, matter="estate")
    assert do(unlisted, "request_return", LIU, **RETURN).requests[0].type == "return"


# -- deciding


def test_an_agreed_return_sends_the_order_back_without_that_unit() -> None:
    order = do(asked(), "add_leg", CHEN, unit=WATER, reason="关阀")
    order = do(order, "agree_return", CHEN, "2026-11-23 14:00", request=1)
    assert (order.state, order.excluded, order.returns, order.lead) == ("accepted", [HEAT], 1, None)
    assert [(leg.unit, leg.state) for leg in order.legs] == [(HEAT, "returned"), (WATER, "released")]
    assert order.clocks["dispatch"].due == local("2026-11-23 14:30")
    assert order.clocks["citizen"].running


def test_a_refused_return_leaves_everything_to_the_unit() -> None:
    order = do(asked(), "refuse_return", CHEN, request=1, reason="本公司管网")
    assert (order.state, order.requests[0].state, order.returns) == ("handling", "refused", 0)
    assert order.legs[0].clocks["handle"].running


def returned_twice() -> Order:
    order = do(asked(), "agree_return", CHEN, request=1)
    order = do(do(order, "dispatch", CHEN, lead=WATER, basis="管网"), "acknowledge", LUO)
    order = do(order, "request_return", LUO, **RETURN)
    return do(order, "agree_return", CHEN, "2026-11-23 15:00", request=2)


def test_after_two_returns_only_a_ruling_helps() -> None:
    order = returned_twice()
    facts = {"lead": HOUSING, "basis": "现场核实"}
    assert refusal(order, "dispatch", CHEN, **facts) == "已退单 2 次，不能再派，请提请裁定"
    order = do(order, "refer_to_ruling", CHEN, "2026-11-23 15:10", reason="两家都退")
    assert (order.state, order.clocks["ruling"].due) == ("ruling", local("2026-11-24 17:30"))
    assert not order.clocks["dispatch"].running


def test_a_dispute_is_referred_from_the_units_hands() -> None:
    order = do(asked(), "request_extension", MA, days=2, reason="等")
    order = do(order, "refer_to_ruling", DU, "2026-11-23 11:30", reason="两家都说不归自己管")
    assert (order.state, order.legs[0].state) == ("ruling", "released")
    assert [one.state for one in order.requests] == ["lapsed", "lapsed"]


def test_nothing_is_ruled_that_nobody_disputes() -> None:
    facts = {"reason": "想裁定"}
    assert refusal(order_at("handling"), "refer_to_ruling", CHEN, **facts) == "还没有单位申请退单，不能提请裁定"
    ruled = do(order_at("ruling"), "rule", CAI, lead=HOUSING, legal_basis="三定方案")
    assert refusal(ruled, "refer_to_ruling", CHEN, **facts) == "这张工单已裁定；拒不执行的请督办"


# -- ruling


def ruled(lead: str = HOUSING) -> Order:
    return do(order_at("ruling"), "rule", CAI, "2026-11-24 09:00", lead=lead, legal_basis="三定方案", assist=[WATER])


def test_the_ruling_names_a_provisional_lead_who_works_at_once() -> None:
    order = ruled()
    lead = order.lead
    assert lead is not None
    assert (order.state, order.ruled, lead.unit, lead.provisional) == ("dispatched", True, HOUSING, True)
    assert [leg.unit for leg in order.assisting] == [WATER]
    assert order.clocks["ruling"].stopped == local("2026-11-24 09:00")
    # Ten working days after the 24th: 25-27 (3), 30-4 (8), 7 and 8 December.
    assert order.clocks["ruling_final"].due == local("2026-12-08 17:30")
    assert lead.clocks["handle"].due == local("2026-12-01 17:30")


def test_a_ruling_may_name_a_unit_that_had_returned_the_order() -> None:
    order = do(returned_twice(), "refer_to_ruling", CHEN, reason="两家都退")
    order = do(order, "rule", CAI, lead=HEAT, legal_basis="三定方案")
    assert order.lead is not None
    assert order.lead.unit == HEAT


def test_a_ruling_stands() -> None:
    order = ruled()
    assert refusal(order, "recall", CHEN, reason="换") == "牵头单位是裁定确定的，不能撤回；拒不办理的请督办"
    taken = do(order, "acknowledge", XU)
    assert refusal(taken, "reassign", CHEN, lead=HEAT, reason="换") == (
        "牵头单位是裁定确定的，不能改派；拒不办理的请督办"
    )
    assert refusal(taken, "request_return", XU, **RETURN) == (
        "裁定确定的牵头单位不得退单；有异议请先办理，同时向督办反映"
    )


def test_a_ruled_order_that_comes_back_is_dispatched_without_counting_units() -> None:
    order = do(ruled(), "withdraw", CHEN, reason="诉求人来电撤诉")
    order = do(order, "reopen", CHEN, "2026-11-25 09:00", ground="new_facts", reason="又漏了")
    assert order.state == "accepted"
    order = do(order, "dispatch", CHEN, lead=PARKS, basis="现场核实")
    assert order.tried == [HEAT, HOUSING, PARKS]
    order = do(do(order, "recall", CHEN, reason="派错"), "dispatch", CHEN, lead=STREET, basis="现场核实")
    assert order.tried == [HEAT, HOUSING, PARKS, STREET]


def test_no_ruling_against_the_law() -> None:
    order = do(sent(HOUSING, XU, matter=SITE), "reassign", CHEN, lead=WATER, basis="核实", reason="换")
    order = do(order, "request_return", LUO, **RETURN)
    order = do(order, "refer_to_ruling", CHEN, reason="争议")
    facts = {"legal_basis": "属地管理"}
    assert refusal(order, "rule", CAI, lead=STREET, **facts) == "这项工作依法由住建局承担，不能派给街道"
    assert refusal(order, "rule", CAI, lead="CENTER", **facts) == "热线中心不是承办单位，不能牵头"


def test_the_duty_is_settled_for_the_catalog_whatever_becomes_of_the_order() -> None:
    order = do(ruled(), "acknowledge", XU, "2026-11-24 10:00")
    order = do(order, "first_contact", XU, contact="reached", note="约好")
    facts = {"missing": "缺供水公司"}
    order = do(order, "reply", TANG, "2026-11-30 09:00", **REPLY, **facts)
    order = do(order, "pass_review", HE, "2026-11-30 10:00")
    order = do(order, "callback_attempt", FANG, attempt="answered", resolved="resolved", rating="satisfied")
    order = do(order, "close", FANG, "2026-11-30 11:00")
    assert [name for name, clock in order.clocks.items() if clock.running] == ["ruling_final"]
    order = do(order, "settle_duty", CAI, "2026-12-03 10:00", lead=JUSTICE, duty="归住建局，目录随之修订")
    assert (order.settled, order.state) == (JUSTICE, "closed")
    assert order.clocks["ruling_final"].stopped == local("2026-12-03 10:00")
    assert refusal(order, "settle_duty", CAI, lead=HOUSING, duty="再定") == "已经定责"
    assert refusal(order_at("handling"), "settle_duty", CAI, lead=HOUSING, duty="定") == "没有裁定过的工单无须定责"
