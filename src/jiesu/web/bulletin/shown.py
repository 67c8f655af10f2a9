"""An edition as a page shows it: the blocks of the paper, what was changed in its words, its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jiesu.assessment.bulletin.content import Block, Bulletin, Chart, Heading, Para, Table, numeral
from jiesu.domain import bulletins, readings
from jiesu.store.editions import Reading

_PLACE: Final = re.compile(r"(\{[^{}\n]{1,40}\})")
_WIDE: Final = 240


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of a text; ``name``: of the figure that it is; ``mark``: ins or del; ``said``: who did that, and when."""

    text: str
    name: str = ""
    mark: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A block of the page. ``lines``: of a paragraph; ``bars``: name, width, words, soft."""

    kind: str
    text: str = ""
    section: str = ""
    level: int = 1
    lines: Sequence[Sequence[Piece]] = ()
    table: Table | None = None
    bars: Sequence[tuple[str, int, str, bool]] = ()


@dataclass(slots=True)
class _Count:
    first: int = 0
    second: int = 0

    def head(self, one: Heading) -> str:
        if one.level == 1:
            self.first, self.second = self.first + 1, 0
            return f"{numeral(self.first)}、{one.text}"
        self.second += 1
        return f"（{numeral(self.second)}）{one.text}"


def blocks(found: Bulletin, changes: Mapping[str, Sequence[Piece]] | None = None) -> list[Shown]:
    """The blocks of a bulletin; ``changes``: of each section its words with what was changed, where that is wanted."""
    count = _Count()
    return [_shown(one, count, found.figures, changes or {}) for one in found.blocks]


def _shown(one: Block, count: _Count, figures: Mapping[str, str], changes: Mapping[str, Sequence[Piece]]) -> Shown:
    match one:
        case Heading():
            return Shown("heading", count.head(one), level=one.level)
        case Para():
            pieces = changes.get(one.section) or list(_pieces(one.template or one.text, figures))
            return Shown("para", one.text, one.section, lines=list(_lines(pieces)))
        case Chart():
            return Shown("chart", one.title, bars=[_bar(one, bar) for bar in one.bars])
    return Shown("table", one.title, table=one)


def _bar(chart: Chart, bar: Any) -> tuple[str, int, str, bool]:
    return bar.name, round(_WIDE * min(1.0, bar.value / chart.whole)) if chart.whole else 0, bar.said, bar.soft


def _pieces(text: str, figures: Mapping[str, str], mark: str = "", said: str = "") -> Iterator[Piece]:
    for part in filter(None, _PLACE.split(text)):
        name = part[1:-1] if _PLACE.fullmatch(part) else ""
        yield Piece(figures.get(name, bulletins.NO_FIGURE) if name else part, name, mark, said)


def _lines(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    line: list[Piece] = []
    for piece in pieces:
        first, *rest = piece.text.split("\n")
        line.append(Piece(first, piece.name, piece.mark, piece.said))
        for part in rest:
            yield line
            line = [Piece(part, piece.name, piece.mark, piece.said)]
    yield line


def changes(kept: Sequence[Reading], figures: Mapping[str, str], when: Any) -> dict[str, list[Piece]]:
    """Of each section that was changed, its words with every insertion and deletion. ``when``: a moment in words."""
    said = {one.no: f"{one.name} {when(one.at)}" for one in kept}
    found = {}
    for section in bulletins.SECTIONS:
        texts = [(one.no, one.texts.get(section, "")) for one in kept]
        if len({text for _, text in texts}) > 1:
            found[section] = list(_tracked(_distinct(texts), figures, said))
    return found


def _distinct(texts: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    return [one for at, one in enumerate(texts) if not at or one[1] != texts[at - 1][1]]


def _tracked(texts: Sequence[tuple[int, str]], figures: Mapping[str, str], said: Mapping[int, str]) -> Iterator[Piece]:
    for run in readings.tracked(texts):
        if run.died is not None:
            # What came and went between two readings nobody is shown beside what stands.
            yield from _pieces(run.text, figures, "del", f"{said[run.died]} 删去")
        elif run.born != texts[0][0]:
            yield from _pieces(run.text, figures, "ins", f"{said[run.born]} 写入")
        else:
            yield from _pieces(run.text, figures)


@dataclass(frozen=True, slots=True)
class Field:
    """A section to be written in: ``heading`` stands above the first of a part."""

    name: str
    zh: str
    value: str
    heading: str = ""
    wrong: str = ""
    between: Sequence[str] = field(default=())


def fields(base: Bulletin, texts: Mapping[str, str], wrong: Mapping[str, str]) -> list[Field]:
    """The sections of an edition in the order of the paper, with the headings and tables that stand between them."""
    found, heading, between, count = [], "", [], _Count()
    for one in base.blocks:
        if isinstance(one, Heading):
            heading = count.head(one) if one.level == 1 else heading
            if one.level == 1:
                between = []
        elif isinstance(one, Para) and one.section:
            value = texts.get(one.section, one.template)
            zh = bulletins.SECTIONS[one.section]
            found.append(Field(one.section, zh, value, heading, wrong.get(one.section, ""), between))
            heading, between = "", []
        elif isinstance(one, Table | Chart):
            between = [*between, one.title]
    return found
