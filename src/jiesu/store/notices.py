"""Notices as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiesu.store import sql


@dataclass(frozen=True, slots=True)
class Said:
    """One notice: when, to which role of which unit, in which words."""

    at: datetime
    role: str
    unit: str
    words: str
    urgent: bool


def of_order(number: int, *, now: datetime, limit: int) -> list[Said]:
    """The last notices about an order, newest first; one held back for the quiet hours is not said before its time."""
    found = sql.hot(
        "SELECT at, role, unit, words, urgent FROM notice WHERE number = %s AND at <= %s"
        " ORDER BY at DESC, id DESC LIMIT %s",
        (number, now, limit),
    )
    return [Said(*row) for row in found]


@dataclass(frozen=True, slots=True)
class Group:
    """Notices of one wording within the window: newest moment, how many orders, how many of them unread, and the
    newest of them as (number, title, unread)."""

    words: str
    urgent: bool
    at: datetime
    orders: int
    unread: int
    newest: list[tuple[int, str, bool]]


_OF_ONE: Final = (
    "SELECT n.number, n.words, n.urgent, n.at FROM unnest(%(roles)s::text[], %(units)s::text[]) r(role, unit),"
    " LATERAL (SELECT number, words, urgent, at FROM notice WHERE unit = r.unit AND role = r.role"
    " AND seen_at IS NULL AND at <= %(now)s AND at > %(since)s ORDER BY at DESC LIMIT 500) n"
)


def digest(staff: int, roles: Sequence[tuple[str, str]], *, now: datetime, since: datetime) -> list[Group]:
    """What was told since then, by wording, unread and urgent first; an order counts once in each. One statement."""
    found = sql.rows(
        "WITH mark AS (SELECT coalesce((SELECT read_to FROM notice_mark WHERE staff = %(staff)s), '-infinity')"
        " AS upto),"
        f" one AS (SELECT words, number, max(at) AS at, bool_or(urgent) AS urgent FROM ({_OF_ONE}) x"
        " GROUP BY words, number),"
        " placed AS (SELECT one.*, one.at > mark.upto AS unread,"
        " row_number() OVER (PARTITION BY words ORDER BY one.at DESC, number DESC) AS place FROM one, mark)"
        " SELECT p.words, bool_or(p.urgent), max(p.at), count(*), count(*) FILTER (WHERE p.unread),"
        " array_agg(p.number ORDER BY p.place) FILTER (WHERE p.place <= 8),"
        " array_agg(coalesce(w.title, '') ORDER BY p.place) FILTER (WHERE p.place <= 8),"
        " array_agg(p.unread ORDER BY p.place) FILTER (WHERE p.place <= 8)"
        " FROM placed p LEFT JOIN work_order w ON p.place <= 8 AND w.number = p.number"
        " GROUP BY p.words ORDER BY (count(*) FILTER (WHERE p.unread) > 0) DESC, bool_or(p.urgent) DESC, max(p.at) DESC"
        " LIMIT 60",
        {
            "staff": staff,
            "roles": [role for role, _ in roles],
            "units": [unit for _, unit in roles],
            "now": now,
            "since": since,
        },
    )
    return [
        Group(said, urgent, at, orders, unread, list(zip(numbers, titles, fresh, strict=True)))
        for said, urgent, at, orders, unread, numbers, titles, fresh in found
    ]


def mark(staff: int, upto: datetime, *, urgent_alone: bool) -> None:
    """Remember how far somebody has read; it never goes back."""
    sql.run(
        "INSERT INTO notice_mark AS m (staff, read_to, urgent_to)"
        " VALUES (%(staff)s, CASE WHEN %(urgent)s THEN '-infinity' ELSE %(upto)s::timestamptz END,"
        " %(upto)s::timestamptz)"
        " ON CONFLICT (staff) DO UPDATE SET read_to = greatest(m.read_to, excluded.read_to),"
        " urgent_to = greatest(m.urgent_to, excluded.urgent_to)",
        {"staff": staff, "upto": upto, "urgent": urgent_alone},
    )
