"""The months whose figures everybody may read: frozen ones, and no other."""

from __future__ import annotations

from jiesu.store import sql
from jiesu.store.publications import COLUMNS, Published, read

MONTHS = 60


def months(limit: int = MONTHS) -> list[Published]:
    """The frozen months, the newest first. One statement."""
    rows = sql.rows(
        f"SELECT {', '.join(COLUMNS)} FROM publication WHERE stage = 'final' AND span = 'month'"
        " ORDER BY first DESC LIMIT %s",
        (limit,),
    )
    return [read(row) for row in rows]
