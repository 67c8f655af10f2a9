"""uvicorn around the live application, on a socket that the parent listens on."""

from __future__ import annotations

import asyncio
import socket

import uvicorn

from jiesu.live.app import Live
from jiesu.live.reading import Reader


def run(listening: socket.socket, dsn: str, *, web_port: int | None) -> None:
    """Serve until SIGTERM; open streams are cut after two seconds, pages come back by themselves."""
    config = uvicorn.Config(
        Live(dsn, Reader(), web_port=web_port), lifespan="on", log_level="warning", access_log=False,
        server_header=False, timeout_graceful_shutdown=2, ws="none", backlog=2048,
    )  # fmt: skip
    asyncio.run(uvicorn.Server(config).serve(sockets=[listening]))
