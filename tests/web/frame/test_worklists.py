"""What waits for whom: each role's lists, their filters, their pages, and what a line may show."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import city
from tests.city import CHEN, FANG, HE, HEAT, HOUR, HOUSING, LIU, MA, MONDAY
from tests.web import situations
from tests.web.desk import (
    ADMINISTRATOR,
    AGENT,
    ANALYST,
    APPROVER,
    ARBITER,
    CALLER,
    DISPATCHER,
    DPO,
    FARMING_CLERK,
    HEAT_CLERK,
    HEAT_LEADER,
    HEAT_SECTION,
    HOUSING_CLERK,
    INSPECTOR,
    LEADER,
    REVIEWER,
    SECTION,
    SUPERVISOR,
    Desk,
)
from tests.web.situations import after


def rows(desk: Desk, who: str, queue: str, query: str = "") -> list[int]:
    return desk.get(who, f"/work/{queue}?{query}").rows


def test_each_role_finds_its_work_and_nothing_that_is_not(desk: Desk) -> None:
    received, accepted, details = city.registered(), city.accepted(), situations.needs_details()
    sent, held = city.dispatched(), city.handling()
    replied, calling = city.replied(), situations.in_callback()
    ruling, returning, shelving = situations.ruling(), situations.return_asked(), situations.shelve_asked()
    exempting, told = situations.exemption_asked(), situations.instructed()
    desk.at = MONDAY + 5 * HOUR
    assert rows(desk, AGENT, "received") == [received.number]
    assert rows(desk, DISPATCHER, "accepted") == [accepted.number]
    assert rows(desk, DISPATCHER, "needs_details") == [details.number]
    assert rows(desk, DISPATCHER, "returns") == [returning.number]
    assert rows(desk, HEAT_CLERK, "sign") == [sent.number]
    held_by_heat = [one.number for one in (held, returning, shelving, exempting, told)]
    assert sorted(rows(desk, HEAT_LEADER, "work")) == sorted(held_by_heat)
    assert rows(desk, HEAT_CLERK, "told") == [told.number]
    assert rows(desk, REVIEWER, "review") == [replied.number]
    assert rows(desk, CALLER, "callback") == [calling.number]
    assert rows(desk, SUPERVISOR, "decide") == [shelving.number]
    assert rows(desk, SUPERVISOR, "exempt") == rows(desk, APPROVER, "exempt") == [exempting.number]
    assert rows(desk, ARBITER, "ruling") == [ruling.number]
    assert rows(desk, LEADER, "instructed") == [told.number]
    everything = sorted([*held_by_heat, received.number, accepted.number, details.number, sent.number, replied.number]
                        + [calling.number, ruling.number])  # fmt: skip
    for who in (AGENT, DISPATCHER, SUPERVISOR, INSPECTOR, ANALYST, LEADER, ADMINISTRATOR):
        assert sorted(rows(desk, who, "all")) == everything
    assert desk.get(FARMING_CLERK, "/work/mine").rows == []
    assert rows(desk, HOUSING_CLERK, "mine") == []


def test_home_is_the_first_list_with_work_and_every_list_says_how_much(desk: Desk) -> None:
    city.accepted()
    city.accepted()
    home = desk.get(DISPATCHER, "/")
    assert (home.address, home.title) == ("/dispatch", "派单 · 接诉")
    lists = "派单 2 待受理 0 待派单 2 退单待审 0 申请待审 0 待补充 0 全部工单"
    assert f"{lists} 受理 0 质检 0 交接班 应急 登记诉求" in home.words


def test_an_empty_list_says_why(desk: Desk) -> None:
    assert "答复都审完了。" in desk.get(REVIEWER, "/work/review").words
    city.replied()
    filtered = desk.get(REVIEWER, "/work/review?urgency=emergency")
    assert filtered.rows == []
    assert "没有符合条件的工单。" in filtered.words


def test_filters_stand_in_the_address_and_in_the_form(desk: Desk) -> None:
    cold, fees = city.handling(matter="03.01", kind="complaint"), city.handling(matter="03.04", region="R0102")
    urgent = city.handling(urgency="urgent")
    both = [cold.number, fees.number, urgent.number]
    desk.at = MONDAY + HOUR
    assert sorted(rows(desk, DISPATCHER, "all")) == both
    assert rows(desk, DISPATCHER, "all", "kind=complaint") == [cold.number]
    assert rows(desk, DISPATCHER, "all", "matter=03.04") == [fees.number]
    assert sorted(rows(desk, DISPATCHER, "all", "matter=03")) == both
    assert rows(desk, DISPATCHER, "all", "matter=03.0") == sorted(both, reverse=True)  # no such matter: not asked for
    assert rows(desk, DISPATCHER, "all", "region=R0102") == [fees.number]
    assert sorted(rows(desk, DISPATCHER, "all", "region=R01")) == both
    assert rows(desk, DISPATCHER, "all", "urgency=urgent&state=handling") == [urgent.number]
    assert rows(desk, DISPATCHER, "all", "state=closed") == []
    assert sorted(rows(desk, DISPATCHER, "all", f"unit={HEAT}")) == both
    assert rows(desk, DISPATCHER, "all", f"unit={HOUSING}") == []
    seen = desk.get(DISPATCHER, "/work/all?kind=complaint&due_before=2027-01-01")
    form = seen.forms["filters"]
    assert (form.values["kind"], form.values["due_before"]) == (["complaint"], ["2027-01-01"])
    assert seen.rows == [cold.number]
    assert rows(desk, DISPATCHER, "all", "due_before=2026-11-23") == []


def test_a_list_of_everything_goes_back_ninety_two_days_when_no_index_helps(desk: Desk) -> None:
    order = city.registered()
    desk.at = MONDAY + timedelta(days=92)
    assert rows(desk, DISPATCHER, "all", "kind=help") == [order.number]
    desk.at = MONDAY + timedelta(days=93)
    late = desk.get(DISPATCHER, "/work/all?kind=help")
    assert late.rows == []
    assert "只列最近 92 天登记的工单" in late.words
    assert rows(desk, DISPATCHER, "all", "state=received") == rows(desk, DISPATCHER, "all") == [order.number]
    assert rows(desk, DISPATCHER, "received", "kind=help") == [order.number]


@pytest.mark.parametrize(("queue", "who"), [("received", AGENT), ("all", AGENT), ("sign", HEAT_CLERK)])
def test_pages_of_fifty_leave_nobody_out_and_show_nobody_twice(desk: Desk, queue: str, who: str) -> None:
    make = city.dispatched if queue == "sign" else city.registered
    # Deadlines in bunches, so that pages end within one.
    numbers = [make(MONDAY + timedelta(minutes=index // 20)).number for index in range(103)]
    desk.at = MONDAY + HOUR
    found: list[int] = []
    address = f"/work/{queue}"
    sizes = []
    while address:
        seen = desk.get(who, address)
        sizes.append(len(seen.rows))
        found += seen.rows
        address = seen.next
    assert sizes == [50, 50, 3]
    assert found == (sorted(numbers, reverse=True) if queue == "all" else numbers)


def test_orders_without_a_clock_come_last_and_are_paged_too(desk: Desk) -> None:
    shelved = [situations.shelved().number for _ in range(2)]
    held = [city.handling(MONDAY + timedelta(minutes=index)).number for index in range(50)]
    desk.at = MONDAY + 4 * HOUR
    first = desk.get(HEAT_CLERK, "/work/work")
    assert sorted(first.rows) == held
    assert desk.get(HEAT_CLERK, first.next).rows == shelved


def test_the_clock_of_a_line_is_a_bar_and_words(desk: Desk) -> None:
    order = city.accepted()
    desk.at = MONDAY + timedelta(minutes=10)
    assert "还剩 20分钟" in desk.get(DISPATCHER, "/work/accepted").words
    desk.at = MONDAY + timedelta(minutes=32)
    late = desk.get(DISPATCHER, "/work/accepted")
    assert "已超期 2分钟" in late.words
    assert late.rows == [order.number]


def test_a_supervisor_finds_what_is_late_and_what_soon_will_be(desk: Desk) -> None:
    order = city.accepted()
    desk.at = MONDAY + timedelta(minutes=10)
    assert (rows(desk, SUPERVISOR, "red"), rows(desk, SUPERVISOR, "amber")) == ([], [])
    desk.at = MONDAY + timedelta(minutes=25)
    assert (rows(desk, SUPERVISOR, "red"), rows(desk, SUPERVISOR, "amber")) == ([], [order.number])
    desk.at = MONDAY + timedelta(minutes=31)
    assert (rows(desk, SUPERVISOR, "red"), rows(desk, SUPERVISOR, "amber")) == ([order.number], [])
    marked = after(order, "mark", city.DU, flag="hard_case")
    assert rows(desk, SUPERVISOR, "flagged") == [marked.number]


def test_an_assisting_unit_a_section_and_a_summoned_one_find_theirs(desk: Desk) -> None:
    joint = city.dispatched(assist=[HOUSING])
    handed_on = after(city.handling(), "sub_dispatch", LIU, section=SECTION)
    summoned = situations.whistled()
    desk.at = MONDAY + HOUR
    assert rows(desk, HOUSING_CLERK, "sign") == [joint.number]
    assert rows(desk, HOUSING_CLERK, "whistle") == [summoned.number]
    assert rows(desk, HEAT_SECTION, "work") == rows(desk, HEAT_SECTION, "mine") == [handed_on.number]
    assert rows(desk, FARMING_CLERK, "whistle") == []


def test_a_unit_that_had_an_order_twice_lists_it_once(desk: Desk) -> None:
    order = after(city.dispatched(), "recall", CHEN, reason="派错了")
    order = after(order, "dispatch", CHEN, lead=HEAT)
    assert [leg.unit for leg in order.legs] == [HEAT, HEAT]
    assert rows(desk, HEAT_CLERK, "mine") == rows(desk, HEAT_CLERK, "sign") == [order.number]


def test_a_unit_does_not_see_by_the_clock_how_its_callback_goes(desk: Desk) -> None:
    order = situations.in_callback()
    desk.at = MONDAY + 4 * HOUR
    at_centre = desk.get(CALLER, "/work/callback")
    assert "还剩 4天3小时" in at_centre.words
    at_unit = desk.get(HEAT_CLERK, "/work/mine")
    assert at_unit.rows == [order.number]
    assert "还剩" not in at_unit.words
    assert "待回访" in at_unit.words


def test_promises_withdrawals_and_procedures_are_followed(desk: Desk) -> None:
    promised, withdrawn, closed = situations.promised(), situations.withdrawn(), city.closed()
    desk.at = MONDAY + timedelta(days=1)
    assert sorted(rows(desk, CALLER, "after")) == [promised.number, withdrawn.number]
    assert closed.number in rows(desk, DPO, "closed")
    kept = after(promised, "check_promise", FANG, 24 * 40, kept=True)
    assert kept.number not in rows(desk, CALLER, "after")


def test_a_ruling_is_followed_until_the_duty_is_settled(desk: Desk) -> None:
    order = situations.ruled()
    assert rows(desk, ARBITER, "duty") == [order.number]
    after(order, "settle_duty", situations.CAI, lead=HEAT, duty="归供热公司")
    assert rows(desk, ARBITER, "duty") == []


def test_a_title_is_only_for_those_who_may_read_the_words(desk: Desk) -> None:
    city.handling(title="供热管道没有保温", place="工人村二区")
    assert "供热管道没有保温" in desk.get(ANALYST, "/work/all").words
    administrator = desk.get(ADMINISTRATOR, "/work/all")
    assert len(administrator.rows) == 1
    assert "没有保温" not in administrator.html
    assert "工人村二区" not in administrator.html
    assert "（标题不在您的查看范围）" in administrator.words


def test_requests_are_listed_by_their_own_limit(desk: Desk) -> None:
    slow = after(city.handling(), "request_extension", MA, 2, days=3, reason="等配件")
    quick = situations.extension_asked()
    desk.at = MONDAY + 3 * HOUR
    assert rows(desk, DISPATCHER, "asked") == [quick.number, slow.number]
    assert "还剩 3小时" in desk.get(DISPATCHER, "/work/asked").words


def test_reviewers_see_the_review_clock(desk: Desk) -> None:
    order = city.replied()
    assert order.last_at is not None
    after(order, "send_back", HE, send_back="not_answered", reason="没有回应")
    assert rows(desk, REVIEWER, "review") == []
