"""The clocks of the worker: each chore at its time, again after a failure, never twice at once."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Event

import psycopg
import pytest

from jiesu.jobs import chores, clock
from jiesu.jobs.chores import CHORES, CLOCK, Chore
from jiesu.store import files, idempotency, models, queue, sql
from jiesu.store.datadir import DataDir
from jiesu.store.idempotency import Key
from tests import city
from tests.city import MONDAY, local
from tests.database import Clone, Databases


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


class Day:
    """A clock that goes on by a step at every look, and stops the run at its end."""

    def __init__(self, start: datetime, step: timedelta, end: datetime) -> None:
        self.now, self.step, self.end, self.stop = start, step, end, Event()

    def __call__(self) -> datetime:
        self.now += self.step
        if self.now > self.end:
            self.stop.set()
        return self.now


def test_each_chore_runs_at_its_time_and_after_a_failure_again(db: Clone, caplog: pytest.LogCaptureFixture) -> None:
    ran: list[str] = []

    def good(now: datetime) -> None:
        ran.append(f"good {now.astimezone(MONDAY.tzinfo):%H:%M}")

    def bad(now: datetime) -> None:
        ran.append(f"bad {now.astimezone(MONDAY.tzinfo):%H:%M}")
        raise psycopg.OperationalError("王芳 13800001111")

    day = Day(local("2026-11-23 01:00"), timedelta(minutes=1), local("2026-11-24 03:00"))
    chores_of_the_day = (Chore("good", good, every=timedelta(hours=9)), Chore("bad", bad, at=time(2, 33)))
    clock.run(chores_of_the_day, day.stop, day, look=0)
    assert ran == ["good 01:03", "bad 02:34", "good 10:03", "good 19:03", "bad 02:34"]
    assert caplog.messages == ["bad failed: OperationalError"] * 2


def test_a_thread_of_chores_ends_when_told_to() -> None:
    stop, ran = Event(), Event()
    thread = clock.started("test", (Chore("one", lambda _: ran.set(), every=timedelta(days=1)),), stop)
    assert ran.wait(10)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_the_time_of_day_is_the_citys() -> None:
    nightly = Chore("nightly", print, at=time(2, 30))
    assert nightly.first(local("2026-12-31 02:29")) == local("2026-12-31 02:30")
    assert nightly.after(local("2026-12-31 02:30")) == local("2027-01-01 02:30")
    assert nightly.first(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)) == local("2027-01-01 02:30")


def test_every_chore_may_run_on_an_empty_city_and_twice(db: Clone, own_files: None) -> None:
    for _ in range(2):
        for chore in (*CLOCK, *CHORES):
            chore.do(MONDAY)
    assert [(chore.name, chore.every) for chore in CLOCK] == [
        ("tick", timedelta(seconds=20)),
        ("planned changes", timedelta(seconds=20)),
    ]


def test_every_chore_may_run_before_a_city_is_loaded(databases: Databases, request: pytest.FixtureRequest) -> None:
    with databases.clone():
        request.getfixturevalue("own_files")
        for chore in (*CLOCK, *CHORES):
            chore.do(MONDAY)


def test_the_months_ahead_have_their_partitions_over_the_turn_of_the_year(db: Clone) -> None:
    chores.ensure_months(local("2026-12-01 00:00"))
    made = sql.rows("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'event'::regclass ORDER BY 1")
    assert [name for (name,) in made] == ["event_m2612", "event_m2701", "event_m2702", "event_m2703", "event_rest"]


def test_an_announced_year_that_waits_to_be_loaded_is_said(db: Clone, caplog: pytest.LogCaptureFixture) -> None:
    assert chores.check_calendar(MONDAY) is True
    assert chores.check_calendar(local("2014-06-01 00:00")) is False
    assert caplog.messages == ["the calendar of 2014 is announced and waits to be loaded into the city's"]


def test_unused_uploads_are_swept_after_two_days(db: Clone, own_files: None) -> None:
    png = {"name": "现场.png", "mime": "image/png", "by": "s1"}
    old = files.save(b"old", now=MONDAY, **png)
    young = files.save(b"young", now=MONDAY + timedelta(days=2), **png)
    used = files.save(b"used", now=MONDAY, **png)
    files.attach([used], city.registered().number)
    chores.sweep_files(MONDAY + timedelta(days=2, seconds=1))
    assert set(files.describe([old, young, used])) == {young, used}
    orphan = DataDir.choose().files / "aa" / ("a" * 64)
    orphan.parent.mkdir(parents=True, exist_ok=True)
    orphan.write_bytes(b"left by a crash")
    os.utime(orphan, (MONDAY.timestamp(), MONDAY.timestamp()))
    chores.sweep_files(MONDAY + timedelta(days=2, seconds=1))
    assert not orphan.exists()


def test_what_moved_goes_into_the_days_manifest(db: Clone) -> None:
    order = city.accepted()
    chores.seal_recent(MONDAY + timedelta(minutes=30))
    chores.seal_recent(MONDAY + timedelta(minutes=60))
    assert list(models.Manifest.objects.values_list("day", "count")) == [(MONDAY.date(), order.version)]


# -- jobs of a worker that died


def doing(job: str, worker: int | None, attempts: int = 0) -> None:
    sql.run(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s WHERE task_name = %s",
        (worker, attempts, job),
    )


def worker(silent: float) -> int:
    return int(
        sql.value(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))"
            " RETURNING id",
            (silent,),
        )
    )


def statuses() -> dict[str, tuple[str, int]]:
    found = sql.rows("SELECT task_name, status::text, attempts FROM procrastinate_jobs")
    return {name: (status, attempts) for name, status, attempts in found}


def test_a_dead_workers_jobs_are_done_by_another_and_a_living_ones_are_left(
    db: Clone, caplog: pytest.LogCaptureFixture
) -> None:
    for job in ("waiting", "dead", "gone", "living", "poison"):
        queue.defer(job, number=1)
    dead, living = worker(silent=31), worker(silent=5)
    doing("dead", dead)
    doing("gone", None)
    doing("living", living)
    doing("poison", dead, attempts=queue.ATTEMPTS)
    with caplog.at_level(logging.WARNING):
        chores.revive_jobs(MONDAY)
        chores.revive_jobs(MONDAY)
    assert statuses() == {
        "waiting": ("todo", 0), "dead": ("todo", 1), "gone": ("todo", 1), "living": ("doing", 0),
        "poison": ("failed", queue.ATTEMPTS + 1),
    }  # fmt: skip
    assert caplog.messages == ["jobs of a dead worker: 2 queued again, 1 given up"]


def test_failed_jobs_are_forgotten_after_a_month(db: Clone) -> None:
    for job in ("old", "new", "waiting"):
        queue.defer(job, number=1)
    sql.run("UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name <> 'waiting'")
    sql.run("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name <> 'waiting'")
    sql.run(
        "UPDATE procrastinate_events SET at = at - interval '31 days' WHERE job_id ="
        " (SELECT id FROM procrastinate_jobs WHERE task_name = 'old')"
    )
    chores.forget_failed(MONDAY)
    assert sorted(statuses()) == ["new", "waiting"]


def test_a_job_is_queued_with_its_transaction_or_not_at_all(db: Clone, tmp_path: Path) -> None:
    with psycopg.connect(db.url("app")) as other:
        queue.defer_many("notify", [{"number": 1}, {"number": 2}])
        queue.defer_many("notify", [])
        found = other.execute("SELECT queue_name, task_name, args, status::text FROM procrastinate_jobs ORDER BY id")
        assert found.fetchall() == [
            ("default", "notify", {"number": 1}, "todo"), ("default", "notify", {"number": 2}, "todo"),
        ]  # fmt: skip


def test_keys_of_requests_are_kept_a_month(db: Clone) -> None:
    for key, days in (("old", 31), ("recent", 29)):
        idempotency.keep(Key(1, key, "{}"), 2611230000001, MONDAY - timedelta(days=days))
    chores.forget_keys(MONDAY)
    assert sql.rows("SELECT key FROM idempotency_key") == [("recent",)]
