"""Signals of gaming as they were told to units, with what was said of each, sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from jiesu.domain.gaming import Signal
from jiesu.domain.order import stamp
from jiesu.domain.windows import Window
from jiesu.store import crypto, names, sql
from jiesu.store.documents import read_data, write_data

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Note:
    """Words about a signal: the unit's answer (``answer``), or why it is laid aside (``why``)."""

    at: datetime
    name: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """A signal as it stands. ``sent``: how many of its orders went into the sample."""

    id: int
    window: Window
    signal: Signal
    told_at: datetime
    answer_by: date
    state: str
    closed_at: datetime | None
    closed_by: str
    sent: int | None
    notes: Sequence[Note]


def tell(
    window: Window, found: Sequence[Signal], *, answer_by: date, by: str, now: datetime
) -> list[tuple[int, str, str]]:
    """Keep those signals of a window that were not told before; of each its number, unit and kind. One statement."""
    return sql.rows(
        'INSERT INTO gaming_signal (span, first, unit, kind, cases, "of", usual, numbers, told_at, told_by, answer_by)'
        " SELECT %s, %s, s.unit, s.kind, s.cases, s.whole, s.usual, s.numbers, %s, %s, %s FROM jsonb_to_recordset"
        "(%s::jsonb) AS s(unit text, kind text, cases int, whole int, usual float8, numbers jsonb)"
        " ON CONFLICT DO NOTHING RETURNING id, unit, kind",
        (
            *(window.span, window.first, now, by, answer_by),
            write_data(
                [
                    {
                        "unit": one.unit,
                        "kind": one.kind,
                        "cases": one.cases,
                        "whole": one.of,
                        "usual": one.usual,
                        "numbers": list(one.numbers),
                    }
                    for one in found
                ]
            ),
        ),
    )


_NOTES: Final = (
    "(SELECT json_agg(json_build_array(n.at, n.by, "
    f"{names.WRITER.format(by='n.by')}, n.kind, n.key_id, encode(n.sealed, 'hex')) ORDER BY n.id)::text"
    " FROM signal_note n WHERE n.signal = s.id)"
)
_CLOSED: Final = f"CASE WHEN s.closed_by = '' THEN '' ELSE {names.WRITER.format(by='s.closed_by')} END"
_ROW: Final = (
    's.id, s.span, s.first, s.unit, s.kind, s.cases, s."of", s.usual, s.numbers::text, s.told_at, s.answer_by, s.state,'
    f" s.closed_at, {_CLOSED}, s.sent, {_NOTES}"
)


def one(id_: int) -> Told | None:
    """A signal; its row is held until the transaction ends. One statement."""
    found = sql.one(f"SELECT {_ROW} FROM gaming_signal s WHERE s.id = %s FOR UPDATE OF s", (id_,))
    return _read(found) if found else None


def listed(window: Window, *, units: Sequence[str] | None = None) -> list[Told]:
    """The signals of a window by unit and kind; ``units``: only about these. At most ``MOST``. One statement."""
    rows = sql.rows(
        f"SELECT {_ROW} FROM gaming_signal s WHERE s.span = %(span)s AND s.first = %(first)s"
        f" AND (%(units)s::text[] IS NULL OR s.unit = ANY(%(units)s)) ORDER BY s.unit, s.kind LIMIT {MOST}",
        {"span": window.span, "first": window.first, "units": list(units) if units is not None else None},
    )
    return [_read(row) for row in rows]


def note(id_: int, kind: str, text: str, *, by: str, now: datetime) -> None:
    """Keep words about a signal. One statement."""
    key_id, sealed = crypto.seal(text, aad=_aad(id_, kind, by, now))
    sql.run(
        "INSERT INTO signal_note (signal, at, by, kind, key_id, sealed) VALUES (%s, %s, %s, %s, %s, %s)",
        (id_, now, by, kind, key_id, sealed),
    )


def answered(id_: int) -> None:
    """The unit has been heard. One statement."""
    sql.run("UPDATE gaming_signal SET state = 'answered' WHERE id = %s", (id_,))


def close(id_: int, state: str, *, sent: int | None, by: str, now: datetime) -> None:
    """A signal is sent or laid aside. One statement."""
    sql.run(
        "UPDATE gaming_signal SET state = %s, sent = %s, closed_at = %s, closed_by = %s WHERE id = %s",
        (state, sent, now, by, id_),
    )


def _aad(id_: int, kind: str, by: str, at: datetime) -> bytes:
    return f"signal/{id_}/{kind}/{by}/{stamp(at)}".encode()


def _read(row: tuple[Any, ...]) -> Told:
    id_, span, first, unit, kind, cases, of, usual, numbers, told_at, answer_by, state, at, by, sent, told = row
    signal = Signal(unit, kind, cases, of, usual, tuple(read_data(numbers)))
    notes = [_note(id_, *one) for one in (read_data(told) if told else [])]
    return Told(id_, Window(span, first), signal, told_at, answer_by, state, at, by, sent, notes)


def _note(id_: int, when: str, by: str, name: str, kind: str, key_id: int, sealed: str) -> Note:
    at = datetime.fromisoformat(when)
    return Note(at, name, kind, crypto.unseal_text(key_id, bytes.fromhex(sealed), _aad(id_, kind, by, at)))
