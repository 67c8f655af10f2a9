"""The order page: what the citizen said, the whole way, what this person can do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import privacy, sight, words
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Actor, Clock, Event, Leg, Order, Request
from jiesu.domain.permissions import sees
from jiesu.domain.rules import Rules
from jiesu.store import files, notices, orders, people
from jiesu.store import rules as rules_store
from jiesu.store.people import Known
from jiesu.store.rows import current_clock, leg_clock
from jiesu.web.frame import failures, said
from jiesu.web.frame.around import answer, around, bare
from jiesu.web.frame.gate import Person, signed_in
from jiesu.web.frame.part import is_part, part
from jiesu.web.order import forms, way
from jiesu.web.order.actions import Again, actions
from jiesu.workflow.intake import shown_of
from jiesu.workflow.step import take

OPENED: Final = timedelta(minutes=10)
"""How long a revealed field stays open for the one who asked."""
_TEMPLATES: Final = {"way": "order/renewed.html"}
HIDDEN: Final = "（不在您的查看范围）"


@dataclass(frozen=True, slots=True)
class Told:
    """A field of the demander as this person may see it."""

    name: str
    label: str
    value: str
    sight: str


@signed_in
@require_GET
def show(request: HttpRequest, who: Person, number: int) -> HttpResponse:
    """The page of an order."""
    return _page(request, who, number)


@signed_in
@require_POST
def move(request: HttpRequest, who: Person, number: int, name: str) -> HttpResponse:
    """Make a move; back to the page, or the form again with what was written and what is wrong."""
    if name not in MOVES or not MOVES[name].hand:
        return failures.not_found(request)
    wanted = forms.asked_of(MOVES[name])
    given = forms.given_in(request, wanted)
    try:
        sent = forms.files_in(request, wanted, by=who.actor.id, now=who.now)
        given.update(forms.kept_of(sent))
        facts = {**sent, **forms.facts_in(request, wanted)}
        shown = shown_of(facts) if "place" in facts and name == "correct" else None
        seen = request.POST.get("seen", "")
        take(
            number,
            name,
            by=who.actor,
            now=who.now,
            facts=facts,
            seen=int(seen) if seen.isdecimal() else None,
            shown=shown,
        )
    except NotFound:
        return _nowhere(request, number)
    except Conflict as conflict:
        return _page(request, who, number, status=409, again=Again(name, given, None, conflict.message))
    except Forbidden as refused:
        return _page(request, who, number, status=403, again=Again(name, given, refused.field, refused.message))
    except Refused as refused:
        return _page(request, who, number, status=422, again=Again(name, given, refused.field, refused.message))
    return HttpResponseRedirect(f"{reverse('order', args=[number])}?done={name}")


def _page(
    request: HttpRequest, who: Person, number: int, *, status: int = 200, again: Again | None = None
) -> HttpResponse:
    found = orders.load(number)
    if found is None:
        return _nowhere(request, number)
    loaded, snapshot = found
    order, rules = loaded.order, rules_store.at(snapshot)
    if not sees(who.actor, order):
        return failures.page(request, 403, "不能查看", "这张工单不在您的办理范围内。")
    reads = sight.sight(who.actor, order, "text") != "nothing"
    events = orders.events(number)
    texts = orders.texts(number)
    opened = _opened(who.actor, events, who.now)
    around_it = bare(request, who) if is_part(request) else around(request, who)
    given = dict(
        around_it,
        order=order,
        title=loaded.title or "（无标题）" if reads else HIDDEN,
        place=loaded.place or "未写明" if reads else HIDDEN,
        matter=forms.matter_name(rules, order.matter),
        region=forms.region_name(rules, order.region),
        clock=None if sight.calling(who.actor, order) else _named(order, current_clock(order)),
        demander=_demander(who.actor, order, opened),
        text=_text(who.actor, order, texts, opened),
        way=list(reversed(way.way(order, events, texts, who.actor, rules))),
        legs=[_Part(leg, rules) for leg in order.legs],
        requests=[(one, _asked_by(one, order, rules)) for one in order.requests],
        units=forms.units(rules),
        matters=forms.matters(rules),
        actions=actions(who.actor, order, rules, who.now, again, request.GET.dict()),
        reminders=_reminders(who, order),
        kept=files.describe(sorted({d for e in events for d in e.data.get("facts", {}).get("files", ())})),
        done=said.done(request.GET.get("done", ""), order, events, rules, who.actor, who.now),
        done_move=request.GET.get("done", ""),
    )
    return answer(request, _TEMPLATES.get(part(request), "order/page.html"), given, status=status)


def _nowhere(request: HttpRequest, number: int) -> HttpResponse:
    return failures.page(request, 404, "没有这张工单", f"没有工单 {number}，请核对工单号。")


def _named(order: Order, clock: Clock | None) -> tuple[str, Clock] | None:
    """The clock that runs, with its name."""
    held = {**order.clocks, **(order.lead.clocks if order.lead else {})}
    return next(((words.zh(words.CLOCKS, name), one) for name, one in held.items() if one is clock), None)


class _Part:
    """A leg with its unit's name and its clock."""

    def __init__(self, leg: Leg, rules: Rules) -> None:
        self.leg = leg
        self.name = rules.unit_name(leg.unit)
        clock = leg_clock(leg)
        self.clock = clock
        self.running = next((words.zh(words.CLOCKS, name) for name, one in leg.clocks.items() if one is clock), "")
        self.sections = [rules.unit_name(one) for one in leg.sections]


def _asked_by(one: Request, order: Order, rules: Rules) -> str:
    """The unit that a request is about: who asked, or who is asked."""
    unit = one.unit or (order.leg(one.leg).unit if one.leg else "")
    return rules.unit_name(unit) if unit else ""


def _reminders(who: Person, order: Order) -> list[notices.Said]:
    """What was said about the order; to people of units, what was said to their own."""
    found = notices.of_order(order.number, now=who.now, limit=30)
    return [one for one in found if one.unit in who.units] if sight.from_outside(who.actor) else found


def _opened(actor: Actor, events: list[Event], now: datetime) -> set[str]:
    """The fields that this person asked to see within the last minutes."""
    return {
        event.data["facts"]["field"]
        for event in events
        if event.move == "reveal" and event.by == actor.id and now - event.at < OPENED
    }


def _demander(actor: Actor, order: Order, opened: set[str]) -> list[Told]:
    if order.erased:
        return [Told("name", "诉求人", "个人信息已按规定删除", "full")]
    known = people.read(order.person)
    if known is None:
        return [Told("name", "诉求人", "匿名", "full")]
    return list(_fields(actor, order, known, opened))


def _fields(actor: Actor, order: Order, known: Known, opened: set[str]) -> list[Told]:
    values: list[tuple[privacy.Field, str, str]] = [
        ("name", "单位" if known.company else "姓名", known.company or known.name),
        ("phone", "电话", known.phone),
        ("address", "地址", known.address),
    ]
    found = []
    for name, label, value in values:
        if not value:
            continue
        how = sight.sight(actor, order, name)
        if how == "nothing":
            continue
        full = how == "full" or (how == "reveal" and name in opened)
        found.append(Told(name, label, privacy.shown(name, value, "full" if full else how), "full" if full else how))
    return found


def _text(actor: Actor, order: Order, texts: dict[tuple[int, str], str], opened: set[str]) -> Told:
    if order.erased:
        return Told("text", "诉求原文", "内容已按规定删除。", "full")
    how = sight.sight(actor, order, "text")
    if how == "reveal" and "text" in opened:
        how = "full"
    plain = texts.get((1, "text"), "")
    return Told("text", "诉求原文", privacy.shown("text", plain, how) if how != "nothing" else HIDDEN, how)
