"""One-time passwords: handed out, shown once, never again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from jiesu.domain.errors import NotFound, Refused
from jiesu.store.administration import shelves
from jiesu.web.admin.seat import administrators, seated
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person
from jiesu.workflow.administration import accounts

_MOST: Final = accounts.AT_ONCE


@administrators
@require_POST
def password(request: HttpRequest, who: Person) -> HttpResponse:
    """New one-time passwords for the accounts of the form (``staff``: their numbers)."""
    numbers = [one for one in request.POST.getlist("staff") if one.isdecimal() and len(one) < 10]
    logins = [login for one in numbers[: _MOST + 1] if (login := shelves.staff_key(int(one)))]
    return handed_out(request, who, logins, request.POST.get("reason", ""))


def handed_out(request: HttpRequest, who: Person, logins: Sequence[str], reason: str, draft: str = "") -> HttpResponse:
    """The page that shows them, this once: it is the answer to the form, and is kept nowhere."""
    try:
        made = accounts.hand_out(logins, by=who.actor, now=who.now, reason=reason)
    except (Refused, NotFound) as no:
        return failures.page(request, 422, "没有发出", f"{no.message}。请返回上一页再试。")
    given = seated(request, who, "staff", made=made, draft=draft, days=accounts.GOOD_FOR.days)
    return answer(request, "admin/passwords.html", given)
