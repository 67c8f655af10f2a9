"""Everything that is kept of a range of orders, read whole and in order, a thousand orders at a time.

One snapshot of the database serves all processes of a verification, so that work goes on meanwhile and nobody sees
half a move. Ranges join without gaps: what belongs to no order lies in some range too, and is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, Final, LiteralString

import psycopg
from psycopg.rows import tuple_row

from jiesu.store import copies, rows
from jiesu.store.copies import copied, not_copied
from jiesu.store.documents import read_data
from jiesu.store.sql import Params

LOWEST: Final = -(2**63)
HIGHEST: Final = 2**63 - 1
_ORDERS: Final = 1_000  # orders read at a time
Rows = list[tuple[Any, ...]]
Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(slots=True)
class Kept:
    """One order as it is kept: its row (columns of ``rows.ORDER``, head, document), events and what hangs on it."""

    number: int
    row: tuple[Any, ...] | None = None
    events: Rows = field(default_factory=list)
    texts: Rows = field(default_factory=list)
    legs: Rows = field(default_factory=list)
    requests: Rows = field(default_factory=list)
    callbacks: Rows = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.row or self.events or self.texts or self.legs or self.requests or self.callbacks)


# Cores are shared out already; rows are asked for in the order of an index, and lie nearly so; days fit into memory.
_SETTINGS: Final = (
    "SET TimeZone TO 'UTC'; SET max_parallel_workers_per_gather TO 0; SET enable_bitmapscan TO off;"
    " SET work_mem TO '64MB'"
)


@contextmanager
def snapshot(dsn: str, of: str | None = None) -> Iterator[Connection]:
    """A connection that sees one moment and changes nothing: its own, or the one that another connection exported."""
    with psycopg.connect(dsn, row_factory=tuple_row) as connection:
        connection.execute(_SETTINGS)
        connection.commit()
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        if of is not None:
            connection.execute(f"SET TRANSACTION SNAPSHOT '{of}'")
        yield connection


def export(connection: Connection) -> str:
    """The name under which other connections may see what this one sees, as long as it stays open."""
    return str(fetch(connection, "SELECT pg_export_snapshot()")[0][0])


def ranges(connection: Connection, parts: int) -> list[tuple[int, int]]:
    """Ranges (above, up to) that hold about as many events each and together every number there could be."""
    found = fetch(
        connection,
        "SELECT max(number) FROM (SELECT number, ntile(%s) OVER (ORDER BY number) AS part FROM work_order"
        f" WHERE {not_copied('number')}) w GROUP BY part ORDER BY part",
        (parts,),
    )
    edges = [LOWEST, *(row[0] for row in found[:-1]), HIGHEST]
    return list(pairwise(edges))


def fetch(connection: Connection, statement: str, params: Params = ()) -> Rows:
    """Every row of a statement, in the driver's binary form."""
    with connection.cursor(binary=True) as cursor:
        return cursor.execute(_query(statement), params).fetchall()


def _query(statement: str) -> LiteralString:
    """Statements here are constants of this package; values travel as parameters only."""
    return statement


def in_range(connection: Connection, above: int, up_to: int) -> Iterator[Kept]:
    """Everything kept of the record under numbers above one and up to another, by number."""
    where = _RECORD if _knows_copies(connection) else _RANGE
    while above < up_to:
        found = fetch(connection, f"{_ORDER} WHERE {where}{_NEXT}", (above, up_to, _ORDERS))
        last = found[-1][0] if len(found) == _ORDERS else up_to
        yield from _gather(connection, found, where, (above, last))
        above = last


def of(connection: Connection, numbers: Sequence[int]) -> Iterator[Kept]:
    """What is kept of these orders, by number; a number that nothing is kept of still gives an empty one."""
    wanted = sorted(set(numbers))
    for start in range(0, len(wanted), _ORDERS):
        part = wanted[start : start + _ORDERS]
        found = fetch(connection, f"{_ORDER} WHERE number = ANY(%s) ORDER BY number", (part,))
        yield from _gather(connection, found, "number = ANY(%s)", (part,), part)


def _knows_copies(connection: Connection) -> bool:
    """Whether anything was ever copied; where not, no row need be asked."""
    return bool(fetch(connection, "SELECT EXISTS (SELECT FROM setting WHERE name = %s)", (copies.SETTING,))[0][0])


def copies_among(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """Those of these orders that are copies and no record."""
    asked = f"SELECT number FROM work_order WHERE number = ANY(%s) AND {copied('number')}"
    return {row[0] for row in fetch(connection, asked, (list(numbers),))}


def count_copies(connection: Connection) -> int:
    """How many orders are copies and no record."""
    return int(fetch(connection, f"SELECT count(*) FROM work_order WHERE %s AND {copied('number')}", (True,))[0][0])


def _columns(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


_RANGE: Final = "number > %s AND number <= %s"
_RECORD: Final = f"{_RANGE} AND {not_copied('number')}"
_NEXT: Final = " ORDER BY number LIMIT %s"
_ORDER: Final = f"SELECT number, {_columns(rows.ORDER)}, head, doc::text FROM work_order"
_TABLES: Final = (
    ("events", f"SELECT {_columns(rows.EVENT)} FROM event", "number, seq"),
    ("texts", f"SELECT {_columns(rows.TEXT)} FROM order_text", "number, seq, field"),
    ("legs", f"SELECT {_columns(rows.LEG)} FROM leg", "number, no"),
    ("requests", f"SELECT {_columns(rows.REQUEST)} FROM request", "number, no"),
    ("callbacks", f"SELECT {_columns(rows.CALLBACK)} FROM callback", "number, no"),
)


def _gather(
    connection: Connection, found: Rows, where: str, params: tuple[Any, ...], numbers: Sequence[int] = ()
) -> Iterator[Kept]:
    kept = {row[0]: Kept(row[0], row[1:]) for row in found}
    for name, select, order in _TABLES:
        found = fetch(connection, f"{select} WHERE {where} ORDER BY {order}", params)
        for number, some in groupby(found, itemgetter(0)):
            if number not in kept:
                kept[number] = Kept(number)
            setattr(kept[number], name, list(some))
    for number in numbers:
        kept.setdefault(number, Kept(number))
    for number in sorted(kept):
        yield kept.pop(number)


def snapshots(connection: Connection) -> Iterator[tuple[str, dict[str, str]]]:
    """Every rules snapshot: its id, and the hash of each part by name."""
    for id_, parts in fetch(connection, "SELECT id, parts::text FROM rules_snapshot ORDER BY id"):
        yield id_, read_data(parts)


def part(connection: Connection, digest: str) -> Any:
    """The document of a part of rules, or None when it is not kept."""
    found = fetch(connection, "SELECT doc::text FROM rules_part WHERE hash = %s", (digest,))
    return read_data(found[0][0]) if found else None
