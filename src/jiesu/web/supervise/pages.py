"""The supervisor's desk: groups by what is wrong, counted by unit; many orders told with one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import words
from jiesu.domain.errors import Refused
from jiesu.domain.moves import MOVES
from jiesu.domain.rules import Rules
from jiesu.store import supervising as reads
from jiesu.store.supervising import GROUPS, MOST, NO_UNIT, PAGE, Counts, Group, Watched
from jiesu.web.frame import failures, lines, queue
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.lines import Line
from jiesu.web.frame.part import part
from jiesu.web.supervise.why import why
from jiesu.workflow import supervising
from jiesu.workflow.supervising import MANY, Result

_APPROVES: Final = ("exempt",)
_UNITS_SHOWN: Final = 12
_FLAGS: Final = ("hard_case", "bouncing", "ageing", "high_frequency")
_LARGEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Tab:
    """A group, or a unit within one, with how many orders it holds."""

    zh: str
    said: str
    address: str
    open: bool
    red: bool = False


@dataclass(frozen=True, slots=True)
class Why:
    """A line with the words that say why it is here, and when somebody last pressed for it."""

    line: Line
    why: str
    urged_at: Any


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The desk, or renewed rows of an open one. Five statements."""
    mine = _groups(who)
    if not mine:
        return failures.forbidden(request)
    given = _desk(request, who, mine)
    if part(request) == "rows":
        return answer(request, "supervise/rows.html", given)
    return answer(request, "supervise/desk.html", given)


def _groups(who: Person) -> list[Group]:
    """All of them for a supervisor; who only approves exemptions sees those."""
    if "supervisor" in who.roles:
        return list(GROUPS.values())
    return [GROUPS[name] for name in _APPROVES] if "exemption_approver" in who.roles else []


def _desk(request: HttpRequest, who: Person, mine: Sequence[Group]) -> dict[str, Any]:
    given = around(request, who, desk="supervise")
    rules: Rules = given["rules"]
    held = reads.counts(mine, who.now)
    group = _chosen(request.GET.get("group", ""), mine, held)
    unit, offset = _unit(request.GET.get("unit", ""), rules), _offset(request.GET.get("from", ""))
    asked = queue.numbers_asked(request)
    rows = reads.page(group, who.now, unit=unit, offset=0 if asked is not None else offset, among=asked)
    address = _address(group, unit)
    following = offset + PAGE
    given.update(
        group=group,
        groups=[_tab(one, held, one is group) for one in mine],
        units=_unit_tabs(group, unit, held, rules),
        rows=[
            Why(lines.line(who, one.row, rules), why(group.name, one, rules, who.now), one.urged_at)
            for one in rows[:PAGE]
        ],
        left=queue.left(who, asked, [one.row for one in rows]) if asked is not None else [],
        total=held.units[group.name].get(unit, 0) if unit else held.orders[group.name],
        full=held.orders[group.name] >= MOST,
        most=MOST,
        unit=unit,
        address=address,
        next=f"{address}&from={following}" if len(rows) > PAGE and following < MOST else "",
        moves=[(name, MOVES[name].zh) for name in MANY if name != "mark"] if "supervisor" in who.roles else [],
        flags=[(name, words.FLAGS[name]) for name in _FLAGS],
    )
    return given


def _why(who: Person, group: Group, one: Watched, rules: Rules) -> Why:
    return Why(lines.line(who, one.row, rules), why(group.name, one, rules, who.now), one.urged_at)


def _chosen(name: str, mine: Sequence[Group], held: Counts) -> Group:
    """The group asked for; without one, the first in which there is something."""
    asked = next((one for one in mine if one.name == name), None)
    return asked or next((one for one in mine if held.orders[one.name]), mine[0])


def _unit(code: str, rules: Rules) -> str:
    return code if code == NO_UNIT or code in rules.units else ""


def _offset(text: str) -> int:
    return min(int(text), MOST) // PAGE * PAGE if text.isdecimal() and len(text) < 6 else 0


def _address(group: Group, unit: str = "") -> str:
    return f"{reverse('supervise')}?{urlencode({'group': group.name, **({'unit': unit} if unit else {})})}"


def _tab(group: Group, held: Counts, chosen: bool) -> Tab:
    number = held.orders[group.name]
    return Tab(group.zh, _said(number), _address(group), chosen, red=group.name == "red" and number > 0)


def _unit_tabs(group: Group, unit: str, held: Counts, rules: Rules) -> list[Tab]:
    """The units with the most orders in the group; the one that is chosen always."""
    found = sorted(held.units[group.name].items(), key=lambda one: (-one[1], one[0]))
    shown = found[:_UNITS_SHOWN] + [one for one in found[_UNITS_SHOWN:] if one[0] == unit]
    return [
        Tab("还没有单位" if code == NO_UNIT else rules.unit_name(code), _said(n), _address(group, code), code == unit)
        for code, n in shown
    ]


def _said(number: int) -> str:
    return f"{MOST:,}+" if number >= MOST else f"{number:,}"


@signed_in
@require_POST
def many(request: HttpRequest, who: Person) -> HttpResponse:
    """One message to the orders that are ticked, each its own move; then the desk with which went and which did not."""
    if "supervisor" not in who.roles:
        return failures.forbidden(request)
    move = request.POST.get("move", "")
    written = request.POST.get("reason", "")
    chosen = request.POST.getlist("marked")
    numbers = [int(one) for one in chosen if one.isdecimal() and int(one) < _LARGEST]
    facts = {"flag": request.POST.get("flag", ""), "note": written} if move == "mark" else {"reason": written}
    try:
        results = supervising.tell_many(numbers, move, facts=facts, by=who.actor, now=who.now)
    except Refused as no:
        given = _desk(request, who, _groups(who))
        given.update(problem=no.message, written=written, marked=set(numbers))
        return answer(request, "supervise/desk.html", given, status=422)
    given = _desk(request, who, _groups(who))
    given.update(report=_report(move, results, given["rules"]), marked={one.number for one in results if not one.taken})
    if not all(one.taken for one in results):
        given["written"] = written
    return answer(request, "supervise/desk.html", given)


def _report(move: str, results: Sequence[Result], rules: Rules) -> dict[str, Any]:
    went: dict[str, list[int]] = {}
    for one in results:
        if one.taken:
            lead = one.taken.order.lead
            went.setdefault(rules.unit_name(lead.unit) if lead else "热线中心", []).append(one.number)
    return {
        "move": MOVES[move].zh,
        "went": sum(map(len, went.values())),
        "units": sorted(went.items(), key=lambda one: -len(one[1])),
        "stayed": [one for one in results if not one.taken],
    }
