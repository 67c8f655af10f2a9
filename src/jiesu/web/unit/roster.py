"""The unit's duty roster: who is on duty now, who answers when an urgent order comes at night, who stands in."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.store import roster
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.unit.approve import standing_in
from jiesu.web.unit.desk import sits
from jiesu.web.unit.month import asked_unit
from jiesu.workflow import roster as verbs

WEEKDAYS: Final = [("", "每天"), *((str(day), f"周{zh}") for day, zh in enumerate("一二三四五六日"))]
_FIELDS: Final = ("weekday", "begins", "ends", "name", "phone")


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The roster of one of the person's units (``?unit=``); five statements."""
    return _page(request, who)


@signed_in
@require_POST
def put(request: HttpRequest, who: Person) -> HttpResponse:
    """Write a line; the roster again, or the line with what is wrong."""
    if not sits(who):
        return failures.forbidden(request)
    written = {name: request.POST.get(name, "") for name in _FIELDS}
    entry, weekday = request.POST.get("entry", ""), written["weekday"]
    try:
        verbs.put(
            asked_unit(request, who),
            by=who.actor,
            now=who.now,
            entry=int(entry) if _small(entry) else None,
            weekday=int(weekday) if _small(weekday) else None,
            begins=written["begins"],
            ends=written["ends"],
            name=written["name"],
            phone=written["phone"],
        )
    except (Refused, Forbidden, NotFound) as no:
        wrong = {"entry": entry, "field": getattr(no, "field", None) or "", "said": no.message, **written}
        return _page(request, who, wrong, 422)
    return _back(request, who, "put")


@signed_in
@require_POST
def drop(request: HttpRequest, who: Person) -> HttpResponse:
    """Take a line out."""
    if not sits(who):
        return failures.forbidden(request)
    entry = request.POST.get("entry", "")
    try:
        verbs.drop(asked_unit(request, who), int(entry) if _small(entry) else 0, by=who.actor, now=who.now)
    except (Refused, Forbidden, NotFound) as no:
        return _page(request, who, {"entry": "", "field": "", "said": no.message}, 422)
    return _back(request, who, "drop")


def _small(text: str) -> bool:
    return text.isdecimal() and len(text) < 10


def _back(request: HttpRequest, who: Person, done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('unit_roster')}?unit={asked_unit(request, who)}&done={done}")


def _page(request: HttpRequest, who: Person, wrong: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    if not sits(who):
        return failures.forbidden(request)
    unit = asked_unit(request, who)
    given = around(request, who, desk="unit")
    shifts = roster.of_unit(unit, now=who.now)
    leaders = roster.leaders([unit], now=who.now)
    given.update(
        unit=unit,
        unit_zh=given["rules"].unit_name(unit),
        units=[(one, given["rules"].unit_name(one)) for one in who.units],
        shifts=shifts,
        on_duty=next((one for one in shifts if one.now), None),
        leaders=[one for one in leaders if one.until is None],
        delegates=standing_in(leaders),
        weekdays=WEEKDAYS,
        wrong=wrong,
        done={"put": "值班表已更新。", "drop": "已删去一行。"}.get(request.GET.get("done", ""), ""),
    )
    return answer(request, "unit/roster.html", given, status=status)
