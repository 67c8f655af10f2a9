"""Who sits at this desk, and the tabs above its pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from jiesu.web.frame.around import around
from jiesu.web.frame.gate import Person

_TABS: Final = (
    ("privacy", "查看记录", ("dpo",)),
    ("privacy-requests", "删除申请", ("dpo", "supervisor")),
    ("privacy-people", "找诉求人", ("dpo", "supervisor")),
    ("privacy-retention", "保存期限", ("dpo",)),
)


@dataclass(frozen=True, slots=True)
class Tab:
    zh: str
    address: str
    open: bool


def may(who: Person, page: str) -> bool:
    """Whether this person may open the page: the officer all of them, a supervisor what takes two people."""
    return any(set(roles) & set(who.roles) for name, _, roles in _TABS if name == page)


def seated(request: HttpRequest, who: Person, page: str, **more: Any) -> dict[str, Any]:
    """What the template of ``page`` is given beside its own: one statement."""
    tabs = [Tab(zh, reverse(name), name == page) for name, zh, _ in _TABS if may(who, name)]
    return around(request, who, desk="privacy", tabs=tabs, officer="dpo" in who.roles, **more)
