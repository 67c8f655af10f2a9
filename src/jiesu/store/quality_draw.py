"""Drawing what is inspected: per head and week by the city's plan, and what looks like a risk.

Every draw is one statement that writes down among how many it drew and with which seed, and does nothing when that day
was drawn before. Which things come up hangs on the seed alone, which is made of the day with the city's own key:
nobody who works here can know it before, and whoever holds the key can draw the same again.

A draw reads what was done in seven days through the indexes of ``call.offered_at``, ``work_order.closed_at``,
``callback.at`` and ``leg.handle_due``, however long the history is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from jiesu.domain.quality_plan import Line, Risk
from jiesu.store import crypto, sql
from jiesu.store.erasure import GONE
from jiesu.store.record import aad

WEEK: Final = timedelta(days=7)
MOST_REPLIES: Final = 20_000


def seed_of(day: date) -> str:
    """The seed of a day (or of the week that begins with it): the day under the city's key."""
    return crypto.search_hash(f"quality {day.isoformat()}").hex()


# What can be drawn, as call, number, no, thing, whom. An order is whole only once it is closed; a merged one has no
# answer of its own, and its citizen may still be called.
_CALL: Final = "SELECT c.id AS call, c.number, 0 AS no, 'c' || c.id AS thing, c.agent AS whom{} FROM call c"
_TALKED: Final = (
    "c.offered_at >= %(since)s AND c.offered_at < %(until)s AND c.direction = 'in' AND c.answered_at IS NOT NULL"
    " AND c.ended_at IS NOT NULL AND c.recording <> '' AND c.agent LIKE 's%%'"
)
_ORDER: Final = "SELECT NULL::bigint AS call, w.number, 0 AS no, 'o' || w.number AS thing, {} FROM work_order w"
_CLOSED: Final = (
    "w.closed_at >= %(since)s AND w.closed_at < %(until)s AND w.state = 'closed' AND w.outcome <> 'merged'"
    f" AND w.title <> '{GONE}'"
)
_FIRST: Final = (
    "(SELECT e.actor FROM event e WHERE e.number = w.number AND {} AND e.actor LIKE 's%%' ORDER BY e.seq LIMIT 1)"
    " AS whom"
)
_THINGS: Final[Mapping[tuple[str, str], str]] = {
    ("call", "agent"): f"{_CALL.format('')} WHERE {_TALKED}",
    ("order", "unit"): f"{_ORDER.format('w.lead_unit AS whom')} WHERE {_CLOSED}",
    ("order", "agent"): f"{_ORDER.format(_FIRST.format('e.seq = 1'))} WHERE {_CLOSED}",
    ("order", "dispatcher"): (
        _ORDER.format(_FIRST.format("e.move = 'dispatch'")) + f" WHERE {_CLOSED} AND w.dispatched_at IS NOT NULL"
    ),
    ("callback", "clerk"): (
        "SELECT NULL::bigint AS call, b.number, b.no, 'b' || b.number || '.' || b.no AS thing, b.by AS whom"
        " FROM callback b JOIN work_order w ON w.number = b.number WHERE b.at >= %(since)s AND b.at < %(until)s"
        " AND b.via = 'phone' AND b.by LIKE 's%%' AND w.state = 'closed' AND w.outcome <> 'merged'"
        f" AND w.title <> '{GONE}'"
    ),
}
_PLACE: Final = "md5(%(seed)s || t.thing)"
# On which day of the week (0: Monday) the k-th of a head's is due.
_TURN: Final = "('x' || substr(md5(%(week_seed)s || h.whom || '/' || k), 1, 7))::bit(28)::int %% 7"
_NEW: Final = "NOT EXISTS (SELECT 1 FROM inspection i WHERE i.thing = t.thing)"
_PUT: Final = (
    " drawn AS (INSERT INTO inspection_draw (day, rule, seed, found, chosen, at, by)"
    " SELECT %(day)s, %(rule)s, %(seed)s, (SELECT count(*) FROM things), (SELECT count(*) FROM chosen), %(now)s, %(by)s"
    " ON CONFLICT (day, rule) DO NOTHING RETURNING day),"
    " put AS (INSERT INTO inspection"
    " (thing, look, subject, number, call, no, signal, reason, whom, day, at, by, due_at)"
    " SELECT c.thing, 1, %(subject)s, c.number, c.call, c.no, %(rule)s, c.reason, c.whom, %(day)s, %(now)s, %(by)s,"
    " %(due)s FROM chosen c, drawn ON CONFLICT (thing, look) DO NOTHING RETURNING id)"
    " SELECT (SELECT count(*) FROM drawn), (SELECT count(*) FROM put)"
)
_LINE: Final = (
    "WITH things AS MATERIALIZED (SELECT t.* FROM ({things}) t WHERE t.whom IS NOT NULL),"
    " heads AS (SELECT t.whom, greatest(%(week)s::int, ceil(count(*) * %(share)s::float8)::int) AS want"
    " FROM things t GROUP BY t.whom),"
    " had AS (SELECT i.whom, count(*) AS n FROM inspection i WHERE i.day >= %(monday)s AND i.day < %(day)s"
    " AND i.signal = %(rule)s AND i.look = 1 GROUP BY i.whom),"
    f" due AS (SELECT h.whom, (SELECT count(*) FROM generate_series(1, h.want) k WHERE {_TURN} <= %(weekday)s)"
    " - coalesce(had.n, 0) AS n FROM heads h LEFT JOIN had ON had.whom = h.whom),"
    " chosen AS (SELECT t.*, '' AS reason FROM (SELECT t.*, row_number() OVER (PARTITION BY t.whom"
    f" ORDER BY {_PLACE}) AS place FROM things t WHERE {_NEW}) t JOIN due d ON d.whom = t.whom"
    f" WHERE t.place <= d.n ORDER BY {_PLACE} LIMIT %(most)s),{_PUT}"
)
_RISK: Final = (
    "WITH {near}things AS MATERIALIZED (SELECT t.* FROM ({things}) t WHERE t.whom IS NOT NULL),"
    " chosen AS (SELECT t.* FROM (SELECT t.*, row_number() OVER (PARTITION BY t.whom"
    f" ORDER BY {_PLACE}) AS nth FROM things t WHERE {_NEW}) t WHERE t.nth <= %(each)s"
    f" ORDER BY {_PLACE} LIMIT %(most)s),{_PUT}"
)
_LEAD: Final = (
    "JOIN leg l ON l.number = w.number AND l.lead AND l.unit = w.lead_unit AND l.state NOT IN ('returned', 'released')"
    " AND l.handled_at IS NOT NULL"
)
_AT_THE_END: Final = (
    "l.handled_at <= l.handle_due AND l.handled_at > l.handle_due - make_interval(mins => %(minutes)s::int)"
)
_LATE_CONTACT: Final = "l.contacted_at > l.handled_at - make_interval(mins => %(minutes)s::int)"
_RISKS: Final[Mapping[str, str]] = {
    "short_call": (
        _CALL.format(", '只说了 ' || extract(epoch FROM c.ended_at - c.answered_at)::int || ' 秒' AS reason")
        + f" WHERE {_TALKED} AND c.ended_at < c.answered_at + make_interval(secs => %(seconds)s)"
    ),
    # Emergencies act first; of reports and secret orders the centre does the talking (domain.md §3).
    "no_contact": (
        _ORDER.format(
            "w.lead_unit AS whom, CASE WHEN l.contacted_at IS NULL THEN '没有先行联系的记录'"
            " ELSE '答复前 ' || %(minutes)s::int || ' 分钟内才记先行联系' END AS reason"
        )
        + f" {_LEAD} WHERE {_CLOSED} AND w.person IS NOT NULL AND w.kind <> 'report' AND NOT w.secret"
        f" AND w.urgency <> 'emergency' AND (l.contacted_at IS NULL OR {_LATE_CONTACT})"
    ),
    "burst": (
        _ORDER.format(
            "w.lead_unit AS whom, '离时限不到 ' || %(minutes)s::int || ' 分钟才答复，同一小时有 ' || n.orders || ' 件'"
            " AS reason"
        )
        + f" {_LEAD} AND {_AT_THE_END} JOIN near n ON n.unit = l.unit AND n.hour = date_trunc('hour', l.handled_at)"
        f" WHERE {_CLOSED}"
    ),
    "alike": (
        "SELECT NULL::bigint AS call, a.number, 0 AS no, 'o' || a.number AS thing, a.whom, a.reason"
        " FROM unnest(%(numbers)s::bigint[], %(whoms)s::text[], %(reasons)s::text[]) AS a(number, whom, reason)"
    ),
}
_NEAR: Final = (
    "near AS (SELECT l.unit, date_trunc('hour', l.handled_at) AS hour, count(*) AS orders FROM leg l"
    " WHERE l.handle_due >= %(since)s - interval '30 days' AND l.handle_due < %(until)s + interval '1 day' AND l.lead"
    f" AND {_AT_THE_END} GROUP BY 1, 2 HAVING count(*) >= %(orders)s), "
)


@dataclass(frozen=True, slots=True)
class Draw:
    """One morning's draw: ``day``, the Monday of its week, from when on things are looked at, who draws, the limits."""

    day: date
    monday: date
    until: datetime
    due: datetime
    most: int
    by: str
    now: datetime
    seed: str
    week_seed: str

    def params(self, rule: str, subject: str, since: datetime) -> dict[str, Any]:
        return {**asdict(self), "rule": rule, "subject": subject, "since": since}


def line(one: Line, draw: Draw) -> int | None:
    """Draw a line of the plan among what was done in the week before; how many. None: that day was drawn before."""
    given = {
        **draw.params(one.code, one.subject, draw.until - WEEK),
        "week": one.week,
        "share": one.share,
        "weekday": (draw.day - draw.monday).days,
    }
    return _drawn(_LINE.format(things=_THINGS[one.subject, one.per]), given)


def risk(one: Risk, draw: Draw, since: datetime, picks: Sequence[tuple[int, str, str]] = ()) -> int | None:
    """Draw what looks like this risk since then; how many. ``picks`` for replies alike: number, unit and reason."""
    given = {**draw.params(one.code, one.subject, since), **one.numbers, "each": one.each}
    numbers, whoms, reasons = (list(part) for part in zip(*picks, strict=True)) if picks else ([], [], [])
    given.update(numbers=numbers, whoms=whoms, reasons=reasons)
    near = _NEAR if one.code == "burst" else ""
    return _drawn(_RISK.format(things=_RISKS[one.code], near=near), given)


def _drawn(statement: str, given: Mapping[str, Any]) -> int | None:
    first, put = sql.rows(statement, given)[0]
    return int(put) if first else None


@dataclass(frozen=True, slots=True)
class Reply:
    """The public reply of a closed order."""

    number: int
    unit: str
    closed_at: datetime
    text: str


def replies(since: datetime, until: datetime) -> list[Reply]:
    """The replies of units whose orders closed in this time, newest first, at most ``MOST_REPLIES``."""
    found = sql.rows(
        "SELECT w.number, w.lead_unit, w.closed_at, t.seq, t.key_id, t.sealed FROM work_order w"
        " JOIN LATERAL (SELECT o.seq, o.key_id, o.sealed FROM order_text o WHERE o.number = w.number"
        " AND o.field = 'public_reply' ORDER BY o.seq DESC LIMIT 1) t ON true"
        f" WHERE {_CLOSED} AND w.lead_unit IS NOT NULL ORDER BY w.closed_at DESC LIMIT {MOST_REPLIES}",
        {"since": since, "until": until},
    )
    return [
        Reply(number, unit, at, crypto.unseal_text(key, blob, aad(number, seq, "public_reply")))
        for number, unit, at, seq, key, blob in found
    ]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one line or risk drew on a day."""

    rule: str
    found: int
    chosen: int
    seed: str
    at: datetime


def last_before(day: date) -> date | None:
    """The last day before this one on which anything was drawn."""
    found: date | None = sql.value("SELECT max(day) FROM inspection_draw WHERE day < %s", (day,))
    return found


def draws(day: date) -> list[Drawn]:
    """What was drawn on the morning of ``day``."""
    found = sql.rows("SELECT rule, found, chosen, seed, at FROM inspection_draw WHERE day = %s ORDER BY rule", (day,))
    return [Drawn(*row) for row in found]
