"""Bad rows: each is set aside with its line and a reason, and the rows beside it are taken."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest

from jiesu.channels.files import FileProblem, Reject, Row, write_rejects
from jiesu.channels.files.formulas import harmless, is_formula
from tests.channels.made_files import lines_taken, opened, rejects_of, rows_of, written

HEAD = "编号,标题,内容,时间,姓名\n"
GOOD = "1,停水,停水三天了,2020-01-02 03:04:05,张三\n"


def only_reason(folder: Path, line: str) -> str:
    """The reason for which the middle one of three rows is set aside."""
    source = opened(written(folder, "a.csv", HEAD + GOOD + line + GOOD))
    last = 3 + line.count("\n")
    assert lines_taken(source) == [2, last]
    ((number, reason),) = rejects_of(source)
    assert number == 3
    return reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2,停水,,2020-01-02,张三\n", "没有诉求内容，请补上后再导入。"),
        ("2,停水,NULL,2020-01-02,张三\n", "没有诉求内容，请补上后再导入。"),
        ("2,停水,停了,,张三\n", "“时间”是空的，请补上诉求的时间。"),
        (
            "2,停水,停了,前天,张三\n",
            "“时间”的“前天”不是能读的时间，请改成 2019-05-08 14:48:00 这样的写法。",
        ),
        (
            "2,停水,停了,2019-02-30,张三\n",
            "“时间”的“2019-02-30”日历上没有这个时间，请改成 2019-05-08 14:48:00 这样的写法。",
        ),
        ("2,停水,停了,2099-01-01,张三\n", "“时间”的“2099-01-01”在将来，请改成 2019-05-08 14:48:00 这样的写法。"),
        ("2,停水,停了\n", "有 3 列，表头是 5 列。请核对分隔符和引号，把列对齐。"),
        ("2,停水,停了,2020-01-02,张三,多出来\n", "有 6 列，表头是 5 列。请核对分隔符和引号，把列对齐。"),
        (
            "2,停水,=SUM(A1:A9),2020-01-02,张三\n",
            "“内容”是公式（=SUM(A1:A9)）。请改成文字，不要以等号、加号、减号或 @ 开头。",
        ),
        (
            "2,+A1,停了,2020-01-02,张三\n",
            "“标题”是公式（+A1）。请改成文字，不要以等号、加号、减号或 @ 开头。",
        ),
        (
            "2,停水,停了,2020-01-02,@HYPERLINK(1)\n",
            "“姓名”是公式（@HYPERLINK(1)）。请改成文字，不要以等号、加号、减号或 @ 开头。",
        ),
        ("2,停水,停\0了,2020-01-02,张三\n", "含有空字符（NUL），多半是导出时损坏。请重新导出这一行。"),
        (
            "2.01912E+12,停水,停了,2020-01-02,张三\n",
            "“编号”的“2.01912E+12”被表格软件改成了近似数，末尾的数字已丢失。请把这一列设为文本，重新导出。",
        ),
        (
            '2,停水,"停了"了,2020-01-02,张三\n',
            "引号没有成对，分不清各列的界限。请在原文件里补上或去掉多余的英文双引号。",
        ),
        ('2,停水,"停了,2020-01-02,张三\n', "引号没有成对，分不清各列的界限。请在原文件里补上或去掉多余的英文双引号。"),
        (f"2,{'长' * 501},停了,2020-01-02,张三\n", "“标题”有 501 字，超过 500 字。请核对是否贴错，删减后再导入。"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_reason(tmp_path: Path, line: str, reason: str) -> None:
    assert only_reason(tmp_path, line) == reason


def test_a_megabyte_of_text_is_set_aside(tmp_path: Path) -> None:
    text = "停水了，\n" * 200_000
    reason = only_reason(tmp_path, f'2,停水,"{text}",2020-01-02,张三\n')
    assert reason == "“内容”有 999,999 字，超过 20,000 字。请核对是否贴错，删减后再导入。"


def test_a_text_at_the_limit_is_taken(tmp_path: Path) -> None:
    source = opened(written(tmp_path, "a.csv", HEAD + f"2,停水,{'长' * 20_000},2020-01-02,张三\n"))
    assert len(str(rows_of(source)[0].fields["text"])) == 20_000


def test_a_line_without_end_is_set_aside(tmp_path: Path) -> None:
    reason = only_reason(tmp_path, f"2,停水,{'a' * 9_000_000},2020-01-02,张三\n")
    assert reason == "这一行超过 4,000,000 字，无法读取。请核对原文件，只保留诉求的文字。"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_bytes_of_another_encoding_spoil_one_row_only(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    good = [f"{number},停水,停水三天了,2020-01-02,张三\n".encode(encoding) for number in range(3)]
    path.write_bytes(HEAD.encode(encoding) + good[0] + b"9,\xff\xfe,abc,2020-01-02,x\n" + good[1] + good[2])
    source = opened(path)
    assert source.encoding == encoding
    assert lines_taken(source) == [2, 4, 5]
    assert rejects_of(source) == [(3, "有无法识别的字节，与文件其余部分的编码不一致。请把这一行改成正确的文字。")]


def test_bad_json_is_set_aside(tmp_path: Path) -> None:
    text = (
        '{"id": 1, "text": "停水"}\n{"id": 2, "text": \n[1, 2]\n{"id": 4, "text": {"a": 1}}\n'
        '{"id": 5, "text": "\\ud83d"}\n{"id": 6, "text": "停电"}\n'
    )
    source = opened(written(tmp_path, "a.jsonl", text))
    broken = "不是完整的 JSON 对象。每一行应是一个花括号括起来的对象，请改正这一行。"
    assert lines_taken(source) == [1, 6]
    assert rejects_of(source) == [
        (2, broken),
        (3, broken),
        (4, "“text”里有嵌套的内容，应是一段文字或一个数字。"),
        (5, broken),
    ]


def test_the_city_may_refuse_a_row(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "内容,承办单位\n停水,市水务集团\n停电,火星供电局\n")

    def check(row: Row) -> str | None:
        return None if row.fields["unit"] == "市水务集团" else f"没有“{row.fields['unit']}”这个单位。"

    taken, refused = opened(path).rows(check=check)
    assert isinstance(taken, Row)
    assert refused == Reject(3, "没有“火星供电局”这个单位。", ("停电", "火星供电局"))


@pytest.mark.parametrize(
    "words",
    [
        "=SUM(A1:A9)",
        "=1+1",
        "=A1",
        "= B2 * 3",
        "+A1",
        "-A1+B2",
        "-A1-B2",
        "@SUM(1)",
        "+cmd|' /C calc'!A0",
        '=HYPERLINK("http://a","点")',
        "=Sheet1!A1",
        "＝SUM(A1)",
        "=-1",
    ],
)
def test_what_a_spreadsheet_would_run(words: str) -> None:
    assert is_formula(words)


@pytest.mark.parametrize(
    "words",
    [
        "-路灯不亮",
        "- 路灯不亮",
        "-A3区的路灯不亮",
        "-A3-2栋漏水",
        "@市住建局 请管一管",
        "@ABC 请管一管",
        "+1 支持楼上",
        "-5度的天没有暖气",
        "——多年没有解决",
        "=======分割线",
        "A1 楼漏水",
        "-",
        "",
        "-A3 road is dark",
    ],
)
def test_how_people_write(words: str) -> None:
    assert not is_formula(words)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+86 139", "'+86 139"),
        ("-路灯", "'-路灯"),
        ("@x", "'@x"),
        (" =1", "' =1"),
        ("\t停", "'\t停"),
        ("停=1", "停=1"),
        ("", ""),
    ],
)
def test_a_cell_is_made_harmless(cell: str, shown: str) -> None:
    assert harmless(cell) == shown


def test_the_rejects_file_can_be_opened_and_put_right(tmp_path: Path) -> None:
    text = HEAD + "2,停水,=SUM(A1),2020-01-02,张三\n" + GOOD + "3,停\0水,停了,前天,李四\n"
    source = opened(written(tmp_path, "a.csv", text))
    out = tmp_path / "a.rejects.csv"
    rejects = (item for item in source.rows() if isinstance(item, Reject))
    assert write_rejects(out, rejects, source.columns) == 2
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["行号", "未导入的原因", "编号", "标题", "内容", "时间", "姓名"],
            [
                "2",
                "“内容”是公式（=SUM(A1)）。请改成文字，不要以等号、加号、减号或 @ 开头。",
                *("2", "停水", "'=SUM(A1)", "2020-01-02", "张三"),
            ],
            [
                "4",
                "含有空字符（NUL），多半是导出时损坏。请重新导出这一行。",
                *("3", "停␀水", "停了", "前天", "李四"),
            ],
        ]
    assert opened(out).recognised["text"] == "内容"


def test_a_reject_does_not_show_what_the_resident_wrote() -> None:
    assert repr(Reject(3, "没有诉求内容。", ("13900000000",))) == "Reject(line=3, reason='没有诉求内容。')"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "“a.csv”是空的，没有可以导入的内容。"),
        ("a.csv", b"\n\n", "“a.csv”是空的，没有可以导入的内容。"),
        (
            "a.csv",
            "甲,乙\n1,2\n".encode(),
            "没有认出哪一列是诉求内容。文件里的列：“甲”、“乙”。请用 --map 列名=text 指明。",
        ),
        (
            "a.csv",
            b"PK\x03\x04abc",
            "“a.csv”的内容是 Excel 文件而不是文本。请另存为 .xlsx 再导入。",
        ),
        (
            "a.csv.gz",
            b"text\nabc\n",
            "“a.csv.gz”的扩展名是 .gz，但内容不是 gzip 压缩文件。请核对后重新压缩，或去掉 .gz 再导入。",
        ),
        (
            "a.csv.gz",
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc",
            "“a.csv.gz”不完整或已损坏，解压到一半就断了。请重新取得这个文件后再导入。",
        ),
        (
            "a.doc",
            b"abc",
            (
                "“a.doc”不是能导入的格式。可以导入 .csv、.xlsx、.jsonl，以及它们的 .gz；"
                "其他表格请用表格软件另存为 .xlsx 再导入。"
            ),
        ),
        ("a.jsonl", b"[]\n", "“a.jsonl”里没有读到 JSON 对象。每一行应是一个花括号括起来的对象。"),
    ],
)
def test_a_file_that_cannot_be_imported_says_why(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FileProblem) as problem:
        opened(path)
    assert problem.value.message == message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileProblem) as problem:
        opened(tmp_path / "nowhere.csv")
    assert problem.value.message == f"没有找到文件“{tmp_path / 'nowhere.csv'}”，请核对路径。"
