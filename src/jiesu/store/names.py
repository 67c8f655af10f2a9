"""Names for codes, read seldom and kept for a short while per process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.core.cache import cache

from jiesu.domain import words
from jiesu.store import sql

_KEPT_SECONDS = 300
GONE: Final = "已离岗人员"
WRITER: Final = (
    "CASE WHEN {by} ~ '^s[0-9]+$' THEN"
    f" coalesce((SELECT name FROM staff WHERE id = substr({{by}}, 2)::bigint), '{GONE}') ELSE '系统' END"
)
"""The name of whoever wrote a row, as SQL; ``by``: its column."""


def of_actor(actor: str, known: Mapping[int, str] | None = None) -> str:
    """The name of whoever acted: a staff member's own, else what kind of actor it was.

    ``known``: the names of all staff that may come, where another statement read them along.
    """
    if actor.startswith("s") and actor[1:].isdigit():
        number = int(actor[1:])
        return _staff(number) if known is None else known.get(number, GONE)
    if actor.startswith("t") and actor[1:].isdigit():
        return "外部系统"
    return {"system": "系统"}.get(actor, words.ROLES["citizen"] if actor.startswith("p") else actor)


def of_whom(whom: str, name: str, unit: str) -> str:
    """Who an actor's id or a unit's code means: the staff member's ``name`` as read along, else the ``unit``'s."""
    return name or (GONE if is_staff(whom) else unit)


def is_staff(actor: str) -> bool:
    """Whether this is a member of staff, and no unit's code, citizen or other system."""
    return actor.startswith("s") and actor[1:].isdigit()


def _staff(number: int) -> str:
    key = f"staff-name-{number}"
    name: str | None = cache.get(key)
    if name is None:
        found = sql.one("SELECT name FROM staff WHERE id = %s", (number,))
        name = found[0] if found else GONE
        cache.set(key, name, _KEPT_SECONDS)
    return name
