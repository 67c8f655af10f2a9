"""The one gate. ``decide`` answers a wish to move with an event or a refusal; it changes nothing and reads no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from jiesu.domain import (
    callbacks,
    exemptions,
    handling,
    intake,
    legs,
    returns,
    supervision,
    words,
)
from jiesu.domain import (
    facts as fact_table,
)
from jiesu.domain.adopt import adopt
from jiesu.domain.case import NOTHING_AROUND, Around, Case
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.moves import MOVES, Move
from jiesu.domain.order import Actor, Event, Order, Text
from jiesu.domain.permissions import role_for
from jiesu.domain.rules import Rules

Rule = Callable[[Case], None]

RULES: Final[Mapping[str, Rule]] = {
    **intake.RULES,
    **legs.RULES,
    **handling.RULES,
    **returns.RULES,
    **callbacks.RULES,
    **exemptions.RULES,
    **supervision.RULES,
    "adopt": adopt,
}


def decide(
    order: Order,
    move: str,
    actor: Actor,
    facts: Mapping[str, Any],
    rules: Rules,
    now: datetime,
    around: Around = NOTHING_AROUND,
) -> Event | Refused:
    """The event of ``actor`` making ``move`` on ``order`` with ``facts`` at ``now`` under ``rules``, or why not.

    ``now`` is aware and never goes back within an order: an earlier one counts as the order's last moment.
    Everything the rule read stands in the event. Unknown moves and facts are refused like any other mistake.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    at = max(now, order.last_at) if order.last_at else now
    try:
        one = _known(move)
        _from_here(one, order)
        role, unit, leg = role_for(actor, one, order)
        _facts_fit(one, facts, rules)
        case = Case(order, one, actor, role, unit, leg, facts, rules, at, around)
        RULES[move](case)
    except Refused as refused:
        return refused
    data = case.data
    told = fact_table.told(facts)
    if told:
        data["facts"] = told
    if leg is not None and case.by_unit:
        data["leg"] = leg.no
    happened = facts.get("happened_at") or facts.get("claimed_at")
    return Event(order.number, order.version + 1, move, at, actor.id, role, unit, rules.id, data, happened)


def possible(order: Order, actor: Actor) -> list[tuple[Move, Refused | None]]:
    """Every move of this state that the person's roles could ever make, each with None or the reason it is not his.

    Whether the facts will do is decided when they are given.
    """
    found: list[tuple[Move, Refused | None]] = []
    for one in MOVES.values():
        if order.state not in one.frm or not one.hand or not any(actor.has(role) for role in one.by):
            continue
        try:
            role_for(actor, one, order)
            found.append((one, None))
        except Forbidden as refused:
            found.append((one, refused))
    return found


def _known(move: str) -> Move:
    try:
        return MOVES[move]
    except KeyError:
        raise Refused(f"没有“{move}”这个动作", code="unknown_move") from None


def _from_here(move: Move, order: Order) -> None:
    if order.state in move.frm:
        return
    if order.state == words.NEW:
        raise Refused("这张工单还没有登记", code="wrong_state")
    held = "、".join(words.STATES[state] for state in words.STATES if state in move.frm)
    raise Refused(
        f"工单现在是“{words.STATES[order.state]}”，不能{move.zh}" + (f"；只有“{held}”的工单可以" if held else ""),
        code="wrong_state",
    )


def _facts_fit(move: Move, facts: Mapping[str, Any], rules: Rules) -> None:
    allowed = move.needs + move.may
    for name, value in facts.items():
        if name not in allowed:
            zh = fact_table.FACTS[name].zh if name in fact_table.FACTS else name
            raise Refused(f"“{move.zh}”用不到“{zh}”这一项", code="bad_fact", field=name)
        if value is not None:
            fact_table.check(name, value, rules.known)
    for name in move.needs:
        value = facts.get(name)
        if value is None or value == "" or (isinstance(value, Text) and not value):
            raise Refused(f"请填写“{fact_table.FACTS[name].zh}”", code="missing_fact", field=name)
