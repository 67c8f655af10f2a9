"""What an analyst counts: from the worker's small tables of counts, and the orders behind a number, newest first.

A table of counts costs what there are cells (about 4,000 a month at a million orders a year); the orders behind a
number are read through the range of their numbers, at most ``WINDOW`` back from its end, or ``NARROW``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Final

from jiesu.store import sql
from jiesu.store.orders import number_of
from jiesu.store.worklists import WINDOW, Row

PAGE: Final = 50
LONGEST: Final = timedelta(days=400)
"""How long a span one table covers."""
NARROW: Final = timedelta(days=31)
"""How far back orders are looked for by what no index holds."""
_INDEXED: Final = frozenset({"unit"})
ROWS: Final = ("matter", "matter1", "region", "unit", "kind", "month")
TOP: Final = 15
_DIMENSION: Final = {
    # A matter at its first or second level stands for all beneath it.
    "matter1": "split_part(matter, '.', 1)",
    "matter": "array_to_string((string_to_array(matter, '.'))[1:2], '.')",
    "region": "region",
    "unit": "unit",
    "kind": "kind",
    "month": "to_char(month, 'YYYY-MM')",
}
_CELL_FILTERS: Final = {
    "matter": "(matter = %(matter)s OR matter LIKE %(matter)s || '.%%')",
    "region": "(region = %(region)s OR region LIKE %(region)s || '%%')",
    "unit": "unit = %(unit)s",
    "kind": "kind = %(kind)s",
}
_ORDER_FILTERS: Final = {
    "matter": "(w.matter = %(matter)s OR w.matter LIKE %(matter)s || '.%%')",
    "region": "(w.region = %(region)s OR w.region LIKE %(region)s || '%%')",
    "unit": "coalesce(w.lead_unit, '') = %(unit)s",
    "kind": "w.kind = %(kind)s",
    "channel": "w.channel = %(channel)s",
}


@dataclass(frozen=True, slots=True)
class Table:
    """``cells``: orders by (row code, column code); ``at``: of which moment the newest month is, None before it
    was counted; ``missing``: months not counted yet."""

    cells: dict[tuple[str, str], int]
    at: datetime | None
    missing: int


def table(first: date, last: date, rows: str, columns: str, filters: Mapping[str, str]) -> Table:
    """Orders registered in the months from ``first`` to ``last`` (first days), by two of ``ROWS``. One statement."""
    chosen = [name for name in _CELL_FILTERS if name in filters]
    where = "".join(f" AND {_CELL_FILTERS[name]}" for name in chosen)
    found = sql.rows(
        f"SELECT {_DIMENSION[rows]} AS r, {_DIMENSION[columns]} AS c, sum(n)::bigint, NULL::timestamptz FROM count_cell"
        f" WHERE month >= %(first)s::date AND month <= %(last)s::date{where} GROUP BY 1, 2"
        " UNION ALL SELECT NULL, NULL, count(*), max(at) FROM count_filled"
        " WHERE month >= %(first)s::date AND month <= %(last)s::date",
        {"first": first, "last": last, **{name: filters[name] for name in chosen}},
    )
    *_, held, at = next(row for row in found if row[0] is None)
    cells = {(row, column): n for row, column, n, _ in found if row is not None}
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return Table(cells, at, months - held)


@dataclass(frozen=True, slots=True)
class Days:
    """``days``: orders of each day that has some; ``tops``: (code, orders) by dimension, the most first."""

    days: dict[date, int]
    tops: dict[str, list[tuple[str, int]]]
    at: datetime | None


def days(first: date, last: date) -> Days:
    """Orders a day, and the codes with the most, from ``first`` to ``last``. One statement."""
    tops = " UNION ALL ".join(
        f"(SELECT '{dim}', NULL::date, code, sum(n)::bigint, NULL::timestamptz FROM count_day WHERE dim = '{dim}'"
        f" AND day >= %(first)s::date AND day <= %(last)s::date AND code <> '' GROUP BY code"
        f" ORDER BY sum(n) DESC, code LIMIT {TOP})"
        for dim in ("matter", "region", "unit", "kind", "channel")
    )
    found = Days({}, {dim: [] for dim in ("matter", "region", "unit", "kind", "channel")}, None)
    at = None
    for dim, day, code, n, moment in sql.rows(
        "SELECT 'all', day, '', n::bigint, NULL::timestamptz FROM count_day WHERE dim = 'all'"
        f" AND day >= %(first)s::date AND day <= %(last)s::date UNION ALL {tops}"
        " UNION ALL SELECT 'at', NULL, '', 0, max(at) FROM count_filled",
        {"first": first, "last": last},
    ):
        if dim == "all":
            found.days[day] = n
        elif dim == "at":
            at = moment
        else:
            found.tops[dim].append((code, n))
    return Days(found.days, found.tops, at)


_ROW: Final = ", ".join(f"w.{one.name}" for one in fields(Row)[:-3])
_CLOCK: Final = "coalesce(w.dispatched_at, w.accepted_at, w.received_at), w.amber_at, w.due_at"


@dataclass(frozen=True, slots=True)
class Behind:
    """Orders behind a number; ``since``: from which day on they were looked for."""

    rows: list[Row]
    since: date


def orders(first: date, last: date, filters: Mapping[str, str], *, before: int | None = None) -> Behind:
    """The orders registered from ``first`` to ``last``, newest first, one more than ``PAGE`` when another page follows;
    not further back than ``WINDOW`` before ``last``, than ``NARROW`` by what no index holds. One statement."""
    since = max(first, last - (WINDOW if set(filters) <= _INDEXED else NARROW))
    chosen = [name for name in _ORDER_FILTERS if name in filters]
    where = "".join(f" AND {_ORDER_FILTERS[name]}" for name in chosen)
    upto = number_of(last + timedelta(days=1), 0)
    found = sql.rows(
        f"SELECT {_ROW}, {_CLOCK} FROM work_order w WHERE w.number >= %(first)s AND w.number < %(upto)s{where}"
        f" ORDER BY w.number DESC LIMIT {PAGE + 1}",
        {
            "first": number_of(since, 0),
            "upto": min(upto, before) if before else upto,
            **{name: filters[name] for name in chosen},
        },
    )
    return Behind([Row(*row) for row in found], since)


def named(numbers: list[int]) -> list[Row]:
    """These orders, newest first. One statement."""
    statement = (
        f"SELECT {_ROW}, {_CLOCK} FROM work_order w WHERE w.number = ANY(%s) ORDER BY w.number DESC LIMIT {PAGE}"
    )
    return [Row(*row) for row in sql.rows(statement, (numbers,))]
