"""The frame's numbers alone, for a page that is open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """What waits at each desk and what was told since. ``?desk=`` and ``?shown=``: what is open on the page."""
    desk, shown = request.GET.get("desk", ""), request.GET.get("shown", "")
    return answer(request, "frame/renewed.html", around(request, who, desk=desk, shown=shown))
