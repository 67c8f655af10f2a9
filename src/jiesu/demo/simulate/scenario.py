"""What a simulated city is told: how much, of what, when - and the truths drawn into it, which later work must find.

A scenario is a JSON file; every number here is one of its keys. Shares are of 1.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from importlib.resources import files
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Character:
    """How a unit works. Medians are parts of the limit; ``spread`` is the sigma of their logarithm; ``quick``: the
    share done at once.

    Ways of gaming, shares of its orders: ``bursts`` replied in the last hour, ``templates`` answered with empty words,
    ``skips_contact`` noted as talked to without a talk, ``coaches`` talked round before the callback: such a citizen
    says that all is well, and half of them come back within days.
    """

    acknowledge: float = 0.18
    handle: float = 0.38
    quick: float = 0.15
    spread: float = 0.55
    late: float = 0.03
    contact: float = 0.95
    returns: float = 0.045
    quality: float = 0.86
    templates: float = 0.05
    skips_contact: float = 0.0
    bursts: float = 0.0
    coaches: float = 0.0


@dataclass(frozen=True, slots=True)
class Surge:
    """A truth: from ``day`` for ``days`` a matter is ``times`` as frequent, and all of it comes from ``region``.

    ``day`` is a day of the history (0 first) or of the year ("04-13": the last such day of the history or before it).
    """

    matter: str
    day: int | str
    days: int
    times: float
    region: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A truth: preventive work on a matter at some places cuts its demand there by ``effect`` from ``day`` on."""

    matter: str
    day: int | str
    effect: float
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A truth: days of every year, "MM-DD" both ends, on which people turn to the leaders and units hurry.

    ``leaders``: how many times as often a demand comes by ``LEADERS``; ``matters``: times as many, by the beginning of
    the code; ``pace``: the units' parts of a limit against other days, ``late`` their share of late replies;
    ``instructions``: times as many notes by the city's leaders.
    """

    first: str
    last: str
    leaders: float = 1.0
    matters: dict[str, float] = field(default_factory=dict)
    pace: float = 1.0
    late: float = 1.0
    instructions: float = 1.0

    def holds(self, day: str) -> bool:
        """Whether a day ("MM-DD") is one of them; a period may run over the new year."""
        if self.first <= self.last:
            return self.first <= day <= self.last
        return day >= self.first or day <= self.last


LEADERS = frozenset({"mailbox", "board", "visit", "letter", "transfer_province"})


@dataclass(frozen=True, slots=True)
class Scenario:
    """All that a simulation is told beyond its size and seed."""

    name: str = "year"
    direct_share: float = 0.7
    follow_ups: float = 0.035
    weekdays: tuple[float, ...] = (1.16, 1.09, 1.04, 1.02, 1.0, 0.86, 0.82)
    holiday: float = 0.72
    channels: dict[str, float] = field(default_factory=dict)
    direct_kinds: dict[str, float] = field(default_factory=dict)
    sent_kinds: dict[str, float] = field(default_factory=dict)
    subjects: dict[str, float] = field(default_factory=dict)
    storms: int = 6
    big_events: int = 260
    units: dict[str, Character] = field(default_factory=dict)
    everyone: Character = field(default_factory=Character)
    surges: tuple[Surge, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    sensitive: tuple[Sensitive, ...] = ()


def load(path: Path | None = None) -> Scenario:
    """The scenario of a file, or the city's usual year. Raises ValueError naming a key that no scenario has."""
    text = (path or files("jiesu.demo").joinpath("scenarios/year.json")).read_text(encoding="utf-8")
    doc = json.loads(text)
    unknown = doc.keys() - {one.name for one in fields(Scenario)}
    if unknown:
        raise ValueError(f"情景文件里有不认识的项：{'、'.join(sorted(unknown))}")
    return Scenario(**{name: _read(name, value) for name, value in doc.items()})


def _read(name: str, value: Any) -> Any:
    if name == "units":
        return {unit: Character(**one) for unit, one in value.items()}
    if name == "everyone":
        return Character(**value)
    if name == "surges":
        return tuple(Surge(**one) for one in value)
    if name == "campaigns":
        return tuple(Campaign(**{**one, "places": tuple(one["places"])}) for one in value)
    if name == "sensitive":
        return tuple(Sensitive(**one) for one in value)
    return tuple(value) if isinstance(value, list) else value
