"""Common words and rare ones are read in different ways, and find the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import psycopg
import pytest

from jiesu.store import search, similar, sql
from tests import city
from tests.city import HEAT, HOUR, MONDAY
from tests.database import Clone, Databases

FILLER = 3000
NOISE = (
    "INSERT INTO search_text (number, received_at, body, words)"
    " SELECT g, %(at)s::timestamptz - g * interval '4 minutes', '',"
    " CASE WHEN g %% 2 = 0 THEN '''供暖'':1'::tsvector ELSE '''路灯'':1'::tsvector END"
    " FROM generate_series(1, %(n)s) g"
)


@pytest.fixture(autouse=True)
def db(databases: Databases) -> Iterator[Clone]:
    """A city whose statistics say that every other text of the last eight days speaks of 供暖."""
    with databases.clone("city", city.build) as clone:
        sql.run(NOISE, {"at": MONDAY - HOUR, "n": FILLER})
        yield clone
        similar.forget()


def analyzed(db: Clone) -> None:
    """The statistics are made by the owner of the tables, as autovacuum does it."""
    with psycopg.connect(db.url("owner"), autocommit=True) as link:
        link.execute("ANALYZE search_text")
    similar.forget()


def told(text: str, at: datetime, **facts: str) -> int:
    return city.registered(at, text=text, **facts).number


def found(words: str, units: list[str] | None = None) -> list[int]:
    return [hit.number for hit in search.by_words(words, now=MONDAY + HOUR, units=units, window=search.NEAR)]


def test_a_common_word_finds_the_newest_first_however_it_is_read(db: Clone) -> None:
    mine = [told("小区供暖不热", MONDAY - timedelta(minutes=at)) for at in range(3)]
    rare = told("榫卯亭供暖坏了", MONDAY)
    rare_and_common = found("榫卯亭供暖")
    similar.forget()
    by_index = found("供暖")
    analyzed(db)
    assert similar.frequencies().within(search.NEAR) > FILLER
    in_order = found("供暖")
    assert by_index == in_order == [rare, *mine]
    assert found("榫卯亭供暖") == rare_and_common == [rare]


def test_a_unit_finds_its_own_among_many(db: Clone) -> None:
    order = city.dispatched(text="供暖不热", lead=HEAT)
    told("供暖不热", MONDAY)
    analyzed(db)
    assert found("供暖", [HEAT]) == [order.number]
    assert found("供暖", ["U0114"]) == []


def test_words_and_a_name_are_asked_in_one_statement() -> None:
    by_words = told("张小凤门市部噪声扰民", MONDAY)
    named = city.registered(MONDAY, name="张小凤", phone="13800001111").number
    with sql.counting() as seen:
        hits, people = search.by_words_and_name("张小凤", "张小凤", now=MONDAY + HOUR, units=None)
    assert ([one.number for one in hits], [one.number for one in people]) == ([by_words], [named])
    assert len([one for one in seen if "pg_stats" not in one]) == 1
    assert search.by_words_and_name("，", "", now=MONDAY, units=None) == ([], [])
