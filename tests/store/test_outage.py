"""Which errors mean "ask again later": those of real connections that were broken off, and no others."""

from __future__ import annotations

import psycopg
import pytest
from django.core.signals import request_finished, request_started
from django.db import DatabaseError, OperationalError, connection, transaction
from psycopg_pool import PoolTimeout
from psycopg_pool.base import AttemptWithBackoff

from jiesu.store import connect, sql
from jiesu.store.datadir import DataDir
from jiesu.store.outage import is_outage
from tests.database import Clone


def test_a_session_that_was_ended_is_an_outage_and_so_is_its_closed_connection(db: Clone) -> None:
    mine = sql.value("SELECT pg_backend_pid()")
    with psycopg.connect(db.url("super"), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (mine,))
    with pytest.raises(psycopg.OperationalError) as ended:
        sql.value("SELECT 1")
    assert is_outage(ended.value)
    with pytest.raises(psycopg.OperationalError) as closed:
        sql.value("SELECT 1")
    assert is_outage(closed.value)
    with pytest.raises(OperationalError) as wrapped:
        connection.cursor()
    assert is_outage(wrapped.value)
    connection.close()


def test_after_the_database_came_back_the_next_request_does_not_fail(db: Clone) -> None:
    for _ in range(2):  # also the request after the one that found its connection dead
        mine = sql.value("SELECT pg_backend_pid()")
        request_finished.send(sender=None)
        with psycopg.connect(db.url("super"), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (mine,))
        request_started.send(sender=None)
        assert sql.value("SELECT pg_backend_pid()") != mine


def test_within_a_transaction_a_lost_connection_is_told_and_not_exchanged(db: Clone) -> None:
    def lose_it() -> None:
        with transaction.atomic():
            mine = sql.value("SELECT pg_backend_pid()")
            with psycopg.connect(db.url("super"), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", (mine,))
            sql.value("SELECT 1")

    with pytest.raises(psycopg.OperationalError):
        lose_it()
    connection.close()


def test_a_pool_that_has_nothing_to_lend_is_an_outage() -> None:
    assert is_outage(PoolTimeout("couldn't get a connection after 10.00 sec"))


def test_the_pool_looks_for_its_database_every_second_however_long_it_is_away() -> None:
    pool = connect.django_database(DataDir.choose(), {"JIESU_POOL": "8"})["OPTIONS"]["pool"]
    assert (pool["max_size"], pool["timeout"]) == (8, 10.0)
    attempt = AttemptWithBackoff(timeout=30)
    pauses = []
    for second in range(6):
        attempt.update_delay(float(second))
        pauses.append(round(attempt.delay))
    assert pauses == [1, 1, 1, 1, 1, 1]


def test_a_wrong_statement_is_none(db: Clone) -> None:
    with pytest.raises(psycopg.errors.SyntaxError) as wrong:
        sql.value("SELEC 1")
    assert not is_outage(wrong.value)
    with connection.cursor() as cursor, pytest.raises(DatabaseError) as wrapped:
        cursor.execute("SELEC 1")
    assert not is_outage(wrapped.value)
    assert not is_outage(ValueError("x"))
