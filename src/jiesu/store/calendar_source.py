"""The official calendar as data, from the library that follows the State Council's yearly notices."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import chinese_calendar

from jiesu.domain.workdays import Calendar


def official_calendar(years: Iterable[int]) -> dict[str, Any]:
    """The document of a `Calendar` for `years`: only the days that differ from the weekend rule.

    A year whose arrangement is not announced yet (or lies before 2004) is left out of `announced`, so that
    the calendar infers it and says so. A city's own changes are laid over the document afterwards.
    """
    days: dict[date, bool] = {}
    announced: set[int] = set()
    for year in years:
        exceptions = _exceptions(year)
        if exceptions is not None:
            announced.add(year)
            days |= exceptions
    return Calendar(days=days, announced=frozenset(announced)).to_doc()


def _exceptions(year: int) -> dict[date, bool] | None:
    """Weekend days worked (True) and weekdays free (False) in a year; None when the year is unknown."""
    first = date(year, 1, 1)
    year_days = [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]
    try:
        worked = {day: chinese_calendar.is_workday(day) for day in year_days}
    except NotImplementedError:
        return None
    return {day: works for day, works in worked.items() if works != (day.weekday() < 5)}
