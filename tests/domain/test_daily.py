"""The daily report in words: comparisons that say what they compare with, and nothing that is not in the figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain import daily
from jiesu.domain.errors import Refused


def names(table: str, code: str) -> str:
    return {"U1": "供热公司", "U2": "住建局", "U3": "供水公司", "U4": "城管局", "03": "供热"}.get(code, code)


def figures(**changes: Any) -> dict[str, Any]:
    none = [0, 0, 0]
    return {
        "day": "2026-11-23", "at": "2026-11-23T22:30:00Z", "all": [215, 203, 218], "paper": 0,
        "ways": dict.fromkeys(daily.WAYS, none), "calls": {"offered": none, "answered": none, "in_15": none},
        "open": {"open": [430, 420, None], "amber": [21, 20, None], "red": [0, 3, None]}, "red_units": [],
        "closed": [190, 180, 170], "rated": none, "satisfied": none, "returns": {"asked": none, "agreed": none},
        "urgent": {"emergency": none, "urgent": none, "open": 0, "late": 0, "orders": []}, "instructions": [],
        "rises": [], "groups": [], **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (215, 203, "比前一天多 12 件（增 5.9%）"),
        (203, 215, "比前一天少 12 件（减 5.6%）"),
        (5, 5, "与前一天持平"),
        (3, 9, "比前一天少 6 件"),
        (0, 1234, "比前一天少 1,234 件（减 100.0%）"),
        (201, 200, "比前一天多 1 件（增 0.5%）"),
        (2001, 2000, "比前一天多 1 件（增 0.1%）"),  # 0.05 is rounded up
        (4, None, "前一天没有数"),
    ],
)
def test_a_change_says_how_much_and_against_what(now: int, before: int | None, said: str) -> None:
    assert daily.change(now, before, "前一天") == said


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_change_never_says_more_where_there_is_less(now: int, before: int) -> None:
    said = daily.change(now, before, "前一天")
    assert ("多" in said, "少" in said, "持平" in said) == (now > before, now < before, now == before)


def test_a_quiet_day_is_told_without_a_table_of_zeros() -> None:
    came, calls, stands, urgent, asked = daily.sentences(figures(), names)
    assert came == "11月23日（周一）受理诉求 215 件，比前一天多 12 件（增 5.9%），比上周一少 3 件（减 1.4%）。"
    assert calls == "没有来电记录。"
    assert stands == (
        "截至 11月24日 06:30，在办 430 件，将超期 21 件，没有超期。当天办结 190 件；申请退单 0 件，同意 0 件。"
    )
    assert (urgent, asked) == ("没有特急和紧急诉求。", "没有待反馈的批示。")
    assert daily.draft(figures(), names) == ""


def test_a_full_day_names_who_is_late_and_what_is_asked() -> None:
    ways = {**{name: [0, 0, 0] for name in daily.WAYS}, "direct": [150, 140, 1], "dispatched": [65, 63, 2]}
    told = {"number": 1, "unit": "U2", "at": "2026-11-20T01:00:00Z", "due": "2026-11-22T09:30:00Z", "late": True}
    full = figures(
        ways=ways,
        paper=6,
        calls={"offered": [320, 300, 310], "answered": [312, 290, 305], "in_15": [300, 280, 290]},
        red_units=[["U1", 5], ["", 3], ["U3", 2], ["U4", 1]],
        open={"open": [430, 420, None], "amber": [21, 20, None], "red": [11, 3, None]},
        rated=[80, 70, 60],
        satisfied=[75, 65, 55],
        urgent={"emergency": [1, 0, 0], "urgent": [12, 9, 8], "open": 4, "late": 1, "orders": []},
        instructions=[told, {**told, "unit": "U1", "late": False}],
        rises=[{"matter": "03", "n": 12, "mean": 3.5}, {"matter": "03", "n": 5, "mean": 2.0}],
        groups=[{"place": "工人村二区", "matter": "03", "n": 4, "numbers": [1]}],
    )
    came, calls, stands, urgent, asked = daily.sentences(full, names)
    assert came.endswith("当场答复 150 件，派给单位 65 件。其中停机期间记在纸上、事后补录的 6 件。")
    assert calls == (
        "来电 320 个，比前一天多 20 个（增 6.7%），比上周一多 10 个（增 3.2%）；"
        "接通 312 个，接通率 97.50%（312/320）；15 秒内接通 300 个，占 93.75%（300/320）。"
    )
    assert "已超期 11 件（供热公司 5、热线中心 3、供水公司 2 等 4 个单位）。" in stands
    assert "回访有评价 80 件，满意和基本满意占 93.75%（75/80）；" in stands
    assert urgent == "特急 1 件、紧急 12 件，仍在办 4 件，其中超期 1 件。"
    assert asked == "待反馈的批示 2 件，已过期 1 件（住建局）。"
    assert daily.draft(full, names).splitlines() == [
        "供热增多：12 件，平时同一天 3.5 件。",
        "供热增多：5 件，平时同一天 2 件。",
        "工人村二区供热三天 4 件，注意是不是同一件事。",
    ]
    closed = figures(urgent={"emergency": [1, 0, 0], "urgent": [0, 0, 0], "open": 0, "late": 0, "orders": []})
    assert daily.sentences(closed, names)[3] == "特急 1 件、紧急 0 件，都已办结。"
    waiting = figures(instructions=[{**told, "late": False}])
    assert daily.sentences(waiting, names)[4] == "待反馈的批示 1 件，都没有到期。"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"weather": "长" * 4001}, "“天气和公告”太长"),
        ({"other": "x"}, "日报没有这一栏"),
        ({"remarks": "\0"}, "“情况说明”太长或有无法保存的字符"),
    ],
)
def test_words_that_no_report_can_hold(texts: dict[str, str], said: str) -> None:
    daily.check_texts({"weather": "强降温", "remarks": ""})
    with pytest.raises(Refused, match=said):
        daily.check_texts(texts)


def test_a_day_is_said_with_its_weekday() -> None:
    assert daily.day_words(date(2026, 11, 29)) == "11月29日（周日）"
