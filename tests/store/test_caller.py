"""Who calls: what stands at the left of the intake desk before the caller has said a word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from jiesu.domain.order import Actor
from tests import city
from tests.city import CHEN, FANG, HOUR, LIU, MONDAY, ZHOU
from tests.database import Clone, Databases

PHONE, DAY = "13800001111", timedelta(days=1)
LATER = MONDAY + DAY


@pytest.fixture(autouse=True)
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def known(phone: str = PHONE, by: Actor = ZHOU) -> Any:
    from jiesu.store import caller  # noqa: PLC0415 - Django can be imported only once it is set up

    return caller.known(phone, by=by, now=LATER)


def test_a_number_that_nobody_knows() -> None:
    assert not known()
    assert not known("")
    assert known().signs == ()


def test_open_orders_come_first_then_what_was_answered() -> None:
    done = city.closed(name="张小凤", phone=PHONE)
    open_ = city.dispatched(MONDAY + HOUR, name="张小凤", phone=PHONE)
    found = known("+86 138-0000-1111")
    (who,) = found.people
    assert (who.known.name, who.known.phone, who.orders, who.open, who.guarded) == ("张小凤", PHONE, 2, 1, False)
    assert [(one.number, one.lead_unit) for one in found.open] == [(open_.number, "U0301")]
    (closed,) = found.closed
    assert (closed.number, closed.outcome, closed.rating) == (done.number, "solved", "satisfied")
    assert closed.answer == city.REPLY["public_reply"]
    assert found.signs == ("90 天内第 3 次联系", "有 1 件在办")
    assert not closed.is_open


def test_a_family_of_one_number() -> None:
    city.registered(name="张小凤", phone=PHONE)
    city.registered(MONDAY + HOUR, name="李大海", phone=PHONE)
    assert [one.known.name for one in known().people] == ["李大海", "张小凤"]
    assert len(known().open) == 2


def test_signs_of_what_was_before() -> None:
    for hour in range(3):
        city.registered(MONDAY + hour * HOUR, name="张小凤", phone=PHONE, kind="nuisance")
    praise = city.registered(MONDAY + 3 * HOUR, name="张小凤", phone=PHONE, kind="praise")
    city.take(praise, "inform", CHEN, MONDAY + 3 * HOUR, {"to_unit": "U0301"})
    assert known().signs == ("骚扰记录 3 次", "90 天内第 5 次联系", "有 3 件在办", "表扬过 1 次")


def test_a_reporter_is_not_named_to_those_who_may_not_know() -> None:
    city.registered(name="张小凤", phone=PHONE, kind="report")
    (who,) = known().people
    assert (who.guarded, who.known.name, who.known.phone) == (True, "张**", PHONE)
    (who,) = known(by=CHEN).people
    assert (who.known.name, who.known.phone) == ("张**", "138****1111")


def test_a_unit_learns_nothing_of_who_calls() -> None:
    city.dispatched(name="张小凤", phone=PHONE, title="管道没有保温")
    found = known(by=LIU)
    assert [one.known.name for one in found.people] == [""]
    assert [one.title for one in found.open] == ["（不在您的查看范围）"]
    assert known(by=FANG).open[0].title == "管道没有保温"


def test_it_costs_three_statements_whatever_the_history() -> None:
    from jiesu.store import sql  # noqa: PLC0415 - Django can be imported only once it is set up

    for hour in range(25):
        city.registered(MONDAY + hour * HOUR / 4, name="张小凤", phone=PHONE)
    with sql.counting() as made:
        found = known()
    assert len(made) == 3
    assert (len(found.open), len(found.contacts), found.people[0].orders) == (20, 20, 25)
    assert found.signs == ("90 天内第 26 次联系", "有 25 件在办")
