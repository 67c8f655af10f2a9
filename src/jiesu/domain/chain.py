"""How events are chained: a hash covers the hash before it and every part of its own event (architecture.md §3)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

from jiesu.domain.order import Event

START: Final = bytes(32)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO: Final = timedelta(microseconds=1)


def event_hash(before: bytes, event: Event, data: str) -> bytes:
    """32 bytes over ``before``, the event's columns and ``data``, its JSON text exactly as it is kept."""
    happened = "" if event.happened_at is None else (event.happened_at - _EPOCH) // _MICRO
    said = (
        f"{event.number}|{event.seq}|{event.move}|{(event.at - _EPOCH) // _MICRO}|{event.by}|{event.role}|{event.unit}"
        f"|{event.rules}|{event.rules_version}|{happened}|{data}"
    )
    return hashlib.sha256(before + said.encode()).digest()


def manifest_hash(before: bytes, day: str, entries: bytes) -> bytes:
    """32 bytes over the manifest before, the civil day and the packed entries."""
    return hashlib.sha256(before + day.encode() + b"|" + entries).digest()
