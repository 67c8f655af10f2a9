"""The worklist: what waits for this person, by clock, with filters that live in the address."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiesu.domain import sight, words
from jiesu.domain.moves import MOVES
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import worklists
from jiesu.store.worklists import PAGE, WINDOW, After, Queue, Row
from jiesu.web import desks
from jiesu.web.frame import lines
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import part
from jiesu.web.order import forms

FILTERS: Final = ("state", "urgency", "kind", "matter", "region", "unit", "enterprise", "due_before")
_NO_CLOCK: Final = "none"
_LARGEST: Final = 2**63


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, queue: str = "") -> HttpResponse:
    """A list of this person; without a name, the desk that is home. Four statements."""
    given = around(request, who, shown=queue)
    mine: list[Queue] = [one for one, _ in given["queues"]]
    if not mine:
        return answer(request, "frame/queue.html", given)
    chosen = next((one for one in mine if one.name == queue), None)
    if chosen is None:
        return HttpResponseRedirect(_home(given))
    asked = numbers_asked(request)
    rules: Rules = given["rules"]
    filters = filters_in(request.GET, rules)
    rows = worklists.page(chosen, units=who.units, now=who.now, filters=filters, after=_after(request.GET), among=asked)
    given.update(
        queue=chosen,
        rows=[lines.line(who, row, rules) for row in rows[:PAGE]],
        next=_next(chosen, filters, rows[PAGE - 1]) if len(rows) > PAGE else "",
        filters={name: _written(value) for name, value in filters.items()},
        choices=_choices(rules),
        days=WINDOW.days if worklists.windowed(chosen, filters) else 0,
        address=request.get_full_path(),
        query=urlencode({name: _written(value) for name, value in filters.items()}),
        enters=" ".join(entering(chosen)),
    )
    if asked is None:
        return answer(request, "frame/queue.html", given)
    given["left"] = left(who, asked, rows)
    return answer(request, "frame/rows.html", given)


def _home(given: Mapping[str, Any]) -> str:
    """The screen of the person's own desk; while it has none, the first of its lists in which something waits."""
    desk = given["nav"][0]
    if desks.of(given["person"].roles)[0].address:
        return str(desk.address)
    waiting = [one for place in given["nav"] for one in place.lists if one.said not in ("", "0")]
    return str(waiting[0].address if waiting else desk.address)


def numbers_asked(request: HttpRequest) -> list[int] | None:
    """The rows that an open list wants to have renewed, at most ``PAGE`` of each kind; None: the list itself."""
    if part(request) != "rows":
        return None
    asked = request.GET.get("rows", "").split(",")[: 2 * PAGE]
    return [int(one) for one in asked if one.isdecimal() and int(one) < _LARGEST]


def left(who: Person, asked: Sequence[int], rows: Sequence[Row]) -> list[tuple[int, str]]:
    """Those of the rows asked for that are no longer in the list, with their state for those who may know it."""
    gone = set(asked) - {row.number for row in rows}
    if not gone or sight.from_outside(who.actor):
        return [(number, "") for number in sorted(gone)]
    states = worklists.states(sorted(gone))
    return [(number, words.zh(words.STATES, states.get(number, ""))) for number in sorted(gone)]


def entering(queue: Queue) -> list[str]:
    """The moves that can bring an order into this list; empty: any may."""
    state = worklists.state_of(queue)
    return sorted(name for name, move in MOVES.items() if state in move.to) if state else []


def _choices(rules: Rules) -> dict[str, list[forms.Option]]:
    return {
        "state": list(words.STATES.items()),
        "urgency": list(words.URGENCIES.items()),
        "kind": list(words.KINDS.items()),
        "region": forms.regions(rules),
        "matter": [(code, str(one["name"])) for code, one in rules.matters.items() if not one.get("parent")],
        "unit": [(one.code, one.name) for one in rules.units.values() if rules.can_handle(one.code)],
    }


def filters_in(asked: Mapping[str, str], rules: Rules) -> dict[str, Any]:
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
