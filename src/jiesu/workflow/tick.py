"""The clock tick: one sweep that reminds the right person once per step and climbs the ladder (domain.md §3, §4).

What is due stands in a column of the order and in the pure ``supervision.steps``; what was done, in keys beside it,
written in the transaction that did it. So a sweep that comes late, twice or from two processes does each step once,
and one that dies leaves nothing half done.
"""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from jiesu.domain.case import NOTHING_AROUND
from jiesu.domain.notices import Notice
from jiesu.domain.order import SYSTEM, Order
from jiesu.domain.rules import Rules
from jiesu.domain.supervision import Step, due_steps, next_step, overtaken, still_borne
from jiesu.domain.workdays import require_aware
from jiesu.store import due, queue, together
from jiesu.store import rules as rules_store
from jiesu.store.due import Due, Look
from jiesu.store.record import Loaded
from jiesu.store.together import Moved
from jiesu.workflow.step import decided, make, seal

LIMIT: Final = 10_000
BATCH: Final = 50  # orders of one transaction: people wait no longer than this for one of them
LATER: Final = timedelta(hours=1)
# Moves beside the state that touch the order's own row alone, and look at nothing around it: written by the batch.
TOGETHER: Final = frozenset({"urge", "mark", "supervise", "escalate"})

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

    moved: Moved
    done: set[str]
    reminders: list[Notice] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)
    urgent: bool = False
    alone: ExitStack = field(default_factory=ExitStack)  # holds the savepoint of what is written for this order alone

    @property
    def order(self) -> Order:
        return self.moved.after.order


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
    seen: list[_Seen] = []
    failed: list[int] = []
    for one in held:
        try:
            seen.append(_see(one.loaded(), now, rules))
        except Exception as error:  # noqa: BLE001 - one bad order must not stop the city's clock
            failed.append(_failed(one.number, error))
    for each in seen:
        if each.moved.events:
            _settle(each, now, rules)
    good = _written(seen, failed)
    due.write([_look(one, rules) for one in good if not one.moved.events], now, rules)
    due.push_back(failed, now + LATER)
    queue.defer_many("notify", [{"number": one.order.number} for one in good if one.urgent])
    for done in good:
        counts.reminders += len(done.reminders)
        counts.moves.update(done.moves)
    counts.orders += len(held)
    counts.failed += len(failed)


def _failed(number: int, error: Exception) -> int:
    """The error's own words may hold what a row holds: its name has to do."""
    log.error("the tick failed on order %s: %s", number, type(error).__name__)
    return number


def _written(seen: list[_Seen], failed: list[int]) -> list[_Seen]:
    """Write what waits to be written, all at once, or order by order when one of them stands in the way.

    Those that were written, or had nothing to write; the numbers of the others go to ``failed``.
    """
    waiting = [one for one in seen if one.moved.events]
    try:
        _write(waiting)
    except Exception:  # noqa: BLE001 - found again below, order by order
        good = [one for one in seen if not one.moved.events]
        for one in waiting:
            try:
                _write([one])
            except Exception as error:  # noqa: BLE001 - one bad order must not stop the city's clock
                failed.append(_failed(one.order.number, error))
            else:
                good.append(one)
        return good
    return seen


def _write(waiting: list[_Seen]) -> None:
    if waiting:
        with transaction.atomic():
            together.write([one.moved for one in waiting])


def _see(loaded: Loaded, now: datetime, rules: Rules) -> _Seen:
    """Take every step of the order that is due, those that its own moves bring up included."""
    seen = _Seen(Moved(loaded, loaded), set(loaded.ticked))
    steps = due_steps(loaded.order, rules, now, seen.done)
    with seen.alone:
        while steps:
            step = steps.pop(0)
            seen.done.add(step.key)
            if step.act == "remind":
                _remind(seen, step, {one.key for one in steps})
            else:
                _move(seen, step, now, rules)
                steps = due_steps(seen.order, rules, now, seen.done)
    return seen


def _remind(seen: _Seen, step: Step, to_come: set[str]) -> None:
    if not overtaken(step, to_come):
        urgent = seen.order.urgency != "normal"
        seen.reminders.append(Notice(step.key, step.role, step.unit, step.words, urgent))
        seen.urgent |= urgent


def _move(seen: _Seen, step: Step, now: datetime, rules: Rules) -> None:
    ready, sealed = seal(dict(step.facts))
    if step.act in TOGETHER and not sealed:
        seen.moved.make(decided(seen.order, step.act, SYSTEM, ready, rules, now, NOTHING_AROUND), rules)
    else:
        _move_alone(seen, step, now, rules)
    seen.moves.append(step.act)
    seen.urgent |= seen.moved.after.urgent


def _move_alone(seen: _Seen, step: Step, now: datetime, rules: Rules) -> None:
    """A move that means more than its own row is written at once, after those that came before it; all or nothing."""
    seen.alone.enter_context(transaction.atomic())
    if seen.moved.events:
        seen.moved.ticked = frozenset(seen.done)
        together.write([seen.moved])
    before = seen.moved.after
    before.ticked = frozenset(seen.done)
    _, after = make(before, step.act, SYSTEM, now, dict(step.facts), rules)
    seen.moved = Moved(after, after)


def _settle(seen: _Seen, now: datetime, rules: Rules) -> None:
    """Let what is left of the look be written with the moves."""
    look = _look(seen, rules)
    seen.moved.tick_at, seen.moved.ticked = look.tick_at, look.ticked
    seen.moved.remind(look.reminders, now, rules)


def _look(seen: _Seen, rules: Rules) -> Look:
    order, done = seen.order, frozenset(seen.done)
    return Look(order.number, next_step(order, rules, done), still_borne(order, done), seen.reminders)
