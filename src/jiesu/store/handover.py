"""Notes of handing over a desk, what is open there at a moment, who signed, and who was on duty when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from jiesu.domain.handover import DESKS
from jiesu.domain.order import stamp
from jiesu.store import crypto, names, sql, worklists
from jiesu.store.documents import read_data, write_data

MOST: Final = worklists.MOST
SHOWN: Final = 20
"""How many orders of a group stand in a note; it says how many there were."""
PAGE: Final = 30
NEW: Final = timedelta(hours=48)
"""How long a note that nobody signed is held up to everybody at its desk."""
LONGEST_DUTY: Final = timedelta(hours=16)
"""A duty that nobody ended counts as forgotten after it."""

# -- what is open at a desk

_OPEN_CALLBACK: Final = "w.state = 'callback'"
_WAITING: Final = {
    "intake": "w.state IN ('received', 'needs_details')",
    "dispatch": "w.state IN ('received', 'accepted')",
    "callback": _OPEN_CALLBACK,
    "supervise": "w.state <> 'closed'",
}
_ASKS: Final = {
    "dispatch": "'return', 'extension', 'assist', 'objection', 'refusal', 'complex', 'late_entry'",
    "supervise": "'shelve', 'complex', 'late_entry', 'contest', 'extension', 'exemption', 'whistle'",
}


def _asked(types: str) -> str:
    return (
        "JOIN (SELECT number, min(due_at) AS due FROM request WHERE state IN ('open', 'half')"
        f" AND type IN ({types}) GROUP BY number) q ON q.number = w.number"
    )


def _group(desk: str, name: str) -> tuple[str, str, str]:
    """The join, the condition and the clock of a group of orders."""
    waits, due = _WAITING[desk], "w.due_at"
    pressing = "w.urgency = 'emergency'" if desk == "supervise" else "w.urgency <> 'normal'"
    plain = {
        "urgent": f"{waits} AND {pressing}",
        "unsigned": "w.state = 'dispatched' AND w.urgency <> 'normal'",
        "red": f"{waits} AND w.due_at < %(now)s",
        "amber": f"{waits} AND w.due_at >= %(now)s AND w.amber_at < %(now)s",
        "details": "w.state = 'needs_details'",
        "promised": "w.state = 'closed' AND w.due_at IS NOT NULL AND w.due_at < %(soon)s",
    }
    if name in plain:
        return "", plain[name], due
    if name == "later":
        join = "JOIN callback_turn t ON t.number = w.number AND t.staff IS NULL AND t.until > %(now)s"
        return join, "(w.state = 'callback' OR w.due_at IS NOT NULL)", "t.until"
    types = "'instruction'" if name == "instructed" else _ASKS[desk]
    return _asked(types), "true", "q.due"


def _orders(desk: str, name: str) -> str:
    join, where, due = _group(desk, name)
    return (
        f"(SELECT 'order', '{name}', count(*) OVER (), x.number, x.state, x.urgency, x.due, x.unit FROM"
        f" (SELECT w.number, w.state, w.urgency, {due} AS due, coalesce(w.lead_unit, '') AS unit FROM work_order w"
        f" {join} WHERE {where} ORDER BY {due} NULLS LAST, w.number LIMIT {MOST}) x"
        f" ORDER BY x.due NULLS LAST, x.number LIMIT {SHOWN})"
    )


_MISSED: Final = (
    "(SELECT 'task', 'missed', count(*) OVER (), x.id, '', '', x.due_at, x.misses::text FROM (SELECT id, due_at, misses"
    f" FROM call_task WHERE state IN ('open', 'taken') ORDER BY urgent DESC, due_at, id LIMIT {MOST}) x LIMIT {SHOWN})"
)


def _statement(desk: str) -> str:
    held = DESKS[desk]
    counts = (
        f"SELECT 'count', '{one.name}', count(*), 0::bigint, '', '', NULL::timestamptz, '' FROM"
        f" (SELECT 1 FROM work_order w {one.join} WHERE {one.where} LIMIT {MOST}) c"
        for one in worklists.QUEUES[held.role]
        if not one.newest
    )
    return " UNION ALL ".join(
        [*counts, *(_MISSED if name == "missed" else _orders(desk, name) for name in held.groups)]
    )


_STATEMENTS: Final = {desk: _statement(desk) for desk in DESKS}


def open_at(desk: str, now: datetime) -> dict[str, Any]:
    """What is open at a desk: ``counts`` of its lists, ``groups`` of what needs eyes, each with its number ``n`` (up to
    ``MOST``) and the first ``SHOWN``. Numbers and codes only. One statement."""
    counts: dict[str, int] = {}
    groups: dict[str, Any] = {}
    params = {"now": now, "soon": now + timedelta(days=1)}
    for part, name, n, number, state, urgency, due, unit in sql.rows(_STATEMENTS[desk], params):
        if part == "count":
            counts[name] = n
            continue
        group = groups.setdefault(name, {"n": n, "items": []})
        told = {"due": stamp(due) if due else None}
        if part == "task":
            group["items"].append({"task": number, "misses": int(unit), **told})
        else:
            group["items"].append({"number": number, "state": state, "urgency": urgency, "unit": unit, **told})
    return {"counts": counts, "groups": {name: groups[name] for name in DESKS[desk].groups if name in groups}}


# -- notes


@dataclass(frozen=True, slots=True)
class Signed:
    """Who read a note, and when; the first one took over."""

    staff: int
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """A desk as it was handed over, in the clear for whoever may read it."""

    id: int
    desk: str
    day: date
    shift: str
    at: datetime
    staff: int
    name: str
    open: Mapping[str, Any]
    text: str
    signed: tuple[Signed, ...]

    @property
    def taken_over(self) -> Signed | None:
        return self.signed[0] if self.signed else None


def write(desk: str, day: date, shift: str, *, staff: int, now: datetime, open_: Mapping[str, Any], text: str) -> int:
    """Keep a note; its number. One statement."""
    key_id, sealed = crypto.seal(text, aad=_aad(desk, staff, now))
    found: int = sql.value(
        "INSERT INTO shift_note (desk, day, shift, at, staff, open, key_id, sealed)"
        " VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s, %s) RETURNING id",
        (desk, day, shift, now, staff, write_data(open_), key_id, sealed),
    )
    return found


def _aad(desk: str, staff: int, at: datetime) -> bytes:
    return f"shift_note/{desk}/{staff}/{stamp(at)}".encode()


_NAME: Final = f"coalesce((SELECT name FROM staff WHERE id = {{}}), '{names.GONE}')"
_NOTE: Final = (
    f"SELECT n.id, n.desk, n.day, n.shift, n.at, n.staff, {_NAME.format('n.staff')}, n.open::text, n.key_id, n.sealed,"
    f" (SELECT coalesce(json_agg(json_build_array(s.staff, {_NAME.format('s.staff')}, extract(epoch FROM s.at))"
    " ORDER BY s.id), '[]') FROM shift_sign s WHERE s.note = n.id) FROM shift_note n"
)


def note(id_: int) -> Note | None:
    """One note. One statement."""
    found = sql.rows(f"{_NOTE} WHERE n.id = %s", (id_,))
    return _note(found[0]) if found else None


def notes(desks: Sequence[str], *, day: date | None = None, before: int | None = None, limit: int = PAGE) -> list[Note]:
    """Notes of these desks, newest first, of one day when given; one more than ``limit`` when there are more."""
    where, params = ["n.desk = ANY(%(desks)s)"], {"desks": list(desks), "day": day, "before": before}
    if day is not None:
        where.append("n.day = %(day)s")
    if before is not None:
        where.append("n.id < %(before)s")
    found = sql.rows(f"{_NOTE} WHERE {' AND '.join(where)} ORDER BY n.id DESC LIMIT {limit + 1}", params)
    return [_note(row) for row in found]


def _note(row: Sequence[Any]) -> Note:
    id_, desk, day, shift, at, staff, name, open_, key_id, sealed, signed = row
    text = crypto.unseal_text(key_id, sealed, _aad(desk, staff, at))
    made = tuple(Signed(who, said, datetime.fromtimestamp(float(when), UTC)) for who, said, when in signed)
    return Note(id_, desk, day, shift, at, staff, name, read_data(open_), text, made)


def sign(note_: int, *, staff: int, now: datetime) -> bool:
    """Keep that somebody has read a note; whether it was the first time."""
    return (
        sql.run(
            "INSERT INTO shift_sign (note, staff, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", (note_, staff, now)
        )
        == 1
    )


# Notes of the person's desks that wait for him: the last of a desk, and any that nobody has taken over.
UNSIGNED: Final = (
    "SELECT n.id, n.desk, n.at, n.staff FROM shift_note n WHERE n.desk = ANY(%(desks)s::text[])"
    " AND n.at > %(handed_since)s AND n.at <= %(now)s AND n.staff <> %(staff)s"
    " AND NOT EXISTS (SELECT 1 FROM shift_sign s WHERE s.note = n.id AND s.staff = %(staff)s)"
    " AND (NOT EXISTS (SELECT 1 FROM shift_sign s WHERE s.note = n.id)"
    " OR n.id = (SELECT max(m.id) FROM shift_note m WHERE m.desk = n.desk))"
)


# -- duty


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody's time at a desk."""

    staff: int
    name: str
    desk: str
    day: date
    shift: str
    since: datetime
    until: datetime | None
    ended: str


_DUTY: Final = (
    f"SELECT d.staff, {_NAME.format('d.staff')}, d.desk, d.day, d.shift, d.since, d.until, d.ended FROM shift_duty d"
)


def on_duty(desks: Sequence[str], now: datetime) -> list[Duty]:
    """Who is at these desks now, the longest first. One statement."""
    found = sql.rows(
        f"{_DUTY} WHERE d.desk = ANY(%s) AND d.until IS NULL AND d.since > %s ORDER BY d.desk, d.since, d.id LIMIT 200",
        (list(desks), now - LONGEST_DUTY),
    )
    return [Duty(*row) for row in found]


def duties(desks: Sequence[str], day: date) -> list[Duty]:
    """Who was at these desks in the shifts of a day. One statement."""
    found = sql.rows(
        f"{_DUTY} WHERE d.day = %s AND d.desk = ANY(%s) ORDER BY d.desk, d.since, d.id LIMIT 500", (day, list(desks))
    )
    return [Duty(*row) for row in found]


_BEGIN: Final = (
    "WITH old AS (UPDATE shift_duty SET until = since + %(longest)s, ended = 'lapsed' WHERE staff = %(staff)s"
    " AND desk = %(desk)s AND until IS NULL AND since <= %(now)s - %(longest)s RETURNING id)"
    " INSERT INTO shift_duty (staff, desk, day, shift, since) SELECT %(staff)s, %(desk)s, %(day)s, %(shift)s, %(now)s"
    " FROM (SELECT count(*) FROM old) first ON CONFLICT (staff, desk) WHERE until IS NULL DO NOTHING"
)


def begin(staff: int, desk: str, *, day: date, shift: str, now: datetime) -> bool:
    """Somebody comes to a desk; False when he is there already. A duty that nobody ended is over after its longest
    time, and says so. One statement."""
    given = {"staff": staff, "desk": desk, "day": day, "shift": shift, "now": now, "longest": LONGEST_DUTY}
    return sql.run(_BEGIN, given) == 1


def end(staff: int, desk: str, *, how: str, now: datetime) -> tuple[date, str] | None:
    """Somebody leaves a desk; the day and shift he was there in, None when he was not, or not for so long. One
    statement."""
    found = sql.one(
        "UPDATE shift_duty SET until = least(%(now)s, since + %(longest)s),"
        " ended = CASE WHEN since <= %(now)s - %(longest)s THEN 'lapsed' ELSE %(how)s END"
        " WHERE staff = %(staff)s AND desk = %(desk)s AND until IS NULL RETURNING day, shift, ended",
        {"staff": staff, "desk": desk, "how": how, "now": now, "longest": LONGEST_DUTY},
    )
    return (found[0], found[1]) if found and found[2] == how else None
