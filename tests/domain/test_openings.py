"""Which days of looking are unusual: many orders, orders of others, nights."""

from __future__ import annotations

from datetime import date, time

import pytest

from jiesu.domain.openings import Day, night, signs, thin, unusual

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@pytest.mark.parametrize(
    ("day", "borne"),
    [
        (Day("s1", MONDAY, 29, 2, 0), []),
        (Day("s1", MONDAY, 30, 2, 0), ["many"]),
        (Day("s1", MONDAY, 3, 3, 0), ["beside"]),
        (Day("s1", MONDAY, 1, 1, 1), ["night"]),
        (Day("s1", MONDAY, 40, 12, 5), ["many", "beside", "night"]),
    ],
)
def test_signs(day: Day, borne: list[str]) -> None:
    assert signs(day, {}) == borne


def test_thresholds_and_the_night_are_the_citys() -> None:
    params = {"openings_many": 5, "openings_night": 2, "openings_night_hours": ["23:30", "05:00"]}
    assert signs(Day("s1", MONDAY, 5, 0, 1), params) == ["many"]
    assert night(params) == (time(23, 30), time(5))
    assert night({}) == (time(22), time(6))


def test_the_day_with_most_signs_comes_first_then_the_one_with_most_orders() -> None:
    usual = Day("s1", MONDAY, 4, 0, 0)
    many, more = Day("s2", MONDAY, 31, 0, 0), Day("s3", MONDAY, 90, 0, 0)
    both, newer = Day("s4", MONDAY, 5, 4, 1), Day("s5", TUESDAY, 31, 0, 0)
    found = unusual([usual, many, newer, both, more], {})
    assert [day for day, _ in found] == [both, more, newer, many]


@pytest.mark.parametrize(
    ("reason", "says_nothing"),
    [("", True), ("核对", True), ("......", True), ("1111", True), ("啊啊啊啊啊", True), ("来电核对地址", False)],
)
def test_a_reason_that_says_nothing(reason: str, says_nothing: bool) -> None:
    assert thin(reason) is says_nothing
