"""What a city leader looks at: at most seven figures of today, the orders behind each, and his instructions.

Open work comes from its indexes as it stands; what rises, repeats and gathers comes from figures that the worker keeps
(``store.counting``) and says of which moment they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any, Final

from jiesu.store import sql
from jiesu.store.documents import read_data
from jiesu.store.orders import number_of
from jiesu.store.worklists import BY_DUE, Row

MOST: Final = 2000
PAGE: Final = 50
SOON: Final = timedelta(days=1)
_FIGURES: Final = ("surges", "groups", "repeats")


@dataclass(slots=True)
class Today:
    """``counts``: orders by thing (urgent, red, promises, instructed), each up to ``MOST``; ``red``: late orders by
    unit, the most first; ``figures``: kept ones by name; ``at``: of which moment those are, None: not made yet."""

    counts: dict[str, int] = field(default_factory=dict)
    red: list[tuple[str, int]] = field(default_factory=list)
    figures: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    at: datetime | None = None


_THINGS: Final = {
    "urgent": "w.number >= %(today)s AND w.urgency = 'emergency'",
    "red": f"{BY_DUE} AND w.due_at < %(now)s",
    "promises": "w.state = 'closed' AND w.due_at IS NOT NULL AND w.due_at < %(now)s AND w.outcome = 'promised'",
    "instructed": (
        "w.number = ANY(ARRAY(SELECT number FROM request WHERE type = 'instruction' AND state IN ('open', 'half')"
        f" AND due_at < %(soon)s ORDER BY due_at LIMIT {MOST}))"
    ),
}


def today(day: date, now: datetime) -> Today:
    """The leader's figures of this day. One statement."""
    counted = " UNION ALL ".join(
        f"SELECT 'count', '{name}', count(*), NULL::text, NULL::timestamptz"
        f" FROM (SELECT 1 FROM work_order w WHERE {where} ORDER BY {_order(name)} LIMIT {MOST}) x"
        for name, where in _THINGS.items()
    )
    late = (
        "SELECT 'unit', coalesce(x.lead_unit, ''), count(*), NULL, NULL FROM (SELECT w.lead_unit FROM work_order w"
        f" WHERE {_THINGS['red']} ORDER BY w.due_at LIMIT {MOST}) x GROUP BY x.lead_unit"
    )
    kept = "SELECT 'figure', name, 0, body::text, at FROM desk_figure WHERE name = ANY(%(names)s)"
    params = {**_at(day, now), "names": list(_FIGURES)}
    found = Today()
    for part, name, n, body, at in sql.hot(f"{counted} UNION ALL {late} UNION ALL {kept}", params):
        if part == "count":
            found.counts[name] = n
        elif part == "unit":
            found.red.append((name, n))
        else:
            found.figures[name], found.at = read_data(body), at
    found.red.sort(key=lambda one: (-one[1], one[0]))
    return found


def _at(day: date, now: datetime) -> dict[str, Any]:
    return {"today": number_of(day, 0), "now": now, "soon": now + SOON}


def _order(thing: str) -> str:
    return "w.number DESC" if thing == "urgent" else "w.due_at, w.number"


_ROW: Final = ", ".join(f"w.{one.name}" for one in fields(Row)[:-3])
_CLOCK: Final = "coalesce(w.dispatched_at, w.accepted_at, w.received_at), w.amber_at, w.due_at"
LISTED: Final = frozenset(_THINGS)


def orders(thing: str, day: date, now: datetime, *, unit: str = "") -> list[Row]:
    """The orders behind one of the counts, the most pressing first; of one unit, when given. One statement."""
    mine = " AND w.lead_unit = %(unit)s" if unit else ""
    return [
        Row(*row)
        for row in sql.rows(
            f"SELECT {_ROW}, {_CLOCK} FROM work_order w WHERE {_THINGS[thing]}{mine}"
            f" ORDER BY {_order(thing)} LIMIT {PAGE}",
            {**_at(day, now), "unit": unit},
        )
    ]


def named(numbers: Sequence[int]) -> list[Row]:
    """These orders, newest first. One statement."""
    statement = (
        f"SELECT {_ROW}, {_CLOCK} FROM work_order w WHERE w.number = ANY(%s) ORDER BY w.number DESC LIMIT {4 * PAGE}"
    )
    return [Row(*row) for row in sql.rows(statement, (list(numbers),))]


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction: on which order, to which unit, by when, and whether it was answered."""

    number: int
    unit: str
    state: str
    at: datetime
    by: str
    due_at: datetime | None
    title: str
    place: str
    kind: str
    secret: bool
    order_state: str
    by_name: str | None

    @property
    def open(self) -> bool:
        return self.state in ("open", "half")


def instructions(now: datetime, *, since: timedelta = timedelta(days=60), limit: int = 30) -> list[Instruction]:
    """Instructions that wait, the first due first, then those answered of late. One statement."""
    rows = sql.rows(
        "SELECT q.number, q.unit, q.state, q.at, q.by, q.due_at, w.title, w.place, w.kind, w.secret, w.state,"
        " CASE WHEN q.by ~ '^s[0-9]+$' THEN (SELECT name FROM staff WHERE id = substr(q.by, 2)::bigint) END FROM"
        " ((SELECT * FROM request WHERE type = 'instruction' AND state IN ('open', 'half')"
        " ORDER BY due_at LIMIT %(limit)s)"
        " UNION ALL (SELECT * FROM request WHERE type = 'instruction' AND state NOT IN ('open', 'half')"
        " AND at > %(since)s ORDER BY at DESC LIMIT 10)) q JOIN work_order w ON w.number = q.number"
        " ORDER BY q.state NOT IN ('open', 'half'), q.due_at, q.number",
        {"since": now - since, "limit": limit},
    )
    return [Instruction(*row) for row in rows]
