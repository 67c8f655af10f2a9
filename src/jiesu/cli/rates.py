"""`jiesu rates`, `jiesu explain`, `jiesu freeze`, `jiesu profiles`: figures of a window, each with its numerator and
denominator, down to the orders behind it."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from jiesu.cli import acting, frame
from jiesu.domain import windows
from jiesu.domain.profiles import DIMENSIONS

if TYPE_CHECKING:
    from jiesu.assessment.board import Board, Line
    from jiesu.assessment.explaining import Explained

WIDE = 220


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "rates",
        help="某个时段的三率等指标",
        description="按单位、事项、区域等列出某月（季、年、周、日）的指标，带分子分母；已定稿的时段显示定稿数。",
    )
    parser.add_argument(
        "--month", required=True, metavar="时段", help="如 2026-10，也可以是 2026-q3、2026、2026-w44、2026-10-31"
    )
    parser.add_argument("--profile", default="", help="改用另一个口径试算，不留痕")
    parser.add_argument("--by", default="unit", choices=sorted(DIMENSIONS), help="按什么分列，默认按单位")
    parser.add_argument("--live", action="store_true", help="已定稿的时段也按现在的记录算")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.set_defaults(run=rates)
    parser = commands.add_parser(
        "explain",
        help="打开一个指标，看背后的工单",
        description="指标写成 时段/指标/按什么/代码，如 2026-10/on_time/unit/U0301 或 2026-10/response/all；"
        "写工单号则说明这张工单怎么计。",
    )
    parser.add_argument("figure", metavar="指标或工单号")
    parser.add_argument("--profile", default="", help="改用另一个口径")
    parser.add_argument("--bad", action="store_true", help="只列不合格的")
    parser.add_argument("--limit", type=int, default=100, help="最多列多少张")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.set_defaults(run=explain)
    parser = commands.add_parser(
        "freeze",
        help="定稿一个月的数据",
        description="预公布、定稿或更正一个时段；定稿后不再变，更正另列一行。",
    )
    parser.add_argument("--month", required=True, metavar="时段")
    parser.add_argument("--preliminary", action="store_true", help="只预公布给各单位")
    parser.add_argument("--reason", default="", help="提前定稿或更正的理由")
    parser.add_argument("--correct", action="store_true", help="对已定稿的时段作更正")
    parser.add_argument("--by", required=True, dest="login", metavar="账号", help="由谁办理（督办员的账号）")
    parser.set_defaults(run=freeze)
    parser = commands.add_parser(
        "profiles", help="考核口径：列出、载入", description="列出已载入的考核口径，或从 JSON 文件载入一个。"
    )
    parser.add_argument("--load", type=Path, metavar="文件", help="从文件载入")
    parser.set_defaults(run=profiles)


def rates(arguments: argparse.Namespace) -> int:
    window = windows.read(arguments.month)
    with frame.ready():
        from jiesu.assessment import board, filling

        _have_profiles()
        filling.fill_due(datetime.now(UTC))
        if arguments.profile:
            found = board.what_if(window, arguments.profile, by=arguments.by)
        else:
            found = board.board(window, by=arguments.by, live=arguments.live)
        if arguments.json:
            print(json.dumps(document(found), ensure_ascii=False))
        else:
            _table(found)
    return 0


def _have_profiles() -> None:
    """A city that has loaded no profile of its own counts by those that come with the product."""
    from jiesu.assessment import shipped
    from jiesu.store import profiles as held

    if not held.every():
        shipped.load_shipped(by="system", now=datetime.now(UTC))


def document(found: Board) -> dict[str, Any]:
    """A board as JSON."""
    return {
        "window": found.window.code,
        "profile": found.profile.name,
        "version": found.profile.version,
        "by": found.dimension,
        "published": found.published.stage if found.published else None,
        "total": _rates(found.total),
        "means": {rate: _text(one) for rate, one in found.means.items()},
        "lines": [_line(one) for one in found.lines],
    }


def _line(one: Line) -> dict[str, Any]:
    return {"code": one.code, "name": one.name, "group": one.group, "rates": _rates(one.shown)}


def _rates(shown: Any) -> dict[str, Any]:
    return {
        rate: {
            "numerator": _text(one.share.numerator),
            "denominator": one.share.n,
            "percent": _text(one.share.percent),
            "change": _text(one.change),
            "year_change": _text(one.year_change),
            "enough": one.place.enough,
            "place": one.place.place,
            "among": one.place.among,
        }
        for rate, one in shown.items()
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _table(found: Board) -> None:
    stage = found.published.zh if found.published else "未定稿"
    title = f"{found.window.zh} {found.profile.zh}（{stage}，合格数/应计数）"
    table = Table(title=title, title_justify="left", box=None, header_style="")
    table.add_column(DIMENSIONS[found.dimension])
    chosen = [rule for rule in found.profile.rates if rule.code in found.profile.main or rule.code in _ALSO]
    for rule in chosen:
        table.add_column(rule.zh, justify="right")
    table.add_row("全市合计", *(_cell(found.total.get(rule.code)) for rule in chosen))
    table.add_row(
        "单位平均" if found.dimension == "unit" else "平均", *(_mean(found.means.get(rule.code)) for rule in chosen)
    )
    for line in found.lines:
        table.add_row(line.name, *(_cell(line.shown.get(rule.code)) for rule in chosen))
    console = Console(highlight=False)
    Console(width=max(console.width, WIDE), highlight=False).print(table)


_ALSO = ("first_contact", "resolution")


def _mean(value: Any) -> str:
    return "—" if value is None else f"{value}%"


def _cell(one: Any) -> str:
    if one is None or one.share.percent is None:
        return "—"
    few = "" if one.place.enough else " 样本不足"
    return f"{one.share.percent}% {one.share.good + one.share.part:,}/{one.share.n:,}{few}"


def explain(arguments: argparse.Namespace) -> int:
    with frame.ready():
        from jiesu.assessment import explaining

        if arguments.figure.isdecimal() and len(arguments.figure) > 8:
            for one in explaining.why(int(arguments.figure)):
                print(f"{one.clock}　{one.unit}　{one.said}")
            return 0
        figure = explaining.read(arguments.figure)
        _have_profiles()
        found = explaining.explain(
            figure, profile=arguments.profile, good=False if arguments.bad else None, limit=arguments.limit
        )
        if arguments.json:
            print(json.dumps(_explained(found), ensure_ascii=False))
        else:
            _say(found)
    return 0


def _say(found: Explained) -> None:
    print(f"{found.figure.window.zh} {found.name} {found.rule.zh}：{found.share.words()}")
    print(f"口径：{found.profile.zh}第 {found.profile.version} 版；{found.rule.formula}；依据：{found.rule.clause}")
    counted, good, left_out = ("、".join(told) for told in (found.counted, found.good, found.left_out))
    print(f"应计：{counted or '全部'}；合格：{good or '全部'}；不计：{left_out or '无'}")
    for one in found.cases:
        verdict = "合格" if one.good else "部分" if one.in_part else "不合格"
        print(f"{one.number}　{verdict}　{one.unit}　{one.day}　{one.answer}")


def _explained(found: Explained) -> dict[str, Any]:
    return {
        "figure": str(found.figure),
        "name": found.name,
        "rate": found.rule.zh,
        "formula": found.rule.formula,
        "clause": found.rule.clause,
        "numerator": str(found.share.numerator),
        "denominator": found.share.n,
        "percent": _text(found.share.percent),
        "published": found.published.stage if found.published else None,
        "orders": [
            {"number": one.number, "good": one.good, "part": one.in_part, "unit": one.unit, "day": one.day.isoformat()}
            for one in found.cases
        ],
    }


def freeze(arguments: argparse.Namespace) -> int:
    window = windows.read(arguments.month)
    with frame.ready():
        from jiesu.assessment import freezing

        _have_profiles()
        now = datetime.now(UTC)
        by = acting.as_(arguments.login, now)
        if arguments.correct:
            held = freezing.correct(window, by=by, now=now, reason=arguments.reason)
        elif arguments.preliminary:
            held = freezing.preliminary(window, by=by, now=now)
        else:
            held = freezing.freeze(window, by=by, now=now, early=arguments.reason)
        print(f"{window.zh}{held.zh}：{held.orders:,} 张工单，摘要 {held.inputs}")
    return 0


def profiles(arguments: argparse.Namespace) -> int:
    with frame.ready():
        from jiesu.assessment import shipped
        from jiesu.store import profiles as held

        if arguments.load:
            found = shipped.load_file(arguments.load, by="administrator", now=datetime.now(UTC))
            print(f"已载入 {found.zh} 第 {found.version} 版，自 {found.effective_from} 起用")
            return 0
        _have_profiles()
        for _, one in held.every():
            print(f"{one.name} 第 {one.version} 版　{one.zh}　{one.effective_from} 起　{len(one.rates)} 项")
    return 0
