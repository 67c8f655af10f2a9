"""Orders and calls that went through the hands of people who can sign in, and what was drawn of them."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from jiesu.domain.order import SYSTEM, Actor, Order
from tests import city, exchange
from tests.city import HEAT, HOUR, MONDAY, local
from tests.web.desk import AGENT, CALLER, DISPATCHER, HEAT_CLERK, HEAT_LEADER, REVIEWER

SECOND: Final = "zhijian2"
TUESDAY: Final = local("2026-11-24 09:00")


def account(login: str) -> Actor:
    """Somebody of the demo city with the roles that he holds."""
    from jiesu.store import sql, staff

    found = staff.actor(sql.value("SELECT id FROM staff WHERE login = %s", (login,)), MONDAY)
    assert found is not None
    return found


def name(login: str) -> str:
    from jiesu.store import sql

    return str(sql.value("SELECT name FROM staff WHERE login = %s", (login,)))


def closed(at: datetime = MONDAY, *, reply: str = "", **facts: Any) -> Order:
    """A complaint about bare pipes: registered by 周敏, sent by 陈亮, answered by the heating company, closed."""
    from jiesu.store.people import Known
    from jiesu.workflow.intake import register

    told = {"channel": "phone", "text": "楼外的热力管道没有保温", "kind": "help", "matter": "03.06", "region": "R0103"}
    known = Known(name="张小凤", phone="13800001111")
    order = register(by=account(AGENT), now=at, facts={**told, **facts}, demander=known).order
    answer = {**city.REPLY, **({"public_reply": reply} if reply else {}), "files": [city.photo(at)]}
    call = {"attempt": "answered", "resolved": "resolved", "rating": "satisfied", "opinion": "师傅很负责"}
    steps: tuple[tuple[str, str, float, dict[str, Any]], ...] = (
        ("accept", DISPATCHER, 0, {}),
        ("dispatch", DISPATCHER, 0, {"lead": HEAT}),
        ("acknowledge", HEAT_CLERK, 0, {}),
        ("first_contact", HEAT_CLERK, 1, {"contact": "reached", "note": "已约好上门"}),
        ("reply", HEAT_LEADER, 2, answer),
        ("pass_review", REVIEWER, 2, {}),
        ("callback_attempt", CALLER, 3, call),
        ("close", CALLER, 3, {}),
    )
    for move, who, hours, given in steps:
        if move == "first_contact" and order.kind == "report":
            continue
        order = city.take(order, move, account(who), at + hours * HOUR, given)
    return order


def drawn(order: Order, at: datetime = TUESDAY, signal: str = "template", **given: Any) -> int:
    """The order in the sample by a signal; its inspection."""
    from jiesu.store import sql
    from jiesu.workflow import quality

    assert quality.propose(order.number, signal=signal, reason="三天里五件答复一样", by=SYSTEM, now=at, **given)
    return int(sql.value("SELECT max(id) FROM inspection"))


def called(call: str = "x1", *, due: float = 1, **more: Any) -> int:
    """A call that 周敏 took, in the sample and to be looked at in so many days; its inspection."""
    from jiesu.store import sql

    number = exchange.tell(call, exchange.talk(**more))
    sql.run(
        "INSERT INTO inspection (thing, look, subject, call, no, signal, reason, whom, day, at, by, due_at)"
        " VALUES (%s, 1, 'call', %s, 0, 'short_call', '只说了 12 秒', %s, %s, %s, 'system', %s)",
        (f"c{number}", number, account(AGENT).id, TUESDAY.date(), TUESDAY, TUESDAY + due * 24 * HOUR),
    )
    return int(sql.value("SELECT max(id) FROM inspection"))


def sheet(subject: str = "order", **less: tuple[str, str]) -> dict[str, str]:
    """A form of this subject with the best of everything, but what is named: points and why."""
    from jiesu.store import quality_rules

    found = {"sheet": "1"}
    for one in quality_rules.sheet(subject, 1).items:
        points, why = less.get(one.code, (str(one.levels[0][0]), ""))
        found |= {f"p.{one.code}": points, f"n.{one.code}": why}
    return found
