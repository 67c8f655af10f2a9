"""Facts read from the record: the orders that moved since the last fill are read anew, whole, in one transaction each
few thousand; rollups and figures are brought along by the difference. Broken off, a fill has done some thousands whole.

What an order's facts say of other orders (whose unit answers for a merged child, whether somebody has come back) is
read anew with either of them, so that facts never depend on the order in which they were filled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.db import transaction

from jiesu.domain.order import Event
from jiesu.domain.tally import Tally, tally
from jiesu.store import fact_rows, rollups, rules, sql
from jiesu.store.copies import not_copied
from jiesu.store.documents import read_data
from jiesu.store.sharing import share

CHUNK: Final = 4_000  # orders of one transaction: the more, the fewer figures are written twice
PROCESSES: Final = 2
ALONE: Final = 8_000  # orders up to which one process is quicker than starting others
_LATE: Final = timedelta(hours=2)  # how far behind a commit may come
_EVENTS: Final = (
    "SELECT number, seq, move, at, actor, role, unit, rules, data, happened_at, rules_version FROM event"
    " WHERE number = ANY(%s) ORDER BY number, seq"
)
# Orders of which the facts say another version, or nothing.
_MOVED: Final = (
    "WITH moved AS (SELECT number, max(seq) AS version FROM event"
    f" WHERE at >= %(since)s AND {not_copied('number')} GROUP BY number)"
    " SELECT number FROM moved m WHERE NOT EXISTS (SELECT 1 FROM fact_order f WHERE f.number = m.number"
    " AND f.gone IS NULL AND f.version >= m.version) ORDER BY number"
)
_ALL: Final = (
    "SELECT w.number FROM work_order w LEFT JOIN fact_order f ON f.number = w.number AND f.gone IS NULL"
    f" WHERE {not_copied('w.number')} AND f.version IS DISTINCT FROM w.version ORDER BY w.number"
)
# The same person on the same matter within thirty days: read off the orders as they stand now.
_REPEATED: Final = (
    "EXISTS (SELECT 1 FROM work_order b WHERE b.person = w.person AND b.matter = w.matter"
    " AND b.received_at >= w.received_at - interval '30 days'"
    " AND (b.received_at, b.number) < (w.received_at, w.number))"
)
_COME_BACK: Final = (
    "UPDATE fact_order f SET repeated = true FROM work_order w"
    f" WHERE f.number = ANY(%s) AND f.gone IS NULL AND f.person IS NOT NULL AND w.number = f.number AND {_REPEATED}"
)
# Orders whose facts hang on one of these: children that it answers for, and later ones of the same person. Asked person
# by person (OFFSET 0 keeps it so): else thousands of them make the planner read a whole city's history.
_HANGING: Final = (
    "SELECT number FROM fact_rating WHERE parent = ANY(%(numbers)s) AND gone IS NULL UNION"
    " SELECT f.number FROM (SELECT person FROM fact_order WHERE number = ANY(%(numbers)s) AND gone IS NULL UNION"
    " SELECT person FROM work_order WHERE number = ANY(%(numbers)s)) p CROSS JOIN LATERAL"
    " (SELECT number, person, matter, received_at FROM work_order o WHERE o.person = p.person OFFSET 0) w"
    " CROSS JOIN LATERAL (SELECT number, repeated FROM fact_order o WHERE o.number = w.number AND o.gone IS NULL"
    f" OFFSET 0) f WHERE f.repeated <> {_REPEATED}"
)
# Who led the order that this one was merged into answers for the rating, which is final when that order is done.
_ANSWERED_FOR: Final = (
    "UPDATE fact_rating r SET unit = p.unit, grp = p.grp, at = greatest(r.at, p.closed_at),"
    " day = greatest(r.day, p.closed_day) FROM fact_order p WHERE r.number = ANY(%s) AND r.gone IS NULL"
    " AND p.number = r.parent AND p.gone IS NULL AND p.state = 'closed'"
)
Show = Callable[[int, int], None]


def due(now: datetime, *, every: bool = False) -> list[int]:
    """Numbers of the orders whose facts are not of their last version; ``every``: looked for among all orders."""
    upto = sql.value("SELECT upto FROM fact_state")
    if every or upto is None:
        return [number for (number,) in sql.rows(_ALL)]
    return [number for (number,) in sql.rows(_MOVED, {"since": upto - _LATE})]


def fill(
    numbers: Sequence[int], *, upto: datetime | None = None, show: Show | None = None, processes: int = PROCESSES
) -> int:
    """Read these orders into facts, and rollups and figures with them; how many. ``upto`` is noted when all is done."""
    workers = processes if len(numbers) > ALONE else 1
    parts = _parts(numbers, workers)
    done = 0
    for filled in share(_part, parts, workers):
        done += filled
        if show:
            show(done, len(numbers))
    if upto is not None:
        sql.run("UPDATE fact_state SET upto = greatest(upto, %s)", (upto,))
    return len(numbers)


def _parts(numbers: Sequence[int], workers: int) -> list[Sequence[int]]:
    """As few parts of at most ``CHUNK`` orders as there can be, as many for each worker: none waits for another."""
    count = -(-len(numbers) // (CHUNK * workers)) * workers
    size = max(1, -(-len(numbers) // max(1, count)))
    return [numbers[at : at + size] for at in range(0, len(numbers), size)]


def _part(numbers: Sequence[int]) -> int:
    """Some orders in a transaction of their own. They are read before it holds up others; what was read anew since
    then stays as it is."""
    held = {one.order.number: one for one in read(numbers)}
    with transaction.atomic():
        rollups.hold()
        _write(held)
    return len(numbers)


def _write(held: dict[int, Tally]) -> None:
    stored = dict(
        sql.rows("SELECT number, version FROM fact_order WHERE number = ANY(%s) AND gone IS NULL", (list(held),))
    )
    for number, version in stored.items():
        if version > held[number].order.version:
            del held[number]
    hanging = [number for (number,) in sql.rows(_HANGING, {"numbers": list(held)}) if number not in held]
    held.update((one.order.number, one) for one in read(hanging))
    numbers, before = sorted(held), [number for number in held if number in stored] + hanging
    made = int(sql.value("UPDATE fact_state SET fill = fill + 1 RETURNING fill"))
    if before:
        rollups.take_out(before)
        put_away(before, made)
    for table, (columns, rows) in fact_rows.rows(held.values(), made).items():
        sql.copy_in(table, columns, rows)
    sql.run(_COME_BACK, (numbers,))
    sql.run(_ANSWERED_FOR, (numbers,))
    rollups.put_in(numbers)


def put_away(numbers: Sequence[int], fill: int) -> None:
    """Facts of these orders make room: those that a publication may have counted are kept as they were counted."""
    published = sql.rows(_PUBLISHED)[0]
    for table, day in _FIRST_DAYS.items():
        if published[0] is not None:
            sql.run(
                f"UPDATE {table} SET gone = %s WHERE number = ANY(%s) AND gone IS NULL AND made <= %s AND {day} < %s",
                (fill, list(numbers), *published),
            )
        sql.run(f"DELETE FROM {table} WHERE number = ANY(%s) AND gone IS NULL", (list(numbers),))


_FIRST_DAYS: Final = {
    "fact_limit": "day",
    "fact_order": "least(day, dispatched_day, closed_day)",
    "fact_rating": "day",
}
# The last fill that a publication counted, and the first day that none holds.
_PUBLISHED: Final = (
    "SELECT max(fill), max(CASE span WHEN 'month' THEN (first + interval '1 month')::date WHEN 'quarter'"
    " THEN (first + interval '3 months')::date WHEN 'year' THEN (first + interval '1 year')::date"
    " WHEN 'week' THEN first + 7 ELSE first + 1 END) FROM publication"
)


def read(numbers: Sequence[int]) -> Iterator[Tally]:
    """What these orders give to be counted, from their events."""
    known = lru_cache(maxsize=None)(rules.at)  # every fact asks, and many threads share the store's own
    for number, held in groupby(sql.hot(_EVENTS, (list(numbers),)), key=itemgetter(0)):
        yield tally(map(_event_of, held), number, known)


def _event_of(row: tuple[Any, ...]) -> Event:
    number, seq, move, at, actor, role, unit, snapshot, data, happened, version = row
    return Event(number, seq, move, at, actor, role, unit, snapshot, read_data(data), happened, version)
