"""The ASGI application: `GET /live/stream` for pages, `GET /live/health` for the parent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jiesu.live.hub import Hub, Message, Page
from jiesu.live.listen import listen

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
# Given the request's cookies and the topics asked for: those that this person may hear of; None if nobody is signed in.
Who = Callable[[str, frozenset[str]], Awaitable[frozenset[str] | None]]

HEARTBEAT = 20.0  # seconds of silence after which a comment keeps proxies from closing the stream
MOST_TOPICS = 200


class Live:
    """One application, one hub. `web_port` is the port whose pages may read this one's streams (same host)."""

    def __init__(self, dsn: str, who: Who, *, web_port: int | None = None) -> None:
        self.hub = Hub()
        self._dsn = dsn
        self._who = who
        self._web_port = web_port
        self._connected = False

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
        listening = asyncio.create_task(listen(self._dsn, self.hub, self._set_connected))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        listening.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    def _set_connected(self, connected: bool) -> None:
        self._connected = connected

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        asked = frozenset(parse_qs(scope["query_string"].decode("latin-1")).get("topic", ())[:MOST_TOPICS])
        allowed = await self._who(headers.get("cookie", ""), asked)
        if allowed is None:
            await _answer(send, 401, b"")
            return
        await send({"type": "http.response.start", "status": 200, "headers": [*_STREAM, *self._cross_origin(headers)]})
        page = self.hub.join(allowed & asked)
        sending = asyncio.create_task(_send_all(page, send))
        try:
            await _until_gone(receive)
        finally:
            self.hub.leave(page)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    def _cross_origin(self, headers: dict[str, str]) -> Iterable[tuple[bytes, bytes]]:
        """Leave to read for pages of the same host on the web's port; the cookie is shared between ports anyway."""
        origin = headers.get("origin", "")
        parts = urlsplit(origin)
        host = urlsplit(f"//{headers.get('host', '')}").hostname
        if not origin or parts.hostname != host or parts.port != self._web_port:
            return ()
        return (
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"Origin"),
        )


_STREAM = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


async def _send_all(page: Page, send: Send) -> None:
    await _write(send, b"retry: 2000\n\n")
    while True:
        message = await page.next(HEARTBEAT)
        await _write(send, _event(message) if message else b":\n\n")


def _event(message: Message) -> bytes:
    kind, topics = message
    return f"event: {kind}\ndata: {topics}\n\n".encode()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


async def _answer(send: Send, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})
