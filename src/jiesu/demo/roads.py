"""A few dozen orders of the demo city, each walked by real moves into a state worth looking at.

A road is a list of steps ``(hours after the step before, move, who, facts)``; ``who`` is a role of the centre, or
``lead`` / ``lead_leader`` / ``assist`` / ``assist_leader`` / ``returned`` for people of the units on the order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jiesu.demo import pictures
from jiesu.demo.city import read
from jiesu.domain.order import Actor, Order
from jiesu.domain.rules import Rules
from jiesu.store import orders, sql
from jiesu.store import rules as rules_store
from jiesu.store.people import Known
from jiesu.workflow import intake
from jiesu.workflow.step import take

Step = tuple[float, str, str, Mapping[str, Any] | str]
Road = tuple[Step, ...]

_FORM = {"send_back": "no_photo", "reason": "请补现场照片"}
_HAPPY = {"attempt": "answered", "resolved": "resolved", "rating": "satisfied", "opinion": "问题解决了，谢谢"}
_MOSTLY = {"attempt": "answered", "resolved": "mostly", "rating": "mostly"}
_UNHAPPY = {
    "attempt": "answered",
    "resolved": "unresolved",
    "rating": "dissatisfied",
    "opinion": "来看了一眼就走了，还是老样子",
}
_ABSENT = {"attempt": "no_answer"}


def _reply(claim: str = "solved", **more: Any) -> dict[str, Any]:
    return {
        "claim": claim,
        "measures": "已派人到现场核实并处理，处理情况当面告知。",
        "internal_note": "现场已核，资料归档。",
        "public_reply": "您反映的问题我们已到现场核实并处理，感谢您的监督。",
        "files": "photo",
        **more,
    }


ACCEPT: Road = ((0.1, "accept", "dispatcher", {}),)
SENT: Road = (*ACCEPT, (0.06, "dispatch", "dispatcher", {}))
JOINT: Road = (*ACCEPT, (0.06, "dispatch", "dispatcher", {"assist": "one"}))
TAKEN: Road = (*SENT, (0.2, "acknowledge", "lead", {}))
CONTACTED: Road = (
    *TAKEN,
    (1, "first_contact", "lead", {"contact": "reached", "note": "已与诉求人通话，约好上门时间。"}),
)
REPLIED: Road = (*CONTACTED, (4, "submit", "lead", _reply()), (1, "reply", "lead_leader", {}))
PASSED: Road = (*REPLIED, (1, "pass_review", "reviewer", {}))
UNNAMED: Road = (
    *TAKEN,
    (4, "submit", "lead", _reply()),
    (1, "reply", "lead_leader", {}),
    (1, "pass_review", "reviewer", {}),
)
ON_SITE: Road = (*TAKEN, (0.5, "interim_reply", "lead", {"measures": "已到现场，拉警戒线并开始抢修。"}))
_NOT_OURS = {
    "legal_basis": "依据“三定”规定，该设施不在本单位管理范围。",
    "evidence": "附产权登记和现场照片说明。",
    "leader_name": "主管副职",
    "no_proper_unit": "产权单位待查，建议由裁定人确定。",
}
RETURN_ASKED: Road = (*TAKEN, (2, "request_return", "lead", _NOT_OURS))
RETURNED: Road = (*RETURN_ASKED, (1, "agree_return", "dispatcher", {"request": "return"}))
_PROMISE: dict[str, Any] = {
    "claim": "promised",
    "promise_due": 20,
    "promise_owner": "工程科科长",
    "promise_approver": "分管领导",
    "promise_text": "设备已订货，到货后七日内安装完毕。",
}
PROMISED: Road = (
    *CONTACTED,
    (5, "submit", "lead", _reply(**_PROMISE)),
    (1, "reply", "lead_leader", {}),
    (2, "pass_review", "reviewer", {}),
    (3, "callback_attempt", "callback_clerk", _MOSTLY),
    (0.1, "close_with_promise", "callback_clerk", {}),
)
REWORKED: Road = (
    *PASSED,
    (5, "callback_attempt", "callback_clerk", _UNHAPPY),
    (0.2, "rework", "callback_clerk", {"reason": "诉求人称问题依旧，请再次上门并当面说明。"}),
)

SHELVED: Road = (
    *CONTACTED,
    (3, "request_shelve", "lead_leader", {"plan": "列入明年改造计划，期间临时处置。", "review_date": 60}),
    (5, "shelve", "supervisor", {"request": "shelve"}),
)
_WRITTEN_OFF: Step = (
    600,
    "write_off",
    "supervisor",
    {"reason": "上级规划已明确不实施。", "told": "经复核，现行规划不支持该方案，已书面说明。"},
)
_NO_DETAILS: Step = (
    150,
    "details_timeout",
    "dispatcher",
    {"timeout": "close", "told": "多次联系未能补充材料，先予办结；有了材料请随时来电。"},
)
_NOBODY_HOME: Road = (
    (2, "callback_attempt", "callback_clerk", _ABSENT),
    (25, "callback_attempt", "callback_clerk", _ABSENT),
    (27, "callback_attempt", "callback_clerk", _ABSENT),
    (0.1, "close_unreachable", "callback_clerk", {}),
)

# (index of the demand in demo_orders.json, days ago it came in, its road)
ROADS: Sequence[tuple[int, float, Road]] = (
    (0, 0.05, ()),
    (1, 3.2, PASSED + ((5, "callback_attempt", "callback_clerk", _UNHAPPY),)),
    (2, 6.0, REWORKED),
    (3, 0.2, TAKEN + ((0.5, "interim_reply", "lead", {"measures": "外网阀门故障，抢修队已到现场。"}),)),
    (4, 0.15, TAKEN),
    (5, 9.0, PASSED + ((4, "callback_attempt", "callback_clerk", _HAPPY), (0.1, "close", "callback_clerk", {}))),
    (
        6,
        1.0,
        (
            (
                0.1,
                "answer_directly",
                "agent",
                {"public_reply": "供暖期开始前可到营业厅办理停供，须带房产证明和身份证。"},
            ),
        ),
    ),
    (7, 2.0, SENT),
    (8, 0.02, ()),
    (9, 8.0, CONTACTED + ((3, "request_extension", "lead_leader", {"days": 5, "reason": "防水施工须待气温回升。"}),)),
    (10, 12.0, PROMISED),
    (11, 2.5, CONTACTED),
    (12, 5.0, JOINT + ((1, "acknowledge", "lead", {}), (2, "leg_acknowledge", "assist", {}))),
    (13, 1.5, REPLIED),
    (14, 2.0, UNNAMED + ((6, "close_unreachable", "callback_clerk", {}),)),
    (40, 4.0, ON_SITE + ((2, "request_return", "lead", _NOT_OURS),)),
    (16, 9.0, (*ACCEPT, (0.2, "ask_for_details", "agent", {"question": "请说明楼号和单元。"}), _NO_DETAILS)),
    (
        17,
        40.0,
        PROMISED
        + ((500, "check_promise", "callback_clerk", {"kept": False, "opinion": "到现在没人来干活"}),)
        + ((0.5, "reopen", "callback_clerk", {"ground": "promise_broken", "reason": "承诺到期未兑现。"}),),
    ),
    (18, 7.0, CONTACTED + ((6, "submit", "lead", _reply("unsolved", why_not="须第三方鉴定，报告未出。")),)),
    (
        19,
        6.0,
        PASSED
        + ((2, "callback_attempt", "callback_clerk", _ABSENT), (20, "callback_attempt", "callback_clerk", _ABSENT)),
    ),
    (20, 0.3, ON_SITE),
    (21, 1.2, PASSED),
    (22, 3.0, REPLIED + ((1, "send_back", "reviewer", _FORM),)),
    (23, 0.5, ((0.2, "answer_directly", "agent", {"public_reply": "可先看水表是否空转，如有漏水请关阀报修。"}),)),
    (24, 0.4, SENT),
    (25, 9.0, PASSED + _NOBODY_HOME),
    (26, 0.1, SENT),
    (27, 2.0, SENT),
    (
        28,
        0.6,
        TAKEN
        + ((0.2, "interim_reply", "lead", {"measures": "已关阀疏散，检测浓度已降。", "files": "photo"}),)
        + ((2, "submit", "lead", _reply()), (0.5, "reply", "lead_leader", {})),
    ),
    (
        29,
        15.0,
        REWORKED
        + ((6, "submit", "lead", _reply()), (1, "reply", "lead_leader", {}))
        + ((2, "pass_review", "reviewer", {}), (4, "callback_attempt", "callback_clerk", _HAPPY))
        + ((0.1, "close", "callback_clerk", {}),),
    ),
    (30, 4.0, RETURNED),
    (31, 0.08, ACCEPT),
    (32, 1.0, TAKEN),
    (33, 20.0, SHELVED),
    (
        34,
        6.0,
        JOINT
        + (
            (1, "acknowledge", "lead", {}),
            (3, "whistle", "lead", "meeting"),
            (1, "instruct", "city_leader", "instruction"),
        ),
    ),
    (35, 0.9, SENT),
    (36, 50.0, SHELVED + (_WRITTEN_OFF,)),
    (46, 5.0, PASSED + ((3, "callback_attempt", "callback_clerk", _HAPPY), (0.1, "close", "callback_clerk", {}))),
    (38, 1.0, ((0.2, "inform", "agent", {"to_unit": "U0309", "named_person": "2路公交当班司机"}),)),
    (39, 0.3, ((0.2, "answer_directly", "agent", {"public_reply": "年满六十五周岁可凭身份证到公交IC卡中心办理。"}),)),
    (15, 0.8, TAKEN),
    (41, 1.0, UNNAMED),
    (42, 35.0, TAKEN),
    (43, 2.0, TAKEN),
    (
        44,
        2.2,
        TAKEN
        + ((1, "first_contact", "agent", {"contact": "reached", "note": "已由热线中心联系，核实了时间和地点。"}),),
    ),
    (45, 0.7, ACCEPT),
    (
        37,
        8.0,
        RETURNED
        + ((0.5, "refer_to_ruling", "dispatcher", {"reason": "公交运营与站点管理职责交叉。"}),)
        + ((4, "rule", "arbiter", {"lead": "other", "legal_basis": "按派单目录，由其先行牵头。"}),),
    ),
    (47, 9.0, RETURNED + ((0.5, "refer_to_ruling", "dispatcher", {"reason": "两家单位都称不是自己的设施。"}),)),
    (48, 0.6, SENT),
    (
        49,
        7.0,
        PASSED
        + ((4, "callback_attempt", "callback_clerk", _UNHAPPY),)
        + (
            (
                1,
                "close",
                "supervisor",
                {"reason": "早市是经批准的便民市场，通道已重新划线，诉求人要求取缔没有依据，已当面解释。"},
            ),
        ),
    ),
    (50, 1.5, SENT),
    (51, 0.2, ()),
    (52, 0.9, TAKEN),
    (53, 0.05, TAKEN),
    (54, 3.0, PASSED),
    (
        55,
        4.0,
        CONTACTED
        + ((6, "submit", "lead", _reply("statutory", statutory_number="雄劳监立〔2026〕118号")),)
        + ((1, "reply", "lead_leader", {}), (2, "pass_review", "reviewer", {}))
        + ((3, "callback_attempt", "callback_clerk", _MOSTLY), (0.1, "close", "callback_clerk", {})),
    ),
    (
        56,
        0.4,
        ((0.1, "answer_directly", "agent", {"public_reply": "可在手机上“掌上社保”自助认证，也可到社区协助办理。"}),),
    ),
    (57, 6.0, PASSED + ((3, "callback_attempt", "callback_clerk", _MOSTLY), (0.1, "close", "callback_clerk", {}))),
    (58, 0.1, ()),
    (59, 11.0, CONTACTED),
    (60, 0.3, ACCEPT),
    (61, 5.0, CONTACTED + ((2, "request_assist", "lead", "assist"),)),
    (62, 0.5, TAKEN),
    (63, 0.2, ACCEPT),
    (64, 13.0, CONTACTED),
    (
        65,
        25.0,
        CONTACTED
        + ((2, "request_complex", "lead_leader", {"reason": "涉及历史档案和多部门确权。"}),)
        + ((3, "agree_complex", "supervisor", {"request": "complex"}),),
    ),
    (
        66,
        2.0,
        PASSED
        + ((3, "callback_attempt", "callback_clerk", _HAPPY), (0.1, "close", "callback_clerk", {}))
        + ((5, "request_exemption", "lead_leader", {"exemption": "wrong_rating", "reason": "评价针对的是另一事项。"}),),
    ),
    (67, 0.5, SENT),
    (68, 0.6, ()),
    (
        69,
        0.5,
        (
            (0.1, "propose_refusal", "agent", {"refusal": "nuisance", "reason": "反复来电，没有诉求内容。"}),
            (
                0.2,
                "refuse",
                "dispatcher",
                {"refusal": "nuisance", "told": "本次通话没有诉求内容，现予结束；确有需要请再来电。"},
            ),
        ),
    ),
    (70, 1.1, TAKEN),
    (71, 0.6, (*ACCEPT, (0.2, "ask_for_details", "agent", {"question": "请说明是哪条路、靠近哪个门牌。"}))),
    (
        72,
        3.0,
        (
            (0.2, "refuse", "dispatcher", {"refusal": "litigation", "told": "此事已由法院受理，请按法院通知办理。"}),
            (20, "contest", "agent", {"reason": "开庭的是赔偿，我要的是修楼上水管。"}),
        ),
    ),
    (
        73,
        1.4,
        (
            (
                0.3,
                "transfer_out",
                "dispatcher",
                {"target": "discipline", "told": "已转市纪委监委，您的信息不会透露给被反映人。"},
            ),
        ),
    ),
    (74, 9.0, CONTACTED + ((30, "withdraw", "agent", {"reason": "开发商已与业主达成协议，诉求人来电撤诉。"}),)),
)


class Walker:
    """Walks one order along its road, at moments of its own, with people of the city."""

    def __init__(self, rules: Rules, now: datetime) -> None:
        self.rules = rules
        self.now = now
        self._cast = _cast()
        self._photo = pictures.keep(now)[0]

    def walk(self, demand: Mapping[str, Any], days_ago: float, road: Road) -> int:
        self.at = self.now - timedelta(days=days_ago)
        number = self._register(demand)
        for hours, move, who, facts in road:
            self.at = min(self.at + timedelta(hours=hours), self.now)
            found = orders.load(number)
            if found is None:
                raise LookupError(number)
            order = found[0].order
            take(number, move, by=self._who(who, order), now=self.at, facts=self._facts(move, facts, order))
        return number

    def _register(self, demand: Mapping[str, Any]) -> int:
        company = demand["company"] or {}
        known = Known(
            name=demand["name"] or "",
            phone=demand["phone"] or "",
            company=company.get("name", ""),
            credit_code=company.get("credit_code", ""),
        )
        names = ("channel", "kind", "urgency", "matter", "region", "place", "title", "text", "secret", "anonymous")
        facts = {name: demand[name] for name in names if demand[name]}
        by = Actor("system", (("system", ""),)) if demand["channel"] != "phone" else self.role("agent")
        return intake.register(by=by, now=self.at, facts=facts, demander=known).order.number

    def role(self, role: str, unit: str | None = None) -> Actor:
        for (held, of), actor in self._cast.items():
            if held == role and unit in (None, of):
                return actor
        raise LookupError(f"nobody is {role} of {unit}")

    def _who(self, who: str, order: Order) -> Actor:
        part, _, leader = who.partition("_")
        if part not in ("lead", "assist"):
            return self.role(who)
        leg = (order.lead or order.legs[-1]) if part == "lead" else order.assisting[0]
        return self.role("unit_leader" if leader else "unit_clerk", leg.unit)

    def _facts(self, move: str, facts: Any, order: Order) -> dict[str, Any]:
        if isinstance(facts, str):
            return _SPECIAL[facts](self, order)
        given = dict(facts)
        if move == "dispatch":
            given["lead"], given["assist"] = self._units(order, given.pop("assist", None))
        if move == "rule":
            given["lead"] = next(unit for unit in self.others(order) if unit not in order.excluded)
        if isinstance(given.get("request"), str):
            given["request"] = next(one.no for one in order.requests if one.open and one.type == given["request"])
        if given.get("files") == "photo":
            given["files"] = [self._photo]
        for name in ("promise_due", "review_date"):
            if isinstance(given.get(name), int):
                given[name] = self.at + timedelta(days=given[name])
        return given

    def _units(self, order: Order, assist: str | None) -> tuple[str, list[str]]:
        duty = self.rules.duty(order, self.at)
        lead = self.rules.catalog.lead(duty, order.region) if duty else None
        if duty is None or lead is None:
            raise LookupError(f"the catalog names nobody for {order.matter} in {order.region}")
        helpers = [unit for unit in (*duty.assist, *self.others(order)) if unit != lead]
        return lead, helpers[:1] if assist else []

    def others(self, order: Order) -> list[str]:
        held = {leg.unit for leg in order.legs}
        return [unit for unit in ("U0102", "U0401", "U0101") if unit not in held]


def _meeting(walker: Walker, order: Order) -> dict[str, Any]:
    place = "站前大街与解放路口"
    return {
        "units": walker.others(order)[:2],
        "meet_place": place,
        "meet_at": walker.now + timedelta(hours=5),
        "reason": "雨篦子、路面和管线分属几家，请到现场一起看。",
    }


def _instruction(walker: Walker, order: Order) -> dict[str, Any]:
    lead = order.lead
    unit = lead.unit if lead else "CENTER"
    return {"instruction": "积水点年年有，请拿出根治的办法，一周内报我。", "unit": unit}


def _assist(walker: Walker, order: Order) -> dict[str, Any]:
    return {"unit": walker.others(order)[0], "reason": "需要其协助核对合同和付款凭证。"}


_SPECIAL: dict[str, Callable[[Walker, Order], dict[str, Any]]] = {
    "meeting": _meeting,
    "instruction": _instruction,
    "assist": _assist,
}


def load_orders(now: datetime) -> list[int]:
    """Register and walk every demo order up to ``now``, and merge one pair; their numbers in order of registration."""
    walker = Walker(rules_store.current(), now)
    demands = read("demo_orders")
    numbers = [walker.walk(demands[index], days, road) for index, days, road in ROADS]
    at = {index: number for (index, _, _), number in zip(ROADS, numbers, strict=True)}
    take(at[0], "merge_into", by=walker.role("dispatcher"), now=now, facts={"parent": at[2]})
    _chase(walker, at[42])
    return numbers


def _chase(walker: Walker, number: int) -> None:
    for hours in (50, 26, 3):
        at = walker.now - timedelta(hours=hours)
        take(number, "chase", by=walker.role("agent"), now=at, facts={"note": "诉求人来电催问进度。", "via": "phone"})


def _cast() -> dict[tuple[str, str], Actor]:
    """One person for each role of each unit, as the rules see them."""
    found = sql.rows("SELECT r.role, r.unit_id, r.staff_id FROM staff_role r ORDER BY r.id")
    roles: dict[int, list[tuple[str, str]]] = {}
    for role, unit, staff in found:
        roles.setdefault(staff, []).append((role, unit))
    cast: dict[tuple[str, str], Actor] = {}
    for role, unit, staff in found:
        cast.setdefault((role, unit), Actor(f"s{staff}", tuple(roles[staff])))
    return cast
