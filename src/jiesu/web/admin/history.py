"""The history of changes: filtered, in words, and the way back from each."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jiesu.domain.administration import cells
from jiesu.domain.administration.cells import BadValue
from jiesu.domain.administration.kinds import KINDS
from jiesu.domain.administration.names import Names
from jiesu.store.administration import changes
from jiesu.store.administration.changes import MOST, PAGE, Wanted
from jiesu.web.admin.seat import administrators, seated
from jiesu.web.admin.wording import OTHERS, told
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person

_ALL: Final = 500
_FILTERS: Final = ("kind", "by", "q", "batch", "from", "to")


@administrators
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """Changes, the newest first. Six statements: who has changed anything is a filter."""
    given = seated(request, who, "history")
    kinds = {**{name: kind.zh for name, kind in KINDS.items()}, **OTHERS}
    people = changes.people()
    asked = {name: request.GET.get(name, "").replace("\0", "").strip()[:80] for name in _FILTERS}
    before = request.GET.get("before", "")
    wanted = Wanted(
        name=asked["kind"] if asked["kind"] in kinds else "",
        by=asked["by"],
        words=asked["q"],
        batch=asked["batch"],
        first=_day(asked["from"]),
        last=_day(asked["to"]),
    )
    upto = int(before) if before.isdecimal() and len(before) < 18 else None
    kept = changes.history(_before(wanted, upto))
    names = Names(given["rules"])
    query = {name: value for name, value in asked.items() if value}
    given.update(
        rows=[told(one, names) for one in kept[:PAGE]],
        total=changes.count(wanted),
        most=MOST,
        kinds=sorted(kinds.items(), key=lambda pair: pair[1]),
        people=people,
        asked=asked,
        any=bool(query),
        next=f"?{urlencode({**query, 'before': kept[PAGE - 1].id})}" if len(kept) > PAGE else "",
    )
    return answer(request, "admin/history.html", given)


def _before(wanted: Wanted, upto: int | None) -> Wanted:
    return Wanted(
        wanted.name, wanted.key, wanted.by, wanted.words, wanted.batch, wanted.first, wanted.last, before=upto
    )


def _day(text: str) -> date | None:
    try:
        return cells.day_of(text)
    except BadValue:
        return None


@administrators
@require_GET
def one(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """One change with all its differences."""
    kept = changes.get(number)
    if kept is None:
        raise Http404
    given = seated(request, who, "history")
    given.update(one=told(kept, Names(given["rules"]), most=_ALL))
    return answer(request, "admin/change.html", given)
