"""One order at the unit's desk: what the unit has to do first, the form of the reply as the catalog asks, papers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import words
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Clock, Leg
from jiesu.domain.permissions import sees
from jiesu.store import files, orders
from jiesu.web.frame import failures, said
from jiesu.web.frame.around import answer, around, bare
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import is_part, part
from jiesu.web.order import forms
from jiesu.web.order.actions import Again
from jiesu.web.order.forms import MoveForm
from jiesu.web.order.sheet import Sheet, sheet
from jiesu.web.order.way import Stop
from jiesu.web.unit import reply
from jiesu.web.unit.desk import sits
from jiesu.web.unit.reply import Reply
from jiesu.workflow.step import take

_TEMPLATES: Final = {"way": "unit/renewed.html"}
# The limits of a unit's part, in the order of the work.
_STEPS: Final = ("acknowledge", "first_contact", "interim", "handle", "rework")


@dataclass
class Work:
    """What this person does with the order: ``steps`` are (name, clock) of the unit's running limits; ``plain`` and
    ``more``: moves with their usual forms; ``waiting``: what the clerk submitted, before the leader."""

    steps: list[tuple[str, Clock]] = field(default_factory=list)
    contact: MoveForm | None = None
    reply: Reply | None = None
    approve: MoveForm | None = None
    hand_back: MoveForm | None = None
    waiting: Stop | None = None
    contact_due: bool = False
    phone: str = ""
    plain: list[MoveForm] = field(default_factory=list)
    more: list[MoveForm] = field(default_factory=list)
    return_clock: Clock | None = None

    @property
    def more_open(self) -> bool:
        return any(one.open for one in self.more)

    @property
    def first(self) -> str:
        """The move that the thumb finds; none while the leader has to answer."""
        if self.waiting is not None:
            return ""
        if self.plain and self.plain[0].name in ("acknowledge", "leg_acknowledge"):
            return self.plain[0].name
        if self.contact is not None and self.contact_due:
            return "first_contact"
        return self.reply.name if self.reply else ""


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """The order at the desk; at most seven statements."""
    return _page(request, who, number)


@signed_in
@require_POST
def move(request: HttpRequest, who: Person, number: int, name: str) -> HttpResponse:
    """Make a move; the order again, with what was done or what is wrong."""
    if name not in MOVES or not MOVES[name].hand:
        return failures.not_found(request)
    if name in reply.REPLIES:
        request.POST = reply.measures_of(request)  # type: ignore[assignment]
    wanted = forms.asked_of(MOVES[name])
    given = forms.given_in(request, wanted)
    try:
        sent = forms.files_in(request, wanted, by=who.actor.id, now=who.now)
        given.update(forms.kept_of(sent))
        facts = {**sent, **forms.facts_in(request, wanted)}
        seen = request.POST.get("seen", "")
        take(
            number,
            name,
            by=who.actor,
            now=who.now,
            facts=facts,
            seen=int(seen) if seen.isdecimal() and len(seen) < 9 else None,
        )
    except NotFound as no:
        return failures.page(request, 404, "没有这张工单", no.message)
    except Conflict as lost:
        return _page(request, who, number, Again(name, given, None, lost.message), 409)
    except Forbidden as no:
        return _page(request, who, number, Again(name, given, no.field, no.message), 403)
    except Refused as no:
        return _page(request, who, number, Again(name, given, no.field, no.message), 422)
    back = request.POST.get("back", "")
    there = reverse("unit_approve") if back == "approve" else f"{reverse('unit_order', args=[number])}?done={name}"
    return HttpResponseRedirect(there)


@signed_in
@require_POST
def upload(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """Keep one paper that a form of this order will name; JSON with its digest and name, or what is wrong with it."""
    found = orders.load(number)
    one = request.FILES.get("file")
    if found is None or not sees(who.actor, found[0].order):
        return JsonResponse({"said": "这张工单不在您的办理范围内"}, status=403)
    if one is None:
        return JsonResponse({"said": "没有收到文件，请重试"}, status=422)
    name = one.name or "附件"
    try:
        digest = files.save(one.read(), name=name, mime=one.content_type or "", by=who.actor.id, now=who.now)
    except Refused as no:
        return JsonResponse({"said": no.message}, status=422)
    return JsonResponse({"digest": digest, "name": name})


def _page(
    request: HttpRequest, who: Person, number: int, again: Again | None = None, status: int = 200
) -> HttpResponse:
    if not sits(who):
        return failures.forbidden(request)
    try:
        shown = sheet(request, who, number, again=again, related=part(request) != "way")
    except NotFound as no:
        return failures.page(request, 404, "没有这张工单", no.message)
    except Forbidden as no:
        return failures.page(request, 403, "不能查看", no.message)
    given = bare(request, who) if is_part(request) else around(request, who, desk="unit")
    done = request.GET.get("done", "")
    given.update(
        sheet=shown,
        order=shown.order,
        work=work_of(shown, who, again),
        back=request.GET.get("from", ""),
        done=said.done(done, shown.order, shown.events, shown.rules, who.actor, who.now),
        done_move=done,
    )
    return answer(request, _TEMPLATES.get(part(request), "unit/order.html"), given, status=status)


def work_of(shown: Sheet, who: Person, again: Again | None = None) -> Work:
    """The unit's own steps and forms on this order."""
    leg = next((leg for leg in map(shown.order.leg_of, who.units) if leg is not None), None)
    made, held = Work(), dict(shown.forms)
    if leg is not None:
        made.steps = _steps(leg, shown)
        contact = leg.clocks.get("first_contact")
        made.contact_due = contact is not None and contact.running
        asked = leg.clocks.get("return_request")
        made.return_clock = asked if asked is not None and asked.running else None
        _replies(made, held, shown, leg, again)
    made.contact = held.pop("first_contact", None)
    made.phone = next((one.value for one in shown.demander if one.name == "phone" and one.sight == "full"), "")
    _hints(held, shown)
    first = {one.name for one in shown.actions.first}
    for name, form in held.items():
        (made.plain if name in first and name not in _LATER else made.more).append(form)
    made.more += [one for one in (*shown.actions.first, *shown.actions.more) if one.refused]
    lost = again if again and again.name not in shown.forms else None
    if lost is not None:
        made.plain[:0] = [one for one in shown.actions.first if one.name == lost.name and one.error]
    return made


_LATER: Final = frozenset({"request_extension", "request_return", "interim_reply"})


def _steps(leg: Leg, shown: Sheet) -> list[tuple[str, Clock]]:
    """The running limits of the unit's part; the one that stands in the head already is not said twice."""
    held = ((words.CLOCKS[name], leg.clocks.get(name)) for name in _STEPS)
    found = [(name, clock) for name, clock in held if clock is not None and clock.running]
    return [] if shown.clock and [clock for _, clock in found] == [shown.clock[1]] else found


def _replies(made: Work, held: dict[str, MoveForm], shown: Sheet, leg: Leg, again: Again | None) -> None:
    """The one form of the reply: a clerk's to submit, a leader's to answer with what the clerk wrote or his own."""
    if leg.submitted_at is not None:
        made.waiting = shown.stop("submit")
    if "reply" in held:
        held.pop("submit", None)
        made.approve = held["reply"] if made.waiting else None
        made.hand_back = held.pop("hand_back", None)
    held.pop("hand_back", None)
    form = held.pop("reply", None) or held.pop("submit", None)
    if form is not None:
        made.reply = reply.reply_of(form, shown, leg, fresh=again is None or again.name != form.name)


def _hints(held: dict[str, MoveForm], shown: Sheet) -> None:
    """What is good to know before one asks."""
    most = shown.rules.limit("extension_max", shown.order, shown.now)
    form = held.get("request_extension")
    for one in form.fields if form else ():
        if one.name == "days" and most is not None:
            one.hint = f"一次最多 {most.zh()}，须在办理时限前申请，由热线中心审定"
