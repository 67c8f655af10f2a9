"""Why an order stands in the supervisor's list, in the words of somebody who explains it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from jiesu.domain import clocks, words
from jiesu.domain.rules import Rules
from jiesu.store.supervising import Asked, Watched

_WAITS: Final = {
    "received": "还没有受理",
    "accepted": "还没有派出去",
    "needs_details": "等诉求人补充",
    "dispatched": "还没有签收",
    "handling": "还没有办结",
    "ruling": "还没有裁定",
    "shelved": "挂账到复核日期",
    "replied": "还没有审核",
    "callback": "还没有回访",
}
_CENTRES: Final = frozenset({"received", "accepted", "needs_details", "ruling", "replied", "callback"})
_ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    "whistle": ("whistle",),
    "instructed": ("instruction",),
    "exempt": ("exemption",),
    "decide": ("shelve", "complex", "late_entry", "contest", "extension"),
}


def why(group: str, one: Watched, rules: Rules, now: datetime) -> str:
    """One sentence without its full stop; how long is left stands in the row's clock."""
    return _WHY[group](one, rules, now) if group in _WHY else _asked(group, one, rules, now)


def _clock(one: Watched, rules: Rules, now: datetime) -> str:
    row = one.row
    who = "热线中心" if row.state in _CENTRES else rules.unit_name(row.lead_unit or "")
    waits = _WAITS.get(row.state, "")
    return f"{who}{waits}"


def _bouncing(one: Watched, rules: Rules, now: datetime) -> str:
    return f"退回 {one.returns} 次，经过 {one.tried} 个单位，{_clock(one, rules, now)}"


def _ownerless(one: Watched, rules: Rules, now: datetime) -> str:
    sent = f"派给{rules.unit_name(one.row.lead_unit)}没有人签收" if one.row.lead_unit else "没有单位承办"
    return f"{sent}，{_since(one.row.start_at or one.row.received_at, now)}"


def _ageing(one: Watched, rules: Rules, now: datetime) -> str:
    return f"登记 {(now - one.row.received_at).days} 天没有办结，现在{words.zh(words.STATES, one.row.state)}"


def _chased(one: Watched, rules: Rules, now: datetime) -> str:
    return f"诉求人催了 {one.row.chases} 次，{_clock(one, rules, now)}"


def _leg_late(one: Watched, rules: Rules, now: datetime) -> str:
    late = "、".join(map(rules.unit_name, one.acts))
    return f"配合单位{late}超期未答复，牵头单位在等" if late else "配合单位曾超期，现已答复或解除"


def _hard(one: Watched, rules: Rules, now: datetime) -> str:
    row = one.row
    if row.state == "shelved":
        review = clocks.due_words(row.due_at, now).removesuffix(" 前") if row.due_at else "未定"
        return f"挂账中，{review}复核"
    if row.round > 1:
        return f"重办 {row.round - 1} 次仍未解决"
    return f"派过 {one.tried} 个单位仍没有人牵头"


def _asked(group: str, one: Watched, rules: Rules, now: datetime) -> str:
    held = [ask for ask in one.asked if ask.type in _ASKED[group]]
    return "；".join(_said(ask, rules) for ask in held)


def _said(ask: Asked, rules: Rules) -> str:
    unit = rules.unit_name(ask.unit) if ask.unit else "诉求人"
    if ask.type == "whistle":
        return f"{unit}吹哨，{'、'.join(map(rules.unit_name, ask.units))}须应"
    if ask.type == "instruction":
        return f"{unit}还没有反馈批示"
    half = "，已有一人同意，还差一人" if ask.half else ""
    return f"{unit}提出{words.REQUESTS[ask.type]}{half}"


def _since(at: datetime, now: datetime) -> str:
    return f"已 {clocks.words(at, now).partition(' ')[2]}"


_WHY: Final[Mapping[str, Callable[[Watched, Rules, datetime], str]]] = {
    "red": _clock,
    "amber": _clock,
    "bouncing": _bouncing,
    "ownerless": _ownerless,
    "ageing": _ageing,
    "chased": _chased,
    "leg_late": _leg_late,
    "hard": _hard,
}
