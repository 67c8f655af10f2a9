"""The unit's gestures over several orders at once: each a move and a transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jiesu.domain.errors import Conflict, NotFound, Refused
from jiesu.domain.order import Actor
from jiesu.workflow.step import take


@dataclass(frozen=True, slots=True)
class Marked:
    """An order that was marked in a list, at the version that stood there; ``lead``: the unit leads it."""

    number: int
    seen: int | None = None
    lead: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of them: ``why`` says why it was not moved."""

    number: int
    title: str = ""
    why: str = ""


def acknowledge_each(marked: Sequence[Marked], *, by: Actor, now: datetime) -> list[Result]:
    """Take each of these orders for the unit. One that may not be taken stays where it is, with the reason."""
    return [_each(one, "acknowledge" if one.lead else "leg_acknowledge", by, now) for one in marked]


def approve_each(marked: Sequence[Marked], *, by: Actor, now: datetime) -> list[Result]:
    """Answer each of these as its clerk submitted it; the leader's moment is the reply's (domain.md §3)."""
    return [_each(one, "reply", by, now) for one in marked]


def _each(one: Marked, move: str, by: Actor, now: datetime) -> Result:
    try:
        return Result(one.number, take(one.number, move, by=by, now=now, seen=one.seen).title)
    except (Refused, Conflict, NotFound) as no:
        return Result(one.number, why=no.message)
