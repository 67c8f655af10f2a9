"""A bulletin's tables as .xlsx: a sheet for each, numbers as numbers, charts of Excel's own."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from jiesu.assessment.bulletin.content import Bulletin, Chart, Table

_PERCENT: Final = re.compile(r"^(-?[\d.]+)%$")
_WHOLE: Final = re.compile(r"^-?[\d,]+$")
_BAD: Final = re.compile(r"[\[\]:*?/\\　 ]")


def xlsx(bulletin: Bulletin) -> bytes:
    """Every table and chart of the bulletin, annexes last, and a first sheet that says what the figures rest on."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    forms = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
        "text": book.add_format({"text_wrap": True, "valign": "vcenter"}),
        "percent": book.add_format({"num_format": '0.00"%"'}),
        "whole": book.add_format({"num_format": "#,##0"}),
    }
    front = book.add_worksheet("说明")
    front.set_column(0, 0, 100)
    for row, text in enumerate((bulletin.title, f"{bulletin.stage}　{bulletin.date}", bulletin.foot)):
        front.write_string(row, 0, text, forms["title"] if row == 0 else forms["text"])
    names: set[str] = set()
    for block in [*bulletin.blocks, *bulletin.annexes]:
        if isinstance(block, Table):
            _table(book, block, forms, names)
        elif isinstance(block, Chart):
            _chart(book, block, forms, names)
    book.close()
    return made.getvalue()


def _sheet(book: Any, title: str, names: set[str]) -> Any:
    """A sheet with a name of its own, of at most 31 characters."""
    name = _BAD.sub("", title)[:28] or "表"
    count = 1
    while name in names:
        count += 1
        name = f"{_BAD.sub('', title)[:26]}{count}"
    names.add(name)
    return book.add_worksheet(name)


def _table(book: Any, held: Table, forms: dict[str, Any], names: set[str]) -> None:
    """A column of figures with what they were counted from becomes two: the per cent, and the numbers as text."""
    sheet = _sheet(book, held.title, names)
    sheet.write_string(0, 0, held.title, forms["title"])
    split = [any("\n" in row[place] for row in held.rows) for place in range(len(held.heads))]
    at = 0
    for place, head in enumerate(held.heads):
        sheet.write_string(1, at, head, forms["head"])
        sheet.set_column(at, at, 22 if place == 0 else 13)
        for row, cells in enumerate(held.rows, 2):
            shown, _, counted = cells[place].partition("\n")
            _value(sheet, row, at, shown, forms)
            if split[place]:
                sheet.write_string(row, at + 1, counted, forms["text"])
        if split[place]:
            sheet.write_string(1, at + 1, f"{head}（合格/应计）", forms["head"])
            sheet.set_column(at + 1, at + 1, 16)
            at += 1
        at += 1
    sheet.freeze_panes(2, 1)


def _value(sheet: Any, row: int, column: int, text: str, forms: dict[str, Any]) -> None:
    percent = _PERCENT.match(text)
    if percent:
        sheet.write_number(row, column, float(percent[1]), forms["percent"])
    elif _WHOLE.match(text) and len(text) < 12 and column:
        sheet.write_number(row, column, int(text.replace(",", "")), forms["whole"])
    else:
        sheet.write_string(row, column, text, forms["text"])


def _chart(book: Any, held: Chart, forms: dict[str, Any], names: set[str]) -> None:
    sheet = _sheet(book, held.title, names)
    sheet.write_string(0, 0, held.title, forms["title"])
    sheet.set_column(0, 0, 22)
    for row, bar in enumerate(held.bars, 1):
        sheet.write_string(row, 0, bar.name)
        sheet.write_number(row, 1, bar.value)
        sheet.write_string(row, 2, bar.said)
    drawn = book.add_chart({"type": "bar"})
    name, last = sheet.get_name(), len(held.bars)
    drawn.add_series(
        {"categories": [name, 1, 0, last, 0], "values": [name, 1, 1, last, 1], "fill": {"color": "#1F5FBF"}, "gap": 60}
    )
    drawn.set_title({"name": held.title, "name_font": {"size": 12}})
    drawn.set_legend({"none": True})
    drawn.set_y_axis({"reverse": True})
    drawn.set_size({"width": 760, "height": 90 + 22 * last})
    sheet.insert_chart(0, 4, drawn)
