"""The campaign's own checks see what they are there to see: each fault, made by hand, is found and named."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from campaigns import checks
from campaigns.journal import Line
from campaigns.kills import MARKS
from jiesu.domain.order import Actor, Order
from tests import city
from tests.database import Clone, Databases

PEER = Actor("t1", (("dispatcher", city.CENTER),))


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


@pytest.fixture
def told(db: Clone) -> tuple[Order, list[Line]]:
    """An order that a client made, with its words, and moved once; and what the client wrote down."""
    order = city.take(registered("k1"), "accept", PEER, city.MONDAY)
    return order, [
        Line("send", "k1", "register"),
        Line("done", "k1", "register", order.number, 1),
        Line("send", "k2", "accept", order.number, 1),
        Line("done", "k2", "accept", order.number, 2),
    ]


def test_a_record_that_holds_everything_is_clean(told: tuple[Order, list[Line]]) -> None:
    found = checks.check(told[1], MARKS)
    assert found == checks.Findings(acknowledged=2, orders=1, events=2)
    assert found.clean


def test_an_acknowledged_move_that_is_not_there_is_lost(told: tuple[Order, list[Line]]) -> None:
    order, lines = told
    later = Line("done", "k3", "dispatch", order.number, 3)
    other = Line("done", "k4", "register", order.number + 1, 1)
    found = checks.check([*lines, later, other], MARKS)
    assert (found.lost, found.clean) == ([later, other], False)


def test_two_orders_for_one_key_and_two_moves_for_one_wish_are_found(told: tuple[Order, list[Line]]) -> None:
    order, lines = told
    registered("k1")
    city.take(order, "note", PEER, city.MONDAY, {"note": "一次"})
    city.take(order, "note", PEER, city.MONDAY, {"note": "又一次"})
    wished = Line("done", "k3", "note", order.number, 3)
    elsewhere = Line("done", "k1", "register", order.number + 1, 1)
    found = checks.check([*lines, wished, elsewhere], MARKS)
    assert found.made_twice == ["order k1", "key k1", f"move {order.number} note"]


def test_an_event_that_is_gone_is_a_gap(db: Clone, told: tuple[Order, list[Line]]) -> None:
    order, lines = told
    tamper(db, "DELETE FROM event WHERE number = %s AND seq = 1", order.number)
    found = checks.check(lines, MARKS)
    assert (found.gaps, [line.move for line in found.lost]) == ([order.number], ["register"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE work_order SET state = 'closed' WHERE number = %s",
        "UPDATE work_order SET head = decode('00', 'hex') WHERE number = %s",
        "UPDATE work_order SET doc = jsonb_set(doc, '{state}', '\"closed\"') WHERE number = %s",
        "DELETE FROM order_text WHERE number = %s",
    ],
)
def test_half_a_move_is_found(db: Clone, told: tuple[Order, list[Line]], statement: str) -> None:
    order, lines = told
    tamper(db, statement, order.number)
    assert checks.check(lines, MARKS).half == [order.number]


def test_an_event_without_its_order_is_half_a_move(db: Clone, told: tuple[Order, list[Line]]) -> None:
    order, lines = told
    tamper(db, "DELETE FROM work_order WHERE number = %s", order.number)
    found = checks.check(lines, MARKS)
    assert (found.half, len(found.lost)) == ([order.number], 2)


def registered(key: str) -> Order:
    return city.registered(text=f"暖气不热。登记号：{key}。")


def tamper(db: Clone, statement: str, number: int) -> None:
    """As only a crash or a hand could: past every guard."""
    with psycopg.connect(db.url("super"), autocommit=True) as link:
        link.execute("SET session_replication_role = replica")
        link.execute(statement.encode(), (number,))
