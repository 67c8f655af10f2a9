"""A file of call records (.csv, .xlsx, .jsonl) row by row, with the reason for each row that cannot be taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from jiesu.channels.files import SHANGHAI, FileProblem, Reject
from jiesu.channels.files.columns import listed, plain_name
from jiesu.channels.files.moments import Moments
from jiesu.channels.files.records import BadCell, Record, excerpt
from jiesu.channels.files.source import open_table
from jiesu.channels.phone import told
from jiesu.domain.calls import DIRECTIONS, REASONS, Told
from jiesu.domain.errors import Refused
from jiesu.domain.order import Actor
from jiesu.workflow import calls

BATCH: Final = 1_000
NEEDED: Final = ("call", "offered_at", "ended_at")
TIMES: Final = ("offered_at", "answered_at", "ended_at")
COLUMNS: Final[Mapping[str, str]] = {
    "call": "通话编号 通话ID 呼叫编号 呼叫ID 话单编号 会话编号 流水号 编号 call callid call_id uuid id",
    "direction": "方向 呼叫方向 通话方向 呼叫类型 通话类型 direction",
    "caller": "主叫号码 主叫 来电号码 caller ani from",
    "called": "被叫号码 被叫 called dnis to",
    "offered_at": "呼入时间 来电时间 呼叫时间 开始时间 振铃时间 offered_at offered start starttime",
    "answered_at": "接听时间 应答时间 接通时间 answered_at answered answertime",
    "ended_at": "结束时间 挂断时间 挂机时间 ended_at ended end endtime",
    "agent": "坐席 坐席工号 工号 话务员 分机 分机号 坐席分机 agent extension",
    "reason": "结束原因 挂断原因 挂机原因 reason",
    "recording": "录音地址 录音 录音文件 录音链接 recording",
}
_DIRECTIONS: Final = {
    **{zh: code for code, zh in DIRECTIONS.items()},
    **{code: code for code in DIRECTIONS},
    **dict.fromkeys(("来电", "入", "inbound", "incoming"), "in"),
    **dict.fromkeys(("去电", "外呼", "出", "outbound", "outgoing"), "out"),
}
_REASONS: Final = {
    **{zh: code for code, zh in REASONS.items()},
    **{code: code for code in REASONS},
    **dict.fromkeys(("放弃", "主叫放弃", "排队放弃", "abandoned"), "hung_up"),
    **dict.fromkeys(("正常", "正常结束", "normal"), ""),
}


@dataclass(slots=True)
class Progress:
    """How far an import has come: last line, counts so far in calls, and the rejects of the last batch."""

    line: int = 0
    added: int = 0
    changed: int = 0
    known: int = 0
    rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)


class Records:
    """A file of call records as it will be read: its columns, which field each is, its rows."""

    def __init__(self, path: Path, mapping: Mapping[str, str] | None = None, *, now: datetime) -> None:
        """Raises FileProblem for a file that cannot be read, or where the call or its times cannot be found."""
        survey, self._table = open_table(path, None)
        self.columns, self.encoding, self.total_hint = self._table.columns, survey.encoding, survey.lines or None
        self.places = _places(self.columns, mapping or {})
        self._moments = Moments(SHANGHAI, now)
        self._now = now

    def rows(self) -> Iterator[tuple[Record, str, list[Told]] | Reject]:
        """Each row with the exchange's id of its call and the events behind it; or why it cannot be taken."""
        for record in self._table.records():
            try:
                call, events = told.record(self._fields(record), self._now)
            except (BadCell, Refused) as bad:
                reason = str(bad)
                yield Reject(record.line, reason if reason.endswith("。") else f"{reason}。", tuple(record.cells))
            else:
                yield record, call, events

    def _fields(self, record: Record) -> dict[str, Any]:
        if record.problem:
            raise BadCell(record.problem)
        if len(record.cells) < len(self.columns):
            raise BadCell(f"有 {len(record.cells)} 列，表头是 {len(self.columns)} 列。请核对分隔符和引号，把列对齐")
        cells = {name: record.cells[index].strip() for name, index in self.places.items()}
        given: dict[str, Any] = {name: words for name, words in cells.items() if words}
        for name in TIMES:
            if name in given:
                given[name] = self._time(name, given[name])
        for name, book in (("direction", _DIRECTIONS), ("reason", _REASONS)):
            if name in given:
                given[name] = book.get(given[name].lower(), given[name])
        return given

    def _time(self, name: str, words: str) -> datetime:
        try:
            moment, date_only = self._moments.read(words)
        except BadCell as bad:
            raise BadCell(f"“{told.ZH[name]}”的“{excerpt(words)}”{bad}，请写成 2026-11-23 10:00:00") from bad
        if date_only:
            raise BadCell(f"“{told.ZH[name]}”只有日期，请写明时分秒")
        return moment


def _places(columns: list[str], mapping: Mapping[str, str]) -> dict[str, int]:
    strange = [column for column in mapping if column not in columns] + [
        name for name in mapping.values() if name not in COLUMNS
    ]
    if strange:
        known = "、".join(f"{name}（{told.ZH[name]}）" for name in COLUMNS)
        raise FileProblem(f"--map 里的“{strange[0]}”不是文件的列，也不是可用的字段。可用的字段：{known}。")
    found = {name: columns.index(column) for column, name in mapping.items()}
    plain = {plain_name(column): index for index, column in reversed(list(enumerate(columns)))}
    for name, aliases in COLUMNS.items():
        known_as = (plain[plain_name(one)] for one in (told.ZH[name], *aliases.split()) if plain_name(one) in plain)
        index = next((one for one in known_as if one not in found.values()), None)
        if name not in found and index is not None:
            found[name] = index
    missing = [told.ZH[name] for name in NEEDED if name not in found]
    if missing:
        raise FileProblem(
            f"没有认出{'、'.join(missing)}是哪一列。文件里的列：{listed(columns)}。"
            "请用 --map 列名=字段 指明，例如 --map 呼叫标识=call。"
        )
    return found


def bring_in(
    records: Records, *, by: Actor, clock: Callable[[], datetime], dry_run: bool = False
) -> Iterator[Progress]:
    """Import the file; what a step of the iteration has reported is committed. A second time it adds nothing."""
    so_far, left = Progress(), iter(records.rows())
    while batch := list(islice(left, BATCH)):
        rejects = [one for one in batch if isinstance(one, Reject)]
        rows = [one for one in batch if not isinstance(one, Reject)]
        events: dict[str, list[Told]] = {}
        for _, call, some in rows:
            events.setdefault(call, []).extend(some)
        last = batch[-1]
        line = last.line if isinstance(last, Reject) else last[0].line
        so_far = Progress(line, so_far.added, so_far.changed, so_far.known, so_far.rejected + len(rejects), rejects)
        if dry_run:
            so_far.added += len(events)
        elif events:
            taken = calls.take_events(events, by=by, now=clock())
            so_far.added += len(taken.added)
            so_far.changed += len(taken.changed)
            so_far.known += len(taken.known) + len(taken.full)
        yield so_far
