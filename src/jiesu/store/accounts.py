"""Accounts as their passwords need them: read for a change, given another hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jiesu.store import sql

_HELD = "SELECT login, name, password, is_active FROM staff"


@dataclass(frozen=True, slots=True)
class Login:
    """An account with the hash of its password."""

    login: str
    name: str
    password: str
    active: bool


def held(logins: Sequence[str]) -> list[Login]:
    """These accounts, held until the transaction ends. One statement."""
    found = sql.rows(f"{_HELD} WHERE login = ANY(%s) ORDER BY login FOR UPDATE", (list(logins),))
    return [Login(*row) for row in found]


def of(staff: int) -> Login | None:
    """One account by its number, held until the transaction ends."""
    found = sql.one(f"{_HELD} WHERE id = %s AND is_active FOR UPDATE", (staff,))
    return Login(*found) if found else None


def give(hashes: Mapping[str, str], *, until: datetime | None, must_change: bool) -> None:
    """Other passwords for these accounts; every session of theirs is bound to the old one and ends. One statement."""
    sql.run(
        "UPDATE staff SET password = x.hash, must_change = %s, password_until = %s"
        " FROM unnest(%s::text[], %s::text[]) x(login, hash) WHERE staff.login = x.login",
        (must_change, until, list(hashes), list(hashes.values())),
    )
