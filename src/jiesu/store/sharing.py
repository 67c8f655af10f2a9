"""Work on the database that several processes share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from threading import active_count
from typing import TypeVar

from django.db import connections

from jiesu.store.deathsig import dies_with_parent

Part = TypeVar("Part")
Made = TypeVar("Made")


def share(work: Callable[[Part], Made], parts: Sequence[Part], processes: int) -> Iterator[Made]:
    """What ``work`` makes of each part, as it is made. Not within a transaction; each part opens its own.

    In this process where one is asked for or another thread may hold a lock: forked processes would never get it.
    """
    if processes < 2 or len(parts) < 2 or active_count() > 1:
        yield from map(work, parts)
        return
    connections.close_all()  # each process opens its own
    with ProcessPoolExecutor(processes, get_context("fork"), dies_with_parent()) as pool:
        for done in as_completed([pool.submit(work, part) for part in parts]):
            yield done.result()
