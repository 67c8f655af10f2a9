"""What an agent does with one telling: take it down, answer it at once, chase an open order; in a call or without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.order import Actor, Order
from jiesu.store import calls, contacts, orders, people
from jiesu.store.people import Known
from jiesu.workflow import calls as call_verbs
from jiesu.workflow import intake, step
from jiesu.workflow.step import Taken

SAME_TALK: Final = timedelta(hours=2)
"""How long after an order the one who took it down may take another down of the same talk."""
_ANSWERED: Final = ("kind", "matter", "region")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the citizen was told at once, and by which article."""

    public_reply: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Again:
    """What an order leaves for the next one of the same talk: who, where."""

    order: Order
    demander: Known | None
    place: str


def take_down(
    *,
    by: Actor,
    now: datetime,
    facts: Mapping[str, Any],
    demander: Known | None = None,
    call: int | None = None,
    after: int | None = None,
    like: int | None = None,
    answer: Answer | None = None,
) -> Taken:
    """A new order of what is being told; all that belongs to it, or nothing.

    ``call``: the telephone call it was told in. ``after``: an order of the same talk, so that both are one contact.
    ``like``: an order that it is linked to. ``answer``: it is closed at once with this. At most 15 statements, 5 with
    none of them. Raises Refused, Forbidden, NotFound.
    """
    with transaction.atomic():
        if call is not None:
            call_verbs.own(call, by)
        contact = contacts.of_order(_own(after, by, now).number) if after is not None else None
        taken = intake.register(by=by, now=now, facts=facts, demander=demander, contact=contact)
        number = taken.order.number
        if call is not None:
            calls.link(call, number, taken.event.seq, by=by.id, now=now)
        if like is not None:
            taken = step.take(number, "link", by=by, now=now, facts={"other": like})
        if answer is not None:
            told = {name: facts[name] for name in _ANSWERED if facts.get(name)}
            said = {"public_reply": answer.public_reply, "article": answer.article or None}
            taken = step.take(number, "answer_directly", by=by, now=now, facts={**told, **said})
        return taken


def chase(number: int, *, by: Actor, now: datetime, note: str = "", call: int | None = None) -> Taken:
    """A contact about an open order (domain.md §3): counted and shown, never a new number."""
    facts = {"via": "phone", **({"note": note} if note.strip() else {})}
    if call is not None:
        return call_verbs.during(call, number, "chase", by=by, now=now, facts=facts)
    return step.take(number, "chase", by=by, now=now, facts=facts)


def again(number: int, *, by: Actor, now: datetime) -> Again:
    """Who and where of an order that ``by`` took down just now, for the next one of the same talk. 4 statements.

    Raises Forbidden for what somebody else took down, or long ago: it would open a person without a reason.
    """
    order = _own(number, by, now)
    texts = orders.texts(number)
    return Again(order, people.read(order.person), texts.get((1, "place"), ""))


def _own(number: int, by: Actor, now: datetime) -> Order:
    found = orders.load(number)
    if found is None:
        raise NotFound(f"没有工单 {number}，请核对工单号")
    (first, *_) = orders.events(number)
    if first.by != by.id or first.move != "register":
        raise Forbidden("只能接着自己刚登记的工单再记一件")
    if now - first.at > SAME_TALK:
        raise Refused("那一件登记已久，请重新登记来电人和地点")
    return found[0].order
