"""Review, callback, closing, another round, and what comes after: promises, procedures, reopening, contesting."""

from __future__ import annotations

from typing import Any

import pytest

from jiesu.domain.callbacks import child_view, exhausted
from jiesu.domain.case import Around, Child
from jiesu.domain.order import SYSTEM, Order
from tests.cast import (
    CHEN,
    DU,
    FANG,
    HE,
    HEAT,
    JIANG,
    LIU,
    LUO,
    MA,
    NEIGHBOUR,
    NUMBER,
    REPLY,
    RESIDENT,
    RULES,
    WAGES,
    WATER,
    ZHOU,
    do,
    event,
    local,
    order_at,
    parts,
    refusal,
    rules,
)
from tests.domain.test_handling import PROMISE, contacted, handled, lead

YES = {"attempt": "answered", "resolved": "resolved", "rating": "satisfied"}
NO = {"attempt": "answered", "resolved": "unresolved", "rating": "mostly"}


def replied(order: Order | None = None, **facts: Any) -> Order:
    return do(order or contacted(), "reply", MA, "2026-11-24 10:30", **{**REPLY, **facts})


def passed(order: Order | None = None, **facts: Any) -> Order:
    return do(replied(order, **facts), "pass_review", HE, "2026-11-24 11:00")


def nameless(**facts: Any) -> Order:
    """An anonymous order whose reply has passed review."""
    order = do(Order(NUMBER), "register", ZHOU, "2026-11-23 10:00", channel="phone", text="路灯灭了")
    order = do(order, "accept", CHEN, kind="complaint", matter="heat.fee")
    order = do(do(order, "dispatch", CHEN, lead=HEAT), "acknowledge", LIU)
    return passed(order, **facts)


def tried_in_vain(order: Order) -> Order:
    """Three calls at three hours of two days."""
    for at in ("2026-11-25 09:30", "2026-11-25 15:00", "2026-11-26 19:00"):
        order = do(order, "callback_attempt", FANG, at, attempt="no_answer")
    return order


# -- review


def test_a_reply_that_passes_ends_the_citizens_wait_at_the_reply() -> None:
    order = order_at("callback")
    assert (order.state, order.passed_at) == ("callback", local("2026-11-24 11:00"))
    assert order.replied_at == local("2026-11-24 10:30")
    assert order.clocks["citizen"].stopped == local("2026-11-24 10:30")
    assert order.clocks["review"].stopped == local("2026-11-24 11:00")
    assert order.clocks["callback_first"].due == local("2026-11-25 17:30")
    assert order.clocks["callback_last"].due == local("2026-11-30 17:30")


def test_nobody_is_called_about_an_anonymous_order() -> None:
    assert "callback_first" not in nameless().clocks


def test_a_form_fault_gives_a_day_the_first_time() -> None:
    order = do(contacted(), "reply", MA, "2026-11-30 16:00", **REPLY)
    made = event(order, "send_back", HE, "2026-12-01 09:00", send_back="no_file", reason="缺缴费单")
    assert made.data["form"]
    order = do(order, "send_back", HE, "2026-12-01 09:00", send_back="no_file", reason="缺缴费单")
    leg = lead(order)
    assert (order.state, order.claim, order.form_backs) == ("handling", None, 1)
    assert (leg.state, leg.replied_at, leg.submission) == ("acknowledged", None, None)
    assert leg.clocks["handle"].due == local("2026-12-02 17:30")
    assert leg.clocks["handle"].running
    # The second time the clock stands.
    order = do(order, "reply", MA, "2026-12-02 16:00", **REPLY)
    order = do(order, "send_back", HE, "2026-12-03 09:00", send_back="no_file", reason="还缺")
    assert (lead(order).clocks["handle"].due, order.form_backs) == (local("2026-12-02 17:30"), 2)


def test_a_form_fault_of_an_early_reply_moves_nothing() -> None:
    order = do(replied(), "send_back", HE, "2026-11-24 11:00", send_back="no_file", reason="缺缴费单")
    assert lead(order).clocks["handle"].due == local("2026-11-30 17:30")


def test_a_form_fault_of_a_late_reply_makes_it_no_less_late() -> None:
    order = do(contacted(), "reply", MA, "2026-12-01 09:00", **REPLY)
    order = do(order, "send_back", HE, "2026-12-01 10:00", send_back="no_file", reason="缺缴费单")
    assert lead(order).clocks["handle"].due == local("2026-11-30 17:30")


def test_for_substance_the_clock_stands() -> None:
    order = do(contacted(), "reply", MA, "2026-11-30 16:00", **REPLY)
    order = do(order, "send_back", HE, "2026-12-01 09:00", send_back="not_answered", reason="没说退多少")
    assert (order.substance_backs, order.form_backs) == (1, 0)
    assert lead(order).clocks["handle"].due == local("2026-11-30 17:30")


def test_a_city_without_a_grace_for_form_gives_none() -> None:
    silent = rules(limits=[row for row in parts()["limits"] if row["clock"] != "form_fix"])
    order = do(contacted(), "reply", MA, "2026-11-30 16:00", **REPLY)
    facts = {"send_back": "no_file", "reason": "缺"}
    order = do(order, "send_back", HE, "2026-12-01 09:00", **facts, by_rules=silent)
    assert lead(order).clocks["handle"].due == local("2026-11-30 17:30")


def test_a_form_fault_in_a_second_round_moves_the_reworks_limit() -> None:
    order = do(order_at("callback"), "callback_attempt", FANG, "2026-11-25 09:30", **NO)
    order = do(order, "rework", FANG, "2026-11-25 10:00", reason="没退够")
    order = do(order, "reply", MA, "2026-11-30 17:00", **REPLY)
    order = do(order, "send_back", HE, "2026-12-01 09:00", send_back="no_file", reason="缺")
    assert lead(order).clocks["rework"].due == local("2026-12-02 17:30")
    assert order.clocks["citizen"].stopped == local("2026-11-24 10:30")


# -- callback


def test_a_valid_callback_is_the_first_and_the_final_rating() -> None:
    order = do(order_at("callback"), "callback_attempt", FANG, "2026-11-25 09:30", **YES, opinion="挺快")
    assert (order.resolved, order.rating, order.first_resolved, order.first_rating) == (
        "resolved",
        "satisfied",
        "resolved",
        "satisfied",
    )
    assert order.callbacks[0].valid
    assert [order.clocks[name].running for name in ("callback_first", "callback_last")] == [False, False]
    assert refusal(order, "callback_attempt", FANG, **NO) == "本轮已有有效回访，评价不能更改"
    assert refusal(order, "rate", RESIDENT, resolved="resolved", rating="satisfied") == "本轮已有评价，不能更改"


def test_an_attempt_without_an_answer_counts_and_rates_nothing() -> None:
    order = do(order_at("callback"), "callback_attempt", FANG, "2026-11-25 09:30", attempt="busy")
    assert (order.rating, order.callbacks[0].valid, order.callbacks[0].result) == (None, False, "busy")
    assert order.clocks["callback_first"].stopped == local("2026-11-25 09:30")
    assert order.clocks["callback_last"].running
    assert refusal(order, "callback_attempt", FANG, attempt="busy", rating="satisfied") == "没有接通，不能记录评价"
    assert refusal(order, "callback_attempt", FANG, attempt="busy", resolved="resolved") == "没有接通，不能记录评价"


def test_what_an_answered_call_must_record() -> None:
    order = order_at("callback")
    assert refusal(order, "callback_attempt", FANG, attempt="answered", rating="satisfied") == "接通后请记录是否解决"
    assert refusal(order, "callback_attempt", FANG, attempt="answered", resolved="resolved") == "接通后请记录是否满意"


def test_who_is_not_called() -> None:
    assert refusal(nameless(), "callback_attempt", FANG, **YES) == "匿名工单不回访"
    assert refusal(order_at("closed"), "callback_attempt", FANG, **YES) == "这张工单已办结，不再回访；有新情况请重启"


def test_a_good_rating_by_portal_cancels_the_call() -> None:
    order = do(order_at("callback"), "rate", RESIDENT, "2026-11-24 20:00", resolved="mostly", rating="satisfied")
    assert (order.rating, order.callbacks[0].via) == ("satisfied", "portal")
    assert [order.clocks[name].running for name in ("callback_first", "callback_last")] == [False, False]
    assert refusal(order, "callback_attempt", FANG, **YES) == "诉求人已自行评价，无须再电话回访"
    assert do(order, "close", FANG).outcome == "solved"


def test_a_bad_rating_by_portal_is_phoned() -> None:
    order = do(order_at("callback"), "rate", SYSTEM, resolved="unresolved", rating="mostly", via="sms")
    assert order.clocks["callback_last"].running
    assert refusal(order, "close", DU, reason="无理") == "诉求人自行评价未解决或不满意，须电话回访后再办"
    order = do(order, "callback_attempt", FANG, "2026-11-25 09:30", **YES)
    # The first rating stays what it was.
    assert (order.first_resolved, order.resolved, order.rating) == ("unresolved", "resolved", "satisfied")


def test_a_bad_rating_by_portal_that_nobody_answers_for_is_the_supervisors() -> None:
    order = do(order_at("callback"), "rate", RESIDENT, resolved="unresolved", rating="mostly")
    order = tried_in_vain(order)
    assert refusal(order, "close_unreachable", FANG) == "已有有效评价，请按评价结果办理"
    assert do(order, "close", DU, reason="已现场核实").outcome == "explained"


def test_who_may_rate_and_how() -> None:
    order = order_at("callback")
    facts = {"resolved": "resolved", "rating": "satisfied"}
    assert refusal(order, "rate", NEIGHBOUR, **facts) == "只能办理自己的诉求"
    assert refusal(order, "rate", RESIDENT, **facts, via="phone") == "电话里的评价由回访员记录"
    assert refusal(order_at("closed"), "rate", RESIDENT, **facts) == "这张工单已办结，评价不能更改"


# -- closing


@pytest.mark.parametrize(
    ("claim", "outcome"), [("solved", "solved"), ("explained", "explained"), ("unsolved", "explained")]
)
def test_how_an_order_closes_depends_on_the_units_claim(claim: str, outcome: str) -> None:
    order = do(passed(claim=claim, why_not="管线年久"), "callback_attempt", FANG, "2026-11-25 09:30", **YES)
    order = do(order, "close", FANG, "2026-11-25 09:35")
    assert (order.state, order.outcome, order.closed_at) == ("closed", outcome, local("2026-11-25 09:35"))


def test_only_a_supervisor_closes_against_the_citizens_word() -> None:
    order = do(order_at("callback"), "callback_attempt", FANG, **NO)
    assert refusal(order, "close", FANG) == "诉求人表示未解决或不满意，请重办；确属无理的须由督办员写明理由办结"
    assert refusal(order, "close", DU) == "请写明为何不再重办"
    closed = do(order, "close", DU, reason="诉求人要求免交全部取暖费")
    assert (closed.outcome, closed.resolved, closed.rating) == ("explained", "unresolved", "mostly")


def test_nothing_closes_before_the_citizen_was_heard() -> None:
    assert refusal(order_at("callback"), "close", FANG) == "还没有有效回访，不能办结；多次联系不上的请用“未联系上办结”"


def test_a_statutory_procedure_is_followed_until_its_result_is_told() -> None:
    facts = {"claim": "statutory", "statutory_number": "劳监立〔2026〕11号"}
    order = passed(contacted(handled(matter=WAGES)), **facts)
    order = do(order, "callback_attempt", FANG, "2026-11-25 09:30", **YES)
    order = do(order, "close", FANG, "2026-11-25 09:35")
    assert (order.outcome, order.statutory) == ("statutory", {"procedure": "劳动保障监察", "told": False})
    # Sixty calendar days after 25 November.
    assert order.clocks["statutory_result"].due == local("2027-01-24 23:59:59")
    order = do(order, "tell_result", LIU, "2026-12-20 10:00", result="已责令补发")
    assert order.statutory == {"procedure": "劳动保障监察", "told": True}
    assert order.clocks["statutory_result"].stopped == local("2026-12-20 10:00")
    assert refusal(order, "tell_result", FANG, result="再说") == "没有待告知的法定结果"


def test_a_procedure_that_the_catalog_does_not_know_is_followed_without_a_limit() -> None:
    facts = {"claim": "statutory", "statutory_number": "立〔2026〕1号"}
    order = tried_in_vain(passed(**facts))
    order = do(order, "close_unreachable", FANG)
    assert (order.outcome, order.statutory) == ("unreachable", {"procedure": "", "told": False})
    assert "statutory_result" not in order.clocks
    assert do(order, "tell_result", FANG, result="已结案").statutory == {"procedure": "", "told": True}
    assert refusal(order_at("closed"), "tell_result", FANG, result="无") == "没有待告知的法定结果"


# -- unreachable


def test_three_calls_at_three_hours_of_two_days_are_enough() -> None:
    order = tried_in_vain(order_at("callback"))
    closed = do(order, "close_unreachable", FANG, "2026-11-26 19:05")
    assert (closed.outcome, closed.rating) == ("unreachable", None)


@pytest.mark.parametrize(
    "calls",
    [
        ("2026-11-25 09:30", "2026-11-26 15:00"),  # too few
        ("2026-11-25 09:30", "2026-11-25 15:00", "2026-11-25 19:00"),  # on one day
        ("2026-11-25 09:30", "2026-11-25 09:50", "2026-11-26 19:00"),  # twice at the same hour
    ],
)
def test_fewer_calls_are_not_enough(calls: tuple[str, ...]) -> None:
    order = order_at("callback")
    for at in calls:
        order = do(order, "callback_attempt", FANG, at, attempt="no_answer")
    assert refusal(order, "close_unreachable", FANG) == ("须在 2 天以上的不同时段回访 3 次仍联系不上，才能这样办结")


def test_an_anonymous_order_closes_without_a_call() -> None:
    order = do(nameless(), "close_unreachable", FANG)
    assert (order.outcome, order.callbacks) == ("anonymous", [])
    assert refusal(nameless(), "close", FANG).startswith("还没有有效回访")


# -- promises


def test_a_promise_closes_as_promised_and_is_called_again_when_due() -> None:
    order = do(passed(**PROMISE), "callback_attempt", FANG, "2026-11-25 09:30", **NO)
    assert refusal(order, "close", FANG) == "承办单位作的是承诺，请用“承诺办结”"
    order = do(order, "close_with_promise", FANG, "2026-11-25 09:35")
    assert (order.outcome, order.promise) == (
        "promised",
        {"due": "2026-12-10T09:30:00Z", "unit": HEAT, "kept": None},
    )
    assert order.clocks["promise"].due == local("2026-12-10 17:30")
    assert refusal(order, "check_promise", FANG, "2026-12-01 09:00", kept=False) == "承诺尚未到期，请到期后再核实"
    kept = do(order, "check_promise", FANG, "2026-12-01 09:00", kept=True)
    assert (kept.promise or {})["kept"] is True
    assert kept.clocks["promise"].stopped == local("2026-12-01 09:00")
    assert refusal(kept, "check_promise", FANG, kept=True) == "没有待核实的承诺"


def test_a_broken_promise_is_another_round() -> None:
    order = do(passed(**PROMISE), "callback_attempt", FANG, "2026-11-25 09:30", **NO)
    order = do(order, "close_with_promise", FANG, "2026-11-25 09:35")
    broken = {"ground": "promise_broken", "reason": "没换表"}
    assert refusal(order, "reopen", FANG, "2026-12-11 09:00", **broken) == "请先做承诺回访，核实未兑现后再重启"
    order = do(order, "check_promise", FANG, "2026-12-11 09:00", kept=False)
    order = do(order, "reopen", FANG, "2026-12-11 09:10", **broken)
    assert (order.state, order.round, order.outcome, order.closed_at) == ("handling", 2, None, None)
    assert lead(order).clocks["rework"].due == local("2026-12-16 17:30")


def test_a_promise_is_told_to_the_citizen_before_it_closes() -> None:
    order = passed(**PROMISE)
    assert refusal(order, "close_with_promise", FANG) == "请先回访，把承诺告诉诉求人"
    assert refusal(order_at("callback"), "close_with_promise", FANG) == "答复里没有承诺，不能承诺办结"
    vain = tried_in_vain(order)
    assert refusal(vain, "close_unreachable", FANG) == "承办单位作的是承诺，请用“承诺办结”"
    assert do(vain, "close_with_promise", FANG).outcome == "promised"
    assert do(nameless(**PROMISE), "close_with_promise", FANG).outcome == "promised"
    by_portal = do(order, "rate", RESIDENT, resolved="unresolved", rating="mostly")
    assert refusal(by_portal, "close_with_promise", FANG) == "诉求人自行评价未解决或不满意，须电话回访后再办"


def test_a_promise_that_fell_due_before_closing_is_called_at_once() -> None:
    order = do(passed(**PROMISE), "callback_attempt", FANG, "2026-12-14 09:30", **YES)
    order = do(order, "close_with_promise", FANG, "2026-12-14 09:35")
    assert order.clocks["promise"].due == local("2026-12-14 09:35")
    assert order.clocks["promise"].running


def test_nothing_is_checked_that_was_not_promised() -> None:
    assert refusal(order_at("closed"), "check_promise", FANG, kept=True) == "没有待核实的承诺"


# -- rework


def reworked(order: Order, at: str) -> Order:
    order = do(order, "callback_attempt", FANG, at, **NO)
    return do(order, "rework", FANG, reason="没退够")


def test_a_dissatisfied_citizen_gets_another_round() -> None:
    order = reworked(order_at("callback"), "2026-11-25 09:30")
    leg = lead(order)
    assert (order.state, order.round, order.claim) == ("handling", 2, None)
    assert (leg.state, leg.replied_at, leg.submission) == ("acknowledged", None, None)
    assert leg.clocks["rework"].due == local("2026-11-30 17:30")
    assert not leg.clocks["handle"].running
    assert not order.clocks["callback_last"].running
    assert order.this_round() == []
    # In the second round the lead waits for nobody, and both ratings stand apart.
    order = do(do(order, "add_leg", CHEN, unit=WATER, reason="关阀"), "reply", MA, "2026-11-26 10:00", **REPLY)
    assert lead(order).clocks["rework"].stopped == local("2026-11-26 10:00")
    order = do(do(order, "pass_review", HE), "callback_attempt", FANG, "2026-11-27 09:30", **YES)
    assert (order.first_resolved, order.resolved) == ("unresolved", "resolved")
    assert order.replied_at == local("2026-11-24 10:30")


def test_a_unit_that_comes_in_with_the_rework_works_by_its_own_first_limit() -> None:
    order = reworked(passed(), "2026-11-25 09:00")
    order = do(order, "reassign", CHEN, "2026-11-25 10:00", lead=WATER, reason="实为供水", basis="现场核实")
    order = do(do(order, "acknowledge", LUO), "first_contact", LUO, contact="reached", note="约好了")
    assert (order.round, lead(order).unit, lead(order).working) == (2, WATER, "handle")
    assert lead(order).clocks["handle"].due == local("2026-12-02 17:30")
    # Parked and taken up again, it runs on; sent back, it runs as if it had never stopped.
    order = do(order, "request_shelve", JIANG, "2026-11-25 11:00", plan="待改造", review_date=local("2026-12-23 10:00"))
    order = do(
        do(order, "shelve", DU, "2026-11-25 12:00", request=1), "resume", DU, "2026-11-30 09:00", reason="可以办了"
    )
    assert lead(order).clocks["handle"].running
    assert lead(order).clocks["handle"].due == local("2026-12-07 14:30")
    order = do(order, "reply", JIANG, "2026-12-01 10:00", **REPLY)
    held = {"act": "reply", "claimed_at": local("2026-12-01 09:00"), "late_reason": "outage", "evidence": "系统记录"}
    order = do(do(order, "claim_late_entry", LUO, **held), "confirm_late_entry", DU, request=2)
    assert lead(order).clocks["handle"].stopped == lead(order).replied_at == local("2026-12-01 09:00")
    order = do(order, "send_back", HE, "2026-12-01 11:00", send_back="not_answered", reason="答非所问")
    assert lead(order).clocks["handle"].running


def test_a_satisfied_citizen_gives_no_ground_for_rework() -> None:
    order = do(order_at("callback"), "callback_attempt", FANG, **YES)
    assert refusal(order, "rework", FANG, reason="再办") == "诉求人没有表示未解决或不满意，不能重办"
    assert refusal(order_at("callback"), "rework", FANG, reason="再办") == "诉求人没有表示未解决或不满意，不能重办"


def test_the_third_rework_is_a_hard_case() -> None:
    order, flagged = order_at("callback"), []
    for day in (25, 26, 27, 30):
        order = reworked(order, f"2026-11-{day} 09:30")
        flagged.append(list(order.flags))
        order = do(do(order, "reply", MA, **REPLY), "pass_review", HE)
    assert flagged == [[], [], ["hard_case"], ["hard_case"]]
    assert order.round == 5


# -- merged children


def with_child(order: Order) -> Order:
    return do(order, "absorb", SYSTEM, child=NUMBER + 1)


def around(answered: bool, negative: bool = False, exhausted: bool = False) -> Around:
    return Around(children=(Child(NUMBER + 1, answered, negative, exhausted),))


def test_a_parent_closes_when_every_childs_citizen_was_heard() -> None:
    order = with_child(do(order_at("callback"), "callback_attempt", FANG, **YES))
    assert refusal(order, "close", FANG, around=around(False)) == f"子单 {NUMBER + 1} 的诉求人还没有回访"
    unhappy = f"子单 {NUMBER + 1} 的诉求人表示未解决或不满意，请重办，或把它拆出"
    assert refusal(order, "close", FANG, around=around(True, negative=True)) == unhappy
    made = event(order, "close", FANG, around=around(True))
    assert made.data["around"] == {"children": [[NUMBER + 1, True, False, False]]}
    assert do(order, "close", FANG, around=around(False, exhausted=True)).outcome == "solved"
    with pytest.raises(ValueError, match="were not looked at"):
        do(order, "close", FANG)


def test_one_childs_no_sends_the_parent_to_rework() -> None:
    order = with_child(do(order_at("callback"), "callback_attempt", FANG, **YES))
    order = do(order, "rework", FANG, reason="子单未解决", around=around(True, negative=True))
    assert (order.state, order.round) == ("handling", 2)


def merged() -> Order:
    before = Around(parent_state="handling")
    return do(order_at("accepted"), "merge_into", CHEN, "2026-11-23 11:00", parent=NUMBER + 1, around=before)


def test_a_childs_citizen_is_called_after_the_parents_reply_and_again_after_a_better_one() -> None:
    waiting = Around(parent_state="handling")
    assert refusal(merged(), "callback_attempt", FANG, **NO, around=waiting) == (
        "主工单还没有审核通过的答复，请等答复后再回访"
    )
    heard = Around(parent_state="callback", parent_passed_at=local("2026-11-24 11:00"))
    order = do(merged(), "callback_attempt", FANG, "2026-11-24 15:00", **NO, around=heard)
    assert refusal(order, "callback_attempt", FANG, **YES, around=heard) == "本轮已有有效回访，评价不能更改"
    better = Around(parent_state="callback", parent_passed_at=local("2026-11-26 11:00"))
    order = do(order, "callback_attempt", FANG, "2026-11-26 15:00", **YES, around=better)
    assert (order.first_resolved, order.resolved, order.outcome) == ("unresolved", "resolved", "merged")


def test_a_merged_citizen_rates_by_portal_too() -> None:
    order = do(merged(), "rate", RESIDENT, resolved="resolved", rating="satisfied")
    assert order.rating == "satisfied"
    assert refusal(order, "callback_attempt", FANG, **YES) == "诉求人已自行评价，无须再电话回访"


def test_what_the_parent_sees_of_its_child() -> None:
    calendar, params = RULES.calendar, RULES.params
    passed_at = local("2026-11-26 11:00")
    assert child_view(merged(), None, calendar, params) == Child(NUMBER, False, False, False)
    unhappy = do(merged(), "callback_attempt", FANG, "2026-11-24 15:00", **NO)
    assert child_view(unhappy, None, calendar, params) == Child(NUMBER, True, True, False)
    # A "no" from before the parent's last reply is asked again.
    assert child_view(unhappy, passed_at, calendar, params) == Child(NUMBER, False, False, False)
    happy = do(merged(), "callback_attempt", FANG, "2026-11-24 15:00", **YES)
    assert child_view(happy, passed_at, calendar, params) == Child(NUMBER, True, False, False)
    vain = tried_in_vain(merged())
    assert child_view(vain, None, calendar, params) == Child(NUMBER, False, False, True)
    assert not exhausted(vain.callbacks[:2], calendar, params)
