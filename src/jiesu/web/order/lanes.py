"""The line of an order as it is drawn: one lane for the order, one beside it for each unit's part until it joins."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiesu.domain.order import Clock, Order

MOST: Final = 6
"""Lanes beside the order's own; what would be a further one shares the last."""
_AT_WORK: Final = frozenset({"dispatched", "acknowledged"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One lane beside one event. ``kind``: on (passes by), fork (begins here), join (ends here); of the
    order's own lane also first, last, and after (what happens to an order that is closed).

    ``tone``: the colour of its clock at that moment, "", amber or red.
    """

    lane: int
    kind: str
    tone: str = ""
    lead: bool = False


class Lanes:
    """Which lane each part runs in, event by event from the first."""

    def __init__(self, silent: Collection[str]) -> None:
        self._held: dict[int, int] = {}
        self._silent = silent
        self.most = 0

    def of(self, leg: int) -> int:
        """The lane of a part; 0 for the order itself, and for a part that has ended."""
        return self._held.get(leg, 0)

    def passing(self, order: Order, at: datetime) -> list[Cell]:
        """The lanes that pass by a moment between two events."""
        return [Cell(0, "on", self._colour(order.clocks, at)), *self._cells(order, at, "on", self._held)]

    def step(self, before: Order, after: Order, at: datetime) -> list[Cell]:
        """The lanes beside the event that made ``after`` of ``before``."""
        new = _working(after)
        ended, begun = [no for no in self._held if no not in new], [no for no in new if no not in self._held]
        whole = _whole(before, after)
        cells = [Cell(0, whole, self._colour(before.clocks, at))]
        cells += self._cells(before, at, "on", [no for no in self._held if no in new])
        cells += self._cells(before, at, "join", ended)
        fresh = {no: self._free(taken=place) for place, no in enumerate(begun)}
        for no in ended:
            del self._held[no]
        self._held |= fresh
        self.most = max([self.most, *self._held.values()])
        return cells + self._cells(after, at, "fork", begun)

    def _free(self, taken: int) -> int:
        """The lowest lane that no part runs in, the ending ones included: a new part never takes one over at once."""
        free = [lane for lane in range(1, MOST + 1) if lane not in self._held.values()]
        return free[taken] if taken < len(free) else MOST

    def _cells(self, order: Order, at: datetime, kind: str, legs: Iterable[int]) -> list[Cell]:
        found = []
        for no in legs:
            leg = order.leg(no)
            found.append(Cell(self._held.get(no, 0), kind, self._colour(leg.clocks, at), leg.lead))
        return [one for one in found if one.lane]

    def _colour(self, clocks: Mapping[str, Clock], at: datetime) -> str:
        return colour((one for name, one in clocks.items() if name not in self._silent), at)


def _working(order: Order) -> list[int]:
    return [leg.no for leg in order.legs if leg.state in _AT_WORK and order.is_open]


def _whole(before: Order, after: Order) -> str:
    if before.version == 0:
        return "first"
    if after.state != "closed":
        return "on"
    return "after" if before.state == "closed" else "last"


def colour(clocks: Iterable[Clock], at: datetime) -> str:
    """The worst of the clocks that run at a moment."""
    running = [one for one in clocks if one.start <= at and (one.stopped is None or one.stopped >= at)]
    if any(at > one.due for one in running):
        return "red"
    return "amber" if any(at >= one.amber for one in running) else ""
