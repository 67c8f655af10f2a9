"""argparse speaking Chinese."""

from __future__ import annotations

import argparse
import re
import sys
from typing import Any, NoReturn

COMPLAINTS = (
    (r"the following arguments are required: (.+)", r"缺少参数：\1。"),
    (r"unrecognized arguments: (.+)", r"不认识的参数：\1。"),
    (r"argument 命令: invalid choice: '?(.*?)'? \(choose from .*\)", r"没有 \1 这个命令。"),
    (r"argument (.+): invalid choice: (.+) \(choose from (.*)\)", r"\1 不能是 \2，可选：\3。"),
    (r"argument (.+): expected one argument", r"\1 后面要写一个值。"),
    (r"argument (.+): expected at least one argument", r"\1 后面至少要写一个值。"),
    (r"argument (.+): invalid \w+ value: (.+)", r"\1 的值 \2 写得不对。"),
    (r"argument (.+): not allowed with argument (.+)", r"\1 不能与 \2 同用。"),
    (r"one of the arguments (.+) is required", r"须写其中之一：\1。"),
    (r"ambiguous option: (.+) could match (.+)", r"\1 不明确，可能是：\2。"),
)


class _Help(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose help and complaints are Chinese; a bad argument ends with exit code 2."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(**{"formatter_class": _Help, "allow_abbrev": False, **keywords, "add_help": False})
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", default=argparse.SUPPRESS, help="显示这段说明")

    def add_default_data(self, help_text: str) -> None:
        """Let `--data` stand after the command too, without undoing one that stood before it."""
        self.add_argument("--data", metavar="目录", default=argparse.SUPPRESS, help=help_text)

    def error(self, message: str) -> NoReturn:
        said = next((re.sub(a, b, message) for a, b in COMPLAINTS if re.fullmatch(a, message)), message)
        sys.stderr.write(f"{said}用 {self.prog} --help 看说明。\n")
        raise SystemExit(2)
