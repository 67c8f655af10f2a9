"""A small city with half a year behind it: simulated orders read into figures, October frozen, November running.

A module's own database of it is ``databases.clone("figured", figured.build)``.
"""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from typing import Final

from jiesu.domain.order import Actor
from tests import city
from tests.city import local

NOW: Final = local("2026-11-23 10:00")
FROZEN: Final = local("2026-11-10 09:00")
DONG: Final = Actor("s903", (("supervisor", city.CENTER),))
ORDERS: Final = 500


def build() -> None:
    """The demo city with ``ORDERS`` demands of sixty days up to the evening before ``NOW``."""
    from jiesu.assessment import filling, freezing
    from jiesu.demo.simulate import scenario
    from jiesu.demo.simulate.run import simulate
    from jiesu.domain import windows

    city.build()
    simulate(
        orders=ORDERS,
        days=60,
        seed=5,
        until=local("2026-11-22 00:00"),
        scenario=scenario.load(),
        show=lambda stage, at, whole: None,
        now=NOW,
        processes=1,
        analyze=True,
    )
    filling.fill_due(NOW)
    freezing.freeze(windows.read("2026-10"), by=DONG, now=FROZEN)
    filling.fill_due(NOW)


LATE: Final = local("2026-11-25 09:00")
DECEMBER: Final = local("2026-12-02 10:00")


def build_november() -> None:
    """Twelve orders of the heating company, one of them signed a day late, three of 住建局, the month over."""
    from jiesu.assessment import filling

    city.build()
    for _ in range(11):
        city.handling()
    city.take(city.dispatched(), "acknowledge", city.LIU, LATE)
    for _ in range(3):
        order = city.dispatched(lead=city.HOUSING, matter="02.10", region="R0102")
        city.take(order, "acknowledge", city.XU, city.MONDAY)
    filling.fill_due(DECEMBER)


def late_order() -> int:
    """The number of the order that was signed late."""
    from jiesu.store import sql

    return int(sql.value("SELECT number FROM fact_limit WHERE clock = 'acknowledge' AND NOT in_time AND gone IS NULL"))
