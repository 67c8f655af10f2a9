"""The figures of a civil day, gathered at one moment and never changed; the words that were written to them, sealed.

Counts of registered orders come from the small tables of ``store.counting``; what they do not hold is read from the
day's own orders, through the range of their numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from jiesu.domain.offline import FIRST as FIRST_SHEET
from jiesu.domain.order import stamp
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import counting, crypto, leading, names, sql
from jiesu.store.documents import read_data, write_data
from jiesu.store.orders import number_of

TOP: Final = 10
LISTED: Final = 40
"""How many urgent orders and instructions stand in a report; it says how many there were."""
QUICK: Final = timedelta(seconds=15)
"""Within which a call is to be answered (national service standard of the hotline)."""
_BACK: Final = 92
_SERIALS: Final = 10_000_000


def days_of(day: date) -> list[date]:
    """The day, the day before, the same weekday a week before."""
    return [day, day - timedelta(days=1), day - timedelta(days=7)]


def gather(day: date, now: datetime) -> dict[str, Any]:
    """The figures of ``day`` as they stand now. The counts of its months are made anew first. About 20 statements."""
    days = days_of(day)
    for month in sorted({one.replace(day=1) for one in days}):
        counting.fill(month, now)
    moments = [datetime.combine(one, time(), CITY_ZONE).astimezone(UTC) for one in days]
    given = {"days": days, "since": moments, "until": [one + timedelta(days=1) for one in moments], "now": now}
    counted = _counted(given)
    own = _own(given, days)
    return {
        "day": day.isoformat(),
        "at": stamp(now),
        "all": counted["all"].get("", [0, 0, 0]),
        "channel": counted["channel"],
        "kind": counted["kind"],
        "matter": [[code, *three] for code, three in list(counted["matter"].items())[:TOP] if three[0]],
        "ways": {name: own[name] for name in (*_WAYS, "waiting")},
        "paper": own["paper"][0],
        "calls": _calls(given),
        **_ended(given),
        "returns": _returns(given, days),
        **_standing(days, now),
        "urgent": _urgent(day, now, own),
        "instructions": _instructions(now),
        "rises": _rises(day),
        "groups": _groups(),
    }


def _counted(given: Mapping[str, Any]) -> dict[str, dict[str, list[int]]]:
    """Orders registered on the three days by dimension and code, the most first."""
    found: dict[str, dict[str, list[int]]] = {"all": {}, "channel": {}, "kind": {}, "matter": {}}
    rows = sql.rows(
        "SELECT c.dim, c.code, coalesce(sum(c.n) FILTER (WHERE c.day = %(a)s), 0),"
        " coalesce(sum(c.n) FILTER (WHERE c.day = %(b)s), 0), coalesce(sum(c.n) FILTER (WHERE c.day = %(c)s), 0)"
        " FROM count_day c WHERE c.day = ANY(%(days)s::date[]) AND c.dim IN ('all', 'channel', 'kind', 'matter')"
        " GROUP BY c.dim, c.code ORDER BY 3 DESC, c.code",
        {**dict(zip("abc", given["days"], strict=True)), "days": given["days"]},
    )
    for dim, code, *three in rows:
        found[dim][code] = [int(one) for one in three]
    return found


# What became of the orders registered on a day, each in one of them.
_WAYS: Final = {
    "direct": "w.outcome = 'direct_answer'",
    "dispatched": (
        "w.dispatched_at IS NOT NULL AND coalesce(w.outcome, '') NOT IN ('direct_answer', 'merged', 'withdrawn')"
    ),
    "informed": "w.outcome = 'informed'",
    "transferred": "w.outcome = 'transferred'",
    "refused": "w.outcome IN ('refused', 'declined') AND w.dispatched_at IS NULL",
    "merged": "w.outcome = 'merged'",
    "withdrawn": "w.outcome = 'withdrawn'",
}
_OWN: Final = {
    **_WAYS,
    "emergency": "w.urgency = 'emergency'",
    "urgent": "w.urgency = 'urgent'",
    "pressing": "w.urgency <> 'normal' AND w.state <> 'closed'",
    "late": "w.urgency <> 'normal' AND w.state <> 'closed' AND w.due_at < %(now)s",
    "paper": f"w.number %% {_SERIALS} >= {FIRST_SHEET}",
    "whole": "true",
}


def _own(given: Mapping[str, Any], days: Sequence[date]) -> dict[str, list[int]]:
    """What the three days' orders have come to, by name of ``_OWN``."""
    counts = ", ".join(f"count(*) FILTER (WHERE {where})" for where in _OWN.values())
    found = {name: [0, 0, 0] for name in (*_OWN, "waiting")}
    for at, day in enumerate(days):
        params = {"first": number_of(day, 0), "after": number_of(day + timedelta(days=1), 0), "now": given["now"]}
        row = sql.rows(
            f"SELECT {counts} FROM work_order w WHERE w.number >= %(first)s AND w.number < %(after)s", params
        )
        for name, n in zip(_OWN, row[0], strict=True):
            found[name][at] = n
        found["waiting"][at] = found["whole"][at] - sum(found[name][at] for name in _WAYS)
    return found


def _three(rows: Sequence[Sequence[Any]], names_: Sequence[str]) -> dict[str, list[int]]:
    """Rows of (place of the day, counts ...) as three numbers for each name."""
    found = {name: [0, 0, 0] for name in names_}
    for at, *counts in rows:
        for name, n in zip(names_, counts, strict=True):
            found[name][at - 1] = int(n)
    return found


_DAYS: Final = "unnest(%(since)s::timestamptz[], %(until)s::timestamptz[]) WITH ORDINALITY AS d(since, until, at)"


def _calls(given: Mapping[str, Any]) -> dict[str, list[int]]:
    rows = sql.rows(
        "SELECT d.at, count(*), count(*) FILTER (WHERE c.outcome = 'answered'),"
        f" count(*) FILTER (WHERE c.answered_at <= c.offered_at + %(quick)s) FROM {_DAYS}"
        " JOIN call c ON c.offered_at >= d.since AND c.offered_at < d.until AND c.direction = 'in' GROUP BY d.at",
        {**given, "quick": QUICK},
    )
    return _three(rows, ("offered", "answered", "in_15"))


def _ended(given: Mapping[str, Any]) -> dict[str, list[int]]:
    """Orders closed on the days, and what was said of them in callbacks of the days."""
    closed = sql.rows(
        f"SELECT d.at, count(*) FROM {_DAYS} JOIN work_order w ON w.closed_at >= d.since AND w.closed_at < d.until"
        " AND w.state = 'closed' GROUP BY d.at",
        given,
    )
    rated = sql.rows(
        f"SELECT d.at, count(*), count(*) FILTER (WHERE c.rating IN ('satisfied', 'mostly')) FROM {_DAYS}"
        " JOIN callback c ON c.at >= d.since AND c.at < d.until AND c.valid AND c.rating IS NOT NULL GROUP BY d.at",
        given,
    )
    return {**_three(closed, ("closed",)), **_three(rated, ("rated", "satisfied"))}


def _returns(given: Mapping[str, Any], days: Sequence[date]) -> dict[str, list[int]]:
    """Returns asked for on the days, of orders of the last three months, and how many of them are agreed by now."""
    rows = sql.rows(
        f"SELECT d.at, count(*), count(*) FILTER (WHERE r.state = 'agreed') FROM {_DAYS} JOIN request r"
        " ON r.at >= d.since AND r.at < d.until AND r.type = 'return' AND r.number >= %(from)s GROUP BY d.at",
        {**given, "from": number_of(days[-1] - timedelta(days=_BACK), 0)},
    )
    return _three(rows, ("asked", "agreed"))


_STANDING: Final = (
    "SELECT count(*), count(*) FILTER (WHERE due_at >= %(now)s AND amber_at < %(now)s),"
    " count(*) FILTER (WHERE due_at < %(now)s) FROM work_order WHERE state <> 'closed'"
)


def _standing(days: Sequence[date], now: datetime) -> dict[str, Any]:
    """What is open, amber and red now; before, as the reports of those days found it."""
    held = dict(zip(("open", "amber", "red"), sql.rows(_STANDING, {"now": now})[0], strict=True))
    rows = sql.rows("SELECT day, (figures -> 'open')::text FROM daily_report WHERE day = ANY(%s)", (list(days[1:]),))
    before = {day: read_data(held) for day, held in rows}
    found = {
        name: [n, *(before[one][name][0] if one in before else None for one in days[1:])] for name, n in held.items()
    }
    late = sql.rows(
        "SELECT coalesce(lead_unit, ''), count(*) FROM work_order WHERE state <> 'closed' AND due_at < %s"
        " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 30",
        (now,),
    )
    return {"open": found, "red_units": [[unit, n] for unit, n in late]}


def _urgent(day: date, now: datetime, own: Mapping[str, list[int]]) -> dict[str, Any]:
    """Emergencies of the day first, then those that are late, then the rest; no words of anybody."""
    rows = sql.rows(
        "SELECT w.number, w.urgency, w.matter, w.region, coalesce(w.lead_unit, ''), w.state, w.outcome, w.due_at"
        " FROM work_order w WHERE w.number >= %(first)s AND w.number < %(after)s AND w.urgency <> 'normal'"
        " ORDER BY w.urgency = 'emergency' DESC, w.state = 'closed', w.due_at NULLS LAST, w.number LIMIT %(limit)s",
        {"first": number_of(day, 0), "after": number_of(day + timedelta(days=1), 0), "limit": LISTED},
    )
    listed = [
        {
            **dict(zip(("number", "urgency", "matter", "region", "unit", "state", "outcome"), row, strict=False)),
            "due": stamp(row[7]) if row[7] else None,
            "late": bool(row[7] and row[5] != "closed" and row[7] < now),
        }
        for row in rows
    ]
    counts = {"emergency": own["emergency"], "urgent": own["urgent"]}
    return {**counts, "open": own["pressing"][0], "late": own["late"][0], "orders": listed}


def _instructions(now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "number": one.number,
            "unit": one.unit,
            "at": stamp(one.at),
            "by": one.by,
            "due": stamp(one.due_at) if one.due_at else None,
            "late": bool(one.due_at and one.due_at < now),
        }
        for one in leading.instructions(now, limit=LISTED)
        if one.open
    ]


def _rises(day: date) -> list[dict[str, Any]]:
    """Matters of the day against the mean of the same weekday of the weeks before, by the measure of the desks."""
    weeks = [day - timedelta(weeks=week) for week in range(1, counting.SURGE_WEEKS + 1)]
    rows = sql.rows(
        "SELECT t.code, t.n, coalesce(b.n, 0)::float8 / %(weeks)s AS mean FROM count_day t LEFT JOIN (SELECT code,"
        " sum(n) AS n FROM count_day WHERE dim = 'matter' AND day = ANY(%(days)s::date[]) GROUP BY code) b"
        " ON b.code = t.code WHERE t.dim = 'matter' AND t.day = %(day)s AND t.code <> '' AND t.n >= %(least)s"
        " AND t.n >= %(times)s * coalesce(b.n, 0)::float8 / %(weeks)s ORDER BY t.n - coalesce(b.n, 0)::float8"
        " / %(weeks)s DESC, t.code LIMIT %(top)s",
        {
            "day": day,
            "days": weeks,
            "weeks": float(counting.SURGE_WEEKS),
            "least": counting.SURGE_LEAST,
            "times": float(counting.SURGE_TIMES),
            "top": TOP,
        },
    )
    return [{"matter": matter, "n": n, "mean": round(mean, 3)} for matter, n, mean in rows]


def _groups() -> list[dict[str, Any]]:
    """What several report, as the desks found it last."""
    held = counting.figures(["groups"]).get("groups")
    return [
        {name: one[name] for name in ("matter", "place", "n", "numbers")} for one in (held.body[:TOP] if held else [])
    ]


# -- kept


@dataclass(frozen=True, slots=True)
class Report:
    """A day's report. ``no``: which reading of the texts this is; ``texts`` by name."""

    day: date
    made_at: datetime
    made_by: str
    rules: str
    figures: Mapping[str, Any]
    issued_at: datetime | None
    issued_by: str
    no: int
    texts: Mapping[str, str]
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a report's texts."""

    no: int
    at: datetime
    by: str
    name: str


def keep(
    day: date, figures: Mapping[str, Any], texts: Mapping[str, str], *, rules: str, by: str, now: datetime
) -> bool:
    """Keep a day's figures with the draft of its texts; False when the day has its report. Two statements."""
    made = sql.run(
        "INSERT INTO daily_report (day, made_at, made_by, rules, figures) VALUES (%s, %s, %s, %s, %s::jsonb)"
        " ON CONFLICT (day) DO NOTHING",
        (day, now, by, rules, write_data(figures)),
    )
    return made == 1 and add_text(day, 0, texts, by=by, now=now)


def add_text(day: date, no: int, texts: Mapping[str, str], *, by: str, now: datetime) -> bool:
    """Keep another reading of the texts; False when somebody else has just written this one. One statement."""
    key_id, sealed = crypto.seal(write_data(dict(texts)), aad=_aad(day, no))
    return (
        sql.run(
            "INSERT INTO daily_text (day, no, at, by, key_id, sealed) VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            (day, no, now, by, key_id, sealed),
        )
        == 1
    )


def _aad(day: date, no: int) -> bytes:
    return f"daily/{day}/{no}".encode()


_READ: Final = (
    "SELECT d.day, d.made_at, d.made_by, d.rules, d.figures::text, d.issued_at, d.issued_by, t.no, t.at, t.by,"
    " t.key_id, t.sealed FROM daily_report d JOIN daily_text t ON t.day = d.day WHERE d.day = %(day)s"
    " AND (t.no = %(no)s OR %(no)s IS NULL) ORDER BY t.no DESC LIMIT 1"
)


def report(day: date, no: int | None = None) -> Report | None:
    """A day's report with its last texts, or with those of the reading ``no``. One statement."""
    found = sql.one(_READ.replace("%(no)s", "%(no)s::int"), {"day": day, "no": no})
    if found is None:
        return None
    day, made_at, made_by, rules, figures, issued_at, issued_by, no_, at, by, key_id, sealed = found
    texts = read_data(crypto.unseal(key_id, sealed, _aad(day, no_)))
    return Report(day, made_at, made_by, rules, read_data(figures), issued_at, issued_by, no_, texts, at, by)


def readings(day: date) -> list[Reading]:
    """Every reading of a day's texts, the newest first. One statement."""
    found = sql.rows(
        f"SELECT t.no, t.at, t.by, {names.WRITER.format(by='t.by')}"
        " FROM daily_text t WHERE t.day = %s ORDER BY t.no DESC LIMIT 50",
        (day,),
    )
    return [Reading(*row) for row in found]


def issue(day: date, *, by: str, now: datetime) -> bool:
    """The report is final; False when it was before. One statement."""
    return (
        sql.run(
            "UPDATE daily_report SET issued_at = %s, issued_by = %s WHERE day = %s AND issued_at IS NULL",
            (now, by, day),
        )
        == 1
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A report in the list of days."""

    day: date
    made_at: datetime
    issued_at: datetime | None
    all: Sequence[int]
    open: int
    red: int
    emergency: int


def days(*, before: date | None = None, limit: int = 31) -> list[Line]:
    """Reports, the latest day first; one more than ``limit`` when there are more. One statement."""
    found = sql.rows(
        "SELECT day, made_at, issued_at, (figures -> 'all')::text, (figures -> 'open' -> 'open' ->> 0)::int,"
        " (figures -> 'open' -> 'red' ->> 0)::int, (figures -> 'urgent' -> 'emergency' ->> 0)::int FROM daily_report"
        f" WHERE %(before)s::date IS NULL OR day < %(before)s::date ORDER BY day DESC LIMIT {limit + 1}",
        {"before": before},
    )
    return [Line(day, made_at, issued_at, read_data(all_), *rest) for day, made_at, issued_at, all_, *rest in found]


def titles(numbers: Sequence[int]) -> dict[int, tuple[str, str, bool]]:
    """Masked title, kind and secrecy of orders as they stand now; what was erased since is not there. One statement."""
    found = sql.rows("SELECT number, title, kind, secret FROM work_order WHERE number = ANY(%s)", (list(numbers),))
    return {number: (title, kind, secret) for number, title, kind, secret in found}
