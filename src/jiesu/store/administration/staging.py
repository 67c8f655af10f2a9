"""Files looked through and not yet taken over: one of each kind for each person, sealed, for a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jiesu.store import crypto, sql
from jiesu.store.documents import read_data, write_data


@dataclass(frozen=True, slots=True)
class Staged:
    """A file's rows as they were read: (line, words by field, what is wrong with the line already)."""

    name: str
    at: datetime
    rows: list[tuple[int, dict[str, str], dict[str, str]]]
    asked: dict[str, Any]


def keep(staff: int, kind: str, name: str, rows: Sequence[Any], asked: dict[str, Any], now: datetime) -> None:
    """Put the rows in the place of an earlier file of this kind. ``asked``: what stood in the form beside the file."""
    key_id, sealed = crypto.seal(write_data({"rows": rows, "asked": asked}), aad=_aad(staff, kind))
    sql.run(
        "INSERT INTO staged_file (staff, kind, name, at, key_id, sealed) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (staff, kind) DO UPDATE SET name = excluded.name, at = excluded.at, key_id = excluded.key_id,"
        " sealed = excluded.sealed",
        (staff, kind, name[:120], now, key_id, sealed),
    )


def held(staff: int, kind: str) -> Staged | None:
    """What this person looked through last, or None."""
    found = sql.one("SELECT name, at, key_id, sealed FROM staged_file WHERE staff = %s AND kind = %s", (staff, kind))
    if found is None:
        return None
    name, at, key_id, sealed = found
    doc = read_data(crypto.unseal(key_id, sealed, _aad(staff, kind)))
    return Staged(name, at, [(line, cells, wrong) for line, cells, wrong in doc["rows"]], doc["asked"])


def drop(staff: int, kind: str) -> None:
    sql.run("DELETE FROM staged_file WHERE staff = %s AND kind = %s", (staff, kind))


def sweep(before: datetime) -> int:
    """Forget what was looked through before this moment; how many went."""
    return sql.run("DELETE FROM staged_file WHERE at < %s", (before,))


def _aad(staff: int, kind: str) -> bytes:
    return f"staged/{staff}/{kind}".encode()
