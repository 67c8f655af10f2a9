"""Taking over many demands or orders at once: the same rules for each row as for one, a batch a transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from jiesu.domain.apply import apply_to
from jiesu.domain.decide import decide
from jiesu.domain.errors import Refused
from jiesu.domain.order import Actor, Order
from jiesu.domain.rules import Rules
from jiesu.domain.supervision import next_step
from jiesu.store import external, orders, people_bulk, record
from jiesu.store import rules as rules_store
from jiesu.store.external import Key
from jiesu.store.people import Known
from jiesu.store.record import Life
from jiesu.workflow.intake import shown_of
from jiesu.workflow.step import seal

_EARLIEST: Final = date(2000, 1, 1)
"""Numbers begin with the year in two digits; an order from before takes this day's, its times stay what they were."""


@dataclass(slots=True)
class Arrival:
    """One demand or order that a file brings.

    ``key`` (its source and its number there) names it for ever; ``content`` tells whether it is the same when it comes
    again.
    ``move`` is ``register`` or ``adopt`` with its facts, words as plain ``str``; ``day`` is the civil day that its
    number begins with, None for today's. ``demander`` is sealed apart.
    """

    key: Key
    content: str
    move: str
    facts: dict[str, Any]
    demander: Known | None = None
    day: date | None = None


@dataclass(slots=True)
class Taken:
    """What became of a batch: how many orders are new, how many were known, and why the others are refused.

    ``changed`` of the known have come with another state or outcome than the one in which they were adopted: since
    then they live here by our rules, so the other system's news changes nothing and is told instead.
    ``refused`` holds the place in the batch and the reason, in Chinese.
    """

    added: int = 0
    known: int = 0
    changed: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Ready:
    """An arrival that the rules have let in."""

    at: int
    arrival: Arrival
    life: Life
    digest: bytes


def take_in(arrivals: Sequence[Arrival], *, by: Actor, now: datetime, run: int, unread: int = 0) -> Taken:
    """Make orders of those arrivals that are new, in one transaction: all that are let in, or none.

    Each is decided by the same rules as one that a person registers, and nobody is notified. An arrival whose number
    is known with the same content is counted, with another it is refused. ``run`` is the import's id: its counts grow
    in the same transaction, so that a crash leaves whole rows and true counts; ``unread`` are those of the batch that
    never came this far. About 16 statements.
    """
    rules = rules_store.current()
    record.ensure_months({_month(one, rules, now) for one in arrivals})
    with transaction.atomic():
        taken = Taken()
        fresh, again = _sift(arrivals, taken)
        ready, new_people = _decide_all(fresh, arrivals, rules, by, now, taken)
        mine = external.claim([(one.arrival.key, one.life.order.number, one.digest) for one in ready])
        if len(mine) < len(ready):
            _sift_lost([one for one in ready if one.arrival.key not in mine], taken)
            ready = [one for one in ready if one.arrival.key in mine]
        used = {one.life.order.person for one in ready}
        people_bulk.add({number: who for number, who in new_people.items() if number in used}, now)
        record.record_many([one.life for one in ready])
        _repeat(again, arrivals, taken)
        taken.added = len(ready)
        external.count_run(run, added=taken.added, known=taken.known, rejected=len(taken.refused) + unread)
    return taken


def try_out(arrivals: Sequence[Arrival], seen: dict[int, bytes], *, by: Actor, now: datetime) -> Taken:
    """What ``take_in`` would answer; nothing is written, no number is used up.

    ``seen`` is the caller's memory over the batches of one file: without writing, a number that comes twice is found
    only there.
    """
    rules = rules_store.current()
    taken = Taken()
    fresh, again = _sift(arrivals, taken)
    for at in fresh:
        one = arrivals[at]
        if held := seen.get(hash(one.key)):
            _compare(at, one, held, taken)
            continue
        made = _decide(one, at + 1, 1 if one.demander else None, rules, by, now)
        if isinstance(made, Refused):
            taken.refused.append((at, _reason(made)))
        else:
            seen[hash(one.key)] = external.digest(one.content)
            taken.added += 1
    _repeat(again, arrivals, taken)
    return taken


def two_texts(key: Key) -> str:
    """The reason for refusing a number that came with another content before."""
    return (
        f"同一编号两种内容：编号 {key[1]} 已有另一内容，没有合并。请核对；若来自另一平台，请用 --source 另起来源名称。"
    )


def _month(one: Arrival, rules: Rules, now: datetime) -> int:
    return int(f"{_day(one, rules, now):%y%m}")


def _day(one: Arrival, rules: Rules, now: datetime) -> date:
    return max(one.day, _EARLIEST) if one.day else rules.day(now)


def _sift(arrivals: Sequence[Arrival], taken: Taken) -> tuple[list[int], list[tuple[int, int]]]:
    """The places of the new ones, and of those that repeat one of them, each with its place; the known are counted."""
    held = external.known(one.key for one in arrivals)
    taken.changed = _changed([one for one in arrivals if one.key in held and one.move == "adopt"])
    first: dict[Key, int] = {}
    again: list[tuple[int, int]] = []
    for at, one in enumerate(arrivals):
        if one.key in held:
            _compare(at, one, held[one.key], taken)
        elif one.key in first:
            again.append((at, first[one.key]))
        else:
            first[one.key] = at
    return list(first.values()), again


def _changed(known: list[Arrival]) -> int:
    """How many of these, known already, stand otherwise over there than when they were adopted."""
    came = external.adopted(one.key for one in known)
    stand = {
        one.key: (one.facts["foreign"].get("state") or "received", one.facts["foreign"].get("outcome")) for one in known
    }
    return sum(1 for key, now_ in stand.items() if key in came and came[key] != now_)


def _compare(at: int, one: Arrival, digest: bytes, taken: Taken) -> None:
    if external.same(digest, one.content):
        taken.known += 1
    else:
        taken.refused.append((at, two_texts(one.key)))


def _repeat(again: list[tuple[int, int]], arrivals: Sequence[Arrival], taken: Taken) -> None:
    """Count or refuse those that repeat another of their batch; what that one came to is decided by now."""
    out = {at for at, _ in taken.refused}
    for at, first in again:
        if first in out:
            taken.refused.append((at, "同一编号的前一行没有导入，请一起改正后再导入。"))
        else:
            _compare(at, arrivals[at], external.digest(arrivals[first].content), taken)


def _sift_lost(lost: list[_Ready], taken: Taken) -> None:
    """A rival was first with these numbers: the same content is known now, another is refused."""
    held = external.known(one.arrival.key for one in lost)
    for one in lost:
        _compare(one.at, one.arrival, held[one.arrival.key], taken)


def _decide_all(
    fresh: list[int], arrivals: Sequence[Arrival], rules: Rules, by: Actor, now: datetime, taken: Taken
) -> tuple[list[_Ready], dict[int, Known]]:
    serials = orders.serials(len(fresh)) if fresh else []
    known = [(at, who) for at in fresh if (who := arrivals[at].demander)]
    ids, new_people = people_bulk.look_up([who for _, who in known])
    persons = dict(zip([at for at, _ in known], ids, strict=True))
    ready: list[_Ready] = []
    for at, serial in zip(fresh, serials, strict=True):
        one = arrivals[at]
        number = orders.number_of(_day(one, rules, now), serial)
        life = _decide(one, number, persons.get(at), rules, by, now)
        if isinstance(life, Refused):
            taken.refused.append((at, _reason(life)))
        else:
            ready.append(_Ready(at, one, life, external.digest(one.content)))
    return ready, new_people


def _decide(one: Arrival, number: int, person: int | None, rules: Rules, by: Actor, now: datetime) -> Life | Refused:
    """The whole life of the order so far: one event, under the rules of one."""
    facts = _with_person(one, person)
    ready, sealed = seal(facts)
    order = Order(number)
    event = decide(order, one.move, by, ready, rules, now)
    if isinstance(event, Refused):
        return event
    apply_to(order, event)
    return Life(order, [event], [sealed], shown_of(facts), next_step(order, rules, frozenset()), source=one.key[0])


def _with_person(one: Arrival, person: int | None) -> Mapping[str, Any]:
    if person is None:
        return one.facts
    who: dict[str, Any] = {"person": person}
    if one.demander and one.demander.kind == "company":
        who["enterprise"] = True
    if one.move != "adopt":
        return {**one.facts, **who}
    foreign = one.facts["foreign"]
    return {**one.facts, "foreign": {**foreign, "set": {**foreign["set"], **who}}}


def _reason(refused: Refused) -> str:
    return refused.message if refused.message.endswith("。") else f"{refused.message}。"
