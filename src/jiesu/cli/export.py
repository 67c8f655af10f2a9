"""`jiesu export`: the facts behind the figures as Parquet, and the text of every rate that asks them."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import importlib.util
import re
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from jiesu.cli import frame
from jiesu.domain import windows
from jiesu.domain.errors import Refused

_CITY = re.compile(r"[a-z0-9][a-z0-9_-]{0,30}")


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "export",
        help="把指标背后的事实导出为 Parquet",
        description="把已读入的事实（每个时限、每张工单、每次评价、每个来电各一行）按月写成 Parquet 文件，"
        "并写出考核口径里每个指标的 SQL；同一段 SQL 在 PostgreSQL、DuckDB、Spark 上结果相同。"
        "不含诉求人、电话和文字。需要 DuckDB：pip install 'jiesu[analysis]'。",
    )
    parser.add_argument("--to", required=True, type=Path, metavar="目录", help="写到哪个目录；已有的月份整月换新")
    parser.add_argument("--city", default="city", metavar="代号", help="城市代号，几个城市放在一起时用来区分")
    parser.add_argument("--from", dest="first", default="", metavar="月", help="从哪个月起，如 2026-01；默认从头")
    parser.add_argument("--until", default="", metavar="月", help="到哪个月为止（含），默认到最后")
    parser.add_argument("--profile", default="", help="写哪个考核口径的 SQL，默认现行的")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if not _CITY.fullmatch(arguments.city):
        raise Refused("城市代号只能用小写字母、数字、- 和 _，如 --city xiongguan")
    first, after = _month(arguments.first).first if arguments.first else None, None
    if arguments.until:
        after = _month(arguments.until).after
    if importlib.util.find_spec("duckdb") is None:
        raise Refused("导出 Parquet 需要 DuckDB，请先安装：pip install 'jiesu[analysis]'")
    begun = time.monotonic()
    with frame.ready():
        from jiesu.assessment import filling, shipped
        from jiesu.store import parquet, profiles

        now = datetime.now(UTC)
        if not profiles.every():
            shipped.load_shipped(by="system", now=now)
        filling.fill_due(now)
        spans = parquet.months(first, after)
        if not spans:
            raise Refused("这段时间没有可导出的数据，请检查 --from 和 --until")
        try:
            arguments.to.mkdir(parents=True, exist_ok=True)
            parts = parquet.export(arguments.to, spans, arguments.city)
            _, profile = profiles.named(arguments.profile) if arguments.profile else profiles.in_force(spans[-1][0])
            _write_texts(arguments.to / "sql" / f"{profile.name}-{profile.version}", profile, spans)
        except OSError as problem:
            raise Refused(f"写不进 {arguments.to}：{problem.strerror}，请换一个目录") from problem
    rows = sum(one.rows for one in parts)
    print(f"已导出 {len(spans)} 个月 {rows:,} 行，{len(parts)} 个文件，用时 {time.monotonic() - begun:.1f} 秒")
    return 0


def _month(said: str) -> windows.Window:
    window = windows.read(said)
    if window.span != "month":
        raise Refused(f"“{said}”不是一个月，请写成 2026-10")
    return window


def _write_texts(folder: Path, profile: Any, spans: list[tuple[date, date]]) -> None:
    """Each rate's text, by every dimension that it has."""
    from jiesu.store import metric_sql

    folder.mkdir(parents=True, exist_ok=True)
    for rate in profile.rates:
        for dimension in metric_sql.dimensions(rate.metric):
            text = metric_sql.windows_text(rate.metric, dimension, spans, city=True)
            (folder / f"{rate.code}.{dimension}.sql").write_text(f"-- {rate.zh}\n{text}\n", "utf-8")
