"""Working on paper while the system is away: numbered sheets, what became of each, and their entry afterwards.

A sheet bears a serial from a range of its own that the system never gives to anybody else; the date before it is
written by hand, so that number and day agree. What is entered afterwards is a late entry (补录, domain.md §3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from jiesu.domain import words
from jiesu.domain.errors import Refused
from jiesu.domain.workdays import CITY_ZONE

FIRST: Final = 9_000_001
LAST: Final = 9_999_999
"""Serials of sheets; the system's own end before them."""
MOST: Final = 500
"""Sheets of one block."""
DAYS_BACK: Final = 31
STATES: Final = {
    "used": "已补录",
    "spoilt": "作废",
    "lost": "遗失",
    "unused": "未用收回",
    "out": "在外",
}
"""What became of a sheet. ``out``: it is still with somebody, empty or filled; so is one of which nothing is known."""
MARKS: Final = ("spoilt", "lost", "unused", "out")
"""What people say of a sheet; that it was used says its entry."""
_NEEDS_WHY: Final = ("spoilt", "lost")
LONGEST_NOTE: Final = 200


@dataclass(frozen=True, slots=True)
class Held:
    """A sheet as it stands: its state, who said so when, the order it was entered as, and in whose block it lies."""

    serial: int
    printed_at: datetime
    state: str = "out"
    number: int | None = None
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands on a filled sheet. ``facts``: as ``register`` takes them, words as plain text; ``told``: who was told
    by phone, and when; ``answer``: what the citizen was told at once; ``apart``: it is not what the same caller has
    brought already."""

    serial: int
    claimed_at: datetime
    facts: Mapping[str, Any]
    reason: str = "outage"
    writer: str = ""
    told: str = ""
    answer: str = ""
    apart: bool = False


def serial_in(text: str, claimed: date | None = None) -> int:
    """The serial of a sheet as it is written: its seven digits, or all thirteen with the date by hand before them.

    Raises Refused, also when the date by hand is not the civil day on which the demand was ``claimed`` to have come.
    """
    digits = "".join(text.split()).replace("-", "")
    if not digits.isascii() or not digits.isdecimal() or len(digits) not in (7, 13):
        raise Refused("受理单号是 7 位（9 开头），或连日期共 13 位，请照纸上的写", field="sheet")
    serial = int(digits[-7:])
    if not FIRST <= serial <= LAST:
        raise Refused("这不是纸质受理单的号：后 7 位须以 9 开头。系统里登记的工单不用补录", field="sheet")
    if len(digits) == 13 and claimed is not None and digits[:6] != f"{claimed:%y%m%d}":
        raise Refused(f"单上的日期是 {digits[:6]}，实际时间是 {claimed:%y%m%d}，请核对是哪一个写错了", field="sheet")
    return serial


def told_text(text: str, since: str) -> str:
    """What a sheet tells, with since when it has been so."""
    return f"{text}\n从什么时候开始：{since}" if since else text


def check_count(count: int) -> None:
    if not 1 <= count <= MOST:
        raise Refused(f"一次备 1 到 {MOST} 张", field="count")


def check_entry(held: Held, filled: Filled, now: datetime) -> None:
    """Whether a sheet may be entered as this. Raises Refused."""
    claimed = filled.claimed_at
    if held.state in ("spoilt", "unused"):
        said = f"受理单 {held.serial} 已标为“{STATES[held.state]}”，没有登记；标错的请先在台账里改为“在外”"
        raise Refused(said, field="sheet")
    if claimed > now:
        raise Refused("实际时间不能晚于现在", field="claimed_at")
    if claimed < held.printed_at.replace(second=0, microsecond=0):
        raise Refused(f"这张受理单 {_when(held.printed_at)} 才备下，实际时间不会更早，请核对", field="claimed_at")
    if now - claimed > timedelta(days=DAYS_BACK):
        raise Refused(f"实际时间已过 {DAYS_BACK} 天，请按来信登记，再申请补录", field="claimed_at")


def check_mark(held: Held, state: str) -> None:
    """Whether this may be said of a sheet. Raises Refused."""
    if held.state == "used":
        raise Refused(f"受理单 {held.serial} 已补录为工单 {held.number}，不能再标“{STATES[state]}”", field="first")
    if held.state == state:
        raise Refused(f"受理单 {held.serial} 已经是“{STATES[state]}”", field="first")


def check_state(state: str, why: str) -> None:
    """Whether people may say this of sheets, with these words. Raises Refused."""
    if state not in MARKS:
        raise Refused(f"请选择{'、'.join(STATES[one] for one in MARKS)}之一", field="state")
    if state in _NEEDS_WHY and not why:
        raise Refused("作废和遗失要写明原因", field="note")
    if len(why) > LONGEST_NOTE or "\0" in why:
        raise Refused(f"说明太长，请缩短到 {LONGEST_NOTE} 字以内", field="note")


def moves_of(filled: Filled) -> list[tuple[str, Mapping[str, Any]]]:
    """What follows the registration of a sheet, in turn: the claim of its time, what was done on paper, a note."""
    evidence = f"纸质受理单 {filled.serial}" + (f"，{filled.writer}记录" if filled.writer else "")
    claim = {"act": "register", "claimed_at": filled.claimed_at, "late_reason": filled.reason, "evidence": evidence}
    found: list[tuple[str, Mapping[str, Any]]] = [("claim_late_entry", claim)]
    kind = filled.facts.get("kind", "")
    if filled.answer:
        found.append(("answer_directly", {"public_reply": filled.answer}))
    elif kind and kind not in words.NO_WORK_KINDS and filled.facts.get("matter"):
        found.append(("accept", {}))
    if filled.told:
        found.append(("note", {"note": f"停机期间已电话通知：{filled.told}"}))
    return found


@dataclass(slots=True)
class Account:
    """How many sheets of a block became what."""

    whole: int
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def out(self) -> int:
        """Sheets of which nothing final is known."""
        return self.whole - sum(self.counts.get(state, 0) for state in ("used", "spoilt", "lost", "unused"))

    @property
    def settled(self) -> bool:
        return self.out == 0


def spans(serials: Sequence[int]) -> list[tuple[int, int]]:
    """Serials in their order as unbroken runs: 1, 2, 3, 7 are (1, 3), (7, 7)."""
    found: list[tuple[int, int]] = []
    for one in serials:
        if found and found[-1][1] == one - 1:
            found[-1] = (found[-1][0], one)
        else:
            found.append((one, one))
    return found


def _when(at: datetime) -> str:
    return f"{at.astimezone(CITY_ZONE):%m-%d %H:%M}"
