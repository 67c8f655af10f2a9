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
from jiesu.store.worklists import BY_DUE, EACH


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
_LEGS: Final = "leg c {} WHERE c.unit = %(unit)s{}"
_ADDRESSED: Final = f"request c {EACH} WHERE c.unit = %(unit)s AND c.type = 'instruction'"
_SUMMONED: Final = (
    f"request c {EACH} WHERE c.type = 'whistle' AND c.state IN ('open', 'half') AND %(unit)s = ANY(c.units)"
)
_HANDED_ON: Final = f"leg c {EACH} WHERE c.unit = %(section_of)s AND w.doc @> %(handed_on)s::jsonb{{}}"
# Of what is open there is little, however long a unit's history.
_LIVE: Final = " AND c.live"
_NEWEST: Final = " ORDER BY w.number DESC LIMIT "
_SIZES: Final = (21, 101)


def page(wanted: Wanted) -> list[Row]:
    """The rows asked for, newest number first, at most ``wanted.limit``."""
    filters = _filters(wanted)
    # A limit that is a parameter makes the one plan for all values look dear, and each page would be planned anew.
    most = next((size for size in _SIZES if wanted.limit <= size), wanted.limit)
    if wanted.unit is not None:
        found = (_numbers(place, filters, most) for place in _places(wanted, filters))
        where = f"w.number IN ({' UNION '.join(found)})"
    else:
        where = " AND ".join(filters) or "true"
    statement = f"SELECT {_COLUMNS} FROM work_order w WHERE {where}{_NEWEST}{most}"
    read = sql.hot if wanted.due_before is None else sql.rows
    return [Row(*row) for row in read(statement, _params(wanted))[: wanted.limit]]


def _filters(wanted: Wanted) -> list[str]:
    due = f"w.due_at < %(due_before)s AND {BY_DUE}"
    parts = [
        ("w.number < %(below)s", wanted.below),
        # Not the value itself: nearly all orders are closed, but the newest are not.
        ("w.state = (SELECT %(state)s)", wanted.state),
        (f"{due} AND w.state <> 'callback'" if wanted.calls_hidden else due, wanted.due_before),
    ]
    return [part for part, value in parts if value is not None]


def _places(wanted: Wanted, filters: list[str]) -> list[str]:
    live = _LIVE if wanted.due_before is not None or wanted.state not in (None, "closed") else ""
    # An order is looked up only for what a filter asks of it.
    each = EACH if any(not part.startswith("w.number") for part in filters) else ""
    places = [_LEGS.format(each, live), _ADDRESSED, _SUMMONED]
    return [*places, _HANDED_ON.format(live)] if wanted.section_of else places


def _numbers(place: str, filters: list[str], most: int) -> str:
    found = "".join(f" AND {part}" for part in filters).replace("w.number <", "c.number <")
    return f"(SELECT DISTINCT c.number FROM {place}{found} ORDER BY c.number DESC LIMIT {most})"


def _params(wanted: Wanted) -> dict[str, Any]:
    return {
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
