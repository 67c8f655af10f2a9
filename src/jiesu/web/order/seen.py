"""Who looked: fields opened, papers taken, recordings heard; to those who may know it. And the calls themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiesu.domain import calls as call_rules
from jiesu.domain import sight, words
from jiesu.domain.errors import Forbidden
from jiesu.domain.facts import CHOICES
from jiesu.domain.order import Event, Order
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store.calls import OfOrder
from jiesu.store.sheet import Held
from jiesu.web.frame.gate import Person
from jiesu.web.order.way import span

_FORMS: Final = {"docx": "Word", "pdf": "PDF"}


@dataclass(frozen=True, slots=True)
class Look:
    """One time that somebody looked: 打开电话, 打印工单（PDF，印有姓名、电话）, 听录音."""

    at: datetime
    who: str
    did: str
    reason: str


def looks(who: Person, held: Held) -> list[Look]:
    """Newest first: everybody's for those who watch over it, one's own for everybody."""
    everybody = sight.sees_openings(who.actor)
    found = [(event.by, _revealed(event, held)) for event in held.events if event.move == "reveal"]
    for one in held.prints:
        shown = f"，印有{fields(one.open_fields)}" if one.open_fields else "，个人信息已隐去"
        said = f"打印工单（{_FORMS.get(one.form, one.form)}{shown}）"
        found.append((one.by, Look(one.at, held.name(one.by), said, one.reason)))
    for _, heard in held.heard:
        said = f"听录音（{words.zh(words.ROLES, heard.role)}）"
        found.append((heard.by, Look(heard.at, held.name(heard.by), said, heard.reason)))
    mine = [look for by, look in found if everybody or by == who.actor.id]
    return sorted(mine, key=lambda look: look.at, reverse=True)


def fields(names: Sequence[str]) -> str:
    """姓名、电话: the Chinese of personal fields."""
    return "、".join(CHOICES["pii"].get(name, name) for name in names)


def _revealed(event: Event, held: Held) -> Look:
    field = event.data["facts"].get("field", "")
    reason = held.texts.get((event.seq, "reason"), "")
    return Look(event.at, held.name(event.by), f"打开{fields([field])}", reason)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that belongs to the order. ``play``: this person may hear it; ``ask``: and has to say why."""

    id: int
    at: datetime
    said: str
    done: str
    play: bool
    ask: bool
    heard: int


def told_calls(who: Person, order: Order, held: Held) -> list[Call]:
    """The calls, newest first, to those whose work they are; none to units, who are not told who talks with whom."""
    if sight.from_outside(who.actor) or not any(role in call_rules.LISTENERS for role in who.roles):
        return []
    moves = {event.seq: event.move for event in held.events}
    return [_call(who, order, held, one, moves) for one in held.calls]


def _call(who: Person, order: Order, held: Held, one: OfOrder, moves: dict[int, str]) -> Call:
    done = "、".join(dict.fromkeys(_MADE.get(moves.get(seq, ""), "") for seq in one.seqs)).strip("、")
    heard = sum(1 for call, _ in held.heard if call == one.call)
    play, ask = _may_hear(who, order, one)
    return Call(one.call, one.offered_at, _said(one, held), done, play, ask, heard)


_MADE: Final = {
    "register": "登记",
    "chase": "催单",
    "callback_attempt": "回访",
    "first_contact": "先行联系",
    "supply_details": "补充材料",
    "withdraw": "撤诉",
    "contest": "异议",
    "reopen": "重启",
    "check_promise": "承诺回访",
    "confirm_withdrawal": "撤诉核实",
}


def _said(one: OfOrder, held: Held) -> str:
    way = "呼出" if one.direction == "out" else "来电"
    agent = f"，{held.name(one.agent)}" if one.agent else ""
    if one.answered_at is None:
        return f"{way}{agent}，{call_rules.OUTCOMES.get(one.outcome, '没有接通')}"
    length = f"，通话 {span(one.answered_at, one.ended_at)}" if one.ended_at else "，正在通话"
    return f"{way}{agent}{length}"


def _may_hear(who: Person, order: Order, one: OfOrder) -> tuple[bool, bool]:
    if not one.recorded:
        return False, False
    day, today = one.offered_at.astimezone(CITY_ZONE).date(), who.now.astimezone(CITY_ZONE).date()
    guarded = order.secret or order.kind == "report"
    try:
        _, ask = call_rules.may_listen(who.actor, call_rules.Heard(one.agent, day, True, guarded), today)
    except Forbidden:
        return False, False
    return True, ask
