"""Who is told of a move at once, beside those who find it in their worklist: words without names or phones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from jiesu.domain import words
from jiesu.domain.order import Event, Leg, Order
from jiesu.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one role of one unit; ``key`` makes it be said once per order.

    One that is about no order (``unit_notices``) says by ``page`` where it leads, and by ``title`` what it is about.
    """

    key: str
    role: str
    unit: str
    words: str
    urgent: bool = False
    page: str = ""
    title: str = ""


_TO_ASKER = {
    "agree_return": "退单已同意",
    "refuse_return": "退单未同意，请继续牵头办理",
    "agree_extension": "延期已同意",
    "refuse_extension": "延期未同意",
    "shelve": "挂账已同意",
    "refuse_shelve": "挂账未同意",
    "agree_complex": "已认定为复杂事项",
    "refuse_complex": "未认定为复杂事项",
    "agree_assist": "配合申请已同意",
    "refuse_assist": "配合申请未同意",
    "agree_objection": "配合异议已同意",
    "refuse_objection": "配合异议未同意，请继续配合",
    "confirm_late_entry": "补录已确认",
    "refuse_late_entry": "补录未同意",
    "refuse_exemption": "剔除申请未同意",
}
_TO_LEAD = {
    "hand_back": "呈报被单位领导退回，请按意见修改",
    "send_back": "答复被退回，请按意见修改",
    "rework": "诉求人未满意，请重办",
    "resume": "挂账恢复办理",
    "urge": "催办",
    "supervise": "督办",
    "escalate": "提级督办",
    "chase": "诉求人催单",
    "recall": "派单已撤回",
}
# Who beside the unit's clerk hears of a rung: the higher it is, the higher they stand (domain.md §2, the ladder).
_RUNG_TO_LEADER = frozenset({"supervise", "escalate"})
_RUNG_TO_SUPERVISOR = frozenset({"escalate"})
_TO_CENTRE = {
    "request_return": ("dispatcher", "有退单申请待审定"),
    "request_extension": ("dispatcher", "有延期申请待审定"),
    "request_assist": ("dispatcher", "有配合申请待审定"),
    "object": ("dispatcher", "有配合异议待审定"),
    "request_shelve": ("supervisor", "有挂账申请待审定"),
    "request_complex": ("supervisor", "有复杂事项申请待审定"),
    "claim_late_entry": ("supervisor", "有补录待确认"),
    "contest": ("supervisor", "诉求人对不予受理或转出有异议"),
    "refer_to_ruling": ("arbiter", "有工单待裁定"),
    "propose_refusal": ("dispatcher", "有不予受理建议待确认"),
}


def notices(before: Order, after: Order, event: Event, rules: Rules) -> list[Notice]:
    """What to tell whom because of ``event``, none of it twice."""
    return list(_notices(before, after, event, rules))


def shown_at(at: datetime, urgent: bool, rules: Rules) -> datetime:
    """When a notice made at ``at`` is shown: an urgent one at once, others not within the quiet hours (domain.md §4).

    The city's parameter ``quiet_hours`` is ``[from, to]`` in city time and may pass midnight; without it, at once.
    """
    hours = rules.params.get("quiet_hours")
    if urgent or not hours:
        return at
    begins, ends = (time.fromisoformat(one) for one in hours)
    local = at.astimezone(rules.calendar.zone)
    clock = local.time()
    evening = begins > ends and clock >= begins
    if not evening and not (clock < ends and (begins > ends or clock >= begins)):
        return at
    day = local.date() + timedelta(days=1) if evening else local.date()
    return datetime.combine(day, ends, local.tzinfo).astimezone(UTC)


def _notices(before: Order, after: Order, event: Event, rules: Rules) -> Iterator[Notice]:
    key, centre = f"{event.seq}:{event.move}", str(rules.params["centre"])
    for leg in after.legs[len(before.legs) :]:
        yield _new_leg(key, leg, after)
    if event.move in _TO_CENTRE:
        role, said = _TO_CENTRE[event.move]
        yield Notice(key, role, centre, said, after.urgency != "normal")
    if event.move in _TO_LEAD:
        leading = after.lead or before.lead
        if leading is not None:
            yield Notice(key, "unit_clerk", leading.unit, _TO_LEAD[event.move], after.urgency != "normal")
            if event.move in _RUNG_TO_LEADER:
                yield Notice(key, "unit_leader", leading.unit, _TO_LEAD[event.move], after.urgency != "normal")
    if event.move in _RUNG_TO_SUPERVISOR:
        yield Notice(key, "supervisor", centre, _TO_LEAD[event.move], after.urgency != "normal")
    if event.move in _TO_ASKER:
        asked = before.request(event.data["facts"]["request"])
        if asked is not None and asked.unit != centre:
            yield Notice(key, "unit_clerk", asked.unit, _TO_ASKER[event.move])
    yield from _others(key, after, event, centre)


def _others(key: str, after: Order, event: Event, centre: str) -> Iterator[Notice]:
    if event.move == "whistle":
        for unit in event.data["facts"]["units"]:
            yield Notice(f"{key}:{unit}", "unit_clerk", unit, "吹哨：请到现场", True)
    elif event.move == "instruct":
        yield Notice(key, "unit_clerk", event.data["facts"]["unit"], "有领导批示待反馈", True)
    elif event.move == "submit" and event.role != "unit_leader" and after.lead is not None:
        yield Notice(key, "unit_leader", after.lead.unit, "有呈报待批", after.urgency != "normal")
    elif event.move == "inform":
        yield Notice(key, "unit_clerk", event.data["facts"]["to_unit"], "收到一条表扬")
    elif event.move == "mark":
        flag = event.data["facts"]["flag"]
        urgent = after.urgency != "normal" or flag == "whistle_missed"
        yield Notice(key, "supervisor", centre, f"{words.zh(words.FLAGS, flag)}：请督办", urgent)
    elif event.move == "chase" and "chased" in after.flags:
        yield Notice(key, "supervisor", centre, f"已催单 {after.chases} 次")


def _new_leg(key: str, leg: Leg, order: Order) -> Notice:
    part = "牵头" if leg.lead else "配合"
    urgent = order.urgency != "normal"
    said = f"{words.URGENCIES[order.urgency]}工单，{part}办理" if urgent else f"新派工单，{part}办理"
    return Notice(f"{key}:{leg.no}", "unit_clerk", leg.unit, said, urgent)
