"""A contact is one approach, whatever came of it: nothing, one order, several, a chase (domain.md §2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jiesu.domain.errors import NotFound
from tests import city
from tests.city import HOUR, MONDAY, ZHOU
from tests.database import Clone, Databases


@pytest.fixture(autouse=True)
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def rows() -> list[tuple[Any, ...]]:
    from jiesu.store import sql  # noqa: PLC0415 - Django can be imported only once it is set up

    return sql.rows("SELECT number, seq, channel, part_of IS NULL FROM contact ORDER BY id")


def register(text: str, contact: int | None = None) -> Any:
    from jiesu.store.people import Known  # noqa: PLC0415 - Django can be imported only once it is set up
    from jiesu.workflow import intake  # noqa: PLC0415 - Django can be imported only once it is set up

    facts = {"channel": "phone", "text": text, "kind": "help"}
    who = Known(name="张小凤", phone="13800001111")
    return intake.register(by=ZHOU, now=MONDAY, facts=facts, demander=who, contact=contact).order


def test_two_orders_of_one_call_are_one_contact() -> None:
    from jiesu.store import contacts  # noqa: PLC0415 - Django can be imported only once it is set up

    first = register("暖气不热")
    call = contacts.of_order(first.number)
    second = register("楼道灯不亮", call)
    third = register("门口积雪", contacts.of_order(second.number))
    assert rows() == [
        (first.number, 1, "phone", True),
        (second.number, 1, "phone", False),
        (third.number, 1, "phone", False),
    ]
    assert contacts.orders_of(call) == [first.number, second.number, third.number]
    assert contacts.of_order(99) is None


def test_a_contact_of_which_nothing_came_yet_takes_what_comes() -> None:
    from jiesu.store import contacts  # noqa: PLC0415 - Django can be imported only once it is set up

    call = contacts.add(at=MONDAY, channel="phone")
    order = register("暖气不热", call)
    assert rows() == [(None, None, "phone", True), (order.number, 1, "phone", False)]
    assert contacts.orders_of(call) == [order.number]


def test_a_chase_is_a_contact_of_its_own() -> None:
    order = city.dispatched(name="张小凤", phone="13800001111")
    chased = city.take(order, "chase", ZHOU, MONDAY + HOUR, {"note": "问进度"})
    city.take(order, "chase", ZHOU, MONDAY + 2 * HOUR, {"via": "portal"})
    assert rows() == [
        (order.number, 1, "phone", True),
        (order.number, chased.version, "phone", True),
        (order.number, chased.version + 1, "web", True),
    ]


def test_who_calls_sees_how_often_he_did() -> None:
    from jiesu.store import caller, contacts  # noqa: PLC0415 - Django can be imported only once it is set up

    first = register("暖气不热")
    register("楼道灯不亮", contacts.of_order(first.number))
    city.take(first, "chase", ZHOU, MONDAY + HOUR, {"note": "问进度"})
    known = caller.known("13800001111", by=ZHOU, now=MONDAY + 2 * HOUR)
    assert (known.contacts_90, [one.chase for one in known.contacts]) == (2, [True, False])


def test_nobody_goes_on_from_an_order_that_never_was() -> None:
    from jiesu.workflow import telling  # noqa: PLC0415 - Django can be imported only once it is set up

    with pytest.raises(NotFound, match="没有工单 2611239999999"):
        telling.again(2611239999999, by=ZHOU, now=MONDAY)
    with pytest.raises(NotFound):
        telling.take_down(by=ZHOU, now=MONDAY, facts={"channel": "phone", "text": "灯不亮"}, after=2611239999999)
    assert rows() == []
