"""The unit replies: when, claiming what, in which words."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from jiesu.demo.simulate.scenario import Character
from jiesu.demo.simulate.walk import Walk
from jiesu.domain.errors import Refused
from jiesu.domain.order import Actor, Leg


def give_reply(walk: Walk, leg: Leg, who: Character) -> None:
    order = walk.story.order
    clock = leg.clocks.get("rework" if order.round > 1 else "handle")
    if clock is not None:
        reply_moment(walk, clock.due, who)
    chases(walk, clock.due if clock else walk.at)
    claim = claim_of(walk)
    facts = words(walk, leg, who, claim)
    walk.go("submit", walk.unit(leg.unit), **facts)
    walk.office(25 if order.urgency == "normal" else 5)
    leader = walk.unit(leg.unit, leader=True)
    try:
        walk.go("reply", leader)
    except Refused:
        wait_for_helpers(walk, leg, facts, leader)


def reply_moment(walk: Walk, due: datetime, who: Character) -> None:
    """When the unit gets done: at a part of the limit of its own, at the last hour, or too late."""
    if walk.chance(who.late):
        walk.at = max(walk.at, due) + timedelta(hours=walk.rng.expovariate(1 / 40.0))
        return
    if walk.chance(who.bursts):
        walk.at = max(walk.at, due - timedelta(minutes=walk.rng.uniform(25, 75)))
        return
    part = min(0.97, who.handle * math.exp(walk.rng.gauss(0, who.spread)))
    walk.toward(due, part)
    if walk.story.order.urgency == "normal":
        moved = walk.rules.calendar.add_working_minutes(walk.at, 1)
        walk.at = moved if moved + timedelta(minutes=30) < due else walk.at


def chases(walk: Walk, due: datetime) -> None:
    """The citizen calls again when he has waited long; three times is a warning."""
    order = walk.story.order
    last = order.last_at or walk.at
    days = (walk.at - last).total_seconds() / 86400
    for _ in range(min(5, int(walk.rng.expovariate(1.0) * days * 0.09))):
        at = last + (walk.at - last) * walk.rng.random()
        at = max(at, walk.story.order.last_at or at)
        if at <= walk.scene.until:
            walk.story.go(at, "chase", walk.centre("agent"), via="phone", note=walk.write("chase"))
            number, person = walk.story.order.number, walk.story.order.person
            walk.story.contacts.append((at, None, "phone", person, number, walk.story.order.version, ""))


def claim_of(walk: Walk) -> str:
    kind, duty = walk.demand.kind, walk.rules.duty(walk.story.order, walk.at)
    draw = walk.rng.random()
    if duty and duty.statutory and draw < 0.25:
        return "statutory"
    if kind in ("consultation", "suggestion"):
        return "explained"
    if draw < 0.035:
        return "promised"
    if draw < 0.10:
        return "unsolved"
    return "explained" if draw < 0.24 else "solved"


def words(walk: Walk, leg: Leg, who: Character, claim: str) -> dict[str, Any]:
    name = walk.rules.unit_name(leg.unit)
    due = walk.at + timedelta(days=walk.rng.randint(10, 60)) if claim == "promised" else None
    said = walk.scene.writer.reply(
        walk.rng,
        matter=walk.demand.matter,
        kind=walk.demand.kind,
        claim=claim,
        place=walk.place,
        unit_name=name,
        due=due,
        template=walk.chance(who.templates),
    )
    facts: dict[str, Any] = {
        "claim": claim,
        "public_reply": said["public_reply"],
        "internal_note": said["internal_note"],
        "measures": said["measures"],
        "files": [walk.rng.choice(walk.scene.photos)],
    }
    if claim == "unsolved":
        facts["why_not"] = said.get("why_not") or walk.write("why_not", leg.unit)
    if claim == "statutory":
        facts["statutory_number"] = f"雄{name[:1]}立〔{walk.at.year}〕{walk.demand.index % 900 + 100}号"
    if claim == "promised":
        facts["promise_due"] = due
        facts.update({name: said[name] for name in ("promise_text", "promise_owner", "promise_approver")})
    return facts


def wait_for_helpers(walk: Walk, leg: Leg, facts: dict[str, Any], leader: Actor) -> None:
    """The lead waits for its helpers, or for their limit to pass, and then says what is missing."""
    waiting = [one for one in walk.story.order.assisting if one.state in ("dispatched", "acknowledged")]
    ends = [one.clocks["handle"].due for one in waiting if "handle" in one.clocks]
    walk.at = max([walk.at, *ends]) + timedelta(minutes=1)
    walk.go("reply", leader, missing=walk.write("missing", leg.unit))
