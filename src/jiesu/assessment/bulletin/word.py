"""A bulletin as .docx in the layout of GB/T 9704: margins, 仿宋 of the third size, 小标宋 titles, page numbers outside.

The names of the fonts are those of the standard; a machine that lacks them shows its own (a free fallback is named as
the font's family for readers that look for one).
"""

# ruff: noqa: SLF001 - python-docx has no other way to name an East Asian font, a border or a field
from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from jiesu.assessment.bulletin import typeset
from jiesu.assessment.bulletin.content import Bulletin, Chart, Heading, Para, Table, numeral

_TITLE, _TEXT, _FIRST, _SECOND, _CELL = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
_RED: Final = RGBColor(0xC8, 0x10, 0x2E)
_WIDTH: Final = 156.0


def docx(bulletin: Bulletin) -> bytes:
    """The bulletin as a Word file."""
    paper = Document()
    _page(paper)
    _head(paper, bulletin)
    first = second = 0
    for block in bulletin.blocks:
        match block:
            case Heading(text, 1):
                first, second = first + 1, 0
                _line(paper, f"{numeral(first)}、{text}", _FIRST, keep=True)
            case Heading(text):
                second += 1
                _line(paper, f"（{numeral(second)}）{text}", _SECOND, keep=True)
            case Para(text):
                for part in text.split("\n"):
                    _line(paper, part, _TEXT)
            case Table():
                _table(paper, block, _WIDTH)
            case Chart():
                _chart(paper, block)
    _keep_last(paper)
    _foot(paper, bulletin)
    for annex in bulletin.annexes:
        paper.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        _table(paper, annex, _WIDTH)
    made = BytesIO()
    paper.save(made)
    return made.getvalue()


def _page(paper: Any) -> None:
    section = paper.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(28)
    paper.settings.odd_and_even_pages_header_footer = True
    _number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    style = paper.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _TEXT)
    paper.core_properties.author = paper.core_properties.comments = ""


def _number(line: Any, side: Any) -> None:
    """— 1 — at the outer side, of the fourth size."""
    line.alignment = side
    line.paragraph_format.left_indent = line.paragraph_format.right_indent = Pt(14)
    for kind, words in (("text", "— "), ("begin", ""), ("code", "PAGE"), ("end", ""), ("text", " —")):
        run = line.add_run(words if kind == "text" else "")
        _font(run, _CELL, 14)
        if kind == "code":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = words
            run._r.append(code)
        elif kind != "text":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _head(paper: Any, bulletin: Bulletin) -> None:
    top = paper.add_paragraph()
    top.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(top.add_run(f"{bulletin.city}通报"), _TITLE, 36, colour=_RED)
    issue = paper.add_paragraph()
    issue.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _font(issue.add_run(f"{bulletin.issue}　{bulletin.date}　{bulletin.stage}"), _TEXT, 14)
    _rule(issue)
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(20), Pt(14)
    _font(title.add_run(bulletin.title), _TITLE, 22)


def _rule(line: Any) -> None:
    """The red line beneath the head."""
    border = OxmlElement("w:pBdr")
    below = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", "C8102E")):
        below.set(qn(f"w:{name}"), value)
    border.append(below)
    line._p.get_or_add_pPr().append(border)


def _line(paper: Any, text: str, font: str, *, keep: bool = False) -> None:
    """A paragraph: the third size, two characters of indent, lines of 28 points."""
    line = paper.add_paragraph()
    form = line.paragraph_format
    form.alignment = WD_ALIGN_PARAGRAPH.LEFT  # justified, a line that ends before a long foreign name is torn apart
    form.first_line_indent, form.space_after = Pt(32), Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28)
    form.keep_with_next = keep
    _font(line.add_run(text), font, 16)


def _table(paper: Any, held: Table, whole: float) -> None:
    title = paper.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.keep_with_next, title.paragraph_format.space_before = True, Pt(8)
    title.paragraph_format.space_after = Pt(4)
    _font(title.add_run(held.title), _FIRST, 12)
    parts = held.widths if len(held.widths) == len(held.heads) else [1.0] * len(held.heads)
    widths = [Mm(whole * part / sum(parts)) for part in parts]
    table = paper.add_table(rows=1 + len(held.rows), cols=len(held.heads), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    small = 9.0 if len(held.heads) > 5 else 10.5
    for row, cells in zip(table.rows, [held.heads, *held.rows], strict=True):
        for place, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            cell.width = widths[place]
            _cell(cell, text, small, head=row is table.rows[0], right=place > 0 and not held.words)
    head = table.rows[0]._tr.get_or_add_trPr()
    head.append(head.makeelement(qn("w:tblHeader"), {}))


def _cell(cell: Any, text: str, size: float, *, head: bool, right: bool) -> None:
    line = cell.paragraphs[0]
    line.paragraph_format.space_after = Pt(0)
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    _font(line.add_run(text), _FIRST if head else _CELL, size)


def _chart(paper: Any, chart: Chart) -> None:
    line = paper.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.space_before = Pt(8)
    line.add_run().add_picture(BytesIO(typeset.picture(chart)), width=Mm(_WIDTH))


def _keep_last(paper: Any) -> None:
    """What comes last stays with the signature: no page has the signature alone (GB/T 9704, 7.3.5)."""
    last = next((one for one in reversed(paper.element.body) if one.tag in (qn("w:p"), qn("w:tbl"))), None)
    if last is None or last.tag == qn("w:p"):
        paper.paragraphs[-1].paragraph_format.keep_with_next = True
        return
    row = paper.tables[-1].rows[-1]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell in row.cells:
        cell.paragraphs[-1].paragraph_format.keep_with_next = True


def _foot(paper: Any, bulletin: Bulletin) -> None:
    for text, before in ((bulletin.signed, 28), (bulletin.date, 0)):
        line = paper.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        form = line.paragraph_format
        form.right_indent, form.space_before, form.space_after = Pt(64), Pt(before), Pt(0)
        form.keep_with_next = True
        _font(line.add_run(text), _TEXT, 16)
    note = paper.add_paragraph()
    note.paragraph_format.space_before, note.paragraph_format.keep_together = Pt(12), True
    _font(note.add_run(bulletin.foot), _CELL, 9)


def _font(run: Any, name: str, size: float, *, colour: RGBColor | None = None) -> None:
    run.font.name, run.font.size = "Times New Roman", Pt(size)
    run._r.get_or_add_rPr().rFonts.set(qn("w:eastAsia"), name)
    if colour is not None:
        run.font.color.rgb = colour
