"""Orders in a real database: the demo city's rules, the people of the stories, roads walked by real verbs.

A module's own ``db`` is ``databases.clone("city", city.build)``.
"""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from jiesu.domain.order import Actor, Order
from jiesu.domain.workdays import CITY_ZONE

CENTER, HEAT, HOUSING = "CENTER", "U0301", "U0101"
ZHOU: Final = Actor("s901", (("agent", CENTER),))  # 话务员小周
CHEN: Final = Actor("s902", (("dispatcher", CENTER),))  # 派单员老陈
DU: Final = Actor("s903", (("supervisor", CENTER),))  # 督办员老杜
HE: Final = Actor("s904", (("reviewer", CENTER),))  # 审核员老何
LIU: Final = Actor("s905", (("unit_clerk", HEAT),))  # 供热公司刘姐
MA: Final = Actor("s906", (("unit_leader", HEAT),))  # 供热公司马经理
XU: Final = Actor("s907", (("unit_clerk", HOUSING),))  # 住建局联络员
FANG: Final = Actor("s909", (("callback_clerk", CENTER),))  # 回访员小方
BAO: Final = Actor("s910", (("dpo", CENTER),))  # 数据保护官
GUAN: Final = Actor("s911", (("administrator", CENTER),))  # 管理员
STRANGER: Final = Actor("s908", (("unit_clerk", "U0114"),))  # 别的单位的人，什么都不该看见


def local(text: str) -> datetime:
    """A moment given in city time: "2026-11-23 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


MONDAY: Final = local("2026-11-23 10:00")
HOUR: Final = timedelta(hours=1)
REPLY: Final = {
    "public_reply": "裸露的管道已重新包好保温层。",
    "claim": "solved",
    "measures": "更换保温层 40 米",
    "internal_note": "旧保温层年久脱落",
}
PHOTO: Final = b"\x89PNG: a pipe in its new coat"


def build() -> None:
    """The demo city as it stood on the evening before the stories begin; no orders."""
    from jiesu.demo import load as demo

    demo.load_city(now=MONDAY - timedelta(hours=14))


def registered(at: datetime = MONDAY, *, name: str = "", phone: str = "", **facts: Any) -> Order:
    """A demand about bare heating pipes, just taken down by 小周; anonymous unless there is a name or a phone."""
    from jiesu.store.people import Known
    from jiesu.workflow.intake import register

    told = {"channel": "phone", "text": "楼外的热力管道没有保温", "kind": "help", "matter": "03.06", "region": "R0103"}
    return register(by=ZHOU, now=at, facts={**told, **facts}, demander=Known(name=name, phone=phone)).order


def accepted(at: datetime = MONDAY, **facts: Any) -> Order:
    order = registered(at, **facts)
    return take(order, "accept", CHEN, at)


def dispatched(
    at: datetime = MONDAY, *, lead: str = HEAT, assist: Sequence[str] = (), urgency: str = "normal", **facts: Any
) -> Order:
    """With the heating company, who has not yet acknowledged."""
    order = accepted(at, urgency=urgency, **facts)
    return take(order, "dispatch", CHEN, at, {"lead": lead, **({"assist": list(assist)} if assist else {})})


def handling(at: datetime = MONDAY, *, urgency: str = "normal", **facts: Any) -> Order:
    """Acknowledged by 刘姐 and in her hands."""
    return take(dispatched(at, urgency=urgency, **facts), "acknowledge", LIU, at)


def replied(at: datetime = MONDAY, *, name: str = "张小凤", phone: str = "13800001111", **facts: Any) -> Order:
    """刘姐 has called the citizen and 马经理 has replied; the centre has not looked at it yet."""
    order = handling(at, name=name, phone=phone, **facts)
    take(order, "first_contact", LIU, at + HOUR, {"contact": "reached", "note": "已和住户约好上门时间"})
    return take(order, "reply", MA, at + 2 * HOUR, {**REPLY, "files": [photo(at)]})


def photo(at: datetime, content: bytes = PHOTO) -> str:
    """A picture uploaded by 马经理; its digest."""
    from jiesu.store import files

    return files.save(content, name="现场照片.png", mime="image/png", by=MA.id, now=at)


def closed(at: datetime = MONDAY, *, rating: str = "satisfied", **facts: Any) -> Order:
    """Called back by 小方, rated and closed: nine events in three hours."""
    order = replied(at, **facts)
    take(order, "pass_review", HE, at + 2 * HOUR)
    call = {"attempt": "answered", "resolved": "resolved", "rating": rating, "opinion": "师傅很负责"}
    take(order, "callback_attempt", FANG, at + 3 * HOUR, call)
    return take(order, "close", FANG, at + 3 * HOUR)


def take(order: Order, move: str, by: Actor, at: datetime, facts: Mapping[str, Any] | None = None) -> Order:
    """One real move; the order after it."""
    from jiesu.workflow import step

    return step.take(order.number, move, by=by, now=at, facts=facts).order
