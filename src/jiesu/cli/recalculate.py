"""`jiesu recalculate`: running deadlines anew, by the calendar that holds now."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from jiesu.cli import acting, frame


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "recalculate",
        help="按现行日历重算在办工单的时限",
        description="新一年的放假安排公布后，按现行日历重算在办工单正在走的时限；时限有变化的工单各记一条流转记录。",
    )
    parser.add_argument("--by", metavar="账号", required=True, help="管理员的登录账号")
    parser.add_argument("--reason", metavar="理由", default="", help="例如：2027 年放假安排公布")
    parser.set_defaults(run=recalculate)


def recalculate(arguments: argparse.Namespace) -> None:
    """Recalculate and tell how many orders changed."""
    now = datetime.now(UTC)
    with frame.ready():
        from jiesu.workflow.rules import recalculate_open

        done = recalculate_open(by=acting.as_(arguments.by, now), now=now, reason=arguments.reason)
    print(f"看过在办工单 {done.looked} 张，{done.moved} 张的时限有变化，已重算。")
    if done.busy:
        print(f"{done.busy} 张正有人办理，没有重算，请再运行一次。")
