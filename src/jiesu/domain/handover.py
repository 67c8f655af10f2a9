"""Handing over a desk at the end of a shift: whose desk it is, what is looked at, who may sign.

A note holds counts and numbers of orders as they stood, and words; the next one reads it and signs, never its writer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor

LONGEST: Final = 4_000
"""Characters of a note's words."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that is handed over. ``role``: whose it is; ``groups``: what needs eyes there, the gravest first."""

    zh: str
    role: str
    groups: tuple[str, ...]


DESKS: Final = {
    "intake": Desk("受理", "agent", ("urgent", "red", "amber", "missed", "details")),
    "dispatch": Desk("派单", "dispatcher", ("urgent", "unsigned", "red", "amber", "asks")),
    "callback": Desk("回访", "callback_clerk", ("urgent", "red", "amber", "later", "promised", "missed")),
    "supervise": Desk("督办", "supervisor", ("urgent", "red", "amber", "instructed", "asks")),
}
GROUPS: Final = {
    "urgent": "紧急和特急",
    "unsigned": "紧急件还没有签收",
    "red": "已超期",
    "amber": "将超期",
    "missed": "未接来电要回拨",
    "details": "等诉求人补充",
    "asks": "申请还没有答复",
    "later": "约好再打的回访",
    "promised": "承诺、撤诉要核实",
    "instructed": "批示还没有反馈",
}


def desks_of(actor: Actor) -> list[str]:
    """The desks that this person hands over, in the order of the road."""
    return [name for name, desk in DESKS.items() if actor.has(desk.role)]


def read_by(actor: Actor) -> list[str]:
    """The desks whose notes this person may read: his own; all of them for who answers for the whole centre."""
    return list(DESKS) if any(actor.has(role) for role in _READS_ALL) else desks_of(actor)


_READS_ALL: Final = ("supervisor", "administrator")


def must_hold(actor: Actor, desk: str) -> None:
    """Forbidden unless this is one of the person's desks."""
    if desk not in DESKS:
        raise Refused("没有这个工作台", field="desk")
    if not actor.has(DESKS[desk].role):
        raise Forbidden(f"“{DESKS[desk].zh}”由本台的人交接")


def check_words(text: str) -> None:
    if len(text) > LONGEST or "\0" in text:
        raise Refused(f"太长或有无法保存的字符，请缩短到 {LONGEST:,} 字以内", field="text")


def check_sign(reader: int, writer: int) -> None:
    """Whether ``reader`` may sign a note of ``writer``. Raises Refused."""
    if reader == writer:
        raise Refused("自己写的交班记录由接班的人签收")
