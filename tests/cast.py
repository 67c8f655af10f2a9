"""The people of the stories, a small city's rules, and orders walked there by real moves. Pure data, no store.

``do`` makes one move and returns the order after it; ``refusal`` returns the words of the refusal; ``order_at`` walks
an order to a state along the shortest honest road. Words may be given as plain strings: they are wrapped here with a
salted commitment, as the store does it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from jiesu.domain.apply import apply
from jiesu.domain.case import NOTHING_AROUND, Around
from jiesu.domain.decide import decide
from jiesu.domain.errors import Refused
from jiesu.domain.facts import FACTS
from jiesu.domain.order import SYSTEM, Actor, Event, Order, Text
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE

# -- units of the small city

CENTER, HEAT, HOUSING, WATER = "CENTER", "HEAT", "HOUSING", "WATER"
STREET, JUSTICE, PARKS = "STREET", "JUSTICE", "PARKS"
REPAIR, SITES = "HEAT-1", "HOUSING-1"

# -- people: who acts in the stories

ZHOU: Final = Actor("zhou", (("agent", CENTER),))  # 话务员小周
CHEN: Final = Actor("chen", (("dispatcher", CENTER),))  # 派单员老陈
LIU: Final = Actor("liu", (("unit_clerk", HEAT),))  # 供热公司刘姐
MA: Final = Actor("ma", (("unit_leader", HEAT),))  # 供热公司马经理
REPAIRER: Final = Actor("repairer", (("unit_clerk", REPAIR),))  # 供热公司维修科
HE: Final = Actor("he", (("reviewer", CENTER),))  # 审核员老何
FANG: Final = Actor("fang", (("callback_clerk", CENTER),))  # 回访员小方
DU: Final = Actor("du", (("supervisor", CENTER),))  # 督办员老杜
DENG: Final = Actor("deng", (("supervisor", CENTER),))  # 另一位督办员
CAI: Final = Actor("cai", (("arbiter", CENTER),))  # 裁定人
SONG: Final = Actor("song", (("exemption_approver", JUSTICE),))  # 司法局剔除审批人
SHEN: Final = Actor("shen", (("city_leader", "OFFICE"),))  # 市领导
GUAN: Final = Actor("guan", (("administrator", CENTER),))  # 管理员
BAO: Final = Actor("bao", (("dpo", CENTER),))  # 数据保护官
WU: Final = Actor("wu", (("inspector", CENTER),))  # 质检员
XU: Final = Actor("xu", (("unit_clerk", HOUSING),))  # 住建局联络员
TANG: Final = Actor("tang", (("unit_leader", HOUSING),))  # 住建局领导
LUO: Final = Actor("luo", (("unit_clerk", WATER),))  # 供水公司联络员
JIANG: Final = Actor("jiang", (("unit_leader", WATER),))  # 供水公司领导
GAO: Final = Actor("gao", (("unit_clerk", STREET),))  # 钢城街道联络员
QIN: Final = Actor("qin", (("unit_leader", STREET),))  # 钢城街道领导
RESIDENT: Final = Actor("resident", (("citizen", ""),), person=7001)
NEIGHBOUR: Final = Actor("neighbour", (("citizen", ""),), person=7002)
STRANGER: Final = Actor("stranger", (("unit_clerk", PARKS),))  # 园林中心的人，什么都不该看见
NOBODY: Final = Actor("nobody", ())

PEOPLE: Final = (ZHOU, CHEN, LIU, MA, REPAIRER, HE, FANG, DU, DENG, CAI, SONG, SHEN, GUAN, BAO, WU) + (
    XU,
    TANG,
    LUO,
    JIANG,
    GAO,
    QIN,
    RESIDENT,
    NEIGHBOUR,
    STRANGER,
    NOBODY,
    SYSTEM,
)

# -- matters and places

FEE, COLD, LEAK, SITE, WAGES, STALLS, ESTATE = (
    "heat.fee",
    "heat.cold",
    "heat.leak",
    "site.noise",
    "wages",
    "stalls",
    "estate",
)
CITY, NORTH, SOUTH = "R00", "R01", "R02"

# The year 2026: holidays on weekdays, and the weekends that are worked for them.
_FREE_2026: Final = (
    ["2026-01-01", "2026-01-02"]
    + [f"2026-02-{day}" for day in (16, 17, 18, 19, 20, 23)]
    + ["2026-04-06", "2026-05-01", "2026-05-04", "2026-05-05", "2026-06-19", "2026-09-25"]
    + [f"2026-10-{day:02}" for day in (1, 2, 5, 6, 7)]
)
_WORKED_2026: Final = (
    "2026-01-04",
    "2026-02-14",
    "2026-02-28",
    "2026-05-09",
    "2026-09-20",
    "2026-10-10",
)


def _unit(code: str, name: str, short: str, kind: str, parent: str | None = None) -> dict[str, Any]:
    return {"code": code, "name": name, "short": short, "kind": kind, "parent": parent}


def _limit(clock: str, amount: float, measure: str, *, kind: str = "*", urgency: str = "*") -> dict[str, Any]:
    return {"clock": clock, "kind": kind, "urgency": urgency, "limit": [amount, measure]}


def _duty(matter: str, lead: str, **more: Any) -> dict[str, Any]:
    return {"matter": matter, "region": "*", "lead": lead, "effective_from": "2026-01-01", **more}


def _codes(**names: str) -> list[dict[str, Any]]:
    return [{"code": code, "name": name} for code, name in names.items()]


_HEATING: Final = {"name": "供暖季", "from": "10-20", "to": "04-20", "handle": [24, "hour"], "urgency": "urgent"}

PARTS: Final[Mapping[str, Any]] = {
    "calendar": {
        "announced": [2026],
        "days": {**dict.fromkeys(_FREE_2026, False), **dict.fromkeys(_WORKED_2026, True)},
        "hours": [["09:00", "12:00"], ["13:30", "17:30"]],
        "zone": "Asia/Shanghai",
    },
    "params": {"centre": CENTER},
    "units": [
        _unit(CENTER, "市大数据中心", "热线中心", "centre"),
        _unit(HEAT, "市供热有限公司", "供热公司", "company"),
        _unit(HOUSING, "市住房和城乡建设局", "住建局", "bureau"),
        _unit(WATER, "市供水有限公司", "供水公司", "company"),
        _unit(STREET, "钢城街道办事处", "钢城街道", "subdistrict"),
        _unit(JUSTICE, "市司法局", "司法局", "bureau"),
        _unit(PARKS, "市园林中心", "园林中心", "institution"),
        _unit(REPAIR, "供热公司维修科", "维修科", "section", HEAT),
        _unit(SITES, "住建局工地科", "工地科", "section", HOUSING),
    ],
    "matters": [
        {"code": code, "name": name}
        for code, name in (
            ("heat", "供热"),
            (FEE, "供热收费"),
            (COLD, "室温不达标"),
            (LEAK, "供热管道漏水"),
            ("site", "建设工地"),
            (SITE, "工地噪声"),
            (WAGES, "拖欠工资"),
            (STALLS, "占道经营"),
            (ESTATE, "物业服务"),
        )
    ],
    "regions": [
        {"code": CITY, "name": "全市", "parent": None},
        {"code": NORTH, "name": "钢城街道", "parent": CITY, "unit": STREET},
        {"code": SOUTH, "name": "南湖新区", "parent": CITY},
    ],
    "limits": [
        _limit("intake", 2, "work_hour"),
        _limit("dispatch", 30, "min"),
        _limit("dispatch", 10, "min", urgency="urgent"),
        _limit("dispatch", 5, "min", urgency="emergency"),
        _limit("acknowledge", 1, "work_day"),
        _limit("acknowledge", 30, "min", urgency="urgent"),
        _limit("acknowledge", 15, "min", urgency="emergency"),
        _limit("first_contact", 1, "work_day"),
        _limit("first_contact", 2, "hour", urgency="urgent"),
        _limit("interim", 24, "hour", urgency="urgent"),
        _limit("interim", 2, "hour", urgency="emergency"),
        _limit("handle", 2, "work_day", kind="consultation"),
        _limit("handle", 2, "work_day", kind="suggestion"),
        _limit("handle", 5, "work_day"),
        _limit("handle_complex", 15, "work_day"),
        _limit("extension_max", 10, "work_day"),
        _limit("return_request", 1, "work_day"),
        _limit("return_decision", 4, "work_hour"),
        _limit("return_decision", 15, "min", urgency="urgent"),
        _limit("return_decision", 15, "min", urgency="emergency"),
        _limit("ruling", 1, "work_day"),
        _limit("ruling_final", 10, "work_day"),
        _limit("details", 2, "work_day"),
        _limit("review", 4, "work_hour"),
        _limit("form_fix", 1, "work_day"),
        _limit("callback_first", 1, "work_day"),
        _limit("callback_last", 4, "work_day"),
        _limit("rework", 3, "work_day"),
        _limit("instruction", 3, "work_day"),
        _limit("whistle_answer", 4, "work_hour"),
        _limit("whistle_answer", 15, "min", urgency="emergency"),
    ],
    "reasons": {
        "refusal": [
            {"code": "litigation", "name": "已进入诉讼", "door": "诉讼"},
            {"code": "petition", "name": "信访已在办理", "door": "信访"},
            {"code": "no_content", "name": "没有具体诉求"},
        ],
        "transfer": _codes(police="110", province="省平台"),
        "send_back": [
            {"code": "no_file", "name": "缺附件", "type": "form"},
            {"code": "not_answered", "name": "答非所问", "type": "substance"},
        ],
        "exemption": _codes(unreasonable="不合理诉求", no_means="客观条件不具备"),
        "late_entry": _codes(outage="系统故障", letter="纸质来信"),
    },
    "catalog": [
        _duty("heat", HEAT, legal_basis="《供热条例》第十条", fields=["measures"]),
        _duty(COLD, HEAT, assist=[HOUSING], season=_HEATING),
        _duty(LEAK, HEAT, handle=[3, "work_day"], fields=["photo", "measures"]),
        _duty("site", HOUSING, assist=[PARKS], must_lead_by_law=True, legal_basis="《建筑法》第四十一条"),
        _duty(
            WAGES,
            HOUSING,
            fields=["statutory_number"],
            statutory={"name": "劳动保障监察", "limit": [60, "day"]},
        ),
        _duty(STALLS, "@subdistrict", fields=["why_not"]),
    ],
    "declared": [],
}


def parts(**changes: Any) -> dict[str, Any]:
    """The small city's parts. A mapping is laid over the city's own, anything else takes its place."""
    laid = {name: {**PARTS[name], **value} if isinstance(value, Mapping) else value for name, value in changes.items()}
    return {**PARTS, **laid}


def rules(**changes: Any) -> Rules:
    """A snapshot of the small city, with ``changes`` as in ``parts``."""
    return Rules.from_parts(parts(**changes))


RULES: Final = rules()

# -- time and words


def local(text: str) -> datetime:
    """A moment given in city time: "2026-11-23 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


MONDAY: Final = local("2026-11-23 10:00")


def words(plain: str) -> Text:
    """Words with their salted commitment; the salt is fixed here so that a story always gives the same record."""
    return Text(plain, hashlib.sha256(b"salt of the stories" + plain.encode()).hexdigest())


def photo(seed: str = "photo") -> list[str]:
    """The list of one uploaded file, by its digest."""
    return [hashlib.sha256(seed.encode()).hexdigest()]


def told(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with plain words wrapped where the move expects words."""
    return {
        name: words(value)
        if isinstance(value, str) and name in FACTS and FACTS[name].type in ("text", "line")
        else value
        for name, value in facts.items()
    }


# -- acting


def tried(
    order: Order,
    move: str,
    who: Actor,
    at: datetime | str | None = None,
    *,
    by_rules: Rules = RULES,
    around: Around = NOTHING_AROUND,
    **facts: Any,
) -> Event | Refused:
    """What ``decide`` answers. ``at`` is a moment, city time in words, or None for the order's last moment."""
    now = local(at) if isinstance(at, str) else at or order.last_at or MONDAY
    return decide(order, move, who, told(facts), by_rules, now, around)


def event(order: Order, move: str, who: Actor, at: datetime | str | None = None, **facts: Any) -> Event:
    """The event of a move that must be lawful; the refusal is raised otherwise."""
    answer = tried(order, move, who, at, **facts)
    if isinstance(answer, Refused):
        raise answer
    return answer


def do(order: Order, move: str, who: Actor, at: datetime | str | None = None, **facts: Any) -> Order:
    """The order after a move that must be lawful. Takes ``by_rules`` and ``around`` as ``tried`` does."""
    return apply(order, event(order, move, who, at, **facts))


def refusal(order: Order, move: str, who: Actor, at: datetime | str | None = None, **facts: Any) -> str:
    """The words with which a move is refused; AssertionError when it is not."""
    answer = tried(order, move, who, at, **facts)
    if isinstance(answer, Event):
        raise AssertionError(f"{move} was not refused")
    return answer.message


# -- roads: (move, who, at, facts)

Step = tuple[str, Actor, str, Mapping[str, Any]]

REPLY: Final[Mapping[str, Any]] = {
    "public_reply": "多收的费用已退还，并重新核对了面积。",
    "claim": "solved",
    "measures": "核对面积，退还差额",
    "internal_note": "账单录入错误",
}
RETURN: Final[Mapping[str, Any]] = {
    "legal_basis": "《物业管理条例》第四十一条",
    "evidence": "收费单由物业开具",
    "leader_name": "马经理",
    "proper_unit": HOUSING,
}

_REGISTER: Final[Step] = (
    "register",
    ZHOU,
    "2026-11-23 10:00",
    {
        "channel": "phone",
        "text": "供热公司按建筑面积多收了我家的取暖费",
        "kind": "complaint",
        "matter": FEE,
        "region": NORTH,
        "person": 7001,
    },
)
_ACCEPT: Final[Step] = ("accept", CHEN, "2026-11-23 10:05", {})
_DISPATCH: Final[Step] = ("dispatch", CHEN, "2026-11-23 10:10", {"lead": HEAT})
_ACKNOWLEDGE: Final[Step] = ("acknowledge", LIU, "2026-11-23 10:30", {})
_CONTACT: Final[Step] = (
    "first_contact",
    LIU,
    "2026-11-23 11:00",
    {"contact": "reached", "note": "已和住户核对账单"},
)
_REPLY: Final[Step] = ("reply", MA, "2026-11-24 10:30", REPLY)
_PASS: Final[Step] = ("pass_review", HE, "2026-11-24 11:00", {})
_CALL: Final[Step] = (
    "callback_attempt",
    FANG,
    "2026-11-25 09:30",
    {"attempt": "answered", "resolved": "resolved", "rating": "satisfied"},
)

_TO_HANDLING: Final = (_REGISTER, _ACCEPT, _DISPATCH, _ACKNOWLEDGE)
_TO_CALLBACK: Final = (*_TO_HANDLING, _CONTACT, _REPLY, _PASS)

ROADS: Final[Mapping[str, Sequence[Step]]] = {
    "new": (),
    "received": (_REGISTER,),
    "accepted": (_REGISTER, _ACCEPT),
    "needs_details": (
        _REGISTER,
        _ACCEPT,
        ("ask_for_details", CHEN, "2026-11-23 10:08", {"question": "请告知房号和缴费单号"}),
    ),
    "dispatched": (_REGISTER, _ACCEPT, _DISPATCH),
    "handling": _TO_HANDLING,
    "ruling": (
        *_TO_HANDLING,
        ("request_return", LIU, "2026-11-23 11:00", RETURN),
        ("refer_to_ruling", CHEN, "2026-11-23 11:30", {"reason": "两家都说不归自己管"}),
    ),
    "shelved": (
        *_TO_HANDLING,
        ("request_shelve", MA, "2026-11-23 11:00", {"plan": "待管网改造", "review_date": local("2026-12-23 10:00")}),
        ("shelve", DU, "2026-11-23 11:30", {"request": 1}),
    ),
    "replied": (*_TO_HANDLING, _CONTACT, _REPLY),
    "callback": _TO_CALLBACK,
    "closed": (*_TO_CALLBACK, _CALL, ("close", FANG, "2026-11-25 09:35", {})),
}

NUMBER: Final = 2611230000001


def walk(order: Order, steps: Sequence[Step]) -> Order:
    """``order`` after these steps, all of them lawful."""
    for move, who, at, facts in steps:
        order = do(order, move, who, at, **facts)
    return order


@lru_cache(maxsize=256)
def order_at(state: str, number: int = NUMBER) -> Order:
    """An order in ``state``: a complaint about heating fees, led by the heating company, on Monday 23 November 2026.

    One order is shared by all who ask for it; moves never change the order they start from.
    """
    return walk(Order(number), ROADS[state])


def events_to(state: str, number: int = NUMBER) -> list[Event]:
    """The events of the road to ``state``."""
    order, made = Order(number), []
    for move, who, at, facts in ROADS[state]:
        made.append(event(order, move, who, at, **facts))
        order = apply(order, made[-1])
    return made
