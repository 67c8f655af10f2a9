"""Rules of dispatch and of legs: who leads, who assists, and each one's own clocks (domain.md §3, Legs, Joint work)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jiesu.domain.case import Case
from jiesu.domain.errors import Refused
from jiesu.domain.facts import write
from jiesu.domain.order import Request


def dispatch(case: Case) -> None:
    order = case.order
    _not_past_ruling(case)
    lead = case.facts["lead"]
    if lead in order.excluded:
        case.refuse(f"{case.name(lead)}已退单获准，不能再派给它", "lead")
    _lawful_lead(case, lead)
    case.stop("dispatch")
    case.lapse("refusal")
    send(case, lead, case.facts.get("assist") or (), provisional=False)


def _not_past_ruling(case: Case) -> None:
    order = case.order
    if order.ruled:
        return
    if order.returns >= case.param("return_times_before_ruling"):
        case.refuse(f"已退单 {order.returns} 次，不能再派，请提请裁定")
    if len(order.tried) >= case.param("units_before_ruling"):
        case.refuse(f"已派过 {len(order.tried)} 个单位，不能再派，请提请裁定")


def _lawful_lead(case: Case, lead: str) -> None:
    """The catalog rules; another lead needs its basis in words; a bureau's lawful work never goes to a subdistrict."""
    rules, duty = case.rules, case.duty
    if not rules.can_handle(lead):
        case.refuse(f"{case.name(lead)}不是承办单位，不能牵头", "lead")
    named = rules.catalog.lead(duty, case.order.region) if duty else None
    if duty is None or named is None or named == lead:
        case.data["duty"] = {"lead": named, "basis": duty.legal_basis} if duty else None
        return
    not_past_the_law(case, lead)
    case.need("basis", f"派单目录写的是{case.name(named)}，改派{case.name(lead)}请写明依据")
    case.data["duty"] = {"lead": named, "basis": duty.legal_basis}


def not_past_the_law(case: Case, lead: str) -> None:
    """Work that belongs to a bureau by law is never handed to a subdistrict as a way out (domain.md §3)."""
    rules, duty = case.rules, case.duty
    named = rules.catalog.lead(duty, case.order.region) if duty and duty.must_lead else None
    if named and rules.units[lead].kind == "subdistrict" and rules.units[named].kind == "bureau":
        case.refuse(f"这项工作依法由{case.name(named)}承担，不能派给街道", "lead")


def _not_past_the_ruling(case: Case, move: str) -> None:
    lead = case.order.lead
    if lead is not None and lead.provisional:
        case.refuse(f"牵头单位是裁定确定的，不能{move}；拒不办理的请督办")


def send(case: Case, lead: str, assist: Sequence[str], *, provisional: bool) -> None:
    """Open the lead's leg and the assisting ones, and send the order to wait for the lead's acknowledgement."""
    order = case.order
    if lead in assist:
        case.refuse("牵头单位不能同时是配合单位", "assist")
    held = {leg.unit for leg in order.assisting} if order.state == "handling" else set()
    for unit in assist:
        if not case.rules.can_handle(unit):
            case.refuse(f"{case.name(unit)}不是承办单位，不能配合", "assist")
    legs = [_new_leg(case, lead, lead=True, provisional=provisional)]
    legs += [_new_leg(case, unit, lead=False) for unit in assist if unit not in held]
    case.data["new_legs"] = legs
    case.to("dispatched")
    if order.dispatched_at is None:
        case.set(dispatched_at=case.now)
    case.add("tried", lead)


def _new_leg(case: Case, unit: str, *, lead: bool, provisional: bool = False) -> dict[str, Any]:
    start: dict[str, Any] = {}
    names = ("acknowledge", "interim", "handle", "return_request") if lead else ("acknowledge",)
    for name in names:
        started = case.rules.start(name, case.order, case.now)
        if started:
            start[name] = started
    if not lead:
        limit = case.rules.assist_limit(case.order, case.now)
        if limit:
            start["handle"] = case.rules.due(limit, case.now)
    leg: dict[str, Any] = {"unit": unit, "lead": lead, "start": start}
    if provisional:
        leg["provisional"] = True
    return leg


def acknowledge(case: Case) -> None:
    case.to("handling")
    take_leg(case)


def take_leg(case: Case) -> None:
    """The unit takes its leg. First contact is then due, save where domain.md §3 says it is not asked."""
    leg, order = case.leg, case.order
    if leg.state != "dispatched":
        case.refuse("本单位已签收，无须再签")
    case.leg_set(leg, state="acknowledged", acknowledged_at=case.now)
    case.leg_stop(leg, "acknowledge")
    through_centre = order.secret or order.kind == "report"
    if leg.lead and not order.anonymous and not through_centre and order.urgency != "emergency":
        case.leg_start(leg, "first_contact")


def recall(case: Case) -> None:
    case.need("reason", "请写明撤回派单的理由")
    _not_past_the_ruling(case, "撤回")
    case.end_all_legs()
    case.to("accepted")
    case.start("dispatch")


def reassign(case: Case) -> None:
    case.need("reason", "请写明改派的理由")
    _not_past_the_ruling(case, "改派")
    lead = case.facts["lead"]
    if lead == case.lead.unit:
        case.refuse(f"{case.name(lead)}已是牵头单位", "lead")
    if lead in case.order.excluded:
        case.refuse(f"{case.name(lead)}已退单获准，不能再派给它", "lead")
    _not_past_ruling(case)
    _lawful_lead(case, lead)
    case.end_leg(case.lead, "released")
    joining = case.order.leg_of(lead)
    if joining is not None:
        case.end_leg(joining, "released")
    send(case, lead, case.facts.get("assist") or (), provisional=False)


def add_leg(case: Case) -> None:
    _join(case, case.facts["unit"])


def _join(case: Case, unit: str) -> None:
    if case.order.leg_of(unit) is not None:
        raise Refused(f"{case.name(unit)}已在这张工单里", field="unit")
    if not case.rules.can_handle(unit):
        raise Refused(f"{case.name(unit)}不是承办单位，不能配合", field="unit")
    case.data["new_legs"] = [_new_leg(case, unit, lead=False)]


def release_leg(case: Case) -> None:
    leg = case.order.leg_of(case.facts["unit"])
    if leg is None or leg.lead:
        case.refuse("这个单位不是配合单位；要换牵头单位请用改派", "unit")
    case.end_leg(leg, "released")


def sub_dispatch(case: Case) -> None:
    leg, section = case.leg, case.facts["section"]
    unit = case.rules.units[section]
    if unit.parent != leg.unit:
        case.refuse(f"{unit.name}不是{case.name(leg.unit)}的科室", "section")
    if section in leg.sections:
        case.refuse(f"已转给{unit.name}", "section")
    case.leg_set(leg, sections=[*leg.sections, section])


def leg_reply(case: Case) -> None:
    leg = case.leg
    if leg.state != "acknowledged":
        case.refuse("请先签收，再答复" if leg.state == "dispatched" else "本单位已答复")
    case.need("measures", "请写明本单位做了什么")
    case.leg_set(leg, state="replied", replied_at=case.now)
    case.leg_stop(leg, "handle")


def request_assist(case: Case) -> None:
    unit = case.facts["unit"]
    if case.order.leg_of(unit) is not None:
        case.refuse(f"{case.name(unit)}已在这张工单里", "unit")
    if not case.rules.can_handle(unit):
        case.refuse(f"{case.name(unit)}不是承办单位，不能配合", "unit")
    if any(one.open and one.type == "assist" and one.detail["unit"] == unit for one in case.order.requests):
        case.refuse(f"请{case.name(unit)}配合的申请正在审定", "unit")
    due = case.ask_limit("return_decision")
    case.ask("assist", leg=case.leg.no, due=due, asked=unit, reason=case.facts["reason"])
    case.data["ask"]["detail"]["unit"] = unit


def agree_assist(case: Case) -> None:
    one = case.asked("assist")
    case.answer(one, "agreed")
    _join(case, one.detail["unit"])


def object_(case: Case) -> None:
    leg = case.leg
    if leg.objected:
        case.refuse("配合单位只能提一次异议")
    case.need("legal_basis", "请写明依据")
    case.leg_set(leg, objected=True)
    case.ask("objection", leg=leg.no, due=case.ask_limit("return_decision"))


def agree_objection(case: Case) -> None:
    one = case.asked("objection")
    case.answer(one, "agreed")
    case.end_leg(case.order.leg(one.leg), "released")


def refuse_request(*types: str) -> Any:
    """The rule of every move that says no to a request of these types."""

    def rule(case: Case) -> None:
        one = case.asked(*types)
        case.need("reason", "请写明不同意的理由")
        case.answer(one, "refused")

    return rule


def whistle(case: Case) -> None:
    facts = case.facts
    units = facts["units"]
    if not units:
        case.refuse("请至少选择一个要吹哨的单位", "units")
    if case.unit in units:
        case.refuse("不能向本单位吹哨", "units")
    for unit in units:
        if not case.rules.can_handle(unit):
            case.refuse(f"{case.name(unit)}不是承办单位，不能吹哨", "units")
    if facts["meet_at"] <= case.now:
        case.refuse("集合时间须晚于现在", "meet_at")
    case.ask(
        "whistle",
        leg=case.leg.no,
        due=case.ask_limit("whistle_answer"),
        meet_at=facts["meet_at"],
        place=facts["meet_place"],
        units={unit: {"state": "called"} for unit in units},
    )


def _summons(case: Case) -> tuple[Request, dict[str, Any]]:
    one = case.order.request(case.facts["request"])
    if one is None or one.type != "whistle" or case.unit not in one.detail["units"]:
        case.refuse("没有向您的单位吹哨", "request")
    if one.state == "lapsed":
        case.refuse("这次吹哨已结束", "request")
    return one, one.detail["units"][case.unit]


def answer_whistle(case: Case) -> None:
    one, held = _summons(case)
    if held["state"] != "called":
        case.refuse("本单位已应哨")
    coming = case.facts["coming"]
    if coming == "cannot":
        case.need("reason", "不能到场须写明原因")
    _note_summons(case, one, {**held, "state": coming, "at": write(case.now)})


def report_in(case: Case) -> None:
    one, held = _summons(case)
    if held["state"] == "arrived":
        case.refuse("本单位已报到")
    _note_summons(case, one, {**held, "state": "arrived", "arrived": write(case.now)})


def _note_summons(case: Case, one: Request, held: dict[str, Any]) -> None:
    after = {**one.detail["units"], case.unit: held}
    done = all(state["state"] in ("arrived", "cannot") for state in after.values())
    case.answer(one, "answered" if done else None, detail={"units": {case.unit: held}})


RULES = {
    "dispatch": dispatch,
    "acknowledge": acknowledge,
    "recall": recall,
    "reassign": reassign,
    "add_leg": add_leg,
    "release_leg": release_leg,
    "sub_dispatch": sub_dispatch,
    "leg_acknowledge": take_leg,
    "leg_reply": leg_reply,
    "request_assist": request_assist,
    "agree_assist": agree_assist,
    "refuse_assist": refuse_request("assist"),
    "object": object_,
    "agree_objection": agree_objection,
    "refuse_objection": refuse_request("objection"),
    "whistle": whistle,
    "answer_whistle": answer_whistle,
    "report_in": report_in,
}
