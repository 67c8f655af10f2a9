"""Orders like the one being told: exact on a small set, with the reasons in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from jiesu.store.similar import EVENT_WINDOW, WINDOW
from tests import city
from tests.city import HOUR, MONDAY
from tests.database import Clone, Databases

DAY = timedelta(days=1)
COLD = "工人村二区3栋暖气不热，屋里只有十几度，老人受不了"


@pytest.fixture(autouse=True)
def db(databases: Databases) -> Iterator[Clone]:
    from jiesu.store import similar  # noqa: PLC0415 - Django can be imported only once it is set up

    with databases.clone("city", city.build) as clone:
        similar.forget()
        yield clone


def told(text: str, at: datetime, place: str = "工人村二区3栋", matter: str = "03.01", **more: Any) -> int:
    return city.registered(at, text=text, place=place, matter=matter, **more).number


def like(text: str = COLD, place: str = "工人村二区3栋", matter: str = "03.01", **more: Any) -> Any:
    from jiesu.store import similar  # noqa: PLC0415 - Django can be imported only once it is set up

    return similar.like(text, place, matter, now=MONDAY, **more)


def test_one_event_told_by_several_people_is_seen_and_said() -> None:
    same = [told(f"我们楼暖气冰凉，第{nth}次打电话了", MONDAY - nth * HOUR) for nth in (1, 2, 30)]
    elsewhere = told("暖气不热，屋里只有十几度", MONDAY - HOUR, place="钢花小区1栋")
    other = told("楼道灯坏了，晚上看不见", MONDAY - HOUR, matter="02.02.02")
    found = like()
    assert found.event == "同一地点同类 3 件，三天内，可能是同一件事"
    assert found.same_event == tuple(same)
    assert [one.number for one in found.orders] == [*same, elsewhere, other]
    assert [one.event for one in found.orders] == [True, True, True, False, False]
    assert found.orders[0].reasons == ("同一地点（工人村二区3栋）", "事项相同", "1 小时前")
    assert found.orders[3].reasons == ("事项相同", "用词相近", "1 小时前")


def test_two_are_no_high_frequency_event_and_neither_are_old_ones() -> None:
    told("暖气冰凉", MONDAY - HOUR)
    told("暖气冰凉", MONDAY - 2 * HOUR)
    told("暖气冰凉", MONDAY - 4 * DAY)
    found = like()
    assert (found.event, len(found.same_event), len(found.orders)) == ("", 2, 3)
    assert found.orders[2].reasons[-1] == "4 天前"


def test_only_the_last_ninety_days_count_and_not_the_order_itself() -> None:
    told(COLD, MONDAY - 91 * DAY)
    kept = told(COLD, MONDAY - 89 * DAY)
    itself = told(COLD, MONDAY - HOUR)
    assert [one.number for one in like(but=itself).orders] == [kept]


def test_the_same_door_comes_before_the_same_estate() -> None:
    estate = told("暖气不热", MONDAY - HOUR, place="工人村二区9栋")
    door = told("暖气不热", MONDAY - 2 * HOUR, place="工人村二区 3栋")
    found = like()
    assert [one.number for one in found.orders] == [door, estate]
    assert [one.reasons[0] for one in found.orders] == ["同一地点（工人村二区3栋）", "同在工人村二区"]


def test_words_alone_find_it_before_the_place_is_known() -> None:
    alike = told("地热分水器往外滋水，一会儿一盆", MONDAY - DAY, place="北苑小区")
    told("公交车不按站停", MONDAY - DAY, place="北苑小区", matter="07.06")
    found = like("分水器滋水，报修没人来", "", "")
    assert [(one.number, one.reasons) for one in found.orders] == [(alike, ("用词相近", "1 天前"))]


@pytest.mark.parametrize("text", ["", "啊", "12 3", "，。！", "\0"])
def test_nothing_told_finds_nothing_and_asks_nothing(text: str) -> None:
    from jiesu.store import sql  # noqa: PLC0415 - Django can be imported only once it is set up

    told(COLD, MONDAY - HOUR)
    like("暖气")
    with sql.counting() as made:
        assert like(text, "", "").orders == ()
    assert made == []


def test_a_phone_in_the_story_finds_nobody() -> None:
    told("请回电13800001111", MONDAY - HOUR, place="", matter="23.07")
    assert like("13800001111", "", "").orders == ()


def test_at_most_so_many_in_one_statement() -> None:
    from jiesu.store import sql  # noqa: PLC0415 - Django can be imported only once it is set up

    for nth in range(12):
        told(f"暖气冰凉，第{nth}次打电话了", MONDAY - nth * HOUR)
    like()
    with sql.counting() as made:
        found = like(limit=5)
    assert (len(made), len(found.orders), len(found.same_event)) == (1, 5, 12)
    assert found.event == "同一地点同类 12 件，三天内，可能是同一件事"


def test_the_rarest_words_are_asked_for_within_a_budget_of_rows() -> None:
    from jiesu.store.similar import _read  # noqa: PLC0415 - Django can be imported only once it is set up

    days = [MONDAY - (100 - nth) * DAY for nth in range(101)]
    seen = _read((["小区", "暖气", "分水"], [0.5, 0.01, 0.0002, 0.0002, 0.5], 100_000.0, days))
    assert seen.rarest(["小区", "暖气", "分水", "水器"]) == ["水器", "分水"]
    assert seen.rarest(["小区"]) == ["小区"]
    assert (seen.reach("小区"), seen.reach("水器")) == (EVENT_WINDOW, WINDOW)
    assert seen.reach("暖气") == timedelta(days=30)
    assert seen.worth("分水") > seen.worth("暖气") > seen.worth("小区")
    nothing = _read(None)
    assert (nothing.share("小区"), nothing.reach("")) == (0.01 / 6, WINDOW)
