"""Lines of the dispatch catalog: one after another on their dates, flat as files write them, and what is wrong with all
of them together (domain.md §2: versioned by effective date)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

from jiesu.domain.administration.cells import BadValue
from jiesu.domain.duties import ANYWHERE, LOCAL, Duty
from jiesu.domain.rules import Rules

_DAY: Final = timedelta(days=1)
_NESTED: Final = {"statutory": ("name", "limit"), "season": ("name", "from", "to", "handle", "urgency")}


def flat(doc: Mapping[str, Any]) -> dict[str, Any]:
    """A line as the rules hold it, with its procedure and its season as plain fields."""
    thing = {name: value for name, value in doc.items() if name not in _NESTED}
    for outer, inner in _NESTED.items():
        held = doc.get(outer) or {}
        for name in inner:
            thing[f"{outer}_{name}"] = held.get(name) or (None if name in ("limit", "handle") else "")
    return thing


def nested(thing: Mapping[str, Any]) -> dict[str, Any]:
    """A line as the rules hold it, from plain fields."""
    doc = {name: value for name, value in thing.items() if name.partition("_")[0] not in _NESTED}
    for outer, inner in _NESTED.items():
        held = {name: thing[f"{outer}_{name}"] or None for name in inner}
        doc[outer] = held if held["name"] else None
    return doc


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is held: its row and what it says."""

    id: int
    thing: dict[str, Any]

    @property
    def first(self) -> date:
        return date.fromisoformat(self.thing["effective_from"])

    @property
    def last(self) -> date:
        found = self.thing["effective_to"]
        return date.fromisoformat(found) if found else date.max

    @property
    def void(self) -> bool:
        """It was replaced on the day on which it was to begin."""
        return self.last < self.first


@dataclass(frozen=True, slots=True)
class Succession:
    """What becomes of a key's lines: those that end and when (None: open again), those that go, and the new one."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ends: tuple[tuple[int, str | None], ...] = ()
    goes: tuple[int, ...] = ()


def holding(lines: Sequence[Line], day: date) -> Line | None:
    """The line that holds on a day."""
    found = [one for one in lines if one.first <= day <= one.last]
    return max(found, key=lambda one: (one.first, one.id), default=None)


def held_on(lines: Sequence[Line], day: date) -> dict[str, Any]:
    """What the line that holds on a day says; nothing where none holds."""
    found = holding(lines, day)
    return found.thing if found else {}


def succeed(lines: Sequence[Line], since: date, values: Mapping[str, Any] | None) -> Succession:
    """The lines of one matter and region when ``values`` hold from ``since`` on; None ends what holds there.

    A line that was to begin on that very day is replaced; ended, it leaves its day to the one before. Raises BadValue
    when a line begins after that day: two futures for one thing are told apart by nobody.
    """
    lines = [one for one in lines if not one.void]
    later = sorted(one.first for one in lines if one.first > since)
    if later:
        raise BadValue(f"已有 {later[0]} 起生效的条目，请先撤下它，或把生效日期定在它之后")
    same = next((one for one in lines if one.first == since), None)
    held = holding([one for one in lines if one is not same], since)
    goes = (same.id,) if same else ()
    if values is None and same is not None:
        return _back(lines, same)
    before = same or held
    if values is None and before is None:
        raise BadValue("这一天没有可以停用的条目")
    ends = ((held.id, (since - _DAY).isoformat()),) if held else ()
    after = None if values is None else {**values, "effective_from": since.isoformat()}
    return Succession(before.thing if before else None, after, ends, goes)


def _back(lines: Sequence[Line], gone: Line) -> Succession:
    """A line that has not begun is taken down: the one that would have ended for it goes on."""
    former = next((one for one in lines if one.last == gone.first - _DAY), None)
    ends = ((former.id, gone.thing["effective_to"]),) if former else ()
    return Succession(gone.thing, None, ends, (gone.id,))


# -- what is wrong with all of them together


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a line. ``grave``: orders would go to nobody; it may not be made so."""

    matter: str
    region: str
    first: date
    said: str
    grave: bool = False


def problems(rules: Rules, today: date) -> list[Problem]:
    """Lines that hold now or later and cannot do what they say, by matter and region."""
    lines = [one for one in rules.catalog.lines() if one.last >= max(today, one.first)]
    found: list[Problem] = []
    for _, held in groupby(lines, key=lambda one: (one.matter, one.region)):
        found += _of_key(list(held))
    for line in lines:
        found += (Problem(line.matter, line.region, line.first, said, grave) for said, grave in _of_line(line, rules))
    return sorted(found, key=lambda one: (one.matter, one.region, one.first, one.said))


def _of_key(lines: Sequence[Duty]) -> Iterator[Problem]:
    """``lines``: of one matter and region, the later first; the later one is found first."""
    for at, line in enumerate(lines):
        nearer = lines[:at]
        if any(one.first == line.first for one in nearer):
            yield Problem(line.matter, line.region, line.first, "和另一条同一天生效，永远用不到")
        elif any(one.first <= line.last for one in nearer):
            yield Problem(line.matter, line.region, line.first, "有效期和后一条重叠，重叠的日子用后一条")


def _of_line(line: Duty, rules: Rules) -> Iterator[tuple[str, bool]]:
    if line.matter != ANYWHERE and line.matter not in rules.matters:
        yield "事项已停用，这一条永远用不到", False
    if line.region != ANYWHERE and line.region not in rules.regions:
        yield "没有这个区域，这一条永远用不到", False
    if line.lead != LOCAL and not rules.can_handle(line.lead):
        yield f"牵头单位{rules.unit_name(line.lead)}已停用或不能承办，工单派不出去", True
    elif line.lead == LOCAL and not _led_somewhere(line, rules):
        yield "所在区域没有属地单位，工单派不出去", True
    gone = [rules.unit_name(one) for one in line.assist if not rules.can_handle(one)]
    if gone:
        yield f"配合单位{'、'.join(gone)}已停用或不能承办", False


def _led_somewhere(line: Duty, rules: Rules) -> bool:
    places = rules.regions if line.region == ANYWHERE else [line.region]
    return any(rules.can_handle(rules.catalog.lead(line, place) or "") for place in places)


def uncovered(rules: Rules, day: date) -> list[str]:
    """Matters for which the catalog says nothing anywhere on a day: a person decides each time."""
    held = {line.matter for line in rules.catalog.lines() if line.first <= day <= line.last}
    if ANYWHERE in held:
        return []
    return [code for code in sorted(rules.matters) if not held & set(_upward(code))]


def _upward(code: str) -> Iterator[str]:
    while code:
        yield code
        code = code.rpartition(".")[0]
