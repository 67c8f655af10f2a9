"""Is every limit in an event what the event's own rules make of it (architecture.md §3, Rules are snapshots)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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


# A limit that an event set: the clock's name; due, amber, amount and measure as written; the moment it runs from.
Held = tuple[Event, str, list[Any], datetime]


def check(some: Iterable[Held], rules_of: Callable[[str], Rules | None], found: Found) -> None:
    """Faults of limits that were set, by the rules that their events name; those without rules are left out.

    A limit says its amount and measure, so its end follows from them, the calendar of the event's rules and the
    moment it runs from. A date that somebody decided (a promise, an extension) has none and stands as it is.
    """
    for event, name, held, start in some:
        rules = rules_of(event.rules)
        if len(held) < 4 or rules is None:
            continue
        found.deadlines += 1
        if not _holds(held, start, rules):
            said = f"第 {event.seq} 条流转记录的{words.zh(words.CLOCKS, name)}时限与当时的规则算出的不符"
            found.faults.append(Fault(event.number, said, "deadline"))


def _holds(held: list[Any], start: datetime, rules: Rules) -> bool:
    """Whether ``held`` (due, amber, amount, measure) is a limit, and ends as one that runs from ``start``."""
    due, amber, *limit = held
    try:
        return as_written(rules.ends(_limit(*limit), start)) == [due, amber]
    except (OverflowError, TypeError, ValueError):
        return False


@lru_cache(maxsize=1024, typed=True)
def _limit(*doc: Any) -> Limit:
    return Limit.from_doc(doc)


def held_by(order: Order, event: Event) -> list[Held]:
    """Every clock that the event starts or gives another end; ``order`` is the order after it."""
    data = event.data
    if _SETTING.isdisjoint(data):
        return []
    held = _started(event, data["start"], event.at) if "start" in data else []
    if "new_legs" in data:
        for one in data["new_legs"]:
            held += _started(event, one["start"], moment(one["at"]) if "at" in one else event.at)
    if "move" in data:
        held += _moved(event, data["move"], order.clocks)
    if "legs" in data:
        for no, change in data["legs"].items():
            if "start" in change:
                held += _started(event, change["start"], event.at)
            if "move" in change:
                held += _moved(event, change["move"], order.leg(int(no)).clocks)
    return held


def _started(event: Event, started: Mapping[str, list[Any]], at: datetime) -> list[Held]:
    return [(event, name, limit, at) for name, limit in started.items()]


def _moved(event: Event, moved: Mapping[str, list[Any]], clocks: Mapping[str, Clock]) -> list[Held]:
    return [(event, name, limit, clocks[name].start) for name, limit in moved.items()]
