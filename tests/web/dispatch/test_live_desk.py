"""Two dispatchers at once: what one sends leaves the other's list, new demands are announced, nobody sends twice."""

from __future__ import annotations

from playwright.sync_api import expect

from tests import city
from tests.browser import PageFactory
from tests.city import CHEN, HEAT
from tests.web.desk import DISPATCHER, Desk, events_of
from tests.web.frame.test_browser_live import LiveProcess, line  # noqa: F401 - a fixture
from tests.web.screens import Screens


def test_a_colleague_is_first(page: PageFactory, line: tuple[str, LiveProcess], desk: Desk) -> None:  # noqa: F811
    screens = Screens(page, line[0], desk, "dispatch-live")
    first, second = city.accepted(), city.accepted()
    chen = screens.go(DISPATCHER, "/dispatch")
    expect(chen.locator("#panes [data-decides]")).to_have_attribute("data-decides", str(first.number))
    chen.wait_for_timeout(500)  # the stream is open

    third = city.accepted()
    chen.get_by_role("button", name="1 条新工单").click()
    chen.locator(f"#rows li.fresh[data-number='{third.number}']").wait_for()
    expect(chen.locator(f"#rows li[data-number='{first.number}']")).to_have_class("shown")

    city.take(first, "dispatch", CHEN, desk.at, {"lead": HEAT})
    chen.locator(f"#rows li.gone[data-number='{first.number}']").wait_for()
    expect(chen.locator("#pane-decide [data-moved]")).to_be_visible()
    expect(chen.locator("#order-head")).to_contain_text("待签收")
    expect(chen.locator(".tabs [data-queue=accepted] b")).to_have_text("2")
    chen.locator("#lead").focus()
    chen.keyboard.press("Enter")
    expect(chen.locator("#pane-decide")).to_contain_text("这张工单刚被")
    assert [event.move for event in events_of(first.number)] == ["register", "accept", "dispatch"]
    chen.keyboard.press("Escape")
    chen.keyboard.press("j")
    expect(chen.locator("#panes [data-decides]")).to_have_attribute("data-decides", str(second.number))
