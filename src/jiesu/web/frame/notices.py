"""What the person was told: a digest by wording, each with its orders; read with one press, never a flood."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import privacy
from jiesu.store import notices
from jiesu.store.notices import Group
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import is_part
from jiesu.workflow import desktop

WINDOW: Final = timedelta(days=7)
_PAGES: Final = {"signal": "bulletin-signals", "card": "unit_month", "item": "bulletin-followups"}


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The notices of the last days, unread and urgent first."""
    found = notices.digest(who.account.staff, who.told_as, now=who.now, since=who.now - WINDOW)
    given = around(
        request,
        who,
        groups=[(one, _shown(one)) for one in found],
        fresh=sum(one.unread for one in found),
        days=WINDOW.days,
        titled=_titled(who),
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


def _shown(group: Group) -> list[tuple[str, str, str, bool]]:
    """The newest of a group: where each leads, the order's number, its title, whether it is unread."""
    return [
        (_address(page) if page else reverse("order", args=[number]), "" if page else str(number), title, fresh)
        for number, page, title, fresh in group.newest
    ]


def _address(page: str) -> str:
    """Where the unit answers, or sees what it was told of: of ``signal/2026-11/12/U0301`` the signal of that month."""
    thing, window, id_, unit = page.split("/")
    asked = urlencode({"month": window, "unit": unit} if thing == "card" else {"month": window})
    return f"{reverse(_PAGES[thing])}{f'?{asked}' if thing != 'item' else ''}#{thing}-{id_}"


def _titled(who: Person) -> bool:
    """Whether every title may be read: a report's stays hidden from some, so only then they are shown."""
    return any(
        privacy.sees(role, "text", own_unit=True, secret=True, kind="report") != "nothing"
        for role in who.roles
        if role in privacy.ROLES
    )
