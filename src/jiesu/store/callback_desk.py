"""What the callback desk reads: which calls are next, whose turn they are, what a call that nobody answered leaves.

The rules of who is to be rung stand in ``domain.calling``; here the orders come in the order of their clock, without
those that somebody else has open or that wait for another hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiesu.domain.order import Order
from jiesu.store import sql
from jiesu.store.documents import read_order
from jiesu.store.worklists import MOST

PAGE: Final = 40
FORGOTTEN_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Turn:
    """What is kept of an order beside its record: who has it open until when, and calls that nobody answered."""

    staff: int | None
    until: datetime
    tries: int
    result: str
    tried_at: datetime | None


@dataclass(slots=True)
class Waiting:
    """An order of a list with what a line of it shows; ``children``: those that were merged into it."""

    order: Order
    title: str
    place: str
    turn: Turn | None
    due_at: datetime | None
    amber_at: datetime | None
    children: list[Order]


@dataclass(frozen=True, slots=True)
class Counts:
    """``later``: orders that wait for another hour; ``missed``: callers whom nobody answered."""

    later: int
    missed: int


_TURN: Final = "t.staff, t.until, t.tries, t.result, t.tried_at"
_FREE: Final = "(t.number IS NULL OR t.until <= %(now)s OR t.staff = %(staff)s)"
_LATER: Final = "t.staff IS NULL AND t.until > %(now)s"
# The number alone is read in the list's order; whole orders only of the page.
_PAGES: Final = {
    "callback": (
        f"SELECT w.number, w.due_at, w.amber_at, {_TURN} FROM work_order w"
        f" LEFT JOIN callback_turn t ON t.number = w.number WHERE w.state = 'callback' AND {_FREE}"
        " ORDER BY w.due_at NULLS LAST, w.number"
    ),
    "later": (
        f"SELECT w.number, w.due_at, w.amber_at, {_TURN} FROM callback_turn t JOIN work_order w ON w.number = t.number"
        f" WHERE (w.state = 'callback' OR (w.state = 'closed' AND w.due_at IS NOT NULL)) AND {_LATER}"
        " ORDER BY t.until, w.number"
    ),
    "after": (
        f"SELECT w.number, w.due_at, w.amber_at, {_TURN} FROM work_order w"
        f" LEFT JOIN callback_turn t ON t.number = w.number"
        f" WHERE w.state = 'closed' AND w.due_at IS NOT NULL AND {_FREE} ORDER BY w.due_at NULLS LAST, w.number"
    ),
    "sample": (
        f"SELECT s.number, s.due_at, NULL::timestamptz AS amber_at, {_TURN} FROM callback_sample s"
        f" JOIN work_order w ON w.number = s.number AND w.state = 'closed'"
        f" LEFT JOIN callback_turn t ON t.number = s.number WHERE s.ended_at IS NULL AND {_FREE}"
        " AND NOT EXISTS (SELECT 1 FROM callback c WHERE c.number = s.number AND c.valid AND c.at >= s.drawn_at)"
        " ORDER BY s.due_at, s.number"
    ),
}
LISTS: Final = tuple(_PAGES)
_READ: Final = (
    "WITH page AS MATERIALIZED ({page} LIMIT {limit})"
    " SELECT 1, w.number, w.title, w.place, w.doc::text, p.due_at, p.amber_at, p.staff, p.until, p.tries, p.result,"
    " p.tried_at FROM page p JOIN work_order w ON w.number = p.number"
    " UNION ALL SELECT 2, w.parent, '', '', w.doc::text, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
    " FROM work_order w WHERE w.parent = ANY(ARRAY(SELECT number FROM page))"
    " UNION ALL SELECT 3, (SELECT count(*) FROM (SELECT 1 FROM callback_turn t JOIN work_order w"
    f" ON w.number = t.number WHERE {_LATER} AND (w.state = 'callback' OR w.due_at IS NOT NULL) LIMIT {MOST}) x),"
    " '', '', NULL, NULL, NULL, NULL, NULL,"
    f" (SELECT count(*) FROM (SELECT 1 FROM call_task WHERE state IN ('open', 'taken') LIMIT {MOST}) x)::smallint,"
    " NULL, NULL"
)


def page(which: str, *, staff: int, now: datetime, limit: int = PAGE) -> tuple[list[Waiting], Counts]:
    """The first orders of a list (``LISTS``) that are free for ``staff``, by clock, and the desk's counts.

    One statement; at most ``limit`` orders and what was merged into them.
    """
    statement = _READ.format(page=_PAGES[which], limit=max(1, min(limit, 200)))
    found: dict[int, Waiting] = {}
    children: list[tuple[int, Order]] = []
    counts = Counts(0, 0)
    for part, number, title, place, doc, due, amber, *turn in sql.hot(statement, {"now": now, "staff": staff}):
        if part == 1:
            found[number] = Waiting(read_order(doc), title, place, _turn(turn), due, amber, [])
        elif part == 2:
            children.append((number, read_order(doc)))
        else:
            counts = Counts(number, turn[2])
    for parent, child in sorted(children, key=lambda pair: pair[1].number):
        found[parent].children.append(child)
    return sorted(found.values(), key=_place(which)), counts


def _turn(row: Sequence[Any]) -> Turn | None:
    return Turn(*row) if row[1] is not None else None


def _place(which: str) -> Any:
    if which == "later":
        return lambda one: (one.turn.until, one.order.number)
    return lambda one: (one.due_at is None, one.due_at.timestamp() if one.due_at else 0.0, one.order.number)


def turn(number: int) -> Turn | None:
    """What is kept of one order beside its record."""
    found = sql.hot(f"SELECT {_TURN} FROM callback_turn t WHERE t.number = %s", (number,))
    return _turn(found[0]) if found else None


_TAKE: Final = (
    "WITH gone AS (DELETE FROM callback_turn t WHERE (t.staff = %(staff)s AND t.tries = 0 AND t.number <> %(number)s"
    " AND NOT t.number = ANY(%(numbers)s::bigint[]))"
    f" OR t.until < %(now)s - make_interval(days => {FORGOTTEN_DAYS})),"
    " later AS (INSERT INTO callback_turn AS t (number, staff, until)"
    " SELECT n, NULL, u FROM unnest(%(numbers)s::bigint[], %(untils)s::timestamptz[]) AS w(n, u) ORDER BY n"
    " ON CONFLICT (number) DO UPDATE SET staff = NULL, until = greatest(t.until, excluded.until)"
    " WHERE t.until <= %(now)s OR t.staff = %(staff)s)"
    " INSERT INTO callback_turn AS t (number, staff, until) VALUES (%(number)s, %(staff)s, %(until)s)"
    " ON CONFLICT (number) DO UPDATE SET staff = excluded.staff, until = excluded.until"
    " WHERE t.until <= %(now)s OR t.staff = %(staff)s OR %(anyway)s"
    " RETURNING number"
)


def take_turn(
    number: int,
    *,
    staff: int,
    now: datetime,
    until: datetime,
    later: Mapping[int, datetime] | None = None,
    anyway: bool = False,
) -> bool:
    """Hand the order to ``staff`` until then; whether nobody else had it. What he had before is free again.

    ``later``: orders that must not be handed out before a moment. ``anyway``: also what another has open, or waits.
    One statement.
    """
    waits = {one: at for one, at in (later or {}).items() if one != number}
    given = {"number": number, "staff": staff, "now": now, "until": until, "anyway": anyway}
    numbers = sorted(waits)
    return bool(sql.rows(_TAKE, {**given, "numbers": numbers, "untils": [waits[one] for one in numbers]}))


def tried(number: int, result: str, *, now: datetime, until: datetime) -> None:
    """A call about a promise or a withdrawal that nobody answered: counted, and not handed out before ``until``."""
    sql.run(
        "INSERT INTO callback_turn AS t (number, staff, until, tries, result, tried_at)"
        " VALUES (%(number)s, NULL, %(until)s, 1, %(result)s, %(now)s) ON CONFLICT (number) DO UPDATE"
        " SET staff = NULL, until = excluded.until, tries = t.tries + 1, result = excluded.result, tried_at = %(now)s",
        {"number": number, "result": result, "now": now, "until": until},
    )


def put_off(number: int, *, until: datetime) -> None:
    """Not handed out before ``until``, whoever had it."""
    sql.run(
        "INSERT INTO callback_turn AS t (number, staff, until) VALUES (%s, NULL, %s)"
        " ON CONFLICT (number) DO UPDATE SET staff = NULL, until = excluded.until",
        (number, until),
    )


def free(numbers: Iterable[int]) -> None:
    """Nothing is kept of these orders any more."""
    sql.run("DELETE FROM callback_turn WHERE number = ANY(%s)", (list(numbers),))
