"""Appeals of a month: the unit sees its own with the days that count, the centre sees all, with their outcome."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.domain.order import Actor, Order
from jiesu.store import sql
from tests import city
from tests.city import HEAT, HOUR, MA, MONDAY, local
from tests.web.bulletin.month import MONTH, OVER, frozen
from tests.web.desk import AGENT, APPROVER, HEAT_CLERK, HOUSING_CLERK, LEADER, SUPERVISOR, Desk, order_of

PAGE = f"/bulletin/appeals?month={MONTH}"


def actor(login: str) -> Actor:
    from jiesu.store import staff

    found = staff.actor(sql.value("SELECT id FROM staff WHERE login = %s", (login,)), OVER)
    assert found is not None
    return found


def exemption(order: Order, at: Any = OVER) -> Order:
    return city.take(order, "request_exemption", MA, at, {"exemption": "unreasonable", "reason": "要求免交全部取暖费"})


def the_orders() -> list[Order]:
    rows = sql.rows("SELECT number FROM work_order WHERE lead_unit = %s AND state = 'closed' ORDER BY number", (HEAT,))
    return [order_of(number) for (number,) in rows[:3]]


def test_a_unit_appeals_two_decide_and_the_centre_sees_what_became_of_each(desk: Desk) -> None:
    desk.at = OVER
    first, second, third = the_orders()
    exemption(first)
    exemption(second, OVER + HOUR)
    exemption(third, OVER + 2 * HOUR)
    desk.at = OVER + timedelta(days=1)
    page = desk.get(HEAT_CLERK, PAGE)
    assert "2026-11：还没有预公布。12月1日 预公布，申诉到 12月3日，12月7日 前审完，12月8日 定稿。" in page.words
    assert "本单位的申诉 3 件" in page.words
    assert "这个月没有申诉。" in desk.get(HOUSING_CLERK, PAGE).words
    approver, supervisor = actor(APPROVER), actor(SUPERVISOR)
    city.take(first, "approve_exemption", supervisor, desk.at, {"request": 1})
    city.take(first, "approve_exemption", approver, desk.at, {"request": 1})
    city.take(second, "approve_exemption", approver, desk.at, {"request": 1})
    why = {"request": 1, "reason": "入户核查，诉求属实，不符合剔除条件"}
    city.take(third, "refuse_exemption", supervisor, desk.at, why)
    page = desk.get(LEADER, PAGE)
    assert "全部 3 待审 1 同意 1 查否（不同意） 1" in page.words
    assert "剔除：诉求超出法律法规和政策规定" in page.words
    assert "董春梅（热线中心）、谭志和（中心以外） 同意" in page.words
    assert "一人已同意，还差一人" in page.words
    assert "入户核查，诉求属实，不符合剔除条件" in desk.get(HEAT_CLERK, f"{PAGE}&state=refused").words
    assert desk.get(LEADER, f"{PAGE}&state=agreed").rows == [first.number]
    assert desk.get(LEADER, f"{PAGE}&state=x").rows == [third.number, second.number, first.number]
    assert "张小凤" not in page.html


def test_a_late_entry_is_an_appeal_too_and_another_months_is_not_here(desk: Desk) -> None:
    desk.at = local("2026-12-02 09:00")
    late = order_of(sql.value("SELECT number FROM fact_limit WHERE clock = 'acknowledge' AND NOT in_time"))
    claim = {"act": "acknowledge", "claimed_at": MONDAY + HOUR, "late_reason": "outage", "evidence": "停机时的签收登记"}
    city.take(late, "claim_late_entry", city.LIU, desk.at, claim)
    exemption(city.dispatched(desk.at), desk.at)
    page = desk.get(SUPERVISOR, PAGE)
    assert "补录签收" in page.words
    assert page.rows == [late.number]
    frozen(local("2026-12-08 09:00"))
    assert "2026-11：已定稿，不再受理剔除；确有错误的走更正。" in desk.get(SUPERVISOR, PAGE).words


def test_the_units_month_leads_to_its_appeals(desk: Desk) -> None:
    desk.at = OVER
    page = desk.get(HEAT_CLERK, f"/unit/month?month={MONTH}")
    assert f'href="/bulletin/appeals?month={MONTH}"' in page.html
    assert desk.get(AGENT, PAGE).status == 403


def test_the_list_costs_few_statements(desk: Desk) -> None:
    from jiesu.store import rules

    desk.at = OVER
    for order in the_orders():
        exemption(order)
    for who in (SUPERVISOR, HEAT_CLERK):
        browser = desk.browser(who)
        rules.current()
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert browser.get(PAGE).status_code == 200
        assert len(ours) + len(djangos) == 5
