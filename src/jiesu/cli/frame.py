"""What every command stands in: the database running, Django set up, and errors told in one line."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

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
def ready(*, role: connect.Role = "app", migrated: bool = True, loading: bool = False) -> Iterator[DataDir]:
    """Keys made, database running (and left as found), Django set up as `role`; refuses an unmigrated database.

    Refuses a demo whose loading was broken off too, unless it is the `loading` itself.

    An embedded database that has no tables at all is new: it gets them first. Import models inside the block:
    Django's registry does not exist before it.
    """
    data = DataDir.choose().prepare()
    if migrated and not loading:
        refuse_unfinished(data)
    keys.load_or_make(data)
    with connect.database(data):
        if migrated and connect.is_embedded() and _is_new(data):
            _make_tables()
        setup_django(role)
        try:
            if migrated:
                refuse_unmigrated()
            yield data
        finally:
            from django.db import connections

            connections.close_all()


def _is_new(data: DataDir) -> bool:
    with psycopg.connect(connect.url(data)) as link:
        row = link.execute("SELECT to_regclass('django_migrations') IS NULL").fetchone()
    return row is not None and bool(row[0])


def _make_tables() -> None:
    """In a process of its own: this one works as another role."""
    sys.stderr.write("首次使用，正在建立数据库的表……\n")
    made = subprocess.run([sys.executable, "-m", "jiesu.cli", "migrate"], stdout=subprocess.DEVNULL, check=False)
    if made.returncode:
        raise CannotStart("建表没有成功，请运行 jiesu migrate 查看原因。")


def need_city() -> None:
    """Load the demo city's units, matters and rules, without any order, where no city has been set up. Says so."""
    from jiesu.demo.load import load_city
    from jiesu.store.models import Unit

    if not Unit.objects.exists():
        sys.stderr.write("尚未配置城市，先装入演示城市雄关市的单位、事项、目录和时限……\n")
        load_city(now=datetime.now(UTC))


def setup_django(role: connect.Role = "app") -> None:
    """Settings read for this process as `role`."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "jiesu.settings"
    os.environ["JIESU_ROLE"] = role
    import django

    django.setup()


def is_unfinished(data: DataDir) -> bool:
    """Whether the loading of a demo into this database is under way or was broken off."""
    return data.unfinished.exists() and data.unfinished.read_text() == connect.name(data)


def refuse_unfinished(data: DataDir) -> None:
    """Raise CannotStart where the loading of a demo into this database is under way or was broken off."""
    if not is_unfinished(data):
        return
    if connect.is_embedded():
        raise CannotStart("演示数据正在装入，或上次没有装完。请再运行一次 make demo（jiesu demo），它会清空重装。")
    raise CannotStart(
        "上次往 DATABASE_URL 指的数据库装演示数据没有装完。请清空这个库（或换一个空库）后再运行 jiesu demo；"
        f"不再需要演示数据的，请删去 {data.unfinished}。"
    )


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
