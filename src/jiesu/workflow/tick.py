"""The clock tick: one sweep that reminds the right person once per step and climbs the ladder (domain.md §3, §4).

What is due stands in a column of the order and in the pure ``supervision.steps``; what was done, in keys beside it,
written in the transaction that did it. So a sweep that comes late, twice or from two processes does each step once,
and one that dies leaves nothing half done.
"""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from jiesu.domain.notices import Notice
from jiesu.domain.order import SYSTEM
from jiesu.domain.rules import Rules
from jiesu.domain.supervision import Step, due_steps, next_step, overtaken, still_borne
from jiesu.domain.workdays import require_aware
from jiesu.store import due, queue
from jiesu.store import rules as rules_store
from jiesu.store.due import Due, Look
from jiesu.store.record import Loaded
from jiesu.workflow.step import make

LIMIT: Final = 10_000
BATCH: Final = 50  # orders of one transaction: people wait no longer than this for one of them
LATER: Final = timedelta(hours=1)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Counts:
    """What a sweep did: orders looked at, reminders given, moves by name, bad orders."""

    orders: int = 0
    reminders: int = 0
    moves: Counter[str] = field(default_factory=Counter)
    failed: int = 0


@dataclass(slots=True)
class _Seen:
    """One order under the sweep's eyes."""

    loaded: Loaded
    done: set[str]
    reminders: list[Notice] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)
    urgent: bool = False


def tick(now: datetime, *, limit: int = LIMIT, batch: int = BATCH) -> Counts:
    """Do what has fallen due by ``now``, under the rules of now, for at most ``limit`` orders.

    Each order's steps are taken in their order, moves at ``now``. Two statements when nothing is due. A bad order is
    counted, logged by its number and looked at again an hour later. Raises only when the database fails.
    """
    require_aware(now)
    counts = Counts()
    decides = due.deciding()
    if decides is None:
        return counts
    rules = rules_store.at(decides.snapshot)
    if not decides.aimed:
        _aim(decides.mark, now)
    while counts.orders < limit:
        wanted = min(batch, limit - counts.orders)
        with transaction.atomic():
            held = due.hold(now, wanted)
            _sweep(held, now, rules, counts)
        if len(held) < wanted:
            break
    return counts


def _aim(mark: str, now: datetime) -> None:
    """A changed calendar or parameter moves steps: every waiting order is looked at anew."""
    more = True
    while more:
        with transaction.atomic():
            more = due.aim(mark, now)


def _sweep(held: list[Due], now: datetime, rules: Rules, counts: Counts) -> None:
    looks: list[Look] = []
    failed: list[int] = []
    urgent: list[int] = []
    for one in held:
        try:
            seen = _see(one.loaded(), now, rules)
        except Exception as error:  # noqa: BLE001 - one bad order must not stop the city's clock
            # The error's own words may hold what a row holds.
            log.error("the tick failed on order %s: %s", one.number, type(error).__name__)
            failed.append(one.number)
            continue
        looks.append(_look(seen, rules))
        if seen.urgent:
            urgent.append(one.number)
        counts.reminders += len(seen.reminders)
        counts.moves.update(seen.moves)
    due.write(looks, now, rules)
    due.push_back(failed, now + LATER)
    queue.defer_many("notify", [{"number": number} for number in urgent])
    counts.orders += len(held)
    counts.failed += len(failed)


def _see(loaded: Loaded, now: datetime, rules: Rules) -> _Seen:
    """Take every step of the order that is due, those that its own moves bring up included."""
    seen = _Seen(loaded, set(loaded.ticked))
    steps = due_steps(loaded.order, rules, now, seen.done)
    with _all_or_nothing(steps):
        while steps:
            step = steps.pop(0)
            seen.done.add(step.key)
            if step.act == "remind":
                _remind(seen, step, {one.key for one in steps})
            else:
                _move(seen, step, now, rules)
                steps = due_steps(seen.loaded.order, rules, now, seen.done)
    return seen


def _all_or_nothing(steps: list[Step]) -> AbstractContextManager[Any]:
    """A savepoint where there is something to write; moves bring up steps, reminders do not."""
    return transaction.atomic() if any(step.act != "remind" for step in steps) else nullcontext()


def _remind(seen: _Seen, step: Step, to_come: set[str]) -> None:
    if not overtaken(step, to_come):
        urgent = seen.loaded.order.urgency != "normal"
        seen.reminders.append(Notice(step.key, step.role, step.unit, step.words, urgent))
        seen.urgent |= urgent


def _move(seen: _Seen, step: Step, now: datetime, rules: Rules) -> None:
    seen.loaded.ticked = frozenset(seen.done)
    _, seen.loaded = make(seen.loaded, step.act, SYSTEM, now, dict(step.facts), rules)
    seen.moves.append(step.act)
    seen.urgent |= seen.loaded.urgent


def _look(seen: _Seen, rules: Rules) -> Look:
    order, done = seen.loaded.order, frozenset(seen.done)
    return Look(order.number, next_step(order, rules, done), still_borne(order, done), seen.reminders)
