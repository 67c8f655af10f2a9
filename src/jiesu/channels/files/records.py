"""What comes out of a file: a row, a reject, or the news that the file as a whole cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

QUOTED_IN_REASONS = 30
"""Characters of a cell that a reason repeats, enough to find it again."""


class FileProblem(Exception):
    """The file as a whole cannot be imported; ``message`` says why and what to do, in Chinese."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadCell(Exception):
    """One cell cannot be taken; its text is the reason the reject will carry."""


@dataclass(slots=True)
class Row:
    """One message or order.

    ``line`` is the line of the file (the row of the sheet) where it begins, counted from 1. ``external`` is
    its number in the system it comes from, None when the file gives none. ``fields`` holds typed values by
    field name; a blank cell has no entry. Times are aware, in UTC; ``date_only`` names those without an hour.
    ``cells`` is the record as it stood, for the rejects file only, should the city refuse it.
    """

    line: int
    external: str | None
    fields: dict[str, object]
    cells: Sequence[str] = field(default=(), repr=False, compare=False)


@dataclass(slots=True)
class Reject:
    """A line that is not imported, with the reason for a person. ``cells`` are for the rejects file only."""

    line: int
    reason: str
    cells: tuple[str, ...] = field(default=(), repr=False)


class Record(NamedTuple):
    """The cells of one record as text; ``problem`` is set when the format itself was broken there."""

    line: int
    cells: list[str]
    problem: str | None = None


class Table(Protocol):
    """A file seen as rows of text cells, whatever its format."""

    columns: list[str]

    def records(self) -> Iterator[Record]:
        """Every record below the heading that is not blank."""
        ...


def excerpt(words: str) -> str:
    """The beginning of a cell, on one line, as a reason quotes it."""
    flat = " ".join(words[: QUOTED_IN_REASONS + 1].split())
    return flat if len(words) <= QUOTED_IN_REASONS else flat[:QUOTED_IN_REASONS] + "…"
