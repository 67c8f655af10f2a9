"""Filled sheets of paper as a spreadsheet: the one that is given out to be filled, and what comes back, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from jiesu.channels.files import SHANGHAI, FileProblem, Reject
from jiesu.channels.files.columns import listed, plain_name
from jiesu.channels.files.formulas import is_formula
from jiesu.channels.files.moments import Moments
from jiesu.channels.files.records import BadCell, Record, excerpt
from jiesu.channels.files.source import open_table
from jiesu.channels.files.words import CHANNEL_CODES, KIND_CODES, URGENCY_CODES, code_of
from jiesu.domain import words
from jiesu.domain.errors import Refused
from jiesu.domain.offline import Filled, serial_in, told_text
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import city_lists
from jiesu.store.people import Known

MOST: Final = 300
"""Rows of one file."""
LONGEST_CELL: Final = 200
COLUMNS: Final[Mapping[str, str]] = {
    "sheet": "受理单号",
    "claimed_at": "实际时间",
    "text": "诉求内容",
    "place": "地点",
    "since": "从什么时候",
    "region": "区域",
    "matter": "事项",
    "kind": "类型",
    "urgency": "紧急程度",
    "name": "姓名",
    "phone": "来电号码",
    "address": "住址",
    "company": "企业名称",
    "secret": "要求保密",
    "channel": "渠道",
    "answer": "当场答复",
    "told": "已电话通知",
    "writer": "记录人",
    "reason": "补录原因",
    "apart": "不是同一件",
}
"""In the order of the paper, which is the order in which people tell a story."""
NEEDED: Final = ("sheet", "claimed_at", "text")
_PERSON: Final = ("name", "phone", "address", "company")
_YES: Final = frozenset({"是", "√", "✓", "对", "y", "yes", "1"})
_NO: Final = frozenset({"否", "×", "n", "no", "0"})
_WIDTHS: Final = {"text": 48, "answer": 30, "told": 30, "place": 24, "claimed_at": 18, "matter": 22, "address": 22}
_OF_ITSELF: Final = frozenset({"sheet", "reason", "channel"})  # what the empty form already holds


@dataclass(frozen=True, slots=True)
class Row:
    """A row that says what a sheet says."""

    line: int
    filled: Filled
    demander: Known | None


class Sheets:
    """A filled spreadsheet as it will be read."""

    def __init__(self, path: Path, rules: Rules, *, now: datetime) -> None:
        """Raises FileProblem for a file that cannot be read, lacks a column or holds too many rows."""
        _, self._table = open_table(path, None)
        plain = {plain_name(column): at for at, column in reversed(list(enumerate(self._table.columns)))}
        self._places = {name: plain[plain_name(zh)] for name, zh in COLUMNS.items() if plain_name(zh) in plain}
        missing = [COLUMNS[name] for name in NEEDED if name not in self._places]
        if missing:
            raise FileProblem(
                f"没有认出{'、'.join(missing)}是哪一列。文件里的列：{listed(self._table.columns)}。请用下载的补录表填写。"
            )
        self._names = city_lists.names()
        self._rules, self._moments = rules, Moments(SHANGHAI, now)
        self.records = [record for record in self._table.records() if self._says_something(record)]
        if len(self.records) > MOST:
            raise FileProblem(f"文件有 {len(self.records):,} 行，一次最多 {MOST} 行，请分成几个文件。")

    def rows(self) -> Iterator[Row | Reject]:
        """Each filled row, or why it cannot be taken; rows in which only the number stands are empty sheets."""
        for record in self.records:
            try:
                yield self._row(record)
            except (BadCell, Refused) as bad:
                yield Reject(record.line, f"{bad}。", tuple(record.cells))

    def _says_something(self, record: Record) -> bool:
        cells = self._cells(record)
        return bool(record.problem) or any(name not in _OF_ITSELF for name in cells)

    def _cells(self, record: Record) -> dict[str, str]:
        held = ((name, at) for name, at in self._places.items() if at < len(record.cells))
        return {name: words_ for name, at in held if (words_ := record.cells[at].strip())}

    def _row(self, record: Record) -> Row:
        if record.problem:
            raise BadCell(record.problem)
        cells = self._cells(record)
        for name in NEEDED:
            if name not in cells:
                raise BadCell(f"没有填“{COLUMNS[name]}”")
        for name, said in cells.items():
            if is_formula(said):
                raise BadCell(f"“{COLUMNS[name]}”是公式（{excerpt(said)}）。请改成文字")
        claimed = self._moment(cells["claimed_at"])
        serial = serial_in(cells["sheet"], claimed.astimezone(CITY_ZONE).date())
        for name in _PERSON:
            if len(cells.get(name, "")) > LONGEST_CELL:
                raise BadCell(f"“{COLUMNS[name]}”太长，请改短")
        known = Known(**{name: cells[name] for name in _PERSON if name in cells})
        filled = Filled(
            serial,
            claimed,
            self._facts(cells, anonymous=not known),
            reason=self._reason(cells.get("reason", "")),
            writer=cells.get("writer", ""),
            told=cells.get("told", ""),
            answer=cells.get("answer", ""),
            apart=_yes("apart", cells),
        )
        return Row(record.line, filled, known or None)

    def _moment(self, said: str) -> datetime:
        try:
            moment, date_only = self._moments.read(said)
        except BadCell as bad:
            raise BadCell(f"“{COLUMNS['claimed_at']}”的“{excerpt(said)}”{bad}，请写成 2026-11-23 10:05") from bad
        if date_only:
            raise BadCell(f"“{COLUMNS['claimed_at']}”只有日期，请写明几点几分")
        return moment

    def _facts(self, cells: Mapping[str, str], *, anonymous: bool) -> dict[str, Any]:
        facts: dict[str, Any] = {"text": told_text(cells["text"], cells.get("since", "")), "channel": "phone"}
        facts |= {name: cells[name] for name in ("place",) if name in cells}
        for name, book in (("kind", KIND_CODES), ("urgency", URGENCY_CODES), ("channel", CHANNEL_CODES)):
            if name in cells:
                facts[name] = _known(name, code_of(book, cells[name]), frozenset(book.values()), cells[name])
        if "matter" in cells:
            facts["matter"] = _named("matter", cells["matter"], self._names.matters)
        if "region" in cells:
            facts["region"] = _named("region", cells["region"], self._names.regions)
        if _yes("secret", cells):
            facts["secret"] = True
        return {**facts, "anonymous": True} if anonymous else facts

    def _reason(self, said: str) -> str:
        reasons = self._rules.reasons.get("late_entry", {})
        if not said:
            return "outage"
        found = next((code for code, one in reasons.items() if said in (code, one["name"])), "")
        return found or _known("reason", said, frozenset(reasons), said)


def _known(name: str, code: str, codes: frozenset[str], said: str) -> str:
    if code not in codes:
        raise BadCell(f"“{COLUMNS[name]}”的“{excerpt(said)}”不在可选的里面，请从下拉里选")
    return code


def _named(name: str, said: str, codes: Mapping[str, str]) -> str:
    """The code of a matter or region: by its code, its name, or both as the form shows them."""
    found = codes.get(said) or codes.get(said.split()[0])
    if found is None:
        raise BadCell(f"没有叫“{excerpt(said)}”的{COLUMNS[name]}，请照“代码”表写，拿不准就空着")
    return found


def _yes(name: str, cells: Mapping[str, str]) -> bool:
    said = cells.get(name, "否").lower()
    if said not in _YES | _NO:
        raise BadCell(f"“{COLUMNS[name]}”请写“是”或空着")
    return said in _YES


# -- the empty one


def blank(serials: Sequence[int], rules: Rules) -> bytes:
    """An .xlsx to be filled: a row for each of these sheets with its number, lists to choose from, the city's codes."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#e9f1fc", "border": 1, "text_wrap": True, "valign": "vcenter"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "border": 1})
    page = book.add_worksheet("补录")
    rows = max(len(serials), 50)
    for at, (name, zh) in enumerate(COLUMNS.items()):
        page.set_column(at, at, _WIDTHS.get(name, 12), text)
        page.write_string(0, at, f"{zh}（必填）" if name in NEEDED else zh, head)
        choices = _choices(name, rules)
        if choices:
            page.data_validation(1, at, rows, at, {"validate": "list", "source": choices, "error_type": "warning"})
    for line, serial in enumerate(serials, start=1):
        page.write_string(line, 0, str(serial), text)
    page.freeze_panes(1, 1)
    _say(book.add_worksheet("怎么填"), _HOW)
    codes = book.add_worksheet("代码")
    codes.set_column(0, 3, 24)
    columns = [("事项", rules.matters), ("区域", rules.regions)]
    for at, (zh, table) in enumerate(columns):
        codes.write_string(0, 2 * at, zh, head)
        for line, (code, one) in enumerate(table.items(), start=1):
            codes.write_string(line, 2 * at, code)
            codes.write_string(line, 2 * at + 1, str(one["name"]))
    book.close()
    return made.getvalue()


def _choices(name: str, rules: Rules) -> list[str]:
    tables: dict[str, list[str]] = {
        "kind": list(words.KINDS.values()),
        "urgency": list(words.URGENCIES.values()),
        "channel": [words.CHANNELS[one] for one in ("phone", "visit", "letter")],
        "secret": ["是"],
        "apart": ["是"],
        "reason": [str(one["name"]) for one in rules.reasons.get("late_entry", {}).values()],
    }
    return tables.get(name, [])


_HOW: Final = (
    "一张受理单一行，没用过的号空着，不用删。",
    "受理单号：纸上 9 开头的 7 位；连手写的日期 13 位也可以。",
    "实际时间：接电话的时间，写成 2026-11-23 10:05。",
    "诉求内容：照纸上的写。不写姓名、电话，它们有自己的栏。",
    "姓名、来电号码、住址、企业名称都空着，就是匿名。",
    "事项、区域：写名称或代码，见“代码”表；拿不准就空着，派单员会补。",
    "当场答复：当场答复了的，写答复了什么，工单直接办结。举报不能当场答复。",
    "已电话通知：打给了哪个单位、谁接的、几点，例如“供热公司王师傅 10:12”。",
    "不是同一件：系统恢复后同一个号码又来登记过时会提示，确认不是同一件再写“是”。",
    "每一行由另一个人在系统里确认后，登记时间才按实际时间算。",
)


def _say(page: Any, lines: Sequence[str]) -> None:
    page.set_column(0, 0, 100)
    for at, line in enumerate(lines):
        page.write_string(at, 0, line)
