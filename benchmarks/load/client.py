"""A load client in one thread: keep-alive connections on one epoll, requests as ready bytes, little CPU of its own."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

LONGEST = 30.0  # seconds that answers may take after the last request was sent


class Ask(NamedTuple):
    """A request, whole; the status of its only right answer, and what stands in its head."""

    sent: bytes
    status: int = 200
    says: bytes = b""


class Answer(NamedTuple):
    status: int
    head: bytes
    body: bytes


Caller = Generator[Ask, Answer, None]
"""What one connection asks: yields a request, is sent its answer."""


@dataclass
class Heard:
    """What came of a run. ``seconds``: its length; answers after that are counted as answered but not as its speed."""

    seconds: float
    cpu: float = 0.0
    answered: int = 0
    in_time: int = 0
    latencies: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.in_time / self.seconds

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 if ordered else 0.0


class _Line:
    """One connection and whoever asks on it."""

    def __init__(self, port: int, caller: Caller) -> None:
        self.port = port
        self.caller = caller
        self.ask = next(caller)
        self.socket = _connected(port)
        self.came = b""
        self.since = 0.0

    def send(self) -> None:
        self.came = b""
        self.since = time.perf_counter()
        self.socket.sendall(self.ask.sent)

    def receive(self) -> Answer | None:
        """The answer, once all of it is here. Raises ConnectionError when the server hung up instead."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError
        self.came += part
        end = self.came.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.came[:end].lower()
        at = head.index(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(self.came) < end + 4 + length:
            return None
        return Answer(int(self.came[9:12]), self.came[:end], self.came[end + 4 :])


def _connected(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=LONGEST)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def run(port: int, callers: Sequence[Caller], seconds: float) -> Heard:
    """Let every caller ask on a connection of its own, one request after the other, for so many seconds."""
    heard = Heard(seconds)
    lines = [_Line(port, caller) for caller in callers]
    cpu = time.process_time()
    with selectors.DefaultSelector() as waiting:
        end = time.perf_counter() + seconds
        for line in lines:
            waiting.register(line.socket, selectors.EVENT_READ, line)
            line.send()
        while waiting.get_map() and time.perf_counter() < end + LONGEST:
            for key, _ in waiting.select(1.0):
                _hear(key.data, waiting, heard, end)
    for line in lines:
        line.socket.close()
    heard.cpu = time.process_time() - cpu
    return heard


def _hear(line: _Line, waiting: selectors.BaseSelector, heard: Heard, end: float) -> None:
    try:
        answer = line.receive()
    except OSError as error:
        heard.wrong.append(f"hung up: {type(error).__name__}")
        waiting.unregister(line.socket)
        return
    if answer is None:
        return
    now = time.perf_counter()
    _count(line, answer, heard, now, end)
    if not _next(line, answer) or now >= end:
        waiting.unregister(line.socket)
        return
    if b"connection: close" in answer.head.lower():
        waiting.unregister(line.socket)
        line.socket.close()
        line.socket = _connected(line.port)
        waiting.register(line.socket, selectors.EVENT_READ, line)
    line.send()


def _count(line: _Line, answer: Answer, heard: Heard, now: float, end: float) -> None:
    if answer.status != line.ask.status or line.ask.says not in answer.head:
        what = line.ask.sent.split(b"\r\n", 1)[0].decode()
        said = (answer.body or answer.head)[:300].decode(errors="replace")
        heard.wrong.append(f"{what} -> {answer.status} {said}")
        return
    heard.answered += 1
    heard.in_time += now <= end
    heard.latencies.append(now - line.since)


def _next(line: _Line, answer: Answer) -> bool:
    try:
        line.ask = line.caller.send(answer)
    except StopIteration:
        return False
    return True
