"""Whether an error means that the database could not be reached, rather than that a statement was wrong."""

from __future__ import annotations

import psycopg
from psycopg import errors

# The server is there, yet this statement was its victim: asked again, it may well succeed.
_AGAIN = (errors.DeadlockDetected, errors.SerializationFailure, errors.LockNotAvailable, errors.QueryCanceled)


def is_outage(error: BaseException) -> bool:
    """Whether asking again later may help: no connection, a server going down, a full pool, a deadlock's victim.

    Django wraps the driver's error of the same name; both are known. What was not acknowledged may have been written.
    """
    one = error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error
    if isinstance(one, psycopg.InterfaceError | _AGAIN):
        return True
    return isinstance(one, psycopg.OperationalError)
