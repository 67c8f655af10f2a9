"""What the events of a call make of it, and who may hear it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import permutations

import pytest

from jiesu.domain.calls import DEFAULTS, LISTENERS, Heard, Told, fold, may_listen, of_record, param, span
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor
from jiesu.domain.privacy import ROLES, sees
from jiesu.domain.workdays import CITY_ZONE

TEN = datetime(2026, 11, 23, 10, 0, tzinfo=CITY_ZONE)
TODAY, YESTERDAY = date(2026, 11, 23), date(2026, 11, 22)


def s(seconds: float) -> datetime:
    return TEN + timedelta(seconds=seconds)


OFFERED = Told(s(0), "offered", caller="13800003333", called="12345", direction="in")
ANSWERED = Told(s(9), "answered", "8012")
ENDED = Told(s(100), "ended", reason="hung_up")


def test_any_order_of_the_events_says_the_same() -> None:
    told = [OFFERED, ANSWERED, Told(s(40), "transferred", "8013"), ENDED]
    said = fold(told)
    assert {fold([*some, *some[:2]]) for some in permutations(told)} == {said}
    assert (said.outcome, said.agent, said.moved_at, said.transfers) == ("answered", "8013", s(40), 1)
    assert (said.offered_at, said.answered_at, said.ended_at, said.resident) == (s(0), s(9), s(100), "13800003333")


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [("", "dropped"), ("hung_up", "dropped"), ("no_answer", "missed"), ("closed", "missed"), ("failed", "missed")],
)
def test_nobody_took_it(reason: str, outcome: str) -> None:
    line = fold([OFFERED, Told(s(20), "ended", reason=reason)])
    assert (line.outcome, line.agent, line.moved_at) == (outcome, "", None)


def test_while_it_rings_it_has_no_outcome() -> None:
    assert (fold([OFFERED]).outcome, fold([OFFERED]).ended_at) == ("", None)


def test_where_the_answer_was_lost_the_first_sign_of_a_talk_counts() -> None:
    line = fold([OFFERED, Told(s(30), "held"), Told(s(45), "resumed"), ENDED])
    assert (line.answered_at, line.outcome, line.held_seconds, line.on_hold) == (s(30), "answered", 15, False)


def test_on_hold_until_somebody_comes_back_or_it_ends() -> None:
    held = [OFFERED, ANSWERED, Told(s(20), "held"), Told(s(25), "held")]
    assert (fold(held).on_hold, fold(held).held_seconds) == (True, 0)
    assert (fold([*held, ENDED]).on_hold, fold([*held, ENDED]).held_seconds) == (False, 80)
    assert fold([*held, Told(s(30), "resumed"), Told(s(33), "resumed")]).held_seconds == 10


def test_a_call_out_belongs_to_who_dialled_and_is_never_dropped() -> None:
    dialled = Told(s(0), "offered", "s12", called="13800003333", direction="out")
    line = fold([dialled, Told(s(30), "ended", reason="hung_up")])
    assert (line.agent, line.resident, line.outcome, line.moved_at) == ("s12", "13800003333", "missed", s(0))


def test_the_last_recording_counts() -> None:
    assert (
        fold([OFFERED, Told(s(3), "recorded", recording="a"), Told(s(4), "recorded", recording="b")]).recording == "b"
    )
    assert fold([Told(s(3), "ended")]).recording == ""


def test_a_finished_call_told_whole_is_its_events() -> None:
    told = of_record(offered_at=s(0), answered_at=s(9), ended_at=s(100), agent="8012", caller="13800003333")
    assert [one.kind for one in told] == ["offered", "answered", "ended"]
    out = of_record(offered_at=s(0), answered_at=None, ended_at=s(30), direction="out", agent="s12", called="138")
    assert (fold(told).agent, fold(out).agent, fold(out).outcome) == ("8012", "s12", "missed")
    for answered, ended in ((None, -1), (-1, 9), (10, 9)):
        with pytest.raises(Refused, match="时间前后矛盾"):
            of_record(offered_at=s(0), answered_at=None if answered is None else s(answered), ended_at=s(ended))


# -- recordings


def heard(*, agent: str = "s1", day: date = TODAY, linked: bool = True, guarded: bool = False) -> Heard:
    return Heard(agent, day, linked, guarded)


def who(*roles: str, id_: str = "s1") -> Actor:
    return Actor(id_, tuple((role, "CENTER") for role in roles))


def answer(actor: Actor, call: Heard) -> tuple[str, bool] | str:
    try:
        return may_listen(actor, call, TODAY)
    except Forbidden as no:
        return no.message


def test_an_agent_hears_his_own_calls_of_today() -> None:
    assert answer(who("agent"), heard()) == ("agent", False)
    assert answer(who("agent"), heard(guarded=True)) == ("agent", True)
    assert answer(who("agent"), heard(day=YESTERDAY)) == "话务员只能听自己当天的通话"
    assert answer(who("agent", id_="s2"), heard()) == "话务员只能听自己当天的通话"


def test_others_of_the_centre_hear_what_their_work_needs() -> None:
    other = heard(agent="s9", day=YESTERDAY)
    assert answer(who("inspector"), other) == ("inspector", False)
    assert answer(who("inspector"), heard(agent="s9", guarded=True)) == ("inspector", True)
    assert answer(who("supervisor"), other) == ("supervisor", True)
    assert answer(who("dpo"), other) == ("dpo", True)
    assert answer(who("reviewer"), other) == ("reviewer", True)
    assert answer(who("reviewer"), heard(linked=False)) == "这通电话没有关联工单，您的角色不能听"
    assert answer(who("callback_clerk"), heard(day=YESTERDAY)) == ("callback_clerk", False)
    assert answer(who("callback_clerk"), other) == "只能听自己的通话"
    assert answer(who("arbiter"), heard(guarded=True)) == "您的角色不能听通话录音"


def test_of_two_roles_the_one_that_asks_no_reason_wins() -> None:
    assert answer(who("supervisor", "inspector"), heard()) == ("inspector", False)
    assert answer(who("agent", "supervisor"), heard(agent="s9")) == ("supervisor", True)


@pytest.mark.parametrize(
    "role", ["unit_clerk", "unit_leader", "analyst", "city_leader", "administrator", "citizen", "exchange"]
)
def test_nobody_else_hears_anything(role: str) -> None:
    assert answer(who(role), heard()) == "您的角色不能听通话录音"


def test_the_listeners_are_those_whom_the_table_of_privacy_lets() -> None:
    let = {one for one in ROLES if sees(one, "recording", own_unit=True, secret=False, kind="") != "nothing"}
    assert set(LISTENERS) == let


def test_the_city_may_set_other_limits() -> None:
    assert param({"call_back_urgent": 2}, "call_back_urgent") == 2
    assert param({}, "call_back") == DEFAULTS["call_back"] == [0.5, "work_hour"]
    assert span({"call_back_age": [2, "day"]}, "call_back_age") == timedelta(days=2)
