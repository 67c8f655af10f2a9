"""The sheet of an order: all that its page shows, as one person may see it; desks put it in their middle pane."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from django.http import HttpRequest

from jiesu.domain import privacy, sight, words
from jiesu.domain.errors import Forbidden, NotFound
from jiesu.domain.order import Actor, Clock, Event, Leg, Order, Request
from jiesu.domain.permissions import sees
from jiesu.domain.rules import Rules
from jiesu.store import orders
from jiesu.store import rules as rules_store
from jiesu.store import sheet as store_sheet
from jiesu.store.files import Kept
from jiesu.store.notices import Said
from jiesu.store.people import Known
from jiesu.store.rows import current_clock, leg_clock
from jiesu.store.sheet import Held
from jiesu.web.frame.gate import Person
from jiesu.web.order import forms, kinship, seen
from jiesu.web.order.actions import Actions, Again, actions
from jiesu.web.order.forms import MoveForm, Option
from jiesu.web.order.kinship import Related
from jiesu.web.order.way import HIDDEN, Stop, Way, way

OPENED: Final = timedelta(minutes=10)
"""How long a revealed field stays open for the one who asked."""


@dataclass(frozen=True, slots=True)
class Told:
    """A field of the demander as this person may see it."""

    name: str
    label: str
    value: str
    sight: str


@dataclass
class Sheet:
    """Everything of one order that its reader may see; nothing in it is hidden again by the template."""

    number: int
    now: datetime
    order: Order
    rules: Rules
    title: str
    place: str
    matter: str
    region: str
    text: Told
    demander: list[Told]
    clock: tuple[str, Clock] | None
    legs: list[Part]
    requests: list[tuple[Request, str]]
    line: Way
    kept: dict[str, Kept]
    reminders: list[Said]
    calls: list[seen.Call]
    seen: list[seen.Look]
    all_looks: bool
    events: list[Event] = field(repr=False)
    actions: Actions = field(default_factory=Actions)
    related: Related = field(default_factory=Related)

    @property
    def way(self) -> list[Stop]:
        """The way, newest first."""
        return list(reversed(self.line.stops))

    @cached_property
    def forms(self) -> dict[str, MoveForm]:
        """The moves that may be made now."""
        return {one.name: one for one in (*self.actions.first, *self.actions.more) if not one.refused}

    @cached_property
    def grey(self) -> dict[str, str]:
        """The moves that may not, with the reason."""
        return {one.name: one.refused for one in (*self.actions.first, *self.actions.more) if one.refused}

    @property
    def at_hand(self) -> list[MoveForm]:
        """The two moves that come first, for the thumb."""
        return [one for one in self.actions.first if not one.refused][:2]

    def stop(self, *moves: str) -> Stop | None:
        """The last of the events of these moves that the reader may see."""
        return next((one for one in self.way if one.move in moves), None)

    @property
    def pictures(self) -> list[str]:
        """Every file on the way, oldest first, each once."""
        return list(dict.fromkeys(digest for stop in self.line.stops for digest in stop.files))

    @property
    def open_fields(self) -> list[str]:
        """The personal fields that stand here in the clear."""
        return [one.name for one in self.demander if one.sight == "full" and one.name in _PERSONAL]

    @property
    def units(self) -> list[Option]:
        return forms.units(self.rules)

    @property
    def matters(self) -> list[Option]:
        return forms.matters(self.rules)


_PERSONAL: Final = frozenset({"name", "phone", "address"})


class Part:
    """A leg with its unit's name and its clock."""

    def __init__(self, leg: Leg, rules: Rules) -> None:
        self.leg = leg
        self.name = rules.unit_name(leg.unit)
        clock = leg_clock(leg)
        self.clock = clock
        self.running = next((words.zh(words.CLOCKS, name) for name, one in leg.clocks.items() if one is clock), "")
        self.sections = [rules.unit_name(one) for one in leg.sections]


def sheet(
    request: HttpRequest,
    who: Person,
    number: int,
    *,
    again: Again | None = None,
    moves: bool = True,
    related: bool = True,
) -> Sheet:
    """The order as ``who`` may see it: at most 4 statements, 2 without ``related``. Raises NotFound, Forbidden.

    ``again``: a move that was just refused, shown with what was written. ``moves``: with the forms of what can be done.
    """
    found = orders.load(number)
    if found is None:
        raise NotFound(f"没有工单 {number}，请核对工单号。")
    loaded, snapshot = found
    order, rules = loaded.order, rules_store.at(snapshot)
    if not sees(who.actor, order):
        raise Forbidden("这张工单不在您的办理范围内。")
    held = store_sheet.read(number, person=order.person, now=who.now)
    made = _made(who, order, rules, held, loaded.title, loaded.place)
    if moves:
        asked = request.GET.dict() if request.method == "GET" else {}
        made.actions = actions(who.actor, order, rules, who.now, again, asked)
    if related:
        story = held.texts.get((1, "text"), "")
        made.related = kinship.related(who, order, loaded.place, story, rules, _opened(who, held))
    return made


def _made(who: Person, order: Order, rules: Rules, held: Held, title: str, place: str) -> Sheet:
    reads = sight.sight(who.actor, order, "text") != "nothing"
    opened = _opened(who, held)
    return Sheet(
        number=order.number,
        now=who.now,
        order=order,
        rules=rules,
        title=title or "（无标题）" if reads else HIDDEN,
        place=place or "未写明" if reads else HIDDEN,
        matter=forms.matter_name(rules, order.matter),
        region=forms.region_name(rules, order.region),
        text=_text(who.actor, order, held, opened),
        demander=_demander(who.actor, order, held.known, opened),
        clock=None if sight.calling(who.actor, order) else _named(order, current_clock(order)),
        legs=[Part(leg, rules) for leg in order.legs],
        requests=[(one, _asked_by(one, order, rules)) for one in order.requests],
        line=way(order, held.events, held.texts, who.actor, rules, who.now, held.staff),
        kept=held.files,
        reminders=_reminders(who, held.notices),
        calls=seen.told_calls(who, order, held),
        seen=seen.looks(who, held),
        all_looks=sight.sees_openings(who.actor),
        events=held.events,
    )


def _named(order: Order, clock: Clock | None) -> tuple[str, Clock] | None:
    """The clock that runs, with its name."""
    held = {**order.clocks, **(order.lead.clocks if order.lead else {})}
    return next(((words.zh(words.CLOCKS, name), one) for name, one in held.items() if one is clock), None)


def _asked_by(one: Request, order: Order, rules: Rules) -> str:
    """The unit that a request is about: who asked, or who is asked."""
    unit = one.unit or (order.leg(one.leg).unit if one.leg else "")
    return rules.unit_name(unit) if unit else ""


def _reminders(who: Person, said: list[Said]) -> list[Said]:
    """What was said about the order; to people of units, what was said to their own."""
    return [one for one in said if one.unit in who.units] if sight.from_outside(who.actor) else said


def _opened(who: Person, held: Held) -> set[str]:
    """The fields that this person asked to see within the last minutes."""
    return {
        event.data["facts"]["field"]
        for event in held.events
        if event.move == "reveal" and event.by == who.actor.id and who.now - event.at < OPENED
    }


def _demander(actor: Actor, order: Order, known: Known | None, opened: Collection[str]) -> list[Told]:
    if order.erased:
        return [Told("erased", "诉求人", "个人信息已按规定删除", "full")]
    if known is None:
        return [Told("anonymous", "诉求人", "匿名", "full")]
    values: list[tuple[privacy.Field, str, str]] = [
        ("name", "单位" if known.company else "姓名", known.company or known.name),
        ("phone", "电话", known.phone),
        ("address", "地址", known.address),
    ]
    shown = [_field(actor, order, name, label, value, opened) for name, label, value in values if value]
    return [one for one in shown if one is not None]


def _field(
    actor: Actor, order: Order, name: privacy.Field, label: str, value: str, opened: Collection[str]
) -> Told | None:
    how = sight.sight(actor, order, name)
    if how == "nothing":
        return None
    if how == "reveal" and name in opened:
        how = "full"
    return Told(name, label, privacy.shown(name, value, how), how)


def _text(actor: Actor, order: Order, held: Held, opened: Collection[str]) -> Told:
    if order.erased:
        return Told("text", "诉求原文", "内容已按规定删除。", "full")
    how = sight.sight(actor, order, "text")
    if how == "reveal" and "text" in opened:
        how = "full"
    plain = held.texts.get((1, "text"), "")
    return Told("text", "诉求原文", privacy.shown("text", plain, how) if how != "nothing" else HIDDEN, how)
