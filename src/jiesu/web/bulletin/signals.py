"""Signals of gaming: found by the centre, told to the unit, answered by it, sent to quality sampling or laid aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import signalling, windows
from jiesu.domain.daily import moment_words
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.gaming import KINDS
from jiesu.domain.inspecting import oversees
from jiesu.domain.rules import Rules
from jiesu.domain.signalling import CLOSED, STATES, UNDER_WAY
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import signal_searches, signals
from jiesu.store.signal_searches import Search
from jiesu.store.signals import Told
from jiesu.web.bulletin.seat import UNITS, has, months, quarters, surrounded, window_of
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, bare
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import is_part
from jiesu.workflow import signal_searches as searches
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


@dataclass(frozen=True, slots=True)
class Sought:
    """How far the search of a window is, in words. ``under_way``: it may be called off; ``wrong``: it came to nothing;
    ``silent``: it has shown no sign for long, and may be asked for again; ``percent``: how far."""

    said: str
    under_way: bool
    wrong: bool
    silent: bool
    percent: int


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The signals of ``?month=``; a unit sees those about itself. Five statements."""
    return _page(request, who)


def _page(request: HttpRequest, who: Person, wrong: str = "", at: int = 0) -> HttpResponse:
    if not (oversees(who.actor) or has(who, UNITS)):
        return failures.forbidden(request)
    given = surrounded(request, who, "signals")
    codes = _periods(who)
    asked = request.POST.get("month", "") or request.GET.get("month", "")
    month = asked if asked in codes else codes[1]
    window = windows.read(month)
    found = signals.listed(window, units=None if oversees(who.actor) else who.units)
    given.update(
        month=month,
        sought=_sought(signal_searches.of_window(window), who) if oversees(who.actor) else None,
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


def _sought(one: Search | None, who: Person) -> Sought | None:
    if one is None:
        return None
    silent = one.state in UNDER_WAY and who.now - one.moved_at > searches.SILENT
    return Sought(
        _silent(one) if silent else _said(one),
        one.state in UNDER_WAY,
        silent or one.state == "failed",
        silent,
        100 * one.done // one.of if one.of else 0,
    )


def _said(one: Search) -> str:
    asked = f"{one.name} {moment_words(one.asked_at)}"
    looking = f"，正在看“{KINDS[one.kind]}”，第 {one.done + 1} 项，共 {one.of} 项" if one.kind else ""
    found = f"找到 {one.found} 条新线索，已告诉所说的单位" if one.found else "没有新的线索"
    return {
        "waiting": f"{asked} 查找，等后台开始。可以离开这一页，结果留在这里",
        "running": f"{asked} 查找{looking}。可以离开这一页，结果留在这里",
        "done": f"{asked} 查找：{found}",
        "stopped": f"{asked} 的查找已停下，没有告诉任何单位",
        "failed": f"{asked} 的查找出了错，没有做完，也没有告诉任何单位。请再查找一次；还是不行，请管理员看后台日志",
    }[one.state]


def _silent(one: Search) -> str:
    minutes = int(searches.SILENT.total_seconds() // 60)
    begun = "没有动静" if one.state == "running" else "没有开始"
    asked = f"{one.name} {moment_words(one.asked_at)} 的查找，后台 {minutes} 分钟{begun}"
    return f"{asked}。请管理员看后台是否在运行；也可以再查找一次"


def _done(asked: dict[str, str]) -> str:
    done, n = asked.get("done", ""), asked.get("n", "")
    count = int(n) if n.isdecimal() and len(n) < 6 else 0
    return {
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
    """Have a month looked through; pressed again while that is under way, nothing more happens."""
    return _searched(request, who, searches.ask)


@signed_in
@require_POST
def stop(request: HttpRequest, who: Person) -> HttpResponse:
    """Call the search of a month off."""
    return _searched(request, who, searches.stop)


def _searched(request: HttpRequest, who: Person, verb: Callable[..., bool]) -> HttpResponse:
    window = window_of(request.POST.get("month", ""))
    if window is None or window.code not in _periods(who):
        return failures.bad_request(request)
    try:
        verb(window, by=who.actor, now=who.now)
    except Forbidden:
        return failures.forbidden(request)
    return HttpResponseRedirect(f"{reverse('bulletin-signals')}?month={window.code}")


@signed_in
@require_GET
def search(request: HttpRequest, who: Person) -> HttpResponse:
    """How far the search of ``?month=`` is: a part that an open page asks for. Three statements."""
    month = request.GET.get("month", "")
    window = window_of(month)
    if not oversees(who.actor):
        return failures.forbidden(request)
    if window is None or month not in _periods(who):
        return failures.bad_request(request)
    if not is_part(request):
        return HttpResponseRedirect(f"{reverse('bulletin-signals')}?month={month}")
    given = {**bare(request, who), "month": month, "sought": _sought(signal_searches.of_window(window), who)}
    return answer(request, "bulletin/_search.html", given)


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
