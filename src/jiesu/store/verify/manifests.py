"""Do the day manifests hold, and is everything still there that they list."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from jiesu.domain import chain
from jiesu.store.manifest import ENTRY, unpack
from jiesu.store.verify.found import Fault, Found
from jiesu.store.verify.reading import Connection, fetch

_AT_ONCE: Final = 20  # manifests read at a time


@dataclass(slots=True)
class Listed:
    """One manifest as it is kept, with the number and the hash of the one before it."""

    id: int
    day: date
    entries: bytes
    hash: bytes
    before: tuple[int, bytes] = field(default=(0, chain.START))


def check(connection: Connection, first: int, last: int, numbers: Sequence[int], found: Found) -> None:
    """Check the manifests of these ids and what they list; with ``numbers`` only what they list of those orders."""
    lost: dict[int, tuple[int, Listed]] = {}
    for one in _read(connection, first, last):
        if not numbers:
            found.manifests += 1
            found.faults += _link(one)
        for number, version in _not_there(connection, one, numbers):
            if number not in lost or lost[number][0] < version:
                lost[number] = (version, one)
    for number, (version, one) in sorted(lost.items()):
        found.faults += _loss(connection, number, version, one)


def last_id(connection: Connection) -> int:
    """The number of the last manifest, 0 when there is none."""
    return int(fetch(connection, "SELECT coalesce(max(id), 0) FROM manifest")[0][0])


def hash_of(connection: Connection, id_: int) -> bytes | None:
    """The hash of a manifest, or None when it is not kept."""
    found = fetch(connection, "SELECT hash FROM manifest WHERE id = %s", (id_,))
    return bytes(found[0][0]) if found else None


def _read(connection: Connection, first: int, last: int) -> Iterator[Listed]:
    select = "SELECT id, day, entries, hash FROM manifest"
    before = (0, chain.START)
    for id_, digest in fetch(
        connection, "SELECT id, hash FROM manifest WHERE id < %s ORDER BY id DESC LIMIT 1", (first,)
    ):
        before = (id_, bytes(digest))
    above = first - 1
    while rows := fetch(connection, f"{select} WHERE id > %s AND id <= %s ORDER BY id LIMIT {_AT_ONCE}", (above, last)):
        for row in rows:
            one = Listed(row[0], row[1], bytes(row[2]), bytes(row[3]), before)
            yield one
            before = (one.id, one.hash)
        above = before[0]


def _link(one: Listed) -> list[Fault]:
    """A part that does not follow its neighbour was altered; where numbers are left out, parts were taken away."""
    gone = range(one.before[0] + 1, one.id)
    if gone:
        which = f"第 {gone[0]} 号" if len(gone) == 1 else f"第 {gone[0]} 至 {gone[-1]} 号"
        return [Fault(None, f"{which}日清单被删除", "manifest")]
    if chain.manifest_hash(one.before[1], one.day.isoformat(), one.entries) != one.hash:
        return [Fault(None, f"第 {one.id} 号日清单（{one.day}）被改动", "manifest")]
    return []


_THERE: Final = (
    "SELECT e.number, e.seq, e.hash FROM unnest(%s::bigint[], %s::int[]) AS x(number, version)"
    " JOIN event e ON e.number = x.number AND e.seq = x.version"
)


def _not_there(connection: Connection, one: Listed, numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The entries whose event is not there with the hash that it had."""
    try:
        entries = list(_entries(one.entries, numbers) if numbers else unpack(one.entries))
    except ValueError:
        return []  # cut; its own hash says so
    if not entries:
        return []
    asked = _array(entry[0] for entry in entries), _array(entry[1] for entry in entries)
    there = {(number, version): head for number, version, head in fetch(connection, _THERE, asked)}
    return [(number, version) for number, version, head in entries if there.get((number, version)) != head]


def _array(numbers: Iterable[int]) -> str:
    """Numbers as the database reads an array; the driver takes its time over a list of thousands."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _entries(packed: bytes, numbers: Sequence[int]) -> Iterator[tuple[int, int, bytes]]:
    """The entries of these orders alone."""
    spots = range(len(packed) // ENTRY.size)
    for number in numbers:
        at = bisect_left(spots, number, key=lambda spot: ENTRY.unpack_from(packed, spot * ENTRY.size)[0])
        if at < len(spots):
            entry = ENTRY.unpack_from(packed, at * ENTRY.size)
            if entry[0] == number:
                yield entry


_LEFT: Final = (
    "SELECT (SELECT version FROM work_order WHERE number = %(n)s),"
    " (SELECT max(seq) FROM event WHERE number = %(n)s),"
    " EXISTS (SELECT 1 FROM event WHERE number = %(n)s AND seq = %(v)s)"
)


def _loss(connection: Connection, number: int, version: int, one: Listed) -> list[Fault]:
    """What became of an order that does not answer to a manifest. What its own chain tells is left to that."""
    row, last, there = connection.execute(_LEFT, {"n": number, "v": version}).fetchall()[0]
    sealed = f"（第 {one.id} 号日清单 {one.day} 记到第 {version} 条）"
    if row is None and last is None:
        return [Fault(number, f"工单整张被删除{sealed}", "gone")]
    if there:
        return [Fault(number, f"第 {version} 条流转记录与日清单不符，记录被整体改写{sealed}", "manifest")]
    if last is not None and row == last and last < version:
        lost = version - last
        which = "最后一条" if lost == 1 else f"最后 {lost} 条"
        return [Fault(number, f"{which}流转记录及工单行被退回{sealed}", "gone")]
    return []
