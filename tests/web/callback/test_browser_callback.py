"""回访员 and 审核员 at their desks with nothing but a keyboard: keys counted, a whole day, what it looks like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Final

import pytest
from playwright.sync_api import Page

from jiesu.domain.order import Order
from tests import city
from tests.browser import PageFactory
from tests.city import HOUR, MONDAY, local
from tests.web import situations
from tests.web.callback.test_calling import answered_directly, with_child
from tests.web.desk import CALLER, REVIEWER, Desk, events_of, order_of
from tests.web.screens import Screens, site

ENTER: Final = "Enter"
NOBODY, BUSY = ("r", "n"), ("r", "b")
CONTENT: Final = ("r", "1", "1", ENTER)
UNHAPPY: Final = ("r", "3", "3", ENTER)
# A mixed day of thirty calls: a third of them nobody answers, two are sent back.
DAY: Final = [NOBODY] * 8 + [BUSY] * 2 + [CONTENT] * 18 + [UNHAPPY] * 2


class Hands:
    """Somebody's hands on the keys: every key is counted, and the page is waited for as eyes do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def ring(self) -> int:
        """The order whose turn it is; 0: none."""
        panel = self.page.locator("[data-rings]")
        return int(panel.get_attribute("data-rings") or 0) if panel.count() else 0

    def on(self, was: int) -> None:
        """Until another order is there, or none."""
        self.page.wait_for_function(
            "was => { const at = document.querySelector('[data-rings]'); return document.readyState === 'complete'"
            " && (!at || at.dataset.rings !== String(was)); }",
            arg=was,
        )

    def told(self, *keys: str) -> int:
        """A call and what came of it; its order."""
        was = self.ring()
        self.press(*keys)
        self.on(was)
        return was


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        yield Screens(page, address, desk, "callback")


def at_work(screens: Screens, path: str = "/callback", who: str = CALLER) -> Hands:
    return Hands(screens.go(who, path))


def test_a_call_that_nobody_answers_takes_two_keys(screens: Screens, desk: Desk) -> None:
    first, second = situations.in_callback(), situations.in_callback()
    desk.at = local("2026-11-23 14:00")
    hands = at_work(screens)
    assert hands.ring() == first.number
    hands.told("r", "n")
    assert hands.ring() == second.number
    assert hands.keys == 2
    print(f"an unanswered callback: {hands.keys} keys")
    assert [one.result for one in order_of(first.number).callbacks] == ["no_answer"]


def test_dialling_by_itself_costs_no_key(screens: Screens, desk: Desk) -> None:
    from jiesu.store import sql  # noqa: PLC0415 - Django can be imported only once it is set up

    situations.in_callback()
    second = situations.in_callback()
    desk.at = local("2026-11-23 14:00")
    hands = at_work(screens)
    hands.page.get_by_label("记完自动拨下一个").check()
    hands.press("d")
    hands.page.get_by_text("已拨出，接通后照着右边的话说").wait_for()
    hands.told("r", "n")
    hands.page.get_by_text("已拨出，接通后照着右边的话说").wait_for()
    assert hands.ring() == second.number
    assert hands.keys == 3
    assert "dial=" not in hands.page.url
    assert sql.value("SELECT count(*) FROM call WHERE direction = 'out'") == 2


def test_thirty_calls_of_a_mixed_day(screens: Screens, desk: Desk) -> None:
    orders = [situations.in_callback() for _ in DAY]
    desk.at = local("2026-11-23 14:00")
    hands = at_work(screens)
    for keys in DAY:
        assert hands.ring() != 0
        hands.told(*keys)
        desk.at += timedelta(minutes=1)
    assert hands.ring() == 0
    ends = Counter(order_of(one.number).state for one in orders)
    assert ends == {"callback": 10, "closed": 18, "handling": 2}
    print(f"thirty callbacks: {hands.keys} keys, {hands.keys / len(DAY):.1f} each")
    assert hands.keys == 100


def moves(order: Order) -> list[str]:
    return [event.move for event in events_of(order.number)]


def test_the_whole_day_of_a_reviewer_and_a_callback_clerk(
    screens: Screens, desk: Desk, axe: Callable[[Page], None]
) -> None:
    """Review in the morning, calls after it, an hour later those whom nobody reached, at last what stands beside."""
    good, poor, other = city.replied(), city.replied(), city.replied()
    desk.at = MONDAY + 3 * HOUR
    hands = at_work(screens, "/review", REVIEWER)
    hands.page.get_by_text("对照要求").first.wait_for()
    hands.press("y")
    hands.page.get_by_text("已审核通过，转去回访").wait_for()
    hands.press("b", "l")
    assert hands.page.locator("#reason").input_value() == "只答复了一部分，请把没有答复的几项补上。"
    screens.shoot(hands.page, "review-back")
    hands.page.set_viewport_size({"width": 1440, "height": 900})
    hands.press("Control+Enter")
    hands.page.get_by_text("已退回单位重报").wait_for()
    hands.press("y")
    hands.page.get_by_text("答复都审完了").wait_for()
    print(f"three replies judged, one sent back: {hands.keys} keys")
    assert hands.keys == 5
    assert [order_of(one.number).state for one in (good, poor, other)] == ["callback", "handling", "callback"]
    axe(hands.page)

    parent, child = with_child()
    withdrawn = situations.withdrawn()
    desk.at = local("2026-11-23 14:00")
    hands = at_work(screens)
    axe(hands.page)
    first = hands.told("r", "n")
    hands.told(*CONTENT)
    hands.told(*CONTENT)
    assert hands.ring() == child.number
    hands.told(*CONTENT)
    assert hands.ring() == parent.number
    hands.told("o")
    assert hands.ring() == 0
    desk.at += HOUR
    hands.page.reload()
    assert hands.ring() == first
    hands.press("r", "1", "2", "y")
    hands.page.keyboard.type("还差一段")
    hands.told("Control+Enter")
    hands.page.get_by_role("navigation", name="回访名单").get_by_role("link", name="承诺和核实").click()
    hands.page.get_by_text("撤回是您自己的意思吗").wait_for()
    hands.told("r", "1")
    assert moves(withdrawn)[-1] == "confirm_withdrawal"
    assert [order_of(one.number).outcome for one in (good, other, parent)] == ["solved", "solved", "solved"]
    assert moves(child)[-1] == "callback_attempt"


def test_it_looks_right_full_empty_and_in_error(screens: Screens, desk: Desk, axe: Callable[[Page], None]) -> None:
    for _ in range(6):
        situations.in_callback()
    with_child()
    city.replied()
    desk.at = local("2026-11-23 14:00")
    page = screens.go(CALLER, "/callback")
    page.keyboard.press("r")
    page.keyboard.press("n")
    page.get_by_text("已记录：无人接听").wait_for()
    screens.shoot(page, "full")
    axe(page)
    dark(page)
    screens.shoot(page, "full-dark")
    axe(page)
    light(page)
    page.locator("[name=resolved][value=unresolved]").check()
    page.locator("[name=rating][value=dissatisfied]").check()
    page.locator("#reason").fill(" ")
    page.get_by_role("button", name="记录并退回重办").click()
    page.get_by_text("请写明理由").wait_for()
    screens.shoot(page, "error")
    axe(page)
    page = screens.go(CALLER, "/callback/sample")
    screens.shoot(page, "sample-empty")
    axe(page)
    answered_directly()
    desk.at = local("2026-11-24 09:00")
    page = screens.go(CALLER, "/callback/sample")
    page.get_by_role("button", name="抽取").click()
    page.get_by_text("当时答复您").wait_for()
    screens.shoot(page, "sample")
    from tests import exchange  # noqa: PLC0415

    exchange.tell("x1", exchange.miss())
    page = screens.go(CALLER, "/callback/missed")
    screens.shoot(page, "missed")
    axe(page)
    page = screens.go(REVIEWER, "/review")
    screens.shoot(page, "review")
    axe(page)
    dark(page)
    screens.shoot(page, "review-dark")
    axe(page)


def dark(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("document.documentElement.dataset.theme = 'dark'")


def light(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("document.documentElement.dataset.theme = 'light'")
