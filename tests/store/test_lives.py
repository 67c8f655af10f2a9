"""Random lives through the store: whatever people do, the record of it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest

from jiesu.domain import words
from jiesu.domain.order import Order
from jiesu.store import listing, manifest, orders, sql, worklists
from jiesu.store.verify import verify
from tests import cast
from tests.database import Clone, Databases
from tests.domain.lives import BEGINNINGS
from tests.store import lives

LIVES = int(os.environ.get("JIESU_STORE_LIVES", "30"))
STEPS = 60
MINE = next(one for one in worklists.QUEUES["unit_clerk"] if one.name == "mine")
AMBER = next(one for one in worklists.QUEUES["supervisor"] if one.name == "amber")


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("small", lives.build) as clone:
        yield clone


def test_lives_through_the_store_leave_a_clean_record(db: Clone) -> None:
    world = lives.World()
    for seed in range(LIVES):
        lives.live(world, seed, STEPS)
    found = verify(files=True)
    assert found.faults == []
    assert found.orders == len(world.numbers)
    followed = sql.value("SELECT count(*) FROM event WHERE move IN ('absorb', 'release_child')")
    assert found.events == world.made.total() + followed
    assert found.snapshots == len(lives.SNAPSHOTS)
    every_list_shows_what_it_should(world.numbers)
    amber_is_what_is_between_amber_and_due()
    sealed = manifest.seal(max(BEGINNINGS) + timedelta(days=400))
    assert sealed == found.events
    assert verify().faults == []


def every_list_shows_what_it_should(numbers: list[int]) -> None:
    """Lists by state, unit, limit and page are what a plain look at every order gives, newest first."""
    held = sorted(orders.documents(numbers), key=lambda order: -order.number)
    units = {one["code"]: one["parent"] if one["kind"] == "section" else None for one in cast.PARTS["units"]}
    seen = 0
    for state in (None, *words.STATES):
        for unit in (None, *units):
            found = [one.number for one in held if state in (None, one.state) and (not unit or concerns(one, unit))]
            seen += len(found) if unit and state else 0
            middle = found[len(found) // 2] if found else 1
            for limit, below in ((1, None), (21, None), (60, None), (200, None), (21, middle)):
                parent = units[unit] if unit else None
                wanted = listing.Wanted(limit, state=state, unit=unit, section_of=parent, below=below)
                below_it = [number for number in found if below is None or number < below]
                assert [row.number for row in listing.page(wanted)] == below_it[:limit], wanted
            if unit and state:
                own = [one.number for one in held if one.state == state and any(leg.unit == unit for leg in one.legs)]
                desk = worklists.page(MINE, units=[unit], now=max(BEGINNINGS), filters={"state": state}, limit=20)
                assert [row.number for row in desk] == own[:21]
    assert seen > len(numbers)


def amber_is_what_is_between_amber_and_due() -> None:
    plain = (
        "SELECT number FROM work_order WHERE state <> 'closed' AND amber_at < %(now)s AND due_at >= %(now)s"
        " ORDER BY due_at, number"
    )
    moments = sql.rows("SELECT due_at FROM work_order WHERE state <> 'closed' AND due_at IS NOT NULL ORDER BY 1")
    seen = 0
    for (due,) in moments:
        for now in (due, due + timedelta(microseconds=1), due - timedelta(minutes=5), due - timedelta(hours=30)):
            found = [number for (number,) in sql.rows(plain, {"now": now})]
            assert [row.number for row in worklists.page(AMBER, units=[], now=now, filters={})] == found
            seen += len(found)
    assert seen > len(moments)


def concerns(order: Order, unit: str) -> bool:
    """Whether a unit or a section lists the order: a part in it, a leader's words to it, a summons it has to answer."""
    return (
        any(leg.unit == unit or unit in leg.sections for leg in order.legs)
        or any(one.type == "instruction" and one.unit == unit for one in order.requests)
        or any(one.type == "whistle" and one.open and unit in one.detail["units"] for one in order.requests)
    )
