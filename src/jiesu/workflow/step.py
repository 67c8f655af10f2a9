"""The one way to move an order: load and hold it, ask the domain, record, follow what it means for other orders.

Every verb of this package ends here, and the API and the generic forms call it straight: the table of moves says
what a move needs, so one function carries them all (docs/adr/0001).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from jiesu.domain import callbacks, words
from jiesu.domain.case import NOTHING_AROUND, Around
from jiesu.domain.decide import decide
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.facts import FACTS
from jiesu.domain.moves import MOVES, Move
from jiesu.domain.order import SYSTEM, Actor, Event, Order
from jiesu.domain.permissions import sees
from jiesu.domain.rules import Rules
from jiesu.domain.tally import assessed_days
from jiesu.store import articles, contacts, erasure, files, idempotency, names, orders, publications, queue, record, sql
from jiesu.store import rules as rules_store
from jiesu.store.idempotency import Key
from jiesu.store.record import Loaded, Sealed, Shown, Undivided

# How a chase came in, as contacts name it.
_CHANNELS = {"portal": "web", "visit": "visit"}
_FOLLOWED = frozenset({"merge_into", "split_off", "erase", "chase"})
_CLOSING = frozenset({"close", "close_with_promise", "close_unreachable", "rework"})
_EXEMPTING = frozenset({"request_exemption", "approve_exemption"})


@dataclass(frozen=True, slots=True)
class Taken:
    """A move that was made: the order after it, its event, and its masked title and place."""

    order: Order
    event: Event
    title: str = ""
    place: str = ""


def take(
    number: int,
    move: str,
    *,
    by: Actor,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    seen: int | None = None,
    shown: Shown | None = None,
    once: Key | None = None,
) -> Taken:
    """Make ``move`` on the order ``number``; facts that are words are plain ``str`` here.

    ``seen`` is the version that the person was looking at: when somebody else has moved the order since then (moves
    beside the state do not count), Conflict. ``once`` is kept with the move, so that a request that comes again is not
    made again. Raises NotFound, Forbidden, Refused, Conflict, and AlreadyAnswered when a rival with the same key was
    first; then nothing was written. At most 3 statements, one more for what a move reads around the order, one when
    somebody must be told at once, one for a key.
    """
    given = facts or {}
    if once is None and not sql.in_transaction() and not _means_more(move, given):
        with suppress(_Overtaken), sql.one_winner(number):
            return _alone(number, move, by, now, given, seen, shown)
    return in_turn(number, ((move, given),), by=by, now=now, seen=seen, shown=shown, once=once)


def in_turn(
    number: int,
    moves: Sequence[tuple[str, Mapping[str, Any]]],
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    shown: Shown | None = None,
    once: Key | None = None,
) -> Taken:
    """Make several moves on one order, each decided and recorded by itself, all of them or none; the last one's event.

    What ``take`` promises holds; each further move costs one statement, and what it reads around the order.
    """
    # Within another's transaction this stands and falls with it: a savepoint would cost two statements.
    with sql.one_winner(number), transaction.atomic(savepoint=False):
        loaded, rules = _look(number, moves[0][0], by, seen, held=True)
        urgent = False
        for name, facts in moves:
            event, loaded = make(loaded, name, by, now, facts, rules, shown)
            urgent = urgent or loaded.urgent
        if urgent:
            queue.defer("notify", number=number)
        if once:
            idempotency.keep(once, number, now)
        return Taken(loaded.order, event, loaded.title, loaded.place)


def _alone(
    number: int, move: str, by: Actor, now: datetime, facts: Mapping[str, Any], seen: int | None, shown: Shown | None
) -> Taken:
    """The move on a row that nobody holds: the one statement that writes it is a transaction by itself.

    Raises _Overtaken when somebody else moved the order in between.
    """
    loaded, rules = _look(number, move, by, seen, held=False)
    try:
        try:
            event, after = make(loaded, move, by, now, facts, rules, shown)
        except Undivided:
            with transaction.atomic():
                event, after = make(loaded, move, by, now, facts, rules, shown)
                queue.defer("notify", number=number)
    except Conflict as lost:
        raise _Overtaken from lost
    return Taken(after.order, event, after.title, after.place)


class _Overtaken(Exception):
    """To be made again, on a row that is held."""


def _look(number: int, move: str, by: Actor, seen: int | None, *, held: bool) -> tuple[Loaded, Rules]:
    """The order as it stands, and the rules of now. Raises NotFound, Forbidden, Conflict. ``held``: nobody moves it."""
    found = orders.load(number, for_move=held)
    if found is None:
        raise NotFound(f"没有工单 {number}，请核对工单号")
    loaded, snapshot = found
    if not sees(by, loaded.order):
        raise Forbidden("这张工单不在您的办理范围内")
    if seen is not None and seen != loaded.order.version and move in MOVES:
        _only_beside(loaded.order, MOVES[move], seen)
    return loaded, rules_store.at(snapshot)


def make(
    loaded: Loaded,
    move: str,
    by: Actor,
    now: datetime,
    facts: Mapping[str, Any],
    rules: Rules,
    shown: Shown | None = None,
) -> tuple[Event, Loaded]:
    """Make ``move`` on an order that this transaction holds; its event, and the order as it is stored after it.

    Raises Refused. One statement, and what the move reads around the order or means for others. The caller defers
    ``notify`` when the order after it is ``urgent``.
    """
    ready, sealed = seal(facts)
    around = look_around(loaded.order, move, facts, rules, now)
    event = decided(loaded.order, move, by, ready, rules, now, around)
    after = record.record(loaded, event, rules, sealed, shown)
    if facts.get("files"):
        files.attach(facts["files"], event.number)
    _follow(loaded.order, event, now)
    return event, after


def decided(
    order: Order, move: str, by: Actor, facts: Mapping[str, Any], rules: Rules, now: datetime, around: Around
) -> Event:
    """What the domain answers, where the answer is an event. Raises Refused."""
    answer = decide(order, move, by, facts, rules, now, around)
    if isinstance(answer, Refused):
        raise answer
    return answer


def seal(facts: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Sealed]]:
    """Facts as the domain takes them (words with their commitments), and the words as the store keeps them."""
    ready: dict[str, Any] = {}
    sealed: dict[str, Sealed] = {}
    for name, value in facts.items():
        if isinstance(value, str) and name in FACTS and FACTS[name].type in ("text", "line"):
            text = value.strip()
            if text:
                sealed[name] = record.seal_text(text)
                ready[name] = sealed[name].text
        elif value is not None:
            ready[name] = value
    return ready, sealed


def look_around(order: Order, move: str, facts: Mapping[str, Any], rules: Rules, now: datetime) -> Around:
    """What the rule of this move may know beyond the order.

    The parent (to be), the children's callbacks, whether an answer's article may be used today, or whether every month
    in which the order counts is frozen.
    """
    if move in ("callback_attempt", "rate") and order.parent is not None:
        held = orders.load(order.parent)
        return (
            Around(parent_state=held[0].order.state, parent_passed_at=held[0].order.passed_at)
            if held
            else NOTHING_AROUND
        )
    other = facts.get("parent") if move == "merge_into" else facts.get("other") if move == "link" else None
    if isinstance(other, int):
        state = orders.state_of(other)
        return Around(parent_state=state[0], parent_of_parent=state[1]) if state else NOTHING_AROUND
    if move in _EXEMPTING:
        days = sorted(assessed_days(order))
        return Around(frozen=bool(days) and all(publications.frozen_days(days)))
    article = facts.get("article")
    if move == "answer_directly" and isinstance(article, str) and article.strip():
        return Around(article=articles.standing(article.strip(), rules.day(now)))
    if move in _CLOSING and order.children:
        seen = [
            callbacks.child_view(child, order.passed_at, rules.calendar, rules.params)
            for child in orders.children(order.number)
        ]
        return Around(children=tuple(seen))
    return NOTHING_AROUND


def _only_beside(order: Order, move: Move, seen: int) -> None:
    """Nothing but moves beside the state came since ``seen``; else the person has to look again."""
    if move.beside:
        return
    since = [event for event in orders.events(order.number, after=seen) if not MOVES[event.move].beside]
    if not since and seen < order.version:
        return
    raise conflict(order, since[-1] if since else None)


def conflict(order: Order, event: Event | None) -> Conflict:
    if event is None:
        return Conflict(
            "这张工单的版本对不上，请刷新后再提交，您写的内容没有丢", number=order.number, version=order.version
        )
    who = names.of_actor(event.by)
    state = words.zh(words.STATES, order.state)
    said = f"这张工单刚被{who}“{MOVES[event.move].zh}”，现在是“{state}”；您写的内容没有丢，请看过最新情况再提交"
    return Conflict(said, number=order.number, version=order.version)


def _means_more(move: str, facts: Mapping[str, Any]) -> bool:
    """Whether more than the order is written: what ``_follow`` sees to, or files."""
    return move in _FOLLOWED or bool(facts.get("files") or facts.get("article"))


def _follow(before: Order, event: Event, now: datetime) -> None:
    """What a move on one order means for another, in the same transaction."""
    if event.move == "merge_into":
        take(event.data["facts"]["parent"], "absorb", by=SYSTEM, now=now, facts={"child": before.number})
    elif event.move == "split_off" and event.data["parent"] is not None:  # merged by another system, it has none here
        take(event.data["parent"], "release_child", by=SYSTEM, now=now, facts={"child": before.number})
    elif event.move == "erase":
        erasure.forget(before.number)
    elif event.move == "chase":
        channel = _CHANNELS.get(event.data.get("facts", {}).get("via", ""), "phone")
        contacts.add(at=event.at, channel=channel, person=before.person, number=before.number, seq=event.seq)
    elif "article" in event.data:
        articles.count_use(event.data["article"])
