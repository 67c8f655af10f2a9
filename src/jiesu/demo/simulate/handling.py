"""A unit takes the order, gives it back or works on it."""

from __future__ import annotations

import math

from jiesu.demo.simulate import beside, reply
from jiesu.demo.simulate.scenario import Character
from jiesu.demo.simulate.walk import Walk
from jiesu.domain.errors import Refused
from jiesu.domain.order import Leg


def acknowledge(walk: Walk, leg: Leg, who: Character) -> None:
    part = who.acknowledge * math.exp(walk.rng.gauss(0, 0.7))
    if walk.chance(who.late * 0.6):
        part = 1 + walk.rng.expovariate(2.0)
    clock = leg.clocks.get("acknowledge")
    if clock is not None:
        walk.within(clock, part, least=1)
    walk.go("acknowledge", walk.unit(leg.unit))
    for helper in walk.story.order.assisting:
        if walk.chance(0.97):
            walk.wait(15) if walk.story.order.urgency != "normal" else walk.office(60)
            walk.go("leg_acknowledge", walk.unit(helper.unit))


def give_back(walk: Walk, leg: Leg) -> bool:
    """Whether the order left the unit: asked with papers, decided by the centre."""
    order = walk.story.order
    if order.urgency != "normal":
        return False
    walk.office(90)
    try:
        walk.go(
            "request_return",
            walk.unit(leg.unit),
            legal_basis=walk.write("request_return", leg.unit),
            evidence=walk.write("evidence", leg.unit),
            leader_name="分管负责人",
            no_proper_unit=walk.write("no_proper_unit", leg.unit),
        )
    except Refused:
        return False
    walk.office(50)
    one = walk.story.order.open_request("return")
    if one is None:
        return False
    if walk.chance(0.55):
        walk.go("agree_return", walk.centre("dispatcher"), request=one.no)
        return True
    walk.go("refuse_return", walk.centre("dispatcher"), request=one.no, reason=walk.write("refuse_return"))
    return False


def work(walk: Walk, leg: Leg, who: Character) -> None:
    order = walk.story.order
    contact(walk, leg, who)
    if order.urgency != "normal" and "interim" in leg.clocks and order.round == 1:
        walk.toward(leg.clocks["interim"].due, min(1.2, walk.rng.lognormvariate(-1.2, 0.5)))
        walk.go("interim_reply", walk.unit(leg.unit), measures=walk.write("interim_reply", leg.unit))
    beside.beside(walk, leg)
    if order.state == "handling":
        reply.give_reply(walk, leg, who)


def contact(walk: Walk, leg: Leg, who: Character) -> None:
    order = walk.story.order
    clock = leg.clocks.get("first_contact")
    if order.anonymous or leg.contacted_at is not None:
        return
    through_centre = order.secret or order.kind == "report"
    if clock is None and not through_centre:
        return
    if clock is not None:
        part = walk.rng.lognormvariate(-1.1, 0.5) if walk.chance(who.contact) else 1 + walk.rng.expovariate(2)
        walk.within(clock, part)
    else:
        walk.wait(120)
    by = walk.centre("agent") if through_centre else walk.unit(leg.unit)
    note = walk.write("first_contact", leg.unit, skipped=walk.chance(who.skips_contact))
    walk.go("first_contact", by, contact="reached", note=note)
