"""Does a simulated year look like a city? Pictures and a table, beside published shares and four real cities.

    JIESU_DATA=... .venv/bin/python benchmarks/year.py INTO [--data ../shared/data] [--seed 1]

Reads the data directory that JIESU_DATA names (filled by `jiesu simulate`) and writes the pictures into INTO. Real
shapes need the public files (README.md there); without them only published figures are compared, and it says so.
Needs the extra `bench`. The ranges are judgements: published figures with room for a city of its own.
"""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import year_facts
import year_pictures
import year_real
import year_truths
from year_facts import Facts
from year_real import City, Real, by_month

if TYPE_CHECKING:
    from jiesu.demo.simulate.world import World

NEAR = Path(__file__).resolve().parents[2] / "shared" / "data"

RATES = "rates of published tables: 75.42 .. 99.93 (§6)"
JUDGED = "nothing published: the range is a judgement"


class Line(NamedTuple):
    """A figure of the year, what it is held against and from where, and the range in which it passes."""

    figure: str
    simulated: float
    other: str
    low: float
    high: float
    unit: str = "%"

    @property
    def verdict(self) -> str:
        return "ok" if self.low <= self.simulated <= self.high else "OFF"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("into", type=Path)
    parser.add_argument("--data", type=Path, default=NEAR)
    parser.add_argument("--seed", type=int, default=1, help="of the simulation: tells its weather")
    asked = parser.parse_args()
    from jiesu.cli import frame

    with frame.ready():
        facts = year_facts.read()
        world = _world(facts, asked.seed)
        temperature = {one.day: one.temperature for one in world.days}
        truths = list(year_truths.read(world))
        real = year_real.read(asked.data)
        for path in year_pictures.draw(asked.into, facts, real, temperature):
            print(path)
    lines = [*_published(facts), *(_beside(facts, real, temperature) if real else ())]
    print(f"{'figure':42}{'simulated':>12}  {'range':16}{'':6}held against")
    for line in lines:
        span = f"{line.low:g}..{line.high:g}"
        print(f"{line.figure:42}{line.simulated:>11.2f}{line.unit:2} {span:16}{line.verdict:6}{line.other}")
    print(f"\n{'truth of the scenario':66}{'told':>8}{'found':>8}")
    for truth in truths:
        print(f"{truth.words:66}{truth.told:8.2f}{truth.found:8.2f}")
    return int(any(line.verdict == "OFF" for line in lines))


def _world(facts: Facts, seed: int) -> World:
    """The world of the default scenario with this seed, over the same days."""
    from jiesu.demo.simulate.scenario import load
    from jiesu.demo.simulate.world import World
    from jiesu.store import rules

    first = min(facts.days)
    return World(load(), first, (max(facts.days) - first).days + 1, seed, rules.current().calendar)


def _published(facts: Facts) -> Iterator[Line]:
    """Against domain.md: §8 sizes, §6 national standard and published tables, which do not say which rate is which."""
    days, orders = len(facts.days), facts.orders
    ratings = facts.ratings
    rated = sum(row[4] for row in ratings) or 1
    offered, answered, prompt = (sum(row[n] for row in facts.calls) for n in (1, 2, 4))
    legs = sum(row[3] for row in facts.units) or 1
    yield Line("demands a day", orders / days, "215 (§8)", 205, 230, "")
    yield Line("dispatched a day", facts.dispatched / days, "65 (§8)", 60, 70, "")
    yield Line("answered directly or not sent on", 100 * facts.direct, "150 of 215: 69.8 (§8)", 67, 72)
    yield Line("response rate", _mean(facts, 5, legs), RATES, 95, 99.9)
    yield Line("on-time closure, first round", _mean(facts, 4, legs), RATES, 89, 99.9)
    for nth, name in ((0, "first"), (1, "final")):
        good = sum(row[4] for row in ratings if row[nth] != "dissatisfied")
        solved = sum(row[4] for row in ratings if row[nth + 2] != "unresolved")
        yield Line(f"satisfaction, {name}", 100 * good / rated, RATES, 80, 97)
        yield Line(f"resolution, {name}", 100 * solved / rated, RATES, 80, 97)
    rework = sum(count for nth, count in facts.rounds.items() if nth > 1)
    yield Line("reworked", 100 * rework / sum(facts.rounds.values()), JUDGED, 3, 15)
    returns = sum(count for name, count in facts.requests.items() if name.startswith("return/"))
    yield Line("returns asked, of dispatched", 100 * returns / facts.dispatched, JUDGED, 1, 8)
    yield Line("connected", 100 * answered / offered, "95 in 15 s (§6)", 92, 99.5)
    yield Line("answered within 15 s, of offered", 100 * prompt / offered, "95: national standard (§6)", 80, 99)
    yield Line("phone", 100 * facts.channels["phone"] / orders, JUDGED, 70, 90)
    yield Line("consultations", 100 * facts.kinds["consultation"] / orders, JUDGED, 50, 75)
    spread = [100 * float(row[4]) for row in facts.units]
    yield Line("on-time between units, max - min", max(spread) - min(spread), JUDGED, 8, 60, "pp")
    reported = sum(size * count for size, count in facts.events.items())
    yield Line("demands from shared events", 100 * reported / orders, JUDGED, 1, 10)
    again = sum(n * count for n, count in facts.people.items() if n > 1)
    yield Line("demands of people who called again", 100 * again / orders, JUDGED, 30, 80)


def _mean(facts: Facts, column: int, legs: int) -> float:
    return sum(100 * float(row[column]) * row[3] for row in facts.units) / legs


def _beside(facts: Facts, real: Real, temperature: Mapping[date, float]) -> Iterator[Line]:
    """Against the real files, within what those cities differ among themselves and a little more."""
    ours = City("simulated", facts.moments)
    cities = (real.ottawa, real.tainan, real.boston)
    for name, hours in (("night 0-6", range(6)), ("morning 8-12", range(8, 12)), ("evening 18-24", range(18, 24))):
        share, others = _share(ours, hours), [_share(city, hours) for city in cities]
        low, high = min(others), max(others)
        yield Line(name, share, _named(cities, others), round(low * 0.6, 1), round(high * 1.25, 1))
    weekend = [100 * sum(city.weekdays()[5:]) for city in cities]
    share = 100 * sum(ours.weekdays()[5:])
    yield Line("Saturday and Sunday", share, _named(cities, weekend), round(min(weekend) * 0.8, 1),
               round(max(weekend) * 1.1, 1))  # fmt: skip
    months = by_month({day: one["all"] for day, one in facts.days.items()})
    theirs = [by_month(dict(city.days)) for city in cities[:2]]
    spans = [max(one) / min(one) for one in theirs]
    yield Line("busiest month / quietest", max(months) / min(months), _named(cities[:2], spans), 1.15, 2.2, "x")
    heat = by_month({day: one["heating"] for day, one in facts.days.items()})
    york = by_month(real.heating)
    yield Line("heating: winter share", 100 * _winter(heat), f"New York {100 * _winter(york):.0f}", 60, 95)
    cold = sorted((temperature[day], one["heating"]) for day, one in facts.days.items() if day.month in (12, 1, 2))
    half = len(cold) // 2
    ratio = sum(n for _, n in cold[:half]) / max(1, sum(n for _, n in cold[-half:]))
    yield Line("heating: colder half of winter / milder", ratio, JUDGED, 1.15, 3, "x")
    night = 100 * sum(facts.noise_hours[hour] for hour in (20, 21, 22, 23, 0, 1)) / facts.noise_hours.total()
    tainan = 100 * sum(real.noise.hours()[hour] for hour in (20, 21, 22, 23, 0, 1))
    yield Line("noise reported 20-2 h", night, f"Tainan {tainan:.1f}", round(tainan * 0.6, 1), round(tainan * 1.4, 1))
    noise, street = (by_month({d: one["noise"] for d, one in facts.days.items()}), by_month(real.street_noise))
    yield Line("noise: June-August share", 100 * _summer(noise), f"New York {100 * _summer(street):.0f}", 28, 55)
    spread = sorted(100 * one for one in real.on_time.values())
    yield Line("on-time of the slowest unit", 100 * float(facts.units[0][4]),
               f"Boston {real.on_time_all * 100:.1f} in all, {spread[0]:.0f} .. {spread[-1]:.0f}", 40, 92)  # fmt: skip


def _share(city: City, hours: range) -> float:
    return 100 * sum(city.hours()[hour] for hour in hours)


def _named(cities: tuple[City, ...], values: list[float]) -> str:
    return ", ".join(f"{city.name.split()[0]} {value:.1f}" for city, value in zip(cities, values, strict=True))


def _winter(months: list[float]) -> float:
    return sum(months[n] for n in (10, 11, 0, 1, 2)) / sum(months)


def _summer(months: list[float]) -> float:
    return sum(months[n] for n in (5, 6, 7)) / sum(months)


if __name__ == "__main__":
    sys.exit(main())
