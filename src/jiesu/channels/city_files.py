"""City data as files: written for people who edit them in a spreadsheet, and read back with every row and column named.

Three shapes: .xlsx with a sheet of explanations, .csv (both in the words of the screen), .json (codes, as rules hold
them). What is read is not believed yet: ``workflow.administration.files`` holds it against the city.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from jiesu.channels.files.columns import plain_name
from jiesu.channels.files.encoding import MARK
from jiesu.channels.files.formulas import harmless, is_formula
from jiesu.channels.files.records import FileProblem, Record
from jiesu.channels.files.source import open_table
from jiesu.domain.administration import cells, param_cells
from jiesu.domain.administration.catalog import flat, nested
from jiesu.domain.administration.kinds import Field, Kind, Thing
from jiesu.domain.administration.names import Names
from jiesu.domain.administration.params import PARAMS
from jiesu.domain.administration.things import kept, written
from jiesu.workflow.administration.files import MOST_ROWS, Row

FORMATS: Final = {"xlsx": "Excel 表格", "csv": "CSV", "json": "JSON"}
MOST_BYTES: Final = 10_000_000
_WIDTHS: Final = {"long": 48, "lines": 60, "roles": 40, "words": 30, "choices": 24, "units": 28, "matter": 24}
_LISTED: Final = 250
"""Characters of a drop-down list at most (a spreadsheet's own bound is 255)."""


@dataclass(slots=True)
class Read:
    """The rows of a file, and the columns that nobody reads."""

    rows: list[Row] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


# -- writing


def write(kind: Kind, things: Iterable[Thing], names: Names, shape: str, now: datetime) -> bytes:
    """The things of a kind as a file of one of ``FORMATS``. Telephone numbers of staff are masked in all of them."""
    if shape == "json":
        return _json(kind, things, now)
    rows = [[said[one.name] for one in kind.fields] for said in (written(kind, thing, names) for thing in things)]
    return _csv(kind, rows) if shape == "csv" else _xlsx(kind, rows)


def _json(kind: Kind, things: Iterable[Thing], now: datetime) -> bytes:
    items = [nested(one) if kind.name == "catalog" else kept(kind, one) for one in things]
    doc = {"kind": kind.name, "exported_at": now.isoformat(), "items": items}
    return json.dumps(doc, ensure_ascii=False, indent=1).encode()


def _csv(kind: Kind, rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([one.zh for one in kind.fields])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(kind: Kind, rows: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    # Cells are written as text: nothing in them is a formula, a number or a link, and 03.06 stays 03.06.
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    text, head = (
        book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        book.add_format({"bold": True}),
    )
    sheet = book.add_worksheet(kind.zh)
    for at, one in enumerate(kind.fields):
        sheet.set_column(at, at, _WIDTHS.get(one.type, max(10, 2 * len(one.zh) + 2)), text)
        sheet.write_string(0, at, one.zh, head)
        choices = [*one.of.values()] if one.type == "choice" else [cells.YES, cells.NO] if one.type == "flag" else []
        if choices and len(",".join(choices)) <= _LISTED:
            sheet.data_validation(
                1, at, MOST_ROWS, at, {"validate": "list", "source": choices, "error_type": "warning"}
            )
    for line, row in enumerate(rows, 1):
        for at, cell in enumerate(row):
            sheet.write_string(line, at, cell, text)
    sheet.freeze_panes(1, len(kind.key))
    sheet.autofilter(0, 0, max(1, len(rows)), len(kind.fields) - 1)
    _explained(book, kind, text, head)
    book.close()
    return out.getvalue()


def _explained(book: Any, kind: Kind, text: Any, head: Any) -> None:
    """A second sheet that says what each column wants."""
    sheet = book.add_worksheet("填写说明")
    sheet.set_column(0, 0, 16, text)
    sheet.set_column(1, 1, 8, text)
    sheet.set_column(2, 2, 90, text)
    for at, zh in enumerate(("列", "必填", "怎么写")):
        sheet.write_string(0, at, zh, head)
    for line, one in enumerate(kind.fields, 1):
        said = [one.said, f"可选：{'、'.join(one.of.values())}" if one.of else ""]
        for at, words in enumerate((one.zh, cells.YES if one.needed else "", "。".join(part for part in said if part))):
            sheet.write_string(line, at, words, text)


# -- reading


def read(kind: Kind, name: str, content: bytes, names: Names) -> Read:
    """The rows of an uploaded file by its name and bytes. Raises FileProblem for a file that is none of the shapes."""
    if len(content) > MOST_BYTES:
        raise FileProblem(f"文件有 {len(content) // 1_000_000} MB，超过 {MOST_BYTES // 1_000_000} MB，请分开导入。")
    shape = name.rpartition(".")[2].lower()
    if shape == "json":
        return _read_json(kind, content, names)
    if shape not in FORMATS:
        raise FileProblem(f"“{name}”不是能导入的格式。请用本页导出的 .xlsx、.csv 或 .json 改好再导入。")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload.{shape}"
        path.write_bytes(content)
        try:
            return _read_table(kind, path)
        except FileProblem as problem:
            raise FileProblem(problem.message.replace(str(path), name).replace(path.name, name)) from None


def _read_table(kind: Kind, path: Path) -> Read:
    known = {plain_name(word): one for one in kind.fields for word in (one.zh, one.name)}
    _, table = open_table(path, None, list(known))
    fields = [known.get(plain_name(column)) for column in table.columns]
    missing = [one.zh for one in kind.key if one not in fields]
    if missing:
        columns = "、".join(f"“{one.zh}”" for one in kind.fields)
        raise FileProblem(f"没有找到“{'、'.join(missing)}”这一列。表头应有：{columns}；请用本页导出的文件改。")
    found = Read(ignored=[column for column, one in zip(table.columns, fields, strict=True) if one is None and column])
    found.rows = [_row(record, fields) for record in table.records()]
    return found


def _row(record: Record, fields: Sequence[Field | None]) -> Row:
    words: dict[str, str] = {}
    wrong: dict[str, str] = {}
    if record.problem:
        wrong[""] = record.problem
    if len(record.cells) > len(fields) and any(cell.strip() for cell in record.cells[len(fields) :]):
        wrong[""] = f"有 {len(record.cells)} 列，表头是 {len(fields)} 列，请把列对齐"
    for one, cell in zip(fields, record.cells, strict=False):
        if one is None:
            continue
        said = _bare(cell.strip())
        if is_formula(said):
            wrong[one.name] = "是公式，请改成文字"
        elif MARK in said:
            wrong[one.name] = "有无法识别的字，请改成正确的文字"
        words[one.name] = said
    return Row(record.line, words, wrong)


def _bare(cell: str) -> str:
    """The words without the sign that ``harmless`` put before them."""
    return cell[1:] if cell[:1] == "'" and harmless(cell[1:]) == cell else cell


def _read_json(kind: Kind, content: bytes, names: Names) -> Read:
    try:
        doc = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as broken:
        at = f"（第 {broken.lineno} 行）" if isinstance(broken, json.JSONDecodeError) else ""
        raise FileProblem(f"不是完好的 JSON{at}，请用本页导出的文件改。") from None
    items = doc.get("items") if isinstance(doc, Mapping) else doc
    if isinstance(doc, Mapping) and doc.get("kind", kind.name) != kind.name:
        raise FileProblem(f"这个文件是“{doc['kind']}”的，不是“{kind.zh}”的，请到它自己的页面导入。")
    if not isinstance(items, list):
        raise FileProblem("JSON 里要有 items 列表，请用本页导出的文件改。")
    found = Read()
    for at, item in enumerate(items[: MOST_ROWS + 1], 1):
        found.rows.append(_item(kind, at, item, names))
    return found


def _item(kind: Kind, at: int, item: Any, names: Names) -> Row:
    """One item by its words: whatever type a value has, it goes through the same reading as a cell."""
    if not isinstance(item, Mapping):
        return Row(at, {}, {"": "不是一个对象，请写成 {…}"})
    try:
        thing = flat(item) if kind.name == "catalog" else dict(item)
    except AttributeError:
        return Row(at, {}, {"": "法定程序、季节要写成对象"})
    words: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name, value in thing.items():
        one = kind.field(name)
        if one is None:
            if name not in _DERIVED:
                wrong[name] = "没有这一项"
            continue
        try:
            words[name] = _said(one, value, thing, names)
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            wrong[name] = "取值的形式不对，请照导出的文件写"
    return Row(at, words, wrong)


_DERIVED: Final = frozenset({"parent"})
"""What city files say besides and the code says already: the matter above one."""


def _said(one: Field, value: Any, thing: Mapping[str, Any], names: Names) -> str:
    """The words of a JSON value; words themselves are taken as in a cell."""
    if one.type == "value":
        return param_cells.written(PARAMS[thing["name"]], value)
    if isinstance(value, str) and one.type != "moment":
        return value
    if one.type == "roles":
        value = [[*role, None, None][:4] for role in value]
    if value is not None and one.type in _LISTS and not isinstance(value, list):
        raise TypeError(one.type)
    return cells.written(one, value, names)


_LISTS: Final = frozenset({"words", "choices", "units", "roles", "lines", "days"})
