"""What lies before a unit: its open parts by the limit that comes next, and how many of each sort. Two statements.

Each of the two states of open work is read in the order of its index and no further than ``MOST``; what is counted,
grouped and filtered is that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from jiesu.domain.windows import Window
from jiesu.store import appeals, duty, sql, worklists
from jiesu.store.worklists import MOST, PAGE


@dataclass(frozen=True, slots=True)
class Row:
    """An order in which the unit has work to do; its clocks are those of the unit's own part.

    ``next_at``: the first of its limits, ``amber_at`` when that one is the part's usual clock. ``unit``: whose part it
    is, the unit of a section. ``waiting_at``: since when a reply waits for the unit's leader.
    """

    number: int
    version: int
    title: str
    place: str
    matter: str
    region: str
    state: str
    kind: str
    urgency: str
    secret: bool
    enterprise: bool
    chases: int
    flags: list[str]
    round: int
    unit: str
    lead: bool
    leg_state: str
    at: datetime
    due_at: datetime | None
    amber_at: datetime | None
    next_at: datetime | None
    contact_due: datetime | None
    contacted_at: datetime | None
    interim_due: datetime | None
    interim_at: datetime | None
    waiting_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ring:
    """How many of each sort lie there, ``MOST`` at most of each state; how many appeals wait, where they are counted;
    who is on duty in the unit now."""

    sign: int = 0
    work: int = 0
    today: int = 0
    red: int = 0
    waiting: int = 0
    chased: int = 0
    appeals: int = 0
    sections: int = 0
    duty_name: str = ""
    duty_phone: str = ""


SHOWS: Final = {
    "": "true",
    "sign": "m.state = 'dispatched'",
    "work": "m.state = 'acknowledged'",
    "today": "m.next_at >= %(now)s AND m.next_at < %(tomorrow)s",
    "red": "m.next_at < %(now)s",
    "waiting": "m.submitted_at IS NOT NULL",
    "chased": "m.chases > 0",
}
"""Which of them a filter of the desk shows."""

_INTERIM: Final = "CASE WHEN l.interim_at IS NULL THEN l.interim_due END"


def _mine(units: Sequence[str]) -> str:
    """Open parts of these units, each order once."""
    join = worklists.joined(_SIGN, units)
    states = (
        f"(SELECT l.*, w.chases, least(l.due_at, {_INTERIM}) AS next_at FROM work_order w {join}"
        f" WHERE l.open AND l.state = '{state}' ORDER BY l.due_at NULLS LAST, w.number LIMIT {MOST})"
        for state in ("dispatched", "acknowledged")
    )
    found = " UNION ALL ".join(states)
    once = found if len(units) == 1 else f"SELECT DISTINCT ON (number) * FROM ({found}) x ORDER BY number, next_at"
    return f"WITH mine AS MATERIALIZED ({once})"


_SIGN: Final = next(one for one in worklists.QUEUES["unit_clerk"] if one.name == "sign")
_COUNTS: Final = ", ".join(f"count(*) FILTER (WHERE {SHOWS[name]})" for name in SHOWS if name)
_ROW: Final = (
    "w.number, w.version, w.title, w.place, w.matter, w.region, w.state, w.kind, w.urgency, w.secret, w.enterprise,"
    " w.chases, w.flags, w.round, m.unit, m.lead, m.state, m.at, m.due_at, m.amber_at, m.next_at, m.contact_due,"
    " m.contacted_at, m.interim_due, m.interim_at, m.submitted_at"
)


def ring(units: Sequence[str], *, now: datetime, tomorrow: datetime, appeals_of: Window | None = None) -> Ring:
    """The numbers of the day. ``tomorrow``: the moment at which today ends; ``appeals_of``: whose appeals are counted.
    One statement."""
    if not units:
        return Ring()
    waiting = appeals.WAITING if appeals_of else "0"
    statement = (
        f"{_mine(units)} SELECT {_COUNTS}, {waiting}, (SELECT count(*) FROM unit WHERE parent_id = ANY(%(units)s)"
        " AND kind = 'section' AND active), (SELECT name || chr(31) || phone FROM roster_entry"
        f" WHERE id = ({duty.ON_DUTY})) FROM mine m"
    )
    params = {**worklists.scope(units), **duty.shift_now(units[0], now), "now": now, "tomorrow": tomorrow}
    if appeals_of:
        params |= appeals.of_window(appeals_of, units)
    *counts, on_duty = sql.hot(statement, params)[0]
    name, _, phone = (on_duty or "").partition("\x1f")
    return replace(Ring(*counts), duty_name=name, duty_phone=phone)


def page(
    units: Sequence[str],
    *,
    now: datetime,
    tomorrow: datetime,
    show: str = "",
    behind: int = 0,
    among: Sequence[int] | None = None,
    limit: int = PAGE,
) -> list[Row]:
    """The parts that ``show`` (of ``SHOWS``) names, those that the citizen asked after first, then by limit.

    ``behind``: how many come before; one row more than ``limit`` if others follow. ``among``: only these numbers.
    """
    if not units:
        return []
    where, params = SHOWS[show], {**worklists.scope(units), "now": now, "tomorrow": tomorrow}
    if among is not None:
        where += " AND m.number = ANY(%(among)s)"
        params["among"] = list(among)
    statement = (
        f"{_mine(units)} SELECT {_ROW} FROM mine m JOIN work_order w ON w.number = m.number WHERE {where}"
        f" ORDER BY m.chases > 0 DESC, m.next_at NULLS LAST, m.number OFFSET %(behind)s LIMIT {limit + 1}"
    )
    return [Row(*row) for row in sql.hot(statement, {**params, "behind": behind})]
