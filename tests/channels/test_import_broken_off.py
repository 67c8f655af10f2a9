"""Killed in the middle, run twice at once, overtaken by a rival: whole rows, each once, and the next run goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from jiesu.channels.intake_files import BATCH
from jiesu.domain.order import SYSTEM
from jiesu.store import external, sql
from jiesu.store.verify import verify
from jiesu.workflow.importing import Arrival, Taken, take_in
from tests import city
from tests.channels.bringing import brought, count
from tests.channels.made_files import written
from tests.city import MONDAY
from tests.database import Clone, Databases

ROWS = 4 * BATCH


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def listed(folder: Path, rows: int) -> Path:
    body = "".join(f"{no},小区第 {no} 次停水,2026-11-{no % 20 + 1:02},张{no},1380000{no:04}\n" for no in range(rows))
    return written(folder, "list.csv", f"留言编号,留言详情,留言时间,姓名,电话\n{body}")


def importing(path: Path, db: Clone) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "jiesu.cli", "import", str(path)]
    return subprocess.Popen(command, env=db.environ, cwd=path.parent, stdout=subprocess.PIPE, text=True)


def after_the_first_batch() -> None:
    patience = time.monotonic() + 60
    while not count("work_order") and time.monotonic() < patience:
        time.sleep(0.01)


def test_killed_between_two_batches_it_leaves_whole_rows_and_goes_on(db: Clone, tmp_path: Path) -> None:
    path = listed(tmp_path, ROWS)
    with importing(path, db) as running:
        after_the_first_batch()
        running.kill()
    held = count("work_order")
    assert held in (BATCH, 2 * BATCH, 3 * BATCH)
    assert [count(table) for table in ("event", "external", "person", "search_text", "contact")] == [held] * 5
    assert sql.rows("SELECT added, ended_at FROM import_run") == [(held, None)]
    assert verify(processes=1).faults == []
    assert brought(path) == (ROWS - held, held, [])
    assert count("work_order") == ROWS


def test_broken_off_by_hand_it_keeps_what_was_done(db: Clone, tmp_path: Path) -> None:
    path = listed(tmp_path, ROWS)
    with importing(path, db) as running:
        after_the_first_batch()
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=60)
    held = count("work_order")
    assert running.returncode == 130
    assert said.splitlines()[-1] == "已处理的行有效，再运行一次即可接着导入。"
    assert held in (BATCH, 2 * BATCH, 3 * BATCH)
    assert brought(path) == (ROWS - held, held, [])


def test_two_runs_at_once_take_each_row_once(db: Clone, tmp_path: Path) -> None:
    path = listed(tmp_path, 2 * BATCH)
    with importing(path, db) as one, importing(path, db) as other:
        assert (one.wait(120), other.wait(120)) == (0, 0)
    added, known = sql.rows("SELECT sum(added), sum(known) FROM import_run")[0]
    assert (added, known, count("work_order"), count("event")) == (2 * BATCH,) * 4


@pytest.mark.parametrize(("content", "known", "refused"), [("停水了", 1, 0), ("另一件事", 0, 1)])
def test_a_rival_that_is_first_is_waited_for(db: Clone, content: str, known: int, refused: int) -> None:
    run = external.begin_run("0" * 64, "list.csv", by="system", now=MONDAY)
    arrivals = [
        Arrival(("board", no), "停水了", "register", {"channel": "board", "text": "停水了"}) for no in ("1", "2")
    ]

    def take() -> Taken:
        try:
            return take_in(arrivals, by=SYSTEM, now=MONDAY, run=run)
        finally:
            connections.close_all()

    with psycopg.connect(db.url()) as rival, ThreadPoolExecutor(1) as pool:
        rival.execute(
            "INSERT INTO external (source, external, number, digest) VALUES ('board', '1', 7, %s)",
            (external.digest(content),),
        )
        answer = pool.submit(take)
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        patience = time.monotonic() + 60
        while not sql.value(waiting):
            assert time.monotonic() < patience, "the second one does not wait for the first"
            time.sleep(0.01)
        rival.commit()
        taken = answer.result()
    assert (taken.added, taken.known, [at for at, _ in taken.refused]) == (1, known, [0] * refused)
    assert (count("work_order"), count("event"), count("external")) == (1, 1, 2)
