"""The city's units, matters and regions by the names that files use, and new ones that an import asks for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from jiesu.store import rules, sql
from jiesu.store.models import Matter, Region, Unit

BETWEEN: Final = " / "
"""What stands between the levels of a matter's path."""
LONGEST_UNIT: Final = 120
LONGEST_MATTER: Final = 80
DEEPEST: Final = 5
MOST_UNITS: Final = 500
MOST_MATTERS: Final = 2_000
"""How many a city may get from files: more than that is a column mistaken for another."""

_FOREIGN: Final = "F"
_MADE: Final = re.compile(r"(^|\.)F\d{4}$")
_REMARK: Final = "导入其他平台工单时建立"


@dataclass(frozen=True, slots=True)
class Names:
    """Codes by code, by name, and for matters and regions by path; a name that two of them share is left out."""

    units: dict[str, str]
    matters: dict[str, str]
    regions: dict[str, str]


def names() -> Names:
    """The city's names as they are now. 3 statements."""
    units = Unit.objects.filter(active=True).order_by("code").values_list("code", "name", "short")
    unit_names = [(name, code) for code, *both in units for name in dict.fromkeys(both)]
    return Names(
        {**_only(unit_names), **{code: code for code, _, _ in units}},
        _tree(list(Matter.objects.filter(active=True).values_list("code", "name", "parent_id"))),
        _tree(list(Region.objects.values_list("code", "name", "parent_id"))),
    )


def _only(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names that lead to one code."""
    held = [pair for pair in pairs if pair[0]]
    times = Counter(name for name, _ in held)
    return {name: code for name, code in held if times[name] == 1}


Line = tuple[str, str, str | None]


def _tree(lines: list[Line]) -> dict[str, str]:
    codes = {code: code for code, _, _ in lines}
    return {**_only((name, code) for code, name, _ in lines), **_paths(lines), **codes}


def _paths(lines: list[Line]) -> dict[str, str]:
    by_code = {code: (name, parent) for code, name, parent in lines}
    return {_path(code, by_code): code for code in by_code}


def _path(code: str, by_code: dict[str, tuple[str, str | None]]) -> str:
    parts: list[str] = []
    at: str | None = code
    while at is not None and at in by_code and len(parts) <= DEEPEST:
        parts.append(by_code[at][0])
        at = by_code[at][1]
    return BETWEEN.join(reversed(parts))


def add_units(wanted: Iterable[str], now: datetime) -> None:
    """Make units of these names where there are none, as bureaus marked as foreign, and let the rules know them.

    Beyond ``MOST_UNITS`` and for names too long none is made.
    """
    with transaction.atomic():
        sql.rows(rules.LOCK)
        held = names().units
        number = Unit.objects.filter(duties=_REMARK).count()
        new = [name for name in dict.fromkeys(wanted) if name not in held and len(name) <= LONGEST_UNIT]
        made = [
            Unit(code=f"{_FOREIGN}{number + at:04}", name=name, short=name[:60], kind="bureau", duties=_REMARK)
            for at, name in enumerate(new[: max(0, MOST_UNITS - number)], 1)
        ]
        if made:
            Unit.objects.bulk_create(made)
            rules.publish(now)


def add_matters(wanted: Iterable[str], now: datetime) -> None:
    """Make the matters of these paths where there are none, each level below the one before it.

    A path that is too deep or has a name too long is left alone, and so is all beyond ``MOST_MATTERS``.
    """
    with transaction.atomic():
        sql.rows(rules.LOCK)
        lines: list[Line] = list(Matter.objects.values_list("code", "name", "parent_id"))
        known, paths = _tree(lines), _paths(lines)
        made: list[Matter] = []
        before = sum(1 for code, _, _ in lines if _MADE.search(code))
        for path in dict.fromkeys(wanted):
            parts = path.split(BETWEEN)
            if path not in known and len(parts) <= DEEPEST and max(map(len, parts)) <= LONGEST_MATTER:
                _grow(parts, paths, made, before)
        if made:
            Matter.objects.bulk_create(made)
            rules.publish(now)


def _grow(parts: list[str], paths: dict[str, str], made: list[Matter], before: int) -> None:
    above: str | None = None
    for depth, name in enumerate(parts, 1):
        path = BETWEEN.join(parts[:depth])
        if path not in paths:
            serial = before + len(made) + 1
            if serial > MOST_MATTERS:
                return
            code = f"{above}.{_FOREIGN}{serial:04}" if above else f"{_FOREIGN}{serial:04}"
            made.append(Matter(code=code, name=name, parent_id=above))
            paths[path] = code
        above = paths[path]
