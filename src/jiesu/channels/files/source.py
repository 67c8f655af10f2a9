"""Opening a file for import: what it is, which columns it has, and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from jiesu.channels.files.columns import MATTER_LEVELS, ORDER_SIGNS, listed, recognise
from jiesu.channels.files.delimited import DelimitedTable
from jiesu.channels.files.encoding import (
    OLE_MAGIC,
    ZIP_MAGIC,
    Survey,
    file_digest,
    first_bytes,
    is_packed,
    open_text,
    survey,
)
from jiesu.channels.files.jsonlines import JsonTable
from jiesu.channels.files.moments import Moments
from jiesu.channels.files.reading import RowReader
from jiesu.channels.files.records import FileProblem, Reject, Row
from jiesu.channels.files.workbook import WorkbookTable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import datetime, tzinfo
    from pathlib import Path
    from typing import Literal

    from jiesu.channels.files.records import Table

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
READABLE: Final = (".csv", ".xlsx", ".jsonl")


@dataclass(frozen=True, slots=True)
class _Origin:
    """Which bytes on the disk were looked at; a file that changes under the import is refused."""

    path: Path
    size: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> _Origin:
        status = path.stat()
        return cls(path, status.st_size, status.st_mtime_ns)


class Source:
    """A file that can be imported.

    ``digest`` is the SHA-256 of its bytes, ``encoding`` that of its text (``xlsx`` for a spreadsheet),
    ``columns`` its headings, ``recognised`` the column of each field, ``unrecognised`` the columns that
    nobody will read, ``shape`` ``orders`` when it holds another system's orders and else ``messages``,
    ``channel`` the code of rows that name none, ``total_hint`` its number of lines (the scale of ``Row.line``),
    for a progress bar.
    """

    def __init__(
        self, origin: _Origin, known: Survey, table: Table, places: Mapping[str, int], moments: Moments
    ) -> None:
        self.digest = known.digest
        self.encoding = known.encoding
        self.total_hint = known.lines or None
        self.columns = table.columns
        self.recognised = {field: table.columns[index] for field, index in places.items()}
        read = set(places.values())
        self.unrecognised = [column for index, column in enumerate(table.columns) if index not in read]
        self.shape: Literal["messages", "orders"] = (
            "orders" if any(sign in places for sign in ORDER_SIGNS) else "messages"
        )
        board = any(column.startswith("留言") for column in self.recognised.values())
        self.channel = "board" if board else "import"
        self._reader = RowReader(table.columns, places, moments, self.channel)
        self._table = table
        self._origin = origin

    def rows(self, start_line: int = 0, *, check: Callable[[Row], str | None] | None = None) -> Iterator[Row | Reject]:
        """Every row and reject after ``start_line``, in the order of the file, as they are read.

        ``check`` may refuse a row with a reason (an unit the city does not have, say). May be called again.
        Raises FileProblem when the file is no longer the one that was opened.
        """
        if _Origin.of(self._origin.path) != self._origin:
            raise FileProblem(f"“{self._origin.path.name}”在打开之后被改动了，请重新导入。")
        read = self._reader.read
        for record in self._table.records():
            if record.line <= start_line:
                continue
            item = read(record)
            if check and isinstance(item, Row) and (reason := check(item)):
                item = Reject(record.line, reason, tuple(record.cells))
            yield item


def open_source(
    path: Path, mapping: Mapping[str, str] | None = None, zone: tzinfo = SHANGHAI, *, now: datetime
) -> Source:
    """Look at a .csv, .xlsx or .jsonl file (each also .gz) and say how it will be read.

    ``mapping`` goes from a column's name to a field's and overrides what the names suggest; ``zone`` is the
    city's, for times that name none (architecture.md §3); ``now`` (aware) bounds the times that are believed.
    Raises FileProblem, in Chinese, for a file that cannot be imported at all.
    """
    _must_be_there(path)
    try:
        return _open(path, mapping, Moments(zone, now))
    except PermissionError as denied:
        raise FileProblem(f"没有权限读取“{path}”，请核对文件的权限。") from denied


def open_table(
    path: Path, mapping: Mapping[str, str] | None, names: Collection[str] | None = None
) -> tuple[Survey, Table]:
    """A .csv, .xlsx or .jsonl file (each also .gz) as rows of text, whatever they are about. Raises FileProblem.

    ``names``: what its columns are called when it holds neither messages nor orders; nothing in it may be computed.
    """
    _must_be_there(path)
    packed = is_packed(path)
    kind = (path.with_suffix("") if packed else path).suffix.lower()
    _check_kind(path, kind, packed)
    return _sheet(path, packed, mapping, names) if kind == ".xlsx" else _text(path, packed, kind, mapping, names)


def _open(path: Path, mapping: Mapping[str, str] | None, moments: Moments) -> Source:
    origin = _Origin.of(path)
    known, table = open_table(path, mapping)
    places = recognise(table.columns, mapping)
    if "text" not in places and not any(level in places for level in ("matter", *MATTER_LEVELS)):
        raise FileProblem(f"没有认出哪一列是诉求内容。文件里的列：{listed(table.columns)}。请用 --map 列名=text 指明。")
    return Source(origin, known, table, places, moments)


def _must_be_there(path: Path) -> None:
    if not path.is_file():
        raise FileProblem(f"没有找到文件“{path}”，请核对路径。")


def _check_kind(path: Path, kind: str, packed: bool) -> None:
    """Refuse what the name or the first bytes show to be something else."""
    if kind not in READABLE:
        raise FileProblem(
            f"“{path.name}”不是能导入的格式。可以导入 .csv、.xlsx、.jsonl，以及它们的 .gz；"
            "其他表格请用表格软件另存为 .xlsx 再导入。"
        )
    if not packed and kind != ".xlsx" and first_bytes(path).startswith((ZIP_MAGIC, OLE_MAGIC)):
        raise FileProblem(f"“{path.name}”的内容是 Excel 文件而不是文本。请另存为 .xlsx 再导入。")


def _sheet(
    path: Path, packed: bool, mapping: Mapping[str, str] | None, names: Collection[str] | None
) -> tuple[Survey, Table]:
    table = WorkbookTable(path, packed, mapping, names)
    return Survey(file_digest(path), "xlsx", table.height), table


def _text(
    path: Path, packed: bool, kind: str, mapping: Mapping[str, str] | None, names: Collection[str] | None
) -> tuple[Survey, Table]:
    known = survey(path, packed)
    opened = partial(open_text, path, packed, known.encoding)
    if kind == ".jsonl":
        return known, JsonTable(path.name, opened, mapping)
    return known, DelimitedTable(path.name, opened, mapping, names)
