"""Verbs of working on paper: set sheets aside, say what became of one, enter it afterwards, confirm as a second person.

A sheet is entered by the same moves as any demand, under the number that stands on it; its claimed time is a late entry
that a second person confirms (domain.md §3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from jiesu.domain import offline as rules_of
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.offline import Filled
from jiesu.domain.order import Actor, stamp
from jiesu.domain.privacy import mask_text
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import names, offline, orders, record
from jiesu.store.offline import Found
from jiesu.store.people import Known
from jiesu.workflow import intake, step
from jiesu.workflow.step import Taken

KEEPERS: Final = ("supervisor", "administrator")
ENTERS: Final = ("agent", "dispatcher")
MOST: Final = 100
"""Entries confirmed at once."""
_NEAR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one: what was made, that it was there already, or why not."""

    number: int
    taken: Taken | None = None
    why: str = ""
    known: bool = False


def reserve(count: int, *, by: Actor, now: datetime, note: str = "") -> int:
    """Set ``count`` serials aside for sheets of paper, never to be given to anybody else; the block's number.

    Raises Forbidden, Refused. Two statements.
    """
    if not any(by.has(role) for role in KEEPERS):
        raise Forbidden("纸质受理单由督办员或管理员备下")
    rules_of.check_count(count)
    if len(note) > rules_of.LONGEST_NOTE or "\0" in note:
        raise Refused(f"用途太长，请缩短到 {rules_of.LONGEST_NOTE} 字以内", field="note")
    with transaction.atomic():
        made = offline.reserve(count, by=by.id, now=now, note=mask_text(note.strip()))
    if made is None:
        raise Refused("纸质受理单的号段已用完，请联系管理员", field="count")
    return made


def mark(first: str, last: str, state: str, *, by: Actor, now: datetime, note: str = "") -> int:
    """Say of the sheets ``first`` to ``last`` (one when ``last`` is empty) what became of them; how many they were.

    All of them or none. Raises Forbidden, Refused.
    """
    if not any(by.has(role) for role in (*KEEPERS, *ENTERS)):
        raise Forbidden("受理单台账由热线中心的人登记")
    note = mask_text(note.strip())
    rules_of.check_state(state, note)
    begin = rules_of.serial_in(first)
    end = rules_of.serial_in(last) if last.strip() else begin
    if not begin <= end < begin + rules_of.MOST:
        raise Refused(f"止号须不小于起号，一次不超过 {rules_of.MOST} 张", field="last")
    with transaction.atomic():
        found = offline.hold(begin, end)
        missing = [serial for serial in range(begin, end + 1) if serial not in found]
        if missing:
            raise Refused(f"受理单 {missing[0]} 没有备过，请核对号码", field="first")
        for one in found.values():
            rules_of.check_mark(one.held, state)
        for block in {one.block for one in found.values()}:
            serials = [serial for serial, one in found.items() if one.block == block]
            offline.mark(block, serials, state, by=by.id, now=now, note=note)
    return len(found)


def enter(filled: Filled, *, by: Actor, now: datetime, demander: Known | None = None) -> Result:
    """Enter one filled sheet as an order with its number: registered, its time claimed, and what was done on paper.

    The same sheet with the same content again is known and changes nothing. All of it or nothing; about 15 statements.
    Raises Forbidden, Refused.
    """
    if not any(by.has(role) for role in ENTERS):
        raise Forbidden("补录由话务员或派单员操作")
    number = orders.number_of(filled.claimed_at.astimezone(CITY_ZONE).date(), filled.serial)
    record.ensure_months({number // 1_000_000_000})
    with transaction.atomic():
        one = _there(offline.hold(filled.serial, filled.serial), filled)
        known = _known(one, filled, demander, now)
        if known is not None:
            return known
        _not_twice(filled, demander, now)
        facts = {**filled.facts, "happened_at": filled.claimed_at}
        intake.register(by=by, now=now, facts=facts, demander=demander, number=number)
        taken = step.in_turn(number, rules_of.moves_of(filled), by=by, now=now)
        content = offline.digest(_content(filled, demander))
        offline.mark(one.block, [filled.serial], "used", by=by.id, now=now, number=number, content=content)
    return Result(number, taken)


def look(filled: Filled, *, now: datetime, demander: Known | None = None) -> Result:
    """What ``enter`` would say of the sheet itself; nothing is written. Raises Refused. Two statements."""
    number = orders.number_of(filled.claimed_at.astimezone(CITY_ZONE).date(), filled.serial)
    one = _there(offline.look(filled.serial, filled.serial), filled)
    known = _known(one, filled, demander, now)
    if known is None:
        _not_twice(filled, demander, now)
    return known or Result(number)


def _there(found: Mapping[int, Found], filled: Filled) -> Found:
    if filled.serial not in found:
        raise Refused(f"受理单 {filled.serial} 没有备过，请核对号码", field="sheet")
    return found[filled.serial]


def _known(one: Found, filled: Filled, demander: Known | None, now: datetime) -> Result | None:
    """The order that the sheet was entered as with the same content; None: it may be entered. Raises Refused."""
    held = one.held
    if held.number is not None and held.at is not None:
        if offline.same(one.content, _content(filled, demander)):
            return Result(held.number, known=True)
        said = f"受理单 {held.serial} 已补录为工单 {held.number}（{names.of_actor(held.by)}，{_when(held.at)}）"
        raise Refused(f"{said}，内容不同，没有重复登记，请核对号码", field="sheet")
    rules_of.check_entry(held, filled, now)
    return None


def _not_twice(filled: Filled, demander: Known | None, now: datetime) -> None:
    """Whoever called again and was taken down in the system since is asked about, not registered twice."""
    if filled.apart or demander is None or not demander.phone:
        return
    since = offline.recent_of(demander.phone, filled.claimed_at - _NEAR)
    if since:
        number, at = since[0]
        raise Refused(
            f"这个号码 {_when(at)} 已有工单 {number}，可能是同一件。"
            "是，就把这张受理单标为作废；不是，勾“不是同一件”再存",
            field="apart",
        )


def _content(filled: Filled, demander: Known | None) -> dict[str, Any]:
    """What stands on the sheet, to be compared with itself."""
    told = {**filled.facts, "claimed_at": stamp(filled.claimed_at), "writer": filled.writer, "told": filled.told}
    return {**told, "answer": filled.answer, **(asdict(demander) if demander else {})}


def confirm_many(numbers: Sequence[int], *, by: Actor, now: datetime) -> list[Result]:
    """Confirm the claimed times of these orders as a second person, each by a move of its own.

    Raises Refused when there is nothing to do or too much; an order that refuses stays with its reason and stops no
    other.
    """
    return _each(numbers, "confirm_late_entry", {}, by, now)


def refuse_many(numbers: Sequence[int], *, reason: str, by: Actor, now: datetime) -> list[Result]:
    """Refuse the claimed times of these orders: the system's own stay. Raises as ``confirm_many`` does."""
    if not reason.strip():
        raise Refused("请写明不同意的理由", field="reason")
    return _each(numbers, "refuse_late_entry", {"reason": reason}, by, now)


def _each(numbers: Sequence[int], move: str, facts: dict[str, Any], by: Actor, now: datetime) -> list[Result]:
    if not numbers:
        raise Refused("请先勾选要确认的工单", field="marked")
    if len(numbers) > MOST:
        raise Refused(f"一次最多 {MOST} 件，请分几次办", field="marked")
    asked = {one.number: one.request for one in offline.waiting()}
    return [_one(number, asked.get(number), move, facts, by, now) for number in dict.fromkeys(numbers)]


def _one(number: int, request: int | None, move: str, facts: dict[str, Any], by: Actor, now: datetime) -> Result:
    if request is None:
        return Result(number, why="没有待确认的补录，可能别人刚确认过")
    try:
        return Result(number, step.take(number, move, by=by, now=now, facts={**facts, "request": request}))
    except (Refused, Conflict, NotFound) as no:
        return Result(number, why=no.message)


def _when(at: datetime) -> str:
    return f"{at.astimezone(CITY_ZONE):%m-%d %H:%M}"
