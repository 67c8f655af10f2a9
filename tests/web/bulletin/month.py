"""November of a small city, over: heating orders in time and late, two of 住建局, one joint; nothing frozen yet.

A module's own database of it is ``databases.clone("month-end", month.build)``.
"""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from tests import city
from tests.city import HOUR, MONDAY, local

OVER: Final = local("2026-12-01 09:00")
FREEZING: Final = local("2026-12-08 09:30")
MONTH: Final = "2026-11"


def build() -> None:
    """The demo city with the orders of one November, read into figures on the first of December."""
    from jiesu.assessment import filling

    city.build()
    for hour in range(12):
        city.closed(MONDAY + hour * timedelta(minutes=7), rating="satisfied" if hour else "mostly")
    city.take(city.dispatched(), "acknowledge", city.LIU, MONDAY + 48 * HOUR)
    for _ in range(2):
        order = city.dispatched(lead=city.HOUSING, matter="02.10", region="R0102")
        city.take(order, "acknowledge", city.XU, MONDAY)
    city.dispatched(assist=[city.HOUSING])
    filling.fill_due(OVER)


def frozen(at: Any = FREEZING) -> Any:
    """November frozen by 老杜."""
    from jiesu.assessment import freezing
    from jiesu.domain import windows

    return freezing.freeze(windows.read(MONTH), by=city.DU, now=at)
