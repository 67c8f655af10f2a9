"""Two people at two screens: what one does the other sees at once; a cut line is told calmly and nothing is lost."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from datetime import datetime

import pytest
import uvicorn
from django.conf import settings
from django.utils import timezone

from tests import city
from tests.browser import PageFactory
from tests.city import CHEN, HEAT
from tests.database import Clone
from tests.web.desk import DISPATCHER, HEAT_CLERK, SUPERVISOR, Desk
from tests.web.screens import Screens, site


class LiveProcess:
    """The live application on a port of its own, which can be cut off and brought back."""

    def __init__(self, dsn: str, web_port: int) -> None:
        self._dsn, self._web_port = dsn, web_port
        # Bound from here to the end, so that nobody else gets the port while nothing listens at it.
        self._held = socket.socket()
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind(("127.0.0.1", 0))
        self.port = int(self._held.getsockname()[1])
        self.start()

    def start(self) -> None:
        from jiesu.live.app import Live  # noqa: PLC0415 - Django can be imported only once it is set up
        from jiesu.live.reading import Reader  # noqa: PLC0415

        live = Live(self._dsn, Reader(), web_port=self._web_port)
        config = uvicorn.Config(
            live, host="127.0.0.1", port=self.port, lifespan="on", log_level="error", ws="none",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve()), daemon=True)
        self._thread.start()
        patience = time.monotonic() + 30
        while not self._server.started or not live._connected:
            assert self._thread.is_alive(), "the live process has ended"
            assert time.monotonic() < patience, "the live process does not start"
            time.sleep(0.02)

    def cut(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)

    def end(self) -> None:
        self.cut()
        self._held.close()


@pytest.fixture
def line(
    page: PageFactory, desk: Desk, db: Clone, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, LiveProcess]]:
    """The site and the live process beside it; both read the story's clock."""

    def now() -> datetime:
        return desk.at

    monkeypatch.setattr(timezone, "now", now)
    with site() as address:
        live = LiveProcess(db.url("app"), int(address.rpartition(":")[2]))
        monkeypatch.setattr(settings, "LIVE_PORT", live.port)
        yield address, live
        page.close()
        live.end()


def test_what_one_does_the_other_sees_without_asking(
    page: PageFactory, line: tuple[str, LiveProcess], desk: Desk
) -> None:
    screens = Screens(page, line[0], desk, "live")
    first, second = city.accepted(), city.accepted()
    chen = screens.go(DISPATCHER, "/work/accepted")
    chen.locator(f"[data-number='{first.number}']").wait_for()
    chen.wait_for_timeout(500)  # the stream is open

    began = time.monotonic()
    third = city.accepted()
    chen.get_by_role("button", name="1 条新工单").wait_for()
    print(f"a new order is announced after {time.monotonic() - began:.2f} s (limit 1 s)")
    chen.get_by_role("button", name="1 条新工单").click()
    chen.locator(f"tr.fresh[data-number='{third.number}']").wait_for()
    assert chen.locator("#count").inner_text() == "3 件"

    began = time.monotonic()
    city.take(first, "dispatch", CHEN, desk.at, {"lead": HEAT})
    chen.locator(f"tr.gone[data-number='{first.number}']").wait_for()
    print(f"a row that left is greyed after {time.monotonic() - began:.2f} s (limit 1 s)")
    assert chen.locator(f"tr[data-number='{first.number}'] .c-state").inner_text() == "已离开：待签收"
    assert chen.locator("#nav [aria-current=page] b").inner_text() == "2"
    screens.shoot(chen, "left")

    chen.locator(f"tr[data-number='{second.number}']").click()
    dong = screens.go(SUPERVISOR, f"/order/{second.number}")
    chen.get_by_text("董春梅（督办员）也在看这张工单").wait_for()
    dong.get_by_text("陈亮（派单员）也在看这张工单").wait_for()
    writing = screens.opened(SUPERVISOR, second.number, "note").locator("#move-note textarea")
    writing.fill("先不派")
    city.take(second, "dispatch", CHEN, desk.at, {"lead": HEAT})
    dong.locator("[data-order-news]").get_by_text("您正在写的表单没有动").wait_for()
    assert writing.input_value() == "先不派"


def test_a_cut_line_is_told_and_what_was_missed_comes_with_it(
    page: PageFactory, line: tuple[str, LiveProcess], desk: Desk
) -> None:
    address, live = line
    screens = Screens(page, address, desk, "cut", cut=True)
    order = city.dispatched()
    liu = screens.go(HEAT_CLERK, "/work/sign")
    liu.wait_for_timeout(500)
    live.cut()
    liu.get_by_text("连接中断，正在重连；您写的内容已留存。").wait_for()
    screens.shoot(liu, "lost")
    city.take(order, "acknowledge", city.LIU, desk.at)
    live.start()
    liu.get_by_text("已重新连上。").wait_for(timeout=20_000)
    assert liu.locator("#lost").is_hidden()
    liu.locator(f"tr.gone[data-number='{order.number}']").wait_for()
