"""Over real connections to real worker processes: rivals with one key, and connections that stay usable."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any

import pytest

from tests.api.caller import DEMAND, Callers, counts
from tests.database import Clone

START_SECONDS = 30.0


@pytest.fixture
def port(db: Clone) -> Iterator[int]:
    """The port of a gunicorn with two worker processes on this test's database."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.set_inheritable(True)
        fd, number = listening.fileno(), listening.getsockname()[1]
        environ = {**db.environ, "JIESU_HTTP_FD": str(fd), "JIESU_WORKERS": "2", "JIESU_THREADS": "4"}
        command = [sys.executable, "-m", "gunicorn", "-c", "python:jiesu.cli.http", "jiesu.wsgi:application"]
        server = subprocess.Popen(command, env=environ, pass_fds=[fd], stderr=subprocess.DEVNULL)
        try:
            wait_for(number)
            yield number
        finally:
            server.terminate()
            server.wait(30)


def wait_for(port: int) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        with closing(Line(port)) as line, suppress(OSError, http.client.HTTPException):
            if line.ask("GET", "/healthz")[0] == 200:
                return
        time.sleep(0.1)
    raise AssertionError("gunicorn did not answer")


class Line:
    """One connection that is kept open."""

    def __init__(self, port: int, secret: str = "") -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
        sent = {**self._headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        self._http.request(method, path, body, sent)
        answered = self._http.getresponse()
        content = answered.read()
        return answered.status, json.loads(content) if content else None

    def close(self) -> None:
        self._http.close()


def test_rivals_in_two_processes_make_one_order_a_key(port: int, callers: Callers) -> None:
    keys = [f"key-{number}" for number in range(6)]

    def send(thread: int) -> list[tuple[int, int]]:
        body = json.dumps(DEMAND).encode()
        with closing(Line(port, callers.secrets["zhou"])) as line:
            said = [line.ask("POST", "/api/v1/orders", body, Idempotency_Key=key) for key in keys]
        return [(status, content["number"]) for status, content in said]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    for told in zip(*answers, strict=True):
        assert sorted(status for status, _ in told) == [200] * 7 + [201]
        assert len({number for _, number in told}) == 1
    orders, events, _, kept = counts()
    assert (orders, events, kept) == (6, 6, 6)


def test_one_of_many_wins_a_move(port: int, callers: Callers) -> None:
    number = callers.register()

    def accept(_: int) -> int:
        with closing(Line(port, callers.secrets["chen"])) as line:
            return line.ask("POST", f"/api/v1/orders/{number}/moves/accept", b'{"version": 1}')[0]

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(accept, range(16))) == [200] + [409] * 15
    assert callers.get("chen", f"/orders/{number}").body["version"] == 2


def test_a_connection_stays_in_step_after_every_kind_of_answer(port: int, callers: Callers) -> None:
    with closing(Line(port, callers.secrets["zhou"])) as line:
        assert line.ask("HEAD", "/api/v1/orders") == (405, None)
        assert line.ask("POST", "/api/v1/orders", b"x" * 100_000)[0] == 400
        assert line.ask("POST", "/api/v1/orders", b"y" * 100_000, Authorization="Bearer no")[0] == 401
        assert line.ask("PUT", "/api/v1/orders", b"z" * 100_000)[0] == 405
        status, page = line.ask("GET", "/api/v1/orders")
        assert (status, page) == (200, {"orders": [], "next": None})


def test_a_body_that_is_too_large_is_answered_and_the_connection_given_up(port: int, callers: Callers) -> None:
    for _ in range(2):
        with closing(Line(port, callers.secrets["zhou"])) as line:
            assert line.ask("POST", "/api/v1/orders", b"{" + b" " * 1_100_000 + b"}")[0] == 413
