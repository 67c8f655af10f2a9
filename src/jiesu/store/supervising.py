"""What a supervisor watches over: orders in groups by what is wrong with them, with the unit that has to act.

Open work only, through its partial indexes; each group is read no further than ``MOST``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final

from jiesu.store import sql
from jiesu.store.worklists import AMBER, BY_DUE, Row

PAGE: Final = 50
MOST: Final = 1000
NO_UNIT: Final = "-"
"""What stands for the unit of an order that nobody has yet."""


@dataclass(frozen=True, slots=True)
class Group:
    """One reason to look at an order. ``acts``: the units that have to act, an SQL array; ``clock``: whose is shown;
    ``flag``: the flag that it is, so that all flagged orders are read once for every count."""

    name: str
    zh: str
    where: str
    empty: str
    join: str = ""
    acts: str = "ARRAY[w.lead_unit]"
    clock: str = "coalesce(w.dispatched_at, w.accepted_at, w.received_at), w.amber_at, w.due_at"
    order: str = "w.due_at NULLS LAST, w.number"
    flag: str = ""


_OPEN: Final = "w.state <> 'closed'"
_FLAGGED: Final = f"{_OPEN} AND w.flags <> '{{}}'"


def _flagged(name: str, zh: str, empty: str, **more: str) -> Group:
    return Group(name, zh, f"{_FLAGGED} AND '{name}' = ANY(w.flags)", empty, flag=name, **more)


def _asked(name: str, zh: str, types: str, empty: str, acts: str = "ARRAY[w.lead_unit]") -> Group:
    join = (
        "JOIN (SELECT DISTINCT ON (number) number, unit, units, at, due_at FROM request"
        f" WHERE state IN ('open', 'half') AND type IN ({types}) ORDER BY number, due_at) q ON q.number = w.number"
    )
    return Group(name, zh, "true", empty, join, acts, "q.at, NULL::timestamptz, q.due_at", "q.due_at, w.number")


_LATE: Final = (
    "ARRAY(SELECT l.unit FROM leg l WHERE l.number = w.number AND NOT l.lead AND l.open"
    " AND l.due_at < %(now)s ORDER BY l.no)"
)
GROUPS: Final[Mapping[str, Group]] = {
    one.name: one
    for one in (
        Group("red", "已超期", f"{BY_DUE} AND w.due_at < %(now)s", "没有超期的工单。"),
        Group("amber", "将超期", AMBER, "没有将超期的工单。"),
        _flagged("bouncing", "推诿", "没有来回退、来回派的工单。"),
        _flagged("ownerless", "悬空", "没有无人接的工单。"),
        _flagged("ageing", "久拖", "没有拖得太久的工单。", order="w.number"),
        _flagged("chased", "多次催单", "没有被催三次以上的工单。", order="w.chases DESC, w.number"),
        _asked("whistle", "吹哨未应", "'whistle'", "没有等着回应的吹哨。", "q.units"),
        _flagged("leg_late", "配合超期", "没有超期的配合单位。", acts=_LATE),
        _asked("instructed", "批示在办", "'instruction'", "没有待反馈的批示。", "ARRAY[q.unit]"),
        Group(
            "hard",
            "疑难挂账",
            "(w.state = 'shelved' OR (w.state <> 'closed' AND w.flags <> '{}' AND 'hard_case' = ANY(w.flags)))",
            "没有疑难件和挂账件。",
        ),
        _asked("exempt", "剔除待审", "'exemption'", "没有待审的剔除申请。"),
        _asked(
            "decide",
            "待我审定",
            "'shelve', 'complex', 'late_entry', 'contest', 'extension'",
            "没有待审的申请。",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An open request of an order."""

    type: str
    unit: str
    units: tuple[str, ...]
    due_at: datetime | None
    half: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """A row with what says why it is here. ``acts``: units that have to act; ``urged_at``: when last pressed for."""

    row: Row
    acts: tuple[str, ...]
    returns: int
    tried: int
    urged_at: datetime | None
    acknowledged: bool
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """``orders``: of each group, up to ``MOST``; ``units``: of each group, orders by the unit that has to act."""

    orders: dict[str, int]
    units: dict[str, dict[str, int]]


def counts(groups: Sequence[Group], now: datetime) -> Counts:
    """How many orders each group holds, by unit. One statement."""
    statement = f"WITH {_HELD} {' UNION ALL '.join(_count(one) for one in groups)}"
    found = Counts({one.name: 0 for one in groups}, {one.name: {} for one in groups})
    for name, unit, whole, number in sql.hot(statement, {"now": now}):
        if whole:
            found.orders[name] = number
        else:
            found.units[name][unit] = number
    return found


_HELD: Final = (
    "flagged AS MATERIALIZED (SELECT w.number, w.lead_unit, w.due_at, w.chases, w.flags FROM work_order w"
    f" WHERE {_FLAGGED})"
)


def _count(one: Group) -> str:
    held = f"flagged w WHERE '{one.flag}' = ANY(w.flags)" if one.flag else f"work_order w {one.join} WHERE {one.where}"
    return (
        f"SELECT '{one.name}', coalesce(u, '{NO_UNIT}'), grouping(u) = 1, count(DISTINCT x.number)"
        f" FROM (SELECT w.number, {one.acts} AS acts FROM {held} ORDER BY {one.order} LIMIT {MOST}) x"
        " LEFT JOIN LATERAL unnest(x.acts) u ON true GROUP BY GROUPING SETS ((u), ())"
    )


_ROW: Final = ", ".join(f"w.{one.name}" for one in fields(Row)[:-3])
_WIDTH: Final = len(fields(Row))
_BESIDE: Final = (
    "coalesce((w.doc->>'returns')::int, 0), jsonb_array_length(coalesce(w.doc->'tried', '[]')),"
    " (SELECT max(e.at) FROM event e WHERE e.number = w.number AND e.move IN ('urge', 'supervise', 'escalate')),"
    " EXISTS (SELECT 1 FROM leg l WHERE l.number = w.number AND l.lead AND l.open AND l.acknowledged_at IS NOT NULL),"
    " (SELECT coalesce(json_agg(json_build_array(r.type, r.unit, r.units, extract(epoch FROM r.due_at), r.state)"
    " ORDER BY r.no), '[]') FROM request r WHERE r.number = w.number AND r.state IN ('open', 'half'))"
)


def page(
    group: Group,
    now: datetime,
    *,
    unit: str = "",
    offset: int = 0,
    among: Sequence[int] | None = None,
    limit: int = PAGE,
) -> list[Watched]:
    """A page of a group, and one row more if another follows. ``unit``: only what this unit has to act on;
    ``among``: only those of these numbers that stand in it. One statement."""
    where, params = [group.where], {"now": now, "unit": unit, "among": list(among or ())}
    if unit == NO_UNIT:
        where.append("w.lead_unit IS NULL")
    elif unit:
        where.append(f"%(unit)s = ANY({group.acts})")
    if among is not None:
        where.append("w.number = ANY(%(among)s)")
    rows = sql.rows(
        f"WITH p AS MATERIALIZED (SELECT w.number, {group.acts} AS acts,"
        f" row_number() OVER (ORDER BY {group.order}) AS at,"
        f" ARRAY[{group.clock}] AS clock FROM work_order w {group.join} WHERE {' AND '.join(where)}"
        f" ORDER BY {group.order} LIMIT {limit + 1} OFFSET {min(max(offset, 0), MOST)})"
        f" SELECT {_ROW}, p.clock[1], p.clock[2], p.clock[3], p.acts, {_BESIDE}"
        " FROM p JOIN work_order w ON w.number = p.number ORDER BY p.at",
        params,
    )
    return [_watched(row) for row in rows]


def _watched(row: tuple[Any, ...]) -> Watched:
    acts, returns, tried, urged_at, acknowledged, asked = row[_WIDTH:]
    made = tuple(_asked_of(*one) for one in asked)
    return Watched(Row(*row[:_WIDTH]), tuple(filter(None, acts)), returns, tried, urged_at, acknowledged, made)


def _asked_of(type_: str, unit: str, units: list[str], due: float | None, state: str) -> Asked:
    from_epoch = datetime.fromtimestamp(due, UTC) if due is not None else None
    return Asked(type_, unit, tuple(units), from_epoch, state == "half")
