"""What a check reads of the work that was done lately: bounded everywhere, so that it costs the same in any city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from jiesu.domain.administration.effects import Demand, Run
from jiesu.domain.order import Order
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import sql
from jiesu.store.documents import read_order
from jiesu.store.orders import number_of

DAYS: Final = 30
LOOKED: Final = 100_000
"""Orders of the last days that are looked through at most, the newest first."""
RUNS: Final = 5_000
OPEN: Final = 400
COUNTED: Final = 10_000
_LATELY: Final = (
    "SELECT number, matter, region, kind, urgency, dispatched_at FROM work_order WHERE number >= %(since)s"
    f" ORDER BY number DESC LIMIT {LOOKED}"
)
_MATTERS: Final = "(%(all)s OR matter = ANY(%(matters)s) OR matter LIKE ANY(%(below)s))"


def since(now: datetime) -> int:
    """The first number of the days that are looked at."""
    return number_of(now.astimezone(CITY_ZONE).date() - timedelta(days=DAYS), 0)


def _about(matters: Sequence[str], now: datetime) -> dict[str, Any]:
    """Orders of these matters and of all below them; without any, and with *, of all."""
    return {
        "since": since(now),
        "all": not matters or "*" in matters,
        "matters": list(matters),
        "below": [f"{one}.%" for one in matters],
    }


def demands(matters: Sequence[str], now: datetime) -> list[Demand]:
    """Orders of these matters dispatched in the last days, by what the catalog is asked with. One statement."""
    found = sql.rows(
        f"SELECT matter, region, kind, urgency, count(*) FROM ({_LATELY}) x"
        f" WHERE dispatched_at IS NOT NULL AND {_MATTERS} GROUP BY matter, region, kind, urgency",
        _about(matters, now),
    )
    return [Demand(*row) for row in found]


@dataclass(frozen=True, slots=True)
class Timed:
    """Where a clock's beginning and the act that it waits for stand."""

    start: str
    acted: str
    leg: bool = True


CLOCKS: Final = {
    "acknowledge": Timed("l.at", "l.acknowledged_at"),
    "first_contact": Timed("l.acknowledged_at", "l.contacted_at"),
    "interim": Timed("l.at", "l.interim_at"),
    "handle": Timed("l.at", "l.handled_at"),
    "return_request": Timed("l.at", "l.asked_return"),
    "dispatch": Timed("w.accepted_at", "w.dispatched_at", leg=False),
    "review": Timed("w.replied_at", "w.passed_at", leg=False),
}
"""Clocks whose beginnings lie in columns; the others are told by example."""


def runs(clock: str, matters: Sequence[str], now: datetime) -> list[Run]:
    """How this clock ran in the last days, the newest first, at most ``RUNS``. One statement."""
    timed = CLOCKS[clock]
    tables = "leg l JOIN work_order w USING (number)" if timed.leg else "work_order w"
    first = "l.number >= %(since)s AND l.lead" if timed.leg else "w.number >= %(since)s"
    found = sql.rows(
        f"SELECT w.kind, w.urgency, w.matter, w.region, {timed.start}, {timed.acted} FROM {tables}"
        f" WHERE {first} AND {timed.start} IS NOT NULL AND NOT w.foreign AND {_MATTERS}"
        f" ORDER BY number DESC LIMIT {RUNS}",
        _about(matters, now),
    )
    return [Run(*row) for row in found]


def running(clock: str) -> int:
    """On how many open legs this clock runs now, up to ``COUNTED``; those keep their limit. One statement."""
    column = {"acknowledge": "acknowledge_due", "first_contact": "contact_due", "interim": "interim_due"}
    ended = {"acknowledge": "acknowledged_at", "first_contact": "contacted_at", "interim": "interim_at"}
    due, done = column.get(clock, "handle_due"), ended.get(clock, "handled_at")
    return int(
        sql.value(
            f"SELECT count(*) FROM (SELECT 1 FROM leg WHERE open AND {due} IS NOT NULL AND {done} IS NULL"
            f" LIMIT {COUNTED}) x"
        )
    )


def open_of_matters(matters: Sequence[str], now: datetime) -> int:
    """Open orders of these matters and of those below them, up to ``COUNTED``. One statement."""
    return int(
        sql.value(
            f"SELECT count(*) FROM (SELECT 1 FROM work_order WHERE state <> 'closed' AND {_MATTERS} LIMIT {COUNTED}) x",
            _about(matters, now),
        )
    )


def lately_of_matters(matters: Sequence[str], now: datetime) -> int:
    """Orders of these matters registered in the last days. One statement."""
    return int(sql.value(f"SELECT count(*) FROM ({_LATELY}) x WHERE {_MATTERS}", _about(matters, now)))


def open_legs(unit: str) -> tuple[int, int]:
    """Open parts of the unit in orders: as lead, as one that assists; up to ``COUNTED`` together. One statement."""
    found = sql.rows(
        "SELECT count(*) FILTER (WHERE lead), count(*) FILTER (WHERE NOT lead) FROM"
        f" (SELECT lead FROM leg WHERE open AND unit = %s LIMIT {COUNTED}) x",
        (unit,),
    )
    return found[0][0], found[0][1]


def open_orders(now: datetime) -> tuple[list[Order], int]:
    """Some of the open orders, the newest, and how many there are (up to ``COUNTED``). Two statements."""
    docs = sql.rows(f"SELECT doc::text FROM work_order WHERE state <> 'closed' ORDER BY number DESC LIMIT {OPEN}")
    total = sql.value(f"SELECT count(*) FROM (SELECT 1 FROM work_order WHERE state <> 'closed' LIMIT {COUNTED}) x")
    return [read_order(doc) for (doc,) in docs], int(total)


def open_with(column: str, least: int) -> int:
    """Open orders in which a count (chases, rounds beyond the first) has come so far, up to ``COUNTED``."""
    counts = {"chases": "chases", "reworks": "round - 1"}
    return int(
        sql.value(
            f"SELECT count(*) FROM (SELECT 1 FROM work_order WHERE state <> 'closed' AND {counts[column]} >= %s"
            f" LIMIT {COUNTED}) x",
            (least,),
        )
    )


@dataclass(frozen=True, slots=True)
class Manned:
    """Who stands for a unit: active leaders and clerks, lines of its roster."""

    unit: str
    leaders: int
    clerks: int
    shifts: int


def manned(units: Sequence[str], now: datetime) -> list[Manned]:
    """Who stands for these units at ``now``. One statement."""
    found = sql.rows(
        "SELECT u.code, count(DISTINCT s.id) FILTER (WHERE r.role = 'unit_leader'),"
        " count(DISTINCT s.id) FILTER (WHERE r.role = 'unit_clerk'),"
        " (SELECT count(*) FROM roster_entry e WHERE e.unit_id = u.code)"
        " FROM unnest(%(units)s::text[]) u(code) LEFT JOIN staff_role r ON r.unit_id = u.code"
        " AND (r.since IS NULL OR r.since <= %(now)s) AND (r.until IS NULL OR r.until > %(now)s)"
        " LEFT JOIN staff s ON s.id = r.staff_id AND s.is_active GROUP BY u.code ORDER BY u.code",
        {"units": list(units), "now": now},
    )
    return [Manned(*row) for row in found]


def staff_of(units: Sequence[str]) -> int:
    """How many active people have a role in these units. One statement."""
    return int(
        sql.value(
            "SELECT count(DISTINCT s.id) FROM staff_role r JOIN staff s ON s.id = r.staff_id"
            " WHERE r.unit_id = ANY(%s) AND s.is_active",
            (list(units),),
        )
    )


def administrators(now: datetime) -> list[str]:
    """The logins of those who are administrators now and for good. One statement."""
    found = sql.rows(
        "SELECT DISTINCT s.login FROM staff_role r JOIN staff s ON s.id = r.staff_id WHERE r.role = 'administrator'"
        " AND s.is_active AND (r.since IS NULL OR r.since <= %s) AND r.until IS NULL ORDER BY s.login",
        (now,),
    )
    return [login for (login,) in found]


def working_days(first: date, last: date) -> list[tuple[date, bool]]:
    """Days that the calendar's table names, with whether they are worked. One statement."""
    return sql.rows("SELECT day, working FROM calendar_day WHERE day BETWEEN %s AND %s ORDER BY day", (first, last))
