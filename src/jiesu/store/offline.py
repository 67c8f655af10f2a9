"""Sheets of paper for when the system is away: blocks of serials set aside, what became of each sheet, and what of the
orders that were entered from them still waits for a second person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiesu.domain.offline import FIRST, LAST, Account, Held
from jiesu.store import crypto, names, people, sql
from jiesu.store.documents import read_data, write_data

PAGE: Final = 50
MOST_WAITING: Final = 200
_NAME: Final = (
    "CASE WHEN {by} ~ '^s[0-9]+$' THEN coalesce((SELECT name FROM staff WHERE id = substr({by}, 2)::bigint),"
    f" '{names.GONE}') ELSE {{by}} END"
)


@dataclass(frozen=True, slots=True)
class Block:
    """Serials set aside, and how many of their sheets became what."""

    id: int
    first: int
    last: int
    at: datetime
    by: str
    name: str
    note: str
    account: Account

    @property
    def whole(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Mark:
    """What was last said of a sheet."""

    serial: int
    state: str
    number: int | None
    at: datetime
    by: str
    name: str
    note: str


# No two transactions set aside the same serials: one waits for the other, and the table itself refuses an overlap.
_RESERVE: Final = (
    "INSERT INTO offline_block (first, last, at, by, note)"
    " SELECT f.first, f.first + %(count)s::int - 1, %(now)s, %(by)s, %(note)s"
    f" FROM (SELECT coalesce(max(last), {FIRST - 1}) + 1 AS first FROM offline_block) f"
    f" WHERE f.first + %(count)s::int - 1 <= {LAST} RETURNING id"
)


def reserve(count: int, *, by: str, now: datetime, note: str) -> int | None:
    """Set the next ``count`` serials aside, inside the caller's transaction; the block's id. None: none are left."""
    sql.rows("SELECT pg_advisory_xact_lock(4712)")
    found = sql.one(_RESERVE, {"count": count, "now": now, "by": by, "note": note})
    return int(found[0]) if found else None


_BLOCK: Final = (
    f"SELECT b.id, b.first, b.last, b.at, b.by, {_NAME.format(by='b.by')}, b.note,"
    " (SELECT coalesce(json_object_agg(c.state, c.n), '{}')::text FROM (SELECT l.state, count(*) AS n FROM"
    " (SELECT DISTINCT ON (m.serial) m.state FROM offline_mark m WHERE m.block = b.id ORDER BY m.serial, m.id DESC) l"
    " GROUP BY l.state) c) FROM offline_block b"
)


def blocks(*, before: int | None = None, limit: int = PAGE) -> list[Block]:
    """Blocks, the newest first; one more than ``limit`` when there are more. One statement."""
    where = "WHERE b.id < %(before)s" if before is not None else ""
    return [
        _block(row) for row in sql.rows(f"{_BLOCK} {where} ORDER BY b.id DESC LIMIT {limit + 1}", {"before": before})
    ]


def block(id_: int) -> Block | None:
    found = sql.one(f"{_BLOCK} WHERE b.id = %s", (id_,))
    return _block(found) if found else None


def _block(row: Sequence[Any]) -> Block:
    id_, first, last, at, by, name, note, counts = row
    return Block(id_, first, last, at, by, name, note, Account(last - first + 1, read_data(counts)))


def marks(block_: int) -> list[Mark]:
    """What was last said of each sheet of a block that anything was said of, by serial. One statement."""
    found = sql.rows(
        f"SELECT DISTINCT ON (m.serial) m.serial, m.state, m.number, m.at, m.by, {_NAME.format(by='m.by')}, m.note"
        " FROM offline_mark m WHERE m.block = %s ORDER BY m.serial, m.id DESC LIMIT 1000",
        (block_,),
    )
    return [Mark(*row) for row in found]


_LAST: Final = (
    "SELECT s.serial, b.id, b.at, m.state, m.number, m.by, m.at, m.content FROM generate_series(%(first)s::int,"
    " %(last)s::int) AS s(serial) JOIN offline_block b ON b.first <= s.serial AND b.last >= s.serial"
    " LEFT JOIN LATERAL (SELECT state, number, by, at, content FROM offline_mark m WHERE m.block = b.id"
    " AND m.serial = s.serial ORDER BY m.id DESC LIMIT 1) m ON true ORDER BY s.serial"
)


_HOLD: Final = (
    "SELECT pg_advisory_xact_lock(4714, b.id::int) FROM"
    " (SELECT id FROM offline_block WHERE first <= %s AND last >= %s ORDER BY id) b"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A sheet with the id of its block and the hash of what it was entered with."""

    held: Held
    block: int
    content: bytes | None


def hold(first: int, last: int) -> dict[int, Found]:
    """The sheets of a run of serials, by serial, those of no block left out; nobody else enters or marks a sheet of
    these blocks until this transaction ends. Two statements."""
    sql.rows(_HOLD, (last, first))
    return look(first, last)


def look(first: int, last: int) -> dict[int, Found]:
    """The same, held by nobody. One statement."""
    found = {}
    for serial, block_, printed, state, number, by, at, content in sql.rows(_LAST, {"first": first, "last": last}):
        held = Held(serial, printed, state or "out", number, by or "", at)
        found[serial] = Found(held, block_, bytes(content) if content is not None else None)
    return found


def mark(
    block_: int,
    serials: Sequence[int],
    state: str,
    *,
    by: str,
    now: datetime,
    note: str = "",
    number: int | None = None,
    content: bytes | None = None,
) -> None:
    """Say of sheets what became of them. One statement."""
    sql.run(
        "INSERT INTO offline_mark (block, serial, state, at, by, note, number, content)"
        " SELECT %s, s, %s, %s, %s, %s, %s, %s FROM unnest(%s::int[]) s",
        (block_, state, now, by, note, number, content, list(serials)),
    )


def digest(content: Mapping[str, Any]) -> bytes:
    """A keyed hash of what stands on a sheet: tells whether it is the same, and nothing else."""
    return crypto.search_hash(write_data(dict(sorted(content.items()))))


def same(kept: bytes | None, content: Mapping[str, Any]) -> bool:
    return kept is not None and kept in crypto.search_hashes(write_data(dict(sorted(content.items()))))


def next_out(after: int = FIRST - 1) -> int | None:
    """The next sheet behind ``after`` of which nothing final is known, in the block of the one before; else of the
    newest block that has one. One statement."""
    found = sql.one(
        "SELECT s.serial FROM offline_block b, generate_series(b.first, b.last) AS s(serial)"
        " LEFT JOIN LATERAL (SELECT state FROM offline_mark m WHERE m.serial = s.serial AND m.block = b.id"
        " ORDER BY m.id DESC LIMIT 1) m ON true"
        " WHERE b.id > (SELECT max(id) FROM offline_block) - 20 AND coalesce(m.state, 'out') = 'out'"
        " ORDER BY s.serial <= %(after)s, (b.first <= %(after)s AND b.last >= %(after)s) DESC, b.id DESC, s.serial"
        " LIMIT 1",
        {"after": after},
    )
    return int(found[0]) if found else None


def recent_of(phone: str, since: datetime) -> list[tuple[int, datetime]]:
    """Orders that this number's people brought since then, the first first. One statement."""
    key = people.phone_key(phone)
    if not key:
        return []
    found = sql.rows(
        "SELECT w.number, w.received_at FROM person p JOIN work_order w ON w.person = p.id"
        " WHERE p.phone_hash = ANY(%s::bytea[]) AND p.erased_at IS NULL AND w.received_at >= %s"
        " ORDER BY w.received_at LIMIT 5",
        (crypto.search_hashes(key), since),
    )
    return [(number, at) for number, at in found]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that was entered from a sheet, whose time a second person has still to confirm."""

    number: int
    serial: int
    request: int
    by: str
    name: str
    at: datetime
    claimed_at: datetime
    title: str
    place: str
    matter: str
    kind: str
    urgency: str
    secret: bool
    state: str


def waiting() -> list[Waiting]:
    """Late entries of sheets that nobody has confirmed or refused, the first entered first. One statement."""
    found = sql.rows(
        f"SELECT w.number, m.serial, r.no, r.by, {_NAME.format(by='r.by')}, r.at, w.happened_at, w.title, w.place,"
        " w.matter, w.kind, w.urgency, w.secret, w.state FROM request r JOIN offline_mark m ON m.number = r.number"
        " AND m.state = 'used' JOIN work_order w ON w.number = r.number WHERE r.type = 'late_entry'"
        f" AND r.state IN ('open', 'half') AND r.number %% 10000000 >= {FIRST} AND w.happened_at IS NOT NULL"
        f" ORDER BY r.at, w.number LIMIT {MOST_WAITING}"
    )
    return [Waiting(*row) for row in found]
