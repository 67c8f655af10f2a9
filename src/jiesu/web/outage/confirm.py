"""The second person: claimed times of orders that were entered from paper, confirmed or refused, many at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from jiesu.domain import words
from jiesu.domain.errors import Refused
from jiesu.domain.rules import Rules
from jiesu.store import offline
from jiesu.store.offline import Waiting
from jiesu.web.frame import failures, lines
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.order import forms
from jiesu.web.outage import seats
from jiesu.workflow import offline as verbs
from jiesu.workflow.offline import Result

_LARGEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Line:
    """An order that waits, as its reader may see it. ``mine``: he entered it himself, so another confirms."""

    held: Waiting
    title: str
    matter: str
    state: str
    mine: bool


@signed_in
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """What waits for a second person, and what comes of confirming. Four statements to look."""
    if not seats.sits(who):
        return failures.forbidden(request)
    if request.method == "GET":
        return _page(request, who)
    if not seats.confirms(who):
        return failures.forbidden(request)
    chosen = request.POST.getlist("marked")
    numbers = [int(one) for one in chosen if one.isdecimal() and int(one) < _LARGEST]
    reason = request.POST.get("reason", "")
    agrees = request.POST.get("do") != "refuse"
    try:
        if agrees:
            results = verbs.confirm_many(numbers, by=who.actor, now=who.now)
        else:
            results = verbs.refuse_many(numbers, reason=reason, by=who.actor, now=who.now)
    except Refused as no:
        return _page(request, who, numbers=numbers, reason=reason, wrong=no.message)
    return _page(request, who, results=results, agrees=agrees)


def _page(
    request: HttpRequest,
    who: Person,
    *,
    numbers: list[int] | None = None,
    results: list[Result] | None = None,
    agrees: bool = True,
    reason: str = "",
    wrong: str = "",
) -> HttpResponse:
    given = seats.given(request, who, "confirm")
    rules: Rules = given["rules"]
    held = results or []
    given.update(
        rows=[_line(one, who, rules) for one in offline.waiting()],
        most=verbs.MOST,
        marked=set(numbers or []) | {one.number for one in held if not one.taken},
        went=sum(1 for one in held if one.taken),
        stayed=[one for one in held if not one.taken],
        agrees=agrees,
        reason=reason,
        wrong=wrong,
    )
    return answer(request, "outage/confirm.html", given, status=422 if wrong else 200)


def _line(one: Waiting, who: Person, rules: Rules) -> Line:
    title = one.title if lines.reads_titles(who.actor, one) else "（标题不在您的查看范围）"
    matter = forms.matter_name(rules, one.matter) or "还没有分类"
    return Line(one, title, matter, words.zh(words.STATES, one.state), one.by == who.actor.id)
