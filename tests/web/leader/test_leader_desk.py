"""The mayor's eight seconds: at most seven lines, each opened by one press; instructions until they are answered."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests import city
from tests.city import HEAT, MONDAY, local
from tests.web import situations
from tests.web.desk import AGENT, HEAT_CLERK, LEADER, Desk

NEXT_WEEK = local("2026-12-01 10:00")


def counted(desk: Desk) -> None:
    from jiesu.jobs.chores import count_orders  # noqa: PLC0415 - Django can be imported only once it is set up

    count_orders(desk.at)


def test_a_quiet_day_says_so(desk: Desk) -> None:
    counted(desk)
    page = desk.get(LEADER, "/leader")
    assert "0 件事" in page.words
    assert "今天没有需要您过问的事。" in page.words
    assert "没有突然增多的事，没有多人同诉" in page.words
    assert "截至 10:00，其余是此刻" in page.words


def test_what_was_never_counted_is_not_called_quiet(desk: Desk) -> None:
    page = desk.get(LEADER, "/leader")
    assert "没有多人同诉" not in page.words
    assert "还没有统计，几分钟后再看" in page.words


def test_each_line_opens_into_its_orders(desk: Desk) -> None:
    late = city.handling()
    desk.at = NEXT_WEEK
    urgent = city.registered(NEXT_WEEK, urgency="emergency")
    same = [city.accepted(NEXT_WEEK, place="工人村二区") for _ in range(5)]
    counted(desk)
    page = desk.get(LEADER, "/leader")
    assert "4 件事" in page.words
    assert "今天新报的特急" in page.words
    assert "已超期 供热公司 1" in page.words
    assert "工人村二区 " in page.words
    assert "三天 5 件" in page.words
    assert "平时同一天 0 件" in page.words
    assert desk.get(LEADER, "/leader/urgent").rows == [urgent.number]
    assert desk.get(LEADER, "/leader/red").rows == [late.number]
    assert desk.get(LEADER, f"/leader/red?unit={HEAT}").rows == [late.number]
    assert desk.get(LEADER, "/leader/groups").rows == [one.number for one in reversed(same)]


def test_the_same_weekday_of_eight_weeks_is_what_is_usual(desk: Desk) -> None:
    for week in range(1, 9):
        for _ in range(2):
            city.accepted(MONDAY - timedelta(weeks=week))
    for _ in range(5):
        city.accepted(MONDAY)
    counted(desk)
    assert "今天 5 件，平时同一天 2 件" in desk.get(LEADER, "/leader/surges").words
    assert len(desk.get(LEADER, "/leader/surges").rows) == 5


def test_three_of_one_person_in_a_week_is_a_line_and_names_nobody(desk: Desk) -> None:
    for _ in range(3):
        city.accepted(name="张小凤", phone="13800001111")
    counted(desk)
    page = desk.get(LEADER, "/leader/repeats")
    assert "同一人七天 3 件" in page.words
    assert len(page.rows) == 3
    assert "张小凤" not in page.html
    assert "13800001111" not in page.html


def test_an_instruction_is_written_followed_and_answered(desk: Desk) -> None:
    order = city.handling()
    desk.at = MONDAY + timedelta(hours=1)
    desk.move(LEADER, order.number, "instruct", instruction="一周内报我", unit="供热公司", due="2026-11-24T09:00")
    page = desk.get(LEADER, "/leader")
    assert "批示临近反馈 一天内到期或已过期，单位还没有反馈" in page.words
    assert "等供热公司反馈" in page.words
    assert "范晓光 刚刚 批示" in page.words
    assert desk.get(LEADER, "/leader/instructed").rows == [order.number]
    desk.move(HEAT_CLERK, order.number, "answer_instruction", request="1", answer="已排期")
    page = desk.get(LEADER, "/leader")
    assert "已反馈 供热公司" in page.words
    assert "批示临近反馈" not in page.words


def test_a_promise_past_its_day_is_told(desk: Desk) -> None:
    order = situations.promised()
    desk.at = MONDAY + timedelta(days=60)
    assert desk.get(LEADER, "/leader/promises").rows == [order.number]
    assert "承诺到期未核实" in desk.get(LEADER, "/leader").words


def test_nobody_else_sits_here(desk: Desk) -> None:
    assert desk.get(AGENT, "/leader").status == 403
    assert desk.get(AGENT, "/leader/red").status == 403
    assert desk.get(LEADER, "/leader/nothing").status == 404


def test_the_leaders_pages_cost_at_most_five(desk: Desk) -> None:
    from jiesu.store import rules  # noqa: PLC0415 - Django can be imported only once it is set up

    situations.instructed()
    city.handling()
    desk.at = NEXT_WEEK
    counted(desk)
    browser = desk.browser(LEADER)
    rules.current()
    spent = {}
    for address in ("/leader", "/leader/red", "/leader/groups", "/leader/urgent"):
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert browser.get(address).status_code == 200
        spent[address] = len(ours) + len(djangos)
    assert spent == {"/leader": 5, "/leader/red": 5, "/leader/groups": 5, "/leader/urgent": 4}
