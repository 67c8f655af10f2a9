"""Who is on duty in a unit by weekday and shift, who leads it and who stands in; every change of a roster is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any, Final

from django.db import transaction

from jiesu.store import duty, sql
from jiesu.store.documents import write_data

MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Shift:
    """One line of a roster. ``weekday``: 0 is Monday, None every day; a shift that ends before it begins passes
    midnight. ``now``: it holds at this moment, and nobody stands nearer."""

    id: int
    unit: str
    weekday: int | None
    begins: time
    ends: time
    name: str
    phone: str
    now: bool = False


def of_unit(unit: str, *, now: datetime) -> list[Shift]:
    """The unit's roster: every day first, then by weekday and time; bounded. One statement."""
    found = sql.rows(
        f"SELECT id, unit_id, weekday, begins, ends, name, phone, coalesce(id = ({duty.ON_DUTY}), false)"
        f" FROM roster_entry WHERE unit_id = %(unit)s ORDER BY weekday NULLS FIRST, begins, id LIMIT {MOST}",
        duty.shift_now(unit, now),
    )
    return [Shift(*row) for row in found]


def get(entry: int) -> Shift | None:
    """One line of any roster, held until the transaction ends."""
    found = sql.one(
        "SELECT id, unit_id, weekday, begins, ends, name, phone FROM roster_entry WHERE id = %s FOR UPDATE", (entry,)
    )
    return Shift(*found) if found else None


def change(before: Shift | None, after: Shift | None, *, by: str, now: datetime) -> None:
    """Put ``after`` in the place of ``before`` (None: there was none, or there is to be none), and keep both."""
    unit = (after or before).unit  # type: ignore[union-attr]
    with transaction.atomic(savepoint=False):
        if before is not None and after is None:
            sql.run("DELETE FROM roster_entry WHERE id = %s", (before.id,))
        elif after is not None:
            values = (after.unit, after.weekday, after.begins, after.ends, after.name, after.phone)
            if before is None:
                sql.run(
                    "INSERT INTO roster_entry (unit_id, weekday, begins, ends, name, phone)"
                    " VALUES (%s, %s, %s, %s, %s, %s)",
                    values,
                )
            else:
                sql.run(
                    "UPDATE roster_entry SET unit_id = %s, weekday = %s, begins = %s, ends = %s, name = %s, phone = %s"
                    " WHERE id = %s",
                    (*values, before.id),
                )
        sql.run(
            "INSERT INTO setting_change (name, before, after, by, at, note) VALUES (%s, %s, %s, %s, %s, '')",
            (f"roster/{unit}", write_data(_doc(before)) if before else None, write_data(_doc(after)), by, now),
        )


def _doc(one: Shift | None) -> Mapping[str, Any] | None:
    """A line as the record of changes keeps it."""
    if one is None:
        return None
    held = {name: value for name, value in asdict(one).items() if name not in ("id", "now")}
    return {**held, "begins": f"{one.begins:%H:%M}", "ends": f"{one.ends:%H:%M}"}


@dataclass(frozen=True, slots=True)
class Leader:
    """Somebody who answers for the unit; a delegate does so from ``since`` until ``until``."""

    unit: str
    name: str
    title: str
    since: datetime | None
    until: datetime | None


def leaders(units: list[str], *, now: datetime) -> list[Leader]:
    """Who leads these units now or will for a time: those without an end first. One statement."""
    found = sql.rows(
        "SELECT r.unit_id, s.name, s.title, r.since, r.until FROM staff_role r JOIN staff s ON s.id = r.staff_id"
        " WHERE r.role = 'unit_leader' AND r.unit_id = ANY(%s) AND s.is_active AND (r.until IS NULL OR r.until > %s)"
        " ORDER BY r.unit_id, r.until NULLS FIRST, s.id LIMIT 50",
        (units, now),
    )
    return [Leader(*row) for row in found]
