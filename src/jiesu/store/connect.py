"""Which database this installation uses, and as whom.

DATABASE_URL names an outside PostgreSQL (15 or later) and its owner; nothing embedded is then started. Without it
the data directory's own server is used. Two roles (architecture.md §3): `owner` migrates, `app` does everything else;
outside, the owner's sessions act as `jiesu_app` by an option, unless JIESU_APP_URL names a login of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool.base import AttemptWithBackoff

from jiesu.store.datadir import CannotStart, DataDir
from jiesu.store.embedded import APP, Embedded

Role = Literal["owner", "app"]
OLDEST = 150000
WAIT = 10.0  # seconds a request waits for a connection while the database comes back

# The queue's pool of connections asks every second whether the database is back. Doubling its pauses, as it does by
# itself, would keep jobs waiting for up to twice as long as the database was away; the pool has no option for it.
AttemptWithBackoff.DELAY_BACKOFF = 1.0


def url(data: DataDir, role: Role = "owner", environ: Mapping[str, str] | None = None) -> str:
    """The connection string of a role; psql and psycopg take it as it is."""
    env = os.environ if environ is None else environ
    outside = env.get("DATABASE_URL")
    if not outside:
        return Embedded(data).url(role)
    if role == "app":
        return env.get("JIESU_APP_URL") or _as_app(outside)
    return outside


def name(data: DataDir, environ: Mapping[str, str] | None = None) -> str:
    """Which database this is, in a few words without a password: "embedded", or host, port and database outside."""
    if is_embedded(environ):
        return "embedded"
    parts = _split(url(data, environ=environ))
    return " ".join(str(parts.get(key, "")) for key in ("host", "port", "dbname"))


def django_database(data: DataDir, environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Django's entry for this process: role by JIESU_ROLE (default app).

    Each thread opens a connection at its first query, so after a web server's fork, and keeps it; at the beginning of
    a request it is looked at whether it still lives. The threads of a web server (JIESU_THREADS is set) wait for a
    database that is away.
    """
    env = os.environ if environ is None else environ
    role: Role = "owner" if env.get("JIESU_ROLE") == "owner" else "app"
    parts = {key: str(value) for key, value in _parts(data, role, env).items()}
    options: dict[str, Any] = {key: parts[key] for key in parts if key not in _DJANGO_NAMES}
    options["application_name"] = f"jiesu-{env.get('JIESU_PROCESS', role)}"
    if env.get("JIESU_THREADS"):
        options["wait"] = WAIT
    return {
        "ENGINE": "jiesu.store.postgresql",
        **{name: parts.get(key, "") for key, name in _DJANGO_NAMES.items()},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


_DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def _parts(data: DataDir, role: Role, env: Mapping[str, str]) -> dict[str, Any]:
    return _split(url(data, role, env))


def _split(address: str) -> dict[str, Any]:
    try:
        return conninfo_to_dict(address)
    except psycopg.Error as error:
        raise CannotStart("DATABASE_URL 写得不对，应形如 postgresql://用户:密码@主机:5432/库名。") from error


def _as_app(owner: str) -> str:
    """The owner's address, each session of which acts as the app role from its first statement."""
    parts = _split(owner)
    return make_conninfo(**{**parts, "options": f"{parts.get('options', '')} -c role={APP}".strip()})


def is_embedded(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the data directory's own server is the database."""
    return not (os.environ if environ is None else environ).get("DATABASE_URL")


@contextmanager
def database(data: DataDir, environ: Mapping[str, str] | None = None) -> Iterator[None]:
    """The database runs inside the block. An embedded one that did not run is started, and stopped by its last user."""
    env = os.environ if environ is None else environ
    if env.get("DATABASE_URL"):
        _check_outside(env["DATABASE_URL"])
        yield
        return
    with Embedded(data).used():
        yield


def ensure_app_role(owner_url: str) -> None:
    """Before migrating an outside database: `jiesu_app` exists and the owner may become it."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        if connection.execute("SELECT pg_has_role(oid, 'SET') FROM pg_roles WHERE rolname = %s", [APP]).fetchone() == (
            True,
        ):
            return
        try:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP]).fetchone():
                connection.execute(f"CREATE ROLE {APP} NOLOGIN")
            connection.execute(f"GRANT {APP} TO CURRENT_USER")
        except psycopg.errors.InsufficientPrivilege as error:
            raise CannotStart(
                f"数据库里缺少角色 {APP}，当前用户又无权创建。请数据库管理员执行："
                f"CREATE ROLE {APP} NOLOGIN; GRANT {APP} TO {connection.info.user};"
            ) from error


def _check_outside(address: str) -> None:
    try:
        with psycopg.connect(address, connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as error:
        raise CannotStart("连不上 DATABASE_URL 指的数据库，请检查地址、用户、密码和网络。") from error
    except psycopg.Error as error:
        raise CannotStart("DATABASE_URL 写得不对，应形如 postgresql://用户:密码@主机:5432/库名。") from error
    if version < OLDEST:
        raise CannotStart(f"DATABASE_URL 指的是 PostgreSQL {version // 10000}，需要 15 或更新的版本。")
