"""Seasons of the catalog: their days, changed in all the lines that have them."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiesu.domain.administration import cells
from jiesu.domain.administration.cells import BadValue
from jiesu.domain.administration.kinds import KINDS
from jiesu.domain.administration.names import Names
from jiesu.domain.errors import Refused
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import rules as rules_store
from jiesu.store.administration import listing
from jiesu.web.admin.seat import administrators, seated
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person
from jiesu.workflow.administration import change, seasons
from jiesu.workflow.administration.change import Weighed

_FIELDS: Final = ("name", "begins", "ends", "since", "reason")


@administrators
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The seasons; posted: other days for one of them, checked and then saved."""
    if request.method == "GET":
        return _page(request, who, {}, None, "", 200)
    sent = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    try:
        weighed = _weighed(request, who, sent)
    except (Refused, BadValue) as no:
        return _page(request, who, sent, None, getattr(no, "message", str(no)), 422)
    if isinstance(weighed, str):
        return HttpResponseRedirect(f"{reverse('admin-season')}?done={weighed}")
    return _page(request, who, sent, weighed, "", 200)


def _weighed(request: HttpRequest, who: Person, sent: dict[str, str]) -> Weighed | str:
    """What the change would alter; or, when it was confirmed, the mark of the changes that were made."""
    names = Names(rules_store.current())
    field = KINDS["catalog"].field("season_from")
    days = [cells.read(field, sent[name], names) for name in ("begins", "ends")]  # type: ignore[arg-type]
    if not all(days):
        raise BadValue("请写从哪天到哪天，如 10-20 到 04-20")
    wanted = seasons.wanted(sent["name"], begins=days[0], ends=days[1], since=cells.day_of(sent["since"]))
    if request.POST.get("step") == "save":
        checked = request.POST.get("checked", "")
        saved = change.save(wanted, by=who.actor, now=who.now, reason=sent["reason"], checked=checked)
        return saved.batch or str(saved.made[0])
    return change.check(wanted, by=who.actor, now=who.now)


def _page(
    request: HttpRequest, who: Person, sent: dict[str, str], weighed: Weighed | None, problem: str, status: int
) -> HttpResponse:
    given = seated(request, who, "season")
    today = who.now.astimezone(CITY_ZONE).date()
    given.update(
        seasons=listing.seasons(today),
        sent=sent,
        weighed=weighed,
        problem=problem,
        today=today.isoformat(),
        done=request.GET.get("done", ""),
    )
    return answer(request, "admin/seasons.html", given, status=status)
