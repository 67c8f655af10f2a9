"""Are the truths of the scenario in the year that was written? Measured from the database, against what was told."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from jiesu.domain.workdays import CITY_ZONE

if TYPE_CHECKING:
    from jiesu.demo.simulate.scenario import Scenario
    from jiesu.demo.simulate.world import World

_AROUND: Final = timedelta(days=35)  # what a surge is compared with, before and after
_BURST: Final = (
    "SELECT avg((handle_due - handled_at BETWEEN interval '0' AND interval '1 h')::int) FROM leg"
    " WHERE lead AND handled_at IS NOT NULL AND unit = %s"
)
_REOPENED: Final = (
    "SELECT avg((EXISTS (SELECT FROM event e WHERE e.number = w.number AND e.move = 'reopen'))::int) FROM work_order w"
    " WHERE outcome IN ('solved', 'explained') AND (lead_unit = %s) = %s"
)


class Truth(NamedTuple):
    """What was told in words, how much of it, and how much there is."""

    words: str
    told: float
    found: float


def read(world: World) -> Iterator[Truth]:
    """Each truth of the world's scenario that falls into its history."""
    yield from _surges(world)
    yield from _campaigns(world)
    yield from _sensitive(world)
    yield from _gaming(world.scenario)


def _surges(world: World) -> Iterator[Truth]:
    for one in world.scenario.surges:
        if not 0 <= world.nth(one.day) <= len(world.days) - one.days:
            continue
        first = world.days[0].day + timedelta(days=world.nth(one.day))
        after = first + timedelta(days=one.days)
        within = _count(one.matter, first, after) / one.days
        ends = min(after + _AROUND, world.days[-1].day + timedelta(days=1))
        begins = max(first - _AROUND, world.days[0].day)
        beside = _count(one.matter, begins, first) + _count(one.matter, after, ends)
        if not beside:
            continue
        usual = beside / ((first - begins).days + (ends - after).days)
        yield Truth(f"{one.matter} surges from {first:%m-%d} for {one.days} days, times", one.times, within / usual)


def _campaigns(world: World) -> Iterator[Truth]:
    from jiesu.store import sql

    for one in world.scenario.campaigns:
        since = world.days[0].day + timedelta(days=world.nth(one.day))
        shares = sql.rows(
            "SELECT received_at >= %s, avg((place = ANY(%s))::int)::float FROM work_order WHERE starts_with(matter, %s)"
            " GROUP BY 1 ORDER BY 1",
            (_midnight(since), list(one.places), one.matter),
        )
        if len(shares) == 2:
            (_, before), (_, after) = shares
            kept = (after / (1 - after)) / (before / (1 - before))
            yield Truth(f"{one.matter} prevented at {len(one.places)} places from {since:%m-%d}", one.effect, 1 - kept)


def _sensitive(world: World) -> Iterator[Truth]:
    from jiesu.demo.simulate.scenario import LEADERS
    from jiesu.store import sql

    rows = sql.rows(
        "SELECT (received_at AT TIME ZONE 'Asia/Shanghai')::date, count(*), count(*) FILTER (WHERE channel = ANY(%s))"
        " FROM work_order GROUP BY 1",
        (sorted(LEADERS),),
    )
    usual = [row for row in rows if world.sensitive(row[0]) is None]
    share = sum(row[2] for row in usual) / sum(row[1] for row in usual)
    for one in world.scenario.sensitive:
        days = [row for row in rows if world.sensitive(row[0]) == one]
        if days:
            found = sum(row[2] for row in days) / sum(row[1] for row in days) / share
            yield Truth(f"to the leaders {one.first} .. {one.last}, times", one.leaders, found)


def _gaming(scenario: Scenario) -> Iterator[Truth]:
    from jiesu.store import sql

    for unit, one in scenario.units.items():
        if one.bursts:
            yield Truth(f"{unit} replies in the last hour, share", one.bursts, float(sql.value(_BURST, (unit,)) or 0))
        if one.coaches:
            theirs, others = (float(sql.value(_REOPENED, (unit, is_it)) or 0) for is_it in (True, False))
            told = others + one.coaches * (1 - one.quality) / 2
            yield Truth(f"{unit} closed and opened again (all others {others:.3f})", told, theirs)


def _count(matter: str, first: date, after: date) -> int:
    from jiesu.store import sql

    words = "SELECT count(*) FROM work_order WHERE matter = %s AND received_at >= %s AND received_at < %s"
    return int(sql.value(words, (matter, _midnight(first), _midnight(after))))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE)
