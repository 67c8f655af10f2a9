"""Verbs of the callback desk: whose turn is next, what a call brought and what follows from it, promises, withdrawals.

What a citizen said is recorded first and stands, whatever becomes of the move that was to follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from jiesu.domain import words
from jiesu.domain.callbacks import negative
from jiesu.domain.calling import Stand, next_try, param, stand
from jiesu.domain.clocks import Limit, deadline
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.facts import CHOICES
from jiesu.domain.order import Actor, Callback, Order
from jiesu.domain.rules import Rules
from jiesu.store import callback_desk, orders, sampling
from jiesu.store import rules as rules_store
from jiesu.store.callback_desk import Counts, Waiting
from jiesu.workflow import calls, step
from jiesu.workflow.step import Taken

_RIVALS: Final = 5
_AGAIN: Final = timedelta(hours=1)


# -- whose turn is next


@dataclass(slots=True)
class Line:
    """An order of a list: how far it has come, the orders merged into it, and which of them is to be rung.

    ``at``: before when nothing is to be done with it; None: now. ``mine``: it is open at one's own desk.
    """

    waiting: Waiting
    stand: Stand
    children: list[tuple[Order, Stand]] = field(default_factory=list)
    target: int = 0
    at: datetime | None = None
    mine: bool = False

    @property
    def number(self) -> int:
        return self.waiting.order.number


@dataclass(slots=True)
class Work:
    """A list of the desk with the line whose turn it is, and the desk's counts."""

    lines: list[Line]
    chosen: Line | None
    counts: Counts


def work(which: str, *, by: Actor, staff: int, rules: Rules, now: datetime, wanted: int | None = None) -> Work:
    """A list of the desk (``callback_desk.LISTS``), and the next order of it, which is nobody else's for a while.

    ``wanted``: an order, or one merged into it, that is asked for by its number; somebody who has it open already does
    not hinder that. Two statements, one more for each rival who was faster. Raises Forbidden.
    """
    _clerk(by)
    found, counts = callback_desk.page(which, staff=staff, now=now)
    # What waits for its hour stands behind what can be done.
    lines = sorted((line(one, rules, now, staff) for one in found), key=lambda one: one.at is not None)
    if wanted is not None:
        chosen = next((one for one in lines if wanted in _numbers(one)), None)
        if chosen is not None:
            chosen.target = wanted if wanted != chosen.number or chosen.stand.rings else chosen.target
            _hand(chosen, lines, staff, rules, now, anyway=True)
        return Work(lines, chosen, counts)
    for chosen in _candidates(lines)[:_RIVALS]:
        if _hand(chosen, lines, staff, rules, now):
            return Work(lines, chosen, counts)
    return Work(lines, None, counts)


def line(one: Waiting, rules: Rules, now: datetime, staff: int) -> Line:
    """How far an order of a list has come, and which number is rung next."""
    order = one.order
    own = stand(order, rules, now)
    children = [(child, stand(child, rules, now, since=order.passed_at)) for child in one.children]
    mine = one.turn is not None and one.turn.staff == staff and one.turn.until > now
    made = Line(one, own, children, order.number, mine=mine)
    stands = [(order.number, own), *((child.number, how) for child, how in children)]
    ringing = [number for number, how in stands if how.how == "call"]
    if ringing:
        made.target = ringing[0]
    elif order.state == "callback" or order.outcome in _SAMPLED:
        waits = [how.at for _, how in stands if how.how == "wait" and how.at is not None]
        made.at = min(waits) if waits else None
    elif order.outcome == "promised" and one.due_at is not None and one.due_at > now:
        made.at = one.due_at
    return made


_SAMPLED: Final = frozenset({"direct_answer", "informed", "refused", "transferred"})


def _numbers(one: Line) -> list[int]:
    return [one.number, *(child.number for child, _ in one.children)]


def _candidates(lines: list[Line]) -> list[Line]:
    """What can be done now; what is open at one's own desk comes first."""
    return sorted((one for one in lines if one.at is None), key=lambda one: not one.mine)


def _hand(chosen: Line, lines: list[Line], staff: int, rules: Rules, now: datetime, *, anyway: bool = False) -> bool:
    # A promise is not rung before its day; it stays in its list, since there is nothing to try again.
    later = {one.number: one.at for one in lines if one.at is not None and one is not chosen and one.stand.rings}
    held = chosen.waiting.turn
    if chosen.mine and not later and held is not None and held.until - now > _AGAIN / 12:
        return True
    until = deadline(now, Limit.from_doc(param(rules.params, "callback_hold")), rules.calendar)
    return callback_desk.take_turn(chosen.number, staff=staff, now=now, until=until, later=later, anyway=anyway)


def _clerk(by: Actor) -> None:
    if not by.has("callback_clerk"):
        raise Forbidden("回访由回访员进行")


# -- what a call brought


@dataclass(frozen=True, slots=True)
class Called:
    """An attempt that was recorded, and the move that followed. ``left``: why none followed, in words."""

    order: Order
    move: str = ""
    left: str = ""


def called(
    number: int,
    attempt: str,
    *,
    by: Actor,
    now: datetime,
    resolved: str | None = None,
    rating: str | None = None,
    opinion: str = "",
    then: str = "",
    reason: str = "",
    call: int | None = None,
    seen: int | None = None,
) -> Called:
    """Record what a call brought, and make what follows: ``then`` is "", "finish", "rework", "reopen" or "split".

    The attempt stands when the second move is refused. ``call``: the call in which it was said, which is one's own.
    Raises what ``step.take`` and ``calls.own`` raise; then nothing was recorded.
    """
    _clerk(by)
    if (then in _NEED_REASON) and not reason.strip():
        raise Refused("请写明理由", field="reason")
    facts = {"attempt": attempt, "resolved": resolved, "rating": rating, "opinion": opinion or None}
    taken = _make(number, "callback_attempt", facts, by=by, now=now, call=call, seen=seen)
    order = taken.order
    if order.outcome in _SAMPLED and order.state == "closed":
        _end_sample(order, now)
    if not then:
        return Called(order)
    try:
        return follow(order, then, by=by, now=now, reason=reason)
    except (Refused, Conflict) as no:
        return Called(order, left=no.message)


_NEED_REASON: Final = frozenset({"rework", "reopen", "split"})


def _end_sample(order: Order, now: datetime) -> None:
    how = stand(order, rules_store.current(), now).how
    if how in ("heard", "unhappy"):
        sampling.end(order.number, "heard", now=now)
    elif how == "exhausted":
        sampling.end(order.number, "unreachable", now=now)


def _make(
    number: int,
    move: str,
    facts: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    call: int | None = None,
    seen: int | None = None,
) -> Taken:
    held = {name: value for name, value in facts.items() if value is not None}
    if call is None:
        return step.take(number, move, by=by, now=now, facts=held, seen=seen)
    return calls.during(call, number, move, by=by, now=now, facts=held, seen=seen)


def follow(order: Order, then: str, *, by: Actor, now: datetime, reason: str = "") -> Called:
    """What follows from the answers: "finish" closes as the reply claims, "unreachable", "rework", "reopen", "split".

    Raises what ``step.take`` raises.
    """
    move, facts = _following(order, then, reason)
    if not move:
        return Called(order)
    taken = step.take(order.number, move, by=by, now=now, facts=facts, seen=order.version)
    return Called(taken.order, move)


def _following(order: Order, then: str, reason: str) -> tuple[str, dict[str, Any]]:
    said: dict[str, Any] = {"reason": reason} if reason.strip() else {}
    if then == "finish":
        if order.state == "closed":
            return "", {}
        return ("close_with_promise", {}) if order.claim == "promised" else ("close", said)
    if then == "unreachable":
        return ("close_with_promise" if order.claim == "promised" else "close_unreachable"), {}
    if then == "rework":
        return "rework", said
    if then == "split":
        return "split_off", said
    if then == "reopen":
        return "reopen", {"ground": _ground(order), **said}
    raise Refused("没有这种办法，请刷新页面后再选", field="then")


def _ground(order: Order) -> str:
    return {"promised": "promise_broken", "withdrawn": "pressed", "unreachable": "unreachable"}.get(
        order.outcome or "", "sample"
    )


def decide(number: int, then: str, *, by: Actor, now: datetime, reason: str = "", seen: int | None = None) -> Called:
    """What follows where no call has to be made any more. Raises what ``follow`` raises, and Conflict."""
    _clerk(by)
    found = orders.load(number)
    if found is None:
        raise NotFound(f"没有工单 {number}，请核对工单号")
    order = found[0].order
    if seen is not None and seen != order.version:
        raise step.conflict(order, next(iter(reversed(orders.events(number, after=seen))), None))
    return follow(order, then, by=by, now=now, reason=reason)


def put_off(number: int, *, by: Actor, now: datetime) -> datetime:
    """Lay an order aside for an hour: the citizen asked for it, or somebody else has to decide. The moment it is back.

    One statement. Raises Forbidden.
    """
    _clerk(by)
    callback_desk.put_off(number, until=now + _AGAIN)
    return now + _AGAIN


# -- promises, withdrawals, legal results


def promise_kept(
    number: int,
    kept: bool,
    *,
    by: Actor,
    now: datetime,
    opinion: str = "",
    reason: str = "",
    call: int | None = None,
    seen: int | None = None,
) -> Called:
    """Record whether a promise that is due was kept; one that was not goes back to the unit, with the reason, at once.

    Both or neither. Raises what ``step.take`` raises.
    """
    facts = {"kept": kept, "opinion": opinion or None}
    return _checked(number, "check_promise", facts, not kept, by=by, now=now, reason=reason, call=call, seen=seen)


def withdrawal_confirmed(
    number: int,
    pressed: bool,
    *,
    by: Actor,
    now: datetime,
    opinion: str = "",
    reason: str = "",
    call: int | None = None,
    seen: int | None = None,
) -> Called:
    """Record whether somebody pressed for a withdrawal; then the order is taken up again, with the reason, at once."""
    facts = {"pressed": pressed, "opinion": opinion or None}
    return _checked(number, "confirm_withdrawal", facts, pressed, by=by, now=now, reason=reason, call=call, seen=seen)


def _checked(
    number: int,
    move: str,
    facts: Mapping[str, Any],
    again: bool,
    *,
    by: Actor,
    now: datetime,
    reason: str,
    call: int | None,
    seen: int | None,
) -> Called:
    _clerk(by)
    if again and not reason.strip():
        raise Refused("请写明重启的理由", field="reason")
    with transaction.atomic():
        order = _make(number, move, facts, by=by, now=now, call=call, seen=seen).order
        made = follow(order, "reopen", by=by, now=now, reason=reason) if again else Called(order, move)
        callback_desk.free([number])
    return made


def result_told(
    number: int, result: str, *, by: Actor, now: datetime, call: int | None = None, seen: int | None = None
) -> Called:
    """Record that the citizen was told the result of a statutory procedure."""
    _clerk(by)
    order = _make(number, "tell_result", {"result": result}, by=by, now=now, call=call, seen=seen).order
    callback_desk.free([number])
    return Called(order, "tell_result")


def not_reached(number: int, attempt: str, *, by: Actor, now: datetime) -> datetime:
    """Nobody answered about a promise, a withdrawal or a result: not handed out again before the moment returned.

    The order's own record keeps nothing of it: its unit reads there. Raises Refused, Forbidden.
    """
    _clerk(by)
    if attempt not in CHOICES["attempt"] or attempt == "answered":
        raise Refused("请选择没有接通的情况", field="attempt")
    found = orders.load(number)
    if found is None or found[0].order.state != "closed":
        raise Refused(f"工单 {number} 没有待核实的事，请刷新列表")
    rules = rules_store.at(found[1])
    again = next_try([Callback(now, by.id, 1, attempt)], rules.calendar, rules.params) or now + _AGAIN
    callback_desk.tried(number, attempt, now=now, until=again)
    return again


# -- what to write


def why_again(order: Order, which: str) -> str:
    """Words for a rework or a reopening that the clerk may change before they are sent."""
    if which == "promise":
        return "承诺到期，诉求人表示没有兑现，请按承诺办理，并把办理情况告诉诉求人。"
    if which == "withdrawal":
        return "诉求人表示撤诉不是本人意愿，请继续办理原诉求。"
    if which == "sample":
        return "抽查回访，诉求人表示问题没有解决，请重新办理。"
    answer = order.answer()
    said = words.zh(words.SOLVED, answer.resolved) if answer and negative(answer) else "没有解决或不满意"
    return f"诉求人表示{said}，请再次上门核实，办好后把结果当面告诉诉求人。"
