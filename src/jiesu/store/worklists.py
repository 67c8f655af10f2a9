"""What waits for whom: one list per queue of a role, by clock, bounded, through indexes of open work.

A queue is a named condition; filters come from the page. A page of rows is one statement, the counts of all queues of
a person are another; a count stops at a thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiesu.store import sql

PAGE: Final = 50
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Queue:
    """One list. ``leg``: the clock and order of the unit's own leg; ``newest``: by number, newest first."""

    name: str
    zh: str
    where: str
    empty: str
    join: str = ""
    leg: bool = False
    newest: bool = False


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


def _asked(name: str, zh: str, types: str, empty: str) -> Queue:
    join = (
        "JOIN (SELECT DISTINCT number FROM request WHERE state IN ('open', 'half')"
        f" AND type IN ({types}) LIMIT {MOST}) asked ON asked.number = w.number"
    )
    return Queue(name, zh, "true", empty, join)


_LEG: Final = "JOIN leg l ON l.number = w.number AND l.unit = ANY(%(units)s)"
_TAKE: Final = _state("received", "待受理", "received", "没有待受理的诉求，新的来了会排在这里。")
_ALL: Final = Queue("all", "全部工单", "true", "还没有工单。", newest=True)
_EXEMPT: Final = _asked("exempt", "剔除待审", "'exemption'", "没有待审的剔除申请。")
_OUT: Final = Queue(
    "told",
    "批示在办",
    "true",
    "没有待反馈的批示。",
    "JOIN (SELECT DISTINCT number FROM request WHERE type = 'instruction' AND state = 'open' LIMIT 1000) i"
    " ON i.number = w.number",
)

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
        Queue("sign", "待签收", "l.state = 'dispatched' AND w.state <> 'closed'", "没有待签收的工单。", _LEG, leg=True),
        Queue(
            "work",
            "办理中",
            "l.state = 'acknowledged' AND w.state IN ('dispatched', 'handling')",
            "没有在办的工单。",
            _LEG,
            leg=True,
        ),
        Queue(
            "whistle",
            "吹哨",
            "true",
            "没有吹哨要应。",
            "JOIN request q ON q.number = w.number AND q.type = 'whistle' AND q.state IN ('open', 'half')"
            " AND q.units && %(units)s::varchar[]",
        ),
        Queue(
            "told",
            "批示",
            "true",
            "没有待反馈的批示。",
            "JOIN request q ON q.number = w.number AND q.type = 'instruction' AND q.state = 'open'"
            " AND q.unit = ANY(%(units)s)",
        ),
        Queue("mine", "本单位全部", "true", "本单位还没有工单。", _LEG, newest=True),
    ),
    "reviewer": (_state("review", "待审核", "replied", "答复都审完了。"),),
    "callback_clerk": (
        _state("callback", "待回访", "callback", "都回访过了。"),
        Queue(
            "after",
            "承诺和核实",
            "w.state = 'closed' AND w.tick_at IS NOT NULL AND w.outcome IN ('promised', 'withdrawn', 'statutory')",
            "没有到期的承诺和待核实的撤诉。",
        ),
    ),
    "supervisor": (
        Queue("red", "已超期", "w.state <> 'closed' AND w.due_at < %(now)s", "没有超期的工单。"),
        Queue(
            "amber",
            "将超期",
            "w.state <> 'closed' AND w.due_at >= %(now)s AND w.amber_at < %(now)s",
            "没有将超期的工单。",
        ),
        Queue("flagged", "有标记", "w.state <> 'closed' AND w.flags <> '{}'", "没有悬空、推诿、久拖的工单。"),
        _asked("asked", "申请待审", "'shelve', 'complex', 'late_entry', 'contest', 'extension'", "没有待审的申请。"),
        _EXEMPT,
        _ALL,
    ),
    "arbiter": (
        _state("ruling", "待裁定", "ruling", "没有待裁定的工单。"),
        Queue(
            "duty",
            "待定责",
            "w.tick_at IS NOT NULL AND w.doc @> '{\"ruled\": true}' AND NOT w.doc ? 'settled'",
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
_FILTERS: Final = {
    "state": "w.state = %(state)s",
    "urgency": "w.urgency = %(urgency)s",
    "kind": "w.kind = %(kind)s",
    "matter": "(w.matter = %(matter)s OR w.matter LIKE %(matter)s || '.%%')",
    "region": "w.region LIKE %(region)s || '%%'",
    "unit": "w.lead_unit = %(unit)s",
    "enterprise": "w.enterprise",
    "due_before": "w.due_at < %(due_before)s",
}


def page(
    queue: Queue,
    *,
    units: Sequence[str],
    now: datetime,
    filters: Mapping[str, Any],
    after: tuple[str, int] | None = None,
) -> list[Row]:
    """A page of a queue, and one row more if another follows. ``after``: sort key and number of the last row seen."""
    clock = "l" if queue.leg else "w"
    start = "l.at" if queue.leg else "coalesce(w.dispatched_at, w.accepted_at, w.received_at)"
    where, params = _where(queue, units, now, filters)
    if queue.newest:
        order = "w.number DESC"
        if after:
            where += " AND w.number < %(last)s"
    else:
        order = f"{clock}.due_at ASC NULLS LAST, w.number"
        if after:
            where += f" AND (coalesce({clock}.due_at, 'infinity'), w.number) > (%(key)s::timestamptz, %(last)s)"
    if after:
        params.update(key=after[0], last=after[1])
    statement = (
        f"SELECT {_COLUMNS}, {start}, {clock}.amber_at, {clock}.due_at FROM work_order w {queue.join}"
        f" WHERE {where} ORDER BY {order} LIMIT {PAGE + 1}"
    )
    return [Row(*row) for row in sql.rows(statement, params)]


def _where(queue: Queue, units: Sequence[str], now: datetime, filters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    chosen = [name for name in _FILTERS if filters.get(name)]
    params: dict[str, Any] = {name: filters[name] for name in chosen}
    params.update(units=list(units), now=now)
    return " AND ".join([queue.where, *(_FILTERS[name] for name in chosen)]), params


def counts(queues: Sequence[Queue], *, units: Sequence[str], now: datetime) -> dict[str, int]:
    """How many wait in each queue, up to a thousand; queues that only list are not counted. One statement."""
    asked = [queue for queue in queues if not queue.newest]
    if not asked:
        return {}
    parts = [
        f"SELECT '{queue.name}', count(*) FROM"
        f" (SELECT 1 FROM work_order w {queue.join} WHERE {queue.where} LIMIT {MOST}) x"
        for queue in asked
    ]
    found = sql.rows(" UNION ALL ".join(parts), {"units": list(units), "now": now})
    return dict(found)
