"""Lists of city data: searched, filtered, counted, page by page; each row opens its thing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jiesu.domain import words
from jiesu.domain.administration import catalog, cells
from jiesu.domain.administration.kinds import (
    BETWEEN,
    KINDS,
    SIZES,
    STAFF_ROLES,
    UNIT_KINDS,
)
from jiesu.domain.administration.names import Names
from jiesu.domain.administration.things import mask
from jiesu.domain.clocks import Limit
from jiesu.domain.rules import Rules
from jiesu.store.administration import listing, shelves
from jiesu.store.administration.listing import PAGE
from jiesu.store.administration.roles import role_dates
from jiesu.web.admin import settings_lists
from jiesu.web.admin.rows import STATES, Asked, Row, Shown, fits, one, short
from jiesu.web.admin.seat import administrators, seated
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person

LISTS: Final = ("unit", "staff", "matter", "region", "catalog", "limit", "declared", "text", "script", "param")
_WHEN: Final = (("now", "现在有效"), ("later", "以后生效"), ("past", "已失效"), ("all", "全部"))
_LONGEST: Final = 80


@administrators
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, who: Person, kind: str) -> HttpResponse:
    """The list of a kind. At most five statements. Names of people are asked for by POST: addresses hold none."""
    if kind not in LISTS:
        return failures.not_found(request)
    given = seated(request, who, kind)
    asked_for = request.POST if request.method == "POST" else request.GET
    q = " ".join(asked_for.get("q", "").replace("\0", "").split())[:_LONGEST]
    asked = Asked(q, _offset(asked_for), asked_for, given["rules"], who.now)
    shown = _READ[kind](asked)
    following = asked.offset + PAGE
    more, posted = shown.paged and following < shown.total, request.method == "POST"
    kept = ("q", "under", *(name for name, *_ in shown.filters))
    query = {name: str(value) for name, value in asked_for.items() if name in kept}
    given.update(
        kind=KINDS[kind],
        shown=shown,
        words=asked.q,
        next=f"?{urlencode({**query, 'from': following})}" if more and not posted else "",
        further={**query, "from": following} if more and posted else {},
        asked=bool(asked.q or any(value for name, value in query.items() if name != "from")),
        done=request.GET.get("done", ""),
        sent_draft=request.GET.get("draft", ""),
    )
    return answer(request, "admin/list.html", given)


def _offset(asked: QueryDict) -> int:
    text = asked.get("from", "")
    return min(int(text), listing.FARTHEST) if text.isdecimal() and len(text) < 8 else 0


# -- by kind


def _units(asked: Asked) -> Shown:
    state, kind = asked.one_of("state", STATES, "on"), asked.one_of("kind", list(UNIT_KINDS.items()))
    page = listing.units(asked.q, state, kind, asked.now, asked.offset)
    rows = [
        Row(
            one("unit", held["code"]),
            (
                f"{held['short']} {held['code']}",
                held["name"],
                f"{UNIT_KINDS.get(held['kind'], held['kind'])}，{SIZES.get(held['group_size'], '')}",
                asked.rules.unit_name(held["parent"]) if held["parent"] else "",
                f"{held['clerks']} / {held['leaders']} / {held['shifts']}",
                str(held["sections"] or ""),
                held["initials"],
            ),
            heed=_lacks(held, asked.rules),
            off=not held["active"],
        )
        for held in page.rows
    ]
    head = ("单位", "全称", "类别、规模组", "上级", "联络员 / 领导 / 值班", "科室", "字母")
    filters = [("state", "状态", STATES, state), ("kind", "类别不限", [("", "类别不限"), *UNIT_KINDS.items()], kind)]
    return Shown(head, rows, page.total, filters, paged=True)


def _lacks(held: Mapping[str, Any], rules: Rules) -> str:
    if not held["active"] or held["kind"] not in rules.params["handling_kinds"]:
        return ""
    lacks = [zh for name, zh in (("clerks", "联络员"), ("leaders", "领导"), ("shifts", "值班表")) if not held[name]]
    return f"没有{'、'.join(lacks)}" if lacks else ""


def _staff(asked: Asked) -> Shown:
    roles = list(STAFF_ROLES.items())
    state, role = asked.one_of("state", STATES, "on"), asked.one_of("role", roles)
    units = [(unit.code, unit.name) for unit in asked.rules.units.values()]
    unit = asked.one_of("unit", units)
    page = listing.staff(asked.q, state, role, unit, asked.offset)
    names = Names(asked.rules)
    rows = [
        Row(
            one("staff", held["id"]),
            (
                f"{held['name']} {held['login']}",
                held["title"],
                cells.role_words([_role(one_) for one_ in held["roles"] or ()], names),
                mask(held["phone"]),
            ),
            tag=_standing(held),
            off=not held["active"],
        )
        for held in page.rows
    ]
    filters = [
        ("state", "状态", STATES, state),
        ("role", "角色", [("", "角色不限"), *roles], role),
        ("unit", "单位", [("", "单位不限"), *units], unit),
    ]
    return Shown(("姓名、账号", "职务", "角色和单位", "电话"), rows, page.total, filters, paged=True)


def _role(held: Sequence[str | None]) -> list[str | None]:
    role, unit, since, until = held
    first, last = role_dates(*(datetime.fromisoformat(at) if at else None for at in (since, until)))
    return [role, unit, first, last]


def _standing(held: Mapping[str, Any]) -> str:
    if not held["active"]:
        return ""
    return "还没有密码" if held["without"] else "一次性密码" if held["must_change"] else ""


def _matters(asked: Asked) -> Shown:
    state = asked.one_of("state", STATES, "on")
    under = asked.get.get("under", "")
    under = under if under in asked.rules.matters and not asked.q else ""
    page = listing.matters(asked.q, state, under, asked.offset)
    rows = [_matter_row(held, asked) for held in page.rows]
    path = []
    at = under
    while at:
        path.append((asked.rules.matter_name(at), f"{reverse('admin-list', args=['matter'])}?under={at}"))
        at = at.rpartition(".")[0]
    above = [("全部事项", reverse("admin-list", args=["matter"])), *reversed(path)] if under else []
    head = ("事项", "紧急程度", "常见类型", "关键词", "下级", "字母")
    return Shown(head, rows, page.total, [("state", "状态", STATES, state)], above, paged=True)


def _matter_row(held: Mapping[str, Any], asked: Asked) -> Row:
    path = f"（{asked.rules.matter_name(held['code'].partition('.')[0])}）" if asked.q and "." in held["code"] else ""
    return Row(
        one("matter", held["code"]),
        (
            f"{held['code']} {held['name']}{path}",
            words.zh(words.URGENCIES, held["urgency"]) if held["urgency"] != "normal" else "",
            "、".join(words.zh(words.KINDS, kind) for kind in held["kinds"]),
            short("、".join(held["keywords"]), 30),
            str(held["below"] or ""),
            held["initials"],
        ),
        tag=f"?under={held['code']}" if held["below"] and not asked.q else "",
        off=not held["active"],
    )


def _regions(asked: Asked) -> Shown:
    names = Names(asked.rules)
    held = sorted(shelves.of("region").every().values(), key=lambda thing: str(thing["code"]))
    rows = [
        Row(one("region", thing["code"]), (f"{thing['code']} {thing['name']}", names.unit(thing["unit"])))
        for thing in held
        if fits(asked.q, thing["code"], thing["name"], names.unit(thing["unit"]))
    ]
    note = "目录里牵头写“属地街道”的事项，由所在区域（或上一级区域）的属地单位牵头。"
    return Shown(("区域", "属地单位"), rows, len(rows), note=note)


def _lines(asked: Asked) -> Shown:
    rules = asked.rules
    today = rules.day(asked.now)
    when = asked.one_of("when", _WHEN, "now")
    regions = [("*", "全市"), *((code, str(held["name"])) for code, held in rules.regions.items())]
    region = asked.one_of("region", regions)
    season = asked.get.get("season", "")[:40]
    matters, units = _about(asked)
    bad = {(one_.matter, one_.region, one_.first): one_.said for one_ in catalog.problems(rules, today)}
    page = listing.lines(matters, units, region=region, season=season, when=when, today=today, offset=asked.offset)
    names = Names(rules)
    rows = [_line_row(held, names, bad) for held in page.rows]
    filters = [
        ("when", "何时", _WHEN, when),
        ("region", "区域", [("", "区域不限"), *regions], region),
        *([("season", "季节", [("", "季节不限"), (season, season)], season)] if season else []),
    ]
    head = ("事项", "区域", "牵头单位", "配合单位", "时限", "有效期")
    return Shown(
        head, rows, page.total, filters, paged=True, note=f"目录里有 {len(bad)} 处毛病，见“概览”。" if bad else ""
    )


def _about(asked: Asked) -> tuple[list[str] | None, list[str]]:
    """Matters and units that the words may mean; no words: everything."""
    if not asked.q:
        return None, []
    q = asked.q.lower()
    matters = [
        code
        for code, held in asked.rules.matters.items()
        if code.startswith(q) or q in f"{code} {held['name']}".lower()
    ]
    units = [code for code, unit in asked.rules.units.items() if q in f"{code} {unit.name} {unit.full}".lower()]
    return matters, units or ["-"]


def _line_row(held: Mapping[str, Any], names: Names, bad: Mapping[tuple[str, str, date], str]) -> Row:
    first = date.fromisoformat(held["effective_from"])
    season = held["season"] or {}
    limit = Limit.from_doc(held["handle"]).zh() if held["handle"] else "按类型"
    if season.get("handle"):
        limit += f"，{season['name']} {Limit.from_doc(season['handle']).zh()}"
    return Row(
        one("catalog", f"{held['matter']}{BETWEEN}{held['region']}"),
        (
            names.matter(held["matter"]),
            names.region(held["region"]),
            names.lead(held["lead"]),
            "、".join(names.unit(code) for code in held["assist"]),
            limit,
            f"{held['effective_from']} 起" + (f"，{held['effective_to']} 止" if held["effective_to"] else ""),
        ),
        tag="依法" if held["must_lead_by_law"] else "",
        heed=bad.get((held["matter"], held["region"], first), ""),
    )


_READ: Final[Mapping[str, Callable[[Asked], Shown]]] = {
    "unit": _units,
    "staff": _staff,
    "matter": _matters,
    "region": _regions,
    "catalog": _lines,
    "limit": settings_lists.limits,
    "declared": settings_lists.declared,
    "text": settings_lists.texts,
    "script": settings_lists.scripts,
    "param": settings_lists.params,
}
