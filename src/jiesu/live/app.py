"""The ASGI application: `GET /live/stream` for pages, `GET /live/health` for the parent."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jiesu.domain.order import Actor
from jiesu.live.hub import RESYNC, Hub, Message, Page
from jiesu.live.listen import listen
from jiesu.live.reading import Reader

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

HEARTBEAT = 15.0  # seconds of silence after which a comment keeps proxies from closing the stream
STALLED = 30.0  # seconds in which a page takes nothing, after which it is dropped
ASK_AGAIN = 300.0  # seconds after which the session and its roles are read anew
MOST_ORDERS = 200

log = logging.getLogger(__name__)


class Live:
    """One application, one hub. `web_port` is the port whose pages may read this one's streams (same host)."""

    def __init__(self, dsn: str, reader: Reader, *, web_port: int | None = None) -> None:
        self.hub = Hub()
        self._dsn = dsn
        self._reader = reader
        self._web_port = web_port
        self._connected = False
        self._closing = False
        self._meetings: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http" and scope["path"] == "/live/health":
            await _answer(send, 200 if self._connected else 503, str(len(self.hub)).encode())
        elif scope["type"] == "http" and scope["path"] == "/live/stream" and scope["method"] == "GET":
            await self._stream(scope, receive, send)
        elif scope["type"] == "http":
            await _answer(send, 404, b"")

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        listening = asyncio.create_task(listen(self._dsn, self.hub, self._reader.orders, self._set_connected))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._closing = True
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        self._reader.close()
        await send({"type": "lifespan.shutdown.complete"})

    def _set_connected(self, connected: bool) -> None:
        self._connected = connected

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        cookies = headers.get("cookie", "")
        allowed = self._cross_origin(headers)
        try:
            actor = await self._reader.actor(cookies)
        except Exception as error:  # noqa: BLE001 - a browser gives a refused stream up; an ended one it opens again
            log.warning("a session could not be read: %s", type(error).__name__)
            await _answer(send, 200, b"retry: 2000\n\n", [*_STREAM, *allowed])
            return
        if actor is None:
            await _answer(send, 401, b"", allowed)
            return
        here = next(iter(_named(scope["query_string"], "here")), 0)
        page = Page(actor, _named(scope["query_string"], "order"), here=here)
        if "last-event-id" in headers:
            page.put((RESYNC, ""))
        await send({"type": "http.response.start", "status": 200, "headers": [*_STREAM, *allowed]})
        await self._serve(page, cookies, receive, send)

    async def _serve(self, page: Page, cookies: str, receive: Receive, send: Send) -> None:
        """Send until the page is gone, takes nothing any more, or its session ends."""
        self.hub.join(page)
        await self._meet(page, joins=True)
        tasks = {asyncio.create_task(self._send_all(page, cookies, send)), asyncio.create_task(_until_gone(receive))}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.hub.leave(page)
            meeting = asyncio.create_task(self._meet(page))
            self._meetings.add(meeting)
            meeting.add_done_callback(self._meetings.discard)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _send_all(self, page: Page, cookies: str, send: Send) -> None:
        await _write(send, b"id: 0\nretry: 2000\n\n")
        asked = time.monotonic()
        while True:
            message = await page.next(HEARTBEAT)
            if time.monotonic() - asked > ASK_AGAIN:
                actor = await self._still(page, cookies)
                if actor is None:
                    await send({"type": "http.response.body", "body": b""})
                    return
                page.actor, asked = actor, time.monotonic()
            await _write(send, b"".join(map(_event, (message, *page.more()))) if message else b":\n\n")

    async def _meet(self, page: Page, *, joins: bool = False) -> None:
        """Somebody came to the order of this page, or left it: those who have it open are told."""
        if not page.here or self._closing:
            return
        try:
            if joins:
                page.name = await self._reader.name(page.actor)
            found = await self._reader.orders([page.here])
        except Exception as error:  # noqa: BLE001 - who else is there is a courtesy: the stream goes on without it
            log.warning("who has an order open could not be told: %s", type(error).__name__)
            return
        if page.here in found:
            self.hub.meet(found[page.here])

    async def _still(self, page: Page, cookies: str) -> Actor | None:
        """Whose session it is now; as before while the database is away."""
        try:
            return await self._reader.actor(cookies)
        except Exception as error:  # noqa: BLE001 - asked again at the next time
            log.warning("a session could not be read: %s", type(error).__name__)
            return page.actor

    def _cross_origin(self, headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
        """Leave to read for pages of the same host on the web's port; the cookie is shared between ports anyway."""
        origin = headers.get("origin", "")
        parts = urlsplit(origin)
        host = urlsplit(f"//{headers.get('host', '')}").hostname
        if not origin or parts.hostname != host or parts.port != self._web_port:
            return []
        return [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"Origin"),
        ]


_STREAM = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_PLAIN = [(b"content-type", b"text/plain")]


def _named(query: bytes, name: str) -> frozenset[int]:
    named = parse_qs(query.decode("latin-1")).get(name, ())[:MOST_ORDERS]
    return frozenset(int(number) for number in named if number.isdecimal())


@lru_cache(maxsize=512)
def _event(message: Message) -> bytes:
    """A message as it travels, written once for all its readers. Its id says only that the reader was here before."""
    kind, data = message
    return f"id: 1\nevent: {kind}\ndata: {data}\n\n".encode()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, body: bytes) -> None:
    """Raises TimeoutError when the page takes nothing for too long: it is dropped, and may come back."""
    async with asyncio.timeout(STALLED):
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _answer(send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*(headers or _PLAIN)]})
    await send({"type": "http.response.body", "body": body})
