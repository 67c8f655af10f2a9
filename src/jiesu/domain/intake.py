"""Rules of the first desk: register, accept, refuse, answer, pass on, merge (domain.md §3, received and accepted)."""

from __future__ import annotations

from jiesu.domain import words
from jiesu.domain.articles import refusal
from jiesu.domain.case import Case
from jiesu.domain.order import Order

_CLASSES = ("kind", "urgency", "matter", "region")
_PRESSING = frozenset({"help", "complaint", "report"})


def register(case: Case) -> None:
    facts = case.facts
    case.need("text", "请填写诉求内容")
    case.to("received")
    case.set(received_at=case.now, channel=facts["channel"])
    given = (
        "kind",
        "urgency",
        "matter",
        "region",
        "person",
        "anonymous",
        "secret",
        "enterprise",
        "happened_at",
    )
    case.set(**{name: facts[name] for name in given if case.has(name)})
    _by_season(case)
    if case.has("happened_at") and facts["happened_at"] > case.now:
        case.refuse("实际时间不能晚于现在", "happened_at")
    if case.role == "citizen" and case.has("person") and facts["person"] != case.actor.person:
        case.refuse("只能登记自己的诉求", "person")
    if not case.has("person") and not facts.get("anonymous"):
        case.set(anonymous=True)
    case.start("intake")


def accept(case: Case) -> None:
    _classify(case)
    _by_season(case)
    kind = case.facts.get("kind") or case.order.kind
    if not kind:
        case.refuse("请先选择诉求类型", "kind")
    if kind in words.NO_WORK_KINDS:
        case.refuse(f"{words.KINDS[kind]}不派单：表扬请转告，无效和骚扰请按不予受理办结", "kind")
    if not (case.facts.get("matter") or case.order.matter):
        case.refuse("请先选择事项分类", "matter")
    case.to("accepted")
    case.stop("intake")
    case.lapse("refusal")
    _begin(case)


def _classify(case: Case) -> None:
    changed = {name: case.facts[name] for name in _CLASSES if case.has(name)}
    if changed:
        case.set(**changed)


def _by_season(case: Case) -> None:
    """In a season of the catalog a complaint starts as urgent as its line says, unless a person has named an urgency.

    No heat in winter is urgent, a question about the bill is not (domain.md §2, §4). Accepting what was classified
    before changes nothing.
    """
    if case.has("urgency") or case.order.urgency != "normal":
        return
    order = _as_classified(case)
    duty = case.rules.duty(order, case.now) if order.kind in _PRESSING else None
    urgency = duty.urgency_on(case.rules.day(case.now)) if duty else None
    if urgency and any(case.has(name) for name in _CLASSES):
        case.set(urgency=urgency)


def _as_classified(case: Case) -> Order:
    """The order with the classes that this move gives it."""
    after = case.order.copy()
    for name, value in case.data.get("set", {}).items():
        if name in _CLASSES:
            setattr(after, name, value)
    return after


def _begin(case: Case) -> None:
    """Start what accepting starts: the wait for dispatch, and the citizen's."""
    after = _as_classified(case)
    dispatch = case.rules.start("dispatch", after, case.now)
    if dispatch:
        case.data.setdefault("start", {})["dispatch"] = dispatch
    citizen_waits(case, after)


def citizen_waits(case: Case, after: Order) -> None:
    """The citizen's clock: from the first accept to the accepted reply, never reset (domain.md §4).

    An order that comes back before any reply was accepted has kept its citizen waiting all along.
    """
    if case.order.accepted_at is None:
        case.set(accepted_at=case.now)
    clock = case.order.clocks.get("citizen")
    limit = case.rules.limit("handle", after, case.now)
    if clock is None and limit is not None:
        case.data.setdefault("start", {})["citizen"] = case.rules.due(limit, case.now)
    elif clock is not None and not clock.running and case.order.passed_at is None:
        case.data["fix"] = {"citizen": None}


def back_to_dispatch(case: Case) -> None:
    """A closed order that no unit works on waits for dispatch again, and its citizen with it."""
    case.end_all_legs()
    case.to("accepted")
    _begin(case)


def propose_refusal(case: Case) -> None:
    if case.order.open_request("refusal"):
        case.refuse("已有一个不予受理建议，等派单员确认")
    case.ask("refusal", refusal=case.facts["refusal"], reason=case.facts["reason"])


def no_children(case: Case) -> None:
    """Every merged child's citizen is called back (domain.md §3), so an order that has any ends by callback only."""
    if case.order.children:
        case.refuse("这张工单下有并入的子单，请先拆出子单")


def refuse(case: Case) -> None:
    case.need("told", "请写明告知诉求人的话，并指出应走的渠道")
    no_children(case)
    reason = case.rules.reasons["refusal"][case.facts["refusal"]]
    if reason.get("door"):
        case.data["door"] = reason["door"]
    proposed = case.order.open_request("refusal")
    if proposed:
        case.answer(proposed, "agreed")
    case.to("closed", "refused")


def answer_directly(case: Case) -> None:
    kind = case.facts.get("kind") or case.order.kind
    if not kind:
        case.refuse("请先选择诉求类型", "kind")
    if kind == "report":
        case.refuse("举报不能当场答复，请受理后派单", "kind")
    case.need("public_reply", "请写明答复内容")
    _with_article(case)
    no_children(case)
    _classify(case)
    if case.order.accepted_at is None:
        case.set(accepted_at=case.now)
    case.set(replied_at=case.now)
    case.to("closed", "direct_answer")


def _with_article(case: Case) -> None:
    """An answer from knowledge that is no longer true is worse than none; the event names the article by its code."""
    code = case.text("article")
    if code is None:
        return
    reason = refusal(code.plain, case.around.article)
    if reason:
        case.refuse(reason, "article")
    if case.around.article:
        case.data["article"] = code.plain


def inform(case: Case) -> None:
    if case.order.kind != "praise":
        case.refuse("只有表扬可以转告；其他诉求请受理后派单")
    no_children(case)
    case.set(accepted_at=case.now)
    case.data["informed"] = case.facts["to_unit"]
    case.to("closed", "informed")


def transfer_out(case: Case) -> None:
    case.need("told", "请写明告知诉求人的话")
    no_children(case)
    case.to("closed", "transferred")


def merge_into(case: Case) -> None:
    order, parent, around = case.order, case.facts["parent"], case.around
    if parent == order.number:
        case.refuse("不能并入自己", "parent")
    if around.parent_state is None:
        case.refuse("没有这张主工单，请核对工单号", "parent")
    if around.parent_state == "closed":
        case.refuse("主工单已办结，不能再并入", "parent")
    if around.parent_of_parent is not None:
        case.refuse(f"这张工单已并入 {around.parent_of_parent}，请并入那一张", "parent")
    if order.children:
        case.refuse("这张工单下已有子单，请先拆出子单，或把对方并入这张工单")
    if order.state == "handling" and not case.has("reason"):
        case.refuse("办理中的工单并单须写明理由", "reason")
    case.data["around"] = {"parent_state": around.parent_state}
    case.end_all_legs()
    case.set(parent=parent)
    case.to("closed", "merged")


def absorb(case: Case) -> None:
    case.add("children", case.facts["child"])


def release_child(case: Case) -> None:
    if case.facts["child"] not in case.order.children:
        case.refuse("没有这张子工单", "child")
    case.data["drop"] = {"children": [case.facts["child"]]}


def split_off(case: Case) -> None:
    """A merged child goes its own way again: its citizen is not served by the parent's result."""
    if case.order.outcome != "merged":
        case.refuse("只有并入其他工单的子单可以拆出")
    case.data["parent"] = case.order.parent
    case.set(parent=None)
    back_to_dispatch(case)


def ask_for_details(case: Case) -> None:
    case.to("needs_details")
    case.stop("dispatch")
    case.start("details")


def supply_details(case: Case) -> None:
    case.need("details", "请填写补充的内容")
    case.to("accepted")
    case.stop("details")
    case.start("dispatch")


def details_timeout(case: Case) -> None:
    clock = case.order.clocks.get("details")
    if clock is not None and case.now <= clock.due:
        case.refuse("补充期限未到，请等诉求人补充或到期后再办")
    case.stop("details")
    if case.facts["timeout"] == "accept":
        case.to("accepted")
        case.start("dispatch")
        return
    if case.role == "system":
        case.refuse("材料不足的办结须由派单员决定")
    case.need("told", "请写明告知诉求人的话")
    no_children(case)
    case.to("closed", "declined")


def correct(case: Case) -> None:
    """Put a classification right. Running limits stay as the event that started them fixed them."""
    names = (*_CLASSES, "enterprise", "secret")
    changed = {name: case.facts[name] for name in names if case.has(name) or case.facts.get(name) is False}
    changed = {name: value for name, value in changed.items() if value != getattr(case.order, name)}
    if not changed and not case.has("place"):
        case.refuse("没有改动任何内容")
    case.need("reason", "请写明更正的理由")
    if changed:
        case.data["was"] = {name: getattr(case.order, name) for name in changed}
        case.set(**changed)


RULES = {
    "register": register,
    "accept": accept,
    "propose_refusal": propose_refusal,
    "refuse": refuse,
    "answer_directly": answer_directly,
    "inform": inform,
    "transfer_out": transfer_out,
    "merge_into": merge_into,
    "absorb": absorb,
    "release_child": release_child,
    "split_off": split_off,
    "ask_for_details": ask_for_details,
    "supply_details": supply_details,
    "details_timeout": details_timeout,
    "correct": correct,
}
