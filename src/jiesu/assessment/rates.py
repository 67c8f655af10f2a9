"""The rates of a month by unit, straight from the facts. Profiles, freezing and explanation build on this."""

from __future__ import annotations

from dataclasses import dataclass

from jiesu.domain.rates import RATES, Rate, month_window
from jiesu.store import rate_facts, rules
from jiesu.store.rate_facts import Counts

TOTAL = "*"


@dataclass(frozen=True, slots=True)
class UnitRates:
    """One unit's rates of a window; ``unit`` is ``*`` for all units pooled. A rate with no cases is 0 of 0."""

    unit: str
    name: str
    rates: dict[str, Rate]


def month_rates(month: str) -> list[UnitRates]:
    """Every unit with a case in the civil month ``YYYY-MM``, by code, and the pooled total first.

    Seven statements, each bounded by the window. ``transfer`` is the centre's. Raises ValueError for a bad month.
    """
    current = rules.current()
    centre = str(current.params["centre"])
    first, after = month_window(month, current.calendar.zone)
    counted: dict[str, Counts] = {
        "response": rate_facts.response(first, after),
        "first_contact": rate_facts.first_contact(first, after),
        "transfer": rate_facts.transfer(first, after, centre),
        "closure": rate_facts.closure(first, after),
        "on_time": rate_facts.on_time(first, after),
        "resolution": rate_facts.resolution(first, after),
        "satisfaction": rate_facts.satisfaction(first, after),
    }
    units: dict[str, dict[str, Rate]] = {}
    for name, counts in counted.items():
        for unit, numerator, denominator in counts:
            if denominator:
                units.setdefault(unit, {})[name] = Rate(numerator, denominator)
        pooled = Rate(sum(row[1] for row in counts), sum(row[2] for row in counts))
        units.setdefault(TOTAL, {})[name] = pooled
    return [_unit(unit, units[unit], current.unit_name(unit)) for unit in sorted(units)]


def _unit(unit: str, rates: dict[str, Rate], name: str) -> UnitRates:
    return UnitRates(unit, "全市合计" if unit == TOTAL else name, {key: rates.get(key, Rate(0, 0)) for key in RATES})
