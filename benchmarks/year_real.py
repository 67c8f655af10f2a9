"""The shapes of four real cities' requests, as far as they can be compared with a hotline's year."""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

FILES: Final = (
    "ottawa_2014.csv.gz",
    "tainan_2015_2018.csv.gz",
    "boston_2011h2_lifecycle.csv.gz",
    "nyc_daily_3_series.csv",
)
_NOISE: Final = "噪音舉發"  # a category of the Tainan file
_SMALL: Final = 200  # a department with fewer closed requests is left out


@dataclass
class City:
    """When requests came in: counts by (weekday 0 Monday, hour), by month 1..12 and by day."""

    name: str
    moments: Counter[tuple[int, int]] = field(default_factory=Counter)
    months: Counter[int] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)

    def add(self, at: datetime) -> None:
        self.moments[at.weekday(), at.hour] += 1
        self.months[at.month] += 1
        self.days[at.date()] += 1

    def hours(self) -> list[float]:
        """The share of each hour of the day."""
        return _shares({hour: sum(self.moments[day, hour] for day in range(7)) for hour in range(24)})

    def weekdays(self) -> list[float]:
        """The share of each day of the week, Monday first."""
        return _shares({day: sum(self.moments[day, hour] for hour in range(24)) for day in range(7)})


@dataclass
class Real:
    """All that the files tell. ``on_time`` by department; ``parts`` of the limit at which requests were closed."""

    ottawa: City
    tainan: City
    boston: City
    noise: City
    heating: dict[date, float]
    street_noise: dict[date, float]
    on_time: dict[str, float]
    on_time_all: float
    parts: list[float]


def read(data: Path) -> Real | None:
    """The real shapes; None, said on stderr, when the directory or a file of it is not there."""
    folder = data / "requests"
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        print(f"no {', '.join(missing)} in {folder}: only published figures are compared", file=sys.stderr)
        return None
    ottawa, tainan, noise = City("Ottawa 2014"), City("Tainan 2015-18"), City("Tainan noise")
    for row in _rows(folder / FILES[0]):
        ottawa.add(datetime.fromisoformat(row["created"]))
    for row in _rows(folder / FILES[1]):
        at = datetime.fromisoformat(row["created"])
        tainan.add(at)
        if row["cat"] == _NOISE:
            noise.add(at)
    boston, on_time, whole, parts = _boston(folder / FILES[2])
    series: dict[str, dict[date, float]] = defaultdict(dict)
    for row in _rows(folder / FILES[3]):
        series[row["series"]][date.fromisoformat(row["ds"])] = float(row["y"])
    heating, street = series["HEAT_HOT_WATER"], series["Noise_-_Street_Sidewalk"]
    return Real(ottawa, tainan, boston, noise, heating, street, on_time, whole, parts)


def _boston(path: Path) -> tuple[City, dict[str, float], float, list[float]]:
    city, flags, parts = City("Boston 2011 H2"), defaultdict[str, Counter[str]](Counter), []
    for row in _rows(path):
        opened = datetime.fromisoformat(row["open_dt"])
        city.add(opened)
        flags[row["department"]][row["ontime"]] += 1
        if row["target_dt"] and row["closed_dt"]:
            limit = (datetime.fromisoformat(row["target_dt"]) - opened).total_seconds()
            if limit > 0:
                parts.append((datetime.fromisoformat(row["closed_dt"]) - opened).total_seconds() / limit)
    judged = {name: one["ONTIME"] + one["OVERDUE"] for name, one in flags.items()}
    shares = {name: flags[name]["ONTIME"] / count for name, count in judged.items() if count >= _SMALL}
    return city, shares, sum(one["ONTIME"] for one in flags.values()) / sum(judged.values()), parts


def by_month(series: Mapping[date, float]) -> list[float]:
    """Daily means of each month 1..12 against the mean of all."""
    sums, count = [0.0] * 12, [0] * 12
    for day, value in series.items():
        sums[day.month - 1] += value
        count[day.month - 1] += 1
    means = [one / max(1, of) for one, of in zip(sums, count, strict=True)]
    known = [one for one, of in zip(means, count, strict=True) if of]
    mean = sum(known) / len(known)
    return [one / mean if of else float("nan") for one, of in zip(means, count, strict=True)]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as text:
        yield from csv.DictReader(text)


def _shares(counts: Mapping[int, int]) -> list[float]:
    whole = sum(counts.values()) or 1
    return [counts[key] / whole for key in sorted(counts)]
