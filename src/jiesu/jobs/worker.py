"""The worker process: two clocks (the tick alone, so that nothing slow delays an emergency) and the queue."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from threading import Event
from typing import Final

from procrastinate import PsycopgConnector
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.utils import connector_params

from jiesu.jobs import clock
from jiesu.jobs.chores import CHORES, CLOCK, WORKER_SILENT
from jiesu.jobs.tasks import RETRY, TASKS
from jiesu.store import queue

AT_ONCE: Final = 4  # jobs at a time
LAST_JOBS: Final = 15.0  # seconds that running jobs get when the worker is told to stop
CONNECTION_WAIT: Final = 5.0  # seconds; also what a worker that is told to stop waits for a database that has gone
AGAIN: Final = 2.0  # seconds before the queue is taken up again after it lost its database

log = logging.getLogger(__name__)


def run_worker(stop: Event) -> None:
    """Work until ``stop`` is set. A database that goes away is waited for, however long."""
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it says every attempt; what counts is said below
    threads = [clock.started("tick", CLOCK, stop), clock.started("chores", CHORES, stop)]
    while not stop.is_set():
        try:
            asyncio.run(_serve_queue(stop))
        except Exception as error:  # noqa: BLE001 - the queue is taken up again whatever ended it
            log.warning("the queue was interrupted: %s", type(error).__name__)
        stop.wait(AGAIN)
    for thread in threads:
        thread.join(LAST_JOBS)


async def _serve_queue(stop: Event) -> None:
    """Carry out jobs until ``stop``; returns or raises when the connection was lost for too long."""
    app = application()
    async with app.open_async():
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[queue.QUEUE], concurrency=AT_ONCE, delete_jobs="successful", install_signal_handlers=False,
                shutdown_graceful_timeout=LAST_JOBS, update_heartbeat_interval=WORKER_SILENT / 3,
                stalled_worker_timeout=WORKER_SILENT,
            )
        )  # fmt: skip
        while not stop.is_set() and not working.done():
            await asyncio.wait({working}, timeout=0.3)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working


def application() -> DjangoApp:
    """procrastinate on a small pool of connections of its own, with the tasks under their own names."""
    app = DjangoApp(
        connector=PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=AT_ONCE, timeout=CONNECTION_WAIT)
    )
    for name, task in TASKS.items():
        app.task(name=name, retry=RETRY)(task)
    return app
