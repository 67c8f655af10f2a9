"""What the person was told: a digest by wording, each with its orders; read with one press, never a flood."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import privacy
from jiesu.store import notices
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import is_part
from jiesu.workflow import desktop

WINDOW: Final = timedelta(days=7)


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The notices of the last days, unread and urgent first."""
    found = notices.digest(who.account.staff, who.told_as, now=who.now, since=who.now - WINDOW)
    given = around(
        request, who, groups=found, fresh=sum(one.unread for one in found), days=WINDOW.days, titled=_titled(who)
    )
    return answer(request, "frame/notices.html", given)


@signed_in
@require_POST
def read(request: HttpRequest, who: Person) -> HttpResponse:
    """What was told up to the moment that the page showed is read."""
    try:
        upto = datetime.fromisoformat(request.POST.get("upto", ""))
    except ValueError:
        upto = who.now
    upto = upto if upto.tzinfo else who.now
    desktop.read_notices(by=who.actor, now=who.now, upto=upto, urgent_alone="urgent" in request.POST)
    if is_part(request):
        return answer(request, "frame/renewed.html", around(request, who))
    return HttpResponseRedirect(reverse("notices"))


def _titled(who: Person) -> bool:
    """Whether every title may be read: a report's stays hidden from some, so only then they are shown."""
    return any(
        privacy.sees(role, "text", own_unit=True, secret=True, kind="report") != "nothing"
        for role in who.roles
        if role in privacy.ROLES
    )
