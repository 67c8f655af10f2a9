"""The browser of the tests draws Chinese, works a button, and tells on pages that misbehave."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page

from tests.browser import PageFactory

HTML = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>接诉</title>
<style>body {font: 16px/1.5 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif}</style>
<h1>供热公司：今日到期 3 件</h1><p id="state">待签收</p>
<p><strong>已超期 2小时</strong>，周五 17:30 前办结</p>
<button onclick="document.getElementById('state').textContent = '办理中'">签收</button>"""
SURROUNDINGS = "[innerWidth, navigator.language, Intl.DateTimeFormat().resolvedOptions().timeZone]"


class Desk(BaseHTTPRequestHandler):
    """Serves the page at `/` and refuses everything else."""

    def do_GET(self) -> None:
        known = self.path == "/"
        self.send_response(200 if known else 409)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((HTML if known else "这张工单刚被改派").encode())

    def log_message(self, format: str, *args: object) -> None:
        """Keeps the test's output quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def fonts_drawn(page: Page, selector: str) -> set[str]:
    """The families that the browser really used for the text of one element."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    root = devtools.send("DOM.getDocument")["root"]["nodeId"]
    node = devtools.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    fonts = devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {font["familyName"] for font in fonts}


@pytest.mark.parametrize(("screen", "width"), [("desk", 1440), ("phone", 390)])
def test_a_button_is_pressed_and_chinese_is_drawn(
    page: PageFactory, address: str, tmp_path: Path, screen: str, width: int
) -> None:
    desk = page(screen)
    desk.goto(address)
    desk.get_by_role("button", name="签收").click()

    assert desk.locator("#state").inner_text() == "办理中"
    assert fonts_drawn(desk, "h1") == {"Noto Sans SC"}
    assert desk.evaluate(SURROUNDINGS) == [
        width,
        "zh-CN",
        "Asia/Shanghai",
    ]
    page.shoot(tmp_path, screen)
    assert (tmp_path / f"{screen}-1.png").read_bytes().startswith(b"\x89PNG")


def test_two_people_have_two_sessions(page: PageFactory, address: str) -> None:
    zhou, chen = page(), page()
    for person in (zhou, chen):
        person.goto(address)
    zhou.evaluate("document.cookie = 'who=zhou'")

    assert zhou.evaluate("document.cookie") == "who=zhou"
    assert chen.evaluate("document.cookie") == ""


def test_an_error_on_the_console_is_told(page: PageFactory, address: str) -> None:
    desk = page()
    desk.goto(address)
    desk.evaluate("console.error('算错了'); console.warn('只是提醒')")
    with desk.expect_event("pageerror"):
        desk.evaluate("setTimeout(() => { throw new Error('没接住') })")

    assert page.problems == ["console: 算错了", "script: 没接住"]
    page.problems.clear()


def test_a_refusal_is_told_unless_the_test_expects_it(page: PageFactory, address: str) -> None:
    page(statuses=[409]).goto(address + "dispatch")
    assert page.problems == []

    page().goto(address + "dispatch")
    assert page.problems == ["console: Failed to load resource: the server responded with a status of 409 (Conflict)"]
    page.problems.clear()


def test_a_request_to_another_machine_is_told_and_goes_nowhere(page: PageFactory, address: str) -> None:
    desk = page()
    desk.goto(address)
    reached = desk.evaluate("fetch('http://tiles.example/1.png').then(() => true, () => false)")

    assert reached is False
    assert page.problems[0] == "leaves this machine: http://tiles.example/1.png"
    page.problems.clear()
