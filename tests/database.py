"""Fixtures for tests that need the database: one embedded server a run, a clone of a migrated template a test.

The run's data directory is made by the first process of pytest and shared with the workers of xdist by JIESU_DATA. The
server starts, with fsync off, when the first test asks for it. `db` gives a test its own database in some hundredths of
a second; `module_db` gives one to a whole module that only reads. Django works in it as `jiesu_app`, as in production.

A database with more in it than tables (the cast, a city) is built once a run as a template of its own:

    @pytest.fixture
    def db(databases):
        with databases.clone("cast", cast.build) as clone:
            yield clone
"""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest

from jiesu.store import keys
from jiesu.store.datadir import DataDir, exclusive
from jiesu.store.embedded import DATABASE, OWNER, Embedded
from jiesu.store.pgserver import ROOT_HOME, cluster_folder, socket_folder

RUNS = Path(tempfile.gettempdir()) / f"jiesu-tests-{os.geteuid()}"
FIRST_PROCESS = "JIESU_TESTS_RUN"
MIGRATED = "migrated"
PREPARED = "prepared"
MEMORY = Path("/dev/shm")  # noqa: S108 - nothing in it outlives the run
ENOUGH = 4_000_000_000
_numbers = count(1)


@dataclass(frozen=True)
class Clone:
    """One database. `url` is for processes and connections outside Django; `environ` makes a child process use it."""

    name: str
    embedded: Embedded

    def url(self, role: str = "app") -> str:
        return self.embedded.url(role, database=self.name)  # type: ignore[arg-type]

    @property
    def environ(self) -> dict[str, str]:
        named = {"DATABASE_URL": self.url("owner"), "JIESU_APP_URL": self.url("app")}
        return {**os.environ, **named, "JIESU_KEYS": str(self.embedded.data.keys)}


class Databases:
    """The run's server, its templates and their clones."""

    def __init__(self, data: DataDir) -> None:
        self.embedded = Embedded(data, durable=False)
        self._data = data

    @contextmanager
    def clone(self, template: str = MIGRATED, build: Callable[[], object] | None = None) -> Iterator[Clone]:
        """A database like `template`, Django's own inside the block, dropped after it.

        `build` fills the template, once a run, working through Django in a clone of the migrated one.
        """
        source = self._template(template, build)
        name = f"t{os.getpid()}_{next(_numbers)}"
        self._create(name, source)
        try:
            with self._used_by_django(name):
                yield Clone(name, self.embedded)
        finally:
            self._drop(name)

    def _template(self, name: str, build: Callable[[], object] | None) -> str:
        with exclusive(self._data.run / f"template-{name}.lock"):
            made = self._data.run / f"template-{name}.made"
            if name == MIGRATED:
                if not made.exists():
                    self.migrate()
                    made.touch()
                return DATABASE
            if not made.exists():
                assert build is not None, f"nobody has built the template {name}"
                source = self._template(MIGRATED, None)
                self._drop(f"template_{name}")
                self._create(f"template_{name}", source)
                with self._used_by_django(f"template_{name}"):
                    build()
                made.touch()
            return f"template_{name}"

    def migrate(self) -> None:
        """Migrate the database that all templates come from, as an operator would."""
        subprocess.run([sys.executable, "-m", "jiesu.cli", "migrate"], check=True, stdout=subprocess.DEVNULL)

    @contextmanager
    def _used_by_django(self, name: str) -> Iterator[None]:
        from django.db import connection, connections

        from jiesu.store import connect

        settings = connections.settings["default"]
        connection.close()
        settings.update({**connect.django_database(self._data), "NAME": name})
        for key, default in _DJANGO_DEFAULTS.items():
            settings.setdefault(key, default)
        connection.settings_dict = settings
        try:
            yield
        finally:
            connections.close_all()
            settings["NAME"] = "no test asked for a database"

    def _create(self, name: str, template: str) -> None:
        with self._super as server:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER {OWNER} STRATEGY file_copy')

    def _drop(self, name: str) -> None:
        with self._super as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @property
    def _super(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.embedded.url("super", database="postgres"), autocommit=True)


_DJANGO_DEFAULTS = {"ATOMIC_REQUESTS": False, "AUTOCOMMIT": True, "TIME_ZONE": None, "TEST": {}}


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's data directory in the first process; set Django up in every one, before tests are imported."""
    if not hasattr(config, "workerinput") and FIRST_PROCESS not in os.environ:
        _clear_former_runs()
        os.environ[FIRST_PROCESS] = str(os.getpid())
        os.environ["JIESU_DATA"] = str(RUNS / str(os.getpid()))
        for name in ("DATABASE_URL", "JIESU_APP_URL", "JIESU_KEYS", "JIESU_THREADS", "JIESU_ROLE"):
            os.environ.pop(name, None)
        data = DataDir.choose().prepare()
        keys.load_or_make(data)
        _in_memory(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "jiesu.settings"
    import django
    from django.conf import settings

    # argon2 is slow by design; its own test names it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process, which ends last, stops the server and removes everything."""
    if os.environ.get(FIRST_PROCESS) == str(os.getpid()):
        _remove_run(DataDir.choose())


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The run's server, started by the first process that needs it and stopped by the last one."""
    made = Databases(DataDir.choose())
    with made.embedded.used():
        yield made


@pytest.fixture
def data(tmp_path: Path) -> Iterator[DataDir]:
    """A data directory of the test's own, nothing in it; whatever was made or started there is removed."""
    made = DataDir(tmp_path / "data")
    yield made
    remove(made)


@pytest.fixture
def migrated_data(tmp_path: Path) -> Iterator[DataDir]:
    """A data directory of the test's own with an empty migrated database: made once a run, and copied."""
    made = DataDir(tmp_path / "data")
    _copy(_prepared(), made)
    yield made
    remove(made)


@pytest.fixture
def own_files(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Files of a test's own, with the run's keys: what it sweeps or erases must not be what another one is reading."""
    if "db" in request.fixturenames:
        request.getfixturevalue("db")  # first: a template would be built in that folder
    monkeypatch.setenv("JIESU_KEYS", str(DataDir.choose().keys))
    monkeypatch.setenv("JIESU_DATA", str(tmp_path))


@pytest.fixture(scope="session", autouse=True)
def files_of_the_run_stay() -> Iterator[None]:
    """Whoever destroys files in the folder that all processes share is told so, here and not in another's story."""
    from jiesu.store import files

    shared, remove, sweep = DataDir.choose().root, files.remove, files.sweep

    def own() -> None:
        assert DataDir.choose().root != shared, "this story destroys files: let it ask for own_files"

    def removed(digests: list[str]) -> None:
        if digests:
            own()
        remove(digests)

    def swept(older_than: datetime) -> int:
        own()
        return sweep(older_than)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "remove", removed)
        patch.setattr(files, "sweep", swept)
        yield


def _in_memory(data: DataDir) -> None:
    """Let root's cluster lie in memory where there is enough: a clone is a thousand files made and removed."""
    if os.geteuid() == 0 and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH:
        data.cluster_pointer.write_text(str(MEMORY / f"jiesu-tests-{os.getpid()}"))


def _prepared() -> DataDir:
    """Made by the first process that asks for it, its server stopped."""
    home = DataDir.choose()
    made = DataDir(home.root / PREPARED)
    with exclusive(home.run / f"{PREPARED}.lock"):
        if not (home.run / f"{PREPARED}.made").exists():
            command = [sys.executable, "-m", "jiesu.cli", "migrate", "--data", str(made.root)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            (home.run / f"{PREPARED}.made").touch()
    return made


def _copy(of: DataDir, to: DataDir) -> None:
    _copied(of.root, to.root)
    if os.geteuid() == 0:  # root's cluster lies elsewhere
        home = ROOT_HOME / secrets.token_hex(6)
        _copied(cluster_folder(of).parent, home)
        to.cluster_pointer.write_text(str(home))


def _copied(of: Path, to: Path) -> None:
    """With owners and rights, as an operator would."""
    subprocess.run(["cp", "--archive", str(of), str(to)], check=True)


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    """A migrated, empty database for this test alone."""
    with databases.clone() as clone:
        yield clone


@pytest.fixture(scope="module")
def module_db(databases: Databases) -> Iterator[Clone]:
    """A migrated database shared by a module's tests. Not to be mixed with `db` in one module."""
    with databases.clone() as clone:
        yield clone


def _clear_former_runs() -> None:
    """Remove what a killed run left: its server runs on, since no process of that run was there to stop it."""
    RUNS.mkdir(mode=0o700, exist_ok=True)
    for former in RUNS.iterdir():
        if not _lives(int(former.name)):
            _remove_run(DataDir(former))


def _remove_run(data: DataDir) -> None:
    remove(DataDir(data.root / PREPARED))
    remove(data)


def remove(data: DataDir) -> None:
    """Stop the server of a data directory and remove both, wherever the cluster lies."""
    embedded = Embedded(data)
    if embedded.is_running():
        embedded.stop()
    if os.geteuid() == 0 and data.cluster_pointer.exists():
        shutil.rmtree(cluster_folder(data).parent, ignore_errors=True)
    shutil.rmtree(socket_folder(data), ignore_errors=True)
    shutil.rmtree(data.root, ignore_errors=True)


def _lives(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
