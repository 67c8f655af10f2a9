"""派单员老陈's whole day at a real screen, by the keys alone: what came in at night, returns, requests, a dispute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import city
from tests.browser import PageFactory
from tests.city import HEAT, HOUR, HOUSING, LIU, MA, MONDAY
from tests.web import situations
from tests.web.desk import DISPATCHER, Desk, events_of, order_of
from tests.web.screens import Screens, site


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        made = Screens(page, address, desk, "day")
        yield made
        made.of(DISPATCHER).wait_for_load_state("networkidle")
        made.of(DISPATCHER).goto("about:blank")


class Chen:
    """老陈 at his desk: what he presses, and what stands before him."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address

    def sits(self, queue: str = "") -> None:
        self.page.goto(f"{self.address}/dispatch{f'?queue={queue}' if queue else ''}")

    def sees(self, number: int) -> None:
        expect(self.page.locator("#panes [data-decides]")).to_have_attribute("data-decides", str(number))
        expect(self.page.locator("#panes [data-order]")).to_have_attribute("data-order", str(number))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def writes(self, words: str) -> None:
        self.page.keyboard.insert_text(words)

    def form(self, name: str) -> Locator:
        return self.page.locator(f"#move-{name}")

    def hears(self, words: str) -> None:
        expect(self.page.locator("#sent li").first).to_contain_text(words)

    def submits(self, name: str) -> None:
        self.form(name).locator("button.primary").press("Enter")


def moves(number: int) -> list[str]:
    return [event.move for event in events_of(number)]


def test_a_whole_day(screens: Screens, desk: Desk) -> None:
    told = {"text": "工人村二区3号楼外热力管道没有保温", "title": "热力管道没有保温", "place": "工人村二区"}
    dark = city.registered(MONDAY, urgency="urgent", matter="05.01", text="整栋楼停电", title="整栋楼停电")
    vague = city.accepted(MONDAY + timedelta(minutes=1), text="那边有人卖菜", title="那边有人卖菜", matter="01.01.03")
    court = city.accepted(MONDAY + timedelta(minutes=2), text="欠薪已经起诉", title="欠薪已经起诉", matter="12")
    bare = city.accepted(MONDAY + timedelta(minutes=3), **told)
    again = city.accepted(MONDAY + timedelta(minutes=4), **told)
    desk.at = MONDAY + timedelta(minutes=6)

    page = screens.of(DISPATCHER)
    chen = Chen(page, screens.address)
    # An urgent one that came in just now is accepted and goes out in one gesture.
    chen.sits("received")
    chen.sees(dark.number)
    chen.press("Enter")
    chen.hears("已派给供电公司，供电公司应在 30 分钟内签收。")
    assert moves(dark.number) == ["register", "accept", "dispatch"]

    # The rest by its clock: one lacks the place, one is before a court, two are one event.
    expect(page.locator("#panes")).to_contain_text("这个列表办完了")
    chen.press("1")
    chen.sees(vague.number)
    chen.press("Escape", "w")
    expect(chen.form("ask_for_details").locator("textarea")).to_be_focused()
    chen.writes("请说明在哪个路口，几点到几点")
    chen.submits("ask_for_details")
    chen.hears("已请诉求人补充")

    chen.sees(court.number)
    chen.press("Escape", "r")
    chen.form("refuse").locator("select").select_option("litigation")
    expect(chen.form("refuse").locator("textarea")).to_have_value(
        "您反映的事项已由人民法院或仲裁机构受理，热线不能代替司法程序，请按法院或仲裁机构的通知办理；"
        "对裁判结果不服的，可依法上诉或申请再审。"
    )
    chen.submits("refuse")
    chen.hears("已不予受理。")
    assert events_of(court.number)[-1].data["door"] == "诉讼"

    chen.sees(bare.number)
    chen.press("Enter")
    chen.hears("已派给供热公司")
    chen.sees(again.number)
    chen.press("Escape", "m")
    chen.form("merge_into").get_by_role("radio").check()
    chen.submits("merge_into")
    chen.hears("已并入主单")
    expect(page.locator("#panes")).to_contain_text("这个列表办完了")
    assert order_of(again.number).parent == bare.number

    # Towards noon: the heating company gives it back; the papers convince, and it goes on to whom they name.
    desk.at = MONDAY + 2 * HOUR
    city.take(bare, "acknowledge", LIU, desk.at)
    city.take(bare, "request_return", LIU, desk.at, situations.RETURN)
    chen.sits()
    chen.sees(bare.number)
    expect(page.locator(".papers")).to_contain_text("应办单位住建局")
    chen.press("y")
    chen.submits("agree_return")
    chen.hears("已同意退单，不再派给这个单位")
    expect(page.locator(".voices")).to_contain_text("指明应由住建局办理")
    expect(page.locator("#lead")).to_be_focused()
    for key in "zj":
        chen.press(key)
    chen.press("Tab")
    expect(page.locator("#lead")).to_have_value("住建局")
    chen.press("6")
    expect(page.locator("#basis")).to_have_value("按退单审定的意见，由该单位办理。")
    chen.press("Enter")
    expect(page.locator("#panes")).to_contain_text("这个列表办完了")
    assert [leg.unit for leg in order_of(bare.number).legs if leg.lead] == [HEAT, HOUSING]
    chen.hears("已派给住建局")

    # Recall is not undo: it says why, and the order waits again.
    page.locator("#sent li").first.locator("summary").press("Enter")
    page.get_by_label("为什么撤回").first.fill("住建局来电：先由房产服务中心核实产权")
    page.get_by_label("为什么撤回").first.press("Enter")
    chen.hears("已撤回派单")
    assert order_of(bare.number).state == "accepted"

    # The afternoon's requests: an extension is agreed, a return that comes too easily is not.
    desk.at = MONDAY + 5 * HOUR
    late = city.take(city.handling(desk.at), "request_extension", MA, desk.at, {"days": 3, "reason": "等配件"})
    easy = city.take(city.handling(desk.at), "request_return", LIU, desk.at, situations.RETURN)
    chen.sits("asked")
    chen.sees(late.number)
    chen.press("y")
    chen.submits("agree_extension")
    chen.hears("已同意延期")
    chen.sits("returns")
    chen.sees(easy.number)
    chen.press("f")
    chen.writes("管线图证明是供热公司的设施")
    chen.submits("refuse_return")
    chen.hears("退单未同意，仍由原单位办理")
    assert (order_of(late.number).requests[0].state, order_of(easy.number).requests[0].state) == ("agreed", "refused")

    # Two units have had it and neither will: it goes to the arbiter.
    twice = situations.return_asked()
    desk.at = MONDAY + 6 * HOUR
    chen.sits("returns")
    chen.sees(twice.number)
    chen.press("c")
    chen.writes("两家都说不归自己")
    chen.submits("refer_to_ruling")
    chen.hears("已提请裁定")
    assert order_of(twice.number).state == "ruling"
