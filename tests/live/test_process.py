"""The live process for real: two hundred browsers on sockets, a database connection that is lost in between."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from tests import city
from tests.city import CHEN, MONDAY
from tests.database import Clone, Databases
from tests.live.test_live import act, signed_in


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


@contextmanager
def live(db: Clone) -> Iterator[int]:
    """The port of a running process, which is ended in order."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=512)) as listening:
        command = [sys.executable, "-m", "jiesu.cli", "live", "--fd", str(listening.fileno())]
        with subprocess.Popen(command, env=db.environ, pass_fds=[listening.fileno()]) as process:
            try:
                yield int(listening.getsockname()[1])
            finally:
                process.send_signal(signal.SIGTERM)
                assert process.wait(30) == -signal.SIGTERM  # uvicorn raises it again once it has ended in order


class Browser:
    """One stream on a socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int, cookie: str) -> Browser:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /live/stream HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
        assert (await asyncio.wait_for(reader.readline(), 30)).startswith(b"HTTP/1.1 200")
        return cls(reader, writer)

    async def until(self, start: str) -> str:
        """The rest of the next line that begins so; heartbeats in between do not make the wait longer."""
        async with asyncio.timeout(60):
            async for raw in self._reader:
                line = raw.decode().strip()
                if line.startswith(start):
                    return line.removeprefix(start).strip()
        raise AssertionError(f"the stream ended before {start}")

    async def move(self) -> int:
        await self.until("event: move")
        return int(json.loads(await self.until("data:"))["number"])

    def close(self) -> None:
        self._writer.close()


def test_two_hundred_browsers_hear_every_move_and_of_a_lost_connection(db: Clone) -> None:
    cookie = signed_in("laochen")
    orders = [city.registered() for _ in range(5)]

    async def story(port: int) -> None:
        browsers = [await Browser.open(port, cookie) for _ in range(200)]
        for browser in browsers:
            await browser.until("retry:")
        for order in orders:
            await act(city.take, order, "accept", CHEN, MONDAY)
        for browser in browsers:
            assert [await browser.move() for _ in orders] == [order.number for order in orders]
        async with await psycopg.AsyncConnection.connect(db.url("super"), autocommit=True) as other:
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
        for browser in browsers:
            await browser.until("event: resync")
        new = await act(city.registered)
        for browser in browsers:
            assert await browser.move() == new.number
            browser.close()

    with live(db) as port:
        asyncio.run(story(port))
