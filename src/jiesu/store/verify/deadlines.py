"""Is every limit in an event what the event's own rules make of it (architecture.md §3, Rules are snapshots)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from jiesu.domain import words
from jiesu.domain.clocks import Limit
from jiesu.domain.order import Clock, Event, Order, moment
from jiesu.domain.rules import Rules
from jiesu.store.documents import as_written
from jiesu.store.verify.found import Fault, Found

_SETTING: Final = frozenset({"start", "new_legs", "move", "legs"})  # parts of an event's data that set limits


def check(order: Order, event: Event, rules: Rules, found: Found) -> list[Fault]:
    """Faults of the limits that ``event`` set; ``order`` is the order after it.

    A limit says its amount and measure, so its end follows from them, the calendar of the event's rules and the
    moment it runs from. A date that somebody decided (a promise, an extension) has none and stands as it is.
    """
    if _SETTING.isdisjoint(event.data):
        return []
    faults = []
    for name, held, start in _limits(order, event):
        if len(held) < 4:
            continue
        found.deadlines += 1
        if held != _due(held, start, rules):
            said = f"第 {event.seq} 条流转记录的{words.zh(words.CLOCKS, name)}时限与当时的规则算出的不符"
            faults.append(Fault(order.number, said, "deadline"))
    return faults


def _due(held: list[Any], start: datetime, rules: Rules) -> list[Any] | None:
    """What should have been written instead of ``held``: due, amber, amount, measure; None when that is no limit."""
    try:
        limit = _limit(*held[2:])
        return [*as_written(rules.ends(limit, start)), *limit.to_doc()]
    except (OverflowError, TypeError, ValueError):
        return None


@lru_cache(maxsize=1024, typed=True)
def _limit(*doc: Any) -> Limit:
    return Limit.from_doc(doc)


def _limits(order: Order, event: Event) -> Iterator[tuple[str, list[Any], datetime]]:
    """Every clock that the event starts or gives another end: name, limit as written, moment it runs from."""
    data, at = event.data, event.at
    if "start" in data:
        yield from _started(data["start"], at)
    if "new_legs" in data:
        for one in data["new_legs"]:
            yield from _started(one["start"], moment(one["at"]) if "at" in one else at)
    if "move" in data:
        yield from _moved(data["move"], order.clocks)
    if "legs" in data:
        for no, change in data["legs"].items():
            if "start" in change:
                yield from _started(change["start"], at)
            if "move" in change:
                yield from _moved(change["move"], order.leg(int(no)).clocks)


def _started(started: Mapping[str, list[Any]], at: datetime) -> Iterator[tuple[str, list[Any], datetime]]:
    for name, held in started.items():
        yield name, held, at


def _moved(moved: Mapping[str, list[Any]], clocks: Mapping[str, Clock]) -> Iterator[tuple[str, list[Any], datetime]]:
    for name, held in moved.items():
        yield name, held, clocks[name].start
