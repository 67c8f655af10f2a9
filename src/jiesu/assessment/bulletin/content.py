"""What a bulletin is made of: headings, paragraphs, tables and charts, all of it text that is ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 1: 一、; 2: （一）."""

    text: str
    level: int = 1
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph. ``section``: where a person's own words for this place are kept; empty: made by the system."""

    text: str
    section: str = ""
    kind: Literal["para"] = "para"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under heads. ``widths`` in parts of the line; the first column is left, the others right aligned."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is called, how long it is (0..``Chart.whole``), what is written beside it."""

    name: str
    value: float
    said: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Horizontal bars. ``title`` says what is seen; ``whole`` is the length of a full bar."""

    title: str
    bars: Sequence[Bar]
    whole: float = 100.0
    kind: Literal["chart"] = "chart"


Block = Heading | Para | Table | Chart


@dataclass(slots=True)
class Bulletin:
    """A bulletin, ready to be drawn. ``stage``: 定稿, 预公布 or 未定稿; ``foot``: what the figures rest on;
    ``signed``: who publishes it."""

    city: str
    signed: str
    title: str
    issue: str
    date: str
    stage: str
    foot: str
    blocks: list[Block] = field(default_factory=list)
    annexes: list[Table] = field(default_factory=list)
