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


_PARTS: Final = " UNION ALL ".join(
    [
        f"SELECT '{name}', count(*) FILTER (WHERE {fact.good}), count(*), NULL::bigint, NULL, NULL, NULL::boolean,"
        f" NULL, NULL::timestamptz, NULL::timestamptz {_own(fact)}"
        for name, fact in RATES.items()
    ]
    + [
        f"(SELECT '{name}', 0, 0, w.number, w.title, w.kind, w.secret, w.state, {fact.at}, {fact.done} {_own(fact)}"
        f" AND ({fact.good}) IS NOT TRUE AND w.outcome IS DISTINCT FROM 'merged' ORDER BY {fact.at} DESC LIMIT {MOST})"
        for name, fact in RATES.items()
    ]
)
# The facts are told of these two instead of the whole tables: the unit's parts that fell due in the window, with their
# orders, and the orders it led that became final in it, with merged children of such and their parents.
_RATED: Final = "coalesce(w.resolved, w.rating) IS NOT NULL"
_IN: Final = "BETWEEN %(first)s AND %(after)s"
_OF_ORDER: Final = (
    "number, title, kind, secret, state, exempt, outcome, passed_at, closed_at, resolved, rating, lead_unit, parent"
)
_COLUMNS: Final = ", ".join(f"w.{name}" for name in _OF_ORDER.split(", "))
_HELD: Final = (
    "leg AS MATERIALIZED (SELECT * FROM public.leg WHERE unit = %(unit)s"
    f" AND (acknowledge_due {_IN} OR contact_due {_IN} OR handle_due {_IN})),"
    " child AS MATERIALIZED (SELECT w.number, w.parent FROM public.work_order w JOIN public.work_order p"
    f" ON p.number = w.parent WHERE w.closed_at {_IN} AND w.parent IS NOT NULL AND {_RATED}"
    " AND coalesce(w.lead_unit, p.lead_unit) = %(unit)s),"
    f" work_order AS MATERIALIZED (SELECT {_COLUMNS} FROM public.work_order w WHERE w.number = ANY(ARRAY("
    "SELECT number FROM leg UNION SELECT number FROM child UNION SELECT parent FROM child))"
    f" UNION SELECT {_COLUMNS} FROM public.work_order w WHERE w.lead_unit = %(unit)s AND w.closed_at {_IN}"
    f" AND w.closed_at IS NOT NULL AND {_RATED})"
)


def of_unit(unit: str, *, first: datetime, after: datetime) -> dict[str, Figure]:
    """The rates of the cases that fell due, or became final, from ``first`` to before ``after``. One statement.

    ``on_time``: answered in time and passed by the centre so far.
    """
    params = {"unit": unit, "first": first, "after": after, "out": _OUT}
    found: dict[str, Figure] = {}
    for name, good, every, number, *cost in sql.rows(f"WITH {_HELD} {_PARTS}", params):
        if number is None:
            found[name] = Figure(Share(every, good))
        else:
            found[name].costs.append(Cost(number, *cost))
    return found
