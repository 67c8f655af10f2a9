"""What the frame of a page shows, in one statement: what waits in each list, the rules of now, notices, saved views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from jiesu.domain import words
from jiesu.store import handover, sql, worklists
from jiesu.store.inspections import APPEALED, READY
from jiesu.store.worklists import Queue

NOTICE_WINDOW: Final = timedelta(days=7)
"""How far back a notice that nobody has read is still new."""
URGENT_WINDOW: Final = timedelta(hours=12)
TOLD_WINDOW: Final = timedelta(days=21)
"""How long figures that were told to the units, and never frozen, wait for their appeals."""
_NOTICES: Final = 200


@dataclass(frozen=True, slots=True)
class Urgent:
    """Urgent notices of one wording that the person has not read: how many orders, and one of them."""

    words: str
    orders: int
    number: int


@dataclass(frozen=True, slots=True)
class Handed:
    """A note of handing over that waits for the person: whose desk, by whom, when."""

    note: int
    desk: str
    name: str
    at: datetime


@dataclass(slots=True)
class Frame:
    """``counts``: orders by queue, up to ``worklists.MOST``; ``unread``: orders and other things with new notices, up
    to 200; ``handed``: notes of the person's desks that he has still to read and sign; ``views``: name and query of
    the person's views of the list that is shown; ``rules``: id of the snapshot of now."""

    counts: dict[str, int] = field(default_factory=dict)
    unread: int = 0
    urgent: list[Urgent] = field(default_factory=list)
    views: list[tuple[str, str]] = field(default_factory=list)
    rules: str = ""
    handed: list[Handed] = field(default_factory=list)


# The newest notices of each (role, unit) that the person speaks for, through the index of notices not seen.
NEW_NOTICES: Final = (
    "SELECT n.number, n.page, n.words, n.urgent, n.at"
    " FROM unnest(%(roles)s::text[], %(role_units)s::text[]) r(role, unit),"
    " LATERAL (SELECT number, page, words, urgent, at FROM notice WHERE unit = r.unit AND role = r.role"
    " AND seen_at IS NULL AND at <= %(now)s AND at > greatest(%(notices_since)s, (SELECT read_to FROM mark))"
    f" ORDER BY at DESC LIMIT {_NOTICES}) n"
)
_MARK: Final = (
    "mark AS (SELECT coalesce((SELECT read_to FROM notice_mark WHERE staff = %(staff)s), '-infinity') AS read_to,"
    " coalesce((SELECT urgent_to FROM notice_mark WHERE staff = %(staff)s), '-infinity') AS urgent_to)"
)
_REST: Final = (
    "SELECT 'rules', snapshot, 0, 0 FROM rules_current WHERE one = 1",
    "SELECT 'unread', '', count(DISTINCT (number, page)), 0 FROM fresh",
    (
        "(SELECT 'urgent', words, count(DISTINCT number), max(number) FROM fresh, mark"
        " WHERE urgent AND at > greatest(mark.urgent_to, %(urgent_since)s)"
        " GROUP BY words ORDER BY max(at) DESC LIMIT 5)"
    ),
    (
        "(SELECT 'view', name || chr(31) || query, 0, 0 FROM saved_view"
        " WHERE staff = %(staff)s AND queue = %(queue)s ORDER BY name LIMIT 20)"
    ),
)
_HANDED: Final = (
    "(SELECT 'handed', u.desk || chr(31) || coalesce((SELECT name FROM staff WHERE id = u.staff), ''),"
    f" extract(epoch FROM u.at)::bigint, u.id FROM ({handover.UNSIGNED} ORDER BY n.at DESC LIMIT 3) u)"
)


def read(
    queues: Sequence[Queue],
    *,
    staff: int,
    roles: Sequence[tuple[str, str]],
    units: Sequence[str],
    now: datetime,
    shown: str = "",
    desks: Sequence[str] = (),
) -> Frame:
    """The frame of one person. ``roles``: (role, unit) whose notices are his; ``shown``: the list on the page;
    ``desks``: those that are handed over to him."""
    held = {role for role, _ in roles}
    parts = [*(_count(queue, units) for queue in queues if not queue.newest), *_REST]
    parts += [_TALLY.format(name=name, of=of) for name, (who, of) in _TALLIES.items() if not who or who & held]
    if desks:
        parts.append(_HANDED)
    params: dict[str, Any] = {
        **worklists.scope(units),
        "now": now,
        "staff": staff,
        "roles": [role for role, _ in roles],
        "role_units": [unit for _, unit in roles],
        "notices_since": now - NOTICE_WINDOW,
        "urgent_since": now - URGENT_WINDOW,
        "told_since": now - TOLD_WINDOW,
        "queue": shown,
        "me": f"s{staff}",
        "desks": list(desks),
        "handed_since": now - handover.NEW,
    }
    statement = f"WITH {_MARK}, fresh AS MATERIALIZED ({NEW_NOTICES}) {' UNION ALL '.join(parts)}"
    return _read(sql.hot(statement, params))


def _count(queue: Queue, units: Sequence[str]) -> str:
    join = worklists.joined(queue, units)
    return (
        f"SELECT 'count', '{queue.name}', count(*), 0 FROM"
        f" (SELECT 1 FROM work_order w {join} WHERE {queue.where} LIMIT {worklists.MOST}) x"
    )


# What waits and is no list of orders, by name: whose it is (empty: everybody's), and what is counted.
_TALLY: Final = f"SELECT 'count', '{{name}}', count(*), 0 FROM ({{of}} LIMIT {worklists.MOST}) x"
_TALLIES: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    "drawn": (
        frozenset({"inspector"}),
        f"SELECT 1 FROM inspection i LEFT JOIN work_order w ON w.number = i.number WHERE {READY} AND i.whom <> %(me)s",
    ),
    "disputed": (
        frozenset({"inspector", "supervisor"}),
        (
            "SELECT 1 FROM inspection_part p JOIN inspection i ON i.id = p.inspection"
            f" WHERE {APPEALED} AND i.done_by <> %(me)s AND p.whom <> %(me)s"
        ),
    ),
    "judged": (
        frozenset(),
        "SELECT 1 FROM inspection_part p WHERE p.unread AND (p.whom = %(me)s OR p.whom = ANY(%(units)s::text[]))",
    ),
    # Figures of a window that were told to the units and wait for their appeals, until it is frozen.
    "preliminary": (
        words.UNIT_ROLES,
        (
            "SELECT DISTINCT p.span, p.first FROM publication p WHERE p.stage = 'preliminary'"
            " AND p.at > %(told_since)s AND NOT EXISTS (SELECT 1 FROM publication f WHERE f.span = p.span"
            " AND f.first = p.first AND f.stage = 'final')"
        ),
    ),
}


def _read(rows: Sequence[tuple[Any, ...]]) -> Frame:
    found = Frame()
    for part, name, count, number in rows:
        if part == "count":
            found.counts[name] = count
        elif part == "rules":
            found.rules = name
        elif part == "unread":
            found.unread = count
        elif part == "handed":
            desk, _, who = name.partition("\x1f")
            found.handed.append(Handed(number, desk, who, datetime.fromtimestamp(count, UTC)))
        elif part == "urgent":
            found.urgent.append(Urgent(name, count, number))
        else:
            view, _, query = name.partition("\x1f")
            found.views.append((view, query))
    return found
