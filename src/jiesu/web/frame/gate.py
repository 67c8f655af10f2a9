"""Who stands at the page: the session's account with its roles, and the rules that every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from jiesu.domain import words
from jiesu.domain.order import Actor
from jiesu.store import staff as accounts
from jiesu.store.models import Staff
from jiesu.web.frame import failures
from jiesu.web.frame.part import is_part

P = ParamSpec("P")

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:;"
    " object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'; connect-src 'self'"
)


class PageRules:
    """What every answer says to the browser: nothing from elsewhere, nothing inline, no copies kept of pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response = failures.page(request, 405, "不能这样打开", "这个地址只接收表单。请回到工单页面再操作。")
        response.setdefault("Content-Security-Policy", f"{_POLICY} {_live(request)}")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response


def _live(request: HttpRequest) -> str:
    """Where open pages listen for changes, when that is another port of this host."""
    port = int(getattr(settings, "LIVE_PORT", 0))
    return f"{request.scheme}://{request.get_host().partition(':')[0]}:{port}" if port else ""


class Person:
    """Somebody signed in, at one moment."""

    def __init__(self, account: accounts.Account, now: datetime) -> None:
        self.account = account
        self.now = now
        self.actor: Actor = account.actor
        self.name = account.name

    @property
    def roles(self) -> list[str]:
        return list(dict.fromkeys(role for role, _ in self.actor.roles))

    @property
    def roles_zh(self) -> str:
        return "、".join(words.zh(words.ROLES, role) for role in self.roles)

    @property
    def units(self) -> list[str]:
        """The units that this person acts for as a unit's clerk or leader."""
        return sorted({unit for role, unit in self.actor.roles if role in words.UNIT_ROLES})

    @property
    def told_as(self) -> list[tuple[str, str]]:
        """The (role, unit) whose notices are this person's; a unit's leader reads what its clerk is told."""
        as_clerk = [("unit_clerk", unit) for role, unit in self.actor.roles if role == "unit_leader"]
        return list(dict.fromkeys([*self.actor.roles, *as_clerk]))


def person(request: HttpRequest) -> Person | None:
    """Who is signed in, or None. Two statements: the session and the account."""
    staff = request.session.get(SESSION_KEY)
    if staff is None:
        return None
    now = timezone.now()
    account = accounts.account(int(staff), now)
    if account is None:
        return None
    bound = Staff(password=account.password).get_session_auth_hash()
    if not constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), bound):
        return None
    return Person(account, now)


def signed_in(
    view: Callable[Concatenate[HttpRequest, Person, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """A page for people who are signed in; others are asked to, and come back to where they wanted to go.

    A page that is open asks for its parts by script: it is told 401, and asks to sign in where it stands.
    """

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        who = person(request)
        if who is None and is_part(request):
            return HttpResponse("登录已过期，请重新登录。", status=401)
        if who is None:
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(_back_to(request))}")
        request.person = who  # type: ignore[attr-defined]
        if who.account.must_change and not _changing(request):
            # A password that somebody else knows opens nothing but its own exchange.
            if is_part(request):
                return HttpResponse("请先换成自己的密码。", status=403)
            return HttpResponseRedirect(reverse("password"))
        return view(request, who, *args, **kwargs)

    return page


def _changing(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.url_name == "password"


def _back_to(request: HttpRequest) -> str:
    """Where somebody wanted to be; whose session ended over a form, the page that the form stood on."""
    if request.method == "GET":
        return request.get_full_path()
    number = request.resolver_match.kwargs.get("number") if request.resolver_match else None
    return reverse("order", args=[number]) if number else reverse("home")
