"""A unit's own month so far: each rate with its numerator and denominator, and the orders that cost it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from jiesu.domain.standing import Share
from jiesu.store import rate_facts, sql
from jiesu.store.rate_facts import Fact

MOST: Final = 12
"""Orders named for one rate."""
RATES: Final[Mapping[str, Fact]] = {
    "response": rate_facts.RESPONSE,
    "first_contact": rate_facts.FIRST_CONTACT,
    "on_time": rate_facts.ON_TIME,
    "resolution": rate_facts.RESOLUTION,
    "satisfaction": rate_facts.SATISFACTION,
}
# A merged child is rated for itself; its unit learns of that when the parent is done, and never whose it was.
_FINAL: Final = " AND (w.parent IS NULL OR p.state = 'closed')"
_OUT: Final = ["withdrawn", "merged"]


@dataclass(frozen=True, slots=True)
class Cost:
    """An order that counts against the unit: when it was due, and when it was done, if it was."""

    number: int
    title: str
    kind: str
    secret: bool
    state: str
    at: datetime
    done: datetime | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One rate of the unit, and the newest of the orders that cost it."""

    rate: Share
    costs: list[Cost] = field(default_factory=list)


def _own(fact: Fact) -> str:
    """Where the unit's own cases are."""
    final = _FINAL if fact.unit != "l.unit" else ""
    return f"{fact.where} AND {fact.unit} = %(unit)s{final}"


_COUNTS: Final = " UNION ALL ".join(
    f"SELECT '{name}', count(*) FILTER (WHERE {fact.good}), count(*) {_own(fact)}" for name, fact in RATES.items()
)
_COSTS: Final = " UNION ALL ".join(
    f"(SELECT '{name}', w.number, w.title, w.kind, w.secret, w.state, {fact.at}, {fact.done} {_own(fact)}"
    f" AND ({fact.good}) IS NOT TRUE AND w.outcome IS DISTINCT FROM 'merged' ORDER BY {fact.at} DESC LIMIT {MOST})"
    for name, fact in RATES.items()
)


def of_unit(unit: str, *, first: datetime, after: datetime) -> dict[str, Figure]:
    """The rates of the cases that fell due, or became final, from ``first`` to before ``after``. Two statements.

    ``on_time``: answered in time and passed by the centre so far.
    """
    params = {"unit": unit, "first": first, "after": after, "out": _OUT}
    found = {name: Figure(Share(every, good)) for name, good, every in sql.rows(_COUNTS, params)}
    for name, *cost in sql.rows(_COSTS, params):
        found[name].costs.append(Cost(*cost))
    return found
