"""The search box: a number goes straight to its order, everything else is listed."""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiesu.domain import privacy, words
from jiesu.store import search
from jiesu.store.search import Hit
from jiesu.web.frame import lines
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in

_NUMBER: Final = re.compile(r"[0-9]{13}")
_PHONE: Final = re.compile(r"(?:\+?86)?1[0-9]{10}|0[0-9]{2,3}-?[0-9]{7,8}")
_MAY_SEARCH_PEOPLE: Final = frozenset({"agent", "callback_clerk", "dispatcher", "supervisor"})
_LONGEST: Final = 100


@signed_in
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest, who: Person) -> HttpResponse:
    """What was asked for travels in the body, so that no phone number stands in an address or a log."""
    asked = request.POST.get("q", "").strip()[:_LONGEST]
    phone = _PHONE.fullmatch(asked) is not None
    if _NUMBER.fullmatch(asked) and not phone:
        return HttpResponseRedirect(reverse("order", args=[int(asked)]))
    given = around(request, who, q=asked, days=search.WINDOW.days)
    hits = _hits(asked, phone, who)
    rules = given["rules"]
    found = [
        {
            "hit": hit,
            "told": lines.reads_titles(who.actor, hit),
            "unit": rules.unit_name(hit.lead_unit) if hit.lead_unit else "",
        }
        for hit in hits
    ]
    return answer(request, "frame/found.html", {**given, "found": found})


def _hits(asked: str, phone: bool, who: Person) -> list[Hit]:
    people = bool(_MAY_SEARCH_PEOPLE & set(who.roles))
    if phone:
        return search.by_phone(asked, limit=search.MOST) if people else []
    if not asked or not _reads_texts(who):
        return []
    units = who.units if set(who.roles) <= words.UNIT_ROLES else None
    found = search.by_words(asked, now=who.now, units=units)
    if not found and people and 2 <= len(asked) <= 4:
        found = search.by_name(asked, limit=search.MOST)
    return found


def _reads_texts(who: Person) -> bool:
    """Whether any role of this person may read what residents say: finding by words tells of them."""
    return any(
        privacy.sees(role, "text", own_unit=True, secret=False, kind="") != "nothing"
        for role in who.roles
        if role in privacy.ROLES
    )
