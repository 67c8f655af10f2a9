"""One unit's own figures: beside its group's, what they cost it where the profile scores, and the way of 13 windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from jiesu.assessment.board import Cells, Shown, Source, cells_of, rate, sourced, wanted
from jiesu.domain import standing
from jiesu.domain.profiles import Profile, RateRule
from jiesu.domain.rules import Rules
from jiesu.domain.scoring import price
from jiesu.domain.standing import Share
from jiesu.domain.windows import Window
from jiesu.store import behind, boards
from jiesu.store import rules as rules_store
from jiesu.store.behind import EVERYBODY, Cost, Reader
from jiesu.store.publications import Published

BACK: Final = 13
"""How many windows the way back shows: a year, and the same window of the year before."""
COSTS: Final = 8


@dataclass(frozen=True, slots=True)
class Point:
    """The unit and its group in one window; ``frozen``: as it was published."""

    window: Window
    share: Share | None
    of_group: Share | None
    frozen: bool


@dataclass(frozen=True, slots=True)
class Own:
    """One rate of the unit. ``price``: the points that each case which is not good costs it, ``lost``: all that it
    lost; both None where the profile does not score the rate, or there are too few cases."""

    rule: RateRule
    shown: Shown | None
    of_group: Shown | None
    group_mean: Decimal | None
    price: Decimal | None
    lost: Decimal | None
    trend: Sequence[Point]


@dataclass(frozen=True, slots=True)
class OwnBoard:
    """A unit's page. ``rates``: the main ones that are the units' own, and those that are scored."""

    unit: str
    group: str
    window: Window
    profile: Profile
    published: Published | None
    correction: Published | None
    told: Sequence[Published]
    rates: Sequence[Own]
    filled_at: datetime | None


def own_board(unit: str, window: Window, *, rules: Rules, live: bool = False) -> OwnBoard:
    """The figures of one unit in a window, as they were published when it is frozen. Two statements, bounded by the
    windows. Raises Refused while no profile is loaded."""
    back = [window]
    while len(back) < BACK:
        back.append(back[-1].before)
    windows = list(dict.fromkeys([*back, window.year_before]))
    ground = boards.ground(windows)
    source = sourced(ground, window, live=live, keep=_mains)
    rules = rules_store.at(source.held.rules) if source.held else rules
    group = rules.group_of(unit)
    frozen = {one: held for one, held in ground.frozen.items() if one != window or source.held is not None}
    asked = [
        *wanted(source, [window], frozen, ["unit", "group"], cut=ground.cut),
        *wanted(source, windows[1:], frozen, ["unit", "group"], [unit, group], cut=ground.cut),
    ]
    cells, corrected = cells_of(boards.figures(asked), source, frozen)
    groups = {code: rules.group_of(code) for code in rules.units}
    return OwnBoard(
        unit,
        group,
        window,
        source.profile,
        source.held,
        source.correction,
        tuple(ground.published),
        [_own(rule, source, cells, corrected, unit, groups, back, frozen) for rule in source.rates],
        ground.filled_at,
    )


def _mains(profile: Profile) -> list[RateRule]:
    scored = {one["rate"] for one in profile.scores}
    return [
        one for one in profile.rates if one.metric.owner == "unit" and (one.code in profile.main or one.code in scored)
    ]


def _own(
    rule: RateRule,
    source: Source,
    cells: Cells,
    corrected: Cells,
    unit: str,
    groups: dict[str, str],
    back: Sequence[Window],
    frozen: dict[Window, Published],
) -> Own:
    units = rate(rule, source, "unit", cells, corrected, groups=groups, ranked=source.profile.rank)
    of_groups = rate(rule, source, "group", cells, corrected, groups={}, ranked="none")
    group = groups.get(unit, "")
    shown = units.get(unit)
    scoring = next((one for one in source.profile.scores if one["rate"] == rule.code), None)
    return Own(
        rule,
        shown,
        of_groups.get(group),
        standing.mean(one.share for code, one in units.items() if code and groups.get(code) == group),
        price(scoring, shown.share, least=source.profile.min_sample) if scoring and shown else None,
        Decimal(str(scoring["full"])) - shown.score if scoring and shown and shown.score is not None else None,
        [
            Point(one, _share(rule, cells, one, "unit", unit), _share(rule, cells, one, "group", group), one in frozen)
            for one in reversed(back)
        ],
    )


def _share(rule: RateRule, cells: Cells, window: Window, dim: str, code: str) -> Share | None:
    cell = cells.get((rule.code, window, dim), {}).get(code)
    return Share(cell.n, cell.good, cell.part, rule.weight) if cell else None


def costs(found: OwnBoard, *, reader: Reader = EVERYBODY, limit: int = COSTS) -> list[Cost]:
    """The newest orders that are not good in each of the unit's rates, as far as the reader may list them. One
    statement."""
    asked = {one.rule.code: one.rule.metric for one in found.rates if one.shown and _bad(one.shown.share)}
    fill = found.published.fill if found.published else None
    return behind.costs(asked, found.window, found.unit, reader=reader, fill=fill, limit=limit)


def _bad(share: Share) -> int:
    return share.n - share.good - share.part
