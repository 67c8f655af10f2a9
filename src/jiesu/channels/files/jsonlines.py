"""Files of one JSON object a line (.jsonl)."""

from __future__ import annotations

import json
from itertools import islice
from typing import IO, TYPE_CHECKING, Final

from jiesu.channels.files.columns import guarded_columns
from jiesu.channels.files.delimited import KEPT_OF_BROKEN, LINE_LIMIT, TOO_LONG, Lines
from jiesu.channels.files.encoding import MARK
from jiesu.channels.files.records import FileProblem, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LOOKED_AT: Final = 200
"""Objects that are read to learn the names in use."""

NOT_JSON: Final = "不是完整的 JSON 对象。每一行应是一个花括号括起来的对象，请改正这一行"
NESTED: Final = "里有嵌套的内容，应是一段文字或一个数字"


class JsonTable:
    """A .jsonl file as a Table: its columns are the names used by the first objects."""

    def __init__(self, name: str, opened: Callable[[], IO[str]], mapping: Mapping[str, str] | None) -> None:
        self._opened = opened
        names: dict[str, None] = {}
        for _, item in islice(self._objects(), LOOKED_AT):
            names.update(dict.fromkeys(item if isinstance(item, dict) else ()))
        self.columns = list(names)
        if not self.columns:
            raise FileProblem(f"“{name}”里没有读到 JSON 对象。每一行应是一个花括号括起来的对象。")
        self._plain = [self.columns[index] for index in guarded_columns(self.columns, mapping)]

    def records(self) -> Iterator[Record]:
        """Every object as cells in the order of ``columns``; a missing name is a blank cell."""
        for number, item in self._objects():
            if isinstance(item, str):
                problem = TOO_LONG if len(item) >= LINE_LIMIT else NOT_JSON
                yield Record(number, [item[:KEPT_OF_BROKEN]], problem)
                continue
            cells = [_text(item.get(column)) for column in self.columns]
            nested = next((name for name in self._plain if isinstance(item.get(name), dict)), None)
            yield Record(number, cells, f"“{nested}”{NESTED}" if nested else None)

    def _objects(self) -> Iterator[tuple[int, dict[str, object] | str]]:
        """Each line's number with its object, or with the line itself when it is none."""
        with self._opened() as stream:
            lines = Lines(stream)
            for number, line in enumerate(lines, 1):
                lines.taken.clear()
                if line.strip():
                    yield number, _object(line)


def _object(line: str) -> dict[str, object] | str:
    try:
        item = json.loads(line)
        if "\\ud" in line.lower():
            json.dumps(item, ensure_ascii=False).replace(MARK, "").encode()  # half a character is no text
    except (ValueError, RecursionError):
        return line.rstrip("\r\n")
    return item if isinstance(item, dict) else line.rstrip("\r\n")


def _text(value: object) -> str:
    """A JSON value as a cell: null is blank, a list its parts joined, anything else as it is written."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(_text(part) for part in value)
    return json.dumps(value, ensure_ascii=False)
