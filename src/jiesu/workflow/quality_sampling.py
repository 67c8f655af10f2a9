"""Drawing each morning what is inspected, by the city's plan; and replies that are almost the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from jiesu.domain.alike import alike
from jiesu.domain.clocks import deadline
from jiesu.domain.errors import Forbidden
from jiesu.domain.order import SYSTEM, Actor
from jiesu.domain.quality_plan import Plan, Risk
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import quality_draw, quality_rules
from jiesu.store import rules as rules_store
from jiesu.store.quality_draw import Draw, Reply

_DAY: Final = timedelta(days=1)
_CAUGHT_UP: Final = 6
"""How many missed mornings are made good."""


def draw(day: date, *, by: Actor = SYSTEM, now: datetime) -> int:
    """Draw on the morning of ``day``: risks of the day before, then each head's share of its week; how many.

    Twice adds none. The same day draws the same things, as far as the same were done. Nothing without a plan. One
    statement for each line and risk of the plan, and one for the replies. Raises Forbidden, LookupError.
    """
    if not (by.has("system") or by.has("inspector") or by.has("supervisor")):
        raise Forbidden("抽检由质检员或督办员进行")
    rules = rules_store.current()
    plan = quality_rules.plan_on(day)
    if plan is None:
        return 0
    monday = day - timedelta(days=day.weekday())
    drawn = Draw(
        *(day, monday, _begin(day), deadline(now, plan.inspect, rules.calendar), plan.most, by.id, now),
        *(quality_draw.seed_of(day), quality_draw.seed_of(monday)),
    )
    # What is suspected comes in as such, not as a part of somebody's usual share.
    risky = sum(_risk(one, drawn) for one in plan.risks)
    return risky + sum(quality_draw.line(one, drawn) or 0 for one in plan.lines)


def _risk(one: Risk, drawn: Draw) -> int:
    since = drawn.until - _DAY
    picks = _alike(one, drawn, since) if one.code == "alike" else ()
    return quality_draw.risk(one, drawn, since, picks) or 0


def _alike(one: Risk, drawn: Draw, since: datetime) -> list[tuple[int, str, str]]:
    """Of yesterday's closed orders those whose reply is almost that of others of the same unit, with the reason."""
    days = int(one.numbers["days"])
    units: dict[str, list[Reply]] = {}
    for reply in quality_draw.replies(drawn.until - timedelta(days=days), drawn.until):
        units.setdefault(reply.unit, []).append(reply)
    return [pick for replies in units.values() for pick in _of_unit(replies, one, days, since)]


def _of_unit(replies: Sequence[Reply], one: Risk, days: int, since: datetime) -> list[tuple[int, str, str]]:
    fresh = {reply.number for reply in replies if reply.closed_at >= since}
    least = int(one.numbers["orders"])
    groups = alike([(reply.number, reply.text) for reply in replies], share=one.numbers["share"], least=least)
    return [
        (number, replies[0].unit, f"{days} 天里有 {len(group)} 件答复几乎一样")
        for group in groups
        for number in group
        if number in fresh
    ]


def draw_today(now: datetime, *, by: Actor = SYSTEM) -> int:
    """What is inspected from this morning on, and what mornings of the last days missed that nobody drew on."""
    day = today(now)
    last = quality_draw.last_before(day)
    missed = min((day - last).days - 1, _CAUGHT_UP) if last else 0
    return sum(draw(day - timedelta(days=back), by=by, now=now) for back in range(missed, -1, -1))


def today(now: datetime) -> date:
    """The day in city time."""
    return now.astimezone(CITY_ZONE).date()


def is_drawn(plan: Plan, day: date) -> bool:
    """Whether everything that the plan draws on ``day`` was drawn."""
    done = {one.rule for one in quality_draw.draws(day)}
    return done >= set(plan.codes)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), CITY_ZONE).astimezone(UTC)
