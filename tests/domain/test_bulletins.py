"""Figures of a bulletin stand in its words under their names; what was typed is a figure of the month, or refused."""

from __future__ import annotations

import pytest

from jiesu.domain import bulletins
from jiesu.domain.errors import Refused

FIGURES = {
    "受理量": "1,234",
    "派单量": "996",
    "办结率": "99.85%",
    "办结率·件数": "77,794/77,911",
    "办结率·较上期": "+0.42",
    "响应率": "100.00%",
    "转办率": "100.00%",
    "满分榜": "响应率满分的有 供热公司",
}


def kept(text: str, section: str = "problems") -> str:
    return bulletins.checked(section, text, FIGURES)


def refused(text: str, section: str = "problems") -> str:
    with pytest.raises(Refused) as said:
        kept(text, section)
    assert said.value.field == section
    return said.value.message


def test_a_figure_is_printed_as_the_month_has_it() -> None:
    assert bulletins.filled("共 {受理量} 件，{没有这个}。", FIGURES) == "共 1,234 件，——。"
    assert bulletins.missing("{受理量}{甲}{乙}{甲}", FIGURES) == ["甲", "乙"]


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("办结率为99.85%，偏低", "办结率为{办结率}，偏低"),
        ("办结率 99.85％", "办结率 {办结率}"),
        ("受理 1234 件，派单996件", "受理 {受理量} 件，派单{派单量}件"),
        ("较上期 0.42 个百分点", "较上期 {办结率·较上期} 个百分点"),
        ("（77794/77,911）", "（{办结率·件数}）"),
        ("{办结率}，不到 100%的要求", ""),
        (
            "12345 热线，12月10日前，国办函〔2025〕66号，3 个单位",
            "12345 热线，12月10日前，国办函〔2025〕66号，3 个单位",
        ),
        ("一件一件办，第一起来诉", "一件一件办，第一起来诉"),
        ("第一行\r\n第二行 ", "第一行\n第二行"),
        ("", ""),
    ],
)
def test_what_is_typed_stands_as_the_figure_that_it_is(typed: str, stands: str) -> None:
    if stands or not typed:
        assert kept(typed) == stands
    else:
        assert refused(typed) == "“存在的问题和要求”里手写的“100%”可能是响应率、转办率，请从“插入数字”里选"


@pytest.mark.parametrize("typed", ["99.84%", "-0.42 个百分点", "1,235 件", "77794/77912", "3 宗", "12 起"])
def test_another_number_than_the_figures_is_refused(typed: str) -> None:
    said = refused(f"本期{typed}偏低")
    assert said.startswith("“存在的问题和要求”里手写的“")
    assert said.endswith("不是本期的数，请从“插入数字”里选，或换成不带数的说法")


def test_a_spelled_share_an_unknown_name_and_a_stray_brace_are_refused() -> None:
    assert refused("约百分之九十") == "“存在的问题和要求”里的“百分之九十”请从“插入数字”里选，不手写"
    assert refused("{及时率} 不高") == "“存在的问题和要求”：没有“及时率”这个数，请从“插入数字”里选"
    assert refused("办结率}") == "“存在的问题和要求”：花括号只用来插入数字，请从“插入数字”里选"


def test_a_case_tells_its_own_story_without_saying_whose() -> None:
    assert kept("这 3 件诉求指向同一处管道", "cases") == "这 3 件诉求指向同一处管道"
    assert "像有电话、证件号或车牌" in refused("可拨 13800001111", "cases")
    with pytest.raises(Refused, match="通报没有这一段"):
        bulletins.checked("weather", "晴", FIGURES)


READY = {"volume": "共 {受理量} 件", "cases": "", "problems": "请各单位对照检查"}


def check(span: str = "month", **given: object) -> None:
    asked = {"frozen": True, "over": True, "texts": READY, "figures": FIGURES, **given}
    bulletins.check_issue(span, **asked)  # type: ignore[arg-type]


def test_an_edition_is_issued_when_it_is_whole_and_its_figures_are_frozen() -> None:
    check()
    check("week", frozen=False)
    for span in bulletins.FROZEN_FIRST:
        with pytest.raises(Refused, match="数据还没有定稿"):
            check(span, frozen=False)
    with pytest.raises(Refused, match="这个时段还没有结束"):
        check("week", over=False)
    with pytest.raises(Refused, match="“典型案例”还没有写"):
        check(texts={**READY, "cases": bulletins.HINTS["cases"]})
    with pytest.raises(Refused, match="“总体情况”里的“受理量”本期没有数"):
        check(figures=())
