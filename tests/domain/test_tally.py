"""What an order gives to be counted: each limit that was in effect, when it was met, whose it was (domain.md §6)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from jiesu.domain.apply import apply
from jiesu.domain.case import Around
from jiesu.domain.order import SYSTEM, Actor, Event, Order
from jiesu.domain.rules import Rules
from jiesu.domain.tally import CLOCKS, EVER, FOREVER, LimitFact, Tally, civil_day, end_of, tally
from jiesu.domain.words import CLOCKS as NAMES
from jiesu.domain.workdays import CITY_ZONE
from tests.cast import (
    BAO,
    CAI,
    CENTER,
    CHEN,
    DU,
    FANG,
    FEE,
    GUAN,
    HE,
    HEAT,
    HOUSING,
    JIANG,
    LIU,
    LUO,
    MA,
    NORTH,
    NUMBER,
    PARTS,
    REPLY,
    RESIDENT,
    RETURN,
    ROADS,
    RULES,
    SHEN,
    SONG,
    SOUTH,
    STALLS,
    WATER,
    XU,
    ZHOU,
    event,
    local,
    parts,
)

YES = {"attempt": "answered", "resolved": "resolved", "rating": "satisfied"}
NO = {"attempt": "answered", "resolved": "unresolved", "rating": "dissatisfied"}


class Story:
    """An order and the events that made it, told from a road of the cast on."""

    def __init__(self, state: str = "new") -> None:
        self.order, self.events = Order(NUMBER), list[Event]()
        for move, who, at, facts in ROADS[state]:
            self.then(move, who, at, **facts)

    def then(self, move: str, who: Actor, at: str | datetime, **facts: Any) -> Story:
        self.events.append(event(self.order, move, who, at, **facts))
        self.order = apply(self.order, self.events[-1])
        return self

    def tally(self, *known: Rules) -> Tally:
        held = {one.id: one for one in (RULES, *known)}
        return tally(self.events, NUMBER, held.__getitem__)

    def limits(self, clock: str, part: int | None = None) -> list[LimitFact]:
        return [one for one in self.tally().limits if one.clock == clock and part in (None, one.part)]

    def limit(self, clock: str, part: int | None = None) -> LimitFact:
        (one,) = self.limits(clock, part)
        return one


def at(moment: datetime | None) -> str:
    """A moment in city time, without the year: 11-24 17:30."""
    return f"{moment.astimezone(CITY_ZONE):%m-%d %H:%M}" if moment else ""


def spans(facts: list[LimitFact]) -> list[tuple[str, str, str]]:
    """Due, until, and what was so of it."""
    return [(at(one.due), at(one.until), _said(one)) for one in facts]


def _said(one: LimitFact) -> str:
    held = {"freed": one.freed, "shelved": one.shelved, "extended": one.extended, "gone": not one.live}
    return " ".join(name for name, so in held.items() if so)


def counts(one: LimitFact) -> tuple[bool, bool, bool]:
    """Let off, done in its limit, accepted."""
    return one.freed, one.in_time, one.given is not None


# -- the shortest honest road


def test_an_order_in_time_from_the_call_to_the_rating() -> None:
    found = Story("closed").tally()
    assert [(one.clock, one.part, one.unit, at(one.due), at(one.done), one.in_time) for one in found.limits] == [
        ("intake", 0, CENTER, "11-23 12:00", "11-23 10:05", True),
        ("dispatch", 0, CENTER, "11-23 10:35", "11-23 10:10", True),
        ("acknowledge", 1, HEAT, "11-24 17:30", "11-23 10:30", True),
        ("handle", 1, HEAT, "11-30 17:30", "11-24 10:30", True),
        ("first_contact", 1, HEAT, "11-24 17:30", "11-23 11:00", True),
        ("review", 0, CENTER, "11-24 16:00", "11-24 11:00", True),
        ("callback_first", 0, CENTER, "11-25 17:30", "11-25 09:30", True),
        ("callback_last", 0, CENTER, "11-30 17:30", "11-25 09:30", True),
    ]
    handle = found.limits[3]
    assert (handle.lead, handle.live, handle.freed, handle.turn, handle.span) == (True, True, False, 1, 1)
    assert (handle.day, handle.until_day, handle.done_day) == (date(2026, 11, 30), FOREVER, date(2026, 11, 24))
    assert (at(handle.started), at(handle.given)) == ("11-23 10:10", "11-24 11:00")
    assert (handle.of.group, handle.of.matter, handle.of.region) == ("company:middle", FEE, NORTH)
    assert (handle.of.channel, handle.of.kind, handle.of.urgency) == ("phone", "complaint", "normal")
    assert (handle.of.enterprise, handle.of.joint) == (False, False)


def test_the_order_and_its_rating_as_a_whole() -> None:
    found = Story("closed").tally()
    order, rating = found.order, found.rating
    assert (order.number, order.version, order.day, order.unit) == (NUMBER, 9, date(2026, 11, 23), HEAT)
    assert (order.state, order.outcome, order.exempt, order.foreign) == ("closed", "solved", False, False)
    assert (order.handled, order.legs, order.dispatches, order.rounds, order.chases) == (True, 1, 1, 1, 0)
    assert (order.returns_asked, order.returns_agreed, order.extensions, order.shelved) == (0, 0, 0, False)
    assert (order.called, order.reached, order.late_entry, order.parent, order.person) == (
        True,
        True,
        False,
        None,
        7001,
    )
    moments = (order.received_at, order.accepted_at, order.dispatched_at, order.replied_at, order.passed_at)
    assert [at(one) for one in moments] == ["11-23 10:00", "11-23 10:05", "11-23 10:10", "11-24 10:30", "11-24 11:00"]
    assert (order.dispatched_day, order.closed_day) == (date(2026, 11, 23), date(2026, 11, 25))
    assert rating is not None
    assert (rating.day, at(rating.at), rating.unit, rating.parent) == (date(2026, 11, 25), "11-25 09:35", HEAT, None)
    assert (rating.via, rating.first_resolved, rating.first_rating) == ("phone", "resolved", "satisfied")
    assert (rating.resolved, rating.rating) == ("resolved", "satisfied")


def test_an_order_that_has_only_been_taken_down() -> None:
    story = Story("received")
    found = story.tally()
    assert [(one.clock, one.freed, one.done, one.in_time) for one in found.limits] == [("intake", False, None, False)]
    assert (found.rating, found.order.handled, found.order.dispatched_day, found.order.closed_day) == (
        None,
        False,
        None,
        None,
    )
    assert story.limit("intake").done_day == FOREVER
    with pytest.raises(ValueError, match=f"no events of {NUMBER}"):
        tally([], NUMBER, {}.__getitem__)


def test_days_are_the_citys() -> None:
    assert civil_day(local("2026-11-23 00:00")) == date(2026, 11, 23)
    assert civil_day(datetime.fromisoformat("2026-11-22T16:00:00Z")) == date(2026, 11, 23)
    assert end_of(date(2026, 12, 31)) == local("2027-01-01 00:00")
    assert set(CLOCKS) <= set(NAMES) | {"return_decision", "instruction"}


# -- the unit's response


def test_acknowledged_late() -> None:
    story = Story("dispatched").then("acknowledge", LIU, "2026-11-24 18:00")
    assert counts(story.limit("acknowledge")) == (False, False, True)


def test_a_return_asked_in_time_counts_as_acknowledged_and_frees_of_the_work() -> None:
    story = Story("dispatched").then("request_return", LIU, "2026-11-23 15:00", **RETURN)
    assert counts(story.limit("acknowledge")) == (False, True, True)
    story.then("agree_return", CHEN, "2026-11-23 16:00", request=1)
    acknowledge, handle = story.limit("acknowledge"), story.limit("handle")
    assert (at(acknowledge.done), acknowledge.live, acknowledge.returned, acknowledge.asked_return) == (
        *("11-23 15:00", False, True),
        True,
    )
    assert counts(handle) == (True, False, False)
    decided = story.limit("return_decision")
    assert (decided.part, decided.unit, decided.lead, at(decided.due), at(decided.done)) == (
        *(-1, CENTER, False),
        *("11-24 10:30", "11-23 16:00"),
    )
    order = story.tally().order
    assert (order.returns_asked, order.returns_agreed, order.unit, order.legs) == (1, 1, "", 0)
    assert [(one.turn, at(one.due)) for one in story.limits("dispatch")] == [(1, "11-23 10:35"), (2, "11-23 16:30")]


def test_the_earlier_of_the_two_counts() -> None:
    story = Story("handling").then("request_return", LIU, "2026-11-23 15:00", **RETURN)
    assert at(story.limit("acknowledge").done) == "11-23 10:30"


def test_recalled_in_time_nobody_is_late() -> None:
    story = Story("dispatched").then("recall", CHEN, "2026-11-24 17:30", reason="派错了")
    assert spans(story.limits("acknowledge")) == [("11-24 17:30", "", "freed")]
    assert spans(story.limits("handle")) == [("11-30 17:30", "", "freed")]


def test_recalled_after_the_limit_the_unit_was_late_until_then() -> None:
    story = Story("dispatched").then("recall", CHEN, "2026-12-02 09:00", reason="派错了")
    assert spans(story.limits("acknowledge")) == [("11-24 17:30", "12-02 09:00", ""), ("11-24 17:30", "", "gone")]
    assert spans(story.limits("handle")) == [("11-30 17:30", "12-02 09:00", ""), ("11-30 17:30", "", "gone")]
    before, after = story.limits("handle")
    assert (before.since_day, before.until_day, before.span) == (EVER, date(2026, 12, 2), 1)
    assert (after.since_day, after.until_day, after.span) == (date(2026, 12, 2), FOREVER, 2)


def test_a_late_entry_is_judged_by_what_was_vouched_for() -> None:
    claim = {"act": "acknowledge", "late_reason": "outage", "evidence": "电话记录"}
    story = Story("dispatched").then("acknowledge", LIU, "2026-11-24 18:00")
    story.then("claim_late_entry", LIU, "2026-11-24 18:10", claimed_at=local("2026-11-24 16:00"), **claim)
    assert not story.limit("acknowledge").in_time
    story.then("confirm_late_entry", DU, "2026-11-25 09:00", request=1)
    assert at(story.limit("acknowledge").done) == "11-24 16:00"
    assert story.limit("acknowledge").in_time
    assert story.tally().order.late_entry


def test_the_first_feedback_of_an_emergency() -> None:
    def emergency() -> Story:
        story = Story("received").then("accept", CHEN, "2026-11-23 10:05", urgency="emergency")
        story.then("dispatch", CHEN, "2026-11-23 10:06", lead=HEAT)
        return story.then("acknowledge", LIU, "2026-11-23 10:10")

    told = {"measures": "已关阀"}
    assert counts(emergency().then("interim_reply", LIU, "2026-11-23 11:00", **told).limit("interim"))[1]
    assert not counts(emergency().then("interim_reply", LIU, "2026-11-23 13:00", **told).limit("interim"))[1]
    # Solved before anything in between was due: there is nothing to be late with.
    assert counts(emergency().then("reply", MA, "2026-11-23 11:00", **REPLY).limit("interim")) == (True, False, False)
    assert counts(emergency().then("reply", MA, "2026-11-23 13:00", **REPLY).limit("interim")) == (False, False, False)
    assert emergency().limits("first_contact") == []


# -- closing: limits that move


def asked_extension(state: str = "handling") -> Story:
    return Story(state).then("request_extension", MA, "2026-11-30 16:00", days=2, reason="等配件")


def test_an_extension_takes_the_place_of_the_limit() -> None:
    story = asked_extension().then("agree_extension", DU, "2026-11-30 17:00", request=1)
    assert spans(story.limits("handle")) == [("11-30 17:30", "11-30 17:00", ""), ("12-02 17:30", "", "extended")]


def test_agreed_in_the_next_month_the_old_limit_stands_for_the_month_that_is_over() -> None:
    story = asked_extension().then("agree_extension", DU, "2026-12-01 09:00", request=1)
    story.then("first_contact", LIU, "2026-12-01 09:30", contact="reached", note="约好了")
    story.then("reply", MA, "2026-12-02 10:00", **REPLY).then("pass_review", HE, "2026-12-02 11:00")
    old, new = story.limits("handle")
    assert (old.day, old.until_day, old.extended, old.in_time) == (date(2026, 11, 30), date(2026, 12, 1), False, False)
    assert (new.day, new.until_day, new.extended, new.in_time) == (date(2026, 12, 2), FOREVER, True, True)
    assert story.tally().order.extensions == 1


def test_parked_in_time_there_is_no_limit_until_it_is_taken_up_again() -> None:
    story = Story("shelved")
    assert spans(story.limits("handle")) == [("11-30 17:30", "11-23 11:30", ""), ("", "", "shelved")]
    assert (story.limits("handle")[1].day, story.tally().order.shelved) == (None, True)
    story.then("resume", DU, "2026-12-23 10:00", reason="管网已改造")
    assert spans(story.limits("handle"))[1:] == [("", "12-23 10:00", "shelved"), ("12-30 16:00", "", "")]


def late_and_parked() -> Story:
    story = Story("handling").then(
        "request_shelve", MA, "2026-11-30 16:00", plan="待改造", review_date=local("2027-01-05 10:00")
    )
    return story.then("shelve", DU, "2026-12-02 09:00", request=1)


def test_parked_late_it_stays_late_and_is_told_apart_while_parked() -> None:
    story = late_and_parked()
    assert spans(story.limits("handle")) == [("11-30 17:30", "12-02 09:00", ""), ("11-30 17:30", "", "shelved")]
    story.then("resume", DU, "2026-12-10 10:00", reason="管网已改造")
    assert spans(story.limits("handle"))[1:] == [("11-30 17:30", "12-10 10:00", "shelved"), ("11-30 17:30", "", "")]
    told = {"reason": "规划已变", "told": "这一片不再改造"}
    assert (
        spans(late_and_parked().then("write_off", DU, "2026-12-10 10:00", **told).limits("handle"))[1][2] == "shelved"
    )


def test_a_recalculated_limit_takes_the_place_of_the_old_one() -> None:
    longer = Rules.from_parts(parts(calendar={"days": {**PARTS["calendar"]["days"], "2026-11-30": False}}))
    story = Story("handling").then("recalculate", GUAN, "2026-11-25 09:00", by_rules=longer)
    found = story.tally(longer)
    assert spans([one for one in found.limits if one.clock == "handle"]) == [
        ("11-30 17:30", "11-25 09:00", ""),
        ("12-01 17:30", "", ""),
    ]


# -- closing: replies


def test_a_reply_sent_back_has_not_been_given() -> None:
    story = Story("replied").then("send_back", HE, "2026-11-24 11:00", send_back="not_answered", reason="答非所问")
    assert counts(story.limit("handle")) == (False, False, False)
    assert at(story.limit("review").done) == "11-24 11:00"
    story.then("reply", MA, "2026-12-01 09:00", **REPLY)
    assert counts(story.limits("handle")[-1]) == (False, False, False)
    story.then("pass_review", HE, "2026-12-01 10:00")
    handle = story.limits("handle")[-1]
    assert (at(handle.done), at(handle.given), handle.in_time) == ("12-01 09:00", "12-01 10:00", False)
    assert [one.turn for one in story.limits("review")] == [1, 2]


def test_a_fault_of_form_found_late_gives_a_day_once() -> None:
    story = Story("handling").then("first_contact", LIU, "2026-11-23 11:00", contact="reached", note="约好了")
    story.then("reply", MA, "2026-11-30 17:00", **REPLY)
    story.then("send_back", HE, "2026-11-30 17:20", send_back="no_file", reason="缺附件")
    assert spans(story.limits("handle")) == [("11-30 17:30", "11-30 17:20", ""), ("12-01 17:30", "", "")]


def test_review_decides_what_was_replied_in_time() -> None:
    handle = Story("replied").limit("handle")
    assert counts(handle) == (False, True, False)
    assert counts(Story("callback").limit("handle")) == (False, True, True)


def reworked() -> Story:
    story = Story("callback").then("callback_attempt", FANG, "2026-11-25 09:30", **NO)
    return story.then("rework", FANG, "2026-11-25 09:40", reason="还是多收了")


def test_rework_has_its_own_limit_and_leaves_the_first_round_as_it_was() -> None:
    story = reworked()
    assert counts(story.limit("handle")) == (False, True, True)
    assert counts(story.limit("rework")) == (False, False, False)
    assert at(story.limit("rework").due) == "11-30 17:30"
    assert story.limit("handle").reworked
    story.then("reply", MA, "2026-12-01 09:00", **REPLY).then("pass_review", HE, "2026-12-01 10:00")
    assert counts(story.limit("rework")) == (False, False, True)
    story.then("callback_attempt", FANG, "2026-12-01 14:00", **NO).then(
        "rework", FANG, "2026-12-01 14:10", reason="仍未退"
    )
    story.then("reply", MA, "2026-12-02 09:00", **REPLY)
    first, second = story.limits("rework")
    assert (first.turn, counts(first), second.turn, counts(second)) == (
        1,
        (False, False, True),
        2,
        (False, True, False),
    )
    assert [one.turn for one in story.limits("callback_first")] == [1, 2]
    order = story.tally().order
    assert (order.rounds, at(order.replied_at), story.tally().rating) == (3, "11-24 10:30", None)


def test_a_unit_that_comes_in_with_the_rework_is_judged_by_its_own_first_reply() -> None:
    story = reworked().then("reassign", CHEN, "2026-11-25 10:00", lead=WATER, reason="实为供水", basis="现场核实")
    story.then("acknowledge", LUO, "2026-11-25 10:30")
    story.then("first_contact", LUO, "2026-11-25 11:00", contact="reached", note="约好了")
    story.then("reply", JIANG, "2026-11-26 10:00", **REPLY)
    story.then("send_back", HE, "2026-11-26 11:00", send_back="not_answered", reason="答非所问")
    assert counts(story.limit("handle", 2)) == (False, False, False)
    story.then("reply", JIANG, "2026-11-27 10:00", **REPLY).then("pass_review", HE, "2026-11-27 11:00")
    assert counts(story.limit("handle", 2)) == (False, True, True)
    assert (story.limit("handle", 1).live, counts(story.limit("handle", 1))) == (False, (False, True, True))
    assert counts(story.limit("rework", 1)) == (True, False, False)
    assert story.limits("rework", 2) == []
    assert story.tally().order.dispatches == 2


def test_withdrawn_in_time_and_taken_up_again_the_first_round_is_nobodys_case() -> None:
    story = Story("handling").then("withdraw", CHEN, "2026-11-24 09:00", reason="已解决")
    assert counts(story.limit("handle")) == (True, False, False)
    story.then("confirm_withdrawal", FANG, "2026-11-25 09:00", pressed=True)
    story.then("reopen", DU, "2026-12-02 09:00", ground="pressed", reason="被要求撤诉")
    assert counts(story.limit("handle")) == (True, False, False)
    assert counts(story.limit("first_contact")) == (True, False, False)
    assert counts(story.limit("rework")) == (False, False, False)


def test_withdrawn_late_it_was_late() -> None:
    story = Story("handling").then("withdraw", CHEN, "2026-12-01 09:00", reason="等不及了")
    assert counts(story.limit("handle")) == (False, False, False)


def test_a_rework_that_was_withdrawn_in_time_is_not_a_time_that_it_began() -> None:
    story = reworked().then("withdraw", CHEN, "2026-11-26 09:00", reason="算了")
    story.then("reopen", DU, "2026-11-27 09:00", ground="new_facts", reason="新账单")
    first, second = story.limits("rework")
    assert (first.turn, first.freed, second.turn, second.freed) == (1, True, 1, False)


def test_a_rework_whose_first_limit_stood_is_a_time_that_it_began() -> None:
    story = reworked().then("reply", MA, "2026-11-30 17:00", **REPLY)
    story.then("send_back", HE, "2026-11-30 17:10", send_back="no_file", reason="缺附件")
    story.then("withdraw", CHEN, "2026-12-01 09:00", reason="算了")
    story.then("reopen", DU, "2026-12-02 09:00", ground="new_facts", reason="新账单")
    assert [(one.turn, one.span, one.freed) for one in story.limits("rework")] == [
        (1, 1, False),
        (1, 2, True),
        (2, 1, False),
    ]


# -- joint work


def joint() -> Story:
    story = Story("accepted").then("dispatch", CHEN, "2026-11-23 10:10", lead=HEAT, assist=[HOUSING])
    return story.then("acknowledge", LIU, "2026-11-23 10:30").then("leg_acknowledge", XU, "2026-11-23 11:00")


def test_each_part_has_its_own_clocks() -> None:
    story = joint()
    handle = story.limit("handle", 2)
    assert (handle.unit, handle.lead, at(handle.due), handle.of.joint, handle.of.group) == (
        *(HOUSING, False, "11-26 17:30"),
        *(True, "bureau:middle"),
    )
    assert counts(handle) == (False, False, False)
    story.then("leg_reply", XU, "2026-11-24 10:00", measures="已核对")
    assert counts(story.limit("handle", 2)) == (False, True, True)
    assert counts(story.limit("acknowledge", 2)) == (False, True, True)
    assert (story.tally().order.legs, story.limits("first_contact", 2)) == (2, [])


def test_a_part_that_never_answered_is_late_when_the_order_closes_without_it() -> None:
    story = joint().then("first_contact", LIU, "2026-11-23 12:00", contact="reached", note="约好了")
    story.then("reply", MA, "2026-11-27 10:00", **REPLY, missing="住建局的核对")
    story.then("pass_review", HE, "2026-11-27 11:00").then("callback_attempt", FANG, "2026-11-30 09:30", **YES)
    story.then("close", FANG, "2026-11-30 09:35")
    assert counts(story.limit("handle", 2)) == (False, False, False)
    assert counts(story.limit("handle", 1)) == (False, True, True)


def test_released_after_its_reply_a_part_has_still_replied() -> None:
    story = joint().then("leg_reply", XU, "2026-11-24 10:00", measures="已核对")
    story.then("release_leg", CHEN, "2026-11-24 11:00", unit=HOUSING, reason="已无须配合")
    handle = story.limit("handle", 2)
    assert (counts(handle), handle.live, handle.of.joint) == ((False, True, True), False, False)


# -- no limit, and orders from elsewhere


def adopted(state: str, **more: Any) -> Story:
    foreign = {"state": state, "unit": HEAT, **more}
    return Story().then("adopt", SYSTEM, "2026-11-23 10:00", foreign=foreign)


def test_a_foreign_order_that_is_over() -> None:
    times = {"received_at": local("2026-11-02 09:00"), "replied_at": local("2026-11-05 09:00")}
    held = {**times, "closed_at": local("2026-11-06 09:00"), "matter": FEE, "kind": "help", "rating": "mostly"}
    story = adopted("closed", outcome="solved", due=local("2026-11-04 17:30"), set=held)
    handle = story.limit("handle")
    assert (at(handle.done), at(handle.given), handle.in_time) == ("11-05 09:00", "11-23 10:00", False)
    assert handle.day == date(2026, 11, 4)
    found = story.tally()
    assert found.rating is not None
    assert (found.rating.day, found.rating.via, found.rating.rating, found.rating.first_rating) == (
        *(date(2026, 11, 6), ""),
        *("mostly", "mostly"),
    )
    assert (found.rating.resolved, found.order.foreign, found.order.called) == ("", True, False)


def test_no_limit_is_never_late_and_counts_on_the_day_of_its_dispatch() -> None:
    held = {
        "received_at": local("2026-11-02 09:00"),
        "closed_at": local("2026-11-06 09:00"),
        "passed_at": local("2026-11-05 10:00"),
    }
    story = adopted("closed", outcome="solved", set=held)
    one = story.limit("handle")
    assert (one.due, one.day, at(one.done), at(one.given), one.in_time) == (
        *(None, date(2026, 11, 2), "11-06 09:00"),
        *("11-05 10:00", True),
    )
    open_ = adopted("handling").limit("handle")
    assert (open_.day, open_.done, open_.in_time) == (date(2026, 11, 23), None, True)
    story.then("reopen", DU, "2026-11-24 09:00", ground="new_facts", reason="又漏了")
    assert (at(story.limit("handle").done), counts(story.limit("rework"))) == ("11-06 09:00", (False, False, False))


def test_without_a_limit_a_reply_waits_for_review_like_any_other() -> None:
    story = adopted("handling", set={"person": 7001}).then("reply", MA, "2026-11-24 10:00", **REPLY)
    assert (story.limit("handle").day, story.limit("handle").given) == (date(2026, 11, 23), None)
    story.then("pass_review", HE, "2026-11-24 11:00")
    assert at(story.limit("handle").given) == "11-24 11:00"


def test_a_foreign_reply_is_accepted_only_where_the_other_system_had_accepted_it() -> None:
    due = local("2026-12-01 17:30")
    assert counts(adopted("replied", due=due).limit("handle")) == (False, True, False)
    assert counts(adopted("callback", due=due).limit("handle")) == (False, True, True)
    assert adopted("closed", outcome="direct_answer", unit=None).limits("handle") == []
    assert adopted("dispatched", due=due).tally().order.dispatches == 0


def test_a_foreign_order_that_is_parked() -> None:
    assert spans(adopted("shelved", due=local("2026-12-01 17:30")).limits("handle")) == [("", "", "shelved")]
    late = adopted("shelved", due=local("2026-11-20 17:30"), set={"received_at": local("2026-11-02 09:00")})
    assert spans(late.limits("handle")) == [("11-20 17:30", "", "shelved")]
    late.then("resume", DU, "2026-11-24 10:00", reason="可以办了")
    assert [
        (one.since_day, *held) for one, held in zip(late.limits("handle"), spans(late.limits("handle")), strict=True)
    ] == [
        (EVER, "11-20 17:30", "11-24 10:00", "shelved"),
        (date(2026, 11, 24), "11-20 17:30", "", ""),
    ]
    story = adopted("shelved")
    assert spans(story.limits("handle")) == [("", "", "")]
    story.then("resume", DU, "2026-11-24 10:00", reason="可以办了")
    assert spans(story.limits("handle")) == [("", "", "")]


# -- the centre


def test_details_asked_in_time_let_the_centre_off_and_the_next_dispatch_is_the_first() -> None:
    story = Story("needs_details")
    assert counts(story.limit("dispatch")) == (True, False, False)
    story.then("supply_details", ZHOU, "2026-11-23 14:00", details="3 号楼 502")
    first, second = story.limits("dispatch")
    assert (first.freed, first.turn, second.freed, second.turn, at(second.due)) == (True, 1, False, 1, "11-23 14:30")


def test_asked_too_late_the_centre_was_late() -> None:
    story = Story("accepted").then("ask_for_details", CHEN, "2026-11-23 11:00", question="请告知房号")
    story.then("supply_details", ZHOU, "2026-11-23 14:00", details="3 号楼 502").then(
        "dispatch", CHEN, "2026-11-23 14:10", lead=HEAT
    )
    assert [(one.turn, counts(one)) for one in story.limits("dispatch")] == [
        (1, (False, False, False)),
        (2, (False, True, True)),
    ]


def test_an_order_that_needs_no_unit_is_no_case_of_dispatch_however_late() -> None:
    story = Story("accepted").then("refuse", CHEN, "2026-11-23 11:00", refusal="litigation", told="请等法院判决")
    assert counts(story.limit("dispatch")) == (True, False, False)
    assert counts(story.limit("intake")) == (False, True, True)
    answered = Story("accepted").then("answer_directly", CHEN, "2026-11-23 11:00", public_reply="每平方米 5 元")
    assert counts(answered.limit("dispatch")) == (True, False, False)


def test_a_ruling_and_the_return_that_led_to_it() -> None:
    story = Story("ruling")
    assert counts(story.limit("return_decision")) == (True, False, False)
    assert counts(story.limit("ruling")) == (False, False, False)
    story.then("rule", CAI, "2026-11-24 10:00", lead=HEAT, legal_basis="三定方案")
    assert counts(story.limit("ruling")) == (False, True, True)
    assert story.tally().order.dispatches == 2


def test_a_return_that_nobody_decided_until_the_reply_came() -> None:
    story = Story("handling").then("first_contact", LIU, "2026-11-23 11:00", contact="reached", note="约好了")
    story.then("request_return", LIU, "2026-11-23 11:10", **RETURN)
    assert counts(story.limit("return_decision")) == (False, False, False)
    story.then("reply", MA, "2026-11-24 16:00", **REPLY)
    assert counts(story.limit("return_decision")) == (False, False, False)  # it was due on the 23rd


def test_a_return_refused_in_time() -> None:
    story = Story("handling").then("request_return", LIU, "2026-11-23 11:10", **RETURN)
    story.then("refuse_return", CHEN, "2026-11-23 14:00", request=1, reason="职责在贵司")
    assert counts(story.limit("return_decision")) == (False, True, True)
    assert counts(story.limit("handle")) == (False, False, False)


def test_an_instruction_is_the_units_to_answer() -> None:
    story = Story("handling").then("instruct", SHEN, "2026-11-23 11:00", instruction="请查明原因", unit=HEAT)
    assert (story.limit("instruction").unit, at(story.limit("instruction").due)) == (HEAT, "11-26 17:30")
    story.then("answer_instruction", LIU, "2026-11-27 09:00", request=1, answer="已查明")
    assert counts(story.limit("instruction")) == (False, False, True)


def test_a_request_without_a_limit_is_no_fact() -> None:
    city = Rules.from_parts(parts(limits=[one for one in PARTS["limits"] if one["clock"] != "return_decision"]))
    story = Story("handling").then("request_return", LIU, "2026-11-23 11:10", by_rules=city, **RETURN)
    assert [one.clock for one in story.tally(city).limits if one.part < 0] == []


# -- as it was on the day of the limit


def test_what_is_corrected_after_the_day_of_the_limit_does_not_move_it() -> None:
    story = Story("handling").then("correct", CHEN, "2026-11-24 23:30", reason="更正", region=SOUTH)
    assert story.limit("acknowledge").of.region == SOUTH
    story.then("correct", CHEN, "2026-11-25 00:30", reason="再更正", matter=STALLS, enterprise=True)
    acknowledge, handle, order = story.limit("acknowledge"), story.limit("handle"), story.tally().order
    assert (acknowledge.of.region, acknowledge.of.matter, acknowledge.of.enterprise) == (SOUTH, FEE, False)
    assert (handle.of.matter, handle.of.enterprise, order.of.matter) == (STALLS, True, STALLS)
    # Before the order said anything, it was as it first said.
    assert story.limit("intake").of.matter == FEE


def test_the_group_of_a_unit_is_by_the_rules_of_that_day() -> None:
    units = [{**one, "size": "large"} if one["code"] == HEAT else one for one in PARTS["units"]]
    grown = Rules.from_parts(parts(units=units))
    without = Rules.from_parts(parts(units=[one for one in PARTS["units"] if one["code"] != HEAT]))
    story = Story("handling").then("note", LIU, "2026-11-25 09:00", by_rules=grown, note="已入户")
    found = {one.clock: one.of.group for one in story.tally(grown).limits}
    assert (found["acknowledge"], found["handle"]) == ("company:middle", "company:large")
    story.then("note", CHEN, "2026-11-26 09:00", by_rules=without, note="单位已撤")
    assert story.tally(grown, without).order.of.group == ""


# -- ratings


def test_first_and_final_stay_apart_and_count_when_they_became_final() -> None:
    story = reworked().then("reply", MA, "2026-11-27 09:00", **REPLY).then("pass_review", HE, "2026-11-27 10:00")
    story.then("callback_attempt", FANG, "2026-12-01 09:30", **YES)
    assert story.tally().rating is None
    story.then("close", FANG, "2026-12-01 09:35")
    rating = story.tally().rating
    assert rating is not None
    assert (rating.day, rating.first_resolved, rating.first_rating) == (date(2026, 12, 1), "unresolved", "dissatisfied")
    assert (rating.resolved, rating.rating) == ("resolved", "satisfied")


def test_nobody_reached_is_nobody_rated() -> None:
    story = Story("callback")
    for moment in ("2026-11-25 09:30", "2026-11-25 15:00", "2026-11-26 19:00"):
        story.then("callback_attempt", FANG, moment, attempt="no_answer")
    story.then("close_unreachable", FANG, "2026-11-26 19:10")
    found = story.tally()
    assert (found.rating, found.order.called, found.order.reached) == (None, True, False)
    assert counts(story.limit("callback_first")) == (False, True, True)


def test_a_rating_by_the_citizen_is_a_callback_in_time() -> None:
    told = {"resolved": "resolved", "rating": "satisfied", "via": "sms"}
    story = Story("callback").then("rate", SYSTEM, "2026-11-24 20:00", **told)
    assert counts(story.limit("callback_first")) == counts(story.limit("callback_last")) == (False, True, True)
    rating = story.then("close", FANG, "2026-11-25 09:00").tally().rating
    assert rating is not None
    assert (rating.via, rating.day) == ("sms", date(2026, 11, 25))


def test_a_direct_answer_that_was_called_about_counts_on_the_day_of_the_call() -> None:
    story = Story("received").then("answer_directly", ZHOU, "2026-11-23 10:10", public_reply="每平方米 5 元")
    assert story.tally().rating is None
    rating = story.then("callback_attempt", FANG, "2026-11-26 09:30", **YES).tally().rating
    assert rating is not None
    assert (rating.day, rating.unit, rating.of.group) == (date(2026, 11, 26), "", "")


def test_a_merged_childs_rating_names_its_parent() -> None:
    parent = NUMBER + 1
    story = Story("accepted").then(
        "merge_into", CHEN, "2026-11-23 11:00", parent=parent, around=Around(parent_state="handling")
    )
    story.then("callback_attempt", FANG, "2026-11-26 09:30", around=Around(parent_state="callback"), **YES)
    found = story.tally()
    assert found.rating is not None
    assert (found.rating.parent, found.rating.unit, found.rating.day) == (parent, "", date(2026, 11, 26))
    assert (found.order.outcome, found.order.parent) == ("merged", parent)


# -- what is told of the whole order


def test_an_exempt_an_enterprises_an_erased_order() -> None:
    why = {"exemption": "unreasonable", "reason": "要求免交全部取暖费"}
    story = Story("closed").then("request_exemption", MA, "2026-11-26 09:00", **why)
    story.then("approve_exemption", DU, "2026-11-26 10:00", request=1)
    assert not story.tally().order.exempt
    story.then("approve_exemption", SONG, "2026-11-26 11:00", request=1)
    found = story.tally()
    assert found.order.exempt
    assert found.rating is not None
    assert found.rating.rating == "satisfied"
    assert story.then("erase", BAO, "2026-11-27 09:00", reason="本人申请").tally().order.person is None


def test_chases_and_joint_orders_are_told() -> None:
    story = joint()
    for hour in (12, 13):
        story.then("chase", RESIDENT, f"2026-11-23 {hour}:00")
    order = story.tally().order
    assert (order.chases, order.of.joint, order.legs) == (2, True, 2)
