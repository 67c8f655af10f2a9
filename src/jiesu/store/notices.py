"""Notices as pages show them, and the writing of those that are about no order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiesu.domain.notices import Notice, shown_at
from jiesu.domain.rules import Rules
from jiesu.store import sql
from jiesu.store.documents import write_data


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
    """Notices of one wording within the window: newest moment, how many orders (or other things, each with a page of
    its own), how many of them unread, and the newest of them as (number, page, title, unread)."""

    words: str
    urgent: bool
    at: datetime
    orders: int
    unread: int
    newest: list[tuple[int, str, str, bool]]


_OF_ONE: Final = (
    "SELECT n.number, n.page, n.title, n.words, n.urgent, n.at"
    " FROM unnest(%(roles)s::text[], %(units)s::text[]) r(role, unit),"
    " LATERAL (SELECT number, page, title, words, urgent, at FROM notice WHERE unit = r.unit AND role = r.role"
    " AND seen_at IS NULL AND at <= %(now)s AND at > %(since)s ORDER BY at DESC LIMIT 500) n"
)


def digest(staff: int, roles: Sequence[tuple[str, str]], *, now: datetime, since: datetime) -> list[Group]:
    """What was told since then, by wording, unread and urgent first; an order counts once in each. One statement."""
    found = sql.rows(
        "WITH mark AS (SELECT coalesce((SELECT read_to FROM notice_mark WHERE staff = %(staff)s), '-infinity')"
        " AS upto),"
        " one AS (SELECT words, number, page, max(title) AS title, max(at) AS at, bool_or(urgent) AS urgent"
        f" FROM ({_OF_ONE}) x GROUP BY words, number, page),"
        " placed AS (SELECT one.*, one.at > mark.upto AS unread,"
        " row_number() OVER (PARTITION BY words ORDER BY one.at DESC, number DESC, page DESC) AS place FROM one, mark)"
        " SELECT p.words, bool_or(p.urgent), max(p.at), count(*), count(*) FILTER (WHERE p.unread),"
        " array_agg(p.number ORDER BY p.place) FILTER (WHERE p.place <= 8),"
        " array_agg(p.page ORDER BY p.place) FILTER (WHERE p.place <= 8),"
        " array_agg(coalesce(w.title, p.title) ORDER BY p.place) FILTER (WHERE p.place <= 8),"
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
        Group(said, urgent, at, orders, unread, list(zip(numbers, pages, titles, fresh, strict=True)))
        for said, urgent, at, orders, unread, numbers, pages, titles, fresh in found
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


def row(one: Notice, at: datetime, rules: Rules) -> dict[str, Any]:
    """A notice as it is written, shown when its quiet hours are over."""
    return {
        "key": one.key,
        "at": shown_at(at, one.urgent, rules),
        "role": one.role,
        "unit": one.unit,
        "words": one.words,
        "urgent": one.urgent,
    }


def tell(told: Sequence[Notice], *, at: datetime, rules: Rules) -> int:
    """Tell units what is about no order, each once however often it is told; how many are new. One statement, none when
    there is nothing to tell."""
    if not told:
        return 0
    rows = [{**row(one, at, rules), "page": one.page, "title": one.title} for one in told]
    return sql.run(
        "INSERT INTO notice (number, key, at, role, unit, words, urgent, page, title)"
        " SELECT 0, n.key, n.at, n.role, n.unit, n.words, n.urgent, n.page, n.title"
        " FROM jsonb_to_recordset(%s::jsonb) AS n(key text, at timestamptz, role text, unit text, words text,"
        " urgent bool, page text, title text) ON CONFLICT DO NOTHING",
        (write_data(rows),),
    )
