"""What falls due to be erased by the city's periods; people are asked for in one go, recordings go by themselves."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiesu.domain import person_requests as rules_of
from jiesu.domain.errors import Refused
from jiesu.store import person_requests as reads
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.privacy import seat
from jiesu.workflow import drafts
from jiesu.workflow import privacy as verbs

_SHOWN: Final = 50
_LARGEST: Final = 2**63


@signed_in
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The periods and what is due; posted: ask for those that are ticked. Five statements to read."""
    if not seat.may(who, "privacy-retention"):
        return failures.forbidden(request)
    if request.method == "GET":
        return _page(request, who)
    chosen = [int(one) for one in request.POST.getlist("person") if one.isdecimal() and int(one) < _LARGEST]
    try:
        made = verbs.ask_expired(chosen, by=who.actor, now=who.now)
    except Refused as no:
        return _page(request, who, wrong=no.message, status=422)
    return HttpResponseRedirect(f"{reverse('privacy-retention')}?made={made}")


def _page(request: HttpRequest, who: Person, *, wrong: str = "", status: int = 200) -> HttpResponse:
    given = seat.seated(request, who, "privacy-retention", wrong=wrong)
    params = given["rules"].params
    orders = rules_of.kept_since(params, "keep_orders", who.now)
    recordings = rules_of.kept_since(params, "keep_recordings", who.now)
    held, oldest = reads.recordings_due(recordings) if recordings else (0, None)
    made = request.GET.get("made", "")
    given.update(
        made=int(made) if made.isdecimal() and len(made) < 5 else None,
        orders_period=rules_of.period(params, "keep_orders"),
        orders_since=orders,
        recordings_period=rules_of.period(params, "keep_recordings"),
        recordings=held,
        oldest=oldest,
        drafts=drafts.KEPT.days,
        most=reads.MOST_DUE,
        due=reads.due(orders, limit=_SHOWN) if orders else [],
        shown=_SHOWN,
    )
    return answer(request, "privacy/retention.html", given, status=status)
