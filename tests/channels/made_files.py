"""Small files for the import tests: texts in any encoding, and a spreadsheet written by hand."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from jiesu.channels.files import Reject, Row, Source, open_source

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


class Serial(NamedTuple):
    """A moment as a spreadsheet keeps it: a day number, shown as a time when ``styled``."""

    number: float
    styled: bool = True


class Formula(NamedTuple):
    """A computed cell and the value it last had."""

    formula: str
    value: str


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    """A text file; packed when the name ends in .gz."""
    path = folder / name
    data = text.encode(encoding)
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def workbook(
    path: Path, rows: dict[int, list[object]], *, left: int = 0, hidden: str = "", title: str = "工单"
) -> Path:
    """An .xlsx with one visible sheet: cells by row number, beginning at column ``left``."""
    body = "".join(
        f'<row r="{number}">{"".join(_cell(number, left + at, value) for at, value in enumerate(cells))}</row>'
        for number, cells in rows.items()
    )
    sheets = f'<sheet name="{hidden}" sheetId="7" state="hidden" r:id="r7"/>' if hidden else ""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": _relations({"r1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>{sheets}'
        f'<sheet name="{title}" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            {
                "r1": ("worksheet", "worksheets/sheet1.xml"),
                "r2": ("styles", "styles.xml"),
                "r7": ("worksheet", "worksheets/sheet7.xml"),
            }
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{_SHEET}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="22"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_SHEET}"><sheetData>{body}</sheetData></worksheet>',
        "xl/worksheets/sheet7.xml": f'<worksheet xmlns="{_SHEET}"><sheetData><row r="1">{_cell(1, 0, "作废")}'
        "</row></sheetData></worksheet>",
    }
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, _HEAD + part)
    path.write_bytes(gzip.compress(memory.getvalue()) if path.suffix == ".gz" else memory.getvalue())
    return path


def rows_of(source: Source) -> list[Row]:
    """The rows, when there must be nothing but rows."""
    items = list(source.rows())
    assert [item for item in items if isinstance(item, Reject)] == []
    return [item for item in items if isinstance(item, Row)]


def rejects_of(source: Source) -> list[tuple[int, str]]:
    """Line and reason of every reject."""
    return [(item.line, item.reason) for item in source.rows() if isinstance(item, Reject)]


def lines_taken(source: Source) -> list[int]:
    """The lines of the rows that were taken."""
    return [item.line for item in source.rows() if isinstance(item, Row)]


def opened(path: Path, mapping: dict[str, str] | None = None) -> Source:
    """The file as the city's import sees it on the afternoon of 22 November 2026."""
    return open_source(path, mapping, now=NOW)


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _cell(row: int, column: int, value: object) -> str:
    place = f"{chr(65 + column)}{row}"
    if value is None:
        return ""
    if isinstance(value, Formula):
        return f'<c r="{place}" t="str"><f>{escape(value.formula)}</f><v>{escape(value.value)}</v></c>'
    if isinstance(value, Serial):
        return f'<c r="{place}" s="{int(value.styled)}"><v>{value.number}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
