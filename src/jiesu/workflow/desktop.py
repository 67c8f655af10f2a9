"""What a person arranges at the desk: notices that were read, lists that have a name."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor
from jiesu.store import notices, views

_LONGEST_NAME: Final = 20
_LONGEST_QUERY: Final = 300


def read_notices(*, by: Actor, now: datetime, upto: datetime, urgent_alone: bool = False) -> None:
    """Everything told up to ``upto`` is read by this person; with ``urgent_alone`` its banner alone is put away."""
    notices.mark(_staff(by), min(upto, now), urgent_alone=urgent_alone)


def save_view(queue: str, *, by: Actor, now: datetime, name: str, query: str) -> None:
    """Give a list with its filters a name. Raises Refused."""
    name = name.strip()
    if not name or len(name) > _LONGEST_NAME or "\x1f" in name or "\0" in name:
        raise Refused(f"请给这个视图起个名字，不超过 {_LONGEST_NAME} 个字", field="name")
    if len(query) > _LONGEST_QUERY:
        raise Refused("筛选条件太多，存不下", field="name")
    if not views.save(_staff(by), queue, name, query, now):
        raise Refused(f"一个列表最多存 {views.MOST} 个视图，请先删去不用的", field="name")


def drop_view(queue: str, *, by: Actor, name: str) -> None:
    """Forget a view; nothing happens when there is none of this name."""
    views.drop(_staff(by), queue, name)


def _staff(by: Actor) -> int:
    if not (by.id.startswith("s") and by.id[1:].isdigit()):
        raise Forbidden("只有工作人员有自己的工作台")
    return int(by.id[1:])
