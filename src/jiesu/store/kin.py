"""Orders that belong to another one: merged into it, its parent, linked, of the same demander, or like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiesu.store import sql
from jiesu.store.worklists import OF_UNIT, scope

MOST_CHILDREN: Final = 50
MOST_OF_PERSON: Final = 8


@dataclass(frozen=True, slots=True)
class Kin:
    """One such order; ``why`` is child, parent, link, person or like."""

    why: str
    number: int
    title: str
    place: str
    state: str
    outcome: str | None
    kind: str
    urgency: str
    secret: bool
    lead_unit: str | None
    received_at: datetime


_KIN: Final = (
    "SELECT k.why, w.number, w.title, w.place, w.state, w.outcome, w.kind, w.urgency, w.secret, w.lead_unit,"
    " w.received_at FROM ("
    f"(SELECT 'child' AS why, number FROM work_order WHERE parent = %(number)s ORDER BY number LIMIT {MOST_CHILDREN})"
    " UNION ALL SELECT 'parent', %(parent)s::bigint"
    " UNION ALL SELECT 'link', unnest(%(links)s::bigint[])"
    " UNION ALL (SELECT 'person', number FROM work_order WHERE person = %(person)s::bigint AND number <> %(number)s"
    f" ORDER BY number DESC LIMIT {MOST_OF_PERSON})"
    " UNION ALL SELECT 'like', unnest(%(likes)s::bigint[])"
    ") k JOIN work_order w ON w.number = k.number WHERE {within} ORDER BY w.number DESC"
)


def kin(
    number: int,
    *,
    parent: int | None,
    links: Sequence[int],
    person: int | None,
    likes: Sequence[int] = (),
    units: Sequence[str] | None,
) -> list[Kin]:
    """Bounded and newest first; one statement. ``person``: None where nobody may learn who else it was.

    ``units``: only orders in which one of these has a part; None: every order.
    """
    within = "true" if units is None else f"EXISTS (SELECT 1 FROM leg l WHERE {OF_UNIT})"
    found = sql.rows(
        _KIN.format(within=within),
        {
            "number": number,
            "parent": parent,
            "links": list(links)[:MOST_CHILDREN],
            "person": person,
            "likes": list(likes),
            **scope(units or ()),
        },
    )
    return [Kin(*row) for row in found]
