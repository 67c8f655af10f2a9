"""Orders as a list for other systems: newest first, by a key that does not shift while new ones come in.

Every read here is bounded by its ``limit``. A list row is a masked title and columns, never a text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiesu.domain.order import Event
from jiesu.store import sql
from jiesu.store.documents import write_data
from jiesu.store.orders import event_of
from jiesu.store.worklists import BY_DUE


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. ``unit``: orders in which this unit has a part, has an open summons or a leader's word to
    answer; ``section_of`` names the unit that a section belongs to. ``below``: numbers smaller than this one.
    ``due_before`` is about the clock of the order's present state, and finds open orders only; those being called
    back are left out when ``calls_hidden``, since it tells whether the citizen answered.
    """

    limit: int
    state: str | None = None
    unit: str | None = None
    section_of: str | None = None
    due_before: datetime | None = None
    below: int | None = None
    calls_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    version: int
    state: str
    outcome: str | None
    channel: str
    kind: str
    urgency: str
    matter: str
    region: str
    lead_unit: str | None
    enterprise: bool
    secret: bool
    round: int
    chases: int
    ladder: int
    flags: list[str]
    parent: int | None
    received_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    amber_at: datetime | None
    title: str
    place: str


_COLUMNS: Final = (
    "w.number, w.version, w.state, w.outcome, w.channel, w.kind, w.urgency, w.matter, w.region, w.lead_unit,"
    " w.enterprise, w.secret, w.round, w.chases, w.ladder, w.flags, w.parent, w.received_at, w.closed_at, w.due_at,"
    " w.amber_at, w.title, w.place"
)
# Where a unit's orders are found, each place read newest first and no further than a page needs: its legs, a leader's
# words to it, summonses. A section has no leg of its own: its unit's leg names it.
_LEGS: Final = "leg c JOIN work_order w ON w.number = c.number WHERE c.unit = %(unit)s"
# They are few, and each order is looked up by its number: a plan that begins with all orders in a state costs a second.
_EACH: Final = "request c CROSS JOIN LATERAL (SELECT * FROM work_order WHERE number = c.number OFFSET 0) w"
_ADDRESSED: Final = f"{_EACH} WHERE c.unit = %(unit)s AND c.type = 'instruction'"
_SUMMONED: Final = f"{_EACH} WHERE c.type = 'whistle' AND c.state IN ('open', 'half') AND %(unit)s = ANY(c.units)"
_HANDED_ON: Final = (
    "leg c JOIN work_order w ON w.number = c.number WHERE c.unit = %(section_of)s AND w.doc @> %(handed_on)s::jsonb"
)
_NEWEST: Final = " ORDER BY w.number DESC LIMIT %(limit)s"


def page(wanted: Wanted) -> list[Row]:
    """The rows asked for, newest number first, at most ``wanted.limit``."""
    filters = _filters(wanted)
    if wanted.unit is not None:
        places = (_LEGS, _ADDRESSED, _SUMMONED, *((_HANDED_ON,) if wanted.section_of else ()))
        where = f"w.number IN ({' UNION '.join(_numbers(place, filters) for place in places)})"
    else:
        where = " AND ".join(filters) or "true"
    statement = f"SELECT {_COLUMNS} FROM work_order w WHERE {where}{_NEWEST}"
    read = sql.hot if wanted.due_before is None else sql.rows
    return [Row(*row) for row in read(statement, _params(wanted))]


def _filters(wanted: Wanted) -> list[str]:
    due = f"w.due_at < %(due_before)s AND {BY_DUE}"
    parts = [
        ("w.number < %(below)s", wanted.below),
        ("w.state = %(state)s", wanted.state),
        (f"{due} AND w.state <> 'callback'" if wanted.calls_hidden else due, wanted.due_before),
    ]
    return [part for part, value in parts if value is not None]


def _numbers(place: str, filters: list[str]) -> str:
    found = "".join(f" AND {part}" for part in filters).replace("w.number <", "c.number <")
    return f"(SELECT DISTINCT c.number FROM {place}{found} ORDER BY c.number DESC LIMIT %(limit)s)"


def _params(wanted: Wanted) -> dict[str, Any]:
    return {
        "limit": wanted.limit,
        "state": wanted.state,
        "unit": wanted.unit,
        "section_of": wanted.section_of,
        "handed_on": write_data({"legs": [{"sections": [wanted.unit]}]}),
        "due_before": wanted.due_before,
        "below": wanted.below,
    }


def events(number: int, *, after: int, limit: int) -> list[Event]:
    """The order's events after version ``after``, in order, at most ``limit``."""
    found = sql.hot(
        "SELECT number, seq, move, at, actor, role, unit, rules, rules_version, happened_at, data, hash FROM event"
        " WHERE number = %s AND seq > %s ORDER BY seq LIMIT %s",
        (number, after, limit),
    )
    return [event_of(row) for row in found]
