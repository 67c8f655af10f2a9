"""Verbs of a card: agree to it or not, lift it before its day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jiesu.domain import cards as rules_of
from jiesu.domain.errors import NotFound
from jiesu.domain.order import Actor
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import cards
from jiesu.store.cards import Card


def decide(id_: int, *, agrees: bool, note: str, by: Actor, now: datetime) -> None:
    """Agree to a proposed card, which then stands for its days, or not. Two statements. Raises NotFound, Forbidden,
    Refused."""
    with transaction.atomic():
        held = _held(id_)
        said, lifts_on = rules_of.check_decide(
            *(held.state, held.approver, held.unit, note),
            agrees=agrees,
            days=held.days,
            today=now.astimezone(CITY_ZONE).date(),
            by=by,
        )
        cards.decide(id_, "approved" if agrees else "refused", said, lifts_on=lifts_on, by=by.id, now=now)


def lift(id_: int, note: str, *, by: Actor, now: datetime) -> None:
    """Lift a card before its day. Two statements. Raises NotFound, Forbidden, Refused."""
    with transaction.atomic():
        held = _held(id_)
        today = now.astimezone(CITY_ZONE).date()
        said = rules_of.check_lift(held.state, held.lifts_on, held.approver, held.unit, note, today=today, by=by)
        cards.lift(id_, said, lifts_on=today, by=by.id, now=now)


def _held(id_: int) -> Card:
    found = cards.one(id_)
    if found is None:
        raise NotFound("没有这张牌")
    return found
