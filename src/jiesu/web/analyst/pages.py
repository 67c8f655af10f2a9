"""The analyst's desk: a table of counts, orders a day, what comes most; each number opens into its orders."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import words
from jiesu.domain.errors import Refused
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import analysing, counting
from jiesu.store import rules as rules_store
from jiesu.store.analysing import PAGE
from jiesu.web.analyst import asked as wanted
from jiesu.web.analyst.bars import bars
from jiesu.web.analyst.crosstab import TITLES, crosstab, name
from jiesu.web.frame import failures, lines
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.order import forms
from jiesu.workflow import desktop

_ROLES: Final = frozenset({"analyst", "administrator", "city_leader", "supervisor"})
_VIEW: Final = "analyst"
_MOST_LINES: Final = 2000
_LARGEST: Final = 2**63


def _may(who: Person) -> bool:
    return bool(_ROLES & set(who.roles))


def _around(request: HttpRequest, who: Person, tab: str) -> dict[str, Any]:
    given = around(request, who, desk="analyst", shown=_VIEW)
    tabs = (("table", "交叉表", "analyst"), ("days", "每日和排行", "analyst-days"))
    given["tabs"] = [(zh, reverse(url), name == tab) for name, zh, url in tabs]
    return given


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The table of counts. Four statements."""
    if not _may(who):
        return failures.forbidden(request)
    given = _around(request, who, "table")
    rules: Rules = given["rules"]
    asked = wanted.table(request.GET, rules, who.now)
    held = analysing.table(asked.first, asked.last, asked.rows, asked.columns, wanted.stored(asked.filters))
    given.update(
        asked=asked,
        table=crosstab(held, asked, rules),
        at=held.at.astimezone(CITY_ZONE) if held.at else None,
        missing=held.missing,
        titles=list(TITLES.items()),
        row_title=TITLES[asked.rows],
        months=_months(who),
        choices=_choices(rules),
    )
    return answer(request, "analyst/desk.html", given)


def _months(who: Person) -> list[str]:
    """The months that may be asked for, this one first."""
    month = who.now.astimezone(CITY_ZONE).date().replace(day=1)
    found = []
    for _ in range(counting.MONTHS):
        found.append(f"{month:%Y-%m}")
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def _choices(rules: Rules) -> list[tuple[str, str, list[forms.Option]]]:
    tops = [(code, str(one["name"])) for code, one in rules.matters.items() if not one.get("parent")]
    units = [(one.code, one.name) for one in rules.units.values() if rules.can_handle(one.code)]
    return [
        ("matter", "事项", tops),
        ("region", "区域", forms.regions(rules)),
        ("unit", "牵头单位", units),
        ("kind", "类型", list(words.KINDS.items())),
    ]


@signed_in
@require_GET
def csv_of(request: HttpRequest, who: Person) -> HttpResponse:
    """The table as CSV that spreadsheets open as it is, with the moment of its counts in the last line."""
    if not _may(who):
        return failures.forbidden(request)
    rules = rules_store.current()
    asked = wanted.table(request.GET, rules, who.now)
    held = analysing.table(asked.first, asked.last, asked.rows, asked.columns, wanted.stored(asked.filters))
    made = crosstab(held, asked, rules, most=_MOST_LINES)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([TITLES[asked.rows], *made.columns, "合计"])
    for line in made.lines:
        writer.writerow([line.name, *(cell.n for cell in line.cells), line.total.n])
    writer.writerow(["合计", *(cell.n for cell in made.totals), made.total.n])
    if held.at:
        writer.writerow([f"截至 {held.at.astimezone(CITY_ZONE):%Y-%m-%d %H:%M}，按登记月份，含不予受理、撤诉和并单"])
    response = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    file_name = f"工单交叉表-{asked.first:%Y%m}-{asked.last:%Y%m}.csv"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name)}"
    return response


@signed_in
@require_GET
def days(request: HttpRequest, who: Person) -> HttpResponse:
    """Orders a day and what comes most. Five statements."""
    if not _may(who):
        return failures.forbidden(request)
    given = _around(request, who, "days")
    rules: Rules = given["rules"]
    first, last = wanted.span(request.GET, who.now)
    held = analysing.days(first, last)
    figures = counting.figures(["places", "callers"])
    given.update(
        first=first,
        last=last,
        bars=bars(held.days, first, last, _opens),
        total=sum(held.days.values()),
        at=held.at.astimezone(CITY_ZONE) if held.at else None,
        tops=[
            (zh, _top(dim, held.tops[dim], first, last, rules))
            for dim, zh in (("matter", "事项"), ("region", "区域"), ("unit", "牵头单位"), ("kind", "类型"))
        ],
        places=figures["places"].body[: analysing.TOP] if "places" in figures else [],
        callers=_callers(figures["callers"].body, rules) if "callers" in figures else [],
    )
    return answer(request, "analyst/days.html", given)


def _opens(first: date, last: date, **filters: str) -> str:
    return f"{reverse('analyst-orders')}?{urlencode({'from': first.isoformat(), 'to': last.isoformat(), **filters})}"


def _top(
    dimension: str, found: list[tuple[str, int]], first: date, last: date, rules: Rules
) -> list[tuple[str, int, int, str]]:
    """(name, orders, share of the longest bar in %, where it opens)."""
    most = max((n for _, n in found), default=1)
    return [
        (name(dimension, code, rules), n, round(100 * n / most), _opens(first, last, **{dimension: code}))
        for code, n in found
    ]


def _callers(body: list[dict[str, Any]], rules: Rules) -> list[tuple[str, int, str]]:
    """An analyst is not told who calls: how often, about what, and the orders."""
    return [
        (forms.matter_name(rules, one["matter"]) or "还没有分类", one["n"], _numbered(one["numbers"]))
        for one in body[: analysing.TOP]
    ]


def _numbered(numbers: list[int]) -> str:
    return f"{reverse('analyst-orders')}?{urlencode({'numbers': ','.join(map(str, numbers))})}"


@signed_in
@require_GET
def orders(request: HttpRequest, who: Person) -> HttpResponse:
    """The orders behind a number, newest first. Four statements."""
    if not _may(who):
        return failures.forbidden(request)
    given = _around(request, who, "")
    rules: Rules = given["rules"]
    numbers = [int(one) for one in request.GET.get("numbers", "").split(",") if one.isdecimal() and int(one) < _LARGEST]
    first, last = wanted.span(request.GET, who.now)
    filters = wanted.filters(request.GET, rules)
    if numbers:
        rows, since = analysing.named(numbers[:PAGE]), first
    else:
        before = request.GET.get("before", "")
        upto = int(before) if before.isdecimal() and int(before) < _LARGEST else None
        behind = analysing.orders(first, last, wanted.stored(filters), before=upto)
        rows, since = behind.rows, behind.since
    asked = {"from": first.isoformat(), "to": last.isoformat(), **filters}
    given.update(
        rows=[lines.line(who, row, rules) for row in rows[:PAGE]],
        first=first,
        last=last,
        since=since if since > first else None,
        listed=bool(numbers),
        said=[_said(dimension, code, rules) for dimension, code in filters.items()],
        next=f"?{urlencode({**asked, 'before': rows[PAGE - 1].number})}" if len(rows) > PAGE else "",
    )
    return answer(request, "analyst/orders.html", given)


def _said(dimension: str, code: str, rules: Rules) -> str:
    if dimension == "channel":
        return words.zh(words.CHANNELS, code)
    return name(dimension, "" if code == wanted.NO_UNIT else code, rules)


@signed_in
@require_POST
def save_view(request: HttpRequest, who: Person) -> HttpResponse:
    """Keep the table with its filters under a name; back to it."""
    query = request.POST.get("query", "")
    try:
        desktop.save_view(_VIEW, by=who.actor, now=who.now, name=request.POST.get("name", ""), query=query)
    except Refused as refused:
        return failures.page(request, 422, "没有存下", f"{refused.message}。请返回上一页再试。")
    return HttpResponseRedirect(f"{reverse('analyst')}?{query}")


@signed_in
@require_POST
def drop_view(request: HttpRequest, who: Person) -> HttpResponse:
    desktop.drop_view(_VIEW, by=who.actor, name=request.POST.get("name", ""))
    return HttpResponseRedirect(reverse("analyst"))
