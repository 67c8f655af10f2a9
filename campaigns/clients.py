"""The load: clients that take orders through their whole life by the API and never take silence for an answer.

A client owns the orders it makes. Every wish has a key of its own. A request that was not answered is made again with
the same key; before a move is made again the order is looked at, since it may have been made after all.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from campaigns.journal import Journal, Line, now

TIMEOUT = 30.0  # longer than a request may wait for the database
PATIENCE = 180.0  # seconds a client goes on asking for one wish
PAUSE = 0.1
LEAD = "U0301"

# Token name -> (role, unit)
TOKENS = {
    "agent": ("agent", "CENTER"),
    "dispatcher": ("dispatcher", "CENTER"),
    "clerk": ("unit_clerk", LEAD),
    "leader": ("unit_leader", LEAD),
    "reviewer": ("reviewer", "CENTER"),
    "callback": ("callback_clerk", "CENTER"),
}
_DEMAND = {"channel": "phone", "kind": "help", "matter": "03.05", "region": "R0103", "place": "工人村二区"}
_URGENCIES = ("normal", "normal", "normal", "urgent")  # an urgent one leaves jobs: its duty officer is told at once
_NOTE = ("note", {"note": "已电话告知诉求人进度。"})
_ROAD: Sequence[tuple[str, str, Mapping[str, Any]]] = (
    ("agent", "accept", {}),
    ("dispatcher", "dispatch", {"lead": LEAD}),
    ("clerk", "acknowledge", {}),
    ("clerk", "first_contact", {"contact": "reached", "note": "已与诉求人通话，约好上门时间。"}),
    ("clerk", *_NOTE),
    (
        "clerk",
        "submit",
        {"public_reply": "已上门处理，室温已达标。", "claim": "solved", "measures": "更换阀门。"},
    ),
    ("leader", "reply", {}),
    ("reviewer", "pass_review", {}),
    ("callback", "callback_attempt", {"attempt": "answered", "resolved": "resolved", "rating": "satisfied"}),
    ("callback", *_NOTE),
    ("callback", "close", {}),
)


class GaveUp(Exception):
    """A wish was not answered for longer than a client is patient, or was refused: the campaign has failed."""


@dataclass
class Pulse:
    """When requests ended, for all clients together: (sent, ended, with a yes), moments of `time.monotonic`."""

    ended: list[tuple[float, float, bool]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def beat(self, sent: float, came: float, *, yes: bool) -> None:
        with self._lock:
            self.ended.append((sent, came, yes))

    def first_after(self, moment: float) -> float | None:
        """When the first yes came to a request sent after `moment`."""
        return min((came for sent, came, yes in self._copy() if yes and sent > moment), default=None)

    def slowest_after(self, moment: float) -> float:
        """Seconds that the slowest request took which ended since `moment`, with a yes or without."""
        return max((came - sent for sent, came, _ in self._copy() if came > moment), default=0.0)

    def _copy(self) -> list[tuple[float, float, bool]]:
        with self._lock:
            return list(self.ended)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status 0: no answer at all. `body` is None when what came was not JSON."""

    status: int
    body: Any
    words: str = ""


class Client(threading.Thread):
    """One client; `stop` lets it end the wish that it is at. `fault` says why it gave up, if it did."""

    def __init__(
        self, name: str, port: int, tokens: Mapping[str, str], folder: Path, *, seed: str, pulse: Pulse, pace: float
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.fault: str | None = None
        self._port, self._tokens, self._pulse, self._pace = port, tokens, pulse, pace
        self._rng = random.Random(f"{seed}/{name}")
        self._seed = seed
        self._wishes = 0
        self._journal = Journal(folder / f"client-{name}.jsonl")
        self._ending = threading.Event()
        self._link: http.client.HTTPConnection | None = None

    def stop(self) -> None:
        self._ending.set()

    def run(self) -> None:
        try:
            while not self._ending.is_set():
                self._life()
        except GaveUp as given_up:
            self.fault = f"{self.name}: {given_up}"
        finally:
            self._hang_up()
            self._journal.close()

    def _life(self) -> None:
        """One order from the call to its closing; some are left on the way."""
        number, version = self._register()
        for who, move, facts in _ROAD[: self._rng.randint(3, len(_ROAD))]:
            if self._ending.wait(self._pace * self._rng.random()):
                return
            version = self._move(who, move, number, version, facts)

    def _register(self) -> tuple[int, int]:
        key = self._next_key()
        urgency = self._rng.choice(_URGENCIES)
        body = {**_DEMAND, "urgency": urgency, "text": f"家里暖气不热，请派人检修。登记号：{key}。", **DEMANDER}
        limit = time.monotonic() + PATIENCE
        while True:
            answer = self._ask("agent", "POST", "/api/v1/orders", key, body, Line("send", key, "register"))
            if answer.status in (200, 201):
                return self._number(answer, key, "register")
            self._bear(answer, key, "register", limit)

    def _move(self, who: str, move: str, number: int, version: int, facts: Mapping[str, Any]) -> int:
        key = self._next_key()
        sent = Line("send", key, move, number, version)
        body = {"version": version, "facts": facts}
        limit = time.monotonic() + PATIENCE
        while True:
            answer = self._ask(who, "POST", f"/api/v1/orders/{number}/moves/{move}", key, body, sent)
            if answer.status == 200:
                return self._number(answer, key, move)[1]
            self._bear(answer, key, move, limit)
            there = self._look(who, move, number, version, limit)
            if there:
                self._note("found", key, move, number, there)
                return there

    def _look(self, who: str, move: str, number: int, version: int, limit: float) -> int:
        """The version that this move made of the order since `version`; 0 when it was not made."""
        while True:
            answer = self._ask(who, "GET", f"/api/v1/orders/{number}/events", "", None, None)
            if answer.status == 200:
                made = [one["seq"] for one in answer.body["events"] if one["seq"] > version and one["move"] == move]
                return int(made[0]) if made else 0
            self._bear(answer, "", "look", limit)

    def _number(self, answer: Answer, key: str, move: str) -> tuple[int, int]:
        try:
            return int(answer.body["number"]), int(answer.body["version"])
        except (KeyError, TypeError, ValueError):
            self._note("ill", key, move, status=answer.status, words=str(answer.body)[:200])
            raise GaveUp(f"{move} was answered without number and version: {answer.body!r}") from None

    def _bear(self, answer: Answer, key: str, move: str, limit: float) -> None:
        """Note what came instead of a yes. Go on after silence and 5xx; a 409 on a try again is looked into."""
        if answer.status and answer.body is None:
            self._note("ill", key, move, status=answer.status, words=answer.words)
        if answer.status in (0, 409, 429) or answer.status >= 500:
            self._note("lost", key, move, status=answer.status, words=answer.words)
        else:
            self._note("no", key, move, status=answer.status, words=str(answer.body)[:200])
            raise GaveUp(f"{move} refused: {answer.status} {answer.body!r}")
        if time.monotonic() > limit:
            raise GaveUp(f"{move} was not answered for {PATIENCE:.0f} s; last: {answer.status} {answer.words}")
        time.sleep(PAUSE)

    def _ask(self, who: str, method: str, path: str, key: str, body: Any, sent: Line | None) -> Answer:
        headers = {"Authorization": f"Bearer {self._tokens[who]}"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        if sent is not None:
            self._note("send", key, sent.move, sent.number, sent.version)
        began = time.monotonic()
        try:
            answer = self._exchange(method, path, headers, body)
        except (OSError, http.client.HTTPException) as error:
            self._hang_up()
            self._pulse.beat(began, time.monotonic(), yes=False)
            return Answer(0, None, f"{type(error).__name__} after {time.monotonic() - began:.1f} s: {error}"[:200])
        came = time.monotonic()
        yes = sent is not None and answer.status in (200, 201) and answer.body is not None
        self._pulse.beat(began, came, yes=yes)
        if sent is not None and yes:
            number, version = answer.body.get("number", 0), answer.body.get("version", 0)
            self._note("done", key, sent.move, int(number), int(version), status=answer.status, took=came - began)
        return answer

    def _exchange(self, method: str, path: str, headers: dict[str, str], body: Any) -> Answer:
        if self._link is None:
            self._link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        self._link.request(method, path, body=data, headers=headers)
        response = self._link.getresponse()
        text = response.read()
        try:
            held = json.loads(text)
        except ValueError:
            held = None
        return Answer(response.status, held, "" if response.status < 400 else text.decode(errors="replace")[:200])

    def _note(
        self, said: str, key: str, move: str, number: int = 0, version: int = 0, *,
        status: int = 0, took: float = 0.0, words: str = "",
    ) -> None:  # fmt: skip
        self._journal.write(Line(said, key, move, number, version, status, now(), took, words))

    def _next_key(self) -> str:
        self._wishes += 1
        return f"{self._seed}-{self.name}-{self._wishes}"

    def _hang_up(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None


DEMANDER: Mapping[str, Any] = {"demander": {"name": "张三丰", "phone": "13800001111"}}
