"""Readings of a text: what may be kept, and whose every word is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain import readings
from jiesu.domain.errors import Refused
from jiesu.domain.readings import Run

WORDS = st.text("甲乙丙丁{}数12 \n", max_size=24)


def test_each_word_has_the_reading_that_brought_it_and_the_one_that_took_it_out() -> None:
    told = [
        (0, "办结率 {办结率}，较上期好。"),
        (1, "办结率 {办结率}，比上月好。"),
        (2, "办结率 {办结率}，比上月好一些。"),
    ]
    assert readings.tracked(told) == [
        Run("办结率 {办结率}，", 0),
        Run("较", 0, 1),
        Run("比", 1),
        Run("上", 0),
        Run("期", 0, 1),
        Run("月", 1),
        Run("好", 0),
        Run("一些", 2),
        Run("。", 0),
    ]


def test_a_figure_is_taken_out_and_put_in_whole() -> None:
    runs = readings.tracked([(0, "共 {受理量} 件"), (3, "共 {派单量} 件")])
    assert [one for one in runs if one.born == 3 or one.died == 3] == [
        Run("{受理量}", 0, 3),
        Run("{派单量}", 3),
    ]


def test_what_is_put_before_everything_stands_first() -> None:
    assert readings.tracked([(0, "好"), (1, "很好")]) == [Run("很", 1), Run("好", 0)]
    assert readings.tracked([(0, ""), (1, "新")]) == [Run("新", 1)]
    assert readings.tracked([(0, "甲乙丙丁"), (1, "戊己庚丁")]) == [Run("甲乙丙丁", 0, 1), Run("戊己庚丁", 1)]
    assert readings.tracked([(0, "旧"), (1, ""), (2, "新")]) == [Run("新", 2), Run("旧", 0, 1)]


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_every_reading_can_be_told_again_from_the_runs(texts: list[str]) -> None:
    runs = readings.tracked(list(enumerate(texts)))
    for no, text in enumerate(texts):
        alive = "".join(one.text for one in runs if one.born <= no and (one.died is None or one.died > no))
        assert alive == text


def test_a_text_is_kept_plain() -> None:
    assert readings.plain(" 一\r\n二 ") == "一\n二"


def test_words_are_put_over_the_held_ones_and_nothing_new_is_refused() -> None:
    held = {"cases": "旧的", "topic": "供热"}
    assert readings.merged(held, {"cases": " 第一行\r\n第二行 "}) == {"cases": "第一行\n第二行", "topic": "供热"}
    with pytest.raises(Refused, match="没有改动任何内容"):
        readings.merged(held, {"topic": "供热 "})


@pytest.mark.parametrize("text", ["长" * (readings.LONGEST + 1), "断\0开"])
def test_what_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"“表扬”太长或有无法保存的字符") as said:
        readings.check_length("表扬", text, "praise")
    assert said.value.field == "praise"
    readings.check_length("表扬", "长" * readings.LONGEST, "praise")
