"""What the analyst's address asks for, as far as it means anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from jiesu.domain import words
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store.analysing import LONGEST, ROWS
from jiesu.store.counting import next_month

SHOWN_MONTHS: Final = 3
SHOWN_DAYS: Final = 30
NO_UNIT: Final = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """Months from ``first`` to ``last``, what stands in rows and columns, and what is left in."""

    first: date
    last: date
    rows: str
    columns: str
    filters: dict[str, str]

    @property
    def query(self) -> str:
        span = {"from": f"{self.first:%Y-%m}", "to": f"{self.last:%Y-%m}", "rows": self.rows, "columns": self.columns}
        return urlencode({**span, **self.filters})


def table(given: Mapping[str, str], rules: Rules, now: datetime) -> Asked:
    """A table of the last ``SHOWN_MONTHS`` months by matter and month, unless the address says otherwise."""
    this = now.astimezone(CITY_ZONE).date().replace(day=1)
    last = min(_month(given.get("to", "")) or this, this)
    usual = last
    for _ in range(SHOWN_MONTHS - 1):
        usual = (usual - timedelta(days=1)).replace(day=1)
    first = min(_month(given.get("from", "")) or usual, last)
    if last - first > LONGEST:
        first = (last - LONGEST).replace(day=1)
    rows = given.get("rows", "") if given.get("rows") in ROWS else "matter"
    columns = given.get("columns", "") if given.get("columns") in ROWS else "month"
    if columns == rows:
        columns = "region" if rows == "month" else "month"
    return Asked(first, last, rows, columns, filters(given, rules))


def filters(given: Mapping[str, str], rules: Rules) -> dict[str, str]:
    known: dict[str, Collection[str]] = {
        "matter": rules.matters,
        "region": rules.regions,
        "unit": {*rules.units, NO_UNIT},
        "kind": words.KINDS,
        "channel": words.CHANNELS,
    }
    return {name: given[name] for name, codes in known.items() if given.get(name, "") in codes}


def stored(filters: Mapping[str, str]) -> dict[str, str]:
    """The filters as the counts name them: an order without a unit has an empty one."""
    return {name: "" if name == "unit" and value == NO_UNIT else value for name, value in filters.items()}


def span(given: Mapping[str, str], now: datetime) -> tuple[date, date]:
    """The days asked for, by ``from`` and ``to`` as days or months; without them the last ``SHOWN_DAYS``."""
    today = now.astimezone(CITY_ZONE).date()
    month = _month(given.get("to", ""))
    last = min(_day(given.get("to", "")) or (next_month(month) - timedelta(days=1) if month else today), today)
    asked = _day(given.get("from", "")) or _month(given.get("from", ""))
    first = asked or last - timedelta(days=SHOWN_DAYS - 1)
    return max(min(first, last), last - LONGEST), last


def _month(text: str) -> date | None:
    return _day(f"{text}-01") if len(text) == 7 else None


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None
