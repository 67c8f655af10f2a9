"""Whether the database answers this process."""

from __future__ import annotations

from django.db import Error, connection


def answers() -> bool:
    """One empty round trip; False instead of an error."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return True
    except Error:
        return False
