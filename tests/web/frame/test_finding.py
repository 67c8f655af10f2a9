"""The search box: by number, phone, name and words, within what the person may see."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import city
from tests.city import HOUSING, LIU, MONDAY
from tests.web.desk import (
    ADMINISTRATOR,
    AGENT,
    CALLER,
    DISPATCHER,
    FARMING_CLERK,
    HEAT_CLERK,
    HEAT_SECTION,
    HOUSING_CLERK,
    REVIEWER,
    SECTION,
    SUPERVISOR,
    Desk,
    Seen,
)
from tests.web.situations import after


def find(desk: Desk, who: str, asked: str) -> Seen:
    return desk.post(who, "/search", {"q": asked})


def test_a_number_goes_straight_to_its_order(desk: Desk) -> None:
    number = city.handling().number
    assert find(desk, AGENT, f" {number} ").address == f"/order/{number}"
    assert find(desk, FARMING_CLERK, str(number)).status == 403
    missing = find(desk, AGENT, "2611230009999")
    assert (missing.status, "没有工单 2611230009999，请核对工单号。" in missing.words) == (404, True)


def test_a_phone_and_a_name_are_for_those_who_talk_to_people(desk: Desk) -> None:
    mine = city.handling(name="张小凤", phone="13800001111").number
    city.handling(name="李大山", phone="13800002222")
    for who in (AGENT, DISPATCHER, CALLER, SUPERVISOR):
        for asked in ("13800001111", "+8613800001111", "8613800001111", "张小凤"):
            assert find(desk, who, asked).rows == [mine], (who, asked)
    for who in (REVIEWER, HEAT_CLERK, ADMINISTRATOR):
        assert find(desk, who, "13800001111").rows == find(desk, who, "张小凤").rows == []


def test_what_was_asked_for_stands_in_no_address(desk: Desk) -> None:
    seen = find(desk, AGENT, "13800001111")
    assert seen.address == "/search"
    assert seen.forms["search"].values["q"] == ["13800001111"]
    assert desk.get(AGENT, "/search?q=13800001111").forms["search"].values["q"] == [""]


def test_words_find_what_was_said_within_ninety_days_newest_first(desk: Desk) -> None:
    first = city.registered(text="工人村二区换热站夜里轰鸣").number
    second = city.registered(MONDAY + timedelta(days=1), text="换热站漏水").number
    city.registered(text="路灯不亮")
    desk.at = MONDAY + timedelta(days=2)
    assert find(desk, AGENT, "换热站").rows == [second, first]
    assert find(desk, AGENT, "换热站 轰鸣").rows == [first]
    nothing = find(desk, AGENT, "没有人说过的话")
    assert nothing.rows == []
    assert "没有找到。词语只在最近 90 天的诉求里找；工单号写全 13 位，或只写最后几位（近一个月的）。" in nothing.words
    desk.at = MONDAY + timedelta(days=90, hours=1)
    assert find(desk, AGENT, "换热站").rows == [second]


def test_a_unit_finds_only_orders_that_it_has_a_part_in(desk: Desk) -> None:
    ours = city.dispatched(text="换热站夜里轰鸣", assist=[HOUSING]).number
    city.accepted(text="换热站漏水")
    handed_on = after(city.handling(text="换热站门没锁"), "sub_dispatch", LIU, section=SECTION).number
    assert find(desk, HEAT_CLERK, "换热站").rows == [handed_on, ours]
    assert find(desk, HOUSING_CLERK, "换热站").rows == [ours]
    assert find(desk, HEAT_SECTION, "换热站").rows == [handed_on]
    assert find(desk, FARMING_CLERK, "换热站").rows == []


def test_who_may_not_read_words_finds_nothing_by_them(desk: Desk) -> None:
    city.handling(text="换热站夜里轰鸣")
    assert find(desk, ADMINISTRATOR, "换热站").rows == []


def test_an_empty_box_says_what_it_is_for(desk: Desk) -> None:
    assert "在上面的框里写工单号或尾号、电话、姓名、地点，或几个词。" in desk.get(AGENT, "/search").words


def test_the_end_of_a_number_finds_the_orders_of_the_last_month_within_ones_scope(desk: Desk) -> None:
    ours, others = city.dispatched().number, city.accepted().number
    tail = str(ours)[-4:]
    assert find(desk, AGENT, tail).rows == find(desk, HEAT_CLERK, tail).rows == [ours]
    assert find(desk, AGENT, str(others)[-4:]).rows == [others]
    assert find(desk, HEAT_CLERK, str(others)[-4:]).rows == []
    desk.at = MONDAY + timedelta(days=40)
    assert find(desk, AGENT, tail).rows == []


def test_a_place_is_found_as_words_are(desk: Desk) -> None:
    order = city.registered(text="路灯不亮", place="西苑小区三号楼")
    seen = find(desk, AGENT, "西苑小区")
    assert seen.rows == [order.number]
    assert "<mark>西苑小区</mark>三号楼" in seen.html


def test_while_one_types_a_few_of_each_kind_are_shown_and_nothing_around_them(desk: Desk) -> None:
    orders = [city.registered(text=f"第{at}号楼路灯不亮").number for at in range(7)]
    answer = desk.browser(AGENT).post("/search", {"q": "路灯"}, headers={"X-Part": "suggest"})
    html = answer.content.decode()
    assert html.count('role="option"') == 5
    assert all(f"/order/{number}" in html for number in orders[2:])
    assert "<mark>路灯</mark>不亮" in html
    assert "<nav" not in html


def test_finding_costs_at_most_five_statements(desk: Desk) -> None:
    from jiesu.store import rules, similar, sql  # noqa: PLC0415 - Django can be imported only once it is set up

    city.handling(name="张小凤", phone="13800001111")
    browser = desk.browser(DISPATCHER)
    rules.current()
    similar.frequencies()
    for asked in ("保温", "张小凤", "工人村二区3栋", "0001", "13800001111"):
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert browser.post("/search", {"q": asked}).status_code == 200
        assert len(ours) + len(djangos) <= 5, asked
