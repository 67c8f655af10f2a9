"""The order page: what the citizen said, the whole way, what this person can do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiesu.domain import privacy, sight, words
from jiesu.domain.decide import possible
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Actor, Event, Leg, Order
from jiesu.domain.permissions import sees
from jiesu.domain.rules import Rules
from jiesu.store import files, notices, orders, people
from jiesu.store import rules as rules_store
from jiesu.store.people import Known
from jiesu.store.record import Loaded
from jiesu.store.rows import current_clock, leg_clock
from jiesu.web import failures, forms, way
from jiesu.web.gate import Person, frame, signed_in
from jiesu.workflow.intake import shown_of
from jiesu.workflow.step import take

OPENED: Final = timedelta(minutes=10)
"""How long a revealed field stays open for the one who asked."""


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
    one = MOVES[name]
    wanted = [fact for fact in (*one.needs, *one.may) if fact != "step"]
    given = forms.given_in(request, wanted)
    try:
        facts = forms.facts_in(request, wanted, by=who.actor.id, now=who.now)
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
        return failures.page(request, 404, "没有这张工单", f"没有工单 {number}，请核对工单号。")
    except Conflict as conflict:
        return _page(request, who, number, status=409, again=(name, given, None, conflict.message))
    except Forbidden as refused:
        return _page(request, who, number, status=403, again=(name, given, refused.field, refused.message))
    except Refused as refused:
        return _page(request, who, number, status=422, again=(name, given, refused.field, refused.message))
    return HttpResponseRedirect(f"{reverse('order', args=[number])}?done={name}")


Again = tuple[str, dict[str, Any], str | None, str]


def _page(
    request: HttpRequest, who: Person, number: int, *, status: int = 200, again: Again | None = None
) -> HttpResponse:
    found = orders.load(number)
    if found is None:
        return failures.page(request, 404, "没有这张工单", f"没有工单 {number}，请核对工单号。")
    loaded, snapshot = found
    order, rules = loaded.order, rules_store.at(snapshot)
    if not sees(who.actor, order):
        return failures.page(request, 403, "不能查看", "这张工单没有派给您的单位。")
    events = orders.events(number)
    texts = orders.texts(number)
    given = frame(
        who,
        order=order,
        title=loaded.title if sight.sight(who.actor, order, "text") != "nothing" else "",
        place=loaded.place if sight.sight(who.actor, order, "text") != "nothing" else "",
        matter=forms.matter_name(rules, order.matter),
        region=forms.region_name(rules, order.region),
        clock=None if sight.calling(who.actor, order) else current_clock(order),
        demander=_demander(who.actor, order, events, who.now),
        text=_text(who.actor, order, texts, loaded),
        way=list(reversed(way.way(order, events, texts, who.actor, rules))),
        legs=[_Part(leg, rules) for leg in order.legs],
        requests=order.requests,
        rules=rules,
        moves=_moves(who, order, rules, again),
        reminders=notices.of_order(number, limit=30),
        kept=files.describe(sorted({d for e in events for d in e.data.get("facts", {}).get("files", ())})),
        done=_done(request, order),
        callbacks=sight.callbacks(who.actor, order),
        again=again,
    )
    return render(request, "web/order.html", given, status=status)


class _Part:
    """A leg with its unit's name and its clock."""

    def __init__(self, leg: Leg, rules: Rules) -> None:
        self.leg = leg
        self.name = rules.unit_name(leg.unit)
        self.clock = leg_clock(leg)
        self.sections = [rules.unit_name(one) for one in leg.sections]


def _done(request: HttpRequest, order: Order) -> str:
    """What to say of the move that has just been made: never merely that it went well."""
    name = request.GET.get("done", "")
    if name not in MOVES:
        return ""
    state = words.zh(words.STATES, order.state)
    if order.state == "closed" and order.outcome:
        state = f"{state}（{words.zh(words.OUTCOMES, order.outcome)}）"
    return f"已{MOVES[name].zh}，工单现在是“{state}”。"


def _moves(who: Person, order: Order, rules: Rules, again: Again | None) -> list[forms.MoveForm]:
    found = []
    for one, refused in possible(order, who.actor):
        if refused is not None:
            found.append(forms.MoveForm(one.name, one.zh, one.key, refused=refused.message))
            continue
        mine = again if again and again[0] == one.name else None
        form = forms.form_of(one, order, rules, who.actor, who.now, mine[1] if mine else None)
        if any(field.name == "request" and not field.options for field in form.fields):
            continue
        if mine:
            _say(form, mine)
        found.append(form)
    if again and not any(form.name == again[0] and not form.refused for form in found):
        found.insert(0, _lost(again, order, rules, who))
    return found


def _say(form: forms.MoveForm, again: Again) -> None:
    """Put the message beside the field at fault, or above the form."""
    _, _, name, message = again
    form.open = True
    at_fault = [field for field in form.fields if field.name == name]
    if at_fault:
        at_fault[0].error = message
    else:
        form.error = message


def _lost(again: Again, order: Order, rules: Rules, who: Person) -> forms.MoveForm:
    """A form whose move is no longer lawful: what was written is still shown."""
    form = forms.form_of(MOVES[again[0]], order, rules, who.actor, who.now, again[1])
    _say(form, again)
    form.error = form.error or again[3]
    return form


def _demander(actor: Actor, order: Order, events: list[Event], now: datetime) -> list[Told]:
    if order.erased:
        return [Told("name", "诉求人", "个人信息已按规定删除", "full")]
    known = people.read(order.person)
    if known is None:
        return [Told("name", "诉求人", "匿名", "full")]
    opened = {
        event.data["facts"]["field"]
        for event in events
        if event.move == "reveal" and event.by == actor.id and now - event.at < OPENED
    }
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


def _text(actor: Actor, order: Order, texts: dict[tuple[int, str], str], loaded: Loaded) -> str:
    if order.erased:
        return "内容已按规定删除。"
    how = sight.sight(actor, order, "text")
    said = texts.get((1, "text"), "")
    if how == "full":
        return said
    return privacy.mask_text(said) if how != "nothing" else "（不在您的查看范围）"
