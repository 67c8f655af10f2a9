"""The unit's desk: today's numbers, then what lies there by the limit that comes next, grouped by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import words
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import inbox
from jiesu.store.inbox import SHOWS, Ring, Row
from jiesu.store.worklists import MOST, PAGE
from jiesu.web.frame import failures, lines, queue
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import part
from jiesu.web.order import forms
from jiesu.web.unit import marked
from jiesu.web.unit.marked import Report
from jiesu.workflow import unit as verbs

_TILES: Final = (
    ("sign", "待签收"),
    ("work", "办理中"),
    ("today", "今日到期"),
    ("red", "超期"),
)
_EMPTY: Final = {
    "": "手上没有工单。新派来的会排在这里，也会有提醒。",
    "sign": "都签收了。",
    "work": "没有在办的工单。",
    "today": "今天没有到期的。",
    "red": "没有超期的工单。",
    "waiting": "没有待批的呈报。",
    "chased": "没有人催。",
}
_ZH: Final = {**dict(_TILES), "waiting": "呈报待批", "chased": "催单", "": "全部"}
_MOST_PAGES: Final = 2 * MOST // PAGE


@dataclass(frozen=True, slots=True)
class Tile:
    """One of today's numbers, and where it leads."""

    name: str
    zh: str
    said: str
    address: str
    open: bool
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A row as its reader may see it: ``clock`` is (its name, start, amber, due); ``mark``: the box for signing."""

    row: Row
    title: str
    place: str
    matter: str
    clock: tuple[str, datetime, datetime | None, datetime | None]
    group: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    zh: str
    tone: str
    items: list[Item] = field(default_factory=list)


def sits(who: Person) -> bool:
    """Whether this person works for a unit."""
    return bool(words.UNIT_ROLES & set(who.roles))


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The desk; five statements. ``?show=``: which of ``inbox.SHOWS``; ``?page=``; ``?all=1``: everything marked."""
    if not sits(who):
        return failures.forbidden(request)
    wanted = part(request)
    if wanted == "rows":
        return _renewed(request, who)
    given = held(request, who)
    return answer(request, "unit/_ring.html" if wanted == "ring" else "unit/desk.html", given)


@signed_in
@require_POST
def acknowledge(request: HttpRequest, who: Person) -> HttpResponse:
    """Take the marked orders, each in a transaction of its own; the desk again, with what was taken and what not."""
    if not sits(who):
        return failures.forbidden(request)
    results = verbs.acknowledge_each(marked.marked_in(request), by=who.actor, now=who.now)
    return answer(request, "unit/desk.html", held(request, who, report=marked.report(results, "已签收")))


def held(request: HttpRequest, who: Person, report: Report | None = None) -> dict[str, Any]:
    """What the desk shows. Five statements with the session's own."""
    show = _shown(request)
    given = around(request, who, desk="unit")
    rules: Rules = given["rules"]
    tomorrow = midnight(who.now)
    ring = inbox.ring(who.units, now=who.now, tomorrow=tomorrow)
    page = _page(request)
    rows = inbox.page(who.units, now=who.now, tomorrow=tomorrow, show=show, behind=(page - 1) * PAGE)
    items = [item(who, row, rules, tomorrow) for row in rows[:PAGE]]
    given.update(
        report=report,
        show=show,
        shown_zh=_ZH[show],
        tiles=tiles(ring, show),
        ring=ring,
        leads="unit_leader" in who.roles and ring.waiting,
        calls=_calls(given),
        groups=list(groups(items)),
        count=len(items),
        signable=sum(1 for one in items if one.mark),
        every=request.GET.get("all") == "1",
        empty=_EMPTY[show],
        address=_address(show, page),
        back=_address(show, page - 1) if page > 1 else "",
        next=_address(show, page + 1) if len(rows) > PAGE else "",
    )
    return given


def _renewed(request: HttpRequest, who: Person) -> HttpResponse:
    """Rows that an open desk asks for again, and those that left it."""
    asked = queue.numbers_asked(request) or []
    given = around(request, who, desk="unit")
    tomorrow = midnight(who.now)
    rows = inbox.page(who.units, now=who.now, tomorrow=tomorrow, show=_shown(request), among=asked)
    items = [item(who, row, given["rules"], tomorrow) for row in rows]
    gone = sorted(set(asked) - {row.number for row in rows})
    return answer(request, "unit/rows.html", {**given, "items": items, "left": [(number, "") for number in gone]})


def _shown(request: HttpRequest) -> str:
    asked = request.GET.get("show", "")
    return asked if asked in SHOWS else ""


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return min(max(1, int(asked)), _MOST_PAGES) if asked.isdecimal() and len(asked) < 4 else 1


def _address(show: str, page: int = 1) -> str:
    query = {name: value for name, value in (("show", show), ("page", page if page > 1 else "")) if value}
    return reverse("unit") + (f"?{urlencode(query)}" if query else "")


def midnight(now: datetime) -> datetime:
    """The moment at which today ends in the city."""
    day = now.astimezone(CITY_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1)


def tiles(ring: Ring, show: str) -> list[Tile]:
    """Today's ring, and what else waits: a chase first, then what the leader has to answer."""
    tones = {"today": "amber", "red": "red"}
    found = [_tile(name, zh, getattr(ring, name), show, tones.get(name, "")) for name, zh in _TILES]
    more = [("chased", "有人催", ring.chased), ("waiting", "呈报待批", ring.waiting)]
    return found + [_tile(name, zh, count, show, "") for name, zh, count in more if count or name == show]


def _tile(name: str, zh: str, count: int, show: str, tone: str) -> Tile:
    on = name == show
    said = "999+" if count >= MOST else str(count)
    return Tile(name, zh, said, reverse("unit") if on else _address(name), on, tone if count else "")


def _calls(given: dict[str, Any]) -> list[tuple[str, str, int]]:
    """Lists beside the desk in which something waits: whistles and leaders' words."""
    counts = [(one.zh, reverse("worklist", args=[one.name]), count) for one, count in given["queues"]]
    return [(zh, address, count) for zh, address, count in counts if count and zh in ("吹哨", "批示")]


def item(who: Person, row: Row, rules: Rules, tomorrow: datetime) -> Item:
    told = lines.reads_titles(who.actor, row)
    mine = row.leg_state == "dispatched" and row.unit in who.units
    return Item(
        row,
        title=row.title if told else "",
        place=row.place if told else "",
        matter=forms.matter_name(rules, row.matter),
        clock=_clock(row, rules),
        group=_group(row, who.now, tomorrow),
        mark=marked.value_of(row.number, row.version, lead=row.lead) if mine else "",
    )


def _clock(row: Row, rules: Rules) -> tuple[str, datetime, datetime | None, datetime | None]:
    """The limit that comes next and what it is for."""
    if row.interim_at is None and row.interim_due is not None and row.next_at == row.interim_due:
        amber = row.at + (row.interim_due - row.at) * float(rules.params["amber_part"])
        return "阶段反馈", row.at, amber, row.interim_due
    if row.leg_state == "dispatched":
        name = "签收"
    elif row.contacted_at is None and row.contact_due is not None and row.contact_due == row.due_at:
        name = "先行联系"
    else:
        name = "重办" if row.round > 1 else "办理"
    return name, row.at, row.amber_at, row.due_at


def _group(row: Row, now: datetime, tomorrow: datetime) -> str:
    if row.chases:
        return "chased"
    if row.next_at is None:
        return "none"
    if row.next_at < now:
        return "red"
    if row.next_at < tomorrow:
        return "today"
    return "tomorrow" if row.next_at < tomorrow + timedelta(days=1) else "later"


_GROUPS: Final = {
    "chased": ("诉求人在催", "red"),
    "red": ("已超期", "red"),
    "today": ("今天到期", "amber"),
    "tomorrow": ("明天到期", ""),
    "later": ("以后", ""),
    "none": ("不计时", ""),
}


def groups(items: Iterable[Item]) -> Iterator[Group]:
    """The items under their days; they come in this order already."""
    for name, some in groupby(items, key=lambda one: one.group):
        yield Group(*_GROUPS[name], list(some))
