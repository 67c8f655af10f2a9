"""The dispatcher's verbs: an order sent out in one gesture, several that go to one unit each by itself.

Legality is the domain's; here the gestures of the desk become the moves of the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiesu.domain.errors import Conflict, NotFound, Refused
from jiesu.domain.order import Actor, Order
from jiesu.domain.suggestion import suggest
from jiesu.store import orders
from jiesu.store import rules as rules_store
from jiesu.workflow import step
from jiesu.workflow.step import Taken


@dataclass(frozen=True, slots=True)
class Marked:
    """An order that was marked in a list, at the version that stood there."""

    number: int
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of several: the move that was made, or why it was not."""

    number: int
    taken: Taken | None = None
    why: str = ""


def send(
    number: int,
    *,
    received: bool,
    facts: Mapping[str, Any],
    classes: Mapping[str, Any] | None = None,
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> Taken:
    """Dispatch an order by ``facts`` (lead, assist, basis, note); one that is only ``received`` is accepted with
    ``classes`` (kind, urgency, matter, region) first: two moves, each decided, both or neither. Who leads does not
    assist besides, though the catalog may have named it for that.

    Raises what ``step.take`` raises. At most 3 statements, 4 when it is accepted too; one more for an urgent order.
    """
    assist = [unit for unit in facts.get("assist") or () if unit != facts.get("lead")]
    moves: list[tuple[str, Mapping[str, Any]]] = [("dispatch", {**facts, "assist": assist or None})]
    if received:
        moves.insert(0, ("accept", classes or {}))
    return step.in_turn(number, moves, by=by, now=now, seen=seen)


def send_many(marked: Sequence[Marked], lead: str, *, by: Actor, now: datetime) -> list[Result]:
    """Dispatch each of these to the unit that the catalog suggests for it, if that is ``lead``; each by itself.

    One that another unit is suggested for, that somebody else has moved, or that may not go yet stays where it is,
    with the reason.
    """
    return [_one_of_many(one, lead, by, now) for one in marked]


def _one_of_many(one: Marked, lead: str, by: Actor, now: datetime) -> Result:
    try:
        found = orders.load(one.number)
        if found is None:
            raise NotFound(f"没有工单 {one.number}，请核对工单号")
        order, rules = found[0].order, rules_store.at(found[1])
        named = suggest(rules, order, now)
        if named.lead != lead:
            other = f"这张建议派给{rules.unit_name(named.lead)}" if named.lead else named.sure_zh
            raise Refused(f"{other}，请打开单独派")
        facts = {"lead": lead, **({"assist": list(named.assist)} if named.assist else {})}
        seen = one.seen if one.seen is not None else order.version
        received = order.state == "received"
        return Result(one.number, send(one.number, received=received, facts=facts, by=by, now=now, seen=seen))
    except Conflict as lost:
        # Nothing was written by hand here that could be lost: what happened is enough.
        return Result(one.number, why=lost.message.partition("；")[0])
    except (Refused, NotFound) as no:
        return Result(one.number, why=no.message)


def may_return_to_desk(order: Order) -> bool:
    """Whether the order waits for the dispatcher again, so that he goes on with it at once."""
    return order.state in ("received", "accepted")
