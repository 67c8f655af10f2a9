"""Bringing a file of messages, or of another system's orders, into the record: batch by batch, each one whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Final

from jiesu.channels.arrivals import Terms, arrival, unit_word
from jiesu.channels.files import Reject, Row, Source
from jiesu.channels.files.records import BadCell
from jiesu.domain.order import Actor
from jiesu.store import city_lists, external
from jiesu.workflow import importing
from jiesu.workflow.importing import Arrival, Taken

BATCH: Final = 2_000
"""Rows of one transaction: enough that its cost is shared, few enough that a crash costs a second."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who imports asked for beyond the file itself."""

    terms: Terms
    create_units: bool = False
    create_matters: bool = False
    dry_run: bool = False


@dataclass(slots=True)
class Progress:
    """How far an import has come: the last line read, the counts so far, and the rejects of the last batch."""

    line: int = 0
    added: int = 0
    known: int = 0
    changed: int = 0
    rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)


def bring_in(
    source: Source, wishes: Wishes, *, name: str, by: Actor, clock: Callable[[], datetime]
) -> Iterator[Progress]:
    """Import the file, one batch for each step of the iteration; what a step has reported is committed.

    Broken off anywhere, the next run takes what is missing and knows the rest by its numbers. ``name`` is the file's,
    for the list of imports; ``clock`` gives the moment of each batch. With ``wishes.dry_run`` nothing is written and
    the counts are what would come.
    """
    run = 0 if wishes.dry_run else external.begin_run(source.digest, name, by=by.id, now=clock())
    seen: dict[int, bytes] = {}
    so_far = Progress()
    for items in _batches(source.rows()):
        now = clock()
        rejects = [item for item in items if isinstance(item, Reject)]
        arrivals, rows = _arrivals([item for item in items if isinstance(item, Row)], rejects, wishes, now)
        if wishes.dry_run:
            taken = importing.try_out(arrivals, seen, by=by, now=now)
        else:
            taken = importing.take_in(arrivals, by=by, now=now, run=run, unread=len(rejects))
        rejects += [Reject(rows[at].line, reason, tuple(rows[at].cells)) for at, reason in taken.refused]
        so_far = _counted(so_far, taken, items[-1].line, sorted(rejects, key=lambda one: one.line))
        yield so_far
    if not wishes.dry_run:
        external.end_run(run, clock())


def _batches(items: Iterable[Row | Reject]) -> Iterator[list[Row | Reject]]:
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch


def _arrivals(rows: list[Row], rejects: list[Reject], wishes: Wishes, now: datetime) -> tuple[list[Arrival], list[Row]]:
    """Those rows that can be told in the city's terms, each with its row; the others join ``rejects``."""
    names = _names(rows, wishes, now)
    arrivals, kept = [], []
    for row in rows:
        try:
            arrivals.append(arrival(row, wishes.terms, names))
            kept.append(row)
        except BadCell as bad:
            rejects.append(Reject(row.line, f"{bad}。", tuple(row.cells)))
    return arrivals, kept


def _names(rows: list[Row], wishes: Wishes, now: datetime) -> city_lists.Names:
    """The city's names, grown by those of these rows where that was asked for."""
    names = city_lists.names()
    units = {word for row in rows if (word := unit_word(row, wishes.terms))} if wishes.create_units else set()
    matters = {str(row.fields["matter"]) for row in rows if "matter" in row.fields} if wishes.create_matters else set()
    new_units, new_matters = sorted(units - names.units.keys()), sorted(matters - names.matters.keys())
    if not new_units and not new_matters:
        return names
    if wishes.dry_run:  # any unit will do to see whether the rows are good
        stand_in = next(iter(names.units.values()))
        return replace(names, units={**dict.fromkeys(new_units, stand_in), **names.units})
    city_lists.add_units(new_units, now)
    city_lists.add_matters(new_matters, now)
    return city_lists.names()


def _counted(before: Progress, taken: Taken, line: int, rejects: list[Reject]) -> Progress:
    return Progress(
        line,
        before.added + taken.added,
        before.known + taken.known,
        before.changed + taken.changed,
        before.rejected + len(rejects),
        rejects,
    )
