"""Shares with what they were counted from, places inside groups, two averages, scores and cards (domain.md §6)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain.scoring import Card, cards, price, score
from jiesu.domain.standing import Place, Share, best, mean, places, points, pooled

# The rule of a real city, reconstructed from its published scores.
SATISFACTION = {"rate": "satisfaction", "full": 25, "floor": 12.5, "target": 98, "per_point": 0.5}
ON_TIME = {"rate": "on_time", "full": 25, "floor": 0, "target": 100, "per_point": 1}


def percent(text: str, n: int = 10_000) -> Share:
    """A share of so many per cent."""
    return Share(n, int(Decimal(text) * n / 100))


@pytest.mark.parametrize(
    ("good", "n", "shown"),
    [
        (77794, 77911, "99.85"),
        (3112, 3456, "90.05"),
        (1715, 2274, "75.42"),
        (11163, 11171, "99.93"),
        (597, 601, "99.33"),
        (1, 8, "12.50"),
        (1, 1600, "0.06"),  # 0.0625
        (1, 20000, "0.01"),  # 0.005 is rounded up
        (0, 7, "0.00"),
        (7, 7, "100.00"),
    ],
)
def test_published_arithmetic(good: int, n: int, shown: str) -> None:
    assert Share(n, good).percent == Decimal(shown)


def test_nothing_to_count_is_not_nought_per_cent() -> None:
    nothing = Share(0, 0)
    assert (nothing.percent, nothing.exact, nothing.mostly, nothing.interval) == (None, None, None, None)
    assert nothing.words() == "—（0/0）"


def test_words_show_what_was_counted() -> None:
    assert Share(77911, 77794).words() == "99.85%（77,794/77,911）"
    assert Share(2000, 1500, 400).words() == "95.00%（1,900/2,000）"
    assert Share(2000, 1500, 401, Decimal("0.5")).words() == "85.03%（1,700.5/2,000）"
    assert Share(2000, 1500, 0, Decimal("0.5")).words() == "75.00%（1,500/2,000）"


def test_the_part_that_was_good_only_in_part_is_shown_beside() -> None:
    assert Share(2000, 1500, 401, Decimal("0.5")).mostly == Decimal("20.05")


@pytest.mark.parametrize(
    ("good", "n", "low", "high"),
    [(7, 10, "39.68", "89.22"), (0, 10, "0.00", "27.75"), (10, 10, "72.25", "100.00"), (1, 1, "20.65", "100.00")],
)
def test_an_interval_stands_beside_the_rate_of_a_few(good: int, n: int, low: str, high: str) -> None:
    assert Share(n, good).interval == (Decimal(low), Decimal(high))


def test_no_interval_where_there_are_many() -> None:
    assert Share(99, 50).interval is not None
    assert Share(100, 50).interval is None


@given(st.integers(1, 99), st.data())
def test_the_interval_holds_the_rate(n: int, data: st.DataObject) -> None:
    share = Share(n, data.draw(st.integers(0, n)))
    assert share.interval is not None
    assert share.percent is not None
    low, high = share.interval
    assert 0 <= low <= share.percent <= high <= 100


def test_a_change_is_in_percentage_points_of_what_was_published() -> None:
    assert points(Share(3456, 3112), Share(2274, 1715)) == Decimal("14.63")
    assert points(Share(10, 10), None) is None
    assert points(Share(0, 0), Share(10, 10)) is None
    assert points(Share(10, 10), Share(0, 0)) is None


def test_pooled_and_mean_are_two_different_numbers() -> None:
    city = [Share(1000, 900, 50), Share(10, 5), Share(0, 0)]
    assert pooled(city) == Share(1010, 905, 50)
    assert pooled(city).percent == Decimal("94.55")
    assert mean(city) == Decimal("72.50")
    assert (pooled([]), mean([]), mean([Share(0, 0)])) == (Share(0, 0), None, None)
    assert pooled([Share(10, 5, 4, Decimal("0.5"))]).weight == Decimal("0.5")


GROUPS = {"a": "bureau:large", "b": "bureau:large", "c": "bureau:large", "d": "company:small", "e": "company:small"}


def test_units_are_ranked_inside_their_group_equal_rates_at_one_place() -> None:
    rates = {"a": percent("99"), "b": percent("95"), "c": percent("99"), "d": percent("80"), "e": percent("81")}
    assert places(rates, GROUPS, least=10, by="group") == {
        "a": Place(True, 1, 3),
        "b": Place(True, 3, 3),
        "c": Place(True, 1, 3),
        "d": Place(True, 2, 2),
        "e": Place(True, 1, 2),
    }


def test_seven_orders_with_one_late_are_too_few_for_a_place() -> None:
    few = Share(7, 6)
    found = places({"a": few, "b": percent("95"), "c": percent("90")}, GROUPS, least=10, by="group")
    assert found["a"] == Place(False, None, 0)
    assert (found["b"], found["c"]) == (Place(True, 1, 2), Place(True, 2, 2))
    assert few.percent == Decimal("85.71")
    assert score(ON_TIME, few, least=10) is None


def test_a_city_may_rank_all_together_or_nobody() -> None:
    rates = {"a": percent("99"), "d": percent("80"), "e": Share(3, 3)}
    together = places(rates, GROUPS, least=10, by="city")
    assert (together["a"], together["d"], together["e"]) == (Place(True, 1, 2), Place(True, 2, 2), Place(False))
    nobody = places(rates, GROUPS, least=10, by="none")
    assert (nobody["a"], nobody["d"], nobody["e"]) == (Place(True), Place(True), Place(False))


def test_of_a_rate_that_should_be_low_the_lowest_is_first() -> None:
    found = places(
        {"a": percent("2"), "b": percent("1"), "c": percent("2")}, GROUPS, least=10, lower_is_better=True, by="group"
    )
    assert [found[unit].place for unit in "abc"] == [2, 1, 2]


def test_the_full_score_list_names_the_busiest_first_and_none_with_too_few() -> None:
    rates = {"a": Share(12, 12), "b": Share(40, 39, 1), "c": Share(9, 9), "d": Share(12, 11), "e": Share(12, 12)}
    assert best(rates, least=10) == ["b", "a", "e"]
    assert best({"b": Share(40, 39, 1, Decimal("0.5"))}, least=10) == []


@pytest.mark.parametrize(
    ("rate", "points"),
    [
        ("100", "25.00"),
        ("98", "25.00"),
        ("97", "24.50"),
        ("89.82", "20.91"),
        ("73", "12.50"),
        ("60", "12.50"),
        ("0", "12.50"),
    ],
)
def test_satisfaction_costs_half_a_point_each_down_to_the_floor(rate: str, points: str) -> None:
    assert score(SATISFACTION, percent(rate), least=10) == Decimal(points)


@pytest.mark.parametrize(("rate", "points"), [("100", "25.00"), ("89.82", "14.82"), ("75", "0.00"), ("10", "0.00")])
def test_closing_on_time_costs_a_point_each(rate: str, points: str) -> None:
    assert score(ON_TIME, percent(rate), least=10) == Decimal(points)


def test_the_score_is_of_the_rate_as_it_was_published() -> None:
    assert score(ON_TIME, Share(3456, 3112), least=10) == Decimal("15.05")
    assert score(ON_TIME, Share(0, 0), least=0) is None


def test_a_card_is_due_after_so_many_windows_below_and_only_where_the_city_has_switched_it_on() -> None:
    rule = {"rate": "on_time", "zh": "连续两月低于 85%", "colour": "yellow", "below": 85, "times": 2, "days": 30}
    rule |= {"approver": "city_leader"}
    months = {
        "a": [percent("84.99"), percent("80"), percent("99")],
        "b": [percent("84"), percent("85")],
        "c": [percent("84")],
        "d": [percent("10"), Share(3, 0)],
    }
    assert cards(rule, months, least=10) == []
    assert cards({**rule, "on": True}, months, least=10) == [
        Card("a", "yellow", "连续两月低于 85%", "city_leader", 30),
    ]


def test_what_one_more_order_done_well_would_have_brought() -> None:
    rule = {"full": 25, "floor": 12.5, "target": 98, "per_point": 0.5}
    assert price(rule, Share(50, 45), least=10) == Decimal("1.00")
    assert price(rule, Share(50, 49), least=10) == Decimal("0.00")  # at the target already
    assert price(rule, Share(50, 20), least=10) == Decimal("0.00")  # at the floor, one more changes nothing
    assert price(rule, Share(50, 50), least=10) is None
    assert price(rule, Share(9, 5), least=10) is None
