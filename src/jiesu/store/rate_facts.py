"""Counts behind the three rates, straight from legs, orders and callbacks: (unit, numerator, denominator) each.

Left out of every one of them: exempted orders and those withdrawn, merged, or not work for a unit (domain.md §6).
"""

from __future__ import annotations

from datetime import datetime

from jiesu.store import sql

Counts = list[tuple[str, int, int]]

_COUNTED = (
    "NOT w.exempt AND w.kind NOT IN ('praise', 'invalid', 'nuisance') AND coalesce(w.outcome, '') <> ALL(%(out)s)"
)
_OUT = ["withdrawn", "merged"]

# A return asked within the limit counts as acknowledged; a leg that the centre took back in time is nobody's lateness.
_RESPONSE = (
    "SELECT l.unit, count(*) FILTER (WHERE least(l.acknowledged_at, l.asked_return) <= l.acknowledge_due), count(*)"
    " FROM leg l JOIN work_order w USING (number)"
    f" WHERE l.acknowledge_due >= %(first)s AND l.acknowledge_due < %(after)s AND {_COUNTED}"
    " AND NOT (l.state = 'released' AND l.acknowledged_at IS NULL AND l.ended_at <= l.acknowledge_due)"
    " GROUP BY l.unit"
)
_FIRST_CONTACT = (
    "SELECT l.unit, count(*) FILTER (WHERE l.contacted_at <= l.contact_due), count(*)"
    " FROM leg l JOIN work_order w USING (number)"
    f" WHERE l.contact_due >= %(first)s AND l.contact_due < %(after)s AND {_COUNTED}"
    " AND NOT (l.state IN ('released', 'returned') AND l.contacted_at IS NULL AND l.ended_at <= l.contact_due)"
    " GROUP BY l.unit"
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
# Orders whose effective handling limit fell in the window; the first round decides (domain.md §6).
_CLOSURE = (
    "SELECT l.unit, count(*) FILTER (WHERE w.passed_at IS NOT NULL AND l.handled_at < {bound}), count(*)"
    " FROM leg l JOIN work_order w USING (number)"
    f" WHERE l.lead AND l.state NOT IN ('returned', 'released') AND w.state <> 'shelved'"
    f" AND l.handle_due >= %(first)s AND l.handle_due < %(after)s AND {_COUNTED} GROUP BY l.unit"
)
# Ratings belong to the month in which the callback became final; a merged child's counts with its parent's lead.
_RATED = (
    "SELECT coalesce(w.lead_unit, p.lead_unit), count(*) FILTER (WHERE {good}), count(*)"
    " FROM work_order w LEFT JOIN work_order p ON p.number = w.parent"
    " WHERE w.closed_at >= %(first)s AND w.closed_at < %(after)s AND w.{what} IS NOT NULL AND NOT w.exempt"
    " AND w.kind NOT IN ('praise', 'invalid', 'nuisance') AND w.outcome <> 'withdrawn'"
    " AND coalesce(w.lead_unit, p.lead_unit) IS NOT NULL GROUP BY 1"
)


def response(first: datetime, after: datetime) -> Counts:
    return _read(_RESPONSE, first, after)


def first_contact(first: datetime, after: datetime) -> Counts:
    return _read(_FIRST_CONTACT, first, after)


def transfer(first: datetime, after: datetime, centre: str) -> Counts:
    return _read(_TRANSFER, first, after, centre)


def closure(first: datetime, after: datetime) -> Counts:
    return _read(_CLOSURE.format(bound="%(after)s"), first, after)


def on_time(first: datetime, after: datetime) -> Counts:
    return _read(_CLOSURE.format(bound="l.handle_due + interval '1 microsecond'"), first, after)


def resolution(first: datetime, after: datetime) -> Counts:
    good = "w.resolved IN ('resolved', 'mostly')"
    return _read(_RATED.format(good=good, what="resolved"), first, after)


def satisfaction(first: datetime, after: datetime) -> Counts:
    good = "w.rating IN ('satisfied', 'mostly')"
    return _read(_RATED.format(good=good, what="rating"), first, after)


def _read(statement: str, first: datetime, after: datetime, centre: str = "") -> Counts:
    found = sql.rows(statement, {"first": first, "after": after, "out": _OUT, "centre": centre})
    return [(unit, numerator, denominator) for unit, numerator, denominator in found]
