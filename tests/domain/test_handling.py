"""The unit's work: contact, interim reply, reply, shelving, the complex case, the extension."""

from __future__ import annotations

from typing import Any

import pytest

from jiesu.domain.clocks import Limit
from jiesu.domain.order import Leg, Order
from tests.cast import (
    CHEN,
    COLD,
    DU,
    FANG,
    HE,
    HEAT,
    HOUSING,
    LEAK,
    LIU,
    LUO,
    MA,
    REPAIR,
    REPAIRER,
    REPLY,
    RETURN,
    STALLS,
    WAGES,
    WATER,
    XU,
    ZHOU,
    Actor,
    do,
    event,
    local,
    order_at,
    parts,
    photo,
    refusal,
    rules,
    words,
)

PROMISE = {
    "claim": "promised",
    "promise_due": local("2026-12-10 17:30"),
    "promise_owner": "马经理",
    "promise_approver": "总经理",
    "promise_text": "十二月十日前换表",
}


def lead(order: Order) -> Leg:
    assert order.lead is not None
    return order.lead


def handled(**facts: Any) -> Order:
    """Taken by the heating company under the given classification."""
    order = do(order_at("received"), "accept", CHEN, "2026-11-23 10:05", **facts)
    order = do(order, "dispatch", CHEN, "2026-11-23 10:10", lead=HEAT, basis="本公司管网")
    return do(order, "acknowledge", LIU, "2026-11-23 10:30")


def contacted(order: Order | None = None) -> Order:
    facts = {"contact": "reached", "note": "约好明天上门"}
    return do(order or order_at("handling"), "first_contact", LIU, "2026-11-23 11:00", **facts)


def secret() -> Order:
    return do(order_at("handling"), "correct", CHEN, secret=True, reason="本人要求保密")


# -- first contact


def test_the_unit_talks_to_the_citizen_before_it_works() -> None:
    order = do(order_at("handling"), "first_contact", LIU, "2026-11-23 10:40", contact="not_reached", note="没接")
    assert (lead(order).contacted_at, lead(order).clocks["first_contact"].running) == (None, True)
    order = contacted(order)
    assert lead(order).contacted_at == local("2026-11-23 11:00")
    assert lead(order).clocks["first_contact"].stopped == local("2026-11-23 11:00")
    again = do(order, "first_contact", LIU, "2026-11-24 11:00", contact="reached", note="又联系")
    assert lead(again).contacted_at == local("2026-11-23 11:00")


def test_the_centre_speaks_for_reports_and_secret_orders() -> None:
    facts = {"contact": "reached", "note": "问清了地点"}
    assert refusal(secret(), "first_contact", LIU, **facts) == (
        "举报和保密工单由热线中心联系诉求人，请把要问的写在备注里"
    )
    made = event(secret(), "first_contact", ZHOU, "2026-11-23 11:00", **facts)
    assert (made.role, made.data["legs"]["1"]["set"]) == ("agent", {"contacted_at": "2026-11-23T03:00:00Z"})
    assert refusal(order_at("handling"), "first_contact", ZHOU, **facts) == (
        "先行联系由承办单位进行；举报和保密工单才由热线中心联系"
    )


def test_who_is_not_contacted() -> None:
    facts = {"contact": "reached", "note": "联系"}
    nameless = do(order_at("new"), "register", ZHOU, "2026-11-23 10:00", channel="phone", text="路灯灭了")
    nameless = do(nameless, "accept", CHEN, kind="complaint", matter="heat.fee")
    nameless = do(do(nameless, "dispatch", CHEN, lead=HEAT), "acknowledge", LIU)
    assert refusal(nameless, "first_contact", LIU, **facts) == "匿名工单无须先行联系"
    assert "first_contact" not in lead(nameless).clocks
    order = do(order_at("handling"), "add_leg", CHEN, unit=WATER, reason="关阀")
    assert refusal(order, "first_contact", LUO, **facts) == "请先签收，再联系诉求人"
    assert refusal(order, "first_contact", CHEN, contact="reached") == "请填写“内容”"


# -- interim reply


def test_an_urgent_order_is_reported_from_the_site() -> None:
    order = handled(urgency="urgent")
    assert lead(order).clocks["interim"].due == local("2026-11-24 10:10")
    order = do(order, "interim_reply", LIU, "2026-11-23 18:00", measures="已关阀，明早换管", files=photo())
    assert lead(order).interim_at == local("2026-11-23 18:00")
    assert lead(order).clocks["interim"].stopped == local("2026-11-23 18:00")
    again = do(order, "interim_reply", LIU, "2026-11-23 20:00", measures="继续")
    assert lead(again).interim_at == local("2026-11-23 18:00")
    joined = do(order, "add_leg", CHEN, unit=WATER, reason="关阀")
    assert refusal(joined, "interim_reply", LUO, measures="到了") == "请先签收，再反馈"


# -- submit and reply


def test_the_clerk_submits_and_the_leaders_moment_is_the_replys() -> None:
    order = do(contacted(), "submit", LIU, "2026-11-24 09:00", **REPLY)
    assert (order.state, lead(order).submitted_at) == ("handling", local("2026-11-24 09:00"))
    assert lead(order).submission == {
        "public_reply": True,
        "claim": "solved",
        "measures": True,
        "internal_note": True,
    }
    order = do(order, "reply", MA, "2026-11-24 10:30")
    assert (order.state, order.claim, lead(order).state) == ("replied", "solved", "replied")
    assert lead(order).replied_at == local("2026-11-24 10:30")
    stopped = {name for name, clock in lead(order).clocks.items() if not clock.running}
    assert stopped == {"acknowledge", "first_contact", "handle", "return_request"}
    # Four working hours: the rest of the morning, and two and a half of the afternoon.
    assert order.clocks["review"].due == local("2026-11-24 16:00")


def test_the_leader_changes_what_the_clerk_submitted() -> None:
    order = do(contacted(), "submit", LIU, **REPLY)
    assert do(order, "reply", MA, claim="explained").claim == "explained"
    assert refusal(order, "reply", LIU) == "“答复”须由单位领导操作"


def test_the_leader_hands_back_what_does_not_do() -> None:
    order = contacted()
    assert refusal(order, "hand_back", MA, reason="照片不清") == "没有待批的呈报"
    order = do(order, "submit", LIU, "2026-11-24 09:00", **REPLY)
    assert refusal(order, "hand_back", MA, reason=" ") == "请填写“理由”"
    order = do(order, "hand_back", MA, "2026-11-24 10:00", reason="照片不清，请重拍")
    assert (order.state, lead(order).submitted_at, lead(order).submission) == ("handling", None, None)
    assert lead(order).clocks["handle"].running
    assert refusal(order, "reply", MA) == "请填写给诉求人的公开答复"
    assert refusal(order, "hand_back", LIU, reason="再看看") == "“退回联络员”须由单位领导操作"


def test_a_section_submits_and_the_unit_replies() -> None:
    order = do(contacted(), "sub_dispatch", LIU, section=REPAIR)
    assert do(order, "submit", REPAIRER, **REPLY).legs[0].submitted_at is not None
    assert refusal(order, "request_return", REPAIRER, **RETURN) == (
        "“申请退单”由承办单位操作，科室可以联系、反馈、呈报和备注"
    )


def test_what_the_record_keeps_of_a_reply() -> None:
    made = event(contacted(), "reply", MA, **{**REPLY, **PROMISE}, files=photo())
    assert made.data["legs"]["1"]["set"]["submission"] == {
        "measures": True,
        "internal_note": True,
        "public_reply": True,
        "claim": "promised",
        "files": True,
        "promise_due": "2026-12-10T09:30:00Z",
        "promise_owner": True,
        "promise_approver": True,
        "promise_text": True,
    }
    assert made.data["facts"]["public_reply"] == {"c": words(REPLY["public_reply"]).commitment}
    assert made.data["reply"] == {"claim": "promised", "round": 1}


@pytest.mark.parametrize(
    ("facts", "words_"),
    [
        ({"public_reply": None}, "请填写给诉求人的公开答复"),
        ({"public_reply": "  "}, "请填写给诉求人的公开答复"),
        ({"claim": None}, "请选择办理结果"),
        ({"measures": None}, "请写明采取了什么措施"),
        ({"claim": "unsolved"}, "暂未解决的，请写明原因"),
        ({"claim": "statutory"}, "进入法定程序的，请填写是否立案及案号"),
        ({**PROMISE, "promise_owner": None}, "承诺须写明完成日期、责任人、批准人和内容"),
        ({**PROMISE, "promise_due": local("2026-11-24 10:00")}, "承诺完成日期须晚于现在"),
    ],
)
def test_what_a_reply_lacks(facts: dict[str, Any], words_: str) -> None:
    assert refusal(contacted(), "reply", MA, "2026-11-24 10:00", **{**REPLY, **facts}) == words_


def test_a_reply_needs_the_contact_where_contact_is_due() -> None:
    assert refusal(order_at("handling"), "reply", MA, **REPLY) == "尚未先行联系诉求人，请先联系并记录"


def test_a_reply_needs_what_its_catalog_entry_says() -> None:
    leak = contacted(handled(matter=LEAK))
    assert refusal(leak, "reply", MA, **REPLY) == "这类事项的答复须附照片"
    assert event(leak, "reply", MA, **REPLY, files=photo()).data["to"] == "replied"
    # A reason is asked for only where something is not solved; a case number only where a procedure was begun.
    stalls = contacted(handled(matter=STALLS))
    assert event(stalls, "reply", MA, **REPLY).data["to"] == "replied"
    assert refusal(stalls, "reply", MA, **{**REPLY, "claim": "unsolved"}) == "请写明原因"
    wages = contacted(handled(matter=WAGES))
    assert event(wages, "reply", MA, **REPLY).data["to"] == "replied"
    assert refusal(wages, "reply", MA, **{**REPLY, "claim": "statutory"}) == "请填写法定程序案号"
    # Where the catalog is silent, the reply's own needs remain.
    silent = contacted(handled(matter="estate"))
    assert event(silent, "reply", MA, public_reply="好了", claim="solved").data["to"] == "replied"


def test_a_city_may_ask_for_an_internal_note_and_for_things_nobody_knows() -> None:
    line = {"matter": "heat", "lead": HEAT, "fields": ["internal_note", "weather"]}
    city = rules(catalog=[line])
    facts = {**REPLY, "internal_note": None}
    assert refusal(contacted(), "reply", MA, **facts, by_rules=city) == "请填写内部办理情况"
    assert event(contacted(), "reply", MA, **REPLY, by_rules=city).data["to"] == "replied"


def test_replying_lets_the_units_own_requests_fall_away() -> None:
    order = do(contacted(), "request_extension", MA, days=3, reason="等料")
    order = do(order, "request_assist", LIU, unit=WATER, reason="关阀")
    order = do(order, "reply", MA, **REPLY)
    assert [one.state for one in order.requests] == ["lapsed", "lapsed"]


# -- shelving


def test_a_hard_case_is_parked_with_a_plan_and_taken_up_again() -> None:
    asked = do(order_at("handling"), "request_extension", MA, "2026-11-23 10:45", days=3, reason="等料")
    facts = {"plan": "待管网改造", "review_date": local("2026-12-23 10:00")}
    asked = do(asked, "request_shelve", MA, "2026-11-23 11:00", **facts)
    assert refusal(asked, "request_shelve", MA, **facts) == "同样的申请正在审定，请等结果"
    order = do(asked, "shelve", DU, "2026-11-24 11:00", request=2)
    leg = lead(order)
    # Of the 24th 330 minutes are left, and four whole days: 25th, 26th, 27th and 30th.
    assert (order.state, leg.remaining) == ("shelved", 60 + 240 + 4 * 420)
    assert leg.clocks["handle"].stopped == local("2026-11-24 11:00")
    assert order.clocks["shelf_review"].due == local("2026-12-23 10:00")
    assert [one.state for one in order.requests] == ["lapsed", "agreed"]
    order = do(order, "resume", DU, "2026-12-21 09:00", reason="料到了")
    # 1980 minutes: four whole days (21st to 24th), and 300 of the 25th: 9-12 and 13:30-15:30.
    assert lead(order).clocks["handle"].due == local("2026-12-25 15:30")
    assert lead(order).clocks["handle"].running
    assert order.clocks["shelf_review"].stopped == local("2026-12-21 09:00")
    assert order.state == "handling"


def test_the_centre_does_not_agree_to_every_shelving() -> None:
    facts = {"plan": "等", "review_date": local("2026-12-23 10:00")}
    asked = do(order_at("handling"), "request_shelve", MA, "2026-11-23 11:00", **facts)
    assert do(asked, "refuse_shelve", DU, request=1, reason="可以办").requests[0].state == "refused"
    assert refusal(asked, "shelve", DU, "2026-12-23 10:00", request=1) == (
        "申请里的复核日期已过，请不同意这次申请，让单位另报日期"
    )
    late = {"plan": "等", "review_date": local("2026-11-23 10:00")}
    assert refusal(order_at("handling"), "request_shelve", MA, **late) == "复核日期须晚于现在"


def shelved(order: Order, at: str) -> Order:
    facts = {"plan": "等", "review_date": local("2027-03-01 10:00")}
    order = do(order, "request_shelve", MA, at, **facts)
    return do(order, "shelve", DU, at, request=order.requests[-1].no)


def test_what_was_late_when_it_was_shelved_is_late_when_it_comes_back() -> None:
    order = do(shelved(order_at("handling"), "2026-12-01 09:00"), "resume", MA, "2026-12-10 09:00", reason="料到了")
    assert lead(order).remaining == 0
    assert lead(order).clocks["handle"].due == local("2026-11-30 17:30")


def test_a_limit_that_ends_at_night_comes_back_with_a_day() -> None:
    # Heating season: 24 hours from Friday 10:10. At 18:00 no working minute is left of them.
    order = do(order_at("received"), "accept", CHEN, "2026-11-27 10:05", matter=COLD)
    order = do(do(order, "dispatch", CHEN, "2026-11-27 10:10", lead=HEAT), "acknowledge", LIU, "2026-11-27 10:20")
    assert lead(order).clocks["handle"].due == local("2026-11-28 10:10")
    order = shelved(order, "2026-11-27 18:00")
    assert lead(order).remaining == 0
    order = do(order, "resume", DU, "2026-12-07 09:00", reason="料到了")
    assert lead(order).clocks["handle"].due == local("2026-12-08 17:30")


def test_shelved_in_a_second_round_it_is_the_rework_that_waits() -> None:
    order = do(
        order_at("callback"), "callback_attempt", FANG, attempt="answered", resolved="unresolved", rating="satisfied"
    )
    order = do(order, "rework", FANG, "2026-11-25 10:00", reason="没退够")
    assert lead(order).clocks["rework"].due == local("2026-11-30 17:30")
    order = shelved(order, "2026-11-25 11:00")
    # 60 and 240 minutes of the 25th, and three days.
    assert lead(order).remaining == 300 + 3 * 420
    order = do(order, "resume", DU, "2026-12-01 09:00", reason="再办")
    assert lead(order).clocks["rework"].due == local("2026-12-04 15:30")


def test_a_case_without_a_limit_is_shelved_and_resumed_without_one() -> None:
    city = rules(limits=[])
    order = do(order_at("accepted"), "dispatch", CHEN, lead=HEAT, by_rules=city)
    order = do(order, "acknowledge", LIU, by_rules=city)
    order = do(order, "request_shelve", MA, plan="等", review_date=local("2026-12-23 10:00"), by_rules=city)
    assert order.requests[0].due is None
    order = do(do(order, "shelve", DU, request=1, by_rules=city), "resume", DU, reason="办", by_rules=city)
    assert (order.state, lead(order).clocks) == ("handling", {})


def test_a_parked_case_that_cannot_be_solved_is_written_off_and_told() -> None:
    order = do(order_at("shelved"), "write_off", DU, "2026-12-23 10:00", reason="无法改造", told="现阶段无法改造")
    assert (order.state, order.outcome, order.clocks["shelf_review"].running) == ("closed", "written_off", False)


# -- complex cases


def test_a_complex_case_has_fifteen_days_from_its_dispatch() -> None:
    order = do(order_at("handling"), "request_complex", MA, "2026-11-25 09:00", reason="要查十年账")
    assert refusal(order, "request_complex", MA, reason="再说") == "同样的申请正在审定，请等结果"
    agreed = do(order, "agree_complex", DU, "2026-11-25 11:00", request=1)
    # Fifteen working days after the 23rd: 24-27 (4), 30-4 (9), 7-11 (14), the 14th.
    assert lead(agreed).clocks["handle"].due == local("2026-12-14 17:30")
    assert lead(agreed).clocks["handle"].limit == [15, "work_day"]
    assert refusal(agreed, "request_complex", MA, reason="再说") == "已认定为复杂事项"
    refused = do(order, "refuse_complex", DU, request=1, reason="不复杂")
    assert lead(refused).clocks == lead(order).clocks


def test_a_complex_case_never_ends_earlier_than_before() -> None:
    order = do(order_at("handling"), "request_extension", MA, days=10, reason="等料")
    order = do(order, "agree_extension", DU, request=1)
    order = do(order, "request_complex", MA, reason="复杂")
    # Ten days after 30 November and five days after 23 November: 14 December, the same day.
    assert lead(do(order, "agree_complex", DU, request=2)).clocks == lead(order).clocks


def test_what_is_no_complex_case() -> None:
    order = order_at("handling")
    no_such = rules(limits=[row for row in parts()["limits"] if row["clock"] != "handle_complex"])
    assert refusal(order, "request_complex", MA, reason="复杂", by_rules=no_such) == "本市没有设定复杂事项的办理时限"
    asked = do(order, "request_complex", MA, reason="复杂")
    after = do(asked, "agree_complex", DU, request=1, by_rules=no_such)
    assert (after.requests[0].state, lead(after).clocks) == ("agreed", lead(order).clocks)
    late = "2026-11-30 17:31"
    assert refusal(order, "request_complex", MA, late, reason="复杂") == "办理时限已过，不能再申请复杂事项认定"


# -- extension


def test_an_extension_is_counted_from_the_old_deadline() -> None:
    order = do(order_at("handling"), "request_extension", MA, "2026-11-30 17:30", days=5, reason="等配件")
    assert order.requests[0].detail == {"days": 5}
    # Nine on the next morning and four working hours.
    assert order.requests[0].due == local("2026-12-01 14:30")
    assert refusal(order, "agree_extension", DU, request=1, days=6) == "批准的天数不能多于申请的天数"
    agreed = do(order, "agree_extension", DU, "2026-12-01 09:00", request=1)
    clock = lead(agreed).clocks["handle"]
    assert (clock.due, clock.limit) == (local("2026-12-07 17:30"), None)
    # Three quarters of 350 + 10 x 420 working minutes: 350 of the 23rd, seven whole days, 122.5 of 3 December.
    assert clock.amber == local("2026-12-03 11:02:30")
    assert lead(agreed).extended == 1
    assert refusal(agreed, "request_extension", MA, days=1, reason="再等") == "最多延期 1 次，已用完"
    fewer = event(order, "agree_extension", DU, "2026-12-01 09:00", request=1, days=2)
    assert fewer.data["days"] == 2
    assert fewer.data["legs"]["1"]["move"]["handle"][0] == "2026-12-02T09:30:00Z"


def test_an_extension_of_hours_ends_with_working_days() -> None:
    order = handled(matter=COLD)
    order = do(order, "request_extension", MA, days=1, reason="等配件")
    # Due on Tuesday at 10:10; one working day after that day.
    assert lead(do(order, "agree_extension", DU, request=1)).clocks["handle"].due == local("2026-11-25 17:30")


def test_what_extension_cannot_be_asked() -> None:
    order = order_at("handling")
    assert refusal(order, "request_extension", MA, days=11, reason="等") == "一次最多延期 10 个工作日"
    assert refusal(order, "request_extension", MA, "2026-11-30 17:31", days=1, reason="等") == (
        "办理时限已过，不能再申请延期"
    )
    silent = rules(limits=[row for row in parts()["limits"] if row["clock"] != "extension_max"])
    assert refusal(order, "request_extension", MA, days=1, reason="等", by_rules=silent) == (
        "本市没有设定延期的上限，不能申请延期"
    )
    asked = do(order, "request_extension", MA, days=1, reason="等")
    assert refusal(asked, "request_extension", MA, days=1, reason="等") == "同样的申请正在审定，请等结果"
    assert do(asked, "refuse_extension", CHEN, request=1, reason="来得及").requests[0].state == "refused"


def test_no_extension_without_a_limit_or_in_a_second_round() -> None:
    no_limit = do(order_at("accepted"), "dispatch", CHEN, lead=HEAT, by_rules=rules(limits=[]))
    assert refusal(no_limit, "request_extension", MA, days=1, reason="等") == "这张工单没有办理时限"
    order = do(
        order_at("callback"), "callback_attempt", FANG, attempt="answered", resolved="unresolved", rating="satisfied"
    )
    order = do(order, "rework", FANG, reason="没退够")
    assert refusal(order, "request_extension", MA, days=1, reason="等") == "重办轮次不能申请延期"


def test_requests_of_another_unit_are_its_own() -> None:
    order = do(order_at("handling"), "add_leg", CHEN, unit=HOUSING, reason="鉴定")
    assert refusal(order, "request_extension", Actor("t", (("unit_leader", HOUSING),)), days=1, reason="等") == (
        "“申请延期”由牵头单位操作，您的单位是配合单位"
    )
    assert refusal(order, "request_extension", XU, days=1, reason="等") == "“申请延期”须由单位领导操作"
    assert Limit(1, "work_day").zh() == "1 个工作日"
    assert refusal(order, "request_extension", HE, days=1, reason="等") == "“申请延期”须由单位领导操作"
