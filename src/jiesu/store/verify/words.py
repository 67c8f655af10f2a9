"""Do the sealed words answer to what the events committed to, or say that they were erased."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from jiesu.domain.facts import FACTS
from jiesu.domain.order import Event
from jiesu.store import crypto
from jiesu.store.record import aad
from jiesu.store.verify.found import Fault, Found
from jiesu.store.verify.reading import Kept

_COMMITMENT: Final = re.compile(r'\{"c":"([0-9a-f]{64})"\}')

Committed = Mapping[str, str]
_MARK: Final = '{"c":"'


def check(kept: Kept, events: Sequence[Event], said: Sequence[Committed], erased: int, found: Found) -> list[Fault]:
    """Compare each text row with its commitment; ``said`` has those of each event (``committed``).

    Before the event that erased an order no words may be left; the erasing itself may keep its reason. A missing text
    without erasure, a text that nobody committed to and an altered one are faults.
    """
    held = {(row[1], row[2]): row for row in kept.texts}
    faults = []
    for event, own in zip(events, said, strict=True):
        seq = event.seq
        for name, commitment in own.items():
            row = held.pop((seq, name), None)
            if row is None and seq <= erased:
                found.erased_texts += 1
                continue
            wrong = _wrong(row, commitment, erased)
            if wrong:
                faults.append(Fault(kept.number, f"{wrong.format(_zh(name))}（第 {seq} 条流转记录）", "text"))
    if held:
        readable = {event.seq for event in events if event.data}
        faults += [_stranger(kept.number, seq, name) for seq, name in held if seq in readable]
    found.texts += len(kept.texts)
    found.erased += bool(erased)
    return faults


def committed(facts: Mapping[str, Any]) -> Committed:
    """Those facts of an event that are words: commitment by name."""
    return {name: value["c"] for name, value in facts.items() if type(value) is dict and "c" in value}


def _wrong(row: tuple[Any, ...] | None, commitment: str, erased: int) -> str:
    """What is wrong with a text that an event committed to, as said of its name; empty when it is as it was."""
    if row is None:
        return "{}被删除"
    number, seq, name, salt, key_id, sealed = row
    if seq < erased:
        return "个人信息已按规定删除，{}却还在"
    try:
        plain = crypto.unseal(key_id, sealed, aad(number, seq, name))
        plain.decode()
    except (crypto.CannotUnseal, UnicodeDecodeError):
        return "{}被改动，或封存它的密钥已不在"
    return "" if crypto.commitment(salt, plain) == commitment else "{}被改动"


def _stranger(number: int, seq: int, name: str) -> Fault:
    return Fault(number, f"多出一段没有登记的文字：第 {seq} 条流转记录的“{_zh(name)}”", "text")


def strays(kept: Kept, events: Sequence[Event], said: Sequence[Committed]) -> Iterator[Fault]:
    """A commitment anywhere else in an event has to be that of one of the facts that are words (``said``)."""
    for row, event, own in zip(kept.events, events, said, strict=True):
        data = row[10]
        left = data.count(_MARK)
        for one in own.values():
            left -= data.count(f'{_MARK}{one}"}}')
        if left and not set(_COMMITMENT.findall(data)) <= set(own.values()):
            yield Fault(event.number, f"第 {event.seq} 条流转记录提到一段没有登记的文字", "text")


def _zh(name: str) -> str:
    fact = FACTS.get(name)
    return fact.zh if fact else name
