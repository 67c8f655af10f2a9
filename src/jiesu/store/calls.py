"""Calls as desks read them: the one an agent is in, who is to be called back, what was done during it, who heard it.

Numbers leave this module in the clear only towards whoever talks to them (``pop``), or dials them (``dialling``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiesu.domain.calls import OPEN_TASKS, fold
from jiesu.domain.privacy import mask_phone
from jiesu.store import crypto, people, sql
from jiesu.store.call_events import LIVE, unseal
from jiesu.store.documents import read_data
from jiesu.store.people import Known

MOST: Final = 100
MOST_PEOPLE: Final = 20


@dataclass(frozen=True, slots=True)
class Pop:
    """The call that an agent is in, or is writing up: the resident's number and everybody known to use it.

    ``person`` is the one who calls where that is certain; ``orders`` what was already done during this call;
    ``task`` the callback task that it was dialled for.
    """

    call: int
    direction: str
    phone: str
    offered_at: datetime
    answered_at: datetime
    ended_at: datetime | None
    on_hold: bool
    person: int | None
    people: tuple[tuple[int, Known], ...]
    orders: tuple[int, ...]
    task: int | None


_POP: Final = (
    "SELECT c.id, c.exchange_id, c.key_id, c.told, c.offered_at, c.answered_at, c.ended_at, c.person,"
    " ARRAY(SELECT DISTINCT o.number FROM call_order o WHERE o.call = c.id ORDER BY o.number LIMIT 50),"
    " (SELECT t.id FROM call_task t WHERE t.dialled = c.id AND t.state = 'taken'),"
    " c.ended_at IS NULL OR (s.state = 'after_call' AND s.call = c.id)"
    " FROM call c LEFT JOIN agent_state s ON s.agent = c.agent"
    " WHERE c.agent = %s AND c.answered_at > %s ORDER BY c.answered_at DESC LIMIT 1"
)
_PEOPLE: Final = (
    "SELECT id, key_id, sealed FROM person WHERE phone_hash = ANY(%s::bytea[]) AND erased_at IS NULL"
    f" ORDER BY id DESC LIMIT {MOST_PEOPLE}"
)


def pop(agent: str, *, now: datetime) -> Pop | None:
    """The call that ``agent`` (an actor's id) is in, or the last one while he writes it up. At most 2 statements.

    Orders of the number come from ``search.by_phone(pop.phone, limit=...)``, one more.
    """
    found = sql.one(_POP, (agent, now - LIVE))
    if found is None or not found[-1]:
        return None
    call, key, key_id, sealed, offered, answered, ended, person, orders, task, _ = found
    told = unseal(key, key_id, sealed) if sealed else set()
    line = fold(told) if told else None
    phone = line.resident if line else ""
    return Pop(
        *(call, line.direction if line else "in", phone, offered, answered, ended, bool(line and line.on_hold)),
        *(person, tuple(_known(phone)), tuple(orders), task),
    )


def _known(phone: str) -> list[tuple[int, Known]]:
    if not phone:
        return []
    found = sql.rows(_PEOPLE, (crypto.search_hashes(people.phone_key(phone)),))
    return [(id_, _person(id_, key_id, sealed)) for id_, key_id, sealed in found]


def _person(id_: int, key_id: int, sealed: bytes) -> Known:
    return Known(**read_data(crypto.unseal(key_id, sealed, f"person/{id_}".encode())))


# -- what was done during a call


@dataclass(frozen=True, slots=True)
class Held:
    """A call as verbs judge it."""

    id: int
    agent: str
    direction: str
    answered_at: datetime | None
    ended_at: datetime | None


def held(call: int) -> Held | None:
    """The call, or None when there is none. One statement."""
    found = sql.one("SELECT id, agent, direction, answered_at, ended_at FROM call WHERE id = %s", (call,))
    return Held(*found) if found else None


_LINK: Final = (
    "WITH o AS (INSERT INTO call_order (call, number, seq, at, by) "
    " VALUES (%(call)s, %(number)s, %(seq)s, %(at)s, %(by)s) ON CONFLICT DO NOTHING)"
    " UPDATE call SET number = coalesce(call.number, %(number)s), person = coalesce(call.person, w.person)"
    " FROM work_order w WHERE call.id = %(call)s AND w.number = %(number)s"
)


def link(call: int, number: int, seq: int, *, by: str, now: datetime) -> None:
    """Keep that the order's event ``seq`` was made during this call; who called is known by it. One statement."""
    sql.run(_LINK, {"call": call, "number": number, "seq": seq, "at": now, "by": by})


@dataclass(frozen=True, slots=True)
class OfOrder:
    """A call as the order's page lists it; ``seqs`` are the events made during it. The recording is not shown here."""

    call: int
    direction: str
    offered_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str
    agent: str
    recorded: bool
    seqs: list[int]


def of_order(number: int, *, limit: int = MOST) -> list[OfOrder]:
    """The calls that belong to an order, newest first. One statement."""
    found = sql.rows(
        "SELECT c.id, c.direction, c.offered_at, c.answered_at, c.ended_at, c.outcome, c.agent, c.recording <> '',"
        " ARRAY(SELECT o.seq FROM call_order o WHERE o.call = c.id AND o.number = %(number)s ORDER BY o.seq)"
        " FROM call c WHERE c.id IN (SELECT id FROM call WHERE number = %(number)s"
        " UNION SELECT call FROM call_order WHERE number = %(number)s) ORDER BY c.offered_at DESC LIMIT %(limit)s",
        {"number": number, "limit": min(limit, MOST)},
    )
    return [OfOrder(*row) for row in found]


# -- recordings


@dataclass(frozen=True, slots=True)
class Recorded:
    """A call and its recording as the rules judge it: the exchange's link, or ``file:`` and a digest."""

    id: int
    agent: str
    at: datetime
    recording: str
    linked: bool
    guarded: bool


_RECORDED: Final = (
    "SELECT c.id, c.agent, c.offered_at, c.recording, c.exchange_id, c.key_id, c.told, count(w.number),"
    " coalesce(bool_or(w.secret OR w.kind = 'report'), false)"
    # As a list of numbers, so that they are looked up: one condition or the other would have every order read.
    " FROM call c LEFT JOIN work_order w ON w.number = ANY(ARRAY(SELECT o.number FROM call_order o WHERE o.call = c.id"
    " UNION SELECT c.number)) WHERE c.id = %s GROUP BY c.id"
)


def recorded(call: int) -> Recorded | None:
    """The call with the true link of its recording. One statement."""
    found = sql.one(_RECORDED, (call,))
    if found is None:
        return None
    id_, agent, at, shown, key, key_id, sealed, orders, guarded = found
    told = unseal(key, key_id, sealed) if sealed and shown else set()
    true = fold(told).recording if told else ""
    return Recorded(id_, agent, at, true or shown, orders > 0, guarded)


def hear(call: int, *, by: str, role: str, reason: str, now: datetime) -> None:
    """Keep that somebody listened."""
    sql.run(
        "INSERT INTO call_heard (call, at, by, role, reason) VALUES (%s, %s, %s, %s, %s)",
        (call, now, by, role, reason),
    )


@dataclass(frozen=True, slots=True)
class Hearing:
    """One time that a recording was listened to."""

    at: datetime
    by: str
    role: str
    reason: str


def heard(call: int, *, limit: int = MOST) -> list[Hearing]:
    """Who listened to the recording of a call, newest first."""
    found = sql.rows(
        "SELECT at, by, role, reason FROM call_heard WHERE call = %s ORDER BY id DESC LIMIT %s",
        (call, min(limit, MOST)),
    )
    return [Hearing(*row) for row in found]


# -- callback tasks


@dataclass(frozen=True, slots=True)
class Task:
    """A caller to be rung back. ``phone`` is masked; ``name`` is empty when nobody is known at this number."""

    id: int
    call: int
    phone: str
    person: int | None
    name: str
    misses: int
    urgent: bool
    first_at: datetime
    last_at: datetime
    due_at: datetime
    next_at: datetime
    state: str
    attempts: int
    taken_by: str
    taken_at: datetime | None


_TASK: Final = (
    "SELECT t.id, t.call, c.exchange_id, c.key_id, c.told, t.person, p.key_id, p.sealed, t.misses, t.urgent,"
    " t.first_at, t.last_at, t.due_at, t.next_at, t.state, t.attempts, t.taken_by, t.taken_at"
    " FROM call_task t JOIN call c ON c.id = t.call LEFT JOIN person p ON p.id = t.person AND p.erased_at IS NULL"
)
_TASKS: Final = (
    f"{_TASK} WHERE t.state IN ('open', 'taken') AND (t.state = 'open' OR %(all)s OR t.taken_by = %(agent)s)"
    " AND (t.next_at <= %(now)s OR t.state = 'taken')"
    " ORDER BY (t.state = 'taken' AND t.taken_by = %(agent)s) DESC, t.urgent DESC, t.due_at, t.id LIMIT %(limit)s"
)


def tasks(*, now: datetime, agent: str = "", everybody: bool = False, limit: int = 50) -> list[Task]:
    """Open tasks that may be rung now: those that ``agent`` has taken first, then urgent ones, then by limit.

    What others have taken only with ``everybody``. At most 100 rows, one statement.
    """
    found = sql.rows(_TASKS, {"now": now, "agent": agent, "all": everybody, "limit": max(1, min(limit, MOST))})
    return [_task(row) for row in found]


def task(id_: int) -> Task | None:
    """One task, whatever its state."""
    found = sql.one(f"{_TASK} WHERE t.id = %s", (id_,))
    return _task(found) if found else None


def _task(row: Sequence[Any]) -> Task:
    id_, call, key, key_id, sealed, person, person_key, person_sealed, *rest = row
    told = unseal(key, key_id, sealed) if sealed else set()
    known = _person(person, person_key, person_sealed) if person_sealed else Known()
    phone = mask_phone(fold(told).resident) if told else ""
    return Task(id_, call, phone, person, known.name or known.company, *rest)


def dialling(task_: int) -> str:
    """The number of a task in the clear, for the port alone; empty when it was erased."""
    found = sql.one(
        "SELECT c.exchange_id, c.key_id, c.told FROM call_task t JOIN call c ON c.id = t.call WHERE t.id = %s", (task_,)
    )
    if found is None or not found[2]:
        return ""
    told = unseal(*found)
    return fold(told).resident if told else ""


_MOVE: Final = "UPDATE call_task SET {} WHERE id = %(id)s AND state = ANY(%(frm)s) AND (%(any)s OR taken_by = %(by)s)"


def take_task(id_: int, *, by: str, now: datetime) -> bool:
    """Give an open task to one agent; whether he was the first."""
    return _move(id_, "state = 'taken', taken_by = %(by)s, taken_at = %(now)s", ("open",), by=by, now=now, anyone=True)


def end_task(id_: int, state: str, *, by: str, now: datetime) -> bool:
    """End a task that ``by`` has taken; whether it was his."""
    return _move(
        id_, "state = %(state)s, ended_at = %(now)s, ended_by = %(by)s", ("taken",), by=by, now=now, state=state
    )


def put_back(id_: int, *, by: str, now: datetime, again: datetime, attempts: int, anyone: bool = False) -> bool:
    """Back into the list, not to be rung before ``again``, with so many attempts made; whether it was in hand."""
    change = "state = 'open', taken_by = '', taken_at = NULL, next_at = %(again)s, attempts = %(attempts)s"
    return _move(id_, change, ("taken",), by=by, now=now, anyone=anyone, again=again, attempts=attempts)


def _move(id_: int, change: str, frm: Sequence[str], *, anyone: bool = False, **values: Any) -> bool:
    return sql.run(_MOVE.format(change), {"id": id_, "frm": list(frm), "any": anyone, **values}) == 1


def dialled(task_: int, call: int) -> None:
    """The last call out that was made for a task."""
    sql.run("UPDATE call_task SET dialled = %s WHERE id = %s", (call, task_))


def waiting() -> tuple[int, int]:
    """How many tasks are open, and how many of them are urgent: for the desk's counts."""
    open_, urgent = sql.rows(
        "SELECT count(*), count(*) FILTER (WHERE urgent) FROM call_task WHERE state = ANY(%s)", (list(OPEN_TASKS),)
    )[0]
    return open_, urgent


# -- agents


@dataclass(frozen=True, slots=True)
class AgentState:
    """What an agent is doing, since when."""

    agent: str
    state: str
    since: datetime
    extension: str
    call: int | None


_STATE: Final = "SELECT agent, state, since, coalesce(extension, ''), call FROM agent_state"


def agent_state(agent: str) -> AgentState | None:
    """What this agent is doing; None before his first shift."""
    found = sql.one(f"{_STATE} WHERE agent = %s", (agent,))
    return AgentState(*found) if found else None


def agent_states(*, limit: int = 500) -> list[AgentState]:
    """Every agent, who has been longest in a state first."""
    return [AgentState(*row) for row in sql.rows(f"{_STATE} ORDER BY since, agent LIMIT %s", (limit,))]


def set_agent_state(agent: str, state: str, *, now: datetime, extension: str | None = None) -> None:
    """What the agent says that he is doing. A new extension is taken from whoever had it before; None keeps his own."""
    if extension:
        sql.run("UPDATE agent_state SET extension = NULL WHERE extension = %s AND agent <> %s", (extension, agent))
    sql.run(
        "INSERT INTO agent_state (agent, state, since, extension) VALUES (%(agent)s, %(state)s, %(now)s, %(ext)s)"
        " ON CONFLICT (agent) DO UPDATE SET extension = CASE WHEN %(keep)s THEN agent_state.extension"
        " ELSE excluded.extension END, state = excluded.state,"
        " since = CASE WHEN agent_state.state = excluded.state THEN agent_state.since ELSE excluded.since END",
        {"agent": agent, "state": state, "now": now, "ext": extension or None, "keep": extension is None},
    )


def keep_recording(call: int) -> tuple[str, int | None, bytes | None] | None:
    """The exchange's id of a call with its sealed events; None when there is no such call, or it takes no events."""
    found = sql.one("SELECT exchange_id, key_id, told FROM call WHERE id = %s AND told IS NOT NULL", (call,))
    return (found[0], found[1], found[2]) if found else None
