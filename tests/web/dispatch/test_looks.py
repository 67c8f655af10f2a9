"""The dispatch desk as it looks: full, empty, in error, with papers; no barrier for anybody, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests import city
from tests.browser import PageFactory
from tests.city import HOUR, MONDAY
from tests.web import situations
from tests.web.desk import DISPATCHER, Desk
from tests.web.screens import Screens, site

Axe = Callable[[Page], None]
TOLD = [
    ("工人村二区楼外的热力管道没有保温，孩子上学要从下面走", "03.06", "R0103", "normal", "工人村二区3栋"),
    ("晚上十点以后烧烤摊占道，油烟进屋", "01.01.01", "R0102", "normal", "轧钢路与和平街口"),
    ("整栋楼停电，电梯里困着人", "05.01", "R0201", "emergency", "滨河花园7号楼"),
    ("物业不打扫楼道，电话没人接", "02.01.01", "R0104", "normal", "和平里小区"),
    ("公司门口井盖没了，已经崴了两个人", "01.05.01", "R0202", "urgent", "新城工业园"),
    ("家里水压不足，三楼以上没有水", "04.02", "R0203", "urgent", "学府雅苑"),
    ("小区棋牌室深夜噪声，报过几次", "02.03.04", "", "normal", "东湖社区"),
    ("门口绿地被人种菜", "01.07.02", "R0301", "normal", "北货场家属院"),
]


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        made = Screens(page, address, desk, "dispatch")
        yield made
        made.of(DISPATCHER).wait_for_load_state("networkidle")
        made.of(DISPATCHER).goto("about:blank")


def full() -> None:
    """A morning's list: eight waiting, three just registered, returns and requests."""
    for at, (story, matter, region, urgency, place) in enumerate(TOLD):
        firm = {"enterprise": True} if "公司" in story else {}
        facts = {"text": story, "title": story, "matter": matter, "region": region or None, "urgency": urgency, **firm}
        city.accepted(MONDAY + timedelta(minutes=2 * at), name="张小凤", phone=f"1380000{at:04}", place=place, **facts)
    for _ in range(3):
        city.registered(MONDAY + timedelta(minutes=20))


def dark(page: Page) -> None:
    page.locator("[data-menu-of=person] > summary").click()
    page.get_by_label("深色").check()
    page.keyboard.press("Escape")


def light(page: Page) -> None:
    page.locator("[data-menu-of=person] > summary").click()
    page.get_by_label("浅色").check()
    page.keyboard.press("Escape")


def shown(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#panes [data-decides]").wait_for()
    page.wait_for_load_state("networkidle")


def test_a_full_morning(screens: Screens, desk: Desk, axe: Axe) -> None:
    full()
    desk.at = MONDAY + timedelta(minutes=26)
    page = screens.go(DISPATCHER, "/dispatch")
    shown(page)
    axe(page)
    screens.shoot(page, "full")
    shown(page)
    page.locator("#lead").fill("")
    page.keyboard.type("zj")
    expect(page.locator(".unit-options li").first).to_contain_text("住建局")
    axe(page)
    screens.shoot(page, "correcting")
    shown(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#basis-error").wait_for()
    screens.shoot(page, "refused")
    dark(page)
    shown(page)
    axe(page)
    screens.shoot(page, "refused-dark")


def test_received_and_the_list_on_a_phone(screens: Screens, desk: Desk, axe: Axe) -> None:
    full()
    city.registered(MONDAY, text="说不清", matter=None, region=None, title="反映一件事")
    desk.at = MONDAY + timedelta(minutes=26)
    page = screens.go(DISPATCHER, "/dispatch?queue=received")
    shown(page)
    screens.shoot(page, "received")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{screens.address}/dispatch")
    page.locator("#rows li").first.wait_for()
    axe(page)
    screens.shoot(page, "list")
    page.set_viewport_size({"width": 390, "height": 844})
    dark(page)
    screens.shoot(page, "list-dark")


def test_nothing_waits(screens: Screens, axe: Axe) -> None:
    page = screens.go(DISPATCHER, "/dispatch")
    expect(page.locator("#rows .empty")).to_contain_text("都派出去了。")
    axe(page)
    screens.shoot(page, "empty")


def test_papers_on_one_screen(screens: Screens, desk: Desk, axe: Axe) -> None:
    situations.return_asked()
    situations.extension_asked()
    situations.assist_asked()
    situations.objected()
    desk.at = MONDAY + HOUR
    page = screens.go(DISPATCHER, "/dispatch?queue=returns")
    shown(page)
    axe(page)
    screens.shoot(page, "return")
    shown(page)
    page.keyboard.press("f")
    expect(page.locator("#move-refuse_return textarea")).to_be_focused()
    page.keyboard.press("Escape")
    page.goto(f"{screens.address}/dispatch?queue=asked")
    shown(page)
    axe(page)
    screens.shoot(page, "asked")
    dark(page)
    page.goto(f"{screens.address}/dispatch?queue=returns")
    shown(page)
    axe(page)
    screens.shoot(page, "return-dark")


def test_many_at_once(screens: Screens, desk: Desk, axe: Axe) -> None:
    heat = [city.accepted(MONDAY + timedelta(seconds=at)) for at in range(3)]
    page = screens.go(DISPATCHER, "/dispatch")
    shown(page)
    for order in heat:
        page.locator(f"#rows li[data-number='{order.number}'] [name=marked]").check()
    page.locator("[data-many-open]").click()
    page.locator("#many[open]").wait_for()
    axe(page)
    screens.shoot(page, "many")
    page.set_viewport_size({"width": 1440, "height": 900})
    city.take(heat[1], "withdraw", city.CHEN, MONDAY, {"reason": "来电说不用了"})
    page.locator("[data-many-go]").click()
    page.get_by_text("已派给供热公司 2 件，1 件没有派").wait_for()
    axe(page)
    screens.shoot(page, "many-report")
