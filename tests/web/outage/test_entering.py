"""Afterwards: sheets are entered as late entries under their own numbers, a second person confirms, nothing twice."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests import city
from tests.channels.made_files import Formula, workbook
from tests.city import HOUR, MONDAY, local
from tests.web.desk import AGENT, DISPATCHER, SUPERVISOR, Desk, Seen, events_of, order_of

OTHER_AGENT, OTHER_DISPATCHER = "xiaozhao", "paidan2"
AFTER = local("2026-11-23 15:00")
SHEET = {
    "sheet": "9000001",
    "day": "2026-11-23",
    "time": "11:12",
    "text": "暖气管道漏水，楼道里都是热水",
    "since": "早上八点",
    "place": "工人村二区 3栋",
    "region": "R0103",
    "matter": "03.03",
    "kind": "help",
    "urgency": "urgent",
    "channel": "phone",
    "name": "张小凤",
    "phone": "13800001111",
    "told": "供热公司王师傅 11:20",
    "writer": "赵海燕",
    "reason": "outage",
}
NUMBER = 2611239000001


@pytest.fixture
def block(desk: Desk) -> int:
    """Twenty sheets that were printed in the morning; now it is the afternoon, and the system is back."""
    desk.post(SUPERVISOR, "/outage/reserve", {"count": "20", "note": ""})
    desk.at = AFTER
    return int(sql.value("SELECT max(id) FROM offline_block"))


def enter(desk: Desk, who: str = AGENT, **given: str) -> Seen:
    return desk.post(who, "/outage/entry", {**SHEET, **given})


def test_a_sheet_becomes_an_order_with_its_own_number_and_a_claimed_time(desk: Desk, block: int) -> None:
    page = enter(desk)
    assert f"已登记为 {NUMBER} ，等另一个人确认实际时间。" in page.words
    assert page.forms["entry"].values["sheet"] == ["9000002"]
    assert (page.forms["entry"].values["day"], page.forms["entry"].values["writer"]) == (["2026-11-23"], ["赵海燕"])
    order = order_of(NUMBER)
    assert (order.state, order.kind, order.matter, order.urgency) == ("accepted", "help", "03.03", "urgent")
    assert (order.received_at, order.happened_at) == (AFTER, local("2026-11-23 11:12"))
    made = [(one.move, one.at, one.happened_at) for one in events_of(NUMBER)]
    claimed = local("2026-11-23 11:12")
    assert made == [
        ("register", AFTER, claimed),
        ("claim_late_entry", AFTER, claimed),
        ("accept", AFTER, None),
        ("note", AFTER, None),
    ]
    shown = desk.order(DISPATCHER, NUMBER).words
    for words in ("申请补录登记，实际 2026-11-23 11:12", "纸质受理单 9000001，赵海燕记录", "系统或网络中断"):
        assert words in shown, words
    assert "停机期间已电话通知：供热公司王师傅 11:20" in shown
    assert "从什么时候开始：早上八点" in shown
    assert "张小凤" not in "".join(one for (one,) in sql.rows("SELECT data FROM event"))


def test_a_second_person_confirms_and_the_demand_counts_as_received_then(desk: Desk, block: int) -> None:
    enter(desk)
    desk.at = AFTER + HOUR
    waiting = desk.get(DISPATCHER, "/outage/confirm")
    assert "1 件等确认" in waiting.words
    assert f"{NUMBER} 暖气管道漏水" in waiting.words
    assert "2026-11-23 11:12 周敏 2026-11-23 15:00" in waiting.words
    before = order_of(NUMBER).clocks["citizen"]
    done = desk.post(DISPATCHER, "/outage/confirm", {"marked": [str(NUMBER)], "do": "confirm"})
    assert "已确认 1 件，登记时间按实际时间算，并计入补录。" in done.words
    order = order_of(NUMBER)
    assert order.received_at == local("2026-11-23 11:12")
    assert order.flags == ["late_entry"]
    # Limits run on as the system started them.
    assert order.clocks["citizen"] == before
    confirmed = events_of(NUMBER)[-1]
    assert (confirmed.move, confirmed.data["late_entry"]["act"]) == ("confirm_late_entry", "register")
    again = desk.post(DISPATCHER, "/outage/confirm", {"marked": [str(NUMBER)], "do": "confirm"})
    assert f"{NUMBER} 没有待确认的补录，可能别人刚确认过" in again.words


def test_nobody_confirms_what_he_entered_and_agents_confirm_nothing(desk: Desk, block: int) -> None:
    enter(desk, DISPATCHER)
    own = desk.get(DISPATCHER, "/outage/confirm")
    assert "我补录的" in own.words
    assert "自己补录的由另一个人确认" in own.html
    page = desk.post(DISPATCHER, "/outage/confirm", {"marked": [str(NUMBER)], "do": "confirm"})
    assert "1 件没有办成" in page.words
    assert "补录须由另一人确认" in page.words
    assert desk.post(AGENT, "/outage/confirm", {"marked": [str(NUMBER)]}).status == 403
    assert order_of(NUMBER).flags == []
    assert desk.post(OTHER_DISPATCHER, "/outage/confirm", {"marked": [str(NUMBER)]}).status == 200
    assert order_of(NUMBER).flags == ["late_entry"]


def test_a_refused_time_leaves_the_systems_own(desk: Desk, block: int) -> None:
    enter(desk)
    blank = desk.post(SUPERVISOR, "/outage/confirm", {"marked": [str(NUMBER)], "do": "refuse", "reason": " "})
    assert (blank.status, "请写明不同意的理由" in blank.words) == (422, True)
    none = desk.post(SUPERVISOR, "/outage/confirm", {"do": "confirm"})
    assert (none.status, "请先勾选要确认的工单" in none.words) == (422, True)
    many = {"marked": [str(one) for one in range(101)], "do": "confirm"}
    assert "一次最多 100 件" in desk.post(SUPERVISOR, "/outage/confirm", many).words
    page = desk.post(SUPERVISOR, "/outage/confirm", {"marked": [str(NUMBER)], "do": "refuse", "reason": "单上没有签名"})
    assert "1 件不同意补录，登记时间仍按系统时间。" in page.words
    order = order_of(NUMBER)
    assert (order.received_at, order.flags, order.requests[0].state) == (AFTER, [], "refused")


def test_no_sheet_is_entered_twice(desk: Desk, block: int) -> None:
    enter(desk)
    same = enter(desk, OTHER_AGENT)
    assert f"这张受理单以前补录过，内容相同，没有重复登记： {NUMBER}" in same.words
    other = enter(desk, OTHER_AGENT, text="路灯不亮")
    assert other.status == 422
    assert f"受理单 9000001 已补录为工单 {NUMBER}（周敏，11-23 15:00），内容不同，没有重复登记" in other.words
    assert "路灯不亮" in other.html
    assert sql.value("SELECT count(*) FROM work_order") == 1
    marked = desk.post(AGENT, f"/outage/block/{block}/mark", {"first": "9000001", "state": "spoilt", "note": "坏了"})
    assert f"受理单 9000001 已补录为工单 {NUMBER}，不能再标“作废”" in marked.words
    page = desk.get(AGENT, f"/outage/block/{block}").words
    assert "在外 19 已补录 1" in page
    assert f"9000001 已补录 {NUMBER} 周敏 2026-11-23 15:00" in page


def test_whoever_called_again_since_is_asked_about_and_not_taken_down_twice(desk: Desk, block: int) -> None:
    since = city.registered(local("2026-11-23 14:30"), name="张小凤", phone="13800001111")
    page = enter(desk)
    assert page.status == 422
    assert f"这个号码 11-23 14:30 已有工单 {since.number}，可能是同一件。" in page.words
    assert "不是同一件，照样登记" in page.words
    assert sql.value("SELECT count(*) FROM work_order") == 1
    assert enter(desk, apart="1").status == 200
    assert sql.value("SELECT count(*) FROM work_order") == 2


REFUSED: Sequence[tuple[dict[str, str], str]] = [
    ({"sheet": "9000021"}, "受理单 9000021 没有备过，请核对号码"),
    ({"sheet": "2611229000001"}, "单上的日期是 261122，实际时间是 261123，请核对是哪一个写错了"),
    ({"sheet": "0000001"}, "这不是纸质受理单的号：后 7 位须以 9 开头"),
    ({"sheet": "九号"}, "受理单号是 7 位（9 开头），或连日期共 13 位"),
    ({"time": "15:01"}, "实际时间不能晚于现在"),
    ({"time": "09:59"}, "这张受理单 11-23 10:00 才备下，实际时间不会更早"),
    ({"time": ""}, "请填写接电话的日期和时间"),
    ({"day": "2026-99-01"}, "“实际发生时间”须写成"),
    ({"time": "2560"}, "时间写成 1112 或 11:12"),
    ({"time": "十一点"}, "时间写成 1112 或 11:12"),
    ({"text": " "}, "请填写诉求内容"),
    ({"matter": "没有的事"}, "没有叫“没有的事”的事项分类"),
    ({"name": "长" * 201}, "请缩短到 200 字以内"),
    ({"anonymous": "1"}, "勾了“匿名”就不留姓名和号码"),
    ({"kind": "report", "answer": "已答复"}, "举报不能当场答复，请受理后派单"),
    ({"reason": "nonsense"}, "“补录原因”须从原因列表中选择"),
]


def test_what_cannot_be_is_refused_with_words_and_nothing_is_lost(desk: Desk, block: int) -> None:
    for given, said in REFUSED:
        page = enter(desk, **given)
        assert (page.status, said in page.words) == (422, True), (given, page.words)
        assert page.forms["entry"].values["told"] == ["供热公司王师傅 11:20"]
    assert sql.value("SELECT count(*) FROM work_order") == 0
    assert sql.value("SELECT count(*) FROM offline_mark") == 0


def test_sheets_that_are_spoilt_or_taken_back_are_not_entered_and_a_lost_one_may_turn_up(
    desk: Desk, block: int
) -> None:
    mark = f"/outage/block/{block}/mark"
    desk.post(AGENT, mark, {"first": "9000001", "state": "spoilt", "note": "写坏"})
    desk.post(AGENT, mark, {"first": "9000002", "state": "unused"})
    desk.post(AGENT, mark, {"first": "9000003", "state": "lost", "note": "找不到"})
    assert "已标为“作废”，没有登记；标错的请先在台账里改为“在外”" in enter(desk).words
    assert "已标为“未用收回”" in enter(desk, sheet="9000002").words
    assert "已登记为 2611239000003" in enter(desk, sheet="9000003").words
    assert desk.get(AGENT, "/outage/entry").forms["entry"].values["sheet"] == ["9000004"]
    desk.at = AFTER.replace(month=12, day=31)
    assert "实际时间已过 31 天，请按来信登记，再申请补录" in enter(desk, sheet="9000005").words


def test_what_was_answered_at_once_closes_and_what_is_unclear_waits(desk: Desk, block: int) -> None:
    enter(desk, kind="consultation", answer="十月二十日起供热", told="")
    assert [one.move for one in events_of(NUMBER)] == ["register", "claim_late_entry", "answer_directly"]
    assert order_of(NUMBER).outcome == "direct_answer"
    nobody = {"name": "", "phone": "", "address": "", "company": ""}
    enter(desk, sheet="2611239000002", matter="", told="", writer="", **nobody, secret="1")
    order = order_of(2611239000002)
    assert (order.state, order.anonymous, order.secret) == ("received", True, True)
    assert [one.move for one in events_of(order.number)] == ["register", "claim_late_entry"]
    # The time of one that is closed can be confirmed as well.
    desk.post(SUPERVISOR, "/outage/confirm", {"marked": [str(NUMBER), str(order.number)], "do": "confirm"})
    assert [order_of(one).flags for one in (NUMBER, order.number)] == [["late_entry"], ["late_entry"]]


def test_entering_a_sheet_costs_a_bounded_number_of_statements(desk: Desk, block: int) -> None:
    from jiesu.store import rules

    browser = desk.browser(AGENT)
    rules.current()
    with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
        assert browser.post("/outage/entry", SHEET).status_code == 302
    begun = [one["sql"] for one in djangos if one["sql"] not in ("BEGIN", "COMMIT", "ROLLBACK")]
    assert len(ours) + len(begun) <= 15
    for path, most in (("/outage/entry", 4), ("/outage/confirm", 4), (f"/outage/block/{block}", 5)):
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert browser.get(path).status_code == 200
        assert len(ours) + len(djangos) <= most, path


def test_orders_from_sheets_are_counted_on_the_day_on_which_they_were_told(desk: Desk, block: int) -> None:
    from jiesu.store import daily
    from jiesu.workflow.daily import make_yesterday

    desk.at = local("2026-11-24 06:00")
    enter(desk)
    make_yesterday(local("2026-11-24 06:30"))
    kept = daily.report(MONDAY.date())
    assert kept is not None
    assert (kept.figures["all"], kept.figures["paper"]) == ([1, 0, 0], 1)
    assert "其中停机期间记在纸上、事后补录的 1 件。" in desk.get(SUPERVISOR, "/daily/2026-11-23").words


# -- a spreadsheet

HEAD = [
    "受理单号（必填）",
    "实际时间（必填）",
    "诉求内容（必填）",
    "地点",
    "从什么时候",
    "区域",
    "事项",
    "类型",
    "紧急程度",
]
HEAD += ["姓名", "来电号码", "要求保密", "当场答复", "已电话通知", "记录人", "补录原因", "不是同一件"]


def sent(desk: Desk, path: Path, do: str = "enter") -> Seen:
    name = SimpleUploadedFile(path.name, path.read_bytes())
    return desk.post(AGENT, "/outage/import", {"file": name, "do": do})


def filled(folder: Path, *rows: Sequence[object], head: Sequence[object] = HEAD) -> Path:
    return workbook(folder / "补录表.xlsx", {at: list(row) for at, row in enumerate([head, *rows], 1)}, title="补录")


GOOD = ("9000001", "2026-11-23 11:12", "暖气漏水", "工人村二区", "早上", "工人村社区", "03.03", "求助", "紧急")
PERSON = ("张小凤", "13800001111", "", "", "供热公司王师傅 11:20", "赵海燕", "系统或网络中断", "")


def test_a_filled_spreadsheet_is_checked_then_entered_then_known(desk: Desk, block: int, tmp_path: Path) -> None:
    path = filled(
        tmp_path,
        (*GOOD, *PERSON),
        ("9000002",),
        ("2611239000003", "2026-11-23 11:40", "路灯不亮"),
        ("9000003", "2026-11-23 11:50", "又写了一遍三号"),
        ("9000004", "2026-11-23", "只有日期"),
        ("9000005", "2026-11-23 12:00", ""),
        ("9000099", "2026-11-23 12:10", "没有备过的号"),
        ("9000006", "2026-11-23 12:20", "噪声", "", "", "火星", ""),
        ("9000007", Formula("NOW()", "2026-11-23 12:30"), Formula('"路"&"灯"', "路灯")),
    )
    checked = sent(desk, path, "check")
    assert "只检查了，还没有登记：可以登记 2 行，以前登记过 0 行，有问题 6 行。" in checked.words
    assert sql.value("SELECT count(*) FROM work_order") == 0
    page = sent(desk, path)
    assert "已登记 2 行 ；6 行没有登记，改好再导一次就行。" in page.words.replace("行；", "行 ；")
    for words in (
        f"2 9000001 {NUMBER}",
        "4 9000003 2611239000003",
        "5 9000003 受理单 9000003 在第 4 行已有，没有重复登记",
        "6 “实际时间”只有日期，请写明几点几分",
        "7 没有填“诉求内容”",
        "8 9000099 受理单 9000099 没有备过，请核对号码",
        "9 没有叫“火星”的区域，请照“代码”表写",
        "10 “诉求内容（必填）”是公式算出来的",
    ):
        assert words in page.words, words
    order = order_of(NUMBER)
    assert (order.state, order.matter, order.region, order.urgency) == ("accepted", "03.03", "R0103", "urgent")
    assert (order_of(2611239000003).state, order_of(2611239000003).anonymous) == ("received", True)
    again = sent(desk, path)
    assert "已登记 0 行，2 行以前登记过、没有重复" in again.words
    assert sql.value("SELECT count(*) FROM work_order") == 2


def test_the_empty_spreadsheet_holds_the_sheets_that_are_out_and_comes_back_empty(
    desk: Desk, block: int, tmp_path: Path
) -> None:
    enter(desk)
    desk.post(AGENT, f"/outage/block/{block}/mark", {"first": "9000002", "state": "spoilt", "note": "写坏"})
    answer = desk.browser(AGENT).get(f"/outage/blank.xlsx?block={block}")
    path = tmp_path / "空表.xlsx"
    path.write_bytes(answer.content)
    from jiesu.channels.files.source import open_table

    _, table = open_table(path, None)
    assert [record.cells[0] for record in table.records()] == [str(one) for one in range(9000003, 9000021)]
    assert "文件里没有填了内容的行。" in sent(desk, path).words
    assert desk.browser(SUPERVISOR).get("/outage/blank.xlsx").status_code == 200


MANY = ("受理单号,实际时间,诉求内容\n" + "9000001,2026-11-23 11:00,x\n" * 301).encode()


UNREADABLE: Sequence[tuple[bytes, str, str]] = [
    (b"not a workbook", "表.xlsx", "不是完好的 .xlsx 文件"),
    (b"x", "表.doc", "不是能导入的格式"),
    ("受理单号,诉求内容\n9000001,x\n".encode(), "表.csv", "没有认出实际时间是哪一列"),
    (MANY, "表.csv", "文件有 301 行，一次最多 300 行"),
]


def test_a_file_that_cannot_be_read_changes_nothing(desk: Desk, block: int) -> None:
    for content, name, said in UNREADABLE:
        page = desk.post(AGENT, "/outage/import", {"file": SimpleUploadedFile(name, content), "do": "enter"})
        assert (page.status, said in page.words, "没有登记任何一行" in page.words) == (422, True, True), page.words
    assert sql.value("SELECT count(*) FROM work_order") == 0


def test_a_missing_file_is_asked_for(desk: Desk, block: int) -> None:
    assert "请选择填好的补录表" in desk.post(AGENT, "/outage/import", {"do": "enter"}).words
    assert desk.get(AGENT, "/outage/import").status == 200
    assert desk.post(SUPERVISOR, "/outage/import", {"do": "enter"}).status == 403


def rows_of(desk: Desk, tmp_path: Path, *cells: Any) -> str:
    return sent(desk, filled(tmp_path, cells), "check").words


def test_words_of_a_row_are_read_as_people_write_them(desk: Desk, block: int, tmp_path: Path) -> None:
    usual = ("9000001", "2026-11-23 11:12", "漏水", "", "", "")
    for said, cells in (
        ("可以登记 1 行", (*usual, "暖气漏水", "求助类", "加急", "", "", "√")),
        ("“类型”的“哭诉”不在可选的里面", (*usual, "", "哭诉")),
        ("没有叫“火星事项”的事项", (*usual, "火星事项")),
        ("“要求保密”请写“是”或空着", (*usual, "", "", "", "", "", "也许")),
        ("“补录原因”的“天气不好”不在可选的里面", (*usual, *[""] * 9, "天气不好")),
        ("“姓名”太长", (*usual, "", "", "", "长" * 201)),
        ("“实际时间”的“昨天”不是能读的时间", ("9000001", "昨天", "漏水")),
        ("单上的日期是 261122", ("2611229000001", "2026-11-23 11:12", "漏水")),
    ):
        assert said in rows_of(desk, tmp_path, *cells), (said, cells)


def test_the_answer_is_an_xlsx(desk: Desk, block: int) -> None:
    content = desk.browser(AGENT).get("/outage/blank.xlsx").content
    assert BytesIO(content).read(2) == b"PK"
