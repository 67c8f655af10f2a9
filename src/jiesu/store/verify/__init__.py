"""Read everything again and say what is not as the record says (architecture.md §3).

Chains are hashed anew, events replayed, limits recomputed by the rules that the events name, words opened and held
against their commitments, manifests against what is there. The work is cut into ranges of orders and manifests that
several processes read under one snapshot of the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from threading import active_count
from time import perf_counter
from typing import Final

from psycopg.conninfo import make_conninfo

from jiesu.store import manifest, sql
from jiesu.store.garbage import uncollected
from jiesu.store.verify import attachments, kept_rules, manifests, orders, reading
from jiesu.store.verify.found import Fault, Found

__all__ = ["Fault", "Found", "verify"]

PROCESSES: Final = 2
ALONE: Final = 50_000  # events up to which one process is quicker than starting others
_PARTS: Final = 8  # ranges of orders for each process
_TOGETHER: Final = 100  # orders that go through the steps together: few enough to stay in the processor's cache
_MANIFESTS: Final = 50  # manifests of one piece of work
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work: a range of orders (above, up to), or of manifests (first, last), the rules, the counts."""

    what: str
    first: int = 0
    last: int = 0
    files: bool = False


def verify(
    numbers: Iterable[int] = (),
    *,
    processes: int = PROCESSES,
    files: bool = False,
    head: tuple[int, bytes] | None = None,
    progress: Progress | None = None,
) -> Found:
    """Verify everything, or only the orders of ``numbers``; what was committed when it began, while work goes on.

    Copies of simulated lives are no record (``store.copies``): they are counted and left out.

    ``files`` opens every file too, which takes long; else a file only has to be there.
    ``head`` is a manifest's number and hash that a third party kept (``manifest.signed_head``): it must still be so.
    ``progress`` is told (pieces done, pieces in all). Faults come by order number. Reads only.
    """
    dsn, wanted = _dsn(), tuple(numbers)
    with reading.snapshot(dsn) as connection:
        found = Found()
        if wanted:
            _only(connection, wanted, files, found)
        else:
            tasks = list(_tasks(connection, processes, files))
            events = reading.fetch(connection, "SELECT count(*) FROM (SELECT 1 FROM event LIMIT %s) e", (ALONE + 1,))
            if processes > 1 and events[0][0] > ALONE:
                _share(dsn, connection, tasks, processes, found, progress)
            else:
                _alone(connection, tasks, found, progress)
            found.faults = found.faults or found.overcounted
            found.copies = reading.count_copies(connection)
        if head is not None and manifests.hash_of(connection, head[0]) != head[1]:
            found.faults.append(Fault(None, f"第 {head[0]} 号日清单与外部留存的摘要不符", "manifest"))
    found.faults = _telling(found.faults)
    return found


def _tasks(connection: reading.Connection, processes: int, files: bool) -> Iterator[Task]:
    yield Task("rules")
    yield Task("counts")
    for above, up_to in reading.ranges(connection, processes * _PARTS):
        yield Task("orders", above, up_to, files)
    last = manifests.last_id(connection)
    for first in range(1, last + 1, _MANIFESTS):
        yield Task("manifests", first, min(first + _MANIFESTS - 1, last))


def _only(connection: reading.Connection, numbers: Sequence[int], files: bool, found: Found) -> None:
    copies = reading.copies_among(connection, numbers)
    found.copies = len(copies)
    with _timed(found):
        kept = reading.of(connection, [number for number in numbers if number not in copies])
        _orders(connection, kept_rules.KeptRules(connection), kept, files, found)
        manifests.check(connection, 1, manifests.last_id(connection), sorted(set(numbers)), found)


def _alone(connection: reading.Connection, tasks: Sequence[Task], found: Found, progress: Progress | None) -> None:
    rules = kept_rules.KeptRules(connection)
    for done, task in enumerate(tasks, 1):
        found.add(_work(connection, rules, task))
        if progress:
            progress(done, len(tasks))


def _share(
    dsn: str,
    connection: reading.Connection,
    tasks: Sequence[Task],
    processes: int,
    found: Found,
    progress: Progress | None,
) -> None:
    shared = (dsn, reading.export(connection))
    # A forked process need not load everything anew, but must not be made while another thread may hold a lock.
    start = "fork" if active_count() == 1 else "spawn"
    with ProcessPoolExecutor(processes, get_context(start), _begin, shared) as pool:
        work = [pool.submit(_task, task) for task in tasks]
        for done, one in enumerate(as_completed(work), 1):
            found.add(one.result())
            if progress:
                progress(done, len(tasks))


_held = ExitStack()
_open: list[tuple[reading.Connection, kept_rules.KeptRules]] = []


def _begin(dsn: str, snapshot: str) -> None:
    """Open this process's connection; it lives as long as the process."""
    connection = _held.enter_context(reading.snapshot(dsn, snapshot))
    _open.append((connection, kept_rules.KeptRules(connection)))


def _task(task: Task) -> Found:
    return _work(*_open[0], task)


def _work(connection: reading.Connection, rules: kept_rules.KeptRules, task: Task) -> Found:
    found = Found()
    with _timed(found):
        if task.what == "rules":
            kept_rules.check(connection, found)
        elif task.what == "counts":
            _counted(connection, found)
        elif task.what == "manifests":
            manifests.check(connection, task.first, task.last, (), found)
        else:
            some = reading.in_range(connection, task.first, task.last)
            _orders(connection, rules, some, task.files, found)
    return found


def _orders(
    connection: reading.Connection, rules: kept_rules.KeptRules, some: Iterable[reading.Kept], files: bool, found: Found
) -> None:
    named: dict[str, list[tuple[int, int]]] = defaultdict(list)
    left = iter(some)
    while together := list(islice(left, _TOGETHER)):
        for digest, number, seq in orders.check(together, rules.of, found):
            named[digest].append((number, seq))
    attachments.check(connection, named, files, found)


@contextmanager
def _timed(found: Found) -> Iterator[None]:
    """Working time of the block. An order leaves no cyclic garbage."""
    began = perf_counter()
    try:
        with uncollected():
            yield
    finally:
        found.seconds += perf_counter() - began


def _counted(connection: reading.Connection, found: Found) -> None:
    """No day's manifests may count more events than the day has; told where nothing else is wrong to explain it."""
    for day, held, counted in reading.fetch(connection, manifest.COUNTS, manifest.counted_until("infinity")):
        if counted > held:
            said = f"{day} 的日清单共记 {counted} 条流转记录，现只有 {held} 条"
            found.overcounted.append(Fault(None, said, "manifest"))


def _telling(faults: list[Fault]) -> list[Fault]:
    """Faults by number, each once, without those that another one of the same order explains."""
    chained = {fault.number for fault in faults if fault.about == "chain"}
    gone = {fault.number for fault in faults if fault.about == "gone"}
    told = [
        fault
        for fault in dict.fromkeys(faults)
        if not (fault.about == "manifest" and fault.number is not None and fault.number in chained)
        and not (fault.about == "left" and fault.number in gone)
    ]
    return sorted(told, key=lambda fault: fault.number or 0)


def _dsn() -> str:
    """How other connections reach the database that Django uses now."""
    info = sql.link().info
    return make_conninfo(**{**info.get_parameters(), "password": info.password})
