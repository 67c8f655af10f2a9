"""Moves of many orders in one statement, for the clock tick: orders that its transaction holds, moves without words.

One at a time a move costs a statement; here a batch of orders does. All of it is written or nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from jiesu.domain import chain
from jiesu.domain.apply import apply
from jiesu.domain.errors import Conflict
from jiesu.domain.notices import notices
from jiesu.domain.order import Event, Order
from jiesu.domain.rules import Rules
from jiesu.store import record, rows, sql
from jiesu.store.documents import write_data, write_order
from jiesu.store.record import Loaded


@dataclass(slots=True)
class Moved:
    """An order that this transaction holds, and the moves made of it that are not written yet."""

    before: Loaded
    after: Loaded
    events: list[dict[str, Any]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    def make(self, event: Event, rules: Rules) -> None:
        """Make one more move; ``after`` is the order as it then stands, ``urgent`` when any of them cannot wait."""
        was = self.after
        order, data = apply(was.order, event), write_data(event.data)
        if _sides(order) != _sides(was.order):
            raise ValueError(f"{event.move} changes more than the order's own row")
        head = chain.event_hash(was.head, event, data)
        told = notices(was.order, order, event, rules)
        self.told += [{"number": event.number, **record.notice_row(one, event.at, rules)} for one in told]
        self.events.append(dict(zip(rows.EVENT, record.event_row(event, data, _hex(head)), strict=True)))
        urgent = was.urgent or any(one.urgent for one in told)
        self.after = Loaded(order, head, was.title, was.place, was.ticked, urgent)


def write(moved: Sequence[Moved]) -> None:
    """Write the moves of these orders, at least one of each, inside the caller's transaction; when to look again and
    what was done are the caller's. Raises Conflict when one is no longer at the version that was decided on."""
    params = {
        "numbers": [one.after.order.number for one in moved],
        "befores": [one.before.order.version for one in moved],
        "orders": write_data([_order(one.after) for one in moved]),
        "events": write_data([event for one in moved for event in one.events]),
        "notices": write_data([told for one in moved for told in one.told]),
    }
    written = {number for number, _ in sql.hot(_WRITE, params)}
    for one in moved:
        if one.after.order.number not in written:
            raise Conflict("这张工单刚被别人办理过", number=one.after.order.number)


def _order(after: Loaded) -> dict[str, Any]:
    order = after.order
    return {
        "number": order.number,
        **dict(zip(rows.ORDER, rows.order_row(order), strict=True)),
        "head": _hex(after.head),
        "doc": msgspec.Raw(write_order(order).encode()),
    }


def _sides(order: Order) -> tuple[object, ...]:
    """What lies in rows of its own, which are not written here."""
    return (order.legs, order.requests, order.callbacks, order.is_open)


def _hex(data: bytes) -> str:
    """Bytes as the server reads them from a document."""
    return f"\\x{data.hex()}"


_EVENTS: Final = "jsonb_populate_recordset(NULL::event, %(events)s::jsonb)"
_SET: Final = ", ".join(f'"{name}" = d."{name}"' for name in rows.ORDER)
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
    f" SELECT r.number, pg_notify('jiesu', r.number || ' ' || r.seq || ' ' || r.move) FROM o JOIN {_EVENTS} r"
    " USING (number)"
)
