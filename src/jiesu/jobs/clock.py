"""Runs chores by the clock in one thread, one after the other: a slow one delays, and never piles up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from threading import Event, Thread

from django.db import connections

from jiesu.jobs.chores import Chore

LOOK = 1.0  # seconds between two looks at the clock

log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


def started(name: str, chores: Sequence[Chore], stop: Event) -> Thread:
    """The thread that runs these chores until ``stop``."""
    thread = Thread(target=run, args=(chores, stop), name=name, daemon=True)
    thread.start()
    return thread


def run(chores: Sequence[Chore], stop: Event, now: Callable[[], datetime] = _now, look: float = LOOK) -> None:
    """Run each chore when its time has come. One that fails is logged and comes again at its next time."""
    due = {chore.name: chore.first(now()) for chore in chores}
    while not stop.is_set():
        for chore in chores:
            at = now()
            if due[chore.name] <= at and not stop.is_set():
                due[chore.name] = chore.after(at)
                _once(chore, at)
        stop.wait(look)
    connections.close_all()


def _once(chore: Chore, now: datetime) -> None:
    try:
        chore.do(now)
    except Exception as error:  # noqa: BLE001 - whatever happens, the clock goes on
        # A lost connection is opened anew at the next run; the error's words may hold what a row holds.
        log.error("%s failed: %s", chore.name, type(error).__name__)
        connections.close_all()
