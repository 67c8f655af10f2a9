"""An order's rows: the same facts as its document, laid out for lists. One place for ``record`` and ``verify``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from jiesu.domain.order import Clock, Leg, Order

# Which clock a list shows for an order in a state; a lead leg's in the states where a unit has it.
_STATE_CLOCK: Final = {
    "received": "intake",
    "accepted": "dispatch",
    "needs_details": "details",
    "ruling": "ruling",
    "shelved": "shelf_review",
    "replied": "review",
    "callback": "callback_last",
}
# What a closed order still waits for (domain.md §3): a promise, a withdrawal to be confirmed, a legal result.
_AWAITED: Final = ("promise", "withdraw_check", "statutory_result")
ORDER: Final = (
    ("version", "state", "outcome", "channel", "kind", "urgency", "matter", "region", "lead_unit", "person")
    + ("enterprise", "secret", "foreign", "exempt", "unsettled", "round", "chases", "ladder", "flags", "parent")
    + ("received_at", "happened_at", "accepted_at", "dispatched_at", "replied_at", "passed_at", "closed_at")
    + ("rating", "resolved", "due_at", "amber_at")
)
LEG: Final = (
    ("number", "no", "unit", "lead", "state", "at", "due_at", "amber_at", "acknowledge_due", "acknowledged_at")
    + ("contact_due", "contacted_at", "interim_due", "interim_at", "handle_due", "handled_at", "rework_due")
    + ("reworked_at", "asked_return", "ended_at", "open", "submitted_at", "live")
)
REQUEST: Final = ("number", "no", "type", "unit", "state", "at", "by", "due_at", "units")
CALLBACK: Final = ("number", "no", "at", "by", "round", "via", "result", "valid", "resolved", "rating")
EVENT: Final = (
    "number",
    "seq",
    "move",
    "at",
    "actor",
    "role",
    "unit",
    "rules",
    "rules_version",
    "happened_at",
    "data",
    "hash",
)
TEXT: Final = ("number", "seq", "field", "salt", "key_id", "sealed")


def current_clock(order: Order) -> Clock | None:
    """The clock that a worklist shows for the order in its present state."""
    lead = order.lead
    if order.state == "dispatched" and lead:
        return lead.clocks.get("acknowledge")
    if order.state == "handling" and lead:
        return lead.clocks.get(lead.working)
    clock = order.clocks.get(_STATE_CLOCK.get(order.state, ""))
    return clock if clock is not None and clock.running else None


def awaited(order: Order) -> Clock | None:
    """The clock of what a closed order still waits for, however long it is due."""
    held = (order.clocks.get(name) for name in _AWAITED) if order.state == "closed" else ()
    return next((clock for clock in held if clock is not None and clock.running), None)


def leg_clock(leg: Leg) -> Clock | None:
    """The clock that a unit's own worklist shows for its leg: one that runs."""
    if leg.state == "dispatched":
        return leg.clocks.get("acknowledge")
    if leg.state != "acknowledged":
        return None
    contact = leg.clocks.get("first_contact")
    if contact is not None and contact.running:
        return contact
    clock = leg.clocks.get("rework") or leg.clocks.get("handle")
    return clock if clock is not None and clock.running else None


def order_row(order: Order) -> tuple[Any, ...]:
    clock = current_clock(order) or awaited(order)
    lead = order.lead
    return (
        *(order.version, order.state, order.outcome, order.channel, order.kind, order.urgency, order.matter),
        *(order.region, lead.unit if lead else None, order.person, order.enterprise, order.secret, order.foreign),
        *(order.exempt, order.ruled and not order.settled, order.round, order.chases, order.ladder, order.flags),
        *(
            order.parent,
            order.received_at,
            order.happened_at,
            order.accepted_at,
            order.dispatched_at,
            order.replied_at,
            order.passed_at,
        ),
        *(order.closed_at, order.rating, order.resolved, clock.due if clock else None, clock.amber if clock else None),
    )


def leg_row(order: Order, leg: Leg) -> tuple[Any, ...]:
    """A leg is open while its unit has something to do: some orders close before every leg of theirs has ended.

    It is live as long as its order is open, whatever its own state. ``submitted_at`` while what was submitted waits
    for the unit's leader.
    """
    clock = leg_clock(leg)
    waits = order.is_open and leg.state == "acknowledged"
    return (
        *(order.number, leg.no, leg.unit, leg.lead, leg.state, leg.at),
        *((clock.due, clock.amber) if clock else (None, None)),
        *_pair(leg, "acknowledge"),
        *_pair(leg, "first_contact"),
        *_pair(leg, "interim"),
        *_pair(leg, "handle"),
        *_pair(leg, "rework"),
        *(leg.asked_return, leg.ended_at, order.is_open and leg.state in ("dispatched", "acknowledged")),
        leg.submitted_at if waits else None,
        order.is_open,
    )


_DONE: Final = {"acknowledge": "acknowledged_at", "first_contact": "contacted_at", "interim": "interim_at"}


def _pair(leg: Leg, clock: str) -> tuple[datetime | None, datetime | None]:
    """When it was due, and when it was really done (not merely when its clock was stopped by something else)."""
    held = leg.clocks.get(clock)
    done = getattr(leg, _DONE[clock]) if clock in _DONE else _replied(leg, clock)
    return (held.due if held else None, done)


def _replied(leg: Leg, clock: str) -> datetime | None:
    """When the reply of the first round, or of a later one, was given; a clock that shelving stopped is no reply."""
    held = leg.clocks.get(clock)
    given = leg.state == "replied" or (clock == "handle" and "rework" in leg.clocks)
    return held.stopped if held is not None and given else None


def leg_rows(order: Order) -> Iterator[tuple[Any, ...]]:
    return (leg_row(order, leg) for leg in order.legs)


def request_rows(order: Order) -> Iterator[tuple[Any, ...]]:
    for one in order.requests:
        # Sorted: a document that was stored gives its keys in another order than the event did.
        units = sorted(one.detail["units"]) if one.type == "whistle" else []
        yield (order.number, one.no, one.type, one.unit, one.state, one.at, one.by, one.due, units)


def callback_rows(order: Order) -> Iterator[tuple[Any, ...]]:
    for no, one in enumerate(order.callbacks, 1):
        yield (
            *(order.number, no, one.at, one.by, one.round, one.via, one.result, one.valid, one.resolved, one.rating),
        )
