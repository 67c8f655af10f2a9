"""What a bulletin tells beside the rates: oldest open orders, late ones, praise, how long joint orders take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jiesu.domain.windows import Window
from jiesu.store import sql


@dataclass(frozen=True, slots=True)
class Open:
    """An order that has been open for long; codes only."""

    number: int
    matter: str
    unit: str
    received_at: datetime


def longest_open(window: Window, limit: int = 10) -> list[Open]:
    """Orders received before the window's end that are open now, the oldest first."""
    rows = sql.rows(
        "SELECT number, matter, unit, received_at FROM fact_order WHERE gone IS NULL AND state <> 'closed'"
        " AND day < %s AND handled AND NOT adopted ORDER BY received_at, number LIMIT %s",
        (window.after, limit),
    )
    return [Open(*row) for row in rows]


def median_days(window: Window) -> dict[str, tuple[int, float]]:
    """Of orders dispatched in the window and answered: how many, and the median of days from acceptance to the accepted
    reply; by ``joint`` and ``single``."""
    rows = sql.rows(
        "SELECT CASE WHEN joint THEN 'joint' ELSE 'single' END, count(*),"
        " percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM replied_at - accepted_at) / 86400)"
        " FROM fact_order WHERE gone IS NULL AND dispatched_day >= %s AND dispatched_day < %s"
        " AND replied_at IS NOT NULL AND accepted_at IS NOT NULL GROUP BY 1",
        (window.first, window.after),
    )
    return {kind: (count, float(days)) for kind, count, days in rows}


def hard_cases(window: Window) -> int:
    """Orders dispatched in the window that were reworked twice or more."""
    return int(
        sql.value(
            "SELECT count(*) FROM fact_order WHERE gone IS NULL AND dispatched_day >= %s AND dispatched_day < %s"
            " AND rounds > 2",
            (window.first, window.after),
        )
    )


def praised(window: Window) -> list[tuple[str, int]]:
    """Units that praise was passed to in the window, the most praised first."""
    rows = sql.rows(
        "SELECT coalesce(e.data::jsonb -> 'facts' ->> 'to_unit', ''), count(*) FROM fact_order f"
        " JOIN event e ON e.number = f.number AND e.move = 'inform'"
        " WHERE f.gone IS NULL AND f.day >= %s AND f.day < %s AND f.kind = 'praise' GROUP BY 1"
        " ORDER BY 2 DESC, 1 LIMIT 10",
        (window.first, window.after),
    )
    return [(unit, count) for unit, count in rows if unit]
