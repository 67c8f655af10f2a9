"""The scale kit's books: which copies of simulated lives were asked for, and what the database needs around them.

Copies are good for lists and figures, and no record (``store.copies``). ``scale_rows`` makes their rows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final

import psycopg
from django.db import transaction

from jiesu.store import sql
from jiesu.store.copies import SERIAL, SETTING
from jiesu.store.documents import read_data, write_data
from jiesu.store.embedded import Embedded
from jiesu.store.orders import LAST_SERIAL
from jiesu.store.pgserver import CONF, find_place

YEAR: Final = 364  # days of a year of whole weeks, so that weekdays hold
LARGEST: Final = SERIAL - 1
TABLES: Final = (
    "work_order",
    "event",
    "leg",
    "request",
    "callback",
    "order_text",
    "search_text",
    "contact",
    "person",
    "call",
)
AT_REST: Final = "w.state = 'closed' AND w.tick_at IS NULL"


@dataclass(slots=True)
class Batch:
    """Copies asked for at once: ``source`` lives, ``copies`` times, ``years`` back, the last time ``share`` of them.

    The lives are orders with serials up to ``serials`` and numbers up to ``source_upto``. A copy's serial is the life's
    own, moved by ``above`` and a multiple of ``serials``; its number lies between ``since`` and ``upto``; who called
    is moved likewise by ``people_above`` and ``people``.
    """

    years: int
    since: int
    upto: int
    above: int
    copies: int
    serials: int
    source: int
    source_upto: int
    share: int
    people_above: int
    people: int
    lean: bool
    done: bool = False

    @property
    def orders(self) -> int:
        """How many orders it makes."""
        return (self.copies - 1) * self.source + self.share


@dataclass(frozen=True, slots=True)
class Source:
    """The simulated lives: serials up to, numbers from and up to, people up to; how many, how many of them at rest."""

    serials: int
    since: int
    upto: int
    people: int
    orders: int
    at_rest: int


# -- what there is


def lock() -> bool:
    """Take the right to multiply for this session; False when another process has it."""
    return bool(sql.value("SELECT pg_try_advisory_lock(4720)"))


def held() -> int:
    """How many orders there are."""
    return int(sql.value("SELECT count(*) FROM work_order"))


def batches() -> list[Batch]:
    """Every batch that was asked for, in order."""
    return [Batch(**one) for one in _books()["batches"]]


def source(simulated: int) -> Source | None:
    """The lives to copy: the simulated ones, which have the first serials. None where there is none."""
    first = next(iter(batches()), None)
    if first is None:
        serials = simulated
        upto, people = sql.rows(
            f"SELECT max(number), coalesce(max(person), 0) FROM work_order WHERE number %% {SERIAL} <= %s", (serials,)
        )[0]
        if upto is None:
            return None
    else:
        serials, upto, people = first.serials, first.source_upto, first.people
    since, orders, at_rest = sql.rows(
        f"SELECT min(w.number), count(*), count(*) FILTER (WHERE {AT_REST}) FROM work_order w"
        f" WHERE w.number <= %s AND w.number %% {SERIAL} <= %s",
        (upto, serials),
    )[0]
    return Source(serials, since, upto, people, orders, at_rest)


def reserve(wanted: Sequence[tuple[int, int]], of: Source, *, lean: bool) -> list[Batch]:
    """Set numbers and people aside for batches of (years back, orders); they share both, since their days differ.

    Raises ValueError when serials have no room left.
    """
    made = [(years, of.at_rest if years else of.orders, orders) for years, orders in wanted]
    blocks = max(-(-orders // each) for _, each, orders in made)
    with transaction.atomic():
        serial = max(of.serials, sql.value("SELECT last_value FROM work_order_serial"))
        person = max(of.people, sql.value("SELECT last_value FROM person_id_seq"))
        if serial + blocks * of.serials > LAST_SERIAL:
            raise ValueError("no serials left")
        books = _books()
        for years, each, orders in made:
            copies = -(-orders // each)
            share = orders - (copies - 1) * each
            since, upto = _moved_back(of.since, years), _moved_back(of.upto, years) + LARGEST
            batch = Batch(
                *(years, since, upto, serial, copies, of.serials, each, of.upto, share, person, of.people, lean)
            )
            books["batches"].append(asdict(batch))
        _keep(books)
        sql.value("SELECT setval('work_order_serial', %s)", (serial + blocks * of.serials,))
        sql.value("SELECT setval('person_id_seq', %s)", (person + blocks * max(1, of.people),))
    return [one for one in batches() if not one.done]


def _moved_back(number: int, years: int) -> int:
    """The first number there could be on the day of this one, some years of whole weeks earlier."""
    return int(sql.value(f"SELECT {day_of('%(number)s')} * {SERIAL}", {"number": number, "days": years * YEAR}))


def day_of(number: str) -> str:
    """SQL: the day (yymmdd) of the order number in this column, moved back by ``days``."""
    day = f"to_date(lpad(({number}::bigint / {SERIAL})::text, 6, '0'), 'YYMMDD')"
    return f"to_char({day} - %(days)s::int, 'YYMMDD')::bigint"


def mark_done() -> None:
    """Every batch is whole, every index there."""
    books = _books()
    for one in books["batches"]:
        one["done"] = True
    _keep({**books, "indexes": []})


def _books() -> dict[str, Any]:
    found = sql.one("SELECT value::text FROM setting WHERE name = %s", (SETTING,))
    return read_data(found[0]) if found else {"batches": [], "indexes": []}


def _keep(books: dict[str, Any]) -> None:
    sql.run(
        "INSERT INTO setting (name, value) VALUES (%s, %s::jsonb)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (SETTING, write_data(books)),
    )


# -- indexes, room and rest


def drop_indexes() -> None:
    """Drop the indexes that are no key, and write down what is to be built again."""
    with transaction.atomic():
        books = _books()
        for name, definition in sql.rows(_INDEXES, (list(TABLES),)):
            books["indexes"].append(definition.replace("CREATE INDEX ", "CREATE INDEX IF NOT EXISTS ", 1))
            sql.run(f'DROP INDEX "{name}"')
        _keep(books)


_INDEXES: Final = (
    "SELECT i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
    " JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
    " WHERE n.nspname = 'public' AND t.relkind = 'r' AND NOT x.indisunique AND t.relname = ANY(%s) ORDER BY i.relname"
)


def waiting_indexes() -> list[str]:
    """Statements that build what was dropped, the longest first."""
    return sorted(_books()["indexes"], key=lambda one: (" gin " not in one, "work_order" not in one, one))


def build_index(statement: str) -> None:
    """Build one index; nothing when it is there."""
    sql.run("SET maintenance_work_mem = '768MB'")
    sql.run("SET max_parallel_maintenance_workers = 1")
    sql.run(statement.replace("%", "%%"))  # a condition of the index may hold one


def tidy(table: str) -> None:
    """Vacuum and analyse a table that grew."""
    sql.run("SET maintenance_work_mem = '256MB'")
    sql.run(f'VACUUM (ANALYZE) "{table}"')


@contextmanager
def unhurried(embedded: Embedded) -> Iterator[None]:
    """The embedded server does not wait for the disk inside the block; after it everything is on the disk.

    Only a power failure inside the block could harm the cluster. A killed process cannot: the next start of the server
    writes its usual configuration.
    """
    conf = find_place(embedded.data).cluster / CONF
    before = conf.read_text()
    conf.write_text(before + "".join(f"{name} = '{value}'\n" for name, value in _HASTE.items()))
    try:
        _reload(embedded)
        yield
    finally:
        conf.write_text(before)
        _reload(embedded)
        os.sync()


_HASTE: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_compression": "off",
    "max_wal_size": "2GB",
}


def _reload(embedded: Embedded) -> None:
    with psycopg.connect(embedded.url("super"), autocommit=True) as link:
        link.execute("SELECT pg_reload_conf()")
        link.execute("CHECKPOINT")
