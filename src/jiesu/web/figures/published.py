"""Telling, freezing and correcting a window's figures: the days of the calendar, a button for each step, a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.assessment import freezing
from jiesu.assessment.freezing import Schedule
from jiesu.domain import windows
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.rules import Rules
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import publications
from jiesu.store.publications import Listed
from jiesu.web.figures.seat import PUBLISHES, has, reads, surrounded
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in

_MONTHS: Final = 3
_VERBS: Final = {"preliminary": "预公布", "freeze": "定稿", "correct": "更正"}


@dataclass(frozen=True, slots=True)
class Step:
    """A month that is over: its days, how far it is, and what may be done now."""

    window: Window
    days: Schedule
    told: str
    frozen: str
    due: str
    early: bool


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The last months with what is due, and every publication. Four statements."""
    if not reads(who):
        return failures.forbidden(request)
    return _page(request, who)


def _page(request: HttpRequest, who: Person, *, status: int = 200, **more: Any) -> HttpResponse:
    given = surrounded(request, who, "published")
    rules: Rules = given["rules"]
    found = publications.listed()
    today = who.now.astimezone(CITY_ZONE).date()
    publishes = has(who, PUBLISHES)
    given.update(
        rows=[(one, one.one.at.astimezone(CITY_ZONE), _board(one)) for one in found],
        steps=[_step(window, rules, found, today) for window in _over(today)],
        publishes=publishes,
        frozen=list(dict.fromkeys(one.one.window for one in found if one.one.stage == "final")),
        done=_done(request, found),
        verbs=_VERBS,
        **more,
    )
    return answer(request, "figures/published.html", given, status=status)


def _board(one: Listed) -> str:
    return f"{reverse('figures')}?window={one.one.window.code}&by=unit&publication={one.one.id}"


def _over(today: date) -> list[Window]:
    """The last months that are over, the newest first."""
    found = [windows.of("month", today).before]
    while len(found) < _MONTHS:
        found.append(found[-1].before)
    return found


def _step(window: Window, rules: Rules, found: Sequence[Listed], today: date) -> Step:
    mine = {one.one.stage: one.one for one in reversed(found) if one.one.window == window}
    days = freezing.schedule(window, rules)
    told, frozen = (
        f"{mine[stage].at.astimezone(CITY_ZONE):%m-%d %H:%M}" if stage in mine else ""
        for stage in ("preliminary", "final")
    )
    due = "" if frozen else "freeze" if told and today >= days.frozen_on else "" if told else "preliminary"
    return Step(window, days, told, frozen, due, today < days.frozen_on)


def _done(request: HttpRequest, found: Sequence[Listed]) -> str:
    """What was just published, in words."""
    asked = request.GET.get("done", "")
    one = next((held.one for held in found if str(held.one.id) == asked), None)
    if one is None:
        return ""
    said = f"{one.window.zh}已{one.zh}：{one.orders:,} 张工单，摘要 {one.inputs[:16]}"
    return f"{said}。各单位打开“三率”就能看到。" if one.stage == "preliminary" else f"{said}。"


@signed_in
@require_POST
def publish(request: HttpRequest, who: Person) -> HttpResponse:
    """Tell, freeze or correct a window; back to the page, or the form again with what is wrong."""
    if not reads(who):
        return failures.forbidden(request)
    verb, reason = request.POST.get("verb", ""), request.POST.get("reason", "")[:400]
    written = {"verb": verb, "window": request.POST.get("window", ""), "reason": reason}
    try:
        window = windows.read(written["window"])
        if verb == "correct":
            held = freezing.correct(window, by=who.actor, now=who.now, reason=reason)
        elif verb == "freeze":
            held = freezing.freeze(window, by=who.actor, now=who.now, early=reason)
        else:
            held = freezing.preliminary(window, by=who.actor, now=who.now)
    except Forbidden as no:
        return failures.page(request, 403, "不能办理", f"{no.message}。")
    except Refused as no:
        return _page(request, who, status=422, problem=no.message, written=written)
    return HttpResponseRedirect(f"{reverse('figures-published')}?done={held.id}")
