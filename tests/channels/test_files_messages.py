"""Files of residents' messages: delimiters, encodings, packing, and what becomes of each column."""

from __future__ import annotations

import hashlib
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jiesu.channels.files import FileProblem, Row
from tests.channels.made_files import lines_taken, opened, rejects_of, rows_of, written

BOARD = (
    "留言编号,留言用户,留言主题,留言时间,留言详情,反对数,点赞数\n"
    '101,7,暖气不热,2019/2/28 11:25:05,"家里只有十四度，\n老人受不了",0,12\n'
    "102,8,路灯不亮,2019-05-08 14:48:00,幸福路三盏路灯全灭,1,0\n"
)


def test_a_message_board_is_read_whole(tmp_path: Path) -> None:
    path = written(tmp_path, "board.csv", BOARD)
    source = opened(path)
    assert source.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (source.encoding, source.shape, source.total_hint) == ("utf-8", "messages", 4)
    assert source.recognised == {
        "external": "留言编号",
        "text": "留言详情",
        "happened_at": "留言时间",
        "title": "留言主题",
        "user": "留言用户",
        "supports": "点赞数",
        "opposes": "反对数",
    }
    assert source.unrecognised == []
    assert rows_of(source) == [
        Row(
            2,
            "101",
            {
                "title": "暖气不热",
                "text": "家里只有十四度，\n老人受不了",
                "user": "7",
                "supports": 12,
                "opposes": 0,
                "happened_at": datetime(2019, 2, 28, 3, 25, 5, tzinfo=UTC),
                "channel": "board",
            },
        ),
        Row(
            4,
            "102",
            {
                "title": "路灯不亮",
                "text": "幸福路三盏路灯全灭",
                "user": "8",
                "supports": 0,
                "opposes": 1,
                "happened_at": datetime(2019, 5, 8, 6, 48, tzinfo=UTC),
                "channel": "board",
            },
        ),
    ]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
@pytest.mark.parametrize("name", ["board.csv", "board.csv.gz"])
def test_every_encoding_gives_the_same_rows(tmp_path: Path, encoding: str, told: str, name: str) -> None:
    plain = rows_of(opened(written(tmp_path, "plain.csv", BOARD)))
    source = opened(written(tmp_path, name, BOARD, encoding))
    assert source.encoding == told
    assert rows_of(source) == plain


def test_utf_16_of_the_other_byte_order(tmp_path: Path) -> None:
    path = tmp_path / "board.csv"
    path.write_bytes(b"\xfe\xff" + BOARD.encode("utf-16-be"))
    assert [row.external for row in rows_of(opened(path))] == ["101", "102"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_ends_of_lines(tmp_path: Path, delimiter: str, end: str) -> None:
    lines = [("编号", "内容", "时间"), ("1", "停水；停气,还停电", "2020-01-02 03:04:05")]
    quoted = (delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    source = opened(written(tmp_path, "a.csv", end.join(quoted) + end))
    assert [(row.line, row.external, row.fields["text"]) for row in rows_of(source)] == [(2, "1", "停水；停气,还停电")]


def test_a_title_above_the_heading_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    text = (
        "雄关市热线工单明细,,\n导出时间：2020-02-01,,\n\n工单编号,诉求内容,来电时间\n\nA1,停水,2020-01-02 03:04\n,,\n"
    )
    source = opened(written(tmp_path, "a.csv", text))
    assert source.columns == ["工单编号", "诉求内容", "来电时间"]
    assert rejects_of(source) == []
    assert lines_taken(source) == [6]


def test_words_become_codes_and_unknown_words_stay(tmp_path: Path) -> None:
    text = (
        "诉求内容,诉求类型,紧急程度,渠道,诉求人,联系电话,企业名称,统一社会信用代码,承办单位,区县\n"
        "停水,投诉举报,特急,市民来电,张三,13900000000,,,市水务集团,东关区\n"
        "谢谢,感谢,急,微信公众号,,,甲公司,91000000000000000X,,\n"
        "别的,悬赏,随便,飞鸽传书,,,,,,\n"
    )
    first, second, third = (row.fields for row in rows_of(opened(written(tmp_path, "a.csv", text))))
    assert first == {
        "text": "停水",
        "kind": "complaint",
        "urgency": "emergency",
        "channel": "phone",
        "name": "张三",
        "phone": "13900000000",
        "unit": "市水务集团",
        "region": "东关区",
    }
    assert second == {
        "text": "谢谢",
        "kind": "praise",
        "urgency": "urgent",
        "channel": "wechat",
        "company": "甲公司",
        "credit_code": "91000000000000000X",
    }
    assert third == {"text": "别的", "kind": "悬赏", "urgency": "随便", "channel": "飞鸽传书"}


def test_the_levels_of_a_matter_are_joined(tmp_path: Path) -> None:
    levels = "内容,一级分类,二级分类,三级分类\n停水,公用事业,供水,停水\n漏水,公用事业,,NULL\n"
    path = "内容,事项分类\n停水,公用事业>供水>停水\n"
    taken = rows_of(opened(written(tmp_path, "levels.csv", levels)))
    assert [row.fields["matter"] for row in taken] == ["公用事业 / 供水 / 停水", "公用事业"]
    assert rows_of(opened(written(tmp_path, "path.csv", path)))[0].fields["matter"] == "公用事业 / 供水 / 停水"


def test_without_a_text_the_subject_speaks(tmp_path: Path) -> None:
    text = "ward,call_description,call_type,priority_name,created\nWARD 4,Noise,Bylaw,P3,2014-01-01 00:01:06\n"
    source = opened(written(tmp_path, "a.csv", text))
    assert source.shape == "messages"
    assert rows_of(source) == [
        Row(
            2,
            None,
            {
                "matter": "Bylaw / Noise",
                "text": "Bylaw / Noise",
                "region": "WARD 4",
                "priority": "P3",
                "happened_at": datetime(2013, 12, 31, 16, 1, 6, tzinfo=UTC),
                "channel": "import",
            },
        )
    ]


def test_a_letters_subject_is_its_title(tmp_path: Path) -> None:
    source = opened(written(tmp_path, "a.csv", "id,subject,body\n1,Heating,It is cold\n"))
    assert rows_of(source)[0].fields == {"title": "Heating", "text": "It is cold", "channel": "import"}


def test_the_map_overrides_the_names(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "编号,甲,内容,备注\n1,停水了,旧内容,说明\n")
    source = opened(path, {"甲": "text", "编号": "-"})
    assert source.recognised == {"text": "甲"}
    assert source.unrecognised == ["编号", "内容", "备注"]
    assert rows_of(source) == [Row(2, None, {"text": "停水了", "channel": "import"})]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"乙": "text"}, "文件里没有“乙”这一列。现有的列：“编号”、“甲”、“内容”、“备注”。请核对 --map。"),
        ({"甲": "text", "内容": "text"}, "--map 把两列都对应到了 text（诉求内容），请只留一列。"),
    ],
)
def test_a_wrong_map_is_explained(tmp_path: Path, mapping: dict[str, str], message: str) -> None:
    path = written(tmp_path, "a.csv", "编号,甲,内容,备注\n1,停水了,旧内容,说明\n")
    with pytest.raises(FileProblem) as problem:
        opened(path, mapping)
    assert problem.value.message == message


def test_an_unknown_field_in_the_map_lists_the_known(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "编号,内容\n1,停水了\n")
    with pytest.raises(FileProblem) as problem:
        opened(path, {"内容": "words"})
    assert problem.value.message.startswith(
        "--map 里的“words”不是可用的字段。可用的字段：external（原编号）、text（诉求内容）、"
    )


def test_json_lines_are_read_by_name(tmp_path: Path) -> None:
    text = (
        '{"id": 11, "text": "停水", "created": "2020-01-02T03:04:05+08:00", "phone": 13900000000}\n'
        "\n"
        '{"text": "停电", "id": "b", "kind": "投诉", "created": "2020-01-02T00:00:00Z", "geometry": {"x": 1}}\n'
    )
    for name in ("a.jsonl", "a.jsonl.gz"):
        source = opened(written(tmp_path, name, text))
        assert source.unrecognised == ["geometry"]
        first, second = rows_of(source)
        assert (first.line, first.external, second.line, second.external) == (1, "11", 3, "b")
        assert first.fields == {
            "text": "停水",
            "happened_at": datetime(2020, 1, 1, 19, 4, 5, tzinfo=UTC),
            "phone": "13900000000",
            "channel": "import",
        }
        assert second.fields["happened_at"] == datetime(2020, 1, 2, tzinfo=UTC)


def test_reading_goes_on_after_a_line(tmp_path: Path) -> None:
    source = opened(written(tmp_path, "board.csv", BOARD))
    assert [item.line for item in source.rows(start_line=2)] == [4]
    assert [item.line for item in source.rows()] == [2, 4]


def test_a_file_that_changes_is_not_read_on(tmp_path: Path) -> None:
    path = written(tmp_path, "board.csv", BOARD)
    source = opened(path)
    path.write_text(BOARD + "103,9,又来,2019-05-09,又不热了,0,0\n", "utf-8")
    with pytest.raises(FileProblem) as problem:
        list(source.rows())
    assert problem.value.message == "“board.csv”在打开之后被改动了，请重新导入。"


def test_many_rows_take_little_memory(tmp_path: Path) -> None:
    """The reader holds a row and a few blocks, never the file: 30 million bytes pass through less than 8."""
    words = "停水" * 200
    text = "编号,内容,时间\n" + "".join(f"{at},{words},2020-01-02 03:04:05\n" for at in range(24_000))
    path = written(tmp_path, "many.csv.gz", text)
    del text
    tracemalloc.start()
    try:
        last = max(item.line for item in opened(path).rows())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert last == 24_001
    assert peak < 8_000_000
