"""Verbs of the review meeting's list: put an item on it, say what became of it; the unit that owns it is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from jiesu.domain import followups as rules_of
from jiesu.domain import unit_notices
from jiesu.domain.bulletins import EDITIONS
from jiesu.domain.errors import NotFound, Refused
from jiesu.domain.order import Actor
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import followups, notices
from jiesu.store import rules as rules_store

_LATELY: Final = timedelta(days=7)  # a worker that was away tells of no more days than this


def add(window: Window, text: str, *, owner: str, due: date | None, by: Actor, now: datetime) -> int:
    """Put an item of an edition on the list; its number. ``owner``: the name or code of a unit, or the name of somebody
    of the centre. Five statements. Raises Forbidden, Refused."""
    if window.span not in EDITIONS:
        raise Refused("调度会事项记在周、月、季、年的通报下")
    unit, staff = _owner(owner.strip())
    today = now.astimezone(CITY_ZONE).date()
    said, day = rules_of.check_item(text, owner=bool(unit or staff), due=due, today=today, by=by)
    with transaction.atomic():
        id_ = followups.add(window, said, unit=unit, staff=staff, due=day, by=by.id, now=now)
        if unit:
            told = unit_notices.of_item("given", id_, unit, window, day)
            notices.tell([told], at=now, rules=rules_store.current())
    return id_


def _owner(name: str) -> tuple[str, int | None]:
    """The unit, else the person, that is called so; neither where nobody is."""
    rules = rules_store.current()
    unit = next((code for code, one in rules.units.items() if name in (code, one.name)), "")
    return unit, None if unit or not name else followups.people([str(rules.params["centre"])]).get(name)


def mark(id_: int, state: str, note: str, *, by: Actor, now: datetime, due: date | None = None) -> None:
    """Say that an item is done, is not done any more, is due another day, or is open again. Two statements, four
    when its unit has to do it again. Raises NotFound, Forbidden, Refused."""
    held = followups.one(id_)
    if held is None:
        raise NotFound("没有这一项")
    said = rules_of.check_mark(held.item, state, note, due=due, today=now.astimezone(CITY_ZONE).date(), by=by)
    day = due if state == "moved" else None
    with transaction.atomic():
        if not followups.mark(id_, len(held.marks), state, said, due=day, by=by.id, now=now):
            raise Refused("这一项刚被别人填过，请看过再填")
        if state == "open" and held.item.unit:
            again = str(len(held.marks))
            told = unit_notices.of_item("open", id_, held.item.unit, held.window, held.item.due, again=again)
            notices.tell([told], at=now, rules=rules_store.current())


def tell_due(now: datetime) -> int:
    """Tell the units whose items are due today, or became due in the days before, once for each day that an item was
    given; how many. At most three statements."""
    today = now.astimezone(CITY_ZONE).date()
    told = [
        unit_notices.of_item("due", id_, unit, window, day, again=f"{day}")
        for id_, window, unit, day in followups.due(today - _LATELY, today)
    ]
    return notices.tell(told, at=now, rules=rules_store.current()) if told else 0
