"""What stands around every page: the desks with what waits, the clock of the shift, the notices, the person.

A page is drawn by ``answer``: whole for a browser that goes there, its middle alone for a script that asks for a part
(``gate.is_part``). The template is the same: it extends ``base``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from jiesu.domain import handover, shifts
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import frame as store_frame
from jiesu.store import rules as rules_store
from jiesu.store import worklists
from jiesu.store.frame import Frame
from jiesu.store.worklists import Queue
from jiesu.web import desks
from jiesu.web.frame.gate import Person
from jiesu.web.frame.part import is_part

_WEEKDAYS: Final = "一二三四五六日"
_MOST_UNREAD: Final = 99


@dataclass(frozen=True, slots=True)
class List:
    """A list beneath its desk in the navigation; ``said``: how many wait, in words."""

    name: str
    zh: str
    address: str
    said: str
    open: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A desk in the navigation."""

    name: str
    zh: str
    key: str
    address: str
    said: str
    open: bool
    lists: list[List] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shift:
    """The day as the city counts it, and the shift that runs. ``guessed``: the year's working days are not announced
    yet; ``until``: when what is said here is no longer true, at midnight or at the end of the shift."""

    at: datetime
    day: str
    works: bool | None
    guessed: bool
    name: str = ""
    ends: str = ""
    until: datetime | None = None


def around(request: HttpRequest, who: Person, *, desk: str = "", shown: str = "", **more: Any) -> dict[str, Any]:
    """What a page's template is given beside its own: one statement.

    ``desk``: the desk that is open; without it, the first of the person's that has the list ``shown``.
    ``rules`` are those of now; None before a city is loaded. ``counts``: what waits, by name.
    """
    mine = worklists.queues_of(who.roles)
    held = store_frame.read(
        mine,
        staff=who.account.staff,
        roles=who.told_as,
        units=who.units,
        now=who.now,
        shown=shown,
        desks=handover.desks_of(who.actor),
    )
    rules = rules_store.at(held.rules) if held.rules else None
    return {
        **bare(request, who),
        "rules": rules,
        "queues": [(one, held.counts.get(one.name)) for one in mine],
        "counts": held.counts,
        "nav": _nav(who, mine, held, desk, shown),
        "unread": f"{_MOST_UNREAD}+" if held.unread > _MOST_UNREAD else str(held.unread or ""),
        "urgent": held.urgent,
        "handed": [(one, handover.DESKS[one.desk].zh) for one in held.handed],
        "views": held.views,
        "shift": _shift(who.now, rules),
        "declared": rules.declared_at(who.now) if rules else [],
        **more,
    }


def bare(request: HttpRequest, who: Person | None) -> dict[str, Any]:
    """What every template needs, also where nothing may be asked of the database."""
    return {
        "base": "frame/part.html" if is_part(request) else "frame/base.html",
        "person": who,
        "now": who.now if who else None,
        "live": live_address(request) if who else "",
    }


def answer(request: HttpRequest, template: str, given: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page, or its middle alone for a script that asks for a part."""
    return render(request, template, given, status=status)


def live_address(request: HttpRequest) -> str:
    """Where the page listens for changes; empty when nothing tells of them."""
    elsewhere, port = str(getattr(settings, "LIVE_URL", "")), int(getattr(settings, "LIVE_PORT", 0))
    if elsewhere or not port:
        return elsewhere
    return f"{request.scheme}://{request.get_host().partition(':')[0]}:{port}/live/stream"


def said(number: int | None) -> str:
    """How many wait; nothing for a list that is not counted."""
    if number is None:
        return ""
    return "999+" if number >= worklists.MOST else f"{number:,}"


def _nav(who: Person, mine: list[Queue], held: Frame, desk: str, shown: str) -> list[Place]:
    seats = desks.of(who.roles)
    opened = desk or next((one.name for one in seats if shown and shown in one.queues), "")
    places = []
    for one in seats:
        listed = one.lists(mine) if one.is_home(who.roles) or not one.guests else []
        lists = [_list(queue, held, shown if one.name == opened else "") for queue in listed]
        address = one.screen(who.roles) or (lists[0].address if lists else "")
        if address:
            number = one.waiting(held.counts)
            # A desk without lists has a number only when there is something.
            waiting = said(number) if one.due and (number or one.queues) else ""
            places.append(Place(one.name, one.zh, one.key, address, waiting, one.name == opened, lists))
    return places


def _list(queue: Queue, held: Frame, shown: str) -> List:
    address = reverse("worklist", args=[queue.name])
    return List(queue.name, queue.zh, address, said(held.counts.get(queue.name)), queue.name == shown)


def _shift(now: datetime, rules: Rules | None) -> Shift:
    local = now.astimezone(CITY_ZONE)
    day = f"{local.month}月{local.day}日 周{_WEEKDAYS[local.weekday()]}"
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), CITY_ZONE)
    if rules is None:
        return Shift(local, day, None, guessed=False, until=midnight)
    calendar = rules.calendar
    guessed = not calendar.is_announced(local.date())
    runs = shifts.running(now, rules.shifts)
    ends = runs.until.astimezone(CITY_ZONE) if runs else midnight
    return Shift(
        *(local, day, calendar.is_workday(local.date()), guessed),
        name=runs.shift.zh if runs else "",
        ends=f"{ends:%H:%M}",
        until=min(midnight, ends),
    )
