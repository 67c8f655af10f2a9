"""The centre finds who leads, and who helps."""

from __future__ import annotations

from typing import Any

from jiesu.demo.simulate.walk import Walk
from jiesu.domain.errors import Refused
from jiesu.domain.order import Order


def lead_of(walk: Walk) -> str | None:
    """The unit that the catalog names for the order, if any."""
    order = walk.story.order
    duty = walk.rules.duty(order, walk.at)
    return walk.rules.catalog.lead(duty, order.region) if duty else None


def dispatch(walk: Walk) -> None:
    """Send the order to whoever leads by the catalog; at times, or when that unit is out of the question, another."""
    order = walk.story.order
    clock = order.clocks.get("dispatch")
    if clock is not None:
        walk.toward(clock.due, walk.rng.lognormvariate(-1.0, 0.55), least=0.3)
    lead = lead_of(walk)
    facts: dict[str, Any] = {}
    if lead is None or lead in order.excluded or walk.chance(0.012):
        duty = walk.rules.duty(order, walk.at)
        others = [unit for unit in (duty.assist if duty else ()) if unit not in order.excluded]
        lead = walk.rng.choice(others) if others else anyone(walk, order)
        facts["basis"] = walk.write("dispatch", fact="basis")
    assist = assisting(walk, lead)
    if assist:
        facts["assist"] = assist
    try:
        walk.go("dispatch", walk.centre("dispatcher"), lead=lead, **facts)
    except Refused:
        to_ruling(walk, lead)


def anyone(walk: Walk, order: Order) -> str:
    units = [code for code in walk.rules.units if walk.rules.can_handle(code) and code not in order.excluded]
    return str(walk.rng.choice([code for code in units if walk.scene.crew.has("unit_clerk", code)]))


def assisting(walk: Walk, lead: str) -> list[str]:
    duty = walk.rules.duty(walk.story.order, walk.at)
    if duty is None or not duty.assist or not walk.chance(0.28):
        return []
    found = [unit for unit in duty.assist if unit != lead and walk.scene.crew.has("unit_clerk", unit)]
    return found[:1]


def to_ruling(walk: Walk, lead: str) -> None:
    """Too many have had it: the centre's arbiter names a provisional lead."""
    order = walk.story.order
    if not any(one.type == "return" for one in order.requests):
        by = walk.centre("dispatcher")
        walk.go("dispatch", by, lead=lead_of(walk) or lead, basis=walk.write("dispatch", fact="basis"))
        return
    walk.wait(20)
    walk.go("refer_to_ruling", walk.centre("supervisor"), reason=walk.write("refer_to_ruling"))
    walk.office(150)
    walk.go("rule", walk.centre("arbiter"), lead=lead_of(walk) or lead, legal_basis=walk.write("rule"))
