"""The rates of a month, counted by hand from a few orders of the demo city."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests import city
from tests.city import CHEN, HEAT, HOUR, LIU, MONDAY

if TYPE_CHECKING:
    from tests.database import Clone, Databases


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def _rates(month: str = "2026-11") -> dict[str, dict[str, tuple[int, int]]]:
    from jiesu.assessment.rates import month_rates

    return {
        one.unit: {name: (rate.numerator, rate.denominator) for name, rate in one.rates.items() if rate.denominator}
        for one in month_rates(month)
    }


def test_an_order_in_time_and_one_acknowledged_late(db: Clone) -> None:
    """Normal orders of Monday 10:00 are to be acknowledged by Tuesday 17:30."""
    city.closed()
    late = city.dispatched(MONDAY)
    city.take(late, "acknowledge", LIU, MONDAY + timedelta(days=1, hours=8))  # Tuesday 18:00
    found = _rates()
    assert found[HEAT]["response"] == (1, 2)
    assert found[HEAT]["closure"] == (1, 2)
    assert found[HEAT]["on_time"] == (1, 2)
    assert found[HEAT]["satisfaction"] == (1, 1)
    assert found[HEAT]["resolution"] == (1, 1)
    assert found["CENTER"] == {"transfer": (2, 2)}
    assert found["*"]["response"] == (1, 2)


def test_a_dissatisfied_citizen_counts_against_the_lead(db: Clone) -> None:
    order = city.replied()
    city.take(order, "pass_review", city.HE, MONDAY + 2 * HOUR)
    call = {"attempt": "answered", "resolved": "unresolved", "rating": "dissatisfied"}
    city.take(order, "callback_attempt", city.FANG, MONDAY + 3 * HOUR, call)
    assert "satisfaction" not in _rates()[HEAT]  # not final yet
    city.take(order, "close", city.DU, MONDAY + 3 * HOUR, {"reason": "检测达标，已当面解释"})
    assert _rates()[HEAT]["satisfaction"] == (0, 1)


def test_what_is_withdrawn_is_not_counted(db: Clone) -> None:
    order = city.handling()
    city.take(order, "withdraw", CHEN, MONDAY + HOUR, {"reason": "问题自己好了"})
    assert _rates() == {"*": {}}


def test_other_months_are_empty(db: Clone) -> None:
    city.closed()
    assert _rates("2026-09") == {"*": {}}
