"""Declared events, published: which limits are lengthened, since when, until when, on what basis. For anybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from jiesu.store import rules as rules_store
from jiesu.web.frame.around import bare

_KEPT: Final = timedelta(days=365)


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What holds, what is to come, and what ended within a year; nothing of it needs a sign-in. Two statements."""
    now = timezone.now()
    try:
        held = rules_store.current().declared
    except LookupError:
        held = ()
    events = sorted((one for one in held if now - one.last < _KEPT), key=lambda one: one.first, reverse=True)
    told = [(one, "进行中" if one.holds(now) else "未开始" if now < one.first else "已结束") for one in events]
    return render(request, "frame/declared.html", {**bare(request, None), "events": told})
