"""数据保护官 at a real screen: no barrier on any page, empty, full and in error; an erasure from asking to done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from jiesu.store import people
from tests import city
from tests.browser import PageFactory
from tests.city import HOUR, MONDAY, local
from tests.web.desk import DISPATCHER, DPO, SUPERVISOR, Desk
from tests.web.privacy.test_privacy_desk import named, opened, staff_of
from tests.web.screens import Screens, site


@pytest.fixture
def screens(page: PageFactory, desk: Desk, own_files: None) -> Iterator[Screens]:
    with site() as address:
        yield Screens(page, address, desk, "privacy")


def test_the_officers_day(screens: Screens, desk: Desk, axe: Callable[[Page], None]) -> None:
    desk.at = MONDAY + HOUR
    page = screens.go(DPO, "/")
    page.wait_for_url("**/privacy")
    axe(page)
    screens.shoot(page, "empty")

    orders = [named() for _ in range(4)]
    for order, at in zip(orders, ("23 11:00", "23 14:20", "23 23:10", "24 00:05"), strict=True):
        reason = "核对" if at == "23 23:10" else "来电人核对号码"
        opened(order, staff_of(desk, DISPATCHER), local(f"2026-11-{at}"), reason=reason)
    closed = city.closed(name="李大海", phone="13900002222")
    opened(closed, staff_of(desk, SUPERVISOR), local("2026-11-24 09:00"), field="name", reason="督办前核对诉求人")
    desk.at = MONDAY + timedelta(days=1, hours=1)
    page = screens.go(DPO, "/privacy")
    axe(page)
    screens.shoot(page, "full")
    page.emulate_media(color_scheme="dark")
    axe(page)
    screens.shoot(page, "full-dark")
    page.emulate_media(color_scheme="light")
    page.get_by_role("link", name="陈亮").first.click()
    page.wait_for_url("**day=2026-11-23**")
    page.get_by_label("理由里的词").fill("来电人")
    page.keyboard.press("Enter")
    page.get_by_text("找到 2 条").wait_for()

    page.get_by_role("link", name="找诉求人").click()
    page.get_by_label("电话或工单号").fill("13900002222")
    page.keyboard.press("Enter")
    page.get_by_text("提出删除").click()
    axe(page)
    screens.shoot(page, "found")
    page.locator("form[action$=ask] [name=reason]").fill("李大海本人申请")
    page.locator("form[action$=ask] button.primary").click()
    page.get_by_text("请不要写诉求人的姓名").wait_for()
    screens.shoot(page, "error")
    page.locator("form[action$=ask] [name=reason]").fill("本人书面申请，身份已核实")
    page.locator("form[action$=ask] button.primary").click()
    page.get_by_text("已提出删除申请").wait_for()

    du = screens.go(SUPERVISOR, "/privacy")
    axe(du)
    screens.shoot(du, "second-person")
    du.get_by_role("button", name="确认可以删除").click()
    du.get_by_text("由数据保护官执行").first.wait_for()

    page = screens.go(DPO, "/privacy/requests")
    page.get_by_label("我知道").check()
    axe(page)
    screens.shoot(page, "ready")
    page.get_by_role("button", name="执行删除").click()
    page.get_by_text("已删除。").wait_for()
    screens.shoot(page, "done")
    assert people.by_phone("13900002222") == []
    page = screens.go(DPO, "/privacy/retention")
    axe(page)
    screens.shoot(page, "retention")
