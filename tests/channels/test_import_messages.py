"""Files of residents' messages: each row is one order that waits to be accepted, however often the file comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jiesu.domain.apply import replay
from jiesu.store import orders, people, sql
from jiesu.store.verify import verify
from tests import city
from tests.channels.bringing import brought, count, order_of, tables, words_of
from tests.channels.made_files import Formula, Serial, workbook, written
from tests.city import MONDAY, local
from tests.database import Clone, Databases

HEAD = "留言编号,留言主题,留言时间,留言详情\n"
BOARD = HEAD + (
    "188006,路灯不亮,2019/2/28 11:25:05,工人村三号楼前的路灯坏了半个月。\n"
    "360114,停水,2017-06-08 17:31:20,小区停水三天了，电话13800001111。\n"
)


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def test_a_message_becomes_an_order_that_waits(db: Clone, tmp_path: Path) -> None:
    assert brought(written(tmp_path, "board.csv", BOARD)) == (2, 0, [])
    order = order_of("188006")
    assert (order.state, order.channel, order.anonymous, order.person) == ("received", "board", True, None)
    assert (order.happened_at, order.received_at) == (local("2019-02-28 11:25:05"), MONDAY)
    assert order_of("360114").happened_at == local("2017-06-08 17:31:20")
    assert order.clocks["intake"].due == local("2026-11-23 12:00")
    assert (order.number // 10_000_000, order.version, order.foreign) == (261123, 1, False)
    assert words_of(order) == {"title": "路灯不亮", "text": "工人村三号楼前的路灯坏了半个月。"}


def test_lists_and_search_see_masked_words(db: Clone, tmp_path: Path) -> None:
    brought(written(tmp_path, "board.csv", BOARD))
    number = order_of("360114").number
    found = sql.rows(
        "SELECT s.number, w.title, s.body FROM search_text s JOIN work_order w USING (number)"
        " WHERE s.words @@ '''停水'''::tsquery"
    )
    assert found == [(number, "停水", "小区停水三天了，电话138****1111。")]
    assert words_of(order_of("360114"))["text"] == "小区停水三天了，电话13800001111。"


def test_the_record_is_whole_and_nobody_is_notified(db: Clone, tmp_path: Path) -> None:
    brought(written(tmp_path, "board.csv", BOARD))
    order = order_of("188006")
    assert replay(orders.events(order.number), order.number) == order
    assert sql.rows("SELECT channel, source, happened_at FROM contact WHERE number = %s", (order.number,)) == [
        ("board", "board", local("2019-02-28 11:25:05"))
    ]
    assert count("notice") == 0
    found = verify(processes=1)
    assert (found.orders, found.events, found.texts, found.faults) == (2, 2, 4, [])


def test_the_same_file_adds_nothing_also_under_another_name(db: Clone, tmp_path: Path) -> None:
    path = written(tmp_path, "board.csv", BOARD)
    assert brought(path) == (2, 0, [])
    before = tables()
    assert brought(path) == (0, 2, [])
    assert brought(path.rename(tmp_path / "留言.csv")) == (0, 2, [])
    after = tables()
    runs = ("import_run", "import_run_id_seq")
    assert {name: after[name] - before[name] for name in runs} == {"import_run": 2, "import_run_id_seq": 2}
    assert {name: after[name] for name in after if name not in runs} == {
        name: before[name] for name in before if name not in runs
    }


def test_rows_without_a_number_are_known_by_their_file_and_line(db: Clone, tmp_path: Path) -> None:
    same = "内容,时间\n停水了,2026-11-01\n停水了,2026-11-01\n"
    path = written(tmp_path, "a.csv", same)
    assert brought(path) == (2, 0, [])
    assert brought(path.rename(tmp_path / "b.csv")) == (0, 2, [])
    assert brought(written(tmp_path, "c.csv", same + "停电了,2026-11-02\n")) == (3, 0, [])
    assert count("work_order") == 5


def test_two_files_of_one_source_know_each_other(db: Clone, tmp_path: Path) -> None:
    brought(written(tmp_path, "a.csv", BOARD))
    later = written(tmp_path, "b.csv", BOARD + "400001,停电,2026-11-20,又停电了。\n")
    assert brought(later) == (1, 2, [])
    assert brought(later, "另一平台") == (3, 0, [])


def test_one_number_with_two_texts_is_reported_not_merged(db: Clone, tmp_path: Path) -> None:
    reason = "同一编号两种内容：编号 {} 已有另一内容，没有合并。请核对；若来自另一平台，请用 --source 另起来源名称。"
    brought(written(tmp_path, "a.csv", BOARD))
    other = HEAD + "188006,路灯不亮,2019/2/28 11:25:05,是另一盏路灯。\n7,停气,2026-11-01,停气了。\n"
    again = other + "7,停气,2026-11-01,又停气了。\n7,停气,2026-11-01,停气了。\n"
    refused = [(2, reason.format(188006)), (4, reason.format(7))]
    assert brought(written(tmp_path, "b.csv", again), dry_run=True) == (1, 1, refused)
    assert brought(written(tmp_path, "b.csv", again)) == (1, 1, refused)
    assert words_of(order_of("188006"))["text"] == "工人村三号楼前的路灯坏了半个月。"
    assert count("work_order") == 3


def test_a_row_that_repeats_a_refused_one_is_refused_with_it(db: Clone, tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", HEAD + f"7,{'长' * 201},2026-11-01,停气了。\n7,停气,2026-11-01,停气了。\n")
    refused = [(2, "“标题”太长，请缩短到 200 字以内。"), (3, "同一编号的前一行没有导入，请一起改正后再导入。")]
    assert brought(path, dry_run=True) == (0, 0, refused)
    assert brought(path) == (0, 0, refused)
    assert count("external") == 0


def test_white_space_alone_makes_no_other_text(db: Clone, tmp_path: Path) -> None:
    brought(written(tmp_path, "a.csv", HEAD + '1,停水,2026-11-01,"停水了。\r\n请处理"\n'))
    assert brought(written(tmp_path, "b.csv", HEAD + '1,停水,2026-11-01,"停水了。\n  请处理 "\n')) == (0, 1, [])


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.jsonl.gz"])
def test_one_list_in_every_format_is_the_same_list(db: Clone, tmp_path: Path, name: str) -> None:
    brought(written(tmp_path, "first.csv", BOARD))
    path = tmp_path / name
    if name == "a.csv":
        written(tmp_path, name, BOARD, "gb18030")
    elif name == "a.xlsx":
        cells: list[object] = ["188006", "路灯不亮", Serial(43524.4757523148), "工人村三号楼前的路灯坏了半个月。"]
        workbook(path, {1: ["留言编号", "留言主题", "留言时间", "留言详情"], 2: cells})
    else:
        written(
            tmp_path,
            name,
            '{"留言编号":"188006","留言时间":"2019-02-28","留言详情":"工人村三号楼前的路灯坏了半个月。"}\n',
        )
    assert brought(path)[0::2] == (0, [])
    assert count("work_order") == 2


def test_bad_rows_are_set_aside_and_the_others_taken(db: Clone, tmp_path: Path) -> None:
    bad = HEAD + (
        "1,空的,2026-11-01,\n"
        "2,日期,2026-13-01,停水了。\n"
        "3,公式,2026-11-01,=SUM(A1:A9)\n"
        f"4,太长,2026-11-01,{'水' * 350_000}\n"
        "5,好的,2026-11-01,停水了。\n"
        f"6,{'长' * 201},2026-11-01,停水了。\n"
        "7,今晚,2026-11-23 20:00,停水了。\n"
    )
    assert brought(written(tmp_path, "a.csv", bad)) == (
        1,
        0,
        [
            (2, "没有诉求内容，请补上后再导入。"),
            (3, "“留言时间”的“2026-13-01”日历上没有这个时间，请改成 2019-05-08 14:48:00 这样的写法。"),
            (4, "“留言详情”是公式（=SUM(A1:A9)）。请改成文字，不要以等号、加号、减号或 @ 开头。"),
            (5, "“留言详情”有 350,000 字，超过 20,000 字。请核对是否贴错，删减后再导入。"),
            (7, "“标题”太长，请缩短到 200 字以内。"),
            (8, "实际时间不能晚于现在。"),
        ],
    )
    assert sql.rows("SELECT external FROM external") == [("5",)]
    assert sql.rows("SELECT added, known, rejected, ended_at FROM import_run") == [(1, 0, 6, MONDAY)]


def test_a_computed_cell_of_a_spreadsheet_is_set_aside(db: Clone, tmp_path: Path) -> None:
    rows: dict[int, list[object]] = {1: ["内容", "时间"], 2: [Formula("A9&B9", "停水"), Serial(46349.5)]}
    ((line, reason),) = brought(workbook(tmp_path / "a.xlsx", rows))[2]
    assert (line, "公式" in reason) == (2, True)
    assert count("work_order") == 0


def test_words_that_name_something_of_the_city_become_codes(db: Clone, tmp_path: Path) -> None:
    head = "编号,内容,时间,诉求类型,紧急程度,一级分类,二级分类,区域,地点,渠道\n"
    rows = (
        "1,楼道里私搭乱建,2026-11-01,投诉,紧急,城市管理,违法建设,高炉社区,工人村 3 号楼,来电\n"
        "2,街上的问题,2026-11-01,表扬信,火急,城市管理,街面秩序,西湖区,,传真\n"
        "3,只写名字,2026-11-01,咨询,一般,,养犬管理,R0102,,网站\n"
    )
    assert brought(written(tmp_path, "a.csv", head + rows)) == (3, 0, [])
    first, second, third = (order_of(number) for number in "123")
    assert (first.kind, first.urgency, first.matter, first.region, first.channel) == (
        *("complaint", "urgent", "01.02", "R0101", "phone"),
    )
    assert words_of(first) == {"text": "楼道里私搭乱建", "place": "工人村 3 号楼"}
    assert (second.kind, second.urgency, second.matter, second.region, second.channel) == (
        *("", "normal", "", "", "import"),
    )
    assert words_of(second)["text"] == (
        "街上的问题\n（原渠道：传真；原类型：表扬信；原紧急程度：火急；原区域：西湖区；原分类：城市管理 / 街面秩序）"
    )
    assert (third.matter, third.region, third.channel) == ("01.08", "R0102", "web")


def test_matters_are_made_when_asked_for(db: Clone, tmp_path: Path) -> None:
    head = "编号,内容,时间,一级分类,二级分类\n"
    rows = (
        "1,路面塌陷,2026-11-01,道路,塌陷\n2,路面积水,2026-11-01,道路,积水\n3,遛狗,2026-11-01,城市管理,遛狗时间\n"
        f"4,太长,2026-11-01,道路,{'长' * 81}\n"
    )
    path = written(tmp_path, "a.csv", head + rows)
    assert brought(path, dry_run=True, create_matters=True) == (4, 0, [])
    assert sql.rows("SELECT code FROM matter WHERE code LIKE '%%F0%%'") == []
    assert brought(path, create_matters=True) == (4, 0, [])
    made = sql.rows("SELECT code, name, parent_id FROM matter WHERE code LIKE '%%F0%%' ORDER BY code")
    assert made == [
        ("01.F0001", "遛狗时间", "01"),
        ("F0002", "道路", None),
        ("F0002.F0003", "塌陷", "F0002"),
        ("F0002.F0004", "积水", "F0002"),
    ]
    assert [order_of(number).matter for number in "1234"] == ["F0002.F0003", "F0002.F0004", "01.F0001", ""]
    assert brought(path, "又一次", create_matters=True) == (4, 0, [])
    assert len(sql.rows("SELECT code FROM matter WHERE code LIKE '%%F0%%'")) == 4


def test_demanders_are_found_again_by_phone_and_name_or_credit_code(db: Clone, tmp_path: Path) -> None:
    before = city.registered(name="张三", phone="13800001111")
    head = "编号,内容,时间,姓名,电话,企业名称,统一社会信用代码\n"
    rows = (
        "1,停水,2026-11-01,张三,+86 138-0000-1111,,\n"
        "2,停水,2026-11-01,张三,13800001111,,\n"
        "3,停水,2026-11-01,李四,13800001111,,\n"
        "4,停水,2026-11-01,匿名,,,\n"
        "5,停水,2026-11-01,王五,,,\n"
        "6,停水,2026-11-01,王五,,,\n"
        "7,停水,2026-11-01,,13900002222,,\n"
        "8,停水,2026-11-01,赵六,13700003333,雄关机械厂,91620200MA00000001\n"
        "9,停水,2026-11-01,钱七,13700004444,雄关机械厂,91620200MA00000001\n"
    )
    assert brought(written(tmp_path, "a.csv", head + rows)) == (9, 0, [])
    person = {number: order_of(number).person for number in "123456789"}
    assert (person["1"], person["2"]) == (before.person, before.person)
    assert (person["4"], person["8"] == person["9"], order_of("8").enterprise) == (None, True, True)
    assert len({person[number] for number in "135678"}) == 6
    assert count("person") == 6
    held = people.read(person["3"])
    assert held is not None
    assert (held.name, held.phone) == ("李四", "13800001111")
    assert brought(written(tmp_path, "b.csv", head + rows.replace("停水", "停电")), "二")[0] == 9
    assert (order_of("8").person, count("person")) == (person["8"], 8)


def test_nobody_is_kept_of_a_row_that_is_refused(db: Clone, tmp_path: Path) -> None:
    head = "编号,标题,内容,时间,姓名,电话\n"
    row = f"1,{'长' * 201},停水,2026-11-01,张三,13800001111\n"
    added, _, rejects = brought(written(tmp_path, "a.csv", head + row))
    assert (added, len(rejects), count("person")) == (0, 1, 0)


def test_a_dry_run_answers_the_same_and_writes_nothing(db: Clone, tmp_path: Path) -> None:
    brought(written(tmp_path, "first.csv", BOARD))
    rows = (
        BOARD + "9,好的,2026-11-01,停电了。\n9,好的,2026-11-01,停电了。\n10,,2026-11-01,\n11,晚,2026-11-23 20:00,停气\n"
    )
    path = written(tmp_path, "a.csv", rows)
    before = tables()
    tried = brought(path, dry_run=True)
    assert tables() == before
    assert tried == (1, 3, [(6, "没有诉求内容，请补上后再导入。"), (7, "实际时间不能晚于现在。")])
    assert brought(path) == tried


def test_a_number_too_long_is_in_the_wrong_column(db: Clone, tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", f"编号,内容,时间\n{'9' * 121},停水,2026-11-01\n")
    assert brought(path) == (0, 0, [(2, "编号超过 120 字。请核对是否错了列。")])


def test_an_empty_list_is_read_to_its_end(db: Clone, tmp_path: Path) -> None:
    assert brought(written(tmp_path, "a.csv", HEAD)) == (0, 0, [])
    assert sql.rows("SELECT added, rejected, ended_at FROM import_run") == [(0, 0, MONDAY)]
