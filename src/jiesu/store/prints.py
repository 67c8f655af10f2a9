"""Papers of orders that were taken away: rows that are only added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jiesu.store import sql


@dataclass(frozen=True, slots=True)
class Printed:
    """One paper: by whom, as "docx" or "pdf", which personal fields stood on it in the clear, and why."""

    at: datetime
    by: str
    form: str
    open_fields: list[str]
    reason: str


def add(
    number: int, version: int, *, by: str, now: datetime, form: str, open_fields: Sequence[str], reason: str
) -> int:
    """Keep that somebody took a paper of this version of the order; the number of the row."""
    found: int = sql.value(
        "INSERT INTO order_print (number, version, at, by, form, open_fields, reason)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (number, version, now, by, form, list(open_fields), reason),
    )
    return found


def of_order(number: int, *, limit: int = 200) -> list[Printed]:
    """Who took papers of an order, newest first."""
    found = sql.rows(
        "SELECT at, by, form, open_fields, reason FROM order_print WHERE number = %s ORDER BY id DESC LIMIT %s",
        (number, limit),
    )
    return [Printed(*row) for row in found]
