"""Rules of exemption and of late entries: what changes the assessment, never what the citizen said (domain.md §3)."""

from __future__ import annotations

from datetime import datetime

from jiesu.domain.case import Case
from jiesu.domain.legs import refuse_request
from jiesu.domain.order import moment, stamp

_STAMP_OF = {"acknowledge": "acknowledged_at", "first_contact": "contacted_at", "interim": "interim_at"}
_DONE = {**_STAMP_OF, "reply": "replied_at"}


def request_exemption(case: Case) -> None:
    _not_frozen(case)
    if case.order.exempt:
        case.refuse("这张工单已经剔除")
    if case.order.open_request("exemption"):
        case.refuse("剔除申请正在审定，请等结果")
    case.need("reason", "请写明申请剔除的理由")
    case.ask("exemption", leg=case.leg.no, exemption=case.facts["exemption"])


def _not_frozen(case: Case) -> None:
    if case.around.frozen:
        case.refuse("这个月的数据已定稿公布，不能再剔除；确有错误的，请走更正")


def approve_exemption(case: Case) -> None:
    """Two different people, neither of them the one who asked, and one from outside the centre."""
    _not_frozen(case)
    one = case.asked("exemption")
    if case.actor.id == one.by:
        case.refuse("申请人不能审批自己的申请")
    if any(leg.unit == case.unit for leg in case.order.legs):
        case.refuse("承办单位的人不能审批本单位工单的剔除")
    side = "centre" if case.unit == case.param("centre") else "outside"
    if any(approver == case.actor.id for approver, _ in one.approvals):
        case.refuse("您已同意过，须由另一人审批")
    if not one.approvals:
        case.answer(one, "half", approval=[case.actor.id, side])
        return
    if side == "centre" and all(held == "centre" for _, held in one.approvals):
        case.refuse("两名审批人不能都来自热线中心，请由中心以外的审批人审批")
    case.answer(one, "agreed", approval=[case.actor.id, side])
    case.set(exempt=True)


def claim_late_entry(case: Case) -> None:
    act, claimed = case.facts["act"], case.facts["claimed_at"]
    if claimed > case.now:
        case.refuse("实际发生时间不能晚于现在", "claimed_at")
    if act == "register":
        _claim_registration(case, claimed)
        return
    if not case.by_unit:
        case.refuse("这个动作由承办单位自己申请补录；热线中心补录的是登记", "act")
    leg = case.leg
    if claimed < leg.at:
        case.refuse("实际发生时间不能早于派单", "claimed_at")
    clock = leg.working if act == "reply" else act
    if clock not in leg.clocks:
        case.refuse("这个动作没有时限，无须补录", "act")
    stopped = leg.clocks[clock].stopped
    if stopped is None or getattr(leg, _DONE[act]) is None:  # what ended without its act was not done late either
        case.refuse("请先在系统里做这个动作，再补录实际时间", "act")
    if claimed >= stopped:
        case.refuse("实际发生时间须早于系统记录的时间", "claimed_at")
    if case.order.open_request("late_entry", unit=case.unit):
        case.refuse("补录申请正在审定，请等结果")
    case.need("evidence", "请写明证据")
    case.ask("late_entry", leg=leg.no, clock=clock, act=act, claimed_at=claimed, reason=case.facts["late_reason"])


def _claim_registration(case: Case, claimed: datetime) -> None:
    """A demand that was taken down on paper before it stood here: after an outage, a letter of last Monday."""
    if case.by_unit:
        case.refuse("登记由热线中心补录，单位补录的是签收、联系、反馈和答复", "act")
    received = case.order.received_at
    if received is None or case.order.foreign:
        case.refuse("外部平台的工单不补录登记时间", "act")
    if claimed >= received:
        case.refuse("实际发生时间须早于系统记录的时间", "claimed_at")
    if case.order.open_request("late_entry", unit=case.unit):
        case.refuse("补录申请正在审定，请等结果")
    if any(one.type == "late_entry" and one.state == "agreed" and not one.leg for one in case.order.requests):
        case.refuse("登记时间已补录过")
    case.need("evidence", "请写明证据")
    case.ask("late_entry", act="register", claimed_at=claimed, reason=case.facts["late_reason"])


def confirm_late_entry(case: Case) -> None:
    """A second person vouches for the earlier time: the clock is then judged by it, flagged and counted."""
    one = case.asked("late_entry")
    if case.actor.id == one.by:
        case.refuse("补录须由另一人确认")
    claimed = moment(one.detail["claimed_at"])
    case.add("flags", "late_entry")
    case.data["late_entry"] = {"act": one.detail["act"], "claimed_at": stamp(claimed)}
    if one.detail["act"] == "register":
        # The demand counts as received then; limits run on as the system started them, the citizen's too.
        case.answer(one, "agreed")
        case.set(received_at=claimed)
        return
    leg, clock = case.order.leg(one.leg), one.detail["clock"]
    stopped = leg.clocks[clock].stopped
    if stopped is None or stopped <= claimed:
        case.refuse("这个动作后来被退回，补录已不适用，请不同意这次申请", "request")
    case.answer(one, "agreed")
    case.leg_fix(leg, clock, claimed)
    name = _STAMP_OF.get(one.detail["act"])
    if name:
        case.leg_set(leg, **{name: claimed})
    elif leg.replied_at is not None and clock == leg.working:
        case.leg_set(leg, replied_at=claimed)


RULES = {
    "request_exemption": request_exemption,
    "approve_exemption": approve_exemption,
    "refuse_exemption": refuse_request("exemption"),
    "claim_late_entry": claim_late_entry,
    "confirm_late_entry": confirm_late_entry,
    "refuse_late_entry": refuse_request("late_entry"),
}
