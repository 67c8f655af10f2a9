"""The worker as a process: it does what moves leave behind, and outlives its database and itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from jiesu.domain import windows
from jiesu.store import keys, sql, staff
from jiesu.store.datadir import DataDir
from jiesu.store.embedded import Embedded
from jiesu.workflow import signal_searches
from tests import city
from tests.database import Clone, Databases


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


@contextmanager
def working(environ: dict[str, str], output: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process, ended in order."""
    with (
        output.open("ab") as out,
        subprocess.Popen([sys.executable, "-m", "jiesu.cli", "worker"], env=environ, stdout=out, stderr=out) as process,
    ):
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def gateway(folder: Path, seconds: float = 0) -> dict[str, str]:
    """A city's notifying program, which says first that it was called, and takes its time."""
    program = folder / "gateway.py"
    program.write_text(
        "import sys, time\nopen(sys.argv[1], 'a').write(sys.stdin.read() + chr(10))\ntime.sleep(float(sys.argv[2]))\n"
    )
    return {"JIESU_NOTIFY": f"{sys.executable} {program} {folder / 'said'} {seconds}"}


def said(folder: Path) -> int:
    file = folder / "said"
    return len(file.read_text("utf-8").splitlines()) if file.exists() else 0


def test_an_urgent_move_is_told_within_moments_and_the_worker_ends_in_order(db: Clone, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    late = city.dispatched(now - timedelta(days=5))
    with working({**db.environ, **gateway(tmp_path)}, tmp_path / "out") as worker:
        wait(lambda: sql.value("SELECT count(*) FROM procrastinate_workers") == 1)
        # The tick runs by itself.
        wait(lambda: sql.value("SELECT count(*) FROM event WHERE number = %s AND move = 'urge'", (late.number,)) == 1)
        order = city.dispatched(now, urgency="urgent")
        began = time.monotonic()
        wait(lambda: sql.value("SELECT count(*) FROM notice WHERE told_at IS NOT NULL") > 0)
        assert time.monotonic() - began < 5
        wait(lambda: sql.value("SELECT count(*) FROM procrastinate_jobs") == 0)
    assert worker.returncode == 0
    assert str(order.number) in (tmp_path / "said").read_text("utf-8")
    assert sql.value("SELECT count(*) FROM procrastinate_workers") == 0


def test_a_search_for_signals_is_done_by_the_worker(db: Clone, tmp_path: Path) -> None:
    window = windows.read("2026-11")
    now = datetime.now(UTC)
    supervisor = staff.actor(sql.value("SELECT id FROM staff WHERE login = 'duban1'"), now)
    assert supervisor is not None
    assert signal_searches.ask(window, by=supervisor, now=now)
    assert not signal_searches.ask(window, by=supervisor, now=now)
    with working({**db.environ}, tmp_path / "out"):
        wait(lambda: sql.value("SELECT count(*) FROM procrastinate_jobs") == 0)
    assert sql.rows('SELECT no, state, done, "of", found FROM signal_search') == [(1, "done", 5, 6, 0)]


def test_what_a_killed_worker_was_doing_is_done_by_the_next(db: Clone, tmp_path: Path) -> None:
    city.dispatched(datetime.now(UTC), urgency="urgent")  # late with nothing, so that the tick has nothing to tell
    with working({**db.environ, **gateway(tmp_path, seconds=60)}, tmp_path / "out") as first:
        wait(lambda: said(tmp_path) > 0)
        first.kill()
        first.wait(10)
    told = said(tmp_path)
    assert sql.rows("SELECT status::text FROM procrastinate_jobs") == [("doing",)]
    # Half a minute of silence, without waiting for it.
    sql.run("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '31 seconds'")
    with working({**db.environ, **gateway(tmp_path)}, tmp_path / "out"):
        wait(lambda: sql.value("SELECT count(*) FROM procrastinate_jobs") == 0)
    assert said(tmp_path) > told
    assert sql.value("SELECT count(*) FROM notice WHERE urgent AND told_at IS NULL") == 0


def test_a_database_that_is_killed_and_comes_back_finds_its_worker_at_work(data: DataDir, tmp_path: Path) -> None:
    environ = {**os.environ, "JIESU_DATA": str(data.root), **gateway(tmp_path)}
    keys.load_or_make(data.prepare())
    embedded = Embedded(data, durable=False)
    with embedded.used():
        subprocess.run([sys.executable, "-m", "jiesu.cli", "migrate"], env=environ, check=True, capture_output=True)
        with working(environ, tmp_path / "out") as worker:
            wait(lambda: asked(embedded, "SELECT count(*) FROM procrastinate_workers") == 1)
            postmaster = embedded.postmaster()
            assert postmaster is not None
            os.kill(postmaster, signal.SIGKILL)
            time.sleep(1)
            embedded.start()
            asked(embedded, _NOTICE)
            wait(lambda: asked(embedded, "SELECT count(*) FROM notice WHERE told_at IS NOT NULL") == 1, 90)
            assert worker.poll() is None
    assert worker.returncode == 0
    assert said(tmp_path) == 1


_NOTICE = (
    "WITH u AS (INSERT INTO unit (code, name, short, kind, group_size, phone, duties, active, pinyin, initials)"
    " VALUES ('HEAT', '供热公司', '供热公司', 'company', 'middle', '19900010061', '', true, '', '')),"
    " n AS (INSERT INTO notice (number, key, at, role, unit, words, urgent)"
    " VALUES (1, '3:dispatch', now(), 'unit_clerk', 'HEAT', '紧急工单', true))"
    " SELECT array_length(procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'notify', 0, NULL, NULL,"
    " '{\"number\": 1}'::jsonb, NULL)::procrastinate_job_to_defer_v1]), 1)"
)


def asked(embedded: Embedded, statement: str) -> object:
    with psycopg.connect(embedded.url("owner"), autocommit=True) as connection:
        found = connection.execute(statement.encode()).fetchone()
    return found[0] if found else None


def wait(done: Callable[[], bool], seconds: float = 40.0) -> None:
    limit = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.05)
