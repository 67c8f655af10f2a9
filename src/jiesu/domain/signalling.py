"""The way of a signal of gaming: told to the unit, answered by it, then sent to quality sampling or laid aside.

A signal says where to look (``domain.gaming``); the unit is heard first, and no score reads any of it (domain.md §9).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.inspecting import oversees
from jiesu.domain.order import Actor
from jiesu.domain.privacy import mask_text

ANSWER_IN: Final = 3  # working days
SAMPLED: Final = 10  # orders of one signal that are put into the sample
LONGEST: Final = 1_000
STATES: Final = {"told": "等单位说明", "answered": "单位已说明", "sent": "已送质检", "dropped": "不再追"}
CLOSED: Final = frozenset({"sent", "dropped"})
UNDER_WAY: Final = frozenset({"waiting", "running"})
"""States of a search for signals that is not over; it then is done, stopped or failed."""


def check_find(by: Actor) -> None:
    """Who looks for signals. Raises Forbidden."""
    if not (oversees(by) or by.has("system")):
        raise Forbidden("线索由督办员和质检员查找")


def check_answer(unit: str, state: str, text: str, by: Actor) -> str:
    """The unit's words as they are kept. Raises Forbidden, Refused."""
    if not any(held == unit for role, held in by.roles if role in ("unit_clerk", "unit_leader")):
        raise Forbidden("线索由所说的单位自己说明")
    if state in CLOSED:
        raise Refused(f"这条线索{STATES[state]}，不用再说明")
    return _words(text, "请写明情况")


def check_send(state: str, answer_by: date, *, today: date, by: Actor) -> None:
    """Whether the orders of a signal may go to the sample: the unit was heard, or had its days. Raises Forbidden,
    Refused."""
    _mine(state, by)
    if state == "told" and today <= answer_by:
        raise Refused(f"先听单位说明：{answer_by.month}月{answer_by.day}日前答复，还没有答复，过了这一天再送检")


def check_drop(state: str, text: str, by: Actor) -> str:
    """Why a signal is laid aside, as it is kept. Raises Forbidden, Refused."""
    _mine(state, by)
    return _words(text, "请写明为什么不再追")


def _mine(state: str, by: Actor) -> None:
    if not oversees(by):
        raise Forbidden("线索由督办员和质检员处理")
    if state in CLOSED:
        raise Refused(f"这条线索{STATES[state]}")


def _words(text: str, empty: str) -> str:
    said = " ".join(text.split())
    if not said or len(said) > LONGEST or "\0" in said:
        raise Refused(f"{empty}，不超过 {LONGEST:,} 字", field="text")
    if mask_text(said) != said:
        raise Refused("像有电话、证件号或车牌，请隐去再存", field="text")
    return said


def spread(numbers: Sequence[int], most: int = SAMPLED) -> list[int]:
    """At most so many of the orders, evenly over all of them, so that no week of the month is left out."""
    if len(numbers) <= most:
        return list(numbers)
    return [numbers[at * len(numbers) // most] for at in range(most)]
