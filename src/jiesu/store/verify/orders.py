"""Orders: their chains, their replay against everything that is kept of them, their limits, their words.

A good number of orders take each step together before any of them takes the next: a few lines that are repeated over
data just read are done much sooner than all the lines that one order needs, again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from time import perf_counter
from typing import Any, Final

from jiesu.domain import chain
from jiesu.domain.apply import apply_to
from jiesu.domain.order import Event, Order
from jiesu.domain.rules import Rules
from jiesu.store import rows
from jiesu.store.documents import is_document_of
from jiesu.store.verify import chains, deadlines, words
from jiesu.store.verify.found import Fault, Found
from jiesu.store.verify.reading import Kept

RulesOf = Callable[[str], Rules | None]


@dataclass(slots=True)
class Life:
    """An order on its way through the steps: what is kept of it, its events, and what they make of it.

    ``said`` are the words that each event committed to, ``files`` the digests that were named, with the event's number.
    ``erased`` is the number of the event that erased the order, 0 when it was not.
    """

    kept: Kept
    events: list[Event]
    order: Order
    said: list[words.Committed] = field(default_factory=list)
    files: list[tuple[str, int]] = field(default_factory=list)
    erased: int = 0


def check(some: Sequence[Kept], rules_of: RulesOf, found: Found) -> Iterator[tuple[str, int, int]]:
    """Add to ``found`` what is to be said of these orders. ``rules_of`` gives a snapshot by its id, None for none.

    Gives the files that their events name, with the numbers of order and event; those that were erased are left out.
    """
    lives = [Life(kept, [chains.event_of(row) for row in kept.events], Order(kept.number)) for kept in some]
    found.orders += sum(kept.row is not None for kept in some)
    found.events += sum(len(kept.events) for kept in some)
    for life in lives:
        _told(life)
    chained = [life for life in lives if _chained(life, found)]
    limits: list[deadlines.Held] = []
    replayed = [life for life in chained if _replayed(life, limits, found)]
    deadlines.check(limits, rules_of, found)
    found.faults += _without_rules(chained, rules_of)
    _compare(replayed, found)
    began = perf_counter()
    for life in chained:
        found.faults += words.strays(life.kept, life.events, life.said)
    for life in lives:
        found.faults += words.check(life.kept, life.events, life.said, life.erased, found)
    found.text_seconds += perf_counter() - began
    return ((digest, life.kept.number, seq) for life in lives for digest, seq in life.files if seq > life.erased)


def _told(life: Life) -> None:
    for event in life.events:
        facts = event.data.get("facts")
        if type(facts) is not dict:
            facts = {}  # it was altered into something else
        life.said.append(words.committed(facts))
        if "files" in facts:
            life.files += [(digest, event.seq) for digest in facts["files"]]
        if event.move == "erase" and not life.erased:
            life.erased = event.seq


def _chained(life: Life, found: Found) -> bool:
    """The whole chain at once, which nearly always holds; where it does not, ``chains`` finds the place."""
    faults = [] if _holds(life.kept, life.events) else chains.check(life.kept)
    found.faults += faults
    return not faults


def _holds(kept: Kept, events: Sequence[Event]) -> bool:
    if kept.row is None or not events:
        return False
    seq, link, hash_of = 0, chain.START, chain.event_hash
    for row, event in zip(kept.events, events, strict=True):
        seq += 1
        if event.seq != seq:
            return False
        link = hash_of(link, event, row[10])
        if link != row[11]:
            return False
    return bool(kept.row[0] == seq and kept.row[-2] == link)


def _replayed(life: Life, limits: list[deadlines.Held], found: Found) -> bool:
    """Make the order of its events and add to ``limits`` those that they set; False when they make none."""
    order = life.order
    for event in life.events:
        if order.last_at is not None and event.at < order.last_at:
            found.faults.append(Fault(order.number, f"第 {event.seq} 条流转记录的时间早于前一条", "chain"))
        try:
            apply_to(order, event)
            limits += deadlines.held_by(order, event)
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            found.faults.append(Fault(order.number, f"第 {event.seq} 条流转记录无法重放", "chain"))
            return False
    return True


def _without_rules(lives: Sequence[Life], rules_of: RulesOf) -> Iterator[Fault]:
    named = {event.rules for life in lives for event in life.events}
    missing = {id_ for id_ in named if rules_of(id_) is None}
    for life in lives if missing else ():
        for event in life.events:
            if event.rules in missing:
                said = f"第 {event.seq} 条流转记录所依据的规则快照 {event.rules} 已不在"
                yield Fault(event.number, said, "rules")


_TABLES: Final = (
    ("承办环节", rows.LEG, rows.leg_rows, attrgetter("legs")),
    ("申请", rows.REQUEST, rows.request_rows, attrgetter("requests")),
    ("回访", rows.CALLBACK, rows.callback_rows, attrgetter("callbacks")),
)


def _compare(lives: Sequence[Life], found: Found) -> None:
    """What the events make of the orders against their documents, their columns and their rows."""
    for life in lives:
        if not is_document_of(life.kept.row[-1], life.order):
            found.faults.append(Fault(life.order.number, "工单的内容（doc）与流转记录重放的结果不符", "row"))
    for life in lives:
        expected, row = rows.order_row(life.order), life.kept.row
        if expected != row[: len(expected)]:
            found.faults += _columns(life.order.number, expected, row)
    for zh, columns, rows_of, held_of in _TABLES:
        for life in lives:
            made, held = list(rows_of(life.order)), held_of(life.kept)
            if made != held:
                found.faults += _rows(life.order.number, zh, columns, made, held)


def _columns(number: int, expected: tuple[Any, ...], row: tuple[Any, ...]) -> Iterator[Fault]:
    for name, made, held in zip(rows.ORDER, expected, row, strict=False):
        if made != held:
            yield Fault(number, f"工单行的 {name} 列被改动：应为 {_said(made)}，现为 {_said(held)}", "row")


def _rows(
    number: int, zh: str, columns: Sequence[str], made: Sequence[tuple[Any, ...]], held: Sequence[tuple[Any, ...]]
) -> Iterator[Fault]:
    ours, theirs = {row[1]: row for row in made}, {row[1]: row for row in held}
    for no in sorted(ours.keys() | theirs.keys()):
        if no not in theirs:
            yield Fault(number, f"第 {no} 个{zh}的行被删除", "row")
        elif no not in ours:
            yield Fault(number, f"多出第 {no} 个{zh}的行，流转记录里没有", "row")
        else:
            for name, one, other in zip(columns, ours[no], theirs[no], strict=True):
                if one != other:
                    said = f"第 {no} 个{zh}的 {name} 列被改动：应为 {_said(one)}，现为 {_said(other)}"
                    yield Fault(number, said, "row")


_EMPTY: Final = "空"


def _said(value: Any) -> str:
    """A value as a fault shows it: times in short, nothing as 空."""
    if value is None or value == "":
        return _EMPTY
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
