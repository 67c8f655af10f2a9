"""督办员 writes to the morning's report and issues it; the mayor reads it on a telephone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser import PageFactory
from tests.city import local
from tests.web.daily.test_daily import a_day, made
from tests.web.desk import LEADER, SUPERVISOR, Desk
from tests.web.screens import Screens, site


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        yield Screens(page, address, desk, "daily")
        page.close()


def test_a_morning_with_the_daily_report(screens: Screens, desk: Desk, axe: Callable[[Page], None]) -> None:
    desk.at = local("2026-11-24 06:40")
    page = screens.go(SUPERVISOR, "/daily")
    axe(page)
    screens.shoot(page, "empty")
    a_day()
    made()
    desk.at = local("2026-11-24 08:00")
    page = screens.go(SUPERVISOR, "/daily")
    axe(page)
    screens.shoot(page, "list")
    page.get_by_role("link", name="11月23日（周一）").click()
    page.get_by_text("数据截至 11月24日 06:30").wait_for()
    axe(page)
    page.locator("body").press("r")
    page.keyboard.press("End")
    page.keyboard.type("请住建、供热今天会商。")
    page.get_by_label("天气和公告").fill("强降温，最低零下 14 度")
    screens.shoot(page, "writing")
    page.get_by_label("天气和公告").press("Escape")
    page.keyboard.press("m")
    page.get_by_text("文字已存下，上一稿也留着。").wait_for()
    page.locator("body").press("q")
    page.get_by_text("已定稿。", exact=True).wait_for()
    with page.expect_download() as paper:
        page.locator("body").press("p")
    assert paper.value.suggested_filename == "热线日报-20261123.pdf"
    reader = screens.go(LEADER, "/daily/2026-11-23")
    axe(reader)
    screens.shoot(reader, "read")
    assert reader.get_by_label("天气和公告").count() == 0
