"""Multiply a simulated history to the size of a large city, for lists and figures only.

The year itself is filled first, with open orders in proportion; what is more goes to the years before it, as copies of
lives that have come to rest. Broken off, the same call goes on where it stopped.
"""

from __future__ import annotations

import gzip
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import connections

from jiesu.demo.simulate.run import labels_path
from jiesu.domain.errors import Refused
from jiesu.store import scale, scale_rows, scale_words
from jiesu.store.datadir import DataDir
from jiesu.store.embedded import Embedded
from jiesu.store.scale import Batch

PER_YEAR: Final = 1_000_000
Show = Callable[[str, int, int], None]  # a stage in words, steps done, steps in all
_CHUNK: Final = 15_000  # orders of one transaction


@dataclass(frozen=True, slots=True)
class Multiplied:
    """What was made: orders added now, and orders there are."""

    added: int
    orders: int


def multiply(
    to: int,
    *,
    per_year: int = PER_YEAR,
    lean: bool,
    show: Show,
    now: datetime,
    processes: int = 2,
    embedded: bool = False,
) -> Multiplied:
    """Add copies until there are ``to`` orders, ``per_year`` in each year of 364 days. Needs the owner's rights.

    ``lean`` leaves out words and what events say; ``embedded``: the data directory's own server need not wait for the
    disk meanwhile. Raises Refused where no simulated history is, or when numbers or another process stand in the way.
    """
    simulated = _simulated()
    if not scale.lock():
        raise Refused("另一个进程正在复制")
    before = scale.held()
    work = [one for one in scale.batches() if not one.done] or _reserve(simulated, to - before, per_year, lean)
    if work:
        with scale.unhurried(Embedded(DataDir.choose())) if embedded else nullcontext():
            _make(work, show, now, processes)
    after = scale.held()
    return Multiplied(after - before, after)


def _simulated() -> int:
    """How many orders were simulated: each has a label. Raises Refused where there is none."""
    path = labels_path()
    if not path.exists():
        raise Refused("这里没有推演出来的历史；复制件只用来试报表和列表，不能从真实工单复制。请先运行 jiesu simulate")
    with gzip.open(path) as lines:
        return sum(1 for _ in lines)


def _reserve(simulated: int, wanted: int, per_year: int, lean: bool) -> list[Batch]:
    of = scale.source(simulated)
    if of is None or not of.at_rest:
        raise Refused("还没有可以复制的工单，请先运行 jiesu simulate")
    if wanted <= 0:
        return []
    try:
        return scale.reserve(list(_years(wanted, per_year, of.orders)), of, lean=lean)
    except ValueError as problem:
        raise Refused("一天的流水号只有七位，每年这么多件编不下，请减少 --per-year") from problem


def _years(wanted: int, per_year: int, simulated: int) -> Iterator[tuple[int, int]]:
    """How many orders to add (years back, orders), the simulated year first."""
    held = Counter[int]()
    for one in scale.batches():
        held[one.years] += one.orders
    year = 0
    while wanted > 0:
        room = per_year - held[year] - (0 if year else simulated)
        if room > 0:
            yield year, min(room, wanted)
            wanted -= room
        year += 1


def _make(work: Sequence[Batch], show: Show, now: datetime, processes: int) -> None:
    whole, done = sum(batch.orders for batch in work), 0
    if whole > scale.held():
        scale.drop_indexes()
    widest = max(work, key=lambda batch: batch.copies)
    people = [partial(scale_words.multiply_people, widest, nth, now) for nth in range(widest.copies)]
    _share(people, processes, _told(show, "复制诉求人", [1] * len(people)))
    for batch in work:
        stage = f"排好第 {batch.years + 1} 年"
        show(stage, 0, 1)
        scale_rows.stage(batch)
        scale_rows.prepare_months(batch)
        show(stage, 1, 1)
        chunks = list(_chunks(scale_rows.days(batch)))
        tasks = [partial(scale_rows.multiply, batch, first, last) for first, last, _ in chunks]
        _share(tasks, processes, _told(show, "复制工单", [count for _, _, count in chunks], done, whole))
        done += batch.orders
    scale_rows.unstage()
    indexes = [partial(scale.build_index, statement) for statement in scale.waiting_indexes()]
    _share(indexes, processes, _told(show, "建索引", [1] * len(indexes)))
    tables = [partial(scale.tidy, table) for table in scale.TABLES]
    _share(tables, processes, _told(show, "整理", [1] * len(tables)))
    scale.mark_done()


def _chunks(days: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Days in runs that make about ``_CHUNK`` orders each: first, last, orders."""
    first, held = 0, 0
    for day, count in days:
        first, held = first or day, held + count
        if held >= _CHUNK:
            yield first, day, held
            first, held = 0, 0
    if held:
        yield first, days[-1][0], held


def _told(
    show: Show, stage: str, sizes: Sequence[int], done: int = 0, whole: int | None = None
) -> Callable[[int], None]:
    """Tells how far a stage is when the task of this place is done; tasks come in any order."""
    held = [done]

    def tell(place: int) -> None:
        held[0] += sizes[place]
        show(stage, held[0], whole or sum(sizes))

    return tell


def _share(tasks: Sequence[Callable[[], Any]], processes: int, tell: Callable[[int], None]) -> None:
    """Do the tasks in forked processes, or here when one is enough."""
    if processes < 2 or len(tasks) < 2:
        for place, task in enumerate(tasks):
            task()
            tell(place)
        return
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for place in pool.imap_unordered(_do, enumerate(tasks)):
            tell(place)
        pool.close()
        pool.join()


def _do(numbered: tuple[int, Callable[[], Any]]) -> int:
    place, task = numbered
    task()
    return place
