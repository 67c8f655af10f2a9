"""Facts read from the record: the orders that moved since the last fill are read anew, whole, in one transaction each
thousand; rollups and figures are brought along by the difference. Broken off, a fill has done some thousands whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from django.db import transaction

from jiesu.domain.order import Event
from jiesu.domain.tally import Tally, tally
from jiesu.store import fact_rows, rollups, rules, sql
from jiesu.store.copies import not_copied
from jiesu.store.documents import read_data

CHUNK: Final = 1_000  # orders of one transaction
_LOCK: Final = 4712  # one fill at a time
_LATE: Final = timedelta(hours=2)  # how far behind a commit may come
_EVENTS: Final = (
    "SELECT number, seq, move, at, actor, role, unit, rules, data, happened_at, rules_version FROM event"
    " WHERE number = ANY(%s) ORDER BY number, seq"
)
# Orders of which the facts say another version, or nothing; a child's rating counts for its parent's unit.
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
_REPEATED: Final = (
    "UPDATE fact_order f SET repeated = true WHERE f.number = ANY(%s) AND f.gone IS NULL AND f.person IS NOT NULL"
    " AND EXISTS (SELECT 1 FROM work_order w WHERE w.person = f.person AND w.number < f.number AND w.matter = f.matter"
    " AND w.received_at >= f.received_at - interval '30 days')"
)
# Who led the order that this one was merged into answers for the rating.
_PARENTS: Final = (
    "UPDATE fact_rating r SET unit = p.unit, grp = p.grp FROM fact_order p WHERE r.number = ANY(%s) AND r.gone IS NULL"
    " AND r.unit = '' AND p.number = r.parent AND p.gone IS NULL"
)


def due(now: datetime, *, every: bool = False) -> list[int]:
    """Numbers of the orders whose facts are not of their last version; ``every``: looked for among all orders."""
    upto = sql.value("SELECT upto FROM fact_state")
    if every or upto is None:
        return [number for (number,) in sql.rows(_ALL)]
    return [number for (number,) in sql.rows(_MOVED, {"since": upto - _LATE})]


def fill(
    numbers: Sequence[int],
    now: datetime,
    *,
    upto: datetime | None = None,
    show: Callable[[int, int], None] | None = None,
) -> int:
    """Read these orders into facts, and rollups and figures with them; how many. ``upto`` is noted when all is done."""
    for start in range(0, len(numbers), CHUNK):
        part = numbers[start : start + CHUNK]
        with transaction.atomic():
            sql.rows("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            _fill(part)
        if show:
            show(min(start + CHUNK, len(numbers)), len(numbers))
    if upto is not None:
        sql.run("UPDATE fact_state SET upto = greatest(upto, %s)", (upto,))
    return len(numbers)


def _fill(numbers: Sequence[int]) -> None:
    made = sql.value("UPDATE fact_state SET fill = fill + 1 RETURNING fill")
    found = fact_rows.rows(read(numbers), made)
    touched = _with_children(numbers)
    rollups.take_out(touched)
    put_away(numbers, made, published_upto())
    for table, columns in fact_rows.COLUMNS.items():
        sql.copy_in(table, columns, found[table])
    sql.run(_REPEATED, (list(numbers),))
    _parents_changed(touched, numbers)
    sql.run(_PARENTS, (touched,))
    rollups.put_in(touched)


def _with_children(numbers: Sequence[int]) -> list[int]:
    """These orders, and those merged into them whose rating they answer for."""
    children = sql.rows("SELECT number FROM fact_rating WHERE parent = ANY(%s) AND gone IS NULL", (list(numbers),))
    return sorted({*numbers, *(number for (number,) in children)})


def _parents_changed(touched: Sequence[int], numbers: Sequence[int]) -> None:
    """Children that were not read anew themselves ask again who leads their parent."""
    children = sorted(set(touched) - set(numbers))
    if children:
        sql.run(
            "UPDATE fact_rating SET unit = '' WHERE number = ANY(%s) AND parent = ANY(%s) AND gone IS NULL"
            " AND number IN (SELECT number FROM fact_order WHERE unit = '' AND number = ANY(%s))",
            (children, list(numbers), children),
        )


def put_away(numbers: Sequence[int], fill: int, published: date) -> None:
    """Facts of these orders make room: those that a published window counted are kept as they were counted."""
    for table, day in (("fact_limit", "day"), ("fact_order", "day"), ("fact_rating", "day")):
        params = {"numbers": list(numbers), "fill": fill, "published": published}
        if published > date.min:
            sql.run(
                f"UPDATE {table} SET gone = %(fill)s WHERE number = ANY(%(numbers)s) AND gone IS NULL"
                f" AND {day} < %(published)s",
                params,
            )
        sql.run(f"DELETE FROM {table} WHERE number = ANY(%(numbers)s) AND gone IS NULL", params)


def published_upto() -> date:
    """The first day that no published window holds."""
    last = sql.value(
        "SELECT max(CASE span WHEN 'month' THEN (first + interval '1 month')::date WHEN 'quarter'"
        " THEN (first + interval '3 months')::date WHEN 'year' THEN (first + interval '1 year')::date"
        " WHEN 'week' THEN first + 7 ELSE first + 1 END) FROM publication"
    )
    return last or date.min


def read(numbers: Sequence[int]) -> Iterator[Tally]:
    """What these orders give to be counted, from their events."""
    for number, held in groupby(sql.rows(_EVENTS, (list(numbers),)), key=lambda row: row[0]):
        yield tally((event_of(row) for row in held), number, rules.at)


def event_of(row: tuple[Any, ...]) -> Event:
    number, seq, move, at, actor, role, unit, snapshot, data, happened, version = row
    return Event(number, seq, move, at, actor, role, unit, snapshot, read_data(data), happened, version)
