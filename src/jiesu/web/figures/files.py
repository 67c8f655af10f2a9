"""A board as a file for a spreadsheet: every line, each figure with its parts, and in the last line what it is of."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse

from jiesu.assessment.board import Board, Shown, group_name
from jiesu.domain.profiles import DIMENSIONS, RateRule
from jiesu.web.figures import said
from jiesu.web.figures.stand import Stand
from jiesu.web.frame.export import plain

Value = str | int | Decimal | None
Table = Sequence[Sequence[Value]]
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PARTS: Final = ("%", "分子", "分母", "较上期（百分点）", "同比（百分点）", "组内名次")


def table(held: Board, columns: Sequence[RateRule], stand: Stand) -> Table:
    """Head, the whole city, the mean of units, a line for each code, and of what the figures are."""
    unit = held.dimension == "unit"
    head = [DIMENSIONS[held.dimension], *(["组"] if unit else [])]
    head += [f"{rule.zh}{part}" for rule in columns for part in _PARTS]
    rows: list[Sequence[Value]] = [head]
    blank = [""] if unit else []
    rows.append(["全市合计", *blank, *_cells(held.total, columns)])
    if unit:
        means: list[Value] = []
        for rule in columns:
            means += [held.means.get(rule.code), None, None, None, None, None]
        rows.append(["单位平均", "", *means])
    for line in held.lines:
        group = [group_name(line.group)] if unit else []
        rows.append([line.name, *group, *_cells(line.shown, columns)])
    rows.append([f"{held.window.zh} {held.profile.zh}第 {held.profile.version} 版；{stand.word}：{stand.said}"])
    return rows


def _cells(shown: Mapping[str, Shown], columns: Sequence[RateRule]) -> list[Value]:
    found: list[Value] = []
    for rule in columns:
        one = shown.get(rule.code)
        if one is None:
            found += [None] * len(_PARTS)
            continue
        place = one.place.place or ("" if one.place.enough else "样本不足")
        found += [one.share.percent, said.numerator(one.share), one.share.n, one.change, one.year_change, place]
    return found


def csv_of(name: str, rows: Table) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([plain(one) if isinstance(one, str) else "" if one is None else one for one in row])
    return _sent(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"{name}.csv")


def xlsx(name: str, rows: Table) -> HttpResponse:
    """The same with numbers as numbers, the head and the names held in place."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(name.rpartition("-")[2][:31])
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        two = book.add_format({"num_format": "0.00"})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 18)
        for at, row in enumerate(rows):
            for across, one in enumerate(row):
                if isinstance(one, str):
                    sheet.write_string(at, across, one, bold if at == 0 else None)
                elif isinstance(one, Decimal):
                    sheet.write_number(at, across, float(one), two)
                elif one is not None:
                    sheet.write_number(at, across, one)
    return _sent(out.getvalue(), _XLSX, f"{name}.xlsx")


def _sent(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
