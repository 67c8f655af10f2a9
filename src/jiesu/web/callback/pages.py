"""The callback desk: the next call with what to say, its result in two keys, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypedDict
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.channels import phone
from jiesu.domain import words
from jiesu.domain.callbacks import negative
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.order import Actor, Callback
from jiesu.domain.rules import Rules
from jiesu.store import calls, sampling
from jiesu.store.datadir import DataDir
from jiesu.web.callback.panel import line_words, panel
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around, said
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import is_part
from jiesu.workflow import callback
from jiesu.workflow import calls as phone_calls
from jiesu.workflow import sampling as draws
from jiesu.workflow.callback import Called, Line

_PLACES: Final = {
    "callback": "callback",
    "later": "callback-later",
    "after": "callback-after",
    "sample": "callback-sample",
}
_SHOWN: Final = {"callback": "callback", "after": "after", "sample": "sample"}
_EMPTY: Final = {
    "callback": "现在没有可打的回访。等别的时段再打的，在“稍后再打”里。",
    "later": "没有在等别的时段的回访。",
    "after": "没有待核实的承诺、撤诉和法定结果。",
    "sample": "没有抽中待打的工单。",
}
_DONE: Final = {
    **{code: f"已记录：{zh}" for code, zh in words.ATTEMPTS.items()},
    "later": "放一小时，到时再排进来",
    "close": "已办结",
    "close_with_promise": "已按承诺办结，到期在“承诺和核实”里再打",
    "close_unreachable": "已按未联系上办结",
    "rework": "已退回单位重办",
    "reopen": "已重启，交回承办单位",
    "split_off": "已拆出并单，单独派单",
    "check_promise": "已记录承诺兑现",
    "confirm_withdrawal": "已核实撤诉",
    "tell_result": "已记录告知结果",
}
# Under which names the words of a form are kept while they are not sent (``drafts``).
_FORMS: Final = {
    "kept": "check_promise",
    "broken": "check_promise",
    "willing": "confirm_withdrawal",
    "pressed": "confirm_withdrawal",
    "told": "tell_result",
}
_LARGEST: Final = 2**63


@dataclass(slots=True)
class Again:
    """What was written in a form that was not taken, and what is wrong."""

    message: str
    wrong: str | None = None
    given: Mapping[str, str] = field(default_factory=dict)


def _sits(who: Person) -> bool:
    return "callback_clerk" in who.roles


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, which: str = "callback") -> HttpResponse:
    """A list of the desk and the order whose turn it is. ``?order=``: another one."""
    return _page(request, who, which)


def _page(
    request: HttpRequest, who: Person, which: str, *, wanted: int | None = None, again: Again | None = None
) -> HttpResponse:
    if not _sits(who):
        return failures.forbidden(request)
    given = around(request, who, desk="callback", shown=_SHOWN.get(which, ""))
    rules: Rules = given["rules"]
    asked = wanted or _number(request.GET.get("order", ""))
    found = callback.work(which, by=who.actor, staff=who.account.staff, rules=rules, now=who.now, wanted=asked)
    given.update(
        which=which,
        tabs=_tabs(given, which, found.counts.later, found.counts.missed),
        here=reverse(_PLACES[which]),
        lines=[(one, lines_shown(one, rules), one is found.chosen) for one in found.lines],
        work=found,
        empty=_EMPTY[which],
        again=again,
        written=again.given if again else {},
        call=_number(request.POST.get("call", "") or request.GET.get("call", "")) or "",
        auto=bool(request.POST.get("auto") or request.GET.get("dial")),
        dial=bool(request.GET.get("dial")) and again is None,
        done=_done(request),
        missing=asked if asked and found.chosen is None else 0,
        drawn=sampling.draws(draws.yesterday(who.now)) if which == "sample" else [],
        yesterday=draws.yesterday(who.now),
        solved=list(words.SOLVED.items()),
        ratings=list(words.RATINGS.items()),
    )
    if found.chosen is not None:
        given["sheet"], given["panel"] = panel(request, who, found.chosen, rules)
    return answer(request, "callback/desk.html", given, status=422 if again else 200)


@dataclass(frozen=True, slots=True)
class Tab:
    """A list of the desk above the page; ``said``: how many wait in it."""

    zh: str
    address: str
    said: str
    open: bool


def _tabs(given: Mapping[str, Any], which: str, later: int, missed: int) -> list[Tab]:
    waiting = {queue.name: said(count) for queue, count in given["queues"]}
    named = [
        ("callback", "待回访", waiting.get("callback", "")),
        ("later", "稍后再打", said(later)),
        ("after", "承诺和核实", waiting.get("after", "")),
        ("sample", "抽查", waiting.get("sample", "")),
    ]
    tabs = [Tab(zh, reverse(_PLACES[name]), count, name == which) for name, zh, count in named]
    return [*tabs, Tab("未接来电", reverse("missed"), said(missed), open=False)]


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the list beside its order."""

    title: str
    place: str
    said: str
    unit: str


def lines_shown(one: Line, rules: Rules) -> Shown:
    order = one.waiting.order
    unit = rules.unit_name(order.lead.unit) if order.lead else ""
    return Shown(one.waiting.title or "（无标题）", one.waiting.place, line_words(one), unit)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and int(text) < _LARGEST else None


def _done(request: HttpRequest) -> tuple[str, int, str] | None:
    """What was just done to which order, and the draft that is done with.

    Words for codes alone, so that an address can say nothing of its own.
    """
    told, of = _DONE.get(request.GET.get("done", "")), _number(request.GET.get("of", ""))
    form = request.GET.get("form", "")
    kept = form if form in (*_FORMS.values(), "callback_attempt") else ""
    return (told, of, f"order/{of}/{kept}" if kept else "") if told and of else None


# -- what a call brought


def _made(
    request: HttpRequest, who: Person, number: int, verb: Callable[[], Called | None], what: str = "", form: str = ""
) -> HttpResponse:
    """Do it and go on to the next call; or the same order again, with what was written and what is wrong."""
    which = request.POST.get("list", "callback")
    which = which if which in _PLACES else "callback"
    if not _sits(who):
        return failures.forbidden(request)
    try:
        made = verb()
    except NotFound as no:
        return failures.page(request, 404, "没有这张工单", no.message)
    except (Forbidden, Refused) as no:
        return _page(request, who, which, wanted=number, again=Again(no.message, no.field, request.POST.dict()))
    except Conflict as no:
        return _page(request, who, which, wanted=number, again=Again(no.message, None, request.POST.dict()))
    if made is not None and made.left:
        told = f"评价已记下。还没有办结：{made.left}"
        return _page(request, who, which, wanted=number, again=Again(told, None, {}))
    then = {
        "done": (made.move if made else "") or what,
        "of": number,
        "form": form,
        "dial": "1" if request.POST.get("auto") else "",
    }
    return HttpResponseRedirect(f"{reverse(_PLACES[which])}?{urlencode({k: v for k, v in then.items() if v})}")


@signed_in
@require_POST
def attempt(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """The result of a call: nobody answered, or what the citizen thinks and what follows from it."""
    sent = request.POST
    result = sent.get("attempt", "")
    talked = result == "answered"
    return _made(
        request,
        who,
        number,
        lambda: callback.called(
            number,
            result,
            by=who.actor,
            now=who.now,
            resolved=sent.get("resolved") or None if talked else None,
            rating=sent.get("rating") or None if talked else None,
            opinion=sent.get("opinion", "") if talked else "",
            then=_then(sent, who.now) if talked else "",
            reason=sent.get("reason", ""),
            call=_number(sent.get("call", "")),
            seen=_number(sent.get("seen", "")),
        ),
        what=result,
        form="callback_attempt",
    )


def _then(sent: Mapping[str, str], now: datetime) -> str:
    """What follows: as the button says, which for an unhappy answer is not to close it (``callbacks.negative``)."""
    wanted = sent.get("then", "")
    said = Callback(now, "", 1, "answered", resolved=sent.get("resolved"), rating=sent.get("rating"))
    return "" if negative(said) and wanted == "finish" else wanted


@signed_in
@require_POST
def decide(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """What follows where no call has to be made any more; or the order is laid aside for an hour."""
    sent = request.POST
    if sent.get("then") == "later":
        return _made(request, who, number, lambda: _laid_aside(who, number), "later")
    return _made(
        request,
        who,
        number,
        lambda: callback.decide(
            number,
            sent.get("then", ""),
            by=who.actor,
            now=who.now,
            reason=sent.get("reason", ""),
            seen=_number(sent.get("seen", "")),
        ),
    )


def _laid_aside(who: Person, number: int) -> Called | None:
    callback.put_off(number, by=who.actor, now=who.now)
    return None


class _About(TypedDict):
    """What every verb of a check is told besides."""

    by: Actor
    now: datetime
    call: int | None
    seen: int | None


@signed_in
@require_POST
def check(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """What was said of a promise, a withdrawal or a legal result; or that nobody answered."""
    sent = request.POST
    call, seen = _number(sent.get("call", "")), _number(sent.get("seen", ""))
    opinion, reason = sent.get("opinion", ""), sent.get("reason", "")
    about: _About = {"by": who.actor, "now": who.now, "call": call, "seen": seen}

    def verb() -> Called | None:
        what = sent.get("what", "")
        if what in ("kept", "broken"):
            return callback.promise_kept(number, what == "kept", opinion=opinion, reason=reason, **about)
        if what in ("willing", "pressed"):
            return callback.withdrawal_confirmed(number, what == "pressed", opinion=opinion, reason=reason, **about)
        if what == "told":
            return callback.result_told(number, sent.get("result", ""), **about)
        callback.not_reached(number, sent.get("attempt", ""), by=who.actor, now=who.now)
        return None

    return _made(request, who, number, verb, sent.get("attempt", ""), _FORMS.get(sent.get("what", ""), ""))


# -- the phone


@signed_in
@require_POST
def dial(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """Have the exchange ring the citizen; the call's id to a script, else back to the order."""
    if not _sits(who):
        return failures.forbidden(request)
    try:
        call = phone_calls.dial_order(number, by=who.actor, now=who.now, exchange=exchange())
    except (Forbidden, Refused, NotFound) as no:
        if is_part(request):
            return JsonResponse({"said": no.message}, status=422)
        return _page(request, who, _which(request), wanted=number, again=Again(no.message))
    if is_part(request):
        return JsonResponse({"call": call, "said": "已拨出，接通后照着右边的话说"})
    return HttpResponseRedirect(f"{reverse(_PLACES[_which(request)])}?{urlencode({'order': number, 'call': call})}")


def _which(request: HttpRequest) -> str:
    which = request.POST.get("list", "")
    return which if which in _PLACES else "callback"


def exchange() -> phone_calls.Exchange:
    return phone.chosen(DataDir.choose().logs)


@signed_in
@require_GET
def talk(request: HttpRequest, who: Person) -> HttpResponse:
    """The call that this clerk is in, for the panel."""
    if not _sits(who):
        return failures.forbidden(request)
    held = calls.pop(who.actor.id, now=who.now)
    return answer(request, "callback/_talk.html", {"base": "frame/part.html", "talk": held, "now": who.now})


# -- the sample


@signed_in
@require_POST
def draw(request: HttpRequest, who: Person) -> HttpResponse:
    """Draw the sample of yesterday's closed orders, where the night has not done it."""
    if not _sits(who):
        return failures.forbidden(request)
    draws.draw(draws.yesterday(who.now), by=who.actor, now=who.now)
    return HttpResponseRedirect(reverse("callback-sample"))
