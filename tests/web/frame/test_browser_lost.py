"""What is typed outlives a cut line, a server that restarts and a session that ends, at the desks where people write
while somebody waits: intake, the unit's reply, the callback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler
from playwright.sync_api import Page, expect

from jiesu.domain.order import Order
from jiesu.store import orders
from tests.browser import PageFactory
from tests.city import HOUR, MONDAY
from tests.web import situations
from tests.web.desk import AGENT, CALLER, HEAT_CLERK, Desk, events_of
from tests.web.screens import Screens

CUT = 30_000  # milliseconds for which the line is away
NOT_SENT = "没有发出去。您写的内容还在这里，网络恢复后再按一次。"


class NoKeeping(QuietWSGIRequestHandler):
    """Closes each connection, so that a site that is stopped answers nobody any more."""

    protocol_version = "HTTP/1.0"


class SiteThread(LiveServerThread):
    def _create_server(self, connections_override: Any = None) -> ThreadedWSGIServer:
        return ThreadedWSGIServer((self.host, self.port), NoKeeping, allow_reuse_address=True)


class Site:
    """The site, which can be stopped and started again at the same address."""

    def __init__(self) -> None:
        self.port = 0
        self.start()

    def start(self) -> None:
        self._thread = SiteThread("127.0.0.1", lambda handler: handler, port=self.port)
        self._thread.daemon = True
        self._thread.start()
        assert self._thread.is_ready.wait(30)
        assert self._thread.error is None
        self.port = self._thread.port

    def stop(self) -> None:
        self._thread.terminate()


@pytest.fixture
def place(page: PageFactory, desk: Desk) -> Iterator[Site]:
    made = Site()
    yield made
    page.close()
    made.stop()


@dataclass(frozen=True)
class Writing:
    """Somebody writing: who, where, how the words are told and sent, and what the record then holds of them."""

    who: str
    make: Callable[[], Order | None]
    path: Callable[[Order | None], str]
    write: Callable[[Page, str], None]
    field: str
    form: str
    ready: Callable[[Page], None]
    kept: Callable[[Order | None], str]


def _texts(number: int, name: str) -> str:
    held = orders.texts(number)
    return held[max(key for key in held if key[1] == name)]


def _calling(page: Page, words: str) -> None:
    for name in ("resolved", "rating"):
        page.locator(f"[data-pick={name}] input").first.check()
    page.locator("#opinion").fill(words)


def _replying(page: Page, words: str) -> None:
    page.locator("#submit-public_reply").fill(words)
    page.get_by_label("已解决").check()
    page.locator("#move-submit [name=same]").check()


def _last(order: Order | None, name: str) -> str:
    assert order is not None
    return _texts(order.number, name)


def _registered(_: Order | None) -> str:
    return _texts(int(f"{MONDAY:%y%m%d}") * 10_000_000 + 1, "text")


def _photographed(page: Page) -> None:
    from tests.web.pictures import png  # noqa: PLC0415

    picture = {"name": "现场.png", "mimeType": "image/png", "buffer": png(64, 48)}
    page.locator("#submit-files").set_input_files([picture])
    page.locator(".taken").get_by_text("已上传").wait_for()


DESKS = {
    "intake": Writing(
        AGENT,
        lambda: None,
        lambda _: "/register",
        lambda page, words: page.locator("#text").fill(words),
        "#text",
        "#register-form",
        lambda page: page.locator("#phone").fill("13800001111"),
        _registered,
    ),
    "reply": Writing(
        HEAT_CLERK,
        situations.contacted,
        lambda order: f"/unit/{order.number if order else 0}?open=submit",
        _replying,
        "#submit-public_reply",
        "#move-submit form",
        _photographed,
        lambda order: _last(order, "public_reply"),
    ),
    "callback": Writing(
        CALLER,
        situations.in_callback,
        lambda _: "/callback",
        _calling,
        "#opinion",
        "form[data-answer]",
        lambda page: None,
        lambda order: _last(order, "opinion"),
    ),
}


@pytest.mark.parametrize("name", DESKS)
def test_nothing_typed_is_lost(name: str, page: PageFactory, place: Site, desk: Desk) -> None:
    from jiesu.demo import load  # noqa: PLC0415 - Django can be imported only once it is set up

    one = DESKS[name]
    order = one.make()
    desk.at = MONDAY + 4 * HOUR
    screens = Screens(page, f"http://127.0.0.1:{place.port}", desk, f"lost-{name}", cut=True)
    screen = screens.of(one.who)
    screen.clock.install()
    screen.goto(screens.address + one.path(order))
    form, field = screen.locator(one.form), screen.locator(one.field)
    if name == "reply":
        screen.locator("#move-submit > summary").click()
    one.ready(screen)

    # The line is cut for half a minute while one writes; the page's own clocks go on.
    screen.context.set_offline(True)
    one.write(screen, "第一句，线断了还在写。")
    screen.clock.run_for(CUT)
    expect(form.locator(".draft-note")).to_have_text("连不上服务器，写的内容先留在这台电脑上")
    screen.context.set_offline(False)
    screen.clock.run_for(10_000)
    expect(form.locator(".draft-note")).to_contain_text("已留存")
    expect(field).to_have_value("第一句，线断了还在写。")

    # The server is away when the form is sent, and comes back.
    place.stop()
    one.write(screen, "第二句，服务器重启。")
    field.press("Control+Enter")
    expect(form.locator(".problem.unsent")).to_have_text(NOT_SENT)
    expect(field).to_have_value("第二句，服务器重启。")
    screens.shoot(screen, "away")
    place.start()

    # The session has ended when it is sent again: one signs in where one is, and it goes through.
    screen.context.clear_cookies(name="jiesu_session")
    one.write(screen, "第三句，登录过期。")
    field.press("Control+Enter")
    screen.locator("#signin[open]").wait_for()
    screen.locator("#signin [name=login]").fill(one.who)
    screen.locator("#signin [name=password]").fill(load.PASSWORD)
    screen.locator("#signin button.primary").click()
    screen.locator(".done").first.wait_for()
    assert one.kept(order) == "第三句，登录过期。"
    if order:
        made = [event.move for event in events_of(order.number)]
        assert made[-1] == {"reply": "submit", "callback": "close"}[name]
