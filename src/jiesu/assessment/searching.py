"""The worker's search for signals: says how far it is, ends when it is called off, and tells the units at its end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from jiesu.assessment.signals import signals
from jiesu.domain.errors import Forbidden
from jiesu.domain.order import Actor
from jiesu.domain.windows import Window
from jiesu.store import signal_searches, staff
from jiesu.workflow import signals as verbs

OFTEN: Final = timedelta(seconds=1)  # how often it says how far it is while it looks at one kind

log = logging.getLogger(__name__)


class _CalledOff(Exception):
    """Somebody stopped it, or another search took its place."""


def carry_out(window: Window, no: int, *, clock: Callable[[], datetime]) -> int | None:
    """Do a search that was asked for, in the name of who asked; how many signals are new. None when it is over already,
    was called off or failed. May run twice: units are told once. Raises only when it cannot even be noted that it
    failed."""
    by = signal_searches.begin(window, no, now=clock())
    if by is None:
        return None
    try:
        return _found(window, no, by, clock)
    except _CalledOff:
        return None
    except Exception as error:  # noqa: BLE001 - whatever it was, who waits for it is told
        # The error's words may hold what a row holds.
        log.error("the search for signals in %s failed: %s", window.code, type(error).__name__)
        if not connection.in_atomic_block:
            connection.close()  # it may be what broke
        signal_searches.end(window, no, "failed", now=clock())
        return None


def _found(window: Window, no: int, by: str, clock: Callable[[], datetime]) -> int:
    actor = _actor(by, clock())
    said: tuple[str, datetime] | None = None

    def looking(kind: str, done: int, of: int) -> None:
        nonlocal said
        at = clock()
        if said is not None and said[0] == kind and at - said[1] < OFTEN:
            return
        said = kind, at
        if not signal_searches.go_on(window, no, kind, done=done, of=of, now=at):
            raise _CalledOff

    found = signals(window, looking)
    now = clock()
    with transaction.atomic():
        new = verbs.tell(window, found, by=actor, now=now)
        if not signal_searches.end(window, no, "done", found=new, now=now):
            raise _CalledOff
    return new


def _actor(by: str, now: datetime) -> Actor:
    """Who asked, with the roles of now: who may not look any more finds nothing."""
    found = staff.actor(int(by.removeprefix("s")), now)
    if found is None:
        raise Forbidden("查找的人已不在岗")
    return found
