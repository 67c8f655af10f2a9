"""Draws the .docx template of an order's paper: ``python -m jiesu.web.order.paper_template``.

A city that wants another lays its own beneath the data directory (``papers.OWN``); the places to be filled are the
same. Written by a program, so that what stands in the binary file can be read here.
"""

from __future__ import annotations

from typing import Any, Final

from jiesu.web.papers import drawing

_WIDTHS: Final = {"facts": (22, 63, 22, 63), "legs": (80, 25, 25, 40), "way": (30, 38, 102)}


def draw() -> None:
    """Write ``order.docx`` anew."""
    paper = drawing.sheet()
    drawing.line(paper, "{{ city }}工单", size=18, centred=True)
    paper.add_paragraph("工单号 {{ number }}　　{{ state }}")
    _table(
        paper,
        "facts",
        None,
        "one in pairs",
        ["{{ one[0][0] }}", "{{ one[0][1] }}", "{{ one[1][0] }}"] + ["{{ one[1][1] }}"],
    )
    drawing.heading(paper, "诉求：{{ title }}")
    paper.add_paragraph("{{ text }}")
    paper.add_paragraph("{%p if legs %}")
    drawing.heading(paper, "承办")
    _table(
        paper, "legs", ["单位", "分工", "状态", "派出时间"], "one in legs", [f"{{{{ one[{at}] }}}}" for at in range(4)]
    )
    paper.add_paragraph("{%p endif %}")
    paper.add_paragraph("{%p if limits %}")
    drawing.heading(paper, "时限")
    paper.add_paragraph("{%p for one in limits %}")
    paper.add_paragraph("{{ one }}")
    paper.add_paragraph("{%p endfor %}")
    paper.add_paragraph("{%p endif %}")
    drawing.heading(paper, "办理经过")
    said = (
        "{{ one.said }}{% for part in one.took %}\n{{ part }}{% endfor %}"
        "{% for label, value in one.details %}\n{{ label }}：{{ value }}{% endfor %}"
    )
    _table(paper, "way", ["时间", "经办", "办理情况"], "one in way", ["{{ one.at }}", "{{ one.who }}", said])
    paper.add_paragraph("{%p if photos %}")
    drawing.heading(paper, "照片")
    paper.add_paragraph("{% for one in photos %}{{ one }} {% endfor %}")
    paper.add_paragraph("{%p endif %}")
    paper.add_paragraph("经办人：　　　　　　　　单位负责人：　　　　　　　　日期：")
    drawing.foot(paper, "{{ printed }}")
    drawing.save(paper, "order.docx", "工单")


def _table(paper: Any, name: str, heads: list[str] | None, each: str, cells: list[str]) -> None:
    """A table with one row for each thing of a list; the rows of the loop itself vanish when it is filled."""
    rows = [*([heads] if heads else []), [f"{{%tr for {each} %}}"], cells, ["{%tr endfor %}"]]
    drawing.table(paper, _WIDTHS[name], rows, head=bool(heads))


if __name__ == "__main__":
    draw()
