"""Destroying what is known of a person and what was said in his orders; the record of what was done stays whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from django.db import transaction

from jiesu.store import crypto, files, people, sql
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


def forget(number: int) -> None:
    """Destroy the words of an order with their salts and files, and what search and lists show of it.

    The words go up to the event that erased it, whose own reason stays. The bytes of files that no other order uses
    go once this transaction is committed.
    """
    for statement in _FORGET:
        sql.run(statement, {"number": number, "gone": GONE})
    digests = [row[0] for row in sql.rows("SELECT digest FROM file WHERE number = %s", (number,))]
    used = _used_elsewhere(digests, number)
    for digest, other in used.items():
        sql.run("UPDATE file SET number = %s WHERE digest = %s", (other, digest))
    lost = [digest for digest in digests if digest not in used]
    sql.run("DELETE FROM file WHERE digest = ANY(%s)", (lost,))
    transaction.on_commit(partial(files.remove, lost))


def unknow(person: int, now: datetime) -> None:
    """Destroy what is known of a person, and take him from every contact, call and form that was not sent."""
    sql.run(
        "DELETE FROM draft WHERE phone_hash = (SELECT phone_hash FROM person WHERE id = %s AND phone_hash IS NOT NULL)",
        (person,),
    )
    sql.run("UPDATE contact SET person = NULL, source = '' WHERE person = %s", (person,))
    # His calls, and those of his number that nobody else is known to have made.
    sql.run(_FORGET_JUDGED, {"person": person})
    sql.run(_FORGET_TASKS, {"person": person})
    sql.run(_FORGET_CALLS, {"person": person})
    people.erase(person, now)


def kept(numbers: Sequence[int]) -> tuple[int, list[str]]:
    """How many texts are kept of these orders, and the digests of their files."""
    texts = sql.value("SELECT count(*) FROM order_text WHERE number = ANY(%s)", (list(numbers),))
    digests = sql.rows("SELECT digest FROM file WHERE number = ANY(%s)", (list(numbers),))
    return texts, [digest for (digest,) in digests]


_HIS: Final = (
    "person = %(person)s OR (person IS NULL AND phone_hash = (SELECT phone_hash FROM person WHERE id = %(person)s))"
)
_FORGET_TASKS: Final = (
    "UPDATE call_task SET person = NULL, phone_hash = NULL,"
    f" state = CASE WHEN state IN ('open', 'taken') THEN 'obsolete' ELSE state END WHERE {_HIS}"
)
_NO_CALLER: Final = "person = NULL, phone_hash = NULL, recording = '', told = NULL"
_FORGET_CALLS: Final = f"UPDATE call SET {_NO_CALLER} WHERE {_HIS}"
_FORGET_JUDGED: Final = (
    "DELETE FROM inspection_text WHERE inspection IN"
    f" (SELECT i.id FROM inspection i WHERE i.call IN (SELECT id FROM call WHERE {_HIS}))"
)
_FORGET: Final = (
    (
        "DELETE FROM order_text t USING event e WHERE e.number = %(number)s AND e.move = 'erase'"
        " AND t.number = e.number AND t.seq < e.seq"
    ),
    "UPDATE work_order SET title = %(gone)s, place = '' WHERE number = %(number)s",
    "UPDATE search_text SET body = '', words = ''::tsvector WHERE number = %(number)s",
    "UPDATE contact SET person = NULL, source = '' WHERE number = %(number)s",
    (
        f"UPDATE call SET {_NO_CALLER} WHERE number = %(number)s"
        " OR id IN (SELECT call FROM call_order WHERE number = %(number)s)"
    ),
    "DELETE FROM draft WHERE number = %(number)s",
    (
        "DELETE FROM inspection_text t USING inspection i WHERE t.inspection = i.id AND (i.number = %(number)s"
        " OR i.call IN (SELECT call FROM call_order WHERE number = %(number)s))"
    ),
)


def _used_elsewhere(digests: Sequence[str], number: int) -> dict[str, int]:
    """Those of these files that another order names too, and the first such order; the same picture is kept once."""
    used = {}
    for digest in digests:
        found = sql.one(
            "SELECT e.number FROM event e JOIN work_order w ON w.number = e.number WHERE e.data LIKE %s"
            " AND e.number <> %s AND NOT coalesce((w.doc ->> 'erased')::bool, false)"
            " ORDER BY e.number LIMIT 1",
            (f'%"{digest}"%', number),
        )
        if found is not None:
            used[digest] = int(found[0])
    return used
