"""The simulated call centre: the same seed rings the same, and what it tells is a lawful morning at the hotline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from jiesu.channels.phone import told
from jiesu.demo import callcentre
from jiesu.demo.callcentre import play
from jiesu.domain.calls import fold
from jiesu.domain.errors import Refused
from jiesu.store import calls, people, sql
from jiesu.store.people import Known
from jiesu.workflow.calls import take_events
from tests import city
from tests.city import MONDAY
from tests.database import Clone, Databases
from tests.exchange import PHONE, SWITCH

AGENTS = ["xiaoli", "xiaosun", "xiaozhao", "xiaozhou"]
KNOWN = [PHONE, "13800004444"]


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def planned(seed: int = 1) -> list[callcentre.Step]:
    return callcentre.plan(seed, rate=3, minutes=60, agents=AGENTS, known=KNOWN)


def test_the_same_seed_rings_the_same() -> None:
    assert planned() == planned()
    assert planned(2) != planned()
    assert planned() == sorted(planned())
    with pytest.raises(Refused, match="没有话务员账号"):
        callcentre.plan(1, rate=20, minutes=1, agents=[], known=[])


def test_a_third_of_the_callers_are_known_and_some_give_up() -> None:
    steps = planned()
    first = {
        step.call: dict(step.more)["caller"] for step in steps if step.event == "offered" and step.call[-2:] != "-2"
    }
    known = sum(phone in KNOWN for phone in first.values())
    assert (len(first), known) == (168, 48)
    told_ = Counter(step.event for step in steps)
    assert told_ == {"offered": 176, "ended": 176, "answered": 157, "held": 40, "resumed": 40, "transferred": 1}


def test_the_city_lends_its_agents_and_numbers(db: Clone) -> None:
    people.find_or_add(Known("张小凤", PHONE), MONDAY)
    assert callcentre.known_phones() == [PHONE]
    assert set(AGENTS) <= set(callcentre.agents())


def test_what_is_played_becomes_calls_and_tasks(db: Clone) -> None:
    now, sent = [MONDAY], list[dict[str, Any]]()

    def wait(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)

    def tell(event: dict[str, Any]) -> None:
        call, one = told.event(event, now[0])
        take_events({call: [one]}, by=SWITCH, now=now[0])
        sent.append(event)

    steps = callcentre.plan(3, rate=20, minutes=3, agents=AGENTS, known=KNOWN)
    assert list(play(steps, tell=tell, begun=MONDAY, clock=lambda: now[0], wait=wait)) == steps
    assert now[0] >= MONDAY + timedelta(seconds=steps[-1].after - 1)
    lines: dict[str, list[Any]] = {}
    for event in sent:
        lines.setdefault(event["call"], []).append(told.event(event, now[0])[1])
    wanted = {call: fold(some).outcome for call, some in lines.items()}
    assert dict(sql.rows("SELECT exchange_id, outcome FROM call")) == wanted
    misses = sql.value("SELECT count(*) FROM call WHERE task IS NOT NULL")
    assert sum(one.misses for one in calls.tasks(now=now[0])) <= misses
