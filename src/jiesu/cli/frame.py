"""What every command stands in: the database running, Django set up, and errors told in one line."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg

from jiesu.domain.errors import Conflict, NotFound, Refused
from jiesu.store import connect, keys
from jiesu.store.datadir import CannotStart, DataDir


@dataclass
class Outcome:
    """A command's exit code."""

    code: int = 0


@contextmanager
def report() -> Iterator[Outcome]:
    """Turn the errors a person may expect into one Chinese line on stderr and code 1; others keep their traceback."""
    outcome = Outcome()
    try:
        yield outcome
    except (CannotStart, Refused, Conflict, NotFound) as error:
        outcome.code = _tell(str(error))
    except KeyboardInterrupt:
        outcome.code = _tell("已中断。", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        outcome.code = 1
    except Exception as error:
        if not _is_operational(error):
            raise
        outcome.code = _tell("数据库连接中断，已提交的内容不受影响，请稍后再试。")


@contextmanager
def ready(*, role: connect.Role = "app", migrated: bool = True) -> Iterator[DataDir]:
    """Keys made, database running (and left as found), Django set up as `role`; refuses an unmigrated database.

    Import models inside the block: Django's registry does not exist before it.
    """
    data = DataDir.choose().prepare()
    keys.load_or_make(data)
    with connect.database(data):
        setup_django(role)
        try:
            if migrated:
                refuse_unmigrated()
            yield data
        finally:
            from django.db import connections

            connections.close_all()


def setup_django(role: connect.Role = "app") -> None:
    """Settings read for this process as `role`."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "jiesu.settings"
    os.environ["JIESU_ROLE"] = role
    import django

    django.setup()


def refuse_unmigrated() -> None:
    """Raise CannotStart when migrations are waiting."""
    if pending_migrations():
        raise CannotStart("数据库的表还没有建好或不是最新的，请先运行 jiesu migrate。")


def pending_migrations() -> list[str]:
    """Names of migrations that are not applied, in order."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def _tell(message: str, code: int = 1) -> int:
    with suppress(BrokenPipeError):
        sys.stderr.write(f"{message}\n")
    return code


def _is_operational(error: BaseException) -> bool:
    """Whether the connection, rather than the program, failed; Django wraps the driver's error of the same name."""
    return isinstance(error, psycopg.OperationalError) or isinstance(error.__cause__, psycopg.OperationalError)
