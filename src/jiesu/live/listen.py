"""The one connection that listens to the database, kept alive across its restarts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

import psycopg

from jiesu.domain.order import Order
from jiesu.live.hub import Hub, Moved, Rung
from jiesu.store import announce

BACK_OFF = (0.2, 5.0)  # seconds between attempts: first, longest
SILENCE = 30.0  # seconds without an announcement after which the connection is tried
TOGETHER = 0.03  # seconds in which what else is announced is read in the same statement

Read = Callable[[Iterable[int]], Awaitable[dict[int, Order]]]

log = logging.getLogger(__name__)


async def listen(dsn: str, hub: Hub, read: Read, connected: Callable[[bool], None]) -> None:
    """Pass moves to the hub for ever. After a lost connection every page is told to reload."""
    wait = BACK_OFF[0]
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(dsn, autocommit=True, connect_timeout=5) as connection:
                await connection.execute(f"LISTEN {announce.CHANNEL}")
                connected(True)
                hub.resync()
                wait = BACK_OFF[0]
                await _pass_on(connection, hub, read)
        except (psycopg.Error, OSError) as error:
            connected(False)
            log.warning("listening connection lost: %s", type(error).__name__)
        await asyncio.sleep(wait)
        wait = min(wait * 2, BACK_OFF[1])


async def _pass_on(connection: psycopg.AsyncConnection, hub: Hub, read: Read) -> None:
    while True:
        payloads = [notice.payload async for notice in connection.notifies(timeout=SILENCE, stop_after=1)]
        if payloads:
            payloads += [notice.payload async for notice in connection.notifies(timeout=TOGETHER)]
            await deliver(payloads, hub, read)
        else:
            await connection.execute("SELECT 1")


async def deliver(payloads: Iterable[str], hub: Hub, read: Read) -> None:
    """Read the orders that moved and give each move to those who may know; when that fails, all are told to reload."""
    payloads = [line for payload in payloads for line in payload.splitlines()]
    for rung in filter(None, map(Rung.read, payloads)):
        hub.ring(rung)
    moves = [moved for moved in map(Moved.read, payloads) if moved is not None]
    try:
        orders = await read(hub.wanted({moved.number for moved in moves}))
    except Exception as error:  # noqa: BLE001 - the stream outlives whatever a read may meet
        log.warning("moves could not be read: %s", type(error).__name__)
        hub.resync()
        return
    for moved in moves:
        if moved.number in orders:
            hub.deliver(moved, orders[moved.number])
    for number in hub.met() & orders.keys():
        hub.meet(orders[number])
