"""Lists with their filters that somebody has given a name."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from jiesu.store import sql

MOST: Final = 12
"""How many views of one list a person may have."""


def save(staff: int, queue: str, name: str, query: str, now: datetime) -> bool:
    """Keep a view, in the place of one of the same name; False when the person has enough. One statement."""
    done = sql.run(
        "INSERT INTO saved_view (staff, queue, name, query, at)"
        " SELECT %(staff)s, %(queue)s::varchar, %(name)s::varchar, %(query)s::varchar, %(now)s::timestamptz WHERE"
        " (SELECT count(*) FROM saved_view WHERE staff = %(staff)s AND queue = %(queue)s::varchar"
        " AND name <> %(name)s::varchar)"
        " < %(most)s ON CONFLICT (staff, queue, name) DO UPDATE SET query = excluded.query, at = excluded.at",
        {"staff": staff, "queue": queue, "name": name, "query": query, "now": now, "most": MOST},
    )
    return done == 1


def drop(staff: int, queue: str, name: str) -> int:
    """Forget a view; how many there were of this name."""
    return sql.run("DELETE FROM saved_view WHERE staff = %s AND queue = %s AND name = %s", (staff, queue, name))
