"""Cards that were proposed at a freeze, with who agreed and until when they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from jiesu.domain.scoring import Card as Due
from jiesu.domain.standing import Share
from jiesu.domain.windows import Window
from jiesu.store import names, sql
from jiesu.store.documents import read_data, write_data

MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it stands. ``seen``: the shares that the rule saw, in words, the newest first."""

    id: int
    window: Window
    unit: str
    colour: str
    rule: str
    approver: str
    days: int
    seen: Sequence[str]
    proposed_at: datetime
    state: str
    decided_at: datetime | None
    name: str
    note: str
    lifts_on: date | None
    lifted_at: datetime | None
    lifter: str
    lifted_why: str


def propose(
    window: Window, due: Sequence[tuple[Due, Sequence[Share]]], *, publication: int, now: datetime
) -> list[tuple[int, str, str]]:
    """Keep the cards that are due, once each; of the new ones number, unit and colour. One statement."""
    rows = [
        {
            "unit": one.unit,
            "colour": one.colour,
            "rule": one.zh,
            "doc": {"approver": one.approver, "days": one.days, "seen": [share.words() for share in shares]},
        }
        for one, shares in due
    ]
    return sql.rows(
        "INSERT INTO card (span, first, unit, colour, rule, publication, doc, proposed_at)"
        " SELECT %s, %s, c.unit, c.colour, c.rule, %s, c.doc, %s"
        " FROM jsonb_to_recordset(%s::jsonb) AS c(unit text, colour text, rule text, doc jsonb) ON CONFLICT DO NOTHING"
        " RETURNING id, unit, colour",
        (window.span, window.first, publication, now, write_data(rows)),
    )


_ROW: Final = (
    "SELECT c.id, c.span, c.first, c.unit, c.colour, c.rule, c.doc::text, c.proposed_at, c.state, c.decided_at,"
    f" CASE WHEN c.decided_by = '' THEN '' ELSE {names.WRITER.format(by='c.decided_by')} END, c.note, c.lifts_on,"
    f" c.lifted_at, CASE WHEN c.lifted_by = '' THEN '' ELSE {names.WRITER.format(by='c.lifted_by')} END, c.lifted_why"
    " FROM card c"
)


def one(id_: int) -> Card | None:
    """A card; its row is held until the transaction ends. One statement."""
    found = sql.one(f"{_ROW} WHERE c.id = %s FOR UPDATE OF c", (id_,))
    return _read(found) if found else None


def listed() -> list[Card]:
    """The newest cards, those that wait first. At most ``MOST``. One statement."""
    return [_read(row) for row in sql.rows(f"{_ROW} ORDER BY c.state = 'proposed' DESC, c.id DESC LIMIT {MOST}")]


def standing(units: Sequence[str], today: date) -> list[Card]:
    """The cards of these units that are in force on a day, or wait to be decided. One statement."""
    rows = sql.rows(
        f"{_ROW} WHERE c.unit = ANY(%s) AND (c.state = 'proposed' OR c.state = 'approved' AND c.lifts_on > %s)"
        " ORDER BY c.id DESC",
        (list(units), today),
    )
    return [_read(row) for row in rows]


def ended(since: date, today: date) -> list[tuple[int, str, str, Window]]:
    """Cards whose day of lifting came after ``since``, up to today: number, unit, colour, window. One statement."""
    rows = sql.rows(
        "SELECT c.id, c.unit, c.colour, c.span, c.first FROM card c WHERE c.state = 'approved' AND c.lifts_on > %s"
        " AND c.lifts_on <= %s ORDER BY c.id",
        (since, today),
    )
    return [(id_, unit, colour, Window(span, first)) for id_, unit, colour, span, first in rows]


def decide(id_: int, state: str, note: str, *, lifts_on: date | None, by: str, now: datetime) -> None:
    """Keep what was decided. One statement."""
    sql.run(
        "UPDATE card SET state = %s, note = %s, lifts_on = %s, decided_by = %s, decided_at = %s WHERE id = %s",
        (state, note, lifts_on, by, now, id_),
    )


def lift(id_: int, why: str, *, lifts_on: date, by: str, now: datetime) -> None:
    """A card is lifted before its day. One statement."""
    sql.run(
        "UPDATE card SET state = 'lifted', lifts_on = %s, lifted_at = %s, lifted_by = %s, lifted_why = %s"
        " WHERE id = %s",
        (lifts_on, now, by, why, id_),
    )


def _read(row: tuple[Any, ...]) -> Card:
    id_, span, first, unit, colour, rule, doc, proposed_at, state, *rest = row
    held = read_data(doc)
    return Card(
        *(id_, Window(span, first), unit, colour, rule, held["approver"], held["days"], held["seen"]),
        *(proposed_at, state, *rest),
    )
