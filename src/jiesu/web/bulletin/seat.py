"""Who sits at the desk of the bulletin, what stands above its pages, and windows in addresses."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest

from jiesu.domain import windows
from jiesu.domain.errors import Refused
from jiesu.domain.windows import Window
from jiesu.web.frame.around import around
from jiesu.web.frame.gate import Person

DRAFTS: Final = frozenset({"supervisor", "analyst", "city_leader", "administrator"})
"""Who reads what is not issued yet."""
READERS: Final = DRAFTS | {"unit_clerk", "unit_leader"}


def has(who: Person, roles: frozenset[str]) -> bool:
    return bool(roles & set(who.roles))


def window_of(code: str) -> Window | None:
    """The window that an address names; None where it names none."""
    try:
        found = windows.read(code)
    except Refused:
        return None
    return found if found.code == code else None


def surrounded(request: HttpRequest, who: Person, at: str, **more: Any) -> dict[str, Any]:
    """What stands around a page of this desk; ``at``: its tab. One statement."""
    return {**around(request, who, desk="bulletin"), "at": at, "drafts": has(who, DRAFTS), **more}
