"""The paper of a bulletin: the signature is on no page alone, and long foreign names are not torn apart."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from jiesu.assessment.bulletin.content import Bar, Block, Bulletin, Chart, Heading, Para, Table
from jiesu.assessment.bulletin.typeset import pdf
from jiesu.assessment.bulletin.word import docx

LONG: Final = "Office of Neighborhood Services and Constituent Engagement"
NAMES: Final = (LONG, "Boston Transportation Department Commissioner")
ROWS: Final = [(name, f"{LONG} 补齐人手") for name in NAMES]
WORDS: Final = Table("议定事项", ("单位", "事项"), ROWS, (1, 1.4), words=True)
NUMBERS: Final = Table("各单位", ("单位", "件数"), [(name, "1,234") for name in NAMES], (1.2, 1))
CHART: Final = Chart("按时办结率", [Bar(name, 90, "90%") for name in NAMES])
LAST: Final = Para(f"其中 {LONG} 和 {NAMES[1]} 超期最多，均已要求说明情况。")


def bulletin(*blocks: Block, before: int = 1, annexes: Sequence[Table] = ()) -> Bulletin:
    said = [Para("各单位按时办结情况总体平稳。" * 5) for _ in range(before)]
    return Bulletin(
        *("波士顿", "市12345热线中心", "2011年12月通报", "第12期", "2012年1月1日", "未定稿", "数字截至九点"),
        blocks=[Heading("总体情况"), *said, *blocks],
        annexes=list(annexes),
    )


def body(*blocks: Block) -> list[Any]:
    """What stands in the file before the signature's last line, and the note beneath it."""
    return [one for one in Document(BytesIO(docx(bulletin(*blocks)))).element.body if one.tag != qn("w:sectPr")]


def keeps(line: Any) -> bool:
    found = line.find(f"{qn('w:pPr')}/{qn('w:keepNext')}")
    return found is not None and found.get(qn("w:val"), "1") not in ("0", "false")


def aligned(line: Any) -> str | None:
    found = line.find(f"{qn('w:pPr')}/{qn('w:jc')}")
    return None if found is None else found.get(qn("w:val"))


def said(line: Any) -> str:
    return "".join(one.text or "" for one in line.iter(qn("w:t")))


def test_the_signature_stays_with_the_paragraph_before_it() -> None:
    *_, first, last, signed, date, note = body(LAST)
    assert [said(one) for one in (signed, date, note)] == ["市12345热线中心", "2012年1月1日", "数字截至九点"]
    assert [keeps(one) for one in (first, last, signed, date, note)] == [False, True, True, True, False]
    assert note.find(f"{qn('w:pPr')}/{qn('w:keepLines')}") is not None


def test_the_signature_stays_with_the_last_row_or_the_picture_before_it() -> None:
    table, signed = body(WORDS)[-4:-2]
    *rows, last = table.iter(qn("w:tr"))
    assert [[keeps(line) for line in row.iter(qn("w:p"))] for row in rows] == [[False, False], [False, False]]
    assert [keeps(line) for line in last.iter(qn("w:p"))] == [True, True]
    assert [row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in (*rows, last)] == [0, 0, 1]
    assert keeps(signed)
    picture = body(CHART)[-4]
    assert (picture.find(f".//{qn('w:drawing')}") is not None, keeps(picture)) == (True, True)


def test_no_line_of_words_is_justified_or_distributed() -> None:
    held = bulletin(LAST, WORDS, NUMBERS, annexes=[NUMBERS])
    paper = Document(BytesIO(docx(held))).element.body
    assert {aligned(line) for line in paper.iter(qn("w:p"))} == {"left", "right", "center", None}
    assert [aligned(line) for line in paper.iter(qn("w:p")) if LONG in said(line)] == ["left"] * 6
    assert [aligned(line) for line in paper.iter(qn("w:p")) if said(line) == "1,234"] == ["right"] * 4
    assert [said(line) for line in paper.iter(qn("w:p")) if aligned(line) is None] == ["数字截至九点", ""]


@pytest.mark.parametrize("last", [LAST, WORDS, CHART])
def test_no_page_of_the_pdf_has_the_signature_alone(last: Block) -> None:
    turned = 0
    for before in range(5, 10):
        pages = [page.extract_text() for page in PdfReader(BytesIO(pdf(bulletin(last, before=before)))).pages]
        (signed,) = (page for page in pages if "热线中心" in page)
        assert NAMES[1].split()[0] in signed
        turned += len(pages)
    assert turned > 5


def test_a_last_table_longer_than_a_page_is_broken() -> None:
    rows = [(f"{LONG} {at}", "1,234") for at in range(120)]
    pages = PdfReader(BytesIO(pdf(bulletin(Table("各单位", ("单位", "件数"), rows))))).pages
    assert len(pages) > 2
    text = pages[-1].extract_text()
    assert "热线中心" in text
    assert "1,234" in text


def test_long_names_are_not_torn_apart_in_the_pdf() -> None:
    page = PdfReader(BytesIO(pdf(bulletin(WORDS, LAST)))).pages[0]
    lines = [line.strip() for line in page.extract_text(extraction_mode="layout").splitlines()]
    torn = [line for line in lines if "Neighborhood" in line and "Office of Neighborhood" not in line]
    assert torn == []
