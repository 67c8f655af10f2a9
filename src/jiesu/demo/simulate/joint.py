"""One happening, several reports: merged into one order, each citizen called back for himself."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from jiesu.demo.simulate import intake
from jiesu.demo.simulate.story import Over
from jiesu.demo.simulate.verdict import verdict
from jiesu.demo.simulate.walk import Walk
from jiesu.domain.callbacks import child_view
from jiesu.domain.case import Around
from jiesu.domain.errors import Refused


def around(walk: Walk) -> Around:
    """What the rules must know of the reports merged into this order."""
    order = walk.story.order
    calendar, params = walk.rules.calendar, walk.rules.params
    held = held_children(walk)
    return Around(children=tuple(child_view(one.story.order, order.passed_at, calendar, params) for one in held))


def takes_in(walk: Walk, other: Walk) -> bool:
    """Whether a later report of the same thing is merged into this one (when it comes in time)."""
    return not walk.demand.direct and not other.demand.direct and not other.demand.secret and other.chance(0.45)


def take_in(walk: Walk) -> None:
    """Reports that have come in by now are merged into this order, as long as it can take them."""
    if not walk.story.order.is_open:
        return
    for one in walk.joining:
        due = one.demand.at + timedelta(minutes=12)
        if one.story.order.version == 0 and due <= walk.at and due <= walk.scene.until:
            _merge(walk, one, due)


def _merge(walk: Walk, child: Walk, at: datetime) -> None:
    """Write the report down and merge it; where the rules refuse, it stays as received and goes its own way later."""
    order = walk.story.order
    with suppress(Over, Refused):
        intake.register(child)
        child.at = max(at, order.last_at or at)
        around = Around(parent_state=order.state, parent_of_parent=order.parent)
        child.story.go(child.at, "merge_into", walk.centre("dispatcher"), around, parent=order.number)
        walk.story.go(child.at, "absorb", walk.centre("dispatcher"), child=child.story.order.number)


def held_children(walk: Walk) -> list[Walk]:
    held = walk.story.order.children
    return [one for one in walk.joining if one.story.order.number in held]


def children_called(walk: Walk) -> None:
    """The citizens of merged orders are called back, each for himself."""
    order = walk.story.order
    for child in held_children(walk):
        if child.story.order.anonymous or child.story.order.answer() is not None:
            continue
        child.at = walk.at
        for _ in range(3):
            child.at += timedelta(minutes=7)
            if child.at > walk.scene.until:
                return
            answered = child.chance(0.7)
            _called(child, answered, Around(parent_state=order.state, parent_passed_at=order.passed_at))
            if answered:
                break
            child.at = walk.rules.calendar.add_working_minutes(child.at, 290)


def _called(child: Walk, answered: bool, around: Around) -> None:
    facts: dict[str, Any] = {"attempt": "no_answer"}
    if answered:
        resolved, rating = verdict(child)
        facts = {"attempt": "answered", "resolved": resolved, "rating": rating}
    child.story.may(child.at, "callback_attempt", child.centre("callback_clerk"), around=around, **facts)
