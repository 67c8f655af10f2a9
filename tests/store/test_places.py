"""The gazetteer: whoever types a place finds it, however he spells it, and its house number stays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import city
from tests.database import Clone, Databases


@pytest.fixture(scope="module")
def town(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


@pytest.fixture
def find(town: Clone) -> object:
    from jiesu.store import places  # noqa: PLC0415 - Django can be imported only once it is set up

    return places


def told(places: object, words: str, **more: object) -> list[str]:
    return [one.words for one in places.complete(words, **more)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("spelling", ["工人村二", "gongrencuner", "grce", "grcunerq", "GongRenCunEr", "ＧＲＣＥ"])
def test_a_place_is_found_by_any_spelling(find: object, spelling: str) -> None:
    assert told(find, spelling) == ["工人村二区"]


def test_a_part_inside_the_name_is_found_too(find: object) -> None:
    assert told(find, "丽景") == told(find, "lijing") == ["金桥丽景"]
    assert told(find, "lj") == ["桦林街", "金桥丽景"]


def test_the_house_number_stays_behind_the_name(find: object) -> None:
    assert told(find, "丽景 3栋2单元") == ["金桥丽景3栋2单元"]
    assert told(find, "lijing3栋") == ["金桥丽景3栋"]
    assert told(find, "钢花路18号") == ["钢花路18号"]
    assert told(find, "工人村一区3栋") == ["工人村一区3栋"]


def test_a_name_in_the_words_wins_over_names_that_only_begin_so(find: object) -> None:
    assert told(find, "钢城街道高炉小区3栋")[0] == "高炉小区3栋"
    assert told(find, "和平")[:2] == ["和平路", "和平幼儿园"]


def test_a_region_is_a_place_as_well(find: object) -> None:
    (found,) = find.complete("高炉社区12号")  # type: ignore[attr-defined]
    assert (found.id, found.name, found.kind, found.rest) == (0, "高炉社区", "community", "12号")
    assert (found.region, found.parents, found.x, found.y) == ("R0101", ("钢城街道",), 269.0, 270.0)


def test_where_it_is_stands_beside_it(find: object) -> None:
    (found,) = find.complete("工人村二区")  # type: ignore[attr-defined]
    assert (found.region, found.kind, found.parents) == ("R0103", "estate", ("钢城街道", "工人村社区"))
    assert (found.x, found.y) == (299.0, 383.0)


def test_only_places_of_the_region_asked_for(find: object) -> None:
    everywhere, east = told(find, "小区", limit=50), told(find, "小区", region="R02", limit=50)
    assert "工人村" not in "".join(east)
    assert set(east) < set(everywhere)
    assert "丰源小区" in east
    assert told(find, "小区", region="R01", limit=2) == ["劳模小区", "西苑小区"]


@pytest.mark.parametrize("words", ["", "  ", "3栋", "%", "_", "'", "\\", "\0", "没有这个地方", "x" * 500])
def test_what_is_no_place_finds_none(find: object, words: str) -> None:
    assert told(find, words) == []


def test_places_named_in_a_story(find: object) -> None:
    story = "我家住工人村二区3号楼2单元，从昨天起钢花路18号那边的管道就漏了，和平路也堵"
    assert [one.words for one in find.named_in(story)] == [  # type: ignore[attr-defined]
        "工人村二区3号楼2单元",
        "和平路",
        "钢花路18号",
    ]
    assert find.named_in("路") == []  # type: ignore[attr-defined]


def test_one_statement_and_never_the_whole_table(find: object) -> None:
    from jiesu.store import sql  # noqa: PLC0415 - Django can be imported only once it is set up

    with sql.counting() as made:
        told(find, "工人村二区3栋")
    assert len(made) == 1


def test_places_without_a_spelling_get_theirs(town: Clone) -> None:
    from jiesu.store import models, spelling  # noqa: PLC0415 - Django can be imported only once it is set up

    assert spelling.of("重庆路CBD广场") == ("chongqinglucbdguangchang", "cqlcbdgc")
    models.Place.objects.create(name="重庆路", kind="road", region_id="R0101", x=1, y=2)
    assert spelling.fill() == 1
    assert spelling.fill() == 0
    made = models.Place.objects.get(name="重庆路")
    assert (made.pinyin, made.initials) == ("chongqinglu", "cql")
    made.delete()
