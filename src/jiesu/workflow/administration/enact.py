"""Carrying changes out within a transaction: what was there, what comes, whether the city can stand on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from jiesu.domain.administration import catalog, sound
from jiesu.domain.administration.cells import BadValue
from jiesu.domain.administration.kinds import KINDS, Thing
from jiesu.domain.administration.names import Names
from jiesu.domain.administration.things import described, print_of, problems
from jiesu.domain.order import moment
from jiesu.domain.rules import Rules
from jiesu.store import rules as rules_store
from jiesu.store import sql
from jiesu.store.administration import changes, lines, shelves, weighing
from jiesu.store.administration.changes import Planned
from jiesu.store.administration.shelves import Put
from jiesu.workflow.administration.wanted import PAST, Fault, Overtaken, Unsound, Wanted, today_of

Said = Iterator[tuple[str, str]]
"""Which field is at fault, and the words."""


@dataclass(frozen=True, slots=True)
class Act:
    """One change as it was carried out: what was there, what is there now."""

    wanted: Wanted
    key: str
    before: Thing | None
    after: Thing | None

    @property
    def off(self) -> bool:
        """Whether a thing that was in use is not any more."""
        before, after = self.before, self.after
        return before is not None and before.get("active", True) and (after is None or not after.get("active", True))


@dataclass(frozen=True, slots=True)
class Enacted:
    """Changes carried out, and the rules before and after them."""

    acts: list[Act]
    old: Rules
    new: Rules
    parts: Mapping[str, Any]

    def titles(self) -> list[str]:
        """What each thing is called; one that is gone, as it was called."""
        was, now = Names(self.old), Names(self.new)
        return [
            described(KINDS[one.wanted.kind], thing, now if one.after else was)
            for one in self.acts
            if (thing := one.after or one.before) is not None
        ]


def enact(wanted: Sequence[Wanted], now: datetime) -> Enacted:
    """Put the changes into the city's tables and find the rules that would follow, published to nobody.

    Within the caller's transaction, which decides whether they stay. Raises Unsound with everything that is wrong, and
    Overtaken.
    """
    sql.rows(rules_store.LOCK)
    old, today = rules_store.current(), today_of(now)
    acts, faults = _acts(wanted, now, today)
    if faults:
        raise Unsound(faults)
    for kind in dict.fromkeys(one.kind for one in wanted):
        if kind != "catalog":
            shelves.of(kind).put([Put(act.key, act.before, act.after) for act in acts if act.wanted.kind == kind])
    parts = rules_store.collect()
    new = _rules(parts)
    broken = [*sound.across(acts, old, new, today), *_work_left(acts), *_administered(acts, now)]
    if broken:
        raise Unsound([Fault(*one) for one in broken])
    return Enacted(acts, old, new, parts)


def _rules(parts: Mapping[str, Any]) -> Rules:
    """The rules of the tables as they stand now."""
    try:
        return Rules.from_parts(parts)
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        raise Unsound([Fault(0, "", "改了以后规则读不出来，没有保存，请核对取值")]) from None


def _acts(wanted: Sequence[Wanted], now: datetime, today: date) -> tuple[list[Act], list[Fault]]:
    acts: list[Act] = []
    faults: list[Fault] = []
    successions = []
    keys = [one.key or one.of.key_of(one.after or {}) for one in wanted]
    held = _Held(wanted, keys)
    for at, (one, key) in enumerate(zip(wanted, keys, strict=True)):
        before, seen = held.before(one, key)
        if one.seen is not None and print_of(seen) != one.seen:
            raise Overtaken(f"“{_called(one, before) if before else key}”刚被别人改过")
        found = [*_own(one, before, now, today), *_waited_for(held.waiting(one, key), before, one.after)]
        after = one.after
        if one.kind == "catalog":
            try:
                succession = catalog.succeed(held.lines[key], one.since, one.after)
                before, after = succession.before, succession.after
                successions.append(succession)
            except BadValue as bad:
                found.append(("effective_from", str(bad)))
        faults += (Fault(at, field, words) for field, words in found)
        acts.append(Act(one, key, before, after))
    if not faults:
        lines.put(successions)
    return acts, faults


class _Held:
    """What is there before any of the changes, read at once, asked for each."""

    def __init__(self, wanted: Sequence[Wanted], keys: Sequence[str]) -> None:
        some: dict[str, list[str]] = {}
        for one, key in zip(wanted, keys, strict=True):
            some.setdefault(one.kind, []).append(key)
        self.lines = lines.of_keys(some.pop("catalog", []))
        self._things = {kind: shelves.of(kind).some(of) for kind, of in some.items()}
        pairs = [(one.kind, key) for one, key in zip(wanted, keys, strict=True)]
        self._waiting: dict[tuple[str, str], list[Planned]] = {}
        for waits in changes.waiting_for(pairs):
            self._waiting.setdefault((waits.kind, waits.key), []).append(waits)

    def before(self, one: Wanted, key: str) -> tuple[Thing | None, Any]:
        """The thing that the change is about, and what a person who saw it has seen."""
        if one.kind != "catalog":
            thing = self._things[one.kind].get(key)
            return thing, thing
        held = catalog.holding(self.lines[key], one.since)
        return (held.thing if held else None), seen_lines(self.lines[key])

    def waiting(self, one: Wanted, key: str) -> list[Planned]:
        return self._waiting.get((one.kind, key), [])


def seen_lines(held: Sequence[catalog.Line]) -> Any:
    """What somebody has seen who saw the lines of a matter and region."""
    return [line.thing for line in held]


def _called(one: Wanted, before: Thing) -> str:
    return described(one.of, before, Names(rules_store.current()))


def _own(one: Wanted, before: Thing | None, now: datetime, today: date) -> Said:
    """What is wrong with a change, looked at alone."""
    if one.since < today:
        yield "since", PAST.format(today=today.isoformat())
    if one.kind != "catalog" and before is None and one.key:
        yield "", "这一项已经不在了，请回到列表再找"
    elif one.kind != "catalog" and before is not None and not one.key:
        yield one.of.key[0].name, f"已有“{_called(one, before)}”，请打开它修改"
    if one.after is None:
        yield from _taken_away(one, before, now)
        return
    yield from problems(one.of, before, one.after, now, today).items()
    if one.after.get("effective_to") and one.after["effective_to"] < one.since.isoformat():
        yield "effective_to", "失效日不能早于生效日"
    if before is not None and _same(before, one.after):
        yield "", "没有改动任何内容"


def _taken_away(one: Wanted, before: Thing | None, now: datetime) -> Said:
    if not one.of.removable:
        yield "", f"{one.of.zh}不能删除，历史要用到；可以停用"
    elif one.kind == "declared" and before is not None and moment(before["begins"]) <= now:
        yield "", "已经开始，不能撤销；请把结束改到现在以后的一刻"


def _same(before: Thing, after: Thing) -> bool:
    """A line of the catalog is the same when all but its first day is."""
    return all(before.get(name) == after[name] for name in after if name != "effective_from")


def _waited_for(waiting: Sequence[Planned], before: Thing | None, after: Thing | None) -> Said:
    """Two changes that want the same field of one thing are not told apart by their days."""
    touched = {name for name, value in (after or {}).items() if before is None or before.get(name) != value}
    for waits in waiting:
        if after is None or touched & set(waits.after or {}):
            yield "", f"这一项已有 {waits.effective} 起生效的改动（{waits.who}：{waits.reason}），请先撤下它再改"


def _work_left(acts: Sequence[Act]) -> Iterator[tuple[int, str, str]]:
    """A unit that still has orders in hand is not switched off: somebody would wait for nobody."""
    for at, one in enumerate(acts):
        if one.wanted.kind == "unit" and one.off:
            lead, assist = weighing.open_legs(one.key)
            if lead or assist:
                yield at, "active", f"还有在办工单：牵头 {lead} 件、配合 {assist} 件。请先改派或等办结，再停用"


def _administered(acts: Sequence[Act], now: datetime) -> Iterator[tuple[int, str, str]]:
    """Somebody must be left who can change things; one whose role ends on a day is not counted on."""
    if any(one.wanted.kind == "staff" for one in acts) and not weighing.administrators(now):
        yield len(acts) - 1, "roles", "这样就没有管理员了。请先让另一位成为管理员（不写止期），再改这一位"
