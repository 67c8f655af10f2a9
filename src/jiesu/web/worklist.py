"""The worklist: what waits for this person, by clock, with filters that live in the address."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiesu.domain import words
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import rules as rules_store
from jiesu.store import worklists
from jiesu.store.worklists import PAGE, Queue, Row
from jiesu.web import forms
from jiesu.web.gate import Person, frame, signed_in

FILTERS = ("state", "urgency", "kind", "matter", "region", "unit", "enterprise", "due_before")


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, queue: str = "") -> HttpResponse:
    """A queue of this person; the first one that has work when none is named."""
    given = frame(who)
    mine: list[Queue] = [one for one, _, _ in given["queues"]]
    if not mine:
        return render(request, "web/worklist.html", given)
    chosen = next((one for one in mine if one.name == queue), None)
    if chosen is None:
        first = next((one for one, waiting, _ in given["queues"] if waiting), mine[0])
        return HttpResponseRedirect(reverse("worklist", args=[first.name]))
    filters = _filters(request)
    rows = worklists.page(chosen, units=who.units, now=who.now, filters=filters, after=_after(request))
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    rules = rules_store.current()
    given.update(
        queue=chosen,
        rows=rows,
        rules=rules,
        matters={row.matter: forms.matter_name(rules, row.matter) for row in rows},
        regions={row.region: forms.region_name(rules, row.region) for row in rows},
        units={row.lead_unit: rules.unit_name(row.lead_unit or "") for row in rows},
        next=_next(request, rows[-1], chosen) if more else "",
        filters={name: request.GET.get(name, "") for name in FILTERS},
        filtered=bool(filters),
        choices={
            "state": list(words.STATES.items()),
            "urgency": list(words.URGENCIES.items()),
            "kind": list(words.KINDS.items()),
            "region": forms.regions(rules),
            "matter": [pair for pair in forms.matters(rules) if "." not in pair[0]],
            "unit": [(one.code, one.name) for one in rules.units.values() if rules.can_handle(one.code)],
        },
    )
    return render(request, "web/worklist.html", given)


def _filters(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    if "due_before" in found:
        try:
            day = datetime.fromisoformat(found["due_before"])
        except ValueError:
            del found["due_before"]
        else:
            found["due_before"] = day if day.tzinfo else day.replace(tzinfo=CITY_ZONE)
    return found


def _after(request: HttpRequest) -> tuple[str, int] | None:
    key, _, last = request.GET.get("after", "").partition("~")
    if not last.isdecimal():
        return None
    if key != "infinity":
        try:
            datetime.fromisoformat(key)
        except ValueError:
            return None
    return key, int(last)


def _next(request: HttpRequest, row: Row, queue: Queue) -> str:
    key = row.due_at.isoformat() if row.due_at else "infinity"
    kept = {name: value for name, value in request.GET.items() if name in FILTERS and value}
    return f"{reverse('worklist', args=[queue.name])}?{urlencode({**kept, 'after': f'{key}~{row.number}'})}"
