"""Working days and working hours of the official calendar, moved weekends (调休) included.

The calendar is data that is passed in: a library or the city fills it, nothing here reads a clock or a file.
Moments are aware datetimes; results are UTC. Civil days are days of the calendar's zone. Rule: domain.md §4.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")
OFFICE_HOURS = ((time(9, 0), time(12, 0)), (time(13, 30), time(17, 30)))
GUESSED = "该年度放假安排尚未公布，暂按周末加法定节日推算"

_MINUTE_US = 60_000_000
_SECOND = timedelta(seconds=1)

# 全国年节及纪念日放假办法 (国务院令第795号, in force from 2025): days that need no lunar calendar.
_FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
# Year: first day of the first lunar month, 清明, 端午, 中秋. Checked against computed new moons in UTC+8.
_MOVABLE: Mapping[int, tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    2027: ((2, 6), (4, 5), (6, 9), (9, 15)),
    2028: ((1, 26), (4, 4), (5, 28), (10, 3)),
    2029: ((2, 13), (4, 4), (6, 16), (9, 22)),
    2030: ((2, 3), (4, 5), (6, 5), (9, 12)),
    2031: ((1, 23), (4, 5), (6, 24), (10, 1)),
    2032: ((2, 11), (4, 4), (6, 12), (9, 19)),
    2033: ((1, 31), (4, 4), (6, 1), (9, 8)),
    2034: ((2, 19), (4, 5), (6, 20), (9, 27)),
    2035: ((2, 8), (4, 5), (6, 10), (9, 16)),
}


def require_aware(moment: datetime) -> datetime:
    """Return `moment` unchanged; ValueError if it does not say its time zone (house.md 4)."""
    if moment.utcoffset() is None:
        raise ValueError(f"naive datetime {moment.isoformat()}: a moment must carry its time zone")
    return moment


@lru_cache(maxsize=256)
def statutory_holidays(year: int) -> frozenset[date]:
    """Public holidays fixed by law in a year whose arrangement is not announced.

    Moved weekends and days given in lieu are unknown before the announcement and are left out. Holidays of
    the lunar calendar and 清明 are known for 2027-2035; elsewhere only 元旦, 劳动节 and 国庆节 are given.
    """
    days = {date(year, month, day) for month, day in _FIXED}
    if year in _MOVABLE:
        spring, *single = (date(year, month, day) for month, day in _MOVABLE[year])
        days.update(spring + timedelta(days=shift) for shift in (-1, 0, 1, 2))
        days.update(single)
    return frozenset(days)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days and hours a city works.

    `days` holds exceptions to the weekend rule: True a working day (moved weekend), False a holiday.
    `announced` are the years whose arrangement is official; in other years the public holidays fixed by law
    are added and `is_announced` says so. `hours` are the working periods of every working day, in order, in
    local time and whole minutes; ValueError when they are missing, unordered or touch each other.
    """

    days: Mapping[date, bool] = field(default_factory=dict, hash=False)
    announced: frozenset[int] = frozenset()
    hours: tuple[tuple[time, time], ...] = OFFICE_HOURS
    zone: ZoneInfo = CITY_ZONE
    _years: dict[int, tuple[int, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _midnights: dict[int, datetime | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    _periods: tuple[tuple[int, int, int], ...] = field(init=False, repr=False, compare=False)
    _day_us: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        edges = [edge for period in self.hours for edge in period]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError(f"working hours must be periods in order, apart from each other: {self.hours}")
        if any(edge.second or edge.microsecond for edge in edges):
            raise ValueError(f"working hours must be whole minutes: {self.hours}")
        object.__setattr__(self, "days", dict(self.days))
        object.__setattr__(self, "announced", frozenset(self.announced))
        periods, worked = [], 0
        for opens, closes in self.hours:
            periods.append((_micros(opens), _micros(closes), worked))
            worked += _micros(closes) - _micros(opens)
        object.__setattr__(self, "_periods", tuple(periods))
        object.__setattr__(self, "_day_us", worked)

    def to_doc(self) -> dict[str, Any]:
        """Canonical JSON-able form: equal calendars give equal documents, ready to be hashed."""
        return {
            "announced": sorted(self.announced),
            "days": {day.isoformat(): self.days[day] for day in sorted(self.days)},
            "hours": [[edge.isoformat("minutes") for edge in period] for period in self.hours],
            "zone": self.zone.key,
        }

    @classmethod
    def from_doc(cls, doc: Mapping[str, Any]) -> "Calendar":
        """The calendar that `to_doc` wrote; ValueError or KeyError when the document is not one."""
        return cls(
            days={date.fromisoformat(day): bool(works) for day, works in doc["days"].items()},
            announced=frozenset(doc["announced"]),
            hours=tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in doc["hours"]),
            zone=ZoneInfo(doc["zone"]),
        )

    @property
    def minutes_a_day(self) -> float:
        """Working minutes of one working day (420 by default)."""
        return self._day_us / _MINUTE_US

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked, by the announced arrangement or else by weekends and public holidays."""
        known = self.days.get(_civil(day))
        if known is not None:
            return known
        if day.weekday() >= 5:
            return False
        return day.year in self.announced or day not in statutory_holidays(day.year)

    def is_announced(self, day: date) -> bool:
        """False when `is_workday(day)` is only inferred; pages then show `GUESSED`."""
        return _civil(day).year in self.announced or day in self.days

    def civil_day(self, moment: datetime) -> date:
        """The date of `moment` in the city."""
        return require_aware(moment).astimezone(self.zone).date()

    def close_of(self, day: date) -> datetime:
        """Close of work (17:30 by default) on `day`, worked or not, in UTC."""
        return self._at(_civil(day).toordinal(), self._periods[-1][1])

    def end_of(self, day: date) -> datetime:
        """Last second (23:59:59) of the civil `day`, in UTC."""
        return datetime.combine(_civil(day), time(23, 59, 59), self.zone).astimezone(UTC)

    def add_working_days(self, start: datetime, n: int, *, count_start: bool = False) -> datetime:
        """Close of work of the n-th working day (n >= 1) after the civil day of `start`.

        With `count_start` the starting day is the first when it is worked and `start` is before its close, so
        the result is always later than `start`. Source: domain.md §4.
        """
        year, _, ends = self._days_on(start, n, count_start)
        return self._moment(year, ends)

    def working_days_and_part(
        self, start: datetime, n: int, part: float, *, count_start: bool = False
    ) -> tuple[datetime, datetime]:
        """`add_working_days`, and the `working_part` of the way there; cheaper than one after the other."""
        year, worked, ends = self._days_on(start, n, count_start)
        return self._moment(year, ends), self._part(start, year, worked, ends, part)

    def add_calendar_days(self, start: datetime, n: int, *, count_start: bool = False) -> datetime:
        """Last second (23:59:59) of the n-th civil day (n >= 1) after that of `start`, worked or not.

        With `count_start` the starting day is the first, unless `start` lies in its last second.
        """
        _at_least_one(n)
        day = self.civil_day(start)
        if count_start and start < self.end_of(day):
            n -= 1
        return self.end_of(day + timedelta(days=n))

    def add_working_minutes(self, start: datetime, minutes: float) -> datetime:
        """The earliest moment by which `minutes` (>= 0) of working time have passed since `start`.

        A count that ends with a working period ends at its close, not at the next opening. Zero: `start`.
        """
        year, worked, ends = self._minutes_on(start, minutes)
        return self._part(start, year, worked, ends, 1)

    def working_minutes_and_part(self, start: datetime, minutes: float, part: float) -> tuple[datetime, datetime]:
        """`add_working_minutes`, and the `working_part` of the way there; cheaper than one after the other."""
        year, worked, ends = self._minutes_on(start, minutes)
        return self._part(start, year, worked, ends, 1), self._part(start, year, worked, ends, part)

    def working_minutes_between(self, a: datetime, b: datetime) -> float:
        """Working minutes from `a` to `b`; negative when `b` is the earlier."""
        if require_aware(b) < require_aware(a):
            return -self.working_minutes_between(b, a)
        return self._span(a, b)[2] / _MINUTE_US

    def working_part(self, a: datetime, b: datetime, part: float) -> datetime:
        """The earliest moment by which `part` (0..1) of the working time from `a` to `b` has passed.

        Never before `a`, never after `b`; `a` when there is no working time between them, or no part of it.
        """
        year, worked, span = self._span(a, b)
        return self._part(a, year, worked, worked + span, part)

    def working_days_between(self, a: datetime, b: datetime) -> int:
        """Working days after the civil day of `a`, up to and with that of `b`; negative when `b` is earlier.

        The measure of `add_working_days`: from a start to the deadline n working days later it is n.
        """
        if require_aware(b) < require_aware(a):
            return -self.working_days_between(b, a)
        return self._days_within(self.civil_day(a).toordinal(), self.civil_day(b).toordinal())

    def _working(self, year: int) -> tuple[int, ...]:
        """Ordinals of the working days of a year, kept after the first use."""
        found = self._years.get(year)
        if found is None:
            first, end = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1
            found = tuple(n for n in range(first, end) if self.is_workday(date.fromordinal(n)))
            self._years[year] = found
        return found

    def _days_within(self, after: int, last: int) -> int:
        """Number of working days later than the day `after`, up to and with the day `last`; after <= last."""
        from_year, to_year = date.fromordinal(after).year, date.fromordinal(last).year
        whole = sum(len(self._working(year)) for year in range(from_year, to_year))
        before = bisect_right(self._working(from_year), after)
        return whole + bisect_right(self._working(to_year), last) - before

    def _place(self, moment: datetime) -> tuple[int, int, int]:
        """Civil year of a moment; the year's working microseconds by then; its working days with that of the moment."""
        local = require_aware(moment).astimezone(self.zone)
        days, ordinal = self._working(local.year), local.toordinal()
        at = bisect_right(days, ordinal)
        if not at or days[at - 1] != ordinal:
            return local.year, at * self._day_us, at
        seconds = (local.hour * 60 + local.minute) * 60 + local.second
        done = self._done_by(seconds * 1_000_000 + local.microsecond)
        return local.year, (at - 1) * self._day_us + done, at

    def _days_on(self, start: datetime, n: int, count_start: bool) -> tuple[int, int, int]:
        """Civil year of `start`, the year's working microseconds by then, and those by the close n working days on."""
        _at_least_one(n)
        year, worked, days = self._place(start)
        if count_start and worked < days * self._day_us:  # the starting day is worked, and not over
            n -= 1
        return year, worked, (days + n) * self._day_us

    def _minutes_on(self, start: datetime, minutes: float) -> tuple[int, int, int]:
        """Civil year of `start`, the year's working microseconds by then, and those when `minutes` more have passed."""
        need = round(minutes * _MINUTE_US)
        if need < 0:
            raise ValueError(f"working minutes must not be negative: {minutes}")
        year, worked, _ = self._place(start)
        return year, worked, worked + need

    def _part(self, start: datetime, year: int, worked: int, ends: int, part: float) -> datetime:
        """The moment of `part` of the way from `start`, which has `worked` microseconds of its year, to `ends`."""
        need = round((ends - worked) * part)
        return self._moment(year, worked + need) if need > 0 else start.astimezone(UTC)

    def _span(self, a: datetime, b: datetime) -> tuple[int, int, int]:
        """Civil year of `a`, the year's working microseconds by then, and those from `a` to `b`, not earlier."""
        from_year, before, _ = self._place(a)
        to_year, worked, _ = self._place(b)
        for year in range(from_year, to_year):
            worked += len(self._working(year)) * self._day_us
        return from_year, before, worked - before

    def _moment(self, year: int, worked: int) -> datetime:
        """The earliest moment (UTC) with `worked` (> 0) working microseconds since the start of `year`."""
        days = self._working(year)
        while worked > (whole := len(days) * self._day_us):
            worked -= whole
            year += 1
            days = self._working(year)
        full, rest = divmod(worked - 1, self._day_us)
        return self._at(days[full], self._clock_at(rest + 1))

    def _done_by(self, clock: int) -> int:
        """Working microseconds that a working day has had by the microsecond `clock` of the day."""
        done = 0
        for opens, closes, before in self._periods:
            if clock <= opens:
                break
            done = before + min(clock, closes) - opens
        return done

    def _clock_at(self, done: int) -> int:
        """Microsecond of the day at which `done` (0 < done <= a day's work) microseconds have been worked."""
        clock = 0
        for opens, _, before in self._periods:
            if before >= done:
                break
            clock = opens + done - before
        return clock

    def _at(self, ordinal: int, clock: int) -> datetime:
        """The moment (UTC) of a microsecond of a civil day."""
        try:
            midnight = self._midnights[ordinal]
        except KeyError:
            midnight = self._midnights[ordinal] = self._midnight(date.fromordinal(ordinal))
        if midnight is not None:
            return midnight + timedelta(0, 0, clock)
        seconds, micros = divmod(clock, 1_000_000)
        at = datetime.combine(date.fromordinal(ordinal), time(), self.zone) + timedelta(0, seconds, micros)
        return at.astimezone(UTC)

    def _midnight(self, day: date) -> datetime | None:
        """When a civil day begins (UTC); None for a day in which clocks are changed, whose hours differ in length."""
        begins = datetime.combine(day, time(), self.zone)
        steady = begins.utcoffset() == (begins + timedelta(days=1)).utcoffset()
        return begins.astimezone(UTC) if steady else None


def _micros(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond


def _civil(day: date) -> date:
    if isinstance(day, datetime):
        raise TypeError(f"a civil day is a date, not a moment: {day.isoformat()}; use civil_day() first")
    return day


def _at_least_one(n: int) -> None:
    if n < 1:
        raise ValueError(f"a limit in days is at least 1: {n}")
