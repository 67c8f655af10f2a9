"""What inspection comes to, by person, unit, item and month; lists of results behind each number.

A month holds as many results as the plan draws, a few thousand; every read goes through the index of the month or of
whose it is. What a second look replaced counts no more; what an appeal changed counts as changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from jiesu.domain.inspecting import PARTS_ZH, percent
from jiesu.domain.standing import Share
from jiesu.store import sql

PAGE: Final = 50
MOST: Final = 2000
_POINTS: Final = "coalesce(p.final_points, p.points)"
_WORTH: Final = "coalesce(p.final_worth, p.worth)"
_PASSED: Final = "coalesce(p.final_passed, p.passed)"
_FATAL: Final = "coalesce(p.final_fatal, p.fatal)"


@dataclass(frozen=True, slots=True)
class Tally:
    """Results of one person or unit in one part: how many, how many passed, points of what they could have been.

    ``name`` is empty for a unit.
    """

    whom: str
    name: str
    unit: str
    part: str
    n: int
    passed: int
    points: int
    worth: int
    fatal: int
    appeals: int
    changed: int

    @property
    def mean(self) -> Any:
        return percent(self.points, self.worth)

    @property
    def rate(self) -> Share:
        return Share(self.n, self.passed)


@dataclass(frozen=True, slots=True)
class ItemTally:
    """An item of a sheet: how often it applied, how often points were lost in it and how many."""

    subject: str
    item: str
    n: int
    lost: int
    points: int
    worth: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The month as a whole. ``waiting`` and ``late`` are of now, ``drawn`` of the month's draws."""

    drawn: int = 0
    done: int = 0
    dropped: int = 0
    waiting: int = 0
    late: int = 0
    appeals: int = 0
    changed: int = 0
    kept: int = 0


_TALLIES: Final = (
    "SELECT p.whom, coalesce(s.name, ''), p.unit, p.part, count(*), count(*) FILTER (WHERE {passed}), sum({points}),"
    " sum({worth}), count(*) FILTER (WHERE {fatal}), count(p.appealed_at),"
    " count(*) FILTER (WHERE p.outcome = 'changed') FROM inspection_part p LEFT JOIN staff s ON 's' || s.id = p.whom"
    " WHERE p.month = %(month)s AND p.counts{more} GROUP BY 1, 2, 3, 4 ORDER BY p.part, p.whom LIMIT {most}"
).format(passed=_PASSED, points=_POINTS, worth=_WORTH, fatal=_FATAL, most=MOST, more="{more}")


def of_month(month: date, whoms: Sequence[str] | None = None) -> list[Tally]:
    """The month (its first day) by person or unit and part; only of ``whoms``, when given. One statement."""
    more = " AND p.whom = ANY(%(whoms)s)" if whoms is not None else ""
    given: dict[str, Any] = {"month": month, "whoms": list(whoms or ())}
    return [Tally(*row) for row in sql.rows(_TALLIES.format(more=more), given)]


def items(month: date, whoms: Sequence[str] | None = None) -> list[ItemTally]:
    """The month by item, the one that cost most first. One statement."""
    more = " AND p.whom = ANY(%(whoms)s)" if whoms is not None else ""
    points = "CASE WHEN m.changed THEN m.final_points ELSE m.points END"
    found = sql.rows(
        "SELECT subject, item, count(*), count(*) FILTER (WHERE points < worth), sum(worth - points), sum(worth)"
        f" FROM (SELECT p.subject, m.item, {points} AS points, m.worth FROM inspection_part p JOIN inspection_mark m"
        f" ON m.inspection = p.inspection AND m.part = p.part WHERE p.month = %(month)s AND p.counts{more}) x"
        f" WHERE points IS NOT NULL GROUP BY subject, item ORDER BY 4 DESC, 5 DESC, 1, 2 LIMIT {MOST}",
        {"month": month, "whoms": list(whoms or ())},
    )
    return [ItemTally(*row) for row in found]


def totals(month: date, after: date, *, since: datetime, until: datetime, now: datetime) -> Totals:
    """What was drawn and done from ``month`` to before ``after``, as moments ``since`` to ``until``. One statement."""
    row = sql.rows(
        "SELECT (SELECT count(*) FROM inspection WHERE day >= %(month)s AND day < %(after)s),"
        " (SELECT count(*) FROM inspection WHERE done_at >= %(since)s AND done_at < %(until)s AND state = 'done'),"
        " (SELECT count(*) FROM inspection WHERE done_at >= %(since)s AND done_at < %(until)s AND state = 'dropped'),"
        " (SELECT count(*) FROM inspection WHERE state = 'open'),"
        " (SELECT count(*) FROM inspection WHERE state = 'open' AND due_at < %(now)s),"
        " count(appealed_at), count(*) FILTER (WHERE outcome = 'changed'), count(*) FILTER (WHERE outcome = 'kept')"
        " FROM inspection_part WHERE month = %(month)s",
        {"month": month, "after": after, "since": since, "until": until, "now": now},
    )[0]
    return Totals(*row)


@dataclass(frozen=True, slots=True)
class Done:
    """A result in a list. ``title``, ``kind`` and ``secret``: the order's; ``spoken_at``: when the call was."""

    id: int
    part: str
    subject: str
    number: int | None
    look: int
    signal: str
    whom: str
    name: str
    at: datetime
    points: int
    worth: int
    fatal: bool
    passed: bool
    counts: bool
    unread: bool
    coached: bool
    appealed: bool
    outcome: str
    title: str
    kind: str
    secret: bool
    spoken_at: datetime | None

    @property
    def percent(self) -> Any:
        return percent(self.points, self.worth)


_DONE: Final = (
    f"SELECT p.inspection, p.part, p.subject, i.number, i.look, i.signal, p.whom, coalesce(s.name, ''), p.at,"
    f" {_POINTS}, {_WORTH}, {_FATAL}, {_PASSED}, p.counts, p.unread, p.coached_at IS NOT NULL,"
    " p.appealed_at IS NOT NULL, p.outcome, coalesce(w.title, ''), coalesce(w.kind, ''), coalesce(w.secret, false),"
    " coalesce(c.answered_at, b.at) FROM inspection_part p"
    " JOIN inspection i ON i.id = p.inspection LEFT JOIN staff s ON 's' || s.id = p.whom"
    " LEFT JOIN work_order w ON w.number = i.number LEFT JOIN call c ON c.id = i.call"
    " LEFT JOIN callback b ON i.subject = 'callback' AND b.number = i.number AND b.no = i.no"
)
_IN_ORDER: Final = f"array_position(ARRAY[{', '.join(repr(code) for code in PARTS_ZH)}], p.part)"
_FILTERS: Final = {
    "whom": "p.whom = %(whom)s",
    "part": "p.part = %(part)s",
    "subject": "p.subject = %(subject)s",
    "failed": f"NOT {_PASSED}",
    "appealed": "p.appealed_at IS NOT NULL",
    "item": (
        "EXISTS (SELECT 1 FROM inspection_mark m WHERE m.inspection = p.inspection AND m.part = p.part"
        " AND m.item = %(item)s AND (CASE WHEN m.changed THEN m.final_points ELSE m.points END) < m.worth)"
    ),
}


def done(month: date, *, offset: int = 0, **filters: Any) -> list[Done]:
    """Results of a month, newest first, one more than a page when others follow. ``filters``: see ``_FILTERS``."""
    chosen = [_FILTERS[name] for name in _FILTERS if filters.get(name)]
    where = " AND ".join(["p.month = %(month)s", *chosen])
    found = sql.rows(
        f"{_DONE} WHERE {where} ORDER BY p.at DESC, p.inspection DESC, {_IN_ORDER} LIMIT {PAGE + 1} OFFSET %(offset)s",
        {**filters, "month": month, "offset": offset},
    )
    return [Done(*row) for row in found]


def own(whoms: Sequence[str], *, limit: int = PAGE) -> list[Done]:
    """The newest results of these people and units, what is new to them first. One statement."""
    found = sql.rows(
        f"{_DONE} WHERE p.whom = ANY(%(whoms)s) ORDER BY p.unread DESC, p.at DESC, p.inspection DESC LIMIT %(limit)s",
        {"whoms": list(whoms), "limit": limit},
    )
    return [Done(*row) for row in found]
