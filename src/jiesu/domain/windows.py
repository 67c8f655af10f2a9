"""Windows of figures: civil days, weeks, months, quarters and years, and the ones they are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from jiesu.domain.errors import Refused
from jiesu.domain.profiles import SPANS

_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_YEARS: Final = range(1900, 3000)


class Window(NamedTuple):
    """The civil days from ``first`` up to, and without, ``after``."""

    span: str
    first: date

    @property
    def after(self) -> date:
        if self.span in _MONTHS:
            return _shift(self.first, _MONTHS[self.span])
        return self.first + timedelta(days=7 if self.span == "week" else 1)

    @property
    def before(self) -> Window:
        """The window just before (环比)."""
        if self.span in _MONTHS:
            return Window(self.span, _shift(self.first, -_MONTHS[self.span]))
        return Window(self.span, self.first - (self.after - self.first))

    @property
    def year_before(self) -> Window:
        """The same window of the year before (同比); a day or a week: 52 weeks before, so that weekdays hold."""
        if self.span in _MONTHS:
            return Window(self.span, _shift(self.first, -12))
        return Window(self.span, self.first - timedelta(weeks=52))

    @property
    def zh(self) -> str:
        """As people say it: 2026年10月, 2026年第三季度."""
        first = self.first
        match self.span:
            case "year":
                return f"{first.year}年"
            case "quarter":
                return f"{first.year}年第{'一二三四'[first.month // 3]}季度"
            case "month":
                return f"{first.year}年{first.month}月"
            case "week":
                last = self.after - timedelta(days=1)
                return f"{first.year}年{first.month}月{first.day}日至{last.month}月{last.day}日"
        return f"{first.year}年{first.month}月{first.day}日"

    @property
    def code(self) -> str:
        """As an address and the command line spell it: 2026, 2026-q3, 2026-10, 2026-w44, 2026-10-31."""
        first = self.first
        match self.span:
            case "year":
                return f"{first.year}"
            case "quarter":
                return f"{first.year}-q{first.month // 3 + 1}"
            case "month":
                return f"{first:%Y-%m}"
            case "week":
                year, week, _ = first.isocalendar()
                return f"{year}-w{week:02}"
        return first.isoformat()


def of(span: str, day: date) -> Window:
    """The window of a span that holds a day."""
    match span:
        case "year":
            return Window(span, day.replace(month=1, day=1))
        case "quarter":
            return Window(span, day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1))
        case "month":
            return Window(span, day.replace(day=1))
        case "week":
            return Window(span, day - timedelta(days=day.weekday()))
        case "day":
            return Window(span, day)
    raise ValueError(f"unknown span {span!r}: one of {', '.join(SPANS)}")


def holding(day: date) -> Iterator[Window]:
    """The window of each span that holds a day."""
    return (of(span, day) for span in SPANS)


def read(text: str) -> Window:
    """The window that ``Window.code`` names. Raises Refused."""
    year, dash, rest = text.strip().lower().partition("-")
    try:
        if len(year) != 4 or int(year) not in _YEARS:
            raise ValueError(f"no year: {year}")
        if not dash:
            return Window("year", date(int(year), 1, 1))
        if rest[:1] == "q" and rest[1:] in ("1", "2", "3", "4"):
            return Window("quarter", date(int(year), int(rest[1:]) * 3 - 2, 1))
        if rest[:1] == "w":
            return Window("week", date.fromisocalendar(int(year), int(rest[1:]), 1))
        if "-" in rest:
            return Window("day", date.fromisoformat(text.strip()))
        return Window("month", date.fromisoformat(f"{year}-{rest}-01"))
    except ValueError as problem:
        raise Refused(
            f"时段须写成 2026、2026-q3、2026-10、2026-w44 或 2026-10-31 这样：{text}", code="bad_fact"
        ) from problem


def _shift(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
