"""The one connection that listens to the database, kept alive across its restarts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psycopg

from jiesu.live.hub import Hub

CHANNEL = "jiesu_live"
BACK_OFF = (0.2, 5.0)  # seconds between attempts: first, longest
SILENCE = 30.0  # seconds without an announcement after which the connection is tried

log = logging.getLogger(__name__)


async def listen(dsn: str, hub: Hub, connected: Callable[[bool], None]) -> None:
    """Pass announcements to the hub for ever. After a lost connection every page is told to reload."""
    wait = BACK_OFF[0]
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(dsn, autocommit=True, connect_timeout=5) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                connected(True)
                hub.resync()
                wait = BACK_OFF[0]
                await _pass_on(connection, hub)
        except (psycopg.Error, OSError) as error:
            connected(False)
            log.warning("listening connection lost: %s", type(error).__name__)
        await asyncio.sleep(wait)
        wait = min(wait * 2, BACK_OFF[1])


async def _pass_on(connection: psycopg.AsyncConnection, hub: Hub) -> None:
    while True:
        async for notice in connection.notifies(timeout=SILENCE):
            hub.announce(notice.payload)
        await connection.execute("SELECT 1")
