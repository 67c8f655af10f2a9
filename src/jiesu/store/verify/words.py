"""Do the sealed words answer to what the events committed to, or say that they were erased."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from jiesu.domain.facts import FACTS
from jiesu.domain.order import Event
from jiesu.store import crypto
from jiesu.store.record import aad
from jiesu.store.verify.found import Fault, Found
from jiesu.store.verify.reading import Kept

_COMMITMENT: Final = re.compile(r'\{"c":"([0-9a-f]{64})"\}')


def check(kept: Kept, events: Sequence[Event], found: Found) -> list[Fault]:
    """Compare each text row with its commitment in ``events``.

    Before the event that erased an order no words may be left; the erasing itself may keep its reason. A missing text
    without erasure, a text that nobody committed to and an altered one are faults.
    """
    erased = erased_at(events)
    held = {(row[1], row[2]): row for row in kept.texts}
    readable = set()
    faults = []
    for event in events:
        if event.data:
            readable.add(event.seq)
        for name, committed in _committed(event):
            row = held.pop((event.seq, name), None)
            fault = _one(kept.number, event.seq, name, committed, row, erased, found)
            if fault:
                faults.append(fault)
    for seq, name in held:
        if seq in readable:
            faults.append(Fault(kept.number, f"多出一段没有登记的文字：第 {seq} 条流转记录的“{_zh(name)}”", "text"))
    found.texts += len(kept.texts)
    found.erased += bool(erased)
    return faults


def erased_at(events: Sequence[Event]) -> int:
    """The number of the event that erased the order's words, 0 when they were not."""
    return next((event.seq for event in events if event.move == "erase"), 0)


def _committed(event: Event) -> Iterator[tuple[str, str]]:
    """The facts of an event that are words: name and commitment."""
    facts = event.data.get("facts")
    if isinstance(facts, dict):
        for name, value in facts.items():
            if type(value) is dict and "c" in value:
                yield name, value["c"]


def _one(
    number: int, seq: int, name: str, committed: str, row: Sequence[Any] | None, erased: int, found: Found
) -> Fault | None:
    where = f"（第 {seq} 条流转记录）"
    if row is None:
        if seq <= erased:
            found.erased_texts += 1
            return None
        return Fault(number, f"{_zh(name)}被删除{where}", "text")
    if seq < erased:
        return Fault(number, f"个人信息已按规定删除，{_zh(name)}却还在{where}", "text")
    try:
        plain = crypto.unseal_text(row[4], row[5], aad(number, seq, name))
    except (crypto.CannotUnseal, UnicodeDecodeError):
        return Fault(number, f"{_zh(name)}被改动，或封存它的密钥已不在{where}", "text")
    if crypto.commitment(row[3], plain) != committed:
        return Fault(number, f"{_zh(name)}被改动{where}", "text")
    return None


def stray(event: Event, data: str) -> Fault | None:
    """A commitment somewhere else in an event (``data`` is its text) has to be that of one of its own facts."""
    if '{"c":"' not in data:
        return None
    own = {committed for _, committed in _committed(event)}
    if own.issuperset(_COMMITMENT.findall(data)):
        return None
    return Fault(event.number, f"第 {event.seq} 条流转记录提到一段没有登记的文字", "text")


def _zh(name: str) -> str:
    fact = FACTS.get(name)
    return fact.zh if fact else name
