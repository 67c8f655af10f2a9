"""Signals of gaming: found by the centre, told to the unit, answered by it, sent to quality sampling or laid aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.assessment.signals import signals as found_in
from jiesu.domain import signalling, windows
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.gaming import KINDS
from jiesu.domain.inspecting import oversees
from jiesu.domain.rules import Rules
from jiesu.domain.signalling import CLOSED, STATES
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import signals
from jiesu.store.signals import Told
from jiesu.web.bulletin.seat import UNITS, has, months, quarters, surrounded, window_of
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.workflow import signals as verbs

_LISTED: Final = 20
_TONES: Final = {"told": "amber", "sent": "flag"}


@dataclass(frozen=True, slots=True)
class Row:
    """A signal as the list shows it. ``answers``: its unit may write; ``late``: the unit's days are over."""

    one: Told
    unit: str
    zh: str
    state: str
    tone: str
    numbers: tuple[int, ...]
    open: bool
    answers: bool
    ready: bool
    wrong: str = ""
    written: str = ""


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The signals of ``?month=``; a unit sees those about itself. Four statements."""
    return _page(request, who)


def _page(request: HttpRequest, who: Person, wrong: str = "", at: int = 0) -> HttpResponse:
    if not (oversees(who.actor) or has(who, UNITS)):
        return failures.forbidden(request)
    given = surrounded(request, who, "signals")
    codes = _periods(who)
    asked = request.POST.get("month", "") or request.GET.get("month", "")
    month = asked if asked in codes else codes[1]
    found = signals.listed(windows.read(month), units=None if oversees(who.actor) else who.units)
    given.update(
        month=month,
        months=codes,
        oversees=oversees(who.actor),
        rows=[_row(one, given["rules"], who, request, wrong if one.id == at else "") for one in found],
        sampled=signalling.SAMPLED,
        wrong=wrong if not at else "",
        done=_done(request.GET),
        of=request.GET.get("of", ""),
    )
    return answer(request, "bulletin/signals.html", given, status=422 if wrong else 200)


def _periods(who: Person) -> list[str]:
    """Months, and quarters for units that have few orders a month."""
    return [*months(who), *quarters(who)]


def _done(asked: dict[str, str]) -> str:
    done, n = asked.get("done", ""), asked.get("n", "")
    count = int(n) if n.isdecimal() and len(n) < 6 else 0
    return {
        "find": f"找到 {count} 条新线索，已告诉所说的单位。" if count else "没有新的线索。",
        "answer": "说明已送出，写着时间。",
        "send": f"{count} 张工单已列入质检抽样，由质检员判断。",
        "drop": "已写明理由，不再追。",
    }.get(done, "")


def _row(one: Told, rules: Rules, who: Person, request: HttpRequest, wrong: str) -> Row:
    today = who.now.astimezone(CITY_ZONE).date()
    return Row(
        one,
        rules.unit_name(one.signal.unit),
        KINDS[one.signal.kind],
        STATES[one.state],
        _TONES.get(one.state, ""),
        one.signal.numbers[:_LISTED],
        one.state not in CLOSED,
        one.signal.unit in who.units,
        one.state == "answered" or today > one.answer_by,
        wrong,
        request.POST.get("text", "") if wrong else "",
    )


@signed_in
@require_POST
def find(request: HttpRequest, who: Person) -> HttpResponse:
    """Look through a month, and tell the units of what is new."""
    window = window_of(request.POST.get("month", ""))
    if window is None or window.code not in _periods(who):
        return failures.bad_request(request)
    if not oversees(who.actor):
        return failures.forbidden(request)
    made = verbs.tell(window, found_in(window), by=who.actor, now=who.now)
    return HttpResponseRedirect(f"{reverse('bulletin-signals')}?month={window.code}&done=find&n={made}")


@signed_in
@require_POST
def act(request: HttpRequest, who: Person, id_: int, verb: str) -> HttpResponse:
    """The unit answers; the centre sends or lays aside."""
    text, made = request.POST.get("text", ""), 0
    try:
        if verb == "answer":
            verbs.answer(id_, text, by=who.actor, now=who.now)
        elif verb == "send":
            made = verbs.send(id_, by=who.actor, now=who.now)
        elif verb == "drop":
            verbs.drop(id_, text, by=who.actor, now=who.now)
        else:
            return failures.not_found(request)
    except Forbidden:
        return failures.forbidden(request)
    except NotFound:
        return failures.not_found(request)
    except Refused as no:
        return _page(request, who, no.message, id_)
    month = request.POST.get("month", "")
    shown = f"month={month}&" if month in _periods(who) else ""
    return HttpResponseRedirect(f"{reverse('bulletin-signals')}?{shown}done={verb}&n={made}&of={id_}")
