"""One demand in the making: what is told, how it is told, and what is the same for all who report one event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any, Final

from jiesu.demo.words.grammar import Chance, Choice, Filling, speak
from jiesu.demo.words.source import SLOT, SLOTS, Matter

_SIZES: Final = ("short", "middle", "long", "huge", "full")
# Shares of the sizes, running, by manner of speaking.
_SHARES: Final = {
    "spoken": (0.10, 0.54, 0.90, 1.0, 1.0),
    "written": (0.05, 0.36, 0.74, 0.93, 1.0),
    "letter": (0.0, 0.05, 0.35, 0.65, 1.0),
    "official": (0.12, 0.70, 1.0, 1.0, 1.0),
}
_MANNER: Final = {"wechat": "written", "web": "written", "board": "written", "mailbox": "letter", "letter": "letter"}
_SPOKEN: Final = frozenset({"phone", "visit"})


class Telling:
    """One demand in the making: what is told, and what the slots hold so far."""

    __slots__ = (
        "chance",
        "channel",
        "facts",
        "kind",
        "manner",
        "matter",
        "name",
        "place_kind",
        "season",
        "slots",
        "when",
    )

    def __init__(self, chance: Chance, matter: Matter, kind: str, channel: str, when: datetime, season: str) -> None:
        self.chance = chance
        self.matter = matter
        self.kind = kind
        self.channel = channel
        self.when = when
        self.season = season
        self.slots: list[Filling] = [""] * len(SLOTS)
        self.manner = _manner(channel, chance)
        self.facts: Mapping[str, Any] = {}
        self.name = ""
        self.place_kind = ""

    def fill(self, slot: str, filling: Filling) -> None:
        self.slots[SLOT[slot]] = filling

    def one(self, choice: Choice) -> str:
        """One saying of ``choice``, empty if there is nothing to choose from."""
        return speak(choice[int(self.chance() * len(choice))], self.chance, self.slots) if choice else ""

    def size(self) -> str:
        share, shares = self.chance(), _SHARES[self.manner]
        return _SIZES[next(i for i, upto in enumerate(shares) if share < upto)]

    def pair(self, first: str, second: str, choice: Choice) -> None:
        """Two different phrases of a choice into two slots."""
        at = int(self.chance() * len(choice))
        other = (at + 1 + int(self.chance() * max(1, len(choice) - 1))) % len(choice)
        self.fill(first, (choice[at],))
        self.fill(second, (choice[other],))


def _manner(channel: str, chance: Chance) -> str:
    if channel in _SPOKEN:
        return "official" if chance() < 0.16 else "spoken"
    return _MANNER.get(channel, "official")


def _chance_of(event: Any, code: str) -> tuple[Random, Mapping[str, Any]]:
    """Chance that is the same for all who report an event, and what is known of it."""
    known: Mapping[str, Any] = event if isinstance(event, Mapping) else {"id": event}
    return Random(f"event:{known['id']}:{code}"), known


def core_of(event: Any, matter: Matter) -> Choice:
    """The wordings of the one problem that an event is, the same for all who report it."""
    shared, known = _chance_of(event, matter.code)
    if known.get("description"):
        return (str(known["description"]),)
    usual = matter.problems[0]
    return usual if matter.alike else (usual[int(shared.random() * len(usual))],)


def spot_of(event: Any, form: Choice, roads: tuple[str, ...], telling: Telling) -> Filling:
    """The spot of an event; some who report it name only the place."""
    shared, known = _chance_of(event, telling.matter.code)
    if known.get("spot"):
        return str(known["spot"])
    if telling.chance() < 0.25:
        return telling.name
    slots = list(telling.slots)
    slots[SLOT["邻路"]] = roads[int(shared.random() * len(roads))]
    return speak(form[int(shared.random() * len(form))], shared.random, slots)
