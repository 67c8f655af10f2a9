"""The dispatch desk under 老陈's hands: keys counted, each order on screen before it goes, the mouse not touched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from jiesu.domain.order import Order
from tests import city
from tests.browser import PageFactory
from tests.city import HOUR, MONDAY
from tests.web.desk import DISPATCHER, Desk, events_of, order_of
from tests.web.screens import Screens, site

ORDERS, WRONG = 40, 5
MOST = 60 + 6 * WRONG
# What is told and its matter by the register; what 老陈 knows better: two letters of a unit, its name, why (a digit).
DEMANDS = [
    ("楼外的热力管道没有保温", "03.06"),
    ("晚上十点烧烤摊占道", "01.01.01"),
    ("物业不打扫楼道", "02.01.01"),
    ("家里水压不足", "04.02"),
    ("小区门口路灯杆倒了", "01.05.02"),
    ("电表走得太快", "05.05"),
    ("公园座椅坏了", "01.07.03"),
    ("燃气没有气", "06.02"),
]
CORRECTED = {
    4: ("供水井的井盖没了", "01.05.01", "gs", "供水公司", "1"),
    11: ("开发商交房后房屋漏水", "02.01.01", "zj", "住建局", "2"),
    19: ("北岭片停暖两天", "03.02", "bl", "北岭热电", "3"),
    26: ("通信光缆垂到路面", "05.03", "yd", "移动公司", "1"),
    33: ("路口护栏被撞，车乱掉头", "01.05.02", "jj", "交警支队", "4"),
}


@pytest.fixture
def site_address(desk: Desk) -> Iterator[str]:
    with site() as address:
        yield address


@pytest.fixture
def screens(request: pytest.FixtureRequest, page: PageFactory, site_address: str, desk: Desk) -> Iterator[Screens]:
    made = Screens(page, site_address, desk, f"dispatch-{request.node.name.removeprefix('test_')[:12]}")
    yield made
    # What the page still asks for is answered while there is a database.
    made.of(DISPATCHER).wait_for_load_state("networkidle")
    made.of(DISPATCHER).goto("about:blank")


class Hands:
    """Ten fingers on one page: every key counts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1


def on_screen(page: Page, number: int) -> None:
    """Until this order stands in the middle with its decision, and its row is marked in the list."""
    expect(page.locator("#panes [data-order]")).to_have_attribute("data-order", str(number))
    expect(page.locator("#panes [data-decides]")).to_have_attribute("data-decides", str(number))
    expect(page.locator("#panes [data-order] h1")).to_be_in_viewport()
    expect(page.locator("#rows li.shown")).to_have_attribute("data-number", str(number))


def _demand(at: int) -> tuple[str, str]:
    return CORRECTED[at][:2] if at in CORRECTED else DEMANDS[at % len(DEMANDS)]


def told(order: Order) -> str:
    return _demand(order.number % 10_000_000 - 1)[0]


def waiting() -> list[Order]:
    orders = []
    for at in range(ORDERS):
        story, matter = _demand(at)
        orders.append(city.accepted(MONDAY + timedelta(seconds=at), text=story, title=story, matter=matter))
    return orders


def test_forty_orders_of_which_five_are_corrected(screens: Screens, desk: Desk) -> None:
    orders = waiting()
    desk.at = MONDAY + timedelta(minutes=5)
    page = screens.go(DISPATCHER, "/dispatch")
    hands = Hands(page)
    by_clock = [orders[19], *orders[:19], *orders[20:]]  # no heat in winter is urgent
    for order in by_clock:
        on_screen(page, order.number)
        assert page.locator("#panes [data-order] h1").inner_text() == told(order)
        if orders.index(order) in CORRECTED:
            *_, letters, unit, why = CORRECTED[orders.index(order)]
            hands.press(*letters, "Tab")
            expect(page.locator("#lead")).to_have_value(unit)
            hands.press(why)
        hands.press("Enter")
        page.locator(f"#sent [data-sent='{order.number}']").wait_for()
    print(f"\n派出 {ORDERS} 件，改正 {WRONG} 件：{hands.keys} 次按键（上限 {MOST}）")
    assert hands.keys == 60 <= MOST
    sent = [order_of(order.number) for order in orders]
    assert {order.state for order in sent} == {"dispatched"}
    leads = [order.lead.unit for order in sent if order.lead]
    assert [leads[at] for at in CORRECTED] == ["U0303", "U0101", "U0302", "U0306", "U0208"]
    assert leads[:4] == ["U0301", "U0102", "U0201", "U0303"]
    expect(page.locator("#panes")).to_contain_text("这个列表办完了")


def test_a_demand_just_registered_is_accepted_and_dispatched_in_one_gesture(screens: Screens, desk: Desk) -> None:
    first, second = city.registered(), city.registered(MONDAY + timedelta(seconds=1))
    page = screens.go(DISPATCHER, "/dispatch")
    hands = Hands(page)
    for order in (first, second):
        on_screen(page, order.number)
        hands.press("Enter")
        page.locator(f"#sent [data-sent='{order.number}']").wait_for()
    assert hands.keys == 2
    assert [event.move for event in events_of(second.number)] == ["register", "accept", "dispatch"]


def test_a_key_held_down_sends_one_order_and_not_the_next_unseen(screens: Screens) -> None:
    first, second = city.accepted(), city.accepted(MONDAY + timedelta(seconds=1))
    page = screens.go(DISPATCHER, "/dispatch")
    on_screen(page, first.number)
    page.keyboard.down("Enter")
    for _ in range(20):
        page.keyboard.down("Enter")
    on_screen(page, second.number)
    for _ in range(20):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    assert (order_of(first.number).state, order_of(second.number).state) == ("dispatched", "accepted")


def test_several_of_one_unit_go_together_and_what_stays_says_why(screens: Screens, desk: Desk) -> None:
    heat = [city.accepted(MONDAY + timedelta(seconds=at)) for at in range(3)]
    other = city.accepted(MONDAY + timedelta(seconds=9), matter="01.01.01")
    page = screens.go(DISPATCHER, "/dispatch")
    on_screen(page, heat[0].number)
    hands = Hands(page)
    hands.press("Escape", "x", "j", "x", "j", "x")
    expect(page.locator("[data-marked-said]")).to_have_text("已标 3 件，都建议派给供热公司")
    hands.press("j", "x")
    expect(page.locator("[data-marked-said]")).to_have_text("已标 4 件：供热公司 3、城管局 1。同一单位的才能一起派")
    assert page.locator("[data-many-open]").is_disabled()
    hands.press("x")
    desk_of_another = city.take(heat[1], "merge_into", city.CHEN, MONDAY + HOUR, {"parent": other.number})
    assert desk_of_another.state == "closed"
    hands.press("b")
    expect(page.locator("#many[open] li")).to_have_count(3)
    hands.press("Enter")
    page.get_by_text("已派给供热公司 2 件，1 件没有派").wait_for()
    assert page.locator("#sent .stayed").inner_text().startswith(f"{heat[1].number} 没有派：这张工单刚被")
    expect(page.locator("#count")).to_have_text("2 件")
    expect(page.locator("[data-marked]")).to_be_hidden()
    assert [order_of(one.number).state for one in heat] == ["dispatched", "closed", "dispatched"]
    print(f"\n标 3 件一起派：{hands.keys} 次按键")


def test_it_is_called_back_before_the_unit_has_taken_it(screens: Screens, desk: Desk) -> None:
    order = city.accepted(urgency="urgent")
    page = screens.go(DISPATCHER, "/dispatch")
    on_screen(page, order.number)
    page.keyboard.press("Enter")
    line = page.locator(f"#sent [data-sent='{order.number}']")
    expect(line).to_contain_text("已派给供热公司，供热公司应在 30 分钟内签收。")
    line.locator("summary").click()
    line.get_by_label("为什么撤回").fill("点错了单位")
    line.get_by_label("为什么撤回").press("Enter")
    expect(page.locator(f"#sent [data-sent='{order.number}']")).to_contain_text("已撤回派单")
    assert order_of(order.number).state == "accepted"


def test_a_refusal_stands_beside_its_field_and_nothing_typed_is_lost(screens: Screens, desk: Desk) -> None:
    order = city.accepted()
    page = screens.go(DISPATCHER, "/dispatch")
    on_screen(page, order.number)
    page.keyboard.type("zj")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#basis-error")).to_have_text("派单目录写的是供热公司，改派住建局请写明依据")
    assert page.locator("#lead").input_value() == "住建局"
    page.keyboard.type("房产局代管，由住建局主管")
    page.keyboard.press("Enter")
    page.locator(f"#sent [data-sent='{order.number}']").wait_for()
    assert order_of(order.number).lead.unit == "U0101"  # type: ignore[union-attr]
