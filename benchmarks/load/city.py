"""Who asks, and what: tokens and sessions of the demo city's people, demands, and the moves of an order's life."""

from __future__ import annotations

import http.client
import itertools
import json
import re
import uuid
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from load.client import Ask, Caller

WINDOW = 8  # orders that one connection carries forward at a time
_NUMBER = re.compile(rb'"number":(\d+)')
_VERSION = re.compile(rb'"version":(\d+)')
_DONE = re.compile(rb"done=(\d{13})")
_FORM_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
REPLY = {
    "measures": "当日到现场查看，更换损坏的部件并试运行，已和住户当面确认。",
    "internal_note": "部件使用八年，已列入本季更换计划。",
    "public_reply": "您反映的问题已到现场处理，损坏的部件已经更换。如再出现，请随时拨打12345。",
    "claim": "solved",
}


@dataclass(frozen=True)
class Line:
    """A line of the catalog that a demand of the load falls under."""

    matter: str
    region: str
    lead: str


@dataclass
class Life:
    """An order on its way: its line, the version last heard of, the steps still to be made."""

    number: int
    line: Line
    version: int = 1
    left: deque[tuple[str, str, Mapping[str, Any]]] = field(default_factory=deque)


def steps(line: Line) -> deque[tuple[str, str, Mapping[str, Any]]]:
    """(who, move, facts) from received to closed, with what people write on the way."""
    clerk, leader = f"unit_clerk {line.lead}", f"unit_leader {line.lead}"
    return deque(
        (
            ("dispatcher CENTER", "accept", {}),
            ("dispatcher CENTER", "dispatch", {"lead": line.lead}),
            (clerk, "acknowledge", {}),
            (clerk, "first_contact", {"contact": "reached", "note": "已和住户约好明天上午上门查看。"}),
            (clerk, "note", {"note": "配件今天到货，安排两人上门。"}),
            ("agent CENTER", "chase", {"note": "诉求人来电问进展，已说明约定的时间。"}),
            (clerk, "interim_reply", {"measures": "已到现场，先做了临时处理，明天换件。"}),
            (clerk, "submit", REPLY),
            (leader, "reply", {}),
            ("reviewer CENTER", "pass_review", {}),
            ("callback_clerk CENTER", "callback_attempt",
             {"attempt": "answered", "resolved": "resolved", "rating": "satisfied", "opinion": "来得快，修好了。"}),
            ("callback_clerk CENTER", "close", {}),
        )
    )  # fmt: skip


def holders(lines: Sequence[Line]) -> list[tuple[str, str]]:
    """(role, unit) of every token that the load needs."""
    centre = [(role, "CENTER") for role in ("agent", "dispatcher", "reviewer", "callback_clerk", "supervisor")]
    leads = sorted({line.lead for line in lines})
    return centre + [(role, lead) for lead in leads for role in ("unit_clerk", "unit_leader")]


class Desk:
    """Requests as bytes, by token or by session."""

    def __init__(self, port: int, secrets: Mapping[str, str]) -> None:
        self.port = port
        self.secrets = secrets
        self._sessions: dict[str, tuple[str, str]] = {}

    def get(self, who: str, path: str) -> Ask:
        """A read by whoever ``who`` is: a token ("role unit") or, with a path outside the API, a login."""
        return Ask(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{self._proof(who)}\r\n\r\n".encode())

    def post(self, who: str, path: str, body: Any, status: int = 200, more: str = "") -> Ask:
        sent = json.dumps(body, ensure_ascii=False).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.secrets[who]}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n{more}\r\n"
        )
        return Ask(head.encode() + sent, status)

    def page(
        self, login: str, path: str, *, part: str = "", given: Mapping[str, str] | None = None, status: int = 200
    ) -> Ask:
        """A page or a part of one as a browser asks for it, compressed; ``given``: by a form. Carries a mark of its
        own, ``X-Case``, by which the web server's log can tell it from others."""
        cookies, token = self._sessions[login]
        body = urlencode({"csrfmiddlewaretoken": token, **given}).encode() if given is not None else b""
        more = f"X-Part: {part}\r\n" if part else ""
        if given is not None:
            more += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        head = (
            f"{'GET' if given is None else 'POST'} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n"
            f"Accept-Encoding: gzip\r\nX-Case: -\r\n{more}\r\n"
        )
        return Ask(head.encode() + body, status)

    def form(self, login: str, path: str, given: Mapping[str, str], says: bytes) -> Ask:
        """A form as the browser sends it, its answer a redirect."""
        _, token = self._sessions[login]
        edge = "----benchmark7MA4YWxk"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in {"csrfmiddlewaretoken": token, **given}.items()
        ]
        body = f"{''.join(parts)}--{edge}--\r\n".encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{self._proof(login)}\r\n"
            f"Content-Type: multipart/form-data; boundary={edge}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return Ask(head.encode() + body, 302, says)

    def sign_in(self, login: str, password: str) -> None:
        """Open a session for this account, to be named by its login from now on."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        asked.request("GET", "/login", headers={"Host": "localhost"})
        page = asked.getresponse()
        cookies, found = _cookies(page), _FORM_TOKEN.search(page.read())
        token = found[1].decode() if found else ""
        body = urlencode({"login": login, "password": password, "csrfmiddlewaretoken": token})
        headers = {
            "Host": "localhost",
            "Cookie": _written(cookies),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        asked.request("POST", "/login", body, headers)
        entered = asked.getresponse()
        entered.read()
        if entered.status != 302:
            raise SystemExit(f"{login} could not sign in: {entered.status}")
        cookies |= _cookies(entered)
        asked.request("GET", "/search", headers={"Host": "localhost", "Cookie": _written(cookies)})
        found = _FORM_TOKEN.search(asked.getresponse().read())
        self._sessions[login] = (_written(cookies), found[1].decode() if found else "")
        asked.close()

    def cookie(self, login: str) -> str:
        """What a browser that is signed in sends."""
        return self._sessions[login][0]

    def _proof(self, who: str) -> str:
        if who in self._sessions:
            return f"Cookie: {self.cookie(who)}"
        return f"Authorization: Bearer {self.secrets[who]}"


def _cookies(answer: http.client.HTTPResponse) -> dict[str, str]:
    said = (value.partition(";")[0].partition("=") for value in answer.headers.get_all("Set-Cookie") or ())
    return {name: value for name, _, value in said}


def _written(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


# -- what the connections ask


class Load:
    """The callers of every measured phase, and what was acknowledged to them."""

    def __init__(self, desk: Desk, lines: Sequence[Line]) -> None:
        self.desk = desk
        self.lines = lines
        self.waiting: deque[Life] = deque()
        self.made: list[int] = []
        self.registered = 0
        self.moved = 0
        self._serial = itertools.count(1)
        self._carried: dict[int, deque[Life]] = {}

    def demands(self) -> Iterator[tuple[Line, dict[str, Any]]]:
        """One demand after the other, no two alike; every third comes from somebody who has called before."""
        for serial in self._serial:
            line = self.lines[serial % len(self.lines)]
            caller = serial if serial % 3 else serial // 9
            place = f"工人村{serial % 40 + 1}号楼"
            yield (
                line,
                {
                    "channel": "phone",
                    "text": f"{place}{serial % 6 + 1}单元{serial % 27 + 101}室来电，从昨天晚上起一直没有解决，楼里"
                    f"{serial % 17 + 2}户都一样，物业说不归他们管，希望尽快派人来看，第{serial}次登记。",
                    "title": f"{place}反映的问题希望尽快解决",
                    "kind": "help",
                    "urgency": "normal",
                    "matter": line.matter,
                    "region": line.region,
                    "place": place,
                    "demander": {"name": f"刘{caller % 89}秀", "phone": f"139{caller:08d}"},
                },
            )

    def create(self) -> Caller:
        """Orders registered by a system's token, each with its own Idempotency-Key."""
        for line, body in self.demands():
            key = f"Idempotency-Key: {uuid.uuid4()}\r\n"
            answer = yield self.desk.post("agent CENTER", "/api/v1/orders", body, 201, key)
            if answer.status == 201:
                self._keep(answer.body, line)

    def create_at_desk(self, login: str) -> Caller:
        """Orders registered by the form of the first desk."""
        for line, body in self.demands():
            given = {name: value for name, value in body.items() if isinstance(value, str)} | body["demander"]
            given["do"] = "register"
            answer = yield self.desk.form(login, "/register", given, b"Location: /register?done=")
            found = _DONE.search(answer.head)
            if answer.status == 302 and found:
                self._keep(b'"number":' + found[1], line)

    def _keep(self, said: bytes, line: Line) -> None:
        found = _NUMBER.search(said)
        if found:
            self.registered += 1
            self.made.append(int(found[1]))
            self.waiting.append(Life(int(found[1]), line, left=steps(line)))

    def move(self, connection: int) -> Caller:
        """Orders carried forward by lawful moves, a few at a time in turn; where it stopped it goes on next time."""
        carried = self._carried.setdefault(connection, deque())
        while True:
            while len(carried) < WINDOW and self.waiting:
                carried.append(self.waiting.popleft())
            if not carried:
                return
            life = carried[0]
            who, name, facts = life.left[0]
            body = {"version": life.version, "facts": facts}
            answer = yield self.desk.post(who, f"/api/v1/orders/{life.number}/moves/{name}", body)
            carried.popleft()
            found = _VERSION.search(answer.body)
            if answer.status == 200 and found:
                self.moved += 1
                life.version = int(found[1])
                life.left.popleft()
                if life.left:
                    carried.append(life)


def turning(asks: Sequence[Ask], first: int) -> Caller:
    """The same requests over and over, beginning with another one on each connection."""
    at = first
    while True:
        yield asks[at % len(asks)]
        at += 1
