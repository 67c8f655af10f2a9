"""A simulated history is lawful, the same for the same seed, and whole (small; the year is tried by hand)."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from jiesu.demo.simulate import scenario
from jiesu.domain.errors import Refused
from tests import city

if TYPE_CHECKING:
    from tests.database import Databases

UNTIL = city.local("2026-11-20 00:00")
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def _history(databases: Databases, *, seed: int, processes: int, orders: int = 300) -> tuple[object, ...]:
    """The heads of every order and of the last manifest, what was written, and what verify says of it."""
    from jiesu.demo.simulate.run import simulate
    from jiesu.store import manifest, sql
    from jiesu.store.verify import verify

    with databases.clone("city", city.build):
        done = simulate(
            orders=orders,
            days=60,
            seed=seed,
            until=UNTIL,
            scenario=scenario.load(),
            show=lambda stage, at, whole: None,
            now=NOW,
            processes=processes,
            analyze=False,
        )
        faults = [fault.words for fault in verify().faults]
        heads = sql.rows("SELECT number, version, encode(head, 'hex') FROM work_order ORDER BY number")
        count = sql.value("SELECT count(*) FROM event")
        return manifest.signed_head(), heads, done.orders, done.events == count, faults


def test_the_same_seed_gives_the_same_heads_whatever_the_processes(databases: Databases) -> None:
    one = _history(databases, seed=11, processes=1)
    two = _history(databases, seed=11, processes=2)
    assert one == two
    assert one[2:] == (300, True, [])


def test_another_seed_gives_another_history(databases: Databases) -> None:
    one = _history(databases, seed=11, processes=1, orders=40)
    other = _history(databases, seed=12, processes=1, orders=40)
    assert one[0] != other[0]


def test_a_city_with_orders_keeps_its_own_history(databases: Databases) -> None:
    from jiesu.demo.simulate.run import simulate

    with databases.clone("city", city.build):
        city.registered()
        with pytest.raises(Refused, match="库里已有工单"):
            simulate(
                orders=10,
                days=3,
                seed=1,
                until=UNTIL,
                scenario=scenario.load(),
                show=lambda stage, at, whole: None,
                now=NOW,
            )
