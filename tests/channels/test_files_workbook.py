"""Spreadsheets: the right sheet, the right rows, values as they were meant, and nothing computed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from jiesu.channels.files import FileProblem, Row
from tests.channels.made_files import Formula, Serial, lines_taken, opened, rejects_of, rows_of, workbook

HEAD: list[object] = ["工单编号", "诉求内容", "来电时间", "联系电话", "标题"]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xlsx.gz"])
def test_a_sheet_is_read_with_its_own_row_numbers(tmp_path: Path, name: str) -> None:
    rows: dict[int, list[object]] = {
        2: ["雄关市热线工单明细"],
        4: HEAD,
        5: [2611220000123, "停水", Serial(43524.47599537037), 13900000000, "停水"],
        7: ["A-2", "停电", Serial(43524, styled=False), "010-1234", None],
        8: [None, "停气", "2019/2/28 11:25:05", None, None, "旁注"],
    }
    source = opened(workbook(tmp_path / name, rows, left=1, hidden="旧表"))
    assert (source.encoding, source.columns, source.total_hint) == ("xlsx", HEAD, 8)
    assert rows_of(source) == [
        Row(
            5,
            "2611220000123",
            {
                "text": "停水",
                "title": "停水",
                "phone": "13900000000",
                "happened_at": datetime(2019, 2, 28, 3, 25, 26, tzinfo=UTC),
                "channel": "import",
            },
        ),
        Row(
            7,
            "A-2",
            {
                "text": "停电",
                "phone": "010-1234",
                "happened_at": datetime(2019, 2, 27, 16, 0, tzinfo=UTC),
                "date_only": ("happened_at",),
                "channel": "import",
            },
        ),
        Row(
            8,
            None,
            {
                "text": "停气",
                "happened_at": datetime(2019, 2, 28, 3, 25, 5, tzinfo=UTC),
                "channel": "import",
            },
        ),
    ]


def test_a_computed_text_is_refused_and_a_computed_time_is_not(tmp_path: Path) -> None:
    when = "2019-02-28 11:25:05"
    rows: dict[int, list[object]] = {
        1: HEAD,
        2: ["1", Formula('CONCATENATE("停","水")', "停水"), when],
        3: ["2", "停电", Formula("NOW()", when)],
        4: ["3", "停气", when, None, Formula("B4", "停气")],
        5: ["4", "=SUM(A1)", when],
    }
    source = opened(workbook(tmp_path / "a.xlsx", rows))
    assert lines_taken(source) == [3]
    assert rejects_of(source) == [
        (2, "“诉求内容”是公式算出来的，不是诉求人的原话。请复制后“选择性粘贴”为数值再导入。"),
        (4, "“标题”是公式算出来的，不是诉求人的原话。请复制后“选择性粘贴”为数值再导入。"),
        (5, "“诉求内容”是公式（=SUM(A1)）。请改成文字，不要以等号、加号、减号或 @ 开头。"),
    ]


def test_a_number_that_lost_its_end_is_refused(tmp_path: Path) -> None:
    rows: dict[int, list[object]] = {1: ["编号", "内容"], 2: [12345678901234567, "停水"]}
    assert rejects_of(opened(workbook(tmp_path / "a.xlsx", rows))) == [
        (
            2,
            "“编号”的“1.2345678901234568e+16”被表格软件改成了近似数，末尾的数字已丢失。请把这一列设为文本，重新导出。",
        )
    ]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (
            "a.xlsx",
            b"PK\x03\x04 not a workbook",
            "“a.xlsx”不是完好的 .xlsx 文件。请用表格软件打开，另存为 .xlsx 或 CSV 再导入。",
        ),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "“a.xlsx”设了打开密码，或是旧的 .xls 格式。请去掉密码、另存为 .xlsx 再导入。",
        ),
        (
            "a.xlsx.gz",
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc",
            "“a.xlsx.gz”不完整或已损坏，解压到一半就断了。请重新取得这个文件后再导入。",
        ),
    ],
)
def test_what_is_no_workbook_says_so(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FileProblem) as problem:
        opened(path)
    assert problem.value.message == message


def test_an_empty_workbook_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileProblem) as problem:
        opened(workbook(tmp_path / "a.xlsx", {}, hidden="旧表"))
    assert problem.value.message == "“a.xlsx”里没有内容：看得见的工作表都是空的。"


def test_a_workbook_that_would_not_fit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", {1: HEAD})
    monkeypatch.setattr("jiesu.channels.files.workbook.UNPACKED_LIMIT", 100)
    with pytest.raises(FileProblem) as problem:
        opened(path)
    assert problem.value.message == "“a.xlsx”展开后超过 1 GB，内存放不下。请另存为 CSV（UTF-8）再导入。"
