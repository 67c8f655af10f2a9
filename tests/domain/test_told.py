"""What sort of demand a story sounds like, by how people begin."""

from __future__ import annotations

import pytest

from jiesu.domain.ranking import Ranking, weighed
from jiesu.domain.told import kind_of


@pytest.mark.parametrize(
    ("text", "usual", "kind"),
    [
        ("请问报停怎么办理", (), ("consultation", "请问")),
        ("我要投诉物业，请问谁管", (), ("complaint", "投诉")),
        ("感谢供热公司王师傅，我不投诉", (), ("praise", "感谢")),
        ("举报楼下饭店无证经营", (), ("report", "举报")),
        ("建议路口加一个红绿灯", (), ("suggestion", "建议")),
        ("家里没暖气", ("complaint", "help"), ("help", "")),
        ("家里没暖气", ("consultation",), ("consultation", "")),
        ("家里没暖气", (), ("help", "")),
        ("  ", ("help",), ("", "")),
    ],
)
def test_the_kind_of_a_story(text: str, usual: tuple[str, ...], kind: tuple[str, str]) -> None:
    assert kind_of(text, usual) == kind


def test_rare_words_are_worth_more_and_titles_more_than_bodies() -> None:
    texts = {"a": weighed((1, ["水", "费"]), (3, ["费"])), "b": weighed((1, ["水"])), "c": weighed((1, ["电"]))}
    held = Ranking(texts)
    found = held.score(["水", "费", "无"])
    assert set(found) == {"a", "b"}
    assert found["a"] > 3 * found["b"]
    assert held.score([]) == {}
