"""The wall: what the city leader and the supervisor see from five metres, and as a plain list on a telephone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiesu.assessment.board import board
from jiesu.assessment.explaining import Figure
from jiesu.domain import words
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import Profile, RateRule
from jiesu.domain.rules import Rules
from jiesu.domain.tally import civil_day
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import city_map, wall
from jiesu.store import rules as rules_store
from jiesu.store.wall import DAYS, LATE, MOST, Wall
from jiesu.web.figures import asked as wanted
from jiesu.web.figures import said
from jiesu.web.figures.seat import WATCHES, has
from jiesu.web.frame import failures
from jiesu.web.frame.around import bare
from jiesu.web.frame.gate import Person, signed_in

_WEEKDAYS: Final = "一二三四五六日"
_CAPS: Final = {"amber": LATE, "red": LATE}
_SHADES: Final = 4
_REGIONS: Final = 8
_RATES: Final = 4


@dataclass(frozen=True, slots=True)
class Count:
    """A live count; ``tone``: red or amber while there is something, empty else."""

    name: str
    zh: str
    said: str
    tone: str
    address: str


@dataclass(frozen=True, slots=True)
class Area:
    """A region of the city: what came in the last days, how much of it is late now, and its shape if it has one."""

    code: str
    name: str
    came: int
    late: int
    address: str
    shade: int = 0
    points: str = ""
    x: float = 0
    y: float = 0
    under: float = 0


@dataclass(frozen=True, slots=True)
class Rate:
    zh: str
    percent: str
    fraction: str
    change: str
    address: str


@dataclass(frozen=True, slots=True)
class Late:
    """A late order without anything that tells of a person."""

    number: int
    what: str
    where: str
    unit: str
    due: str
    urgent: str


@dataclass(frozen=True, slots=True)
class Matter:
    name: str
    n: int
    change: str
    length: str
    address: str


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The wall. Five statements."""
    if not has(who, WATCHES):
        return failures.forbidden(request)
    local = who.now.astimezone(CITY_ZONE)
    held = wall.read(local.date(), who.now)
    if not held.rules:
        return failures.page(request, 404, "还没有城市资料", "先载入城市资料，大屏才有数。")
    rules = rules_store.at(held.rules)
    areas = _areas(held, rules)
    given: dict[str, Any] = {
        **bare(request, who),
        "city": next((one["name"] for one in rules.regions.values() if not one.get("parent")), ""),
        "day": f"{local.month}月{local.day}日 周{_WEEKDAYS[local.weekday()]}",
        "days": DAYS,
        "counts": _counts(held, who),
        "areas": areas[:_REGIONS],
        "shapes": [one for one in areas if one.points],
        "fine": [one for one in city_map.shapes(rules) if one.depth > 1],
        "red": [_late(one, rules) for one in held.red],
        "more": held.counts.get("red", 0) - len(held.red),
        "matters": _matters(held, rules),
        "counted": f"{held.filled_at.astimezone(CITY_ZONE):%H:%M}" if held.filled_at else "",
        **_rates(rules, who.now),
    }
    return render(request, "figures/wall.html", given)


def _counts(held: Wall, who: Person) -> list[Count]:
    listed = reverse("worklist", args=["all"])
    own = "city_leader" in who.roles
    red = reverse("leader-thing", args=["red"]) if own else reverse("worklist", args=["red"])
    urgent = reverse("leader-thing", args=["urgent"]) if own else f"{listed}?urgency=emergency"
    amber = listed if "supervisor" not in who.roles else reverse("worklist", args=["amber"])
    told = (
        ("today", "今天受理", "", listed),
        ("open", "未办结", "", listed),
        ("urgent", "今天特急", "red", urgent),
        ("amber", "将超期", "amber", amber),
        ("red", "已超期", "red", red),
    )
    return [
        Count(
            name,
            zh,
            _number(held.counts.get(name, 0), _CAPS.get(name, MOST)),
            tone if held.counts.get(name) else "",
            at,
        )
        for name, zh, tone, at in told
    ]


def _number(n: int, most: int) -> str:
    return f"{n:,}+" if n >= most else f"{n:,}"


def _areas(held: Wall, rules: Rules) -> list[Area]:
    """The regions just below the city, those with the most demands first; one that the map does not have is a line
    of the list all the same."""
    came, late = _below(held.came, rules), _below(held.late, rules)
    shapes = {one.code: one for one in city_map.shapes(rules) if one.depth == 1}
    most = max(came.values(), default=0)
    found = []
    for code in sorted({*came, *late, *shapes}, key=lambda one: (-came.get(one, 0), one)):
        shape, n = shapes.get(code), came.get(code, 0)
        drawn = (shape.points, shape.x, shape.y, shape.y + 52) if shape else ("", 0, 0, 0)
        shade = -(-n * _SHADES // most) if most else 0
        address = _listed(region=code) if code else reverse("worklist", args=["all"])
        found.append(Area(code, _region(code, rules), n, late.get(code, 0), address, shade, *drawn))
    return found


def _below(counts: Mapping[str, int], rules: Rules) -> dict[str, int]:
    """Counts of the regions just below the city, everything beneath them added up; what has no region stays apart."""
    found: dict[str, int] = {}
    for code, n in counts.items():
        top = _top(code, rules)
        found[top] = found.get(top, 0) + n
    return found


def _top(code: str, rules: Rules) -> str:
    for _ in range(8):
        above = rules.regions.get(code, {}).get("parent")
        if not above or not rules.regions.get(above, {}).get("parent"):
            return code if above else ""
        code = above
    return code


def _region(code: str, rules: Rules) -> str:
    held = rules.regions.get(code)
    return str(held["name"]) if held else "没有写区域"


def _listed(**given: str) -> str:
    return f"{reverse('worklist', args=['all'])}?{urlencode(given)}"


def _late(one: wall.Red, rules: Rules) -> Late:
    matter = rules.matters.get(one.matter)
    what = "保密工单" if one.secret else str(matter["name"]) if matter else "没有写事项"
    due = one.due_at.astimezone(CITY_ZONE)
    return Late(
        one.number,
        what,
        "" if one.secret or not one.region else _region(one.region, rules),
        rules.unit_name(one.unit) if one.unit else "还没有单位",
        f"应于 {due.month}月{due.day}日 {due:%H:%M} 前",
        words.zh(words.URGENCIES, one.urgency) if one.urgency != "normal" else "",
    )


def _matters(held: Wall, rules: Rules) -> list[Matter]:
    most = max((n for _, n, _ in held.matters), default=0)
    return [
        Matter(
            str(rules.matters[code]["name"]) if code in rules.matters else code,
            n,
            _against(n, before),
            f"{100 * n / most:.2f}",
            _listed(matter=code),
        )
        for code, n, before in held.matters
        if n
    ]


def _against(n: int, before: int) -> str:
    """How it stands to as many days before, in words."""
    if n == before:
        return "持平"
    return f"多 {n - before}" if n > before else f"少 {before - n}"


def _rates(rules: Rules, now: datetime) -> dict[str, Any]:
    """The main rates of the month that runs, up to yesterday."""
    window = wanted.window({}, now)
    try:
        held = board(window, by="all", keep=_mains, rules=rules)
    except Refused as no:
        return {"month": window.zh, "rates": [], "upto": no.message}
    rates = [
        Rate(
            rule.zh,
            said.percent(one.share),
            said.fraction(one.share),
            said.change(one, window),
            said.address(Figure(window, rule.code, "all", "")),
        )
        for rule in _mains(held.profile)
        if (one := held.total.get(rule.code)) is not None
    ]
    upto = held.published.zh if held.published else _upto(held.filled_at, window)
    return {"month": window.zh, "rates": rates, "upto": upto}


def _upto(filled_at: datetime | None, window: Window) -> str:
    if filled_at is None:
        return "还没有统计"
    last = min(civil_day(filled_at), window.after) - timedelta(days=1)
    return f"计到 {last.month}月{last.day}日，定稿前还会变" if last >= window.first else "这个月还没有过完的一天"


def _mains(profile: Profile) -> Sequence[RateRule]:
    return [profile.rate(code) for code in profile.main[:_RATES]]
