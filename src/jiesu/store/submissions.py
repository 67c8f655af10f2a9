"""What a unit's clerks submitted and its leader has still to answer, with its words and papers."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from jiesu.domain.order import Order
from jiesu.store import crypto, sql
from jiesu.store.documents import read_data, read_order
from jiesu.store.files import Kept, name_of
from jiesu.store.record import aad

MOST: Final = 30


@dataclass(frozen=True, slots=True)
class Submission:
    """One of them, everything in the clear: ``words`` by fact, ``story`` what the citizen said."""

    order: Order
    title: str
    place: str
    by: str
    name: str
    at: datetime
    claim: str
    facts: dict[str, Any]
    words: dict[str, str]
    story: str
    files: list[Kept] = field(default_factory=list)


_WAITING: Final = (
    "SELECT l.number, l.submitted_at FROM leg l WHERE l.unit = ANY(%(units)s) AND l.open"
    " AND l.state = 'acknowledged' AND l.submitted_at IS NOT NULL ORDER BY l.due_at NULLS LAST, l.number"
    f" LIMIT {MOST + 1}"
)
_READ: Final = (
    f"WITH waiting AS ({_WAITING})"
    " SELECT w.doc::text, w.title, w.place, e.actor, coalesce(s.name, ''), e.at, e.seq, e.data,"
    " (SELECT json_agg(json_build_array(t.seq, t.field, t.key_id, encode(t.sealed, 'base64'))) FROM order_text t"
    " WHERE t.number = w.number AND (t.seq = e.seq OR (t.seq = 1 AND t.field = 'text')))::text,"
    " (SELECT json_agg(json_build_array(f.digest, encode(f.name, 'base64'), f.mime, f.size, f.number)) FROM file f"
    " WHERE f.digest IN (SELECT json_array_elements_text(e.data::json #> '{facts,files}')))::text"
    " FROM waiting q JOIN work_order w ON w.number = q.number CROSS JOIN LATERAL (SELECT * FROM event"
    " WHERE number = q.number AND move = 'submit' ORDER BY seq DESC LIMIT 1) e"
    " LEFT JOIN staff s ON 's' || s.id = e.actor ORDER BY w.due_at NULLS LAST, w.number"
)


def waiting(units: Sequence[str]) -> list[Submission]:
    """What waits for the leader of these units, the first that is due first; ``MOST`` and one more. One statement."""
    return [_submission(*row) for row in sql.hot(_READ, {"units": list(units)})] if units else []


def _submission(
    doc: str, title: str, place: str, by: str, name: str, at: datetime, seq: int, data: str, texts: str, files: str
) -> Submission:
    order, facts = read_order(doc), read_data(data).get("facts", {})
    words: dict[str, str] = {}
    story = ""
    for of, fact, key, sealed in read_data(texts) if texts else ():
        plain = crypto.unseal_text(key, b64decode(sealed), aad(order.number, of, fact))
        if of == seq:
            words[fact] = plain
        else:
            story = plain
    kept = [
        Kept(digest, name_of(digest, b64decode(sealed)), *rest)
        for digest, sealed, *rest in (read_data(files) if files else ())
    ]
    return Submission(order, title, place, by, name, at, str(facts.get("claim", "")), facts, words, story, kept)
