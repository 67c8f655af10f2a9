"""From events to an order. ``apply`` needs no rules, no clock and no calendar: what an event decided, it says.

The vocabulary of an event's data (all parts optional, all values JSON-able):

    facts     what the move was told: codes, numbers, times, commitments {"c": hex} of words
    to        the new state              outcome   how it closed
    set       {field: value} of the order
    start     {clock: [due, amber, amount?, measure?]}      stop  [clock]      fix  {clock: moment it really stopped}
    legs      {no: {set, start, stop, fix, move, resume}}   new_legs  [{unit, lead, provisional, start}]
    ask       a new request              answers   [{no, state?, approval?, detail?}]
    callback  an attempt or rating       add / drop  {list: [values]}          count  {field: increment}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from jiesu.domain.order import Callback, Clock, Event, Leg, Order, Request, moment

_TIMES: Final = frozenset(
    {"received_at", "happened_at", "accepted_at", "dispatched_at", "replied_at", "passed_at", "closed_at"}
    | {"acknowledged_at", "contacted_at", "interim_at", "submitted_at", "ended_at", "asked_return"}
)
# Whose duty it is by law is settled for the catalog, not for the order: closing the order does not end that clock.
_OUTLIVING: Final = frozenset({"ruling_final"})


def apply(order: Order, event: Event) -> Order:
    """The order after ``event``; ``order`` itself is left as it was."""
    new = order.copy()
    apply_to(new, event)
    return new


def replay(events: Iterable[Event], number: int) -> Order:
    """The order that these events make, from nothing."""
    order = Order(number)
    for event in events:
        apply_to(order, event)
    return order


def apply_to(order: Order, event: Event) -> None:
    """Change ``order`` by ``event`` in place. Raises ValueError when the event is not the order's next one."""
    if event.number != order.number or event.seq != order.version + 1:
        raise ValueError(f"event {event.number}/{event.seq} does not follow {order.number}/{order.version}")
    data, at = event.data, event.at
    for name, part in _plan(tuple(data)):
        part(order, data[name], at)
    order.version = event.seq
    order.last_at = at
    order.rules = event.rules


def _assign(thing: Any, values: Mapping[str, Any], at: datetime) -> None:
    for name, value in values.items():
        setattr(thing, name, moment(value) if name in _TIMES and value is not None else value)


def _stop(thing: Order | Leg, names: Iterable[str], at: datetime) -> None:
    for name in names:
        clock = thing.clocks.get(name)
        if clock is not None and clock.stopped is None:
            clock.stopped = at


def _start(thing: Order | Leg, started: Mapping[str, list[Any]], at: datetime) -> None:
    for name, (due, amber, *limit) in started.items():
        thing.clocks[name] = Clock(at, moment(due), moment(amber), None, limit or None)


def _fix(thing: Order | Leg, fixed: Mapping[str, str | None], at: datetime) -> None:
    for name, when in fixed.items():
        thing.clocks[name].stopped = moment(when) if when else None


def _move(thing: Order | Leg, moved: Mapping[str, list[Any]], at: datetime) -> None:
    for name, (due, amber, *limit) in moved.items():
        clock = thing.clocks[name]
        clock.due, clock.amber, clock.limit = moment(due), moment(amber), limit or None


Part = Callable[[Any, Any, datetime], None]

# What may happen to an order as to a leg of it, in this order.
_OF_BOTH: Final[tuple[tuple[str, Part], ...]] = (
    ("set", _assign),
    ("stop", _stop),
    ("start", _start),
    ("fix", _fix),
    ("move", _move),
)


def _state(order: Order, state: str, at: datetime) -> None:
    order.state = state
    if state == "closed":
        order.closed_at = at
        _stop(order, order.clocks.keys() - _OUTLIVING, at)
        for leg in order.legs:
            _stop(leg, leg.clocks, at)
    else:
        order.outcome = None
        order.closed_at = None


def _outcome(order: Order, outcome: str, at: datetime) -> None:
    order.outcome = outcome


def _legs(order: Order, changes: Mapping[str, Mapping[str, Any]], at: datetime) -> None:
    for no, change in changes.items():
        leg = order.leg(int(no))
        for name, part in _OF_BOTH:
            if name in change:
                part(leg, change[name], at)


def _new_legs(order: Order, added: Iterable[Mapping[str, Any]], at: datetime) -> None:
    for one in added:
        opened = moment(one["at"]) if "at" in one else at
        leg = Leg(len(order.legs) + 1, one["unit"], one["lead"], opened, provisional=one.get("provisional", False))
        _start(leg, one["start"], opened)
        order.legs.append(leg)


def _ask(order: Order, asked: Mapping[str, Any], at: datetime) -> None:
    due = asked.get("due")
    order.requests.append(
        Request(
            no=len(order.requests) + 1,
            type=asked["type"],
            at=at,
            by=asked["by"],
            unit=asked.get("unit", ""),
            leg=asked.get("leg", 0),
            due=moment(due) if due else None,
            detail={key: dict(v) if isinstance(v, dict) else v for key, v in asked.get("detail", {}).items()},
        )
    )


def _answers(order: Order, answers: Iterable[Mapping[str, Any]], at: datetime) -> None:
    for answer in answers:
        one = order.requests[answer["no"] - 1]
        one.state = answer.get("state", one.state)
        if "approval" in answer:
            one.approvals.append(list(answer["approval"]))
        for key, value in answer.get("detail", {}).items():
            old = one.detail.get(key)
            one.detail[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value


def _callback(order: Order, made: Mapping[str, Any], at: datetime) -> None:
    one = Callback(at=at, round=order.round, **made)
    order.callbacks.append(one)
    if not one.valid:
        return
    order.resolved, order.rating = one.resolved, one.rating
    if order.first_rating is None:
        order.first_resolved, order.first_rating = one.resolved, one.rating


def _add(order: Order, added: Mapping[str, list[Any]], at: datetime) -> None:
    for name, values in added.items():
        held = getattr(order, name)
        held.extend(value for value in values if value not in held)


def _drop(order: Order, dropped: Mapping[str, list[Any]], at: datetime) -> None:
    for name, values in dropped.items():
        setattr(order, name, [value for value in getattr(order, name) if value not in values])


def _count(order: Order, counted: Mapping[str, int], at: datetime) -> None:
    for name, by in counted.items():
        setattr(order, name, getattr(order, name) + by)


# Parts whose order among themselves does not matter ...
_PARTS: Final[dict[str, Part]] = {
    "ask": _ask,
    "answers": _answers,
    "callback": _callback,
    "add": _add,
    "drop": _drop,
    "count": _count,
    "new_legs": _new_legs,
}
# ... and those where it does: a state may stop every clock before the event starts new ones.
_ORDERED: Final[tuple[tuple[str, Part], ...]] = (
    ("to", _state),
    ("outcome", _outcome),
    *_OF_BOTH,
    ("legs", _legs),
)


@lru_cache(maxsize=1024)
def _plan(names: tuple[str, ...]) -> tuple[tuple[str, Part], ...]:
    """What is done about an event with these parts, in order; the same few combinations come again and again."""
    first = [(name, _PARTS[name]) for name in names if name in _PARTS]
    return (*first, *((name, part) for name, part in _ORDERED if name in names))
