"""What a simulated year holds, read from its database: counts, shares and moments, nothing judged."""

# ruff: noqa: PLC0415, S608 - Django can be imported only once it is set up; statements are constants of this file
from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

_LOCAL: Final = "received_at AT TIME ZONE 'Asia/Shanghai'"
_CALLS: Final = (
    "SELECT extract(hour FROM offered_at AT TIME ZONE 'Asia/Shanghai')::int, count(*), count(answered_at),"
    " count(*) FILTER (WHERE outcome = 'dropped'),"
    " count(*) FILTER (WHERE answered_at - offered_at <= interval '15 s'),"
    " coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - offered_at)), 0)"
    " FROM call GROUP BY 1 ORDER BY 1"
)
_UNITS: Final = (
    "SELECT u.code, u.short, u.kind, count(*), avg((l.handled_at <= l.handle_due)::int),"
    " avg((l.acknowledged_at <= l.acknowledge_due)::int), avg((l.asked_return IS NOT NULL)::int),"
    " avg((w.rating = 'satisfied')::int), avg((w.round > 1)::int)"
    " FROM leg l JOIN work_order w USING (number) JOIN unit u ON u.code = l.unit"
    " WHERE l.lead AND l.handle_due IS NOT NULL AND (l.handled_at IS NOT NULL OR l.handle_due < %s)"
    " GROUP BY 1, 2, 3 HAVING count(*) >= 40 ORDER BY 5"
)
_PARTS: Final = (
    "SELECT l.unit, extract(epoch FROM l.handled_at - l.at) / extract(epoch FROM l.handle_due - l.at)"
    " FROM leg l WHERE l.lead AND l.handled_at IS NOT NULL AND l.handle_due > l.at"
)
_RATINGS: Final = (
    "SELECT first.rating, last.rating, first.resolved, last.resolved, count(*) FROM work_order w,"
    " LATERAL (SELECT rating, resolved FROM callback c WHERE c.number = w.number AND valid ORDER BY no LIMIT 1) first,"
    " LATERAL (SELECT rating, resolved FROM callback c WHERE c.number = w.number AND valid ORDER BY no DESC LIMIT 1)"
    " last WHERE w.dispatched_at IS NOT NULL AND w.state = 'closed' GROUP BY 1, 2, 3, 4"
)


@dataclass
class Facts:
    """One row of lists and counters for each picture; times are the city's own."""

    days: dict[date, dict[str, int]] = field(default_factory=dict)
    moments: Counter[tuple[int, int]] = field(default_factory=Counter)
    noise_hours: Counter[int] = field(default_factory=Counter)
    reply_hours: Counter[tuple[str, int]] = field(default_factory=Counter)
    kinds: dict[str, int] = field(default_factory=dict)
    channels: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    rounds: dict[int, int] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    ratings: list[tuple[str, str, str, str, int]] = field(default_factory=list)
    units: list[Any] = field(default_factory=list)
    parts: list[tuple[str, float]] = field(default_factory=list)
    calls: list[Any] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    people: dict[int, int] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    events: dict[int, int] = field(default_factory=dict)
    orders: int = 0
    dispatched: int = 0
    chases: int = 0
    merged: int = 0

    @property
    def direct(self) -> float:
        return 1 - self.dispatched / self.orders


def read() -> Facts:
    """Everything, from the database that Django is set up for and the labels beside it."""
    from jiesu.store import sql

    facts = Facts()
    for day, *counts in sql.rows(
        f"SELECT ({_LOCAL})::date, count(*), count(*) FILTER (WHERE left(matter, 5) IN ('03.01', '03.02', '03.03')),"
        " count(*) FILTER (WHERE left(matter, 2) = '10'), count(*) FILTER (WHERE left(matter, 5) = '07.03'),"
        " count(*) FILTER (WHERE channel IN ('mailbox', 'board', 'visit', 'letter', 'transfer_province'))"
        " FROM work_order GROUP BY 1 ORDER BY 1"
    ):
        facts.days[day] = dict(zip(("all", "heating", "noise", "flood", "leaders"), counts, strict=True))
    hour = f"extract(hour FROM {_LOCAL})::int"
    for weekday, at, count in sql.rows(
        f"SELECT extract(isodow FROM {_LOCAL})::int - 1, {hour}, count(*) FROM work_order GROUP BY 1, 2"
    ):
        facts.moments[weekday, at] = count
    facts.noise_hours.update(
        dict(sql.rows(f"SELECT {hour}, count(*) FROM work_order WHERE left(matter, 2) = '10' GROUP BY 1"))
    )
    for urgency, at, count in sql.rows(
        "SELECT w.urgency, extract(hour FROM l.handled_at AT TIME ZONE 'Asia/Shanghai')::int, count(*)"
        " FROM leg l JOIN work_order w USING (number) WHERE l.lead AND l.handled_at IS NOT NULL GROUP BY 1, 2"
    ):
        facts.reply_hours[urgency, at] = count
    _shares(facts)
    _roads(facts)
    facts.calls = sql.rows(_CALLS)
    facts.waits = [
        float(one) for (one,) in sql.rows("SELECT extract(epoch FROM answered_at - offered_at) FROM call"
                                          " WHERE answered_at IS NOT NULL")
    ]  # fmt: skip
    facts.people = dict(
        sql.rows("SELECT n, count(*) FROM (SELECT count(*) n FROM work_order WHERE person IS NOT NULL GROUP BY person)"
                 " x GROUP BY 1 ORDER BY 1")
    )  # fmt: skip
    facts.places = [n for (n,) in sql.rows("SELECT count(*) FROM work_order GROUP BY place ORDER BY 1 DESC")]
    facts.events = _events()
    return facts


def _shares(facts: Facts) -> None:
    from jiesu.store import sql

    for name in ("kind", "channel", "outcome"):
        rows = sql.rows(f"SELECT coalesce({name}, 'open'), count(*) FROM work_order GROUP BY 1 ORDER BY 2 DESC")
        setattr(facts, f"{name}s", dict(rows))
    facts.subjects = dict(
        sql.rows("SELECT m.name, count(*) FROM work_order w JOIN matter m ON m.code = left(w.matter, 2)"
                 " GROUP BY 1 ORDER BY 2 DESC")
    )  # fmt: skip


def _roads(facts: Facts) -> None:
    from jiesu.store import sql

    facts.orders, facts.dispatched, facts.chases, facts.merged = sql.rows(
        "SELECT count(*), count(*) FILTER (WHERE dispatched_at IS NOT NULL OR parent IS NOT NULL), sum(chases),"
        " count(parent) FROM work_order"
    )[0]
    facts.rounds = dict(
        sql.rows("SELECT round, count(*) FROM work_order WHERE dispatched_at IS NOT NULL AND state = 'closed'"
                 " GROUP BY 1 ORDER BY 1")
    )  # fmt: skip
    facts.requests = dict(sql.rows("SELECT type || '/' || state, count(*) FROM request GROUP BY 1"))
    facts.ratings = [tuple(row) for row in sql.rows(_RATINGS)]
    last = sql.value("SELECT max(received_at) FROM work_order")
    facts.units = sql.rows(_UNITS, (last,))
    facts.parts = [(unit, float(part)) for unit, part in sql.rows(_PARTS)]


def _events() -> dict[int, int]:
    """How many events had how many reports, by the labels kept beside the database; empty without them."""
    from jiesu.demo.simulate.run import labels_path

    path: Path = labels_path()
    if not path.is_file():
        return {}
    with gzip.open(path, "rt", encoding="utf-8") as text:
        reports = Counter(one["event"] for one in map(json.loads, text) if one["event"])
    return dict(sorted(Counter(reports.values()).items()))
