"""What a cell must be to be taken for a field, and what it becomes."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from jiesu.channels.files.columns import FIELDS, GUARDED
from jiesu.channels.files.formulas import is_formula
from jiesu.channels.files.records import BadCell, excerpt
from jiesu.channels.files.words import (
    CHANNEL_CODES,
    KIND_CODES,
    RATING_CODES,
    STATE_CODES,
    URGENCY_CODES,
    code_of,
    on_time_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LONG_TEXT: Final = 20_000
"""Characters of a text or a reply; a longer one is not a demand but something pasted by mistake."""
LONG_CELL: Final = 500
BLANKS: Final = frozenset({"", "NULL", "null", "None", "\\N", "NaN", "nan"})

_REMEMBERED: Final = 1_000
_CUT_NUMBER: Final = re.compile(r"\d(?:\.\d+)?[eE]\+\d+|\d{16,}\.0")
_COUNT: Final = re.compile(r"(\d{1,9})(?:\.0+)?")


def converter(field: str, column: str) -> Callable[[str], object]:
    """The function that checks a cell of ``column`` and gives the value of ``field``; it raises BadCell."""
    if field in ("text", "reply"):
        return partial(_words, column, LONG_TEXT, field in GUARDED)
    if field in ("external", "phone", "user", "credit_code"):
        return partial(_number_in_words, column)
    if field in ("supports", "opposes"):
        return partial(_count, column)
    if field in _BOOKS:
        return lru_cache(_REMEMBERED)(partial(_code, column, _BOOKS[field]))
    if field == "on_time":
        return lru_cache(_REMEMBERED)(partial(_on_time, column))
    return partial(_words, column, LONG_CELL, field in GUARDED)


def no_text() -> BadCell:
    """The reason of a row that says nothing."""
    return BadCell(f"没有{FIELDS['text'].name}，请补上后再导入")


_BOOKS: Final = {
    "kind": KIND_CODES,
    "urgency": URGENCY_CODES,
    "channel": CHANNEL_CODES,
    "state": STATE_CODES,
    "rating": RATING_CODES,
}


def _words(column: str, limit: int, guarded: bool, words: str) -> str:
    if len(words) > limit:
        raise BadCell(f"“{column}”有 {len(words):,} 字，超过 {limit:,} 字。请核对是否贴错，删减后再导入")
    if guarded and is_formula(words):
        raise BadCell(f"“{column}”是公式（{excerpt(words)}）。请改成文字，不要以等号、加号、减号或 @ 开头")
    return words


def _number_in_words(column: str, words: str) -> str:
    if _CUT_NUMBER.fullmatch(words):
        raise BadCell(
            f"“{column}”的“{excerpt(words)}”被表格软件改成了近似数，末尾的数字已丢失。请把这一列设为文本，重新导出"
        )
    return _words(column, LONG_CELL, guarded=False, words=words)


def _count(column: str, words: str) -> int:
    found = _COUNT.fullmatch(words)
    if not found:
        raise BadCell(f"“{column}”的“{excerpt(words)}”不是个数，请改成整数")
    return int(found[1])


def _code(column: str, book: dict[str, str], words: str) -> str:
    return _words(column, LONG_CELL, guarded=False, words=code_of(book, words))


def _on_time(column: str, words: str) -> bool:
    answer = on_time_of(words)
    if answer is None:
        raise BadCell(f"“{column}”的“{excerpt(words)}”看不出是否按时，请写“是”或“否”")
    return answer
