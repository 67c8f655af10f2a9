"""Recordings of an order's calls: heard by those who may, and on record before anything is played."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from jiesu.channels.phone import port as phone
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.permissions import sees
from jiesu.store import calls, orders
from jiesu.store.datadir import DataDir
from jiesu.web.frame import failures
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import is_part
from jiesu.workflow import calls as verbs


@signed_in
@require_POST
def play(request: HttpRequest, who: Person, number: int, call: int) -> HttpResponse:
    """The recording itself, or the way to it at the exchange; a script is told that address in a header."""
    found = orders.load(number)
    if found is None or not sees(who.actor, found[0].order):
        return failures.not_found(request)
    if call not in {one.call for one in calls.of_order(number)}:
        return failures.not_found(request)
    return played(request, who, call, phone.chosen(DataDir.choose().logs))


def played(request: HttpRequest, who: Person, call: int, exchange: verbs.Exchange) -> HttpResponse:
    """A call's recording for somebody who may find the call where he stands; whether he may hear it is asked here."""
    try:
        heard = verbs.listen(call, by=who.actor, now=who.now, exchange=exchange, reason=request.POST.get("reason", ""))
    except NotFound as missing:
        return failures.page(request, 404, "没有录音", missing.message)
    except Forbidden as refused:
        return failures.page(request, 403, "不能听", refused.message)
    except Refused as refused:
        return failures.page(request, 422, "还不能听", refused.message)
    if heard.file is None:
        response = HttpResponse(status=204) if is_part(request) else HttpResponseRedirect(heard.url)
        response["X-Recording"] = heard.url
        return response
    response = HttpResponse(heard.content, content_type=heard.file.mime)
    response["Content-Disposition"] = "inline"
    return response
