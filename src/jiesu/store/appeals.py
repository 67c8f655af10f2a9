"""Appeals of a month: exemptions and late entries asked for before its figures are frozen, with what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import crypto, names, sql
from jiesu.store.documents import read_data
from jiesu.store.record import aad

MOST: Final = 300
TYPES: Final = ("exemption", "late_entry")
STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "waiting": ("open", "half"),
    "agreed": ("agreed",),
    "refused": ("refused",),
}
"""What became of an appeal, and the states of its request."""
_LATEST: Final = timedelta(days=60)  # a month is long frozen by then


@dataclass(frozen=True, slots=True)
class Appeal:
    """One appeal. ``reason``: its code; ``act``: of a late entry, which; ``approvals``: (name, centre or outside);
    ``why``: what was told when it was refused."""

    number: int
    no: int
    type: str
    unit: str
    state: str
    at: datetime
    name: str
    title: str
    kind: str
    secret: bool
    reason: str
    act: str
    approvals: Sequence[tuple[str, str]]
    decided_at: datetime | None
    decided_by: str
    why: str


# What an order has in the month: a limit that fell in it, or a rating that became final in it.
_COUNTS: Final = (
    "(EXISTS (SELECT 1 FROM fact_limit f WHERE f.number = r.number AND f.gone IS NULL"
    " AND f.clock IN ('acknowledge', 'first_contact', 'handle') AND f.day >= %(first)s AND f.day < %(after)s)"
    " OR EXISTS (SELECT 1 FROM fact_rating g WHERE g.number = r.number AND g.gone IS NULL AND g.day >= %(first)s"
    " AND g.day < %(after)s))"
)
_ASKED: Final = (
    "FROM request r WHERE r.type IN ('exemption', 'late_entry') AND r.at >= %(since)s AND r.at < %(until)s"
    f" AND (%(units)s::text[] IS NULL OR r.unit = ANY(%(units)s)) AND {_COUNTS}"
)
WAITING: Final = f"(SELECT count(*) {_ASKED} AND r.state IN ('open', 'half'))"
"""How many appeals wait, as a value in a statement that is given ``of_window``."""
_STATEMENT: Final = (
    f"WITH asked AS (SELECT r.number, r.no, r.type, r.unit, r.state, r.at, r.by {_ASKED}),"
    " counted AS (SELECT count(*) FILTER (WHERE state IN ('open', 'half')) AS waiting,"
    " count(*) FILTER (WHERE state = 'agreed') AS agreed, count(*) FILTER (WHERE state = 'refused') AS refused"
    " FROM asked)"
    " SELECT c.waiting, c.agreed, c.refused, r.number, r.no, r.type, r.unit, r.state, r.at,"
    f" {names.WRITER.format(by='r.by')}, w.title, w.kind, w.secret, coalesce(q.one -> 'detail' ->> 'exemption', ''),"
    " coalesce(q.one -> 'detail' ->> 'act', ''), (SELECT json_agg(json_build_array("
    f"{names.WRITER.format(by='(a ->> 0)')}, a ->> 1))::text"
    " FROM jsonb_array_elements(coalesce(q.one -> 'approvals', '[]')) a), e.at,"
    f" {names.WRITER.format(by='e.actor')}, e.seq, t.key_id, t.sealed"
    " FROM counted c LEFT JOIN (SELECT * FROM asked WHERE state = ANY(%(states)s) ORDER BY at DESC, number"
    " LIMIT %(most)s) r ON true LEFT JOIN work_order w ON w.number = r.number"
    " LEFT JOIN LATERAL (SELECT one FROM jsonb_array_elements(w.doc -> 'requests') one"
    " WHERE (one ->> 'no')::int = r.no) q ON true"
    " LEFT JOIN LATERAL (SELECT e.at, e.actor, e.seq FROM event e WHERE e.number = r.number AND r.state <> 'open'"
    " AND e.move IN ('approve_exemption', 'refuse_exemption', 'confirm_late_entry', 'refuse_late_entry')"
    " AND e.data::jsonb -> 'answers' @> jsonb_build_array(jsonb_build_object('no', r.no)) ORDER BY e.seq DESC"
    " LIMIT 1) e ON true LEFT JOIN order_text t ON t.number = r.number AND t.seq = e.seq AND t.field = 'reason'"
    " ORDER BY r.at DESC, r.number"
)


def of_window(window: Window, units: Sequence[str] | None) -> dict[str, Any]:
    """Which appeals are meant: of a window, of these units or of all."""
    first, after = (datetime.combine(day, time(), CITY_ZONE) for day in (window.first, window.after))
    return {
        "first": window.first,
        "after": window.after,
        "since": first,
        "until": after + _LATEST,
        "units": list(units) if units is not None else None,
    }


def of_month(
    window: Window, *, units: Sequence[str] | None = None, state: str = ""
) -> tuple[dict[str, int], list[Appeal]]:
    """How many appeals of a window are waiting, agreed and refused, and the newest of those of one such ``state`` (or
    of all), at most ``MOST``; ``units``: only theirs. One statement."""
    states = STATES.get(state) or [one for held in STATES.values() for one in held]
    asked = {**of_window(window, units), "states": list(states), "most": MOST}
    rows = sql.rows(_STATEMENT, asked)
    counts = dict(zip(STATES, rows[0][:3], strict=True))
    return counts, [_read(row[3:]) for row in rows if row[3] is not None]


def _read(row: tuple[Any, ...]) -> Appeal:
    *held, approvals, decided_at, decided_by, seq, key_id, sealed = row
    why = crypto.unseal_text(key_id, bytes(sealed), aad(held[0], seq, "reason")) if sealed else ""
    given = [(name, side) for name, side in (read_data(approvals) if approvals else [])]
    return Appeal(*held, given, decided_at, decided_by if decided_at else "", why)
