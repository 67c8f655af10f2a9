"""Notices as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jiesu.store import sql


@dataclass(frozen=True, slots=True)
class Said:
    """One notice: when, to which role of which unit, in which words."""

    at: datetime
    role: str
    unit: str
    words: str
    urgent: bool


def of_order(number: int, *, limit: int) -> list[Said]:
    """The last notices about an order, newest first."""
    found = sql.rows(
        "SELECT at, role, unit, words, urgent FROM notice WHERE number = %s ORDER BY at DESC, id DESC LIMIT %s",
        (number, limit),
    )
    return [Said(*row) for row in found]
