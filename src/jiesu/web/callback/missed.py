"""Callers whom nobody answered: take one, ring back, say what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.store import calls
from jiesu.web.callback.pages import exchange
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.workflow import calls as phone_calls

ROLES: Final = frozenset({"callback_clerk", "agent"})
_DONE: Final = {
    "take": "已领取，请拨号",
    "dial": "已拨出",
    "done": "已联系上，任务办结",
    "no_answer": "已记录无人接听，过一会儿再打",
    "release": "已放回，别人可以领取",
}


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """Those who may be rung back now: one's own first, then the urgent ones, by limit."""
    return _page(request, who)


def _page(request: HttpRequest, who: Person, wrong: str = "") -> HttpResponse:
    if not ROLES & set(who.roles):
        return failures.forbidden(request)
    desk = "callback" if "callback_clerk" in who.roles else "intake"
    tasks = calls.tasks(now=who.now, agent=who.actor.id)
    given = around(request, who, desk=desk, tasks=tasks, mine=who.actor.id, wrong=wrong)
    given["done"] = _DONE.get(request.GET.get("done", ""), "")
    given["clerk"] = desk == "callback"
    return answer(request, "callback/missed.html", given, status=422 if wrong else 200)


@signed_in
@require_POST
def act(request: HttpRequest, who: Person, task: int, what: str) -> HttpResponse:
    """Take, dial, done, no_answer, release."""
    if not ROLES & set(who.roles):
        return failures.forbidden(request)
    verb = _verbs(who).get(what)
    if verb is None:
        return failures.not_found(request)
    try:
        verb(task)
    except (Refused, Forbidden, Conflict, NotFound) as no:
        return _page(request, who, no.message)
    return HttpResponseRedirect(f"{reverse('missed')}?done={what}")


def _verbs(who: Person) -> dict[str, Callable[[int], Any]]:
    about: dict[str, Any] = {"by": who.actor, "now": who.now}
    return {
        "take": lambda task: phone_calls.take_task(task, **about),
        "dial": lambda task: phone_calls.dial_task(task, exchange=exchange(), **about),
        "done": lambda task: phone_calls.done_task(task, **about),
        "no_answer": lambda task: phone_calls.no_answer(task, **about),
        "release": lambda task: phone_calls.release_task(task, **about),
    }
