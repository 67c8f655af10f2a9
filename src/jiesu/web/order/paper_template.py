"""Draws the .docx template of an order's paper: ``python -m jiesu.web.order.paper_template``.

A city that wants another lays its own beneath the data directory (``papers.OWN``); the places to be filled are the
same. Written by a program, so that what stands in the binary file can be read here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

PAPERS: Final = Path(__file__).resolve().parents[1] / "papers"

_SOFT: Final = RGBColor(0x56, 0x62, 0x73)
_WIDTHS: Final = {"facts": (22, 63, 22, 63), "legs": (80, 25, 25, 40), "way": (30, 38, 102)}


def draw() -> None:
    """Write ``order.docx`` anew."""
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(18), Mm(20)
    _fonts(paper)
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, "{{ city }}工单", size=18)
    paper.add_paragraph("工单号 {{ number }}　　{{ state }}")
    _table(
        paper,
        "facts",
        None,
        "one in pairs",
        ["{{ one[0][0] }}", "{{ one[0][1] }}", "{{ one[1][0] }}"] + ["{{ one[1][1] }}"],
    )
    _heading(paper, "诉求：{{ title }}")
    paper.add_paragraph("{{ text }}")
    paper.add_paragraph("{%p if legs %}")
    _heading(paper, "承办")
    _table(
        paper, "legs", ["单位", "分工", "状态", "派出时间"], "one in legs", [f"{{{{ one[{at}] }}}}" for at in range(4)]
    )
    paper.add_paragraph("{%p endif %}")
    paper.add_paragraph("{%p if limits %}")
    _heading(paper, "时限")
    paper.add_paragraph("{%p for one in limits %}")
    paper.add_paragraph("{{ one }}")
    paper.add_paragraph("{%p endfor %}")
    paper.add_paragraph("{%p endif %}")
    _heading(paper, "办理经过")
    said = (
        "{{ one.said }}{% for part in one.took %}\n{{ part }}{% endfor %}"
        "{% for label, value in one.details %}\n{{ label }}：{{ value }}{% endfor %}"
    )
    _table(paper, "way", ["时间", "经办", "办理情况"], "one in way", ["{{ one.at }}", "{{ one.who }}", said])
    paper.add_paragraph("{%p if photos %}")
    _heading(paper, "照片")
    paper.add_paragraph("{% for one in photos %}{{ one }} {% endfor %}")
    paper.add_paragraph("{%p endif %}")
    paper.add_paragraph("经办人：　　　　　　　　单位负责人：　　　　　　　　日期：")
    footer = section.footer.paragraphs[0]
    _run(footer, "{{ printed }}", size=8, colour=_SOFT)
    paper.core_properties.author = paper.core_properties.comments = ""
    paper.core_properties.title = "工单"
    paper.save(str(PAPERS / "order.docx"))


def _fonts(paper: Any) -> None:
    """Song for the text, as offices use it; the size of a form."""
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    style.paragraph_format.space_after = Pt(3)


def _heading(paper: Any, words: str) -> None:
    line = paper.add_paragraph()
    line.paragraph_format.space_before, line.paragraph_format.keep_with_next = Pt(10), True
    _run(line, words, size=12, bold=True)


def _run(line: Any, words: str, *, size: float, bold: bool = False, colour: RGBColor | None = None) -> None:
    run = line.add_run(words)
    run.font.size, run.font.bold = Pt(size), bold
    if colour is not None:
        run.font.color.rgb = colour


def _table(paper: Any, name: str, heads: list[str] | None, each: str, cells: list[str]) -> None:
    """A table with one row for each thing of a list; the rows of the loop itself vanish when it is filled."""
    lines = [*([heads] if heads else []), [f"{{%tr for {each} %}}"], cells, ["{%tr endfor %}"]]
    table = paper.add_table(rows=len(lines), cols=len(cells), style="Table Grid")
    table.autofit = False
    for row, line in zip(table.rows, lines, strict=True):
        for place, width in enumerate(_WIDTHS[name]):
            row.cells[place].width = Mm(width)
        for cell, words in zip(row.cells, line, strict=False):
            cell.text = words
    if heads:
        properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no other way to repeat a head
        properties.append(properties.makeelement(qn("w:tblHeader"), {}))


if __name__ == "__main__":
    draw()
