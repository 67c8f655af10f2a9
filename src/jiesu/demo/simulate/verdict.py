"""What a citizen says of the work when asked."""

from __future__ import annotations

from jiesu.demo.simulate.walk import Walk


def verdict(walk: Walk) -> tuple[str, str]:
    order = walk.story.order
    lead = order.lead
    quality = walk.character(lead).quality if lead else 0.93
    quality += {"solved": 0.05, "explained": -0.06, "unsolved": -0.45, "promised": -0.1}.get(order.claim or "", 0.0)
    handle = lead.clocks.get("handle") if lead else None
    if handle is not None and handle.late(walk.at):
        quality -= 0.15
    draw = walk.rng.random()
    if draw < quality * 0.86:
        return "resolved", "satisfied" if walk.chance(0.9) else "mostly"
    if draw < quality:
        return "mostly", "mostly" if walk.chance(0.75) else "satisfied"
    if lead and walk.chance(walk.character(lead).coaches):
        walk.coached = True
        return "resolved", "satisfied"
    return "unresolved", "dissatisfied" if walk.chance(0.8) else "mostly"
