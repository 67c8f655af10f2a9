"""The whole order and the decision beside it, as one part of a desk's page; and what comes of deciding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Order
from jiesu.domain.rules import Rules
from jiesu.store import rules as rules_store
from jiesu.web.dispatch.board import Board
from jiesu.web.dispatch.decision import SEND, decision
from jiesu.web.frame import failures, said
from jiesu.web.frame.around import bare
from jiesu.web.frame.gate import Person
from jiesu.web.frame.part import is_part
from jiesu.web.order import forms
from jiesu.web.order.actions import Again
from jiesu.web.order.sheet import sheet
from jiesu.workflow.dispatching import may_return_to_desk
from jiesu.workflow.step import Taken, take

_MOST_BACK: Final = 400


def held(request: HttpRequest, who: Person, board: Board, number: int, again: Again | None = None) -> dict[str, Any]:
    """The order and its decision for the template. At most four statements. Raises NotFound, Forbidden."""
    shown = sheet(request, who, number, again=None if again and again.name == SEND else again)
    made = decision(shown, again)
    own = {"board": board, "panes": f"{board.desk}/panes.html", "back": back_of(request), **board.more(made)}
    return {"sheet": shown, "decision": made, **own}


def show(
    request: HttpRequest, who: Person, board: Board, number: int, again: Again | None = None, status: int = 200
) -> HttpResponse:
    """Both as a part of a desk that is open."""
    try:
        given = {**bare(request, who), **held(request, who, board, number, again)}
    except NotFound as no:
        return failures.page(request, 404, "没有这张工单", no.message)
    except Forbidden as no:
        return failures.page(request, 403, "不能查看", no.message)
    return render(request, given["panes"], given, status=status)


def back_of(request: HttpRequest) -> str:
    """The list that the person came from, as its address says it."""
    return (request.POST if request.method == "POST" else request.GET).get("back", "")[:_MOST_BACK]


def move(request: HttpRequest, who: Person, board: Board, number: int, name: str) -> HttpResponse:
    """Make a move of the table by its form; what is said of it, or the order again with what is wrong."""
    if name not in MOVES or not MOVES[name].hand:
        return failures.not_found(request)
    if name == "merge_into":
        _chosen_or_written(request)
    wanted = forms.asked_of(MOVES[name])
    given = forms.given_in(request, wanted)

    def made() -> Taken:
        sent = forms.files_in(request, wanted, by=who.actor.id, now=who.now)
        given.update(forms.kept_of(sent))
        facts = {**sent, **forms.facts_in(request, wanted)}
        return take(number, name, by=who.actor, now=who.now, facts=facts, seen=seen_of(request))

    return tried(request, who, board, number, name, given, made)


def _chosen_or_written(request: HttpRequest) -> None:
    """The parent is chosen among likely ones or written by number: of both inputs the first that is filled counts."""
    sent = request.POST.copy()
    sent["parent"] = next((one for one in sent.getlist("parent") if one.strip()), "")
    request.POST = sent  # type: ignore[assignment]


def tried(
    request: HttpRequest,
    who: Person,
    board: Board,
    number: int,
    name: str,
    given: dict[str, Any],
    made: Callable[[], Taken],
) -> HttpResponse:
    """What comes of ``made``: words of what was done, or the order again with what was written and what is wrong."""
    try:
        return done(request, who, board, made())
    except NotFound as no:
        return failures.page(request, 404, "没有这张工单", no.message)
    except Conflict as lost:
        return wrong(request, who, board, number, Again(name, given, None, lost.message), 409)
    except Forbidden as no:
        return wrong(request, who, board, number, Again(name, given, no.field, no.message), 403)
    except Refused as no:
        return wrong(request, who, board, number, Again(name, given, no.field, no.message), 422)


def wrong(request: HttpRequest, who: Person, board: Board, number: int, again: Again, status: int) -> HttpResponse:
    """The order again, in its place on the page; for a browser without scripts the page of the order alone."""
    if is_part(request):
        return show(request, who, board, number, again, status)
    try:
        given = {**bare(request, who), **held(request, who, board, number, again)}
    except (NotFound, Forbidden):
        return failures.page(request, status, "没有办成", again.message)
    return render(request, "dispatch/alone.html", given, status=status)


def done(request: HttpRequest, who: Person, board: Board, taken: Taken) -> HttpResponse:
    """What was done and what comes next, by when; then the list again."""
    if not is_part(request):
        return HttpResponseRedirect(f"{board.address}?{back_of(request)}&sent={taken.order.number}")
    then = board.then(taken.order, rules_store.at(taken.event.rules))
    given = {"board": board, "back": back_of(request), **told(who, taken, then)}
    return render(request, "dispatch/_done.html", given)


def told(who: Person, taken: Taken, then: str = "") -> dict[str, Any]:
    """A move that was made, in words; ``stays``: it waits for this person again; ``recall``: it may come back."""
    order, event = taken.order, taken.event
    rules: Rules = rules_store.at(event.rules)
    return {
        "number": order.number,
        "title": taken.title,
        "words": said.done(event.move, order, [event], rules, who.actor, who.now),
        "move": event.move,
        "stays": event.move != "recall" and may_return_to_desk(order) and bool(MOVES[event.move].to),
        "recall": _recallable(order, event.move),
        "version": order.version,
        "rules_id": event.rules,
        "then": then,
    }


def _recallable(order: Order, move: str) -> bool:
    """Whether the unit has not taken it yet: then a dispatch can be called back, with a reason."""
    lead = order.lead
    return move == "dispatch" and order.state == "dispatched" and lead is not None and not lead.provisional


def seen_of(request: HttpRequest) -> int | None:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 9 else None
