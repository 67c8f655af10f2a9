"""`jiesu demo`: the synthetic city, ready to be tried."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jiesu.cli import frame, serve

CITY_ZONE = ZoneInfo("Asia/Shanghai")


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "demo", help="装入演示城市并启动", description="数据库是空的就装入演示城市，然后启动，并显示地址和账号。"
    )
    serve.add_options(parser)
    parser.set_defaults(run=demo)
    commands.add_parser("demo-city", description="装入演示城市，由 jiesu demo 使用。").set_defaults(run=demo_city)


def demo(arguments: argparse.Namespace) -> int:
    """Load the demo city into an empty database, then serve until stopped."""
    return serve.run(arguments, before=("demo-city",))


def demo_city(_: argparse.Namespace) -> None:
    """Load the city if the database has no unit; print its accounts."""
    with frame.ready():
        from jiesu.demo import load, roads
        from jiesu.store.models import Unit

        if not Unit.objects.exists():
            sys.stderr.write("正在装入演示城市……\n")
            now = datetime.now(CITY_ZONE)
            load.load_city(now=now)
            roads.load_orders(now=now)
        print(accounts_table(load.accounts()))


def accounts_table(accounts: list[tuple[str, str, str, str]]) -> str:
    """Lines to show: login, password, role and unit of each demo account."""
    logins, passwords = (max(len(account[i]) for account in accounts) + 2 for i in (0, 1))
    rows = [
        f"  {login:<{logins}}{password:<{passwords}}{role}{'　' + unit if unit else ''}"
        for login, password, role, unit in accounts
    ]
    return "\n".join(["演示账号（账号、密码、角色、单位）：", *rows])
