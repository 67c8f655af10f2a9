"""The list of editions, and the drafting of a new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.assessment.bulletin import editions as verbs
from jiesu.domain import windows
from jiesu.domain.bulletins import EDITIONS
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import editions
from jiesu.store.editions import Listed
from jiesu.web.bulletin.seat import DRAFTS, READERS, has, surrounded, window_of
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.asked import day_of
from jiesu.web.frame.gate import Person, signed_in

_PAGE: Final = 24
_OFFERED: Final = {"month": 3, "week": 2, "quarter": 2, "year": 1}


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The editions, the latest window first; a unit sees those that were issued. Four statements."""
    return _list(request, who)


def _list(request: HttpRequest, who: Person, wrong: str = "") -> HttpResponse:
    if not has(who, READERS):
        return failures.forbidden(request)
    given = surrounded(request, who, "editions")
    found = editions.listed(issued=not has(who, DRAFTS), before=day_of(request.GET.get("before", "")), limit=_PAGE)
    offered = _offered(who.now.astimezone(CITY_ZONE).date(), found) if verbs.writes(who.actor) else []
    given.update(
        rows=[(one, EDITIONS[one.window.span]) for one in found[:_PAGE]],
        next=found[_PAGE - 1].window.first.isoformat() if len(found) > _PAGE else "",
        first=next((one for one in offered if one.span == "month"), None),
        offered=[(one, EDITIONS[one.span]) for one in offered],
        wrong=wrong,
    )
    return answer(request, "bulletin/list.html", given, status=422 if wrong else 200)


def _offered(today: date, found: Sequence[Listed]) -> list[Window]:
    """Windows that are over and have no edition, the newest of each kind first."""
    held = {one.window for one in found}
    offered = []
    for span, back in _OFFERED.items():
        window = windows.of(span, today)
        for _ in range(back):
            window = window.before
            if window not in held:
                offered.append(window)
    return offered


@signed_in
@require_POST
def make(request: HttpRequest, who: Person) -> HttpResponse:
    """Draft an edition, or go to the one that there is."""
    window = window_of(request.POST.get("window", ""))
    if window is None:
        return failures.bad_request(request)
    try:
        made = verbs.make(window, by=who.actor, now=who.now)
    except Forbidden:
        return failures.forbidden(request)
    except Refused as no:
        return _list(request, who, no.message)
    return HttpResponseRedirect(f"{reverse('bulletin-edition', args=[window.code])}{'?done=make' if made else ''}")
