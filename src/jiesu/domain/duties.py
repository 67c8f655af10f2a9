"""The dispatch catalog (派单目录): who leads which matter where, with whom, by which law (domain.md §2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jiesu.domain.clocks import Limit

ANYWHERE = "*"
LOCAL = "@subdistrict"


@dataclass(frozen=True, slots=True)
class Season:
    """A part of the year with its own limit, such as the heating season; it may run over New Year."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    handle: Limit | None = None
    urgency: str | None = None

    def holds(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of the catalog."""

    matter: str
    region: str
    lead: str
    assist: tuple[str, ...] = ()
    legal_basis: str = ""
    handle: Limit | None = None
    fields: tuple[str, ...] = ()
    statutory: Mapping[str, Any] | None = None
    season: Season | None = None
    must_lead: bool = False
    first: date = date.min
    last: date = date.max

    def handle_on(self, day: date) -> Limit | None:
        """The line's own handling limit on ``day``: the season's when one holds, else the line's."""
        if self.season and self.season.handle and self.season.holds(day):
            return self.season.handle
        return self.handle

    def urgency_on(self, day: date) -> str | None:
        """How urgent this matter is on ``day`` by its season; None where the line says nothing."""
        return self.season.urgency if self.season and self.season.holds(day) else None


class Catalog:
    """The catalog as it stood at one moment.

    ``find`` prefers the deeper matter, then the nearer region, then the later line; it returns None where the city
    has said nothing, so that a person decides.
    """

    def __init__(self, duties: Iterable[Duty], regions: Mapping[str, Mapping[str, Any]]) -> None:
        self._lines: dict[tuple[str, str], list[Duty]] = {}
        self._regions = regions
        for duty in duties:
            self._lines.setdefault((duty.matter, duty.region), []).append(duty)
        for lines in self._lines.values():
            lines.sort(key=lambda duty: duty.first, reverse=True)

    def find(self, matter: str, region: str, on: date) -> Duty | None:
        for code in _upward(matter):
            for place in self._outward(region):
                for duty in self._lines.get((code, place), ()):
                    if duty.first <= on <= duty.last:
                        return duty
        return None

    def lines(self) -> Iterator[Duty]:
        """Every line of the catalog: by matter and region, the later one first."""
        for _, lines in sorted(self._lines.items()):
            yield from lines

    def leads(self) -> Iterator[str]:
        """The unit that each line of the catalog names, one for each line."""
        return (duty.lead for lines in self._lines.values() for duty in lines)

    def duties(self) -> Iterator[Duty]:
        """Every line, also those that are not in force yet or any more."""
        return (duty for lines in self._lines.values() for duty in lines)

    def lead(self, duty: Duty, region: str) -> str | None:
        """The unit that leads under ``duty`` in ``region``: the subdistrict of the place when the line says so."""
        if duty.lead != LOCAL:
            return duty.lead
        for place in self._outward(region):
            unit = self._regions.get(place, {}).get("unit")
            if unit:
                return str(unit)
        return None

    def _outward(self, region: str) -> Iterator[str]:
        seen = 0
        while region and region != ANYWHERE and seen < 8:
            yield region
            region = str(self._regions.get(region, {}).get("parent") or "")
            seen += 1
        yield ANYWHERE


def _upward(matter: str) -> Iterator[str]:
    while matter:
        yield matter
        matter = matter.rpartition(".")[0]
    yield ANYWHERE


def duty_from_doc(doc: Mapping[str, Any]) -> Duty:
    """A line of the catalog from its JSON form (the form of city files and of rules snapshots)."""
    season = doc.get("season")
    return Duty(
        matter=doc["matter"],
        region=doc.get("region") or ANYWHERE,
        lead=doc["lead"],
        assist=tuple(doc.get("assist") or ()),
        legal_basis=doc.get("legal_basis") or "",
        handle=_limit(doc.get("handle")),
        fields=tuple(doc.get("fields") or ()),
        statutory=doc.get("statutory"),
        season=_season(season) if season else None,
        must_lead=bool(doc.get("must_lead_by_law")),
        first=_day(doc.get("effective_from"), date.min),
        last=_day(doc.get("effective_to"), date.max),
    )


def _season(doc: Mapping[str, Any]) -> Season:
    first, last = (tuple(int(part) for part in doc[end].split("-")) for end in ("from", "to"))
    return Season(doc["name"], (first[0], first[1]), (last[0], last[1]), _limit(doc.get("handle")), doc.get("urgency"))


def _limit(doc: Any) -> Limit | None:
    return Limit.from_doc(doc) if doc else None


def _day(text: str | None, otherwise: date) -> date:
    return date.fromisoformat(text) if text else otherwise
