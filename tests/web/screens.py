"""People at real screens: a browser each, the site in a thread of this process, and forms filled in as hands do it."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from playwright.sync_api import Locator, Page

from tests.browser import SCREENS, PageFactory
from tests.web.desk import SHIFT, Desk

SHOTS: Final = Path(__file__).resolve().parents[2] / "screenshots"
# What a person with weak eyes or a screen reader would stumble over: words too pale on their ground, fields without a
# name. Ratios of WCAG 2.1 AA; what cannot be used is exempt.
_STUMBLES: Final = """() => {
  const light = (colour) => {
    const part = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    return 0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2]);
  };
  const read = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (el) => {
    for (let at = el; at; at = at.parentElement) {
      const colour = read(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const el of document.body.querySelectorAll("*")) {
    const words = Array.from(el.childNodes).filter((one) => one.nodeType === 3).map((one) => one.data.trim()).join("");
    if (!words || !el.checkVisibility() || el.disabled || el.tagName === "OPTION") continue;
    const pair = [light(read(getComputedStyle(el).color)), light(ground(el))].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    if (ratio < 4.5) found.push(`pale ${ratio.toFixed(2)}: ${words}`);
  }
  for (const el of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    const named = el.labels.length ? el.labels[0].textContent : el.getAttribute("aria-label");
    if (!named || !named.trim()) found.push(`nameless: ${el.name}`);
  }
  const ids = Array.from(document.querySelectorAll("[id]"), (el) => el.id);
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => found.push(`twice: #${id}`));
  return found;
}"""
_FITS: Final = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@contextmanager
def site() -> Iterator[str]:
    """The address of the site, served from this process, so that a story sets its clock and shares its database."""
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", lambda handler: handler)
    thread.daemon = True
    thread.start()
    assert thread.is_ready.wait(30)
    assert thread.error is None
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()


class Screens:
    """Everybody's screen, at the moment that the story's clock shows. ``story`` names the pictures."""

    def __init__(self, pages: PageFactory, address: str, desk: Desk, story: str, *, cut: bool = False) -> None:
        self._statuses = [401, 403, 404, 409, 422, *([0] if cut else [])]
        self.address = address
        self._pages, self._address, self._desk, self._story = pages, address, desk, story
        self._held: dict[str, tuple[datetime, Page]] = {}
        self._shots = 0
        self._last = ("", 0)

    def of(self, who: str) -> Page:
        """The screen of ``who``, signed in by the page of signing in; a later shift takes up a session of its own."""
        since, page = self._held.get(who, (None, None))
        if page is None:
            page = self._pages(statuses=self._statuses)
            self._sign_in(page, who)
        elif since is None or abs(self._desk.at - since) > SHIFT:
            # An answer to what the old page still asks, come later, would take the new session away with the old one.
            page.goto("about:blank")
            name = settings.SESSION_COOKIE_NAME
            session = self._desk.browser(who).cookies[name].value
            page.context.add_cookies([{"name": name, "value": session, "url": self._address}])
        else:
            return page
        self._held[who] = self._desk.at, page
        self._last = ("", 0)
        return page

    def _sign_in(self, page: Page, who: str) -> None:
        from jiesu.demo import load

        page.goto(f"{self._address}/login")
        page.get_by_label("账号").fill(who)
        page.get_by_label("密码").fill(load.PASSWORD)
        page.get_by_role("button", name="登录").click()

    def go(self, who: str, path: str) -> Page:
        page = self.of(who)
        page.goto(self._address + path)
        return page

    def find(self, who: str, queue: str, title: str) -> Page:
        """Open the order of this title from a list that is chosen at the left."""
        self._last = ("", 0)
        page = self.go(who, "/")
        page.get_by_role("navigation", name="工作列表").get_by_role("link", name=queue).click()
        page.get_by_role("link", name=title).click()
        page.locator("#drawer [data-order]").wait_for()
        page.keyboard.press("o")
        page.wait_for_url("**/order/*")
        return page

    def opened(self, who: str, number: int, move: str) -> Page:
        """The order with the form of a move open, as hands open it: behind 更多 when it is there."""
        page = self.of(who)
        if self._last != (who, number):
            page = self.go(who, f"/order/{number}")
            self._last = who, number
        form = page.locator(f"#move-{move}")
        if not form.is_visible():
            page.locator("details.rest > summary").click()
        if form.evaluate("el => el.tagName === 'DETAILS' && !el.open"):
            form.locator("summary").first.click()
        return page

    def make(self, who: str, number: int, move: str, **written: Any) -> str:
        """Make a move by its form; what the page says after it, of success or of what is wrong."""
        page = self.opened(who, number, move)
        self.fill(page, move, written)
        return self.send(page, move)

    def fill(self, page: Page, move: str, written: Mapping[str, Any]) -> None:
        for name, value in written.items():
            if not page.locator(f"#move-{move} [name={name}]").first.is_visible():
                page.locator(f"#move-{move} details.rare > summary").click()
            _write(page.locator(f"#move-{move} [name={name}]"), value)

    def send(self, page: Page, move: str) -> str:
        page.evaluate("document.body.dataset.left = ''")
        page.locator(f"#move-{move} button.primary").click()
        page.locator("body:not([data-left])").wait_for()
        return " ".join(page.locator(".done, .problem").first.inner_text().split())

    def shoot(self, page: Page, name: str) -> None:
        """Pictures of a page on a desk's screen and on a telephone's; on both it fits the width."""
        self._shots += 1
        for screen in ("phone", "desk"):
            page.set_viewport_size(SCREENS[screen])  # type: ignore[arg-type]
            assert page.evaluate(_FITS), f"{name} is wider than a {screen}"
            assert page.evaluate(_STUMBLES) == [], f"{name} on a {screen}"
            SHOTS.mkdir(exist_ok=True)
            width = SCREENS[screen]["width"]
            page.screenshot(path=SHOTS / f"{self._story}-{self._shots:02}-{name}-{width}.png", full_page=True)


def _write(field: Locator, value: Any) -> None:
    kind = field.first.evaluate("el => el.tagName === 'SELECT' ? 'select' : el.type")
    if kind == "select":
        field.select_option(label=value)
    elif kind == "file":
        field.set_input_files(value)
    elif kind == "checkbox":
        group = field.first.locator("xpath=ancestor::fieldset")
        while group.locator("input:checked").count():
            group.locator("input:checked").first.uncheck()
        for label in value:
            group.get_by_label(label, exact=True).check()
    else:
        field.fill(value)
