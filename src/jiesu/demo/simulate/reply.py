"""The unit replies: when, claiming what, in which words."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from jiesu.demo.simulate.scenario import Character
from jiesu.demo.simulate.walk import Walk
from jiesu.domain.errors import Refused
from jiesu.domain.order import Actor, Clock, Leg
from jiesu.domain.workdays import CITY_ZONE


def give_reply(walk: Walk, leg: Leg, who: Character) -> None:
    clock = leg.clocks.get(leg.working)
    if clock is not None:
        reply_moment(walk, clock, who)
    chases(walk)
    claim = claim_of(walk)
    facts = words(walk, leg, who, claim)
    walk.go("submit", walk.unit(leg.unit), **facts)
    _leader_reads(walk, clock)
    leader = walk.unit(leg.unit, leader=True)
    try:
        walk.go("reply", leader)
    except Refused:
        wait_for_helpers(walk, leg, facts, leader)


def _leader_reads(walk: Walk, clock: Clock | None) -> None:
    """The leader signs within the hour; in time, if there is still time: a leader knows the limit."""
    left = (clock.due - walk.at).total_seconds() / 60 if clock else 0.0
    if 0 < left < 60:
        walk.at += timedelta(minutes=left * walk.rng.uniform(0.2, 0.9))
    elif walk.story.order.urgency == "normal":
        walk.office(25)
    else:
        walk.wait(6)


def reply_moment(walk: Walk, clock: Clock, who: Character) -> None:
    """When the unit gets done: at a part of the limit of its own, at the last hour, or too late."""
    if walk.chance(who.late):
        walk.at = max(walk.at, clock.due)
        if walk.story.order.urgency == "normal":
            walk.at = walk.rules.calendar.add_working_minutes(walk.at, walk.rng.expovariate(1 / 600))
        else:
            walk.at += timedelta(hours=walk.rng.expovariate(1 / 9))
    elif walk.chance(who.bursts):
        walk.at = max(walk.at, clock.due - timedelta(minutes=walk.rng.uniform(12, 55)))
    else:
        walk.within(clock, _part(walk, who))
        _by_day(walk, clock)


def _part(walk: Walk, who: Character) -> float:
    """The part of the limit that the work takes; whatever would take nearly all of it or more, just fits."""
    if walk.chance(who.quick):
        return 0.01 + 0.15 * walk.rng.random()
    part = who.handle * math.exp(walk.rng.gauss(0, who.spread))
    return part if part < 0.7 else 0.7 + 0.28 * (1 - math.exp((0.7 - part) / 0.28))


def _by_day(walk: Walk, clock: Clock) -> None:
    """Crews work at night, but mostly report in the morning, if there is time."""
    local = walk.at.astimezone(CITY_ZONE)
    morning = local.replace(hour=7, minute=0) + timedelta(minutes=walk.rng.uniform(0, 150))
    if local.hour < 7 and morning < clock.due and walk.chance(0.75):
        walk.at = morning


def chases(walk: Walk) -> None:
    """The citizen calls again when he has waited long; three times is a warning."""
    order = walk.story.order
    last = order.last_at or walk.at
    days = (walk.at - last).total_seconds() / 86400
    for _ in range(min(5, int(walk.rng.expovariate(1.0) * days * 0.09))):
        at = _awake(walk, last + (walk.at - last) * walk.rng.random())
        at = max(at, walk.story.order.last_at or at)
        if at <= walk.scene.until:
            walk.story.go(at, "chase", walk.centre("agent"), via="phone", note=walk.write("chase"))
            number, person = walk.story.order.number, walk.story.order.person
            walk.story.contacts.append((at, None, "phone", person, number, walk.story.order.version, ""))


def _awake(walk: Walk, at: datetime) -> datetime:
    """The same moment, or the morning after it: nobody chases in the night."""
    hour = at.astimezone(CITY_ZONE).hour
    return min(walk.at, at + timedelta(hours=8)) if hour < 7 else at


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
        facts["statutory_number"] = f"雄{name[:1]}立〔{walk.rules.day(walk.at).year}〕{walk.demand.index % 900 + 100}号"
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
