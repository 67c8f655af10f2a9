"""The command `jiesu`: one file a family of commands.

A command file has `register(commands)`, which adds its parsers with `set_defaults(run=function)`; `run(arguments)`
returns the exit code, or None for 0. Naming the file in FAMILIES is all it takes. Commands that need the database
work inside `jiesu.cli.frame.ready()`.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from jiesu.cli.frame import report
from jiesu.cli.words import Parser
from jiesu.store.datadir import DataDir

FAMILIES = (
    "serve",
    "database",
    "demo",
    "importing",
    "calls",
    "simulate",
    "multiply",
    "docs",
    "rates",
    "bulletin",
    "export",
    "tick",
    "token",
    "verify",
    "erase",
    "recalculate",
    "spell",
    "processes",
)


def main(argv: list[str] | None = None) -> int:
    """Run one command. What may be expected to go wrong is one Chinese line and exit 1 (2: bad arguments)."""
    arguments = parser().parse_args(argv)
    if arguments.data:
        os.environ["JIESU_DATA"] = str(DataDir.choose(arguments.data).root)  # for settings and children
    with report() as outcome:
        outcome.code = arguments.run(arguments) or 0
    return outcome.code


def parser() -> Parser:
    """The whole command line. `--data` may stand before the command or after it."""
    whole = Parser(prog="jiesu", description="接诉：12345 热线接诉即办系统")
    whole.add_argument("--data", metavar="目录", default=None, help=DATA_HELP)
    commands = whole.add_subparsers(title="命令", metavar="命令", required=True, dest="command", parser_class=Parser)
    for family in FAMILIES:
        import_module(f"jiesu.cli.{family}").register(commands)
    for each in commands.choices.values():
        each.add_default_data(DATA_HELP)
    return whole


DATA_HELP = "数据目录（也可用环境变量 JIESU_DATA；不写时 root 用 /var/lib/jiesu，其他用户用 ~/.local/share/jiesu）"

if __name__ == "__main__":
    sys.exit(main())
