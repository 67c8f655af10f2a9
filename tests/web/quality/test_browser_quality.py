"""质检员 at a real screen with nothing but a keyboard: a whole day with every key counted, and what it looks like."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import io
import wave
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from jiesu.domain.order import Actor
from tests import exchange
from tests.browser import PageFactory
from tests.city import GUAN, HOUR, MONDAY, local
from tests.web.desk import AGENT, CALLER, HEAT_CLERK, INSPECTOR, SUPERVISOR, Desk
from tests.web.quality import walked
from tests.web.quality.walked import SECOND, TUESDAY, called, closed, drawn
from tests.web.screens import Screens, site

SEND = "Control+Enter"


class Hands:
    """Somebody's hands on the keys: each is counted, words are not; the next thing is waited for as eyes do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def write(self, words: str) -> None:
        self.page.keyboard.insert_text(words)

    def at(self) -> str:
        """The thing whose turn it is; empty: none."""
        panel = self.page.locator("[data-inspects]")
        return panel.get_attribute("data-inspects") or "" if panel.count() else ""

    def send(self) -> str:
        """Ctrl+Enter, and the next thing is there; which one was sent."""
        was = self.at()
        self.press(SEND)
        self.page.wait_for_function(
            "was => { const at = document.querySelector('[data-inspects]'); return document.readyState === 'complete'"
            " && (!at || at.dataset.inspects !== was); }",
            arg=was,
        )
        return was


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        yield Screens(page, address, desk, "quality")


def silence(seconds: int = 30) -> bytes:
    """A recording in which nobody says anything."""
    held = io.BytesIO()
    with wave.open(held, "wb") as sound:
        sound.setparams((1, 1, 4000, 0, "NONE", ""))
        sound.writeframes(b"\x80" * 4000 * seconds)
    return held.getvalue()


def recorded(call: str = "heard") -> int:
    """A call in the sample whose recording is kept here; its inspection."""
    from jiesu.store import sql
    from jiesu.workflow import calls

    id_ = called(call)
    number = sql.value("SELECT call FROM inspection WHERE id = %s", (id_,))
    calls.keep_recording(number, silence(), mime="audio/wav", by=exchange.SWITCH, now=MONDAY + HOUR)
    return id_


def only_alike(each: int) -> None:
    """The city draws nothing but replies that are alike."""
    from jiesu.workflow import quality_rules

    doc = {"risks": [{"code": "alike", "name": "答复雷同", "orders": 3, "each": each}], "least": 1}
    quality_rules.publish("plan", doc, since=MONDAY.date(), by=GUAN, now=MONDAY)


def marks() -> list[tuple[object, ...]]:
    from jiesu.store import sql

    return sql.rows("SELECT item, points, evidence FROM inspection_mark WHERE points < worth ORDER BY inspection, item")


def test_the_whole_day_of_an_inspector(screens: Screens, desk: Desk, axe: Callable[[Page], None]) -> None:
    """Drawn by one key; orders, a call and a callback judged; an appeal by a colleague; read where it was told."""
    only_alike(3)
    orders = [closed(MONDAY + at * HOUR / 4) for at in range(3)]
    desk.at = TUESDAY
    hands = Hands(screens.go(INSPECTOR, "/"))
    hands.page.wait_for_url("**/quality")
    hands.page.get_by_text("今天的还没有抽").wait_for()
    screens.shoot(hands.page, "empty")
    axe(hands.page)
    hands.page.set_viewport_size({"width": 1440, "height": 900})
    hands.press("y")
    hands.page.get_by_text("答复雷同：7 天里有 3 件答复几乎一样").wait_for()
    assert len(hands.page.locator(".calls li").all()) == 3 + 0 * len(orders)

    # One clean order: a single key. One with half a point lost, and why, and where. One with a fatal fault.
    clean = hands.keys
    hands.send()
    assert hands.keys - clean == 1
    hands.press("7", "Enter")
    hands.write("没有说什么时候修好")
    hands.press("Enter")
    hands.write("第6步")
    faulty = hands.at()
    hands.send()
    hands.press("q", "Enter")
    hands.write("照片是去年的")
    hands.press("Escape", "c")
    hands.write("照片要当天拍，写明拍的是哪里")
    hands.send()
    print(f"three orders, one clean, one with a fault and its step, one false and coached: {hands.keys - 1} keys")
    assert hands.keys - 1 == 1 + 4 + 5
    assert marks() == [("relevant", 8, "#6"), ("genuine", 0, "")]
    hands.page.get_by_text("都检完了").wait_for()
    axe(hands.page)

    # A call heard where it is judged: the place in the recording goes with the fault.
    recorded()
    called("lost")
    callback = drawn(orders[0], subject="callback", no=1)
    hands = Hands(screens.go(INSPECTOR, "/quality"))
    hands.press("l")
    hands.page.locator(".whole audio").wait_for()
    hands.page.wait_for_function("document.querySelector('.whole audio').readyState > 0")
    hands.press(" ", ".", ".")
    hands.press("2", "2", "Enter")
    hands.write("没等说完就插话")
    assert hands.page.locator("[name='e.listening']").input_value().startswith("0:1")
    screens.shoot(hands.page, "call")
    axe(hands.page)
    hands.page.set_viewport_size({"width": 1440, "height": 900})
    hands.send()
    print(f"a call heard and judged with one fault and its place: {hands.keys} keys")
    assert hands.keys == 8
    hands.press("d", " ", "Tab", "Enter")
    hands.page.get_by_text("没有检：没有录音，或录音听不清").wait_for()
    assert hands.at() == str(callback)
    hands.page.get_by_text("第 1 次回访：已接通，已解决，满意").wait_for()
    hands.send()
    hands.page.get_by_text("都检完了").wait_for()

    # The unit finds it at its own desk and appeals; a colleague gives half the points back.
    unit = screens.go(HEAT_CLERK, "/unit")
    unit.get_by_role("navigation", name="工作列表").get_by_role("link", name="质检").click()
    unit.goto(f"{screens.address}/quality/mine?look={faulty}.reply")
    unit.get_by_text("没有说什么时候修好").wait_for()
    axe(unit)
    unit.keyboard.press("b")
    unit.locator("textarea:focus").wait_for()
    unit.keyboard.insert_text("答复第二句写了")
    screens.shoot(unit, "own")
    unit.keyboard.press(SEND)
    unit.get_by_text("申诉已提交").wait_for()
    other = Hands(screens.go(SECOND, "/quality"))
    assert other.at() == f"{faulty}.reply"
    other.page.get_by_text("答复第二句写了").wait_for()
    axe(other.page)
    other.press("2", "2", "2", "c")
    other.write("确实写了")
    screens.shoot(other.page, "appeal")
    other.page.set_viewport_size({"width": 1440, "height": 900})
    other.page.locator("#decision").focus()
    other.send()
    other.page.get_by_text("申诉已裁定，已改分").wait_for()
    print(f"an appeal decided: {other.keys} keys")
    assert other.keys == 5

    # The clerk and the agent read theirs with a key each.
    for who in (CALLER, AGENT):
        page = screens.go(who, "/quality/mine")
        axe(page)
        page.keyboard.press("y")
        page.get_by_text("已签阅").first.wait_for()
    screens.shoot(page, "read")


def test_it_looks_right_full_in_error_and_in_the_dark(
    screens: Screens, desk: Desk, axe: Callable[[Page], None]
) -> None:
    for at in range(6):
        drawn(closed(MONDAY + at * HOUR / 6, secret=at == 4, kind="report" if at == 4 else "help"))
    called(long=12, due=14)
    desk.at = local("2026-11-24 15:00")
    page = screens.go(INSPECTOR, "/quality")
    page.keyboard.press("8")
    page.keyboard.press("8")
    screens.shoot(page, "full")
    axe(page)
    dark(page)
    screens.shoot(page, "full-dark")
    axe(page)
    light(page)
    page.keyboard.press(SEND)
    page.get_by_text("扣了分，请写明理由").wait_for()
    screens.shoot(page, "error")
    axe(page)
    page.keyboard.insert_text("没有写日期")
    page.keyboard.press(SEND)
    page.get_by_text("上一件").wait_for()
    for _ in range(4):
        was = page.locator("[data-inspects]").get_attribute("data-inspects")
        page.keyboard.press("2")
        page.keyboard.press("Enter")
        page.keyboard.insert_text("事项选成了收费")
        page.keyboard.press(SEND)
        page.locator(f"[data-inspects]:not([data-inspects='{was}'])").wait_for()
    for name, path in (
        ("done", "/quality/done"),
        ("figures", "/quality/figures"),
        ("result", "/quality/1"),
        ("rules", "/quality/rules"),
    ):
        page = screens.go(SUPERVISOR, path)
        axe(page)
        screens.shoot(page, name)
        dark(page)
        screens.shoot(page, f"{name}-dark")
        axe(page)
        light(page)


def test_words_that_were_not_sent_are_there_again(screens: Screens, desk: Desk) -> None:
    drawn(closed())
    desk.at = TUESDAY
    hands = Hands(screens.go(INSPECTOR, "/quality"))
    hands.press("7", "Enter")
    hands.write("没有说什么时候修好")
    hands.page.locator(".draft-note").wait_for()
    hands.page.reload()
    hands.page.get_by_text("上次未写完").wait_for()
    assert hands.page.locator("[name='n.relevant']").input_value() == "没有说什么时候修好"
    assert hands.page.locator("[name='n.relevant']").is_visible()
    assert isinstance(walked.account(INSPECTOR), Actor)


def dark(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("document.documentElement.dataset.theme = 'dark'")


def light(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("document.documentElement.dataset.theme = 'light'")
