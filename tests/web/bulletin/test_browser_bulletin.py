"""老杜's month's end with her hands on the keys: draft, edit, issue, three papers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from jiesu.domain import windows
from jiesu.domain.gaming import Signal
from tests.browser import PageFactory
from tests.city import HEAT, local
from tests.web.bulletin.month import FREEZING, OVER, frozen
from tests.web.bulletin.test_cards import CARD, turned_on
from tests.web.bulletin.test_signals import PAGE as SIGNALS
from tests.web.bulletin.test_signals import about_heating
from tests.web.bulletin.test_told import signalled
from tests.web.desk import HEAT_LEADER, LEADER, SUPERVISOR, Desk
from tests.web.screens import Screens, site


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        yield Screens(page, address, desk, "bulletin")
        page.close()


def test_the_months_end(screens: Screens, desk: Desk, axe: Callable[[Page], None]) -> None:
    desk.at = OVER
    page = screens.go(SUPERVISOR, "/bulletin")
    axe(page)
    screens.shoot(page, "empty")
    page.locator("body").press("m")
    page.get_by_text("已起草。段落可以改，数字跟着数据走。").wait_for()
    page.locator("body").press("e")
    first = page.get_by_role("textbox", name="总体情况")
    first.wait_for()
    axe(page)
    chip = first.locator("[data-name='受理量']")
    assert chip.inner_text() == "16"
    # A figure is not typed into: the caret goes over it, and what is written stands beside it.
    page.locator("body").press("r")
    page.keyboard.press("Control+Home")
    page.keyboard.type("据统计，")
    problems = page.get_by_role("textbox", name="存在的问题和要求")
    problems.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("签收偏慢，响应率 {")
    page.keyboard.type("响应率")
    page.keyboard.press("Enter")
    page.keyboard.type("，请对照检查。共 17 件。")
    assert problems.locator("[data-name='响应率']").inner_text() == "82.35%"
    cases = page.get_by_role("textbox", name="典型案例")
    cases.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("一位居民反映管道没有保温，当天包好。")
    page.keyboard.press("Control+Enter")
    page.get_by_text("手写的“17”不是本期的数").first.wait_for()
    axe(page)
    screens.shoot(page, "refused")
    # The cursor waits in the field that is wrong.
    page.keyboard.press("Control+End")
    for _ in "共 17 件。":
        page.keyboard.press("Backspace")
    page.keyboard.press("Control+Enter")
    page.get_by_text("已存下，上一稿也留着。").wait_for()
    assert page.locator("ins").first.inner_text() == "据统计，"
    axe(page)
    screens.shoot(page, "changes")
    page = screens.go(SUPERVISOR, "/bulletin/followups")
    page.locator("body").press("m")
    page.keyboard.type("把工人村的保温层补齐")
    page.get_by_label("责任单位或责任人").fill("供热公司")
    page.get_by_label("期限").fill("2026-12-15")
    page.get_by_label("期限").press("Enter")
    page.get_by_text("已记下。").wait_for()
    page.locator("summary", has_text="填进展").click()
    axe(page)
    screens.shoot(page, "followups")
    desk.at = FREEZING
    frozen()
    page = screens.go(SUPERVISOR, "/bulletin/2026-11")
    page.locator("body").press("q")
    page.get_by_text("已发布。正文、数字和三种文件从此不变。").wait_for()
    axe(page)
    names = []
    page.on("download", lambda one: names.append(one.suggested_filename))
    page.locator("body").press("p")
    page.get_by_text("3 份都已下载").first.wait_for()
    assert sorted(names) == ["通报-2026-11.docx", "通报-2026-11.pdf", "通报-2026-11.xlsx"]
    screens.shoot(page, "issued")
    desk.at = local("2026-12-08 15:00")
    reader = screens.go(LEADER, "/bulletin/2026-11")
    assert reader.get_by_role("link", name="改文字").count() == 0
    assert "签收偏慢，响应率 82.35%，请对照检查。" in " ".join(reader.locator(".circular").inner_text().split())
    screens.shoot(screens.go(SUPERVISOR, "/bulletin"), "list")


def test_a_search_shows_how_far_it_is_and_its_result_without_reloading(
    screens: Screens, desk: Desk, axe: Callable[[Page], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from jiesu.assessment import searching  # noqa: PLC0415 - Django can be imported only once it is set up

    seen: list[str] = []
    desk.at = OVER
    page = screens.go(SUPERVISOR, "/bulletin/signals?month=2026-11")
    page.locator("body").press("m")
    page.get_by_text("等后台开始").wait_for()
    assert page.get_by_role("button", name="正在查找 2026-11 的").is_disabled()
    axe(page)

    def signals(_: object, looking: Callable[[str, int, int], None]) -> list[Signal]:
        looking("copied_replies", 4, 6)
        page.get_by_text("正在看“答复雷同”，第 5 项，共 6 项").wait_for()
        seen.append(str(page.get_by_role("progressbar", name="查找进度").get_attribute("value")))
        screens.shoot(page, "searching")
        return [Signal(HEAT, "copied_replies", 14, 24, 0.05, (1, 2))]

    monkeypatch.setattr(searching, "signals", signals)
    assert searching.carry_out(windows.read("2026-11"), 1, clock=lambda: OVER) == 1
    assert seen == ["66"]
    page.get_by_text("供热公司 答复雷同：24 件中 14 件（58%）").wait_for()
    assert "找到 1 条新线索，已告诉所说的单位。" in page.locator(".sought").inner_text()
    assert page.locator("#signals-count").inner_text() == "1 条"
    axe(page)
    # Nothing moves under somebody who writes while another search goes on.
    page.locator("body").press("m")
    page.get_by_text("等后台开始").wait_for()
    page.locator("summary", has_text="不再追").click()
    why = page.get_by_label("为什么不再追")
    why.fill("都是同一次停暖")
    monkeypatch.setattr(searching, "signals", lambda *_: [])
    assert searching.carry_out(windows.read("2026-11"), 2, clock=lambda: OVER) == 0
    page.get_by_text("做完了。刷新这一页，看结果。").wait_for()
    assert why.input_value() == "都是同一次停暖"
    page.reload()
    page.locator("body").press("m")
    page.get_by_role("button", name="停下").click()
    page.get_by_text("的查找已停下，没有告诉任何单位。").wait_for()


def test_a_unit_is_told_and_goes_to_where_it_answers(screens: Screens, desk: Desk, axe: Callable[[Page], None]) -> None:
    desk.at = FREEZING
    turned_on(CARD)
    frozen()
    signalled("copied_replies", "reopened", at=FREEZING)
    page = screens.go(HEAT_LEADER, "/notices")
    axe(page)
    screens.shoot(page, "told")
    page.get_by_role("link", name="2026年11月 黄牌").click()
    page.get_by_text("提出亮黄牌，待市领导批准，还没有生效").wait_for()
    axe(page)
    page.goto(f"{screens.address}/notices")
    page.get_by_role("link", name="2026年11月 答复雷同，12月11日前说明").click()
    page.get_by_label("情况说明").first.wait_for()
    assert page.url.split("#")[1] == page.locator("li", has_text="答复雷同").get_attribute("id")
    axe(page)
    page = screens.go(HEAT_LEADER, "/figures/unit/U0301?window=2026-11")
    page.get_by_role("link", name="本单位2026年11月的申诉").click()
    page.get_by_text("这个月没有申诉。").wait_for()


def test_what_is_said_of_a_unit_can_be_read_and_answered(
    screens: Screens, desk: Desk, axe: Callable[[Page], None]
) -> None:
    desk.at = OVER
    about_heating()
    turned_on(CARD)
    desk.at = FREEZING
    frozen()
    for who, address, name in (
        (LEADER, "/bulletin/cards", "card"),
        (HEAT_LEADER, SIGNALS, "signal-unit"),
        (SUPERVISOR, SIGNALS, "signal"),
        (SUPERVISOR, "/bulletin/appeals", "appeals"),
    ):
        page = screens.go(who, address)
        axe(page)
        screens.shoot(page, name)
    page = screens.go(LEADER, "/bulletin/cards")
    page.get_by_role("button", name="同意").click()
    page.get_by_text("已批准，从今天起生效。").wait_for()
    page = screens.go(HEAT_LEADER, "/unit/month")
    page.get_by_text("黄牌").wait_for()
    axe(page)
    screens.shoot(page, "card-unit")
