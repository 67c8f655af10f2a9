"""The order page under hands: the viewer by keys, the bar at the thumb, calls played in place, no barrier."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests import city
from tests.browser import PageFactory
from tests.city import HOUR, MONDAY
from tests.exchange import SWITCH
from tests.web.desk import (
    AGENT,
    DISPATCHER,
    HEAT_CLERK,
    HOUSING_CLERK,
    SUPERVISOR,
    Desk,
    order_of,
)
from tests.web.order import crooked
from tests.web.order.crooked import PERSON
from tests.web.order.test_sheet import heard_call
from tests.web.screens import Screens, site

_FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def site_address(desk: Desk) -> Iterator[str]:
    with site() as address:
        yield address


@pytest.fixture
def screens(request: pytest.FixtureRequest, page: PageFactory, site_address: str, desk: Desk) -> Screens:
    return Screens(page, site_address, desk, "order")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.name || document.activeElement.id"))


def test_pictures_are_seen_large_one_after_the_other_by_keys(screens: Screens, desk: Desk) -> None:
    order = crooked.crooked()
    desk.at = order.last_at + HOUR  # type: ignore[operator]
    page = screens.go(HOUSING_CLERK, f"/order/{order.number}")
    first = page.locator("a[data-view]").first
    assert first.locator("img").evaluate("el => el.decode().then(() => el.naturalWidth)") == 224
    first.focus()
    page.keyboard.press("Enter")
    viewer = page.locator("dialog.viewer")
    name = viewer.locator("[role=status]")
    assert name.inner_text() == "新保温层.png（1/2）"
    page.keyboard.press("ArrowRight")
    assert name.inner_text() == "旧保温层.png（2/2）"
    page.keyboard.press("ArrowRight")
    assert name.inner_text() == "新保温层.png（1/2）"
    page.keyboard.press("Escape")
    assert not viewer.is_visible()
    assert first.evaluate("el => el === document.activeElement")


def test_on_a_telephone_the_next_move_is_at_the_thumb_wherever_one_reads(
    page: PageFactory, site_address: str, desk: Desk
) -> None:
    order = city.dispatched(**PERSON)
    desk.at = MONDAY + HOUR
    phone = _phone(page, site_address, desk, HEAT_CLERK)
    phone.goto(f"{site_address}/order/{order.number}")
    bar = phone.get_by_role("navigation", name="手边的动作")
    box = bar.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] == 844
    assert [one.bounding_box()["height"] >= 44 for one in bar.locator("a, button").all()] == [True] * 3  # type: ignore[index]
    bar.get_by_role("button", name="签收").click()
    phone.wait_for_load_state()
    assert order_of(order.number).state == "handling"
    bar.get_by_role("link", name="先行联系").click()
    assert focused(phone) == "contact"
    assert phone.evaluate(_FITS)


def _phone(page: PageFactory, address: str, desk: Desk, who: str) -> Page:
    from django.conf import settings  # noqa: PLC0415 - Django can be imported only once it is set up

    phone = page("phone")
    name = settings.SESSION_COOKIE_NAME
    phone.context.add_cookies([{"name": name, "value": desk.browser(who).cookies[name].value, "url": address}])
    return phone


def test_what_is_masked_is_asked_for_where_it_stands(screens: Screens, desk: Desk) -> None:
    number = city.handling(**PERSON).number
    page = screens.go(DISPATCHER, f"/order/{number}")
    page.get_by_role("link", name="查看电话，须写明理由").click()
    assert page.locator("#move-reveal [name=field]").input_value() == "phone"
    assert focused(page) == "reason"
    page.keyboard.type("诉求人来电核对")
    page.locator("#move-reveal button.primary").click()
    page.wait_for_url("**done=reveal**")
    assert "13800001111" in page.locator("#order-said").inner_text()


def test_a_recording_is_played_in_its_place_after_the_reason(screens: Screens, desk: Desk) -> None:
    from jiesu.workflow import calls  # noqa: PLC0415 - Django can be imported only once it is set up

    number = city.handling(**PERSON).number
    calls.keep_recording(heard_call(number), b"ID3 a voice", mime="audio/mpeg", by=SWITCH, now=MONDAY + HOUR)
    desk.at = MONDAY + 2 * HOUR
    page = screens.go(SUPERVISOR, f"/order/{number}")
    page.get_by_label("为什么要听").fill("核对受理口径")
    page.get_by_role("button", name="听录音").click()
    page.locator("audio[aria-label=通话录音]").wait_for()
    assert page.locator("audio").get_attribute("src").startswith("blob:")  # type: ignore[union-attr]
    page.reload()
    assert "核对受理口径" in page.locator("#order-seen").inner_text()


def test_the_paper_is_asked_for_by_keys(screens: Screens, desk: Desk) -> None:
    number = city.handling(**PERSON).number
    page = screens.go(AGENT, f"/order/{number}")
    page.get_by_text("打印工单", exact=True).focus()
    page.keyboard.press("Enter")
    assert page.get_by_label("隐去，只留姓和末四位").is_checked()
    with page.expect_download() as taken:
        page.get_by_role("button", name="PDF").click()
    assert Path(taken.value.path()).read_bytes().startswith(b"%PDF")
    assert taken.value.suggested_filename == f"{number}.pdf"


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_the_page_of_a_crooked_order_has_no_barrier_and_fits(
    screens: Screens, desk: Desk, axe: Callable[[Page], None], screen: str
) -> None:
    order = crooked.crooked()
    desk.at = order.last_at + timedelta(hours=30)  # type: ignore[operator]
    page = screens.go(SUPERVISOR, f"/order/{order.number}")
    if screen == "phone":
        page.set_viewport_size({"width": 390, "height": 844})
    for colours in ("light", "dark"):
        page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        axe(page)
        assert page.evaluate(_FITS)


def test_at_twice_the_size_everything_is_still_there(screens: Screens, desk: Desk) -> None:
    order = crooked.crooked()
    desk.at = order.last_at + HOUR  # type: ignore[operator]
    page = screens.go(SUPERVISOR, f"/order/{order.number}")
    page.set_viewport_size({"width": 720, "height": 450})
    assert page.evaluate(_FITS)
    for part in ("#order-said", "#order-way", "#order-moves", ".print > summary"):
        assert page.locator(part).is_visible(), part


def test_in_the_drawer_of_a_list_the_page_is_whole(screens: Screens, desk: Desk) -> None:
    order = city.handling(**PERSON)
    desk.at = MONDAY + HOUR
    page = screens.go(HEAT_CLERK, "/work/mine")
    page.locator(f"[data-number='{order.number}']").click()
    drawer = page.locator("#drawer [data-order]")
    drawer.wait_for()
    assert drawer.locator("#order-way li[data-seq]").count() == order_of(order.number).version
    page.keyboard.press("l")
    assert drawer.locator("#move-first_contact[open]").count() == 1
