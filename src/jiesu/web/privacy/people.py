"""Finding a demander, masked; handing him a copy of his own data, or asking that they be erased."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.person_requests import GROUNDS
from jiesu.domain.privacy import mask_name, mask_phone
from jiesu.store import people, person_requests
from jiesu.store.person_requests import Summary
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.privacy import seat
from jiesu.web.privacy.copy import archive
from jiesu.workflow import privacy as verbs

_NUMBER: Final = re.compile(r"[0-9]{13}")
_LONGEST: Final = 40
_LARGEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Found:
    """A demander as everybody here sees him."""

    person: int
    name: str
    phone: str
    held: Summary


@signed_in
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest, who: Person) -> HttpResponse:
    """By phone or by the number of an order, which travel in the body. Five statements."""
    if not seat.may(who, "privacy-people"):
        return failures.forbidden(request)
    return _page(request, who)


@signed_in
@require_POST
def copy(request: HttpRequest, who: Person) -> HttpResponse:
    """The person's own data as a file; that it was handed out is kept before it is made."""
    if not seat.may(who, "privacy-people"):
        return failures.forbidden(request)
    person, number = _person(request), _order(request)
    try:
        own = verbs.take_copy(person, by=who.actor, now=who.now, reason=request.POST.get("reason", ""), number=number)
    except (Refused, NotFound) as no:
        wrong = {"form": "copy", "person": person, "message": no.message}
        return _page(request, who, wrong, 403 if isinstance(no, Forbidden) else 422)
    response = HttpResponse(archive(own, who.now), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{person}-{who.now:%Y%m%d}.zip"'
    return response


@signed_in
@require_POST
def ask(request: HttpRequest, who: Person) -> HttpResponse:
    """Ask for an erasure; then it waits for a second person."""
    if not seat.may(who, "privacy-people"):
        return failures.forbidden(request)
    person = _person(request)
    try:
        verbs.ask_erasure(
            person,
            by=who.actor,
            now=who.now,
            ground=request.POST.get("ground", ""),
            reason=request.POST.get("reason", ""),
            number=_order(request),
        )
    except (Refused, NotFound) as no:
        return _page(request, who, {"form": "ask", "person": person, "message": no.message}, 422)
    return HttpResponseRedirect(f"{reverse('privacy-requests')}?done=asked")


def _page(request: HttpRequest, who: Person, wrong: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    asked = request.POST.get("q", "").replace("\0", "").strip()[:_LONGEST]
    given = seat.seated(request, who, "privacy-people", sought=asked, wrong=wrong, written=request.POST)
    found = [_found(one) for one in person_requests.summaries(_persons(asked))] if asked else []
    given.update(found=found, grounds=list(GROUNDS.items()), number=asked if _NUMBER.fullmatch(asked) else "")
    return answer(request, "privacy/people.html", given, status=status)


def _persons(asked: str) -> list[int]:
    if _NUMBER.fullmatch(asked):
        person = person_requests.of_order(int(asked))
        return [person] if person is not None else []
    return people.by_phone(asked)


def _found(one: Summary) -> Found:
    known = one.known
    name = mask_name(known.company or known.name) if known else ""
    return Found(one.person, name or "没有留名", mask_phone(known.phone) if known else "", one)


def _person(request: HttpRequest) -> int:
    text = request.POST.get("person", "")
    return int(text) if text.isdecimal() and int(text) < _LARGEST else 0


def _order(request: HttpRequest) -> int | None:
    text = request.POST.get("q", "")
    return int(text) if _NUMBER.fullmatch(text) else None
