"""Text tables (.csv and its relatives) read record by record in bounded memory, whatever a line may hold."""

from __future__ import annotations

import csv
from collections import deque
from functools import partial
from itertools import islice
from typing import IO, TYPE_CHECKING, Final

from jiesu.channels.files.heading import HEAD_ROWS, Heading, find_heading
from jiesu.channels.files.records import FileProblem, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

FIELD_LIMIT: Final = 4_000_000
"""Characters of one cell that are read before the reader gives the line up as broken."""
LINE_LIMIT: Final = FIELD_LIMIT + 100_000
KEPT_OF_BROKEN: Final = 32_000
DELIMITERS: Final = ",;\t"

UNPAIRED: Final = "引号没有成对，分不清各列的界限。请在原文件里补上或去掉多余的英文双引号"
TOO_LONG: Final = f"这一行超过 {FIELD_LIMIT:,} 字，无法读取。请核对原文件，只保留诉求的文字"


class Lines:
    """The physical lines of a text, none longer than LINE_LIMIT, with a way back to lines already taken."""

    def __init__(self, stream: IO[str]) -> None:
        self._read: Callable[[], str] = partial(stream.readline, LINE_LIMIT)
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        while self._again:
            self.taken.append(self._again.popleft())
            yield self.taken[-1]
        for line in iter(self._read, ""):
            if len(line) >= LINE_LIMIT:
                self._skip_rest(line)
            self.taken.append(line)
            yield line

    def give_back(self) -> None:
        """Return every taken line but the first, to be read once more."""
        self._again.extendleft(reversed(self.taken[1:]))
        self.taken.clear()

    def _skip_rest(self, line: str) -> None:
        while line and line[-1] not in "\r\n":
            line = self._read()


def parse(stream: IO[str], delimiter: str) -> Iterator[Record]:
    """Every record with the line where it begins; a broken one as a Record with a problem.

    A quote that is never closed would swallow the rest of the file; only its own line is given up, and the
    reading goes on with the next.
    """
    csv.field_size_limit(max(csv.field_size_limit(), FIELD_LIMIT))
    lines = Lines(stream)
    number = 1
    while True:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                yield Record(number, cells)
                number += len(lines.taken)
                lines.taken.clear()
            return
        except csv.Error:
            first = lines.taken[0]
            problem = TOO_LONG if len(first) > FIELD_LIMIT else UNPAIRED
            yield Record(number, [first[:KEPT_OF_BROKEN].rstrip("\r\n")], problem)
            number += 1
            lines.give_back()


class DelimitedTable:
    """A .csv file as a Table. ``opened`` gives a fresh stream over its text each time."""

    def __init__(
        self,
        name: str,
        opened: Callable[[], IO[str]],
        mapping: Mapping[str, str] | None,
        names: Collection[str] | None = None,
    ) -> None:
        self._opened = opened
        headings = {delimiter: self._heading(delimiter, mapping, names) for delimiter in DELIMITERS}
        self._delimiter = max(DELIMITERS, key=lambda delimiter: headings[delimiter].worth)
        self._heading_line = headings[self._delimiter].line
        self.columns = headings[self._delimiter].columns
        if not self.columns:
            raise FileProblem(f"“{name}”是空的，没有可以导入的内容。")

    def records(self) -> Iterator[Record]:
        """Every record below the heading, blank lines left out."""
        with self._opened() as stream:
            for record in parse(stream, self._delimiter):
                if record.line > self._heading_line and any(record.cells):
                    yield record

    def _heading(self, delimiter: str, mapping: Mapping[str, str] | None, names: Collection[str] | None) -> Heading:
        with self._opened() as stream:
            return find_heading(islice(parse(stream, delimiter), HEAD_ROWS), mapping, names)
