"""The kit is prepared, three sheets are entered without the mouse, a second person confirms them in two keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser import PageFactory
from tests.city import local
from tests.web.desk import AGENT, DISPATCHER, SUPERVISOR, Desk, order_of
from tests.web.screens import Screens, site


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        yield Screens(page, address, desk, "outage")
        page.close()


class Hands:
    """Somebody who never leaves the keyboard; keys that are not words are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)


def test_from_the_kit_to_the_confirmed_orders(screens: Screens, desk: Desk, axe: Callable[[Page], None]) -> None:
    page = screens.go(SUPERVISOR, "/outage")
    axe(page)
    screens.shoot(page, "kit-empty")
    page.get_by_label("张数").fill("5")
    page.get_by_label("用途").fill("1 到 5 号席位")
    page.keyboard.press("Enter")
    page.get_by_text("号段已留出，不会给别的工单。").wait_for()
    axe(page)
    screens.shoot(page, "block")
    with page.expect_download() as paper:
        page.locator("body").press("p")
    assert paper.value.suggested_filename == "停机应急包-9000001-9000005.pdf"
    page = screens.go(SUPERVISOR, "/outage")
    axe(page)
    screens.shoot(page, "kit")

    desk.at = local("2026-11-23 15:00")
    page = screens.go(AGENT, "/outage/entry")
    axe(page)
    hands = Hands(page)
    # The number is there and the hands begin at the time; where it is and what is optional are passed by.
    sheets = (("10", "楼道里暖气管漏水"), ("22", "路灯不亮"), ("35", "问供热时间"))
    for number, (minute, story) in enumerate(sheets, 9000001):
        page.locator("#time:focus").wait_for()
        page.keyboard.type(f"11{minute}")
        hands.press("Tab", "Tab")
        hands.write(story)
        hands.press("Tab")
        hands.write("工人村二区")
        if minute == "10":
            screens.shoot(page, "entry")
        hands.press("Control+Enter")
        page.wait_for_url(f"**after={number}&**")  # what is said of the sheet before it may stand there still
        page.get_by_text("已登记为").wait_for()
    print(f"3 sheets entered with {hands.keys} keys beside time and words")
    assert order_of(2611239000002).state == "received"
    page.get_by_label("受理单号").fill("9000002")
    page.locator("#time").fill("11点40分")
    page.locator("#text").fill("别的事")
    page.keyboard.press("Control+Enter")
    page.get_by_text("内容不同，没有重复登记").wait_for()
    axe(page)
    screens.shoot(page, "refused")
    page = screens.go(AGENT, "/outage/import")
    axe(page)
    screens.shoot(page, "import")

    page = screens.go(DISPATCHER, "/outage/confirm")
    axe(page)
    page.locator("body").press("a")
    assert page.locator("[data-ticked]").text_content() == "已勾 3 件"
    screens.shoot(page, "confirm")
    page.keyboard.press("y")
    page.get_by_text("已确认 3 件，登记时间按实际时间算，并计入补录。").wait_for()
    assert order_of(2611239000001).received_at == local("2026-11-23 11:10")
    assert order_of(2611239000001).flags == ["late_entry"]
    screens.shoot(page, "confirmed")
