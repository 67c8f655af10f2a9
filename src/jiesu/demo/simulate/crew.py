"""The people who act in a simulated history: the accounts of the city, by role and unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random

from jiesu.domain.order import Actor

CITIZENS = (("citizen", ""),)


class Crew:
    """Who may act as what. Rows are (account number, role, unit), as the city's tables hold them."""

    def __init__(self, rows: Iterable[tuple[int, str, str]]) -> None:
        roles: dict[int, list[tuple[str, str]]] = {}
        for staff, role, unit in rows:
            roles.setdefault(staff, []).append((role, unit))
        self._held: dict[tuple[str, str], list[Actor]] = {}
        self._role: dict[str, list[Actor]] = {}
        for staff, held in roles.items():
            actor = Actor(f"s{staff}", tuple(held))
            for role, unit in held:
                self._held.setdefault((role, unit), []).append(actor)
                self._role.setdefault(role, []).append(actor)

    def one(self, role: str, rng: Random, unit: str | None = None) -> Actor:
        """Somebody of a role (of a unit); LookupError when nobody is."""
        found = self._role.get(role) if unit is None else self._held.get((role, unit))
        if not found:
            raise LookupError(f"nobody is {role} of {unit}")
        return found[0] if len(found) == 1 else rng.choice(found)

    def all(self, role: str) -> list[Actor]:
        """Everybody of a role, in the order of their accounts."""
        return self._role.get(role, [])

    def has(self, role: str, unit: str) -> bool:
        return (role, unit) in self._held

    def citizen(self, person: int) -> Actor:
        return Actor(f"p{person}", CITIZENS, person)

    def approvers(self, rng: Random) -> tuple[Actor, Actor]:
        """Two who may exempt: one of the centre, one from outside."""
        return self.one("supervisor", rng), self.one("exemption_approver", rng)


def section_of(units: Mapping[str, object], unit: str) -> str | None:
    """A section of a unit, if it has one."""
    for code, one in units.items():
        if getattr(one, "parent", None) == unit and getattr(one, "kind", "") == "section":
            return code
    return None
