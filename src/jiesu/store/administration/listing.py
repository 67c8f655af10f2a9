"""Lists of city data, page by page, with how many there are: one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from jiesu.store import sql
from jiesu.store.documents import read_data

PAGE: Final = 50
FARTHEST: Final = 20_000
"""How far a list can be leafed through; beyond it one searches."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int


def _page(statement: str, params: dict[str, Any], offset: int) -> Page:
    """``statement`` selects named columns; its rows come with how many there are without the page."""
    found = sql.rows(
        f"SELECT to_jsonb(x)::text, count(*) OVER () FROM ({statement}) x OFFSET %(offset)s LIMIT {PAGE}",
        {**params, "offset": offset},
    )
    return Page([read_data(doc) for doc, _ in found], found[0][1] if found else 0)


_WORDS: Final = "(%(q)s = '' OR position(%(q)s in lower({})) > 0)"
_STATE: Final = "(%(state)s = 'all' OR {} = (%(state)s = 'on'))"


def units(q: str, state: str, kind: str, now: datetime, offset: int = 0) -> Page:
    """Units with who stands for them: clerks, leaders, lines of the roster, sections."""
    words = _WORDS.format("u.code || ' ' || u.name || ' ' || u.short || ' ' || u.initials || ' ' || u.pinyin")
    return _page(
        "SELECT u.code, u.name, u.short, u.kind, u.group_size, u.parent_id AS parent, u.initials, u.active,"
        " coalesce(r.clerks, 0) AS clerks, coalesce(r.leaders, 0) AS leaders,"
        " (SELECT count(*) FROM roster_entry e WHERE e.unit_id = u.code) AS shifts,"
        " (SELECT count(*) FROM unit s WHERE s.parent_id = u.code AND s.kind = 'section' AND s.active) AS sections"
        " FROM unit u LEFT JOIN (SELECT r.unit_id, count(DISTINCT s.id) FILTER (WHERE r.role = 'unit_clerk') AS clerks,"
        " count(DISTINCT s.id) FILTER (WHERE r.role = 'unit_leader') AS leaders FROM staff_role r"
        " JOIN staff s ON s.id = r.staff_id AND s.is_active WHERE (r.since IS NULL OR r.since <= %(now)s)"
        " AND (r.until IS NULL OR r.until > %(now)s) GROUP BY r.unit_id) r ON r.unit_id = u.code"
        f" WHERE {words} AND {_STATE.format('u.active')} AND (%(kind)s = '' OR u.kind = %(kind)s)"
        " ORDER BY u.active DESC, u.code",
        {"q": q.lower(), "state": state, "kind": kind, "now": now},
        offset,
    )


def staff(q: str, state: str, role: str, unit: str, offset: int = 0) -> Page:
    """Accounts with their roles as (role, unit, since, until); the roles of now and of later."""
    words = _WORDS.format("s.login || ' ' || s.name || ' ' || s.title")
    return _page(
        "SELECT s.id, s.login, s.name, s.title, s.phone, s.is_active AS active, s.must_change,"
        " s.password LIKE '!%%' AS without, r.roles FROM staff s LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array("
        "x.role, x.unit_id, x.since, x.until) ORDER BY x.id) AS roles FROM staff_role x WHERE x.staff_id = s.id) r"
        " ON true"
        f" WHERE {words} AND {_STATE.format('s.is_active')} AND ((%(role)s = '' AND %(unit)s = '') OR EXISTS (SELECT 1"
        " FROM staff_role y WHERE y.staff_id = s.id AND (%(role)s = '' OR y.role = %(role)s)"
        " AND (%(unit)s = '' OR y.unit_id = %(unit)s))) ORDER BY s.is_active DESC, s.login",
        {"q": q.lower(), "state": state, "role": role, "unit": unit},
        offset,
    )


def matters(q: str, state: str, under: str, offset: int = 0) -> Page:
    """Matters with how many lie right below them: those right below ``under``, or all that the words fit."""
    words = _WORDS.format("m.code || ' ' || m.name || ' ' || m.initials || ' ' || m.pinyin || ' ' || m.keywords::text")
    inside = "(CASE WHEN %(under)s = '' THEN %(q)s <> '' OR m.parent_id IS NULL ELSE m.parent_id = %(under)s END)"
    return _page(
        "SELECT m.code, m.name, m.urgency, m.kinds, m.keywords, m.initials, m.active,"
        " (SELECT count(*) FROM matter c WHERE c.parent_id = m.code AND c.active) AS below FROM matter m"
        f" WHERE {words} AND {_STATE.format('m.active')} AND {inside} ORDER BY m.code",
        {"q": q.lower(), "state": state, "under": under},
        offset,
    )


def lines(
    matter_codes: Sequence[str] | None,
    unit_codes: Sequence[str],
    *,
    region: str,
    season: str,
    when: str,
    today: date,
    offset: int = 0,
) -> Page:
    """Lines of the catalog: of these matters and all below them, or with these units; None and none: of all.

    ``when``: now, later, past or all.
    """
    about = (
        "(%(any)s OR matter = ANY(%(matters)s) OR matter LIKE ANY(%(below)s) OR lead = ANY(%(units)s)"
        " OR assist ?| %(units)s::text[])"
    )
    times = {
        "now": "effective_from <= %(today)s AND (effective_to IS NULL OR effective_to >= %(today)s)",
        "later": "effective_from > %(today)s AND (effective_to IS NULL OR effective_to >= effective_from)",
        "past": "effective_to < %(today)s",
    }
    return _page(
        "SELECT matter, region, lead, assist, handle, season, must_lead_by_law, effective_from, effective_to"
        f" FROM catalog_line WHERE {about} AND (%(region)s = '' OR region = %(region)s)"
        " AND (%(season)s = '' OR season ->> 'name' = %(season)s)"
        f" AND {times.get(when, 'true')} ORDER BY matter, region, effective_from DESC",
        {
            "any": matter_codes is None and not unit_codes,
            "matters": list(matter_codes or ()),
            "below": [f"{one}.%" for one in matter_codes or ()],
            "units": list(unit_codes),
            "region": region,
            "season": season,
            "today": today,
        },
        offset,
    )


@dataclass(frozen=True, slots=True)
class Waits:
    """A change that waits for its day or failed on it, as a list shows it. ``key``: empty for a thing to come."""

    id: int
    kind: str
    key: str
    title: str
    reason: str
    who: str
    at: datetime
    effective: date
    state: str
    said: str


@dataclass(frozen=True, slots=True)
class Overview:
    """How many there are of each kind, what wants to be looked at, what waits."""

    counts: dict[str, int]
    unmanned: list[tuple[str, str]]
    waits: list[Waits]


_COUNTS: Final = (
    ("unit", "FROM unit WHERE active"),
    ("staff", "FROM staff WHERE is_active"),
    ("matter", "FROM matter WHERE active"),
)
_WAITS: Final = (
    "SELECT 'waits', 0, '', to_jsonb(w)::text FROM (SELECT p.id, p.kind, p.title, p.reason, p.at, p.effective, p.state,"
    " p.said, coalesce(s.name, '') AS who, CASE WHEN p.before IS NULL THEN '' ELSE p.key END AS key"
    " FROM planned_change p LEFT JOIN staff s ON p.by = 's' || s.id"
    " WHERE p.state IN ('waiting', 'failed') ORDER BY p.effective, p.id LIMIT 100) w"
)
_UNMANNED: Final = (
    "SELECT 'unmanned', 0, u.code, concat_ws('、',"
    " CASE WHEN NOT EXISTS (SELECT 1 FROM staff_role r JOIN staff s ON s.id = r.staff_id WHERE r.unit_id = u.code"
    " AND r.role = 'unit_clerk' AND s.is_active) THEN '联络员' END,"
    " CASE WHEN NOT EXISTS (SELECT 1 FROM staff_role r JOIN staff s ON s.id = r.staff_id WHERE r.unit_id = u.code"
    " AND r.role = 'unit_leader' AND s.is_active) THEN '单位领导' END,"
    " CASE WHEN NOT EXISTS (SELECT 1 FROM roster_entry e WHERE e.unit_id = u.code) THEN '值班表' END)"
    " FROM unit u WHERE u.active AND u.kind = ANY(%(handling)s)"
)


def overview(handling: Sequence[str]) -> Overview:
    """What an administrator sees first. ``handling``: kinds of units that orders are sent to. One statement."""
    counted = " UNION ALL ".join(f"SELECT '{name}', count(*), '', '' {rest}" for name, rest in _COUNTS)
    lacking = f"(SELECT * FROM ({_UNMANNED}) x(a, b, c, lacks) WHERE lacks <> '' ORDER BY c LIMIT 200)"
    found = sql.rows(f"{counted} UNION ALL {lacking} UNION ALL ({_WAITS})", {"handling": list(handling)})
    kinds = {name for name, _ in _COUNTS}
    return Overview(
        {name: n for name, n, *_ in found if name in kinds},
        [(code, lacks) for name, _, code, lacks in found if name == "unmanned"],
        [_waits(read_data(doc)) for name, _, _, doc in found if name == "waits"],
    )


def _waits(held: dict[str, Any]) -> Waits:
    at, effective = datetime.fromisoformat(held["at"]), date.fromisoformat(held["effective"])
    return Waits(**{**held, "at": at, "effective": effective})


def seasons(today: date) -> list[tuple[str, str, str, int]]:
    """Seasons that lines of the catalog name now or later: name, first day, last day, how many lines. One statement."""
    return sql.rows(
        "SELECT season ->> 'name', season ->> 'from', season ->> 'to', count(*) FROM catalog_line"
        " WHERE jsonb_typeof(season) = 'object'"
        " AND (effective_to IS NULL OR effective_to >= greatest(%s, effective_from))"
        " GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1 LIMIT 200",
        (today,),
    )
