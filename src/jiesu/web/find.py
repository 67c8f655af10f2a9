"""The search box: one order goes straight to its page, several are listed."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiesu.domain import words
from jiesu.store import rules as rules_store
from jiesu.store import search
from jiesu.store.search import Hit
from jiesu.web.gate import Person, frame, signed_in

_PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}")
_MAY_SEARCH_PEOPLE = frozenset({"agent", "callback_clerk", "dispatcher", "supervisor"})


@signed_in
@require_POST
def find(request: HttpRequest, who: Person) -> HttpResponse:
    """What was asked for travels in the body, so that no phone number stands in an address or a log."""
    asked = request.POST.get("q", "").strip()
    hits = _hits(asked, who)
    if len(hits) == 1 and asked.isdecimal() and len(asked) == 13:
        return HttpResponseRedirect(reverse("order", args=[hits[0].number]))
    rules = rules_store.current()
    units = {hit.lead_unit: rules.unit_name(hit.lead_unit or "") for hit in hits}
    return render(request, "web/found.html", frame(who, q=asked, hits=hits, units=units, days=search.WINDOW.days))


def _hits(asked: str, who: Person) -> list[Hit]:
    if not asked:
        return []
    units = who.units if set(who.roles) <= words.UNIT_ROLES else None
    if asked.isdecimal() and len(asked) == 13 and not asked.startswith("1"):
        return search.by_number(int(asked), units=units)
    people = bool(_MAY_SEARCH_PEOPLE & set(who.roles))
    if people and _PHONE.fullmatch(asked):
        return search.by_phone(asked, limit=search.MOST)
    found = search.by_words(asked, now=who.now, units=units)
    if not found and people and 2 <= len(asked) <= 4:
        found = search.by_name(asked, limit=search.MOST)
    return found
