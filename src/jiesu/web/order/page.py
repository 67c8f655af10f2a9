"""The order page: what the citizen said, the whole way, what this person can do now."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.moves import MOVES
from jiesu.web.frame import failures, said
from jiesu.web.frame.around import answer, around, bare
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import is_part, part
from jiesu.web.order import forms
from jiesu.web.order.actions import Again
from jiesu.web.order.sheet import sheet
from jiesu.workflow.intake import shown_of
from jiesu.workflow.step import take

_NEVER: Final = 2**31 - 1
"""A version that no order reaches, for what a page cannot have shown."""
_TEMPLATES: Final = {"way": "order/renewed.html"}


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """The page of an order."""
    return page(request, who, number)


@signed_in
@require_POST
def move(request: HttpRequest, who: Person, number: int, name: str) -> HttpResponse:
    """Make a move; back to the page (or to where the form says), or the form again with what is wrong."""
    if name not in MOVES or not MOVES[name].hand:
        return failures.not_found(request)
    wanted = forms.asked_of(MOVES[name])
    given = forms.given_in(request, wanted)
    try:
        sent = forms.files_in(request, wanted, by=who.actor.id, now=who.now)
        given.update(forms.kept_of(sent))
        facts = {**sent, **forms.facts_in(request, wanted)}
        shown = shown_of(facts) if "place" in facts and name == "correct" else None
        seen = request.POST.get("seen", "")
        take(
            number,
            name,
            by=who.actor,
            now=who.now,
            facts=facts,
            seen=min(int(seen), _NEVER) if seen.isdecimal() else None,
            shown=shown,
        )
    except NotFound:
        return nowhere(request, number)
    except Conflict as conflict:
        return page(request, who, number, status=409, again=Again(name, given, None, conflict.message))
    except Forbidden as refused:
        return page(request, who, number, status=403, again=Again(name, given, refused.field, refused.message))
    except Refused as refused:
        return page(request, who, number, status=422, again=Again(name, given, refused.field, refused.message))
    return HttpResponseRedirect(_next(request) or f"{reverse('order', args=[number])}?done={name}")


def _next(request: HttpRequest) -> str:
    """The page of this site that the form wants to go back to; empty for none."""
    wanted = request.POST.get("next", "")
    return wanted if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, None) else ""


def page(
    request: HttpRequest, who: Person, number: int, *, status: int = 200, again: Again | None = None
) -> HttpResponse:
    """The page of an order, or the part of it that is asked for."""
    wanted = part(request)
    try:
        shown = sheet(request, who, number, again=again, related=wanted != "way")
    except NotFound:
        return nowhere(request, number)
    except Forbidden as refused:
        return failures.page(request, 403, "不能查看", refused.message)
    given = bare(request, who) if is_part(request) else around(request, who)
    done = request.GET.get("done", "")
    given.update(
        sheet=shown,
        order=shown.order,
        done=said.done(done, shown.order, shown.events, shown.rules, who.actor, who.now),
        done_move=done,
    )
    return answer(request, _TEMPLATES.get(wanted, "order/page.html"), given, status=status)


def nowhere(request: HttpRequest, number: int) -> HttpResponse:
    return failures.page(request, 404, "没有这张工单", f"没有工单 {number}，请核对工单号。")
