"""People of the demo city at their pages, at a moment that the story sets; forms as a browser reads them."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any, Final

from jiesu.domain.order import Event, Order
from tests.city import MONDAY

AGENT, DISPATCHER, REVIEWER, CALLER = "xiaozhou", "laochen", "shenhe1", "huifang1"
SUPERVISOR, ARBITER, APPROVER, LEADER = "duban1", "caiding1", "shenpi_sifa", "shizhang"
INSPECTOR, ANALYST, ADMINISTRATOR, DPO = "zhijian1", "fenxi1", "guanli", "dpo"
HEAT_CLERK, HEAT_LEADER, HEAT_SECTION = "gongre_clerk", "gongre_leader", "gongre_k1"
HOUSING_CLERK, HOUSING_LEADER, FARMING_CLERK = "zhujian_clerk", "zhujian_leader", "nongye_clerk"
SECTION: Final = "U030101"
SHIFT: Final = timedelta(hours=8)


@dataclass
class Form:
    """A form as it stands on a page: where it goes, what stands in it, what may be chosen, what is said of it."""

    action: str
    button: str = ""
    open: bool = False
    values: dict[str, list[str]] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


@dataclass
class Seen:
    """A page: its status, its words, the forms of moves by name, and the moves that are grey with their reasons."""

    status: int
    html: str
    words: str
    title: str
    address: str
    forms: dict[str, Form]
    grey: dict[str, str]
    rows: list[int]
    next: str = ""


class Desk:
    """The people who are signed in, each in a browser of their own, at the moment ``at``."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at
        self._browsers: dict[str, tuple[datetime, Any]] = {}

    def browser(self, who: str) -> Any:
        """The browser of ``who``, signed in for this shift by the page of signing in."""
        from django.test import Client

        from jiesu.demo import load

        since, client = self._browsers.get(who, (self.at, None))
        if client is None or abs(self.at - since) > SHIFT:
            client = Client()
            answer = client.post("/login", {"login": who, "password": load.PASSWORD})
            assert answer.status_code == 302, f"{who} cannot sign in"
            self._browsers[who] = self.at, client
        return client

    def anybody(self, *, strict: bool = False) -> Any:
        """A browser in which nobody is signed in; a strict one proves where its forms come from."""
        from django.test import Client

        return Client(enforce_csrf_checks=strict)

    def get(self, who: str, address: str) -> Seen:
        """What stands at an address, redirects followed."""
        return _seen(self.browser(who).get(address, follow=True), address)

    def post(self, who: str, address: str, given: Mapping[str, Any]) -> Seen:
        """What comes of sending a form, redirects followed."""
        return _seen(self.browser(who).post(address, dict(given), follow=True), address)

    def order(self, who: str, number: int) -> Seen:
        return self.get(who, f"/order/{number}")

    def move(self, who: str, number: int, name: str, **given: Any) -> Seen:
        """Open the order, fill in the form of a move over what stands in it, send it. Lists choose several."""
        return self.send(who, self.order(who, number).forms[name], **given)

    def send(self, who: str, form: Form, **given: Any) -> Seen:
        """What comes of sending a form that stands on a page, ``given`` written over what stands in it."""
        standing = {key: values for key, values in form.values.items() if any(values)}
        return self.post(who, form.action, {**standing, **given})


def order_of(number: int) -> Order:
    from jiesu.store import orders

    found = orders.load(number)
    assert found is not None
    return found[0].order


def events_of(number: int) -> list[Event]:
    from jiesu.store import orders

    return orders.events(number)


def photo(name: str = "现场.png") -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, b"\x89PNG: a picture", content_type="image/png")


def _seen(answer: Any, asked: str) -> Seen:
    html = answer.content.decode()
    reader = _Reader()
    reader.feed(html)
    reader.close()
    address = answer.redirect_chain[-1][0] if getattr(answer, "redirect_chain", None) else asked
    words = " ".join("".join(reader.said).split())
    return Seen(
        answer.status_code,
        html,
        words,
        reader.title.strip(),
        address,
        reader.forms,
        reader.grey,
        reader.numbers,
        reader.next,
    )


_VOID: Final = frozenset({"input", "meta", "link", "br", "img", "hr"})
_UNSAID: Final = frozenset({"script", "style", "title"})


class _Reader(HTMLParser):
    """Reads forms by the element ``move-<name>`` that they stand in, grey moves, rows of lists, and all words."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Form] = {}
        self.grey: dict[str, str] = {}
        self.numbers: list[int] = []
        self.said: list[str] = []
        self.title = self.next = ""
        self._open: list[tuple[str, Mapping[str, str]]] = []
        self._form: Form | None = None
        self._holder: tuple[str, bool] = ("", False)
        self._select = self._area = self._reason = ""
        self._problem: str | None = None

    def handle_starttag(self, tag: str, pairs: Sequence[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in pairs}
        if tag not in _VOID:
            self._open.append((tag, given))
        if given.get("id", "").startswith("move-") and "-" not in given["id"][5:]:
            self._holder = (given["id"][5:], "open" in given)
        if tag == "form":
            self._form = Form(given.get("action", ""), open=self._holder[1])
            if "/order/" in self._form.action:
                self.forms[self._form.action.rsplit("/", 1)[-1]] = self._form
            elif "class" in given:
                self.forms[given["class"]] = self._form
        elif tag in ("input", "select", "textarea") and self._form is not None and "name" in given:
            self._input(tag, given)
        elif tag == "option" and self._select and self._form is not None:
            self._option(given)
        if given.get("rel") == "next":
            self.next = given.get("href", "")
        if "data-number" in given:
            self.numbers.append(int(given["data-number"]))
        if given.get("id", "").startswith("why-"):
            self._reason = given["id"][4:]
        if "problem" in given.get("class", "").split():
            self._problem = given.get("id", "")

    def _input(self, tag: str, given: Mapping[str, str]) -> None:
        assert self._form is not None
        name = given["name"]
        self._form.values.setdefault(name, [])
        if tag == "select":
            self._select = name
            self._form.options[name] = []
        elif tag == "textarea":
            self._area = name
        elif given.get("type") not in ("checkbox", "radio") or "checked" in given:
            self._form.values[name].append(given.get("value", ""))

    def _option(self, given: Mapping[str, str]) -> None:
        assert self._form is not None
        self._form.options[self._select].append(given.get("value", ""))
        if "selected" in given:
            self._form.values[self._select].append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        if tag in ("p", "small", "div"):
            self._reason, self._problem = "", None

    def handle_data(self, data: str) -> None:
        inside = self._open[-1][0] if self._open else ""
        if inside == "title":
            self.title += data
        if inside not in _UNSAID:
            self.said.append(data + " ")
        if self._area and self._form is not None:
            self._form.values[self._area].append(data)
        if inside == "button" and self._form is not None:
            self._form.button += data.strip()
        if self._reason:
            self.grey[self._reason] = self.grey.get(self._reason, "") + data
        if self._problem is not None and self._form is not None:
            name = self._problem.removesuffix("-error").rpartition("-")[2]
            self._form.problems[name] = self._form.problems.get(name, "") + data
