"""Draws the .docx templates of reports and of the sheets for when the system is away:
``python -m jiesu.web.papers.templates``. A city lays others beneath the data directory (``setting.OWN``)."""

from __future__ import annotations

from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from jiesu.web.papers import drawing


def report() -> None:
    """``report.docx``: the layout of ``report.Report``, tables of any number of columns."""
    paper = drawing.sheet(margins=(24, 24, 22), size=11)
    drawing.line(paper, "{{ head }}", size=11, centred=True, soft=True)
    drawing.line(paper, "{{ title }}", size=20, bold=True, centred=True)
    under = paper.add_paragraph("{{ line[0] }}\t{{ line[1] }}")
    under.paragraph_format.tab_stops.add_tab_stop(Mm(162), WD_TAB_ALIGNMENT.RIGHT)
    paper.add_paragraph("{%p for one in sections %}")
    paper.add_paragraph("{%p if one.heading %}")
    drawing.heading(paper, "{{ one.heading }}", size=13)
    paper.add_paragraph("{%p endif %}")
    paper.add_paragraph("{%p for words in one.paragraphs %}")
    paper.add_paragraph("{{ words }}").paragraph_format.first_line_indent = Pt(22)
    paper.add_paragraph("{%p endfor %}")
    paper.add_paragraph("{%p if one.table %}")
    _any_table(paper)
    paper.add_paragraph("{%p if one.table.note %}")
    drawing.line(paper, "{{ one.table.note }}", size=8.5, soft=True)
    paper.add_paragraph("{%p endif %}")
    paper.add_paragraph("{%p endif %}")
    paper.add_paragraph("{%p endfor %}")
    drawing.foot(paper, "{{ foot }}")
    drawing.save(paper, "report.docx", "热线报表")


def _any_table(paper: Any) -> None:
    """A head and rows as many and as wide as there are; the cells of the loops themselves vanish."""
    rows = [
        ["{%tc for cell in one.table.heads %}", "{{ cell }}", "{%tc endfor %}"],
        ["{%tr for row in one.table.rows %}", "", ""],
        ["{%tc for cell in row %}", "{{ cell }}", "{%tc endfor %}"],
        ["{%tr endfor %}", "", ""],
    ]
    made = drawing.table(paper, (54, 54, 54), rows, head=True)
    made.autofit = True
    for row in made.rows:
        for cell in row.cells:
            for line in cell.paragraphs:
                line.paragraph_format.space_after = Pt(0)
                for run in line.runs:
                    run.font.size = Pt(9)


def sheets() -> None:
    """``sheet.docx``: a sheet of paper for one demand on each page, in the order in which people tell a story."""
    paper = drawing.sheet(margins=(18, 14, 14), size=10.5)
    paper.add_paragraph("{%p for one in sheets %}")
    title = drawing.line(paper, "{{ title }}", size=18, bold=True, centred=True)
    title.paragraph_format.page_break_before = True
    number = paper.add_paragraph()
    drawing.run(number, "工单号 □□□□□□ ", size=14)
    drawing.run(number, "{{ one }}", size=18, bold=True)
    drawing.run(number, "　（{{ number }}）", size=9, colour=drawing.SOFT)
    rows = [["{%tr for row in rows %}", ""], ["{{ row[0] }}", "{{ row[1] }}"], ["{%tr endfor %}", ""]]
    made = drawing.table(paper, (28, 146), rows)
    _as_tall_as_told(made.rows[1])
    made.rows[1].cells[1].paragraphs[0].paragraph_format.line_spacing = Pt(22)
    drawing.line(paper, "{{ foot }}", size=8.5, soft=True)
    paper.add_paragraph("{%p endfor %}")
    drawing.save(paper, "sheet.docx", "受理单（停机备用）")


def _as_tall_as_told(row: Any) -> None:
    """The row's height is filled in like its words; twentieths of a point, and never less."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx cannot set a height that is no number yet
    height = properties.makeelement(qn("w:trHeight"), {qn("w:val"): "{{ row[2] }}", qn("w:hRule"): "atLeast"})
    properties.append(height)


if __name__ == "__main__":
    report()
    sheets()
