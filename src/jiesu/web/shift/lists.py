"""What was open at a desk, as a note tells it: each group with its orders, and how they stand now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiesu.domain import clocks, words
from jiesu.domain.handover import DESKS, GROUPS
from jiesu.domain.order import moment
from jiesu.domain.rules import Rules
from jiesu.store import worklists


@dataclass(frozen=True, slots=True)
class Item:
    """An order as it stood, or a caller to be rung back. ``now``: its state today where that has changed."""

    number: int
    task: bool
    urgency: str
    said: str
    due: str
    late: bool
    now: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """``n``: how many there are; ``above``: those of them that a graver group has named already."""

    name: str
    zh: str
    n: int
    items: list[Item]
    above: int

    @property
    def more(self) -> int:
        """How many stand nowhere."""
        return self.n - len(self.items) - self.above

    @property
    def grave(self) -> bool:
        return self.name in ("urgent", "unsigned", "red")


_ORDER: Final = tuple(GROUPS)


def counts(open_: Mapping[str, Any], desk: str) -> list[tuple[str, int]]:
    """The desk's lists with how many stood in each."""
    zh = {queue.name: queue.zh for queue in worklists.QUEUES[DESKS[desk].role]}
    return [(said, open_["counts"][name]) for name, said in zh.items() if name in open_["counts"]]


def groups(
    open_: Mapping[str, Any], at: datetime, rules: Rules, states: Mapping[int, str] | None = None
) -> list[Group]:
    """What needed eyes at ``at``. ``states``: how the orders stand now."""
    found, named = [], set()
    # What is kept has no order of its own.
    for name, held in sorted(open_["groups"].items(), key=lambda one: _ORDER.index(one[0])):
        items = [one for one in held["items"] if one.get("number") not in named]
        named |= {one["number"] for one in items if "number" in one}
        told = [_item(one, at, rules, states or {}) for one in items]
        found.append(Group(name, GROUPS.get(name, name), held["n"], told, len(held["items"]) - len(items)))
    return found


def numbers(open_: Mapping[str, Any]) -> list[int]:
    """The orders of a note."""
    return sorted({one["number"] for held in open_["groups"].values() for one in held["items"] if "number" in one})


def _item(one: Mapping[str, Any], at: datetime, rules: Rules, states: Mapping[int, str]) -> Item:
    due = moment(one["due"]) if one["due"] else None
    when = clocks.words(due, at) if due else ""
    late = due is not None and due < at
    if "task" in one:
        return Item(one["task"], True, "", f"未接 {one['misses']} 次", when, late)
    state, stands = one["state"], states.get(one["number"], "")
    said = "，".join(filter(None, (words.zh(words.STATES, state), rules.unit_name(one["unit"]) if one["unit"] else "")))
    moved = words.zh(words.STATES, stands) if stands and stands != state else ""
    return Item(one["number"], False, one["urgency"], said, when, late, moved)


def shown(found: Sequence[Group]) -> int:
    """How many orders and callers need eyes; one that is named in two groups counts once."""
    return sum(one.n - one.above for one in found)
