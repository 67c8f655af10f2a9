"""Rules of the unit's work: contact, interim reply, reply, shelving, extension (domain.md §3, handling and shelved)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from jiesu.domain.case import Case
from jiesu.domain.clocks import Limit, deadline
from jiesu.domain.intake import no_children
from jiesu.domain.legs import refuse_request
from jiesu.domain.order import Leg, moment, stamp

_PROMISE = ("promise_due", "promise_owner", "promise_approver", "promise_text")
_REQUIRED = {
    "photo": ("files", "这类事项的答复须附照片"),
    "files": ("files", "这类事项的答复须附材料"),
    "measures": ("measures", "请写明采取了什么措施"),
    "internal_note": ("internal_note", "请填写内部办理情况"),
    "why_not": ("why_not", "请写明原因"),
    "statutory_number": ("statutory_number", "请填写法定程序案号"),
}


def first_contact(case: Case) -> None:
    order, leg = case.order, case.leg
    if order.anonymous:
        case.refuse("匿名工单无须先行联系")
    through_centre = order.secret or order.kind == "report"
    if through_centre and case.by_unit:
        case.refuse("举报和保密工单由热线中心联系诉求人，请把要问的写在备注里")
    if not through_centre and not case.by_unit:
        case.refuse("先行联系由承办单位进行；举报和保密工单才由热线中心联系")
    if leg.acknowledged_at is None:
        case.refuse("请先签收，再联系诉求人")
    case.need("note", "请写明联系的情况")
    if case.facts["contact"] == "reached":
        if leg.contacted_at is None:
            case.leg_set(leg, contacted_at=case.now)
        case.leg_stop(leg, "first_contact")


def interim_reply(case: Case) -> None:
    leg = case.leg
    case.need("measures", "请写明现场情况和已采取的措施")
    if leg.acknowledged_at is None:
        case.refuse("请先签收，再反馈")
    if leg.interim_at is None:
        case.leg_set(leg, interim_at=case.now)
    case.leg_stop(leg, "interim")


def submit(case: Case) -> None:
    leg = case.leg
    _complete(case, leg, _given(case))
    case.to("handling")
    case.leg_set(leg, submitted_at=case.now, submission=_given(case))


def hand_back(case: Case) -> None:
    """The leader does not take over what the clerk submitted; it is no longer a part of any reply."""
    leg = case.leg
    if leg.submission is None:
        case.refuse("没有待批的呈报")
    case.need("reason", "请写明要改什么")
    case.to("handling")
    case.leg_set(leg, submitted_at=None, submission=None)


def reply(case: Case) -> None:
    """The unit's reply, by its leader (or a dated delegate): what the clerk submitted, with what the leader changes."""
    leg, order = case.leg, case.order
    given = {**(leg.submission or {}), **_given(case)}
    _complete(case, leg, given)
    _await_assisting(case)
    case.to("replied")
    case.set(claim=given["claim"])
    case.leg_set(leg, state="replied", replied_at=case.now, submission=given)
    case.leg_stop(leg, "handle", "rework", "return_request", "interim")
    case.start("review")
    case.lapse("return", "extension", "shelve", "complex", "assist", leg=leg)
    case.data["reply"] = {"claim": given["claim"], "round": order.round}


def _given(case: Case) -> dict[str, Any]:
    """What this reply brings, as the order keeps it: codes and dates themselves, words only as being there."""
    given: dict[str, Any] = {}
    for name in case.move.needs + case.move.may:
        if case.has(name):
            value = case.facts[name]
            if name == "claim":
                given[name] = value
            elif name == "promise_due":
                given[name] = stamp(value)
            else:
                given[name] = True
    return given


def _complete(case: Case, leg: Leg, given: dict[str, Any]) -> None:
    """A reply needs what its catalog entry says, a contact where contact is due, and what its claim asks for."""
    if "public_reply" not in given:
        case.refuse("请填写给诉求人的公开答复", "public_reply")
    if "claim" not in given:
        case.refuse("请选择办理结果", "claim")
    duty = case.duty
    for name in duty.fields if duty else ():
        fact, words = _REQUIRED.get(name, ("", ""))
        if fact and fact not in given and _asked_for(name, given["claim"]):
            case.refuse(words, fact)
    if "first_contact" in leg.clocks and leg.contacted_at is None:
        case.refuse("尚未先行联系诉求人，请先联系并记录")
    _claim(case, given)


def _asked_for(field: str, claim: str) -> bool:
    """Whether a required field is asked for with this claim: a reason or a case number only where it can be given."""
    return {"why_not": claim == "unsolved", "statutory_number": claim == "statutory"}.get(field, True)


def _claim(case: Case, given: dict[str, Any]) -> None:
    claim = given["claim"]
    if claim == "unsolved" and "why_not" not in given:
        case.refuse("暂未解决的，请写明原因", "why_not")
    if claim == "statutory" and "statutory_number" not in given:
        case.refuse("进入法定程序的，请填写是否立案及案号", "statutory_number")
    if claim == "promised":
        for name in _PROMISE:
            if name not in given:
                case.refuse("承诺须写明完成日期、责任人、批准人和内容", name)
        if moment(given["promise_due"]) <= case.now:
            case.refuse("承诺完成日期须晚于现在", "promise_due")


def _await_assisting(case: Case) -> None:
    """The lead waits for assisting legs until their own limit has passed; never in an emergency."""
    order = case.order
    if order.urgency == "emergency" or order.round > 1:
        return
    open_legs = [leg for leg in order.assisting if leg.state != "replied"]
    waiting = [leg for leg in open_legs if "handle" in leg.clocks and not leg.clocks["handle"].late(case.now)]
    if waiting:
        names = "、".join(case.name(leg.unit) for leg in waiting)
        case.refuse(f"还有 {len(waiting)} 个配合单位在限内未答复（{names}），请待其答复，或到其超期后写明缺什么再办结")
    if open_legs:
        names = "、".join(case.name(leg.unit) for leg in open_legs)
        case.need("missing", f"配合单位（{names}）未答复，请写明缺什么；迟延记在配合单位")
        case.data["missing_legs"] = [leg.no for leg in open_legs]


def request_shelve(case: Case) -> None:
    _one_at_a_time(case, "shelve")
    if case.facts["review_date"] <= case.now:
        case.refuse("复核日期须晚于现在", "review_date")
    case.need("plan", "请写明挂账期间的工作方案")
    case.ask(
        "shelve",
        leg=case.leg.no,
        due=case.ask_limit("return_decision"),
        review_date=case.facts["review_date"],
    )


def _one_at_a_time(case: Case, type_: str) -> None:
    if case.order.open_request(type_, unit=case.unit):
        case.refuse("同样的申请正在审定，请等结果")


def shelve(case: Case) -> None:
    one = case.asked("shelve")
    leg = case.lead
    review = moment(one.detail["review_date"])
    if review <= case.now:
        case.refuse("申请里的复核日期已过，请不同意这次申请，让单位另报日期", "request")
    case.answer(one, "agreed")
    case.to("shelved")
    for name in ("handle", "rework"):
        clock = leg.clocks.get(name)
        if clock is not None and clock.running:
            left = case.rules.calendar.working_minutes_between(case.now, clock.due) if case.now < clock.due else 0
            case.leg_set(leg, remaining=left)
            case.leg_stop(leg, name)
    case.lapse("return", "extension", "complex", leg=leg)
    case.start_until("shelf_review", review)


def resume(case: Case) -> None:
    """Back to work with the working time that was left when it was shelved, and at least one working day."""
    case.need("reason", "请写明恢复办理的理由")
    leg = case.lead
    case.to("handling")
    case.stop("shelf_review")
    name = leg.working
    if name not in leg.clocks:
        return
    case.leg_fix(leg, name, None)
    if not leg.clocks[name].late(case.now):
        calendar = case.rules.calendar
        due = max(calendar.add_working_minutes(case.now, leg.remaining), calendar.add_working_days(case.now, 1))
        case.leg_move(leg, name, due)


def write_off(case: Case) -> None:
    case.need("reason", "请写明核销的理由")
    case.need("told", "请写明告知诉求人的话")
    no_children(case)
    case.to("closed", "written_off")


def request_complex(case: Case) -> None:
    _in_time(case, "复杂事项认定")
    _one_at_a_time(case, "complex")
    if case.rules.limit("handle_complex", case.order, case.now) is None:
        case.refuse("本市没有设定复杂事项的办理时限")
    if any(one.type == "complex" and one.state == "agreed" and one.leg == case.leg.no for one in case.order.requests):
        case.refuse("已认定为复杂事项")
    case.ask("complex", leg=case.leg.no, due=case.ask_limit("return_decision"), reason=case.facts["reason"])


def agree_complex(case: Case) -> None:
    one = case.asked("complex")
    leg = case.order.leg(one.leg)
    limit = case.rules.limit("handle_complex", case.order, one.at)
    case.answer(one, "agreed")
    if limit is not None:
        due = deadline(leg.at, limit, case.rules.calendar, count_start=bool(case.param("count_start_day")))
        if due > leg.clocks["handle"].due:
            case.leg_move(leg, "handle", due, limit.to_doc())


def _in_time(case: Case, what: str) -> None:
    clock = case.leg.clocks.get("handle")
    if case.order.round > 1:
        case.refuse(f"重办轮次不能申请{what}")
    if clock is None:
        case.refuse("这张工单没有办理时限")
    if clock.late(case.now):
        case.refuse(f"办理时限已过，不能再申请{what}")


def request_extension(case: Case) -> None:
    _in_time(case, "延期")
    _one_at_a_time(case, "extension")
    leg, days = case.leg, case.facts["days"]
    if leg.extended >= case.param("extension_times"):
        case.refuse(f"最多延期 {case.param('extension_times')} 次，已用完")
    most = case.rules.limit("extension_max", case.order, case.now)
    if most is None:
        case.refuse("本市没有设定延期的上限，不能申请延期")
    if days > most.amount:
        case.refuse(f"一次最多延期 {most.zh()}", "days")
    case.need("reason", "请写明延期的理由")
    case.ask("extension", leg=leg.no, due=case.ask_limit("return_decision"), days=days)


def agree_extension(case: Case) -> None:
    one = case.asked("extension")
    leg = case.order.leg(one.leg)
    days = case.facts.get("days") or one.detail["days"]
    if days > one.detail["days"]:
        case.refuse("批准的天数不能多于申请的天数", "days")
    old = leg.clocks["handle"]
    due = deadline(old.due + timedelta(seconds=1), Limit(days, "work_day"), case.rules.calendar)
    case.answer(one, "agreed")
    case.leg_move(leg, "handle", due)
    case.leg_set(leg, extended=leg.extended + 1)
    case.data["days"] = days


RULES = {
    "first_contact": first_contact,
    "interim_reply": interim_reply,
    "submit": submit,
    "hand_back": hand_back,
    "reply": reply,
    "request_shelve": request_shelve,
    "shelve": shelve,
    "refuse_shelve": refuse_request("shelve"),
    "resume": resume,
    "write_off": write_off,
    "request_complex": request_complex,
    "agree_complex": agree_complex,
    "refuse_complex": refuse_request("complex"),
    "request_extension": request_extension,
    "agree_extension": agree_extension,
    "refuse_extension": refuse_request("extension"),
}
