"""The units' phones with their whole rosters, for a paper that is made before anything fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiesu.domain.rosters import Line
from jiesu.store import sql


@dataclass(frozen=True, slots=True)
class Phone:
    """A unit that acts, its own number and everybody of its roster."""

    code: str
    name: str
    short: str
    phone: str
    roster: tuple[Line, ...]


def phones() -> list[Phone]:
    """Every active unit but sections, the centre first, by code. Two statements."""
    lines: dict[str, list[Line]] = {}
    for unit, *line in sql.rows(
        "SELECT unit_id, id, weekday, begins, ends, name, phone FROM roster_entry ORDER BY unit_id, id LIMIT 20000"
    ):
        lines.setdefault(unit, []).append(Line(*line))
    units = sql.rows(
        "SELECT code, name, short, phone FROM unit WHERE active AND kind <> 'section'"
        " ORDER BY kind <> 'centre', code LIMIT 2000"
    )
    return [Phone(code, name, short, phone, tuple(lines.get(code, ()))) for code, name, short, phone in units]


@dataclass(frozen=True, slots=True)
class Changed:
    """When a list that hangs on the wall was last changed, and in what."""

    at: datetime | None
    name: str


def changed() -> dict[str, Changed]:
    """The last change of any roster, and of the rules (catalog and limits among them). One statement."""
    found: list[tuple[Any, ...]] = sql.rows(
        "(SELECT 'roster', at, coalesce((SELECT short FROM unit WHERE code = substr(name, 8)), '') FROM setting_change"
        " WHERE name LIKE 'roster/%%' ORDER BY at DESC LIMIT 1)"
        " UNION ALL (SELECT 'rules', r.made_at, '' FROM rules_current c JOIN rules_snapshot r ON r.id = c.snapshot"
        " WHERE c.one = 1)"
    )
    return {part: Changed(at, name) for part, at, name in found}
