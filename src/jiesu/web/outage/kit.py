"""The kit that is printed before anything fails, and the account of its sheets."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import offline as rules_of
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.rules import Rules
from jiesu.store import offline
from jiesu.store import phones as phones_store
from jiesu.store import rules as rules_store
from jiesu.store.offline import Block, Mark
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.outage import papers, seats
from jiesu.web.papers import report as layout
from jiesu.web.papers import setting
from jiesu.workflow import offline as verbs

_USUAL: Final = 50
_DONE: Final = {"reserve": "号段已留出，不会给别的工单。请打印受理单，放到每个席位。", "mark": "台账已更新。"}


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """Who keeps the kit sees it; others go to what they do here. Six statements."""
    if not seats.sits(who):
        return failures.forbidden(request)
    if not seats.keeps(who):
        return HttpResponseRedirect(reverse("outage-entry"))
    return _kit(request, who)


@signed_in
@require_GET
def blocks(request: HttpRequest, who: Person) -> HttpResponse:
    """Every block with its account, for whoever enters and marks sheets. Five statements."""
    if not seats.sits(who):
        return failures.forbidden(request)
    return _kit(request, who)


def _kit(request: HttpRequest, who: Person, wrong: Refused | None = None, **written: str) -> HttpResponse:
    given = seats.given(request, who, "kit")
    before = request.GET.get("before", "")
    held = offline.blocks(before=int(before) if before.isdecimal() and len(before) < 19 else None)
    changed = phones_store.changed()
    given.update(
        blocks=held[: offline.PAGE],
        next=held[offline.PAGE - 1].id if len(held) > offline.PAGE else "",
        roster=changed.get("roster"),
        rules_changed=changed.get("rules"),
        days=papers.DAYS,
        most_days=papers.MOST_DAYS,
        most=rules_of.MOST,
        count=written.get("count") or _USUAL,
        note=written.get("note", ""),
        wrong=wrong.message if wrong else "",
        wrong_field=wrong.field if wrong else "",
        done=_DONE.get(request.GET.get("done", ""), ""),
    )
    return answer(request, "outage/kit.html", given, status=422 if wrong else 200)


@signed_in
@require_POST
def reserve(request: HttpRequest, who: Person) -> HttpResponse:
    """Set serials aside for sheets; their account."""
    count, note = request.POST.get("count", ""), request.POST.get("note", "")
    try:
        whole = int(count) if count.isdecimal() and len(count) < 6 else 0
        made = verbs.reserve(whole, by=who.actor, now=who.now, note=note)
    except Forbidden:
        return failures.forbidden(request)
    except Refused as no:
        return _kit(request, who, no, count=count, note=note)
    return HttpResponseRedirect(f"{reverse('outage-block', args=[made])}?done=reserve")


@signed_in
@require_GET
def block(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """The account of a block: each sheet of which something is known, and the runs of which nothing is. Five
    statements."""
    return _account(request, who, number)


def _account(request: HttpRequest, who: Person, number: int, wrong: Refused | None = None) -> HttpResponse:
    if not seats.sits(who):
        return failures.forbidden(request)
    held = offline.block(number) if number < 2**63 else None
    if held is None:
        return failures.not_found(request)
    given = seats.given(request, who, "block")
    marks = offline.marks(number)
    given.update(
        held=held,
        marks=[(one, rules_of.STATES[one.state]) for one in marks if one.state != "out"],
        out=_out(held, marks),
        states=[(state, rules_of.STATES[state], held.account.counts.get(state, 0)) for state in _COUNTED],
        choices=[(state, rules_of.STATES[state]) for state in rules_of.MARKS],
        written=request.POST,
        wrong=wrong.message if wrong else "",
        wrong_field=wrong.field if wrong else "",
        done=_DONE.get(request.GET.get("done", ""), ""),
    )
    return answer(request, "outage/block.html", given, status=422 if wrong else 200)


_COUNTED: Final = ("used", "spoilt", "lost", "unused")


def _out(held: Block, marks: list[Mark]) -> list[tuple[int, int]]:
    known = {one.serial for one in marks if one.state != "out"}
    return rules_of.spans([serial for serial in range(held.first, held.last + 1) if serial not in known])


@signed_in
@require_POST
def mark(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """Say what became of sheets."""
    given = {name: request.POST.get(name, "") for name in ("first", "last", "state", "note")}
    try:
        verbs.mark(given["first"], given["last"], given["state"], by=who.actor, now=who.now, note=given["note"])
    except Forbidden:
        return failures.forbidden(request)
    except Refused as no:
        return _account(request, who, number, no)
    return HttpResponseRedirect(f"{reverse('outage-block', args=[number])}?done=mark")


# -- papers


@signed_in
@require_GET
def paper(request: HttpRequest, who: Person, part: str, form: str) -> HttpResponse:
    """One paper of the kit, or the whole as one PDF. ``?block=``: whose sheets; ``?days=``: how far the duty goes."""
    if not seats.keeps(who):
        return failures.forbidden(request)
    if part not in papers.PARTS or form not in ("pdf", "docx") or (part, form) == ("all", "docx"):
        return failures.not_found(request)
    held = _asked_block(request)
    if held is None and part in ("sheets", "account"):
        return failures.page(request, 404, "没有这一段号", "请先在“应急”里备下受理单，再打印。")
    name = papers.PARTS[part] + (f"-{held.first}-{held.last}" if held and part != "phones" else "")
    return setting.attached(_made(request, who, part, form, held), name, form)


def _asked_block(request: HttpRequest) -> Block | None:
    asked = request.GET.get("block", "")
    return offline.block(int(asked)) if asked.isdecimal() and len(asked) < 19 else None


def _made(request: HttpRequest, who: Person, part: str, form: str, held: Block | None) -> bytes:
    serials = range(held.first, held.last + 1) if held else range(0)
    if part == "sheets":
        return papers.sheets_pdf(serials) if form == "pdf" else papers.sheets_docx(serials)
    rules = rules_store.current()
    if part == "all":
        reports = [_report(request, who, one, rules, held) for one in ("phones", "catalog")]
        if held:
            reports.append(_report(request, who, "account", rules, held))
        return papers.bundle(reports, serials)
    made = _report(request, who, part, rules, held)
    return layout.pdf(made) if form == "pdf" else layout.docx(made, papers.PARTS[part])


def _report(request: HttpRequest, who: Person, part: str, rules: Rules, held: Block | None) -> layout.Report:
    if part == "phones":
        asked = request.GET.get("days", "")
        days = min(int(asked), papers.MOST_DAYS) if asked.isdecimal() and len(asked) < 4 else papers.DAYS
        return papers.phones(phones_store.phones(), rules, who, rules.day(who.now), days)
    if part == "catalog":
        return papers.catalog(rules, who)
    if held is None:
        raise LookupError("an account is of a block")
    return papers.account(held, who, rules)
