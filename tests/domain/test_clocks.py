"""Limits and clocks: deadlines, amber and red, and how a screen says them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain.clocks import (
    MEASURES,
    Limit,
    Measure,
    amber_at,
    colour,
    deadline,
    due_words,
    ends,
    half_at,
    moment_at,
    scale,
    share,
    words,
)
from jiesu.domain.workdays import CITY_ZONE, Calendar

# The arrangement of 2026 around the days these stories use; the whole year is in test_workdays.
NATIONAL = {date(2026, 10, n): False for n in (1, 2, 5, 6, 7)}
MOVED = {date(2026, 9, 20): True, date(2026, 10, 10): True, date(2026, 9, 25): False}
CITY = Calendar(days=NATIONAL | MOVED, announced=frozenset({2026}))


def local(text: str) -> datetime:
    """A moment given in city time."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


MONDAY = local("2026-11-23T10:00")
moments = st.datetimes(datetime(2026, 9, 10), datetime(2027, 3, 1), timezones=st.just(CITY_ZONE))  # noqa: DTZ001
limits = st.builds(Limit, st.integers(1, 40), st.sampled_from(MEASURES))


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        (Limit(30, "min"), "2026-11-23T10:30"),
        (Limit(24, "hour"), "2026-11-24T10:00"),
        (Limit(4, "work_hour"), "2026-11-23T15:30"),
        (Limit(8, "work_hour"), "2026-11-24T11:00"),
        (Limit(1, "work_day"), "2026-11-24T17:30"),
        (Limit(5, "work_day"), "2026-11-30T17:30"),
        (Limit(10, "day"), "2026-12-03T23:59:59"),
    ],
)
def test_every_measure_has_its_own_end(limit: Limit, due: str) -> None:
    end = deadline(MONDAY, limit, CITY)
    assert end == local(due)
    assert end.tzinfo is UTC


def test_counting_the_starting_day_touches_days_only() -> None:
    assert deadline(MONDAY, Limit(1, "work_day"), CITY, count_start=True) == local("2026-11-23T17:30")
    assert deadline(MONDAY, Limit(1, "day"), CITY, count_start=True) == local("2026-11-23T23:59:59")
    assert deadline(MONDAY, Limit(2, "hour"), CITY, count_start=True) == local("2026-11-23T12:00")


def test_an_order_of_before_the_national_holiday() -> None:
    start, five = local("2026-09-29T14:00"), Limit(5, "work_day")
    assert deadline(start, five, CITY) == local("2026-10-12T17:30")
    # 210 minutes of the 29th and five days: 2,310 working minutes. Three quarters end on the moved Saturday.
    assert amber_at(start, five, CITY) == local("2026-10-10T14:52:30")
    assert half_at(start, five, CITY) == local("2026-10-09T10:45")


def test_amber_of_natural_time_is_natural() -> None:
    assert amber_at(MONDAY, Limit(20, "min"), CITY) == local("2026-11-23T10:15")
    assert half_at(MONDAY, Limit(30, "min"), CITY) == local("2026-11-23T10:15")


def test_the_used_share_is_in_the_limits_own_measure() -> None:
    due = deadline(MONDAY, Limit(1, "work_day"), CITY)
    night = local("2026-11-23T23:00")
    assert share(MONDAY, due, MONDAY, "work_day", CITY) == 0
    assert share(MONDAY, due, night, "work_day", CITY) == 360 / 780
    assert share(MONDAY, due, night, "day", CITY) == 13 / 31.5
    assert share(MONDAY, due, due, "work_day", CITY) == 1
    # Nobody works at night, so a working clock that has run out stands still until morning.
    assert share(MONDAY, due, local("2026-11-24T23:00"), "work_day", CITY) == 1
    assert share(MONDAY, due, local("2026-11-25T10:18"), "work_day", CITY) == 858 / 780
    assert share(MONDAY, due, MONDAY - timedelta(days=3), "work_day", CITY) == 0


def test_a_limit_without_time_in_it_is_used_up_at_its_end() -> None:
    saturday, sunday = local("2026-11-28T10:00"), local("2026-11-29T10:00")
    assert share(saturday, sunday, saturday, "work_hour", CITY) == 0
    assert share(saturday, sunday, sunday, "work_hour", CITY) == 1
    assert share(sunday, saturday, sunday, "hour", CITY) == 1


def test_a_limit_already_over_when_it_began_is_amber_at_its_end() -> None:
    due = MONDAY - timedelta(days=2)
    assert moment_at(MONDAY, due, "work_day", CITY, 0.75) == due
    with pytest.raises(ValueError, match=r"between 0 and 1: 1\.5"):
        moment_at(due, MONDAY, "day", CITY, 1.5)
    with pytest.raises(ValueError, match=r"between 0 and 1: -0\.1"):
        ends(MONDAY, Limit(1, "day"), CITY, -0.1)


def test_colours() -> None:
    due = local("2026-11-24T17:30")
    amber = local("2026-11-24T14:15")
    assert colour(MONDAY, due, amber, MONDAY) == "green"
    assert colour(MONDAY, due, amber, amber) == "amber"
    assert colour(MONDAY, due, amber, due) == "amber"
    assert colour(MONDAY, due, amber, due + timedelta(seconds=1)) == "red"
    assert colour(MONDAY, due, MONDAY - timedelta(hours=1), MONDAY - timedelta(minutes=1)) == "green"


def test_an_assisting_leg_has_three_fifths_of_the_leads_limit() -> None:
    assert scale(Limit(5, "work_day"), 0.6) == Limit(3, "work_day")
    assert scale(Limit(15, "work_day"), 0.6) == Limit(9, "work_day")
    assert scale(Limit(24, "hour"), 0.6) == Limit(15, "hour")
    # Whole units, rounded up, never longer than the lead's own.
    assert scale(Limit(2, "work_day"), 0.6) == Limit(2, "work_day")
    assert scale(Limit(1, "work_day"), 0.6) == Limit(1, "work_day")
    assert scale(Limit(0.5, "hour"), 0.6) == Limit(0.5, "hour")


def test_a_storm_lengthens_a_limit() -> None:
    assert scale(Limit(5, "work_day"), 1.5) == Limit(8, "work_day")
    assert scale(Limit(0.5, "hour"), 1.5) == Limit(1, "hour")
    for factor in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="must be positive"):
            scale(Limit(5, "work_day"), factor)


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (Limit(5, "work_day"), "5 个工作日"),
        (Limit(30, "min"), "30 分钟"),
        (Limit(4.0, "work_hour"), "4 个工作小时"),
        (Limit(1.5, "hour"), "1.5 小时"),
        (Limit(10, "day"), "10 个自然日"),
    ],
)
def test_limits_in_words_and_in_documents(limit: Limit, said: str) -> None:
    assert limit.zh() == said
    assert Limit.from_doc(limit.to_doc()) == limit


def test_documents_are_canonical() -> None:
    assert str(Limit(5.0, "work_day").to_doc()) == "[5, 'work_day']"


@pytest.mark.parametrize("amount", [0, -1, float("nan"), float("inf"), True])
def test_amounts_that_are_no_time_are_refused(amount: float) -> None:
    with pytest.raises(ValueError, match="positive amount"):
        Limit(amount, "hour")


def test_half_days_and_unknown_measures_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must be whole: 2\.5"):
        Limit(2.5, "work_day")
    with pytest.raises(ValueError, match="unknown measure 'week': one of min, hour, work_hour, work_day, day"):
        Limit(1, "week")  # type: ignore[arg-type]


@pytest.mark.parametrize("doc", [[], [5], ["5", "work_day"], [5, "week"], [5, "hour", 1]])
def test_documents_that_are_no_limit_are_refused(doc: list[object]) -> None:
    with pytest.raises(ValueError, match="not a limit"):
        Limit.from_doc(doc)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=1, hours=3, minutes=20), "还剩 1天3小时"),
        (timedelta(days=2, minutes=20), "还剩 2天"),
        (timedelta(hours=2, minutes=5), "还剩 2小时5分钟"),
        (timedelta(minutes=12, seconds=59), "还剩 12分钟"),
        (timedelta(seconds=20), "还剩 不到1分钟"),
        (timedelta(0), "还剩 不到1分钟"),
        (timedelta(seconds=-20), "已超期 不到1分钟"),
        (timedelta(hours=-2), "已超期 2小时"),
        (timedelta(days=-3, hours=-1), "已超期 3天1小时"),
    ],
)
def test_time_left_in_words(left: timedelta, said: str) -> None:
    assert words(MONDAY + left, MONDAY) == said


def test_time_left_in_working_words() -> None:
    due = local("2026-11-25T17:30")
    assert words(due, MONDAY, CITY) == "还剩 2个工作日6小时"
    assert words(due, local("2026-11-23T17:30"), CITY) == "还剩 2个工作日"
    assert words(due, local("2026-11-25T15:10"), CITY) == "还剩 2小时20分钟"
    assert words(due, local("2026-11-27T09:40"), CITY) == "已超期 1个工作日"
    # No working time has passed since the close: natural time is the honest answer.
    assert words(due, local("2026-11-25T20:30"), CITY) == "已超期 3小时"


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ("2026-11-23T17:30", "今天 17:30 前"),
        ("2026-11-24T09:05", "明天 09:05 前"),
        ("2026-11-22T17:30", "昨天 17:30 前"),
        ("2026-11-27T17:30", "周五 17:30 前"),
        ("2026-11-29T23:59:59", "周日 24:00 前"),
        ("2026-11-30T17:30", "下周一 17:30 前"),
        ("2026-12-06T17:30", "下周日 17:30 前"),
        ("2026-12-07T17:30", "12月7日 17:30 前"),
        ("2026-11-20T17:30", "11月20日 17:30 前"),
        ("2027-01-04T17:30", "2027年1月4日 17:30 前"),
    ],
)
def test_deadlines_as_people_say_them(due: str, said: str) -> None:
    assert due_words(local(due).astimezone(UTC), MONDAY.astimezone(UTC)) == said


def test_naive_moments_are_refused() -> None:
    naive = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001
    calls: list[Callable[[], object]] = [
        *(lambda measure=measure: deadline(naive, Limit(1, measure), CITY) for measure in MEASURES),
        lambda: amber_at(naive, Limit(1, "hour"), CITY),
        lambda: share(MONDAY, MONDAY, naive, "hour", CITY),
        lambda: colour(MONDAY, MONDAY, MONDAY, naive),
        lambda: words(MONDAY, naive),
        lambda: due_words(naive, MONDAY),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="naive datetime"):
            call()


@given(start=moments, later=st.timedeltas(timedelta(0), timedelta(days=40)), limit=limits, count=st.booleans())
def test_a_later_start_never_ends_earlier(start: datetime, later: timedelta, limit: Limit, count: bool) -> None:
    due = deadline(start, limit, CITY, count_start=count)
    assert due > start
    assert deadline(start + later, limit, CITY, count_start=count) >= due


@given(start=moments, limit=limits, more=st.integers(1, 10), count=st.booleans())
def test_a_longer_limit_never_ends_earlier(start: datetime, limit: Limit, more: int, count: bool) -> None:
    longer = Limit(limit.amount + more, limit.measure)
    assert deadline(start, longer, CITY, count_start=count) > deadline(start, limit, CITY, count_start=count)


@given(start=moments, limit=limits, part=st.floats(0, 1), count=st.booleans())
def test_amber_lies_between_start_and_deadline_at_its_share(
    start: datetime, limit: Limit, part: float, count: bool
) -> None:
    due = deadline(start, limit, CITY, count_start=count)
    amber = amber_at(start, limit, CITY, part, count_start=count)
    assert amber == moment_at(start, due, limit.measure, CITY, part)
    assert ends(start, limit, CITY, part, count_start=count) == (due, amber)
    assert start <= amber <= due
    assert share(start, due, amber, limit.measure, CITY) == pytest.approx(part, abs=1e-6)
    assert share(start, due, due, limit.measure, CITY) == 1


@given(start=moments, ahead=st.timedeltas(timedelta(0), timedelta(days=20)), measure=st.sampled_from(MEASURES))
def test_the_share_never_falls(start: datetime, ahead: timedelta, measure: Measure) -> None:
    due = start + timedelta(days=7)
    now = start + ahead
    assert share(start, due, now, measure, CITY) <= share(start, due, now + timedelta(hours=5), measure, CITY)


def test_hours_of_the_city_decide_the_close() -> None:
    summer = Calendar(hours=((time(8, 30), time(11, 30)), (time(15, 0), time(18, 30))))
    assert deadline(MONDAY, Limit(1, "work_day"), summer) == local("2026-11-24T18:30")
