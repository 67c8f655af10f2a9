"""Who opened what of whom, and why: fields unmasked, recordings heard, papers taken, copies handed out.

All are rows that were written before anything was shown (moves ``reveal``, ``call_heard``, ``order_print``,
``person_request``). Read through indexes by time, within a window of days, each sort no further than ``MOST``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from jiesu.domain.openings import WATCHING, Day
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import crypto, sql
from jiesu.store.documents import read_data
from jiesu.store.record import aad

PAGE: Final = 50
MOST: Final = 20_000
READ_FOR_WORDS: Final = 2_000
"""So many of the newest are looked through for words in their reasons, which lie sealed."""
GRACE: Final = timedelta(hours=1)
"""Who opens first and acts next has so long until he counts as having no part."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which openings: from ``since`` up to ``until``; of whom (part of a name, or a login), of which unit, of which
    sort. Empty: all."""

    since: datetime
    until: datetime
    name: str = ""
    unit: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """An account by name, with the first of its roles and that role's unit; all empty where there is none any more."""

    name: str
    role: str
    unit: str


@dataclass(frozen=True, slots=True)
class After:
    """The last row of the page before."""

    at: datetime
    what: str
    ref: int


@dataclass(frozen=True, slots=True)
class Opening:
    """One time that somebody looked. ``number``: the order, 0 for none; ``fields``: those that were opened or stood on
    the paper; ``reason`` None: destroyed with the order's words. ``beside``, ``night``: signs, see ``domain.openings``.
    """

    at: datetime
    what: str
    ref: int
    by: str
    name: str
    role: str
    unit: str
    number: int
    matter: str
    urgency: str
    fields: tuple[str, ...]
    form: str
    reason: str | None
    beside: bool
    night: bool


# Each sort with its own columns: (from, when, who, role, unit, order, reference, further condition).
_SORTS: Final = {
    "reveal": ("event", "x.at", "x.actor", "x.role", "x.unit", "x.number", "x.seq::bigint", "x.move = 'reveal'"),
    "hear": (
        "call_heard x LEFT JOIN call c ON c.id = x.call",
        *("x.at", "x.by", "x.role", "''", "coalesce(c.number, 0)", "x.id", "true"),
    ),
    "print": ("order_print", "x.at", "x.by", "''", "''", "x.number", "x.id", "true"),
    "copy": (
        *("person_request", "x.done_at", "x.done_by", "'dpo'", "''", "coalesce(x.number, 0)", "x.id"),
        "x.kind = 'copy'",
    ),
}
_OF_NAME: Final = "SELECT 's' || id FROM staff WHERE login = %(name)s OR strpos(name, %(name)s) > 0"
_OF_UNIT: Final = "SELECT 's' || staff_id FROM staff_role WHERE unit_id = %(unit)s"
_STAFF: Final = (
    "LEFT JOIN staff s ON s.id = CASE WHEN l.by ~ '^s[0-9]{1,18}$' THEN substr(l.by, 2)::bigint END"
    " LEFT JOIN LATERAL (SELECT role, unit_id FROM staff_role WHERE staff_id = s.id ORDER BY id LIMIT 1) r ON true"
)
# A move of the same person on the same order, whatever it was, but for looking.
_ACT: Final = "SELECT 1 FROM event a WHERE a.number = l.number AND a.actor = l.by AND a.move <> 'reveal'"
_BESIDE: Final = f"l.number <> 0 AND l.role <> ALL(%(watching)s::text[]) AND l.at < %(grace)s AND NOT EXISTS ({_ACT})"
_CITY: Final = f"(l.at AT TIME ZONE '{CITY_ZONE.key}')"
_DARK: Final = (
    f"CASE WHEN %(dusk)s::time > %(dawn)s::time THEN {_CITY}::time >= %(dusk)s::time OR {_CITY}::time < %(dawn)s::time"
    f" ELSE {_CITY}::time >= %(dusk)s::time AND {_CITY}::time < %(dawn)s::time END"
)
_NIGHT: Final = (
    f"l.dark AND l.number <> 0 AND w.urgency = 'normal' AND l.at < %(grace)s AND NOT EXISTS ({_ACT}"
    " AND a.at BETWEEN l.at - interval '6 hours' AND l.at + interval '6 hours')"
)


def days(wanted: Wanted, *, night: tuple[time, time], now: datetime) -> list[tuple[Day, Who]]:
    """What each person opened on each day of the window. One statement."""
    found = sql.rows(
        f"WITH l AS MATERIALIZED (SELECT by, role, number, {_CITY}::date AS day, {_DARK} AS dark, min(at) AS at"
        f" FROM ({_looked(wanted, MOST)}) l GROUP BY 1, 2, 3, 4, 5),"
        " held AS (SELECT l.by, l.day, count(DISTINCT l.number) AS orders,"
        f" count(DISTINCT l.number) FILTER (WHERE {_BESIDE}) AS beside,"
        f" count(DISTINCT l.number) FILTER (WHERE {_NIGHT}) AS night"
        " FROM l LEFT JOIN work_order w ON w.number = l.number GROUP BY l.by, l.day)"
        f" SELECT l.*, s.name, r.role, r.unit_id FROM held l {_STAFF}",
        _params(wanted, night, now),
    )
    return [(Day(*row[:5]), Who(*(one or "" for one in row[5:]))) for row in found]


def page(
    wanted: Wanted,
    *,
    night: tuple[time, time],
    now: datetime,
    after: After | None = None,
    limit: int = PAGE,
) -> list[Opening]:
    """The openings, newest first, and one more if another page follows. One statement."""
    beyond = "" if after is None else "WHERE (l.at, l.what, l.ref) < (%(last_at)s, %(last_what)s, %(last_ref)s)"
    params = _params(wanted, night, now)
    if after is not None:
        params.update(last_at=after.at, last_what=after.what, last_ref=after.ref)
    found = sql.rows(
        f"WITH l AS MATERIALIZED (SELECT l.*, {_DARK} AS dark FROM ({_looked(wanted, MOST)}) l {beyond}"
        f" ORDER BY l.at DESC, l.what DESC, l.ref DESC LIMIT {limit + 1})"
        " SELECT l.at, l.what, l.ref, l.by, s.name, coalesce(nullif(l.role, ''), r.role, ''),"
        " coalesce(nullif(l.unit, ''), r.unit_id, ''), l.number, coalesce(w.matter, ''), coalesce(w.urgency, ''),"
        " e.data, p.open_fields, coalesce(p.form, ''), t.key_id, t.sealed, coalesce(h.reason, p.reason, q.reason),"
        f" {_BESIDE}, coalesce({_NIGHT}, false)"
        " FROM l LEFT JOIN work_order w ON w.number = l.number"
        f" {_STAFF}"
        " LEFT JOIN event e ON l.what = 'reveal' AND e.number = l.number AND e.seq = l.ref"
        " LEFT JOIN order_text t ON l.what = 'reveal' AND t.number = l.number AND t.seq = l.ref AND t.field = 'reason'"
        " LEFT JOIN call_heard h ON l.what = 'hear' AND h.id = l.ref"
        " LEFT JOIN order_print p ON l.what = 'print' AND p.id = l.ref"
        " LEFT JOIN person_request q ON l.what = 'copy' AND q.id = l.ref"
        " ORDER BY l.at DESC, l.what DESC, l.ref DESC",
        params,
    )
    return [_opening(row) for row in found]


def _params(wanted: Wanted, night: tuple[time, time], now: datetime) -> dict[str, Any]:
    dusk, dawn = night
    named = {"name": wanted.name, "unit": wanted.unit, "since": wanted.since, "until": wanted.until}
    return {**named, "watching": list(WATCHING), "dusk": dusk, "dawn": dawn, "grace": now - GRACE}


def _looked(wanted: Wanted, most: int) -> str:
    """The openings that are wanted, newest first, each sort to its own limit."""
    return " UNION ALL ".join(_of_sort(what, wanted, most) for what in _SORTS if not wanted.what or what == wanted.what)


def _of_sort(what: str, wanted: Wanted, most: int) -> str:
    source, at, by, role, unit, number, ref, further = _SORTS[what]
    source = source if " x " in source else f"{source} x"
    where = [further, f"{at} >= %(since)s", f"{at} < %(until)s"]
    if wanted.name:
        where.append(f"{by} IN ({_OF_NAME})")
    if wanted.unit:
        where.append(f"{by} IN ({_OF_UNIT})")
    return (
        f"(SELECT {at} AS at, {by}::text AS by, {role}::text AS role, {unit}::text AS unit, {number} AS number,"
        f" '{what}' AS what, {ref} AS ref FROM {source} WHERE {' AND '.join(where)} ORDER BY {at} DESC LIMIT {most})"
    )


def _opening(row: tuple[Any, ...]) -> Opening:
    at, what, ref, by, name, role, unit, number, matter, urgency, data, printed, form, key, sealed, reason = row[:16]
    fields = tuple(printed or ())
    if data is not None:
        fields = (read_data(data)["facts"].get("field", ""),)
        reason = crypto.unseal_text(key, sealed, aad(number, ref, "reason")) if sealed is not None else None
    return Opening(
        *(at, what, ref, by, name or "", role, unit, number, matter, urgency, fields, form, reason), *row[16:]
    )


def window(day: date | None, back: int, now: datetime) -> tuple[datetime, datetime]:
    """From when to when: one civil day, or the last ``back`` days with today."""
    today = now.astimezone(CITY_ZONE).date()
    first, last = (day, day) if day else (today - timedelta(days=back - 1), today)
    begins = datetime.combine(first, time(), CITY_ZONE)
    return begins, datetime.combine(last + timedelta(days=1), time(), CITY_ZONE)
