"""`jiesu demo`: the synthetic city with a year behind it, ready to be tried.

Loading takes a minute and may be broken off at any moment. A file in the data directory stands from before its first
row until after its last, so that half a demo is never taken for a whole one: with the data directory's own database
the next `jiesu demo` starts anew, and every other command refuses meanwhile.
"""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import Any, Final
from zoneinfo import ZoneInfo

from jiesu.cli import frame, serve
from jiesu.cli.simulate import YEAR, history
from jiesu.store import connect, keys
from jiesu.store.datadir import CannotStart, DataDir, exclusive, sync_folder, write_private
from jiesu.store.embedded import Embedded

CITY_ZONE = ZoneInfo("Asia/Shanghai")
ORDERS: Final = 80_000
MOST: Final = 9_000_000
SEED: Final = 1
SETTING: Final = "JIESU_DEMO_ORDERS"


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "demo",
        help="装入演示城市并启动",
        description="数据库是空的就装入演示城市和它过去的一年，然后启动，并显示地址和账号。",
    )
    serve.add_options(parser)
    _add_orders(parser)
    parser.set_defaults(run=demo)
    loading = commands.add_parser("demo-city", description="装入演示城市，由 jiesu demo 使用。")
    _add_orders(loading)
    loading.set_defaults(run=demo_city)


def _add_orders(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--orders",
        type=int,
        metavar="N",
        help=f"过去一年的诉求件数，0 是不要这一年（默认 {ORDERS}，也可用环境变量 {SETTING}）",
    )


def demo(arguments: argparse.Namespace) -> int:
    """Load the demo city into an empty database, then serve until stopped."""
    orders = wanted_orders(arguments.orders)
    data = DataDir.choose().prepare()
    keys.load_or_make(data)
    with exclusive(data.serve_lock, wait=False) as free:
        if free:
            _clear_half(data)
    return serve.run(arguments, before=("demo-city", "--orders", str(orders)))


def wanted_orders(told: int | None) -> int:
    """How many demands the year is to have: as told, else by JIESU_DEMO_ORDERS, else 80,000."""
    text = os.environ.get(SETTING, "") if told is None else str(told)
    try:
        orders = int(text) if text.strip() else ORDERS
    except ValueError:
        orders = -1
    if not 0 <= orders <= MOST:
        named = SETTING if told is None else "--orders"
        raise CannotStart(f"{named} 须是 0 到 {MOST:,} 之间的整数，写的是 {text}。")
    return orders


def _clear_half(data: DataDir) -> None:
    """Take away what a broken-off loading left. A database outside is not emptied here: its keeper is asked to."""
    if not (connect.is_embedded() and frame.is_unfinished(data)):
        return
    sys.stderr.write("上次的演示数据没有装完，现在清空重装……\n")
    with connect.database(data):
        Embedded(data).renew()


def demo_city(arguments: argparse.Namespace) -> None:
    """Load the city if the database has no unit; print its accounts."""
    orders = wanted_orders(arguments.orders)
    with frame.ready(role="owner", loading=True) as data, _ends_with_its_children():
        from jiesu.demo import load
        from jiesu.store.models import Unit

        if not Unit.objects.exists():
            with _marked(data):
                _load(orders)
        else:
            frame.refuse_unfinished(data)
        print(accounts_table(load.accounts()))


def _load(orders: int) -> None:
    """The city, its year up to this moment, the few dozen orders written by hand, and what is inspected today."""
    from jiesu.demo import load, roads
    from jiesu.workflow import quality_sampling

    sys.stderr.write("正在装入演示城市……\n")
    now = datetime.now(CITY_ZONE)
    load.load_city(now=now)
    if orders:
        sys.stderr.write(f"正在推演过去的一年（{orders:,} 件诉求）……\n")
        history(orders=orders, days=YEAR, seed=SEED, until=now)
    roads.load_orders(now=datetime.now(CITY_ZONE))
    quality_sampling.draw_today(datetime.now(CITY_ZONE))


@contextmanager
def _marked(data: DataDir) -> Iterator[None]:
    """While the block runs, and for good when it is broken off, the data directory says so."""
    write_private(data.unfinished, connect.name(data), replace=True)
    yield
    data.unfinished.unlink(missing_ok=True)
    sync_folder(data.root)


@contextmanager
def _ends_with_its_children() -> Iterator[None]:
    """Told to stop, this process takes those with it that live the year through."""

    def stop(number: int, _: FrameType | None) -> None:
        for child in multiprocessing.active_children():
            child.kill()
        sys.exit(128 + number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def accounts_table(accounts: list[tuple[str, str, str, str]]) -> str:
    """Lines to show: login, password, role and unit of each demo account."""
    logins, passwords = (max(len(account[i]) for account in accounts) + 2 for i in (0, 1))
    rows = [
        f"  {login:<{logins}}{password:<{passwords}}{role}{'　' + unit if unit else ''}"
        for login, password, role, unit in accounts
    ]
    return "\n".join(["演示账号（账号、密码、角色、单位）：", *rows])
