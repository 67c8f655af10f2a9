"""One order on its way: where it stands, what time it is, and the small steps of which every way is made."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Protocol

from jiesu.demo.simulate.crew import Crew
from jiesu.demo.simulate.demands import Demand
from jiesu.demo.simulate.scenario import Character
from jiesu.demo.simulate.story import Story
from jiesu.demo.simulate.world import World
from jiesu.domain.case import Around
from jiesu.domain.order import Actor, Clock, Leg, Order
from jiesu.domain.privacy import mask_text
from jiesu.domain.rules import Rules
from jiesu.domain.text import title_of, tsvector_text
from jiesu.store.record import Life, Shown


class Writer(Protocol):
    """Whoever words what people write on an order (``demo.words``)."""

    def note(self, rng: Random, *, move: str, matter: str, unit_name: str, facts: dict[str, Any]) -> str: ...

    def reply(
        self,
        rng: Random,
        *,
        matter: str,
        kind: str,
        claim: str,
        place: Any,
        unit_name: str,
        due: datetime | None = None,
        template: bool = False,
    ) -> dict[str, str]: ...

    def opinion(self, rng: Random, *, resolved: str, rating: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Scene:
    """What all orders of a history share: the world and its rules, who acts and who writes, and when it ends."""

    world: World
    rules: Rules
    crew: Crew
    writer: Writer
    photos: Sequence[str]
    until: datetime
    seed: int


def _nothing() -> None:
    """Before the moves of an order that nobody joins."""


class Walk:
    """One order on its way, with random numbers of its own. ``before`` is run before each of its moves."""

    def __init__(self, scene: Scene, demand: Demand) -> None:
        self.scene = scene
        self.demand = demand
        self.rng = Random(f"{scene.seed}:life:{demand.index}")
        self.rules = scene.rules
        day = scene.rules.day(demand.at)
        number = int(f"{day:%y%m%d}") * 10_000_000 + demand.index
        self.story = Story(number, scene.rules, self.rng, scene.until)
        self.place = scene.world.places[demand.place]
        self.joining: list[Walk] = []
        self.coached = False
        self.before: Callable[[], None] = _nothing
        self.at = demand.at

    def centre(self, role: str) -> Actor:
        return self.scene.crew.one(role, self.rng)

    def unit(self, unit: str, *, leader: bool = False) -> Actor:
        return self.scene.crew.one("unit_leader" if leader else "unit_clerk", self.rng, unit)

    def character(self, leg: Leg) -> Character:
        return self.scene.world.character(leg.unit, self.rules.day(self.at))

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def write(self, move: str, unit: str = "", **facts: Any) -> str:
        name = self.rules.unit_name(unit) if unit else "热线中心"
        return self.scene.writer.note(self.rng, move=move, matter=self.demand.matter, unit_name=name, facts=facts)

    def wait(self, minutes: float) -> None:
        """Natural time passes, drawn around ``minutes``."""
        self.at += timedelta(minutes=minutes * math.exp(self.rng.gauss(0, 0.5)))

    def office(self, minutes: float) -> None:
        """Office time passes, drawn around ``minutes``."""
        drawn = minutes * math.exp(self.rng.gauss(0, 0.5))
        self.at = self.rules.calendar.add_working_minutes(self.at, max(1.0, drawn))

    def toward(self, due: datetime, part: float, *, least: float = 2) -> None:
        """Go to ``part`` of the way from now to ``due``; beyond 1 is late."""
        self.at = max(self.at + timedelta(minutes=least), self.at + (due - self.at) * part)

    def within(self, clock: Clock, part: float, *, least: float = 2) -> None:
        """As ``toward``, in the clock's own measure: office time for limits of working days and hours."""
        if clock.limit and not clock.limit[1].startswith("work"):
            self.toward(clock.due, part, least=least)
            return
        calendar = self.rules.calendar
        at = calendar.working_part(self.at, clock.due, min(1.0, part))
        if part > 1:
            at = calendar.add_working_minutes(max(clock.due, self.at), (part - 1) * 400)
        self.at = max(at, self.at + timedelta(minutes=least))

    def go(self, move: str, by: Actor, around: Around | None = None, **facts: Any) -> Order:
        self.before()
        self.at = max(self.at, self.story.order.last_at or self.at)
        return self.story.go(self.at, move, by, around or Around(), **facts)

    def life(self) -> Life:
        demand = self.demand
        body, place = mask_text(demand.text), self.place.name
        title = mask_text(demand.title) or title_of(body, 40)
        shown = Shown(title[:120], place, body, tsvector_text(f"{title} {place} {body}"))
        return self.story.life(shown, source="simulated")
