"""What one person may see of one order, field by field: the table of ``privacy`` applied to roles, parts and time.

Pages and the API ask here, so that both show the same. Rule: domain.md §3 (reports and secret orders; nobody in the
handling unit sees a callback before it is final).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from jiesu.domain import privacy, words
from jiesu.domain.order import Actor, Callback, Order
from jiesu.domain.permissions import concerns
from jiesu.domain.privacy import Field, Sight

_BEST: Final[tuple[Sight, ...]] = ("nothing", "masked", "reveal", "full")
_DEMAND: Final = frozenset({"text", "title", "place", "details", "named_person"})
_PUBLIC: Final = frozenset({"public_reply", "told", "question"})
_OF_CALLBACK: Final = frozenset({"callback_attempt", "rate"})


def field_of(fact: str) -> Field:
    """Which field of the privacy table rules over words that were told as ``fact``."""
    if fact in _DEMAND:
        return "text"
    return "public_reply" if fact in _PUBLIC else "internal_note"


def sight(actor: Actor, order: Order, field: Field) -> Sight:
    """How ``actor`` sees ``field`` of ``order``: the best that any of the roles held gives."""
    seen: list[Sight] = ["nothing"]
    for role, unit in actor.roles:
        kind, own = _stand(actor, role, unit, order)
        if kind in privacy.ROLES:
            seen.append(privacy.sees(kind, field, own_unit=own, secret=order.secret, kind=order.kind))
    return max(seen, key=_BEST.index)


def _stand(actor: Actor, role: str, unit: str, order: Order) -> tuple[str, bool]:
    """The row of the privacy table, and whether the order is the person's own or the unit's.

    A section, and a unit that is summoned or addressed by a leader without a leg of its own, know the matter and the
    notes; the person stays masked for them.
    """
    if role == "citizen":
        return role, actor.person is not None and actor.person == order.person
    if role not in words.UNIT_ROLES or any(leg.unit == unit for leg in order.legs):
        return role, True
    return ("section", True) if concerns(order, unit) else (role, False)


def from_outside(actor: Actor) -> bool:
    """Whether the person works for units alone, so that a callback is not theirs to see before it is final."""
    return bool(actor.roles) and all(role in words.UNIT_ROLES for role, _ in actor.roles)


def pending(order: Order) -> list[Callback]:
    """The callbacks that are not final: of the round being called, or of a merged child while its parent may be."""
    if order.outcome == "merged":
        return list(order.callbacks)
    return order.this_round() if order.state == "callback" else []


def callbacks(actor: Actor, order: Order) -> list[Callback]:
    """The callbacks that ``actor`` may see."""
    if not from_outside(actor):
        return order.callbacks
    hidden = len(pending(order))
    return order.callbacks[: len(order.callbacks) - hidden]


def calling(actor: Actor, order: Order) -> bool:
    """Whether the order is being called back, and ``actor`` is one of those who may not know how that goes."""
    return from_outside(actor) and (order.state == "callback" or order.outcome == "merged")


def hides_event(actor: Actor, order: Order, move: str, at: datetime) -> bool:
    """Whether an event tells of a callback that ``actor`` may not see yet."""
    if move not in _OF_CALLBACK or not from_outside(actor):
        return False
    held = pending(order)
    return bool(held) and at >= held[0].at


def sees_openings(actor: Actor) -> bool:
    """Whether ``actor`` may know who opened, printed or heard what of an order; everybody knows of his own."""
    return actor.has("supervisor") or actor.has("dpo")


def knows_person(actor: Actor, order: Order, *, opened: bool) -> bool:
    """Whether ``actor`` may learn which other orders the same demander brought: they tell who it is.

    Of a report or a secret order only whoever sees the name, or has ``opened`` it.
    """
    how = sight(actor, order, "name")
    guarded = order.secret or order.kind == "report"
    return how == "full" or (how == "reveal" and (opened or not guarded))
