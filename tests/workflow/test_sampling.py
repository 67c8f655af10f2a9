"""Who draws the sample of what closed without a callback, and of which day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from jiesu.domain.errors import Forbidden
from jiesu.store.sampling import draws
from jiesu.workflow import sampling
from tests import city
from tests.city import FANG, LIU, local
from tests.database import Clone, Databases

DAY, MORNING = date(2026, 11, 23), local("2026-11-24 09:00")


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def test_a_unit_draws_no_sample(db: Clone) -> None:
    with pytest.raises(Forbidden, match=r"^抽查由回访员、督办员或质检员进行$"):
        sampling.draw(DAY, by=LIU, now=MORNING)
    assert draws(DAY) == []


def test_a_day_is_drawn_once_whoever_draws_it(db: Clone) -> None:
    order = city.registered(local("2026-11-23 11:00"), name="王强", phone="13800003333", kind="consultation")
    city.take(order, "answer_directly", city.ZHOU, local("2026-11-23 11:00"), {"public_reply": "十月二十日起供热。"})
    assert sampling.draw(DAY, by=FANG, now=MORNING) == 1
    assert sampling.draw_yesterday(MORNING) == 0
    assert [(one.outcome, one.closed, one.chosen) for one in draws(DAY) if one.closed] == [("direct_answer", 1, 1)]
