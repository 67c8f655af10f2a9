"""A rate shows what it was counted from, and rounds half up (domain.md §6, checked arithmetic)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from jiesu.domain.rates import Rate, month_window
from jiesu.domain.workdays import CITY_ZONE


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"),
    [
        (77794, 77911, "99.85"),
        (3112, 3456, "90.05"),
        (1715, 2274, "75.42"),
        (11163, 11171, "99.93"),
        (597, 601, "99.33"),
        (1, 8, "12.50"),
        (1, 1600, "0.06"),  # 0.0625
        (5, 8000, "0.06"),
        (1, 20000, "0.01"),  # 0.005 is rounded up
        (0, 7, "0.00"),
    ],
)
def test_published_arithmetic(numerator: int, denominator: int, percent: str) -> None:
    assert Rate(numerator, denominator).percent == Decimal(percent)


def test_nothing_to_count_is_not_nought_per_cent() -> None:
    assert Rate(0, 0).percent is None
    assert Rate(0, 0).words() == "—（0/0）"


def test_words_show_what_was_counted() -> None:
    assert Rate(77794, 77911).words() == "99.85 %（77,794/77,911）"


@pytest.mark.parametrize(
    ("month", "first", "after"),
    [
        ("2026-10", datetime(2026, 10, 1, tzinfo=CITY_ZONE), datetime(2026, 11, 1, tzinfo=CITY_ZONE)),
        ("2026-12", datetime(2026, 12, 1, tzinfo=CITY_ZONE), datetime(2027, 1, 1, tzinfo=CITY_ZONE)),
    ],
)
def test_a_month_is_the_citys(month: str, first: datetime, after: datetime) -> None:
    assert month_window(month, CITY_ZONE) == (first, after)


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-1", "26-10", "2026/10", "二〇二六"])
def test_a_month_that_is_none(month: str) -> None:
    with pytest.raises(ValueError, match="月份须写成 2026-10 这样"):
        month_window(month, CITY_ZONE)
