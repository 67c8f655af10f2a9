"""Windows of figures: which days they hold, which they are compared with, how they are said and spelled."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain import windows
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import SPANS

DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("code", "first", "after", "zh"),
    [
        ("2026", "2026-01-01", "2027-01-01", "2026年"),
        ("2026-q3", "2026-07-01", "2026-10-01", "2026年第三季度"),
        ("2026-q4", "2026-10-01", "2027-01-01", "2026年第四季度"),
        ("2026-10", "2026-10-01", "2026-11-01", "2026年10月"),
        ("2026-12", "2026-12-01", "2027-01-01", "2026年12月"),
        ("2026-w44", "2026-10-26", "2026-11-02", "2026年10月26日至11月1日"),
        ("2026-w53", "2026-12-28", "2027-01-04", "2026年12月28日至1月3日"),
        ("2026-10-31", "2026-10-31", "2026-11-01", "2026年10月31日"),
    ],
)
def test_a_window_by_its_code(code: str, first: str, after: str, zh: str) -> None:
    held = windows.read(f" {code.upper()} ")
    assert (held.first, held.after) == (date.fromisoformat(first), date.fromisoformat(after))
    assert (held.zh, held.code) == (zh, code)


@pytest.mark.parametrize(
    ("code", "before", "year_before"),
    [
        ("2026", "2025", "2025"),
        ("2026-q1", "2025-q4", "2025-q1"),
        ("2026-01", "2025-12", "2025-01"),
        ("2026-03", "2026-02", "2025-03"),
        ("2026-w01", "2025-w52", "2025-w01"),
        ("2026-w44", "2026-w43", "2025-w44"),
        ("2026-10-31", "2026-10-30", "2025-11-01"),  # both a Saturday
    ],
)
def test_what_a_window_is_compared_with(code: str, before: str, year_before: str) -> None:
    held = windows.read(code)
    assert (held.before.code, held.year_before.code) == (before, year_before)


@pytest.mark.parametrize(
    "code",
    ["", "二〇二六", "26", "26-10", "2026-13", "2026-1", "2026-q5", "2026-w54", "2026-wx", "2026-10-32", "2026/10"]
    + ["0001", "9999", "-2026", "2026-10-1", "2026-"],
)
def test_what_is_no_window(code: str) -> None:
    with pytest.raises(Refused, match="时段须写成 2026、2026-q3、2026-10、2026-w44 或 2026-10-31 这样") as refused:
        windows.read(code)
    assert refused.value.code == "bad_fact"


@given(DAYS)
def test_each_span_has_one_window_that_holds_a_day(day: date) -> None:
    held = list(windows.holding(day))
    assert [one.span for one in held] == list(SPANS)
    for one in held:
        assert one.first <= day < one.after
        assert windows.read(one.code) == one
        assert windows.of(one.span, one.first) == windows.of(one.span, one.after - timedelta(days=1)) == one
        assert one.before.after == one.first
        assert one.year_before.first < one.first


def test_windows_come_in_the_order_of_their_days() -> None:
    assert sorted(map(windows.read, ("2026-11", "2025-12", "2026-02"))) == [
        *map(windows.read, ("2025-12", "2026-02", "2026-11"))
    ]


def test_a_span_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="unknown span 'decade': one of day, week, month, quarter, year"):
        windows.of("decade", date(2026, 1, 1))
