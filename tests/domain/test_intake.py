"""The first desk: what is registered, accepted, refused, answered, passed on, merged - and until when."""

from __future__ import annotations

from typing import Any

import pytest

from jiesu.domain.case import Around
from jiesu.domain.order import SYSTEM, Order
from tests.cast import (
    CHEN,
    COLD,
    DU,
    FEE,
    HEAT,
    LIU,
    MONDAY,
    NEIGHBOUR,
    NORTH,
    NUMBER,
    RESIDENT,
    SITE,
    ZHOU,
    Actor,
    do,
    event,
    local,
    order_at,
    photo,
    refusal,
    rules,
    words,
)

OPEN_PARENT = Around(parent_state="handling")


def registered(**facts: Any) -> Order:
    """A phone call taken on Monday at ten, as given."""
    given = {"channel": "phone", "text": "暖气费收错了", "kind": "complaint", "matter": FEE, "person": 7001}
    return do(Order(NUMBER), "register", ZHOU, MONDAY, **{**given, **facts})


def test_a_call_is_registered_and_waits_two_working_hours_at_most() -> None:
    order = order_at("received")
    assert (order.state, order.channel, order.kind, order.matter) == ("received", "phone", "complaint", FEE)
    assert (order.person, order.anonymous, order.received_at) == (7001, False, MONDAY)
    assert order.clocks["intake"].due == local("2026-11-23 12:00")
    # Three quarters of two working hours.
    assert order.clocks["intake"].amber == local("2026-11-23 11:30")


def test_what_was_said_stands_in_the_record_as_a_commitment_only() -> None:
    made = event(Order(NUMBER), "register", ZHOU, MONDAY, channel="web", text="墙皮都掉了", title="墙皮", files=photo())
    assert made.data["facts"] == {
        "channel": "web",
        "text": {"c": words("墙皮都掉了").commitment},
        "title": {"c": words("墙皮").commitment},
        "files": photo(),
    }


def test_who_gives_no_name_is_anonymous() -> None:
    assert registered(person=None).anonymous
    assert registered(person=None, anonymous=True).anonymous
    assert registered(person=7001, anonymous=True).anonymous


def test_a_claimed_time_is_shown_and_judges_nothing() -> None:
    last_monday = local("2026-11-16 09:00")
    made = event(Order(NUMBER), "register", ZHOU, MONDAY, channel="letter", text="来信", happened_at=last_monday)
    assert (made.at, made.happened_at) == (MONDAY, last_monday)
    order = registered(happened_at=last_monday)
    assert (order.happened_at, order.received_at) == (last_monday, MONDAY)


@pytest.mark.parametrize(
    ("who", "facts", "words_"),
    [
        (ZHOU, {"happened_at": local("2026-11-23 10:01")}, "实际时间不能晚于现在"),
        (ZHOU, {"text": None}, "请填写“诉求内容”"),
        (ZHOU, {"text": "   "}, "请填写“诉求内容”"),
        (RESIDENT, {"person": 7002}, "只能登记自己的诉求"),
        (LIU, {}, "“登记”须由话务员、派单员、诉求人操作"),
    ],
)
def test_what_cannot_be_registered(who: Actor, facts: dict[str, Any], words_: str) -> None:
    given = {"channel": "phone", "text": "暖气费收错了", **facts}
    assert refusal(Order(NUMBER), "register", who, MONDAY, **given) == words_


def test_a_citizen_registers_her_own_demand() -> None:
    order = do(Order(NUMBER), "register", RESIDENT, MONDAY, channel="web", text="没水了", person=7001)
    assert (order.person, order.anonymous) == (7001, False)


# -- accept


def test_accepting_starts_the_wait_for_dispatch_and_the_citizens_clock() -> None:
    order = order_at("accepted")
    assert (order.state, order.accepted_at) == ("accepted", local("2026-11-23 10:05"))
    assert order.clocks["intake"].stopped == local("2026-11-23 10:05")
    assert order.clocks["dispatch"].due == local("2026-11-23 10:35")
    # A complaint: five working days after the 23rd.
    assert order.clocks["citizen"].due == local("2026-11-30 17:30")


@pytest.mark.parametrize(("urgency", "due"), [("urgent", "2026-11-23 10:15"), ("emergency", "2026-11-23 10:10")])
def test_an_urgent_order_is_dispatched_within_minutes(urgency: str, due: str) -> None:
    order = do(order_at("received"), "accept", CHEN, "2026-11-23 10:05", urgency=urgency)
    assert order.clocks["dispatch"].due == local(due)


def test_accepting_puts_the_classification_right_and_counts_by_it() -> None:
    order = do(registered(), "accept", ZHOU, "2026-11-23 10:05", kind="consultation", region=NORTH)
    assert (order.kind, order.region) == ("consultation", NORTH)
    assert order.clocks["citizen"].due == local("2026-11-25 17:30")


def test_in_a_city_without_limits_no_clock_runs() -> None:
    order = do(order_at("received"), "accept", CHEN, "2026-11-23 10:05", by_rules=rules(limits=[]))
    assert order.clocks.keys() == {"intake"}


@pytest.mark.parametrize(
    ("facts", "words_"),
    [
        ({"kind": None}, "请先选择诉求类型"),
        ({"matter": None}, "请先选择事项分类"),
        ({"kind": "praise"}, "表扬不派单：表扬请转告，无效和骚扰请按不予受理办结"),
        ({"kind": "nuisance"}, "骚扰不派单：表扬请转告，无效和骚扰请按不予受理办结"),
    ],
)
def test_what_cannot_be_accepted(facts: dict[str, Any], words_: str) -> None:
    assert refusal(registered(**facts), "accept", CHEN) == words_


# -- refuse


def test_an_agent_proposes_a_refusal_and_a_dispatcher_confirms_it() -> None:
    order = do(order_at("received"), "propose_refusal", ZHOU, refusal="litigation", reason="法院已立案")
    assert order.requests[0].type == "refusal"
    assert order.requests[0].detail["refusal"] == "litigation"
    assert refusal(order, "propose_refusal", ZHOU, refusal="petition", reason="信访") == (
        "已有一个不予受理建议，等派单员确认"
    )
    made = event(order, "refuse", CHEN, refusal="litigation", told="请按法院通知办理")
    assert made.data["door"] == "诉讼"
    order = do(order, "refuse", CHEN, "2026-11-23 10:20", refusal="litigation", told="请按法院通知办理")
    assert (order.state, order.outcome, order.closed_at) == ("closed", "refused", local("2026-11-23 10:20"))
    assert order.requests[0].state == "agreed"
    assert order.clocks["intake"].stopped == local("2026-11-23 10:20")


def test_a_refusal_without_a_door_and_without_a_proposal() -> None:
    made = event(order_at("received"), "refuse", CHEN, refusal="no_content", told="请说明具体诉求")
    assert "door" not in made.data
    assert "answers" not in made.data


def test_accepting_or_dispatching_answers_a_proposed_refusal_with_no() -> None:
    proposed = do(order_at("received"), "propose_refusal", ZHOU, refusal="petition", reason="信访")
    assert do(proposed, "accept", CHEN).requests[0].state == "lapsed"
    later = do(order_at("accepted"), "propose_refusal", ZHOU, refusal="petition", reason="信访")
    assert do(later, "dispatch", CHEN, lead=HEAT).requests[0].state == "lapsed"


# -- answered, informed, transferred


def test_a_question_is_answered_at_the_desk() -> None:
    order = do(registered(kind=None), "answer_directly", ZHOU, public_reply="窗口九点开门", kind="consultation")
    assert (order.outcome, order.kind, order.accepted_at, order.replied_at) == (
        "direct_answer",
        "consultation",
        MONDAY,
        MONDAY,
    )
    assert order.passed_at is None


def test_an_accepted_order_keeps_its_moment_when_it_is_answered_directly() -> None:
    order = do(order_at("accepted"), "answer_directly", CHEN, "2026-11-23 10:20", public_reply="面积按图纸计")
    assert (order.accepted_at, order.replied_at) == (local("2026-11-23 10:05"), local("2026-11-23 10:20"))


def test_what_cannot_be_answered_directly() -> None:
    assert refusal(registered(kind=None), "answer_directly", ZHOU, public_reply="好") == "请先选择诉求类型"
    report = registered(kind="report")
    assert refusal(report, "answer_directly", ZHOU, public_reply="好") == "举报不能当场答复，请受理后派单"


def test_praise_is_passed_to_the_unit_and_closes_without_a_callback() -> None:
    praise = registered(kind="praise")
    made = event(praise, "inform", ZHOU, to_unit=HEAT, named_person="李师傅")
    assert made.data["informed"] == HEAT
    order = do(praise, "inform", ZHOU, to_unit=HEAT)
    assert (order.outcome, order.legs, order.accepted_at) == ("informed", [], MONDAY)
    assert refusal(registered(), "inform", ZHOU, to_unit=HEAT) == "只有表扬可以转告；其他诉求请受理后派单"


def test_what_is_the_polices_goes_to_the_police() -> None:
    order = do(order_at("received"), "transfer_out", CHEN, target="police", told="已转 110")
    assert (order.state, order.outcome) == ("closed", "transferred")


# -- details


def test_details_are_asked_for_and_given() -> None:
    order = order_at("needs_details")
    assert order.clocks["dispatch"].stopped == local("2026-11-23 10:08")
    assert order.clocks["details"].due == local("2026-11-25 17:30")
    assert refusal(order, "supply_details", NEIGHBOUR, details="我也住这儿") == "只能办理自己的诉求"
    order = do(order, "supply_details", RESIDENT, "2026-11-24 09:00", details="502 室")
    assert order.state == "accepted"
    assert order.clocks["details"].stopped == local("2026-11-24 09:00")
    # The dispatcher has his half hour again, the citizen's clock never stopped.
    assert order.clocks["dispatch"].due == local("2026-11-24 09:30")
    assert order.clocks["citizen"].start == local("2026-11-23 10:05")


def test_a_city_without_a_limit_for_details_waits_without_one() -> None:
    order = do(order_at("accepted"), "ask_for_details", CHEN, question="房号？", by_rules=rules(limits=[]))
    assert "details" not in order.clocks
    assert do(order, "details_timeout", CHEN, timeout="accept").state == "accepted"


def test_details_that_never_come() -> None:
    order, after = order_at("needs_details"), "2026-11-25 17:31"
    assert refusal(order, "details_timeout", SYSTEM, "2026-11-25 17:30", timeout="accept") == (
        "补充期限未到，请等诉求人补充或到期后再办"
    )
    going_on = do(order, "details_timeout", SYSTEM, after, timeout="accept")
    assert (going_on.state, going_on.clocks["dispatch"].due) == ("accepted", local("2026-11-25 18:01"))
    assert refusal(order, "details_timeout", SYSTEM, after, timeout="close") == "材料不足的办结须由派单员决定"
    assert refusal(order, "details_timeout", CHEN, after, timeout="close") == "请写明告知诉求人的话"
    closed = do(order, "details_timeout", CHEN, after, timeout="close", told="材料不足，请补齐后再来电")
    assert (closed.state, closed.outcome) == ("closed", "declined")


# -- merge and split


def test_an_order_is_merged_into_the_one_that_is_being_handled() -> None:
    made = event(order_at("handling"), "merge_into", CHEN, parent=NUMBER + 1, reason="同一处漏水", around=OPEN_PARENT)
    assert made.data["around"] == {"parent_state": "handling"}
    order = do(order_at("handling"), "merge_into", CHEN, parent=NUMBER + 1, reason="同一处漏水", around=OPEN_PARENT)
    assert (order.outcome, order.parent, [leg.state for leg in order.legs]) == ("merged", NUMBER + 1, ["released"])
    assert not order.legs[0].clocks["handle"].running


@pytest.mark.parametrize(
    ("parent", "around", "words_"),
    [
        (NUMBER, OPEN_PARENT, "不能并入自己"),
        (NUMBER + 1, Around(), "没有这张主工单，请核对工单号"),
        (NUMBER + 1, Around(parent_state="closed"), "主工单已办结，不能再并入"),
        (
            NUMBER + 1,
            Around(parent_state="handling", parent_of_parent=2611230000009),
            "这张工单已并入 2611230000009，请并入那一张",
        ),
        (NUMBER + 1, OPEN_PARENT, "办理中的工单并单须写明理由"),
    ],
)
def test_what_cannot_be_merged(parent: int, around: Around, words_: str) -> None:
    assert refusal(order_at("handling"), "merge_into", CHEN, parent=parent, around=around) == words_


def test_a_parent_takes_children_and_lets_them_go() -> None:
    order = do(order_at("accepted"), "absorb", SYSTEM, child=NUMBER + 1)
    assert order.children == [NUMBER + 1]
    assert do(order, "absorb", SYSTEM, child=NUMBER + 1).children == [NUMBER + 1]
    assert refusal(order, "release_child", SYSTEM, child=NUMBER + 2) == "没有这张子工单"
    assert do(order, "release_child", SYSTEM, child=NUMBER + 1).children == []


@pytest.mark.parametrize(
    ("state", "move", "who", "facts"),
    [
        ("received", "refuse", CHEN, {"refusal": "petition", "told": "请到信访局"}),
        ("received", "answer_directly", CHEN, {"public_reply": "好"}),
        ("received", "transfer_out", CHEN, {"target": "police", "told": "已转"}),
        ("shelved", "write_off", DU, {"reason": "做不了", "told": "做不了"}),
        ("handling", "withdraw", RESIDENT, {"reason": "已好"}),
    ],
)
def test_an_order_with_children_does_not_close_past_them(
    state: str, move: str, who: Actor, facts: dict[str, Any]
) -> None:
    parent = do(order_at(state), "absorb", SYSTEM, child=NUMBER + 1)
    assert refusal(parent, move, who, **facts) == "这张工单下有并入的子单，请先拆出子单"


def test_praise_and_lack_of_details_do_not_close_past_children() -> None:
    praise = do(registered(kind="praise"), "absorb", SYSTEM, child=NUMBER + 1)
    assert refusal(praise, "inform", ZHOU, to_unit=HEAT) == "这张工单下有并入的子单，请先拆出子单"
    waiting = do(order_at("needs_details"), "absorb", SYSTEM, child=NUMBER + 1)
    facts = {"timeout": "close", "told": "材料不足"}
    assert refusal(waiting, "details_timeout", CHEN, "2026-11-26 09:00", **facts) == (
        "这张工单下有并入的子单，请先拆出子单"
    )
    assert refusal(praise, "merge_into", CHEN, parent=NUMBER + 3, around=OPEN_PARENT) == (
        "这张工单下已有子单，请先拆出子单，或把对方并入这张工单"
    )


def test_a_child_is_split_off_and_its_citizen_has_waited_all_along() -> None:
    merged = do(order_at("accepted"), "merge_into", CHEN, "2026-11-23 11:00", parent=NUMBER + 1, around=OPEN_PARENT)
    assert merged.clocks["citizen"].stopped == local("2026-11-23 11:00")
    made = event(merged, "split_off", CHEN, "2026-11-24 09:00", reason="不是同一件事")
    assert made.data["parent"] == NUMBER + 1
    order = do(merged, "split_off", CHEN, "2026-11-24 09:00", reason="不是同一件事")
    assert (order.state, order.parent, order.outcome) == ("accepted", None, None)
    assert order.clocks["dispatch"].due == local("2026-11-24 09:30")
    assert order.clocks["citizen"].running
    assert order.clocks["citizen"].due == local("2026-11-30 17:30")
    assert refusal(order_at("closed"), "split_off", CHEN, reason="拆") == "只有并入其他工单的子单可以拆出"


def test_a_child_merged_before_it_was_accepted_is_accepted_when_it_is_split_off() -> None:
    merged = do(order_at("received"), "merge_into", CHEN, parent=NUMBER + 1, around=OPEN_PARENT)
    order = do(merged, "split_off", CHEN, "2026-11-24 09:00", reason="不是同一件事")
    assert order.accepted_at == local("2026-11-24 09:00")
    assert order.clocks["citizen"].due == local("2026-12-01 17:30")


# -- correct


def test_a_classification_is_put_right_and_running_limits_stay() -> None:
    before = order_at("handling")
    made = event(before, "correct", CHEN, matter=COLD, secret=True, kind="complaint", reason="分错了")
    assert made.data["was"] == {"matter": FEE, "secret": False}
    assert made.data["set"] == {"matter": COLD, "secret": True}
    order = do(before, "correct", CHEN, matter=COLD, secret=True, reason="分错了")
    assert order.lead is not None
    assert before.lead is not None
    assert order.lead.clocks == before.lead.clocks
    assert do(order, "correct", CHEN, secret=False, reason="本人不要求保密").secret is False


def test_what_cannot_be_corrected() -> None:
    order = order_at("handling")
    assert refusal(order, "correct", CHEN, matter=FEE, reason="没改") == "没有改动任何内容"
    assert refusal(order, "correct", CHEN, matter=SITE) == "请填写“理由”"
    assert do(order, "correct", CHEN, place="七号楼", reason="楼号写错").matter == FEE


# -- the season's urgency


def test_no_heat_in_the_season_starts_urgent_a_question_about_it_does_not() -> None:
    assert registered(matter=COLD).urgency == "urgent"
    assert registered(matter=COLD, kind="consultation").urgency == "normal"
    assert registered(matter=FEE).urgency == "normal"


def test_out_of_the_season_it_is_normal() -> None:
    july = local("2026-07-20 10:00")
    order = do(
        Order(NUMBER),
        "register",
        ZHOU,
        july,
        channel="phone",
        text="想改造暖气",
        kind="complaint",
        matter=COLD,
        person=7001,
    )
    assert order.urgency == "normal"


def test_whoever_names_an_urgency_is_believed() -> None:
    assert registered(matter=COLD, urgency="normal").urgency == "normal"
    assert registered(matter=COLD, urgency="emergency").urgency == "emergency"
    order = do(registered(matter=COLD, urgency="normal"), "accept", CHEN)
    assert order.urgency == "normal"


def test_what_is_classified_when_it_is_accepted_is_urgent_from_then_on() -> None:
    order = do(registered(matter=FEE), "accept", CHEN, matter=COLD)
    assert order.urgency == "urgent"
    ten = order.clocks["dispatch"]
    assert (ten.due - ten.start).total_seconds() == 600
