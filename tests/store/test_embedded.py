"""The embedded server: made whole or not at all, closed to strangers, and up again after anything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from jiesu.store.datadir import CannotStart, DataDir
from jiesu.store.embedded import Embedded
from jiesu.store.pgserver import cluster_folder, copy_programs, find_place, socket_folder


@pytest.fixture
def server(data: DataDir) -> Embedded:
    return Embedded(data, durable=False)


def ask(server: Embedded, sql: str, role: str = "owner") -> object:
    with psycopg.connect(server.url(role)) as connection:  # type: ignore[arg-type]
        row = connection.execute(sql).fetchone()  # type: ignore[arg-type]
        return row and row[0]


def test_a_first_start_makes_a_database_that_speaks_chinese_and_no_network(server: Embedded, data: DataDir) -> None:
    server.start()
    assert ask(server, "SELECT current_user || '/' || current_database()") == "jiesu/jiesu"
    assert ask(server, "SELECT current_user", "app") == "jiesu_app"
    assert ask(server, "SHOW server_encoding") == "UTF8"
    assert (
        ask(server, "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'jiesu'") == "bC.UTF-8"
    )
    assert ask(server, "SHOW listen_addresses") == ""
    assert ask(server, "SHOW password_encryption") == "scram-sha-256"
    assert ask(server, "SELECT extname FROM pg_extension WHERE extname LIKE 'pg_stat%'") == "pg_stat_statements"
    assert [oct(path.stat().st_mode & 0o777) for path in (data.root, socket_folder(data), cluster_folder(data))] == [
        "0o700"
    ] * 3
    assert oct(data.passwords.stat().st_mode & 0o777) == "0o600"


def test_a_stranger_without_the_password_is_turned_away(server: Embedded) -> None:
    server.start()
    password = server.url("app").split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url("app").replace(password, "guess"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url("app").replace("jiesu_app:", "jiesu:"))


def test_the_app_role_makes_no_table_and_reads_no_other(server: Embedded) -> None:
    server.start()
    with psycopg.connect(server.url("owner")) as owner:
        owner.execute("CREATE TABLE secret (id int)")
    with psycopg.connect(server.url("app"), autocommit=True) as app:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SELECT * FROM secret")


def test_the_log_never_quotes_what_a_citizen_said(server: Embedded, data: DataDir) -> None:
    server.start()
    with psycopg.connect(server.url("owner"), autocommit=True) as owner:
        owner.execute("CREATE TABLE person (phone text PRIMARY KEY)")
        owner.execute("INSERT INTO person VALUES ('13800138000')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            owner.execute("INSERT INTO person VALUES ('13800138000')")
    log = (data.logs / "postgres.log").read_text()
    assert "duplicate key value" in log
    assert "13800138000" not in log


def test_what_was_committed_before_a_kill_is_there_after_it(server: Embedded, data: DataDir) -> None:
    first = server.start()
    with ExitStack() as sessions:
        owner = sessions.enter_context(psycopg.connect(server.url("owner"), autocommit=True))
        owner.execute("CREATE TABLE kept AS SELECT 1 AS id")
        busy = subprocess.Popen([sys.executable, "-c", _BUSY, server.url("owner")], stderr=subprocess.DEVNULL)
        _wait(lambda: ask(server, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'busy'") == 1)
        os.kill(first, signal.SIGKILL)
        _wait(lambda: server.has_ended(first))
        assert _backends(data) != set()
        second = server.start()
        assert second != first
        assert ask(server, "SELECT count(*) FROM kept") == 1
        busy.wait(20)
        with pytest.raises(psycopg.OperationalError):
            owner.execute("SELECT 1")
    assert _parents(_backends(data) - {second}) == {second}


# Counting does not notice the end of the postmaster, so its backend lives on for some seconds.
_BUSY = """
import psycopg, sys
psycopg.connect(sys.argv[1], application_name="busy").execute("SELECT count(*) FROM generate_series(1, 60000000)")
"""


def _backends(data: DataDir) -> set[int]:
    return {p.pid for p in psutil.process_iter() if _cwd(p) == str(cluster_folder(data))}


def _parents(processes: set[int]) -> set[int]:
    """Whose children these are; a server's helper may end while it is asked after."""
    found = set()
    for pid in processes:
        with suppress(psutil.NoSuchProcess):
            found.add(psutil.Process(pid).ppid())
    return found


def test_a_pid_file_that_names_somebody_else_stops_nobody(server: Embedded, data: DataDir) -> None:
    server.start()
    server.stop()
    stale = cluster_folder(data) / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{cluster_folder(data)}\n0\n5432\n\n\n\nready\n")
    assert not server.is_running()
    server.start()
    assert ask(server, "SELECT 1") == 1


def test_a_first_start_cut_short_leaves_nothing_in_the_way(server: Embedded, data: DataDir) -> None:
    data.prepare()
    place = find_place(data)
    place.cluster.parent.mkdir(mode=0o700, exist_ok=True, parents=True)
    place.give(place.cluster.parent)
    (place.cluster.parent / "pg.draft").mkdir()
    (place.cluster.parent / "pg.draft" / "half").write_text("a file of a killed initdb")
    (place.cluster.parent / "pw").write_text("a password nobody has")
    server.start()
    assert ask(server, "SELECT 1") == 1
    assert [path.name for path in place.cluster.parent.glob("p[gw]*") if path.name in ("pg.draft", "pw")] == []


def test_a_cluster_of_another_version_is_refused_and_untouched(server: Embedded, data: DataDir) -> None:
    server.ensure_initialized()
    (cluster_folder(data) / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotStart, match="是 PostgreSQL 15 建的，本程序带的是 18"):
        server.start()
    assert not server.is_running()


def test_the_last_user_to_leave_stops_the_server_and_not_the_first(data: DataDir) -> None:
    one, two = Embedded(data, durable=False), Embedded(data, durable=False)
    with two.held():
        with one.used():
            running = one.postmaster()
        assert two.postmaster() == running
    assert two.postmaster() is None


def test_a_user_that_was_killed_does_not_keep_the_server_up(data: DataDir) -> None:
    story = f"""
        import os, signal
        from jiesu.store.datadir import DataDir
        from jiesu.store.embedded import Embedded
        from pathlib import Path
        with Embedded(DataDir(Path({str(data.root)!r})), durable=False).used():
            os.kill(os.getpid(), signal.SIGKILL)
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(story)], check=False)
    assert killed.returncode == -signal.SIGKILL
    left = Embedded(data)
    found = left.postmaster()
    assert found is not None
    with left.used():
        assert left.postmaster() == found
    assert left.postmaster() is None


def test_a_server_tied_to_its_parent_ends_with_it_however_it_ends(data: DataDir) -> None:
    story = f"""
        import os, signal
        from jiesu.store.datadir import DataDir
        from jiesu.store.embedded import Embedded
        from pathlib import Path
        Embedded(DataDir(Path({str(data.root)!r})), durable=False).start(deathsig=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(story)], check=False)
    _wait(lambda: not Embedded(data).is_running())
    assert "received fast shutdown request" in (data.logs / "postgres.log").read_text()


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = DataDir(tmp_path / ("很长的目录" * 8)).prepare()
    find_place(deep)
    assert len(os.fsencode(socket_folder(deep))) <= 90


def test_copied_programs_run_from_where_they_were_copied(tmp_path: Path) -> None:
    programs = copy_programs(tmp_path)
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("postgres (PostgreSQL) 18.")
    assert copy_programs(tmp_path) == programs
    assert [path.name for path in tmp_path.iterdir()] == [programs.parents[2].name]


def _cwd(process: psutil.Process) -> str | None:
    try:
        return process.cwd()
    except (psutil.Error, OSError):
        return None


def _wait(done: object, seconds: float = 10.0) -> None:
    limit = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.02)
