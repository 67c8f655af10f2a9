"""What a demander may ask about his own data, who decides it, and how long a city keeps what it knows.

Erasing takes two people of whom one is the data-protection officer; a copy takes the officer alone. Sources: 《个人信息
保护法》 art. 45 (copy), 47 (erasure); GB/T 35273-2020 8.7 (an answer within 30 days).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from jiesu.domain.errors import Conflict, Forbidden
from jiesu.domain.order import Actor
from jiesu.domain.workdays import CITY_ZONE

GROUNDS: Final = {
    "purpose": "目的已实现或不再需要",
    "expired": "保存期限届满",
    "consent": "本人撤回同意",
    "unlawful": "违法或违约处理",
    "other": "法律法规规定的其他情形",
}
STATES: Final = {"asked": "待另一人确认", "agreed": "待执行", "done": "已办理", "refused": "不予删除"}
DEFAULTS: Final[Mapping[str, Any]] = {
    "person_request_days": 30,
    # Nothing is destroyed by a default: a city that says nothing keeps everything.
    "keep_orders": None,  # after the last order of a person was closed, as [3, "year"]
    "keep_recordings": None,  # after the call
}
UNITS: Final = {"day": "天", "month": "个月", "year": "年"}
_DECIDING: Final = ("dpo", "supervisor")


def param(params: Mapping[str, Any], name: str) -> Any:
    """The city's rule, else the default."""
    return params.get(name, DEFAULTS[name])


def due(asked_at: datetime, params: Mapping[str, Any]) -> datetime:
    """By when a request has to be answered."""
    return asked_at + timedelta(days=int(param(params, "person_request_days")))


def ask(by: Actor) -> None:
    """Whether ``by`` may ask for an erasure. Raises Forbidden."""
    if not any(by.has(role) for role in _DECIDING):
        raise Forbidden("删除申请由数据保护官或督办员提出")


def answer(by: Actor, state: str, asked_by: str) -> None:
    """Whether ``by`` may agree or refuse. Raises Forbidden, Conflict."""
    ask(by)
    if state != "asked":
        raise Conflict(f"这条申请{STATES[state]}，请看最新情况", number=0)
    if by.id == asked_by:
        raise Forbidden("须由另一个人确认，自己提出的申请自己不能确认")


def carry_out(by: Actor, state: str) -> None:
    """Whether ``by`` may destroy what was agreed to. Raises Forbidden, Conflict."""
    if not by.has("dpo"):
        raise Forbidden("只有数据保护官可以删除个人信息")
    if state != "agreed":
        raise Conflict(f"这条申请{STATES[state]}，不能执行", number=0)


def copy(by: Actor) -> None:
    """Whether ``by`` may hand out a demander's own data. Raises Forbidden."""
    if not by.has("dpo"):
        raise Forbidden("只有数据保护官可以导出本人资料")


def period(params: Mapping[str, Any], name: str) -> str:
    """A period in words; empty when the city has none."""
    held = param(params, name)
    return f"{held[0]} {UNITS[held[1]]}" if held else ""


def kept_since(params: Mapping[str, Any], name: str, now: datetime) -> datetime | None:
    """The beginning of the first day that is still kept; what ended before it is due. None: everything is kept."""
    held = param(params, name)
    if not held:
        return None
    amount, unit = int(held[0]), held[1]
    today = now.astimezone(CITY_ZONE).date()
    first = today - timedelta(days=amount) if unit == "day" else _back(today, amount * (12 if unit == "year" else 1))
    return datetime.combine(first, time(), CITY_ZONE)


def _back(day: date, months: int) -> date:
    """The same day so many months ago, or the last one of that month."""
    whole = day.year * 12 + day.month - 1 - months
    year, month = divmod(whole, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))
