"""`jiesu simulate`: a lawful history of any size for the demo city."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from jiesu.cli import frame
from jiesu.domain.errors import Refused
from jiesu.domain.workdays import CITY_ZONE

YEAR = 365


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "simulate",
        help="推演一段历史",
        description="为演示城市推演一段合乎规则的历史：诉求、派单、办理、回访、时钟动作和通话记录。同一种子结果相同。",
    )
    parser.add_argument("--orders", type=int, default=80_000, metavar="N", help="诉求件数（默认 80000）")
    parser.add_argument("--days", type=int, default=YEAR, metavar="D", help="天数（默认 365）")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="随机种子（默认 1）")
    parser.add_argument("--until", metavar="日期", help="历史的最后一天，如 2026-11-21（默认昨天）")
    parser.add_argument("--scenario", type=Path, metavar="文件", help="情景文件（默认内置的一年）")
    parser.add_argument("--processes", type=int, default=2, metavar="个数", help="进程数（默认 2，不影响结果）")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    with frame.ready(role="owner"):
        frame.need_city()
        history(
            orders=arguments.orders,
            days=arguments.days,
            seed=arguments.seed,
            until=_end(arguments.until, datetime.now(UTC)),
            scenario=arguments.scenario,
            processes=arguments.processes,
        )
    return 0


def history(
    *, orders: int, days: int, seed: int, until: datetime, scenario: Path | None = None, processes: int = 2
) -> None:
    """Simulate inside a ready frame, showing how far it is, and say what was made.

    Demands come in on the whole days before ``until``; the people who work on them work until that moment.
    """
    from jiesu.demo.simulate.run import simulate
    from jiesu.demo.simulate.scenario import load

    now = datetime.now(UTC)
    begun = time.monotonic()
    with _bar() as show:
        done = simulate(
            orders=orders,
            days=days,
            seed=seed,
            until=until,
            scenario=load(scenario),
            show=show,
            now=now,
            processes=processes,
        )
    spent = time.monotonic() - begun
    print(
        f"推演完成：诉求 {done.orders:,} 件，流转记录 {done.events:,} 条，诉求人 {done.people:,} 人，"
        f"通话 {done.calls:,} 次，用时 {spent:.1f} 秒（每秒 {done.events / spent:,.0f} 条）"
    )


def _end(until: str | None, now: datetime) -> datetime:
    """The first moment after the last day of the history, in city time."""
    today = now.astimezone(CITY_ZONE).date()
    if until is None:
        day = today
    else:
        try:
            day = datetime.fromisoformat(until).date()
        except ValueError as problem:
            raise Refused(f"日期须写成 2026-11-21 这样：{until}") from problem
        if day >= today:
            raise Refused("历史的最后一天须早于今天")
        day = day.fromordinal(day.toordinal() + 1)
    return datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE)


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    """Who is shown how far it is: a bar on a terminal, plain lines elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield plain_lines(sys.stderr)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        stages: dict[str, Any] = {}

        def show(stage: str, done: int, whole: int) -> None:
            if stage not in stages:
                stages[stage] = progress.add_task(stage, total=whole)
            progress.update(stages[stage], completed=done)

        yield show


def plain_lines(out: TextIO) -> Callable[[str, int, int], None]:
    """A line when a stage begins and whenever another quarter of it is done, for a pipe or a log."""
    told: dict[str, int] = {}

    def show(stage: str, done: int, whole: int) -> None:
        quarter = 4 * done // max(1, whole)
        if quarter > told.get(stage, -1):
            told[stage] = quarter
            out.write(f"{stage}：{done:,}/{whole:,}\n")
            out.flush()

    return show
