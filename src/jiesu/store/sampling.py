"""The sample of orders that closed without a callback (domain.md §3): drawn once a day, called until somebody answers.

Which are drawn hangs on the heads of their chains: hashes over salted words, which nobody can know or choose before an
order is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from jiesu.store import sql


@dataclass(frozen=True, slots=True)
class Drawn:
    """Of one day's orders of an outcome, how many were closed and how many of them are called."""

    day: date
    outcome: str
    closed: int
    chosen: int


_DRAW: Final = (
    "WITH day AS (SELECT w.number, row_number() OVER (ORDER BY w.head) AS place, count(*) OVER () AS closed"
    " FROM work_order w WHERE w.closed_at >= %(since)s AND w.closed_at < %(until)s AND w.outcome = %(outcome)s"
    " AND w.state = 'closed' AND w.person IS NOT NULL),"
    " share AS (SELECT coalesce(max(closed), 0) AS closed, least(coalesce(max(closed), 0),"
    " greatest(%(least)s, ceil(coalesce(max(closed), 0) * %(share)s::float8)::int)) AS chosen FROM day),"
    " drawn AS (INSERT INTO sample_draw (day, outcome, closed, chosen, at, by)"
    " SELECT %(day)s, %(outcome)s, closed, chosen, %(now)s, %(by)s FROM share"
    " ON CONFLICT (day, outcome) DO NOTHING RETURNING chosen),"
    " put AS (INSERT INTO callback_sample (number, day, drawn_at, due_at)"
    " SELECT d.number, %(day)s, %(now)s, %(due)s FROM day d, drawn WHERE d.place <= drawn.chosen"
    " ON CONFLICT (number) DO NOTHING RETURNING number)"
    " SELECT (SELECT count(*) FROM drawn), (SELECT count(*) FROM put)"
)


def draw(
    day: date,
    outcome: str,
    *,
    since: datetime,
    until: datetime,
    share: float,
    least: int,
    due: datetime,
    by: str,
    now: datetime,
) -> int | None:
    """Draw ``share`` of the day's closed orders of this outcome, at least ``least``; how many. None: drawn before.

    ``since`` and ``until`` bound the day. Whoever left no name is not drawn. One statement, twice the same as once.
    """
    given = {"day": day, "outcome": outcome, "since": since, "until": until, "share": share, "least": least}
    first, chosen = sql.rows(_DRAW, {**given, "due": due, "by": by, "now": now})[0]
    return int(chosen) if first else None


def draws(day: date) -> list[Drawn]:
    """What was drawn of a day."""
    found = sql.rows("SELECT day, outcome, closed, chosen FROM sample_draw WHERE day = %s ORDER BY outcome", (day,))
    return [Drawn(*row) for row in found]


def end(number: int, how: str, *, now: datetime) -> None:
    """The order leaves the list: ``heard`` or ``unreachable``."""
    sql.run(
        "UPDATE callback_sample SET ended = %s, ended_at = %s WHERE number = %s AND ended_at IS NULL",
        (how, now, number),
    )
