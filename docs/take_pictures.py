"""Takes the pictures of the handbook and of the README from a running demo city, so that they stay as the pages are.

    make pictures

A small city (3,000 demands of its last year, and the orders of these days) is loaded into a folder of its own and
served; each person signs in and his desk is looked at. Pictures go to docs/pictures/, 1440 or 390 px wide. Faces of
nobody: the city and its people are made up.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from hatch_build import node_and_npm  # noqa: E402 - both lie beside the package
from tests.browser import ARGUMENTS, SCREENS  # noqa: E402
from tests.chromium.install import find_chromium  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
PASSWORD = "jiesu-demo-2026"  # noqa: S105 - of a made-up city, shown on its screen
PORT = 8761
COLOURS = 128
NIGHT = (
    "南市街路面塌陷那件是特急，市政中心说 40 分钟内到，没到就给值班领导打电话。\n"
    "工人村二区供热两件答应了诉求人 8:30 前回话。\n6 号席耳机有杂音，已报修。"
)


def _first_row(page: Page) -> None:
    """Open the first order of a list beside it."""
    row = page.locator("[data-number]").first
    if row.count():
        row.click()
        page.wait_for_timeout(600)


def _call(page: Page) -> None:
    """A call being taken down."""
    page.get_by_label("说了什么").fill(
        "工人村二区3号楼从昨天晚上起暖气不热，家里只有十四度，老人孩子都感冒了，希望尽快来人看看。"
    )
    page.wait_for_timeout(1500)


def _draw(page: Page) -> None:
    """The morning's sample, drawn by hand."""
    button = page.get_by_role("button", name="现在抽取")
    if button.count():
        button.click()
        page.wait_for_timeout(1500)


def _press(page: Page, name: str) -> None:
    """A button that sends what was written, until the next page is there."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def _weighed(page: Page) -> None:
    """A line of the catalogue changed, and what it would have meant."""
    page.locator("main [type=search]").fill("室内温度不达标")
    _press(page, "查找")
    page.locator(".things tbody a").first.click()
    page.wait_for_load_state()
    page.get_by_label("牵头单位").fill("住建局")
    page.get_by_label("为什么改").fill("职责划转，编办函〔2026〕18号")
    _press(page, "核对")


def _words_of_the_night(page: Page) -> None:
    """What is to be told to the next shift."""
    page.get_by_label("交班的话").fill(NIGHT)


def _handed_over(page: Page) -> None:
    """The note that another one has left, waiting to be read."""
    browser = page.context.browser
    if browser and not page.locator(".handed-row a").count():
        other = signed_in(browser, _origin(page), "laochen")
        other.goto(f"{_origin(page)}/shift/write")
        _words_of_the_night(other)
        _press(other, "交班")
        other.context.close()
        page.reload()
    page.locator(".handed-row a").first.click()
    page.wait_for_load_state()


def _reserved(page: Page) -> None:
    """Numbers put aside for paper."""
    for seats in ("1 到 20 号席位", "21 到 40 号席位", "政务大厅窗口"):
        page.goto(f"{_origin(page)}/outage")
        page.get_by_label("用途").fill(seats)
        _press(page, "备下")
    page.goto(f"{_origin(page)}/outage")
    page.wait_for_load_state()


def _sheet(page: Page) -> None:
    """A sheet of paper half typed in."""
    for label, words in (("受理单号", "9000001"), ("时间", "1112"), ("姓名", "孙桂兰"), ("来电号码", "19900040017")):
        page.get_by_label(label).first.fill(words)
    page.get_by_label("说了什么").fill("工人村二区3号楼整栋停电，老人在家吸氧，氧气机停了，请马上来人。")
    page.get_by_label("在哪儿").fill("工人村二区3号楼")
    page.get_by_label("紧急程度").select_option(label="特急")
    page.get_by_label("已电话通知").fill("供电公司王师傅 11:20")


def _edition(page: Page) -> None:
    """A month's edition that somebody is writing to."""
    if page.get_by_role("button", name="起草 ").count():
        _press(page, "起草 ")
    else:
        page.locator(".editions a").first.click()
        page.wait_for_load_state()
    page.get_by_role("link", name="改文字").click()
    page.locator("[contenteditable]").first.wait_for()


def _written_to(page: Page) -> None:
    """The same, with what was written in."""
    _edition(page)
    words = page.locator("[contenteditable]").first
    words.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("进入供暖期以来，供暖类诉求明显增多，各责任单位要早排查、早处置。")
    _press(page, "存下")


def _origin(page: Page) -> str:
    return page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2]


class Picture(NamedTuple):
    """What is looked at: by whom, where, on which screen, after what."""

    name: str
    login: str
    address: str
    screen: str = "desk"
    first: Callable[[Page], None] | None = None
    dark: bool = False


ALBUM = (
    Picture("intake", "xiaozhou", "/register", first=_call),
    Picture("dispatch", "laochen", "/dispatch"),
    Picture("unit", "gongre_clerk", "/unit"),
    Picture("unit-phone", "gongre_clerk", "/unit", "phone"),
    Picture("order", "laochen", "/work/all", first=_first_row),
    Picture("review", "shenhe1", "/review"),
    Picture("callback", "huifang1", "/callback"),
    Picture("supervise", "duban1", "/supervise"),
    Picture("ruling", "caiding1", "/ruling"),
    Picture("quality", "zhijian1", "/quality", first=_draw),
    Picture("leader", "shizhang", "/leader"),
    Picture("figures", "duban1", "/figures?by=unit"),
    Picture("wall", "shizhang", "/wall", dark=True),
    Picture("analyst", "fenxi1", "/analyst"),
    Picture("admin", "guanli", "/admin/catalog", first=_weighed),
    Picture("admin-calendar", "guanli", "/admin/calendar"),
    Picture("shift-write", "laochen", "/shift/write", first=_words_of_the_night),
    Picture("shift", "paidan2", "/shift", first=_handed_over),
    Picture("shift-phone", "paidan3", "/shift", "phone", first=_handed_over),
    Picture("outage", "duban1", "/outage", first=_reserved),
    Picture("outage-entry", "xiaozhou", "/outage/entry", first=_sheet),
    Picture("bulletin", "duban1", "/bulletin", first=_written_to),
    Picture("bulletin-edit", "duban1", "/bulletin", first=_edition),
    Picture("privacy", "dpo", "/privacy"),
)


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    wanted = set(sys.argv[1:])
    with served() as address, browser() as chromium:
        for one in ALBUM:
            if not wanted or one.name in wanted:
                take(chromium, address, one)
                print(one.name, flush=True)


@contextmanager
def served() -> Iterator[str]:
    """The demo city in a folder of its own, served until all pictures are taken."""
    folder = Path(tempfile.mkdtemp(prefix="jiesu-pictures-"))
    environ = {**os.environ, "JIESU_DATA": str(folder), "JIESU_DEMO_ORDERS": "3000"}
    command = [sys.executable, "-m", "jiesu.cli", "demo", "--port", str(PORT)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait(f"http://127.0.0.1:{PORT}/login", process)
            yield f"http://127.0.0.1:{PORT}"
        finally:
            process.terminate()
            process.wait(60)
            beside = folder / "cluster-at"  # root's database lies elsewhere, and this file says where
            if beside.exists():
                shutil.rmtree(beside.read_text("utf-8").strip(), ignore_errors=True)
            shutil.rmtree(folder, ignore_errors=True)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        if process.poll() is not None:
            raise SystemExit("the demo city does not start")
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the demo city does not answer")


@contextmanager
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node_and_npm()[0])
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium.executable, args=ARGUMENTS, env={**os.environ, **chromium.environment}
        )
        yield running
        running.close()


def signed_in(chromium: Browser, address: str, login: str, screen: str = "desk", *, dark: bool = False) -> Page:
    """This person's screen."""
    context = chromium.new_context(
        viewport=SCREENS[screen],  # type: ignore[arg-type]
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        color_scheme="dark" if dark else "light",
    )
    page = context.new_page()
    page.goto(f"{address}/login")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_load_state()
    return page


def take(chromium: Browser, address: str, one: Picture) -> None:
    """Sign in, go there, do what comes first, and keep what is seen."""
    page = signed_in(chromium, address, one.login, one.screen, dark=one.dark)
    page.goto(f"{address}{one.address}")
    page.wait_for_timeout(800)
    if one.first:
        one.first(page)
        page.wait_for_timeout(300)
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    # Few colours are enough for a page, and make a picture a quarter as large.
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURES / f"{one.name}.png", optimize=True)
    page.context.close()


if __name__ == "__main__":
    main()
