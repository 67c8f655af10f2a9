"""`jiesu tick`: one sweep of the clock by hand; the worker makes one every 20 seconds by itself."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from jiesu.cli import frame
from jiesu.domain.workdays import CITY_ZONE


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "tick",
        help="按时限提醒、催办、督办一遍（平时由后台任务自动执行）",
        description="把到时的提醒、催办、督办、提级督办和标记做一遍；重复执行不会重复提醒。",
    )
    parser.add_argument(
        "--now", metavar="时间", type=_moment, default=None, help="按这个时间执行（默认现在），如 2026-11-23T10:00"
    )
    parser.add_argument("--limit", metavar="张数", type=int, default=None, help="最多看多少张工单")
    parser.set_defaults(run=tick)


def tick(arguments: argparse.Namespace) -> int:
    """Print the counts of one sweep; 1 when an order could not be looked at."""
    with frame.ready():
        from jiesu.domain.moves import MOVES
        from jiesu.workflow.tick import LIMIT
        from jiesu.workflow.tick import tick as sweep

        counts = sweep(arguments.now or datetime.now(UTC), limit=arguments.limit or LIMIT)
        made = "".join(f"，{MOVES[move].zh} {count}" for move, count in sorted(counts.moves.items()))
        failed = f"，出错 {counts.failed}（一小时后再看）" if counts.failed else ""
        print(f"看过工单 {counts.orders}，提醒 {counts.reminders}{made}{failed}")
    return 1 if counts.failed else 0


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=CITY_ZONE)
