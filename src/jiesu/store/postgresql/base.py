"""Django's own backend, without what it does anew for each request and each transaction.

A thread keeps its connection: taking one from a pool and giving it back costs more than a statement, and the web
server has no more threads than a pool would have connections. Transactions are begun and ended by the words
themselves; the driver's way, which asks and remembers at every step, costs a twentieth of a move.
"""

from __future__ import annotations

import select
import time
from typing import Any, Final

import psycopg
from django.db.backends.postgresql import base
from psycopg import pq

AGAIN: Final = 1.0  # seconds between two tries to reach a database that has gone away


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection. ``due``: a transaction that begins with the next statement."""

    due = False

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        params.pop("wait", None)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        """Open a connection; while there is no database, try for as many seconds as the option ``wait`` says.

        So a database that was killed and came back costs a short wait and no error page.
        """
        limit = time.monotonic() + float(self.settings_dict["OPTIONS"].get("wait", 0))
        while True:
            try:
                made: psycopg.Connection[Any] = super().get_new_connection({**conn_params, "autocommit": True})
            except psycopg.OperationalError:
                if time.monotonic() + AGAIN > limit:
                    raise
                time.sleep(AGAIN)
            else:
                self.due = False
                return made

    def is_usable(self) -> bool:
        """Whether nothing has come on the connection since it was used last: a server that went has said goodbye.

        Only when something did come is the server asked, at the price of a round trip: what Django pays each time.
        """
        try:
            looking = select.poll()
            looking.register(self.connection.pgconn.socket, select.POLLIN)
            if looking.poll(0):
                self.connection.execute("")
        except psycopg.Error:
            return False
        return True

    # -- transactions

    def begin(self) -> None:
        """Begin the transaction that is due."""
        self._say(b"BEGIN")
        self.due = False

    def _cursor(self, name: str | None = None) -> Any:
        found = super()._cursor(name)
        if self.due:
            self.begin()
        return found

    def _set_autocommit(self, autocommit: bool) -> None:
        self.due = not autocommit

    def _commit(self) -> None:
        self._end(b"COMMIT")

    def _rollback(self) -> None:
        self._end(b"ROLLBACK")

    def _end(self, words: bytes) -> None:
        if self.connection is not None and not self.due:
            self._say(words)
            self.due = not self.autocommit

    def _say(self, words: bytes) -> None:
        """Raises Django's errors; also when a transaction that had failed was to be committed, and was rolled back."""
        with self.wrap_database_errors:
            pgconn = self.connection.pgconn
            result = pgconn.exec_(words)
            if result.command_status == words:
                return
            if pgconn.status == pq.ConnStatus.BAD:
                raise psycopg.OperationalError("the connection is lost")
            if result.status == pq.ExecStatus.COMMAND_OK:
                raise psycopg.errors.InFailedSqlTransaction("the transaction had failed and was rolled back")
            raise psycopg.errors.error_from_result(result)
