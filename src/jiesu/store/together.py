"""Moves of many orders in one statement, for the clock tick: orders that its transaction holds, moves without words.

One at a time a move costs a statement; here a batch of orders does. All of it is written or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec

from jiesu.domain import chain
from jiesu.domain.apply import apply
from jiesu.domain.errors import Conflict
from jiesu.domain.notices import Notice, notices
from jiesu.domain.order import Event, Order
from jiesu.domain.rules import Rules
from jiesu.store import announce, record, rows, sql
from jiesu.store import notices as notice_store
from jiesu.store.documents import write_data, write_order
from jiesu.store.record import Loaded


@dataclass(slots=True)
class Moved:
    """An order that this transaction holds, and what is not written yet: moves made of it, people to remind, when the
    tick has to look at it again and what it has done."""

    before: Loaded
    after: Loaded
    events: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    tick_at: datetime | None = None
    ticked: Iterable[str] = ()

    def make(self, event: Event, rules: Rules) -> None:
        """Make one more move; ``after`` is the order as it then stands, ``urgent`` when any of them cannot wait."""
        was = self.after
        order, data = apply(was.order, event), write_data(event.data)
        if _sides(order) != _sides(was.order):
            raise ValueError(f"{event.move} changes more than the order's own row")
        head = chain.event_hash(was.head, event, data)
        told = notices(was.order, order, event, rules)
        self.remind(told, event.at, rules)
        self.events.append(dict(zip(rows.EVENT, record.event_row(event, data, _hex(head)), strict=True)))
        urgent = was.urgent or any(one.urgent for one in told)
        self.after = Loaded(order, head, was.title, was.place, was.ticked, urgent)

    def remind(self, told: Iterable[Notice], at: datetime, rules: Rules) -> None:
        """Tell these people as well."""
        number = self.after.order.number
        self.told += [{"number": number, **notice_store.row(one, at, rules)} for one in told]


def write(moved: Sequence[Moved]) -> None:
    """Write what waits of these orders, at least one move of each, inside the caller's transaction.

    Raises Conflict when one is no longer at the version that was decided on.
    """
    params = {
        "numbers": [one.after.order.number for one in moved],
        "befores": [one.before.order.version for one in moved],
        "orders": write_data([_order(one) for one in moved]),
        "events": write_data([event for one in moved for event in one.events]),
        "notices": write_data([told for one in moved for told in one.told]),
    }
    written = {number for number, _ in sql.hot(_WRITE, params)}
    for one in moved:
        if one.after.order.number not in written:
            raise Conflict("这张工单刚被别人办理过", number=one.after.order.number)


def _order(moved: Moved) -> dict[str, Any]:
    order = moved.after.order
    return {
        "number": order.number,
        **dict(zip(rows.ORDER, rows.order_row(order), strict=True)),
        "tick_at": moved.tick_at,
        "ticked": sorted(moved.ticked),
        "head": _hex(moved.after.head),
        "doc": msgspec.Raw(write_order(order).encode()),
    }


def _sides(order: Order) -> tuple[object, ...]:
    """What lies in rows of its own, which are not written here."""
    return (order.legs, order.requests, order.callbacks, order.is_open)


def _hex(data: bytes) -> str:
    """Bytes as the server reads them from a document."""
    return f"\\x{data.hex()}"


_EVENTS: Final = "jsonb_populate_recordset(NULL::event, %(events)s::jsonb)"
_SET: Final = ", ".join(f'"{name}" = d."{name}"' for name in (*rows.ORDER, "tick_at", "ticked"))
_WRITE: Final = (
    f"WITH o AS (UPDATE work_order w SET {_SET},"
    " head = d.head, doc = d.doc FROM jsonb_populate_recordset(NULL::work_order, %(orders)s::jsonb) d"
    " JOIN unnest(%(numbers)s::bigint[], %(befores)s::integer[]) b(number, before) ON b.number = d.number"
    " WHERE w.number = d.number AND w.version = b.before RETURNING w.number),"
    f" e AS (INSERT INTO event ({', '.join(rows.EVENT)}) SELECT {', '.join(f'r.{name}' for name in rows.EVENT)}"
    f" FROM o JOIN {_EVENTS} r USING (number))"
    ", n AS (INSERT INTO notice (number, key, at, role, unit, words, urgent)"
    " SELECT r.number, r.key, r.at, r.role, r.unit, r.words, r.urgent"
    " FROM o JOIN jsonb_populate_recordset(NULL::notice, %(notices)s::jsonb) r USING (number)"
    " ON CONFLICT (number, key, role) DO NOTHING)"
    f" SELECT r.number, pg_notify('{announce.CHANNEL}', r.number || ' ' || r.seq || ' ' || r.move)"
    f" FROM o JOIN {_EVENTS} r USING (number)"
)
