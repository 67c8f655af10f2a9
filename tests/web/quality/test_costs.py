"""How many statements the quality desk costs, session and person included (architecture.md §5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import rules, sql
from tests.web.desk import HEAT_CLERK, INSPECTOR, Desk
from tests.web.quality.walked import SECOND, TUESDAY, called, closed, drawn, sheet

Cost = Callable[..., int]


@pytest.fixture
def cost(desk: Desk) -> Cost:
    def count(who: str, address: str, given: dict[str, Any] | None = None) -> int:
        browser = desk.browser(who)
        rules.current()
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            answer = browser.get(address) if given is None else browser.post(address, given)
        assert answer.status_code == (200 if given is None else 302)
        begun = [one["sql"] for one in djangos if one["sql"] not in ("BEGIN", "COMMIT", "ROLLBACK")]
        return len(ours) + len(begun)

    return count


def test_the_list_costs_five_and_a_thing_with_its_order_two_more(desk: Desk, cost: Cost) -> None:
    desk.at = TUESDAY
    desk.get(INSPECTOR, "/quality")
    assert cost(INSPECTOR, "/quality") == 5  # session, person, frame, list; whether today was drawn
    drawn(closed())
    desk.get(SECOND, "/quality/rules")  # the sheets are read once by a process
    assert cost(INSPECTOR, "/quality") == 7  # and whose turn it is, the order, what stands beside it
    assert cost(INSPECTOR, "/quality") == 6  # it is still his
    call = called()
    assert cost(INSPECTOR, f"/quality?look={call}") == 5


def test_a_result_costs_six_and_what_follows_from_it_less(desk: Desk, cost: Cost) -> None:
    first, second = drawn(closed()), drawn(closed())
    desk.at = TUESDAY
    desk.get(INSPECTOR, "/quality")
    assert cost(INSPECTOR, f"/quality/{first}/submit", sheet(relevant=("8", "没有写日期")) | {"coach": "写日期"}) == 6
    assert cost(INSPECTOR, f"/quality/{second}/drop", {"drop": "test"}) == 3
    assert cost(HEAT_CLERK, f"/quality/mine/{first}/reply/read", {}) == 4
    assert cost(HEAT_CLERK, f"/quality/mine/{first}/reply/appeal", {"appeal": "写了日期"}) == 4
    decided = {"p.relevant": "15", "decision": "写了"}
    assert cost(SECOND, f"/quality/{first}/reply/decide", decided) == 4
    assert cost(INSPECTOR, f"/quality/{first}/intake/coach", {"coach": "问楼号"}) == 4
    assert cost(INSPECTOR, "/quality/ask", {"number": closed().number, "reason": "看看"}) == 6
    assert cost(INSPECTOR, f"/quality/{first}/again", {"reason": "再看"}) == 5


def test_lists_of_results_cost_five_and_figures_seven(desk: Desk, cost: Cost) -> None:
    for _ in range(3):
        id_ = drawn(closed())
        desk.at = TUESDAY
        desk.post(INSPECTOR, f"/quality/{id_}/submit", sheet())
    desk.get(SECOND, "/quality/rules")
    assert cost(INSPECTOR, "/quality/done") == 5
    assert cost(INSPECTOR, "/quality/figures") == 7
    assert cost(INSPECTOR, f"/quality/{id_}") == 4
    assert cost(HEAT_CLERK, "/quality/mine") == 6  # and one of them whole, and the month so far
