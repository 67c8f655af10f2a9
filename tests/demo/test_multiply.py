"""Copies of a simulated history: good for lists and figures, and never taken for the record."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests import city

if TYPE_CHECKING:
    from tests.database import Clone, Databases

UNTIL = city.local("2026-11-20 00:00")
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
SIMULATED, WHOLE, PER_YEAR = 120, 700, 300


@pytest.fixture
def db(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clone]:
    """A small city with a history of sixty days, in a data directory of its own."""
    from jiesu.demo.simulate import scenario
    from jiesu.demo.simulate.run import simulate

    with databases.clone("city", city.build) as clone:
        monkeypatch.setenv("JIESU_KEYS", str(databases.embedded.data.keys))
        monkeypatch.setenv("JIESU_DATA", str(tmp_path / "data"))
        simulate(
            orders=SIMULATED,
            days=60,
            seed=3,
            until=UNTIL,
            scenario=scenario.load(),
            show=lambda stage, at, whole: None,
            now=NOW,
            processes=1,
            analyze=False,
        )
        yield clone


def multiply(db: Clone, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jiesu.cli", "multiply", *words]
    return subprocess.run(command, env=db.environ, capture_output=True, text=True, check=False, timeout=120)


def grown(db: Clone, *words: str) -> None:
    done = multiply(db, "--to", str(WHOLE), "--per-year", str(PER_YEAR), *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("新增复制件 580 张，现共 700 张，用时 ")
    assert done.stdout.endswith("复制件仅供报表和列表测试。\n")


def copies() -> list[int]:
    from jiesu.store import sql
    from jiesu.store.copies import copied

    asked = f"SELECT number FROM work_order WHERE {copied('number')} ORDER BY number"  # noqa: S608
    return [row[0] for row in sql.rows(asked, {})]


def indexes() -> list[Any]:
    """Every index but those of the months of events, of which copies may bring new ones."""
    from jiesu.store import sql

    held = sql.rows("SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2")
    return [one for one in held if not one[0].startswith("event_m")]


def count(what: str) -> Any:
    from jiesu.store import sql

    return sql.value(f"SELECT count(*) FROM {what}")  # noqa: S608


def test_a_million_in_small(db: Clone) -> None:
    """Years, open orders, words, people, kin: each copy is an order that opens and could go on."""
    from jiesu.domain.workdays import CITY_ZONE
    from jiesu.store import orders, people, search, sql

    before = indexes()
    at_work = count("work_order WHERE state <> 'closed'")
    grown(db)
    made = copies()
    assert len(made) == WHOLE - SIMULATED
    first = sql.value("SELECT min(number) FROM work_order WHERE number %% 10000000 <= %s", (SIMULATED,))
    this_year = [number for number in made if number >= first // 10_000_000 * 10_000_000]
    assert len(this_year) == PER_YEAR - SIMULATED
    assert count("work_order WHERE state <> 'closed' OR tick_at IS NOT NULL") > at_work > 0
    for number in made:
        found = orders.load(number)
        assert found is not None
        order, events = found[0].order, orders.events(number)
        assert (order.number, order.version) == (number, len(events))
        assert order.received_at is not None
        assert str(number)[:6] == f"{order.received_at.astimezone(CITY_ZONE):%y%m%d}"
        assert order.received_at.astimezone(CITY_ZONE) < UNTIL
        assert found[0].title.startswith("〔复制〕")
        assert {name for _, name in orders.texts(number)}
        assert number in this_year or order.state == "closed"
        for child in order.children:
            assert orders.load(child)[0].order.parent == number  # type: ignore[index]
        if order.person is not None:
            known = people.read(order.person)
            assert known is not None
            assert number in {hit.number for hit in search.by_phone(known.phone, limit=50)} or order.person is None
    assert indexes() == before
    assert count("pg_tables WHERE tablename LIKE 'scale%%'") == 0


def test_verify_counts_copies_apart_and_seals_none_of_them(db: Clone) -> None:
    from jiesu.store import manifest, sql
    from jiesu.store.verify import verify

    grown(db)
    made = copies()
    found = verify()
    assert (found.faults, found.orders, found.copies) == ([], SIMULATED, WHOLE - SIMULATED)
    assert manifest.seal(NOW) == 0
    asked = verify(made[:3])
    assert (asked.faults, asked.orders, asked.copies) == ([], 0, 3)
    command = [sys.executable, "-m", "jiesu.cli", "verify"]
    said = subprocess.run(command, env=db.environ, capture_output=True, text=True, check=True, timeout=120).stdout
    assert "另有复制件 580 张（jiesu multiply 所制，仅供报表和列表测试），不是记录，没有核验，也不封存。" in said
    # What is registered after it is a record like any other, and so is the history that was copied.
    real = city.registered(NOW)
    assert real.number not in copies()
    assert verify([real.number]).orders == 1
    with psycopg.connect(db.url("owner"), autocommit=True) as owner:
        owner.execute("UPDATE leg SET unit = 'U0114' WHERE number = (SELECT min(number) FROM leg WHERE number"
                      " % 10000000 <= 120)")  # fmt: skip
    assert [fault.about for fault in verify().faults] == ["row"]
    assert sql.value("SELECT count(*) FROM manifest WHERE day > %s", (NOW.date(),)) == 0


def test_a_lean_copy_has_no_words_and_opens_all_the_same(db: Clone) -> None:
    from jiesu.store import orders

    texts = count("order_text")
    grown(db, "--lean")
    assert count("order_text") == texts
    for number in copies():
        found = orders.load(number)
        assert found is not None
        assert len(orders.events(number)) == found[0].order.version
        assert orders.texts(number) == {}


def test_asked_again_it_adds_what_is_missing_and_no_number_twice(db: Clone) -> None:
    from jiesu.store import sql

    grown(db)
    again = multiply(db, "--to", str(WHOLE))
    assert again.stdout.startswith("新增复制件 0 张，现共 700 张")
    city.registered(NOW)
    more = multiply(db, "--to", "1000", "--per-year", str(PER_YEAR))
    assert more.stdout.startswith("新增复制件 299 张，现共 1,000 张")
    assert len(copies()) == 1000 - SIMULATED - 1
    assert count("call") == sql.value("SELECT count(DISTINCT exchange_id) FROM call")


def test_broken_off_it_goes_on_where_it_stopped(db: Clone) -> None:
    """As after a kill: one batch was asked for, its first days are there, indexes are dropped, nothing is settled."""
    from jiesu.store.verify import verify

    before = indexes()
    stopping = (
        "from jiesu.cli import frame\n"
        "frame.setup_django('owner')\n"
        "from jiesu.store import scale_rows\n"
        "import jiesu.demo.multiply as kit\n"
        "from datetime import UTC, datetime\n"
        "kit._CHUNK = 60\n"
        "do, done = scale_rows.multiply, []\n"
        "def some(*given):\n"
        "    done.append(do(*given))\n"
        "    if len(done) == 3: raise SystemExit(9)\n"
        "scale_rows.multiply = some\n"
        "with frame.ready(role='owner'):\n"
        f"    kit.multiply({WHOLE}, per_year={PER_YEAR}, lean=False, show=lambda *_: None, now=datetime.now(UTC),"
        " processes=1)\n"
    )
    stopped = subprocess.run([sys.executable, "-c", stopping], env=db.environ, check=False, timeout=120)
    assert stopped.returncode == 9
    assert SIMULATED < count("work_order") < WHOLE
    assert verify().faults == []
    grown_to = multiply(db, "--to", str(WHOLE), "--per-year", str(PER_YEAR))
    assert grown_to.stdout.split("，")[1] == "现共 700 张"
    assert len(copies()) == WHOLE - SIMULATED
    assert indexes() == before


def test_a_city_without_a_simulated_history_is_not_copied(db: Clone, tmp_path: Path) -> None:
    environ = {**db.environ, "JIESU_DATA": str(tmp_path / "other")}
    command = [sys.executable, "-m", "jiesu.cli", "multiply", "--to", "700"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert done.stderr == (
        "这里没有推演出来的历史；复制件只用来试报表和列表，不能从真实工单复制。请先运行 jiesu simulate\n"
    )
    assert count("work_order") == SIMULATED
