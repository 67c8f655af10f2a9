"""The frame at real screens: no barrier on any page, what a page weighs, words that survive an ended session."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Response

from tests import city
from tests.browser import PageFactory
from tests.city import HOUR
from tests.web.desk import ADMINISTRATOR, AGENT, DISPATCHER, HEAT_CLERK, SUPERVISOR, Desk
from tests.web.screens import Screens, site

FIRST, LATER = 350_000, 60_000
"""Bytes on the wire, compressed (look.md): the first page of a day, and each after it."""


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        yield Screens(page, address, desk, "frame")


@pytest.mark.parametrize(
    ("who", "path"),
    [(DISPATCHER, "/work/accepted"), (DISPATCHER, "/work/all?kind=praise"), (SUPERVISOR, "/work/red")]
    + [(HEAT_CLERK, "/notices"), (ADMINISTRATOR, "/design"), (AGENT, "/search"), (DISPATCHER, "/order/{number}")],
)
def test_no_page_of_the_frame_has_a_barrier(
    screens: Screens, desk: Desk, axe: Callable[[Page], None], who: str, path: str
) -> None:
    order = city.dispatched(urgency="urgent", name="张小凤", phone="13800001111")
    city.accepted()
    desk.at = city.MONDAY + HOUR
    page = screens.go(who, path.format(number=order.number))
    axe(page)
    screens.shoot(page, path.strip("/").partition("?")[0].replace("/", "-").format(number="order"))
    page.locator("[data-menu-of=person] > summary").click()
    page.get_by_label("深色").check()
    axe(page)


def test_the_drawer_and_the_dialogs_have_no_barrier(screens: Screens, axe: Callable[[Page], None]) -> None:
    city.accepted()
    page = screens.go(DISPATCHER, "/work/accepted")
    page.locator("main [data-number]").click()
    page.locator("#drawer [data-order]").wait_for()
    axe(page)
    screens.shoot(page, "drawer")
    page.locator("body").press("?")
    page.locator("#keys[open]").wait_for()
    axe(page)


def test_the_first_page_and_every_later_one_are_light(screens: Screens) -> None:
    for _ in range(50):
        city.accepted()
    page = screens.of(DISPATCHER)
    weighed: list[int] = []

    def weigh(answer: Response) -> None:
        if answer.status == 200 and answer.request.resource_type != "eventsource":
            weighed.append(len(gzip.compress(answer.body())))

    page.on("response", weigh)
    page.goto(screens.address + "/work/accepted", wait_until="networkidle")
    first = sum(weighed)
    weighed.clear()
    page.goto(screens.address + "/work/received", wait_until="networkidle")
    page.goto(screens.address + "/work/accepted", wait_until="networkidle")
    later = max(weighed)
    print(f"first page {first:,} bytes, the heaviest answer of later pages {later:,}")
    assert first <= FIRST
    assert later <= LATER


def test_nothing_typed_is_lost_when_the_session_ends_over_a_form(screens: Screens, desk: Desk) -> None:
    from jiesu.demo import load  # noqa: PLC0415 - Django can be imported only once it is set up

    order = city.handling()
    page = screens.go(HEAT_CLERK, f"/order/{order.number}")
    form = screens.opened(HEAT_CLERK, order.number, "note").locator("#move-note form")
    page.context.clear_cookies(name="jiesu_session")
    form.locator("textarea").fill("阀门锈死，明天换")
    page.locator("#signin[open]").wait_for()
    page.locator("#signin [name=login]").fill(HEAT_CLERK)
    page.locator("#signin [name=password]").fill(load.PASSWORD)
    page.locator("#signin button.primary").click()
    form.locator(".draft-note").get_by_text("已留存").wait_for()
    assert form.locator("textarea").input_value() == "阀门锈死，明天换"
    page.reload()
    form.get_by_text("上次未写完，10:00 已留存").wait_for(state="attached")
    form.locator("textarea").wait_for(state="attached")
    assert form.locator("textarea").input_value() == "阀门锈死，明天换"
    assert screens.make(HEAT_CLERK, order.number, "note") == "已备注。"
    page.goto(f"{screens.address}/order/{order.number}", wait_until="networkidle")
    assert form.locator("textarea").input_value() == ""
