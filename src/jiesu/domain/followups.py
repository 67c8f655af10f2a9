"""What the review meeting (调度会) of an edition asks for: an owner, a day; it carries over until it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor
from jiesu.domain.privacy import mask_text

LONGEST: Final = 500
KEEPERS: Final = "supervisor"
STATES: Final = {"open": "办理中", "done": "已办", "dropped": "不再办", "moved": "改期"}
ENDED: Final = frozenset({"done", "dropped"})


@dataclass(frozen=True, slots=True)
class Item:
    """A thing to do. ``unit``: the unit that owns it, else ``staff``: the person; ``state``: open, done or dropped."""

    unit: str
    staff: int | None
    due: date
    state: str

    def late(self, today: date) -> bool:
        return self.state not in ENDED and self.due < today


def check_item(text: str, *, owner: bool, due: date | None, today: date, by: Actor) -> tuple[str, date]:
    """The words of a new item as they are kept, and its day. Raises Forbidden, Refused."""
    _keeps(by, "调度会事项由督办员登记")
    said = _words(text, "请写明要办什么", "text")
    if not owner:
        raise Refused("请写责任单位或责任人，从列出的名称里选", field="owner")
    return said, _day(due, today)


def check_mark(item: Item, state: str, note: str, *, due: date | None, today: date, by: Actor) -> str:
    """The note of what became of an item, as it is kept. Raises Forbidden, Refused.

    Who owns it says that it is done, and how; everything else is the supervisor's.
    """
    if state not in STATES:
        raise Refused("调度会事项没有这个状态")
    if state != "done" or not owns(item, by):
        _keeps(by, "办了由责任单位或督办员填，改期、不再办、重新办由督办员填")
    if (item.state in ENDED) != (state == "open"):
        raise Refused("这一项已经办完或不再办，要再办先“重新办”" if item.state in ENDED else "这一项还在办")
    if state == "moved":
        _day(due, today)
    return _words(note, {"done": "请写明怎么办的、结果怎样"}.get(state, "请写明理由"), "note")


def owns(item: Item, by: Actor) -> bool:
    """Whether the item is this person's, or his unit's."""
    if item.unit:
        return any(item.unit == unit for role, unit in by.roles if role in ("unit_clerk", "unit_leader"))
    return by.id == f"s{item.staff}"


def _keeps(by: Actor, said: str) -> None:
    if not by.has(KEEPERS):
        raise Forbidden(said)


def _words(text: str, empty: str, field: str) -> str:
    said = " ".join(text.split())
    if not said or len(said) > LONGEST or "\0" in said:
        raise Refused(f"{empty}，不超过 {LONGEST} 字", field=field)
    if mask_text(said) != said:
        raise Refused("像有电话、证件号或车牌，请隐去再存", field=field)
    return said


def _day(due: date | None, today: date) -> date:
    if due is None or due < today:
        raise Refused("请写一个今天或以后的期限", field="due")
    return due
