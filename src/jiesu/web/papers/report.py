"""A report on paper: an office's name, a title, numbered sections of words and tables, a foot that says of when it is.

One layout for all of them, as PDF and as .docx: the daily report, the lists of the outage kit, and what a month's
circular will need. A report is data; nothing here knows what it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from jiesu.web.papers import setting

_CHINESE: Final = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Table:
    """``widths``: parts of the width, one for each column; ``right``: columns (from 0) whose cells are numbers."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int] = ()
    right: Sequence[int] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report; without ``heading`` it has no number."""

    heading: str
    paragraphs: Sequence[str] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """``head``: whose paper it is; ``line``: under the title, left and right; ``foot``: at every page's end."""

    head: str
    title: str
    line: tuple[str, str]
    sections: Sequence[Section] = ()
    foot: str = ""
    numbered: bool = True
    wide: bool = field(default=False)


def pdf(report: Report) -> bytes:
    return setting.pdf("report.typ", {"reports": [content(report)]})


def docx(report: Report, own: str) -> bytes:
    """``own``: the name under which a city may lay a template of its own."""
    return setting.docx("report.docx", content(report), own)


def content(report: Report) -> dict[str, Any]:
    """The report as both layouts take it, its headings numbered 一、二、……"""
    held = asdict(report)
    at = 0
    for section in held["sections"]:
        if section["heading"] and report.numbered:
            section["heading"] = f"{numeral(at)}、{section['heading']}"
            at += 1
        section["paragraphs"] = [line for text in section["paragraphs"] for line in text.splitlines() if line.strip()]
        table: dict[str, Any] | None = section["table"]
        if table is not None:
            table["widths"] = table["widths"] or [1] * len(table["heads"])
    return held


def numeral(at: int) -> str:
    """0 is 一, 9 is 十, 10 is 十一, 20 is 二十一; below a hundred."""
    tens, ones = divmod(at + 1, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_CHINESE[tens - 1]}十"
    return head + (_CHINESE[ones - 1] if ones else "")
