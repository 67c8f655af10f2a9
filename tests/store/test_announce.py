"""What a web server announces: what was committed and nothing else, many moves in one message, the last ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import psycopg
import pytest
from django.db import transaction

from jiesu.domain.calls import Told
from jiesu.domain.order import SYSTEM
from jiesu.store import announce, sql
from jiesu.workflow import calls
from tests import city
from tests.city import CHEN, MONDAY
from tests.database import Clone, Databases


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


@pytest.fixture
def ears(db: Clone) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection that listens, and a process that announces after its commits."""
    with psycopg.connect(db.url("app"), autocommit=True) as ears:
        ears.execute(f"LISTEN {announce.CHANNEL}")
        announce.start()
        yield ears
        announce.stop()


def heard(ears: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    """Everything that was announced when the process has ended, message by message."""
    announce.stop()
    ears.execute("SELECT 1")
    return [one.payload for one in ears.notifies(timeout=0)]


Ears = psycopg.Connection[tuple[object, ...]]


class _Undone(Exception):
    """Ends a transaction."""


def undone(act: Callable[[], object]) -> None:
    with suppress(_Undone), transaction.atomic():
        act()
        raise _Undone


def test_what_is_committed_is_said_in_order_and_what_is_not_is_not(ears: Ears) -> None:
    with transaction.atomic():
        order = city.registered()
        undone(lambda: city.take(order, "note", CHEN, MONDAY, {"note": "不算数"}))
        city.take(order, "accept", CHEN, MONDAY)
    undone(city.registered)
    said = "\n".join(heard(ears)).split("\n")
    assert said == [f"{order.number} 1 register", f"{order.number} 2 accept"]


def test_many_moves_are_few_messages(ears: Ears) -> None:
    with transaction.atomic():
        for at in range(250):
            announce.committed(f"26112300{at:05} 1 register")
    said = heard(ears)
    assert [line for message in said for line in message.split("\n")] == [
        f"26112300{at:05} 1 register" for at in range(250)
    ]
    assert len(said) <= 4
    assert max(map(len, said)) < 8000


def test_no_statement_of_such_a_process_announces(ears: Ears) -> None:
    # PostgreSQL would let one transaction at a time commit.
    with sql.counting() as ran:
        city.take(city.registered(), "accept", CHEN, MONDAY)
    assert not any("pg_notify" in statement for statement in ran)
    assert len(heard(ears)) in (1, 2)


def test_a_call_is_said_like_a_move(ears: Ears) -> None:
    told = [Told(MONDAY, "offered", caller="13800001111"), Told(MONDAY, "answered", agent="xiaozhou")]
    taken = calls.take_events({"c1": told}, by=SYSTEM, now=MONDAY)
    (id_,) = taken.ids.values()
    assert heard(ears) == [f"call {id_} s{sql.value(_ZHOU)}"]


_ZHOU = "SELECT id FROM staff WHERE login = 'xiaozhou'"


def test_without_a_thread_of_its_own_a_process_announces_in_the_transaction(db: Clone) -> None:
    with psycopg.connect(db.url("app"), autocommit=True) as ears:
        ears.execute(f"LISTEN {announce.CHANNEL}")
        order = city.registered()
        ears.execute("SELECT 1")
        assert [one.payload for one in ears.notifies(timeout=0)] == [f"{order.number} 1 register"]
    announce.committed("nobody says this")
    announce.stop()


def test_a_lost_connection_is_opened_again(db: Clone, ears: Ears) -> None:
    announce.committed("2611230000001 1 register")
    with psycopg.connect(db.url("super"), autocommit=True) as other:
        while not other.execute(_ANNOUNCING).fetchall():
            pass
        other.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM ({_ANNOUNCING}) x")  # noqa: S608 - a constant
    announce.committed("2611230000002 1 register")
    assert heard(ears) == ["2611230000001 1 register", "2611230000002 1 register"]


_ANNOUNCING = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_notify%'"
    " AND pid <> pg_backend_pid()"
)
