"""Open pages hear of what changed, of their own topics only, and nobody hears who has not signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg

from jiesu.live import who
from jiesu.live.app import Live, Who
from jiesu.live.hub import WAITING, Hub
from tests.database import Clone


class Desk:
    """A page that has opened a stream, spoken to as a server would."""

    def __init__(self, live: Live, query: str, **headers: str) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.gone = asyncio.Event()
        scope = {
            "type": "http", "method": "GET", "path": "/live/stream", "query_string": query.encode(),
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        }  # fmt: skip
        self.task = asyncio.create_task(live(scope, self._receive, self.sent.put))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def start(self) -> tuple[int, dict[bytes, bytes]]:
        message = await asyncio.wait_for(self.sent.get(), 5)
        return message["status"], dict(message["headers"])

    async def line(self) -> str:
        message = await asyncio.wait_for(self.sent.get(), 5)
        return str(message["body"].decode())

    async def close(self) -> None:
        self.gone.set()
        await self.task


async def run(live: Live, story: Callable[[], Awaitable[None]]) -> None:
    """Play a story while the application listens to the database."""
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    inbox.put_nowait({"type": "lifespan.startup"})
    life = asyncio.create_task(live({"type": "lifespan"}, inbox.get, outbox.put))
    assert (await outbox.get())["type"] == "lifespan.startup.complete"
    for _ in range(250):
        if live._connected:
            break
        await asyncio.sleep(0.02)
    await story()
    inbox.put_nowait({"type": "lifespan.shutdown"})
    await life


def unit_12_only() -> Who:
    async def answer(cookies: str, topics: frozenset[str]) -> frozenset[str] | None:
        return topics & {"unit:12"} if cookies == "jiesu_session=liu" else None

    return answer


def test_a_page_hears_of_its_own_unit_and_of_no_other(db: Clone) -> None:
    live = Live(db.url("app"), unit_12_only(), web_port=8012)

    async def story() -> None:
        desk = Desk(live, "topic=unit:12&topic=unit:99", cookie="jiesu_session=liu")
        status, headers = await desk.start()
        assert (status, headers[b"content-type"]) == (200, b"text/event-stream")
        assert await desk.line() == "retry: 2000\n\n"
        async with await psycopg.AsyncConnection.connect(db.url("app"), autocommit=True) as other:
            await other.execute("NOTIFY jiesu_live, 'order:2611220000001 unit:99'")
            await other.execute("NOTIFY jiesu_live, 'order:2611220000002 unit:12'")
        assert await desk.line() == "event: changed\ndata: unit:12\n\n"
        await desk.close()
        assert len(live.hub) == 0

    asyncio.run(run(live, story))


def test_after_a_lost_connection_every_page_is_told_to_reload(db: Clone) -> None:
    live = Live(db.url("app"), unit_12_only())

    async def story() -> None:
        desk = Desk(live, "topic=unit:12", cookie="jiesu_session=liu")
        await desk.start()
        await desk.line()
        async with await psycopg.AsyncConnection.connect(db.url("super"), autocommit=True) as other:
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
            assert await desk.line() == "event: resync\ndata: \n\n"
            await other.execute("NOTIFY jiesu_live, 'unit:12'")
        assert await desk.line() == "event: changed\ndata: unit:12\n\n"
        await desk.close()

    asyncio.run(run(live, story))


def test_who_has_not_signed_in_hears_nothing(db: Clone) -> None:
    for rule, cookie in ((unit_12_only(), "jiesu_session=stranger"), (who.nobody, "jiesu_session=liu")):
        live = Live(db.url("app"), rule)

        async def story(live: Live = live, cookie: str = cookie) -> None:
            desk = Desk(live, "topic=unit:12", cookie=cookie)
            assert (await desk.start())[0] == 401
            await desk.task
            assert len(live.hub) == 0

        asyncio.run(run(live, story))


def test_only_pages_of_the_same_host_and_the_webs_port_may_read_the_stream(db: Clone) -> None:
    live = Live(db.url("app"), unit_12_only(), web_port=8012)

    async def story() -> None:
        for origin, allowed in (
            ("http://hotline.example:8012", b"http://hotline.example:8012"),
            ("http://hotline.example:9999", None),
            ("http://evil.example:8012", None),
        ):
            desk = Desk(live, "topic=unit:12", cookie="jiesu_session=liu", host="hotline.example:8013", origin=origin)
            assert (await desk.start())[1].get(b"access-control-allow-origin") == allowed
            await desk.close()

    asyncio.run(run(live, story))


def test_a_slow_page_is_told_once_to_reload_and_costs_no_memory() -> None:
    async def story() -> None:
        hub = Hub()
        slow, other = hub.join(frozenset({"unit:12"})), hub.join(frozenset({"unit:13"}))
        for number in range(WAITING + 1):
            hub.announce(f"order:{number} unit:12")
        assert await slow.next(1) == ("resync", "")
        assert await slow.next(0.01) is None
        assert await other.next(0.01) is None

    asyncio.run(story())
