"""Working days and working hours of the official calendar, moved weekends (调休) included.

The calendar is data that is passed in: a library or the city fills it, nothing here reads a clock or a file.
Moments are aware datetimes; results are UTC. Civil days are days of the calendar's zone. Rule: domain.md §4.
"""

from bisect import bisect_left, bisect_right
from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")
OFFICE_HOURS = ((time(9, 0), time(12, 0)), (time(13, 30), time(17, 30)))
GUESSED = "该年度放假安排尚未公布，暂按周末加法定节日推算"

_MINUTE_US = 60_000_000
_DAY_US = 24 * 60 * _MINUTE_US
_MICRO = timedelta(microseconds=1)

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
    if moment.tzinfo is not UTC and moment.utcoffset() is None:
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


class _Year(NamedTuple):
    """The working time of a civil year: a clock that runs only while people work.

    `begins` is its first moment, in UTC where civil time keeps its distance to it all the year, else in the zone:
    either way moments of this time zone differ by what the clock on the wall shows. `length` and `edges` are in
    microseconds of that clock since then; an edge is the start of the year, of a working day or of a working period.
    `worked` are the working microseconds by each edge, and lastly those of the whole year.
    """

    begins: datetime
    length: int
    edges: list[int]
    worked: list[int]


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
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)
    _periods: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)
    _day_us: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        edges = [edge for period in self.hours for edge in period]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError(f"working hours must be periods in order, apart from each other: {self.hours}")
        if any(edge.second or edge.microsecond for edge in edges):
            raise ValueError(f"working hours must be whole minutes: {self.hours}")
        object.__setattr__(self, "days", dict(self.days))
        object.__setattr__(self, "announced", frozenset(self.announced))
        periods = tuple((_micros(opens), _micros(closes)) for opens, closes in self.hours)
        object.__setattr__(self, "_periods", periods)
        object.__setattr__(self, "_day_us", sum(closes - opens for opens, closes in periods))

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
        return datetime.combine(_civil(day), self.hours[-1][1], self.zone).astimezone(UTC)

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
        year, worked, span, _ = self._span(a, b)
        return self._part(a, year, worked, worked + span, part)

    def working_days_between(self, a: datetime, b: datetime) -> int:
        """Working days after the civil day of `a`, up to and with that of `b`; negative when `b` is earlier.

        The measure of `add_working_days`: from a start to the deadline n working days later it is n.
        """
        if require_aware(b) < require_aware(a):
            return -self.working_days_between(b, a)
        return self._span(a, b)[3]

    def _year(self, number: int) -> _Year:
        """A civil year, kept after the first use."""
        if number not in self._years:
            self._years[number] = self._laid_out(date(number, 1, 1))
        return self._years[number]

    def _laid_out(self, first: date) -> _Year:
        """The civil year that begins with the day `first`."""
        days = [first + timedelta(days=n) for n in range(366 if isleap(first.year) else 365)]
        edges, worked, done = [0], [0], 0
        for n, day in enumerate(days):
            if not self.is_workday(day):
                continue
            edges.append(n * _DAY_US)
            worked.append(done)
            for opens, closes in self._periods:
                edges.append(n * _DAY_US + opens)
                worked.append(done)
                done += closes - opens
        begins = datetime.combine(first, time(), self.zone)
        ends_of_days = {datetime.combine(day, time(23, 59, 59), self.zone).utcoffset() for day in days}
        steady = ends_of_days == {begins.utcoffset()}
        return _Year(begins.astimezone(UTC) if steady else begins, len(days) * _DAY_US, edges, [*worked, done])

    def _place(self, moment: datetime) -> tuple[int, int, int]:
        """Civil year of a moment; the year's working microseconds by then; its working days with that of the moment."""
        number = require_aware(moment).year
        while True:
            begins, length, edges, by_edge = self._years.get(number) or self._year(number)
            clock = (moment.astimezone(begins.tzinfo) - begins) // _MICRO
            if clock < 0:
                number -= 1
            elif clock >= length:
                number += 1
            else:
                break
        edge = bisect_right(edges, clock) - 1
        worked = min(by_edge[edge] + clock - edges[edge], by_edge[edge + 1])
        periods = len(self._periods)
        return number, worked, (edge + periods) // (periods + 1)

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

    def _span(self, a: datetime, b: datetime) -> tuple[int, int, int, int]:
        """Civil year of `a`, the year's working microseconds by then, and those from `a` to `b`, not earlier; days."""
        from_year, before, days_before = self._place(a)
        to_year, worked, days = self._place(b)
        whole = sum(self._year(year).worked[-1] for year in range(from_year, to_year))
        return from_year, before, whole + worked - before, whole // self._day_us + days - days_before

    def _moment(self, number: int, worked: int) -> datetime:
        """The earliest moment (UTC) with `worked` (> 0) working microseconds since the start of a civil year."""
        begins, _, edges, by_edge = self._years.get(number) or self._year(number)
        while worked > by_edge[-1]:
            worked -= by_edge[-1]
            number += 1
            begins, _, edges, by_edge = self._year(number)
        edge = bisect_left(by_edge, worked) - 1
        return (begins + (edges[edge] + worked - by_edge[edge]) * _MICRO).astimezone(UTC)


def _micros(clock: time) -> int:
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.microsecond


def _civil(day: date) -> date:
    if isinstance(day, datetime):
        raise TypeError(f"a civil day is a date, not a moment: {day.isoformat()}; use civil_day() first")
    return day


def _at_least_one(n: int) -> None:
    if n < 1:
        raise ValueError(f"a limit in days is at least 1: {n}")
