"""`jiesu bulletin`: the circular of a window as .docx, .xlsx and PDF."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jiesu.cli import frame
from jiesu.domain import windows
from jiesu.domain.errors import Refused


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "bulletin",
        help="生成一个时段的通报",
        description="生成某月（季、年、周、日）的通报：.docx（公文版式）、.xlsx（附表）和 PDF；已定稿的时段用定稿数；"
        "网页上起草过的用最新一稿，发布过的就是发布的那一份。",
    )
    parser.add_argument(
        "--month", required=True, metavar="时段", help="如 2026-10，也可以是 2026-q3、2026、2026-w44、2026-10-31"
    )
    parser.add_argument("--to", required=True, type=Path, metavar="目录", help="存到哪个目录")
    parser.add_argument("--live", action="store_true", help="已定稿的时段也按现在的记录算")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    window = windows.read(arguments.month)
    begun = time.monotonic()
    with frame.ready():
        from jiesu.assessment import filling, shipped
        from jiesu.assessment.bulletin import editions, papers
        from jiesu.store import profiles

        now = datetime.now(UTC)
        if not profiles.every():
            shipped.load_shipped(by="system", now=now)
        filling.fill_due(now)
        made = editions.of_window(window, now=now, live=arguments.live)
        try:
            arguments.to.mkdir(parents=True, exist_ok=True)
            for form, draw in papers.FORMS.items():
                path = arguments.to / f"通报-{window.code}.{form}"
                path.write_bytes(draw(made))
                print(path)
        except OSError as problem:
            raise Refused(f"写不进 {arguments.to}：{problem.strerror}，请换一个目录") from problem
    sys.stderr.write(f"{window.zh}通报（{made.stage}），用时 {time.monotonic() - begun:.1f} 秒\n")
    return 0
