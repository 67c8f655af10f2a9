"""A unit's duty roster of one day, hour by hour: who answers when, as the phone would be answered (domain.md §4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Final

DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a roster. ``weekday``: 0 is Monday, None every day; one that ends before it begins passes midnight."""

    id: int
    weekday: int | None
    begins: time
    ends: time
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Turn:
    """From when until when of a day (minutes of the day) somebody answers."""

    begins: int
    ends: int
    name: str
    phone: str

    @property
    def hours(self) -> str:
        return f"{_clock(self.begins)}–{_clock(self.ends)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def turns(lines: Iterable[Line], day: date) -> list[Turn]:
    """Who answers on ``day`` from 00:00 to 24:00; hours for which nobody is named are left out.

    The day's own line comes before one of every day, and the one written last before others; one that passed midnight
    belongs to the day on which it began.
    """
    spans = [span for line in lines for span in _spans(line, day)]
    edges = sorted({0, DAY, *(at for begins, ends, _ in spans for at in (begins, ends))})
    found: list[Turn] = []
    for begins, ends in pairwise(edges):
        holding = [line for first, last, line in spans if first <= begins and ends <= last]
        if not holding:
            continue
        line = max(holding, key=lambda one: (one.weekday is not None, one.id))
        goes_on = found and (found[-1].ends, found[-1].name, found[-1].phone) == (begins, line.name, line.phone)
        found.append(Turn(found.pop().begins if goes_on else begins, ends, line.name, line.phone))
    return found


def _spans(line: Line, day: date) -> list[tuple[int, int, Line]]:
    """The parts of ``day`` (in minutes) that a line covers."""
    begins, ends = _minute(line.begins), _minute(line.ends)
    # 23:59 is how the end of a day is written in a roster.
    ends = DAY if ends == DAY - 1 else ends
    today = line.weekday in (None, day.weekday())
    if begins < ends:
        return [(begins, ends, line)] if today else []
    found = [(begins, DAY, line)] if today else []
    if ends and line.weekday in (None, (day - timedelta(days=1)).weekday()):
        found.append((0, ends, line))
    return found


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
