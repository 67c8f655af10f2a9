"""What an exchange tells ends in the same row, however often, however late and in whatever order it is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import pairwise, permutations

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiesu.domain.calls import MOST_EVENTS, Told
from jiesu.store import call_events, calls, crypto, people, sql
from jiesu.store import rules as rules_store
from jiesu.store.people import Known
from jiesu.workflow.calls import take_events
from tests import city
from tests.database import Clone, Databases
from tests.exchange import PHONE, SWITCH, ZHAO_SEAT, ZHOU_SEAT, account, miss, row, s, talk, tell
from tests.store.threads import at_once


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


LONG = [
    Told(s(0), "offered", caller=PHONE, called="12345", direction="in"),
    Told(s(8), "answered", ZHOU_SEAT),
    Told(s(30), "held"),
    Told(s(50), "resumed"),
    Told(s(70), "transferred", ZHAO_SEAT),
    Told(s(200), "ended", reason="hung_up"),
    Told(s(230), "recorded", recording=f"https://exchange/rec/{PHONE}-0823.mp3"),
]


def test_the_events_of_one_call_become_its_row(db: Clone) -> None:
    tell("c1", LONG)
    zhao = account(ZHAO_SEAT).id
    assert row("c1") == (
        *("in", s(0), s(8), s(200), "answered", zhao, ZHAO_SEAT, crypto.search_hash(PHONE), None, None),
        *("https://exchange/rec/138****3333-0823.mp3", 20, 1),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(LONG), again=st.lists(st.sampled_from(LONG), max_size=5), cuts=st.sets(st.integers(1, 11)))
def test_any_order_and_any_repetition_end_in_the_same_row(
    db: Clone, order: list[Told], again: list[Told], cuts: set[int]
) -> None:
    if not sql.one("SELECT 1 FROM call WHERE exchange_id = 'whole'"):
        tell("whole", LONG)
    told = [*order, *again]
    parts = [0, *sorted(cut for cut in cuts if cut < len(told)), len(told)]
    sql.run("DELETE FROM call WHERE exchange_id = 'parts'")
    for first, last in pairwise(parts):
        tell("parts", told[first:last])
    assert row("parts") == row("whole")


def test_a_missed_call_and_an_answered_one_in_any_order_leave_nothing_to_call_back(db: Clone) -> None:
    """The answered call is the later one: whoever was answered need not be rung."""
    for turn, told in enumerate(permutations([("a", miss(at=0)), ("b", talk(at=100))])):
        for call, events in told:
            tell(f"{call}{turn}", events)
        assert calls.waiting() == (0, 0)


def test_an_answer_that_is_told_after_the_end_takes_the_miss_back(db: Clone) -> None:
    told = talk()
    tell("c1", [told[0], told[2]])
    assert (row("c1")[4], calls.waiting()) == ("dropped", (1, 0))
    tell("c1", [told[1]])
    assert (row("c1")[4], calls.waiting()) == ("answered", (0, 0))
    assert sql.rows("SELECT state, misses FROM call_task") == [("obsolete", 0)]
    assert sql.rows("SELECT task FROM call") == [(None,)]


def test_an_end_without_a_beginning_is_a_call_too(db: Clone) -> None:
    tell("c1", [Told(s(90), "ended")])
    assert row("c1")[:5] == ("in", s(90), None, s(90), "dropped")
    assert calls.waiting() == (0, 0)  # nobody knows whom to call back


def test_what_is_told_twice_is_known(db: Clone) -> None:
    now, events = s(600), {"c1": talk(), "c2": miss("13800004444")}
    first = take_events(events, by=SWITCH, now=now)
    again = take_events(events, by=SWITCH, now=now)
    assert (first.added, first.changed, first.known) == (["c1", "c2"], [], [])
    assert (again.added, again.changed, again.known) == ([], [], ["c1", "c2"])
    more = take_events({"c1": [Told(s(70), "recorded", recording="rec/2.mp3")]}, by=SWITCH, now=now)
    assert (more.added, more.changed, more.known) == ([], ["c1"], [])


def test_no_number_stands_anywhere_in_the_clear(db: Clone) -> None:
    """Not in a column, not in a link of the exchange, not in an id that it made of the number."""
    take_events({f"sip-{PHONE}-77": talk(), f"x{PHONE}": miss()}, by=SWITCH, now=s(600))
    for table in ("call", "call_task", "call_order", "agent_state"):
        whole = "".join(map(str, sql.rows(f"SELECT to_jsonb(t)::text FROM {table} t")))  # noqa: S608
        assert PHONE not in whole
        assert PHONE.encode().hex() not in whole
    assert take_events({f"sip-{PHONE}-77": talk()}, by=SWITCH, now=s(600)).known == [
        call_events.key_of(f"sip-{PHONE}-77")
    ]


def test_a_call_from_a_history_takes_no_events(db: Clone) -> None:
    sql.run(
        "INSERT INTO call (exchange_id, direction, offered_at, ended_at, outcome, agent, recording)"
        " VALUES ('sim-1', 'in', %s, %s, 'missed', '', '')",
        (s(0), s(9)),
    )
    assert take_events({"sim-1": talk()}, by=SWITCH, now=s(600)).known == ["sim-1"]
    assert row("sim-1")[4] == "missed"


def test_a_call_that_tells_without_end_is_not_followed_for_ever(db: Clone) -> None:
    told = [Told(s(0) + timedelta(milliseconds=n), "held") for n in range(MOST_EVENTS + 1)]
    assert take_events({"c1": told[:-1]}, by=SWITCH, now=s(600)).added == ["c1"]
    taken = take_events({"c1": told}, by=SWITCH, now=s(600))
    assert (taken.full, taken.changed) == (["c1"], [])


def test_who_calls_is_known_where_one_person_uses_the_number(db: Clone) -> None:
    first = people.find_or_add(Known("张小凤", PHONE), s(-600))
    tell("c1", talk())
    people.find_or_add(Known("张大山", PHONE), s(-600))
    tell("c2", talk(at=100))
    assert (row("c1")[8], row("c2")[8]) == (first, None)


def test_the_same_call_told_from_many_threads_is_one_row(db: Clone) -> None:
    rules_store.current()
    parts = [partial(tell, "c1", [one]) for one in LONG] * 3
    parts += [partial(tell, f"m{turn}", miss(at=300 + turn)) for turn in range(6)]
    at_once(parts)
    tell("whole", LONG)
    assert row("c1") == row("whole")
    assert sql.rows("SELECT misses, state, urgent FROM call_task") == [(6, "open", True)]  # they rang after the answer
    at_once([partial(tell, f"b{turn}", talk(at=330 + turn)) for turn in range(4)] + [partial(tell, "m9", miss(at=310))])
    assert sql.rows("SELECT misses, state FROM call_task") in ([(6, "obsolete")], [(7, "obsolete")])


def test_a_batch_costs_the_same_however_many_calls(db: Clone) -> None:
    tell("warm", talk("13900000001"))

    def cost(events: dict[str, list[Told]]) -> int:
        with sql.counting() as seen:
            take_events(events, by=SWITCH, now=s(600))
        return len(seen)

    many = {f"a{n}": talk(f"1390000{n:04d}", at=n) for n in range(20)}
    many |= {f"m{n}": miss(f"1370000{n:04d}", at=n) for n in range(20)}
    assert cost({"one": [Told(s(0), "offered", caller=PHONE)]}) == 5  # rules, hold, lock, who it is, write
    assert cost(many) == 13
    assert cost(many) == 3


def test_the_agent_s_pages_hear_of_his_call_by_ids_alone(db: Clone) -> None:
    with psycopg.connect(db.url(), autocommit=True) as listener:
        listener.execute("LISTEN jiesu")
        call, zhou, zhao = tell("c1", talk()[:2]), account(ZHOU_SEAT).id, account(ZHAO_SEAT).id
        tell("c1", [Told(s(30), "transferred", ZHAO_SEAT)])
        tell("c2", miss("13800004444"))
        tell("old", talk("13800005555", at=-20_000))
        heard = [notice.payload for notice in listener.notifies(timeout=0.5)]
    assert heard == [f"call {call} {zhou}", *sorted((f"call {call} {zhou}", f"call {call} {zhao}"))]
