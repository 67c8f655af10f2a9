"""How many statements the desks of review and callback cost, session and person included (architecture.md §5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests import city
from tests.city import local
from tests.web import situations
from tests.web.callback.test_calling import with_child
from tests.web.desk import CALLER, REVIEWER, Desk, order_of

Cost = Callable[..., int]


@pytest.fixture
def cost(desk: Desk) -> Cost:
    from jiesu.store import rules  # noqa: PLC0415 - Django can be imported only once it is set up

    def count(who: str, address: str, given: dict[str, object] | None = None) -> int:
        browser = desk.browser(who)
        rules.current()
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            answer = browser.get(address) if given is None else browser.post(address, given)
        assert answer.status_code == (200 if given is None else 302)
        begun = [one["sql"] for one in djangos if one["sql"] not in ("BEGIN", "COMMIT", "ROLLBACK")]
        return len(ours) + len(begun)

    return count


def test_the_lists_alone_cost_five_and_the_whole_order_two_more(desk: Desk, cost: Cost) -> None:
    desk.at = local("2026-11-23 14:00")
    assert cost(CALLER, "/callback") == 4  # session, person, frame, list
    assert cost(REVIEWER, "/review") == 4
    for _ in range(3):
        situations.in_callback()
        city.replied()
    assert cost(CALLER, "/callback") == 7  # and whose turn it is, the order, what stands beside it
    assert cost(CALLER, "/callback") == 6  # it is still his
    assert cost(REVIEWER, "/review") == 6
    assert cost(CALLER, "/callback/missed") == 4


def test_an_order_with_many_merged_ones_costs_no_more(desk: Desk, cost: Cost) -> None:
    with_child()
    desk.at = local("2026-11-23 14:00")
    cost(CALLER, "/callback")
    assert cost(CALLER, "/callback") == 6


def test_what_came_of_a_call_costs_four_and_closing_at_once_two_more(desk: Desk, cost: Cost) -> None:
    first, second, third = situations.in_callback(), situations.in_callback(), city.replied()
    desk.at = local("2026-11-23 14:00")

    def send(who: str, number: int, address: str, **given: object) -> int:
        return cost(who, address.format(number), {"seen": order_of(number).version, **given})

    assert send(CALLER, first.number, "/callback/{}/attempt", attempt="no_answer") == 4
    content = {"attempt": "answered", "resolved": "resolved", "rating": "satisfied", "then": "finish"}
    assert send(CALLER, second.number, "/callback/{}/attempt", **content) == 6
    assert send(REVIEWER, third.number, "/review/{}/pass") == 4
