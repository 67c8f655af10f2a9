"""What signals of gaming are found in: cases of each unit in a window, and which of them are of a kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jiesu.domain.windows import Window
from jiesu.store import crypto, sql
from jiesu.store.record import aad

Cases = dict[str, tuple[int, list[int]]]
MOST_TEXTS: Final = 400  # of a unit and window that are opened and compared
_LEAD: Final = (
    "f.clock = 'handle' AND f.lead AND f.live AND f.gone IS NULL AND f.day >= %(first)s AND f.day < %(after)s"
)
_NUMBERS: Final = "array_agg(f.number ORDER BY f.number)"
_STATEMENTS: Final = {
    # Of replies in time to a limit of more than half a day: those of its last hour.
    "deadline_burst": (
        f"SELECT f.unit, count(*), {_NUMBERS} FILTER (WHERE f.due - f.done <= interval '1 hour')"
        f" FROM fact_limit f WHERE {_LEAD} AND f.in_time AND f.due - f.started > interval '12 hours' GROUP BY f.unit"
    ),
    # Of orders that the unit said were solved, and whose citizen was reached: those that he says are not.
    "claim_refuted": (
        f"SELECT f.unit, count(*), {_NUMBERS} FILTER (WHERE r.first_resolved = 'unresolved'"
        " OR r.first_rating = 'dissatisfied') FROM fact_limit f"
        " JOIN fact_rating r ON r.number = f.number AND r.gone IS NULL CROSS JOIN LATERAL"
        " (SELECT e.data::jsonb -> 'reply' ->> 'claim' AS claim FROM event e WHERE e.number = f.number"
        f" AND e.move = 'reply' ORDER BY e.seq LIMIT 1) c WHERE {_LEAD} AND c.claim = 'solved' GROUP BY f.unit"
    ),
    "retyped": (
        f"SELECT f.unit, count(*), {_NUMBERS} FILTER (WHERE EXISTS (SELECT 1 FROM event e"
        " WHERE e.number = f.number AND e.move = 'correct' AND e.data::jsonb -> 'set' ->> 'kind' = 'consultation'))"
        f" FROM fact_limit f WHERE {_LEAD} GROUP BY f.unit"
    ),
    "reopened": (
        f"SELECT f.unit, count(*), {_NUMBERS} FILTER (WHERE EXISTS (SELECT 1 FROM event e"
        f" WHERE e.number = f.number AND e.move = 'reopen')) FROM fact_limit f WHERE {_LEAD} AND f.given IS NOT NULL"
        " GROUP BY f.unit"
    ),
}
_TEXTS: Final = (
    "SELECT u.unit, t.number, t.seq, t.key_id, t.sealed FROM (SELECT f.unit, f.number, row_number() OVER"
    f" (PARTITION BY f.unit ORDER BY f.number) AS n FROM fact_limit f WHERE {_LEAD} AND f.done IS NOT NULL) u"
    " JOIN event e ON e.number = u.number AND e.move = %(move)s"
    " JOIN order_text t ON t.number = e.number AND t.seq = e.seq AND t.field = %(field)s"
    " WHERE u.n <= %(most)s ORDER BY u.unit, t.number, t.seq"
)
COUNTED: Final = tuple(_STATEMENTS)
WRITTEN: Final = {
    "copied_replies": ("reply", "submit", "public_reply"),
    "bare_contacts": ("first_contact", "", "note"),
}


def cases(kind: str, window: Window) -> Cases:
    """Of each leading unit: how many cases there are in the window, and the orders that are of the kind."""
    rows = sql.rows(_STATEMENTS[kind], {"first": window.first, "after": window.after})
    return {unit: (count, list(numbers or ())) for unit, count, numbers in rows}


def texts(kind: str, window: Window) -> Iterator[tuple[str, int, str]]:
    """Words that units wrote in the window, opened: unit, order, text; of each order the last. Erased ones are left
    out. At most ``MOST_TEXTS`` orders a unit."""
    *moves, field = WRITTEN[kind]
    last: dict[tuple[str, int], str] = {}
    for move in filter(None, reversed(moves)):
        params = {"first": window.first, "after": window.after, "move": move, "field": field, "most": MOST_TEXTS}
        for unit, number, seq, key_id, sealed in sql.rows(_TEXTS, params):
            last[unit, number] = crypto.unseal_text(key_id, bytes(sealed), aad(number, seq, field))
    for (unit, number), text in sorted(last.items()):
        yield unit, number, text
