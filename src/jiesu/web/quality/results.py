"""Results: the list of a month behind every figure, and one of them whole, with coaching and a second look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import inspecting
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.inspecting import OUTCOMES, PARTS_ZH, SUBJECTS
from jiesu.domain.rules import Rules
from jiesu.store import inspections, quality_counts, quality_rules
from jiesu.store.inspections import Part, Whole
from jiesu.store.names import of_whom
from jiesu.store.quality_counts import PAGE, Done
from jiesu.web.frame import failures, lines
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.quality import panel
from jiesu.web.quality.pages import oversees, tabs
from jiesu.web.quality.panel import Group
from jiesu.workflow import quality, quality_sampling

_FILTERS: Final = ("subject", "part", "whom", "item", "failed", "appealed")
_MOST_PAGES: Final = 100
SAID: Final = {
    "coach": "辅导已写给本人，读过会显示在这里",
    "again": "已要求复检，由另一位质检员检",
    "read": "已签阅",
    "appeal": "申诉已提交，结果会显示在这里",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A result in a list, with the names of what it is about."""

    done: Done
    whose: str
    title: str
    why: str
    state: str


def months(who: Person, back: int = 12) -> list[date]:
    """The first days of this month and those before it."""
    today = quality_sampling.today(who.now)
    counted = [today.year * 12 + today.month - 1 - one for one in range(back)]
    return [date(one // 12, one % 12 + 1, 1) for one in counted]


def month_asked(request: HttpRequest, who: Person) -> date:
    """The month of the address, ``2026-11``; else this one."""
    found = months(who)
    return next((one for one in found if f"{one:%Y-%m}" == request.GET.get("month", "")), found[0])


def row(who: Person, one: Done, rules: Rules, signal: Callable[[str], str]) -> Row:
    title = one.title if one.number and lines.reads_titles(who.actor, one) else ""
    why = signal(one.signal)
    whose = of_whom(one.whom, one.name, rules.unit_name(one.whom))
    return Row(one, whose, title, why, state_words(one))


def state_words(one: Done) -> str:
    """已由复检代替; 申诉待裁定; 申诉：已改分; 有辅导."""
    if not one.counts:
        return "已由复检代替"
    if one.appealed:
        return f"申诉：{OUTCOMES[one.outcome]}" if one.outcome else "申诉待裁定"
    return "有辅导" if one.coached else ""


@signed_in
@require_GET
def done(request: HttpRequest, who: Person) -> HttpResponse:
    """Results of a month, newest first, by what the address asks for. Five statements."""
    if not oversees(who):
        return failures.forbidden(request)
    given = around(request, who, desk="quality")
    month = month_asked(request, who)
    filters = _filters(request.GET)
    text = request.GET.get("from", "")
    offset = min(int(text), _MOST_PAGES * PAGE) if text.isdecimal() and len(text) < 6 else 0
    found = quality_counts.done(month, offset=offset, **filters)
    plan = quality_rules.plan_on(quality_sampling.today(who.now))
    kept = {"month": f"{month:%Y-%m}", **{name: str(value) for name, value in filters.items()}}
    given.update(
        tabs=tabs(who, given, "quality-done"),
        rows=[row(who, one, given["rules"], plan.signal_zh if plan else lambda code: code) for one in found[:PAGE]],
        month=f"{month:%Y-%m}",
        months=[f"{one:%Y-%m}" for one in months(who)],
        subjects=list(SUBJECTS.items()),
        parts=list(PARTS_ZH.items()),
        filters=filters,
        named=_named(filters, found, given["rules"]),
        next=f"{reverse('quality-done')}?{urlencode({**kept, 'from': offset + PAGE})}" if len(found) > PAGE else "",
    )
    return answer(request, "quality/done.html", given)


def _filters(asked: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: asked[name][:40] for name in _FILTERS if asked.get(name, "").strip()}
    if found.get("subject") not in SUBJECTS:
        found.pop("subject", None)
    if found.get("part") not in PARTS_ZH:
        found.pop("part", None)
    return {name: True if name in ("failed", "appealed") else value for name, value in found.items()}


def _named(filters: Mapping[str, Any], found: list[Done], rules: Rules) -> str:
    """What else is asked for, in words: of whom, and which item."""
    whom = filters.get("whom")
    if not whom:
        return "按条目" if filters.get("item") else ""
    return next((one.name for one in found if one.whom == whom and one.name), rules.unit_name(str(whom)))


# -- one of them


@dataclass(frozen=True, slots=True)
class Shown:
    """One part of a result, as somebody may see it; words in the clear."""

    part: Part
    group: Group
    score: str
    first: str
    coach: str
    coach_by: str
    appeal: str
    appeal_by: str
    decision: str
    decided_by: str
    outcome: str
    can_coach: bool
    can_appeal: bool
    why_not: str


def shown(who: Person, whole: Whole, part: Part, rules: Rules) -> Shown:
    """One part with its marks, and what this person may do with it now."""
    texts = whole.texts
    can, why = _may_appeal(who, whole, part)
    code = part.part
    return Shown(
        part=part,
        group=panel.judged(whole, part, rules),
        score=panel.score_words(part),
        first=f"{part.first.percent}" if part.outcome == "changed" else "",
        coach=texts.get(f"coach/{code}", "（内容已按规定删除）" if part.coached_at else ""),
        coach_by=whole.name(part.coached_by) if part.coached_by else "",
        appeal=texts.get(f"appeal/{code}", "（内容已按规定删除）" if part.appealed_at else ""),
        appeal_by=whole.name(part.appealed_by) if part.appealed_by else "",
        decision=texts.get(f"decision/{code}", "（内容已按规定删除）" if part.decided_at else ""),
        decided_by=whole.name(part.decided_by) if part.decided_by else "",
        outcome=OUTCOMES.get(part.outcome, ""),
        can_coach=inspecting.inspects(who.actor) and part.coached_at is None,
        can_appeal=can,
        why_not=why,
    )


def _may_appeal(who: Person, whole: Whole, part: Part) -> tuple[bool, str]:
    try:
        inspecting.appeals(who.actor, part.stand(whole.done_by), who.now)
    except Refused as no:
        return False, no.message
    return True, ""


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, id: int) -> HttpResponse:
    """One look with all its parts, for inspectors and supervisors."""
    return _page(request, who, id)


def _page(
    request: HttpRequest, who: Person, id_: int, *, problem: str = "", field: str = "", status: int = 200
) -> HttpResponse:
    if not oversees(who):
        return failures.forbidden(request)
    whole = inspections.get(id_, day=quality_sampling.today(who.now))
    if whole is None:
        return failures.page(request, 404, "没有这次质检", "请回到列表再选。")
    given = around(request, who, desk="quality")
    plan = quality_rules.plan(whole.plan) if whole.plan else None
    given.update(
        tabs=tabs(who, given, "quality-done"),
        whole=whole,
        subject=SUBJECTS[whole.subject],
        why=plan.signal_zh(whole.signal) if plan else whole.signal,
        asked_for=whole.texts.get("ask", ""),
        dropped=inspecting.DROPS.get(whole.drop, ""),
        parts=[shown(who, whole, one, given["rules"]) for one in whole.parts],
        by=whole.name(whole.done_by) if whole.done_by else "",
        can_again=whole.state == "done" and whole.look == 1 and not whole.again,
        problem=problem,
        wrong=field,
        written=request.POST.dict(),
        said=SAID.get(request.GET.get("done", ""), ""),
    )
    return answer(request, "quality/result.html", given, status=status)


def _made(
    request: HttpRequest, who: Person, id_: int, verb: Callable[[], object], what: str, field: str
) -> HttpResponse:
    try:
        verb()
    except NotFound as no:
        return failures.page(request, 404, "没有这次质检", no.message)
    except (Refused, Conflict) as no:
        status = 403 if isinstance(no, Forbidden) else 422
        return _page(request, who, id_, problem=no.message, field=field, status=status)
    return HttpResponseRedirect(f"{reverse('quality-result', args=[id_])}?done={what}")


@signed_in
@require_POST
def coach(request: HttpRequest, who: Person, id: int, part: str) -> HttpResponse:
    """A coaching note, written after the result was told."""
    said = request.POST.get("coach", "")
    return _made(
        request, who, id, lambda: quality.coach(id, part, said, by=who.actor, now=who.now), "coach", f"coach/{part}"
    )


@signed_in
@require_POST
def again(request: HttpRequest, who: Person, id: int) -> HttpResponse:
    """A second look, by somebody else."""
    said = request.POST.get("reason", "")
    return _made(request, who, id, lambda: quality.second_look(id, said, by=who.actor, now=who.now), "again", "reason")
