"""What a change would alter, found by doing last month's work again under the rules that would hold.

Nothing here decides an order: demands are led through the catalog, clocks are wound up again, and both outcomes are
counted. ``at`` is a moment at which the change holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiesu.domain.clocks import Limit, due_words
from jiesu.domain.decide import decide
from jiesu.domain.order import SYSTEM, Event, Order
from jiesu.domain.rules import Rules

NOBODY: Final = "人工指定"
_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a change would alter: what it is about, what is said, and a table when numbers say it better.

    ``heed``: look twice before confirming.
    """

    title: str
    said: str
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    heed: bool = False


@dataclass(frozen=True, slots=True)
class Demand:
    """So many orders of one matter, place, kind and urgency, lately dispatched."""

    matter: str
    region: str
    kind: str
    urgency: str
    n: int


@dataclass(frozen=True, slots=True)
class Run:
    """One clock of last month: when it started, and when the act came that it waited for (None: not yet)."""

    kind: str
    urgency: str
    matter: str
    region: str
    start: datetime
    acted: datetime | None


def rerouted(old: Rules, new: Rules, demands: Iterable[Demand], at: datetime, span: str) -> list[Effect]:
    """Who would lead the orders that were dispatched lately, and with what handling limit."""
    looked = moved = retimed = 0
    ways: Counter[tuple[str, str]] = Counter()
    limits: Counter[tuple[str, str]] = Counter()
    for one in demands:
        looked += one.n
        was, now = (_lead(rules, one, at) for rules in (old, new))
        if was != now:
            moved += one.n
            ways[was, now] += one.n
        before, after = (_handle(rules, one, at) for rules in (old, new))
        if before != after:
            retimed += one.n
            limits[before, after] += one.n
    if not looked:
        return [Effect("派单", f"{span}没有派出过这些事项的工单，没有可以比的。")]
    found = [_ways(looked, moved, ways, span)]
    if retimed:
        rows = tuple((before, after, f"{n:,}") for (before, after), n in limits.most_common(_SHOWN))
        said = f"{span}派出的 {looked:,} 件里，{retimed:,} 件的办理时限会不同。"
        found.append(Effect("办理时限", said, ("现在", "以后", "件"), rows))
    return found


def _ways(looked: int, moved: int, ways: Counter[tuple[str, str]], span: str) -> Effect:
    if not moved:
        return Effect("派单", f"把{span}派出的 {looked:,} 件按新目录再派一遍，牵头单位都不变。")
    rows = tuple((was, now, f"{n:,}") for (was, now), n in ways.most_common(_SHOWN))
    nobody = sum(n for (_, now), n in ways.items() if now == NOBODY)
    said = f"把{span}派出的 {looked:,} 件按新目录再派一遍，{moved:,} 件会换牵头单位。"
    if nobody:
        said += f"其中 {nobody:,} 件目录里没有单位，只能由派单员指定。"
    return Effect("派单", said, ("现在由", "以后由", "件"), rows, heed=bool(nobody))


def _lead(rules: Rules, one: Demand, at: datetime) -> str:
    duty = rules.catalog.find(one.matter, one.region, rules.day(at))
    lead = rules.catalog.lead(duty, one.region) if duty else None
    return rules.unit_name(lead) if lead else NOBODY


def _handle(rules: Rules, one: Demand, at: datetime) -> str:
    return _words(rules.limit("handle", _order(one), at))


def _order(one: Demand | Run) -> Order:
    return Order(0, kind=one.kind, urgency=one.urgency, matter=one.matter, region=one.region)


def _words(limit: Limit | None) -> str:
    return limit.zh() if limit else "不计时"


def retimed(
    old: Rules, new: Rules, clock: str, zh: str, runs: Iterable[Run], at: datetime, now: datetime, span: str
) -> Effect:
    """When the clocks of last month would have been due, and which acts would have been late or in time.

    The acts are as they were: people might have acted otherwise under another limit, and it says so.
    """
    looked, longer, shorter, later, sooner = 0, 0, 0, 0, 0
    limits: Counter[tuple[str, str]] = Counter()
    for run in runs:
        looked += 1
        before, after = (rules.limit(clock, _order(run), at) for rules in (old, new))
        if before == after:
            continue
        limits[_words(before), _words(after)] += 1
        due, then = _due(old, before, run), _due(new, after, run)
        longer, shorter = longer + (then > due), shorter + (then < due)
        was, would = _late(run, due, now), _late(run, then, now)
        later, sooner = later + (would and not was), sooner + (was and not would)
    if not looked:
        return Effect(f"{zh}时限", f"{span}没有用过这个时钟，没有可以比的。")
    if not limits:
        return Effect(f"{zh}时限", f"{span}的 {looked:,} 件按新时限再算一遍，都不受影响。")
    said = (
        f"{span}的 {looked:,} 件按新时限再算一遍：{longer:,} 件到期更晚，{shorter:,} 件更早；"
        f"按当时的实际，按时变超期 {later:,} 件，超期变按时 {sooner:,} 件。"
    )
    rows = tuple((before, after, f"{n:,}") for (before, after), n in limits.most_common(_SHOWN))
    return Effect(f"{zh}时限", said, ("现在", "以后", "件"), rows, heed=later > sooner)


def _due(rules: Rules, limit: Limit | None, run: Run) -> datetime:
    """A clock that does not run is never due."""
    return rules.ends(limit, run.start)[0] if limit else datetime.max.replace(tzinfo=run.start.tzinfo)


def _late(run: Run, due: datetime, now: datetime) -> bool:
    return (run.acted or now) > due


def example(old: Rules, new: Rules, clock: str, kinds: Sequence[tuple[str, str]], at: datetime) -> Effect | None:
    """When a clock that starts at ``at`` would be due, for kinds and urgencies with their words: before and after."""
    rows = []
    for kind, urgency in kinds:
        order = Order(0, kind=kind, urgency=urgency)
        pair = [(rules, rules.limit(clock, order, at)) for rules in (old, new)]
        said = [due_words(rules.ends(limit, at)[0], at) if limit else "不计时" for rules, limit in pair]
        if pair[0][1] != pair[1][1] or said[0] != said[1]:
            rows.append((kind, urgency, *said))
    if not rows:
        return None
    return Effect("举例", "在生效那一刻开始计时的：", ("类型", "紧急程度", "现在", "以后"), tuple(rows[:_SHOWN]))


def recounted(new: Rules, orders: Sequence[Order], total: int, now: datetime) -> Effect:
    """How many open orders would get other deadlines if somebody had them recalculated with this calendar."""
    moved = sum(isinstance(decide(one, "recalculate", SYSTEM, {}, new, now), Event) for one in orders)
    looked = f"看了在办的 {len(orders):,} 件" + (f"（一共 {total:,} 件）" if total > len(orders) else "")
    if not moved:
        return Effect("在办工单", f"{looked}，重算后时限都不变。")
    said = f"{looked}，{moved:,} 件的时限会不同。保存后它们不变，要变请在“日历”里重算在办时限。"
    return Effect("在办工单", said, heed=True)


def catalog_lines(rules: Rules, unit: str, day: datetime) -> tuple[int, int]:
    """How many lines that hold on the day or later name the unit: as lead, as one that assists."""
    at = rules.day(day)
    lines = [one for one in rules.catalog.lines() if one.last >= at]
    return sum(one.lead == unit for one in lines), sum(unit in one.assist for one in lines)
