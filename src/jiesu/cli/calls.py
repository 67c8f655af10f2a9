"""`jiesu calls`: call records from a file; a simulated call centre that rings a running demo."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from jiesu.channels.files import FileProblem, Reject, write_rejects
from jiesu.cli import frame
from jiesu.cli.importing import BAD_FILE, FIRST_REJECTS
from jiesu.domain.calls import EVENTS, EXCHANGE
from jiesu.domain.errors import Refused
from jiesu.domain.order import SYSTEM

if TYPE_CHECKING:
    from jiesu.channels.phone.records import Progress

URL: Final = "http://127.0.0.1:8000"


def register(commands: Any) -> None:
    parser = commands.add_parser("calls", help="通话：导入话单、模拟来电", description="导入话单；模拟呼叫中心来电。")
    acts = parser.add_subparsers(title="操作", metavar="操作", required=True, dest="act")
    _add_import(
        acts.add_parser("import", help="导入话单", description="导入 .csv、.xlsx、.jsonl 话单；重复导入不会重复。")
    )
    _add_play(
        acts.add_parser("play", help="模拟来电", description="向正在运行的演示系统打进模拟电话。同一种子结果相同。")
    )


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="文件", type=Path, help="话单文件")
    parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    parser.add_argument("--map", action="append", default=[], metavar="列名=字段", help="指明哪一列是什么，可写多次")
    parser.add_argument(
        "--rejects", metavar="文件", type=Path, help="退回的行写到哪里（默认：原文件名加 .rejects.csv）"
    )
    parser.set_defaults(run=import_records)


def _add_play(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rate", type=float, default=20, metavar="N", help="每分钟几通（默认 20）")
    parser.add_argument("--minutes", type=float, default=10, metavar="M", help="打多久（默认 10 分钟）")
    parser.add_argument("--seed", type=int, metavar="S", help="随机种子（默认每次不同）")
    parser.add_argument("--url", default=URL, metavar="地址", help=f"系统的地址（默认 {URL}）")
    parser.set_defaults(run=play)


def import_records(arguments: argparse.Namespace) -> int:
    """Import the file; 0 when it was read to its end, 2 when it cannot be read or an option is wrong."""
    try:
        with frame.ready():
            frame.need_city()
            _bring_in(arguments)
    except FileProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return BAD_FILE
    return 0


def _bring_in(arguments: argparse.Namespace) -> None:
    from jiesu.channels.phone.records import Progress, Records, bring_in

    records = Records(arguments.file, _mapping(arguments.map), now=_now())
    named = "、".join(f"{records.columns[index]}→{name}" for name, index in records.places.items())
    print(f"{arguments.file.name}：话单，编码 {records.encoding}\n认出的列：{named}")
    path = arguments.rejects or Path(f"{arguments.file.name}.rejects.csv")
    if path.resolve() == arguments.file.resolve():
        raise FileProblem("--rejects 不能就是要导入的文件，请另写一个文件名。")
    last = Progress()
    rejects = _shown(bring_in(records, by=SYSTEM, clock=_now, dry_run=arguments.dry_run), last)
    if arguments.dry_run:
        for count, reject in enumerate(rejects):
            if count < FIRST_REJECTS:
                print(f"第 {reject.line} 行：{reject.reason}")
        print(f"只检查，没有写入：可读 {last.added:,} 通，会退回 {last.rejected:,} 行。")
        return
    first = next(rejects, None)
    if first is not None:
        write_rejects(path, chain([first], rejects), records.columns)
    print(f"新增 {last.added:,} 通，补充 {last.changed:,}，已有 {last.known:,}，退回 {last.rejected:,} 行。")
    if last.rejected:
        print(f"退回的行和原因在 {path}")


def _shown(steps: Iterator[Progress], last: Progress) -> Iterator[Reject]:
    """The rejects as they come; ``last`` is kept up to date. Reading on is what drives the import."""
    for step in steps:
        last.line, last.added, last.changed = step.line, step.added, step.changed
        last.known, last.rejected = step.known, step.rejected
        yield from step.rejects


def _mapping(told: list[str]) -> dict[str, str]:
    pairs = [piece.rpartition("=") for piece in told]
    wrong = [column + sign + name for column, sign, name in pairs if not (column and name)]
    if wrong:
        raise FileProblem(f"--map 里的“{wrong[0]}”写得不对，应是“列名=字段”。")
    return {column.strip(): name.strip() for column, _, name in pairs}


def play(arguments: argparse.Namespace) -> None:
    """Ring a running demo through its API, with a token of its own that ends with the play."""
    if arguments.rate <= 0 or arguments.rate > 600 or arguments.minutes <= 0:
        raise Refused("每分钟通数须在 0 到 600 之间，时长须大于 0。")
    if urlsplit(arguments.url).scheme not in ("http", "https"):
        raise Refused("地址须以 http:// 或 https:// 开头。")
    with frame.ready():
        from jiesu.demo import callcentre
        from jiesu.store import staff

        seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
        known, agents = callcentre.known_phones(), callcentre.agents()
        steps = callcentre.plan(seed, rate=arguments.rate, minutes=arguments.minutes, agents=agents, known=known)
        begun, name = _now(), f"模拟来电 {secrets.token_hex(4)}"
        token = staff.make_token(name, role=EXCHANGE, unit="CENTER", now=begun)
        print(
            f"种子 {seed}，{arguments.minutes:g} 分钟，{len({step.call for step in steps})} 通；Ctrl-C 结束。",
            flush=True,
        )
        tell = callcentre.over_http(arguments.url.rstrip("/"), token)
        try:
            for step in callcentre.play(steps, tell=tell, begun=begun, clock=_now, wait=time.sleep):
                agent = dict(step.more).get("agent", "")
                print(f"{_now().astimezone():%H:%M:%S} {step.call} {EVENTS[step.event]} {agent}", flush=True)
        finally:
            staff.revoke_token(name, _now())


def _now() -> datetime:
    return datetime.now(UTC)
