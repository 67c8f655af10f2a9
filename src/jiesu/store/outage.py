"""Whether an error means that the database could not be reached, rather than that a statement was wrong."""

from __future__ import annotations

import psycopg

# No connection, or a statement that was the server's victim (a deadlock, a shutdown): asked again, it may succeed.
_AGAIN = (psycopg.OperationalError, psycopg.InterfaceError)


def is_outage(error: BaseException) -> bool:
    """Whether asking again later may help: no connection, a server going down, a full pool, a deadlock's victim.

    Django wraps the driver's error of the same name; both are known. What was not acknowledged may have been written.
    """
    one = error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error
    return isinstance(one, _AGAIN)
