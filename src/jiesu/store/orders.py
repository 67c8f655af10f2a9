"""Reading orders: one for a move, its events, its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from jiesu.domain.chain import START
from jiesu.domain.order import Event, Order
from jiesu.store import crypto, sql
from jiesu.store.documents import read_data, read_order
from jiesu.store.record import Loaded, aad

# No number is larger: a column of eight bytes.
LARGEST: Final = 2**63 - 1
LAST_SERIAL: Final = 9_000_000
"""The last serial that the system gives; those behind it stand on sheets of paper (``domain.offline``)."""
_LOAD = (
    "SELECT w.doc::text, w.head, w.title, w.place, w.ticked, (SELECT snapshot FROM rules_current WHERE one = 1)"
    " FROM work_order w WHERE w.number = %s"
)


def load(number: int, *, for_move: bool = False) -> tuple[Loaded, str] | None:
    """The order and the id of the rules that decide now, or None. ``for_move`` holds the row for this transaction."""
    if number > LARGEST:
        return None
    found = sql.hot(_LOAD + " FOR UPDATE" if for_move else _LOAD, (number,))
    if not found:
        return None
    doc, head, title, place, ticked, snapshot = found[0]
    return Loaded(read_order(doc), bytes(head), title, place, frozenset(ticked)), snapshot


def next_serial(wait_for: int | None = None) -> tuple[int, str]:
    """A serial for a new order's number, and the id of the rules that decide now.

    Serials have gaps and are never a counter row. ``wait_for`` is held until the transaction ends, after whoever holds
    it now (``people.in_line``). Raises LookupError before a city is loaded.
    """
    serial, snapshot, _ = sql.hot(
        "SELECT nextval('work_order_serial'), (SELECT snapshot FROM rules_current WHERE one = 1),"
        " pg_advisory_xact_lock(%s::bigint)",
        (wait_for,),
    )[0]
    if snapshot is None:
        raise LookupError("本市的规则还没有载入，请先载入城市资料")
    return serial, snapshot


def new(number: int) -> Loaded:
    """An order that has no event yet."""
    return Loaded(Order(number), START)


def number_of(day: date, serial: int) -> int:
    """The number of an order registered on this civil day: yymmdd and the serial in seven digits."""
    return int(f"{day:%y%m%d}") * 10_000_000 + serial


def serials(count: int) -> list[int]:
    """Serial numbers for a bulk write."""
    return [row[0] for row in sql.rows("SELECT nextval('work_order_serial') FROM generate_series(1, %s)", (count,))]


_EVENT = "number, seq, move, at, actor, role, unit, rules, rules_version, happened_at, data, hash"


def events(number: int, *, after: int = 0) -> list[Event]:
    """The order's events after version ``after``, in order."""
    found = sql.hot(f"SELECT {_EVENT} FROM event WHERE number = %s AND seq > %s ORDER BY seq", (number, after))
    return [event_of(row) for row in found]


def event_of(row: tuple[Any, ...]) -> Event:
    number, seq, move, at, actor, role, unit, rules, version, happened, data, _ = row
    return Event(number, seq, move, at, actor, role, unit, rules, read_data(data), happened, version)


def texts(number: int) -> dict[tuple[int, str], str]:
    """Every text of the order by (seq, field); erased ones are simply not there."""
    found = sql.hot("SELECT seq, field, key_id, sealed FROM order_text WHERE number = %s", (number,))
    return {(seq, name): crypto.unseal_text(key_id, blob, aad(number, seq, name)) for seq, name, key_id, blob in found}


def children(number: int) -> list[Order]:
    """The orders that were merged into this one and are still its own."""
    found = sql.rows("SELECT doc::text FROM work_order WHERE parent = %s ORDER BY number", (number,))
    return [read_order(doc) for (doc,) in found]


def state_of(number: int) -> tuple[str, int | None] | None:
    """(state, parent) of an order, or None when there is none."""
    found = sql.one("SELECT state, parent FROM work_order WHERE number = %s", (number,))
    return (found[0], found[1]) if found else None


def documents(numbers: Iterable[int]) -> Iterator[Order]:
    for (doc,) in sql.rows("SELECT doc::text FROM work_order WHERE number = ANY(%s)", (list(numbers),)):
        yield read_order(doc)
