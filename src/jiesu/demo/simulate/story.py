"""One order being lived through: each move decided by the domain, the clock's own moves in their places.

Nothing is written here. A story ends as a ``Life`` for ``store.record_many``; salts come from the story's own random
numbers, so that the same seed gives the same commitments and the same heads.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

from jiesu.domain.apply import apply_to
from jiesu.domain.case import NOTHING_AROUND, Around
from jiesu.domain.decide import decide
from jiesu.domain.errors import Refused
from jiesu.domain.facts import FACTS
from jiesu.domain.order import SYSTEM, Actor, Event, Order
from jiesu.domain.rules import Rules
from jiesu.domain.supervision import due_steps, next_step, still_borne
from jiesu.domain.words import OPEN_LEGS
from jiesu.store.record import Life, Sealed, Shown, seal_text

_WORDS = frozenset(name for name, fact in FACTS.items() if fact.type in ("text", "line"))


class Over(Exception):
    """The simulated time has come to its end; the order stays as it is."""


class Story:
    """An order in the making. ``go`` moves it at a time; times before the last event count as that event's."""

    def __init__(self, number: int, rules: Rules, rng: Random, until: datetime) -> None:
        self.order = Order(number)
        self.rules = rules
        self.rng = rng
        self.until = until
        self.events: list[Event] = []
        self.sealed: list[Mapping[str, Sealed]] = []
        self.contacts: list[tuple[Any, ...]] = []
        self._done: set[str] = set()

    @property
    def at(self) -> datetime:
        return self.order.last_at or self.until

    def go(
        self,
        at: datetime,
        move: str,
        by: Actor,
        around: Around = NOTHING_AROUND,
        **facts: Any,
    ) -> Order:
        """Make the move at ``at``, after whatever the clock tick has to do before. Raises Over and Refused."""
        if at > self.until:
            self.tick(self.until)
            raise Over
        if self.events:
            self.tick(at)
        self._make(at, move, by, around, facts)
        return self.order

    def may(self, at: datetime, move: str, by: Actor, **facts: Any) -> bool:
        """As ``go``, for a move that the rules may well refuse; whether it was made."""
        try:
            self.go(at, move, by, **facts)
        except Refused:
            return False
        return True

    def _make(self, at: datetime, move: str, by: Actor, around: Around, facts: Mapping[str, Any]) -> None:
        ready: dict[str, Any] = {}
        sealed: dict[str, Sealed] = {}
        for name, value in facts.items():
            if name in _WORDS and isinstance(value, str):
                one = sealed[name] = seal_text(value, self.rng.randbytes(16))
                ready[name] = one.text
            elif value is not None:
                ready[name] = value
        event = decide(self.order, move, by, ready, self.rules, at.astimezone(UTC), around)
        if isinstance(event, Refused):
            raise event
        apply_to(self.order, event)
        self.events.append(event)
        self.sealed.append(sealed)

    # -- the clock tick

    def tick(self, at: datetime) -> None:
        """What the sweep would have done for this order up to ``at``."""
        while self._something_due(at):
            due = due_steps(self.order, self.rules, at, self._done)
            if not due:
                return
            step = due[0]
            self._done.add(step.key)
            if step.act != "remind":
                facts: dict[str, Any] = dict(step.facts)
                if step.act in ("urge", "supervise", "escalate", "mark"):
                    facts["step"] = step.key
                try:
                    self._make(max(step.at, self.at), step.act, SYSTEM, NOTHING_AROUND, facts)
                except Refused:
                    continue
            elif not any(one.act != "remind" for one in due):
                self._done.update(one.key for one in due)
                return

    def _something_due(self, at: datetime) -> bool:
        """A cheap look: may any step but a reminder have fallen due by ``at``?"""
        order = self.order
        if not order.is_open:
            return False
        if any(clock.stopped is None and clock.due < at for clock in order.clocks.values()):
            return True
        for leg in order.legs:
            if leg.state in OPEN_LEGS and any(c.stopped is None and c.due < at for c in leg.clocks.values()):
                return True
        if any(one.open and one.type == "whistle" for one in order.requests):
            return True
        bounced = order.returns >= 2 or len(order.tried) >= 3 or "hard_case" in order.flags
        if bounced and ("bouncing" not in order.flags or order.ladder < 3):
            return True
        old = order.received_at is not None and (at - order.received_at).days >= 30
        return old and "ageing" not in order.flags

    # -- the end

    def life(self, shown: Shown, source: str = "") -> Life:
        """The order as it is to be written, with when the tick has to look at it again."""
        order = self.order
        if order.is_open or any(clock.running for clock in order.clocks.values()):
            self.tick(self.until)
            done = {step.key for step in due_steps(order, self.rules, self.until, frozenset())} | self._done
            kept = still_borne(order, done)
            tick_at = next_step(order, self.rules, kept)
        else:
            kept, tick_at = frozenset(), None
        return Life(order, self.events, self.sealed, shown, tick_at, sorted(kept), source, self.contacts)
