"""Fixtures for tests that use a real browser: `chromium_path`, `browser`, `page`, `axe`.

`page()` opens a desk's screen and `page("phone")` a telephone's; each has cookies of its own, so one
test can seat several people. A test fails when a page writes an error to its console or asks anything of
another machine.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, sync_playwright

from hatch_build import node_and_npm
from tests.axe.install import find_axe
from tests.chromium.install import Chromium, find_chromium

SCREENS = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
FAILED_SHOTS = Path(__file__).resolve().parents[1] / "screenshots" / "failed"
ARGUMENTS = [
    "--no-sandbox",  # tests run as root and in plain chroots
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_REFUSED = re.compile(r"status of (\d{3})\b")
_failed = pytest.StashKey[bool]()


class PageFactory:
    """Opens pages and remembers what went wrong in them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.problems: list[str] = []

    def __call__(self, screen: str = "desk", *, statuses: Collection[int] = ()) -> Page:
        """A new page in a context of its own; `screen` is "desk" (1440x900) or "phone" (390x844).

        `statuses`: HTTP statuses of 400 and above that this test provokes on purpose; 0: connections that it cuts.
        """
        context = self._browser.new_context(
            viewport=SCREENS[screen],  # type: ignore[arg-type]
            has_touch=screen == "phone",
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        context.on("request", self._watch_request)
        page = context.new_page()
        page.on("console", lambda message: self._watch_console(message, statuses))
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("websocket", lambda socket: self._watch_address(socket.url))
        return page

    def shoot(self, directory: Path, name: str) -> None:
        """Saves what every open page shows, as NAME-1.png, NAME-2.png ..."""
        directory.mkdir(parents=True, exist_ok=True)
        pages = [page for context in self._contexts for page in context.pages]
        for count, page in enumerate(pages, start=1):
            page.screenshot(path=directory / f"{name}-{count}.png", full_page=True)

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _watch_console(self, message: ConsoleMessage, statuses: Collection[int]) -> None:
        if message.type != "error" or message.location["url"].endswith("/favicon.ico"):
            return  # the icon is asked for by a full browser itself, at its own time, not by the page
        if 0 in statuses and "net::ERR_" in message.text:
            return
        refused = _REFUSED.search(message.text)
        if refused is None or int(refused[1]) not in statuses:
            self.problems.append(f"console: {message.text}")

    def _watch_request(self, request: Request) -> None:
        self._watch_address(request.url)

    def _watch_address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.problems.append(f"leaves this machine: {url}")


@pytest.fixture(scope="session")
def chromium() -> Chromium:
    """The browser to start, with its environment; installed first when the machine has none."""
    return find_chromium()


@pytest.fixture(scope="session")
def chromium_path(chromium: Chromium) -> Path:
    return chromium.executable


@pytest.fixture(scope="session")
def node_of_playwright() -> Iterator[None]:
    """Lends playwright our node: the one in its own wheel wants libatomic, which a bare Debian lacks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYWRIGHT_NODEJS_PATH", str(node_and_npm()[0]))
        yield


@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest, chromium: Chromium, node_of_playwright: None) -> Iterator[Browser]:
    """A running Chromium.

    For one module and not for the session: while playwright is on, its event loop counts as running in
    the thread of the tests, where `asyncio.run` would refuse to work for every later test.

    Never measured: while calls are traced, Python 3.11 can turn for ever when threads that knew greenlets end.
    """
    if request.config.getoption("cov_source", None):
        pytest.fail("browser stories are run without --cov (see Makefile)", pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=chromium.executable, args=ARGUMENTS, env={**os.environ, **chromium.environment}
        )
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[PageFactory]:
    """Opens pages; when the test ends, fails it for console errors and for requests beyond 127.0.0.1."""
    # Django sees playwright's loop and would refuse queries, though nothing here waits on that loop.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    factory = PageFactory(browser)
    yield factory
    if request.node.stash.get(_failed, False):
        factory.shoot(FAILED_SHOTS, re.sub(r"\W+", "-", request.node.nodeid))
    factory.close()
    assert factory.problems == []


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """`axe(page)` fails for a serious or critical barrier on the page, as axe-core finds them (WCAG 2.2 A and AA)."""
    script = find_axe().read_text("utf-8")

    def found(page: Page) -> object:
        page.wait_for_load_state()
        # Evaluated, not inserted: a page's policy lets no foreign script in.
        page.evaluate(f"() => {{ {script} }}")
        return page.evaluate(_AXE)

    def look(page: Page) -> None:
        try:
            barriers = found(page)
        except Error as error:
            if "context was destroyed" not in error.message:
                raise
            barriers = found(page)  # the page was still going to another one: that is the one to look at
        assert barriers == [], f"{page.url}: {barriers}"

    return look


_AXE = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const result = await axe.run(document, { runOnly: tags });
  return result.violations.filter((one) => ["serious", "critical"].includes(one.impact)).map(
    (one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}"""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
    return report
