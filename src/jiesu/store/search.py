"""One box: a phone, a name, or words; bounded, newest first, within what the person may see.

Words are looked for in the masked text, within a window of time that is said on the page. A phone number or a name
never stands in an address or a log: it is hashed before it is looked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jiesu.domain.text import bigrams, tsquery_text
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import crypto, people, sql
from jiesu.store.orders import number_of
from jiesu.store.similar import STRETCH, frequencies, stretches
from jiesu.store.worklists import OF_UNIT, scope

WINDOW: Final = timedelta(days=90)
NEAR: Final = timedelta(days=10)
"""Looked through first: a common word has enough orders there, a rare one costs little once more."""
TAIL_WINDOW: Final = timedelta(days=31)
SHORTEST_TAIL: Final = 3
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
    # The index has the last three digits; numbers alone are read of it, nobody's row but those that are shown.
    ends = "number >= %(first)s AND number %% 1000 = %(end)s AND number %% %(power)s = %(tail)s"
    held = f"work_order WHERE {ends}" if units is None else f"leg WHERE {_LEG_OF} AND {ends}"
    found = sql.rows(
        f"SELECT {_COLUMNS} FROM (SELECT DISTINCT number FROM {held} ORDER BY number DESC LIMIT {_MOST_OF_UNITS}) n"
        f" JOIN work_order w ON w.number = n.number WHERE {'true' if units is None else _WITHIN}"
        " ORDER BY w.number DESC LIMIT %(limit)s",
        {
            "first": number_of((now - TAIL_WINDOW).astimezone(CITY_ZONE).date(), 0),
            "power": 10 ** len(tail),
            "tail": int(tail),
            "end": int(tail[-3:]),
            "limit": limit,
            **scope(units or ()),
        },
    )
    return [Hit(*row) for row in found]


def by_words(
    words: str, *, now: datetime, units: Sequence[str] | None, window: timedelta = WINDOW, limit: int = MOST
) -> list[Hit]:
    """Orders received within the window whose masked words have all of these, newest first.

    ``units``: only those in which one of these has a part; None: every order.
    """
    return by_words_and_name(words, "", now=now, units=units, window=window, limit=limit)[0]


def by_words_and_name(
    words: str,
    name: str,
    *,
    now: datetime,
    units: Sequence[str] | None,
    window: timedelta = WINDOW,
    limit: int = MOST,
) -> tuple[list[Hit], list[Hit]]:
    """What ``by_words`` finds, and orders of demanders of this name (empty: nobody's). One statement."""
    query = tsquery_text(words)
    hashes = crypto.search_hashes(name) if name.strip() else []
    if query is None and not hashes:
        return [], []
    parts = [_told(words, units, now, window)] if query else []
    parts += [f"(SELECT 'name', {_COLUMNS} {_named('name_hash')} LIMIT %(limit)s)"] if hashes else []
    found = sql.rows(
        " UNION ALL ".join(parts),
        {
            "query": query,
            "since": now - window,
            "stretches": stretches(now - window, now),
            "first": number_of((now - window).astimezone(CITY_ZONE).date(), 0),
            "limit": limit,
            "hashes": hashes,
            **scope(units or ()),
        },
    )
    hits: dict[str, list[Hit]] = {"words": [], "name": []}
    for what, *row in found:
        hits[what].append(Hit(*row))
    return hits["words"], hits["name"]


_MOST_OF_UNITS: Final = 2000
# Of a unit's orders those are looked at that its legs name, and among them who may know is asked of the order itself.
_LEG_OF: Final = (
    "unit = ANY(ARRAY(SELECT unnest(%(units)s::text[])"
    " UNION SELECT parent_id FROM unit WHERE code = ANY(%(units)s::text[]) AND kind = 'section'))"
)
_WITHIN: Final = f"EXISTS (SELECT 1 FROM leg l WHERE {OF_UNIT})"


def _told(words: str, units: Sequence[str] | None, now: datetime, window: timedelta) -> str:
    """The statement for words. What is common is read newest first until there is enough; what is not, by the index of
    words and tens of days. They have to be told apart by hand: the planner takes the pairs of characters of one word
    for independent."""
    # A query that the planner cannot read is taken for a rare one.
    asked = "s.words @@ (SELECT %(query)s::tsquery)"
    if units is not None and _share(words) * _MOST_OF_UNITS >= 2 * MOST:
        # Among a unit's newest orders there are enough: no other unit's are looked at.
        held = (
            f"SELECT s.number, s.received_at FROM (SELECT DISTINCT number FROM leg WHERE {_LEG_OF}"
            f" AND number >= %(first)s ORDER BY number DESC LIMIT {_MOST_OF_UNITS}) l"
            f" JOIN search_text s ON s.number = l.number WHERE {asked} AND (s.received_at >= %(since)s) IS TRUE"
        )
    elif units is None and _common(words, now, window):
        held = (
            "SELECT s.number, s.received_at FROM (SELECT number, received_at, words FROM search_text"
            f" WHERE received_at >= %(since)s ORDER BY received_at DESC OFFSET 0) s WHERE {asked} LIMIT %(limit)s"
        )
    else:
        of = (
            ""
            if units is None
            else f" AND s.number IN (SELECT number FROM leg WHERE {_LEG_OF} AND number >= %(first)s)"
        )
        # That of time would only be in its way.
        every = (
            f"SELECT s.number, s.received_at FROM search_text s WHERE {asked}"
            f" AND {STRETCH} = ANY(%(stretches)s::bigint[]) AND (s.received_at >= %(since)s) IS TRUE{of}"
        )
        most = "%(limit)s" if units is None else str(_MOST_OF_UNITS)
        # Found first and sorted then: told at once how few are wanted, it would read the whole window in its order.
        held = f"SELECT * FROM ({every} OFFSET 0) s ORDER BY s.received_at DESC, s.number DESC LIMIT {most}"
    within = "true" if units is None else _WITHIN
    return (
        f"(SELECT 'words', {_COLUMNS} FROM ({held}) m JOIN work_order w ON w.number = m.number WHERE {within}"
        " ORDER BY m.received_at DESC, w.number DESC LIMIT %(limit)s)"
    )


def _common(words: str, now: datetime, window: timedelta) -> bool:
    """Whether so many of the window have all of these words that the newest of them are soon read."""
    return _share(words) * frequencies().within(window) >= _SOON_READ


def _share(words: str) -> float:
    """Which share of all orders has these words, about; next to nothing while nothing is known."""
    seen = frequencies()
    return math.prod(seen.share(one) for one in set(bigrams(words))) if seen.within(WINDOW) else 0.0


_SOON_READ: Final = 10 * MOST


def _named(column: str) -> str:
    return (
        f"FROM work_order w WHERE w.person = ANY(ARRAY(SELECT id FROM person WHERE {column} = ANY(%(hashes)s::bytea[])"
        " ORDER BY id LIMIT 200)) ORDER BY (w.state = 'closed'), w.number DESC"
    )


def _of_people(hashes: list[bytes], column: str, limit: int) -> list[Hit]:
    found = sql.rows(
        f"SELECT {_COLUMNS} {_named(column)} LIMIT %(limit)s",
        {"hashes": hashes, "limit": limit},
    )
    return [Hit(*row) for row in found]
