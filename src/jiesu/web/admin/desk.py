"""The administrator's first page: how much of each there is, what wants a look, what waits, what was changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain.administration import catalog
from jiesu.domain.administration.kinds import BETWEEN, KINDS
from jiesu.domain.administration.names import Names
from jiesu.domain.errors import NotFound, Refused
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import GUESSED
from jiesu.store.administration import changes, listing
from jiesu.store.administration.changes import Wanted
from jiesu.web.admin.seat import address_of, administrators, seated
from jiesu.web.admin.wording import told
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person
from jiesu.workflow.administration import change

_SHOWN: Final = 12
_NEXT_YEAR_FROM: Final = 11
"""From November on a year that is not announced is said to be missing."""


@dataclass(frozen=True, slots=True)
class Look:
    """Something that wants to be looked at: how many, what, where."""

    n: int
    zh: str
    said: str
    address: str
    rows: tuple[tuple[str, str, str], ...] = ()


@administrators
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The overview. Five statements."""
    given = seated(request, who, "overview")
    rules: Rules = given["rules"]
    held = listing.overview(rules.params["handling_kinds"])
    kept = changes.history(Wanted(), _SHOWN)
    names = Names(rules)
    given.update(
        counts=_counts(held.counts, rules, rules.day(who.now)),
        looks=_looks(held, rules, names, rules.day(who.now)),
        waiting=[_waits(one) for one in held.waits if one.state == "waiting"],
        failed=[_waits(one) for one in held.waits if one.state == "failed"],
        kinds={name: kind.zh for name, kind in KINDS.items()},
        history=[told(one, names, most=2) for one in kept[:_SHOWN]],
        done=request.GET.get("done", ""),
    )
    return answer(request, "admin/desk.html", given)


def _waits(one: listing.Waits) -> dict[str, Any]:
    """A change that waits, with where its thing stands."""
    return {**asdict(one), "address": reverse("admin-one", args=[one.kind, one.key]) if one.key else ""}


def _counts(counts: dict[str, int], rules: Rules, today: date) -> list[tuple[str, str, str]]:
    """Name, number, address of each kind."""
    lines = sum(1 for one in rules.catalog.lines() if one.first <= today <= one.last)
    texts = sum(len(codes) for codes in rules.reasons.values())
    found = (
        ("单位", counts["unit"], "unit"),
        ("人员", counts["staff"], "staff"),
        ("事项", counts["matter"], "matter"),
        ("目录条目", lines, "catalog"),
        ("时限", len(rules.limits()), "limit"),
        ("文本", texts, "text"),
        ("特殊时期", len(rules.declared), "declared"),
    )
    return [(zh, f"{n:,}", address_of(name)) for zh, n, name in found]


def _looks(held: listing.Overview, rules: Rules, names: Names, today: date) -> list[Look]:
    found: list[Look] = []
    for year in (today.year, today.year + 1):
        late = year == today.year or today.month >= _NEXT_YEAR_FROM
        if late and year not in rules.calendar.announced:
            found.append(Look(1, f"{year} 年放假安排没有公布", GUESSED, f"{address_of('day')}?year={year}"))
    problems = catalog.problems(rules, today)
    if problems:
        rows = tuple(
            (names.title("catalog", key), one.said, reverse("admin-one", args=["catalog", key]))
            for one in problems[:_SHOWN]
            if (key := f"{one.matter}{BETWEEN}{one.region}")
        )
        found.append(Look(len(problems), "目录里的毛病", "有的条目用不到，有的派不出去", address_of("catalog"), rows))
    bare = catalog.uncovered(rules, today)
    if bare:
        rows = tuple(
            (names.matter(code), "", reverse("admin-one", args=["catalog", f"{code}{BETWEEN}*"]))
            for code in bare[:_SHOWN]
        )
        found.append(Look(len(bare), "没有目录条目的事项", "每次都要派单员指定单位", address_of("catalog"), rows))
    if held.unmanned:
        rows = tuple(
            (names.unit(code), f"没有{lacks}", reverse("admin-one", args=["unit", code]))
            for code, lacks in held.unmanned[:_SHOWN]
        )
        found.append(Look(len(held.unmanned), "缺人的单位", "没有人签收、批准，或没有排班", address_of("unit"), rows))
    return found


@administrators
@require_POST
def call_off(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """A change that waits is not made."""
    try:
        waits = change.call_off(number, by=who.actor, now=who.now)
    except (NotFound, Refused) as no:
        return failures.page(request, 409, "没有撤下", f"{no.message}。")
    back = request.POST.get("back", "")
    address = back if back.startswith("/admin") and not back.startswith("//") else reverse("admin")
    return HttpResponseRedirect(f"{address.partition('?')[0]}?done=off-{waits.id}")
