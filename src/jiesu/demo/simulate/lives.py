"""How an order goes through the house: the centre's pace, the unit's character, the citizen's patience.

``Lives.group`` lives through one demand, or through all reports of one happening, in which later ones may be merged
into the first. Times are drawn; whether a move is lawful, the domain decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from jiesu.demo.simulate import afterwards, beside, callback, dispatch, handling, intake, joint, reply
from jiesu.demo.simulate.demands import Demand
from jiesu.demo.simulate.story import Over
from jiesu.demo.simulate.walk import Scene, Walk
from jiesu.store.record import Life

_NOT_REPLIED: Final = frozenset({"accepted", "dispatched", "handling", "ruling"})
_AFTER_REPLY: Final = frozenset({"replied", "callback", "handling"})


class Lives:
    """Lives orders through. One of these per process; every story has random numbers of its own."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def group(self, demands: Sequence[Demand]) -> list[Life]:
        """The lives of these demands: one alone, or the reports of one happening by time."""
        walks = [Walk(self.scene, demand) for demand in demands]
        first = walks[0]
        first.joining = [later for later in walks[1:] if joint.takes_in(first, later)]
        if first.joining:
            first.before = partial(joint.take_in, first)
        for walk in walks:
            if walk not in first.joining:
                _live(walk)
        for walk in first.joining:
            _live_apart(walk)
        return [walk.life() for walk in walks if walk.story.events]


def _live(walk: Walk) -> None:
    with suppress(Over):
        _receive(walk)


def _live_apart(walk: Walk) -> None:
    """The way of a report that was to join another: never written down yet, not taken in, or let go again."""
    order = walk.story.order
    with suppress(Over):
        if order.version == 0:
            _receive(walk)
        elif order.state == "received":
            _send(walk)
        elif order.state == "accepted":
            _to_the_end(walk)


def _receive(walk: Walk) -> None:
    demand = walk.demand
    intake.register(walk)
    if demand.kind in ("invalid", "nuisance"):
        intake.refuse(walk)
    elif demand.kind == "praise":
        walk.wait(3)
        walk.go("inform", walk.centre("agent"), to_unit=dispatch.lead_of(walk) or "CENTER")
    elif demand.direct:
        intake.answer(walk)
    else:
        _send(walk)


def _send(walk: Walk) -> None:
    intake.accept(walk)
    if walk.chance(0.015) and walk.demand.urgency == "normal":
        intake.ask_for_details(walk)
    if walk.story.order.state != "accepted":
        return
    if walk.chance(0.008):
        beside.withdraw(walk)
        return
    _to_the_end(walk)


def _to_the_end(walk: Walk) -> None:
    """From the centre's hands to the close, and through all that comes after it."""
    while walk.story.order.state in _NOT_REPLIED:
        _at_unit(walk)
    _after_reply(walk)
    while afterwards.later(walk):
        while walk.story.order.state in _NOT_REPLIED - {"handling"}:
            _at_unit(walk)
        _after_reply(walk)


def _at_unit(walk: Walk) -> None:
    order = walk.story.order
    if order.state == "accepted":
        dispatch.dispatch(walk)
        return
    leg = order.lead
    if leg is None:
        raise Over
    who = walk.character(leg)
    if order.state == "dispatched":
        handling.acknowledge(walk, leg, who)
        if walk.chance(who.returns) and handling.give_back(walk, leg):
            return
    handling.work(walk, leg, who)


def _after_reply(walk: Walk) -> None:
    while walk.story.order.state in _AFTER_REPLY:
        if walk.story.order.state == "replied":
            callback.review(walk)
        elif walk.story.order.state == "handling":
            leg = walk.story.order.lead
            if leg is None:
                raise Over
            reply.give_reply(walk, leg, walk.character(leg))
        else:
            callback.callback(walk)
