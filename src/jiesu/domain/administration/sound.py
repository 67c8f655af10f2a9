"""Whether a city can stand on a change: names that are taken, units that are gone, work that would lead nowhere.

Each fault is (which change, which field, words); the changes come as they were carried out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from jiesu.domain.administration import catalog
from jiesu.domain.administration.kinds import BETWEEN, Thing
from jiesu.domain.rules import Rules

Found = tuple[int, str, str]
_MOST_ABOVE = 5


class Wants(Protocol):
    """What is wanted of a thing."""

    @property
    def kind(self) -> str: ...


class Act(Protocol):
    """A change that was carried out."""

    @property
    def wanted(self) -> Wants: ...
    @property
    def key(self) -> str: ...
    @property
    def after(self) -> Thing | None: ...
    @property
    def off(self) -> bool: ...


def across(acts: Sequence[Act], old: Rules, new: Rules, today: date) -> list[Found]:
    """What the changes would leave broken elsewhere, and what they lean on that is not there."""
    found: list[Found] = []
    checks = {"unit": _unit, "matter": _matter, "region": _region, "catalog": _line, "staff": _staff}
    for at, act in enumerate(acts):
        check = checks.get(act.wanted.kind)
        if check:
            found += ((at, field, said) for field, said in check(act, new))
    told = {at for at, _, _ in found}
    return found + [one for one in _led_nowhere(acts, old, new, today) if one[0] not in told]


def _unit(act: Act, new: Rules) -> Iterator[tuple[str, str]]:
    unit, after = new.units.get(act.key), act.after
    if unit is None or after is None:
        below = [one.name for one in new.units.values() if one.parent == act.key]
        if below:
            yield "active", f"下面还有在用的单位：{'、'.join(below[:6])}。请先停用或改到别的单位下"
        places = [str(one["name"]) for one in new.regions.values() if one.get("unit") == act.key]
        if places:
            yield "active", f"它还是这些区域的属地单位：{'、'.join(places[:6])}。请先在“区域”里改"
        return
    if Counter(one.name for one in new.units.values())[unit.name] > 1:
        yield "short", f"已有单位的简称是“{unit.name}”，请另起一个"
    if unit.parent and unit.parent not in new.units:
        yield "parent", "上级单位已停用或不存在"
    elif _circles(act.key, new):
        yield "parent", "上级单位绕了一圈又回到自己，请核对"


def _circles(code: str, rules: Rules) -> bool:
    at: str | None = code
    for _ in range(_MOST_ABOVE + 1):
        at = rules.units[at].parent if at in rules.units else None
        if at is None:
            return False
    return True


def _matter(act: Act, new: Rules) -> Iterator[tuple[str, str]]:
    above = act.key.rpartition(".")[0]
    if act.key in new.matters:
        if above and above not in new.matters:
            yield "code", f"没有上级事项 {above}，请先新增它，或改编号"
    elif any(code.startswith(f"{act.key}.") for code in new.matters):
        yield "active", "下面还有在用的事项，请先停用它们"


def _region(act: Act, new: Rules) -> Iterator[tuple[str, str]]:
    unit = (act.after or {}).get("unit")
    if unit and not new.can_handle(unit):
        yield "unit", f"{new.unit_name(unit)}已停用或不能承办"


def _line(act: Act, new: Rules) -> Iterator[tuple[str, str]]:
    after = act.after
    if after is None:
        return
    gone = [new.unit_name(one) for one in after["assist"] if not new.can_handle(one)]
    if gone:
        yield "assist", f"{'、'.join(gone)}已停用或不能承办"
    if after["matter"] not in new.matters and after["matter"] != "*":
        yield "matter", f"没有这个事项，或已停用：{after['matter']}"


def _staff(act: Act, new: Rules) -> Iterator[tuple[str, str]]:
    after = act.after or {}
    gone = sorted({str(unit) for _, unit, *_ in after.get("roles", ()) if unit not in new.units})
    if gone:
        yield "roles", f"单位已停用或不存在：{'、'.join(new.unit_name(one) for one in gone)}"


def _led_nowhere(acts: Sequence[Act], old: Rules, new: Rules, today: date) -> list[Found]:
    """Lines of the catalog by which orders could not be sent any more, and could before."""
    was = set(catalog.problems(old, today))
    new_ones = [one for one in catalog.problems(new, today) if one.grave and one not in was]
    if not new_ones:
        return []
    by_key = {f"{one.matter}{BETWEEN}{one.region}": one for one in new_ones}
    own = [(at, "lead", by_key[act.key].said) for at, act in enumerate(acts) if act.key in by_key]
    if own:
        return own
    first = new_ones[0]
    said = f"派单目录有 {len(new_ones)} 条会派不出去，如 {first.matter}：{first.said}。请先改目录"
    return [(0, _AT_FAULT.get(acts[0].wanted.kind, ""), said)]


_AT_FAULT = {"unit": "active", "region": "unit", "param": "value"}
