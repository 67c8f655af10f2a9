"""Random lives through the store: whatever people do, the record of it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest

from jiesu.store import manifest, sql
from jiesu.store.verify import verify
from tests.database import Clone, Databases
from tests.domain.lives import BEGINNINGS
from tests.store import lives

LIVES = int(os.environ.get("JIESU_STORE_LIVES", "30"))
STEPS = 60


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
    sealed = manifest.seal(max(BEGINNINGS) + timedelta(days=400))
    assert sealed == found.events
    assert verify().faults == []
