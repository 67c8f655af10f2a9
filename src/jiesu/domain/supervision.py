"""Rules of supervision, and the steps that a clock tick must take for an order (domain.md §3, §4).

``steps`` is a pure reading of an order: it names every reminder and every rung of the ladder with the moment it falls
due and a key of its own, so that a sweep that runs late, twice, or in two places does each step once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jiesu.domain import words
from jiesu.domain.case import Case
from jiesu.domain.clocks import Limit, Measure, deadline, moment_at
from jiesu.domain.facts import CHOICES
from jiesu.domain.order import Clock, Leg, Order, Request, moment
from jiesu.domain.rules import Rules
from jiesu.domain.sight import sight


def urge(case: Case) -> None:
    _climb(case, 1)


def supervise(case: Case) -> None:
    _climb(case, 2)


def escalate(case: Case) -> None:
    _climb(case, 3)


def _climb(case: Case, rung: int) -> None:
    if case.role != "system":
        case.need("reason", f"请写明{words.LADDER[rung]}的理由和要求")
    if case.order.ladder < rung:
        case.set(ladder=rung)


def mark(case: Case) -> None:
    flag = case.facts["flag"]
    if flag in case.order.flags:
        case.refuse(f"已标记“{words.FLAGS[flag]}”", "flag")
    case.add("flags", flag)


def instruct(case: Case) -> None:
    case.need("instruction", "请写明批示内容")
    due = case.facts.get("due")
    if due is not None and due <= case.now:
        case.refuse("反馈期限须晚于现在", "due")
    case.ask("instruction", unit=case.facts["unit"], due=due or case.ask_limit("instruction"))


def answer_instruction(case: Case) -> None:
    one = case.asked("instruction")
    if case.by_unit and case.unit != one.unit:
        case.refuse(f"这条批示是给{case.name(one.unit)}的", "request")
    case.need("answer", "请写明办理情况")
    case.answer(one, "answered")


def note(case: Case) -> None:
    case.need("note", "请填写备注")


def chase(case: Case) -> None:
    case.count("chases")
    if case.order.chases + 1 >= case.param("chase_warning") and "chased" not in case.order.flags:
        case.add("flags", "chased")


def link(case: Case) -> None:
    other = case.facts["other"]
    if other == case.order.number:
        case.refuse("不能关联自己", "other")
    if case.around.parent_state is None:
        case.refuse("没有这张工单，请核对工单号", "other")
    case.add("links", other)


def reveal(case: Case) -> None:
    case.need("reason", "请写明为何要看；这次查看会留下记录")
    if case.order.erased:
        case.refuse("个人信息已按规定删除")
    if case.by_unit and (case.order.secret or case.order.kind == "report"):
        case.refuse("举报和保密工单的诉求人信息不向承办单位公开，需要联系请通过热线中心")
    field = case.facts["field"]
    if sight(case.actor, case.order, field) not in ("reveal", "full"):
        zh = CHOICES["pii"][field]
        case.refuse(f"按规定，您的岗位不能打开这张工单的“{zh}”；确需了解，请找能打开的岗位核对", "field")


def recalculate(case: Case) -> None:
    """Compute running clocks anew with the calendar of now; dates that somebody decided stay (architecture.md §3)."""
    order = case.order
    changed = _recount(order.clocks, case)
    if changed:
        case.data["move"] = changed
    for leg in order.legs:
        moved = _recount(leg.clocks, case)
        if moved:
            case.data.setdefault("legs", {}).setdefault(str(leg.no), {})["move"] = moved
            changed = moved
    if not changed:
        case.refuse("时限没有变化，无须重算")


def _recount(clocks: dict[str, Clock], case: Case) -> dict[str, list[Any]]:
    changed = {}
    for name, clock in clocks.items():
        if clock.running and clock.limit:
            new = case.rules.due(Limit.from_doc(clock.limit), clock.start)
            if moment(new[0]) != clock.due:
                changed[name] = new
    return changed


def erase(case: Case) -> None:
    if case.order.is_open:
        case.refuse("工单还在办理，办结后才能删除个人信息")
    if case.order.erased:
        case.refuse("个人信息已删除")
    case.set(erased=True, person=None)


RULES = {
    "urge": urge,
    "supervise": supervise,
    "escalate": escalate,
    "mark": mark,
    "instruct": instruct,
    "answer_instruction": answer_instruction,
    "note": note,
    "chase": chase,
    "link": link,
    "reveal": reveal,
    "recalculate": recalculate,
    "erase": erase,
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something the tick has to do once: a reminder to a role of a unit, or a move that the system makes.

    The key of a clock's step names the moment it is due, so that a limit that was moved is watched anew.
    """

    key: str
    at: datetime
    act: str
    role: str
    unit: str
    words: str
    facts: tuple[tuple[str, str], ...] = ()


_HOLDER = {
    "intake": "agent",
    "dispatch": "dispatcher",
    "details": "dispatcher",
    "ruling": "arbiter",
    "ruling_final": "arbiter",
    "review": "reviewer",
    "callback_first": "callback_clerk",
    "callback_last": "callback_clerk",
    "withdraw_check": "callback_clerk",
    "promise": "callback_clerk",
    "shelf_review": "supervisor",
    "statutory_result": "callback_clerk",
}
# Dates that somebody set: when they come there is something to do, and nobody is late yet.
_DATED = {
    "promise": ("承诺即将到期", "承诺到期，请回访核实"),
    "shelf_review": ("挂账即将到复核日期", "挂账到复核日期，请复核"),
}
_LADDER_CLOCKS = ("acknowledge", "handle", "rework")
_LADDER_ACTS = ("urge", "supervise", "escalate")


def steps(order: Order, rules: Rules) -> list[Step]:
    """Every step this order asks for, past and to come, earliest first."""
    return sorted(_steps(order, rules), key=lambda step: (step.at, step.key))


def _steps(order: Order, rules: Rules) -> list[Step]:
    found = list(_order_steps(order, rules))
    if order.is_open:
        for leg in order.legs:
            if leg.state in words.OPEN_LEGS:
                found.extend(_leg_steps(order, leg, rules))
        found.extend(_flag_steps(order, rules))
    found.extend(_request_steps(order, rules))
    return found


def next_step(order: Order, rules: Rules, done: frozenset[str]) -> datetime | None:
    """When the tick has to look at this order again, or None when nothing is left to come."""
    return min((step.at for step in _steps(order, rules) if step.key not in done), default=None)


def due_steps(order: Order, rules: Rules, now: datetime, done: AbstractSet[str]) -> list[Step]:
    """The steps that have fallen due and are not done, earliest first."""
    return [step for step in steps(order, rules) if step.at <= now and step.key not in done]


def overtaken(step: Step, known: AbstractSet[str]) -> bool:
    """Whether an "it will be late" comes when "it is late" is ``known`` to be due or said: it is no longer true."""
    mark_, _, suffix = step.key.rpartition(":")
    return suffix == "amber" and f"{mark_}:red" in known


def still_borne(order: Order, done: Iterable[str]) -> frozenset[str]:
    """Those keys of ``done`` that a step of this order may bear again; the others need not be remembered.

    A stopped clock counts while the order is open: a reply that is sent back sets it running as if it never stopped.
    """
    clocks = [("", order.clocks), *((f"{leg.no}.", leg.clocks) for leg in order.legs)]
    marks = {
        f"{leg}{name}:{_short(clock.due)}"
        for leg, held in clocks
        for name, clock in held.items()
        if order.is_open or clock.running
    }
    kept = {f"req{one.no}" for one in order.requests if one.open} | ({"flag"} if order.is_open else set())
    return frozenset(key for key in done if key.rpartition(":")[0] in marks or key.partition(":")[0] in kept)


def _order_steps(order: Order, rules: Rules) -> Iterator[Step]:
    centre = str(rules.params["centre"])
    for name, clock in order.clocks.items():
        if not clock.running or name not in _HOLDER:
            continue
        zh, mark_ = words.CLOCKS[name], f"{name}:{_short(clock.due)}"
        if name == "details":
            yield Step(f"{mark_}:end", _after(clock.due), "details_timeout", "", "", zh, (("timeout", "accept"),))
            continue
        soon, past = _DATED.get(name, (f"{zh}将超期", f"{zh}已超期"))
        yield Step(f"{mark_}:amber", clock.amber, "remind", _HOLDER[name], centre, soon)
        yield Step(f"{mark_}:red", _after(clock.due), "remind", _HOLDER[name], centre, past)
        if name not in _DATED:
            yield Step(f"{mark_}:told", _after(clock.due), "remind", "supervisor", centre, f"{zh}已超期")


def _leg_steps(order: Order, leg: Leg, rules: Rules) -> Iterator[Step]:
    centre = str(rules.params["centre"])
    for name, clock in leg.clocks.items():
        if not clock.running or name == "return_request":
            continue
        zh, mark_ = words.CLOCKS[name], f"{leg.no}.{name}:{_short(clock.due)}"
        if name == "acknowledge" and order.urgency != "normal":
            first = clock.start if order.urgency == "emergency" else _half(clock, rules)
            yield Step(f"{mark_}:phone", first, "remind", "duty", leg.unit, "请电话通知值班员签收")
        yield Step(f"{mark_}:amber", clock.amber, "remind", "unit_clerk", leg.unit, f"{zh}将超期")
        yield Step(f"{mark_}:red", _after(clock.due), "remind", "unit_clerk", leg.unit, f"{zh}已超期")
        if leg.lead and name in _LADDER_CLOCKS:
            yield from _ladder(order, clock, mark_, zh, rules)
        elif name == "handle":
            if "leg_late" not in order.flags:
                yield _mark(f"{mark_}:late", _after(clock.due), "leg_late")
            yield Step(f"{mark_}:told", _after(clock.due), "remind", "supervisor", centre, "配合单位已超期")


def _ladder(order: Order, clock: Clock, mark_: str, zh: str, rules: Rules) -> Iterator[Step]:
    for act, wait in zip(_LADDER_ACTS, rules.params["ladder"][order.urgency], strict=True):
        at = _after(clock.due)
        if wait[0]:
            at = deadline(at, Limit.from_doc(wait), rules.calendar)
        yield Step(f"{mark_}:{act}", at, act, "", "", zh)


def _flag_steps(order: Order, rules: Rules) -> Iterator[Step]:
    """Ownerless 悬空, bouncing 推诿, ageing 久拖, hard case 疑难件 (which goes to a higher level); each once."""
    waited = _awaiting_an_owner(order)
    if waited is not None and waited.running and "ownerless" not in order.flags:
        at = deadline(_after(waited.due), Limit.from_doc(rules.params["ownerless"]), rules.calendar)
        yield _mark(f"flag:ownerless:{_short(waited.start)}", at, "ownerless")
    received, params = order.received_at, rules.params
    if received is None:
        return
    last = order.last_at or received
    many = len(order.tried) >= params["units_before_ruling"]
    if (many or order.returns >= params["return_times_before_ruling"]) and "bouncing" not in order.flags:
        yield _mark("flag:bouncing", last, "bouncing")
    if many and order.lead is None and "hard_case" not in order.flags:
        yield _mark("flag:hard_case", last, "hard_case")
    if "hard_case" in order.flags and order.ladder < len(_LADDER_ACTS):
        yield Step("flag:hard_case:escalate", last, "escalate", "", "", words.FLAGS["hard_case"])
    if "ageing" not in order.flags:
        at = deadline(received, Limit.from_doc(params["ageing"]), rules.calendar)
        yield _mark("flag:ageing", at, "ageing")


def _awaiting_an_owner(order: Order) -> Clock | None:
    """The clock of an order that nobody has taken yet: dispatch, the lead's acknowledgement or the ruling."""
    if order.state == "dispatched" and order.lead is not None:
        return order.lead.clocks.get("acknowledge")
    return order.clocks.get({"accepted": "dispatch", "ruling": "ruling"}.get(order.state, ""))


def _mark(key: str, at: datetime, flag: str) -> Step:
    return Step(key, at, "mark", "", "", words.FLAGS[flag], (("flag", flag),))


def _request_steps(order: Order, rules: Rules) -> Iterator[Step]:
    centre = str(rules.params["centre"])
    for one in order.requests:
        if not one.open:
            continue
        if one.due is not None:
            zh = words.REQUESTS[one.type]
            for role, unit, suffix in _answering(one, centre):
                yield Step(f"req{one.no}:red{suffix}", _after(one.due), "remind", role, unit, f"{zh}到期未答")
            yield Step(f"req{one.no}:told", _after(one.due), "remind", "supervisor", centre, f"{zh}到期未答")
        if one.type == "whistle" and order.is_open and "whistle_missed" not in order.flags:
            yield _mark(f"req{one.no}:missed", _after(moment(one.detail["meet_at"])), "whistle_missed")


def _answering(one: Request, centre: str) -> list[tuple[str, str, str]]:
    """Who owes the answer to a request: role, unit, and what tells one reminder's key from another's."""
    if one.type == "instruction":
        return [("unit_clerk", one.unit, "")]
    if one.type == "whistle":
        called = [unit for unit, held in one.detail["units"].items() if held["state"] == "called"]
        return [("unit_clerk", unit, f":{unit}") for unit in called]
    # These two go to the supervisor, who is told of every request that is late.
    return [] if one.type in ("shelve", "contest") else [("dispatcher", centre, "")]


def _half(clock: Clock, rules: Rules) -> datetime:
    measure: Measure = clock.limit[1] if clock.limit else "min"
    return moment_at(clock.start, clock.due, measure, rules.calendar, 0.5)


def _after(due: datetime) -> datetime:
    return due + timedelta(microseconds=1)


def _short(at: datetime) -> str:
    return f"{int(at.timestamp()):x}"
