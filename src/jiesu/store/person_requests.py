"""Requests of demanders about their own data: rows that name nobody, and what of a person falls due to be erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiesu.domain.errors import NotFound
from jiesu.store import people, sql
from jiesu.store.people import Known

MOST: Final = 100
MOST_DUE: Final = 1000
_PAGE: Final = 50
_SHOWN_ORDERS: Final = 10


@dataclass(frozen=True, slots=True)
class Summary:
    """A demander in the clear with his orders: how many, how many of them open, the newest numbers, the last closing.

    ``known`` None: erased. It leaves the pages only masked.
    """

    person: int
    known: Known | None
    orders: int
    open: int
    numbers: tuple[int, ...]
    closed_at: datetime | None


_SUMMARY: Final = (
    "SELECT p.id, p.key_id, p.sealed, o.n, o.open, o.numbers, o.closed_at FROM person p, LATERAL (SELECT count(*) AS n,"
    " count(*) FILTER (WHERE state <> 'closed') AS open, max(closed_at) AS closed_at,"
    f" (array_agg(number ORDER BY number DESC))[1:{_SHOWN_ORDERS}] AS numbers FROM work_order WHERE person = p.id) o"
    " WHERE p.id = ANY(%s::bigint[]) ORDER BY p.id"
)


def summaries(persons: Sequence[int]) -> list[Summary]:
    """These demanders, by number. One statement."""
    return [_summary(row) for row in sql.rows(_SUMMARY, (list(persons)[:MOST],))]


def _summary(row: tuple[Any, ...]) -> Summary:
    person, key_id, sealed, orders, still, numbers, closed_at = row
    known = people.known_of(person, key_id, sealed) if sealed is not None else None
    return Summary(person, known, orders, still, tuple(numbers or ()), closed_at)


def of_order(number: int) -> int | None:
    """The demander of an order; None when there is no such order, or nobody is known."""
    found = sql.one("SELECT person FROM work_order WHERE number = %s", (number,))
    return found[0] if found else None


# -- requests


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it stands, with how many orders its person has now and how many of them are open."""

    id: int
    person: int
    number: int | None
    ground: str
    reason: str
    state: str
    asked_at: datetime
    asked_by: str
    due_at: datetime | None
    answered_at: datetime | None
    answered_by: str
    answer: str
    done_at: datetime | None
    done_by: str
    orders: int | None
    texts: int | None
    files: int | None
    has: int
    open: int


_COLUMNS: Final = (
    "r.id, r.person, r.number, r.ground, r.reason, r.state, r.asked_at, r.asked_by, r.due_at, r.answered_at,"
    " r.answered_by, r.answer, r.done_at, r.done_by, r.orders, r.texts, r.files"
)
_READ: Final = (
    f"SELECT {_COLUMNS}, o.n, o.open FROM person_request r, LATERAL (SELECT count(*) AS n,"
    " count(*) FILTER (WHERE state <> 'closed') AS open FROM work_order WHERE person = r.person) o"
)


def waiting() -> list[Asked]:
    """Erasures that were asked for and are not done yet, by limit. One statement."""
    found = sql.rows(
        f"{_READ} WHERE r.state IN ('asked', 'agreed') ORDER BY r.due_at, r.id LIMIT %s",
        (MOST,),
    )
    return [Asked(*row) for row in found]


def ended(before: int = 0) -> list[Asked]:
    """What was done or refused, newest first, erasures and copies; ``before``: an id. One statement."""
    found = sql.rows(
        f"SELECT {_COLUMNS}, 0, 0 FROM person_request r WHERE r.kind = 'erase' AND r.state IN ('done', 'refused')"
        " AND (%(before)s = 0 OR r.id < %(before)s) ORDER BY r.id DESC LIMIT %(limit)s",
        {"before": before, "limit": _PAGE},
    )
    return [Asked(*row) for row in found]


def hold(request: int) -> Asked:
    """The request, held for this transaction. Raises NotFound."""
    found = sql.one(
        f"SELECT {_COLUMNS}, 0, 0 FROM person_request r WHERE r.id = %s AND r.kind = 'erase' FOR UPDATE", (request,)
    )
    if found is None:
        raise NotFound(f"没有第 {request} 号删除申请")
    return Asked(*found)


def add(
    person: int, *, by: str, now: datetime, ground: str, reason: str, due: datetime, number: int | None = None
) -> int | None:
    """Keep that somebody asks for an erasure; None when one for this person is under way."""
    found = sql.rows(
        "INSERT INTO person_request (kind, person, number, ground, reason, state, asked_at, asked_by, due_at,"
        " answered_by, answer, done_by) VALUES ('erase', %s, %s, %s, %s, 'asked', %s, %s, %s, '', '', '')"
        " ON CONFLICT DO NOTHING RETURNING id",
        (person, number, ground, reason, now, by, due),
    )
    return int(found[0][0]) if found else None


def answer(request: int, state: str, *, by: str, now: datetime, said: str) -> None:
    sql.run(
        "UPDATE person_request SET state = %s, answered_at = %s, answered_by = %s, answer = %s WHERE id = %s",
        (state, now, by, said, request),
    )


def done(request: int, *, by: str, now: datetime, orders: int, texts: int, files: int) -> None:
    sql.run(
        "UPDATE person_request SET state = 'done', done_at = %s, done_by = %s, orders = %s, texts = %s, files = %s"
        " WHERE id = %s",
        (now, by, orders, texts, files, request),
    )


def copied(person: int, *, by: str, now: datetime, reason: str, orders: int, number: int | None = None) -> None:
    """Keep that a person's own data were handed out."""
    sql.run(
        "INSERT INTO person_request (kind, person, number, ground, reason, state, asked_at, asked_by, answered_by,"
        " answer, done_at, done_by, orders) VALUES ('copy', %(person)s, %(number)s, '', %(reason)s, 'done',"
        " %(now)s::timestamptz, %(by)s::varchar, '', '', %(now)s, %(by)s, %(orders)s)",
        {"person": person, "number": number, "reason": reason, "now": now, "by": by, "orders": orders},
    )


# -- what falls due


@dataclass(frozen=True, slots=True)
class Due:
    """A demander none of whose orders is open or was closed since: how many there are, and when the last one was."""

    person: int
    orders: int
    closed_at: datetime


# The oldest closed orders that still name somebody, through their own index; then whether all of that person's are old.
_DUE: Final = (
    "SELECT o.person, o.n, o.closed_at FROM (SELECT person, min(closed_at) AS first FROM (SELECT person, closed_at"
    " FROM work_order WHERE closed_at < %(before)s AND person IS NOT NULL ORDER BY closed_at LIMIT %(looked)s) old"
    " GROUP BY person) held, LATERAL (SELECT held.person, count(*) AS n, max(closed_at) AS closed_at,"
    " bool_and(closed_at IS NOT NULL AND closed_at < %(before)s) AS all_old FROM work_order"
    " WHERE person = held.person) o"
    " WHERE o.all_old AND NOT EXISTS (SELECT 1 FROM person_request r WHERE r.person = o.person AND r.kind = 'erase'"
    " AND r.state IN ('asked', 'agreed')) ORDER BY held.first, o.person LIMIT %(limit)s"
)


def due(before: datetime, *, limit: int = _PAGE) -> list[Due]:
    """Demanders whose data fall due to be erased, the oldest first; among the 1,000 oldest orders. One statement."""
    found = sql.rows(_DUE, {"before": before, "looked": MOST_DUE, "limit": limit})
    return [Due(*row) for row in found]


def recordings_due(before: datetime) -> tuple[int, datetime | None]:
    """How many recordings are older, up to ``MOST_DUE``, and when the oldest was made. One statement."""
    number, oldest = sql.rows(
        "SELECT count(*), min(offered_at) FROM (SELECT offered_at FROM call WHERE recording <> ''"
        " AND offered_at < %s ORDER BY offered_at LIMIT %s) x",
        (before, MOST_DUE),
    )[0]
    return number, oldest


def forget_recordings(before: datetime, *, limit: int) -> int:
    """Destroy the recordings of calls that are older, with what the exchange told of them; how many there were.

    The bytes of those kept here are swept with other files that nothing names.
    """
    return sql.run(
        "UPDATE call SET recording = '', told = NULL WHERE id IN (SELECT id FROM call WHERE recording <> ''"
        " AND offered_at < %s ORDER BY offered_at LIMIT %s)",
        (before, limit),
    )
