"""Who is on duty in a unit, and the urgent notices that somebody has still to be told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import sql


@dataclass(frozen=True, slots=True)
class Untold:
    """An urgent notice that nobody has been told of yet, and that nobody has seen by himself."""

    id: int
    unit: str
    role: str
    words: str


def untold(number: int) -> list[Untold]:
    """The order's urgent notices that are still to be told, held for this transaction; what another tells is left."""
    found = sql.rows(
        "SELECT id, unit, role, words FROM notice WHERE number = %s AND urgent AND told_at IS NULL AND seen_at IS NULL"
        " ORDER BY id FOR UPDATE SKIP LOCKED",
        (number,),
    )
    return [Untold(*row) for row in found]


def told(notices: Sequence[int], now: datetime) -> None:
    """Note that these were told."""
    sql.run("UPDATE notice SET told_at = %s WHERE id = ANY(%s)", (now, list(notices)))


# The shifts ``r`` that hold now. One that passes midnight belongs, after midnight, to the day on which it began.
_NOW: Final = (
    "CASE WHEN r.begins < r.ends"
    " THEN %(clock)s::time >= r.begins AND %(clock)s::time < r.ends AND (r.weekday IS NULL OR r.weekday = %(today)s)"
    " ELSE %(clock)s::time >= r.begins AND (r.weekday IS NULL OR r.weekday = %(today)s)"
    " OR %(clock)s::time < r.ends AND (r.weekday IS NULL OR r.weekday = %(yesterday)s) END"
)
ON_DUTY: Final = (
    f"SELECT r.id FROM roster_entry r WHERE r.unit_id = %(unit)s AND {_NOW}"
    " ORDER BY r.weekday NULLS LAST, r.id DESC LIMIT 1"
)
"""The shift of the unit that holds now, the day's own and the one written last before others, for ``shift_now``."""
_PHONE: Final = (
    f"SELECT coalesce((SELECT phone FROM roster_entry WHERE id = ({ON_DUTY})), u.phone)"
    " FROM unit u WHERE u.code = %(unit)s"
)


def shift_now(unit: str, now: datetime) -> dict[str, Any]:
    """What ``ON_DUTY`` asks for."""
    local = now.astimezone(CITY_ZONE)
    return {
        "unit": unit,
        "clock": f"{local:%H:%M:%S}",
        "today": local.weekday(),
        "yesterday": (local - timedelta(days=1)).weekday(),
    }


def phone_of(unit: str, now: datetime) -> str:
    """The phone of whoever is on duty in the unit at this moment, else the unit's own; empty when neither is known."""
    found = sql.one(_PHONE, shift_now(unit, now))
    return str(found[0]) if found else ""
