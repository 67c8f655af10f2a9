"""Rules of returns and rulings: asked once, with papers; worked on until decided; then one word (先办后议)."""

from __future__ import annotations

from jiesu.domain.case import Case
from jiesu.domain.legs import not_past_the_law, refuse_request, send


def request_return(case: Case) -> None:
    leg, order = case.leg, case.order
    if leg.provisional or order.ruled:
        case.refuse("裁定确定的牵头单位不得退单；有异议请先办理，同时向督办反映")
    if any(one.type == "return" and one.unit == leg.unit for one in order.requests):
        case.refuse("每个单位对一张工单只能申请一次退单")
    clock = leg.clocks.get("return_request")
    if clock is not None and clock.late(case.now):
        case.refuse("退单期限已过，请牵头办理；需要其他单位的，请申请配合")
    if order.round > 1:
        case.refuse("重办的工单不能退单")
    if "interim" in leg.clocks and leg.interim_at is None:
        case.refuse("紧急工单须先到现场处置并作阶段反馈，再申请退单")
    _not_own_by_law(case)
    _papers(case)
    due = case.ask_limit("return_decision")
    detail = {"proper_unit": case.facts["proper_unit"]} if case.has("proper_unit") else {}
    case.ask("return", leg=leg.no, unit=leg.unit, due=due, **detail)
    case.leg_set(leg, asked_return=case.now)
    # A return asked within the limit counts as acknowledged (domain.md §6, response_rate).
    case.leg_stop(leg, "return_request")


def _not_own_by_law(case: Case) -> None:
    duty, leg = case.duty, case.leg
    if duty is None or not duty.must_lead:
        return
    if case.rules.catalog.lead(duty, case.order.region) == leg.unit or leg.unit in duty.assist:
        basis = f"（{duty.legal_basis}）" if duty.legal_basis else ""
        case.refuse(f"这项工作有您单位的法定职责{basis}，不得退单；请牵头办理，需要其他单位的请申请配合")


def _papers(case: Case) -> None:
    case.need("legal_basis", "请写明退单的法律法规依据")
    case.need("evidence", "请写明证据")
    case.need("leader_name", "请填写签批退单的领导姓名")
    if case.has("proper_unit"):
        if case.facts["proper_unit"] == case.leg.unit:
            case.refuse("应办单位不能是本单位", "proper_unit")
    else:
        case.need("no_proper_unit", "请指明应办单位，或写明为何无法指明")


def agree_return(case: Case) -> None:
    one = case.asked("return")
    case.answer(one, "agreed")
    for leg in case.order.legs:
        if leg.no == one.leg:
            case.end_leg(leg, "returned")
        elif leg.state not in ("returned", "released"):
            case.end_leg(leg, "released")
    case.to("accepted")
    case.add("excluded", one.unit)
    case.count("returns")
    case.start("dispatch")


def refer_to_ruling(case: Case) -> None:
    order = case.order
    case.need("reason", "请写明争议所在")
    if order.ruled:
        case.refuse("这张工单已裁定；拒不执行的请督办")
    asked = any(one.type == "return" for one in order.requests)
    if not asked and len(order.tried) < case.param("units_before_ruling"):
        case.refuse("还没有单位申请退单，不能提请裁定")
    case.to("ruling")
    case.stop("dispatch")
    case.end_all_legs()
    case.lapse("refusal")
    case.start("ruling")


def rule(case: Case) -> None:
    """The centre names a provisional lead, who works at once; whose duty it is by law is settled after."""
    lead = case.facts["lead"]
    if not case.rules.can_handle(lead):
        case.refuse(f"{case.name(lead)}不是承办单位，不能牵头", "lead")
    not_past_the_law(case, lead)
    case.need("legal_basis", "请写明裁定的依据")
    case.stop("ruling")
    case.set(ruled=True)
    send(case, lead, case.facts.get("assist") or (), provisional=True)
    case.start("ruling_final")


def settle_duty(case: Case) -> None:
    if not case.order.ruled:
        case.refuse("没有裁定过的工单无须定责")
    if case.order.settled:
        case.refuse("已经定责")
    case.need("duty", "请写明定责的结论；派单目录随后按此修订")
    case.stop("ruling_final")
    case.set(settled=case.facts["lead"])


RULES = {
    "request_return": request_return,
    "agree_return": agree_return,
    "refuse_return": refuse_request("return"),
    "refer_to_ruling": refer_to_ruling,
    "rule": rule,
    "settle_duty": settle_duty,
}
