"""An order comes in: written down, answered at the desk, sent elsewhere or taken on."""

from __future__ import annotations

from datetime import timedelta

from jiesu.demo.simulate import callback
from jiesu.demo.simulate.walk import Walk


def register(walk: Walk) -> None:
    demand = walk.demand
    phone = demand.channel == "phone"
    by = walk.centre("agent") if phone else walk.scene.crew.one("agent", walk.rng)
    walk.go(
        "register",
        by,
        channel=demand.channel,
        text=demand.text,
        kind=demand.kind,
        urgency=demand.urgency,
        matter=demand.matter,
        region=walk.place.region,
        place=walk.place.name,
        person=demand.person or None,
        anonymous=True if demand.anonymous else None,
        secret=True if demand.secret else None,
        enterprise=True if demand.company else None,
    )


def answer(walk: Walk) -> None:
    phone = walk.demand.channel == "phone"
    if phone:
        walk.wait(2.5)
    else:
        walk.office(35)
    if walk.demand.kind == "report" or walk.chance(0.004):
        _elsewhere(walk)
        return
    reply = walk.scene.writer.reply(
        walk.rng, matter=walk.demand.matter, kind=walk.demand.kind, claim="explained", place=walk.place,
        unit_name="热线中心",
    )  # fmt: skip
    walk.go("answer_directly", walk.centre("agent"), public_reply=reply["public_reply"])
    if walk.chance(0.01) and not walk.demand.anonymous:
        walk.wait(2000)
        callback.call(walk, walk.rng.random() < 0.93)


def _elsewhere(walk: Walk) -> None:
    walk.wait(20)
    if walk.chance(0.5):
        target = walk.rng.choice(list(walk.rules.reasons["transfer"]))
        walk.go("transfer_out", walk.centre("dispatcher"), target=target, told=walk.write("transfer_out"))
    else:
        _refused(walk)


def refuse(walk: Walk) -> None:
    """Nothing that can be worked on, or nobody who meant it."""
    walk.wait(12)
    _refused(walk)


def _refused(walk: Walk) -> None:
    walk.go("refuse", walk.centre("dispatcher"), refusal=_refusal(walk), told=walk.write("refuse"))


def _refusal(walk: Walk) -> str:
    if walk.demand.kind == "nuisance":
        return "nuisance"
    if walk.demand.kind == "invalid":
        return "unclear"
    return str(walk.rng.choice(list(walk.rules.reasons["refusal"])))


def accept(walk: Walk) -> None:
    if walk.demand.channel == "phone" or walk.demand.urgency != "normal":
        walk.wait(4 if walk.demand.urgency == "normal" else 1)
    else:
        walk.office(40)
    walk.go("accept", walk.centre("dispatcher"))


def ask_for_details(walk: Walk) -> None:
    walk.wait(8)
    walk.go("ask_for_details", walk.centre("agent"), question=walk.write("ask_for_details"))
    if walk.chance(0.8):
        # The citizen may come too late: the clock has then sent the order on as it was.
        walk.office(200)
        walk.story.may(walk.at, "supply_details", walk.centre("agent"), details=walk.write("supply_details"))
    else:
        walk.at = walk.story.order.clocks["details"].due + timedelta(minutes=5)
        walk.story.tick(min(walk.at, walk.scene.until))
