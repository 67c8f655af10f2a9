"""刘姐's desk: today's numbers that filter, what is due first, twenty taken at once each by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.domain.order import Order
from jiesu.store import sql
from jiesu.web.unit import desk as unit_desk
from tests import city
from tests.city import CHEN, HEAT, HOUR, HOUSING, LIU, MONDAY, ZHOU, local
from tests.web import situations
from tests.web.desk import (
    DISPATCHER,
    HEAT_CLERK,
    HEAT_LEADER,
    HEAT_SECTION,
    HOUSING_CLERK,
    Desk,
    events_of,
    order_of,
)

DAY = timedelta(days=1)
Cost = Callable[..., int]


@pytest.fixture
def cost(desk: Desk) -> Cost:
    """The statements of one request by somebody who is signed in, once this process knows the city's rules."""
    from jiesu.store import rules  # noqa: PLC0415 - Django can be imported only once it is set up

    def count(who: str, address: str, given: dict[str, object] | None = None) -> int:
        browser = desk.browser(who)
        rules.current()
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            answer = browser.get(address) if given is None else browser.post(address, given)
        assert answer.status_code in (200, 302)
        return len(ours) + len([one for one in djangos if one["sql"] not in ("BEGIN", "COMMIT", "ROLLBACK")])

    return count


def assisted() -> Order:
    """Led by 住建局, who has it in hand; the heating company assists and has not yet taken its part."""
    facts = {"lead": HOUSING, "assist": [HEAT], "basis": "产权单位"}
    order = city.take(city.accepted(), "dispatch", CHEN, MONDAY, facts)
    return city.take(order, "acknowledge", city.XU, MONDAY)


def ring(html: str) -> dict[str, str]:
    """What the tiles say."""
    found = {}
    for piece in html.partition('id="ring"')[2].partition("</nav>")[0].split("<b>")[1:]:
        number, _, rest = piece.partition("</b> <span>")
        found[rest.partition("<")[0]] = number
    return found


def test_the_ring_counts_the_day_and_each_number_shows_its_orders(desk: Desk) -> None:
    late = city.handling(MONDAY - 9 * DAY)
    asked_after = city.handling(MONDAY - DAY)
    city.take(asked_after, "chase", ZHOU, MONDAY, {"note": "又来电问"})
    fresh = city.dispatched()
    desk.at = MONDAY + HOUR
    page = desk.get(HEAT_CLERK, "/unit")
    assert ring(page.html) == {"待签收": "1", "办理中": "2", "今日到期": "0", "超期": "1", "有人催": "1"}
    assert page.rows == [asked_after.number, late.number, fresh.number]  # a chase first, then by limit
    assert [part for part in ("诉求人在催", "已超期", "今天到期", "明天到期", "以后") if part in page.words] == [
        "诉求人在催",
        "已超期",
        "明天到期",
    ]
    assert desk.get(HEAT_CLERK, "/unit?show=sign").rows == [fresh.number]
    assert desk.get(HEAT_CLERK, "/unit?show=work").rows == [asked_after.number, late.number]
    assert desk.get(HEAT_CLERK, "/unit?show=red").rows == [late.number]
    assert desk.get(HEAT_CLERK, "/unit?show=chased").rows == [asked_after.number]
    assert "今天没有到期的。" in desk.get(HEAT_CLERK, "/unit?show=today").words
    assert desk.get(HEAT_CLERK, "/unit?show=nonsense&page=x").rows == page.rows
    desk.at = local("2026-11-24 09:00")
    assert ring(desk.get(HEAT_CLERK, "/unit").html)["今日到期"] == "1"


def test_an_urgent_order_is_due_when_its_interim_reply_is(desk: Desk) -> None:
    city.handling(urgency="emergency", text="锅炉房冒烟")
    desk.at = MONDAY + HOUR
    page = desk.get(HEAT_CLERK, "/unit")
    assert "阶段反馈 还剩 1小时" in page.words
    assert "今天到期" in page.words


def test_twenty_are_taken_at_once_each_in_its_own_transaction(desk: Desk) -> None:
    orders = [city.dispatched() for _ in range(18)]
    joint = [assisted() for _ in range(2)]
    page = desk.get(HEAT_CLERK, "/unit?show=sign&all=1")
    marks = page.forms["buttons sign"]
    assert page.html.count(" checked") == 20
    boxes = [piece.partition('"')[0] for piece in page.html.split('name="mark" value="')[1:]]
    assert boxes[0] == f"{orders[0].number}.3.lead"
    assert [one.endswith("assist") for one in boxes] == [False] * 18 + [True] * 2
    city.take(orders[3], "recall", CHEN, MONDAY, {"reason": "派错了"})

    page = desk.post(HEAT_CLERK, marks.action, {"mark": boxes})

    assert "已签收 19 张，1 张没有签收，原因在下面。" in page.words
    assert f"{orders[3].number} 这张工单刚被已离岗人员“撤回派单”，现在是“待派单”" in page.words
    taken = [order for order in (*orders, *joint) if order is not orders[3]]
    assert {events_of(one.number)[-1].move for one in taken[:17]} == {"acknowledge"}
    assert {events_of(one.number)[-1].move for one in joint} == {"leg_acknowledge"}
    assert order_of(orders[3].number).state == "accepted"
    assert ring(page.html)["办理中"] == "19"


def test_nothing_marked_and_nonsense_do_nothing(desk: Desk) -> None:
    order = city.dispatched()
    for mark in ([], ["x", "x.2", f"{order.number}", f"{order.number}.999999999.lead"]):
        page = desk.post(HEAT_CLERK, "/unit/acknowledge", {"mark": mark})
        assert (page.status, "还没有选中工单" in page.words) == (200, True)
    page = desk.post(HOUSING_CLERK, "/unit/acknowledge", {"mark": [f"{order.number}.3.lead"]})
    assert "这张工单不在您的办理范围内" in page.words
    assert order_of(order.number).state == "dispatched"


def test_a_section_sees_what_was_handed_to_it_and_signs_nothing(desk: Desk) -> None:
    order = city.handling()
    city.dispatched()
    assert desk.get(HEAT_SECTION, "/unit").rows == []
    city.take(order, "sub_dispatch", LIU, MONDAY, {"section": "U030101"})
    page = desk.get(HEAT_SECTION, "/unit")
    assert page.rows == [order.number]
    assert 'name="mark"' not in page.html


def test_the_centre_has_no_seat_here_and_signing_in_leads_to_it(desk: Desk) -> None:
    for path in ("/unit", "/unit/approve", "/unit/month", "/unit/roster"):
        assert desk.get(DISPATCHER, path).status == 403
    assert desk.get(HEAT_CLERK, "/").address == "/unit"
    assert desk.get(HEAT_CLERK, "/unit/approve").status == 403
    assert "手上没有工单。" in desk.get(HEAT_CLERK, "/unit").words


def test_rows_are_renewed_where_they_stand(desk: Desk) -> None:
    first, second = city.dispatched(), city.dispatched()
    city.take(second, "recall", CHEN, MONDAY, {"reason": "派错了"})
    address = f"/unit?rows={first.number},{second.number}"
    answer = desk.browser(HEAT_CLERK).get(address, headers={"X-Part": "rows"})
    html = answer.content.decode()
    assert f'<li data-number="{second.number}" data-left=""></li>' in html
    assert f'data-number="{first.number}" data-version="3"' in html
    ringed = desk.browser(HEAT_CLERK).get("/unit", headers={"X-Part": "ring"}).content.decode()
    assert ring(ringed)["待签收"] == "1"


def test_a_callback_does_not_leak_to_the_desk(desk: Desk) -> None:
    order = situations.answered("unresolved", "dissatisfied")()
    desk.at = (order.last_at or MONDAY) + HOUR
    page = desk.get(HEAT_LEADER, f"/unit/{order.number}")
    way = page.html.partition('id="order-way"')[2].partition("</section>")[0]
    assert (page.status, "审核通过" in way, "接通" in way, "不满意" in way) == (200, True, False, False)
    assert desk.get(HEAT_LEADER, "/unit").rows == []
    month = desk.get(HEAT_LEADER, "/unit/month")
    assert str(order.number) not in month.html.partition("满意率")[2]
    assert "满意率 — 0/0" in month.words


def test_more_than_a_page_is_turned_over(desk: Desk) -> None:
    orders = [city.dispatched() for _ in range(53)]
    page = desk.get(HEAT_CLERK, "/unit")
    assert (len(page.rows), page.next, "本页 50 件" in page.words) == (50, "/unit?page=2", True)
    assert desk.get(HEAT_CLERK, page.next).rows == [order.number for order in orders[50:]]


def test_what_the_pages_cost(desk: Desk, cost: Cost) -> None:
    order = situations.submitted()
    for _ in range(3):
        city.dispatched()
        situations.submitted()
    desk.at = MONDAY + 3 * HOUR
    costs = {
        "desk": cost(HEAT_CLERK, "/unit"),
        "filtered": cost(HEAT_CLERK, "/unit?show=sign"),
        "approve": cost(HEAT_LEADER, "/unit/approve"),
        "month": cost(HEAT_LEADER, "/unit/month"),
        "roster": cost(HEAT_LEADER, "/unit/roster"),
        "order": cost(HEAT_CLERK, f"/unit/{order.number}"),
        "move": cost(HEAT_CLERK, f"/unit/{order.number}/note", {"note": "阀门锈死"}),
    }
    print(costs)
    assert costs == {"desk": 5, "filtered": 5, "approve": 5, "month": 5, "roster": 5, "order": 7, "move": 4}


def test_midnight_is_the_citys() -> None:
    assert unit_desk.midnight(local("2026-11-23 23:59")) == local("2026-11-24 00:00")
    assert unit_desk.midnight(local("2026-11-24 00:00")) == local("2026-11-25 00:00")
