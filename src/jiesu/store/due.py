"""What the clock tick reads and writes: orders whose next moment has come, reminders, and the tick's own memory.

Moves go through ``record`` like any other. A sweep reads through the partial index of ``tick_at``, so that it costs
what is due and not what there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from jiesu.domain.notices import Notice, shown_at
from jiesu.domain.rules import Rules
from jiesu.store import sql
from jiesu.store.documents import read_order, write_data
from jiesu.store.record import Loaded

AIM_BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class Deciding:
    """The snapshot that decides now, and whether every waiting order's next moment was set by its calendar."""

    snapshot: str
    mark: str
    aimed: bool


@dataclass(frozen=True, slots=True)
class Due:
    """An order that this transaction holds, because its moment has come."""

    number: int
    row: tuple[Any, ...]

    def loaded(self) -> Loaded:
        doc, head, title, place, ticked = self.row
        return Loaded(read_order(doc), bytes(head), title, place, frozenset(ticked))


@dataclass(slots=True)
class Look:
    """What a look at one order leaves to be written: when to look again, which steps are done, whom to remind."""

    number: int
    tick_at: datetime | None
    ticked: frozenset[str]
    reminders: list[Notice] = field(default_factory=list)


def deciding() -> Deciding | None:
    """The rules that decide now, or None before a city is loaded. One statement."""
    found = sql.one(
        "SELECT s.id, md5((s.parts->>'calendar') || (s.parts->>'params')), a.mark, a.upto"
        " FROM rules_current c JOIN rules_snapshot s ON s.id = c.snapshot LEFT JOIN tick_aim a ON a.one = 1"
        " WHERE c.one = 1"
    )
    if found is None:
        return None
    snapshot, mark, aimed_by, upto = found
    return Deciding(snapshot, mark, aimed_by == mark and upto is None)


def hold(now: datetime, most: int) -> list[Due]:
    """Hold the orders whose moment came first, at most ``most``; those that somebody works on right now are left."""
    found = sql.rows(
        "SELECT number, doc::text, head, title, place, ticked FROM work_order WHERE tick_at <= %s"
        " ORDER BY tick_at LIMIT %s FOR UPDATE SKIP LOCKED",
        (now, most),
    )
    return [Due(number, tuple(row)) for number, *row in found]


_WRITE: Final = (
    "WITH n AS (INSERT INTO notice (number, key, at, role, unit, words, urgent)"
    " SELECT number, key, at, role, unit, words, urgent FROM jsonb_to_recordset(%s::jsonb)"
    " AS n(number bigint, key text, at timestamptz, role text, unit text, words text, urgent boolean)"
    " ON CONFLICT (number, key, role) DO NOTHING)"
    " UPDATE work_order w SET tick_at = d.tick_at, ticked = d.ticked"
    " FROM jsonb_to_recordset(%s::jsonb) AS d(number bigint, tick_at timestamptz, ticked text[])"
    " WHERE w.number = d.number"
)


def write(looks: Sequence[Look], now: datetime, rules: Rules) -> None:
    """Write the reminders, what is done and when to look again, for orders that this transaction holds."""
    if not looks:
        return
    notices = [
        {
            "number": look.number,
            "key": one.key,
            "at": shown_at(now, one.urgent, rules),
            "role": one.role,
            "unit": one.unit,
            "words": one.words,
            "urgent": one.urgent,
        }
        for look in looks
        for one in look.reminders
    ]
    orders = [{"number": look.number, "tick_at": look.tick_at, "ticked": sorted(look.ticked)} for look in looks]
    sql.run(_WRITE, (write_data(notices), write_data(orders)))


def push_back(numbers: Sequence[int], until: datetime) -> None:
    """Look at these orders again no sooner than ``until``."""
    if numbers:
        sql.run("UPDATE work_order SET tick_at = %s WHERE number = ANY(%s)", (until, list(numbers)))


def aim(mark: str, now: datetime) -> bool:
    """Make the next batch of waiting orders due for a look, because the calendar or the parameters changed.

    Orders that somebody holds are waited for by a later call. Whether another batch is left to do now: False too
    when another process is at it. Inside the caller's transaction.
    """
    sql.run("INSERT INTO tick_aim (one, mark, upto) VALUES (1, '', 0) ON CONFLICT (one) DO NOTHING")
    mine = sql.one("SELECT mark, upto FROM tick_aim WHERE one = 1 FOR UPDATE SKIP LOCKED")
    if mine is None:
        return False
    upto = mine[1] if mine[0] == mark else 0
    if upto is None:
        return False
    last, missed, seen = sql.rows(_AIM, {"now": now, "upto": upto, "most": AIM_BATCH})[0]
    done = None if seen < AIM_BATCH and missed is None else last if missed is None else missed - 1
    sql.run("UPDATE tick_aim SET mark = %s, upto = %s WHERE one = 1", (mark, done))
    return done is not None and missed is None


_AIM: Final = (
    "WITH wanted AS (SELECT number FROM work_order WHERE tick_at > %(now)s AND number > %(upto)s"
    " ORDER BY number LIMIT %(most)s),"
    " held AS (SELECT number FROM work_order WHERE number IN (SELECT number FROM wanted) FOR UPDATE SKIP LOCKED),"
    " aimed AS (UPDATE work_order SET tick_at = %(now)s WHERE number IN (SELECT number FROM held) RETURNING number)"
    " SELECT max(s.number), min(s.number) FILTER (WHERE a.number IS NULL), count(*)"
    " FROM wanted s LEFT JOIN aimed a ON a.number = s.number"
)
