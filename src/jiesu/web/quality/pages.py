"""The inspector's desk: appeals, then what was drawn; the thing in the middle, its sheet at the right, the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.channels import phone
from jiesu.domain import inspecting
from jiesu.domain.calls import Heard, may_listen
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.quality_plan import Plan
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import inspections
from jiesu.store.datadir import DataDir
from jiesu.store.inspections import Waiting
from jiesu.store.names import of_whom
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around, said
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.order.recordings import played
from jiesu.web.order.sheet import Sheet, sheet
from jiesu.web.quality import panel
from jiesu.web.quality.panel import Panel
from jiesu.workflow import quality, quality_sampling
from jiesu.workflow.quality import Work, key_of

_LARGEST: Final = 2**63


@dataclass(frozen=True, slots=True)
class Again:
    """What was written in a form that was not taken, and what is wrong."""

    message: str
    wrong: str = ""
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the desk; ``said``: how many wait there."""

    zh: str
    address: str
    open: bool
    said: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line of the list: what it is, whose, and why it is here."""

    line: Waiting
    key: str
    title: str
    whose: str
    why: str


def oversees(who: Person) -> bool:
    return inspecting.oversees(who.actor)


def tabs(who: Person, given: Mapping[str, Any], at: str) -> list[Tab]:
    """The pages of the desk."""
    waiting = said(sum(given["counts"].get(name, 0) for name in ("drawn", "disputed")))
    named = [("quality", "待检", waiting), ("quality-done", "检过的", ""), ("quality-figures", "统计", "")]
    return [Tab(zh, reverse(name), name == at, count) for name, zh, count in [*named, ("quality-rules", "方案", "")]]


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """What waits and the thing whose turn it is. ``?look=``: another one. Others are led to their own results."""
    if not oversees(who):
        return HttpResponseRedirect(reverse("quality-mine"))
    return _page(request, who, wanted=request.GET.get("look", ""))


def _page(
    request: HttpRequest, who: Person, *, wanted: str = "", again: Again | None = None, status: int = 200
) -> HttpResponse:
    given = around(request, who, desk="quality")
    rules: Rules = given["rules"]
    found = quality.work(by=who.actor, staff=who.account.staff, rules=rules, now=who.now, wanted=wanted)
    given.update(
        tabs=tabs(who, given, "quality"),
        work=found,
        lines=[shown(one, found, rules) for one in found.lines],
        open=key_of(found.chosen) if found.chosen else "",
        again=again,
        written=again.given if again else {},
        done=_done(request),
        missing=bool(wanted) and found.chosen is None and again is None,
        inspects=inspecting.inspects(who.actor),
        asked=request.GET.get("asked", ""),
    )
    if found.chosen is not None and found.plan is not None:
        _beside(request, who, given, found, found.plan, found.chosen, again)
    elif found.plan is not None and not found.lines:
        today = quality_sampling.today(who.now)
        given["undrawn"] = not quality_sampling.is_drawn(found.plan, today)
    return answer(request, "quality/desk.html", given, status=status)


def shown(one: Waiting, found: Work, rules: Rules) -> Shown:
    title = one.title if one.number else ""
    why = found.plan.signal_zh(one.signal) if found.plan else ""
    whose = of_whom(one.whom, one.name, rules.unit_name(one.whom) if one.whom else "")
    return Shown(one, key_of(one), title, whose, why)


def _beside(
    request: HttpRequest, who: Person, given: dict[str, Any], found: Work, plan: Plan, one: Waiting, again: Again | None
) -> None:
    """The thing in the middle and what is filled in beside it."""
    rules: Rules = given["rules"]
    held = _order(request, who, one)
    written, wrong = (again.given, again.wrong) if again else ({}, "")
    made: Panel | None
    if one.part:
        whole = inspections.get(one.id, day=quality_sampling.today(who.now))
        made = panel.of_appeal(one, whole, plan, rules, written, wrong) if whole else None
    else:
        made = panel.of_thing(one, plan, rules, found.readings, held, written, wrong)
    play, why = _may_hear(who, one)
    given.update(sheet=held, panel=made, play=play, ask=why)


def _may_hear(who: Person, one: Waiting) -> tuple[bool, bool]:
    """Whether this person may hear the call that was drawn, and whether he has to say why."""
    if one.call is None or one.spoken_at is None:
        return False, False
    day, today = one.spoken_at.astimezone(CITY_ZONE).date(), quality_sampling.today(who.now)
    try:
        return True, may_listen(who.actor, Heard(one.whom, day, one.number is not None, one.guarded), today)[1]
    except Forbidden:
        return False, False


def _order(request: HttpRequest, who: Person, one: Waiting) -> Sheet | None:
    """The order in the middle; a call may have none."""
    if one.number is None:
        return None
    try:
        return sheet(request, who, one.number, moves=False, related=False)
    except NotFound:
        return None


def number(text: str) -> int | None:
    return int(text) if text.isdecimal() and int(text) < _LARGEST else None


def _done(request: HttpRequest) -> tuple[int, str, str] | None:
    """What was just judged, decided or left out: its id, in words, and the draft that is done with."""
    id_ = number(request.GET.get("done", ""))
    whole = inspections.get(id_, day=quality_sampling.today(request.person.now)) if id_ else None  # type: ignore[attr-defined]
    if whole is None or whole.state == "open":
        return None
    part = whole.part(request.GET.get("part", ""))
    about = f"order/{whole.number}/" if whole.number else ""
    draft = f"{about}inspect/{whole.id}{f'.{part.part}' if part else ''}"
    if whole.state == "dropped":
        return whole.id, f"没有检：{inspecting.DROPS.get(whole.drop, '')}", draft
    if part is not None and part.decided_at is not None:
        return whole.id, f"申诉已裁定，{inspecting.OUTCOMES[part.outcome]}：{panel.told([part])}", draft
    return whole.id, f"已评：{panel.told(whole.parts)}，结果已告诉本人和单位", draft


# -- what is done with a thing


def _made(request: HttpRequest, who: Person, id_: int, verb: Callable[[], object], part: str = "") -> HttpResponse:
    """Do it and go on to the next; or the same thing again, with what was written and what is wrong."""
    key = f"{id_}.{part}" if part else str(id_)
    try:
        verb()
    except NotFound as no:
        return failures.page(request, 404, "没有这次质检", no.message)
    except Conflict as no:
        return _page(request, who, wanted=key, again=Again(no.message, "", request.POST.dict()), status=409)
    except Forbidden as no:
        if not oversees(who):
            return failures.page(request, 403, "不能这样做", no.message)
        return _page(request, who, wanted=key, again=Again(no.message, "", request.POST.dict()), status=403)
    except Refused as no:
        again = Again(no.message, no.field or "", request.POST.dict())
        return _page(request, who, wanted=key, again=again, status=422)
    then = {"done": id_, **({"part": part} if part else {})}
    return HttpResponseRedirect(f"{reverse('quality')}?{urlencode(then)}")


@signed_in
@require_POST
def submit(request: HttpRequest, who: Person, id: int) -> HttpResponse:
    """The sheet as it was filled in, and a coaching note."""
    sent = request.POST
    return _made(
        request,
        who,
        id,
        lambda: quality.submit(
            id,
            by=who.actor,
            now=who.now,
            sheet=number(sent.get("sheet", "")) or 0,
            marks=panel.marks_in(sent),
            coach=sent.get("coach", ""),
            coach_part=sent.get("coach_part", ""),
        ),
    )


@signed_in
@require_POST
def drop(request: HttpRequest, who: Person, id: int) -> HttpResponse:
    """It cannot be judged."""
    return _made(request, who, id, lambda: quality.drop(id, request.POST.get("drop", ""), by=who.actor, now=who.now))


@signed_in
@require_POST
def decide(request: HttpRequest, who: Person, id: int, part: str) -> HttpResponse:
    """An appeal, with the marks as they are to be."""
    sent = request.POST
    return _made(
        request,
        who,
        id,
        lambda: quality.decide(
            id, part, sent.get("decision", ""), marks=panel.marks_in(sent), by=who.actor, now=who.now
        ),
        part,
    )


@signed_in
@require_POST
def ask(request: HttpRequest, who: Person) -> HttpResponse:
    """Somebody of the desk wants an order looked at."""
    sent = request.POST
    order = number(sent.get("number", "").strip())
    if not oversees(who):
        return failures.forbidden(request)
    try:
        if order is None:
            raise Refused("请写 13 位工单号", field="number")
        put = quality.ask(order, sent.get("reason", ""), by=who.actor, now=who.now)
    except NotFound as no:
        return _page(request, who, again=Again(no.message, "number", sent.dict()), status=404)
    except Refused as no:
        return _page(request, who, again=Again(no.message, no.field or "number", sent.dict()), status=422)
    return HttpResponseRedirect(f"{reverse('quality')}?{urlencode({'asked': 'new' if put else 'known'})}")


@signed_in
@require_POST
def draw(request: HttpRequest, who: Person) -> HttpResponse:
    """Draw today's, where the night has not done it."""
    if not oversees(who):
        return failures.forbidden(request)
    quality_sampling.draw_today(who.now, by=who.actor)
    return HttpResponseRedirect(reverse("quality"))


@signed_in
@require_POST
def play(request: HttpRequest, who: Person, id: int) -> HttpResponse:
    """The recording of a call that was drawn, by permission and on record as everywhere."""
    whole = inspections.get(id, day=quality_sampling.today(who.now))
    if whole is None or whole.call is None or not oversees(who):
        return failures.not_found(request)
    return played(request, who, whole.call, phone.chosen(DataDir.choose().logs))
