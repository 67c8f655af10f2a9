"""Do the sealed words answer to what the events committed to, or say that they were erased."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from jiesu.domain.facts import FACTS
from jiesu.domain.order import Event
from jiesu.store import crypto
from jiesu.store.record import aad
from jiesu.store.verify.found import Fault, Found
from jiesu.store.verify.reading import Kept

_COMMITMENT: Final = re.compile(r'\{"c":"([0-9a-f]{64})"\}')

Committed = Mapping[str, str]
_NONE: Final[Committed] = {}


def check(kept: Kept, events: Sequence[Event], said: Sequence[Committed], found: Found) -> list[Fault]:
    """Compare each text row with its commitment; ``said`` has those of each event (``committed``).

    Before the event that erased an order no words may be left; the erasing itself may keep its reason. A missing text
    without erasure, a text that nobody committed to and an altered one are faults.
    """
    erased = erased_at(events)
    held = {(row[1], row[2]): row for row in kept.texts}
    readable = set()
    faults = []
    for event, own in zip(events, said, strict=True):
        if event.data:
            readable.add(event.seq)
        for name, commitment in own.items():
            row = held.pop((event.seq, name), None)
            fault = _one(kept.number, event.seq, name, commitment, row, erased, found)
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


def committed(event: Event) -> Committed:
    """The facts of an event that are words: commitment by name."""
    facts = event.data.get("facts")
    if not isinstance(facts, dict):
        return _NONE
    return {name: value["c"] for name, value in facts.items() if type(value) is dict and "c" in value}


def _one(
    number: int, seq: int, name: str, commitment: str, row: Sequence[Any] | None, erased: int, found: Found
) -> Fault | None:
    if row is None:
        if seq <= erased:
            found.erased_texts += 1
            return None
        return _fault(number, seq, f"{_zh(name)}被删除")
    if seq < erased:
        return _fault(number, seq, f"个人信息已按规定删除，{_zh(name)}却还在")
    try:
        plain = crypto.unseal_text(row[4], row[5], aad(number, seq, name))
    except (crypto.CannotUnseal, UnicodeDecodeError):
        return _fault(number, seq, f"{_zh(name)}被改动，或封存它的密钥已不在")
    if crypto.commitment(row[3], plain) != commitment:
        return _fault(number, seq, f"{_zh(name)}被改动")
    return None


def _fault(number: int, seq: int, said: str) -> Fault:
    return Fault(number, f"{said}（第 {seq} 条流转记录）", "text")


def stray(event: Event, data: str, own: Committed) -> Fault | None:
    """A commitment somewhere else in an event (``data`` is its text) has to be that of one of its ``own`` facts."""
    if '{"c":"' not in data:
        return None
    known = own.values()
    if all(one in known for one in _COMMITMENT.findall(data)):
        return None
    return Fault(event.number, f"第 {event.seq} 条流转记录提到一段没有登记的文字", "text")


def _zh(name: str) -> str:
    fact = FACTS.get(name)
    return fact.zh if fact else name
