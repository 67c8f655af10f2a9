"""Every figure of every rate is what a slow reading of the events says, however it was filled; frozen, none moves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jiesu.store import sql
from jiesu.store.verify import verify
from tests.assessment import histories
from tests.database import Clone, Databases

LIVES = 20  # campaigns.figures lives a thousand
STEPS = 60
WAYS = {"due", "part", "anything", "broken", "recent", "frozen"}


@pytest.fixture
def db(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clone]:
    monkeypatch.setattr("jiesu.store.fact_fill.CHUNK", 7)
    with databases.clone("figures", histories.build) as clone:
        yield clone


def test_every_figure_is_what_the_events_say_however_it_was_filled_and_frozen_none_moves(db: Clone) -> None:
    history = histories.History(seed=1)
    history.walk(LIVES, STEPS)
    assert set(history.done) == WAYS
    assert verify().faults == []
    assert len(histories.told()) == len(history.world.numbers)
    assert sql.value("SELECT count(*) FROM fact_limit WHERE gone IS NOT NULL") > 0
    assert histories.faults(history)[:10] == []
