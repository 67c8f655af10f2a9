"""What the wall screen shows, in one statement: open work from its indexes, the last days from counts kept by day.

Nothing here reads all orders: open ones stand in an index of their own, today's in the range of their numbers, and
what came by region and matter in ``count_day``, which the worker makes anew every five minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from jiesu.store import sql
from jiesu.store.documents import read_data
from jiesu.store.orders import number_of
from jiesu.store.worklists import AMBER, BY_DUE

MOST: Final = 100_000
"""So many orders of a kind are counted at most."""
LATE: Final = 5_000
"""So many late orders are counted at most, and told apart by region."""
DAYS: Final = 7
ROWS: Final = 8
_MATTERS: Final = 6


@dataclass(frozen=True, slots=True)
class Red:
    """A late order, as far as a wall may show it: neither its title nor its place."""

    number: int
    matter: str
    region: str
    unit: str
    urgency: str
    secret: bool
    due_at: datetime


@dataclass(slots=True)
class Wall:
    """``counts`` by name (today, open, urgent, amber, red); ``late`` and ``came`` by region; ``matters``: code, orders
    of the last ``DAYS`` days and of as many before, the most first; ``filled_at``: up to when those were counted."""

    rules: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    late: dict[str, int] = field(default_factory=dict)
    came: dict[str, int] = field(default_factory=dict)
    matters: list[tuple[str, int, int]] = field(default_factory=list)
    red: list[Red] = field(default_factory=list)
    filled_at: datetime | None = None


_COUNTED: Final = {
    "today": ("w.number >= %(today)s", MOST),
    "urgent": ("w.number >= %(today)s AND w.urgency = 'emergency'", MOST),
    "open": (BY_DUE, MOST),
    "amber": (AMBER, LATE),
    "red": (f"{BY_DUE} AND w.due_at < %(now)s", LATE),
}
_RED: Final = (
    "SELECT 'red', '', 0, 0, jsonb_build_array(number, matter, region, coalesce(lead_unit, ''), urgency, secret,"
    " due_at)::text FROM (SELECT w.number, w.matter, w.region, w.lead_unit, w.urgency, w.secret, w.due_at"
    f" FROM work_order w WHERE {BY_DUE} AND w.due_at < %(now)s ORDER BY w.due_at, w.number LIMIT {ROWS}) r"
)
_LATE: Final = (
    "SELECT 'late', coalesce(r.region, ''), count(*), 0, '' FROM (SELECT w.region FROM work_order w"
    f" WHERE {BY_DUE} AND w.due_at < %(now)s ORDER BY w.due_at LIMIT {LATE}) r GROUP BY r.region"
)
_CAME: Final = (
    "SELECT 'came', code, sum(n)::integer, 0, '' FROM count_day WHERE dim = 'region' AND day >= %(since)s"
    " AND day <= %(day)s GROUP BY code"
)
_TOP: Final = (
    "(SELECT 'matter', code, sum(CASE WHEN day >= %(since)s THEN n ELSE 0 END)::integer AS n,"
    " sum(CASE WHEN day < %(since)s THEN n ELSE 0 END)::integer, '' FROM count_day"
    " WHERE dim = 'matter' AND code <> '' AND day >= %(before)s AND day <= %(day)s"
    f" GROUP BY code ORDER BY n DESC, code LIMIT {_MATTERS})"
)
_REST: Final = (
    "SELECT 'rules', snapshot, 0, 0, '' FROM rules_current WHERE one = 1",
    (
        "SELECT 'filled', '', 0, 0, to_json(at)::text FROM count_filled"
        " WHERE month = date_trunc('month', %(day)s::date)::date"
    ),
)


def read(day: date, now: datetime) -> Wall:
    """The wall of this moment, ``day`` being today. One statement."""
    counted = [
        f"SELECT 'count', '{name}', count(*)::integer, 0, '' FROM (SELECT 1 FROM work_order w WHERE {where}"
        f" LIMIT {most}) x"
        for name, (where, most) in _COUNTED.items()
    ]
    params: dict[str, Any] = {
        "now": now,
        "day": day,
        "today": number_of(day, 0),
        "since": day - timedelta(days=DAYS - 1),
        "before": day - timedelta(days=2 * DAYS - 1),
    }
    found = Wall()
    for part, code, n, before, body in sql.hot(
        " UNION ALL ".join([*counted, _LATE, _CAME, _TOP, _RED, *_REST]), params
    ):
        if part == "red":
            *held, due = read_data(body)
            found.red.append(Red(*held, datetime.fromisoformat(due)))
        elif part == "matter":
            found.matters.append((code, n, before))
        elif part == "rules":
            found.rules = code
        elif part == "filled":
            found.filled_at = datetime.fromisoformat(read_data(body))
        else:
            {"count": found.counts, "late": found.late, "came": found.came}[part][code] = n
    # UNION ALL promises no order.
    found.red.sort(key=lambda one: (one.due_at, one.number))
    found.matters.sort(key=lambda one: (-one[1], one[0]))
    return found
