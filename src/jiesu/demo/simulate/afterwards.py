"""What may come after the close."""

from __future__ import annotations

from datetime import timedelta

from jiesu.demo.simulate.walk import Walk


def later(walk: Walk) -> bool:
    """A promise looked at, a procedure's end told, a reopening, an exemption; whether the order was opened again."""
    order = walk.story.order
    if order.outcome == "promised" and order.promise:
        return check_promise(walk)
    if order.outcome == "statutory" and walk.chance(0.8):
        walk.office(480 * walk.rng.randint(10, 35))
        walk.go("tell_result", walk.centre("callback_clerk"), result=walk.write("tell_result"))
    elif order.outcome == "unreachable" and walk.chance(0.05):
        walk.wait(60 * 24 * 4)
        return reopen(walk, "unreachable")
    elif order.outcome in ("solved", "explained") and walk.chance(0.5 if walk.coached else 0.006):
        walk.coached = False
        walk.wait(60 * 24 * 6)
        return reopen(walk, "new_facts")
    elif order.rating == "dissatisfied" and walk.chance(0.06):
        exempt(walk)
    return False


def check_promise(walk: Walk) -> bool:
    promise = walk.story.order.clocks.get("promise")
    if promise is None:
        return False
    walk.at = promise.due + timedelta(hours=20)
    kept = walk.chance(0.74)
    walk.go("check_promise", walk.centre("callback_clerk"), kept=kept)
    if kept:
        return False
    walk.wait(30)
    return reopen(walk, "promise_broken")


def reopen(walk: Walk, ground: str) -> bool:
    by = walk.centre("callback_clerk")
    return walk.story.may(walk.at, "reopen", by, ground=ground, reason=walk.write("reopen"))


def exempt(walk: Walk) -> None:
    leg = walk.story.order.lead
    if leg is None:
        return
    walk.office(400)
    code = walk.rng.choice(list(walk.rules.reasons["exemption"]))
    leader = walk.unit(leg.unit, leader=True)
    reason = walk.write("request_exemption", leg.unit)
    if not walk.story.may(walk.at, "request_exemption", leader, exemption=code, reason=reason):
        return
    inside, outside = walk.scene.crew.approvers(walk.rng)
    one = walk.story.order.requests[-1]
    for approver in (inside, outside):
        walk.office(200)
        if walk.chance(0.25):
            walk.go("refuse_exemption", approver, request=one.no, reason=walk.write("refuse_exemption"))
            return
        if not walk.story.may(walk.at, "approve_exemption", approver, request=one.no):
            return
