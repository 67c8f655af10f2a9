"""Who may make a move on an order: role x scope x action (domain.md §3, Who does what).

The centre's people act on every order; a unit's people on the orders that their unit has a part in, each on its own
leg; a citizen on his own orders; nobody else on anything.
"""

from __future__ import annotations

from jiesu.domain import words
from jiesu.domain.errors import Forbidden
from jiesu.domain.moves import Move
from jiesu.domain.order import Actor, Leg, Order

_EVERYWHERE = words.CENTRE_ROLES | {"city_leader", "exemption_approver"}


def sees(actor: Actor, order: Order) -> bool:
    """Whether this person may know of the order at all."""
    for role, unit in actor.roles:
        if role in _EVERYWHERE:
            return True
        if role in words.UNIT_ROLES and concerns(order, unit):
            return True
        if role == "citizen" and actor.person is not None and actor.person == order.person:
            return True
    return False


def concerns(order: Order, unit: str) -> bool:
    """Whether ``unit`` has or had a part in the order, was summoned to it, or is addressed by a leader."""
    if any(leg.unit == unit or unit in leg.sections for leg in order.legs):
        return True
    return any(
        (one.type == "whistle" and unit in one.detail["units"]) or (one.type == "instruction" and one.unit == unit)
        for one in order.requests
    )


def role_for(actor: Actor, move: Move, order: Order) -> tuple[str, str, Leg | None]:
    """The role and unit in which ``actor`` makes ``move``, and the leg it is about; Forbidden with words otherwise."""
    fitting = [(role, unit) for role, unit in actor.roles if role in move.by]
    if not fitting:
        allowed = "、".join(words.zh(words.ROLES, role) for role in move.by if role != "system")
        raise Forbidden(f"“{move.zh}”须由{allowed or '系统'}操作")
    reasons = []
    for role, unit in fitting:
        leg, reason = _stand(actor, role, unit, move, order)
        if reason is None:
            return role, unit, leg
        reasons.append(reason)
    raise Forbidden(reasons[0])


def _stand(actor: Actor, role: str, unit: str, move: Move, order: Order) -> tuple[Leg | None, str | None]:
    if role == "citizen":
        own = actor.person is not None and (order.version == 0 or actor.person == order.person)
        return None, None if own else "只能办理自己的诉求"
    if role not in words.UNIT_ROLES:
        return (order.lead if move.leg in ("lead", "any") else None), None
    if move.leg in ("summoned", "addressed"):
        return order.leg_of(unit), None if concerns(order, unit) else "这张工单没有交给您的单位"
    leg = order.leg_of(unit)
    if leg is None:
        return None, "这张工单没有派给您的单位"
    if move.leg == "lead" and not leg.lead:
        return None, f"“{move.zh}”由牵头单位操作，您的单位是配合单位"
    if move.leg == "assist" and leg.lead:
        return None, f"“{move.zh}”由配合单位操作，您的单位是牵头单位"
    if unit != leg.unit and move.name not in _SECTION_MOVES:
        return None, f"“{move.zh}”由承办单位操作，科室可以联系、反馈、呈报和备注"
    return leg, None


_SECTION_MOVES = frozenset({"first_contact", "interim_reply", "submit", "note", "leg_reply", "reveal"})
