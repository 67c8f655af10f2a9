"""A spreadsheet as an administrator's hands edit it: what was exported, some cells of it changed."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook


def rows_of(content: bytes) -> list[list[str]]:
    """The first sheet, heading and all, as text."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


def written(rows: Sequence[Sequence[Any]], formulas: Mapping[tuple[int, int], str] | None = None) -> bytes:
    """A workbook of these rows; ``formulas`` by (row, column) from 0 are computed cells."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Sheet1")
    for line, row in enumerate(rows):
        for at, cell in enumerate(row):
            sheet.write_string(line, at, str(cell))
    for (line, at), formula in (formulas or {}).items():
        sheet.write_formula(line, at, formula, None, "7")
    book.close()
    return out.getvalue()


def edited(content: bytes, cells: Mapping[tuple[str, str], str], *more: Mapping[str, str]) -> bytes:
    """The exported file with cells changed, by (first cell of the row, heading), and rows added by heading."""
    head, *body = rows_of(content)
    for (first, column), text in cells.items():
        row = next(one for one in body if one[0] == first)
        row[head.index(column)] = text
    return written([head, *body, *([one.get(column, "") for column in head] for one in more)])
