"""What an exchange tells, taken into the table of calls: any order, any repetition, one row a call.

The events of a call are kept sealed in its row (they hold the numbers); every other column is what
``domain.calls.fold`` makes of them. Rows are always locked in the same order (calls, tasks, agents), so that batches
do not block each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from jiesu.domain.calls import MOST_EVENTS, Line, Told, fold
from jiesu.domain.order import moment, stamp
from jiesu.domain.privacy import mask_phone, mask_text
from jiesu.domain.rules import Rules
from jiesu.store import announce, call_tasks, crypto, sql
from jiesu.store.documents import read_data, write_data
from jiesu.store.people import phone_key

_HASHED: Final = re.compile(r"h-[0-9a-f]{34}")
LIVE: Final = timedelta(hours=4)  # older news concerns no open page and nobody's state; no talk lasts longer


@dataclass(slots=True)
class Taken:
    """What came of a batch, by the exchange's ids: calls that are new, changed, told nothing new, told too much."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    full: list[str] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Row:
    """A call as it was before this batch, and as the events make it."""

    id: int
    key: str
    agent: str
    seat: str
    person: int | None
    outcome: str
    task: int | None
    told: set[Told]
    line: Line
    phone_hash: bytes | None = None
    new_agent: str = ""


def key_of(exchange_id: str) -> str:
    """The exchange's id of a call as it is kept; one that holds somebody's number is kept as a hash of itself."""
    if mask_text(exchange_id) == exchange_id or _HASHED.fullmatch(exchange_id):
        return exchange_id
    return f"h-{crypto.search_hash(exchange_id).hex()}"


def take(told: Mapping[str, Sequence[Told]], *, now: datetime, rules: Rules) -> Taken:
    """Take the events of these calls (by the exchange's ids) inside the caller's transaction.

    At most 14 statements, however many calls; one that says nothing new costs 2.
    """
    named: dict[str, list[Told]] = {}
    for exchange_id, events in told.items():
        named.setdefault(key_of(exchange_id), []).extend(events)
    taken, rows = Taken(), []
    fresh = _hold(sorted(named), now)
    for id_, key, key_id, sealed, *was in sql.rows(_LOCK, (sorted(named),)):
        taken.ids[key] = id_
        before = None if sealed is None else unseal(key, key_id, sealed)
        after = before and before | set(named[key]) if before else set(named[key])
        if before is None or after == before:
            taken.known.append(key)
        elif len(after) > MOST_EVENTS:
            taken.full.append(key)
        else:
            (taken.added if key in fresh else taken.changed).append(key)
            agent, seat, person, outcome, task = was
            rows.append(Row(id_, key, agent, seat, person, outcome, task, after, fold(after)))
    if rows:
        _write(rows, now, rules)
    return taken


_HOLD: Final = (
    "INSERT INTO call (exchange_id, direction, offered_at, outcome, agent, recording, told)"
    " SELECT x, 'in', %s, '', '', '', ''::bytea FROM unnest(%s::text[]) x"
    " WHERE NOT EXISTS (SELECT 1 FROM call c WHERE c.exchange_id = x) ORDER BY x"
    " ON CONFLICT (exchange_id) DO NOTHING RETURNING exchange_id"
)
_LOCK: Final = (
    "SELECT id, exchange_id, key_id, told, agent, seat, person, outcome, task FROM call"
    " WHERE exchange_id = ANY(%s) ORDER BY exchange_id FOR UPDATE"
)


def _hold(keys: list[str], now: datetime) -> set[str]:
    """See that there is a row for each call; those that are new."""
    return {key for (key,) in sql.rows(_HOLD, (now, keys))}


# -- the events of a call, sealed


def seal(key: str, told: set[Told]) -> tuple[int, bytes]:
    """The events as the row keeps them."""
    docs = [{**{k: v for k, v in asdict(one).items() if v}, "at": stamp(one.at)} for one in sorted(told)]
    return crypto.seal(write_data(docs), aad=f"call/{key}".encode())


def unseal(key: str, key_id: int | None, sealed: bytes) -> set[Told]:
    """The events that the row keeps; none before the first. Raises CannotUnseal."""
    if key_id is None or not sealed:
        return set()
    docs = read_data(crypto.unseal(key_id, sealed, f"call/{key}".encode()))
    return {Told(**{**doc, "at": moment(doc["at"])}) for doc in docs}


# -- the row


def _write(rows: list[Row], now: datetime, rules: Rules) -> None:
    hashes = {row.line.resident: crypto.search_hash(row.line.resident) for row in rows if row.line.resident}
    agents = _agents({row.line.agent for row in rows if row.line.agent and row.line.agent != row.seat})
    people = _people([row.line.resident for row in rows if row.line.resident and row.person is None])
    for row in rows:
        row.phone_hash = hashes.get(row.line.resident)
        row.person = row.person or people.get(row.line.resident)
        seat = row.line.agent
        row.new_agent = row.agent if seat == row.seat else agents.get(seat, seat)
    _update(rows)
    call_tasks.follow([_news(row) for row in rows], now=now, rules=rules)
    live = [row for row in rows if (row.line.ended_at or row.line.moved_at or row.line.offered_at) > now - LIVE]
    _agent_states(live)
    _tell_pages(live)


def _news(row: Row) -> call_tasks.News:
    line = row.line
    outcome = line.outcome if line.direction == "in" else "out"
    return call_tasks.News(
        row.id, outcome, row.phone_hash, row.person, line.answered_at, line.ended_at or line.offered_at, row.task
    )


def _agents(seats: set[str]) -> dict[str, str]:
    """Who sits at these seats, named by an extension, a login, or the account itself. One statement."""
    if not seats:
        return {}
    found = sql.rows(
        "SELECT login, 's' || id FROM staff WHERE login = ANY(%(seats)s)"
        " UNION ALL SELECT 's' || id, 's' || id FROM staff WHERE 's' || id = ANY(%(seats)s)"
        " UNION ALL SELECT extension, agent FROM agent_state WHERE extension = ANY(%(seats)s)",
        {"seats": sorted(seats)},
    )
    return dict(found)


def _people(phones: Sequence[str]) -> dict[str, int]:
    """The person behind each of these numbers where exactly one is known. One statement."""
    if not phones:
        return {}
    owners = {digest: phone for phone in set(phones) for digest in crypto.search_hashes(phone)}
    found = sql.rows(
        "SELECT phone_hash, id FROM person WHERE phone_hash = ANY(%s::bytea[]) AND erased_at IS NULL", (list(owners),)
    )
    known: dict[str, list[int]] = {}
    for digest, person in found:
        known.setdefault(owners[bytes(digest)], []).append(person)
    return {phone: ids[0] for phone, ids in known.items() if len(ids) == 1}


_COLUMNS: Final = {
    "direction": "text",
    "offered_at": "timestamptz",
    "answered_at": "timestamptz",
    "ended_at": "timestamptz",
    "outcome": "text",
    "agent": "text",
    "seat": "text",
    "phone_hash": "bytea",
    "person": "bigint",
    "recording": "text",
    "held_seconds": "int",
    "transfers": "smallint",
    "key_id": "smallint",
    "told": "bytea",
}
_UPDATE: Final = (
    f"UPDATE call c SET {', '.join(f'{name} = r.{name}' for name in _COLUMNS)}"
    f" FROM unnest(%s::bigint[], {', '.join(f'%s::{kind}[]' for kind in _COLUMNS.values())})"
    f" AS r(id, {', '.join(_COLUMNS)}) WHERE c.id = r.id"
)


def _update(rows: list[Row]) -> None:
    values = [(row.id, *_values(row)) for row in rows]
    sql.run(_UPDATE, [list(column) for column in zip(*values, strict=True)])


def _values(row: Row) -> tuple[Any, ...]:
    line = row.line
    return (
        *(line.direction, line.offered_at, line.answered_at, line.ended_at, line.outcome, row.new_agent, line.agent),
        *(row.phone_hash, row.person, shown_recording(line), line.held_seconds, line.transfers),
        *seal(row.key, row.told),
    )


def shown_recording(line: Line) -> str:
    """The link of a recording as the table shows it: without the resident's number, which exchanges like to put in."""
    link = line.recording
    if line.resident:
        link = link.replace(line.resident, mask_phone(line.resident))
    return link if link.startswith("file:") else mask_text(link)[:200]


# -- agents and their pages

_BUSY: Final = (
    "INSERT INTO agent_state (agent, state, since, call)"
    " SELECT DISTINCT ON (agent) agent, 'busy', since, call"
    " FROM unnest(%s::text[], %s::timestamptz[], %s::bigint[]) AS r(agent, since, call) ORDER BY agent, since DESC"
    " ON CONFLICT (agent) DO UPDATE SET state = 'busy', since = excluded.since, call = excluded.call"
    " WHERE agent_state.since <= excluded.since"
)
_FREE: Final = (
    "UPDATE agent_state s SET state = 'after_call', since = r.since"
    " FROM unnest(%s::text[], %s::timestamptz[], %s::bigint[]) AS r(agent, since, call)"
    " WHERE s.agent = r.agent AND s.call = r.call AND s.state = 'busy' AND s.since <= r.since"
)


def _agent_states(rows: Sequence[Row]) -> None:
    """Who talks is busy; who has hung up or handed on writes it up. What he chose himself later than that stays."""
    talking = [row for row in rows if row.new_agent and row.line.answered_at]
    busy = [(row.new_agent, row.line.moved_at or row.line.answered_at, row.id) for row in talking]
    free = [(row.new_agent, row.line.ended_at, row.id) for row in talking if row.line.ended_at]
    left = [row for row in talking if row.agent not in ("", row.new_agent) and row.line.moved_at]
    free += [(row.agent, row.line.moved_at or row.line.offered_at, row.id) for row in left]
    for statement, states in ((_BUSY, busy), (_FREE, free)):
        if states:
            sql.run(statement, [list(column) for column in zip(*sorted(states, key=_by_agent), strict=True)])


def _by_agent(state: tuple[Any, ...]) -> str:
    return str(state[0])


def _tell_pages(rows: Sequence[Row]) -> None:
    """Announce a call to the pages of whoever has it and of whoever had it: ids only, never a number."""
    agents = [(row.id, agent) for row in rows if row.line.answered_at for agent in {row.agent, row.new_agent} - {""}]
    told = sorted(f"call {id_} {agent}" for id_, agent in agents if " " not in agent)
    if announce.afterwards():
        for words in told:
            announce.committed(words)
    elif told:
        sql.rows(f"SELECT pg_notify('{announce.CHANNEL}', x) FROM unnest(%s::text[]) x", (told,))


def normal(told: Told) -> Told:
    """An event with its numbers as they are compared, or as they were where nothing of a number is in them."""
    return Told(
        told.at,
        told.kind,
        told.agent,
        phone_key(told.caller) if told.caller else "",
        phone_key(told.called) if told.called else "",
        told.direction,
        told.reason,
        told.recording,
    )
