"""`jiesu database-url` and `jiesu migrate`."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
from typing import Any

from jiesu.cli import frame
from jiesu.store import connect, keys
from jiesu.store.datadir import DataDir
from jiesu.store.embedded import Embedded


def register(commands: Any) -> None:
    address = commands.add_parser(
        "database-url", help="显示数据库的连接串", description="显示数据库的连接串，psql 等工具可直接使用。"
    )
    address.add_argument(
        "--role", choices=("owner", "app"), default="owner", help="owner 可改表结构（默认），app 是程序日常所用"
    )
    address.set_defaults(run=database_url)
    migrating = commands.add_parser("migrate", help="建立或更新数据库的表", description="建立或更新数据库的表。")
    migrating.add_argument("--check", action="store_true", help="只检查是否最新，不改动；不是最新时退出码为 1")
    migrating.set_defaults(run=migrate)


def database_url(arguments: argparse.Namespace) -> None:
    """Print the connection string; the embedded cluster is made if there is none, but not left running."""
    data = DataDir.choose().prepare()
    role: connect.Role = arguments.role
    if connect.is_embedded():
        keys.load_or_make(data)
        Embedded(data).ensure_initialized()
    print(connect.url(data, role))


def migrate(arguments: argparse.Namespace) -> int:
    """Apply what waits, as the owner; the app role is made first where it is missing."""
    with frame.ready(role="owner", migrated=False) as data:
        waiting = frame.pending_migrations()
        if arguments.check:
            print("数据库的表不是最新的，请运行 jiesu migrate。" if waiting else "数据库已是最新。")
            return 1 if waiting else 0
        if not connect.is_embedded():
            connect.ensure_app_role(connect.url(data))
        if waiting:
            from django.core.management import call_command

            call_command("migrate", interactive=False, verbosity=0)
    print(f"数据库已更新，执行了 {len(waiting)} 项。" if waiting else "数据库已是最新。")
    return 0
