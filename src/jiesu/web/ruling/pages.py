"""The arbiter's desk: a dispute at a time, both sides' papers beside each other, one word at the end."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.web.dispatch import pages, panes
from jiesu.web.dispatch.board import Board
from jiesu.web.frame import failures
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import is_part
from jiesu.web.ruling.hearing import amendment, hearing

DESK: Final = Board(
    "ruling",
    "裁定",
    "/ruling",
    ("ruling", "duty"),
    "arbiter",
    more=lambda made: {"hearing": hearing(made)},
    then=lambda order, rules: amendment(order, rules, rules.duty(order, order.last_at) if order.last_at else None),
)


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The desk. Five statements; four more for an order that the address wants beside the list."""
    return pages.desk(request, who, DESK)


@signed_in
@require_GET
def order(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """A dispute with its decision, for the page that is open; a browser goes to the desk with it."""
    if DESK.role not in who.roles:
        return failures.forbidden(request)
    if not is_part(request):
        return HttpResponseRedirect(f"{reverse('ruling')}?order={number}")
    return panes.show(request, who, DESK, number)


@signed_in
@require_POST
def move(request: HttpRequest, who: Person, number: int, name: str) -> HttpResponse:
    """Name a provisional lead, settle the duty, leave a note."""
    return panes.move(request, who, DESK, number, name)
