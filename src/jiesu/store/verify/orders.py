"""One order: its chain, its replay against everything that is kept of it, its limits, its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Any, Final

from jiesu.domain import chain
from jiesu.domain.apply import apply_to
from jiesu.domain.order import Event, Order
from jiesu.domain.rules import Rules
from jiesu.store import rows
from jiesu.store.documents import is_document_of, read_data
from jiesu.store.verify import chains, deadlines, words
from jiesu.store.verify.found import Fault, Found
from jiesu.store.verify.reading import Kept

RulesOf = Callable[[str], Rules | None]


def check(kept: Kept, rules_of: RulesOf, found: Found) -> Iterator[tuple[str, int]]:
    """Add to ``found`` what is to be said of one order. ``rules_of`` gives a snapshot by its id, None for none.

    Gives the files that its events name, each with the event's number; those that were erased are left out.
    """
    if kept.row is not None:
        found.orders += 1
    found.events += len(kept.events)
    events = [chains.event_of(row, _data(row[10])) for row in kept.events]
    said = [words.committed(event) for event in events]
    faults = [] if _holds(kept, events) else chains.check(kept)
    if not faults:
        faults += _replayed(kept, events, said, rules_of, found)
    began = perf_counter()
    faults += words.check(kept, events, said, found)
    found.text_seconds += perf_counter() - began
    found.faults += faults
    return _files(events)


def _files(events: Sequence[Event]) -> Iterator[tuple[str, int]]:
    erased = words.erased_at(events)
    for event in events[erased:]:
        told = event.data.get("facts")
        for digest in told.get("files", ()) if isinstance(told, dict) else ():
            yield digest, event.seq


def _data(text: str) -> dict[str, Any] | None:
    try:
        data = read_data(text)
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def _holds(kept: Kept, events: Sequence[Event]) -> bool:
    """The whole chain at once, which nearly always holds; where it does not, ``chains`` finds the place."""
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


def _replayed(
    kept: Kept, events: Sequence[Event], said: Sequence[words.Committed], rules_of: RulesOf, found: Found
) -> list[Fault]:
    order = Order(kept.number)
    faults: list[Fault] = []
    for row, event, own in zip(kept.events, events, said, strict=True):
        if order.last_at is not None and event.at < order.last_at:
            faults.append(Fault(kept.number, f"第 {event.seq} 条流转记录的时间早于前一条", "chain"))
        try:
            apply_to(order, event)
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            faults.append(Fault(kept.number, f"第 {event.seq} 条流转记录无法重放", "chain"))
            return faults
        rules = rules_of(event.rules)
        faults += deadlines.check(order, event, rules, found) if rules else [_without_rules(event)]
        strange = words.stray(event, row[10], own)
        if strange:
            faults.append(strange)
    return faults + list(_compared(kept, order))


def _without_rules(event: Event) -> Fault:
    return Fault(event.number, f"第 {event.seq} 条流转记录所依据的规则快照 {event.rules} 已不在", "rules")


def _compared(kept: Kept, order: Order) -> Iterator[Fault]:
    """What the events make of the order against its document, its columns and its rows."""
    row = kept.row or ()
    if not is_document_of(row[-1], order):
        yield Fault(order.number, "工单的内容（doc）与流转记录重放的结果不符", "row")
    expected = rows.order_row(order)
    if expected != row[: len(expected)]:
        yield from _columns(order.number, expected, row)
    yield from _rows(order.number, "承办环节", rows.LEG, rows.leg_rows(order), kept.legs)
    yield from _rows(order.number, "申请", rows.REQUEST, rows.request_rows(order), kept.requests)
    yield from _rows(order.number, "回访", rows.CALLBACK, rows.callback_rows(order), kept.callbacks)


def _columns(number: int, expected: tuple[Any, ...], row: tuple[Any, ...]) -> Iterator[Fault]:
    for name, made, held in zip(rows.ORDER, expected, row, strict=False):
        if made != held:
            yield Fault(number, f"工单行的 {name} 列被改动：应为 {_said(made)}，现为 {_said(held)}", "row")


def _rows(
    number: int, zh: str, columns: Sequence[str], made: Iterator[tuple[Any, ...]], held: list[tuple[Any, ...]]
) -> Iterator[Fault]:
    expected = list(made)
    if expected == held:
        return
    ours, theirs = {row[1]: row for row in expected}, {row[1]: row for row in held}
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
