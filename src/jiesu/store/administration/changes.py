"""The record of changes, written once and read by whoever asks; and changes that wait for their day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from jiesu.store import sql
from jiesu.store.documents import read_data
from jiesu.store.models import PlannedChange, SettingChange

PAGE: Final = 50
MOST: Final = 2_000
"""How far back in a filtered history one can count."""
_COLUMNS: Final = (
    "c.id, c.name, c.key, c.title, c.before::text, c.after::text, c.by, coalesce(s.name, ''), c.at, c.note,"
    " c.effective, c.batch, c.restores, a.id, coalesce(a.name, '')"
)
_FROM: Final = (
    "FROM setting_change c LEFT JOIN staff s ON c.by = 's' || s.id"
    " LEFT JOIN staff a ON c.name = 'staff' AND a.login = c.key"
)


@dataclass(frozen=True, slots=True)
class Record:
    """A change as it is kept: ``name`` is a kind of city data, or a document of settings of its own."""

    name: str
    key: str
    title: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    effective: date | None = None
    restores: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A change as the history shows it. ``who``: the name of the staff member; empty for the system.

    ``account`` and ``person``: the number and the name of the account that it is about.
    """

    id: int
    name: str
    key: str
    title: str
    before: Any
    after: Any
    by: str
    who: str
    at: datetime
    note: str
    effective: date | None
    batch: str
    restores: int | None
    account: int | None
    person: str


def record(records: Sequence[Record], *, by: str, now: datetime, note: str, batch: str = "") -> list[int]:
    """Keep these changes for ever; their numbers. One statement."""
    made = SettingChange.objects.bulk_create(
        SettingChange(
            name=one.name,
            key=one.key,
            title=one.title[:200],
            before=one.before,
            after=one.after,
            by=by,
            at=now,
            note=note,
            effective=one.effective,
            batch=batch,
            restores=one.restores,
        )
        for one in records
    )
    return [one.id for one in made]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a history is asked for; empty values ask for nothing. ``words``: in the title, the key or the reason."""

    name: str = ""
    key: str = ""
    by: str = ""
    words: str = ""
    batch: str = ""
    first: date | None = None
    last: date | None = None
    before: int | None = None


def history(wanted: Wanted, limit: int = PAGE) -> list[Kept]:
    """Changes, the newest first, and one more than ``limit`` when there are more. One statement."""
    where, params = _where(wanted)
    found = sql.rows(
        f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY c.id DESC LIMIT %(limit)s", {**params, "limit": limit + 1}
    )
    return [_kept(row) for row in found]


def count(wanted: Wanted) -> int:
    """How many there are, up to ``MOST``. One statement."""
    where, params = _where(wanted)
    return int(sql.value(f"SELECT count(*) FROM (SELECT 1 FROM setting_change c WHERE {where} LIMIT {MOST}) x", params))


def get(number: int) -> Kept | None:
    """One change, or None."""
    found = sql.one(f"SELECT {_COLUMNS} {_FROM} WHERE c.id = %s", (number,))
    return _kept(found) if found else None


def _kept(row: tuple[Any, ...]) -> Kept:
    before, after = (read_data(one) if one is not None else None for one in row[4:6])
    return Kept(*row[:4], before, after, *row[6:])


def _where(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    asked: dict[str, tuple[str, Any]] = {
        "name": ("(c.name = %(name)s OR c.name LIKE %(name)s || '/%%')", wanted.name),
        "key": ("c.key = %(key)s", wanted.key),
        "by": ("c.by = %(by)s", wanted.by),
        "batch": ("c.batch = %(batch)s", wanted.batch),
        "words": ("position(%(words)s in c.title || ' ' || c.key || ' ' || c.note) > 0", wanted.words),
        "first": ("c.at >= (%(first)s::date)::timestamp AT TIME ZONE 'Asia/Shanghai'", wanted.first),
        "last": ("c.at < (%(last)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'", wanted.last),
        "before": ("c.id < %(before)s", wanted.before),
    }
    held = {name: (condition, value) for name, (condition, value) in asked.items() if value}
    conditions = " AND ".join(condition for condition, _ in held.values())
    return conditions or "true", {name: value for name, (_, value) in held.items()}


def people() -> list[tuple[str, str]]:
    """Who has changed anything, for a filter: id and name, bounded. One statement."""
    return sql.rows(
        "SELECT DISTINCT c.by, s.name FROM (SELECT by FROM setting_change ORDER BY id DESC LIMIT 5000) c"
        " JOIN staff s ON c.by = 's' || s.id ORDER BY s.name LIMIT 100"
    )


# -- changes that wait


@dataclass(frozen=True, slots=True)
class Planned:
    """A change that waits for its day, or that could not be made on it (state failed, ``said`` tells why)."""

    id: int
    kind: str
    key: str
    title: str
    before: Any
    after: Any
    reason: str
    by: str
    who: str
    at: datetime
    effective: date
    batch: str
    restores: int | None
    state: str
    said: str


_PLANNED: Final = (
    "SELECT p.id, p.kind, p.key, p.title, p.before::text, p.after::text, p.reason, p.by, coalesce(s.name, ''), p.at,"
    " p.effective, p.batch, p.restores, p.state, p.said FROM planned_change p LEFT JOIN staff s ON p.by = 's' || s.id"
)


def plan(records: Sequence[Record], *, by: str, now: datetime, note: str, batch: str = "") -> list[int]:
    """Keep these changes until their day comes; their numbers. One statement."""
    made = PlannedChange.objects.bulk_create(
        PlannedChange(
            kind=one.name,
            key=one.key,
            title=one.title[:200],
            before=one.before,
            after=one.after,
            reason=note,
            by=by,
            at=now,
            effective=one.effective,
            batch=batch,
            restores=one.restores,
        )
        for one in records
    )
    return [one.id for one in made]


def planned(kind: str = "", key: str = "", limit: int = 200) -> list[Planned]:
    """Changes that wait, the nearest day first, and those that failed; of one kind or thing. One statement."""
    found = sql.rows(
        f"{_PLANNED} WHERE p.state IN ('waiting', 'failed') AND (%(kind)s = '' OR p.kind = %(kind)s)"
        " AND (%(key)s = '' OR p.key = %(key)s) ORDER BY p.state, p.effective, p.id LIMIT %(limit)s",
        {"kind": kind, "key": key, "limit": limit},
    )
    return [_planned(row) for row in found]


def waiting_for(things: Sequence[tuple[str, str]]) -> list[Planned]:
    """Changes that wait for any of these (kind, key). One statement."""
    found = sql.rows(
        f"{_PLANNED} JOIN unnest(%s::text[], %s::text[]) x(kind, key) ON x.kind = p.kind AND x.key = p.key"
        " WHERE p.state = 'waiting' ORDER BY p.effective, p.id LIMIT 500",
        ([kind for kind, _ in things], [key for _, key in things]),
    )
    return [_planned(row) for row in found]


def due(today: date) -> list[Planned]:
    """Changes whose day has come, held for this transaction; those that were made as one come together."""
    found = sql.rows(
        f"{_PLANNED} WHERE p.state = 'waiting' AND p.effective <= %s ORDER BY p.effective, p.id LIMIT 5000"
        " FOR UPDATE OF p SKIP LOCKED",
        (today,),
    )
    return [_planned(row) for row in found]


def anything_due(today: date) -> bool:
    """Whether a change waits whose day has come. One statement, by an index of what waits."""
    return bool(sql.rows("SELECT 1 FROM planned_change WHERE state = 'waiting' AND effective <= %s LIMIT 1", (today,)))


def settle(numbers: Sequence[int], state: str, *, now: datetime, by: str, said: str = "", was: str = "waiting") -> int:
    """These are done, called off or failed; how many were still ``was``."""
    return sql.run(
        "UPDATE planned_change SET state = %s, said = %s, ended_at = %s, ended_by = %s"
        " WHERE id = ANY(%s) AND state = %s",
        (state, said, now, by, list(numbers), was),
    )


def planned_one(number: int) -> Planned | None:
    found = sql.one(f"{_PLANNED} WHERE p.id = %s", (number,))
    return _planned(found) if found else None


def _planned(row: tuple[Any, ...]) -> Planned:
    before, after = (read_data(one) if one is not None else None for one in row[4:6])
    return Planned(*row[:4], before, after, *row[6:])
