"""How many statements a call costs (architecture.md §5): 6 for a move, 5 for a list, BEGIN and COMMIT not counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests.api.caller import DEMAND, REPLY, Callers, Said
from tests.city import HEAT


@pytest.fixture
def cost(callers: Callers) -> Iterator[Callable[[Callable[[], Said]], int]]:
    """The statements of one call, once this process knows the city's rules."""
    callers.get("zhou", "/moves")

    def count(call: Callable[[], Said]) -> int:
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            said = call()
        assert said.status in (200, 201, 409), said.body
        begun = [one["sql"] for one in djangos if one["sql"] not in ("BEGIN", "COMMIT", "ROLLBACK")]
        return len(ours) + len(begun)

    return count


Cost = Callable[[Callable[[], Said]], int]


def test_registering_costs_at_most_six(callers: Callers, cost: Cost) -> None:
    def send(key: str | None = None, **changes: object) -> Callable[[], Said]:
        headers = {"Idempotency_Key": key} if key else {}
        body = {name: value for name, value in {**DEMAND, **changes}.items() if value is not None}
        return lambda: callers.post("zhou", "/orders", body, **headers)

    assert cost(send("1")) == 4  # token and key, serial, who it is, the order with a new person and the key
    assert cost(send("2")) == 4
    assert cost(send("2")) == 2  # the same again
    assert cost(send()) == 4
    assert cost(send(demander=None)) == 3


def test_a_move_costs_at_most_six(callers: Callers, cost: Cost) -> None:
    number = callers.handling()

    def move(who: str, name: str, version: int, **facts: object) -> Callable[[], Said]:
        return lambda: callers.move(who, number, name, version, **facts)

    assert cost(move("liu", "first_contact", 4, contact="reached", note="已约好")) == 3  # token, order, event
    assert cost(move("ma", "reply", 4, **REPLY)) == 4  # what came since the version that was seen
    assert cost(move("ma", "reply", 4, **REPLY)) == 4  # lost: how the order stands now
    assert cost(move("he", "pass_review", 6)) == 3


def test_merging_moves_two_orders_and_costs_six(callers: Callers, cost: Cost) -> None:
    number, parent = callers.handling(), callers.handling()
    assert cost(lambda: callers.move("chen", number, "merge_into", 4, parent=parent, reason="同一件事")) == 6
    assert callers.get("chen", f"/orders/{parent}").body["children"] == [number]


def test_closing_with_children_and_opening_a_field_cost_four(callers: Callers, cost: Cost) -> None:
    number, child = callers.handling(), callers.handling()
    callers.done("chen", child, "merge_into", parent=number, reason="同一件事")
    assert cost(lambda: callers.move("chen", number, "reveal", None, field="phone", reason="核对号码")) == 4
    callers.done("liu", number, "first_contact", contact="reached", note="已约好")
    callers.done("ma", number, "reply", **REPLY)
    callers.done("he", number, "pass_review")
    for one in (number, child):
        callers.done("fang", one, "callback_attempt", attempt="answered", resolved="resolved", rating="satisfied")
    version = callers.get("fang", f"/orders/{number}").body["version"]
    assert cost(lambda: callers.move("fang", number, "close", version)) == 4


def test_reading_costs_at_most_five(callers: Callers, cost: Cost) -> None:
    numbers = [callers.handling() for _ in range(3)]
    assert cost(lambda: callers.get("zhou", f"/orders/{numbers[0]}")) == 4  # token, order, person, words
    assert cost(lambda: callers.get("zhou", f"/orders/{numbers[0]}/events")) == 3
    assert cost(lambda: callers.get("zhou", "/orders")) == 3  # token, rules, page
    assert cost(lambda: callers.get("liu", "/orders?state=handling")) == 3
    assert cost(lambda: callers.get("zhou", f"/orders?unit={HEAT}&limit=100")) == 3
    assert cost(lambda: callers.get("zhou", "/moves")) == 2
