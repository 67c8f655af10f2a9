"""The open pages, and the delivery of a move to those that may know of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass

from jiesu.domain import words
from jiesu.domain.order import Actor, Order
from jiesu.domain.permissions import sees
from jiesu.domain.sight import calling, from_outside, hides_event

MOVE, CALL, RESYNC, PRESENT = "move", "call", "resync", "present"
WAITING = 256  # messages kept for a slow page; beyond that it is told to reload
Message = tuple[str, str]
_CALLERS = frozenset({"callback_clerk", "inspector"})


@dataclass(frozen=True, slots=True)
class Moved:
    """What the database announces: this move was recorded as the order's event ``seq``."""

    number: int
    seq: int
    move: str

    @classmethod
    def read(cls, payload: str) -> Moved | None:
        """The announcement, or None when it is not one of ours."""
        match payload.split():
            case [number, seq, move] if number.isdigit() and seq.isdigit():
                return cls(int(number), int(seq), move)
        return None

    @property
    def message(self) -> Message:
        return MOVE, json.dumps({"number": self.number, "seq": self.seq, "move": self.move})


@dataclass(frozen=True, slots=True)
class Rung:
    """What the database announces of a telephone call: something changed for this agent. Ids only, never a number."""

    call: int
    agent: str

    @classmethod
    def read(cls, payload: str) -> Rung | None:
        """The announcement, or None when it is not one of ours."""
        match payload.split():
            case ["call", call, agent] if call.isdigit():
                return cls(int(call), agent)
        return None


class Page:
    """One open page: who reads it, which orders it asks for (none named: all), and what waits to be sent to it.

    ``here``: the one order that stands on the page, 0 for none; ``name``: whose page it is, as others there read it.
    """

    def __init__(self, actor: Actor, orders: frozenset[int] = frozenset(), *, here: int = 0, name: str = "") -> None:
        self.actor = actor
        self.orders = orders
        self.here = here
        self.name = name
        self.present: list[dict[str, str]] = []
        self._waiting: asyncio.Queue[Message] = asyncio.Queue(WAITING)

    def put(self, message: Message) -> None:
        """Queue a message; a page that does not keep up loses the rest and gets one `resync` instead."""
        if self._waiting.full():
            while not self._waiting.empty():
                self._waiting.get_nowait()
            message = (RESYNC, "")
        self._waiting.put_nowait(message)

    async def next(self, seconds: float) -> Message | None:
        """The next message, or None after `seconds` of silence."""
        try:
            # Cheaper than ``wait_for``, which makes a task of every wait: a thousand pages wait for each message.
            async with asyncio.timeout(seconds):
                return await self._waiting.get()
        except TimeoutError:
            return None

    def more(self) -> list[Message]:
        """What else waits already."""
        return [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]

    def asks_for(self, number: int) -> bool:
        return not self.orders or number in self.orders


class Hub:
    """All open pages."""

    def __init__(self) -> None:
        self._pages: set[Page] = set()

    def __len__(self) -> int:
        return len(self._pages)

    def join(self, page: Page) -> None:
        self._pages.add(page)

    def leave(self, page: Page) -> None:
        self._pages.discard(page)

    def meet(self, order: Order) -> None:
        """Tell each page on which this order stands who else has it open; again only when that has changed."""
        there = [page for page in self._pages if page.here == order.number and sees(page.actor, order)]
        for page in there:
            others = {one.actor.id: one for one in there if one.actor.id != page.actor.id}
            people = _present(order, page.actor, others.values())
            # Nothing at all is said of somebody who may not be known of, not even that nobody is there.
            if people != page.present:
                page.present = people
                told = {"number": order.number, "people": people}
                page.put((PRESENT, json.dumps(told, ensure_ascii=False)))

    def met(self) -> set[int]:
        """The orders that stand on some page."""
        return {page.here for page in self._pages if page.here}

    def wanted(self, numbers: set[int]) -> set[int]:
        """Those of these orders that some page asks for."""
        return {number for number in numbers if any(page.asks_for(number) for page in self._pages)}

    def deliver(self, moved: Moved, order: Order) -> None:
        """Give the move to each page that asks for the order and whose reader may know of it (domain.md §3)."""
        message = moved.message
        # Asked once for all who hold the same roles: a hotline has a thousand pages and a few dozen sets of them.
        knows: dict[tuple[object, ...], bool] = {}
        for page in self._pages:
            if not page.asks_for(moved.number):
                continue
            stands = (page.actor.roles, page.actor.person)
            if stands not in knows:
                knows[stands] = _may_know(page.actor, moved, order)
            if knows[stands]:
                page.put(message)

    def ring(self, rung: Rung) -> None:
        """Tell the pages of this agent, and nobody else's."""
        for page in self._pages:
            if page.actor.id == rung.agent:
                page.put((CALL, json.dumps({"call": rung.call})))

    def resync(self) -> None:
        """Tell every page to reload: moves may have been missed."""
        for page in self._pages:
            page.put((RESYNC, ""))


def _present(order: Order, reader: Actor, others: Iterable[Page]) -> list[dict[str, str]]:
    """Names and roles of those who have the order open, as ``reader`` may know them.

    Nobody in a handling unit learns that a callback goes on (domain.md §3): those who call, and while the order is
    being called back everybody of the centre, are not shown to people of units.
    """
    shown = [
        {"name": one.name, "role": words.zh(words.ROLES, one.actor.roles[0][0])}
        for one in others
        if one.name and one.actor.roles and not _unknown(one.actor, reader, order)
    ]
    return sorted(shown, key=lambda one: (one["name"], one["role"]))


def _unknown(other: Actor, reader: Actor, order: Order) -> bool:
    if not from_outside(reader) or from_outside(other):
        return False
    return calling(reader, order) or any(role in _CALLERS for role, _ in other.roles)


def _may_know(actor: Actor, moved: Moved, order: Order) -> bool:
    if not sees(actor, order):
        return False
    return order.last_at is None or not hides_event(actor, order, moved.move, order.last_at)
