"""How far the calling back of an order has come: ring now, not before when, or decide (domain.md §4, callback)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final, Literal

from jiesu.domain.callbacks import exhausted, negative
from jiesu.domain.order import Callback, Order
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import Calendar

# Of the city's parameters; its own values stand in the settings "params".
DEFAULTS: Final[dict[str, Any]] = {
    "callback_hours": [["09:00", "12:00"], ["14:00", "20:00"]],
    "callback_hold": [15, "min"],
    "callback_sample": {"direct_answer": 0.03, "informed": 0.03, "refused": 0.1, "transferred": 0.05},
    "callback_sample_least": 1,
}
_FARTHEST: Final = 14

How = Literal["call", "wait", "heard", "unhappy", "exhausted", "nobody"]


@dataclass(frozen=True, slots=True)
class Stand:
    """What there is to do. ``how``: call (ring now), wait (not before ``at``), heard (answered, and content), unhappy
    (answered "not solved" or "dissatisfied" by phone), exhausted (tried as often as the rules ask), nobody (no name
    was left). ``tries``: calls of this round that brought no answer. ``answer``: the one that counts now.
    """

    how: How
    tries: tuple[Callback, ...] = ()
    at: datetime | None = None
    answer: Callback | None = None

    @property
    def rings(self) -> bool:
        return self.how in ("call", "wait")

    @property
    def self_rated(self) -> bool:
        """Whether the answer was given without a call, by portal or SMS."""
        return self.answer is not None and self.answer.via != "phone"


def param(params: dict[str, Any], name: str) -> Any:
    """A parameter of callbacks: the city's own, else the default."""
    return params.get(name, DEFAULTS[name])


def stand(order: Order, rules: Rules, now: datetime, *, since: datetime | None = None) -> Stand:
    """How far the calling back of ``order`` has come at ``now``.

    ``since``: when the reply of a merged child's parent passed; calls before it do not count, and an unhappy answer
    from before it is asked for again.
    """
    if order.anonymous:
        return Stand("nobody")
    made = [one for one in order.this_round() if since is None or one.at >= since]
    tries = tuple(one for one in made if one.via == "phone" and not one.valid)
    answer = order.answer()
    if answer is not None and since is not None and answer.at < since and negative(answer):
        answer = None
    if answer is not None and not negative(answer):
        return Stand("heard", tries, answer=answer)
    if answer is not None and answer.via == "phone":
        return Stand("unhappy", tries, answer=answer)
    if exhausted(made, rules.calendar, rules.params):
        return Stand("unhappy" if answer else "exhausted", tries, answer=answer)
    at = next_try(tries, rules.calendar, rules.params)
    return Stand("wait" if at is not None and at > now else "call", tries, at, answer)


def next_try(tries: Sequence[Callback], calendar: Calendar, params: dict[str, Any]) -> datetime | None:
    """From when another call counts as one at a different hour, and as one of the last days that are still needed.

    None before the first call. A call before that moment is not forbidden; it only does not count.
    """
    made = sorted(one.at.astimezone(calendar.zone) for one in tries)
    if not made:
        return None
    days, hours = {at.date() for at in made}, {at.hour for at in made}
    days_left = int(params["callback_days_min"]) - len(days)
    tries_left = max(1, int(params["callback_attempts"]) - len(hours))
    another_day = days_left >= tries_left
    begin = made[-1] + timedelta(days=1) if another_day else made[-1]
    first = datetime.combine(begin.date(), time(), calendar.zone) if another_day else begin
    return _opening(first, hours, params)


def _opening(first: datetime, used: set[int], params: dict[str, Any]) -> datetime | None:
    """The first moment from ``first`` on within the hours of calling whose hour was not used yet."""
    periods = [(time.fromisoformat(a), time.fromisoformat(b)) for a, b in param(params, "callback_hours")]
    for day in range(_FARTHEST):
        date = (first + timedelta(days=day)).date()
        for opens, closes in periods:
            at = max(first, datetime.combine(date, opens, first.tzinfo))
            end = datetime.combine(date, closes, first.tzinfo)
            while at < end and at.hour in used:
                at = (at + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
            if at < end:
                return at
    return None
