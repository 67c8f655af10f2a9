"""Figures at real screens: fifty of them clicked and counted, the board by keyboard, the wall, what everybody reads."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests import city
from tests.browser import PageFactory
from tests.city import local
from tests.web.desk import ANALYST, HEAT_CLERK, HEAT_LEADER, LEADER, SUPERVISOR, Desk
from tests.web.screens import Screens, site

SEED, CLICKED = 20261123, 50
# Every kind of page that has figures on it, by whom it is read: each gives its share of those that are clicked.
PAGES = (
    (LEADER, "/wall"),
    (SUPERVISOR, "/figures?by=unit"),
    (SUPERVISOR, "/figures?window=2026-10&by=unit&columns=limit"),
    (ANALYST, "/figures?window=2026-q4&by=matter&columns=rating"),
    (ANALYST, "/figures?window=2026-10&by=region"),
    (SUPERVISOR, "/figures?window=2026-10&columns=centre"),
    (ANALYST, "/figures/trial?window=2026-10&by=group&profile=city-2023"),
    (LEADER, "/figures/unit/U0301?window=2026-10"),
    (HEAT_CLERK, "/figures/unit/U0301?window=2026-10"),
    (HEAT_CLERK, "/figures?by=unit&window=2026-10"),
)
_FIGURES = "els => els.map((el) => [el.getAttribute('href'), el.dataset.figure])"


@pytest.fixture
def screens(page: PageFactory, reading: Desk) -> Iterator[Screens]:
    with site() as address:
        yield Screens(page, address, reading, "figures")
        page.close()


def whole(fraction: str) -> tuple[float, int]:
    numerator, _, n = fraction.replace(",", "").partition("/")
    return float(numerator), int(n)


def listed(page: Page) -> list[str]:
    """What each of the cases is to the figure, from here on, page by page."""
    found = page.locator("[data-case] .verdict").all_inner_texts()
    while follows := page.locator("a[rel=next]").evaluate_all("els => els.map((el) => el.href)"):
        page.goto(follows[0], wait_until="domcontentloaded")
        found += page.locator("[data-case] .verdict").all_inner_texts()
    return found


def test_fifty_figures_clicked_list_the_orders_that_they_count(screens: Screens) -> None:
    """Chosen at random with a seed, of boards, slices, trials, units and the wall."""
    chance = random.Random(SEED)
    clicked = 0
    for turn, (who, address) in enumerate(PAGES):
        page = screens.of(who)
        # A figure is a plain link: without scripts a page is there at once, and the story is quick.
        page.context.new_cdp_session(page).send("Emulation.setScriptExecutionDisabled", {"value": True})
        page.goto(screens.address + address)
        figures = page.locator("[data-figure]").evaluate_all(_FIGURES)
        share = min((CLICKED - clicked) // (len(PAGES) - turn), len(figures))
        for target, fraction in chance.sample(figures, share):
            page.goto(screens.address + address, wait_until="domcontentloaded")
            page.evaluate("document.querySelectorAll('main details').forEach((el) => { el.open = true; })")
            with page.expect_navigation(wait_until="domcontentloaded"):
                page.locator(f'main a[href="{target}"]').first.click()
            check(page, fraction, mine=who == HEAT_CLERK)
            clicked += 1
    assert clicked == CLICKED


def check(page: Page, fraction: str, *, mine: bool) -> None:
    """The opened figure says the same, and lists as many orders as it says that it counts; a unit lists its own."""
    numerator, n = whole(fraction)
    where, said = page.url, page.locator(".figure.opened").inner_text()
    assert fraction in said, where
    assert "一致。" in page.locator(".stand").first.inner_text(), where
    tabs = page.get_by_role("navigation", name="列哪些").get_by_role("link")
    every, good, other = (int(one.replace(",", "")) for one in tabs.locator("b").all_inner_texts())
    word = tabs.nth(1).inner_text().split()[0]
    verdicts = listed(page)
    assert (len(verdicts), verdicts.count(word), every) == (every, good, good + other), where
    if mine and "/unit/U0301" not in where:
        assert every <= n, where
    else:
        # What is good in part is listed with the others, and counts by its weight.
        assert (every, good <= numerator if "基本" in said else good == numerator) == (n, True), where


def test_the_board_by_keyboard_and_a_unit_that_sees_itself_first(screens: Screens, axe: Callable[[Page], None]) -> None:
    page = screens.go(SUPERVISOR, "/figures")
    axe(page)
    screens.shoot(page, "board")
    page.get_by_label("顺序").select_option("worst")
    page.get_by_label("单位组", exact=True).select_option("bureau:large")
    page.get_by_label("单位组", exact=True).evaluate("el => el.blur()")
    page.keyboard.press("t")
    page.wait_for_url("**order=worst**group=bureau**")
    assert page.locator("tbody.group").count() == 1
    page.keyboard.press("[")
    page.wait_for_url("**window=2026-10**")
    assert "order=worst" in page.url
    page.locator("thead a").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=**")
    assert "group=bureau" in page.url
    page.locator("tbody.group .c-rate a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/figures/of/**")
    axe(page)
    screens.shoot(page, "opened")
    page.locator("body").press("j")
    page.keyboard.press("Enter")
    page.locator("#drawer [data-order]").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.wait_for_url("**/figures?**")
    own = screens.go(HEAT_LEADER, "/figures")
    assert own.url.endswith("/figures/unit/U0301")
    axe(own)
    screens.shoot(own, "unit")
    trial = screens.go(ANALYST, "/figures/trial?window=2026-10&by=unit&profile=city-2023")
    axe(trial)
    screens.shoot(trial, "trial")
    for name in ("published", "profiles", "profiles/graded-2025/1"):
        other = screens.go(SUPERVISOR, f"/figures/{name}")
        axe(other)
        screens.shoot(other, name.rpartition("/")[0].rpartition("/")[0] or name)


def rush(desk: Desk) -> None:
    """A morning on which urgent orders were not signed in time."""
    from jiesu.store import counting

    regions = ("R0103", "R0201", "R0301", "R0401", "R0501")
    for minute, region in enumerate(regions * 2):
        heat = region == "R0103"
        lead, matter = (city.HEAT, "03.06") if heat else (city.HOUSING, "02.10")
        at = local("2026-11-23 07:00") + timedelta(minutes=minute)
        city.dispatched(at, lead=lead, urgency="urgent", matter=matter, region=region)
    city.dispatched(local("2026-11-23 09:58"), urgency="emergency")
    counting.fill_due(desk.at)


def renewed(wall: Page) -> None:
    """Somebody makes a move: what it changed is drawn anew, and nothing else is touched."""
    wall.evaluate("for (const one of document.querySelectorAll('[id]')) one.drawn = 1")
    city.dispatched(local("2026-11-23 09:59"))
    wall.evaluate("document.dispatchEvent(new CustomEvent('jiesu:told', { detail: {} }))")
    wall.get_by_role("link", name="12 今天受理").wait_for()
    kept = wall.evaluate("['counts', 'map', 'red', 'month', 'matters'].map((id) => document.getElementById(id).drawn)")
    assert kept == [None, 1, 1, 1, 1]


def test_the_wall_and_what_everybody_reads(
    screens: Screens, page: PageFactory, axe: Callable[[Page], None], reading: Desk
) -> None:
    rush(reading)
    wall = screens.go(LEADER, "/wall")
    axe(wall)
    screens.shoot(wall, "wall")
    # All of it on one screen, nothing cut off, and no letter smaller than can be read from five metres.
    for width, height in ((1920, 1080), (1440, 900)):
        wall.set_viewport_size({"width": width, "height": height})
        assert wall.evaluate(_CUT) == []
    renewed(wall)
    everybody = page()
    everybody.goto(f"{screens.address}/open")
    axe(everybody)
    screens.shoot(everybody, "open")
    everybody.get_by_role("link", name="按区域").click()
    everybody.wait_for_url("**by=region**")
    axe(everybody)
    with everybody.expect_download() as file:
        everybody.get_by_role("link", name="下载（csv）").click()
    assert file.value.suggested_filename == "12345热线公开数据-2026-10-按区域.csv"
    for at, name in ((wall, "wall"), (everybody, "open")):
        at.emulate_media(color_scheme="dark")
        axe(at)
        screens.shoot(at, f"{name}-dark")


# What is cut off, and what is written smaller than can be read from five metres on a screen of a metre and more.
_CUT = """() => { const found = [];
  for (const el of document.querySelectorAll("main section, main ol, main ul"))
    if (el.scrollHeight > el.clientHeight + 5) found.push(`${el.id || el.className} ${el.scrollHeight}`);
  for (const el of document.querySelectorAll("main *:not(svg *)")) {
    const own = Array.from(el.childNodes).some((one) => one.nodeType === 3 && one.data.trim());
    const size = parseFloat(getComputedStyle(el).fontSize);
    if (own && el.checkVisibility() && size < innerWidth / 100) found.push(`small ${el.textContent}`);
  }
  return found; }"""
