"""Where the column names of a table are: exports often put a title and a date above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from jiesu.channels.files.columns import plain_name, recognise

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from jiesu.channels.files.records import Record

HEAD_ROWS: Final = 10


class Heading(NamedTuple):
    """The line of the column names, the names, and how much they are to be trusted (more is better)."""

    line: int
    columns: list[str]
    worth: tuple[int, int]


def find_heading(
    head: Iterable[Record], mapping: Mapping[str, str] | None, names: Collection[str] | None = None
) -> Heading:
    """The one of the first rows that names most known columns; the first that is not blank when none does.

    ``names``: the columns of a table that holds something else than messages or orders.
    """
    best = Heading(0, [], (0, 0))
    told = {plain_name(column) for column in (names if names is not None else mapping or ())}
    for record in head:
        columns = [cell.strip() for cell in record.cells]
        while columns and not columns[-1]:
            columns.pop()
        if not columns or record.problem:
            continue
        known = len(told & {plain_name(column) for column in columns})
        if names is None:
            known += len(recognise(columns))
        heading = Heading(record.line, columns, (known, len(columns)))
        if not best.columns or known > max(1, best.worth[0]):
            best = heading
    return best
