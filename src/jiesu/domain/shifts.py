"""The shifts of the centre: which one runs at a moment, since when, until when. What they are is the city's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from jiesu.domain.workdays import CITY_ZONE, require_aware

DEFAULT: Final = (("day", "白班", "08:00", "20:00"), ("night", "夜班", "20:00", "08:00"))


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift of a day, in city time. One that ends no later than it begins passes midnight."""

    code: str
    zh: str
    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class Running:
    """A shift that runs: ``day`` is the civil day on which it began, also after midnight."""

    shift: Shift
    day: date
    since: datetime
    until: datetime


def shifts_of(params: Mapping[str, Any]) -> tuple[Shift, ...]:
    """The city's shifts: its parameter ``shifts``, lines of code, name, begin and end; two of twelve hours without."""
    lines = params.get("shifts") or DEFAULT
    return tuple(
        Shift(code, zh, time.fromisoformat(begins), time.fromisoformat(ends)) for code, zh, begins, ends in lines
    )


def running(now: datetime, shifts: tuple[Shift, ...]) -> Running | None:
    """The shift that runs at ``now``, where two overlap the one that began last; None between two shifts."""
    local = require_aware(now).astimezone(CITY_ZONE)
    found = [one for back in (0, 1) for one in _of(local.date() - timedelta(days=back), shifts)]
    return max((one for one in found if one.since <= now < one.until), key=lambda one: one.since, default=None)


def _of(day: date, shifts: tuple[Shift, ...]) -> list[Running]:
    """The shifts that begin on a day."""
    made = []
    for one in shifts:
        ends = day + timedelta(days=1) if one.ends <= one.begins else day
        made.append(Running(one, day, _at(day, one.begins), _at(ends, one.ends)))
    return made


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, CITY_ZONE).astimezone(UTC)


def name_of(code: str, shifts: tuple[Shift, ...]) -> str:
    """What a shift is called; its code when the city no longer has it."""
    return next((one.zh for one in shifts if one.code == code), code)
