"""Verbs of a shift's end and beginning: hand a desk over with what is open there, read and sign, come and leave."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from jiesu.domain import handover as rules_of
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.order import Actor
from jiesu.domain.shifts import running
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import handover
from jiesu.store import rules as rules_store

BETWEEN: Final = "-"
"""What stands for the shift of a moment at which none runs."""
AROUND: Final = timedelta(hours=1)
"""Who hands over a little late ends the shift before; who comes a little early begins the next."""


def hand_over(desk: str, *, by: Actor, now: datetime, text: str) -> int:
    """Write the note of a desk: what is open there at this moment, frozen, and ``text``, sealed; its number.

    It is the note of the shift in which the writer was on duty there, and he is not any more. Raises Refused,
    Forbidden. Four statements.
    """
    rules_of.must_hold(by, desk)
    rules_of.check_words(text)
    staff = staff_of(by)
    with transaction.atomic():
        day, shift = handover.end(staff, desk, how="note", now=now) or _shift(now - AROUND)
        open_ = handover.open_at(desk, now)
        return handover.write(desk, day, shift, staff=staff, now=now, open_=open_, text=text.strip())


def sign(number: int, *, by: Actor, now: datetime) -> bool:
    """Say that one has read a note, and be on duty at its desk; whether one is the first, who takes it over.

    Raises NotFound, Forbidden, Refused. Four statements.
    """
    with transaction.atomic():
        note = handover.note(number)
        if note is None:
            raise NotFound("没有这份交班记录")
        rules_of.must_hold(by, note.desk)
        rules_of.check_sign(staff_of(by), note.staff)
        if not handover.sign(number, staff=staff_of(by), now=now):
            raise Refused("您已经签收过这份交班记录")
        _begin(note.desk, by, now)
    return not note.signed


def come(desk: str, *, by: Actor, now: datetime) -> None:
    """Be on duty at a desk where nothing was handed over. Raises Forbidden, Refused."""
    rules_of.must_hold(by, desk)
    with transaction.atomic():
        if not _begin(desk, by, now):
            raise Refused("您已经在这个台上岗")


def leave(desk: str, *, by: Actor, now: datetime) -> None:
    """Leave a desk without a note. Raises Forbidden, Refused."""
    rules_of.must_hold(by, desk)
    if handover.end(staff_of(by), desk, how="left", now=now) is None:
        raise Refused("您现在没有在这个台上岗")


def staff_of(by: Actor) -> int:
    """The account behind an actor. Raises Forbidden for whoever has none."""
    if not (by.id.startswith("s") and by.id[1:].isdigit()):
        raise Forbidden("只有工作人员能交接班")
    return int(by.id[1:])


def _begin(desk: str, by: Actor, now: datetime) -> bool:
    day, shift = _shift(now + AROUND)
    return handover.begin(staff_of(by), desk, day=day, shift=shift, now=now)


def _shift(at: datetime) -> tuple[date, str]:
    held = running(at, rules_store.current().shifts)
    if held is None:
        return at.astimezone(CITY_ZONE).date(), BETWEEN
    return held.day, held.shift.code
