"""What an order gives to be counted, as rows of the tables of facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from jiesu.domain.tally import Dimensions, LimitFact, OrderFact, RatingFact, Tally

_DIMENSIONS: Final = ("grp", "matter", "region", "channel", "kind", "urgency", "enterprise", "joint")
_OF_ORDER: Final = ("exempt", "adopted", "outcome", "made")
LIMIT: Final = (
    ("number", "part", "clock", "turn", "span", "unit", "lead", "live", "started", "due", "done", "given", "freed")
    + (
        "in_time",
        "extended",
        "reworked",
        "shelved",
        "asked_return",
        "returned",
        "day",
        "since_day",
        "until_day",
        "done_day",
    )
    + _DIMENSIONS
    + _OF_ORDER
)
ORDER: Final = (
    ("number", "version", "day", "dispatched_day", "closed_day", "unit", "state", "handled", "legs", "dispatches")
    + ("returns_asked", "returns_agreed", "extensions", "parked", "rounds", "chases", "called", "reached")
    + ("late_entry", "repeated", "parent", "person", "received_at", "accepted_at", "dispatched_at", "replied_at")
    + ("passed_at", "closed_at")
    + _DIMENSIONS
    + _OF_ORDER
)
RATING: Final = (
    ("number", "day", "at", "unit", "parent", "via", "first_resolved", "first_rating", "resolved", "rating")
    + _DIMENSIONS
    + _OF_ORDER
)
Rows = dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]


def rows(tallies: Iterable[Tally], made: int) -> Rows:
    """The columns and rows of these orders by table, marked as made by a fill. Whose owner was let off is in none."""
    orders: list[tuple[Any, ...]] = []
    limits: list[tuple[Any, ...]] = []
    ratings: list[tuple[Any, ...]] = []
    for one in tallies:
        of_order = (one.order.exempt, one.order.foreign, one.order.outcome, made)
        orders.append((*_order(one.order), *of_order))
        limits += [(*_limit(fact), *of_order) for fact in one.limits if not (fact.freed and fact.day is not None)]
        if one.rating is not None:
            ratings.append((*_rating(one.rating), *of_order))
    return {"fact_limit": (LIMIT, limits), "fact_order": (ORDER, orders), "fact_rating": (RATING, ratings)}


def _dims(of: Dimensions) -> tuple[Any, ...]:
    return (of.group, of.matter, of.region, of.channel, of.kind, of.urgency, of.enterprise, of.joint)


def _limit(one: LimitFact) -> tuple[Any, ...]:
    return (
        *(one.number, one.part, one.clock, one.turn, one.span, one.unit, one.lead, one.live, one.started, one.due),
        *(one.done, one.given, one.freed, one.in_time, one.extended, one.reworked, one.shelved, one.asked_return),
        *(one.returned, one.day, one.since_day, one.until_day, one.done_day),
        *_dims(one.of),
    )


def _order(one: OrderFact) -> tuple[Any, ...]:
    return (
        *(one.number, one.version, one.day, one.dispatched_day, one.closed_day, one.unit, one.state, one.handled),
        *(one.legs, one.dispatches, one.returns_asked, one.returns_agreed, one.extensions, one.shelved, one.rounds),
        *(one.chases, one.called, one.reached, one.late_entry, False, one.parent, one.person, one.received_at),
        *(one.accepted_at, one.dispatched_at, one.replied_at, one.passed_at, one.closed_at),
        *_dims(one.of),
    )


def _rating(one: RatingFact) -> tuple[Any, ...]:
    return (
        *(one.number, one.day, one.at, one.unit, one.parent, one.via, one.first_resolved, one.first_rating),
        *(one.resolved, one.rating),
        *_dims(one.of),
    )
