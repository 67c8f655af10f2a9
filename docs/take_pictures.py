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


def take(chromium: Browser, address: str, one: Picture) -> None:
    """Sign in, go there, do what comes first, and keep what is seen."""
    context = chromium.new_context(
        viewport=SCREENS[one.screen],  # type: ignore[arg-type]
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        color_scheme="dark" if one.dark else "light",
    )
    page = context.new_page()
    page.goto(f"{address}/login")
    page.get_by_label("账号").fill(one.login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.goto(f"{address}{one.address}")
    page.wait_for_timeout(800)
    if one.first:
        one.first(page)
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    # Few colours are enough for a page, and make a picture a quarter as large.
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURES / f"{one.name}.png", optimize=True)
    context.close()


if __name__ == "__main__":
    main()
