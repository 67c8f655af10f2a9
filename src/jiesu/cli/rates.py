"""`jiesu rates`: the rates of a month by unit, each with what it was counted from."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from jiesu.cli import frame
from jiesu.domain.errors import Refused
from jiesu.domain.rates import RATES, Rate

if TYPE_CHECKING:
    from jiesu.assessment.rates import UnitRates

WIDE = 200


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "rates",
        help="某月各单位的三率",
        description="按单位列出某月的响应、转办、办结、按时办结、满意等率，带分子分母。",
    )
    parser.add_argument("--month", required=True, metavar="YYYY-MM", help="月份，如 2026-10")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    with frame.ready():
        from jiesu.assessment.rates import month_rates

        try:
            found = month_rates(arguments.month)
        except ValueError as problem:
            raise Refused(str(problem)) from problem
        if arguments.json:
            print(json.dumps({"month": arguments.month, "units": [_doc(one) for one in found]}, ensure_ascii=False))
        else:
            _table(arguments.month, found)
    return 0


def _doc(one: UnitRates) -> dict[str, Any]:
    return {"unit": one.unit, "name": one.name, "rates": {name: _rate(rate) for name, rate in one.rates.items()}}


def _rate(rate: Rate) -> dict[str, Any]:
    percent = None if rate.percent is None else str(rate.percent)
    return {"numerator": rate.numerator, "denominator": rate.denominator, "percent": percent}


def _table(month: str, found: list[UnitRates]) -> None:
    table = Table(title=f"{month} 三率（合格数/应计数）", title_justify="left", box=None, header_style="")
    table.add_column("单位")
    for name in RATES.values():
        table.add_column(name, justify="right")
    for one in found:
        table.add_row(one.name, *(_cell(one.rates[name]) for name in RATES))
    console = Console(highlight=False)
    Console(width=max(console.width, WIDE), highlight=False).print(table)


def _cell(rate: Rate) -> str:
    return "—" if rate.percent is None else f"{rate.percent}% {rate.numerator:,}/{rate.denominator:,}"
