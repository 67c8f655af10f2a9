"""The daily report: the days, a day's page, writing to it, its papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain.daily import TEXTS, change, day_words, moment_words
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.rules import Rules
from jiesu.store import daily, names
from jiesu.store import rules as rules_store
from jiesu.store.daily import Line, Report
from jiesu.web.daily import sections
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.asked import day_of
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.papers import report as layout
from jiesu.web.papers import setting
from jiesu.workflow import daily as verbs

READERS: Final = frozenset({"supervisor", "city_leader", "analyst", "administrator"})
_PAGE: Final = 31
_DONE: Final = {
    "make": "已生成，数据从此不变。",
    "text": "文字已存下，上一稿也留着。",
    "issue": "已定稿。",
}


class Day:
    """A civil day in an address: 2026-11-23."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


@dataclass(frozen=True, slots=True)
class Told:
    """A day of the list."""

    line: Line
    day: str
    change: str


def _may(who: Person) -> bool:
    return bool(READERS & set(who.roles))


def _writes(who: Person) -> bool:
    return verbs.WRITERS in who.roles


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The days that have a report, the latest first. Four statements."""
    return _list(request, who)


def _list(request: HttpRequest, who: Person, wrong: str = "") -> HttpResponse:
    if not _may(who):
        return failures.forbidden(request)
    given = around(request, who, desk="daily")
    held = daily.days(before=day_of(request.GET.get("before", "")), limit=_PAGE)
    last = verbs.yesterday(who.now)
    given.update(
        rows=[Told(one, day_words(one.day), change(one.all[0], one.all[1], "前一天")) for one in held[:_PAGE]],
        next=held[_PAGE - 1].day.isoformat() if len(held) > _PAGE else "",
        missing=last if _writes(who) and not any(one.day == last for one in held) else None,
        missing_words=day_words(last),
        wrong=wrong,
    )
    return answer(request, "daily/list.html", given, status=422 if wrong else 200)


@signed_in
@require_POST
def make(request: HttpRequest, who: Person) -> HttpResponse:
    """Fix a day's figures now, where the worker has not done it."""
    day = day_of(request.POST.get("day", ""))
    if day is None:
        return failures.bad_request(request)
    try:
        verbs.make(day, by=who.actor, now=who.now)
    except Forbidden:
        return failures.forbidden(request)
    except Refused as no:
        return _list(request, who, no.message)
    return HttpResponseRedirect(f"{reverse('daily-day', args=[day])}?done=make")


@signed_in
@require_GET
def report(request: HttpRequest, who: Person, day: date) -> HttpResponse:
    """A day's report; ``?no=``: an earlier reading of its texts. At most six statements."""
    return _page(request, who, day)


def _page(
    request: HttpRequest,
    who: Person,
    day: date,
    given_texts: dict[str, str] | None = None,
    wrong: Refused | None = None,
) -> HttpResponse:
    if not _may(who):
        return failures.forbidden(request)
    asked = request.GET.get("no", "")
    kept = daily.report(day, int(asked) if asked.isdecimal() and len(asked) < 6 else None)
    if kept is None:
        return failures.page(request, 404, "没有这一天的日报", "日报在第二天早上 6:30 自动生成。请从“日报”里选一天。")
    given = around(request, who, desk="daily")
    rules = _rules(kept, given["rules"])
    readings = daily.readings(day)
    last = not readings or kept.no == readings[0].no
    given.update(
        kept=kept,
        day_zh=day_words(day),
        at=moment_words(kept.made_at),
        sections=sections.made(kept, rules, who, daily.titles(_numbers(kept))),
        readings=readings,
        writer=next((one.name for one in readings if one.no == kept.no), ""),
        last=last,
        fields=_fields(kept, given_texts, wrong) if _writes(who) and last else [],
        wrong=wrong.message if wrong else "",
        issued_by=names.of_actor(kept.issued_by) if kept.issued_by else "",
        done=_DONE.get(request.GET.get("done", ""), ""),
    )
    return answer(request, "daily/day.html", given, status=422 if wrong else 200)


def _fields(kept: Report, given: dict[str, str] | None, wrong: Refused | None) -> list[dict[str, str]]:
    held = given or kept.texts
    said = {wrong.field: wrong.message} if wrong and wrong.field else {}
    return [
        {
            "name": name,
            "zh": zh,
            "value": held.get(name, ""),
            "wrong": said.get(name, ""),
        }
        for name, zh in TEXTS.items()
    ]


def _rules(kept: Report, now: Rules) -> Rules:
    """The rules of the day's figures: names stay what they were."""
    return now if now.id == kept.rules else rules_store.at(kept.rules)


def _numbers(kept: Report) -> Sequence[int]:
    return [one["number"] for one in kept.figures["urgent"]["orders"]]


@signed_in
@require_POST
def text(request: HttpRequest, who: Person, day: date) -> HttpResponse:
    """Another reading of the texts."""
    given = {name: request.POST.get(name, "") for name in TEXTS}
    seen = request.POST.get("seen", "")
    try:
        verbs.write(day, given, seen=int(seen) if seen.isdecimal() and len(seen) < 6 else -1, by=who.actor, now=who.now)
    except Forbidden:
        return failures.forbidden(request)
    except NotFound:
        return failures.not_found(request)
    except Refused as no:
        return _page(request, who, day, given, no)
    return HttpResponseRedirect(f"{reverse('daily-day', args=[day])}?done=text")


@signed_in
@require_POST
def issue(request: HttpRequest, who: Person, day: date) -> HttpResponse:
    """定稿."""
    try:
        verbs.issue(day, by=who.actor, now=who.now)
    except Forbidden:
        return failures.forbidden(request)
    except NotFound:
        return failures.not_found(request)
    except Refused as no:
        return _page(request, who, day, None, no)
    return HttpResponseRedirect(f"{reverse('daily-day', args=[day])}?done=issue")


@signed_in
@require_GET
def paper(request: HttpRequest, who: Person, day: date, form: str) -> HttpResponse:
    """The report as PDF or .docx, with its last texts."""
    if not _may(who):
        return failures.forbidden(request)
    kept = daily.report(day)
    if kept is None or form not in ("pdf", "docx"):
        return failures.not_found(request)
    rules = rules_store.at(kept.rules)
    found = sections.made(kept, rules, who, daily.titles(_numbers(kept)))
    issued = (
        f"{names.of_actor(kept.issued_by)} {moment_words(kept.issued_at)} 定稿。" if kept.issued_at else "还没有定稿。"
    )
    made = sections.paper(kept, found, rules, issued)
    content = layout.pdf(made) if form == "pdf" else layout.docx(made, "日报")
    return setting.attached(content, f"热线日报-{day:%Y%m%d}", form)
