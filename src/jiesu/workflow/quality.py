"""Verbs of the quality desk: whose turn a thing is, its result, appeals, coaching, and what comes into the sample.

Nothing here moves an order: what an inspector finds stands beside the record, never in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from jiesu.domain import inspecting
from jiesu.domain.clocks import deadline
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.inspecting import DROPS, LONGEST_WORDS, Mark, Result, Sheet, Whose
from jiesu.domain.order import Actor, Order
from jiesu.domain.privacy import mask_text
from jiesu.domain.quality_plan import ASKED, SECOND, Plan, is_signal
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import calls, inspections, orders, quality_rules
from jiesu.store import rules as rules_store
from jiesu.store.inspections import Part, Pick, Waiting, Whole

_RIVALS: Final = 5
_NO_PLAN: Final = "本市还没有抽检方案和评分表，请管理员或督办员在“方案”页载入"
_LONGEST_REASON: Final = 200


# -- whose turn a thing is


@dataclass(frozen=True, slots=True)
class Work:
    """The desk's list with the line whose turn it is. ``readings``: numbers of the plan and the sheets of today.

    ``plan`` is None where the city has none yet: then nothing is handed out.
    """

    lines: list[Waiting]
    chosen: Waiting | None
    readings: dict[str, int]
    plan: Plan | None


def work(*, by: Actor, staff: int, rules: Rules, now: datetime, wanted: str = "") -> Work:
    """What waits for ``by``, appeals first, and the next thing, which is nobody else's for a while.

    ``wanted``: a line by its id, and ``.part`` for an appeal. Two statements, one more for each rival who was faster.
    Raises Forbidden.
    """
    if not inspecting.oversees(by):
        raise Forbidden("质检由质检员进行")
    lines, readings = inspections.page(me=by.id, draws=inspecting.inspects(by), day=_day(now))
    if quality_rules.PLAN not in readings:
        return Work(lines, None, readings, None)
    plan = quality_rules.plan(readings[quality_rules.PLAN])
    until = deadline(now, plan.hold, rules.calendar)
    if wanted:
        chosen = next((one for one in lines if key_of(one) == wanted), None)
        if chosen is not None and not chosen.part:
            inspections.take(chosen.id, staff=staff, now=now, until=until, anyway=True)
        return Work(lines, chosen, readings, plan)
    for one in [one for one in lines if one.part or one.free(staff, now)][:_RIVALS]:
        if one.part or _held(one, staff, now) or inspections.take(one.id, staff=staff, now=now, until=until):
            return Work(lines, one, readings, plan)
    return Work(lines, None, readings, plan)


def key_of(one: Waiting) -> str:
    """How a line is named in an address."""
    return f"{one.id}.{one.part}" if one.part else str(one.id)


def _held(one: Waiting, staff: int, now: datetime) -> bool:
    return one.staff == staff and one.until is not None and one.until > now


# -- a result


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged: the result of each part and whose it is."""

    id: int
    results: list[tuple[Result, Whose]]


def submit(
    id_: int,
    *,
    by: Actor,
    now: datetime,
    sheet: int,
    marks: Iterable[Mark],
    coach: str = "",
    coach_part: str = "",
) -> Judged:
    """Judge a thing by the sheet of this number, and tell those whose it is; perhaps with a coaching note for one part.

    A thing is judged once. At most four statements. Raises Forbidden, NotFound, Refused, Conflict.
    """
    _inspector(by)
    whole = _open(id_, now)
    given = _sheet(whole.subject, sheet)
    rules, plan = _standing(whole.plan, whole.rules)
    found, steps = hands_of(whole, rules)
    _others(by, whole, found)
    kept = [_masked(one) for one in inspecting.checked(given, [one.part for one in found], marks, steps=steps)]
    whose = {one.part: one for one in found}
    results = [(one, whose[one.part]) for one in inspecting.results(given, kept)]
    if not results:
        raise Refused("所有条目都选了“不适用”；检不了的请用“检不了”写明原因")
    note = _said(coach, "辅导", "coach", needed=False)
    part = coach_part if coach_part in whose else _weakest(results)
    written = inspections.submit(
        id_,
        sheet=sheet,
        results=results,
        marks=[(mark, *_place(given, mark.item)) for mark in kept],
        coached=(part, note) if note else None,
        until=deadline(now, plan.appeal, rules.calendar),
        month=_month(now),
        by=by.id,
        now=now,
    )
    if not written:
        raise _lost(id_)
    return Judged(id_, results)


def _place(sheet: Sheet, code: str) -> tuple[str, int]:
    item = next(one for one in sheet.items if one.code == code)
    return item.part, item.levels[0][0]


def _weakest(results: Iterable[tuple[Result, Whose]]) -> str:
    """The part in which most was lost: whom a note is for that names nobody."""
    return min(results, key=lambda one: one[0].percent)[0].part


def _masked(mark: Mark) -> Mark:
    """What is written about an order tells no number and no card."""
    return Mark(mark.item, mark.points, mask_text(mark.note), mark.evidence)


def hands_of(whole: Whole, rules: Rules) -> tuple[list[Whose], int]:
    """Through whose hands the thing went, and how many steps its order has. At most two statements."""
    if whole.subject == "call":
        held = calls.held(whole.call or 0)
        return ([Whose("call", held.agent, str(rules.params["centre"]))] if held and held.agent else []), 0
    number = whole.number or 0
    found = orders.load(number)
    if found is None:
        raise NotFound(f"没有工单 {number}，请核对工单号")
    order = found[0].order
    if order.state != "closed":
        raise Refused("这张工单还没有办结（可能刚被重启），等办结了再检")
    return hands_in(whole.subject, whole.no, order, rules), order.version


def hands_in(subject: str, no: int, order: Order, rules: Rules) -> list[Whose]:
    """Through whose hands an order, or its callback of this number, went. One statement for an order."""
    centre = str(rules.params["centre"])
    if subject == "callback":
        made = order.callbacks[no - 1] if 0 < no <= len(order.callbacks) else None
        return [Whose("callback", made.by, centre)] if made else []
    return inspecting.hands(order, orders.events(order.number), centre)


def _others(by: Actor, whole: Whole, found: Iterable[Whose]) -> None:
    """Nobody judges himself, nor looks again at what he judged."""
    if any(inspecting.stands_for(by, one.whom) for one in found):
        raise Forbidden("这一件有您自己经手的环节，请留给另一位质检员")
    if whole.first_by == by.id:
        raise Forbidden("复检由另一位质检员进行")


def drop(id_: int, code: str, *, by: Actor, now: datetime) -> None:
    """It cannot be judged, for one of ``DROPS``. Raises Forbidden, NotFound, Refused, Conflict."""
    _inspector(by)
    if code not in DROPS:
        raise Refused("请选择检不了的原因", field="drop")
    if not inspections.drop(id_, code, by=by.id, now=now):
        _get(id_, now)
        raise _lost(id_)


# -- appeals


def appeal(id_: int, part: str, said: str, *, by: Actor, now: datetime) -> None:
    """Whoever is judged, or the unit's own people, appeal with their reasons: once, within the limit.

    Raises Forbidden, NotFound, Refused.
    """
    held, of = _part(id_, part, now)
    inspecting.appeals(by, of.stand(held.done_by), now)
    words = _said(said, "申诉的理由", "appeal")
    rules, plan = _standing(held.plan, held.rules)
    due = deadline(now, plan.decide, rules.calendar)
    if not inspections.appeal(id_, part, words, by=by.id, now=now, due=due):
        raise Refused("一个结果只能申诉一次，这个结果已经申诉过了")


def decide(id_: int, part: str, said: str, *, marks: Iterable[Mark], by: Actor, now: datetime) -> Result:
    """Decide an appeal: the marks of this part as they are to be, all as they were where nothing changes.

    By a supervisor or an inspector who did not judge it. The result as it stands now. Raises Forbidden, NotFound,
    Refused, Conflict.
    """
    held, of = _part(id_, part, now)
    inspecting.decides(by, of.stand(held.done_by))
    words = _said(said, "裁定的理由", "decision")
    sheet = quality_rules.sheet(held.subject, held.sheet or 0)
    before = {one.item: one.points for one in held.marks if one.part == part}
    given = {one.item: one.points for one in marks}
    # Why points were taken was written by whoever took them; the decision has reasons of its own.
    after = [Mark(item, given.get(item, points), "裁定") for item, points in before.items()]
    result = inspecting.results(sheet, inspecting.checked(sheet, [part], after))
    if not result:
        raise Refused("不能把所有条目都改成“不适用”", field="decision")
    changed = {one.item: one.points for one in after if one.points != before[one.item]}
    if not inspections.decide(id_, part, words, changed=changed, result=result[0], by=by.id, now=now):
        raise Conflict("这个申诉刚被别人裁定了，您写的内容没有丢", number=held.number or 0)
    return result[0]


# -- coaching and receipts


def coach(id_: int, part: str, said: str, *, by: Actor, now: datetime) -> None:
    """A note from an inspector to whoever is judged, one for each part. Raises Forbidden, NotFound, Refused."""
    _inspector(by)
    _part(id_, part, now)
    if not inspections.coach(id_, part, _said(said, "辅导", "coach"), by=by.id, now=now):
        raise Refused("这一项已经写过辅导了", field="coach")


def read(id_: int, part: str, *, by: Actor, now: datetime) -> None:
    """Whoever is judged says that he has read it. Raises Forbidden, NotFound."""
    _, of = _part(id_, part, now)
    if not inspecting.stands_for(by, of.whom):
        raise Forbidden("只能签阅自己或本单位的质检结果")
    inspections.read(id_, part, by=by.id, now=now)


# -- what comes into the sample


def propose(
    number: int, *, signal: str, reason: str, by: Actor, now: datetime, subject: str = "order", no: int = 0
) -> bool:
    """Put an order (or its callback ``no``) into the sample that inspectors work through, for a coded signal.

    For whatever finds that something may be wrong: it suggests, an inspector judges. ``reason`` says in words what was
    seen, without names. What is not closed waits until it is. False when the thing was in the sample before, whatever
    brought it. Three statements. Raises Forbidden, NotFound, Refused.
    """
    if not (by.has("system") or inspecting.oversees(by)):
        raise Forbidden("抽检由系统、质检员或督办员指定")
    said = " ".join(mask_text(reason).split())
    if not is_signal(signal):
        raise Refused("线索的代码须以小写字母开头，只用小写字母、数字、点和下划线", field="signal")
    if not said or len(said) > _LONGEST_REASON or "\0" in said:
        raise Refused(f"请写明为什么要检，不超过 {_LONGEST_REASON} 字", field="reason")
    pick = _pick(number, subject, no, signal, said if by.has("system") else "")
    rules, plan = _standing(*quality_rules.standing(_day(now)))
    due = deadline(now, plan.inspect, rules.calendar)
    words = "" if by.has("system") else said
    with transaction.atomic():
        made = inspections.put(pick, said=words, day=_day(now), due=due, by=by.id, now=now)
    return made is not None


def _pick(number: int, subject: str, no: int, signal: str, reason: str) -> Pick:
    if subject == "order":
        if orders.state_of(number) is None:
            raise NotFound(f"没有工单 {number}，请核对工单号")
        return Pick(f"o{number}", "order", signal, number=number, reason=reason)
    if subject == "callback":
        by = inspections.callback_by(number, no)
        if by is None:
            raise NotFound(f"工单 {number} 没有第 {no} 次回访，请核对")
        return Pick(f"b{number}.{no}", "callback", signal, number=number, no=no, whom=by, reason=reason)
    raise Refused("只能指定工单或回访", field="subject")


def ask(number: int, reason: str, *, by: Actor, now: datetime) -> bool:
    """Somebody of the desk wants this order looked at. As ``propose``."""
    return propose(number, signal=ASKED, reason=reason, by=by, now=now)


def second_look(id_: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Have a thing looked at once more, by another inspector; what he finds counts instead. Once.

    Raises Forbidden, NotFound, Refused.
    """
    if not inspecting.oversees(by):
        raise Forbidden("复检由质检员或督办员提出")
    whole = _get(id_, now)
    if whole.state != "done" or whole.look != 1:
        raise Refused("只有检完的、还没有复检过的才能复检")
    if any(one.appealed_at is not None and one.decided_at is None for one in whole.parts):
        raise Refused("有申诉还没有裁定，请先裁定申诉")
    said = _said(reason, "复检的理由", "reason")
    pick = Pick(
        *(whole.thing, whole.subject, SECOND, whole.number, whole.call, whole.no, whole.whom),
        of=whole.id,
        look=2,
    )
    rules, plan = _standing(whole.plan, whole.rules)
    due = deadline(now, plan.inspect, rules.calendar)
    with transaction.atomic():
        made = inspections.put(pick, said=said, day=_day(now), due=due, by=by.id, now=now)
    if made is None:
        raise Refused("这一件已经要求复检了")


# -- what the verbs share


def _standing(plan: int | None, rules: str | None) -> tuple[Rules, Plan]:
    """The rules and the plan of today. Raises Refused where the city has none."""
    if not plan or not rules:
        raise Refused(_NO_PLAN)
    return rules_store.at(rules), quality_rules.plan(plan)


def _sheet(subject: str, version: int) -> Sheet:
    try:
        return quality_rules.sheet(subject, version)
    except LookupError:
        raise Refused("评分表已换新版，请刷新页面再评，您写的内容还在") from None


def _inspector(by: Actor) -> None:
    if not inspecting.inspects(by):
        raise Forbidden("质检由质检员进行")


def _get(id_: int, now: datetime) -> Whole:
    whole = inspections.get(id_, day=_day(now))
    if whole is None:
        raise NotFound("没有这次质检，请回到列表再选")
    return whole


def _open(id_: int, now: datetime) -> Whole:
    whole = _get(id_, now)
    if whole.state != "open":
        raise _lost(id_)
    return whole


def _lost(id_: int) -> Conflict:
    return Conflict("这一件刚被别人检过了，您写的内容还在，请看下一件", number=id_)


def _part(id_: int, part: str, now: datetime) -> tuple[Whole, Part]:
    whole = _get(id_, now)
    found = whole.part(part)
    if found is None:
        raise NotFound("没有这项质检结果，请回到列表再选")
    return whole, found


def _said(text: str, what: str, field: str, *, needed: bool = True) -> str:
    said = mask_text(text.strip())
    if needed and len(said) < 2:
        raise Refused(f"请写明{what}", field=field)
    if len(said) > LONGEST_WORDS or "\0" in said:
        raise Refused(f"{what}太长，请缩短到 {LONGEST_WORDS} 字以内", field=field)
    return said


def _day(now: datetime) -> date:
    return now.astimezone(CITY_ZONE).date()


def _month(now: datetime) -> date:
    return _day(now).replace(day=1)
