"""Units as a desk finds them while two letters of a name are typed: names with their spellings, kept by the process.

A spelling decides nothing and so is no part of the rules; one reading serves a process as long as the rules stay the
same, or ``KEPT`` at the longest.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Final

from jiesu.domain.rules import Rules
from jiesu.store import sql

KEPT: Final = 300.0


@dataclass(frozen=True, slots=True)
class Spelt:
    """A unit that may handle orders. ``weight``: how many lines of the catalog it leads, for equal letters."""

    code: str
    name: str
    pinyin: str
    initials: str
    weight: int


_lock = Lock()
_held: list[tuple[str, float, tuple[Spelt, ...]]] = []


def spelt(rules: Rules) -> tuple[Spelt, ...]:
    """Every unit that may lead or assist under these rules, those that lead most first. At most one statement."""
    with _lock:
        for snapshot, made, kept in _held:
            if snapshot == rules.id and monotonic() - made < KEPT:
                return kept
    read = {code: (pinyin, initials) for code, pinyin, initials in sql.hot("SELECT code, pinyin, initials FROM unit")}
    leads = Counter(rules.catalog.leads())
    found = (
        Spelt(one.code, one.name, *read.get(one.code, ("", "")), leads[one.code])
        for one in rules.units.values()
        if rules.can_handle(one.code)
    )
    units = tuple(sorted(found, key=lambda one: (-one.weight, one.code)))
    with _lock:
        _held[:] = [(rules.id, monotonic(), units)]
    return units


def forget() -> None:
    """Read the spellings anew when they are asked for next."""
    with _lock:
        _held.clear()
