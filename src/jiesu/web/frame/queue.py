"""The worklist: what waits for this person, by clock, with filters that live in the address."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiesu.domain import words
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import rules as rules_store
from jiesu.store import worklists
from jiesu.store.worklists import PAGE, WINDOW, After, Queue, Row
from jiesu.web.frame import lines
from jiesu.web.frame.gate import Person, frame, signed_in
from jiesu.web.order import forms

FILTERS: Final = ("state", "urgency", "kind", "matter", "region", "unit", "enterprise", "due_before")
_NO_CLOCK: Final = "none"
_LARGEST: Final = 2**63


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, queue: str = "") -> HttpResponse:
    """A queue of this person; the first one that has work when none is named. Five statements."""
    given = frame(who)
    mine: list[Queue] = [one for one, _, _ in given["queues"]]
    if not mine:
        return render(request, "frame/queue.html", given)
    chosen = next((one for one in mine if one.name == queue), None)
    if chosen is None:
        first = next((one for one, waiting, _ in given["queues"] if waiting), mine[0])
        return HttpResponseRedirect(reverse("worklist", args=[first.name]))
    rules = rules_store.current()
    filters = _filters(request.GET, rules)
    rows = worklists.page(chosen, units=who.units, now=who.now, filters=filters, after=_after(request.GET))
    given.update(
        queue=chosen,
        rows=[lines.line(who, row, rules) for row in rows[:PAGE]],
        next=_next(chosen, filters, rows[PAGE - 1]) if len(rows) > PAGE else "",
        filters={name: _written(value) for name, value in filters.items()},
        choices=_choices(rules),
        days=WINDOW.days if worklists.windowed(chosen, filters) else 0,
    )
    return render(request, "frame/queue.html", given)


def _choices(rules: Rules) -> dict[str, list[forms.Option]]:
    return {
        "state": list(words.STATES.items()),
        "urgency": list(words.URGENCIES.items()),
        "kind": list(words.KINDS.items()),
        "region": forms.regions(rules),
        "matter": [(code, str(one["name"])) for code, one in rules.matters.items() if not one.get("parent")],
        "unit": [(one.code, one.name) for one in rules.units.values() if rules.can_handle(one.code)],
    }


def _filters(asked: Mapping[str, str], rules: Rules) -> dict[str, Any]:
    """What the address asks for, as far as it means anything; the rest is not asked for."""
    known: dict[str, Collection[str]] = {
        "state": words.STATES,
        "urgency": words.URGENCIES,
        "kind": words.KINDS,
        "matter": rules.matters,
        "region": rules.regions,
        "unit": rules.units,
    }
    found: dict[str, Any] = {name: asked[name] for name, codes in known.items() if asked.get(name, "") in codes}
    if asked.get("enterprise"):
        found["enterprise"] = True
    day = _moment(asked.get("due_before", ""))
    if day:
        found["due_before"] = day
    return found


def _moment(text: str) -> datetime | None:
    """A day or a moment in city time, or None."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not 1950 <= at.year < 2200:
        return None
    return at if at.tzinfo else at.replace(tzinfo=CITY_ZONE)


def _written(value: Any) -> str:
    """A filter as it stands in the address and in the form."""
    if isinstance(value, datetime):
        return f"{value.astimezone(CITY_ZONE):%Y-%m-%d}"
    return "1" if value is True else str(value)


def _after(asked: Mapping[str, str]) -> After | None:
    """Where the page before ended; a place that cannot be is the beginning."""
    due, _, number = asked.get("after", "").partition("~")
    if not number.isdecimal() or int(number) >= _LARGEST:
        return None
    at = _moment(due)
    return After(at, int(number)) if at or due == _NO_CLOCK else None


def _next(queue: Queue, filters: Mapping[str, Any], last: Row) -> str:
    kept = {name: _written(value) for name, value in filters.items()}
    due = last.due_at.isoformat() if last.due_at else _NO_CLOCK
    return f"{reverse('worklist', args=[queue.name])}?{urlencode({**kept, 'after': f'{due}~{last.number}'})}"
