"""Orders of another system: taken over by one event as they were, and worked on from there."""

from __future__ import annotations

from typing import Any

import pytest

from jiesu.domain.order import Order
from tests.cast import (
    CAI,
    CHEN,
    DU,
    FANG,
    FEE,
    GUAN,
    HE,
    HEAT,
    HOUSING,
    LIU,
    MA,
    NUMBER,
    REPLY,
    ZHOU,
    do,
    event,
    local,
    refusal,
    rules,
)
from tests.domain.test_handling import lead

NOW = "2026-11-23 10:00"
RECEIVED = local("2026-11-18 09:00")
SET: dict[str, Any] = {"received_at": RECEIVED, "kind": "complaint", "matter": FEE, "person": 7001, "channel": "import"}


def foreign(state: str | None, **more: Any) -> dict[str, Any]:
    return {"state": state, "set": SET, "unit": HEAT, **more}


def adopted(state: str | None, **more: Any) -> Order:
    return do(Order(NUMBER), "adopt", GUAN, NOW, foreign=foreign(state, **more))


def test_a_new_order_of_another_system_waits_like_any_other() -> None:
    order = adopted(None, unit=None)
    assert (order.state, order.foreign, order.received_at, order.legs) == ("received", True, RECEIVED, [])
    assert order.clocks["intake"].due == local("2026-11-23 12:00")
    nobody = do(Order(NUMBER), "adopt", GUAN, NOW, foreign={})
    assert (nobody.anonymous, nobody.received_at) == (True, local(NOW))


def test_an_order_under_way_comes_with_its_unit_and_its_own_deadline() -> None:
    order = adopted("handling", due=local("2026-11-25 17:30"))
    leg = lead(order)
    assert (order.state, leg.unit, leg.state, leg.at, order.tried) == (
        "handling",
        HEAT,
        "acknowledged",
        RECEIVED,
        [HEAT],
    )
    assert (leg.clocks["handle"].due, leg.clocks["handle"].limit) == (local("2026-11-25 17:30"), None)
    assert order.clocks == {}
    order = do(order, "reply", MA, "2026-11-24 10:00", **REPLY)
    order = do(
        do(order, "pass_review", HE), "callback_attempt", FANG, attempt="answered", resolved="resolved", rating="mostly"
    )
    assert do(order, "close", FANG).outcome == "solved"


def test_an_order_under_way_without_a_deadline_has_none() -> None:
    assert lead(adopted("handling")).clocks == {}


def test_a_deadline_before_the_beginning_is_the_beginning() -> None:
    assert lead(adopted("handling", due=local("2026-11-01 17:30"))).clocks["handle"].due == RECEIVED


def test_whose_turn_it_is() -> None:
    waiting = adopted("dispatched")
    assert (lead(waiting).state, lead(waiting).acknowledged_at) == ("dispatched", None)
    assert do(waiting, "acknowledge", LIU).state == "handling"
    replied = adopted("replied", due=local("2026-11-25 17:30"))
    assert (lead(replied).state, lead(replied).replied_at) == ("replied", None)
    assert lead(replied).clocks["handle"].stopped == local(NOW)
    assert do(replied, "pass_review", HE, "2026-11-23 11:00").replied_at == local("2026-11-23 11:00")
    dated = adopted("callback", set={**SET, "replied_at": local("2026-11-20 10:00")}, due=local("2026-11-25 17:30"))
    assert lead(dated).clocks["handle"].stopped == local("2026-11-20 10:00")
    parked = do(adopted("shelved", due=local("2026-11-25 17:30")), "resume", DU, reason="可以办了")
    assert lead(parked).clocks["handle"].due == local("2026-11-24 17:30")


def test_an_order_that_no_unit_has_yet() -> None:
    assert adopted("accepted").legs == []
    ruled = do(adopted("ruling"), "rule", CAI, lead=HOUSING, legal_basis="三定方案")
    assert [leg.unit for leg in ruled.legs] == [HOUSING]
    waiting = adopted("needs_details")
    going_on = do(waiting, "details_timeout", CHEN, timeout="accept")
    assert (going_on.state, going_on.clocks["dispatch"].due) == ("accepted", local("2026-11-23 10:30"))


def test_a_closed_order_keeps_its_moments_and_ratings() -> None:
    closed_at = local("2026-11-20 15:00")
    values = {**SET, "closed_at": closed_at, "rating": "mostly", "resolved": "resolved"}
    order = adopted("closed", outcome="solved", set=values, due=local("2026-11-25 17:30"))
    assert (order.state, order.outcome, order.closed_at, order.rating) == ("closed", "solved", closed_at, "mostly")
    assert (lead(order).state, lead(order).replied_at) == ("replied", closed_at)
    assert lead(order).clocks["handle"].stopped == closed_at
    back = do(order, "reopen", ZHOU, "2026-11-23 11:00", ground="new_facts", reason="又多收")
    assert (back.state, back.accepted_at) == ("handling", local("2026-11-23 11:00"))
    undated = adopted("closed", outcome="explained", unit=None)
    assert (undated.closed_at, undated.legs) == (local(NOW), [])


def test_the_document_itself_stays_out_of_the_record() -> None:
    made = event(Order(NUMBER), "adopt", GUAN, NOW, foreign=foreign("received", number="省〔2026〕88号"), text="原文")
    assert made.data["facts"].keys() == {"text"}
    assert "88" not in str(made.data)


@pytest.mark.parametrize(
    ("document", "words_"),
    [
        ({"state": "lost"}, "没有“lost”这个状态"),
        ({"set": {"ladder": 3}}, "接管时不能设定：ladder"),
        ({"state": "handling"}, "“办理中”的工单须写明承办单位"),
        ({"state": "handling", "unit": "供气公司"}, "没有这个单位：供气公司"),
        ({"state": "closed"}, "已办结的工单须写明办结方式"),
        ({"state": "closed", "outcome": "好了"}, "已办结的工单须写明办结方式"),
        ({"set": {"received_at": local("2026-11-23 10:01")}}, "登记、受理、答复和办结的时间不能晚于现在"),
        (
            {
                "state": "closed",
                "outcome": "solved",
                "set": {"received_at": RECEIVED, "closed_at": local("2026-11-17 10:00")},
            },
            "办结时间早于诉求时间",
        ),
    ],
)
def test_what_is_not_taken_over(document: dict[str, Any], words_: str) -> None:
    assert refusal(Order(NUMBER), "adopt", GUAN, NOW, foreign=document) == words_


def test_the_centre_judges_itself_by_its_own_limits_from_here_on() -> None:
    assert adopted("accepted").clocks["dispatch"].due == local("2026-11-23 10:30")
    assert adopted("replied").clocks["review"].due == local("2026-11-23 15:30")
    assert adopted("callback").clocks.keys() == {"callback_first", "callback_last"}
    assert adopted("callback", set={"kind": "complaint"}).clocks == {}
    bare = do(Order(NUMBER), "adopt", GUAN, NOW, foreign=foreign("accepted"), by_rules=rules(limits=[]))
    assert bare.clocks == {}


def test_what_the_other_system_said_is_kept_when_it_names_nobody() -> None:
    due = local("2026-11-25 17:30")
    said = event(
        Order(NUMBER), "adopt", GUAN, NOW, foreign=foreign("handling", due=due, on_time=True, number="P-2026/88")
    )
    assert said.data["foreign"] == {"due": "2026-11-25T09:30:00Z", "on_time": True, "number": "P-2026/88"}
    phone = event(Order(NUMBER), "adopt", GUAN, NOW, foreign=foreign("handling", number="13900000001"))
    assert phone.data["foreign"] == {}
    # A deadline ten years away is another system's way to say that there is none.
    assert lead(adopted("handling", due=local("2099-12-31 00:00"))).clocks == {}


def test_only_documents_are_taken_over() -> None:
    assert refusal(Order(NUMBER), "adopt", GUAN, NOW, foreign=7) == "“外部工单”须是一份资料"
