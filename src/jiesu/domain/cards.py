"""Cards (红黄牌): proposed by a rule of the profile that is on, in force when the one whom the rule names agrees,
lifted on their day or before it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor

COLOURS: Final = {"yellow": "黄牌", "red": "红牌"}
STATES: Final = {"proposed": "待批准", "approved": "已批准", "refused": "不予亮牌", "lifted": "提前解除"}
LONGEST: Final = 400


def check_decide(
    state: str, approver: str, unit: str, note: str, *, agrees: bool, days: int, today: date, by: Actor
) -> tuple[str, date | None]:
    """The note of a decision as it is kept, and the day on which the card is lifted. Raises Forbidden, Refused."""
    _may(approver, unit, by)
    if state != "proposed":
        raise Refused(f"这张牌{STATES[state]}，不能再定")
    said = _words(note, "" if agrees else "请写明为什么不予亮牌")
    return said, today + timedelta(days=days) if agrees else None


def check_lift(
    state: str, lifts_on: date | None, approver: str, unit: str, note: str, *, today: date, by: Actor
) -> str:
    """Why a card is lifted before its day, as it is kept. Raises Forbidden, Refused."""
    _may(approver, unit, by)
    if not in_force(state, lifts_on, today):
        raise Refused("这张牌现在没有生效，不用解除")
    return _words(note, "请写明为什么提前解除")


def in_force(state: str, lifts_on: date | None, today: date) -> bool:
    """Whether a card stands on a day; on the day of its lifting it does not."""
    return state == "approved" and lifts_on is not None and today < lifts_on


def _may(approver: str, unit: str, by: Actor) -> None:
    if not by.has(approver):
        raise Forbidden("这张牌由口径写明的批准人定")
    if unit in by.units:
        raise Forbidden("不能定本单位的牌")


def _words(note: str, empty: str) -> str:
    said = " ".join(note.split())
    if (empty and not said) or len(said) > LONGEST or "\0" in said:
        raise Refused(f"{empty or '说明太长'}，不超过 {LONGEST} 字", field="note")
    return said
