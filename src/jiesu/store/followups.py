"""What review meetings asked for, sealed words with what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from jiesu.domain.followups import ENDED, Item
from jiesu.domain.order import stamp
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import crypto, names, sql
from jiesu.store.documents import read_data

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """What was said of an item: done, dropped, moved or open again."""

    at: datetime
    name: str
    state: str
    due: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Followed:
    """An item with its owner's name, and all that was said of it, the newest first."""

    id: int
    window: Window
    at: datetime
    text: str
    item: Item
    owner: str
    marks: Sequence[Mark]

    @property
    def ended(self) -> Mark | None:
        """What ended it; None while it is open."""
        return self.marks[0] if self.marks and self.item.state in ENDED else None


def add(window: Window, text: str, *, unit: str, staff: int | None, due: date, by: str, now: datetime) -> int:
    """Keep an item; its number. One statement."""
    key_id, sealed = crypto.seal(text, aad=_aad("item", by, now))
    found: int = sql.value(
        "INSERT INTO follow_up (span, first, at, by, unit, staff, due, key_id, sealed)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (window.span, window.first, now, by, unit, staff, due, key_id, sealed),
    )
    return found


def mark(item: int, no: int, state: str, note: str, *, due: date | None, by: str, now: datetime) -> bool:
    """Say what became of an item; ``no``: how many marks it had. False when somebody else has just said something. One
    statement."""
    key_id, sealed = crypto.seal(note, aad=_aad(f"mark/{item}", by, now))
    return (
        sql.run(
            "INSERT INTO follow_mark (item, no, at, by, state, due, key_id, sealed)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (item, no, now, by, state, due, key_id, sealed),
        )
        == 1
    )


def _aad(kind: str, by: str, at: datetime) -> bytes:
    return f"follow/{kind}/{by}/{stamp(at)}".encode()


_MARKS: Final = (
    "(SELECT json_agg(json_build_array(m.at, m.by, "
    f"{names.WRITER.format(by='m.by')}, m.state, m.due, m.key_id, encode(m.sealed, 'hex')) ORDER BY m.no DESC)::text"
    " FROM follow_mark m WHERE m.item = f.id)"
)
_STATE: Final = (
    "coalesce((SELECT m.state FROM follow_mark m WHERE m.item = f.id AND m.state <> 'moved' ORDER BY m.no DESC"
    " LIMIT 1), 'open')"
)
_ROW: Final = (
    "SELECT f.id, f.span, f.first, f.at, f.by, f.unit, f.staff, f.due, f.key_id, f.sealed,"
    f" coalesce((SELECT name FROM staff s WHERE s.id = f.staff), '{names.GONE}'), {_MARKS} FROM follow_up f"
)


def one(id_: int) -> Followed | None:
    """An item. One statement."""
    found = sql.one(f"{_ROW} WHERE f.id = %s", (id_,))
    return _read(found) if found else None


def listed(*, units: Sequence[str] | None = None, ended: bool = False) -> list[Followed]:
    """Open items by their day, or the newest of those that ended; ``units``: only what these own. At most ``MOST``.
    One statement."""
    sense = "IN" if ended else "NOT IN"
    found = sql.rows(
        f"{_ROW} WHERE {_STATE} {sense} ('done', 'dropped') AND (%(units)s::text[] IS NULL OR f.unit = ANY(%(units)s))"
        f" ORDER BY {'f.id DESC' if ended else 'f.due, f.id'} LIMIT {MOST}",
        {"units": list(units) if units is not None else None},
    )
    return [_read(row) for row in found]


def due(since: date, today: date) -> list[tuple[int, Window, str, date]]:
    """Open items of units whose day came after ``since``, up to today, and was set on an earlier one: number, edition,
    unit, day. At most ``MOST``. One statement."""
    found = sql.rows(
        "SELECT f.id, f.span, f.first, f.unit, d.due FROM follow_up f CROSS JOIN LATERAL (SELECT due, at FROM"
        " (SELECT m.due, m.at, m.no FROM follow_mark m WHERE m.item = f.id AND m.due IS NOT NULL"
        " UNION ALL SELECT f.due, f.at, -1) x ORDER BY no DESC LIMIT 1) d"
        " WHERE f.unit <> '' AND d.due > %(since)s AND d.due <= %(today)s"
        f" AND (d.at AT TIME ZONE '{CITY_ZONE.key}')::date < d.due AND {_STATE} NOT IN ('done', 'dropped')"
        f" ORDER BY f.id LIMIT {MOST}",
        {"since": since, "today": today},
    )
    return [(id_, Window(span, first), unit, day) for id_, span, first, unit, day in found]


def of_edition(window: Window) -> list[Followed]:
    """What an edition tells of: its own items, what is still open of earlier editions of its kind, and what of them was
    done since its window began. One statement."""
    found = sql.rows(
        f"{_ROW} WHERE f.span = %(span)s AND f.first <= %(first)s AND (f.first = %(first)s OR {_STATE} NOT IN ('done',"
        " 'dropped') OR (SELECT max(m.at) FROM follow_mark m WHERE m.item = f.id) >= %(since)s)"
        f" ORDER BY f.first, f.due, f.id LIMIT {MOST}",
        {"span": window.span, "first": window.first, "since": window.first},
    )
    return [_read(row) for row in found]


def _read(row: tuple[Any, ...]) -> Followed:
    id_, span, first, at, by, unit, staff, due, key_id, sealed, name, told = row
    marks = [_mark(id_, *one) for one in (read_data(told) if told else [])]
    moved = next((one.due for one in marks if one.due), None)
    state = next((one.state for one in marks if one.state != "moved"), "open")
    text = crypto.unseal_text(key_id, bytes(sealed), _aad("item", by, at))
    item = Item(unit, staff, moved or due, state)
    return Followed(id_, Window(span, first), at, text, item, "" if unit else name, marks)


def _mark(item: int, when: str, by: str, name: str, state: str, due: str | None, key_id: int, sealed: str) -> Mark:
    at = datetime.fromisoformat(when)
    note = crypto.unseal_text(key_id, bytes.fromhex(sealed), _aad(f"mark/{item}", by, at))
    return Mark(at, name, state, date.fromisoformat(due) if due else None, note)


def people(units: Sequence[str]) -> dict[str, int]:
    """Names of staff of these units by which an owner may be chosen; one that two bear is left out. One statement."""
    rows = sql.rows(
        "SELECT s.name, min(s.id) FROM staff s WHERE s.is_active AND EXISTS (SELECT 1 FROM staff_role r"
        " WHERE r.staff_id = s.id AND r.unit_id = ANY(%s)) GROUP BY s.name HAVING count(*) = 1 ORDER BY s.name"
        " LIMIT 300",
        (list(units),),
    )
    return dict(rows)
