"""Who calls: the people of a number, their open orders first, what was answered before, how often they called.

Three statements for the whole left column of the intake desk, each bounded. Words come as the reader may see them
(domain.sight): names, titles and answers are masked here, not on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from jiesu.domain import privacy, words
from jiesu.domain.order import Actor, Order
from jiesu.domain.sight import sight
from jiesu.store import crypto, people, sql
from jiesu.store.documents import read_data
from jiesu.store.people import Known
from jiesu.store.record import aad

MOST: Final = 20
_PEOPLE: Final = 10
RECENT: Final = timedelta(days=90)
HIDDEN: Final = "（不在您的查看范围）"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known at this number. ``guarded``: known only from reports or secret orders, so masked."""

    id: int
    known: Known
    orders: int
    open: int
    last_at: datetime | None
    guarded: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """An order of the caller's. ``answer``: what was told at its end, for closed ones; ``due_at``: of open ones."""

    number: int
    person: int
    title: str
    place: str
    matter: str
    region: str
    state: str
    outcome: str | None
    kind: str
    urgency: str
    lead_unit: str | None
    chases: int
    received_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    amber_at: datetime | None
    rating: str | None
    resolved: str | None
    answer: str

    @property
    def is_open(self) -> bool:
        return self.state != "closed"


@dataclass(frozen=True, slots=True)
class Approach:
    """One earlier contact: when, how, and what came of it (an order's number; ``chase`` when it was about one)."""

    at: datetime
    channel: str
    number: int | None
    chase: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """Everything the desk shows of a number. Falsy when nobody is known by it."""

    people: tuple[Person, ...] = ()
    open: tuple[Earlier, ...] = ()
    closed: tuple[Earlier, ...] = ()
    contacts: tuple[Approach, ...] = ()
    contacts_90: int = 0
    praise: int = 0
    nuisance: int = 0
    dissatisfied: int = 0

    def __bool__(self) -> bool:
        return bool(self.people)

    @property
    def signs(self) -> tuple[str, ...]:
        """What the agent should know before the first word, in words."""
        open_ = sum(one.open for one in self.people)
        told = (
            (f"骚扰记录 {self.nuisance} 次", self.nuisance),
            (f"90 天内第 {self.contacts_90 + 1} 次联系", self.contacts_90 >= 2),
            (f"有 {open_} 件在办", open_),
            (f"曾不满意 {self.dissatisfied} 次", self.dissatisfied),
            (f"表扬过 {self.praise} 次", self.praise),
        )
        return tuple(words for words, holds in told if holds)


def known(phone: str, *, by: Actor, now: datetime) -> Caller:
    """Who uses this number and what they brought before, as ``by`` may see it. At most 3 statements.

    People newest first, at most 10; orders at most 20, open ones first, then newest; contacts at most 20.
    """
    key = people.phone_key(phone)
    if not key:
        return Caller()
    found = sql.rows(_OF_NUMBER, (crypto.search_hashes(key),))
    if not found:
        return Caller()
    ids = [row[0] for row in found]
    orders = [_earlier(row, by) for row in sql.rows(_ORDERS, {"people": ids, "most": MOST})]
    contacts_90, approaches = _contacts(ids, now)
    return Caller(
        tuple(_person(row, by) for row in found),
        tuple(one for one in orders if one.is_open),
        tuple(one for one in orders if not one.is_open),
        approaches,
        contacts_90,
        praise=sum(row[5] for row in found),
        nuisance=sum(row[6] for row in found),
        dissatisfied=sum(row[7] for row in found),
    )


# The people of a number with the counts of their orders.
_OF_NUMBER: Final = (
    "SELECT p.id, p.key_id, p.sealed, count(w.number), count(w.number) FILTER (WHERE w.state <> 'closed'),"
    " count(w.number) FILTER (WHERE w.kind = 'praise'), count(w.number) FILTER (WHERE w.kind = 'nuisance'),"
    " count(w.number) FILTER (WHERE w.rating = 'dissatisfied'), max(w.received_at),"
    " count(w.number) FILTER (WHERE w.secret OR w.kind = 'report') = count(w.number) AND count(w.number) > 0"
    " FROM (SELECT id, key_id, sealed FROM person WHERE phone_hash = ANY(%s::bytea[]) AND erased_at IS NULL"
    f" ORDER BY id DESC LIMIT {_PEOPLE}) p LEFT JOIN LATERAL (SELECT * FROM work_order o WHERE o.person = p.id"
    " ORDER BY o.number DESC LIMIT 200) w ON true"
    " GROUP BY p.id, p.key_id, p.sealed ORDER BY max(w.received_at) DESC NULLS LAST, p.id DESC"
)
# What was told to the citizen at the end: the last reply that passed, or the direct answer, or a refusal's words.
_ORDERS: Final = (
    "SELECT w.number, w.person, w.title, w.place, w.matter, w.region, w.state, w.outcome, w.kind, w.urgency, w.secret,"
    " w.lead_unit, w.chases, w.received_at, w.closed_at, w.due_at, w.amber_at, w.rating, w.resolved,"
    " t.seq, t.field, t.key_id, t.sealed FROM (SELECT * FROM work_order o WHERE o.person = ANY(%(people)s)"
    " ORDER BY (o.state = 'closed'), o.number DESC LIMIT %(most)s) w"
    " LEFT JOIN LATERAL (SELECT seq, field, key_id, sealed FROM order_text t WHERE w.state = 'closed'"
    " AND t.number = w.number AND t.field IN ('public_reply', 'told') ORDER BY t.seq DESC LIMIT 1) t ON true"
    " ORDER BY (w.state = 'closed'), w.number DESC"
)
_CONTACTS: Final = (
    "SELECT c.at, c.channel, c.number, c.seq, count(*) FILTER (WHERE c.at > %(recent)s) OVER ()"
    " FROM (SELECT at, channel, number, seq FROM contact WHERE person = ANY(%(people)s) AND part_of IS NULL"
    " AND at <= %(now)s ORDER BY at DESC LIMIT 200) c ORDER BY c.at DESC LIMIT %(most)s"
)


def _person(row: Sequence[Any], by: Actor) -> Person:
    id_, key_id, sealed, orders, open_, *_, last, guarded = row
    own = Known(**read_data(crypto.unseal(key_id, sealed, f"person/{id_}".encode())))
    kind = "report" if guarded else "help"
    stands = Order(0, kind=kind, person=id_)
    shown = {
        "name": privacy.shown("name", own.name, sight(by, stands, "name")),
        "phone": privacy.shown("phone", own.phone, sight(by, stands, "phone")),
        "address": privacy.shown("address", own.address, sight(by, stands, "address")),
        "company": privacy.shown("name", own.company, sight(by, stands, "name")),
        "credit_code": own.credit_code if sight(by, stands, "name") == "full" else "",
    }
    return Person(id_, Known(**shown), orders, open_, last, guarded)


def _earlier(row: Sequence[Any], by: Actor) -> Earlier:
    (
        number,
        person,
        title,
        place,
        matter,
        region,
        state,
        outcome,
        kind,
        urgency,
        secret,
        *rest,
        seq,
        field,
        key,
        blob,
    ) = row
    order = Order(number, state=state, outcome=outcome, kind=kind, secret=secret, person=person)
    reads = sight(by, order, "text") != "nothing"
    answer = ""
    if blob is not None:
        plain = crypto.unseal_text(key, blob, aad(number, seq, field))
        answer = privacy.shown("public_reply", plain, sight(by, order, "public_reply"))
    return Earlier(
        *(number, person, title if reads else HIDDEN, place if reads else "", matter, region, state, outcome, kind),
        *(urgency, *rest, answer),
    )


def _contacts(ids: list[int], now: datetime) -> tuple[int, tuple[Approach, ...]]:
    found = sql.rows(_CONTACTS, {"people": ids, "recent": now - RECENT, "now": now, "most": MOST})
    approaches = tuple(Approach(at, channel, number, seq not in (None, 1)) for at, channel, number, seq, _ in found)
    return (found[0][4] if found else 0), approaches


def answer_in_words(one: Earlier) -> str:
    """How a closed order ended, for a line: 已解决，满意."""
    said = [words.zh(words.OUTCOMES, one.outcome)]
    if one.rating:
        said.append(words.zh(words.RATINGS, one.rating))
    return "，".join(part for part in said if part)
