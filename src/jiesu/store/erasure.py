"""Destroying what is known of a person and what was said in his orders; the record of what was done stays whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiesu.store import crypto, people, sql
from jiesu.store.documents import read_data
from jiesu.store.people import Known

GONE: Final = "（已删除）"


@dataclass(frozen=True, slots=True)
class Held:
    """An order that is a person's: its number and its state."""

    number: int
    state: str


def hold(person: int) -> tuple[Known | None, datetime | None] | None:
    """Who it is and when he was erased, held for this transaction; None when there is no such person."""
    found = sql.one("SELECT key_id, sealed, erased_at FROM person WHERE id = %s FOR UPDATE", (person,))
    if found is None:
        return None
    key_id, sealed, erased_at = found
    if sealed is None:
        return None, erased_at
    return Known(**read_data(crypto.unseal(key_id, sealed, f"person/{person}".encode()))), erased_at


def orders_of(person: int) -> list[Held]:
    """Every order of a person, by number."""
    found = sql.rows("SELECT number, state FROM work_order WHERE person = %s ORDER BY number", (person,))
    return [Held(number, state) for number, state in found]


def destroy(person: int, numbers: Sequence[int], now: datetime) -> tuple[int, list[str]]:
    """Destroy the words of these orders with their salts, what search and lists show of them, and the person.

    An order's words go up to the event that erased it, whose own reason stays. Returns how many texts went, and the
    digests of files that nobody's order uses any more: their rows are gone, their bytes are the caller's to remove
    once this is committed.
    """
    given = {"numbers": list(numbers), "person": person, "gone": GONE}
    texts = sql.run(_TEXTS, given)
    for statement in _BLANK:
        sql.run(statement, given)
    digests = [row[0] for row in sql.rows("SELECT digest FROM file WHERE number = ANY(%(numbers)s)", given)]
    kept = _used_elsewhere(digests, numbers)
    for digest, number in kept.items():
        sql.run("UPDATE file SET number = %s WHERE digest = %s", (number, digest))
    lost = [digest for digest in digests if digest not in kept]
    sql.run("DELETE FROM file WHERE digest = ANY(%s)", (lost,))
    people.erase(person, now)
    return texts, lost


_TEXTS: Final = (
    "DELETE FROM order_text t USING event e WHERE e.number = ANY(%(numbers)s) AND e.move = 'erase'"
    " AND t.number = e.number AND t.seq < e.seq"
)
_CALLS: Final = (
    "UPDATE call SET person = NULL, phone_hash = NULL, recording = ''"
    " WHERE person = %(person)s OR number = ANY(%(numbers)s)"
)
_BLANK: Final = (
    "UPDATE work_order SET title = %(gone)s, place = '' WHERE number = ANY(%(numbers)s)",
    "UPDATE search_text SET body = '', words = ''::tsvector WHERE number = ANY(%(numbers)s)",
    "UPDATE contact SET person = NULL, source = '' WHERE person = %(person)s OR number = ANY(%(numbers)s)",
    _CALLS,
)


def _used_elsewhere(digests: Sequence[str], numbers: Sequence[int]) -> dict[str, int]:
    """Those of these files that another order names too, and the first such order; the same picture is kept once."""
    kept = {}
    for digest in digests:
        found = sql.one(
            "SELECT e.number FROM event e JOIN work_order w ON w.number = e.number WHERE e.data LIKE %s"
            " AND e.number <> ALL(%s::bigint[]) AND NOT coalesce((w.doc ->> 'erased')::bool, false)"
            " ORDER BY e.number LIMIT 1",
            (f'%"{digest}"%', list(numbers)),
        )
        if found is not None:
            kept[digest] = int(found[0])
    return kept
