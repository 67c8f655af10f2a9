"""Exemption through the verbs: two people, not the one who asked, not both of the centre, not after the freeze."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.assessment import freezing
from jiesu.domain import windows
from jiesu.domain.errors import Refused
from jiesu.domain.order import Actor, Order
from jiesu.store import orders, sql
from tests import city
from tests.city import CENTER, DU, HEAT, HOUR, MA, MONDAY, local
from tests.database import Clone, Databases

DENG: Final = Actor("s920", (("supervisor", CENTER),))  # 另一位督办员
SONG: Final = Actor("s921", (("exemption_approver", "U0132"),))  # 司法局剔除审批人
BOTH: Final = Actor("s906", (("unit_leader", HEAT), ("exemption_approver", "U0132")))  # 马经理，兼任审批人
WHY: Final = {"exemption": "unreasonable", "reason": "要求免交全部取暖费"}
FROZEN: Final = "这个月的数据已定稿公布，不能再剔除；确有错误的，请走更正"


@pytest.fixture(autouse=True)
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def unhappy() -> Order:
    """Closed by a supervisor although the citizen is not content."""
    order = city.replied()
    city.take(order, "pass_review", city.HE, MONDAY + 2 * HOUR)
    call = {"attempt": "answered", "resolved": "resolved", "rating": "dissatisfied"}
    city.take(order, "callback_attempt", city.FANG, MONDAY + 3 * HOUR, call)
    return city.take(order, "close", DU, MONDAY + 3 * HOUR, {"reason": "检测达标，已当面解释"})


def ask(order: Order, by: Actor = MA, at: str = "2026-11-26 09:00") -> Order:
    return city.take(order, "request_exemption", by, local(at), WHY)


def approve(order: Order, by: Actor, at: str = "2026-11-26 10:00") -> Order:
    return city.take(order, "approve_exemption", by, local(at), {"request": 1})


def refused(order: Order, by: Actor, at: str = "2026-11-26 11:00") -> str:
    """The words with which an approval is refused; nothing is written."""
    before = standing(order)
    with pytest.raises(Refused) as said:
        approve(order, by, at)
    assert standing(order) == before
    return said.value.message


def standing(order: Order) -> tuple[int, str | None, str | None, str | None, bool]:
    held = orders.load(order.number)
    assert held is not None
    now = held[0].order
    return now.version, now.rating, now.first_rating, now.resolved, now.exempt


def freeze(month: str, now: str) -> None:
    freezing.freeze(windows.read(month), by=DU, now=local(now))


def test_who_cannot_take_an_order_out_of_the_assessment_and_that_the_rating_stays() -> None:
    order = ask(unhappy())
    assert standing(order) == (10, "dissatisfied", "dissatisfied", "resolved", False)
    assert refused(order, BOTH) == "申请人不能审批自己的申请"
    approve(order, DU)
    assert refused(order, DU) == "您已同意过，须由另一人审批"
    assert refused(order, DENG) == "两名审批人不能都来自热线中心，请由中心以外的审批人审批"
    assert standing(order) == (11, "dissatisfied", "dissatisfied", "resolved", False)
    approve(order, SONG)
    assert standing(order) == (12, "dissatisfied", "dissatisfied", "resolved", True)


def test_after_the_freeze_nobody_asks_and_nobody_agrees() -> None:
    asked, other = ask(unhappy()), city.closed()
    approve(asked, DU)
    freeze("2026-11", "2026-12-09 09:00")
    assert refused(asked, SONG, "2026-12-09 10:00") == FROZEN
    with pytest.raises(Refused, match=FROZEN):
        ask(other, at="2026-12-09 10:00")
    assert standing(asked) == (11, "dissatisfied", "dissatisfied", "resolved", False)
    assert sql.value("SELECT count(*) FROM fact_order WHERE exempt") == 0


def test_what_still_counts_in_a_month_that_is_not_frozen_may_be_taken_out() -> None:
    late = city.handling(local("2026-11-30 10:00"), name="张小凤", phone="13800001111")  # due in December
    open_ = city.handling()
    freeze("2026-11", "2026-12-09 09:00")
    assert ask(open_, at="2026-12-09 10:00").requests[0].state == "open"
    city.take(late, "first_contact", city.LIU, local("2026-12-09 10:00"), {"contact": "reached", "note": "约好了"})
    city.take(late, "reply", MA, local("2026-12-09 11:00"), {**city.REPLY, "files": [city.photo(MONDAY)]})
    city.take(late, "pass_review", city.HE, local("2026-12-09 12:00"))
    call = {"attempt": "answered", "resolved": "resolved", "rating": "satisfied"}
    city.take(late, "callback_attempt", city.FANG, local("2026-12-09 14:00"), call)
    city.take(late, "close", city.FANG, local("2026-12-09 14:00"))
    approve(ask(late, at="2026-12-09 15:00"), DU, "2026-12-09 16:00")
    freeze("2026-12", "2027-01-12 09:00")
    assert refused(late, SONG, "2027-01-12 10:00") == FROZEN


def test_the_freeze_is_looked_up_in_one_statement_and_only_for_these_moves() -> None:
    order = ask(city.closed())
    with CaptureQueriesContext(connection) as django, sql.counting() as counted:
        approve(order, DU)
    assert len(django) + len(counted) == 3
    assert sum("FROM publication" in one for one in counted) == 1
    with sql.counting() as counted:
        city.take(order, "note", DU, local("2026-11-27 09:00"), {"note": "已核对"})
    assert not any("publication" in one for one in counted)
