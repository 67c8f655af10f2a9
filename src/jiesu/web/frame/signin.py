"""Signing in and out."""

from __future__ import annotations

import hashlib

from django.contrib.auth import login, logout
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from jiesu.store.models import Staff
from jiesu.web.frame.part import is_part

TRIES = 5
WAIT_SECONDS = 300
_WRONG = "账号或密码不对，请重新输入。忘记密码请联系管理员。"
_OVER = "这个一次性密码已经过期，请管理员再发一个。"
_WAIT = f"连续输错 {TRIES} 次，请 {WAIT_SECONDS // 60} 分钟后再试，或联系管理员。"


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for account and password; five wrong tries make an account wait."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
        wanted = "/"
    if request.method == "GET":
        return render(request, "frame/signin.html", {"next": wanted})
    name = request.POST.get("login", "").replace("\0", "").strip()[:60]
    tries = f"tries-{hashlib.sha256(name.encode()).hexdigest()}"
    if cache.get(tries, 0) >= TRIES:
        return _again(request, wanted, name, _WAIT, 429)
    staff = Staff.objects.filter(login=name, is_active=True).first()
    given = request.POST.get("password", "")
    # The same work for an account that does not exist, so that the time tells nothing.
    right = check_password(given, staff.password) if staff else bool(make_password(given)) and False
    if staff is None or not right:
        cache.set(tries, cache.get(tries, 0) + 1, WAIT_SECONDS)
        return _again(request, wanted, name, _WRONG, 403)
    if staff.must_change and staff.password_until is not None and timezone.now() > staff.password_until:
        return _again(request, wanted, name, _OVER, 403)
    cache.delete(tries)
    login(request, staff, backend="django.contrib.auth.backends.ModelBackend")
    if is_part(request):
        return JsonResponse({"me": staff.pk, "csrf": get_token(request)})
    return HttpResponseRedirect(wanted)


def _again(request: HttpRequest, wanted: str, name: str, said: str, status: int) -> HttpResponse:
    """The question once more; a page that asked where it stands gets the words alone."""
    if is_part(request):
        return JsonResponse({"said": said}, status=status)
    return render(request, "frame/signin.html", {"next": wanted, "login": name, "error": said}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponseRedirect("/login")
