"""All components on one page, for those who look after the pages, and for pictures of them."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """For administrators; made-up values, nothing of any order."""
    if "administrator" not in who.roles:
        return failures.forbidden(request)
    hour = timedelta(hours=1)
    clocks = [
        (who.now - start * hour, who.now + amber * hour, who.now + due * hour)
        for start, amber, due in ((1, 20, 27), (6, -1, 2), (30, -8, -2))
    ]
    return answer(request, "frame/design.html", around(request, who, desk="admin", clocks=clocks))
