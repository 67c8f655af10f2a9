"""督办员 at a real screen without the mouse: one message to all that is late; the mayor and the analyst at theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests import city
from tests.browser import PageFactory
from tests.city import local
from tests.web import situations
from tests.web.desk import ANALYST, LEADER, SUPERVISOR, Desk, events_of
from tests.web.screens import Screens, site

NEXT_WEEK = local("2026-12-01 10:00")


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        yield Screens(page, address, desk, "supervise")


def test_twenty_late_orders_are_urged_in_four_keys_and_the_words(
    screens: Screens, desk: Desk, axe: Callable[[Page], None]
) -> None:
    orders = [city.handling() for _ in range(20)]
    situations.whistled()
    desk.at = NEXT_WEEK
    page = screens.go(SUPERVISOR, "/")
    page.wait_for_url("**/supervise")
    axe(page)
    screens.shoot(page, "late")
    keys = ["a", "r"]
    for key in keys:
        page.locator("body").press(key)
    page.get_by_label("写给这些单位的话").fill("今天下班前办结")
    assert page.locator("[data-ticked]").text_content() == "已勾 21 件"
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    page.get_by_text("催办已发出 21 件：供热公司 21 件。").wait_for()
    print(f"{len(orders) + 1} late orders urged with {len(keys) + 2} keys beside the message")
    assert [events_of(order.number)[-1].move for order in orders] == ["urge"] * 20
    axe(page)
    screens.shoot(page, "urged")


def test_a_row_is_ticked_where_it_stands(screens: Screens, desk: Desk) -> None:
    for _ in range(3):
        city.handling()
    desk.at = NEXT_WEEK
    page = screens.go(SUPERVISOR, "/supervise?group=red")
    for key in ("j", "j", "x"):
        page.keyboard.press(key)
    assert page.locator("[data-ticked]").text_content() == "已勾 1 件"
    assert page.locator("[name=marked]").nth(1).is_checked()
    page.keyboard.press("x")
    assert page.locator("[data-ticked]").text_content() == "没有勾选"


def test_the_mayor_presses_once_and_writes_an_instruction(
    screens: Screens, desk: Desk, axe: Callable[[Page], None]
) -> None:
    from jiesu.jobs.chores import count_orders  # noqa: PLC0415 - Django can be imported only once it is set up

    city.handling()
    desk.at = NEXT_WEEK
    for _ in range(5):
        city.accepted(NEXT_WEEK, place="工人村二区")
    count_orders(desk.at)
    page = screens.go(LEADER, "/leader")
    axe(page)
    screens.shoot(page, "leader")
    page.get_by_role("link", name="已超期").click()
    page.locator("main [data-number]").click()
    page.locator("#drawer [data-order]").wait_for()
    assert page.locator("#drawer #move-instruct").count() == 1


def test_the_analysts_pages_have_no_barrier(screens: Screens, desk: Desk, axe: Callable[[Page], None]) -> None:
    from jiesu.jobs.chores import count_orders  # noqa: PLC0415 - Django can be imported only once it is set up

    for _ in range(3):
        city.handling(place="工人村二区", name="张小凤", phone="13800001111")
    count_orders(desk.at)
    for name, path in (("table", "/analyst"), ("days", "/analyst/days"), ("behind", "/analyst/orders")):
        page = screens.go(ANALYST, path)
        axe(page)
        screens.shoot(page, name)
