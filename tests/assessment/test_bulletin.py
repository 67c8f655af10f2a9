"""The bulletin of a month: what stands in the text, the tables, the charts and the sheets is what the board says."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from tests import city
from tests.database import Databases

NOW = city.MONDAY
MONTH = "2026-10"


def build() -> None:
    """Two months and a half of a small city, read into figures."""
    from jiesu.assessment import filling
    from jiesu.demo.simulate.run import simulate
    from jiesu.demo.simulate.scenario import load

    city.build()
    simulate(
        orders=700, days=75, seed=3, until=NOW, scenario=load(), show=lambda stage, at, whole: None, now=NOW,
        processes=1, analyze=False,
    )  # fmt: skip
    filling.fill_due(NOW)


@pytest.fixture(scope="module", autouse=True)
def history(databases: Databases) -> Iterator[None]:
    with databases.clone("bulletin", build):
        yield


@pytest.fixture(scope="module")
def made(history: None) -> Any:
    from jiesu.assessment.bulletin.draft import draft
    from jiesu.domain import windows

    return draft(windows.read(MONTH), texts={"cases": "一位居民反映楼道灯不亮，当天修好。"}, now=NOW)


@pytest.fixture(scope="module")
def tables(made: Any) -> list[Any]:
    from jiesu.assessment.bulletin.content import Table

    return [one for one in [*made.blocks, *made.annexes] if isinstance(one, Table)]


def test_the_tables_say_what_the_board_says(made: Any) -> None:
    from jiesu.assessment import board
    from jiesu.domain import windows

    found = board.board(windows.read(MONTH))
    annex = {row[0]: row[1:] for row in made.annexes[0].rows}
    heads = made.annexes[0].heads[1:]
    rules = {rule.zh: rule for rule in found.profile.rates}
    told = 0
    for line in found.lines:
        for head, cell in zip(heads, annex.get(line.name, ()), strict=False):
            one = line.shown.get(rules[head].code)
            if one is None:
                assert cell == "—"
                continue
            counted = f"{one.share.good + one.share.part:,}/{one.share.n:,}"
            assert cell.split("\n")[1].split("，")[0] == counted
            assert cell.startswith(f"{one.share.percent}%" if one.place.enough else "样本不足")
            told += 1
    assert told == 155
    assert not any("第" in cell for table in made.annexes for cell in table.rows[0]), "the whole has no rank"
    total = found.total["on_time"].share
    text = "".join(one.text for one in made.blocks if one.kind == "para")
    assert f"按时办结率 {total.words()}" in text
    assert made.stage == "未定稿"


def test_word_holds_every_figure_in_the_layout_of_the_standard(made: Any, tables: list[Any]) -> None:
    from jiesu.assessment.bulletin.word import docx

    paper = Document(BytesIO(docx(made)))
    read = [[[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables]
    assert read == [[list(one.heads), *(list(row) for row in one.rows)] for one in tables]
    said = "\n".join(line.text for line in paper.paragraphs)
    for block in made.blocks:
        if block.kind in ("heading", "para"):
            assert block.text.split("\n")[0] in said
    assert len(paper.inline_shapes) == sum(block.kind == "chart" for block in made.blocks) == 2
    section = paper.sections[0]
    mm = [
        round(one / 36000)
        for one in (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    ]
    assert mm == [37, 35, 28, 26]
    assert "一、总体情况" in said
    assert "PAGE" in section.footer._element.xml


def test_sheets_hold_the_same_as_numbers(made: Any, tables: list[Any]) -> None:
    from jiesu.assessment.bulletin.sheets import xlsx

    book = CalamineWorkbook.from_filelike(BytesIO(xlsx(made)))
    by_title = {}
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python()
        by_title[rows[0][0]] = rows
    for one in tables:
        rows = by_title[one.title]
        for held, shown in zip(one.rows, rows[2:], strict=True):
            cells = [part for cell in held for part in cell.split("\n")]
            kept = [cell for cell in shown if cell != ""]
            assert [_plain(cell) for cell in cells if cell] == [_plain(cell) for cell in kept]
    chart = next(block for block in made.blocks if block.kind == "chart")
    assert [row[1] for row in by_title[chart.title][1:]] == [bar.value for bar in chart.bars]


def _plain(cell: Any) -> str:
    """A cell as a number where it is one: 99.85% and 99.85 are the same figure, 1,234 and 1234 too."""
    text = str(cell).replace(",", "")
    percent = re.fullmatch(r"(-?[\d.]+)%", text)
    try:
        return f"{float(percent[1] if percent else text):g}"
    except ValueError:
        return text


def test_pdf_holds_every_figure_and_is_numbered_outside(made: Any, tables: list[Any]) -> None:
    from jiesu.assessment.bulletin.typeset import pdf

    read = PdfReader(BytesIO(pdf(made)))
    said = re.sub(r"\s", "", "".join(page.extract_text() for page in read.pages))
    for one in tables:
        for row in one.rows:
            for cell in row:
                for part in cell.split("\n"):
                    assert re.sub(r"\s", "", part) in said, part
    assert "—1—" in said
    width, height = (float(one) / 72 * 25.4 for one in read.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 297)


def test_a_frozen_month_says_so_and_keeps_its_figures_whatever_comes(made: Any) -> None:
    from jiesu.assessment import freezing
    from jiesu.assessment.bulletin.draft import draft
    from jiesu.domain import windows

    window = windows.read(MONTH)
    held = freezing.freeze(window, by=city.DU, now=NOW)
    frozen = draft(window, texts={}, now=NOW + timedelta(days=1))
    assert frozen.stage == "定稿"
    assert held.inputs[:16] in frozen.foot
    assert [one.rows for one in frozen.annexes] == [one.rows for one in made.annexes]
    assert any(one.kind == "para" and one.text.startswith("（典型案例由编辑填写") for one in frozen.blocks)


def test_a_month_without_anything_is_a_bulletin_too(tmp_path: Path) -> None:
    from jiesu.assessment.bulletin.draft import draft
    from jiesu.assessment.bulletin.papers import FORMS
    from jiesu.domain import windows

    empty = draft(windows.read("2024-02"), texts={}, now=NOW)
    assert next(block.text for block in empty.blocks if block.kind == "para") == "2024年2月没有受理诉求。"
    for form, draw in FORMS.items():
        assert len(draw(empty)) > 1000, form
