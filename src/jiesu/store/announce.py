"""Telling the process of open pages what has moved, on the database's channel.

PostgreSQL lets only one transaction at a time commit what it announces, its write to the disk included. So a web
server, which commits many at once, does not announce within its transactions: a thread says what was committed, many
moves in one message. A process that is killed in between leaves its last moves unsaid: pages show them when they are
loaded next. Every other process announces in the transaction of the move.
"""

from __future__ import annotations

import logging
import time
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

import psycopg
from django.db import Error, connections, transaction

from jiesu.store import sql

CHANNEL: Final = "jiesu"
PAUSE: Final = 0.02  # seconds between two messages: what is committed meanwhile goes together
MOST: Final = 100  # moves in a message, of which the server takes 8,000 bytes
TRIES: Final = 3
LAST: Final = 5.0  # seconds that the last messages get at the end

log = logging.getLogger(__name__)


class Announcer:
    """A thread that says what was committed."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[str | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="announce", daemon=True)
        self._thread.start()

    def say(self, words: str) -> None:
        self._waiting.put(words)

    def end(self) -> None:
        """Say what waits, and stop."""
        self._waiting.put(None)
        self._thread.join(LAST)

    def _run(self) -> None:
        while True:
            told = self._together()
            if len(told) > told.count(None):
                _send("\n".join(one for one in told if one))
            if None in told:
                connections.close_all()
                return
            time.sleep(PAUSE)

    def _together(self) -> list[str | None]:
        """What waits, as much as a message takes; waits for the first."""
        told = [self._waiting.get()]
        try:
            while len(told) < MOST and told[-1] is not None:
                told.append(self._waiting.get_nowait())
        except Empty:
            pass
        return told


def _send(message: str) -> None:
    """A database that is away has no listener either: whoever listens to it again tells every page to reload."""
    for _ in range(TRIES):
        try:
            sql.hot(f"SELECT pg_notify('{CHANNEL}', %s)", (message,))
        except (Error, psycopg.Error) as error:
            log.warning("moves could not be announced: %s", type(error).__name__)
            connections.close_all()
        else:
            return


_announcer: Announcer | None = None


def start() -> None:
    """From now on this process announces after its commits; to be called after a fork."""
    global _announcer  # noqa: PLW0603 - one a process
    _announcer = Announcer()


def stop() -> None:
    """Say what waits. From now on this process announces within its transactions again."""
    global _announcer
    ended, _announcer = _announcer, None
    if ended is not None:
        ended.end()


def afterwards() -> bool:
    """Whether this process announces after its commits: a statement then does not have to."""
    return _announcer is not None


def committed(words: str) -> None:
    """Say these words once what was written is committed."""
    held = _announcer
    if held is None:
        return
    if sql.in_transaction():
        transaction.on_commit(lambda: held.say(words))
    else:
        held.say(words)
