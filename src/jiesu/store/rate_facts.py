"""Counts behind the three rates, straight from legs, orders and callbacks: (unit, numerator, denominator) each.

Left out of every one of them: exempted orders and those withdrawn, merged, or not work for a unit (domain.md §6).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiesu.store import sql

Counts = list[tuple[str, int, int]]

_COUNTED = (
    "NOT w.exempt AND w.kind NOT IN ('praise', 'invalid', 'nuisance') AND coalesce(w.outcome, '') <> ALL(%(out)s)"
)
_OUT = ["withdrawn", "merged"]


@dataclass(frozen=True, slots=True)
class Fact:
    """What one rate counts: the rows ``where`` it looks, whose they are, and which of them are good.

    ``at``: when the case was due, or became final; ``done``: when it was done. Bound by ``first`` and ``after``.
    """

    where: str
    good: str
    unit: str = "l.unit"
    at: str = "l.handle_due"
    done: str = "NULL::timestamptz"

    @property
    def counts(self) -> str:
        return f"SELECT {self.unit}, count(*) FILTER (WHERE {self.good}), count(*) {self.where} GROUP BY 1"


# A return asked within the limit counts as acknowledged; a leg that the centre took back in time is nobody's lateness.
RESPONSE: Final = Fact(
    "FROM leg l JOIN work_order w USING (number)"
    f" WHERE l.acknowledge_due >= %(first)s AND l.acknowledge_due < %(after)s AND {_COUNTED}"
    " AND NOT (l.state = 'released' AND l.acknowledged_at IS NULL AND l.ended_at <= l.acknowledge_due)",
    good="least(l.acknowledged_at, l.asked_return) <= l.acknowledge_due",
    at="l.acknowledge_due",
    done="least(l.acknowledged_at, l.asked_return)",
)
FIRST_CONTACT: Final = Fact(
    "FROM leg l JOIN work_order w USING (number)"
    f" WHERE l.contact_due >= %(first)s AND l.contact_due < %(after)s AND {_COUNTED}"
    " AND NOT (l.state IN ('released', 'returned') AND l.contacted_at IS NULL AND l.ended_at <= l.contact_due)",
    good="l.contacted_at <= l.contact_due",
    at="l.contact_due",
    done="l.contacted_at",
)
# Orders whose effective handling limit fell in the window; the first round decides (domain.md §6).
_CLOSURE: Final = (
    "FROM leg l JOIN work_order w USING (number)"
    " WHERE l.lead AND l.state NOT IN ('returned', 'released') AND w.state <> 'shelved'"
    f" AND l.handle_due >= %(first)s AND l.handle_due < %(after)s AND {_COUNTED}"
)
_PASSED: Final = "w.passed_at IS NOT NULL AND l.handled_at < {bound}"
CLOSURE: Final = Fact(_CLOSURE, good=_PASSED.format(bound="%(after)s"), done="l.handled_at")
ON_TIME: Final = Fact(
    _CLOSURE, good=_PASSED.format(bound="l.handle_due + interval '1 microsecond'"), done="l.handled_at"
)
# The first dispatch of an order against the limit that its acceptance started.
_TRANSFER = (
    "SELECT %(centre)s, count(*) FILTER (WHERE w.dispatched_at <= a.due), count(*)"
    " FROM work_order w CROSS JOIN LATERAL ("
    " SELECT (e.data::jsonb -> 'start' -> 'dispatch' ->> 0)::timestamptz AS due FROM event e"
    " WHERE e.number = w.number AND e.move = 'accept' ORDER BY e.seq LIMIT 1) a"
    f" WHERE w.accepted_at >= %(first)s AND w.accepted_at < %(after)s AND {_COUNTED} AND a.due IS NOT NULL"
    " AND (w.dispatched_at IS NOT NULL OR w.state <> 'closed')"
)


def _rated(what: str, good: str) -> Fact:
    """Ratings belong to the month in which the callback became final; a merged child's with its parent's lead."""
    return Fact(
        "FROM work_order w LEFT JOIN work_order p ON p.number = w.parent"
        f" WHERE w.closed_at >= %(first)s AND w.closed_at < %(after)s AND w.{what} IS NOT NULL AND NOT w.exempt"
        " AND w.kind NOT IN ('praise', 'invalid', 'nuisance') AND w.outcome <> 'withdrawn'"
        " AND coalesce(w.lead_unit, p.lead_unit) IS NOT NULL",
        good=f"w.{what} IN {good}",
        unit="coalesce(w.lead_unit, p.lead_unit)",
        at="w.closed_at",
    )


RESOLUTION: Final = _rated("resolved", "('resolved', 'mostly')")
SATISFACTION: Final = _rated("rating", "('satisfied', 'mostly')")


def response(first: datetime, after: datetime) -> Counts:
    return _read(RESPONSE.counts, first, after)


def first_contact(first: datetime, after: datetime) -> Counts:
    return _read(FIRST_CONTACT.counts, first, after)


def transfer(first: datetime, after: datetime, centre: str) -> Counts:
    return _read(_TRANSFER, first, after, centre)


def closure(first: datetime, after: datetime) -> Counts:
    return _read(CLOSURE.counts, first, after)


def on_time(first: datetime, after: datetime) -> Counts:
    return _read(ON_TIME.counts, first, after)


def resolution(first: datetime, after: datetime) -> Counts:
    return _read(RESOLUTION.counts, first, after)


def satisfaction(first: datetime, after: datetime) -> Counts:
    return _read(SATISFACTION.counts, first, after)


def _read(statement: str, first: datetime, after: datetime, centre: str = "") -> Counts:
    found = sql.rows(statement, {"first": first, "after": after, "out": _OUT, "centre": centre})
    return [(unit, numerator, denominator) for unit, numerator, denominator in found]
