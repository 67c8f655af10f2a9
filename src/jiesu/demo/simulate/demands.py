"""The demands of a simulated history, in the order in which they come in: who, when, what, where, in which words."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from jiesu.demo.simulate.scenario import LEADERS
from jiesu.demo.simulate.world import Day, Pick, World
from jiesu.demo.words import Said

# Calls by the hour of the day, 0 first: quiet nights, a morning peak, a dip at noon, an evening shoulder.
HOURS = (0.30, 0.18, 0.12, 0.10, 0.12, 0.30, 1.0, 2.6, 6.4, 8.6, 8.4, 6.7, 4.1, 4.7, 7.2, 7.4, 6.8, 5.2, 4.4, 4.0) + (
    3.5,
    2.7,
    1.5,
    0.7,
)
NIGHT = (3.2, 1.6, 0.9, 0.6, 0.5, 0.8, 1.2, 1.4, 1.8, 2.0, 2.0, 1.8, 1.6, 2.0, 2.0, 1.8, 1.8, 2.0, 3.4, 5.6) + (
    8.2,
    9.6,
    8.0,
    5.0,
)
# A day off begins late and has no shape.
FREE = (0.5, 0.3, 0.2, 0.15, 0.15, 0.3, 0.7, 1.6, 3.6, 5.8, 7.2, 7.0, 5.2, 4.6, 5.6, 6.4, 6.4, 5.8, 5.2, 5.0) + (
    4.4,
    3.2,
    1.9,
    1.0,
)
_DIRECT_ALWAYS = frozenset({"praise", "invalid", "nuisance"})
_ZONE = ZoneInfo("Asia/Shanghai")


class Speaker(Protocol):
    """Whoever puts a demand into words (``demo.words``)."""

    def demand(
        self, rng: Random, *, matter: str, kind: str, place: Any, channel: str, when: datetime, facts: Mapping[str, Any]
    ) -> Said: ...


@dataclass(slots=True)
class Demand:
    """One demand before anybody has dealt with it. ``event`` groups the reports of one real thing, 0: none."""

    index: int
    at: datetime
    channel: str
    kind: str
    urgency: str
    matter: str
    place: int
    person: int
    event: int
    direct: bool
    anonymous: bool
    secret: bool
    company: str
    title: str = ""
    text: str = ""
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    """One real thing that several people report: a burst pipe, a dark street, an estate without heat."""

    number: int
    at: datetime
    matter: str
    place: int
    reports: int


class Demands:
    """Draws the demands of a world. The same world, size and seed give the same list."""

    def __init__(self, world: World, total: int, seed: int) -> None:
        self.world = world
        self.total = total
        self._rng = Random(f"{seed}:demands")
        scenario = world.scenario
        self._channel = Pick(list(scenario.channels), list(scenario.channels.values()))
        self._to_leaders = {
            one.leaders: Pick(
                list(scenario.channels),
                [share * (one.leaders if name in LEADERS else 1) for name, share in scenario.channels.items()],
            )
            for one in scenario.sensitive
        }
        self._direct = Pick(list(scenario.direct_kinds), list(scenario.direct_kinds.values()))
        self._sent = Pick(list(scenario.sent_kinds), list(scenario.sent_kinds.values()))
        self._hours = Pick(range(24), HOURS)
        self._nights, self._free = Pick(range(24), NIGHT), Pick(range(24), FREE)
        # All who come again are sent to a unit; the others make up for it.
        self._direct_share = scenario.direct_share / (1 - scenario.follow_ups)
        self._campaigns = [
            (
                one.matter,
                world.nth(one.day),
                one.effect,
                {i for i, p in enumerate(world.places) if p.name in one.places},
            )
            for one in scenario.campaigns
        ]

    def draw(self) -> list[Demand]:
        """Every demand without its words, by time."""
        rng, days = self._rng, self.world.days
        happenings = self._happenings()
        reported = sum(one.reports for one in happenings)
        sums = list(accumulate(day.weight for day in days))
        found = []
        singles = max(0, self.total - reported)
        for _ in range(singles - self._following(singles)):
            n = bisect_left(sums, rng.random() * sums[-1])
            found.append(self._single(days[n], n))
        found.extend(self._follow_ups(found))
        for one in happenings:
            found.extend(self._reports(one))
        found.sort(key=lambda demand: (demand.at, demand.place, demand.person))
        for index, demand in enumerate(found[: self.total], 1):
            demand.index = index
        return found[: self.total]

    def _following(self, singles: int) -> int:
        return round(singles * self.world.scenario.follow_ups)

    def _follow_ups(self, found: Sequence[Demand]) -> Iterator[Demand]:
        """People who come again about the same thing, days or weeks after it was sent to a unit."""
        rng, last = self._rng, len(self.world.days) - 1
        cause = [one for one in found if not one.direct and not one.anonymous]
        first = self.world.days[0].day
        for _ in range(self._following(round(len(found) / (1 - self.world.scenario.follow_ups))) if cause else 0):
            one = rng.choice(cause)
            n = (one.at.date() - first).days + 2 + int(rng.expovariate(1 / 16))
            if n <= last:
                at = self._moment(self.world.days[n], one.matter)
                yield replace(one, at=at, channel=self._channel_on(at), direct=False)
            else:
                day = int(rng.random() * (last + 1))
                yield self._single(self.world.days[day], day)

    def _channel_on(self, at: datetime) -> str:
        sensitive = self.world.sensitive(at.date())
        pick = self._to_leaders[sensitive.leaders] if sensitive else self._channel
        return str(pick.one(self._rng))

    def _single(self, day: Day, n: int) -> Demand:
        rng, world = self._rng, self.world
        direct = rng.random() < self._direct_share
        while True:
            matter = day.matters.one(rng)
            kind = self._kind(matter, direct)
            region = next((s.region for s in world.scenario.surges if s.matter == matter and matter in day.surges), "")
            place = world.place_for(matter, region, rng)
            if not self._prevented(matter, place, n):
                break
        at = self._moment(day, matter)
        return self._demand(at, kind, matter, place, direct=direct or kind in _DIRECT_ALWAYS)

    def _kind(self, matter: str, direct: bool) -> str:
        rng, usual = self._rng, self.world.matters[matter]["kinds"]
        pick = self._direct if direct else self._sent
        for _ in range(4):
            kind = str(pick.one(rng))
            if kind in usual or kind in _DIRECT_ALWAYS or kind == "consultation":
                return kind
        return "consultation" if direct else "help" if "help" in usual else "complaint"

    def _prevented(self, matter: str, place: int, n: int) -> bool:
        """What a campaign of the scenario has kept from happening."""
        for of, since, effect, places in self._campaigns:
            if matter.startswith(of) and n >= since and place in places and self._rng.random() < effect:
                return True
        return False

    def _moment(self, day: Day, matter: str) -> datetime:
        rng = self._rng
        pick = self._hours if day.working else self._free
        if matter.startswith("10") and matter != "10.06" and rng.random() < 0.6:
            pick = self._nights
        seconds = int(pick.one(rng)) * 3600 + rng.random() * 3600
        return datetime.combine(day.day, time(), _ZONE) + timedelta(seconds=round(seconds, 3))

    def _demand(self, at: datetime, kind: str, matter: str, place: int, *, direct: bool, event: int = 0) -> Demand:
        rng = self._rng
        channel = self._channel_on(at)
        company = (
            f"雄关{rng.choice('恒鑫宏远华盛金源')}{rng.choice('达通泰丰')}有限公司" if matter.startswith("19") else ""
        )
        anonymous = rng.random() < (0.25 if kind in ("report", "nuisance", "invalid") else 0.015)
        return Demand(
            index=0,
            at=at,
            channel=channel,
            kind=kind,
            urgency=self._urgency(matter, kind, direct),
            matter=matter,
            place=place,
            person=0 if anonymous else self.world.who(place, rng),
            event=event,
            direct=direct,
            anonymous=anonymous,
            secret=not anonymous and rng.random() < (0.3 if kind == "report" else 0.006),
            company=company,
        )

    def _urgency(self, matter: str, kind: str, direct: bool) -> str:
        urgency = str(self.world.matters[matter]["urgency"])
        if direct or kind in ("consultation", "suggestion", "praise"):
            return "normal"
        if urgency == "emergency" and self._rng.random() < 0.4:
            return "urgent"
        return urgency

    # -- one thing, many reports

    def _happenings(self) -> list[Happening]:
        rng, world = self._rng, self.world
        count = round(world.scenario.big_events * self.total / 80_000)
        days = Pick(range(len(world.days)), [day.weight for day in world.days])
        found = []
        for number in range(1, count + 1):
            n = int(days.one(rng))
            day = world.days[n]
            matter = str(day.matters.one(rng))
            if matter[:2] not in ("02", "03", "04", "05", "06", "07", "08", "09", "10"):
                matter = rng.choice(("03.02", "04.01", "05.01", "07.02") if day.temperature < 8 else ("04.01", "05.01"))
            place = world.place_for(matter, "", rng)
            if self._prevented(matter, place, n):
                continue
            reports = min(60, 2 + int(2 * rng.paretovariate(1.3)) - 1)
            found.append(Happening(number, self._moment(day, matter), matter, place, reports))
        return found

    def _reports(self, one: Happening) -> Iterator[Demand]:
        rng = self._rng
        last = datetime.combine(self.world.days[-1].day, time(23, 59), _ZONE)
        for nth in range(one.reports):
            at = one.at if nth == 0 else min(last, one.at + timedelta(hours=rng.expovariate(1 / 9.0)))
            kind = "help" if rng.random() < 0.6 else "complaint"
            kind = (
                kind if kind in self.world.matters[one.matter]["kinds"] else self.world.matters[one.matter]["kinds"][0]
            )
            direct = nth > 0 and rng.random() < 0.3
            yield self._demand(at, kind, one.matter, one.place, direct=direct, event=one.number)


def put_into_words(demands: Sequence[Demand], world: World, speaker: Speaker, seed: int) -> None:
    """Give every demand its words, no two alike."""
    rng = Random(f"{seed}:words")
    seen: set[str] = set()
    called: set[tuple[int, str]] = set()
    for demand in demands:
        demand.repeat = not demand.anonymous and (demand.person, demand.matter) in called
        called.add((demand.person, demand.matter))
        facts: dict[str, Any] = {"repeat": demand.repeat}
        if demand.company:
            facts["company"] = demand.company
        if demand.event:
            facts["event"] = demand.event
        place = world.places[demand.place]
        said = _say(speaker, rng, demand, place, facts)
        while said.text in seen:
            said = _say(speaker, rng, demand, place, facts)
        seen.add(said.text)
        demand.title, demand.text = said.title, said.text


def _say(speaker: Speaker, rng: Random, demand: Demand, place: Any, facts: dict[str, Any]) -> Said:
    return speaker.demand(
        rng,
        matter=demand.matter,
        kind=demand.kind,
        place=place,
        channel=demand.channel,
        when=demand.at,
        facts=facts,
    )
