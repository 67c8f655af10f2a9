"""Who sits at the desk of the bulletin, what stands above its pages, and windows in addresses."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from jiesu.domain import windows
from jiesu.domain.errors import Refused
from jiesu.domain.inspecting import oversees
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.web.frame.around import around
from jiesu.web.frame.gate import Person

DRAFTS: Final = frozenset({"supervisor", "analyst", "city_leader", "administrator"})
"""Who reads what is not issued yet."""
UNITS: Final = frozenset({"unit_clerk", "unit_leader"})
READERS: Final = DRAFTS | UNITS | {"inspector"}


def has(who: Person, roles: frozenset[str]) -> bool:
    return bool(roles & set(who.roles))


def months(who: Person) -> list[str]:
    """This month and those before it, the newest first."""
    return _back(who, "month", 6)


def quarters(who: Person) -> list[str]:
    """This quarter and those before it, the newest first."""
    return _back(who, "quarter", 3)


def _back(who: Person, span: str, count: int) -> list[str]:
    found = [windows.of(span, who.now.astimezone(CITY_ZONE).date())]
    while len(found) < count:
        found.append(found[-1].before)
    return [one.code for one in found]


def window_of(code: str) -> Window | None:
    """The window that an address names; None where it names none."""
    try:
        found = windows.read(code)
    except Refused:
        return None
    return found if found.code == code else None


def surrounded(request: HttpRequest, who: Person, at: str, **more: Any) -> dict[str, Any]:
    """What stands around a page of this desk; ``at``: its tab. One statement."""
    return {**around(request, who, desk="bulletin"), "at": at, "drafts": has(who, DRAFTS), "tabs": _tabs(who), **more}


def _tabs(who: Person) -> list[tuple[str, str, str]]:
    """The pages of the desk that are this person's: name, words, address."""
    return [
        (name, zh, reverse(address))
        for name, zh, address, seen in (
            ("editions", "各期通报", "bulletin", True),
            ("followups", "调度会", "bulletin-followups", has(who, DRAFTS | UNITS)),
            ("appeals", "申诉", "bulletin-appeals", has(who, DRAFTS | UNITS)),
            ("cards", "红黄牌", "bulletin-cards", has(who, DRAFTS)),
            ("signals", "线索", "bulletin-signals", oversees(who.actor) or has(who, UNITS)),
        )
        if seen
    ]
