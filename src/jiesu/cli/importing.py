"""`jiesu import`: a file of residents' messages, or of another system's orders, into the record."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from jiesu.channels.files import SHANGHAI, FileProblem, Reject, Source, open_source, write_rejects
from jiesu.channels.files.columns import FIELDS
from jiesu.cli import frame
from jiesu.domain.order import SYSTEM
from jiesu.store.datadir import DataDir, reason

if TYPE_CHECKING:
    from jiesu.channels.intake_files import Progress as Step
    from jiesu.channels.intake_files import Wishes

FIRST_REJECTS: Final = 5
"""How many of the rows that would be rejected a dry run shows."""
BAD_FILE: Final = 2
_SHAPES: Final = {"messages": "群众留言", "orders": "其他平台的工单"}


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "import",
        help="导入留言或其他平台的工单",
        description="导入 .csv、.xlsx、.jsonl（也可以是 .gz）里的群众留言或其他平台的工单。"
        "同一个文件再导入一次不会重复；中断后再运行一次即可接着导入。有问题的行不导入，连同原因写到另一个文件。"
        "退出码：0 已读完（有退回的行也是 0），1 数据库等问题，2 文件或参数有问题。",
    )
    parser.add_argument("file", metavar="文件", type=Path, help="要导入的文件")
    parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    parser.add_argument(
        "--map", action="append", default=[], metavar="列名=字段,…", help="指明哪一列是什么；“列名=-”是不导入这一列"
    )
    parser.add_argument(
        "--source", metavar="名称", help="来自哪个平台；同一平台的同一编号只导入一次（不写时按文件内容判断）"
    )
    parser.add_argument(
        "--unit-map", action="append", default=[], metavar="外部名称=单位,…", help="其他平台的单位是本市的哪个单位"
    )
    parser.add_argument("--create-units", action="store_true", help="本市没有的承办单位，导入时建立")
    parser.add_argument("--create-matters", action="store_true", help="本市没有的事项分类，导入时建立")
    parser.add_argument(
        "--rejects",
        metavar="文件",
        type=Path,
        help="退回的行写到哪里（默认：当前目录，不能写时是数据目录；原文件名加 .rejects.csv）",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Import the file; 0 when it was read to its end, 2 when it cannot be read or an option is wrong."""
    try:
        mapping = _pairs(arguments.map, "--map")
        unit_map = _pairs(arguments.unit_map, "--unit-map")
        source = open_source(arguments.file, mapping, SHANGHAI, now=_now())
        rejects = _rejects_path(arguments.file, arguments.rejects)
        with frame.ready():
            frame.need_city()
            wishes = _wishes(arguments, source, unit_map)
            _introduce(arguments.file, source)
            _bring_in(arguments.file, source, wishes, rejects)
    except FileProblem as problem:
        sys.stderr.write(f"{problem}\n")
        return BAD_FILE
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


def _pairs(told: list[str], option: str) -> dict[str, str]:
    """``a=b,c=d`` as a mapping; the option may also be given more than once."""
    found: dict[str, str] = {}
    for piece in ",".join(told).replace("，", ",").split(","):
        name, sign, value = piece.rpartition("=")
        if piece and not (sign and name.strip() and value.strip()):
            raise FileProblem(f"{option} 里的“{piece}”写得不对，应是“名称=值”，多个之间用逗号隔开。")
        if piece:
            found[name.strip()] = value.strip()
    return found


def _rejects_path(file: Path, told: Path | None) -> Path:
    name = f"{file.name}.rejects.csv"
    path = told or (Path(name) if os.access(Path(), os.W_OK) else DataDir.choose().root / name)
    if path.resolve() == file.resolve():
        raise FileProblem("--rejects 不能就是要导入的文件，请另写一个文件名。")
    if path.is_dir():
        raise FileProblem(f"--rejects 的“{path}”是一个目录，请写文件名。")
    if told and not path.absolute().parent.is_dir():
        raise FileProblem(f"--rejects 的目录“{path.parent}”不存在，请先建立。")
    return path


def _wishes(arguments: argparse.Namespace, source: Source, unit_map: Mapping[str, str]) -> Wishes:
    from jiesu.channels.arrivals import Terms
    from jiesu.channels.intake_files import Wishes
    from jiesu.store import city_lists

    units = city_lists.names().units
    unknown = [code for code in unit_map.values() if code not in units]
    if unknown:
        raise FileProblem(f"--unit-map 里的“{unknown[0]}”不是本市的单位，请写单位的代码或名称。")
    name = arguments.source or (source.channel if source.channel != "import" else source.shape)
    if len(name) > 80 or name.startswith("file:"):
        raise FileProblem("--source 的名称不能超过 80 字，也不能以 file: 开头。")
    terms = Terms(name, source.digest, source.shape, SHANGHAI, unit_map)
    return Wishes(terms, arguments.create_units, arguments.create_matters, arguments.dry_run)


def _introduce(file: Path, source: Source) -> None:
    """What the file was taken for: its shape, its columns, and those that are not kept."""
    from jiesu.channels.arrivals import used

    kept = {field: column for field, column in source.recognised.items() if field in used(source.shape)}
    left = [column for column in source.columns if column not in kept.values()]
    print(f"{file.name}：{_SHAPES[source.shape]}，编码 {source.encoding}")
    print("认出的列：" + "、".join(f"{column}→{FIELDS[field].name}" for field, column in kept.items()))
    if left:
        print("不导入的列：" + "、".join(left))


def _bring_in(file: Path, source: Source, wishes: Wishes, path: Path) -> None:
    from jiesu.channels.intake_files import Progress as Step
    from jiesu.channels.intake_files import bring_in

    began = time.monotonic()
    last = Step()
    try:
        for_people = _shown(bring_in(source, wishes, name=file.name, by=SYSTEM, clock=_now), source, last)
        if wishes.dry_run:
            _show_first(for_people)
        else:
            _write(path, for_people, source)
    except OSError as problem:
        told = f"读写“{problem.filename or path}”出错：{reason(problem)}。已导入的行有效，解决后再运行即可接着导入。"
        raise FileProblem(told) from problem
    except KeyboardInterrupt:
        print("已处理的行有效，再运行一次即可接着导入。")
        raise
    print(_summary(last, time.monotonic() - began, wishes.dry_run))
    if last.changed:
        print(
            f"已有的工单中，{last.changed:,} 张在原平台的状态和接管时不同。"
            "接管后的工单在本系统办理，没有照改，请按需要核对。"
        )
    if last.rejected and not wishes.dry_run:
        print(f"退回的行和原因在 {path}")


def _shown(steps: Iterator[Step], source: Source, last: Step) -> Iterator[Reject]:
    """The rejects as they come, a progress bar on a terminal moving along; ``last`` is kept up to date."""
    console = Console(stderr=True)
    columns = (TextColumn("导入"), BarColumn(), MofNCompleteColumn(), TextColumn("行，还需"), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("导入", total=source.total_hint)
        for step in steps:
            last.line, last.added, last.known, last.rejected = step.line, step.added, step.known, step.rejected
            last.changed = step.changed
            bar.update(task, completed=step.line)
            yield from step.rejects


def _write(path: Path, rejects: Iterator[Reject], source: Source) -> None:
    """Every reject to the file; none, no file. Reading on is what drives the import."""
    first = next(rejects, None)
    if first is not None:
        write_rejects(path, chain([first], rejects), source.columns)


def _show_first(rejects: Iterator[Reject]) -> None:
    for count, reject in enumerate(rejects):
        if count < FIRST_REJECTS:
            print(f"第 {reject.line} 行：{reject.reason}")


def _summary(last: Step, seconds: float, dry: bool) -> str:
    rows = last.added + last.known + last.rejected
    speed = f"用时 {seconds:.1f} 秒，每秒 {rows / max(seconds, 0.001):,.0f} 行"
    if dry:
        return f"只检查，没有写入：可新增 {last.added:,}，已有 {last.known:,}，会退回 {last.rejected:,}；{speed}。"
    return f"新增 {last.added:,}，已有 {last.known:,}，退回 {last.rejected:,}；{speed}。"
