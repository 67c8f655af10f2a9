"""What a unit's own month counts, straight from legs, orders and callbacks as they stand at this moment.

Left out of every rate: exempted orders and those withdrawn, merged, or not work for a unit (domain.md §6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_COUNTED = (
    "NOT w.exempt AND w.kind NOT IN ('praise', 'invalid', 'nuisance') AND coalesce(w.outcome, '') <> ALL(%(out)s)"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """What one rate counts: the rows ``where`` it looks, whose they are, and which of them are good.

    ``at``: when the case was due, or became final; ``done``: when it was done. Bound by ``first`` and ``after``.
    """

    where: str
    good: str
    unit: str = "l.unit"
    at: str = "l.handle_due"
    done: str = "NULL::timestamptz"


# A return asked within the limit counts as acknowledged; a leg that the centre took back in time is nobody's lateness.
RESPONSE: Final = Fact(
    "FROM leg l JOIN work_order w USING (number)"
    f" WHERE l.acknowledge_due >= %(first)s AND l.acknowledge_due < %(after)s AND {_COUNTED}"
    " AND NOT (l.state = 'released' AND l.acknowledged_at IS NULL AND l.ended_at <= l.acknowledge_due)",
    good="least(l.acknowledged_at, l.asked_return) <= l.acknowledge_due",
    at="l.acknowledge_due",
    done="least(l.acknowledged_at, l.asked_return)",
)
FIRST_CONTACT: Final = Fact(
    "FROM leg l JOIN work_order w USING (number)"
    f" WHERE l.contact_due >= %(first)s AND l.contact_due < %(after)s AND {_COUNTED}"
    " AND NOT (l.state IN ('released', 'returned') AND l.contacted_at IS NULL AND l.ended_at <= l.contact_due)",
    good="l.contacted_at <= l.contact_due",
    at="l.contact_due",
    done="l.contacted_at",
)
# Orders whose effective handling limit fell in the window; the first round decides (domain.md §6).
_CLOSURE: Final = (
    "FROM leg l JOIN work_order w USING (number)"
    " WHERE l.lead AND l.state NOT IN ('returned', 'released') AND w.state <> 'shelved'"
    f" AND l.handle_due >= %(first)s AND l.handle_due < %(after)s AND {_COUNTED}"
)
ON_TIME: Final = Fact(_CLOSURE, good="w.passed_at IS NOT NULL AND l.handled_at <= l.handle_due", done="l.handled_at")


def _rated(what: str, good: str) -> Fact:
    """Ratings belong to the month in which the callback became final; a merged child's with its parent's lead."""
    return Fact(
        "FROM work_order w LEFT JOIN work_order p ON p.number = w.parent"
        f" WHERE w.closed_at >= %(first)s AND w.closed_at < %(after)s AND w.{what} IS NOT NULL AND NOT w.exempt"
        " AND w.kind NOT IN ('praise', 'invalid', 'nuisance') AND w.outcome <> 'withdrawn'"
        " AND coalesce(w.lead_unit, p.lead_unit) IS NOT NULL",
        good=f"w.{what} IN {good}",
        unit="coalesce(w.lead_unit, p.lead_unit)",
        at="w.closed_at",
    )


RESOLUTION: Final = _rated("resolved", "('resolved', 'mostly')")
SATISFACTION: Final = _rated("rating", "('satisfied', 'mostly')")
