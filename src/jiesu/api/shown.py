"""An order as one caller may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import UNSET, UnsetType

from jiesu.api import shapes
from jiesu.domain import order as held
from jiesu.domain import privacy, sight, words
from jiesu.domain.facts import FACTS
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Actor, Order
from jiesu.domain.rules import Rules
from jiesu.store.listing import Row
from jiesu.store.people import Known
from jiesu.store.rows import current_clock

# How a callback goes can be read from these, too.
_CALLBACK_CLOCKS: Final = ("callback_first", "callback_last")
_OF_DEMANDER: Final[Mapping[str, privacy.Field]] = {
    "name": "name",
    "phone": "phone",
    "address": "address",
    "company": "name",
    "credit_code": "name",
}


def order(
    actor: Actor,
    one: Order,
    rules: Rules,
    *,
    title: str,
    place: str,
    demander: shapes.Demander | UnsetType | None = UNSET,
    texts: list[shapes.Words] | UnsetType = UNSET,
) -> shapes.Order:
    """The order for ``actor``, who may know of it. ``title`` and ``place`` are the masked ones that are stored."""
    told = sight.sight(actor, one, "text") != "nothing"
    calling = sight.calling(actor, one)
    clock = None if calling else current_clock(one)
    answers = [made for made in sight.callbacks(actor, one) if made.valid]
    return shapes.Order(
        number=one.number,
        version=one.version,
        state=one.state,
        state_zh=words.zh(words.STATES, one.state),
        outcome=one.outcome,
        outcome_zh=words.zh(words.OUTCOMES, one.outcome) or None,
        title=title if told else "",
        place=place if told else "",
        channel=one.channel,
        kind=one.kind,
        urgency=one.urgency,
        matter=one.matter,
        matter_zh=_named(rules.matters, one.matter),
        region=one.region,
        region_zh=_named(rules.regions, one.region),
        anonymous=one.anonymous,
        secret=one.secret,
        enterprise=one.enterprise,
        foreign=one.foreign,
        exempt=one.exempt,
        erased=one.erased,
        received_at=one.received_at,
        happened_at=one.happened_at,
        accepted_at=one.accepted_at,
        dispatched_at=one.dispatched_at,
        replied_at=one.replied_at,
        passed_at=one.passed_at,
        closed_at=one.closed_at,
        due_at=clock.due if clock else None,
        amber_at=clock.amber if clock else None,
        round=one.round,
        chases=one.chases,
        ladder=one.ladder,
        flags=one.flags,
        claim=one.claim,
        resolved=answers[-1].resolved if answers else None,
        rating=answers[-1].rating if answers else None,
        first_resolved=answers[0].resolved if answers else None,
        first_rating=answers[0].rating if answers else None,
        promise=one.promise,
        statutory=one.statutory,
        parent=one.parent,
        children=one.children,
        links=one.links,
        clocks=_clocks(one.clocks, _CALLBACK_CLOCKS if calling else ()),
        legs=[_leg(leg, rules) for leg in one.legs],
        requests=[_request(asked) for asked in one.requests],
        callbacks=[_callback(made) for made in sight.callbacks(actor, one)],
        demander=demander,
        texts=texts,
    )


def _named(table: Mapping[str, Mapping[str, Any]], code: str) -> str:
    return str(table[code]["name"]) if code in table else code


def _clocks(clocks: Mapping[str, held.Clock], hidden: Sequence[str] = ()) -> dict[str, shapes.Clock]:
    return {
        name: shapes.Clock(words.zh(words.CLOCKS, name), clock.start, clock.amber, clock.due, clock.stopped)
        for name, clock in clocks.items()
        if name not in hidden
    }


def _leg(leg: held.Leg, rules: Rules) -> shapes.Leg:
    return shapes.Leg(
        no=leg.no,
        unit=leg.unit,
        unit_zh=rules.unit_name(leg.unit),
        lead=leg.lead,
        state=leg.state,
        state_zh=words.zh(words.LEG_STATES, leg.state),
        at=leg.at,
        acknowledged_at=leg.acknowledged_at,
        contacted_at=leg.contacted_at,
        interim_at=leg.interim_at,
        submitted_at=leg.submitted_at,
        replied_at=leg.replied_at,
        ended_at=leg.ended_at,
        extended=leg.extended,
        provisional=leg.provisional,
        sections=leg.sections,
        clocks=_clocks(leg.clocks),
    )


def _request(one: held.Request) -> shapes.Request:
    return shapes.Request(
        no=one.no,
        type=one.type,
        type_zh=words.zh(words.REQUESTS, one.type),
        state=one.state,
        state_zh=words.zh(words.REQUEST_STATES, one.state),
        unit=one.unit,
        leg=one.leg,
        at=one.at,
        by=one.by,
        due=one.due,
        approvals=one.approvals,
        detail=one.detail,
    )


def _callback(one: held.Callback) -> shapes.Callback:
    return shapes.Callback(one.at, one.by, one.round, one.via, one.result, one.valid, one.resolved, one.rating)


def demander(actor: Actor, one: Order, known: Known | None) -> shapes.Demander | None:
    """Who asked, as far as ``actor`` may see it; None when nobody is known or nothing may be seen."""
    if known is None:
        return None
    fields = {name: _shown(actor, one, name, getattr(known, name)) for name in _OF_DEMANDER}
    return shapes.Demander(**fields) if any(fields.values()) else None


def _shown(actor: Actor, one: Order, name: str, value: str) -> str:
    field = _OF_DEMANDER[name]
    return privacy.shown(field, value, sight.sight(actor, one, field)) if value else ""


def texts(actor: Actor, one: Order, found: Mapping[tuple[int, str], str]) -> list[shapes.Words]:
    """The order's words that ``actor`` may see, masked as the role asks, in the order they were written."""
    seen = []
    for (seq, fact), text in sorted(found.items()):
        if fact == "opinion" and sight.calling(actor, one):
            continue
        field = sight.field_of(fact)
        said = privacy.shown(field, text, sight.sight(actor, one, field))
        if said:
            seen.append(shapes.Words(seq, fact, FACTS[fact].zh if fact in FACTS else fact, said))
    return seen


def revealed(actor: Actor, one: Order, field: str, value: str | None) -> shapes.Revealed:
    """What a recorded opening of a masked field shows, if the role may open it at all."""
    may = sight.sight(actor, one, field) in ("full", "reveal")  # type: ignore[arg-type]
    return shapes.Revealed(field, value or None if may else None)


def row(actor: Actor, one: Row, rules: Rules) -> shapes.OrderRow:
    """A line of a list, by the part of the order that the line holds."""
    stand = Order(one.number, state=one.state, outcome=one.outcome, kind=one.kind, secret=one.secret)
    # Nor what a closed order still waits for: those clocks are the centre's.
    calling = sight.calling(actor, stand) or (one.state == "closed" and sight.from_outside(actor))
    told = _row_told(actor, one)
    return shapes.OrderRow(
        number=one.number,
        version=one.version,
        state=one.state,
        state_zh=words.zh(words.STATES, one.state),
        outcome=one.outcome,
        title=one.title if told else "",
        place=one.place if told else "",
        channel=one.channel,
        kind=one.kind,
        urgency=one.urgency,
        matter=one.matter,
        region=one.region,
        lead_unit=one.lead_unit,
        lead_unit_zh=rules.unit_name(one.lead_unit) if one.lead_unit else None,
        enterprise=one.enterprise,
        secret=one.secret,
        round=one.round,
        chases=one.chases,
        ladder=one.ladder,
        flags=one.flags,
        parent=one.parent,
        received_at=one.received_at,
        closed_at=one.closed_at,
        due_at=None if calling else one.due_at,
        amber_at=None if calling else one.amber_at,
    )


def _row_told(actor: Actor, one: Row) -> bool:
    """Whether a line may show its title; a unit's list holds nothing but orders that concern it."""
    return any(
        privacy.sees(role, "text", own_unit=True, secret=one.secret, kind=one.kind) != "nothing"
        for role, _ in actor.roles
        if role in privacy.ROLES
    )


def event(actor: Actor, one: held.Event, on: Order, rules: Rules) -> shapes.Event:
    """One event with its data, without the demander's number where the person is not to be known."""
    return shapes.Event(
        seq=one.seq,
        move=one.move,
        move_zh=MOVES[one.move].zh if one.move in MOVES else one.move,
        at=one.at,
        by=one.by,
        role=one.role,
        role_zh=words.zh(words.ROLES, one.role),
        unit=one.unit,
        unit_zh=rules.unit_name(one.unit) if one.unit else "",
        happened_at=one.happened_at,
        rules=one.rules,
        rules_version=one.rules_version,
        data=_without_person(one.data) if sight.sight(actor, on, "name") == "nothing" else dict(one.data),
    )


def _without_person(data: Mapping[str, Any]) -> dict[str, Any]:
    """Two orders of one demander must not be told by his number."""
    return {
        key: {name: one for name, one in value.items() if name != "person"} if key in ("facts", "set") else value
        for key, value in data.items()
    }
