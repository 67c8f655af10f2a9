"""The one gate: what it refuses before any rule is asked, who may do what, and what an event says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from jiesu.domain.apply import apply, apply_to, replay
from jiesu.domain.case import Case
from jiesu.domain.decide import decide
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.facts import FACTS, check, told, write
from jiesu.domain.moves import MOVES
from jiesu.domain.order import SYSTEM, Actor, Clock, Event, Order, moment, stamp
from jiesu.domain.permissions import concerns, sees
from tests.cast import (
    BAO,
    CENTER,
    CHEN,
    FANG,
    GAO,
    HEAT,
    HOUSING,
    LIU,
    LUO,
    MA,
    MONDAY,
    NEIGHBOUR,
    NOBODY,
    NUMBER,
    PEOPLE,
    REPAIR,
    REPAIRER,
    RESIDENT,
    RULES,
    SHEN,
    SONG,
    STRANGER,
    STREET,
    WATER,
    WU,
    XU,
    ZHOU,
    do,
    event,
    events_to,
    local,
    order_at,
    photo,
    refusal,
    tried,
    words,
)

# -- before any rule


def test_an_unknown_move_and_a_move_out_of_season() -> None:
    assert refusal(order_at("handling"), "teleport", CHEN) == "没有“teleport”这个动作"
    assert refusal(order_at("new"), "accept", CHEN) == "这张工单还没有登记"
    assert refusal(order_at("replied"), "shelve", CHEN, request=1) == (
        "工单现在是“待审核”，不能挂账；只有“办理中”的工单可以"
    )
    assert refusal(order_at("handling"), "register", ZHOU) == "工单现在是“办理中”，不能登记"


@pytest.mark.parametrize(
    ("facts", "words_", "field"),
    [
        ({"rating": "satisfied"}, "“受理”用不到“是否满意”这一项", "rating"),
        ({"colour": "red"}, "“受理”用不到“colour”这一项", "colour"),
        ({"kind": "poem"}, "“诉求类型”须是其中之一：咨询、求助、投诉、举报、建议、表扬、无效、骚扰", "kind"),
    ],
)
def test_facts_that_do_not_fit(facts: dict[str, Any], words_: str, field: str) -> None:
    answer = tried(order_at("received"), "accept", CHEN, **facts)
    assert isinstance(answer, Refused)
    assert (answer.message, answer.code, answer.field) == (words_, "bad_fact", field)


def test_facts_that_are_missing() -> None:
    answer = tried(order_at("accepted"), "dispatch", CHEN)
    assert isinstance(answer, Refused)
    assert (answer.message, answer.code, answer.field) == ("请填写“牵头单位”", "missing_fact", "lead")
    assert refusal(order_at("handling"), "note", CHEN, note=" \n ") == "请填写“内容”"


@pytest.mark.parametrize(
    ("name", "good", "bad", "problem"),
    [
        ("note", words("字"), "字", "须是文字"),
        ("note", words("字" * 20_000), words("字" * 20_001), "太长，请缩短到 20000 字以内"),
        ("note", words("字"), words("零\0字"), "里有无法保存的字符，请删去后再提交"),
        ("place", words("七号楼"), words("楼" * 201), "太长，请缩短到 200 字以内"),
        ("foreign", {}, [], "须是一份资料"),
        ("step", "1.handle:5f", "x" * 61, "须是短代码"),
        ("step", "", 5, "须是短代码"),
        ("rating", "mostly", ["mostly"], "须是其中之一：满意、基本满意、不满意"),
        ("refusal", "petition", "weather", "须从原因列表中选择"),
        ("refusal", "petition", None, "须从原因列表中选择"),
        ("lead", HEAT, "MOON", "没有这个单位：MOON"),
        ("lead", HEAT, 7, "须是单位的代码"),
        ("assist", [HEAT, WATER], HEAT, "须是单位的列表"),
        ("assist", [], [7], "须是单位的列表"),
        ("assist", (), [HEAT, "月球", "火星"], "没有这些单位：月球、火星"),
        ("assist", [HEAT], [HEAT, HEAT], "有重复的单位"),
        ("matter", "heat", "fire", "没有这个事项：fire"),
        ("matter", "heat", None, "须是事项的代码"),
        ("region", "R01", "R99", "没有这个区域：R99"),
        ("due", MONDAY, datetime(2026, 11, 23), "须是带时区的时间"),  # noqa: DTZ001
        ("due", MONDAY, "2026-11-23", "须是带时区的时间"),
        ("due", MONDAY, local("9999-01-01 00:00"), "须是合理的日期"),
        ("kept", False, 1, "须是“是”或“否”"),
        ("days", 1, 0, "须是正整数"),
        ("days", 1, True, "须是正整数"),
        ("days", 1, 2**53, "须是正整数"),
        ("parent", NUMBER, "12", "须是正整数"),
        ("files", photo(), ["abc"], "须是已上传附件的列表"),
        ("files", (), "abc", "须是已上传附件的列表"),
        ("files", [], [7], "须是已上传附件的列表"),
    ],
)
def test_the_shape_of_facts(name: str, good: Any, bad: Any, problem: str) -> None:
    check(name, good, RULES.known)
    with pytest.raises(Refused) as refused:
        check(name, bad, RULES.known)
    assert refused.value.message == f"“{FACTS[name].zh}”{problem}"
    assert refused.value.field == name


def test_a_city_without_a_list_of_reasons_has_none_to_choose_from() -> None:
    with pytest.raises(Refused, match="须从原因列表中选择"):
        check("refusal", "petition", {"reasons": {}})


def test_how_facts_are_written_down() -> None:
    assert write(words("字")) == {"c": words("字").commitment}
    assert write(local("2026-11-23 10:00")) == "2026-11-23T02:00:00Z"
    assert write((HEAT, WATER)) == [HEAT, WATER]
    assert write(True) is True
    assert told({"foreign": {}, "note": None, "days": 3}) == {"days": 3}


# -- who


def test_everybody_who_may_not_is_told_who_may() -> None:
    answer = tried(order_at("accepted"), "dispatch", ZHOU, lead=HEAT)
    assert isinstance(answer, Forbidden)
    assert (answer.message, answer.code) == ("“派单”须由派单员操作", "forbidden")
    assert refusal(order_at("dispatched"), "acknowledge", LUO) == "这张工单没有派给您的单位"
    assert refusal(order_at("handling"), "leg_reply", LIU, measures="做了") == (
        "“配合答复”由配合单位操作，您的单位是牵头单位"
    )


@pytest.mark.parametrize("who", [STRANGER, NOBODY], ids=["another unit's clerk", "nobody"])
@pytest.mark.parametrize("move", [name for name in MOVES if name != "register"])
def test_who_has_no_part_makes_no_move(who: Actor, move: str) -> None:
    for state in MOVES[move].frm:
        assert isinstance(tried(order_at(state), move, who), Refused)


def test_a_person_with_two_roles_acts_in_the_one_that_fits() -> None:
    both = Actor("both", (("unit_clerk", WATER), ("unit_clerk", HEAT), ("supervisor", CENTER)))
    made = event(order_at("dispatched"), "acknowledge", both)
    assert (made.role, made.unit, made.by) == ("unit_clerk", HEAT, "both")
    assert event(order_at("handling"), "urge", both, reason="催").unit == CENTER
    wrong = Actor("wrong", (("unit_clerk", WATER), ("unit_leader", HOUSING)))
    assert refusal(order_at("dispatched"), "acknowledge", wrong) == "这张工单没有派给您的单位"
    assert both.units == {WATER, HEAT, CENTER}


def test_who_may_know_of_an_order() -> None:
    order = do(order_at("handling"), "sub_dispatch", LIU, section=REPAIR)
    knowing = [who.id for who in PEOPLE if sees(who, order)]
    centre = ["zhou", "chen", "he", "fang", "du", "deng", "cai", "guan", "bao", "wu"]
    assert sorted(knowing) == sorted([*centre, "liu", "ma", "repairer", "song", "shen", "resident", "system"])


def test_who_was_called_or_addressed_may_know_too() -> None:
    order = do(order_at("handling"), "instruct", SHEN, instruction="查", unit=STREET)
    facts = {"units": [WATER], "meet_place": "站", "meet_at": local("2026-11-24 09:00"), "reason": "漏"}
    order = do(order, "whistle", LIU, **facts)
    assert [concerns(order, unit) for unit in (HEAT, STREET, WATER, HOUSING)] == [True, True, True, False]
    assert [sees(who, order) for who in (GAO, LUO, XU)] == [True, True, False]
    # Who had a part keeps knowing.
    order = do(order, "withdraw", RESIDENT, reason="好了")
    assert sees(LIU, order)
    assert not sees(NEIGHBOUR, order)
    assert not sees(Actor("x", (("citizen", ""),)), Order(NUMBER))


# -- the event


def test_an_event_says_who_when_where_and_by_which_rules() -> None:
    made = event(order_at("dispatched"), "acknowledge", LIU, "2026-11-23 10:30")
    assert (made.number, made.seq, made.move, made.by, made.role, made.unit) == (
        NUMBER,
        4,
        "acknowledge",
        "liu",
        "unit_clerk",
        HEAT,
    )
    assert (made.at, made.rules, made.rules_version, made.happened_at) == (
        local("2026-11-23 10:30"),
        RULES.id,
        1,
        None,
    )
    assert made.data == {
        "to": "handling",
        "legs": {
            "1": {
                "set": {"state": "acknowledged", "acknowledged_at": "2026-11-23T02:30:00Z"},
                "stop": ["acknowledge"],
                "start": {"first_contact": ["2026-11-24T09:30:00Z", "2026-11-24T06:22:30Z", 1, "work_day"]},
            }
        },
        "leg": 1,
    }


def test_time_never_runs_back_and_is_never_naive() -> None:
    made = event(order_at("dispatched"), "acknowledge", LIU, "2026-11-23 09:00")
    assert made.at == local("2026-11-23 10:10")
    with pytest.raises(ValueError, match="now must be aware"):
        decide(order_at("dispatched"), "acknowledge", LIU, {}, RULES, datetime(2026, 11, 23))  # noqa: DTZ001


def test_a_refusal_changes_nothing_and_equals_another_with_the_same_words() -> None:
    order = order_at("handling")
    before = order.copy()
    first, second = (tried(order, "note", CHEN) for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
    assert first != "请填写“内容”"
    assert order == before


def test_replaying_the_events_gives_the_order() -> None:
    for state in ("received", "shelved", "ruling", "closed"):
        assert replay(events_to(state), NUMBER) == order_at(state)


def test_an_event_follows_its_order_or_is_turned_back() -> None:
    made = event(order_at("dispatched"), "acknowledge", LIU)
    with pytest.raises(ValueError, match=f"event {NUMBER}/4 does not follow {NUMBER}/2"):
        apply(order_at("accepted"), made)
    with pytest.raises(ValueError, match="does not follow"):
        apply(Order(NUMBER + 1, version=3), made)


def test_stopping_what_never_ran_or_stopped_before_is_nothing() -> None:
    order = order_at("handling").copy()
    facts = {"stop": ["intake", "weather"], "legs": {"1": {"stop": ["acknowledge"]}}}
    apply_to(order, Event(NUMBER, 5, "note", MONDAY, "x", "agent", CENTER, RULES.id, facts))
    assert order.clocks == order_at("handling").clocks
    assert order.legs == order_at("handling").legs


def test_a_moment_is_written_in_greenwich_and_read_back() -> None:
    assert stamp(local("2026-11-23 10:00")) == "2026-11-23T02:00:00Z"
    assert moment("2026-11-23T02:00:00Z") == local("2026-11-23 10:00")
    with pytest.raises(ValueError, match="时间必须带时区"):
        stamp(datetime(2026, 11, 23))  # noqa: DTZ001


def test_a_clock_is_late_after_its_due_moment_only() -> None:
    clock = Clock(MONDAY, MONDAY + timedelta(hours=1), MONDAY + timedelta(minutes=45))
    assert not clock.late(clock.due)
    assert clock.late(clock.due + timedelta(microseconds=1))


def test_an_order_finds_its_parts() -> None:
    order = do(order_at("handling"), "request_extension", MA, days=2, reason="等")
    assert order.request(0) is None
    assert order.request(2) is None
    assert order.open_request("extension", unit=HEAT) == order.requests[0]
    assert order.open_request("extension", unit=WATER) is None
    assert order.open_request("return") is None
    assert order.leg_of(WATER) is None
    sectioned = do(order, "sub_dispatch", LIU, section=REPAIR)
    assert sectioned.leg_of(REPAIR) == sectioned.legs[0]
    assert event(sectioned, "note", REPAIRER, note="在修").unit == REPAIR
    assert order.answer() is None
    assert (Order(NUMBER).is_open, order.is_open, order_at("closed").is_open) == (False, True, False)


def test_a_case_without_a_unit_is_refused_in_words() -> None:
    order = order_at("accepted")
    case = Case(order, MOVES["note"], CHEN, "dispatcher", CENTER, None, {}, RULES, MONDAY)
    with pytest.raises(Refused, match="这张工单现在没有承办单位"):
        _ = case.leg
    with pytest.raises(Refused, match="这张工单现在没有牵头单位"):
        _ = case.lead
    assert case.text("note") is None
    given = Case(order, MOVES["note"], CHEN, "dispatcher", CENTER, None, {"note": words("字")}, RULES, MONDAY)
    assert given.text("note") == words("字")


def test_the_other_answers_of_the_house() -> None:
    conflict = Conflict("已被别人办理", number=NUMBER, version=3)
    assert (conflict.message, conflict.number, conflict.version) == ("已被别人办理", NUMBER, 3)
    assert NotFound("没有这张工单").message == "没有这张工单"
    assert (SYSTEM.id, FANG.has("callback_clerk"), BAO.has("agent"), SONG.person, WU.units) == (
        "system",
        True,
        False,
        None,
        {CENTER},
    )
