"""`jiesu spell`: the letters by which names are found, for those that have none yet."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

from argparse import Namespace
from typing import Any

from jiesu.cli.frame import ready


def register(commands: Any) -> None:
    command = commands.add_parser("spell", help="给还没有拼音字母的单位、事项、地点补上字母")
    command.set_defaults(run=run)


def run(arguments: Namespace) -> None:
    """Spell what has no spelling; say how many."""
    with ready():
        from jiesu.store import spelling

        print(f"补了 {spelling.fill()} 个名称的字母。")
