"""Verbs of a card: agree to it or not, lift it before its day; its unit is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from jiesu.domain import cards as rules_of
from jiesu.domain import unit_notices
from jiesu.domain.errors import NotFound
from jiesu.domain.order import Actor
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import cards, notices
from jiesu.store import rules as rules_store
from jiesu.store.cards import Card

_LATELY: Final = timedelta(days=7)  # a worker that was away tells of no more days than this


def decide(id_: int, *, agrees: bool, note: str, by: Actor, now: datetime) -> None:
    """Agree to a proposed card, which then stands for its days, or not. Four statements. Raises NotFound,
    Forbidden, Refused."""
    with transaction.atomic():
        held = _held(id_)
        said, lifts_on = rules_of.check_decide(
            *(held.state, held.approver, held.unit, note),
            agrees=agrees,
            days=held.days,
            today=now.astimezone(CITY_ZONE).date(),
            by=by,
        )
        became = "approved" if agrees else "refused"
        cards.decide(id_, became, said, lifts_on=lifts_on, by=by.id, now=now)
        _tell(held, became, now, lifts_on)


def lift(id_: int, note: str, *, by: Actor, now: datetime) -> None:
    """Lift a card before its day. Four statements. Raises NotFound, Forbidden, Refused."""
    with transaction.atomic():
        held = _held(id_)
        today = now.astimezone(CITY_ZONE).date()
        said = rules_of.check_lift(held.state, held.lifts_on, held.approver, held.unit, note, today=today, by=by)
        cards.lift(id_, said, lifts_on=today, by=by.id, now=now)
        _tell(held, "lifted", now)


def tell_ended(now: datetime) -> int:
    """Tell the units whose cards were lifted by their day, today or in the days before; how many. At most three
    statements."""
    today = now.astimezone(CITY_ZONE).date()
    told = [
        unit_notices.of_card("lifted", id_, unit, colour, window)
        for id_, unit, colour, window in cards.ended(today - _LATELY, today)
    ]
    return notices.tell(told, at=now, rules=rules_store.current()) if told else 0


def _tell(held: Card, became: str, now: datetime, lifts_on: date | None = None) -> None:
    told = unit_notices.of_card(became, held.id, held.unit, held.colour, held.window, lifts_on=lifts_on)
    notices.tell([told], at=now, rules=rules_store.current())


def _held(id_: int) -> Card:
    found = cards.one(id_)
    if found is None:
        raise NotFound("没有这张牌")
    return found
