"""`jiesu docs`: pages of docs/ that are written from the code, and the check that they are current."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from jiesu.store.datadir import CannotStart

# File under docs/ -> the function that returns its whole text.
GENERATORS: dict[str, str] = {
    "states.md": "jiesu.domain.diagram:states_page",
    "moves.md": "jiesu.domain.diagram:moves_page",
}


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "docs", help="由代码生成文档", description="由代码生成 docs/ 中的文档（只在源码目录中使用）。"
    )
    parser.add_argument("--check", action="store_true", help="只检查是否与代码一致，不写文件")
    parser.set_defaults(run=docs)


def docs(arguments: argparse.Namespace) -> int:
    """Write the generated pages; with --check write nothing and exit 1 naming those that are out of date."""
    folder = _folder()
    stale = [name for name, source in GENERATORS.items() if _read(folder / name) != _text(source)]
    if arguments.check:
        for name in stale:
            sys.stderr.write(f"docs/{name} 与代码不一致，请运行 jiesu docs。\n")
        return 1 if stale else 0
    for name in stale:
        (folder / name).write_text(_text(GENERATORS[name]), encoding="utf-8")
        print(f"已更新 docs/{name}")
    return 0


def _folder() -> Path:
    folder = Path(__file__).resolve().parents[3] / "docs"
    if not folder.is_dir():
        raise CannotStart("这里不是源码目录，没有 docs/ 可以生成。")
    return folder


def _read(page: Path) -> str | None:
    return page.read_text(encoding="utf-8") if page.exists() else None


def _text(source: str) -> str:
    module, _, function = source.partition(":")
    return str(getattr(import_module(module), function)())
