"""Counts of orders by day and month, kept in small tables by the worker; a month is made anew in one transaction.

The count of a month reads its orders through the range of their numbers (they begin yymmdd). A page says of which
moment its counts are (``filled_at``). At a million orders a year one month has about 4,000 cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import sql
from jiesu.store.documents import read_data, write_data
from jiesu.store.orders import number_of

MONTHS: Final = 13
"""How many months are kept in step with their orders: this one and a year back."""
DIMENSIONS: Final = ("all", "matter", "region", "unit", "kind", "channel")
SURGE_WEEKS: Final = 8
SURGE_LEAST: Final = 5
SURGE_TIMES: Final = 2
_GROUP_DAYS: Final = 3
_REPEAT_DAYS: Final = 7
_LONG_DAYS: Final = 30
_SHOWN: Final = 20
_KEPT: Final = 50
OPENED: Final = 8
"""How many orders of each figure a page that lists all of them shows."""
_DAY: Final = "to_date((w.number / 10000000)::text, 'YYMMDD')"
_IN: Final = "w.number >= %(first)s AND w.number < %(after)s"
_WORK: Final = "w.kind NOT IN ('praise', 'invalid', 'nuisance')"


@dataclass(frozen=True, slots=True)
class Figure:
    """A dear figure and the moment it was made."""

    at: datetime
    body: list[dict[str, Any]]


def fill_due(now: datetime) -> list[date]:
    """Make the counts of this month anew, and of every month of the last ``MONTHS`` that has none; which they were."""
    months = _months(now)
    held = {row[0] for row in sql.rows("SELECT month FROM count_filled WHERE month = ANY(%s)", (months,))}
    due = [one for one in months if one == months[0] or one not in held]
    for month in due:
        fill(month, now)
    return due


def fill_all(now: datetime) -> list[date]:
    """Make every month of the last ``MONTHS`` anew: orders of long ago are corrected and reassigned too."""
    months = _months(now)
    for month in months:
        fill(month, now)
    return months


def fill(month: date, now: datetime) -> None:
    """Make the counts of one month anew, as they stand now. Six statements in one transaction."""
    after = next_month(month)
    params = {"month": month, "end": after, "first": number_of(month, 0), "after": number_of(after, 0), "now": now}
    with transaction.atomic():
        # Two fills at once would insert the same rows: the second one waits and makes them anew.
        sql.run("SELECT pg_advisory_xact_lock(hashtext('count_cell'))")
        sql.run("DELETE FROM count_cell WHERE month = %(month)s", params)
        sql.run(_CELLS, params)
        sql.run("DELETE FROM count_day WHERE day >= %(month)s AND day < %(end)s", params)
        sql.run(_DAYS, params)
        sql.run(
            "INSERT INTO count_filled (month, at) VALUES (%(month)s, %(now)s)"
            " ON CONFLICT (month) DO UPDATE SET at = excluded.at",
            params,
        )


_CELLS: Final = (
    "INSERT INTO count_cell (month, matter, region, unit, kind, n)"
    " SELECT %(month)s::date, w.matter, w.region, coalesce(w.lead_unit, ''), w.kind, count(*)"
    f" FROM work_order w WHERE {_IN} GROUP BY w.matter, w.region, w.lead_unit, w.kind"
)
_DAYS: Final = (
    "INSERT INTO count_day (day, dim, code, n)"
    " SELECT d, CASE WHEN grouping(matter) = 0 THEN 'matter' WHEN grouping(region) = 0 THEN 'region'"
    " WHEN grouping(unit) = 0 THEN 'unit' WHEN grouping(kind) = 0 THEN 'kind'"
    " WHEN grouping(channel) = 0 THEN 'channel' ELSE 'all' END,"
    " coalesce(matter, region, unit, kind, channel, ''), count(*) FROM"
    f" (SELECT {_DAY} AS d, w.matter, w.region, coalesce(w.lead_unit, '') AS unit, w.kind, w.channel"
    f" FROM work_order w WHERE {_IN}) o"
    " GROUP BY GROUPING SETS ((d), (d, matter), (d, region), (d, unit), (d, kind), (d, channel))"
)


def find_figures(now: datetime) -> None:
    """Find what rises, what several report and who comes again and again, and keep it for the desks."""
    today = now.astimezone(CITY_ZONE).date()
    for name, statement in _FIGURES.items():
        found = sql.rows(statement, _windows(today))
        body = [
            {"matter": matter, "place": place, "n": n, "mean": float(mean), "numbers": numbers}
            for matter, place, n, mean, numbers in found
        ]
        sql.run(
            "INSERT INTO desk_figure (name, at, body) VALUES (%s, %s, %s::jsonb)"
            " ON CONFLICT (name) DO UPDATE SET at = excluded.at, body = excluded.body",
            (name, now, write_data(body)),
        )


def figures(names: Sequence[str]) -> dict[str, Figure]:
    """The figures of these names that there are."""
    rows = sql.rows("SELECT name, at, body::text FROM desk_figure WHERE name = ANY(%s)", (list(names),))
    return {name: Figure(at, read_data(body)) for name, at, body in rows}


def next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _months(now: datetime) -> list[date]:
    """The first days of the months that are kept, this one first."""
    month = now.astimezone(CITY_ZONE).date().replace(day=1)
    found = [month]
    while len(found) < MONTHS:
        month = (month - timedelta(days=1)).replace(day=1)
        found.append(month)
    return found


def _windows(today: date) -> dict[str, Any]:
    def since(days: int) -> int:
        return number_of(today - timedelta(days=days - 1), 0)

    return {
        "today": since(1),
        "groups": since(_GROUP_DAYS),
        "repeats": since(_REPEAT_DAYS),
        "long": since(_LONG_DAYS),
        "days": [today - timedelta(weeks=week) for week in range(1, SURGE_WEEKS + 1)],
    }


_NUMBERS: Final = f"(array_agg(w.number ORDER BY w.number DESC))[1:{_KEPT}]"
_FIGURES: Final[Mapping[str, str]] = {
    # Today so far against the mean of the same weekday of eight weeks, whole days: it may rise, never fall, by noon.
    "surges": (
        f"SELECT matter, '', n, mean, numbers FROM (SELECT w.matter, count(*) AS n, {_NUMBERS} AS numbers,"
        f" (SELECT coalesce(sum(c.n), 0)::numeric / {SURGE_WEEKS} FROM count_day c WHERE c.dim = 'matter'"
        " AND c.code = w.matter AND c.day = ANY(%(days)s::date[])) AS mean"
        f" FROM work_order w WHERE w.number >= %(today)s AND w.matter <> '' AND {_WORK}"
        f" GROUP BY w.matter HAVING count(*) >= {SURGE_LEAST}) x WHERE n >= {SURGE_TIMES} * mean"
        f" ORDER BY n - mean DESC, matter LIMIT {_SHOWN}"
    ),
    "groups": (
        f"SELECT w.matter, w.place, count(*), 0, {_NUMBERS} FROM work_order w"
        f" WHERE w.number >= %(groups)s AND w.place <> '' AND w.matter <> '' AND {_WORK} AND w.kind <> 'report'"
        f" AND NOT w.secret GROUP BY w.matter, w.place HAVING count(*) >= 3 ORDER BY 3 DESC, 1, 2 LIMIT {_SHOWN}"
    ),
    "repeats": (
        f"SELECT min(w.matter), '', count(*), 0, {_NUMBERS} FROM work_order w"
        f" WHERE w.number >= %(repeats)s AND w.person IS NOT NULL AND {_WORK} AND NOT w.secret"
        f" GROUP BY w.person HAVING count(*) >= 3 ORDER BY 3 DESC, max(w.number) DESC LIMIT {_SHOWN}"
    ),
    "places": (
        f"SELECT '', w.place, count(*), 0, {_NUMBERS} FROM work_order w"
        f" WHERE w.number >= %(long)s AND w.place <> '' AND {_WORK} AND w.kind <> 'report' AND NOT w.secret"
        f" GROUP BY w.place HAVING count(*) >= 2 ORDER BY 3 DESC, 2 LIMIT {_SHOWN}"
    ),
    "callers": (
        f"SELECT mode() WITHIN GROUP (ORDER BY w.matter), '', count(*), 0, {_NUMBERS} FROM work_order w"
        f" WHERE w.number >= %(long)s AND w.person IS NOT NULL AND {_WORK} AND NOT w.secret"
        f" GROUP BY w.person HAVING count(*) >= 3 ORDER BY 3 DESC, max(w.number) DESC LIMIT {_SHOWN}"
    ),
}
