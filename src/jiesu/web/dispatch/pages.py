"""The dispatch desk: the list at the left, the whole order in the middle, the decision at the right."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import words
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.rules import Rules
from jiesu.store import rules as rules_store
from jiesu.web.dispatch import board, panes
from jiesu.web.dispatch.board import Board
from jiesu.web.dispatch.decision import SEND, decision
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around, bare
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import is_part
from jiesu.web.order import forms
from jiesu.web.order.sheet import sheet
from jiesu.workflow import dispatching
from jiesu.workflow.dispatching import Marked
from jiesu.workflow.step import Taken

DESK: Final = Board(
    "dispatch",
    "派单",
    "/dispatch",
    ("accepted", "received", "returns", "asked", "needs_details"),
    "dispatcher",
)
_FACTS: Final = ("lead", "assist", "basis", "note")
_CLASSES: Final = ("kind", "matter", "region", "urgency")
_MOST_MARKED: Final = 50


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The desk. Five statements; four more for an order that the address wants beside the list."""
    return desk(request, who, DESK)


def desk(request: HttpRequest, who: Person, which: Board) -> HttpResponse:
    """A desk that decides order by order; renewed rows of its list for a page that is open."""
    if which.role not in who.roles:
        return failures.forbidden(request)
    given = board.read(request, who, which)
    if request.headers.get("X-Part") == "rows":
        return answer(request, "dispatch/rows.html", given)
    number = board.number_shown(request)
    if number is not None:
        try:
            given.update(panes.held(request, who, which, number))
        except (NotFound, Forbidden) as no:
            given["lost"] = no.message
        given["back"] = board_query(given)
    return answer(request, "dispatch/desk.html", given)


def board_query(given: dict[str, Any]) -> str:
    return str(given["address"]).partition("?")[2]


@signed_in
@require_GET
def order(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """The order with its decision, for the page that is open; a browser goes to the desk with it."""
    if DESK.role not in who.roles:
        return failures.forbidden(request)
    if not is_part(request):
        return HttpResponseRedirect(f"{reverse('dispatch')}?order={number}")
    return panes.show(request, who, DESK, number)


@signed_in
@require_POST
def send(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """Dispatch; an order that is only received is accepted first, in the same gesture."""
    received = request.POST.get("step") == "accept"
    names = (*_FACTS, *(_CLASSES if received else ()))
    given = forms.given_in(request, names)

    def made() -> Taken:
        facts = forms.facts_in(request, _FACTS)
        classes = forms.facts_in(request, _CLASSES) if received else {}
        seen = panes.seen_of(request)
        return dispatching.send(
            number, received=received, facts=facts, classes=classes, by=who.actor, now=who.now, seen=seen
        )

    return panes.tried(request, who, DESK, number, SEND, given, made)


@signed_in
@require_POST
def move(request: HttpRequest, who: Person, number: int, name: str) -> HttpResponse:
    """Any other move of the desk: ask for details, refuse, merge, transfer, answer what is asked, recall."""
    return panes.move(request, who, DESK, number, name)


@signed_in
@require_POST
def suggestion(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """The decision anew for a classification that is being changed and not yet saved."""
    given = forms.given_in(request, (*_FACTS, *_CLASSES))
    try:
        shown = sheet(request, who, number, related=True)
        classes = forms.facts_in(request, _CLASSES)
    except (NotFound, Forbidden) as no:
        return failures.page(request, 404, "没有这张工单", no.message)
    except Refused as no:
        return render(request, "dispatch/_unclear.html", {"problem": no.message}, status=422)
    for name, value in classes.items():
        if value in _known(shown.rules, name):
            setattr(shown.order, name, value)
    made = decision(shown)
    if made.send:
        made.send.basis, made.send.note = given["basis"], given["note"]
    return render(request, "dispatch/_decide.html", {**bare(request, who), "decision": made, "sheet": shown})


def _known(rules: Rules, name: str) -> Collection[str]:
    """The codes that a part of the classification may have."""
    lists: dict[str, Collection[str]] = {
        "kind": words.KINDS,
        "urgency": words.URGENCIES,
        "matter": rules.matters,
        "region": rules.regions,
    }
    return lists[name]


@signed_in
@require_POST
def many(request: HttpRequest, who: Person) -> HttpResponse:
    """Marked orders to the one unit that is suggested for all of them, each by itself; which went, and why not."""
    if DESK.role not in who.roles:
        return failures.forbidden(request)
    rules = rules_store.current()
    lead = request.POST.get("lead", "")
    marked = [one for one in map(_marked, request.POST.getlist("marked")[:_MOST_MARKED]) if one]
    if lead not in rules.units or not marked:
        said = "请先标记要派的工单" if not marked else "标记的工单建议单位不同，请只标同一单位的再一起派"
        return _report(request, who, {"problem": said}, 422)
    results = dispatching.send_many(marked, lead, by=who.actor, now=who.now)
    went = [panes.told(who, one.taken) for one in results if one.taken]
    stayed = [one for one in results if not one.taken]
    return _report(request, who, {"unit": rules.unit_name(lead), "went": went, "stayed": stayed, "rules": rules})


def _marked(text: str) -> Marked | None:
    number, _, seen = text.partition(":")
    if not number.isdecimal() or len(number) > 18:
        return None
    return Marked(int(number), int(seen) if seen.isdecimal() and len(seen) < 9 else None)


def _report(request: HttpRequest, who: Person, given: dict[str, Any], status: int = 200) -> HttpResponse:
    if is_part(request):
        return render(
            request, "dispatch/_report.html", {"board": DESK, "back": panes.back_of(request), **given}, status=status
        )
    whole = {**around(request, who, desk=DESK.desk), "board": DESK, "back": panes.back_of(request), **given}
    return answer(request, "dispatch/report.html", whole, status=status)
