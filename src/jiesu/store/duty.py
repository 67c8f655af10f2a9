"""Who is on duty in a unit, and the urgent notices that somebody has still to be told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

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


# A shift that passes midnight belongs, after midnight, to the day on which it began.
_PHONE: Final = (
    "SELECT coalesce((SELECT phone FROM roster_entry WHERE unit_id = u.code AND CASE WHEN begins < ends"
    " THEN %(clock)s >= begins AND %(clock)s < ends AND (weekday IS NULL OR weekday = %(today)s)"
    " ELSE %(clock)s >= begins AND (weekday IS NULL OR weekday = %(today)s)"
    " OR %(clock)s < ends AND (weekday IS NULL OR weekday = %(yesterday)s) END"
    " ORDER BY weekday NULLS LAST, id LIMIT 1), u.phone) FROM unit u WHERE u.code = %(unit)s"
)


def phone_of(unit: str, now: datetime) -> str:
    """The phone of whoever is on duty in the unit at this moment, else the unit's own; empty when neither is known."""
    local = now.astimezone(CITY_ZONE)
    found = sql.one(
        _PHONE,
        {
            "unit": unit,
            "clock": local.time().replace(tzinfo=None),
            "today": local.weekday(),
            "yesterday": (local - timedelta(days=1)).weekday(),
        },
    )
    return str(found[0]) if found else ""
