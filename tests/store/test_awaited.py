"""A closed order that still waits for something stays in its list, however long its reminders were sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests import city
from tests.city import FANG, MONDAY
from tests.database import Clone, Databases
from tests.web import situations

DAY = timedelta(days=1)


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def listed(name: str, now: object) -> list[int]:
    from jiesu.store import worklists  # noqa: PLC0415 - Django can be imported only once it is set up

    queue = next(one for one in worklists.QUEUES["callback_clerk"] if one.name == name)
    return [row.number for row in worklists.page(queue, units=(), now=now, filters={})]  # type: ignore[arg-type]


def test_a_promise_that_everybody_was_reminded_of_is_still_to_be_checked(db: Clone) -> None:
    from jiesu.store import sql  # noqa: PLC0415
    from jiesu.workflow.tick import tick  # noqa: PLC0415

    promised, withdrawn = situations.promised(), situations.withdrawn()
    late = MONDAY + 60 * DAY
    for _ in range(3):
        tick(late)
    assert sql.value("SELECT count(*) FROM work_order WHERE tick_at IS NOT NULL") == 0
    # By their clocks: the withdrawal's limit ended before the promise's day.
    assert listed("after", late) == [withdrawn.number, promised.number]
    city.take(promised, "check_promise", FANG, late, {"kept": True})
    assert listed("after", late) == [withdrawn.number]
