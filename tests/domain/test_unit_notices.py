"""What a unit is told that is about no order: its words, its key, where it leads."""

from __future__ import annotations

from datetime import date

import pytest

from jiesu.domain import unit_notices, windows
from jiesu.domain.notices import Notice
from tests.cast import HEAT

NOVEMBER = windows.read("2026-11")
DUE = date(2026, 12, 15)


def told(key: str, words: str, page: str, title: str) -> Notice:
    return Notice(key, "unit_clerk", HEAT, words, False, f"{page}/{HEAT}", title)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            unit_notices.of_signal(7, HEAT, "copied_replies", windows.read("2026-q4"), DUE),
            told("signal:7:told", "有关于本单位的线索，请先说明", "signal/2026-q4/7",
                 "2026年第四季度 答复雷同，12月15日前说明"),
        ),
        (
            unit_notices.of_card("proposed", 3, HEAT, "red", NOVEMBER),
            told("card:3:proposed", "提出对本单位亮牌，待批准", "card/2026-11/3", "2026年11月 红牌"),
        ),
        (
            unit_notices.of_card("approved", 3, HEAT, "yellow", NOVEMBER, lifts_on=date(2027, 1, 7)),
            told("card:3:approved", "对本单位亮牌", "card/2026-11/3", "2026年11月 黄牌，1月7日解除"),
        ),
        (
            unit_notices.of_item("given", 5, HEAT, NOVEMBER, DUE),
            told("item:5:given", "调度会交办事项", "item/2026-11/5", "2026年11月调度会，12月15日前"),
        ),
        (
            unit_notices.of_item("due", 5, HEAT, NOVEMBER, DUE, again=f"{DUE}"),
            told("item:5:due:2026-12-15", "调度会事项到期，请填办理结果", "item/2026-11/5",
                 "2026年11月调度会，12月15日前"),
        ),
    ],
)  # fmt: skip
def test_what_is_told_once_of_each_thing(found: Notice, expected: Notice) -> None:
    assert found == expected
