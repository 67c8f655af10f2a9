"""Orders brought by real moves to where a form is wanted; each is made anew, on Monday 23 November 2026.

``MOVES`` says for every move that people make: in which situation, by whom, and what is written in the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from jiesu.domain.order import Actor, Order
from jiesu.workflow.rules import announce_year
from tests import city
from tests.city import CHEN, DU, FANG, HE, HEAT, HOUR, HOUSING, LIU, MA, XU, ZHOU, local, take
from tests.web import desk as people

CAI: Final = Actor("s912", (("arbiter", city.CENTER),))
SHEN: Final = Actor("s913", (("city_leader", "U0001"),))
DAY: Final = timedelta(days=1)
YEARS_END: Final = local("2026-12-29 15:00")
RETURN: Final = {"legal_basis": "《物权法》", "evidence": "产权登记", "leader_name": "马经理", "proper_unit": HOUSING}
PROMISE: Final = {
    "claim": "promised",
    "promise_due": local("2026-12-20 17:30"),
    "promise_owner": "工程科科长",
    "promise_approver": "分管副总",
    "promise_text": "十二月二十日前装完",
}


def after(order: Order, move: str, by: Actor, hours: float = 0.5, **facts: Any) -> Order:
    """``order`` after one more move, some hours later."""
    assert order.last_at is not None
    return take(order, move, by, order.last_at + timedelta(hours=hours), facts)


def needs_details() -> Order:
    return after(city.accepted(), "ask_for_details", CHEN, question="请说明楼号")


def joint() -> Order:
    """The heating company leads, 住建局 assists; both have acknowledged."""
    order = after(city.dispatched(assist=[HOUSING]), "acknowledge", LIU)
    return after(order, "leg_acknowledge", XU)


def named() -> Order:
    """In hand, of somebody who left a name and a number."""
    return city.handling(name="张小凤", phone="13800001111")


def submitted() -> Order:
    return after(contacted(), "submit", LIU, **{**city.REPLY, "files": [city.photo(city.MONDAY)]})


def contacted() -> Order:
    return after(named(), "first_contact", LIU, contact="reached", note="已约好")


def asked(move: str, by: Actor = MA, **facts: Any) -> Callable[[], Order]:
    """In hand, with something asked for."""
    return lambda: after(city.handling(), move, by, **facts)


return_asked = asked("request_return", LIU, **RETURN)
extension_asked = asked("request_extension", days=3, reason="等配件")
complex_asked = asked("request_complex", reason="产权历史遗留")
shelve_asked = asked("request_shelve", plan="列入明年改造", review_date=local("2026-12-23 10:00"))
assist_asked = asked("request_assist", LIU, unit=HOUSING, reason="请协助核对产权")
whistled = asked(
    "whistle",
    LIU,
    units=[HOUSING],
    meet_place="工人村二区",
    meet_at=local("2026-11-24 15:00"),
    reason="现场定管线归属",
)
instructed = asked("instruct", SHEN, instruction="一周内报我", unit=HEAT)
exemption_asked = asked("request_exemption", exemption="unreasonable", reason="超出规定")


def late_entry_asked() -> Order:
    order = city.dispatched()
    order = after(order, "acknowledge", LIU, 3)
    claimed = {
        "act": "acknowledge",
        "claimed_at": city.MONDAY + HOUR,
        "late_reason": "outage",
        "evidence": "纸质签收单",
    }
    return after(order, "claim_late_entry", LIU, **claimed)


def late_acknowledged() -> Order:
    return after(city.dispatched(), "acknowledge", LIU, 3)


def objected() -> Order:
    return after(city.dispatched(assist=[HOUSING]), "object", XU, legal_basis="不在职责内")


def objecting() -> Order:
    return after(city.dispatched(assist=[HOUSING]), "acknowledge", LIU)


def shelved() -> Order:
    return after(shelve_asked(), "shelve", DU, request=1)


def ruling() -> Order:
    return after(return_asked(), "refer_to_ruling", CHEN, reason="两家都说不归自己")


def ruled() -> Order:
    return after(ruling(), "rule", CAI, lead=HEAT, legal_basis="先行牵头")


def in_callback(**reply: Any) -> Order:
    order = contacted()
    order = after(order, "reply", MA, **{**city.REPLY, **reply, "files": [city.photo(city.MONDAY)]})
    return after(order, "pass_review", HE)


def answered(resolved: str = "resolved", rating: str = "satisfied", **reply: Any) -> Callable[[], Order]:
    def made() -> Order:
        return after(
            in_callback(**reply), "callback_attempt", FANG, attempt="answered", resolved=resolved, rating=rating
        )

    return made


def nobody_answers() -> Order:
    order = in_callback()
    for hours in (1, 25, 26):
        order = after(order, "callback_attempt", FANG, hours, attempt="no_answer")
    return order


def promised() -> Order:
    order = answered("mostly", "mostly", **PROMISE)()
    return after(order, "close_with_promise", FANG)


def statutory() -> Order:
    return after(answered("mostly", "mostly", claim="statutory", statutory_number="立案〔2026〕1号")(), "close", FANG)


def refused() -> Order:
    return after(city.registered(), "refuse", CHEN, refusal="litigation", told="请按法院通知办理")


def contested() -> Order:
    return after(refused(), "contest", ZHOU, reason="起诉的是另一件事")


def across_new_year() -> Order:
    """In hand over days of 2027 that were announced after its deadlines were set."""
    order = city.handling(YEARS_END)
    announce_year(2027, {date(2027, 1, 1): False, date(2027, 1, 4): False}, by=city.GUAN, now=YEARS_END)
    return order


def withdrawn() -> Order:
    return after(named(), "withdraw", ZHOU, reason="来电说已协商好")


def merged() -> Order:
    return after(city.accepted(), "merge_into", CHEN, parent=city.handling().number, reason="同一件事")


@dataclass(frozen=True)
class Case:
    """One move: the situation, who makes it, what is written; ``wait`` after the last move of the situation."""

    at: Callable[[], Order]
    who: str
    given: Mapping[str, Any] = field(default_factory=dict)
    wait: timedelta = timedelta(minutes=10)


def another() -> int:
    """The number of another order in hand."""
    return city.handling().number


_REPLY: Final = {
    "public_reply": "已包好保温层。",
    "claim": "solved",
    "measures": "更换保温层 40 米",
    "internal_note": "旧保温层脱落",
}
_WHY: Final = {"reason": "已核实情况"}

# "photo" is uploaded with the form; a function is called for its value.
MOVES: Final[Mapping[str, Case]] = {
    "accept": Case(city.registered, people.AGENT, {"urgency": "urgent", "region": "R0102"}),
    "propose_refusal": Case(city.registered, people.AGENT, {"refusal": "litigation", **_WHY}),
    "refuse": Case(city.registered, people.DISPATCHER, {"refusal": "litigation", "told": "请按法院通知办理"}),
    "answer_directly": Case(city.registered, people.AGENT, {"public_reply": "十月二十日起供热。", "article": "K002"}),
    "inform": Case(lambda: city.registered(kind="praise"), people.AGENT, {"to_unit": HEAT, "named_person": "王师傅"}),
    "transfer_out": Case(city.registered, people.DISPATCHER, {"target": "discipline", "told": "已转有关部门"}),
    "merge_into": Case(city.accepted, people.DISPATCHER, {"parent": another, **_WHY}),
    "dispatch": Case(city.accepted, people.DISPATCHER, {"lead": HEAT, "assist": [HOUSING], "note": "请尽快"}),
    "ask_for_details": Case(city.accepted, people.AGENT, {"question": "请说明楼号"}),
    "supply_details": Case(needs_details, people.AGENT, {"details": "三号楼二单元", "files": "photo"}),
    "details_timeout": Case(needs_details, people.DISPATCHER, {"timeout": "accept"}, 5 * DAY),
    "acknowledge": Case(city.dispatched, people.HEAT_CLERK),
    "recall": Case(city.dispatched, people.DISPATCHER, _WHY),
    "reassign": Case(city.handling, people.DISPATCHER, {"lead": HOUSING, "assist": [], "basis": "产权单位", **_WHY}),
    "first_contact": Case(named, people.HEAT_CLERK, {"contact": "reached", "note": "约好明天上门"}),
    "interim_reply": Case(
        city.handling,
        people.HEAT_CLERK,
        {"measures": "已到现场", "expected_end": "2026-11-24T18:00", "files": "photo"},
    ),
    "submit": Case(contacted, people.HEAT_CLERK, {**_REPLY, "files": "photo"}),
    "hand_back": Case(submitted, people.HEAT_LEADER, {"reason": "照片不清，请重拍"}),
    "reply": Case(contacted, people.HEAT_LEADER, {**_REPLY, "files": "photo"}),
    "request_shelve": Case(
        city.handling, people.HEAT_LEADER, {"plan": "列入明年改造", "review_date": "2026-12-23T10:00"}
    ),
    "shelve": Case(shelve_asked, people.SUPERVISOR, {"note": "同意"}),
    "refuse_shelve": Case(shelve_asked, people.SUPERVISOR, _WHY),
    "resume": Case(shelved, people.SUPERVISOR, _WHY),
    "write_off": Case(shelved, people.SUPERVISOR, {**_WHY, "told": "规划不支持"}),
    "request_complex": Case(city.handling, people.HEAT_LEADER, _WHY),
    "agree_complex": Case(complex_asked, people.SUPERVISOR),
    "refuse_complex": Case(complex_asked, people.DISPATCHER, _WHY),
    "request_extension": Case(city.handling, people.HEAT_LEADER, {"days": "3", **_WHY}),
    "agree_extension": Case(extension_asked, people.DISPATCHER, {"days": "2"}),
    "refuse_extension": Case(extension_asked, people.SUPERVISOR, _WHY),
    "request_return": Case(city.handling, people.HEAT_CLERK, {**RETURN, "files": "photo"}),
    "agree_return": Case(return_asked, people.DISPATCHER, {"note": "属实"}),
    "refuse_return": Case(return_asked, people.DISPATCHER, _WHY),
    "refer_to_ruling": Case(return_asked, people.DISPATCHER, _WHY),
    "rule": Case(ruling, people.ARBITER, {"lead": HOUSING, "legal_basis": "派单目录", "assist": [HEAT]}),
    "settle_duty": Case(ruled, people.ARBITER, {"lead": HEAT, "duty": "管线产权归供热公司"}),
    "request_assist": Case(city.handling, people.HEAT_CLERK, {"unit": HOUSING, **_WHY}),
    "agree_assist": Case(assist_asked, people.DISPATCHER),
    "refuse_assist": Case(assist_asked, people.DISPATCHER, _WHY),
    "add_leg": Case(city.handling, people.DISPATCHER, {"unit": HOUSING, **_WHY}),
    "release_leg": Case(joint, people.DISPATCHER, {"unit": HOUSING, **_WHY}),
    "sub_dispatch": Case(city.handling, people.HEAT_CLERK, {"section": people.SECTION, "note": "请今天去"}),
    "leg_acknowledge": Case(objecting, people.HOUSING_CLERK),
    "leg_reply": Case(joint, people.HOUSING_CLERK, {"measures": "产权已核对", "files": "photo"}),
    "object": Case(objecting, people.HOUSING_CLERK, {"legal_basis": "不在职责内", "files": "photo"}),
    "agree_objection": Case(objected, people.DISPATCHER),
    "refuse_objection": Case(objected, people.DISPATCHER, _WHY),
    "whistle": Case(
        city.handling,
        people.HEAT_CLERK,
        {"units": [HOUSING], "meet_place": "工人村二区", "meet_at": "2026-11-24T15:00", **_WHY},
    ),
    "answer_whistle": Case(whistled, people.HOUSING_CLERK, {"coming": "coming"}),
    "report_in": Case(whistled, people.HOUSING_CLERK, {"note": "已到", "files": "photo"}),
    "pass_review": Case(city.replied, people.REVIEWER, {"note": "属实"}),
    "send_back": Case(city.replied, people.REVIEWER, {"send_back": "not_answered", **_WHY}),
    "callback_attempt": Case(
        in_callback,
        people.CALLER,
        {"attempt": "answered", "resolved": "resolved", "rating": "satisfied", "opinion": "谢谢"},
    ),
    "close": Case(answered(), people.CALLER),
    "close_with_promise": Case(answered("mostly", "mostly", **PROMISE), people.CALLER, {"note": "已告知日期"}),
    "rework": Case(answered("unresolved", "dissatisfied"), people.CALLER, _WHY),
    "close_unreachable": Case(nobody_answers, people.CALLER, {"note": "三次未接"}),
    "check_promise": Case(promised, people.CALLER, {"kept": "false", "opinion": "没人来"}, 40 * DAY),
    "tell_result": Case(statutory, people.HEAT_CLERK, {"result": "已作出处罚决定"}),
    "reopen": Case(city.closed, people.DISPATCHER, {"ground": "new_facts", **_WHY}),
    "contest": Case(refused, people.AGENT, _WHY),
    "decide_contest": Case(contested, people.SUPERVISOR, {"upheld": "false", "told": "重新受理"}),
    "withdraw": Case(city.handling, people.AGENT, _WHY),
    "confirm_withdrawal": Case(withdrawn, people.CALLER, {"pressed": "false", "opinion": "自愿撤诉"}),
    "split_off": Case(merged, people.DISPATCHER, _WHY),
    "urge": Case(city.handling, people.SUPERVISOR, _WHY),
    "supervise": Case(city.handling, people.SUPERVISOR, _WHY),
    "escalate": Case(city.handling, people.SUPERVISOR, _WHY),
    "mark": Case(city.handling, people.SUPERVISOR, {"flag": "hard_case", "note": "历史遗留"}),
    "instruct": Case(
        city.handling, people.LEADER, {"instruction": "一周内报我", "unit": HEAT, "due": "2026-11-30T17:30"}
    ),
    "answer_instruction": Case(instructed, people.HEAT_CLERK, {"answer": "已排期", "files": "photo"}),
    "note": Case(city.handling, people.INSPECTOR, {"note": "录音已听", "files": "photo"}),
    "chase": Case(city.handling, people.AGENT, {"note": "又来电问", "via": "phone"}),
    "correct": Case(
        city.handling,
        people.AGENT,
        {"matter": "03.05", "kind": "complaint", "urgency": "urgent", "region": "R0102", "place": "工人村三区"}
        | {"enterprise": "true", "secret": "true", "reason": "听错了"},
    ),
    "link": Case(city.handling, people.REVIEWER, {"other": another, "note": "同一小区"}),
    "request_exemption": Case(
        city.handling,
        people.HEAT_LEADER,
        {"exemption": "unreasonable", "reason": "超出规定", "evidence": "见附件", "files": "photo"},
    ),
    "approve_exemption": Case(exemption_asked, people.SUPERVISOR, {"note": "同意"}),
    "refuse_exemption": Case(exemption_asked, people.APPROVER, _WHY),
    "claim_late_entry": Case(
        late_acknowledged,
        people.HEAT_CLERK,
        {"act": "acknowledge", "claimed_at": "2026-11-23T11:00", "late_reason": "outage", "evidence": "纸质签收单"}
        | {"files": "photo"},
    ),
    "confirm_late_entry": Case(late_entry_asked, people.SUPERVISOR),
    "refuse_late_entry": Case(late_entry_asked, people.DISPATCHER, _WHY),
    "reveal": Case(named, people.DISPATCHER, {"field": "phone", "reason": "诉求人来电核对"}),
    "recalculate": Case(across_new_year, people.ADMINISTRATOR, _WHY),
}
