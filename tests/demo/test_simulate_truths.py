"""The truths of a scenario are in the history that is written: measured from the database, exact for the seed.

A change of the rules, of the words or of the simulator draws another history: look whether what is counted still shows
what was told, then write the new counts down.
"""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from jiesu.demo.simulate import scenario
from jiesu.demo.simulate.scenario import Campaign, Character, Scenario, Sensitive, Surge
from tests import city
from tests.database import Databases

UNTIL: Final = city.local("2026-11-20 00:00")
FIRST: Final = date(2026, 8, 22)
NOW: Final = datetime(2026, 11, 23, 2, tzinfo=UTC)
ESTATES: Final = ("工人村二区", "高炉小区", "炉前家园", "轧钢南村", "丰源小区", "钢花小区", "桦林小区", "金桥小区")
BURSTS, COACHES = "U0307", "U0309"  # 联通公司, 公交公司


def _told() -> Scenario:
    """Ninety days of little more than what is to be found."""
    usual = scenario.load()
    return replace(
        usual,
        direct_share=0.3,
        big_events=0,
        subjects=dict.fromkeys(usual.subjects, 0.0) | {"02": 30, "04": 10, "07": 25, "12": 15, "16": 20},
        units={
            BURSTS: Character(handle=0.5, bursts=0.8, templates=0.9),
            COACHES: Character(skips_contact=0.6, coaches=0.9, quality=0.5),
        },
        surges=(Surge("04.03", "10-25", 6, 10.0, "R02"),),
        campaigns=(Campaign("02.03", 45, 0.7, ESTATES),),
        sensitive=(Sensitive("09-10", "09-24", leaders=5, matters={"12.01": 3}, pace=0.4, late=0, instructions=20),),
    )


@pytest.fixture(scope="module")
def history(databases: Databases) -> Iterator[Any]:
    """``store.sql`` on a city whose ninety days were told by the scenario above."""
    from jiesu.demo.simulate.run import simulate
    from jiesu.store import sql

    with databases.clone("city", city.build):
        simulate(
            orders=3000,
            days=90,
            seed=3,
            until=UNTIL,
            scenario=_told(),
            show=lambda stage, at, whole: None,
            now=NOW,
            processes=1,
            analyze=False,
        )
        yield sql


def test_a_surge_is_there_for_its_days_in_its_region(history: Any) -> None:
    """Ten times as often for six days, all of it from one region."""
    counts = history.rows(
        "SELECT received_at >= %s AND received_at < %s, count(*), count(*) FILTER (WHERE region LIKE 'R02%%')"
        " FROM work_order WHERE matter = '04.03' GROUP BY 1 ORDER BY 1",
        (city.local("2026-10-25 00:00"), city.local("2026-10-31 00:00")),
    )
    assert counts == [(False, 34, 11), (True, 16, 16)]


def test_a_campaign_keeps_demands_from_its_places_after_its_day(history: Any) -> None:
    """Of all such demands, those of the campaign's estates: before it, and from it on."""
    counts = history.rows(
        "SELECT received_at >= %s, count(*) FILTER (WHERE place = ANY(%s)), count(*) FROM work_order"
        " WHERE matter LIKE '02.03%%' GROUP BY 1 ORDER BY 1",
        (city.local("2026-10-06 00:00"), list(ESTATES)),
    )
    assert counts == [(False, 18, 105), (True, 5, 106)]


def test_in_a_sensitive_period_people_turn_to_the_leaders_and_units_hurry(history: Any) -> None:
    """Outside and within it: demands to the leaders, unpaid wages, notes of leaders; then the units' pace."""
    within = (city.local("2026-09-10 00:00"), city.local("2026-09-25 00:00"))
    counts = history.rows(
        "SELECT received_at >= %s AND received_at < %s, count(*), count(*) FILTER (WHERE channel = ANY(%s)),"
        " count(*) FILTER (WHERE matter = '12.01') FROM work_order GROUP BY 1 ORDER BY 1",
        (*within, sorted(scenario.LEADERS)),
    )
    paces = history.rows(
        "SELECT at >= %s AND at < %s, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY"
        " extract(epoch FROM handled_at - at) / extract(epoch FROM handle_due - at))::numeric, 3)::float,"
        " count(*) FILTER (WHERE handled_at > handle_due), count(*)"
        " FROM leg WHERE lead AND handled_at IS NOT NULL GROUP BY 1 ORDER BY 1",
        within,
    )
    notes = history.rows(
        "SELECT at >= %s AND at < %s, count(*) FROM request WHERE type = 'instruction' GROUP BY 1 ORDER BY 1", within
    )
    assert counts == [(False, 2526, 102, 74), (True, 474, 75, 43)]
    assert paces == [(False, 0.72, 120, 1667), (True, 0.479, 11, 317)]
    assert notes == [(False, 9), (True, 35)]


def test_a_gaming_unit_replies_in_the_last_hour_with_empty_words(history: Any) -> None:
    """Replies within an hour of the limit, of all; different texts among the replies of twenty orders."""
    from jiesu.store import orders

    last = history.rows(
        "SELECT unit = %s, count(*) FILTER (WHERE handle_due - handled_at BETWEEN interval '0' AND interval '1 h'),"
        " count(*) FROM leg WHERE lead AND handled_at IS NOT NULL GROUP BY 1 ORDER BY 1",
        (BURSTS,),
    )
    different = []
    for unit in (BURSTS, COACHES):
        numbers = [n for (n,) in history.rows("SELECT number FROM work_order WHERE lead_unit = %s AND passed_at IS NOT"
                                              " NULL ORDER BY number LIMIT 20", (unit,))]  # fmt: skip
        told = [text for n in numbers for (_, field), text in orders.texts(n).items() if field == "public_reply"]
        different.append((len(set(told)), len(told)))
    assert last == [(False, 84, 1903), (True, 70, 81)]
    assert different == [(7, 22), (28, 28)]


def test_a_unit_that_coaches_is_praised_and_called_again(history: Any) -> None:
    """First answers "satisfied", reopened orders, of all that were closed with an answer."""
    counts = history.rows(
        "SELECT w.lead_unit = %s, count(*) FILTER (WHERE c.rating = 'satisfied'),"
        " count(*) FILTER (WHERE EXISTS (SELECT FROM event e WHERE e.number = w.number AND e.move = 'reopen')),"
        " count(*)"
        " FROM work_order w JOIN callback c ON c.number = w.number AND c.valid AND c.round = 1"
        " WHERE w.closed_at IS NOT NULL AND w.dispatched_at IS NOT NULL GROUP BY 1 ORDER BY 1",
        (COACHES,),
    )
    assert counts == [(False, 1242, 12, 1814), (True, 98, 20, 105)]


def test_contacts_that_were_not_made_are_noted_in_a_few_words(history: Any) -> None:
    from jiesu.store import orders

    shorts = []
    for unit in (COACHES, "U0201"):
        numbers = history.rows("SELECT e.number, e.seq FROM event e JOIN work_order w USING (number) WHERE"
                               " e.move = 'first_contact' AND e.unit = %s AND w.round = 1 ORDER BY 1 LIMIT 40",
                               (unit,))  # fmt: skip
        notes = [orders.texts(number)[seq, "note"] for number, seq in numbers]
        shorts.append((sum(len(note) < 12 for note in notes), len(notes)))
    assert shorts == [(26, 40), (0, 40)]
