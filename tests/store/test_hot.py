"""Stories of statements that stay prepared: the same rows as any other way, whatever is asked and whatever failed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from django.db import transaction

from jiesu.store import sql
from tests.database import Clone

AT = datetime(2026, 11, 23, 9, 30, 15, 120000, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("cast", "value"),
    [
        ("text", "热力公司 \"三号楼\" \\ {1,2}"),
        ("text", ""),
        ("text", None),
        ("int", -7),
        ("bigint", 2611230000001),
        ("boolean", True),
        ("boolean", False),
        ("bytea", b"\x00\\x01\xff"),
        ("date", date(2026, 11, 23)),
        ("timestamptz", AT),
        ("timestamptz", AT.replace(microsecond=0)),
        ("text[]", ["一", 'a"b', "c\\d", "NULL", "", "{}", "x,y", None]),
        ("bytea[]", [b"\x00\x01", b"", None]),
        ("bigint[]", []),
        ("timestamptz[]", [AT]),
        ("double precision", 0.25),
    ],
)  # fmt: skip
def test_every_sort_of_value_comes_back_as_the_driver_gives_it(db: Clone, cast: str, value: Any) -> None:
    for _ in range(2):
        assert sql.hot(f"SELECT %s::{cast}, 1", (value,)) == [(value, 1)]
    assert sql.hot(f"SELECT %s::{cast}, 1", (value,)) == sql.rows(f"SELECT %s::{cast}, 1", (value,))


def test_moments_are_aware_and_in_utc(db: Clone) -> None:
    for written in ("2026-11-23 09:30+08", "1900-01-01 00:00+00", "2026-11-23 01:30:15.5+00"):
        (at,) = sql.hot("SELECT %s::timestamptz", (written,))[0]
        assert (at, at.utcoffset()) == (sql.value("SELECT %s::timestamptz", (written,)), timedelta(0))
    assert sql.hot("SELECT %s::timestamptz", (AT,))[0][0] == AT.astimezone(UTC)


def test_a_name_may_come_twice_and_more_may_be_given_than_is_asked_for(db: Clone) -> None:
    found = sql.hot("SELECT %(a)s::int + %(a)s, 100 %% %(b)s::int", {"a": 4, "b": 30, "c": object()})
    assert found == [(8, 10)]


def test_text_that_cannot_be_stored_is_refused_and_not_cut(db: Clone) -> None:
    with pytest.raises(psycopg.DataError):
        sql.hot("SELECT %s::text", ("前\0后",))
    with pytest.raises(TypeError):
        sql.hot("SELECT %s::text", (object(),))
    assert sql.hot("SELECT %s::text", ("后",)) == [("后",)]


class _Undone(Exception):
    """Ends a transaction."""


def test_a_statement_outlives_a_rollback_and_its_own_failure(db: Clone) -> None:
    ask = "SELECT 100 / %s::int"

    def fail() -> None:
        with transaction.atomic():
            assert sql.hot(ask, (4,)) == [(25,)]
            sql.hot(ask, (0,))

    with pytest.raises(psycopg.errors.DivisionByZero):
        fail()
    assert sql.hot(ask, (5,)) == [(20,)]


def test_what_was_written_stands_or_falls_with_its_transaction(db: Clone) -> None:
    add = "INSERT INTO setting_change (at, by, name, after, note) VALUES (now(), 's1', %s, '1', '')"
    count = "SELECT count(*) FROM setting_change WHERE name = 'hot'"

    def undo() -> None:
        with transaction.atomic():
            sql.hot(add, ("hot",))
            assert sql.value(count) == 1
            raise _Undone

    with pytest.raises(_Undone):
        undo()
    assert sql.value(count) == 0
    sql.hot(add, ("hot",))
    assert sql.value(count) == 1
