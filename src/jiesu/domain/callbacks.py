"""Rules of review, callback, closing, rework and what comes after (domain.md §3, replied, callback and closed)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from jiesu.domain.case import Case, Child
from jiesu.domain.clocks import Limit, deadline
from jiesu.domain.facts import write
from jiesu.domain.intake import back_to_dispatch, citizen_waits, no_children
from jiesu.domain.order import Callback, Leg, Order, moment
from jiesu.domain.workdays import Calendar

_SAMPLED = frozenset({"direct_answer", "informed", "refused", "transferred", "merged"})


def pass_review(case: Case) -> None:
    leg, order = case.lead, case.order
    case.to("callback")
    case.stop("review")
    case.set(passed_at=case.now)
    replied = leg.replied_at or case.now
    if order.passed_at is None:
        case.set(replied_at=replied)
    case.fix("citizen", replied)
    if not order.anonymous:
        case.start("callback_first")
        case.start("callback_last")


def send_back(case: Case) -> None:
    """A form fault: a working day without lateness, the first time; for substance the clock stands (domain.md §4)."""
    leg = case.lead
    case.need("reason", "请写明要改什么")
    form = case.rules.reasons["send_back"][case.facts["send_back"]].get("type") == "form"
    case.to("handling")
    case.stop("review")
    case.leg_set(leg, state="acknowledged", replied_at=None, submitted_at=None, submission=None)
    case.set(claim=None)
    clock = leg.working
    case.leg_fix(leg, clock, None)
    case.count("form_backs" if form else "substance_backs")
    case.data["form"] = form
    if form and case.order.form_backs == 0 and clock in leg.clocks:
        grace = case.rules.limit("form_fix", case.order, case.now)
        if grace:
            due = deadline(case.now, grace, case.rules.calendar)
            if due > leg.clocks[clock].due and not leg.clocks[clock].late(case.now):
                case.leg_move(leg, clock, due)


def callback_attempt(case: Case) -> None:
    order = case.order
    if order.state == "closed" and order.outcome not in _SAMPLED:
        case.refuse("这张工单已办结，不再回访；有新情况请重启")
    if order.anonymous:
        case.refuse("匿名工单不回访")
    _once_a_round(case)
    attempt = case.facts["attempt"]
    made: dict[str, Any] = {"by": case.actor.id, "result": attempt, "via": "phone"}
    if attempt == "answered":
        made["resolved"] = case.need("resolved", "接通后请记录是否解决")
        made["rating"] = case.need("rating", "接通后请记录是否满意")
        made["valid"] = True
        case.stop("callback_last")
    elif case.has("resolved") or case.has("rating"):
        case.refuse("没有接通，不能记录评价", "rating")
    case.stop("callback_first")
    case.data["callback"] = made


def _once_a_round(case: Case) -> None:
    """One valid answer a round; a "no" by portal or SMS is still phoned, a merged child's again after each reply."""
    held, parent_passed = case.order.answer(), case.around.parent_passed_at
    if case.order.outcome == "merged":
        if case.around.parent_state not in (None, "callback", "closed"):
            case.refuse("主工单还没有审核通过的答复，请等答复后再回访")
        case.data["around"] = {"parent_passed_at": write(parent_passed)}
    if held is None or (parent_passed is not None and held.at < parent_passed and negative(held)):
        return
    if held.via == "phone":
        case.refuse("本轮已有有效回访，评价不能更改")
    if not negative(held):
        case.refuse("诉求人已自行评价，无须再电话回访")


def rate(case: Case) -> None:
    """A rating by portal or SMS is valid and cancels the call; "not solved" or "dissatisfied" is still phoned."""
    order = case.order
    if order.state == "closed" and order.outcome != "merged":
        case.refuse("这张工单已办结，评价不能更改")
    if order.answer() is not None:
        case.refuse("本轮已有评价，不能更改")
    facts = case.facts
    via = facts.get("via") or "portal"
    if via == "phone":
        case.refuse("电话里的评价由回访员记录", "via")
    case.data["callback"] = {
        "by": case.actor.id,
        "result": "answered",
        "via": via,
        "valid": True,
        "resolved": facts["resolved"],
        "rating": facts["rating"],
    }
    if not _is_negative(facts["resolved"], facts["rating"]):
        case.stop("callback_first", "callback_last")


def _is_negative(resolved: str | None, rating: str | None) -> bool:
    return resolved == "unresolved" or rating == "dissatisfied"


def negative(answer: Callback | None) -> bool:
    return answer is not None and _is_negative(answer.resolved, answer.rating)


def child_view(order: Order, since: Any, calendar: Calendar, params: dict[str, Any]) -> Child:
    """How far a merged order's own callback has come; a "no" from before the parent's last reply is asked again."""
    valid = [one for one in order.callbacks if one.valid]
    last = valid[-1] if valid else None
    stale = negative(last) and last is not None and since is not None and last.at < since
    recent = [one for one in order.callbacks if since is None or one.at >= since]
    return Child(
        number=order.number,
        answered=last is not None and not stale,
        negative=negative(last) and not stale,
        exhausted=order.anonymous or exhausted(recent, calendar, params),
    )


def exhausted(attempts: Sequence[Callback], calendar: Calendar, params: dict[str, Any]) -> bool:
    """Three attempts at different hours of two days or more (domain.md §4, callback)."""
    made = [one.at.astimezone(calendar.zone) for one in attempts if one.via == "phone" and not one.valid]
    days = {at.date() for at in made}
    hours = {at.hour for at in made}
    enough = int(params["callback_attempts"])
    return len(made) >= enough and len(hours) >= enough and len(days) >= int(params["callback_days_min"])


def _children_heard(case: Case) -> None:
    """Every child's citizen is called back; one who says "not solved" sends the parent to rework or is split off."""
    children = case.around.children
    if set(case.order.children) != {one.number for one in children}:
        raise ValueError(f"children of {case.order.number} were not looked at: {case.order.children}")
    if not children:
        return
    case.data["around"] = {"children": [[one.number, one.answered, one.negative, one.exhausted] for one in children]}
    for one in children:
        if one.negative:
            case.refuse(f"子单 {one.number} 的诉求人表示未解决或不满意，请重办，或把它拆出")
        if not one.answered and not one.exhausted:
            case.refuse(f"子单 {one.number} 的诉求人还没有回访")


def _answered(case: Case) -> Callback:
    answer = case.order.answer()
    if answer is None:
        case.refuse("还没有有效回访，不能办结；多次联系不上的请用“未联系上办结”")
    _phoned(case, answer)
    return answer


def _phoned(case: Case, answer: Callback | None) -> None:
    """A "no" by portal or SMS is always phoned, as often as anybody else is (domain.md §4, callback)."""
    if answer is not None and negative(answer) and answer.via != "phone" and not _tried_enough(case):
        case.refuse("诉求人自行评价未解决或不满意，须电话回访后再办")


def _tried_enough(case: Case) -> bool:
    return exhausted(case.order.this_round(), case.rules.calendar, case.rules.params)


def close(case: Case) -> None:
    order = case.order
    answer = _answered(case)
    if order.claim == "promised":
        case.refuse("承办单位作的是承诺，请用“承诺办结”")
    if negative(answer):
        if case.role != "supervisor":
            case.refuse("诉求人表示未解决或不满意，请重办；确属无理的须由督办员写明理由办结")
        case.need("reason", "请写明为何不再重办")
    _children_heard(case)
    if order.claim == "statutory":
        outcome = "statutory"
    else:
        outcome = "explained" if order.claim in ("explained", "unsolved") or negative(answer) else "solved"
    case.to("closed", outcome)
    if outcome == "statutory":
        _follow_procedure(case)


def _follow_procedure(case: Case) -> None:
    """A statutory procedure has its own legal limit; the order is followed until its result is told."""
    duty = case.duty
    legal = duty.statutory if duty else None
    if legal and legal.get("limit"):
        case.data.setdefault("start", {})["statutory_result"] = case.rules.due(Limit.from_doc(legal["limit"]), case.now)
    case.set(statutory={"procedure": legal["name"] if legal else "", "told": False})


def close_with_promise(case: Case) -> None:
    order, lead = case.order, case.lead
    submission = lead.submission or {}
    if order.claim != "promised" or "promise_due" not in submission:
        case.refuse("答复里没有承诺，不能承诺办结")
    if order.answer() is None and not order.anonymous and not _tried_enough(case):
        case.refuse("请先回访，把承诺告诉诉求人")
    _phoned(case, order.answer())
    _children_heard(case)
    case.to("closed", "promised")
    due = moment(submission["promise_due"])
    case.set(promise={"due": submission["promise_due"], "unit": lead.unit, "kept": None})
    case.start_until("promise", max(due, case.now))


def rework(case: Case) -> None:
    children = case.around.children
    if not negative(case.order.answer()) and not any(one.negative for one in children):
        case.refuse("诉求人没有表示未解决或不满意，不能重办")
    case.need("reason", "请写明为何重办、要达到什么")
    case.to("handling")
    case.stop("callback_first", "callback_last")
    another_round(case, case.lead)


def another_round(case: Case, leg: Leg) -> None:
    case.set(round=case.order.round + 1, claim=None)
    case.leg_set(leg, state="acknowledged", replied_at=None, submitted_at=None, submission=None)
    case.leg_start(leg, "rework")
    if case.order.round >= case.param("hard_case_reworks") and "hard_case" not in case.order.flags:
        case.add("flags", "hard_case")


def close_unreachable(case: Case) -> None:
    order = case.order
    if order.claim == "promised":
        case.refuse("承办单位作的是承诺，请用“承诺办结”")
    if order.answer() is not None:
        case.refuse("已有有效评价，请按评价结果办理")
    if not order.anonymous and not _tried_enough(case):
        times, days = case.param("callback_attempts"), case.param("callback_days_min")
        case.refuse(f"须在 {days} 天以上的不同时段回访 {times} 次仍联系不上，才能这样办结")
    _children_heard(case)
    case.to("closed", "anonymous" if order.anonymous else "unreachable")
    if order.claim == "statutory":
        _follow_procedure(case)


def check_promise(case: Case) -> None:
    promise = case.order.promise
    if case.order.outcome != "promised" or promise is None or promise["kept"] is not None:
        case.refuse("没有待核实的承诺")
    if case.now < moment(promise["due"]) and not case.facts["kept"]:
        case.refuse("承诺尚未到期，请到期后再核实")
    case.stop("promise")
    case.set(promise={**promise, "kept": case.facts["kept"]})


def tell_result(case: Case) -> None:
    statutory = case.order.statutory
    if statutory is None or statutory["told"]:
        case.refuse("没有待告知的法定结果")
    case.need("result", "请写明法定程序的结果")
    case.stop("statutory_result")
    case.set(statutory={**statutory, "told": True})


def reopen(case: Case) -> None:
    """Back to the unit that led it, or to dispatch when no unit has worked on it yet."""
    order = case.order
    case.need("reason", "请写明重启的理由")
    _ground(case)
    if order.erased:
        case.refuse("个人信息已按规定删除，不能重启，请登记新工单")
    case.set(ladder=0, statutory=None, pressed=None)
    case.stop("promise", "statutory_result", "withdraw_check")
    case.lapse("contest")
    last = next((leg for leg in reversed(order.legs) if leg.lead and leg.acknowledged_at is not None), None)
    if last is None or last.state in ("returned", "released"):
        back_to_dispatch(case)
        return
    case.to("handling")
    citizen_waits(case, order)
    another_round(case, last)


def _ground(case: Case) -> None:
    order, ground = case.order, case.facts["ground"]
    if order.outcome == "merged":
        case.refuse("已并入其他工单，请用“拆出并单”")
    if order.outcome in ("refused", "transferred") and ground != "sample":
        case.refuse("不予受理和转出的工单，请登记诉求人异议，由督办员审定")
    if ground == "promise_broken":
        promise = order.promise
        if order.outcome != "promised" or promise is None or promise["kept"] is not False:
            case.refuse("请先做承诺回访，核实未兑现后再重启", "ground")
    if ground == "unreachable":
        until = (order.closed_at or case.now) + timedelta(days=int(case.param("reopen_days")))
        if order.outcome != "unreachable":
            case.refuse("这张工单不是因联系不上而办结的", "ground")
        if case.now > until:
            case.refuse(f"办结已超过 {case.param('reopen_days')} 天，请登记新工单", "ground")
    if ground == "pressed" and (order.outcome != "withdrawn" or not order.pressed):
        case.refuse("请先做撤诉核实，核实受到施压后再重启", "ground")
    if ground == "sample" and (order.outcome not in _SAMPLED or not negative(order.answer())):
        case.refuse("请先回访抽查，诉求人表示未解决或不满意的再重启", "ground")


def contest(case: Case) -> None:
    if case.order.outcome not in ("refused", "transferred"):
        case.refuse("只有不予受理和转出的工单可以提异议；其他情况请说明新情况，申请重启")
    if case.order.contested:
        case.refuse("异议只能提一次")
    case.need("reason", "请写明异议的理由")
    case.set(contested=True)
    case.ask("contest", due=case.ask_limit("ruling"))


def decide_contest(case: Case) -> None:
    one = case.asked("contest")
    case.need("told", "请写明告知诉求人的话")
    if case.facts["upheld"]:
        case.answer(one, "refused")
        return
    case.answer(one, "agreed")
    back_to_dispatch(case)


def withdraw(case: Case) -> None:
    case.need("reason", "请写明撤诉的原因")
    no_children(case)
    case.to("closed", "withdrawn")
    if not case.order.anonymous:
        due = case.ask_limit("callback_last")
        if due:
            case.start("callback_last")
            case.data["start"]["withdraw_check"] = case.data["start"].pop("callback_last")


def confirm_withdrawal(case: Case) -> None:
    clock = case.order.clocks.get("withdraw_check")
    if case.order.outcome != "withdrawn" or clock is None or not clock.running:
        case.refuse("没有待核实的撤诉")
    case.stop("withdraw_check")
    case.set(pressed=case.facts["pressed"])


RULES = {
    "pass_review": pass_review,
    "send_back": send_back,
    "callback_attempt": callback_attempt,
    "rate": rate,
    "close": close,
    "close_with_promise": close_with_promise,
    "rework": rework,
    "close_unreachable": close_unreachable,
    "check_promise": check_promise,
    "tell_result": tell_result,
    "reopen": reopen,
    "contest": contest,
    "decide_contest": decide_contest,
    "withdraw": withdraw,
    "confirm_withdrawal": confirm_withdrawal,
}
