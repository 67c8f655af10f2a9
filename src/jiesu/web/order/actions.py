"""What a person can do now: the next moves first, the rare ones behind, the unlawful ones grey with their reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from jiesu.domain import privacy, sight
from jiesu.domain.decide import decide, possible
from jiesu.domain.errors import Refused
from jiesu.domain.moves import MOVES, Move
from jiesu.domain.order import Actor, Order, Text
from jiesu.domain.rules import Rules
from jiesu.web.order import forms

# The moves that take an order on, in the order of a day's work. What answers a request stands before all of them,
# everything else waits behind.
_NEXT: Final = (
    ("accept", "dispatch", "answer_directly", "ask_for_details", "supply_details", "details_timeout", "refuse")
    + ("propose_refusal", "inform", "transfer_out", "merge_into")
    + ("acknowledge", "leg_acknowledge", "first_contact", "submit", "reply", "hand_back", "leg_reply", "interim_reply")
    + ("rule", "resume", "write_off", "pass_review", "send_back", "callback_attempt", "close", "close_with_promise")
    + ("rework", "close_unreachable", "check_promise", "confirm_withdrawal", "tell_result", "settle_duty")
    + ("request_extension", "request_return", "urge", "supervise", "chase", "instruct")
)
_RANK: Final = {name: place for place, name in enumerate(_NEXT)}

_SAID: Final = Text("……", "0" * 64)
# Facts with which a move is tried, to learn whether anything but its facts stands in its way.
_PROBES: Final[Mapping[str, Mapping[str, Any]]] = {
    "acknowledge": {},
    "leg_acknowledge": {},
    "object": {"legal_basis": _SAID},
    "hand_back": {"reason": _SAID},
    "close": {},
    "close_with_promise": {},
    "close_unreachable": {},
    "rework": {"reason": _SAID},
    "callback_attempt": {"attempt": "no_answer"},
    "first_contact": {"contact": "reached", "note": _SAID},
    "check_promise": {"kept": True},
    "tell_result": {"result": _SAID},
    "confirm_withdrawal": {"pressed": False},
    "split_off": {"reason": _SAID},
    "contest": {"reason": _SAID},
    "refer_to_ruling": {"reason": _SAID},
    "details_timeout": {"timeout": "accept"},
    "request_extension": {"days": 1, "reason": _SAID},
    "request_complex": {"reason": _SAID},
    "request_return": {"legal_basis": _SAID, "evidence": _SAID, "leader_name": _SAID, "no_proper_unit": _SAID},
    "urge": {"reason": _SAID},
    "supervise": {"reason": _SAID},
    "escalate": {"reason": _SAID},
    "recalculate": {"reason": _SAID},
}
# Grey, these would only tell what everybody sees: nothing was promised, withdrawn, contested or merged here.
_SILENT: Final = frozenset(
    {"check_promise", "tell_result", "confirm_withdrawal", "split_off", "contest", "recalculate", "hand_back"}
)
# Whether these may be done hangs on other orders; they are decided when they are sent.
_CLOSING: Final = frozenset({"close", "close_with_promise", "close_unreachable", "rework"})


@dataclass(frozen=True, slots=True)
class Again:
    """A move that was not made: what was written, what is wrong and with which field."""

    name: str
    given: dict[str, Any]
    field: str | None
    message: str


@dataclass(slots=True)
class Actions:
    """The moves of a page: first what comes next, then the rest."""

    first: list[forms.MoveForm] = field(default_factory=list)
    more: list[forms.MoveForm] = field(default_factory=list)

    @property
    def more_open(self) -> bool:
        """Whether the rest has to be shown at once: one of its forms is open, or there is nothing else."""
        return not self.first or any(form.open for form in self.more)

    @property
    def lists(self) -> set[str]:
        """Which search lists the forms draw on."""
        return {one.list for form in (*self.first, *self.more) for one in form.fields if one.list}


def actions(
    actor: Actor,
    order: Order,
    rules: Rules,
    now: datetime,
    again: Again | None = None,
    asked: Mapping[str, str] | None = None,
) -> Actions:
    """Every move that ``actor`` may think of here. ``asked``: the form that the address wants open, and its fields."""
    asked = asked or {}
    ranked: list[tuple[int, forms.MoveForm]] = []
    for one, refused in possible(order, actor):
        if refused is not None and _of_other_legs(one, actor, order):
            continue
        reason = refused or _in_the_way(one, actor, order, rules, now)
        if reason is None:
            form = _form(one, actor, order, rules, now, again, asked)
        else:
            form = None if one.name in _SILENT else forms.MoveForm(one.name, one.zh, one.key, refused=reason.message)
        if form is not None:
            ranked.append((_rank(one, order, actor, bool(reason)), form))
    ranked.sort(key=lambda pair: pair[0])
    found = Actions([form for rank, form in ranked if rank < _LATER], [form for rank, form in ranked if rank >= _LATER])
    if again and not any(form.name == again.name and not form.refused for _, form in ranked):
        lost = forms.form_of(MOVES[again.name], order, rules, actor, now, again.given)
        found.first.insert(0, _told(lost, again))
    return found


_LATER: Final = 1000


def _rank(move: Move, order: Order, actor: Actor, grey: bool) -> int:
    if move.name in forms.ANSWERS:
        return -1
    rank = _RANK.get(move.name, _LATER)
    if move.name == "submit" and actor.has("unit_leader"):
        return _RANK["leg_reply"]
    if move.name == "first_contact" and any(leg.contacted_at for leg in _own(actor, order)):
        return _LATER
    if move.name == "inform":
        return rank if order.kind == "praise" else _LATER
    if move.name in ("urge", "supervise") and not actor.has("supervisor"):
        return _LATER
    # Grey moves of the step explain why it cannot be finished yet; the others only take room.
    return rank if not grey or (rank < _LATER and not move.beside) else _LATER + 1


def _own(actor: Actor, order: Order) -> Iterator[Any]:
    return (leg for leg in (order.leg_of(unit) for unit in actor.units) if leg is not None)


def _of_other_legs(move: Move, actor: Actor, order: Order) -> bool:
    """Whether a move is refused only because it belongs to the lead and the unit assists, or the other way round."""
    if move.leg not in ("lead", "assist") or not actor.units:
        return False
    legs = list(_own(actor, order))
    return bool(legs) and all(leg.lead is (move.leg == "assist") for leg in legs)


def _in_the_way(move: Move, actor: Actor, order: Order, rules: Rules, now: datetime) -> Refused | None:
    """Why the move cannot be made whatever is written in its form; None when the form may be filled in."""
    if move.name not in _PROBES or (move.name in _CLOSING and order.children):
        return None
    answer = decide(order, move.name, actor, _PROBES[move.name], rules, now)
    return answer if isinstance(answer, Refused) and answer.field is None else None


def _form(
    move: Move,
    actor: Actor,
    order: Order,
    rules: Rules,
    now: datetime,
    again: Again | None,
    asked: Mapping[str, str],
) -> forms.MoveForm | None:
    """The form of a lawful move; None when there is nothing that it could be about."""
    mine = again if again and again.name == move.name else None
    given = mine.given if mine else None
    form = forms.form_of(move, order, rules, actor, now, given)
    for one in form.fields:
        if one.name == "request" and not one.options:
            return None
        if one.name == "field":
            one.options = [(name, zh) for name, zh in one.options if _may_open(actor, order, name)]
            if not one.options or (order.person is None and one.options != [("text", "诉求原文")]):
                return None
        if asked.get("open") == move.name and one.name in asked and not mine:
            one.value = asked[one.name]
    form.open = asked.get("open") == move.name
    return _told(form, mine) if mine else form


def _may_open(actor: Actor, order: Order, name: str) -> bool:
    return any(name == one and sight.sight(actor, order, one) == "reveal" for one in privacy.FIELDS)


def _told(form: forms.MoveForm, again: Again) -> forms.MoveForm:
    """Put the message beside the field at fault, or above the form."""
    form.open = True
    at_fault = [one for one in form.fields if one.name == again.field]
    if at_fault:
        at_fault[0].error = again.message
    else:
        form.error = again.message
    return form
