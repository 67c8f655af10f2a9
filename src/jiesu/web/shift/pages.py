"""Handing over: what waits to be read, who is on duty, the note with what is open, notes of any day and desk."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiesu.domain import handover as rules_of
from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.handover import DESKS
from jiesu.domain.rules import Rules
from jiesu.domain.shifts import name_of
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import handover, worklists
from jiesu.store.handover import Duty, Note
from jiesu.web.frame import failures
from jiesu.web.frame.around import answer, around
from jiesu.web.frame.asked import day_of
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.shift import lists
from jiesu.workflow import handover as verbs

_LATEST = 6
_DONE = {
    "signed": "已签收，您已接班。",
    "also": "已签收。",
    "written": "已交班。接班的人签收后，这里看得到是谁、几时。",
    "come": "已上岗。",
    "leave": "已下岗。",
}


def _sits(who: Person) -> bool:
    return bool(rules_of.read_by(who.actor))


@signed_in
@require_GET
def show(request: HttpRequest, who: Person) -> HttpResponse:
    """The latest notes of the person's desks, and who is there now. Five statements."""
    return _show(request, who)


def _show(request: HttpRequest, who: Person, wrong: str = "") -> HttpResponse:
    if not _sits(who):
        return failures.forbidden(request)
    given = around(request, who, desk="shift")
    mine = rules_of.desks_of(who.actor)
    seen = mine or rules_of.read_by(who.actor)
    duties = handover.on_duty(rules_of.read_by(who.actor), who.now)
    waiting = {one.note for one, _ in given["handed"]}
    held = handover.notes(seen, limit=_LATEST)[:_LATEST]
    given.update(
        desks=[(name, DESKS[name].zh, _mine(duties, name, who)) for name in mine],
        waiting=[_told(one, given["rules"], who) for one in held if one.id in waiting],
        latest=[_told(one, given["rules"], who) for one in held if one.id not in waiting],
        duties=[(DESKS[one.desk].zh, one) for one in duties],
        wrong=wrong,
        done=_DONE.get(request.GET.get("done", ""), ""),
    )
    return answer(request, "shift/desk.html", given, status=422 if wrong else 200)


def _mine(duties: list[Duty], desk: str, who: Person) -> Duty | None:
    return next((one for one in duties if one.desk == desk and one.staff == who.account.staff), None)


def _told(note: Note, rules: Rules, who: Person) -> dict[str, Any]:
    """A note as a list shows it."""
    shift = name_of(note.shift, rules.shifts) if note.shift != verbs.BETWEEN else "班次之间"
    return {
        "note": note,
        "desk": DESKS[note.desk].zh,
        "turn": shift,
        "eyes": lists.shown(lists.groups(note.open, note.at, rules)),
        "mine": note.staff == who.account.staff,
        "signed": any(one.staff == who.account.staff for one in note.signed),
    }


@signed_in
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, who: Person) -> HttpResponse:
    """The note to be written, with what is open as it will be frozen; and what comes of sending it. Five statements."""
    mine = rules_of.desks_of(who.actor)
    desk = request.POST.get("desk") or request.GET.get("desk") or (mine[0] if mine else "")
    if not mine or desk not in DESKS:
        return failures.forbidden(request)
    if request.method == "GET":
        return _writing(request, who, desk)
    text = request.POST.get("text", "")
    try:
        verbs.hand_over(desk, by=who.actor, now=who.now, text=text)
    except Forbidden:
        return failures.forbidden(request)
    except Refused as no:
        return _writing(request, who, desk, text, no.message)
    return HttpResponseRedirect(f"{reverse('shift')}?done=written")


def _writing(request: HttpRequest, who: Person, desk: str, text: str = "", wrong: str = "") -> HttpResponse:
    if desk not in rules_of.desks_of(who.actor):
        return failures.forbidden(request)
    given = around(request, who, desk="shift")
    open_ = handover.open_at(desk, who.now)
    given.update(
        name=desk,
        zh=DESKS[desk].zh,
        desks=[(one, DESKS[one].zh) for one in rules_of.desks_of(who.actor)],
        counts=lists.counts(open_, desk),
        groups=lists.groups(open_, who.now, given["rules"]),
        text=text,
        wrong=wrong,
        longest=rules_of.LONGEST,
    )
    return answer(request, "shift/write.html", given, status=422 if wrong else 200)


@signed_in
@require_GET
def note(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """One note: the words, what was open, and how it stands now. Five statements."""
    return _note(request, who, number)


def _note(request: HttpRequest, who: Person, number: int, wrong: str = "") -> HttpResponse:
    found = handover.note(number) if number < 2**63 else None
    if found is None:
        return failures.not_found(request)
    if found.desk not in rules_of.read_by(who.actor):
        return failures.forbidden(request)
    given = around(request, who, desk="shift")
    states = worklists.states(lists.numbers(found.open))
    told = _told(found, given["rules"], who)
    given.update(
        **told,
        counts=lists.counts(found.open, found.desk),
        groups=lists.groups(found.open, found.at, given["rules"], states),
        may_write=bool(rules_of.desks_of(who.actor)),
        may_sign=found.desk in rules_of.desks_of(who.actor) and not told["mine"] and not told["signed"],
        wrong=wrong,
    )
    return answer(request, "shift/note.html", given, status=422 if wrong else 200)


@signed_in
@require_POST
def sign(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """读过并接班."""
    try:
        first = verbs.sign(number, by=who.actor, now=who.now)
    except NotFound:
        return failures.not_found(request)
    except Forbidden:
        return failures.forbidden(request)
    except Refused as no:
        return _note(request, who, number, no.message)
    return HttpResponseRedirect(f"{reverse('shift')}?done={'signed' if first else 'also'}")


@signed_in
@require_POST
def duty(request: HttpRequest, who: Person) -> HttpResponse:
    """Come to a desk, or leave it, without a note."""
    act, desk = request.POST.get("act", ""), request.POST.get("desk", "")
    verb = {"come": verbs.come, "leave": verbs.leave}.get(act)
    if verb is None:
        return failures.not_found(request)
    try:
        verb(desk, by=who.actor, now=who.now)
    except Forbidden:
        return failures.forbidden(request)
    except Refused as no:
        return _show(request, who, no.message)
    return HttpResponseRedirect(f"{reverse('shift')}?done={act}")


@signed_in
@require_GET
def notes(request: HttpRequest, who: Person) -> HttpResponse:
    """Notes by day and desk, and who was on duty on the day. Five statements."""
    readable = rules_of.read_by(who.actor)
    if not readable:
        return failures.forbidden(request)
    given = around(request, who, desk="shift")
    asked, day = request.GET.get("desk", ""), day_of(request.GET.get("day", ""))
    chosen = [asked] if asked in readable else readable
    before = request.GET.get("before", "")
    held = handover.notes(chosen, day=day, before=int(before) if before.isdecimal() and len(before) < 19 else None)
    kept = {"day": day.isoformat() if day else "", "desk": asked if asked in readable else ""}
    on = day or who.now.astimezone(CITY_ZONE).date()
    given.update(
        rows=[_told(one, given["rules"], who) for one in held[: handover.PAGE]],
        duties=[(DESKS[one.desk].zh, one) for one in handover.duties(chosen, on)],
        may_write=bool(rules_of.desks_of(who.actor)),
        on=on,
        day=day,
        asked=kept["desk"],
        desks=[(one, DESKS[one].zh) for one in readable],
        next=f"?{urlencode({**kept, 'before': held[handover.PAGE - 1].id})}" if len(held) > handover.PAGE else "",
    )
    return answer(request, "shift/notes.html", given)
