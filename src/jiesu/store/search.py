"""One box: a phone, a name, or words; bounded, newest first, within what the person may see.

Words are looked for in the masked text, within a window of time that is said on the page. A phone number or a name
never stands in an address or a log: it is hashed before it is looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jiesu.domain.text import tsquery_text
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import crypto, people, sql
from jiesu.store.orders import number_of
from jiesu.store.worklists import OF_UNIT, scope

WINDOW: Final = timedelta(days=90)
NEAR: Final = timedelta(days=10)
"""Looked through first: a common word has enough orders there, a rare one costs little once more."""
TAIL_WINDOW: Final = timedelta(days=31)
MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """One order found."""

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


_COLUMNS: Final = (
    "w.number, w.title, w.place, w.state, w.outcome, w.kind, w.urgency, w.secret, w.lead_unit, w.received_at"
)


def by_phone(phone: str, *, limit: int) -> list[Hit]:
    """Orders of whoever uses this phone number, open ones first, then newest. For those who may see phone numbers."""
    return _of_people(crypto.search_hashes(people.phone_key(phone)), "phone_hash", limit) if phone.strip() else []


def by_name(name: str, *, limit: int) -> list[Hit]:
    """Orders of demanders of this name."""
    return _of_people(crypto.search_hashes(name), "name_hash", limit) if name.strip() else []


def by_tail(tail: str, *, now: datetime, units: Sequence[str] | None, limit: int) -> list[Hit]:
    """Orders of the last weeks whose number ends with these digits, newest first; ``units`` as in ``by_words``."""
    within = "true" if units is None else f"EXISTS (SELECT 1 FROM leg l WHERE {OF_UNIT})"
    found = sql.rows(
        f"SELECT {_COLUMNS} FROM work_order w WHERE w.number >= %(since)s AND w.number %% %(power)s = %(tail)s"
        f" AND {within} ORDER BY w.number DESC LIMIT %(limit)s",
        {
            "since": number_of((now - TAIL_WINDOW).astimezone(CITY_ZONE).date(), 0),
            "power": 10 ** len(tail),
            "tail": int(tail),
            "limit": limit,
            **scope(units or ()),
        },
    )
    return [Hit(*row) for row in found]


def _of_people(hashes: list[bytes], column: str, limit: int) -> list[Hit]:
    found = sql.rows(
        f"SELECT {_COLUMNS} FROM work_order w WHERE w.person = ANY(ARRAY("
        f" SELECT id FROM person WHERE {column} = ANY(%s::bytea[]) ORDER BY id LIMIT 200))"
        " ORDER BY (w.state = 'closed'), w.number DESC LIMIT %s",
        (hashes, limit),
    )
    return [Hit(*row) for row in found]


def by_words(
    words: str, *, now: datetime, units: Sequence[str] | None, window: timedelta = WINDOW, limit: int = MOST
) -> list[Hit]:
    """Orders received within the window whose masked words have all of these, newest first.

    ``units``: only those in which one of these has a part; None: every order.
    """
    query = tsquery_text(words)
    if query is None:
        return []
    within = "true" if units is None else f"EXISTS (SELECT 1 FROM leg l WHERE {OF_UNIT})"
    found = sql.rows(
        f"SELECT {_COLUMNS} FROM search_text s JOIN work_order w ON w.number = s.number"
        f" WHERE s.words @@ %(query)s::tsquery AND s.received_at >= %(since)s AND {within}"
        " ORDER BY s.received_at DESC, w.number DESC LIMIT %(limit)s",
        {"query": query, "since": now - window, "limit": limit, **scope(units or ())},
    )
    return [Hit(*row) for row in found]
