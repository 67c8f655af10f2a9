"""What an administrator wants of the city's data, and what may be wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from jiesu.domain.administration.kinds import KINDS, Kind, Thing
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor
from jiesu.domain.rules import canonical
from jiesu.domain.workdays import CITY_ZONE

LONGEST_REASON: Final = 200
PAST: Final = (
    "生效日期不能早于今天（{today}）：已经办过的工单按当时的规则办的，不再改写。请写今天或以后的日子；"
    "日历改了，要让在办工单的时限重新算，保存后到“日历”里点“重算在办时限”。"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One change: the thing ``after`` it, all of it (None: taken away, or ended), from the day ``since``.

    ``key`` names the thing; empty for a new one. ``seen``: the print of the thing that the person was looking at
    (``things.print_of``); None where nobody looked. ``restores``: the change taken back.
    """

    kind: str
    key: str
    after: Thing | None
    since: date
    seen: str | None = None
    restores: int | None = None

    @property
    def of(self) -> Kind:
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one change: ``at`` counts from 0; ``field`` is empty when it is about the thing as a whole."""

    at: int
    field: str
    said: str


class Unsound(Refused):
    """Something is wrong with what was written: every fault of it, the first one as the message."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(faults[0].said, code="unsound", field=faults[0].field or None)
        self.faults = list(faults)


class Overtaken(Refused):
    """Somebody else changed the thing meanwhile: nothing was written, and what was typed is still in the form."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="overtaken")


def administrator(by: Actor) -> None:
    """Raises Forbidden for everybody else."""
    if not by.has("administrator"):
        raise Forbidden("只有管理员可以修改本市资料和规则")


def today_of(now: datetime) -> date:
    return now.astimezone(CITY_ZONE).date()


def holds_from(wanted: Wanted, now: datetime) -> datetime:
    """A moment at which the change holds: now, or the beginning of its day."""
    return max(now, datetime.combine(wanted.since, time(), CITY_ZONE))


def token(wanted: Sequence[Wanted]) -> str:
    """A mark of what was checked: saving asks for it, so that nothing is saved that nobody saw weighed."""
    told = [[one.kind, one.key, one.after, one.since.isoformat(), one.seen] for one in wanted]
    return hashlib.sha256(canonical(told)).hexdigest()[:24]


def reasoned(reason: str) -> str:
    """The reason as it is kept. Raises Refused."""
    reason = " ".join(reason.split())
    if not reason:
        raise Refused("请写明为什么改，写进改动记录", field="reason")
    if len(reason) > LONGEST_REASON or "\0" in reason:
        raise Refused(f"原因请缩短到 {LONGEST_REASON} 字以内", field="reason")
    return reason
