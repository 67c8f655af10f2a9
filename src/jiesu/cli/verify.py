"""`jiesu verify` and `jiesu seal`: has the record been altered; seal what has been written."""

# ruff: noqa: PLC0415 - Django's models and settings can be imported only once it is set up
from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from jiesu.cli import frame
from jiesu.domain.errors import Refused

if TYPE_CHECKING:
    from jiesu.store.verify import Fault, Found

_SHOWN = 200  # faults shown on screen; --json has all of them


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "verify",
        help="核验记录是否被改动",
        description="重新读出全部工单和流转记录，核对哈希链、日清单、重放结果、时限和文字；有问题时退出码为 1。"
        "没有问题时，把到此刻为止的流转记录封存进日清单，以后删掉任何一条都会被发现。",
    )
    parser.add_argument("--numbers", metavar="工单号", nargs="+", type=int, default=[], help="只核验这些工单（不封存）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")
    parser.add_argument("--no-seal", action="store_true", help="没有问题时也不封存")
    parser.add_argument("--head", metavar="编号:摘要", help="外部留存的清单摘要（jiesu seal 显示的那一串），一并核对")
    parser.add_argument("--files", action="store_true", help="连同附件原件一起打开核对（慢）；不写时只看原件在不在")
    parser.add_argument("--processes", metavar="个数", type=int, default=2, help="用几个进程核验（默认 2）")
    parser.set_defaults(run=verify)
    sealing = commands.add_parser(
        "seal",
        help="封存流转记录，显示可交第三方留存的摘要",
        description="把还没有封存的流转记录列入日清单，并显示最后一份清单的编号和摘要，可交第三方留存。",
    )
    sealing.add_argument("--recent", action="store_true", help="只看最近几天（快；白天多次封存时用）")
    sealing.set_defaults(run=seal)


def verify(arguments: argparse.Namespace) -> int:
    """Verify, tell, and seal when nothing is wrong. 0 when nothing is wrong, else 1."""
    head = _head(arguments.head) if arguments.head else None
    with frame.ready():
        from jiesu.store import manifest
        from jiesu.store import verify as store_verify

        now, began = datetime.now(UTC), perf_counter()
        progress = _progress if sys.stderr.isatty() else None
        found = store_verify.verify(
            arguments.numbers,
            processes=max(1, arguments.processes),
            files=arguments.files,
            head=head,
            progress=progress,
        )
        took = perf_counter() - began
        sealing = not (found.faults or arguments.numbers or arguments.no_seal)
        sealed = manifest.seal(now) if sealing else None
    print(_json(found, took, sealed) if arguments.json else _said(found, took, sealed))
    return 1 if found.faults else 0


def seal(arguments: argparse.Namespace) -> None:
    """Seal what is not sealed yet; print the head for a third party to keep."""
    with frame.ready():
        from jiesu.store import manifest

        sealed = manifest.seal(datetime.now(UTC), recent=arguments.recent)
        head = manifest.signed_head()
    print(f"新封存流转记录 {sealed} 条。")
    if head:
        print(f"日清单摘要（可交第三方留存）：{head[0]}:{head[1].hex()}")


def _head(text: str) -> tuple[int, bytes]:
    number, _, digest = text.partition(":")
    try:
        return int(number), bytes.fromhex(digest)
    except ValueError:
        raise Refused("--head 应形如 12:3fa9…，即 jiesu seal 显示的编号和摘要。") from None


def _progress(done: int, whole: int) -> None:
    sys.stderr.write(f"\r已核验 {done * 100 // whole}%" + ("\n" if done == whole else ""))


def _rate(found: Found, took: float) -> int:
    return round(found.events / took) if took else 0


def _said(found: Found, took: float, sealed: int | None) -> str:
    lines = [
        _read(found),
        f"已按规定删除个人信息的工单 {found.erased} 张（文字 {found.erased_texts} 段）；",
        _speed(found, took),
        *_copies(found),
        *(_line(fault) for fault in found.faults[:_SHOWN]),
    ]
    if len(found.faults) > _SHOWN:
        lines.append(f"……共 {len(found.faults)} 处问题，全部内容请用 --json 输出。")
    lines.append(_verdict(found))
    if sealed is not None:
        lines.append(f"新封存流转记录 {sealed} 条。")
    return "\n".join(lines)


def _read(found: Found) -> str:
    return (
        f"核验工单 {found.orders} 张、流转记录 {found.events} 条、文字 {found.texts} 段、时限 {found.deadlines} 个、"
        f"附件 {found.files} 个、日清单 {found.manifests} 份、规则快照 {found.snapshots} 份；"
    )


def _speed(found: Found, took: float) -> str:
    return (
        f"用时 {took:.1f} 秒，每秒 {_rate(found, took)} 条流转记录（各进程共 {found.seconds:.1f} 秒，"
        f"其中打开文字 {found.text_seconds:.1f} 秒）。"
    )


def _copies(found: Found) -> list[str]:
    if not found.copies:
        return []
    return [f"另有复制件 {found.copies} 张（jiesu multiply 所制，仅供报表和列表测试），不是记录，没有核验，也不封存。"]


def _line(fault: Fault) -> str:
    return fault.words if fault.number is None else f"工单 {fault.number}：{fault.words}"


def _verdict(found: Found) -> str:
    if not found.faults:
        return "没有发现改动。"
    bad = {fault.number for fault in found.faults if fault.number is not None}
    return f"发现 {len(found.faults)} 处问题" + (f"，涉及工单 {len(bad)} 张。" if bad else "。")


def _json(found: Found, took: float, sealed: int | None) -> str:
    return json.dumps(
        {
            "orders": found.orders,
            "copies": found.copies,
            "events": found.events,
            "texts": found.texts,
            "deadlines": found.deadlines,
            "files": found.files,
            "manifests": found.manifests,
            "snapshots": found.snapshots,
            "erased": {"orders": found.erased, "texts": found.erased_texts},
            "sealed": sealed,
            "faults": [{"number": one.number, "about": one.about, "words": one.words} for one in found.faults],
            "seconds": round(took, 2),
            "events_per_second": _rate(found, took),
            "work_seconds": round(found.seconds, 2),
            "text_seconds": round(found.text_seconds, 2),
        },
        ensure_ascii=False,
        indent=1,
    )
