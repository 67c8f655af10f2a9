"""The working calendar, told with the real arrangement of 2026 and a 2027 that nobody has announced."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain.workdays import CITY_ZONE, OFFICE_HOURS, Calendar, statutory_holidays


def announced(*years: int) -> Calendar:
    """The official arrangement of `years`, read day by day from the library that knows it."""
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    worked = {day: chinese_calendar.is_workday(day) for day in every if day.year in years}
    return Calendar({day: works for day, works in worked.items() if works != (day.weekday() < 5)}, frozenset(years))


CITY = announced(2025, 2026)


def local(text: str) -> datetime:
    """A moment given in city time."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


moments = st.datetimes(datetime(2025, 1, 5), datetime(2028, 12, 1), timezones=st.just(CITY_ZONE))  # noqa: DTZ001


def test_a_moved_saturday_is_worked_and_the_holiday_is_not() -> None:
    # Spring Festival 2026: free from 15 to 23 February, paid with Saturdays 14 and 28 February.
    assert CITY.is_workday(date(2026, 2, 14))
    assert CITY.is_workday(date(2026, 2, 28))
    assert not CITY.is_workday(date(2026, 2, 23))
    assert CITY.is_workday(date(2026, 2, 24))
    assert not CITY.is_workday(date(2026, 3, 1))


def test_the_day_of_dispatch_is_not_counted() -> None:
    assert CITY.add_working_days(local("2026-11-23T09:00"), 1) == local("2026-11-24T17:30")
    assert CITY.add_working_days(local("2026-11-23T09:00"), 5) == local("2026-11-30T17:30")


def test_five_working_days_over_the_national_holiday() -> None:
    # Dispatched on Tuesday 29 September: 30 September, 8, 9, 10 (a moved Saturday) and 12 October.
    due = CITY.add_working_days(local("2026-09-29T14:00"), 5)
    assert due == local("2026-10-12T17:30")
    assert due.tzinfo is UTC


def test_dispatched_on_a_holiday_the_first_day_of_work_is_day_one() -> None:
    assert CITY.add_working_days(local("2026-10-03T10:00"), 1) == local("2026-10-08T17:30")
    assert CITY.add_working_days(local("2026-10-03T10:00"), 1, count_start=True) == local("2026-10-08T17:30")


def test_a_city_that_counts_the_starting_day() -> None:
    assert CITY.add_working_days(local("2026-11-23T17:29"), 1, count_start=True) == local("2026-11-23T17:30")
    # At the close of work nothing of the day is left to count.
    assert CITY.add_working_days(local("2026-11-23T17:30"), 1, count_start=True) == local("2026-11-24T17:30")
    assert CITY.add_working_days(local("2026-11-23T17:29"), 3, count_start=True) == local("2026-11-25T17:30")


def test_the_starting_day_is_a_day_of_the_city_not_of_greenwich() -> None:
    # 00:30 on Tuesday in the city is still Monday in UTC.
    start = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert CITY.civil_day(start) == date(2026, 11, 24)
    assert CITY.add_working_days(start, 1) == local("2026-11-25T17:30")


def test_over_the_new_year_into_a_year_not_announced() -> None:
    # Friday 1 January 2027 is free by law; Monday 4 January is inferred to be worked, and says so.
    assert CITY.add_working_days(local("2026-12-31T10:00"), 1) == local("2027-01-04T17:30")
    assert CITY.is_announced(date(2026, 12, 31))
    assert not CITY.is_announced(date(2027, 1, 4))


def test_a_day_that_the_city_decided_is_announced_even_in_an_open_year() -> None:
    storm = Calendar(days={date(2027, 8, 4): False})
    assert not storm.is_workday(date(2027, 8, 4))
    assert storm.is_announced(date(2027, 8, 4))
    assert not storm.is_announced(date(2027, 8, 5))


def test_a_year_not_announced_has_the_holidays_fixed_by_law() -> None:
    plain = Calendar()
    free = [date(2027, 2, 5) + timedelta(days=n) for n in range(4)]
    free += [date(2027, 4, 5), date(2027, 6, 9), date(2027, 9, 15), date(2027, 5, 1), date(2027, 10, 1)]
    assert [day for day in free if plain.is_workday(day)] == []
    assert plain.is_workday(date(2027, 2, 9))
    assert plain.is_workday(date(2027, 5, 3))
    assert len(statutory_holidays(2027)) == 13


def test_holidays_by_law_never_contradict_the_years_that_are_known() -> None:
    known = {day for year in (2025, 2026) for day in statutory_holidays(year)}
    assert len(known) == 12
    assert [day for day in sorted(known) if chinese_calendar.is_workday(day)] == []


def test_beyond_the_table_only_dates_of_the_solar_calendar_are_known() -> None:
    assert sorted(statutory_holidays(2036)) == [
        date(2036, 1, 1),
        date(2036, 5, 1),
        date(2036, 5, 2),
        date(2036, 10, 1),
        date(2036, 10, 2),
        date(2036, 10, 3),
    ]


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-23T09:00", 60, "2026-11-23T10:00"),
        ("2026-11-23T07:00", 60, "2026-11-23T10:00"),
        ("2026-11-23T11:30", 30, "2026-11-23T12:00"),
        ("2026-11-23T11:30", 31, "2026-11-23T13:31"),
        ("2026-11-23T12:30", 60, "2026-11-23T14:30"),
        ("2026-11-23T17:00", 30, "2026-11-23T17:30"),
        ("2026-11-23T17:00", 31, "2026-11-24T09:01"),
        ("2026-11-23T20:00", 420, "2026-11-24T17:30"),
        ("2026-09-30T16:30", 120, "2026-10-08T10:00"),
        ("2026-10-09T17:00", 60, "2026-10-10T09:30"),
        ("2026-12-31T16:30", 61, "2027-01-04T09:01"),
        ("2026-11-23T12:30", 0, "2026-11-23T12:30"),
        ("2026-11-23T09:00", 0.5, "2026-11-23T09:00:30"),
    ],
)
def test_working_minutes_pass_only_while_people_work(start: str, minutes: float, end: str) -> None:
    assert CITY.add_working_minutes(local(start), minutes) == local(end)
    assert CITY.working_minutes_between(local(start), local(end)) == minutes


def test_working_time_between_two_moments() -> None:
    monday, friday = local("2026-11-23T10:00"), local("2026-11-27T15:00")
    assert CITY.working_minutes_between(monday, friday) == 4 * 420 + 120 - 30 + 120
    assert CITY.working_minutes_between(friday, monday) == -(4 * 420 + 120 - 30 + 120)
    assert CITY.working_days_between(monday, friday) == 4
    assert CITY.working_days_between(friday, monday) == -4
    assert CITY.working_minutes_between(local("2026-10-01T08:00"), local("2026-10-07T23:00")) == 0
    assert CITY.working_minutes_between(local("2025-12-31T16:30"), local("2027-01-04T10:00")) == (
        60 + 60 + 420 * sum(CITY.is_workday(date(2026, 1, 1) + timedelta(days=n)) for n in range(365))
    )
    assert CITY.working_days_between(local("2026-12-31T10:00"), local("2027-01-04T10:00")) == 1


def test_part_of_the_working_time() -> None:
    start, due = local("2026-11-23T10:00"), local("2026-11-24T17:30")
    assert CITY.working_part(start, due, 0.5) == local("2026-11-24T09:30")
    assert CITY.working_part(start, due, 1) == due
    assert CITY.working_part(start, due, 0) == start
    assert CITY.working_part(local("2026-10-01T08:00"), local("2026-10-07T23:00"), 0.75) == local("2026-10-01T08:00")


def test_calendar_days_end_with_the_day_and_count_every_day() -> None:
    assert CITY.add_calendar_days(local("2026-09-30T10:00"), 3) == local("2026-10-03T23:59:59")
    assert CITY.add_calendar_days(local("2026-09-30T10:00"), 3, count_start=True) == local("2026-10-02T23:59:59")
    assert CITY.add_calendar_days(local("2026-09-30T23:59:59"), 1, count_start=True) == local("2026-10-01T23:59:59")


def test_the_document_is_canonical_and_comes_back_equal() -> None:
    doc = CITY.to_doc()
    again = Calendar.from_doc(json.loads(json.dumps(doc)))
    assert again == CITY
    assert hash(again) == hash(CITY)
    reordered = Calendar(dict(sorted(CITY.days.items(), reverse=True)), CITY.announced)
    assert json.dumps(reordered.to_doc()) == json.dumps(doc)
    assert doc["announced"] == [2025, 2026]
    assert doc["days"]["2026-02-14"] is True
    assert doc["days"]["2026-10-07"] is False
    assert doc["hours"] == [["09:00", "12:00"], ["13:30", "17:30"]]
    assert doc["zone"] == "Asia/Shanghai"


def test_using_a_calendar_does_not_change_its_document() -> None:
    used = announced(2026)
    before = used.to_doc()
    used.add_working_days(local("2026-11-23T10:00"), 300)
    assert used.to_doc() == before
    assert used == announced(2026)


def test_a_city_with_one_long_period_in_another_zone() -> None:
    west = Calendar(hours=((time(10, 0), time(18, 0)),), zone=ZoneInfo("Asia/Urumqi"))
    assert west.minutes_a_day == 480
    assert west.close_of(date(2027, 3, 1)) == datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
    assert west.add_working_minutes(datetime(2027, 3, 1, 11, 0, tzinfo=UTC), 90) == datetime(
        2027, 3, 2, 4, 30, tzinfo=UTC
    )
    assert Calendar.from_doc(west.to_doc()) == west


def test_a_city_that_changes_its_clocks_keeps_its_hours_by_the_clock_on_the_wall() -> None:
    # On Sunday 8 March 2026 clocks go from 02:00 to 03:00; here somebody works that night.
    night = Calendar({date(2026, 3, 8): True}, hours=((time(1, 0), time(5, 0)),), zone=ZoneInfo("America/New_York"))
    assert night.close_of(date(2026, 3, 6)) == datetime(2026, 3, 6, 10, 0, tzinfo=UTC)
    assert night.close_of(date(2026, 3, 8)) == datetime(2026, 3, 8, 9, 0, tzinfo=UTC)
    assert night.close_of(date(2026, 3, 9)) == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    friday = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
    assert night.add_working_days(friday, 1) == datetime(2026, 3, 8, 9, 0, tzinfo=UTC)
    assert night.add_working_minutes(friday, 60 + 30) == datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
    assert night.add_working_minutes(friday, 60 + 240 + 30) == datetime(2026, 3, 9, 5, 30, tzinfo=UTC)
    # Still the last evening of 2026 there; Friday 1 January is free.
    assert night.add_working_minutes(datetime(2027, 1, 1, 3, 0, tzinfo=UTC), 30) == datetime(
        2027, 1, 4, 6, 30, tzinfo=UTC
    )


@given(
    start=moments,
    minutes=st.floats(1, 9_000),
    days=st.integers(1, 90),
    part=st.floats(0.01, 1),
    hours=st.sampled_from([OFFICE_HOURS, ((time(1, 0), time(23, 59)),)]),
)
def test_clocks_that_are_changed_on_a_free_day_change_nothing_on_the_wall(
    start: datetime, minutes: float, days: int, part: float, hours: tuple[tuple[time, time], ...]
) -> None:
    # In Santiago de Chile it is done in the nights before two Sundays.
    told = []
    for zone in (CITY_ZONE, ZoneInfo("America/Santiago")):
        calendar, at = Calendar(hours=hours, zone=zone), start.replace(tzinfo=zone).astimezone(UTC)
        ends = calendar.working_minutes_and_part(at, minutes, part) + calendar.working_days_and_part(at, days, part)
        between = calendar.working_days_between(at, ends[0]), calendar.working_minutes_between(at, ends[2])
        told.append(([end.astimezone(zone).replace(tzinfo=None) for end in ends], between))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "hours",
    [
        (),
        ((time(12, 0), time(9, 0)),),
        ((time(9, 0), time(12, 0)), (time(11, 0), time(17, 30))),
        ((time(9, 0), time(12, 0)), (time(12, 0), time(17, 30))),
    ],
)
def test_hours_out_of_order_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="periods in order"):
        Calendar(hours=hours)


def test_hours_with_seconds_are_refused() -> None:
    with pytest.raises(ValueError, match="whole minutes"):
        Calendar(hours=((time(9, 0, 30), time(17, 30)),))


def test_naive_moments_are_refused() -> None:
    naive, aware = datetime(2026, 11, 23, 9, 0), local("2026-11-23T09:00")  # noqa: DTZ001
    calls: list[Callable[[], object]] = [
        lambda: CITY.add_working_days(naive, 1),
        lambda: CITY.add_calendar_days(naive, 1),
        lambda: CITY.add_working_minutes(naive, 0),
        lambda: CITY.add_working_minutes(naive, 5),
        lambda: CITY.working_minutes_between(naive, aware),
        lambda: CITY.working_days_between(aware, naive),
        lambda: CITY.working_part(naive, naive, 0.5),
        lambda: CITY.working_days_and_part(naive, 1, 0.5),
        lambda: CITY.working_minutes_and_part(naive, 0, 0.5),
        lambda: CITY.civil_day(naive),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="naive datetime 2026-11-23T09:00:00"):
            call()


def test_amounts_that_mean_nothing_are_refused() -> None:
    start = local("2026-11-23T09:00")
    with pytest.raises(ValueError, match="at least 1: 0"):
        CITY.add_working_days(start, 0)
    with pytest.raises(ValueError, match="at least 1: -2"):
        CITY.add_calendar_days(start, -2)
    with pytest.raises(ValueError, match="not be negative"):
        CITY.add_working_minutes(start, -1)


def test_a_moment_is_not_a_civil_day() -> None:
    with pytest.raises(TypeError, match="use civil_day"):
        CITY.is_workday(local("2026-11-23T09:00"))


@given(start=moments, minutes=st.integers(0, 60_000), more=st.integers(0, 5_000))
def test_minutes_added_are_the_minutes_between(start: datetime, minutes: int, more: int) -> None:
    end = CITY.add_working_minutes(start, minutes)
    assert end >= start
    assert CITY.working_minutes_between(start, end) == minutes
    assert CITY.add_working_minutes(start, minutes + more) >= end


@given(start=moments, days=st.integers(1, 400), count_start=st.booleans())
def test_days_added_end_at_a_close_of_work_and_are_the_days_between(
    start: datetime, days: int, count_start: bool
) -> None:
    due = CITY.add_working_days(start, days, count_start=count_start)
    day = CITY.civil_day(due)
    assert due > start
    assert CITY.is_workday(day)
    assert due == CITY.close_of(day)
    if not count_start:
        assert CITY.working_days_between(start, due) == days


@given(a=moments, b=moments, c=moments)
def test_working_time_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    whole = CITY.working_minutes_between(a, c)
    assert whole == pytest.approx(CITY.working_minutes_between(a, b) + CITY.working_minutes_between(b, c), abs=1e-6)
    assert CITY.working_days_between(a, c) == CITY.working_days_between(a, b) + CITY.working_days_between(b, c)


@given(start=moments, days=st.integers(0, 90))
def test_working_days_agree_with_a_walk_over_the_days(start: datetime, days: int) -> None:
    end = start + timedelta(days=days)
    walked = sum(CITY.is_workday(CITY.civil_day(start) + timedelta(days=n + 1)) for n in range(days))
    assert CITY.working_days_between(start, end) == walked


@given(start=moments, days=st.integers(1, 300), part=st.floats(0, 1), count_start=st.booleans())
def test_days_and_their_part_are_what_each_gives_alone(
    start: datetime, days: int, part: float, count_start: bool
) -> None:
    due = CITY.add_working_days(start, days, count_start=count_start)
    both = CITY.working_days_and_part(start, days, part, count_start=count_start)
    assert both == (due, CITY.working_part(start, due, part))


@given(start=moments, minutes=st.floats(0, 60_000), part=st.floats(0, 1))
def test_minutes_and_their_part_are_what_each_gives_alone(start: datetime, minutes: float, part: float) -> None:
    due = CITY.add_working_minutes(start, minutes)
    assert CITY.working_minutes_and_part(start, minutes, part) == (due, CITY.working_part(start, due, part))


@given(start=moments, minutes=st.integers(1, 900))
def test_working_minutes_agree_with_a_walk_over_the_minutes(start: datetime, minutes: int) -> None:
    at = start.replace(second=0, microsecond=0)
    due, left = at, minutes
    while left:
        clock = due.time()
        worked = CITY.is_workday(due.date()) and any(opens <= clock < closes for opens, closes in CITY.hours)
        due += timedelta(minutes=1)
        left -= worked
    assert CITY.add_working_minutes(at, minutes) == due
