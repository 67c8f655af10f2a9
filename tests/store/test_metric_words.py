"""The words of a profile and their SQL are one vocabulary, and all of it is SQL that the database takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from jiesu.domain import profiles
from jiesu.domain.profiles import Metric
from jiesu.domain.tally import CLOCKS
from jiesu.store import metric_sql, sql
from tests.database import Clone, Databases


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone() as clone:
        yield clone


def test_every_word_has_its_sql_and_no_sql_is_without_a_word() -> None:
    assert {table: set(words) for table, words in profiles.WORDS.items()} == {
        table: set(words) for table, words in metric_sql.WORDS.items()
    }
    assert set(profiles.EXCLUSIONS) == set(metric_sql.EXCLUSIONS)
    assert set(profiles.DIMENSIONS) == set(metric_sql.CODES)
    assert set(profiles.WORDS) == set(metric_sql.TABLES) == set(profiles.DAYS)
    assert all(zh for words in profiles.WORDS.values() for zh in words.values())


def test_the_database_takes_every_word_said_and_denied(db: Clone) -> None:
    tried = 0
    for table, words in profiles.WORDS.items():
        exclusions = () if table == "call" else tuple(profiles.EXCLUSIONS)
        for word in [*words, *(f"not {one}" for one in words)]:
            for by in profiles.DAYS[table]:
                metric = Metric(
                    table, by, (word,), (word,), (word,), exclusions, "unit", CLOCKS[0] * (table == "limit")
                )
                held = metric_sql.compiled(metric)
                statement = f"SELECT count(*) FROM {held.table} WHERE {held.case} AND {held.good} AND {held.part}"  # noqa: S608
                assert sql.value(statement) == 0
                tried += 1
    assert tried == sum(2 * len(words) * len(profiles.DAYS[table]) for table, words in profiles.WORDS.items())


@pytest.mark.parametrize("table", list(metric_sql.TABLES))
def test_a_fact_table_has_every_dimension_that_is_asked_of_it(db: Clone, table: str) -> None:
    metric = Metric(table, "day", (), (), (), (), "unit", "handle" * (table == "limit"))
    codes = metric_sql.dimensions(metric)
    assert list(codes) == (["all"] if table == "call" else list(profiles.DIMENSIONS))
    sql.rows(f"SELECT {', '.join(codes.values())} FROM {metric_sql.TABLES[table]}")  # noqa: S608


def test_what_is_the_centres_has_no_unit() -> None:
    centre = Metric("limit", "day", (), ("in_time",), (), (), "centre", "review")
    assert set(profiles.DIMENSIONS) - set(metric_sql.dimensions(centre)) == {"unit", "group"}


def test_nothing_said_is_every_case_and_none_in_part() -> None:
    held = metric_sql.compiled(Metric("order", "closed_day", (), (), (), (), "unit"))
    assert (held.case, held.good, held.part) == ("closed_day IS NOT NULL", "1 = 1", "1 = 0")
    assert (held.ends, held.limited, held.by) == (False, False, "closed_day")


def test_the_text_for_other_engines_asks_for_a_window_a_month(db: Clone) -> None:
    metric = Metric("rating", "day", ("rated",), ("satisfied",), ("satisfied_mostly",), ("exempt",), "unit")
    months = [(date(2026, 10, 1), date(2026, 11, 1)), (date(2026, 11, 1), date(2026, 12, 1))]
    text = metric_sql.windows_text(metric, "unit", months)
    assert text.startswith("SELECT w.first, f.code, count(*) AS n,")
    assert "SELECT 202610 AS month, DATE '2026-10-01' AS first, DATE '2026-11-01' AS after UNION ALL" in text
    assert "until_day" not in text
    assert metric_sql.windows_text(metric, "unit", months, city=True).startswith("SELECT f.city, w.first, f.code,")
    ending = Metric("limit", "day", (), ("done_by_end",), (), (), "unit", "handle")
    assert " AND f.done_day < w.after" in metric_sql.windows_text(ending, "all", months)
    assert " AND f.since_day < w.after AND f.until_day >= w.after" in metric_sql.windows_text(ending, "all", months)
    closed = Metric("order", "closed_day", (), (), (), (), "unit")
    assert "f.month" in text
    assert "f.month" not in metric_sql.windows_text(closed, "unit", months)
    calls = Metric("call", "day", (), (), (), (), "centre")
    both = metric_sql.profile_text({"rated": metric, "calls": calls}, "unit", months)
    assert both == f"SELECT 'rated' AS rate, m.* FROM ({text}) m"  # noqa: S608
