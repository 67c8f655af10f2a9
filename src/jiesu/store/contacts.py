"""Contacts: one approach through one channel, whatever came of it (domain.md §2: 0..n orders, or a chase)."""

from __future__ import annotations

from datetime import datetime

from jiesu.store import sql

_ADD = (
    "INSERT INTO contact (at, channel, person, number, seq, source, part_of)"
    " VALUES (%(at)s, %(channel)s, %(person)s, %(number)s, %(seq)s, %(source)s, %(part_of)s) RETURNING id"
)


def add(
    *,
    at: datetime,
    channel: str,
    person: int | None = None,
    number: int | None = None,
    seq: int | None = None,
    source: str = "",
    part_of: int | None = None,
) -> int:
    """Keep that somebody approached, and what came of it if anything did; the contact's id. 1 statement.

    ``part_of``: the contact that this belongs to, when it is not the first thing that came of it.
    """
    given = {"at": at, "channel": channel, "person": person, "number": number, "seq": seq, "source": source}
    return int(sql.value(_ADD, {**given, "part_of": part_of}))


def of_order(number: int) -> int | None:
    """The contact that an order was registered in; None when nothing of it is kept. 1 statement."""
    found = sql.one(
        "SELECT coalesce(part_of, id) FROM contact WHERE number = %s AND seq = 1 ORDER BY id LIMIT 1", (number,)
    )
    return int(found[0]) if found else None


def orders_of(contact: int, limit: int = 20) -> list[int]:
    """The numbers of the orders that came of a contact or were chased in it, in the order of the talk."""
    found = sql.rows(
        "SELECT number FROM contact WHERE (id = %(one)s OR part_of = %(one)s) AND number IS NOT NULL"
        " ORDER BY id LIMIT %(limit)s",
        {"one": contact, "limit": limit},
    )
    return [number for (number,) in found]
