"""The calls of a simulated history: every demand by phone was one, waited for a free seat; others hung up waiting."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from django.db import transaction

from jiesu.demo.simulate.crew import Crew
from jiesu.demo.simulate.demands import Demand
from jiesu.demo.simulate.world import World
from jiesu.store import crypto, sql

COLUMNS: Final = (
    "exchange_id",
    "direction",
    "offered_at",
    "answered_at",
    "ended_at",
    "outcome",
    "agent",
    "phone_hash",
    "person",
) + ("number", "recording")
SEATS: Final = (2,) + (1,) * 6 + (2,) + (3,) * 4 + (2,) * 2 + (3,) * 4 + (2,) * 6  # by the hour, 0 first
_AFTER: Final = 55.0  # seconds of writing down after a call
_GIVES_UP: Final = 150.0  # seconds of waiting after which as many hang up as are answered


def write(demands: Sequence[Demand], world: World, crew: Crew, seed: int, phones: Mapping[int, str]) -> int:
    """Write the calls of these demands, which name people by id; ``phones`` by id. How many."""
    made = list(_calls(demands, world, crew, seed, phones))
    with transaction.atomic():
        sql.copy_in("call", COLUMNS, made)
    return len(made)


def _calls(
    demands: Sequence[Demand], world: World, crew: Crew, seed: int, phones: Mapping[int, str]
) -> Iterator[tuple[Any, ...]]:
    rng = Random(f"{seed}:calls")
    desk = Desk([one.id for one in crew.all("agent")])
    for demand in demands:
        if demand.channel != "phone":
            continue
        talk = rng.lognormvariate(4.9, 0.5)
        answered = demand.at - timedelta(seconds=talk * 0.7)
        waited, agent = desk.take(answered, talk)
        offered = answered - timedelta(seconds=waited + 2 + rng.expovariate(1 / 3.5))
        day = world.calendar.civil_day(demand.at)
        number = int(f"{day:%y%m%d}") * 10_000_000 + demand.index
        known = (_hash(phones.get(demand.person)), demand.person or None, number, f"rec/{number}.mp3")
        ended = answered + timedelta(seconds=talk)
        yield (f"sim-{seed}-{demand.index}", "in", offered, answered, ended, "answered", agent, *known)
        if rng.random() < 0.015 + waited / (waited + _GIVES_UP) * 0.5:
            lost = offered + timedelta(seconds=rng.uniform(1, 40))
            gone = lost + timedelta(seconds=3 + rng.expovariate(1 / 25))
            outcome = "dropped" if rng.random() < 0.8 else "missed"
            caller = _hash(f"199{rng.randrange(10**6):08d}")
            yield (f"sim-{seed}-{demand.index}-x", "in", lost, None, gone, outcome, "", caller, None, None, "")


class Desk:
    """The seats of the hotline. As many are taken as the hour has; whoever has been free longest takes the call."""

    def __init__(self, agents: Sequence[str]) -> None:
        self._agents = agents
        self._busy: list[tuple[datetime, int]] = []

    def take(self, at: datetime, talk: float) -> tuple[float, str]:
        """Seconds that a call that came at ``at`` waits for a seat, and who answers it."""
        while self._busy and self._busy[0][0] <= at:
            heapq.heappop(self._busy)
        seats = min(SEATS[at.hour], len(self._agents))
        free, waited = at, 0.0
        while len(self._busy) >= seats:
            free, _ = heapq.heappop(self._busy)
            waited = (free - at).total_seconds()
        taken = {seat for _, seat in self._busy}
        turn = at.toordinal()
        seat = next(n for n in range(turn, turn + len(self._agents)) if n % len(self._agents) not in taken)
        seat %= len(self._agents)
        heapq.heappush(self._busy, (free + timedelta(seconds=talk + _AFTER), seat))
        return waited, self._agents[seat]


def _hash(phone: str | None) -> bytes | None:
    return crypto.search_hash(phone) if phone else None
