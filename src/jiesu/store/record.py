"""The only writer of orders. One statement writes the order, its event, its legs, its words, its notices, or nothing.

``record`` is for one move, ``record_many`` for many whole lives at once; both build their rows from the same
functions. A loser of a race gets ``Conflict`` and has written nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

from jiesu.domain import chain
from jiesu.domain.apply import apply
from jiesu.domain.errors import Conflict
from jiesu.domain.notices import notices
from jiesu.domain.order import Event, Order, Text
from jiesu.domain.rules import Rules
from jiesu.domain.supervision import next_step, still_borne
from jiesu.store import announce, crypto, idempotency, people, rows, sql
from jiesu.store import notices as notice_store
from jiesu.store.documents import write_data, write_order
from jiesu.store.idempotency import AlreadyAnswered, Key
from jiesu.store.people import NewPerson


@dataclass(frozen=True, slots=True)
class Sealed:
    """Words on their way to the store: what the event commits to, and what the row keeps."""

    text: Text
    salt: bytes


@dataclass(slots=True)
class Loaded:
    """An order as stored, with what the next write needs. ``urgent``: the write made a notice that cannot wait."""

    order: Order
    head: bytes
    title: str = ""
    place: str = ""
    ticked: frozenset[str] = frozenset()
    urgent: bool = False


@dataclass(slots=True)
class Shown:
    """What lists and search may show of an order: masked words."""

    title: str = ""
    place: str = ""
    body: str = ""
    words: str = ""


class Undivided(Exception):
    """To be made again within a transaction: the move, and that somebody is told of it, must not come apart."""


@dataclass(slots=True)
class Life:
    """A whole order for ``record_many``: its final state, its events with their words, its masked words."""

    order: Order
    events: list[Event]
    sealed: list[Mapping[str, Sealed]]
    shown: Shown
    tick_at: datetime | None = None
    ticked: Sequence[str] = ()
    source: str = ""
    contacts: list[tuple[Any, ...]] = field(default_factory=list)


def seal_text(plain: str, salt: bytes | None = None) -> Sealed:
    """``plain`` with a salt of its own and the commitment that the event will hold."""
    salt = salt or crypto.new_salt()
    return Sealed(Text(plain, crypto.commitment(salt, plain)), salt)


def aad(number: int, seq: int, name: str) -> bytes:
    """What binds sealed words to their event: a row moved elsewhere does not open."""
    return f"{number}/{seq}/{name}".encode()


# -- one move

_SET: Final = ", ".join(f'"{name}" = %({name})s' for name in rows.ORDER)
_NAMES: Final = ", ".join(f'"{name}"' for name in rows.ORDER)
_VALUES: Final = ", ".join(f"%({name})s" for name in rows.ORDER)


def _upsert(table: str, columns: Sequence[str], keys: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    kept = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in keys)
    return (
        f'INSERT INTO "{table}" ({names}) SELECT {", ".join(f"r.{_q(name)}" for name in columns)}'
        f' FROM o, jsonb_populate_recordset(NULL::"{table}", %({table}s)s::jsonb) r'
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {kept}"
    )


def _q(name: str) -> str:
    return f'"{name}"'


_EVENT: Final = (
    "INSERT INTO event (number, seq, move, at, actor, role, unit, rules, rules_version, happened_at, data, hash)"
    " SELECT %(number)s, %(version)s, %(move)s, %(at)s, %(actor)s, %(role)s, %(unit)s, %(rules)s, %(rules_version)s,"
    " %(event_happened)s, %(data)s, %(hash)s FROM o"
)
_TEXTS: Final = (
    "INSERT INTO order_text (number, seq, field, salt, key_id, sealed)"
    " SELECT %(number)s, %(version)s, t.field, t.salt, t.key_id, t.sealed"
    " FROM o, unnest(%(fields)s::text[], %(salts)s::bytea[], %(key_ids)s::smallint[], %(sealed)s::bytea[])"
    " AS t(field, salt, key_id, sealed)"
)
_NOTICES: Final = (
    "INSERT INTO notice (number, key, at, role, unit, words, urgent)"
    " SELECT %(number)s, n.key, n.at, n.role, n.unit, n.words, n.urgent FROM o, jsonb_to_recordset(%(notices)s::jsonb)"
    " AS n(key text, at timestamptz, role text, unit text, words text, urgent boolean)"
    " ON CONFLICT (number, key, role) DO NOTHING"
)
_CALLBACKS: Final = (
    f"INSERT INTO callback ({', '.join(_q(name) for name in rows.CALLBACK)})"
    f" SELECT {', '.join(f'r.{_q(name)}' for name in rows.CALLBACK)}"
    " FROM o, jsonb_populate_recordset(NULL::callback, %(callbacks)s::jsonb) r"
)
# What only some moves write, by the parameter that holds it: nothing is paid for what is not there.
_SIDES: Final = {
    "legs": f"l AS ({_upsert('leg', rows.LEG, ('number', 'no'))})",
    "requests": f"q AS ({_upsert('request', rows.REQUEST, ('number', 'no'))})",
    "callbacks": f"c AS ({_CALLBACKS})",
    "fields": f"t AS ({_TEXTS})",
    "notices": f"n AS ({_NOTICES})",
    "new_person": f"p AS ({people.ADD} FROM o)",
}
_DONE: Final = " SELECT number FROM o"
_TELL: Final = f" SELECT number, pg_notify('{announce.CHANNEL}', %(tell)s) FROM o"
_UPDATE: Final = (
    f"o AS (UPDATE work_order SET {_SET}, tick_at = %(tick_at)s, ticked = %(ticked)s,"
    " title = coalesce(%(title)s, title), place = coalesce(%(place)s, place), head = %(hash)s, doc = %(doc)s::jsonb"
    f" WHERE number = %(number)s AND version = %(before)s RETURNING number), e AS ({_EVENT})"
)
_INSERT: Final = (
    f"o AS (INSERT INTO work_order (number, {_NAMES}, tick_at, title, place, head, doc)"
    f" SELECT %(number)s, {_VALUES}, %(tick_at)s, %(title)s, %(place)s, %(hash)s, %(doc)s::jsonb{{}} RETURNING number),"
    f" e AS ({_EVENT}), s AS (INSERT INTO search_text (number, received_at, body, words)"
    " SELECT %(number)s, %(received_at)s, %(body)s, %(words)s::tsvector FROM o),"
    " k AS (INSERT INTO contact (at, happened_at, channel, person, number, seq, source, part_of)"
    " SELECT %(at)s, %(event_happened)s, %(channel)s, %(person)s, %(number)s, %(version)s, %(source)s, %(part_of)s"
    " FROM o)"
)


@cache
def _statement(first: bool, keyed: bool, told: bool, sides: tuple[str, ...]) -> str:
    """The one statement of a move that writes these sides. A first event whose key is taken comes from nothing.

    ``told``: it also announces the move.
    """
    key = f"x AS ({idempotency.KEEP} RETURNING token), " if keyed else ""
    order = _INSERT.format(" FROM x" if keyed else "") if first else _UPDATE
    return f"WITH {key}{order}{''.join(f', {_SIDES[side]}' for side in sides)}{_TELL if told else _DONE}"


def record(
    before: Loaded,
    event: Event,
    rules: Rules,
    sealed: Mapping[str, Sealed],
    shown: Shown | None = None,
    source: str = "",
    part_of: int | None = None,
    new_person: NewPerson | None = None,
    once: Key | None = None,
) -> Loaded:
    """Write ``event`` and what it makes of the order, in the caller's transaction if there is one; the order after it.

    ``sealed`` holds the words that the event commits to, by fact. ``shown`` is needed for an order's first event and
    whenever title or place change. ``part_of``: the contact that a first event belongs to, when it is not one of its
    own. With a first event go ``new_person``, who asks, when nobody knew him, and ``once``, the key of the request that
    it answers. Raises Conflict when the order is no longer at the version that was decided on, AlreadyAnswered when a
    rival with the same key was first, Undivided when somebody must be told at once and there is no transaction.
    """
    after = apply(before.order, event)
    data = write_data(event.data)
    digest = chain.event_hash(before.head, event, data)
    first = before.order.version == 0
    ticked = still_borne(after, before.ticked)
    told = notices(before.order, after, event, rules)
    params = {
        **dict(zip(rows.ORDER, rows.order_row(after), strict=True)),
        **_event_params(before, event, data, digest),
        **_text_params(event, sealed),
        **_side_params(before.order, after),
        "notices": _listed([notice_store.row(one, event.at, rules) for one in told]),
        "doc": write_order(after),
        "tick_at": next_step(after, rules, ticked),
        "ticked": sorted(ticked),
        "title": (shown.title or None) if shown else None,
        "place": (shown.place or None) if shown else None,
    }
    if first:
        shown = shown or Shown()
        params.update(title=shown.title, place=shown.place, body=shown.body, words=shown.words, source=source)
        params.update(part_of=part_of, **people.row_params(new_person), **idempotency.params(once))
    urgent = any(one.urgent for one in told)
    if urgent and not first and not sql.in_transaction():
        raise Undivided
    sides = tuple(name for name in _SIDES if params.get(name))
    later = announce.afterwards()
    if not sql.hot(_statement(first, first and once is not None, not later, sides), params):
        if once:
            raise AlreadyAnswered(once)
        raise Conflict("这张工单刚被别人办理过，您写的内容没有丢，请看过最新情况再提交", number=event.number)
    if later:
        announce.committed(params["tell"])
    title = shown.title if shown and shown.title else before.title
    place = shown.place if shown and shown.place else before.place
    return Loaded(after, digest, title, place, ticked, urgent)


def _event_params(before: Loaded, event: Event, data: str, digest: bytes) -> dict[str, Any]:
    return {
        "number": event.number,
        "before": before.order.version,
        "move": event.move,
        "at": event.at,
        "actor": event.by,
        "role": event.role,
        "unit": event.unit,
        "rules": event.rules,
        "rules_version": event.rules_version,
        "event_happened": event.happened_at,
        "data": data,
        "hash": digest,
        "tell": f"{event.number} {event.seq} {event.move}",
    }


def _text_params(event: Event, sealed: Mapping[str, Sealed]) -> dict[str, Any]:
    made = [text_row(event, name, one) for name, one in sealed.items()]
    return {
        "fields": [row[2] for row in made],
        "salts": [row[3] for row in made],
        "key_ids": [row[4] for row in made],
        "sealed": [row[5] for row in made],
    }


def text_row(event: Event, name: str, one: Sealed) -> tuple[Any, ...]:
    key_id, blob = crypto.seal(one.text.plain, aad=aad(event.number, event.seq, name))
    return (event.number, event.seq, name, one.salt, key_id, blob)


def _side_params(before: Order, after: Order) -> dict[str, Any]:
    changed = [
        rows.leg_row(after, leg)
        for no, leg in enumerate(after.legs)
        if no >= len(before.legs) or leg != before.legs[no] or before.is_open != after.is_open
    ]
    asked = [
        row
        for no, row in enumerate(rows.request_rows(after))
        if no >= len(before.requests) or after.requests[no] != before.requests[no]
    ]
    made = list(rows.callback_rows(after))[len(before.callbacks) :]
    return {
        "legs": _records(rows.LEG, changed),
        "requests": _records(rows.REQUEST, asked),
        "callbacks": _records(rows.CALLBACK, made),
    }


def _listed(made: list[dict[str, Any]]) -> str:
    """As JSON; empty when there is nothing."""
    return write_data(made) if made else ""


def _records(columns: Sequence[str], values: Iterable[Sequence[Any]]) -> str:
    return _listed([dict(zip(columns, row, strict=True)) for row in values])


# -- many lives

_ORDER_COPY: Final = ("number", *rows.ORDER, "tick_at", "ticked", "title", "place", "head", "doc")
_CONTACT: Final = ("at", "happened_at", "channel", "person", "number", "seq", "source")
_SEARCH: Final = ("number", "received_at", "body", "words")


def record_many(lives: Sequence[Life]) -> None:
    """Write whole lives of new orders in bulk, inside the caller's transaction: all of them or none.

    Every event is chained as ``record`` does. The numbers must be new. Nobody is notified: these are histories.
    """
    orders: list[tuple[Any, ...]] = []
    events: list[tuple[Any, ...]] = []
    texts: list[tuple[Any, ...]] = []
    search: list[tuple[Any, ...]] = []
    contacts: list[tuple[Any, ...]] = []
    for life in lives:
        head = chain.START
        for event, sealed in zip(life.events, life.sealed, strict=True):
            data = write_data(event.data)
            head = chain.event_hash(head, event, data)
            events.append(event_row(event, data, head))
            texts.extend(text_row(event, name, one) for name, one in sealed.items())
        order, shown = life.order, life.shown
        orders.append(
            (
                *(order.number, *rows.order_row(order), life.tick_at, list(life.ticked), shown.title, shown.place),
                *(head, write_order(order)),
            )
        )
        search.append((order.number, order.received_at, shown.body, shown.words))
        first = life.events[0]
        contacts.append((first.at, first.happened_at, order.channel, order.person, order.number, 1, life.source))
        contacts.extend(life.contacts)
    ensure_months({life.order.number // 1_000_000_000 for life in lives})
    sql.copy_in("work_order", _ORDER_COPY, orders)
    sql.copy_in("event", rows.EVENT, events)
    sql.copy_in("leg", rows.LEG, [row for life in lives for row in rows.leg_rows(life.order)])
    sql.copy_in("request", rows.REQUEST, [row for life in lives for row in rows.request_rows(life.order)])
    sql.copy_in("callback", rows.CALLBACK, [row for life in lives for row in rows.callback_rows(life.order)])
    sql.copy_in("order_text", rows.TEXT, texts)
    sql.copy_in("search_text", _SEARCH, search)
    sql.copy_in("contact", _CONTACT, contacts)


def event_row(event: Event, data: str, digest: bytes | str) -> tuple[Any, ...]:
    return (
        *(event.number, event.seq, event.move, event.at, event.by, event.role, event.unit, event.rules),
        *(event.rules_version, event.happened_at, data, digest),
    )


def ensure_months(months: set[int]) -> None:
    """See that each month (yymm) of order numbers has its own partition of events."""
    for month in sorted(months):
        sql.rows("SELECT ensure_event_month(%s)", (month,))
