"""What was found of one's own work: results of one's own and of one's unit, with coaching, a receipt and an appeal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import inspecting
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.inspecting import PARTS_ZH, SUBJECTS
from jiesu.domain.rules import Rules
from jiesu.store import inspections, quality_counts, quality_rules
from jiesu.store.names import of_whom
from jiesu.store.quality_counts import Done
from jiesu.web import desks
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.quality import results
from jiesu.workflow import quality, quality_sampling


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The newest results of this person and his units, what is new first, and one of them whole (``?look=``)."""
    return _page(request, who, request.GET.get("look", ""))


def _sits(who: Person) -> bool:
    return any(one.name == "quality" for one in desks.of(who.roles))


def _page(request: HttpRequest, who: Person, wanted: str, *, problem: str = "", status: int = 200) -> HttpResponse:
    if not _sits(who):
        return failures.forbidden(request)
    given = around(request, who, desk="quality")
    rules: Rules = given["rules"]
    whoms = inspecting.mine(who.actor)
    rows = quality_counts.own(whoms)
    month = quality_sampling.today(who.now).replace(day=1)
    chosen = next((one for one in rows if key_of(one) == wanted), rows[0] if rows else None)
    given.update(
        rows=[(key_of(one), results.row(who, one, rules, str), one is chosen) for one in rows],
        tallies=_tallies(month, whoms, rules) if rows else [],
        month=month,
        problem=problem,
        written=request.POST.dict(),
        said=results.SAID.get(request.GET.get("done", ""), ""),
        oversees=inspecting.oversees(who.actor),
    )
    if chosen is not None:
        given.update(_chosen(who, chosen, rules))
    return answer(request, "quality/mine.html", given, status=status)


def key_of(one: Done) -> str:
    return f"{one.id}.{one.part}"


def _tallies(month: date, whoms: list[str], rules: Rules) -> list[tuple[str, str, Any]]:
    """This month so far: whose, which part, and its figures."""
    found = quality_counts.of_month(month, whoms)
    return [(of_whom(one.whom, one.name, rules.unit_name(one.whom)), PARTS_ZH[one.part], one) for one in found]


def _chosen(who: Person, one: Done, rules: Rules) -> dict[str, Any]:
    whole = inspections.get(one.id, day=quality_sampling.today(who.now))
    part = whole.part(one.part) if whole else None
    if whole is None or part is None:
        return {}
    plan = quality_rules.plan(whole.plan) if whole.plan else None
    return {
        "whole": whole,
        "shown": results.shown(who, whole, part, rules),
        "key": key_of(one),
        "title": results.row(who, one, rules, str).title,
        "subject": SUBJECTS[whole.subject],
        "why": plan.signal_zh(whole.signal) if plan else "",
        "by": whole.name(whole.done_by),
    }


# -- what one may do with it


def _made(
    request: HttpRequest, who: Person, id_: int, part: str, verb: Callable[[], object], what: str
) -> HttpResponse:
    key = f"{id_}.{part}"
    try:
        verb()
    except NotFound as no:
        return failures.page(request, 404, "没有这个结果", no.message)
    except Forbidden as no:
        return failures.page(request, 403, "不能这样做", no.message)
    except (Refused, Conflict) as no:
        return _page(request, who, key, problem=no.message, status=422)
    then = {"done": what, **({"look": key} if what == "appeal" else {})}
    return HttpResponseRedirect(f"{reverse('quality-mine')}?{urlencode(then)}")


@signed_in
@require_POST
def read(request: HttpRequest, who: Person, id: int, part: str) -> HttpResponse:
    """The receipt: it was read; on to the next."""
    return _made(request, who, id, part, lambda: quality.read(id, part, by=who.actor, now=who.now), "read")


@signed_in
@require_POST
def appeal(request: HttpRequest, who: Person, id: int, part: str) -> HttpResponse:
    """The one appeal against a result."""
    said = request.POST.get("appeal", "")
    return _made(request, who, id, part, lambda: quality.appeal(id, part, said, by=who.actor, now=who.now), "appeal")
