"""Who sits at this desk, and the tabs above its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from jiesu.domain.administration.kinds import KINDS
from jiesu.web.frame import failures
from jiesu.web.frame.around import around
from jiesu.web.frame.gate import Person, signed_in

P = ParamSpec("P")
_TABS: Final = (
    ("overview", "概览", ()),
    ("unit", "单位", ("region",)),
    ("staff", "人员", ()),
    ("matter", "事项", ()),
    ("catalog", "派单目录", ("season",)),
    ("limit", "时限", ()),
    ("day", "日历", ("year",)),
    ("declared", "特殊时期", ()),
    ("text", "文本", ("script",)),
    ("param", "参数", ()),
    ("history", "改动记录", ()),
)
KEYS: Final = "1234567890h"


@dataclass(frozen=True, slots=True)
class Tab:
    zh: str
    address: str
    key: str
    open: bool


def administrators(
    view: Callable[Concatenate[HttpRequest, Person, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """A page for administrators alone."""

    @wraps(view)
    def page(request: HttpRequest, who: Person, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if "administrator" not in who.roles:
            return failures.forbidden(request)
        return view(request, who, *args, **kwargs)

    return signed_in(page)


def seated(request: HttpRequest, who: Person, tab: str, **more: Any) -> dict[str, Any]:
    """What the template of a page below ``tab`` is given beside its own: one statement."""
    tabs = [
        Tab(zh, address_of(name), key, tab == name or tab in also)
        for (name, zh, also), key in zip(_TABS, KEYS, strict=True)
    ]
    return around(request, who, desk="admin", tabs=tabs, **more)


def address_of(name: str) -> str:
    """Where a list stands."""
    if name in KINDS and name not in ("day", "year"):
        return reverse("admin-list", args=[name])
    return reverse({"overview": "admin", "day": "admin-calendar", "year": "admin-calendar"}.get(name, f"admin-{name}"))
