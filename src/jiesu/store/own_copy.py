"""Everything that is kept of one demander, in the clear, for a copy that is handed to himself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from jiesu.domain.order import Event, Order
from jiesu.store import crypto, people, sql
from jiesu.store.documents import read_order
from jiesu.store.orders import event_of
from jiesu.store.people import Known
from jiesu.store.record import aad

MOST: Final = 500
"""So many orders, the newest; nobody has more but by mistake."""


@dataclass(frozen=True, slots=True)
class Look:
    """One time that somebody of this role opened, heard or printed something of his."""

    at: datetime
    number: int
    what: str
    role: str


@dataclass(slots=True)
class Own:
    """Who it is, his orders (newest first), their events and every word by (number, seq), and who looked.

    ``calls``: (when, in or out, outcome); ``more``: whether there are more orders than ``MOST``.
    """

    known: Known
    orders: list[Order]
    more: bool
    events: dict[int, list[Event]] = field(default_factory=dict)
    texts: dict[tuple[int, int], dict[str, str]] = field(default_factory=dict)
    calls: list[tuple[datetime, str, str]] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)


_EVENT: Final = "number, seq, move, at, actor, role, unit, rules, rules_version, happened_at, data, hash"
_LOOKS: Final = (
    "SELECT at, number, 'reveal', role FROM event WHERE number = ANY(%(numbers)s) AND move = 'reveal'"
    " UNION ALL SELECT p.at, p.number, 'print', coalesce(r.role, '') FROM order_print p LEFT JOIN LATERAL"
    " (SELECT role FROM staff_role WHERE p.by ~ '^s[0-9]{1,18}$' AND 's' || staff_id = p.by ORDER BY id LIMIT 1) r"
    " ON true WHERE p.number = ANY(%(numbers)s) AND p.open_fields <> '{}'"
    " UNION ALL SELECT h.at, c.number, 'hear', h.role FROM call_heard h JOIN call c ON c.id = h.call"
    " WHERE c.person = %(person)s AND c.number IS NOT NULL"
    " ORDER BY 1"
)


def read(person: int) -> Own | None:
    """What is kept of this person; None when there is none, or he was erased. Six statements."""
    known = people.read(person)
    if known is None:
        return None
    docs = sql.rows(
        "SELECT doc::text FROM work_order WHERE person = %s ORDER BY number DESC LIMIT %s", (person, MOST + 1)
    )
    orders = [read_order(doc) for (doc,) in docs[:MOST]]
    numbers = [one.number for one in orders]
    own = Own(known, orders, len(docs) > MOST, {number: [] for number in numbers})
    for row in sql.rows(f"SELECT {_EVENT} FROM event WHERE number = ANY(%s) ORDER BY number, seq", (numbers,)):
        own.events[row[0]].append(event_of(row))
    for number, seq, name, key_id, sealed in sql.rows(
        "SELECT number, seq, field, key_id, sealed FROM order_text WHERE number = ANY(%s)", (numbers,)
    ):
        held = own.texts.setdefault((number, seq), {})
        held[name] = crypto.unseal_text(key_id, sealed, aad(number, seq, name))
    own.calls = sql.rows(  # type: ignore[assignment]
        "SELECT offered_at, direction, outcome FROM call WHERE person = %s ORDER BY offered_at LIMIT 2000", (person,)
    )
    own.looks = [Look(*row) for row in sql.rows(_LOOKS, {"numbers": numbers, "person": person})]
    return own
