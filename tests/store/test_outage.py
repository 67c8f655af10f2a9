"""Which errors mean "ask again later": those of real connections that were broken off, and no others."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy

import psycopg
import pytest
from django.core.signals import request_finished, request_started
from django.db import DatabaseError, InternalError, OperationalError, connection, transaction
from psycopg import pq
from psycopg_pool import PoolTimeout
from psycopg_pool.base import AttemptWithBackoff

from jiesu.store import connect, sql
from jiesu.store.datadir import DataDir
from jiesu.store.outage import is_outage
from jiesu.store.postgresql import base
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


def test_the_queue_looks_for_its_database_every_second_however_long_it_is_away() -> None:
    attempt = AttemptWithBackoff(timeout=30)
    pauses = []
    for second in range(6):
        attempt.update_delay(float(second))
        pauses.append(round(attempt.delay))
    assert pauses == [1, 1, 1, 1, 1, 1]


def test_a_web_server_waits_for_its_database_and_a_command_does_not(db: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = [
        connect.django_database(DataDir.choose(), environ)["OPTIONS"].get("wait")
        for environ in ({"JIESU_THREADS": "8"}, {})
    ]
    assert waits == [10.0, None]
    wrapper = base.DatabaseWrapper(deepcopy(connection.settings_dict), "default")
    right = wrapper.get_connection_params()
    wrong = {**right, "dbname": "gone"}
    tries: list[float] = []

    def come_back(seconds: float) -> None:
        tries.append(seconds)
        if len(tries) == 3:
            wrong["dbname"] = right["dbname"]

    monkeypatch.setattr(base.time, "sleep", come_back)
    with pytest.raises(psycopg.OperationalError):
        wrapper.get_new_connection(wrong)
    assert tries == []
    wrapper.settings_dict["OPTIONS"]["wait"] = 10.0
    with wrapper.get_new_connection(wrong) as made:
        assert made.execute("SELECT 1").fetchone() == (1,)
    assert tries == [base.AGAIN] * 3


def test_a_transaction_that_had_failed_is_no_success(db: Clone) -> None:
    def lose_an_error() -> None:
        with transaction.atomic():
            sql.run("CREATE TEMPORARY TABLE lost (n int)")
            with suppress(psycopg.errors.DivisionByZero):
                sql.value("SELECT 1/0")

    with pytest.raises(InternalError):
        lose_an_error()
    assert sql.value("SELECT to_regclass('lost')") is None
    with transaction.atomic():
        sql.run("CREATE TEMPORARY TABLE kept (n int)")
    assert sql.value("SELECT to_regclass('kept')") is not None


def test_a_transaction_begins_with_its_first_statement_whoever_runs_it(db: Clone) -> None:
    def state() -> str:
        raw = connection.connection
        return pq.TransactionStatus(raw.pgconn.transaction_status).name

    for first in (lambda: sql.hot("SELECT 1"), lambda: sql.rows("SELECT 1"), connection.cursor):
        connection.ensure_connection()
        with transaction.atomic():
            before = state()
            first()
            assert (before, state()) == ("IDLE", "INTRANS")
        assert state() == "IDLE"
    connection.set_autocommit(False)
    sql.value("SELECT 1")
    connection.commit()
    assert state() == "IDLE"
    sql.value("SELECT 1")
    assert state() == "INTRANS"
    connection.rollback()
    connection.set_autocommit(True)
    sql.value("SELECT 1")
    assert state() == "IDLE"


def test_a_wrong_statement_is_none(db: Clone) -> None:
    with pytest.raises(psycopg.errors.SyntaxError) as wrong:
        sql.value("SELEC 1")
    assert not is_outage(wrong.value)
    with connection.cursor() as cursor, pytest.raises(DatabaseError) as wrapped:
        cursor.execute("SELEC 1")
    assert not is_outage(wrapped.value)
    assert not is_outage(ValueError("x"))
