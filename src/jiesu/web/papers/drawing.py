"""Drawing .docx templates by program, so that what stands in a binary file can be read in its source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

PAPERS: Final = Path(__file__).resolve().parent
SOFT: Final = RGBColor(0x56, 0x62, 0x73)


def sheet(*, margins: tuple[float, float, float] = (20, 18, 20), size: float = 10.5) -> Any:
    """An empty A4 paper in Song, as offices use it. ``margins``: at the sides, at the head, at the foot, in mm."""
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(margins[0])
    section.top_margin, section.bottom_margin = Mm(margins[1]), Mm(margins[2])
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    style.paragraph_format.space_after = Pt(3)
    return paper


def line(paper: Any, words: str, *, size: float, bold: bool = False, centred: bool = False, soft: bool = False) -> Any:
    """A paragraph of one run; the paragraph."""
    made = paper.add_paragraph()
    if centred:
        made.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run(made, words, size=size, bold=bold, colour=SOFT if soft else None)
    return made


def heading(paper: Any, words: str, *, size: float = 12) -> Any:
    made = line(paper, words, size=size, bold=True)
    made.paragraph_format.space_before, made.paragraph_format.keep_with_next = Pt(10), True
    return made


def run(at: Any, words: str, *, size: float, bold: bool = False, colour: RGBColor | None = None) -> None:
    made = at.add_run(words)
    made.font.size, made.font.bold = Pt(size), bold
    if colour is not None:
        made.font.color.rgb = colour


def table(paper: Any, widths: Sequence[float], rows: Sequence[Sequence[str]], *, head: bool = False) -> Any:
    """A table of these cells, widths in mm; ``head``: its first row is repeated on every page. The table."""
    made = paper.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
    made.autofit = False
    for row, cells in zip(made.rows, rows, strict=True):
        for place, width in enumerate(widths):
            row.cells[place].width = Mm(width)
        for cell, words in zip(row.cells, cells, strict=False):
            cell.text = words
    if head:
        repeat(made.rows[0])
    return made


def repeat(row: Any) -> None:
    """The row stands again at the head of every page that its table reaches."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no other way to repeat a head
    properties.append(properties.makeelement(qn("w:tblHeader"), {}))


def foot(paper: Any, words: str) -> None:
    run(paper.sections[0].footer.paragraphs[0], words, size=8, colour=SOFT)


def save(paper: Any, name: str, title: str) -> None:
    """Keep the template among the papers, under a title and nobody's name."""
    paper.core_properties.author = paper.core_properties.comments = ""
    paper.core_properties.title = title
    paper.save(str(PAPERS / name))
