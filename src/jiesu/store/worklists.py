"""What waits for whom: one list per queue of a role, by clock, bounded, through indexes of open work.

A queue is a named condition; filters come from the page. A page of rows is one statement; the counts of all queues of
a person are a part of another, the frame's (``store.frame``), and stop at a thousand. A queue of open work reads what
is open and no more; one that also lists closed orders goes back ``WINDOW`` when it is filtered by what no index holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import sql
from jiesu.store.documents import write_data
from jiesu.store.orders import number_of

PAGE: Final = 50
MOST: Final = 1000
WINDOW: Final = timedelta(days=92)


# Open orders by their due moment, as the index ``work_order_due`` has them. Said in a way of which the planner has no
# statistics: it would take the few open orders for independent of those that have a limit, find next to none, and sort
# what it can read in order.
BY_DUE: Final = "coalesce(w.state, '') <> 'closed'"
# Open orders between amber and due. No one order holds them: by their due moment they stand among all that are still
# green. The index ``work_order_amber`` keeps them in classes by how long amber lasts; within a class whatever is due
# later than that is green, so little more is read than there is.
_LEADS: Final = (0.25, 0.5, 1, 2, 4, 8, 16, 24, 36, 48, 72, 96, 168, 240, 360, 720)  # hours, as in the index
_CLASS: Final = (
    "width_bucket(date_part('epoch', due_at - amber_at),"
    f" '{{{','.join(str(round(hours * 3600)) for hours in _LEADS)}}}'::float8[])"
)
_CLASSES: Final = (
    f"unnest(ARRAY[{','.join(str(at) for at in range(len(_LEADS) + 1))}],"
    f" '{{{','.join(f'{round(hours * 60)} min' for hours in _LEADS)},100 years}}'::interval[]) c(class, most)"
)
AMBER: Final = (
    f"w.number = ANY(ARRAY(SELECT a.number FROM {_CLASSES}, LATERAL (SELECT number FROM work_order"
    f" WHERE {_CLASS} = c.class AND due_at >= %(now)s AND due_at < %(now)s + c.most AND amber_at < %(now)s"
    " AND coalesce(state, '') <> 'closed' OFFSET 0) a))"
)


# Each order ``w`` of what is read in its own order (``c``), looked up by its number: a plan that begins with all orders
# in a state, or all there are, costs a second.
EACH: Final = "CROSS JOIN LATERAL (SELECT * FROM work_order WHERE number = c.number OFFSET 0) w"


@dataclass(frozen=True, slots=True)
class Queue:
    """One list. ``clock``: whose it shows and is sorted by, the order's ``w``, the leg's ``l`` or the request's ``q``;
    ``newest``: sorted by number instead, newest first; ``own``: of those in which the person's units have a part."""

    name: str
    zh: str
    where: str
    empty: str
    join: str = ""
    clock: str = "w"
    newest: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: codes and masked words."""

    number: int
    version: int
    title: str
    place: str
    matter: str
    region: str
    lead_unit: str | None
    state: str
    outcome: str | None
    kind: str
    urgency: str
    enterprise: bool
    secret: bool
    chases: int
    ladder: int
    flags: list[str]
    round: int
    received_at: datetime
    start_at: datetime | None
    amber_at: datetime | None
    due_at: datetime | None


def _state(name: str, zh: str, state: str, empty: str) -> Queue:
    return Queue(name, zh, f"w.state = '{state}'", empty)


def _requested(name: str, zh: str, which: str, empty: str) -> Queue:
    """Orders with an open request of this sort, the first to be answered first; the clock is the request's."""
    join = (
        "JOIN (SELECT number, min(at) AS at, min(due_at) AS due_at FROM request"
        f" WHERE state IN ('open', 'half') AND {which}"
        f" GROUP BY number ORDER BY min(due_at), number LIMIT {MOST}) q ON q.number = w.number"
    )
    return Queue(name, zh, "true", empty, join, clock="q")


def _asked(name: str, zh: str, types: str, empty: str) -> Queue:
    return _requested(name, zh, f"type IN ({types})", empty)


# Orders ``w`` in which one of the person's units has a part. A section has no leg of its own: its unit's leg names it.
OF_UNIT: Final = (
    "l.number = w.number AND l.unit = ANY(ARRAY(SELECT unnest(%(units)s::text[])"
    " UNION SELECT parent_id FROM unit WHERE code = ANY(%(units)s::text[]) AND kind = 'section'))"
    " AND (l.unit = ANY(%(units)s) OR w.doc @> ANY(%(handed_on)s::jsonb[]))"
)
# The same for a person of one unit, as nearly everybody is: its legs are read in their order, no further than a page.
_OF_ONE: Final = (
    "l.number = w.number AND l.unit = (SELECT CASE kind WHEN 'section' THEN parent_id ELSE code END FROM unit"
    " WHERE code = (%(units)s::text[])[1])"
    " AND (l.unit = (%(units)s::text[])[1] OR w.doc @> (%(handed_on)s::jsonb[])[1])"
)
_LEG: Final = f"JOIN leg l ON {OF_UNIT}"
# Closed without a callback and drawn to be called all the same, until there is an answer.
_SAMPLED: Final = (
    "JOIN (SELECT s.number, s.drawn_at AS at, s.due_at FROM callback_sample s WHERE s.ended_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM callback c WHERE c.number = s.number AND c.valid AND c.at >= s.drawn_at)"
    f" ORDER BY s.due_at, s.number LIMIT {MOST}) q ON q.number = w.number AND w.state = 'closed'"
)
_TAKE: Final = _state("received", "待受理", "received", "没有待受理的诉求，新的来了会排在这里。")
_ALL: Final = Queue("all", "全部工单", "true", "还没有工单。", newest=True)
_EXEMPT: Final = _asked("exempt", "剔除待审", "'exemption'", "没有待审的剔除申请。")
_OUT: Final = _asked("instructed", "批示在办", "'instruction'", "没有待反馈的批示。")

QUEUES: Final[Mapping[str, Sequence[Queue]]] = {
    "agent": (_TAKE, _state("needs_details", "待补充", "needs_details", "没有等诉求人补充的工单。"), _ALL),
    "dispatcher": (
        _TAKE,
        _state("accepted", "待派单", "accepted", "都派出去了。"),
        _asked("returns", "退单待审", "'return'", "没有待审的退单。"),
        _asked(
            "asked",
            "申请待审",
            "'extension', 'assist', 'objection', 'refusal', 'complex', 'late_entry'",
            "没有待审的申请。",
        ),
        _state("needs_details", "待补充", "needs_details", "没有等诉求人补充的工单。"),
        _ALL,
    ),
    "unit_clerk": (
        Queue("sign", "待签收", "l.open AND l.state = 'dispatched'", "没有待签收的工单。", _LEG, clock="l"),
        Queue(
            "work",
            "办理中",
            "l.open AND l.state = 'acknowledged'",
            "没有在办的工单。",
            _LEG,
            clock="l",
        ),
        _requested("whistle", "吹哨", "type = 'whistle' AND units && %(units)s::varchar[]", "没有吹哨要应。"),
        _requested("told", "批示", "type = 'instruction' AND unit = ANY(%(units)s)", "没有待反馈的批示。"),
        Queue("mine", "本单位全部", "true", "本单位还没有工单。", newest=True, own=True),
    ),
    "reviewer": (_state("review", "待审核", "replied", "答复都审完了。"),),
    "callback_clerk": (
        _state("callback", "待回访", "callback", "都回访过了。"),
        Queue(
            "after",
            "承诺和核实",
            "w.state = 'closed' AND w.due_at IS NOT NULL",
            "没有到期的承诺和待核实的撤诉。",
        ),
        Queue("sample", "抽查回访", "true", "没有抽中待打的工单。", _SAMPLED, clock="q"),
    ),
    "supervisor": (
        Queue("red", "已超期", f"{BY_DUE} AND w.due_at < %(now)s", "没有超期的工单。"),
        Queue(
            "amber",
            "将超期",
            AMBER,
            "没有将超期的工单。",
        ),
        Queue("flagged", "有标记", "w.state <> 'closed' AND w.flags <> '{}'", "没有悬空、推诿、久拖的工单。"),
        _asked("decide", "待我审定", "'shelve', 'complex', 'late_entry', 'contest', 'extension'", "没有待审的申请。"),
        _EXEMPT,
        _ALL,
    ),
    "arbiter": (
        _state("ruling", "待裁定", "ruling", "没有待裁定的工单。"),
        Queue(
            "duty",
            "待定责",
            "w.unsettled AND w.tick_at IS NOT NULL",
            "没有待定责的工单。",
        ),
    ),
    "city_leader": (
        Queue("high", "提级督办", "w.state <> 'closed' AND w.ladder >= 3", "没有提级督办的工单。"),
        _OUT,
        _ALL,
    ),
    "exemption_approver": (_EXEMPT,),
    "inspector": (_ALL,),
    "analyst": (_ALL,),
    "administrator": (_ALL,),
    "dpo": (Queue("closed", "已办结", "w.state = 'closed'", "没有已办结的工单。", newest=True),),
}
_SAME: Final = {"unit_leader": "unit_clerk"}


def queues_of(roles: Iterable[str]) -> list[Queue]:
    """The queues of somebody with these roles, none twice."""
    found: dict[tuple[str, str], Queue] = {}
    for role in roles:
        for queue in QUEUES.get(_SAME.get(role, role), ()):
            found.setdefault((queue.name, queue.zh), queue)
    return list(found.values())


_COLUMNS: Final = (
    "w.number, w.version, w.title, w.place, w.matter, w.region, w.lead_unit, w.state, w.outcome, w.kind, w.urgency,"
    " w.enterprise, w.secret, w.chases, w.ladder, w.flags, w.round, w.received_at"
)
_CLOCKS: Final = {
    "w": "coalesce(w.dispatched_at, w.accepted_at, w.received_at), w.amber_at, w.due_at",
    "l": "l.at, l.amber_at, l.due_at",
    # A request is told of at its limit, not before it.
    "q": "q.at, NULL::timestamptz, q.due_at",
}
_FILTERS: Final = {
    "state": "w.state = %(state)s",
    "urgency": "w.urgency = %(urgency)s",
    "kind": "w.kind = %(kind)s",
    "matter": "(w.matter = %(matter)s OR w.matter LIKE %(matter)s || '.%%')",
    "region": "w.region LIKE %(region)s || '%%'",
    "unit": "w.lead_unit = %(unit)s",
    "enterprise": "w.enterprise",
    "due_before": f"{BY_DUE} AND w.due_at < %(due_before)s",
}
_INDEXED: Final = frozenset({"state", "unit", "due_before"})


@dataclass(frozen=True, slots=True)
class After:
    """Where the page before ended: the sort key of its last row (None: no clock), and its number."""

    due_at: datetime | None
    number: int


def page(
    queue: Queue,
    *,
    units: Sequence[str],
    now: datetime,
    filters: Mapping[str, Any],
    after: After | None = None,
    among: Sequence[int] | None = None,
    limit: int = PAGE,
) -> list[Row]:
    """A page of a queue, and one row more if another follows. ``filters``: checked values by name, see ``_FILTERS``;
    ``among``: only those of these numbers that stand in the list."""
    chosen = [name for name in _FILTERS if filters.get(name)]
    params = {**scope(units), "now": now, **{name: filters[name] for name in chosen}}
    where = [queue.where, *(_FILTERS[name] for name in chosen)]
    if windowed(queue, filters):
        where.append("w.number >= %(since)s")
        params["since"] = number_of((now - WINDOW).astimezone(CITY_ZONE).date(), 0)
    if after:
        where.append(_beyond(queue, after))
        params.update(due=after.due_at, last=after.number)
    if among is not None:
        where.append("w.number = ANY(%(among)s)")
        params["among"] = list(among)
    found = " AND ".join(where)
    if queue.own:
        params.update({f"unit{at}": unit for at, unit in enumerate(units)})
        found = _of_units(params["handed_on"], where, limit) if units else "false"
    order = "w.number DESC" if queue.newest else f"{queue.clock}.due_at NULLS LAST, w.number"
    statement = (
        f"SELECT {_COLUMNS}, {_CLOCKS[queue.clock]} FROM work_order w {joined(queue, units)}"
        f" WHERE {found} ORDER BY {order} LIMIT {limit + 1}"
    )
    # Filters want a plan for their very values.
    return [Row(*row) for row in (sql.rows if chosen else sql.hot)(statement, params)]


def joined(queue: Queue, units: Sequence[str]) -> str:
    """What the queue's orders are joined with, for a person of these units."""
    return f"JOIN leg l ON {_OF_ONE}" if queue.join == _LEG and len(units) == 1 else queue.join


def _of_units(handed_on: Sequence[str], where: Sequence[str], limit: int) -> str:
    """Each unit's legs are read newest first and no further than the page needs, however long its history."""
    asked = [part for part in where if part != "true"]
    join = EACH if any(not part.startswith("w.number") for part in asked) else ""
    found = "".join(f" AND {part}" for part in asked).replace("w.number", "c.number")
    numbers = []
    for at in range(len(handed_on)):
        section = f"SELECT parent_id FROM unit WHERE code = %(unit{at})s AND kind = 'section'"
        named = f"w.doc @> (%(handed_on)s::jsonb[])[{at + 1}]"
        for own, unit in ((join, f"%(unit{at})s"), (EACH, f"({section}) AND {named}")):
            place = f"leg c {own} WHERE c.unit = {unit}{found}"
            numbers.append(f"(SELECT DISTINCT c.number FROM {place} ORDER BY c.number DESC LIMIT {limit + 1})")
    return f"w.number IN ({' UNION '.join(numbers)})"


def windowed(queue: Queue, filters: Mapping[str, Any]) -> bool:
    """Whether the list goes back only so far, because it would have to read every order there ever was."""
    return queue.newest and any(filters.get(name) and name not in _INDEXED for name in _FILTERS)


def _beyond(queue: Queue, after: After) -> str:
    if queue.newest:
        return "w.number < %(last)s"
    due = f"{queue.clock}.due_at"
    if after.due_at is None:
        return f"{due} IS NULL AND w.number > %(last)s"
    return f"({due} IS NULL OR ({due}, w.number) > (%(due)s, %(last)s))"


def scope(units: Sequence[str]) -> dict[str, Any]:
    """What ``OF_UNIT`` asks for."""
    handed_on = [write_data({"legs": [{"sections": [unit]}]}) for unit in units]
    return {"units": list(units), "handed_on": handed_on}


def states(numbers: Sequence[int]) -> dict[int, str]:
    """The states of these orders."""
    return dict(sql.rows("SELECT number, state FROM work_order WHERE number = ANY(%s)", (list(numbers),)))


def state_of(queue: Queue) -> str:
    """The one state whose orders are this list; empty when it is not a list of one state."""
    found = _OF_STATE.fullmatch(queue.where)
    return found[1] if found and not queue.join else ""


_OF_STATE: Final = re.compile(r"w\.state = '(\w+)'")
