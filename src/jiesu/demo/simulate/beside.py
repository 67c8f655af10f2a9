"""What happens at times while a unit works: helpers, whistles, extensions, shelving, instructions, withdrawals."""

from __future__ import annotations

from datetime import timedelta

from jiesu.demo.simulate.crew import section_of
from jiesu.demo.simulate.walk import Walk
from jiesu.domain.order import Leg


def beside(walk: Walk, leg: Leg) -> None:
    """What happens at times while a unit works: sections, whistles, extensions, shelving, chases, instructions."""
    order = walk.story.order
    if order.round > 1:
        return
    section = section_of(walk.rules.units, leg.unit)
    if section and walk.chance(0.3):
        walk.story.may(walk.at, "sub_dispatch", walk.unit(leg.unit), section=section)
    if walk.chance(0.012):
        whistle(walk, leg)
    for helper in order.assisting:
        if helper.state == "acknowledged" and "handle" in helper.clocks:
            helper_replies(walk, helper)
    if order.urgency == "normal" and walk.chance(0.03):
        extend(walk, leg)
    if order.urgency == "normal" and walk.chance(0.006):
        shelve(walk, leg)
    period = walk.scene.world.sensitive(walk.rules.day(walk.at))
    if walk.chance(0.006 * (period.instructions if period else 1)):
        instruct(walk, leg)
    if walk.chance(0.006):
        withdraw(walk)


def whistle(walk: Walk, leg: Leg) -> None:
    duty = walk.rules.duty(walk.story.order, walk.at)
    units = [u for u in (duty.assist if duty else ()) if u != leg.unit and walk.scene.crew.has("unit_clerk", u)]
    if not units:
        return
    meet = walk.rules.calendar.add_working_minutes(walk.at, 250)
    walk.go(
        "whistle",
        walk.unit(leg.unit),
        units=units[:2],
        meet_place=walk.place.name,
        meet_at=meet,
        reason=walk.write("whistle", leg.unit),
    )
    one = walk.story.order.requests[-1]
    for unit in units[:2]:
        walk.wait(40)
        if walk.at < meet:
            walk.go("answer_whistle", walk.unit(unit), request=one.no, coming="coming")
    for unit in units[:2]:
        if walk.chance(0.9):
            walk.at = max(walk.at, meet - timedelta(minutes=15))
            walk.go("report_in", walk.unit(unit), request=one.no)


def helper_replies(walk: Walk, leg: Leg) -> None:
    part = walk.rng.lognormvariate(-0.75, 0.5) if walk.chance(0.9) else 1.2 + walk.rng.random()
    walk.within(leg.clocks["handle"], min(part, 2.0))
    walk.go("leg_reply", walk.unit(leg.unit), measures=walk.write("leg_reply", leg.unit))


def extend(walk: Walk, leg: Leg) -> None:
    leader = walk.unit(leg.unit, leader=True)
    facts = {"days": walk.rng.choice((3, 5, 5, 10)), "reason": walk.write("request_extension", leg.unit)}
    if not walk.story.may(walk.at, "request_extension", leader, **facts):
        return
    walk.office(60)
    one = walk.story.order.requests[-1]
    if walk.chance(0.85):
        walk.go("agree_extension", walk.centre("dispatcher"), request=one.no)
    else:
        walk.go("refuse_extension", walk.centre("dispatcher"), request=one.no, reason=walk.write("refuse_extension"))


def shelve(walk: Walk, leg: Leg) -> None:
    review = walk.at + timedelta(days=walk.rng.randint(20, 90))
    plan = walk.write("request_shelve", leg.unit)
    if not walk.story.may(walk.at, "request_shelve", walk.unit(leg.unit, leader=True), plan=plan, review_date=review):
        return
    walk.office(120)
    walk.go("shelve", walk.centre("supervisor"), request=walk.story.order.requests[-1].no)
    walk.at = review - timedelta(days=1)
    if walk.joining or walk.chance(0.85):
        walk.go("resume", walk.centre("supervisor"), reason=walk.write("resume"))
    else:
        told = walk.write("told")
        walk.go("write_off", walk.centre("supervisor"), reason=walk.write("write_off"), told=told)


def instruct(walk: Walk, leg: Leg) -> None:
    said = walk.write("instruct")
    if not walk.story.may(walk.at, "instruct", walk.centre("city_leader"), instruction=said, unit=leg.unit):
        return
    one = walk.story.order.requests[-1]
    walk.office(500)
    answer = walk.write("answer_instruction", leg.unit)
    walk.go("answer_instruction", walk.unit(leg.unit), request=one.no, answer=answer)


def withdraw(walk: Walk) -> None:
    if walk.joining or not walk.story.order.is_open:
        return
    walk.wait(300)
    walk.go("withdraw", walk.centre("agent"), reason=walk.write("withdraw"))
    if "withdraw_check" in walk.story.order.clocks:
        walk.office(300)
        walk.go("confirm_withdrawal", walk.centre("callback_clerk"), pressed=walk.chance(0.03))
