"""From the cells of a record to a typed row, or to a reject with its reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from jiesu.channels.files.cells import BLANKS, LONG_CELL, converter, no_text
from jiesu.channels.files.columns import FIELDS, MATTER_LEVELS, MOMENTS
from jiesu.channels.files.encoding import MARK
from jiesu.channels.files.records import BadCell, Record, Reject, Row, excerpt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jiesu.channels.files.moments import Moments

PATH_MARK: Final = " / "
_PATH_SPLIT: Final = re.compile(r"\s*(?:[/>＞›»|｜\\]|->|→)+\s*")


class RowReader:
    """Reads the rows of one file; everything that depends only on its columns is decided once, here."""

    def __init__(self, columns: Sequence[str], places: Mapping[str, int], moments: Moments, channel: str) -> None:
        self._width = len(columns)
        self._columns = columns
        self._moments = moments
        self._channel = channel
        self._levels = [places[level] for level in MATTER_LEVELS if level in places]
        self._times = [(places[name], name) for name in MOMENTS if name in places]
        self._plan: list[tuple[int, str, Callable[[str], object]]] = [
            (index, field, converter(field, columns[index]))
            for field, index in places.items()
            if field not in MATTER_LEVELS and field not in MOMENTS
        ]
        self._composes = "text" not in places
        self._compose = converter("text", FIELDS["matter"].name)

    def read(self, record: Record) -> Row | Reject:
        """The row, or the reason why it is none."""
        try:
            if record.problem:
                raise BadCell(record.problem)
            return self._row(record.line, record.cells)
        except BadCell as bad:
            return Reject(record.line, f"{bad}。", tuple(record.cells))

    def _row(self, line: int, cells: list[str]) -> Row:
        if len(cells) != self._width:
            self._check_width(cells)
        _check_characters(cells)
        fields: dict[str, object] = {}
        for index, field, convert in self._plan:
            words = cells[index].strip()
            if words not in BLANKS:
                fields[field] = convert(words)
        self._add_matter(cells, fields)
        if "text" not in fields:
            if not self._composes or "matter" not in fields:
                raise no_text()
            fields["text"] = self._compose(str(fields["matter"]))
        self._add_times(cells, fields)
        fields.setdefault("channel", self._channel)
        external = fields.pop("external", None)
        return Row(line, external if isinstance(external, str) else None, fields, cells)

    def _add_matter(self, cells: list[str], fields: dict[str, object]) -> None:
        """The path of the subject, from its levels or else from one cell, its parts joined alike."""
        levels = [words for index in self._levels if (words := cells[index].strip()) not in BLANKS]
        if levels:
            path = PATH_MARK.join(levels)
            if len(path) > LONG_CELL:
                raise BadCell(f"事项分类有 {len(path):,} 字，超过 {LONG_CELL} 字。请核对是否错了列")
            fields["matter"] = path
        elif "matter" in fields:
            fields["matter"] = PATH_MARK.join(part for part in _PATH_SPLIT.split(str(fields["matter"])) if part)

    def _add_times(self, cells: list[str], fields: dict[str, object]) -> None:
        bare: tuple[str, ...] = ()
        for index, field in self._times:
            words = cells[index].strip()
            if words in BLANKS:
                if field == "happened_at":
                    raise BadCell(f"“{self._columns[index]}”是空的，请补上诉求的时间")
                continue
            try:
                moment, date_only = self._moments.read(words)
                self._moments.believable(moment, limit=field == "due_at")
            except BadCell as bad:
                raise BadCell(
                    f"“{self._columns[index]}”的“{excerpt(words)}”{bad}，请改成 2019-05-08 14:48:00 这样的写法"
                ) from bad
            fields[field] = moment
            if date_only:
                bare = (*bare, field)
        if bare:
            fields["date_only"] = bare

    def _check_width(self, cells: list[str]) -> None:
        """Blank cells beyond the last column are harmless; anything else means that columns have slipped."""
        if len(cells) < self._width or any(cell.strip() for cell in cells[self._width :]):
            raise BadCell(f"有 {len(cells)} 列，表头是 {self._width} 列。请核对分隔符和引号，把列对齐")


def _check_characters(cells: list[str]) -> None:
    whole = "".join(cells)
    if "\0" in whole:
        raise BadCell("含有空字符（NUL），多半是导出时损坏。请重新导出这一行")
    if MARK in whole:
        raise BadCell("有无法识别的字节，与文件其余部分的编码不一致。请把这一行改成正确的文字")
