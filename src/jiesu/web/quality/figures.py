"""What inspection comes to in a month: by person, by unit, by item; each number opens the results behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from jiesu.domain.inspecting import PARTS_ZH, SUBJECTS
from jiesu.domain.rules import Rules
from jiesu.domain.standing import Share
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import quality_counts, quality_rules
from jiesu.store.counting import next_month
from jiesu.store.names import of_whom
from jiesu.store.quality_counts import ItemTally, Tally
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.quality.pages import oversees, tabs
from jiesu.web.quality.results import month_asked, months
from jiesu.workflow import quality_sampling

_SHOWN_ITEMS: Final = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One person's or unit's line. ``small``: too few results for a mean."""

    whose: str
    tally: Tally
    small: bool
    address: str


@dataclass(frozen=True, slots=True)
class Table:
    """A part of the work, and how everybody did in it, the lowest first; who has too few results comes last."""

    code: str
    zh: str
    rate: Share
    mean: Any
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Item:
    """An item that cost points. ``share``: in how many of a hundred looks."""

    zh: str
    subject: str
    tally: ItemTally
    share: Any
    address: str


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """A month (``?month=2026-11``), this one without. Seven statements."""
    if not oversees(who):
        return failures.forbidden(request)
    given = around(request, who, desk="quality")
    month = month_asked(request, who)
    after = next_month(month)
    since, until = (datetime.combine(one, time(), CITY_ZONE).astimezone(UTC) for one in (month, after))
    today = quality_sampling.today(who.now)
    held = quality_rules.in_force(today)
    plan = quality_rules.plan(held["plan"]) if "plan" in held else None
    least = plan.least if plan else 1
    tallies = quality_counts.of_month(month)
    given.update(
        tabs=tabs(who, given, "quality-figures"),
        month=f"{month:%Y-%m}",
        months=[f"{one:%Y-%m}" for one in months(who)],
        now_month=month == today.replace(day=1),
        totals=quality_counts.totals(month, after, since=since, until=until, now=who.now),
        tables=_tables(tallies, given["rules"], least, f"{month:%Y-%m}"),
        items=_items(quality_counts.items(month), held, f"{month:%Y-%m}"),
        least=least,
    )
    return answer(request, "quality/figures.html", given)


def _tables(tallies: Sequence[Tally], rules: Rules, least: int, month: str) -> list[Table]:
    found = []
    for code, zh in PARTS_ZH.items():
        mine = [one for one in tallies if one.part == code]
        if mine:
            rows = [_row(one, rules, least, month) for one in mine]
            rows.sort(key=lambda one: (one.small, one.tally.mean, one.whose))
            points, worth = sum(one.points for one in mine), sum(one.worth for one in mine)
            rate = Share(sum(one.n for one in mine), sum(one.passed for one in mine))
            found.append(Table(code, zh, rate, quality_counts.percent(points, worth), rows))
    return found


def _row(one: Tally, rules: Rules, least: int, month: str) -> Row:
    address = f"{reverse('quality-done')}?{urlencode({'month': month, 'whom': one.whom, 'part': one.part})}"
    return Row(of_whom(one.whom, one.name, rules.unit_name(one.whom)), one, one.n < least, address)


def _items(tallies: Sequence[ItemTally], held: dict[str, int], month: str) -> list[Item]:
    """The items that cost most, as the sheets of now call them; a former sheet is asked where one is gone."""
    lost = [one for one in tallies if one.lost][:_SHOWN_ITEMS]
    names = _names((subject, held[subject]) for subject in SUBJECTS if subject in held)
    if any((one.subject, one.item) not in names for one in lost):
        former = [(one.name, one.version) for one in quality_rules.readings() if one.name != quality_rules.PLAN]
        names = _names(former) | names
    return [
        Item(
            names.get((one.subject, one.item), one.item),
            SUBJECTS[one.subject],
            one,
            Share(one.n, one.lost).percent,
            f"{reverse('quality-done')}?{urlencode({'month': month, 'item': one.item, 'subject': one.subject})}",
        )
        for one in lost
    ]


def _names(sheets: Iterable[tuple[str, int]]) -> dict[tuple[str, str], str]:
    found = [(subject, quality_rules.sheet(subject, version)) for subject, version in sheets]
    return {(subject, item.code): item.name for subject, sheet in found for item in sheet.items}
