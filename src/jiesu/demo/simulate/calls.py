"""The calls of a simulated history: every demand by phone was one; others hung up or were missed while waiting."""

from __future__ import annotations

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
_SEATS = 6.0  # answered calls an hour that the seats of this city take without anybody waiting long


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
    busy: dict[datetime, int] = {}
    for demand in demands:
        if demand.channel != "phone":
            continue
        hour = demand.at.replace(minute=0, second=0, microsecond=0)
        busy[hour] = busy.get(hour, 0) + 1
        load = busy[hour] / _SEATS
        wait = rng.expovariate(1 / (4.0 + 9.0 * load**2))
        talk = rng.lognormvariate(4.9, 0.5)
        answered = demand.at - timedelta(seconds=talk * 0.7)
        agent = crew.one("agent", rng).id
        day = world.calendar.civil_day(demand.at)
        number = int(f"{day:%y%m%d}") * 10_000_000 + demand.index
        yield (
            *(f"sim-{seed}-{demand.index}", "in", answered - timedelta(seconds=wait), answered),
            *(
                answered + timedelta(seconds=talk),
                "answered",
                agent,
                _hash(phones.get(demand.person)),
                demand.person or None,
            ),
            *(number, f"rec/{number}.mp3"),
        )
        if rng.random() < 0.012 + 0.03 * load:
            lost = answered + timedelta(seconds=rng.uniform(20, 900))
            gone = lost + timedelta(seconds=rng.expovariate(1 / 25))
            outcome = "dropped" if rng.random() < 0.8 else "missed"
            yield (
                *(
                    f"sim-{seed}-{demand.index}-x",
                    "in",
                    lost,
                    None,
                    gone,
                    outcome,
                    "",
                    _hash(f"199{rng.randrange(10**6):08d}"),
                ),
                *(None, None, ""),
            )


def _hash(phone: str | None) -> bytes | None:
    return crypto.search_hash(phone) if phone else None
