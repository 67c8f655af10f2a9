"""`jiesu multiply`: copies of a simulated history, to try lists and figures on a large city."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime
from typing import Any

from jiesu.cli import frame
from jiesu.cli.simulate import _bar as bar
from jiesu.domain.errors import Refused
from jiesu.store import connect

_LABEL = "复制件仅供报表和列表测试"


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "multiply",
        help="把推演的历史成批复制到大城市的规模（仅供报表和列表测试）",
        description="把推演出来的历史成批复制，换新的工单号、日期和电话，直到库里有这么多工单。"
        f"{_LABEL}：标题前有〔复制〕字样，不是记录，jiesu verify 不核验、不封存，只报数量。"
        "先补足推演的那一年，再往前一年年补，往年只有已办结的工单。"
        "请先停止 jiesu serve。中断后再运行同一命令会接着做完。",
    )
    parser.add_argument("--to", type=int, required=True, metavar="N", help="复制到共有多少张工单，如 1000000")
    parser.add_argument("--per-year", type=int, default=1_000_000, metavar="N", help="每年多少张（默认 1000000）")
    parser.add_argument("--lean", action="store_true", help="不复制文字和流转记录的内容，省一半多磁盘，供千万级测试")
    parser.add_argument("--processes", type=int, default=2, metavar="个数", help="进程数（默认 2）")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if arguments.to < 1 or arguments.per_year < 1:
        raise Refused("--to 和 --per-year 至少为 1")
    with frame.ready(role="owner"):
        from jiesu.demo.multiply import multiply

        begun = time.monotonic()
        with bar() as show:
            made = multiply(
                arguments.to,
                per_year=arguments.per_year,
                lean=arguments.lean,
                show=show,
                now=datetime.now(UTC),
                processes=arguments.processes,
                embedded=connect.is_embedded(),
            )
    spent = time.monotonic() - begun
    print(f"新增复制件 {made.added:,} 张，现共 {made.orders:,} 张，用时 {spent:.1f} 秒。{_LABEL}。")
    return 0
