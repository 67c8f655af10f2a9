"""The city leader's desk: what matters today, the orders behind it, instructions followed until they are answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import counting, leading, names
from jiesu.store.leading import Instruction
from jiesu.web.frame import failures, lines
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.leader import things
from jiesu.web.leader.things import FIGURES, NAMES

_ROLE = "city_leader"


@dataclass(frozen=True, slots=True)
class Followed:
    """An instruction as its page says it."""

    held: Instruction
    title: str
    unit: str
    by: str


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """At most seven lines and the instructions. Five statements."""
    if _ROLE not in who.roles:
        return failures.forbidden(request)
    given = around(request, who, desk="leader")
    rules: Rules = given["rules"]
    today = leading.today(_today(who), who.now)
    held = leading.instructions(who.now)
    given.update(
        day=things.day(today, rules),
        at=_local(today.at),
        instructions=[_followed(who, one, rules) for one in held],
    )
    return answer(request, "leader/desk.html", given)


def _local(at: datetime | None) -> datetime | None:
    return at.astimezone(CITY_ZONE) if at else None


def _today(who: Person) -> date:
    return who.now.astimezone(CITY_ZONE).date()


def _followed(who: Person, one: Instruction, rules: Rules) -> Followed:
    title = one.title if lines.reads_titles(who.actor, one) else "（标题不在您的查看范围）"
    return Followed(one, title, rules.unit_name(one.unit), one.by_name or names.GONE)


@signed_in
@require_GET
def thing(request: HttpRequest, who: Person, name: str) -> HttpResponse:
    """The orders behind one line. Four or five statements."""
    if _ROLE not in who.roles:
        return failures.forbidden(request)
    if name not in NAMES:
        return failures.not_found(request)
    given = around(request, who, desk="leader")
    rules: Rules = given["rules"]
    given.update(zh=NAMES[name], name=name, groups=[], units=[], at=None)
    given.update(_figure(who, name, rules) if name in FIGURES else _counted(request, who, name, rules))
    return answer(request, "leader/thing.html", given)


def _figure(who: Person, name: str, rules: Rules) -> dict[str, Any]:
    held = counting.figures([name]).get(name)
    found = held.body if held else []
    numbers = {number for one in found for number in one["numbers"][: counting.OPENED]}
    rows = {row.number: lines.line(who, row, rules) for row in leading.named(sorted(numbers))}
    groups = [
        (things.line(name, one, rules), [rows[number] for number in one["numbers"] if number in rows]) for one in found
    ]
    return {"groups": groups, "at": _local(held.at if held else None), "total": len(found)}


def _counted(request: HttpRequest, who: Person, name: str, rules: Rules) -> dict[str, Any]:
    unit = request.GET.get("unit", "")
    chosen = unit if unit in rules.units else ""
    rows = leading.orders(name, _today(who), who.now, unit=chosen)
    late = leading.today(_today(who), who.now).red[:12] if name == "red" else []
    return {
        "groups": [("", [lines.line(who, row, rules) for row in rows])] if rows else [],
        "units": [(code, things.unit_of(code, rules), n, code == chosen) for code, n in late if code],
        "total": len(rows),
        "more": len(rows) == leading.PAGE,
    }
