"""The supervisor's verb for many: one message to several orders, each a move of its own, with what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiesu.domain.errors import Conflict, NotFound, Refused
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Actor
from jiesu.workflow import step
from jiesu.workflow.step import Taken

MANY: Final = ("urge", "supervise", "escalate", "mark")
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one order: the move that was made, or why it was not."""

    number: int
    taken: Taken | None = None
    why: str = ""


def tell_many(numbers: Sequence[int], move: str, *, facts: Mapping[str, Any], by: Actor, now: datetime) -> list[Result]:
    """Make one of ``MANY`` on each of these orders with the same facts, each decided and recorded by itself.

    Raises Refused when there is nothing to do or more than ``MOST``; an order that refuses stays as it is, with the
    reason, and stops no other.
    """
    if move not in MANY:
        raise Refused("这个动作不能成批办，请打开工单单独办", field="move")
    if not numbers:
        raise Refused("请先勾选要办的工单", field="marked")
    if len(numbers) > MOST:
        raise Refused(f"一次最多 {MOST} 件，请分几次办", field="marked")
    if move != "mark" and not str(facts.get("reason") or "").strip():
        raise Refused(f"请写明{MOVES[move].zh}的理由和要求", field="reason")
    return [_one(number, move, facts, by, now) for number in dict.fromkeys(numbers)]


def _one(number: int, move: str, facts: Mapping[str, Any], by: Actor, now: datetime) -> Result:
    try:
        return Result(number, step.take(number, move, by=by, now=now, facts=facts))
    except (Refused, Conflict, NotFound) as no:
        return Result(number, why=no.message)
