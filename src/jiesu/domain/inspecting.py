"""Quality inspection: score sheets, what an inspector marks, what comes of it and whose it is (domain.md §3, 质检员).

A sheet is the city's own, dated and numbered; a result names the sheet it was made with, so that another one changes
nothing that was judged before. An order is looked at once and gives one result for each hand that it went through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from jiesu.domain import words
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor, Event, Order

SUBJECTS: Final = {"call": "通话", "order": "工单", "callback": "回访"}
# The parts of a result: each belongs to one person or one unit.
PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "call": {"call": "接听"},
    "order": {"intake": "受理", "dispatch": "派单", "reply": "答复", "closing": "办结"},
    "callback": {"callback": "回访"},
}
PARTS_ZH: Final = {code: zh for parts in PARTS.values() for code, zh in parts.items()}
DROPS: Final = {
    "no_recording": "没有录音，或录音听不清",
    "erased": "内容已按规定删除",
    "test": "测试电话或测试工单",
    "wrong": "抽错了，不属于检查范围",
}
OUTCOMES: Final = {"kept": "维持原分", "changed": "已改分"}

MOST_ITEMS: Final = 24
LONGEST_NOTE: Final = 300
LONGEST_WORDS: Final = 800
"""Of a coaching note, an appeal, a decision."""
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,23}")
_CENT: Final = Decimal("0.1")
_SECONDS: Final = re.compile(r"(\d{1,3})[:：]([0-5]\d)")
_STEP: Final = re.compile(r"(?:第\s*)?(\d{1,4})(?:\s*步)?")


# -- the sheet


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is looked at. ``fatal``: whoever fails in it gets nothing for the whole part."""

    code: str
    part: str
    name: str
    points: int
    fatal: bool = False
    hint: str = ""

    @property
    def levels(self) -> list[tuple[int, str]]:
        """The points that may be given, in words, the best first. A fatal item is kept or it is not."""
        if self.fatal:
            return [(self.points or 1, "合格"), (0, "不合格")]
        half = (self.points + 1) // 2
        middle = [(half, "部分")] if half < self.points else []
        return [(self.points, "合格"), *middle, (0, "不合格")]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The items of one subject, in the order in which they are read; ``pass_mark``: per cent from which one passes."""

    subject: str
    version: int
    pass_mark: int
    items: tuple[Item, ...]

    def of(self, parts: Iterable[str]) -> list[Item]:
        """The items of these parts."""
        wanted = set(parts)
        return [one for one in self.items if one.part in wanted]

    def item(self, code: str) -> Item | None:
        return next((one for one in self.items if one.code == code), None)


def sheet_from_doc(subject: str, doc: Any, version: int = 0) -> Sheet:
    """The sheet that a document describes. Raises Refused, in words for whoever wrote the document."""
    if subject not in SUBJECTS:
        raise Refused(f"没有“{subject}”这种检查对象")
    given = doc if isinstance(doc, Mapping) else {}
    listed, mark = given.get("items"), given.get("pass", 85)
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
        raise Refused("评分表没有条目，请写明 items")
    if len(listed) > MOST_ITEMS:
        raise Refused(f"评分表最多 {MOST_ITEMS} 条，请合并相近的条目")
    if not _whole(mark, 1, 100):
        raise Refused("合格线（pass）须是 1 到 100 的整数")
    items = tuple(_item(subject, one, place) for place, one in enumerate(listed, start=1))
    codes = [one.code for one in items]
    twice = next((code for code in codes if codes.count(code) > 1), "")
    if twice:
        raise Refused(f"条目编号“{twice}”重复")
    return Sheet(subject, version, mark, items)


def _item(subject: str, doc: Any, place: int) -> Item:
    given: Mapping[str, Any] = doc if isinstance(doc, Mapping) else {}
    parts = PARTS[subject]
    code, name, hint = (str(given.get(key) or "") for key in ("code", "name", "hint"))
    part = str(given.get("part") or next(iter(parts)))
    points, fatal = given.get("points", 0), given.get("fatal", False)
    if not _CODE.fullmatch(code):
        raise Refused(f"第 {place} 条的编号须以小写字母开头，只用小写字母、数字和下划线")
    if part not in parts:
        raise Refused(f"第 {place} 条的环节“{part}”不对，可选：{'、'.join(parts)}")
    if not name.strip() or len(name) > 40 or len(hint) > 200:
        raise Refused(f"第 {place} 条须有名称，不超过 40 字；说明不超过 200 字")
    if not isinstance(fatal, bool) or not _whole(points, 0 if fatal else 1, 100):
        raise Refused(f"第 {place} 条的分值须是 1 到 100 的整数；否决项（fatal）可以是 0 分")
    return Item(code, part, name.strip(), points, fatal, hint.strip())


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


# -- what the inspector marks


@dataclass(frozen=True, slots=True)
class Mark:
    """Points for one item, None where it does not apply; why points were taken, and where that can be seen or heard."""

    item: str
    points: int | None
    note: str = ""
    evidence: str = ""


def checked(sheet: Sheet, parts: Iterable[str], marks: Iterable[Mark], *, steps: int = 0) -> list[Mark]:
    """The marks of all items of these parts, in the sheet's order, as they are kept. Raises Refused with the field.

    ``steps``: how many events the order has, for evidence that names one of them.
    """
    given = {one.item: one for one in marks}
    return [_checked(item, given.get(item.code), sheet.subject, steps) for item in sheet.of(parts)]


def _checked(item: Item, mark: Mark | None, subject: str, steps: int) -> Mark:
    if mark is None:
        raise Refused(f"“{item.name}”还没有打分", field=item.code)
    best, allowed = item.levels[0][0], {points for points, _ in item.levels}
    note, evidence = mark.note.strip(), evidence_of(mark.evidence, subject, steps, item)
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise Refused(f"“{item.name}”的理由太长，请缩短到 {LONGEST_NOTE} 字以内", field=item.code)
    if mark.points is None:
        if item.fatal:
            raise Refused(f"“{item.name}”是否决项，须定合格或不合格", field=item.code)
        return Mark(item.code, None, note, evidence)
    if mark.points not in allowed:
        raise Refused(f"“{item.name}”的分不对，请重新选", field=item.code)
    if mark.points < best and len(note) < 2:
        raise Refused(f"“{item.name}”扣了分，请写明理由", field=item.code)
    return Mark(item.code, mark.points, note, evidence)


def evidence_of(text: str, subject: str, steps: int, item: Item) -> str:
    """Where it can be heard (``1:05`` into the recording) or seen (``#7``: the seventh step). Raises Refused."""
    said = text.strip()
    if not said:
        return ""
    heard = _SECONDS.fullmatch(said)
    if heard:
        return f"{int(heard[1])}:{heard[2]}"
    step = _STEP.fullmatch(said.removeprefix("#"))
    if step and 1 <= int(step[1]) <= steps:
        return f"#{int(step[1])}"
    example = "写录音的位置，如 1:05" if subject == "call" else f"写录音的位置（1:05）或流转第几步（1 到 {steps}）"
    raise Refused(f"“{item.name}”的依据看不懂，请{example}，没有就空着", field=item.code)


def evidence_zh(evidence: str) -> str:
    """录音 1:05, 流转第 7 步."""
    if evidence.startswith("#"):
        return f"流转第 {evidence[1:]} 步"
    return f"录音 {evidence}" if evidence else ""


# -- what comes of it


@dataclass(frozen=True, slots=True)
class Result:
    """What one part comes to: ``points`` of ``full``; ``fatal``: a fatal item failed, so that nothing is left."""

    part: str
    points: int
    full: int
    fatal: bool
    passed: bool

    @property
    def percent(self) -> Decimal:
        return percent(self.points, self.full)


def percent(points: int, full: int) -> Decimal:
    """Of a hundred, one decimal, rounded half up; where nothing but a fatal item applied, all or nothing."""
    return (Decimal(100 * points) / Decimal(full)).quantize(_CENT, rounding=ROUND_HALF_UP) if full else Decimal(0)


def results(sheet: Sheet, marks: Iterable[Mark]) -> list[Result]:
    """The result of each part in which anything applied. A part of fatal items alone counts one of one."""
    given = {one.item: one.points for one in marks}
    found = []
    for part in PARTS[sheet.subject]:
        items = [one for one in sheet.of([part]) if given.get(one.code) is not None]
        if items:
            found.append(_result(part, items, given, sheet.pass_mark))
    return found


def _result(part: str, items: Sequence[Item], given: Mapping[str, int | None], pass_mark: int) -> Result:
    fatal = any(one.fatal and given[one.code] == 0 for one in items)
    full = sum(one.points for one in items) or 1
    kept = sum(min(given[one.code] or 0, one.points) for one in items) if any(one.points for one in items) else 1
    points = 0 if fatal else kept
    return Result(part, points, full, fatal, not fatal and 100 * points >= pass_mark * full)


# -- whose it is


@dataclass(frozen=True, slots=True)
class Whose:
    """Who answers for a part: a member of staff by his actor's id, or a unit by its code; and the unit behind both."""

    part: str
    whom: str
    unit: str


_TAKEN: Final = ("register", "accept")
_ANSWERED: Final = "answer_directly"
_CLOSED: Final = ("close", "close_with_promise", "close_unreachable", "write_off", "inform", "refuse", "transfer_out")
HAND_MOVES: Final = (*_TAKEN, "dispatch", _ANSWERED, *_CLOSED)
"""The moves of the centre's people by which an order went through their hands."""


def hands(order: Order, events: Sequence[Event], centre: str) -> list[Whose]:
    """Through whose hands an order went, part by part; a part that nobody of the city did is left out.

    Whoever answered at the desk answers for the reply himself; nobody else closed such an order.
    """
    found = [
        _hand("intake", next((one for one in events if one.move in _TAKEN and _staff(one.by)), None), centre),
        _hand("dispatch", next((one for one in events if one.move == "dispatch" and _staff(one.by)), None), centre),
    ]
    at_desk = next((one for one in reversed(events) if one.move == _ANSWERED), None)
    if at_desk is not None and order.outcome == "direct_answer":
        found.append(_hand("reply", at_desk, centre))
    elif order.lead is not None and any(one.move == "reply" for one in events):
        found.append(Whose("reply", order.lead.unit, order.lead.unit))
    closing = next((one for one in reversed(events) if one.move in _CLOSED and _staff(one.by)), None)
    found.append(_hand("closing", closing, centre))
    return [one for one in found if one is not None]


def _hand(part: str, event: Event | None, centre: str) -> Whose | None:
    return Whose(part, event.by, event.unit or centre) if event is not None and _staff(event.by) else None


def _staff(actor: str) -> bool:
    return actor.startswith("s") and actor[1:].isdigit()


# -- who may do what


def inspects(actor: Actor) -> bool:
    return actor.has("inspector")


def oversees(actor: Actor) -> bool:
    """Whether somebody may look at all results: an inspector, and the supervisor who decides what is disputed."""
    return inspects(actor) or actor.has("supervisor")


def stands_for(actor: Actor, whom: str) -> bool:
    """Whether a result is this person's own, or his unit's."""
    return actor.id == whom or any(role in words.UNIT_ROLES and unit == whom for role, unit in actor.roles)


def mine(actor: Actor) -> list[str]:
    """Whose results this person finds at his own desk."""
    return [actor.id, *sorted({unit for role, unit in actor.roles if role in words.UNIT_ROLES})]


@dataclass(frozen=True, slots=True)
class Stand:
    """How far one part's result has come. ``by``: who judged it; ``counts``: not replaced by a second look."""

    whom: str
    by: str
    appeal_until: datetime
    appealed_at: datetime | None = None
    decided_at: datetime | None = None
    counts: bool = True


def appeals(actor: Actor, part: Stand, now: datetime) -> None:
    """Whether ``actor`` may appeal against the result now. Raises Forbidden, Refused."""
    if not stands_for(actor, part.whom):
        raise Forbidden("只能对自己或本单位的质检结果申诉")
    if not part.counts:
        raise Refused("这次质检已由复检代替，请看复检的结果")
    if part.appealed_at is not None:
        raise Refused("一个结果只能申诉一次，这个结果已经申诉过了")
    if now > part.appeal_until:
        raise Refused("申诉期限已过")


def decides(actor: Actor, part: Stand) -> None:
    """Whether ``actor`` may decide the appeal: a supervisor, or an inspector who is not judged and did not judge.

    Raises Forbidden, Refused.
    """
    if not oversees(actor):
        raise Forbidden("申诉由另一位质检员或督办员裁定")
    if stands_for(actor, part.whom):
        raise Forbidden("不能裁定自己的申诉")
    if part.by == actor.id:
        raise Forbidden("不能裁定自己打的分，请由另一位质检员或督办员裁定")
    if part.appealed_at is None:
        raise Refused("这个结果没有申诉")
    if part.decided_at is not None:
        raise Refused("这个申诉刚被别人裁定了")
