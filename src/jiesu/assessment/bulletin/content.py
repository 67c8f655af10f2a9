"""What a bulletin is made of: headings, paragraphs, tables and charts, all of it text that is ready to print; and how
it is kept and found again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal

from jiesu.domain import bulletins


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 1: 一、; 2: （一）."""

    text: str
    level: int = 1
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph. ``section``: where a person's own words for this place are kept (``bulletins.SECTIONS``); empty:
    made by the system. ``template``: its words with the names of figures in their places."""

    text: str
    section: str = ""
    kind: Literal["para"] = "para"
    template: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under heads. ``widths`` in parts of the line; the first column is left, the others right aligned,
    unless they hold ``words``."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()
    kind: Literal["table"] = "table"
    words: bool = False


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
    ``signed``: who publishes it; ``figures``: what may stand in its words, by name."""

    city: str
    signed: str
    title: str
    issue: str
    date: str
    stage: str
    foot: str
    blocks: list[Block] = field(default_factory=list)
    annexes: list[Table] = field(default_factory=list)
    figures: dict[str, str] = field(default_factory=dict)


NOTHING: Final = "本期无。"
_NUMERALS: Final = "一二三四五六七八九"


def numeral(count: int) -> str:
    """1..99 in Chinese numerals: 三, 十, 十二, 二十一."""
    tens, ones = divmod(count, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_NUMERALS[tens - 1]}十"
    return head + (_NUMERALS[ones - 1] if ones else "")


def written(base: Bulletin, texts: Mapping[str, str]) -> Bulletin:
    """The bulletin with people's words in their sections, every figure in its place. A section that is empty is not
    printed; a heading under which nothing is left says so."""
    blocks: list[Block] = []
    for block in base.blocks:
        if isinstance(block, Para) and block.section:
            template = texts.get(block.section, block.template).strip()
            block = replace(block, template=template, text=bulletins.filled(template, base.figures))  # noqa: PLW2901
        if isinstance(block, Para) and not block.text:
            continue
        if _bare(blocks, block):
            blocks.append(Para(NOTHING))
        blocks.append(block)
    if blocks and isinstance(blocks[-1], Heading):
        blocks.append(Para(NOTHING))
    return replace(base, blocks=blocks)


def _bare(blocks: Sequence[Block], following: Block) -> bool:
    """Whether the last heading has nothing under it before the next one of its height."""
    last = blocks[-1] if blocks else None
    return isinstance(last, Heading) and isinstance(following, Heading) and following.level <= last.level


def kept(bulletin: Bulletin) -> dict[str, Any]:
    """The bulletin as a document; ``read`` gives it back."""
    return asdict(bulletin)


def read(doc: Mapping[str, Any]) -> Bulletin:
    return Bulletin(
        **{
            **doc,
            "blocks": [_block(one) for one in doc["blocks"]],
            "annexes": [Table(**one) for one in doc["annexes"]],
        }
    )


def _block(doc: Mapping[str, Any]) -> Block:
    match doc["kind"]:
        case "heading":
            return Heading(**doc)
        case "para":
            return Para(**doc)
        case "table":
            return Table(**doc)
    return Chart(**{**doc, "bars": [Bar(**bar) for bar in doc["bars"]]})
