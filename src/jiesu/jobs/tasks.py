"""The jobs, by the names that ``store.queue.defer`` uses. Each may run twice."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from django.db import connection, transaction
from procrastinate import RetryStrategy

from jiesu.assessment import searching
from jiesu.channels import notify as channel
from jiesu.channels.notify import Message, Notifier, NotTold
from jiesu.domain import windows
from jiesu.store import duty, staff
from jiesu.store.datadir import DataDir
from jiesu.store.duty import Untold
from jiesu.workflow.administration import recalculation

log = logging.getLogger(__name__)

RETRY: Final = RetryStrategy(max_attempts=10, exponential_wait=2)  # the last after about half an hour


def notify(number: int) -> None:
    """Tell the duty officers of an order's urgent notices."""
    try:
        tell_urgent(number, channel.chosen(DataDir.choose().logs), datetime.now(UTC))
    finally:
        connection.close()  # one that broke under a job must not be the next one's


def tell_urgent(number: int, notifier: Notifier, now: datetime) -> int:
    """Tell each unit once what it has not been told of this order; how many units were told.

    A unit that cannot be reached keeps no other from being told; NotTold is raised at the end, so that the job comes
    back. Should the process die in between, somebody is told twice rather than not at all.
    """
    missed: NotTold | None = None
    units = 0
    with transaction.atomic():
        waiting = sorted(duty.untold(number), key=lambda one: (one.unit, one.id))
        for unit, held in groupby(waiting, key=lambda one: one.unit):
            notices = list(held)
            try:
                notifier.tell(_message(number, unit, notices, now), now)
            except NotTold as error:
                missed = error
                continue
            duty.told([one.id for one in notices], now)
            units += 1
    if missed is not None:
        raise missed
    return units


def _message(number: int, unit: str, notices: list[Untold], now: datetime) -> Message:
    words = "；".join(dict.fromkeys(one.words for one in notices))
    return Message(number, unit, words, duty.phone_of(unit, now), any(one.role == "duty" for one in notices))


def recalculate(by: str, reason: str) -> None:
    """Recalculate the deadlines of open orders in the name of the administrator who asked for it."""
    now = datetime.now(UTC)
    try:
        actor = staff.actor(int(by.removeprefix("s")), now)
        if actor is not None and actor.has("administrator"):
            recalculation.carry_out(by=actor, now=now, reason=reason)
        else:
            log.warning("who asked for a recalculation is no administrator any more")
    finally:
        connection.close()


def find_signals(window: str, no: int) -> None:
    """Look for signals of gaming in a window, as somebody asked for."""
    try:
        searching.carry_out(windows.read(window), no, clock=lambda: datetime.now(UTC))
    finally:
        connection.close()


def spell() -> None:
    """Find the letters of names that have none yet, in a process of its own: the phrases take 60 MB while it runs."""
    subprocess.run([sys.executable, "-m", "jiesu.cli", "spell"], check=True, timeout=600)


TASKS: Final[Mapping[str, Callable[..., Any]]] = {
    "notify": notify,
    "recalculate": recalculate,
    "find_signals": find_signals,
    "spell": spell,
}
