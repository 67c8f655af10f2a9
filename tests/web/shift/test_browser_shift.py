"""小周 hands over without the mouse and 小赵 takes over; the bar at the top goes on when the shift does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests import city
from tests.browser import PageFactory
from tests.city import MONDAY, local
from tests.web import situations
from tests.web.desk import AGENT, SUPERVISOR, Desk
from tests.web.screens import Screens, site

OTHER_AGENT = "xiaozhao"


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        yield Screens(page, address, desk, "shift")
        page.close()


def test_a_shift_is_handed_over_and_taken_over_by_keys(
    screens: Screens, desk: Desk, axe: Callable[[Page], None]
) -> None:
    order = city.registered(urgency="urgent", place="工人村二区 3栋")
    for _ in range(3):
        situations.needs_details()
    desk.at = local("2026-11-23 19:50")
    page = screens.go(AGENT, "/register")
    page.locator("h1").click()
    for key in ("g", "j"):
        page.keyboard.press(key)
    page.wait_for_url("**/shift")
    axe(page)
    screens.shoot(page, "empty")
    page.locator("body").press("w")
    page.wait_for_url("**/shift/write")
    axe(page)
    page.locator("body").press("r")
    page.keyboard.type("急的那件答应了八点半回话")
    screens.shoot(page, "writing")
    page.get_by_text("19:50 已留存").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("h")
    page.get_by_text("已交班。").wait_for()
    screens.shoot(page, "handed")
    desk.at = local("2026-11-23 20:05")
    reader = screens.go(OTHER_AGENT, "/register")
    assert reader.locator(".banner.handed").text_content() is not None
    axe(reader)
    screens.shoot(reader, "banner")
    reader.get_by_role("link", name="读并接班").click()
    reader.get_by_text("急的那件答应了八点半回话").wait_for()
    axe(reader)
    screens.shoot(reader, "note")
    assert reader.locator("main").get_by_text("这 1 件上面已列。").count() == 1
    reader.locator("main").get_by_role("link", name=str(order.number)).click()
    reader.locator("#drawer [data-order]").wait_for()
    reader.keyboard.press("Escape")
    reader.locator("body").press("y")
    reader.get_by_text("已签收，您已接班。").wait_for()
    assert reader.locator(".banner.handed").count() == 0
    watcher = screens.go(SUPERVISOR, "/shift/notes?day=2026-11-23")
    watcher.get_by_text("赵海燕 11-23 20:05 接班").wait_for()
    axe(watcher)
    screens.shoot(watcher, "notes")


def test_past_the_end_of_a_shift_the_bar_says_the_next_one_without_reloading(screens: Screens, desk: Desk) -> None:
    desk.at = MONDAY.replace(hour=19, minute=59)
    page = screens.of(AGENT)
    page.clock.install()
    page = screens.go(AGENT, "/shift")
    bar = page.locator("#shift")
    assert bar.locator(".runs").text_content() == "白班到 20:00"
    desk.at += timedelta(minutes=2)
    page.clock.fast_forward(120_000)
    page.clock.fast_forward(10_000)
    page.get_by_text("夜班到 08:00").wait_for()
    desk.at += timedelta(hours=4)
    page.clock.fast_forward(4 * 3_600_000)
    page.clock.fast_forward(30_000)
    page.get_by_text("11月24日 周二").wait_for()
