"""分析员 and the numbers: a table of counts, days, what comes most; each number opens into its orders."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests import city
from tests.city import MONDAY
from tests.web.desk import AGENT, ANALYST, HEAT_CLERK, Desk


def counted(desk: Desk) -> None:
    from jiesu.jobs.chores import count_orders  # noqa: PLC0415 - Django can be imported only once it is set up

    count_orders(desk.at)


def test_before_anything_was_counted_the_page_says_so(desk: Desk) -> None:
    page = desk.get(ANALYST, "/analyst")
    assert "有 3 个月还没有统计" in page.words
    assert "这段时间还没有统计，过几分钟再看" in page.words


def test_orders_by_matter_and_month_and_each_number_opens(desk: Desk) -> None:
    old = city.accepted(MONDAY - timedelta(days=31))
    new = [city.handling() for _ in range(3)]
    roads = city.accepted(matter="02.01", region="R0102")
    desk.at = MONDAY + timedelta(hours=1)
    counted(desk)
    page = desk.get(ANALYST, "/analyst")
    assert "5 件，截至 11-23 11:00" in page.words
    assert "合计 0 1 4 5" in page.words
    both = desk.get(ANALYST, "/analyst?rows=region&columns=unit&from=2026-11&to=2026-11")
    assert "没有派单" in both.words
    assert "供热公司" in both.words
    opened = desk.get(ANALYST, "/analyst/orders?from=2026-11&to=2026-11&matter=03.06")
    assert opened.rows == [one.number for one in reversed(new)]
    assert desk.get(ANALYST, "/analyst/orders?from=2026-10&to=2026-10").rows == [old.number]
    assert desk.get(ANALYST, "/analyst/orders?from=2026-11&to=2026-11&unit=-").rows == [roads.number]


def test_counting_twice_counts_once_and_follows_what_was_changed(desk: Desk) -> None:
    order = city.handling()
    desk.at = MONDAY + timedelta(hours=1)
    counted(desk)
    counted(desk)
    assert "1 件，截至 11-23 11:00" in desk.get(ANALYST, "/analyst?matter=03").words
    desk.at += timedelta(minutes=5)
    city.take(order, "correct", city.CHEN, desk.at, {"matter": "02.01", "reason": "听错了"})
    counted(desk)
    assert "0 件，截至 11-23 11:05" in desk.get(ANALYST, "/analyst?matter=03").words
    assert "1 件，截至 11-23 11:05" in desk.get(ANALYST, "/analyst?matter=02").words


def test_the_table_as_a_file(desk: Desk) -> None:
    city.handling()
    counted(desk)
    answer = desk.browser(ANALYST).get("/analyst/table.csv?rows=unit&columns=month&from=2026-11&to=2026-11")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines == [
        "牵头单位,2026-11,合计",
        "供热公司,1,1",
        "合计,1,1",
        "截至 2026-11-23 10:00，按登记月份，含不予受理、撤诉和并单",
    ]


def test_a_table_is_kept_as_a_view(desk: Desk) -> None:
    counted(desk)
    desk.post(ANALYST, "/analyst/views/save", {"name": "供热逐月", "query": "rows=matter&matter=03"})
    assert "供热逐月" in desk.get(ANALYST, "/analyst").words
    desk.post(ANALYST, "/analyst/views/drop", {"name": "供热逐月"})
    assert "供热逐月" not in desk.get(ANALYST, "/analyst").words


def test_days_and_what_comes_most_without_who_calls(desk: Desk) -> None:
    for _ in range(3):
        city.accepted(name="张小凤", phone="13800001111", place="工人村二区")
    counted(desk)
    page = desk.get(ANALYST, "/analyst/days")
    assert "11月23日 周一 3 件" in page.words
    assert "工人村二区 3" in page.words
    assert "诉求人 1，多为" in page.words
    assert "张小凤" not in page.html
    assert "13800001111" not in page.html
    assert len(desk.get(ANALYST, "/analyst/orders?from=2026-11-23&to=2026-11-23").rows) == 3


def test_strange_addresses_are_the_usual_page(desk: Desk) -> None:
    city.handling()
    counted(desk)
    usual = desk.get(ANALYST, "/analyst").words
    assert desk.get(ANALYST, "/analyst?from=2026-99&to=x&rows=nothing&matter=%00&kind='").words == usual
    assert desk.get(ANALYST, "/analyst/days?from=0000-00-00&to=9999-99-99").status == 200
    assert desk.get(ANALYST, "/analyst/orders?from=1&before=99999999999999999999&numbers=x,1e9").status == 200


def test_nobody_at_a_unit_counts_the_city(desk: Desk) -> None:
    for address in ("/analyst", "/analyst/days", "/analyst/orders", "/analyst/table.csv"):
        assert desk.get(HEAT_CLERK, address).status == 403
        assert desk.get(AGENT, address).status == 403


def test_the_analysts_pages_cost_at_most_five(desk: Desk) -> None:
    from jiesu.store import rules  # noqa: PLC0415 - Django can be imported only once it is set up

    city.handling()
    counted(desk)
    browser = desk.browser(ANALYST)
    rules.current()
    spent = {}
    for address in ("/analyst", "/analyst/days", "/analyst/orders"):
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert browser.get(address).status_code == 200
        spent[address] = len(ours) + len(djangos)
    assert spent == {"/analyst": 4, "/analyst/days": 5, "/analyst/orders": 4}
