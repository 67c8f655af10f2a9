"""The year that happens to the city: weather, holidays, places, people, what goes wrong, and who reports it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from jiesu.demo.city import read
from jiesu.demo.simulate.scenario import Character, Scenario, Sensitive
from jiesu.domain.workdays import Calendar

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟崔谭"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文辉力红梅"
    "志海燕春波宁凤洁琴玲晶鑫雪峰颖琳宇浩凯健俊帆帅旭博"
)
_PEOPLE_A_PLACE = 2200  # a city of about 300,000 (domain.md §8)
_FREQUENT = 0.02


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere that demands come from."""

    name: str
    kind: str
    region: str
    built: int
    supplier: str


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up resident, by index; the same index is always the same person."""

    index: int
    name: str
    phone: str
    home: int


class Pick:
    """Weighted choice among a fixed list, fast for many draws."""

    def __init__(self, items: Sequence[Any], weights: Sequence[float]) -> None:
        self.items = items
        self.sums = list(accumulate(weights))

    def one(self, rng: Random) -> Any:
        return self.items[bisect_left(self.sums, rng.random() * self.sums[-1])]


@dataclass(slots=True)
class Day:
    """What a day is like: its weight in the year and the weight of each subject and matter on it."""

    day: date
    weight: float
    temperature: float
    storm: float
    working: bool
    matters: Pick
    surges: Mapping[str, float] = field(default_factory=dict)
    sensitive: Sensitive | None = None


class World:
    """Weather, places and people of one simulation; everything follows from the seed."""

    def __init__(self, scenario: Scenario, first: date, days: int, seed: int, calendar: Calendar) -> None:
        rng = Random(f"{seed}:world")
        self.scenario = scenario
        self.calendar = calendar
        self.places = [_place(one) for one in read("places")]
        self.regions = {one["code"]: one for one in read("regions")}
        self._seed = seed
        self._by_kind: dict[str, list[int]] = {}
        for index, place in enumerate(self.places):
            self._by_kind.setdefault(place.kind, []).append(index)
        self.matters = {one["code"]: one for one in read("matters")}
        parents = {one["parent"] for one in self.matters.values()}
        self.leaves = [code for code in self.matters if code not in parents]
        self._leaf_weight = {code: math.exp(rng.gauss(0, 0.8)) for code in self.leaves}
        self._pull = [_pull(place, rng) for place in self.places]
        self._first, self._last = first, first + timedelta(days=days - 1)
        self._characters: dict[tuple[str, int], Character] = {}
        storms = _storms(first, days, scenario.storms, rng)
        temperatures = _temperatures(first, days, rng)
        self._mood = _mood(days, rng)
        self.days = [self._day(first + timedelta(days=n), temperatures[n], storms.get(n, 0.0), n) for n in range(days)]
        self._places_for: dict[str, Pick] = {}

    # -- days

    def _day(self, day: date, temperature: float, storm: float, n: int) -> Day:
        working = self.calendar.is_workday(day)
        surges = {one.matter: one.times for one in self.scenario.surges if 0 <= n - self.nth(one.day) < one.days}
        sensitive = self.sensitive(day)
        more = sensitive.matters if sensitive else {}
        codes, weights = [], []
        for code in self.leaves:
            subject = self.scenario.subjects.get(code[:2], 1.0)
            season = _season(code, day, temperature, storm)
            codes.append(code)
            times = surges.get(code, 1.0) * math.prod(by for start, by in more.items() if code.startswith(start))
            weights.append(subject * season * self._leaf_weight[code] * times)
        scale = self._spread(codes, weights)
        weight = self.scenario.weekdays[day.weekday()] * sum(scale) * self._mood[n]
        if not working and day.weekday() < 5:
            weight *= self.scenario.holiday
        return Day(day, weight, temperature, storm, working, Pick(codes, scale), surges, sensitive)

    def nth(self, day: int | str) -> int:
        """The number of a scenario's day: as given, or of the last such day of the year in or before the history."""
        if isinstance(day, int):
            return day
        found = date.fromisoformat(f"{self._last.year}-{day}")
        return ((found if found <= self._last else found.replace(year=found.year - 1)) - self._first).days

    def sensitive(self, day: date) -> Sensitive | None:
        """The sensitive period that a day belongs to."""
        of = f"{day:%m-%d}"
        return next((one for one in self.scenario.sensitive if one.holds(of)), None)

    def character(self, unit: str, day: date) -> Character:
        """How a unit works on a day: in a sensitive period it hurries."""
        period = self.sensitive(day)
        key = unit, self.scenario.sensitive.index(period) if period else -1
        if key not in self._characters:
            usual = self.scenario.units.get(unit) or self._drawn(unit)
            self._characters[key] = _hurried(usual, period) if period else usual
        return self._characters[key]

    def _drawn(self, unit: str) -> Character:
        """How a unit works of which the scenario says nothing: like everyone, a little in its own way."""
        rng, like = Random(f"{self._seed}:unit:{unit}"), self.scenario.everyone
        return replace(
            like,
            acknowledge=like.acknowledge * math.exp(rng.gauss(0, 0.35)),
            handle=like.handle * math.exp(rng.gauss(0, 0.25)),
            late=min(0.5, like.late * math.exp(rng.gauss(0, 0.8))),
            returns=min(0.5, like.returns * math.exp(rng.gauss(0, 0.5))),
            quality=min(0.97, like.quality + rng.gauss(0, 0.035)),
        )

    def _spread(self, codes: Sequence[str], weights: Sequence[float]) -> list[float]:
        """Leaves of a subject share the subject's weight, whatever their number."""
        count: dict[str, float] = {}
        for code in codes:
            count[code[:2]] = count.get(code[:2], 0.0) + self._leaf_weight[code]
        return [weight / count[code[:2]] for code, weight in zip(codes, weights, strict=True)]

    # -- places and people

    def place_for(self, matter: str, region: str, rng: Random) -> int:
        """Where a demand about ``matter`` comes from; older estates complain of heat, suppliers differ."""
        key = f"{matter[:5]}/{region}"
        pick = self._places_for.get(key)
        if pick is None:
            pick = self._places_for[key] = self._place_pick(matter, region)
        return int(pick.one(rng))

    def _place_pick(self, matter: str, region: str) -> Pick:
        kinds = _KINDS_OF.get(matter[:2], ("estate", "estate", "village", "road", "market"))
        indexes = [index for kind in dict.fromkeys(kinds) for index in self._by_kind.get(kind, [])]
        if region:
            near = [index for index in indexes if self.places[index].region.startswith(region)]
            indexes = near or indexes
        weights = []
        for index in indexes:
            place = self.places[index]
            weight = self._pull[index] * kinds.count(place.kind)
            if matter.startswith("03"):
                weight *= _heat_trouble(place, matter)
            weights.append(weight)
        return Pick(indexes, weights)

    def person(self, index: int) -> Person:
        rng = Random(f"{self._seed}:person:{index}")
        name = rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2))))
        return Person(index, name, self.phone(index), (index - 1) % len(self.places))

    def phone(self, index: int) -> str:
        return f"199{index:08d}"

    def who(self, place: int, rng: Random) -> int:
        """The index of somebody who lives near ``place``; a few call again and again."""
        pool = _PEOPLE_A_PLACE
        often = rng.random() < 0.12
        within = int(pool * (_FREQUENT * rng.random() ** 2 if often else rng.random()))
        return 1 + place + within * len(self.places)

    @property
    def population(self) -> int:
        return len(self.places) * _PEOPLE_A_PLACE


_KINDS_OF: Mapping[str, tuple[str, ...]] = {
    "01": ("market", "road", "estate", "park"),
    "02": ("estate",),
    "03": ("estate",),
    "04": ("estate", "estate", "village", "road"),
    "05": ("estate", "village"),
    "06": ("estate",),
    "07": ("road", "road", "estate", "station"),
    "08": ("estate", "road", "market"),
    "09": ("factory", "estate", "village"),
    "10": ("estate", "estate", "road", "park"),
    "13": ("hospital", "hospital", "estate"),
    "14": ("school",),
    "17": ("village",),
    "21": ("park", "market"),
    "19": ("factory",),
}


def _place(one: Mapping[str, Any]) -> Place:
    built, supplier = int(one.get("year_built") or 2000), str(one.get("heat_supplier") or "")
    return Place(one["name"], one["kind"], one["region"], built, supplier)


def _pull(place: Place, rng: Random) -> float:
    """How much comes from a place, apart from what it is about: some estates are large, some are loud."""
    return math.exp(rng.gauss(0, 0.6)) * {"estate": 1.6, "road": 1.0, "village": 0.7}.get(place.kind, 0.9)


def _heat_trouble(place: Place, matter: str) -> float:
    age = max(0, 2026 - place.built)
    trouble = 0.35 + (age / 25) ** 2
    return trouble * (1.9 if place.supplier == "U0302" and matter != "03.04" else 1.0)


def _hurried(usual: Character, period: Sensitive) -> Character:
    return replace(
        usual,
        acknowledge=usual.acknowledge * period.pace,
        handle=usual.handle * period.pace,
        late=usual.late * period.late,
    )


# -- weather


def _temperatures(first: date, days: int, rng: Random) -> list[float]:
    """Daily means of a northern city, in degrees: the year's wave with spells that last."""
    spell, series = 0.0, []
    for n in range(days):
        day = first + timedelta(days=n)
        wave = 8.5 - 17.5 * math.cos(2 * math.pi * (day.timetuple().tm_yday - 18) / 365.25)
        spell = 0.82 * spell + rng.gauss(0, 2.4)
        series.append(wave + spell)
    return series


def _mood(days: int, rng: Random) -> list[float]:
    """How much there is to say, week by week, for no reason that anybody knows."""
    level, series = 0.0, []
    for _ in range(days):
        level = 0.94 * level + rng.gauss(0, 0.03)
        series.append(math.exp(level + rng.gauss(0, 0.04)))
    return series


def _storms(first: date, days: int, count: int, rng: Random) -> dict[int, float]:
    """Day number -> strength of a rain storm, mostly in July and August; the day after still has water."""
    summer = [n for n in range(days) if (first + timedelta(days=n)).month in (6, 7, 8)]
    found: dict[int, float] = {}
    for n in rng.sample(summer, min(count, len(summer))):
        found[n] = rng.uniform(0.25, 1.0)
        found[n + 1] = max(found.get(n + 1, 0.0), 0.35 * found[n])
    return found


def in_heating(day: date) -> bool:
    return (day.month, day.day) >= (10, 20) or (day.month, day.day) <= (4, 20)


def _season(matter: str, day: date, temperature: float, storm: float) -> float:
    """How much more or less of a matter there is on a day, against its mean."""
    month = day.month
    heating = in_heating(day)
    if matter.startswith("03"):
        return _heat_season(matter, day, temperature, heating)
    if matter == "04.08":
        return 6.0 * max(0.0, (-8 - temperature) / 6) if heating else 0.0
    if matter.startswith("04"):
        return 1.5 if month in (6, 7, 8) else 0.9
    if matter.startswith("10") or matter == "01.04":
        return {5: 1.5, 6: 2.0, 7: 2.3, 8: 2.2, 9: 1.5}.get(month, 0.5)
    if matter.startswith("07.03"):
        return 0.25 + 26.0 * storm
    if matter in ("08.05", "22.07"):
        return 2.6 if temperature < 0 else 0.15
    if matter.startswith("05"):
        return 1.0 + 2.5 * storm + (0.8 if month in (7, 8) else 0.0)
    if matter == "12.01":
        return {12: 2.6, 1: 3.4, 2: 1.6}.get(month, 0.7)
    if matter.startswith("14"):
        return {6: 2.2, 7: 1.8, 8: 2.4, 9: 1.6, 1: 0.5, 2: 0.6}.get(month, 0.8)
    if matter.startswith("07.01"):
        return {3: 1.6, 4: 1.7, 5: 1.4}.get(month, 0.9)
    return 1.0


def _heat_season(matter: str, day: date, temperature: float, heating: bool) -> float:
    if matter == "03.06":
        return 1.4 if day.month in (5, 6, 7, 8, 9) else 0.6
    if matter in ("03.04", "03.05", "03.07"):
        return {9: 3.0, 10: 4.5, 11: 2.0, 4: 1.6}.get(day.month, 0.35)
    if not heating:
        return 0.01
    begun = (day - date(day.year, 10, 20)).days
    opening = 1.0 + 2.6 * math.exp(-begun / 12) if begun >= 0 else 1.0
    cold = 1.0 + max(0.0, (2 - temperature) / 7.0)
    return 0.9 * opening * cold
