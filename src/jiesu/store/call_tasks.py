"""Callers whom nobody answered: one open task for each number, made, counted and ended by what the exchange tells.

How many misses a task stands for is counted from the calls that name it, never added up: a late or repeated event, or
an answer that was told after the end of its call, leaves the right number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiesu.domain.calls import param, span
from jiesu.domain.clocks import Limit, deadline
from jiesu.domain.rules import Rules
from jiesu.store import sql


@dataclass(frozen=True, slots=True)
class News:
    """What became of a call from outside: its outcome, whose it is, when; and the task that it was counted in."""

    call: int
    outcome: str
    phone_hash: bytes | None
    person: int | None
    answered_at: datetime | None
    at: datetime
    task: int | None


_MISSES: Final = ("dropped", "missed")
# Two calls of one number that are told at once wait for each other, so that each sees what the other was.
_IN_LINE: Final = (
    "SELECT pg_advisory_xact_lock(4711, x) FROM (SELECT DISTINCT hashtext(encode(h, 'hex')) AS x"
    " FROM unnest(%s::bytea[]) h ORDER BY 1) d"
)
_HOLD: Final = (
    "SELECT id FROM call_task WHERE (phone_hash = ANY(%s::bytea[]) AND state IN ('open', 'taken')) OR id = ANY(%s)"
    " ORDER BY id FOR UPDATE"
)
_UNCOUNT: Final = "UPDATE call SET task = NULL WHERE id = ANY(%s)"
_ANSWERED: Final = (
    "UPDATE call_task t SET state = 'obsolete', ended_at = r.at, ended_by = 'system'"
    " FROM unnest(%s::bytea[], %s::timestamptz[]) AS r(hash, at)"
    " WHERE t.phone_hash = r.hash AND t.state IN ('open', 'taken') AND t.last_at <= r.at"
)
# A miss makes or joins a task, unless the caller was answered, or called back, after it.
_MISSED: Final = (
    "WITH m AS (SELECT * FROM unnest(%s::bigint[], %s::bytea[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])"
    " AS m(call, hash, person, at, due)"
    " WHERE NOT EXISTS (SELECT 1 FROM call a WHERE a.phone_hash = m.hash AND a.answered_at > m.at)"
    " AND NOT EXISTS (SELECT 1 FROM call_task d WHERE d.phone_hash = m.hash AND d.ended_at > m.at"
    " AND d.state IN ('done', 'unreachable'))),"
    " t AS (INSERT INTO call_task (phone_hash, person, call, first_at, last_at, misses, urgent, due_at, next_at, state,"
    " attempts, taken_by, ended_by)"
    " SELECT hash, max(person), max(call), min(at), max(at), 0, false, min(due), min(at), 'open', 0, '', ''"
    " FROM m GROUP BY hash ORDER BY hash"
    " ON CONFLICT (phone_hash) WHERE state IN ('open', 'taken') DO UPDATE"
    " SET due_at = least(call_task.due_at, excluded.due_at), person = coalesce(call_task.person, excluded.person)"
    " RETURNING id, phone_hash)"
    " UPDATE call c SET task = t.id FROM m JOIN t ON t.phone_hash = m.hash WHERE c.id = m.call RETURNING t.id"
)
_COUNT: Final = (
    "UPDATE call_task t SET misses = n.misses, urgent = n.misses >= %s, call = coalesce(n.last, t.call),"
    " first_at = coalesce(n.first_at, t.first_at), last_at = coalesce(n.last_at, t.last_at),"
    " state = CASE WHEN n.misses = 0 AND t.state IN ('open', 'taken') THEN 'obsolete' ELSE t.state END,"
    " ended_at = CASE WHEN n.misses = 0 AND t.state IN ('open', 'taken') THEN %s ELSE t.ended_at END,"
    " ended_by = CASE WHEN n.misses = 0 AND t.state IN ('open', 'taken') THEN 'system' ELSE t.ended_by END"
    " FROM (SELECT x.id, count(c.id) AS misses, min(c.ended_at) AS first_at, max(c.ended_at) AS last_at,"
    " (array_agg(c.id ORDER BY c.ended_at DESC, c.id DESC))[1] AS last"
    " FROM unnest(%s::bigint[]) AS x(id) LEFT JOIN call c ON c.task = x.id GROUP BY x.id) n WHERE t.id = n.id"
)


def follow(news: Sequence[News], *, now: datetime, rules: Rules) -> None:
    """Make, count and end tasks by these calls, inside the caller's transaction. At most 6 statements."""
    since = now - span(rules.params, "call_back_age")
    answered = [one for one in news if one.outcome == "answered" and one.phone_hash]
    missed = [one for one in news if one.outcome in _MISSES and one.phone_hash and one.at > since]
    undone = {one.call: one.task for one in news if one.task is not None and one.outcome not in _MISSES}
    if not (answered or missed or undone):
        return
    hashes = sorted({one.phone_hash for one in (*answered, *missed) if one.phone_hash})
    sql.rows(_IN_LINE, (hashes,))
    held = sql.rows(_HOLD, (hashes, sorted(undone.values())))
    if undone:
        sql.run(_UNCOUNT, (sorted(undone),))
    changed = {*undone.values(), *(one.task for one in missed if one.task is not None)}
    changed |= _count_in([one for one in missed if one.task is None], rules)
    if changed:
        sql.run(_COUNT, (param(rules.params, "call_back_urgent"), now, sorted(changed)))
    if held and answered:
        sql.run(_ANSWERED, ([one.phone_hash for one in answered], [one.answered_at for one in answered]))


def _count_in(missed: Iterable[News], rules: Rules) -> set[int]:
    some = sorted(missed, key=lambda one: (one.phone_hash or b"", one.at, one.call))
    if not some:
        return set()
    limit = Limit.from_doc(param(rules.params, "call_back"))
    made = [(one.call, one.phone_hash, one.person, one.at, deadline(one.at, limit, rules.calendar)) for one in some]
    return {task for (task,) in sql.rows(_MISSED, [list(column) for column in zip(*made, strict=True)])}
