"""Verbs of a signal of gaming: tell the units, hear them, send its orders to quality sampling, lay it aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from jiesu.domain import signalling, unit_notices
from jiesu.domain.errors import NotFound
from jiesu.domain.gaming import Signal
from jiesu.domain.order import Actor
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import notices, signals
from jiesu.store import rules as rules_store
from jiesu.store.signals import Told
from jiesu.workflow import quality


def tell(window: Window, found: Sequence[Signal], *, by: Actor, now: datetime) -> int:
    """Tell the units of what was found in a window, once for each unit and kind; how many are new. Three statements.
    Raises Forbidden."""
    signalling.check_find(by)
    rules = rules_store.current()
    answer_by = rules.calendar.civil_day(rules.calendar.add_working_days(now, signalling.ANSWER_IN))
    with transaction.atomic():
        new = signals.tell(window, found, answer_by=answer_by, by=by.id, now=now)
        told = [unit_notices.of_signal(id_, unit, kind, window, answer_by) for id_, unit, kind in new]
        notices.tell(told, at=now, rules=rules)
    return len(new)


def answer(id_: int, text: str, *, by: Actor, now: datetime) -> None:
    """The unit's own words about a signal, dated; it may add to them while nothing has been done. Three statements.
    Raises NotFound, Forbidden, Refused."""
    with transaction.atomic():
        held = _held(id_)
        said = signalling.check_answer(held.signal.unit, held.state, text, by)
        signals.note(id_, "answer", said, by=by.id, now=now)
        signals.answered(id_)


def send(id_: int, *, by: Actor, now: datetime) -> int:
    """Put orders of a signal into the sample that inspectors work through; how many were not in it before. Three
    statements an order, at most ``signalling.SAMPLED`` orders. Raises NotFound, Forbidden, Refused."""
    with transaction.atomic():
        held = _held(id_)
        signalling.check_send(held.state, held.answer_by, today=now.astimezone(CITY_ZONE).date(), by=by)
        made = sum(
            quality.propose(number, signal=held.signal.kind, reason=held.signal.words(), by=by, now=now)
            for number in signalling.spread(held.signal.numbers)
        )
        signals.close(id_, "sent", sent=made, by=by.id, now=now)
    return made


def drop(id_: int, text: str, *, by: Actor, now: datetime) -> None:
    """Lay a signal aside, and say why. Three statements. Raises NotFound, Forbidden, Refused."""
    with transaction.atomic():
        held = _held(id_)
        said = signalling.check_drop(held.state, text, by)
        signals.note(id_, "why", said, by=by.id, now=now)
        signals.close(id_, "dropped", sent=None, by=by.id, now=now)


def _held(id_: int) -> Told:
    found = signals.one(id_)
    if found is None:
        raise NotFound("没有这条线索")
    return found
