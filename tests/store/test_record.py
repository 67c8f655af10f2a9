"""The record as it is written: one writer in two forms, and manifests that miss nothing however late it comes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from jiesu.domain.order import Event, Text
from jiesu.domain.supervision import next_step
from jiesu.store import crypto, manifest, orders, record, rules, sql
from jiesu.store.record import Life, Sealed, Shown
from jiesu.store.verify import verify
from tests import city
from tests.city import CHEN, FANG, HOUR, LIU, MONDAY, ZHOU, local
from tests.database import Clone, Databases
from tests.store.threads import at_once

EVENING = MONDAY + 10 * HOUR
TABLES = ("work_order", "event", "leg", "request", "callback", "search_text", "contact")


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


# -- one writer in two forms


def rows_of(table: str) -> list[str]:
    return [row[0] for row in sql.rows(f"SELECT t::text FROM {table} t ORDER BY 1")]  # noqa: S608


def whole() -> dict[str, Any]:
    """Every row of the record, words opened: the sealed form is different each time."""
    texts = sql.rows("SELECT number, seq, field, salt, key_id FROM order_text ORDER BY 1, 2, 3")
    opened = [(*row, orders.texts(row[0])[row[1], row[2]]) for row in texts]
    return {"order_text": opened, **{table: rows_of(table) for table in TABLES}}


def lives() -> list[Life]:
    """The orders of this database as ``record_many`` would take them."""
    made = []
    for (number,) in sql.rows("SELECT number FROM work_order ORDER BY number"):
        found = orders.load(number)
        assert found is not None
        loaded, snapshot = found
        body, words = sql.rows("SELECT body, words::text FROM search_text WHERE number = %s", (number,))[0]
        events = orders.events(number)
        made.append(
            Life(
                loaded.order,
                events,
                [sealed_of(event) for event in events],
                Shown(loaded.title, loaded.place, body, words),
                next_step(loaded.order, rules.at(snapshot), frozenset()),
            )
        )
    return made


def sealed_of(event: Event) -> dict[str, Sealed]:
    """The words of an event with the salts that they have."""
    opened = orders.texts(event.number)
    held = sql.rows("SELECT field, salt FROM order_text WHERE number = %s AND seq = %s", (event.number, event.seq))
    return {
        name: Sealed(Text(opened[event.seq, name], crypto.commitment(salt, opened[event.seq, name])), bytes(salt))
        for name, salt in held
    }


def test_lives_written_in_bulk_are_the_same_to_the_last_row(databases: Databases) -> None:
    with databases.clone("city", city.build):
        asked = city.handling(MONDAY)
        city.take(asked, "request_assist", LIU, MONDAY + HOUR, {"unit": city.HOUSING, "reason": "涉及外墙"})
        city.closed(MONDAY, person=7)
        moved, made = whole(), lives()
        assert [len(life.events) for life in made] == [5, 9]
    with databases.clone("city", city.build):
        city.photo(MONDAY)
        with transaction.atomic():
            record.record_many(made)
        assert whole() == moved
        assert sql.value("SELECT count(*) FROM notice") == 0
        assert verify().faults == []


def test_a_bulk_write_is_whole_or_nothing(db: Clone) -> None:
    city.handling()
    (made,) = lives()
    with pytest.raises(Exception, match="work_order_pkey"), transaction.atomic():
        record.record_many([made])
    assert sql.value("SELECT count(*) FROM event") == 4


# -- manifests


def parts() -> list[tuple[date, int, list[tuple[int, int]]]]:
    """Every part in order: its day, the events that it counts, and what it lists as (serial, version)."""
    found = sql.rows("SELECT day, count, entries FROM manifest ORDER BY id")
    listed = [[(number % 10_000_000, version) for number, version, _ in manifest.unpack(row[2])] for row in found]
    return [(row[0], row[1], entries) for row, entries in zip(found, listed, strict=True)]


def test_nothing_to_seal_seals_nothing(db: Clone) -> None:
    assert manifest.signed_head() is None
    assert manifest.seal(MONDAY) == 0
    assert manifest.seal(MONDAY, recent=True) == 0
    assert manifest.signed_head() is None
    with pytest.raises(ValueError, match="naive"):
        manifest.seal(datetime(2026, 11, 23))  # noqa: DTZ001


def test_each_part_of_a_day_lists_what_moved_since_the_last(db: Clone) -> None:
    one, other = city.handling(MONDAY), city.registered(MONDAY + HOUR)
    assert manifest.seal(MONDAY + HOUR) == 5
    assert manifest.seal(MONDAY + 2 * HOUR) == 0
    city.take(other, "accept", CHEN, MONDAY + 2 * HOUR)
    city.take(one, "note", LIU, MONDAY + 2 * HOUR, {"note": "等备件"})
    city.take(one, "note", LIU, MONDAY + 3 * HOUR, {"note": "备件已到"})
    assert manifest.seal(EVENING, recent=True) == 3
    city.take(one, "note", LIU, MONDAY + timedelta(days=1), {"note": "已更换"})
    assert manifest.seal(EVENING) == 0
    assert manifest.seal(EVENING + timedelta(days=1)) == 1
    today, tomorrow = date(2026, 11, 23), date(2026, 11, 24)
    assert parts() == [
        (today, 5, [(1, 4), (2, 1)]),
        (today, 3, [(1, 6), (2, 2)]),
        (tomorrow, 1, [(1, 7)]),
    ]
    head = sql.rows("SELECT id, hash FROM manifest ORDER BY id DESC LIMIT 1")[0]
    assert manifest.signed_head() == (3, head[1])
    assert verify().faults == []


def test_a_day_begins_and_ends_at_midnight_of_the_city(db: Clone) -> None:
    order = city.registered(local("2026-11-23 23:59:59"))
    city.take(order, "accept", CHEN, local("2026-11-24 00:00:00"))
    assert manifest.seal(local("2026-11-25 08:00")) == 2
    assert parts() == [(date(2026, 11, 23), 1, [(1, 1)]), (date(2026, 11, 24), 1, [(1, 2)])]


def test_a_long_day_is_cut_into_parts(db: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "MOST", 2)
    for minute in range(5):
        city.accepted(MONDAY + timedelta(minutes=minute))
    assert manifest.seal(EVENING) == 10
    assert [(count, entries) for _, count, entries in parts()] == [
        (4, [(1, 2), (2, 2)]),
        (4, [(3, 2), (4, 2)]),
        (2, [(5, 2)]),
    ]
    assert manifest.seal(EVENING) == 0
    assert verify().faults == []


def test_a_commit_that_comes_after_the_seal_ends_in_a_further_part(db: Clone) -> None:
    """The event's time lies in the sealed part of the day, its commit after it: it is listed later, never lost."""
    order = city.handling(MONDAY)
    written, sealed = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            city.take(order, "note", LIU, MONDAY + HOUR, {"note": "写得慢的一条"})
            written.set()
            assert sealed.wait(60)

    def seal() -> int:
        assert written.wait(60)
        try:
            return manifest.seal(EVENING)
        finally:
            sealed.set()

    assert at_once([slowly, seal]) == [None, 4]
    assert manifest.seal(EVENING + timedelta(days=3)) == 1
    assert [(count, entries) for _, count, entries in parts()] == [(4, [(1, 4)]), (1, [(1, 5)])]
    assert verify().faults == []


def test_history_written_into_sealed_days_is_found_by_the_full_count(databases: Databases) -> None:
    with databases.clone("city", city.build):
        city.closed(MONDAY - timedelta(days=30))
        (past,) = lives()
    with databases.clone("city", city.build):
        orders.serials(100)
        city.photo(MONDAY)
        city.handling(MONDAY)
        assert manifest.seal(EVENING) == 4
        with transaction.atomic():
            record.record_many([past])
        assert manifest.seal(EVENING, recent=True) == 0
        assert manifest.seal(EVENING) == 9
        assert parts() == [(date(2026, 11, 23), 4, [(101, 4)]), (date(2026, 10, 24), 9, [(1, 9)])]
        assert verify().faults == []


def test_sealers_that_meet_list_everything_once(db: Clone) -> None:
    for minute in range(6):
        city.accepted(MONDAY + timedelta(minutes=minute))
    sealed = at_once([lambda: manifest.seal(EVENING)] * 4)
    assert sorted(sealed) == [0, 0, 0, 12]
    assert [count for _, count, _ in parts()] == [12]
    assert verify().faults == []


def test_an_order_moved_over_days_is_listed_on_each(db: Clone) -> None:
    order = city.registered(MONDAY)
    city.take(order, "accept", ZHOU, MONDAY + timedelta(days=1))
    assert manifest.seal(EVENING) == 1
    city.take(order, "note", FANG, MONDAY + timedelta(days=2), {"note": "再看看"})
    assert manifest.seal(EVENING + timedelta(days=5)) == 2
    assert [(day.day, count, entries) for day, count, entries in parts()] == [
        (23, 1, [(1, 1)]),
        (24, 1, [(1, 2)]),
        (25, 1, [(1, 3)]),
    ]
