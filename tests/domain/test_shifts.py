"""Which shift runs, who answers when, and whose desk is handed over."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain import handover
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor
from jiesu.domain.rosters import DAY, Line, turns
from jiesu.domain.shifts import name_of, running, shifts_of
from tests.cast import CENTER, CHEN, DU, FANG, GUAN, LIU, ZHOU, local

TWO = shifts_of({})
THREE = shifts_of(
    {
        "shifts": [
            ["am", "早班", "07:30", "13:00"],
            ["pm", "中班", "12:30", "20:30"],
            ["night", "夜班", "20:30", "07:00"],
        ]
    }
)


@pytest.mark.parametrize(
    ("at", "code", "day", "until"),
    [
        ("2026-11-23 08:00", "day", 23, "2026-11-23 20:00"),
        ("2026-11-23 19:59", "day", 23, "2026-11-23 20:00"),
        ("2026-11-23 20:00", "night", 23, "2026-11-24 08:00"),
        ("2026-11-24 00:30", "night", 23, "2026-11-24 08:00"),
        ("2026-12-31 23:00", "night", 31, "2027-01-01 08:00"),
    ],
)
def test_a_shift_belongs_to_the_day_on_which_it_began(at: str, code: str, day: int, until: str) -> None:
    held = running(local(at), TWO)
    assert held is not None
    assert (held.shift.code, held.day.day, held.until) == (code, day, local(until))


def test_of_two_that_overlap_the_later_runs_and_between_two_there_is_none() -> None:
    held = running(local("2026-11-23 12:45"), THREE)
    assert held is not None
    assert held.shift.zh == "中班"
    assert running(local("2026-11-23 07:15"), THREE) is None
    assert (name_of("night", THREE), name_of("gone", THREE)) == ("夜班", "gone")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)))  # noqa: DTZ001 - given a zone below
def test_of_two_shifts_of_twelve_hours_one_always_runs(at: datetime) -> None:
    now = at.replace(tzinfo=UTC)
    held = running(now, TWO)
    assert held is not None
    assert held.since <= now < held.until
    assert held.until - held.since == timedelta(hours=12)


# -- a unit's roster

MONDAY = date(2026, 11, 23)


def line(id_: int, weekday: int | None, begins: str, ends: str, name: str) -> Line:
    return Line(id_, weekday, time.fromisoformat(begins), time.fromisoformat(ends), name, f"1990000{id_:04}")


def told(lines: list[Line], day: date = MONDAY) -> list[tuple[str, str]]:
    return [(one.hours, one.name) for one in turns(lines, day)]


def test_a_night_belongs_to_the_day_on_which_it_began() -> None:
    nights = [line(at, at, "20:00", "08:00", f"夜{at}") for at in range(7)]
    days = [line(10, None, "08:00", "20:00", "白")]
    assert told([*days, *nights]) == [("00:00–08:00", "夜6"), ("08:00–20:00", "白"), ("20:00–24:00", "夜0")]


def test_the_days_own_line_and_the_later_one_come_first_and_a_gap_stays_one() -> None:
    lines = [
        line(1, None, "08:00", "18:00", "常"),
        line(2, 0, "12:00", "14:00", "周一"),
        line(3, None, "16:00", "18:00", "后写"),
    ]
    assert told(lines) == [
        ("08:00–12:00", "常"), ("12:00–14:00", "周一"), ("14:00–16:00", "常"), ("16:00–18:00", "后写"),
    ]  # fmt: skip
    assert told(lines, MONDAY + timedelta(days=1))[0] == ("08:00–16:00", "常")
    assert told([]) == []


def test_a_whole_day_may_be_written_to_the_last_minute() -> None:
    assert told([line(1, None, "00:00", "23:59", "全天")]) == [("00:00–24:00", "全天")]
    assert told([line(1, None, "12:00", "00:00", "下午")]) == [("12:00–24:00", "下午")]


_LINES = st.lists(
    st.builds(
        Line,
        st.integers(1, 10**6),
        st.one_of(st.none(), st.integers(0, 6)),
        st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        st.sampled_from("甲乙丙丁"),
        st.just("1"),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


@given(_LINES, st.dates(MONDAY, date(2027, 1, 31)))
def test_a_day_is_told_in_order_without_overlap_and_never_twice_the_same(lines: list[Line], day: date) -> None:
    found = turns(lines, day)
    assert all(0 <= one.begins < one.ends <= DAY for one in found)
    for before, after in pairwise(found):
        assert before.ends <= after.begins
        assert before.ends < after.begins or before.name != after.name


# -- whose desk it is


def test_everybody_hands_over_his_own_desk_and_who_answers_for_all_reads_all() -> None:
    both = Actor("both", (("agent", CENTER), ("dispatcher", CENTER)))
    assert [handover.desks_of(one) for one in (ZHOU, CHEN, FANG, DU, LIU, both)] == [
        ["intake"], ["dispatch"], ["callback"], ["supervise"], [], ["intake", "dispatch"],
    ]  # fmt: skip
    assert handover.read_by(ZHOU) == ["intake"]
    assert handover.read_by(GUAN) == handover.read_by(DU) == list(handover.DESKS)
    with pytest.raises(Forbidden, match="“回访”由本台的人交接"):
        handover.must_hold(ZHOU, "callback")
    with pytest.raises(Refused, match="没有这个工作台"):
        handover.must_hold(ZHOU, "kitchen")
    assert all(name in handover.GROUPS for desk in handover.DESKS.values() for name in desk.groups)
