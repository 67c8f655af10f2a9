"""The verb behind an import: batches that know each other, tried out or taken in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from jiesu.domain.order import SYSTEM, Order
from jiesu.store import external, sql
from jiesu.workflow.importing import Arrival, Taken, take_in, try_out, two_texts
from tests import city
from tests.city import CHEN, MONDAY
from tests.database import Clone, Databases


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def arrival(number: str, text: str = "停水了") -> Arrival:
    return Arrival(("board", number), text, "register", {"channel": "board", "text": text})


BATCHES = ([arrival("1"), arrival("2")], [arrival("2"), arrival("1", "停电了"), arrival("3")], [])
CAME = [
    Taken(added=2),
    Taken(added=1, known=1, refused=[(1, two_texts(("board", "1")))]),
    Taken(),
]


def test_tried_out_the_batches_of_a_file_know_each_other(db: Clone) -> None:
    seen: dict[int, bytes] = {}
    assert [try_out(batch, seen, by=SYSTEM, now=MONDAY) for batch in BATCHES] == CAME
    assert sql.value("SELECT count(*) FROM work_order") == 0


def test_taken_in_they_come_to_the_same(db: Clone) -> None:
    run = external.begin_run("0" * 64, "list.csv", by="system", now=MONDAY)
    assert [take_in(batch, by=SYSTEM, now=MONDAY, run=run, unread=1) for batch in BATCHES] == CAME
    assert sql.rows("SELECT added, known, rejected FROM import_run") == [(3, 1, 4)]
    with pytest.raises(ValueError, match="naive"):
        take_in([arrival("4")], by=SYSTEM, now=MONDAY.replace(tzinfo=None), run=run)
    assert sql.value("SELECT count(*) FROM external") == 3


def test_what_another_system_had_merged_goes_its_own_way(db: Clone) -> None:
    run = external.begin_run("0" * 64, "list.csv", by="system", now=MONDAY)
    foreign = {"state": "closed", "outcome": "merged", "set": {"kind": "help", "matter": "03.06", "region": "R0103"}}
    taken = take_in([Arrival(("city", "9"), "停水了", "adopt", {"foreign": foreign})], by=SYSTEM, now=MONDAY, run=run)
    assert taken == Taken(added=1)
    order = Order(sql.value("SELECT number FROM work_order"))
    assert city.take(order, "split_off", CHEN, MONDAY, {"reason": "不是同一件事"}).state == "accepted"
    assert sql.rows("SELECT move FROM event ORDER BY seq") == [("adopt",), ("split_off",)]
