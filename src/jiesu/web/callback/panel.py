"""What stands beside an order while its citizen is on the phone: whom to ring, what to say, what came of it before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest

from jiesu.domain import clocks, scripts, words
from jiesu.domain.callbacks import negative
from jiesu.domain.calling import Stand
from jiesu.domain.facts import FACTS
from jiesu.domain.order import Callback, Order, moment
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store.callback_desk import Turn
from jiesu.web.frame.gate import Person
from jiesu.web.order.sheet import Sheet, sheet
from jiesu.workflow.callback import Line, why_again

_KEYS: Final = {"no_answer": "n", "busy": "b", "wrong_number": "w", "declined": "d"}
TITLES: Final = {
    "callback": "回访",
    "promised": "回访：单位作了承诺",
    "promise": "核实承诺",
    "withdrawal": "核实撤诉",
    "result": "告知法定结果",
    "sample": "抽查回访",
}
_HOW: Final = {
    "call": "待打",
    "wait": "稍后再打",
    "heard": "已有评价，可办结",
    "unhappy": "不满意，待重办",
    "exhausted": "多次未联系上",
    "nobody": "匿名，不回访",
}


@dataclass(frozen=True, slots=True)
class Try:
    """One call of this round that brought no answer."""

    at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Child:
    """An order that was merged into this one, and how far its citizen's callback has come."""

    number: int
    said: str
    how: str
    open: bool


@dataclass(slots=True)
class Panel:
    """The order that is rung (``number``), in which list, and what may be done.

    ``purpose``: which script; ``finish``: what closing is called here; ``why``: words for sending it back again.
    """

    number: int
    version: int
    purpose: str
    title: str
    script: list[str]
    name: str
    phone: str
    how: str
    stand: Stand
    finish: str = ""
    decided: Sequence[str] = ()
    why: str = ""
    tries: list[Try] = field(default_factory=list)
    needed: str = ""
    again: str = ""
    rated: str = ""
    children: list[Child] = field(default_factory=list)
    parent: int = 0
    due: bool = True

    @property
    def misses(self) -> list[tuple[str, str, str]]:
        """What may have come of a call that brought no answer: code, words, key."""
        return [(code, words.ATTEMPTS[code], key) for code, key in _KEYS.items()]

    @property
    def rates(self) -> bool:
        """Whether the citizen is asked what he thinks of it."""
        return self.purpose in ("callback", "promised", "sample")

    @property
    def can_dial(self) -> bool:
        return bool(self.phone)


def line_words(one: Line) -> str:
    """How far an order of the list has come, in a few words."""
    order, stands = one.waiting.order, one.stand
    if order.state == "closed" and order.outcome in ("promised", "withdrawn", "statutory"):
        return words.zh(words.OUTCOMES, order.outcome)
    said = [f"已打 {len(stands.tries)} 次"] if stands.tries else []
    if stands.self_rated:
        said.insert(0, "已自行评价")
    if one.children:
        said.append(f"并单 {len(one.children)} 人")
    if stands.how not in ("call", "wait"):
        said.append(_HOW[stands.how])
    return "，".join(said)


def panel(request: HttpRequest, who: Person, one: Line, rules: Rules) -> tuple[Sheet, Panel]:
    """The whole order and the panel of it. Three statements, one more for an order that was merged into another."""
    held = sheet(request, who, one.target, moves=False, related=False)
    spoken = held
    if one.target != one.number:
        spoken = sheet(request, who, one.number, moves=False, related=False)
    order = held.order
    stands = dict([(one.number, one.stand), *((child.number, how) for child, how in one.children)])
    purpose, stand = _purpose(order), stands[one.target]
    made = Panel(
        number=order.number,
        version=order.version,
        purpose=purpose,
        title=TITLES[purpose],
        script=scripts.lines(purpose, _values(held, spoken, rules), rules.params),
        name=_of(held, "name"),
        phone=_of(held, "phone"),
        how=_HOW[stand.how],
        stand=stand,
        parent=one.number if one.target != one.number else 0,
    )
    _what_may_be_done(made, order, one, rules, who.now)
    made.tries = _tries(stand.tries, one.waiting.turn if order.state == "closed" else None)
    made.children = [_child(child, how, one.target) for child, how in one.children]
    return held, made


def _purpose(order: Order) -> str:
    if order.state == "callback":
        return "promised" if order.claim == "promised" else "callback"
    running = {name for name, clock in order.clocks.items() if clock.running}
    if "promise" in running:
        return "promise"
    if "withdraw_check" in running:
        return "withdrawal"
    if "statutory_result" in running:
        return "result"
    return "callback" if order.outcome == "merged" else "sample"


def _what_may_be_done(made: Panel, order: Order, one: Line, rules: Rules, now: datetime) -> None:
    stand = made.stand
    params = rules.params
    made.needed = f"{params['callback_days_min']} 天内不同时段打满 {params['callback_attempts']} 次"
    if stand.at is not None and stand.rings:
        made.again = clocks.due_words(stand.at, now).removesuffix("前").strip()
    if stand.answer is not None:
        made.rated = rated(stand.answer)
    made.why = why_again(order, made.purpose)
    if made.purpose == "promise":
        due = one.waiting.due_at
        made.due = due is None or due <= now
    if order.state == "callback":
        # Whoever's order was merged into this one is heard first.
        waits = any(how.rings or how.how == "unhappy" for _, how in one.children)
        made.finish = "" if waits else "承诺办结" if order.claim == "promised" else "办结"
        made.decided = _decisions(order, one)
    elif made.purpose == "sample":
        made.decided = ("reopen",) if negative(order.answer()) else ()
    elif order.outcome == "merged" and stand.how == "unhappy":
        made.decided = ("split",)


def _decisions(order: Order, one: Line) -> tuple[str, ...]:
    """What may follow without another call: of the rules' many cases, those that a clerk may decide here."""
    stands = [one.stand, *(how for _, how in one.children)]
    unhappy = any(how.how == "unhappy" for how in stands)
    if unhappy:
        return ("rework",)
    if any(how.rings for how in stands):
        return ()
    return ("unreachable",) if one.stand.answer is None else ("finish",)


def _tries(tries: Sequence[Callback], turn: Turn | None) -> list[Try]:
    found = [Try(one.at, words.zh(words.ATTEMPTS, one.result)) for one in tries]
    if turn is not None and turn.tries and turn.tried_at is not None:
        said = words.zh(words.ATTEMPTS, turn.result)
        found.append(Try(turn.tried_at, f"{said}（第 {turn.tries} 次）"))
    return found


def _child(child: Order, how: Stand, target: int) -> Child:
    said = rated(how.answer) if how.answer is not None else _HOW[how.how]
    return Child(child.number, said, how.how, child.number == target)


def rated(answer: Callback) -> str:
    """已解决，满意（网上评价）"""
    said = f"{words.zh(words.SOLVED, answer.resolved)}，{words.zh(words.RATINGS, answer.rating)}"
    return said if answer.via == "phone" else f"{said}（{_VIA.get(answer.via, '自行')}评价）"


_VIA: Final = {"portal": "网上", "sms": "短信", "visit": "当面"}


def _of(held: Sheet, name: str) -> str:
    """A field of the demander where this person sees it in full; nothing else is read aloud or dialled."""
    return next((one.value for one in held.demander if one.name == name and one.sight == "full"), "")


def _values(held: Sheet, spoken: Sheet, rules: Rules) -> Mapping[str, str]:
    order, lead = spoken.order, spoken.order.lead
    submission: Mapping[str, Any] = (lead.submission or {}) if lead else {}
    due = (order.promise or {}).get("due") or submission.get("promise_due")
    received = held.order.received_at
    return {
        "name": _of(held, "name") or "诉求人本人",
        "what": held.title,
        "place": held.place,
        "unit": rules.unit_name(lead.unit) if lead else "热线中心",
        "reply": told(spoken, "public_reply", ("reply", "submit", "answer_directly"))
        or told(spoken, "told", ("refuse", "transfer_out"))
        or "（没有公开答复，请按办理情况说明）",
        "promise": told(spoken, "promise_text", ("reply", "submit")) or "（承诺内容见答复）",
        "promise_due": f"{_day(moment(due))}" if due else "约定日期",
        "day": _day(received) if received else "此前",
        "number": str(held.number),
    }


def _day(at: datetime) -> str:
    there = at.astimezone(CITY_ZONE)
    return f"{there.month}月{there.day}日"


def told(held: Sheet, fact: str, moves: Sequence[str]) -> str:
    """The last words of this fact on the way, as this person may read them."""
    label = FACTS[fact].zh
    for move in moves:
        stop = held.stop(move)
        found = next((value for name, value in stop.details if name == label), "") if stop else ""
        if found:
            return found
    return ""
