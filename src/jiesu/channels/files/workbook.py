"""Spreadsheets (.xlsx): the first visible sheet that holds anything, and which cells are computed."""

from __future__ import annotations

import re
import tempfile
import zipfile
from datetime import date, datetime, timedelta
from itertools import islice
from typing import IO, TYPE_CHECKING, Final
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from jiesu.channels.files.columns import guarded_columns
from jiesu.channels.files.encoding import BLOCK, BROKEN_GZIP, OLE_MAGIC, broken_gzip, open_bytes
from jiesu.channels.files.heading import HEAD_ROWS, find_heading
from jiesu.channels.files.records import FileProblem, Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

UNPACKED_LIMIT: Final = 1 << 30
"""Bytes inside the file that are read at most: a sheet is held in memory, a million full rows fit in this."""
DIGITS_KEPT: Final = 10**15
"""A spreadsheet keeps fifteen digits of a number; a longer one has lost its end."""

COMPUTED: Final = "是公式算出来的，不是诉求人的原话。请复制后“选择性粘贴”为数值再导入"
COMPUTED_CELL: Final = "是公式算出来的。请复制后“选择性粘贴”为数值再导入"

_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_FORMULA_TAG: Final = re.compile(rb"<(?:\w+:)?f[\s>/]")
_PLACE: Final = re.compile(r"([A-Z]+)(\d+)")


class WorkbookTable:
    """An .xlsx file as a Table. The sheet is read whole: the format allows no other way."""

    def __init__(
        self, path: Path, packed: bool, mapping: Mapping[str, str] | None, names: Collection[str] | None = None
    ) -> None:
        with _whole(path) if packed else path.open("rb") as stream:
            _refuse_foreign(path, stream)
            try:
                title, self._sheet = _first_sheet(path, stream)
                heading = find_heading(islice(self._rows(), HEAD_ROWS), mapping, names)
                self.columns = heading.columns
                self._heading_line = heading.line
                self._said = COMPUTED if names is None else COMPUTED_CELL
                self._computed = _computed(stream, title, self._guarded(mapping, names))
            except PasswordError as locked:
                raise FileProblem(_locked(path)) from locked
            except (CalamineError, KeyError, zipfile.BadZipFile, ElementTree.ParseError) as broken:
                raise FileProblem(_broken(path)) from broken
        self.height = self._sheet.end[0] + 1 if self._sheet.end else 0

    def records(self) -> Iterator[Record]:
        """Every row below the heading; a formula where a resident's words should be is a problem.

        Cells to the right of the last heading are somebody's notes and are left out.
        """
        width = len(self.columns)
        for line, cells, _ in self._rows():
            if line > self._heading_line and any(cells[:width]):
                column = self._computed.get(line)
                yield Record(line, cells[:width], column and f"“{column}”{self._said}")

    def _rows(self) -> Iterator[Record]:
        for line, values in enumerate(self._sheet.iter_rows(), 1):
            cells = [value if type(value) is str else cell_text(value) for value in values]
            if any(cells):
                yield Record(line, cells)

    def _guarded(self, mapping: Mapping[str, str] | None, names: Collection[str] | None) -> dict[int, str]:
        """The columns of the sheet (from 0) where nothing may be computed, with their names."""
        left = self._sheet.start[1] if self._sheet.start else 0
        guarded = guarded_columns(self.columns, mapping) if names is None else range(len(self.columns))
        return {left + index: self.columns[index] for index in guarded}


def _first_sheet(path: Path, stream: IO[bytes]) -> tuple[str, CalamineSheet]:
    stream.seek(0)
    book = CalamineWorkbook.from_filelike(stream)
    for sheet in book.sheets_metadata:
        if sheet.visible is SheetVisibleEnum.Visible:
            opened = book.get_sheet_by_name(sheet.name)
            if opened.height:
                return sheet.name, opened
    raise FileProblem(f"“{path.name}”里没有内容：看得见的工作表都是空的。")


def _refuse_foreign(path: Path, stream: IO[bytes]) -> None:
    """Refuse what is no workbook, is locked, or would not fit into memory."""
    if stream.read(len(OLE_MAGIC)) == OLE_MAGIC:
        raise FileProblem(_locked(path))
    try:
        with zipfile.ZipFile(stream) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as broken:
        raise FileProblem(_broken(path)) from broken
    if size > UNPACKED_LIMIT:
        raise FileProblem(f"“{path.name}”展开后超过 1 GB，内存放不下。请另存为 CSV（UTF-8）再导入。")


def _broken(path: Path) -> str:
    return f"“{path.name}”不是完好的 .xlsx 文件。请用表格软件打开，另存为 .xlsx 或 CSV 再导入。"


def _locked(path: Path) -> str:
    return f"“{path.name}”设了打开密码，或是旧的 .xls 格式。请去掉密码、另存为 .xlsx 再导入。"


def _computed(stream: IO[bytes], title: str, columns: Mapping[int, str]) -> dict[int, str]:
    """Rows (from 1) with a formula in one of the columns (from 0), and the name of that column."""
    with zipfile.ZipFile(stream) as archive:
        inside = _sheet_path(archive, title)
        with archive.open(inside) as sheet:
            if not _mentions_formula(sheet):
                return {}
        with archive.open(inside) as sheet:
            return _formula_rows(sheet, columns)


def cell_text(value: object) -> str:
    """A cell's value as the text a .csv of the same sheet would hold; a whole number without a point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < DIGITS_KEPT:
        return str(int(value))
    if isinstance(value, datetime):
        whole = value + timedelta(microseconds=500_000)
        return whole.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _whole(path: Path) -> IO[bytes]:
    """The unpacked .xlsx of an .xlsx.gz, on disk: a zip archive is read from its end."""
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the table
    try:
        with open_bytes(path, packed=True) as stream:
            while block := stream.read(BLOCK):
                unpacked.write(block)
                if unpacked.tell() > UNPACKED_LIMIT:
                    raise FileProblem(f"“{path.name}”解压后超过 1 GB，请另存为 CSV（UTF-8）再导入。")
    except (*BROKEN_GZIP, FileProblem) as refused:
        unpacked.close()
        raise refused if isinstance(refused, FileProblem) else FileProblem(broken_gzip(path)) from refused
    unpacked.seek(0)
    return unpacked


def _sheet_path(archive: zipfile.ZipFile, title: str) -> str:
    """Where in the archive the sheet of that title lies."""
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()  # noqa: S314 - see _formula_rows
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    wanted = {node.get("name"): node.get(_RELATION) for node in sheets if _is(node, "sheet")}[title]
    target = {node.get("Id"): node.get("Target", "") for node in relations}[wanted]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _mentions_formula(stream: IO[bytes]) -> bool:
    tail = b""
    while block := stream.read(BLOCK):
        if _FORMULA_TAG.search(tail + block):
            return True
        tail = block[-64:]
    return False


def _formula_rows(stream: IO[bytes], columns: Mapping[int, str]) -> dict[int, str]:
    """The first computed cell of each row. Expat fetches nothing from outside and bounds entities."""
    rows: dict[int, str] = {}
    for _, node in ElementTree.iterparse(stream):  # noqa: S314
        if _is(node, "c"):
            place = _PLACE.fullmatch(node.get("r", ""))
            if place and any(_is(child, "f") for child in node):
                column = _column_number(place[1])
                if column in columns:
                    rows.setdefault(int(place[2]), columns[column])
        elif _is(node, "row"):
            node.clear()
    return rows


def _is(node: ElementTree.Element, tag: str) -> bool:
    return node.tag.rpartition("}")[2] == tag


def _column_number(letters: str) -> int:
    """``A`` is 0, ``Z`` 25, ``AA`` 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
