"""The tree of matters: by what people call a thing, by spelling, level by level, and told from a story."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests import city
from tests.database import Databases


@pytest.fixture(scope="module")
def tree(databases: Databases) -> Iterator[Any]:
    from jiesu.store import matters, rules  # noqa: PLC0415 - Django can be imported only once it is set up

    with databases.clone("city", city.build):
        yield matters.tree(rules.current())


def codes(found: list[Any]) -> list[str]:
    return [one.code for one in found]


@pytest.mark.parametrize("words", ["室内温度", "snwd", "shineiwendu", "暖气不热", "供热 温度", "03.01"])
def test_a_matter_is_found_by_name_spelling_keyword_path_or_code(tree: Any, words: str) -> None:
    assert codes(tree.find(words))[0] == "03.01"


def test_what_fits_better_comes_first_and_the_deeper_one_before_its_parent(tree: Any) -> None:
    assert codes(tree.find("停水"))[:2] == ["04.01", "04"]
    assert codes(tree.find("电梯"))[0] == "02.02.01"
    assert tree.find("供热", limit=1)[0].words == "供热"


@pytest.mark.parametrize("words", ["", " ", "没有这回事", "zzzz", "\0"])
def test_what_is_no_matter_finds_none(tree: Any, words: str) -> None:
    assert tree.find(words) == []


def test_the_tree_is_walked_level_by_level(tree: Any) -> None:
    roots = tree.children()
    assert (len(roots), roots[2].name, roots[2].leaf) == (23, "供热", False)
    assert [one.name for one in tree.children("03")][:2] == ["室内温度不达标", "停暖与管网故障"]
    assert tree.children("03.01") == []
    assert tree.get("02.02.01").words == "住房与物业 / 小区公共设施 / 电梯故障停运"
    assert tree.get("99") is None


def test_a_story_tells_its_matter_and_why(tree: Any) -> None:
    cold, *_ = tree.told("我家暖气不热，屋里才十几度，老人冻得受不了")
    assert (cold.matter.code, cold.said) == ("03.01", ("暖气不热", "十几度"))
    assert codes([one.matter for one in tree.told("小区电梯坏了三天没人修，天天爬楼")]) == ["02.02.01"]
    assert tree.told("你好，我想问一下") == []


def test_nothing_is_read_again_while_the_rules_stay(tree: Any) -> None:
    from jiesu.store import matters, rules, sql  # noqa: PLC0415 - Django can be imported only once it is set up

    now = rules.current()
    matters.tree(now)
    with sql.counting() as made:
        assert matters.tree(now) is matters.tree(now)
    assert made == []
