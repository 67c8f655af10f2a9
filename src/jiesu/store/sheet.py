"""All that the page of one order shows beside the order itself, in one statement."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiesu.domain.order import Event
from jiesu.store import crypto, names, sql
from jiesu.store.calls import Hearing, OfOrder
from jiesu.store.documents import read_data
from jiesu.store.files import Kept, name_of
from jiesu.store.notices import Said
from jiesu.store.people import Known, known_of
from jiesu.store.prints import Printed
from jiesu.store.record import aad

MOST_NOTICES: Final = 30
MOST_CALLS: Final = 50
MOST_SEEN: Final = 200


@dataclass(frozen=True, slots=True)
class Held:
    """The events and words of an order, its demander, and what stands beside: files, notices, calls, who looked.

    Everything in the clear: what of it leaves the server is decided by ``sight``. ``heard`` is (call, hearing).
    """

    events: list[Event]
    texts: dict[tuple[int, str], str]
    known: Known | None
    files: dict[str, Kept]
    notices: list[Said]
    calls: list[OfOrder]
    heard: list[tuple[int, Hearing]]
    prints: list[Printed]
    staff: dict[int, str]

    def name(self, actor: str) -> str:
        """The name of whoever acted here, looked, or talked."""
        return names.of_actor(actor, self.staff)


_CALLS: Final = (
    "SELECT c.* FROM call c WHERE c.id IN (SELECT id FROM call WHERE number = %(number)s"
    " UNION SELECT call FROM call_order WHERE number = %(number)s)"
)
_BY: Final = (
    "SELECT actor AS by FROM event WHERE number = %(number)s"
    " UNION SELECT agent FROM calls UNION SELECT by FROM heard UNION SELECT by FROM order_print"
    " WHERE number = %(number)s"
)
_READ: Final = (
    f"WITH calls AS ({_CALLS} ORDER BY c.offered_at DESC LIMIT {MOST_CALLS}),"
    f" heard AS (SELECT h.* FROM call_heard h WHERE h.call IN (SELECT id FROM calls) ORDER BY h.id DESC"
    f" LIMIT {MOST_SEEN})"
    " SELECT"
    " (SELECT json_agg(json_build_array(seq, move, at, actor, role, unit, rules, data, happened_at, rules_version)"
    " ORDER BY seq) FROM event WHERE number = %(number)s),"
    " (SELECT json_agg(json_build_array(seq, field, key_id, encode(sealed, 'base64'))) FROM order_text"
    " WHERE number = %(number)s),"
    " (SELECT json_build_array(p.id, p.key_id, encode(p.sealed, 'base64')) FROM person p"
    " WHERE p.id = %(person)s AND p.erased_at IS NULL AND p.sealed IS NOT NULL),"
    " (SELECT json_agg(json_build_array(f.digest, encode(f.name, 'base64'), f.mime, f.size, f.number)) FROM file f"
    " WHERE f.digest IN (SELECT json_array_elements_text(e.data::json #> '{facts,files}') FROM event e"
    " WHERE e.number = %(number)s AND e.data LIKE '%%\"files\":[%%')),"
    " (SELECT json_agg(json_build_array(n.at, n.role, n.unit, n.words, n.urgent)) FROM (SELECT * FROM notice"
    f" WHERE number = %(number)s AND at <= %(now)s ORDER BY at DESC, id DESC LIMIT {MOST_NOTICES}) n),"
    " (SELECT json_agg(json_build_array(c.id, c.direction, c.offered_at, c.answered_at, c.ended_at, c.outcome,"
    " c.agent, c.recording <> '', ARRAY(SELECT o.seq FROM call_order o WHERE o.call = c.id"
    " AND o.number = %(number)s ORDER BY o.seq)) ORDER BY c.offered_at DESC) FROM calls c),"
    " (SELECT json_agg(json_build_array(call, at, by, role, reason)) FROM heard),"
    " (SELECT json_agg(json_build_array(at, by, form, open_fields, reason)) FROM (SELECT * FROM order_print"
    f" WHERE number = %(number)s ORDER BY id DESC LIMIT {MOST_SEEN}) p),"
    f" (SELECT json_agg(json_build_array(s.id, s.name)) FROM staff s WHERE s.id IN (SELECT substr(b.by, 2)::bigint"
    f" FROM ({_BY}) b WHERE b.by ~ '^s[0-9]{{1,18}}$'))"
)


def read(number: int, *, person: int | None, now: datetime) -> Held:
    """What stands beside the order ``number`` of the demander ``person``: bounded but for its events. One statement."""
    row = sql.hot(_READ, {"number": number, "person": person, "now": now})[0]
    events, texts, known, files, notices, calls, heard, prints, staff = (one or [] for one in row)
    return Held(
        events=[_event(number, one) for one in events],
        texts={(seq, name): _text(number, seq, name, key, blob) for seq, name, key, blob in texts},
        known=known_of(known[0], known[1], b64decode(known[2])) if known else None,
        files={one[0]: Kept(one[0], name_of(one[0], b64decode(one[1])), *one[2:]) for one in files},
        notices=[Said(_at(at), *rest) for at, *rest in notices],
        calls=[_call(one) for one in calls],
        heard=[(call, Hearing(_at(at), *rest)) for call, at, *rest in heard],
        prints=[Printed(_at(at), *rest) for at, *rest in prints],
        staff=dict(staff),
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe(text: str | None) -> datetime | None:
    return _at(text) if text else None


def _event(number: int, row: list[Any]) -> Event:
    seq, move, at, actor, role, unit, rules, data, happened, version = row
    return Event(number, seq, move, _at(at), actor, role, unit, rules, read_data(data), _maybe(happened), version)


def _text(number: int, seq: int, name: str, key: int, blob: str) -> str:
    return crypto.unseal_text(key, b64decode(blob), aad(number, seq, name))


def _call(row: list[Any]) -> OfOrder:
    call, direction, offered, answered, ended, *rest = row
    return OfOrder(call, direction, _at(offered), _maybe(answered), _maybe(ended), *rest)
