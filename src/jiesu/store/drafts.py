"""Words that stand in forms and were not sent yet, sealed, by person and form (see ``models.desk.Draft``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiesu.store import crypto, people, sql
from jiesu.store.documents import read_data, write_data

MOST: Final = 100
"""How many drafts one person may have; beyond it the oldest go."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What stood in a form, and when it was kept."""

    form: str
    at: datetime
    fields: dict[str, Any]


def keep(
    staff: int, form: str, fields: Mapping[str, Any], now: datetime, *, number: int | None = None, phone: str = ""
) -> None:
    """Put the draft in the place of an earlier one of this form. Two statements."""
    key_id, sealed = crypto.seal(write_data(dict(fields)), aad=_aad(staff, form))
    digits = people.phone_key(phone)
    sql.run(
        "INSERT INTO draft (staff, form, at, key_id, sealed, number, phone_hash) VALUES (%s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (staff, form) DO UPDATE SET at = excluded.at, key_id = excluded.key_id,"
        " sealed = excluded.sealed, number = excluded.number, phone_hash = excluded.phone_hash",
        (staff, form, now, key_id, sealed, number, crypto.search_hash(digits) if digits else None),
    )
    sql.run(
        "DELETE FROM draft WHERE staff = %s AND at < (SELECT min(at) FROM"
        " (SELECT at FROM draft WHERE staff = %s ORDER BY at DESC LIMIT %s) newest)",
        (staff, staff, MOST),
    )


def read(staff: int, forms: Sequence[str]) -> list[Draft]:
    """The person's drafts of these forms; what cannot be opened any more is left out. One statement."""
    found = sql.rows(
        "SELECT form, at, key_id, sealed FROM draft WHERE staff = %s AND form = ANY(%s) ORDER BY form LIMIT 200",
        (staff, list(forms)),
    )
    return [
        Draft(form, at, read_data(crypto.unseal(key_id, sealed, _aad(staff, form))))
        for form, at, key_id, sealed in found
    ]


def drop(staff: int, forms: Sequence[str]) -> int:
    """Forget the person's drafts of these forms; how many there were."""
    return sql.run("DELETE FROM draft WHERE staff = %s AND form = ANY(%s)", (staff, list(forms)))


def sweep(before: datetime) -> int:
    """Forget every draft that was last kept before this moment; how many went."""
    return sql.run("DELETE FROM draft WHERE at < %s", (before,))


def _aad(staff: int, form: str) -> bytes:
    return f"draft/{staff}/{form}".encode()
