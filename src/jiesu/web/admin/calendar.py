"""The year as the city counts it: what is announced, what the city set itself, and recalculating after a change."""

from __future__ import annotations

from calendar import Calendar as Months
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain.errors import Refused
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import GUESSED
from jiesu.store.administration import calendar as stored
from jiesu.store.calendar_source import official_calendar
from jiesu.web.admin.seat import administrators, seated
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person
from jiesu.workflow.administration import recalculation

_FIRST, _LAST = 2004, 2100
_WEEK: Final = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Cell:
    """A day: whether it is worked, why it differs from its weekday, and where it is changed (empty: in the past)."""

    day: date
    works: bool
    tag: str
    said: str
    address: str
    today: bool


@administrators
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """A year (``?year=``). Four statements."""
    given = seated(request, who, "day")
    rules: Rules = given["rules"]
    today = rules.day(who.now)
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and len(text) == 4 and _FIRST <= int(text) <= _LAST else today.year
    own = stored.of_year(year)
    months = [_month(year, month, rules, own, today) for month in range(1, 13)]
    announced = year in rules.calendar.announced
    given.update(
        year=year,
        years=range(max(_FIRST, today.year - 2), today.year + 3),
        months=months,
        weekdays=_WEEK,
        announced=announced,
        guessed=GUESSED,
        known=not announced and year in official_calendar([year])["announced"],
        worked=sum(cell.works for _, weeks in months for week in weeks for cell in week if cell),
        own=sorted(own.items()),
        hours="、".join(f"{begins:%H:%M}-{ends:%H:%M}" for begins, ends in rules.calendar.hours),
        past=year < today.year,
        done=request.GET.get("done", ""),
        asked=bool(request.GET.get("asked")),
    )
    return answer(request, "admin/calendar.html", given)


def _month(
    year: int, month: int, rules: Rules, own: dict[date, tuple[bool, str]], today: date
) -> tuple[int, list[list[Cell | None]]]:
    weeks = [
        [_cell(day, rules, own, today) if day.month == month else None for day in week]
        for week in Months().monthdatescalendar(year, month)
    ]
    return month, weeks


def _cell(day: date, rules: Rules, own: dict[date, tuple[bool, str]], today: date) -> Cell:
    works = rules.calendar.is_workday(day)
    tag, said = "", "上班" if works else "休息"
    if day in own:
        tag, said = "市", f"本市设定：{said}，{own[day][1]}"
    elif works != (day.weekday() < 5):
        tag, said = ("班", "调休上班") if works else ("休", "放假")
    address = reverse("admin-one", args=["day", day.isoformat()]) if day >= today else ""
    return Cell(day, works, tag, said, address, day == today)


@administrators
@require_POST
def recalculate(request: HttpRequest, who: Person) -> HttpResponse:
    """Have the deadlines of open orders recalculated with the calendar that holds now."""
    try:
        recalculation.ask(by=who.actor, now=who.now, reason=request.POST.get("reason", ""))
    except Refused as no:
        return failures.page(request, 422, "没有开始", f"{no.message}。请返回上一页再试。")
    return HttpResponseRedirect(f"{reverse('admin-calendar')}?asked=1")
