"""Before anything fails: sheets with numbers of their own, lists to look things up in, all of it on paper."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from io import BytesIO
from typing import Any

import psycopg
import pytest
from docx import Document

from jiesu.store import sql
from tests import city
from tests.city import MONDAY
from tests.database import Clone
from tests.web.desk import (
    ADMINISTRATOR,
    AGENT,
    ANALYST,
    DISPATCHER,
    HEAT_CLERK,
    LEADER,
    SUPERVISOR,
    Desk,
)


def reserve(desk: Desk, count: int = 20, note: str = "1 到 20 号席位") -> int:
    page = desk.post(SUPERVISOR, "/outage/reserve", {"count": str(count), "note": note})
    assert page.status == 200
    return int(sql.value("SELECT max(id) FROM offline_block"))


def got(desk: Desk, who: str, path: str) -> Any:
    answer = desk.browser(who).get(path)
    assert answer.status_code == 200, path
    return answer


def words(answer: Any) -> str:
    held = Document(BytesIO(answer.content))
    said = [line.text for line in held.paragraphs]
    return "\n".join([*said, *(cell.text for table in held.tables for row in table.rows for cell in row.cells)])


def test_a_block_of_serials_is_set_aside_and_given_to_nobody_else(desk: Desk) -> None:
    page = desk.post(SUPERVISOR, "/outage/reserve", {"count": "20", "note": "1 到 20 号席位"})
    assert "受理单 9000001–9000020" in page.words
    assert "号段已留出，不会给别的工单。" in page.words
    assert "在外 20 已补录 0 作废 0 遗失 0 未用收回 0" in page.words
    second = desk.post(ADMINISTRATOR, "/outage/reserve", {"count": "5", "note": ""})
    assert "受理单 9000021–9000025" in second.words
    numbers = [city.registered().number % 10_000_000 for _ in range(3)]
    assert all(number < 9_000_001 for number in numbers)
    kit = desk.get(SUPERVISOR, "/outage").words
    assert "9000001–9000020 20 张 2026-11-23 10:00 董春梅 1 到 20 号席位 在外 20" in kit


def test_the_systems_own_serials_end_before_those_of_paper(db: Clone, desk: Desk) -> None:
    with psycopg.connect(db.url("owner")) as other:
        other.execute("SELECT setval('work_order_serial', 8999999)")
    serials = [city.registered().number % 10_000_000 for _ in range(3)]
    assert serials == [9_000_000, 1, 2]


def test_two_who_set_aside_at_once_get_different_serials(db: Clone, desk: Desk) -> None:
    from jiesu.workflow import offline

    with psycopg.connect(db.url("owner")) as other:
        other.execute(
            "INSERT INTO offline_block (first, last, at, by, note) VALUES (9000001, 9000003, now(), 's1', '')"
        )
        with pytest.raises(psycopg.errors.ExclusionViolation):
            other.execute(
                "INSERT INTO offline_block (first, last, at, by, note) VALUES (9000003, 9000009, now(), 's1', '')"
            )
        other.rollback()
    made = [offline.reserve(5, by=city.DU, now=MONDAY) for _ in range(2)]
    assert sql.rows("SELECT first, last FROM offline_block WHERE id = ANY(%s) ORDER BY id", (made,)) == [
        (9000001, 9000005),
        (9000006, 9000010),
    ]


def test_a_number_of_sheets_that_cannot_be_is_said_and_stays(desk: Desk) -> None:
    for count in ("0", "501", "", "-3", "x", "99999999"):
        page = desk.post(SUPERVISOR, "/outage/reserve", {"count": count, "note": "备用"})
        assert (page.status, "一次备 1 到 500 张" in page.words, "备用" in page.html) == (422, True, True), count
    assert sql.value("SELECT count(*) FROM offline_block") == 0


def test_when_all_serials_are_given_out_it_says_so(desk: Desk) -> None:
    from jiesu.store import offline

    offline.reserve(999_990, by="s1", now=MONDAY, note="")
    page = desk.post(SUPERVISOR, "/outage/reserve", {"count": "20", "note": ""})
    assert (page.status, "纸质受理单的号段已用完" in page.words) == (422, True)


def test_the_sheets_bear_one_number_each_in_the_order_of_a_story(desk: Desk) -> None:
    block = reserve(desk, 3)
    answer = got(desk, SUPERVISOR, f"/outage/paper/sheets.docx?block={block}")
    said = words(answer)
    for number in ("9000001", "9000002", "9000003"):
        assert said.count(number) == 1
    held = Document(BytesIO(answer.content))
    asked = [row.cells[0].text for row in held.tables[0].rows]
    assert asked == ["接电话时间", "说了什么", "在哪儿", "从什么时候", "什么事", "是谁", "怎么办的", "记录", "恢复以后"]
    assert len(held.tables) == 3
    pdf = got(desk, SUPERVISOR, f"/outage/paper/sheets.pdf?block={block}")
    assert pdf.content.startswith(b"%PDF-1.")
    assert pdf.content.count(b"/Type /Page\n") + pdf.content.count(b"/Type/Page\n") in (0, 3)
    assert "9000001-9000003.pdf" in pdf["Content-Disposition"]


def test_the_phone_list_names_who_answers_today_and_in_the_days_to_come(desk: Desk) -> None:
    said = words(got(desk, SUPERVISOR, "/outage/paper/phones.docx?days=1"))
    assert "今天11月23日（周一）值班" in said
    assert "11月24日（周二）值班" in said
    assert "11月25日" not in said
    roster = sql.rows("SELECT name, phone FROM roster_entry WHERE unit_id = 'U0301' AND weekday IN (0, 1)")
    assert all(name in said and phone in said for name, phone in roster)
    wednesday = sql.rows("SELECT name FROM roster_entry WHERE unit_id = 'U0301' AND weekday = 3")
    assert not any(name in said for (name,) in wednesday)
    assert got(desk, ADMINISTRATOR, "/outage/paper/phones.pdf?days=99").content.startswith(b"%PDF")


def test_the_dispatch_list_says_lead_and_limit_as_the_rules_of_today_do(desk: Desk) -> None:
    held = Document(BytesIO(got(desk, SUPERVISOR, "/outage/paper/catalog.docx").content))
    rows = [[cell.text for cell in row.cells] for table in held.tables for row in table.rows]
    assert ["紧急", "10分钟", "30分钟", "2小时", "24小时", "5个工作日"] in [
        [c.replace(" ", "") for c in row] for row in rows
    ]
    from jiesu.domain.order import Order
    from jiesu.store import rules

    now = rules.current()
    duty = now.duty(Order(0, matter="03.06", region="R0103"), MONDAY)
    assert duty is not None
    line = next(row for row in rows if len(row) == 5 and row[1] == "03.06")
    assert line[2].startswith(now.unit_name(duty.lead))
    limit = duty.handle_on(MONDAY.date())
    assert line[4] == (limit.zh() if limit else "按类型")
    assert any(row[0] == "已进入诉讼或仲裁" and row[1] == "诉讼" for row in rows)


def test_the_whole_kit_is_one_pdf_and_the_account_has_a_line_for_each_sheet(desk: Desk) -> None:
    block = reserve(desk, 4)
    answer = got(desk, ADMINISTRATOR, f"/outage/paper/all.pdf?block={block}")
    assert answer.content.startswith(b"%PDF-1.")
    said = words(got(desk, ADMINISTRATOR, f"/outage/paper/account.docx?block={block}"))
    assert [one for one in range(9000001, 9000006) if str(one) in said.splitlines()] == [
        9000001,
        9000002,
        9000003,
        9000004,
    ]
    assert "董春梅备下" in said
    assert desk.get(SUPERVISOR, f"/outage/paper/all.docx?block={block}").status == 404
    assert desk.get(SUPERVISOR, "/outage/paper/sheets.pdf").status == 404
    assert desk.get(SUPERVISOR, "/outage/paper/nothing.pdf").status == 404
    assert got(desk, SUPERVISOR, "/outage/paper/all.pdf").content.startswith(b"%PDF-1.")


def test_who_keeps_the_kit_and_who_must_not(desk: Desk) -> None:
    block = reserve(desk, 2)
    for who in (AGENT, DISPATCHER):
        assert desk.get(who, "/outage").address == "/outage/entry"
        account = desk.get(who, "/outage/blocks")
        assert "9000001–9000002 2 张" in account.words
        assert "整包 PDF" not in account.words
        assert "备下 b" not in account.words
        assert desk.post(who, "/outage/reserve", {"count": "5"}).status == 403
        assert desk.get(who, f"/outage/paper/sheets.pdf?block={block}").status == 403
        assert desk.get(who, "/outage/paper/phones.pdf").status == 403
    for who in (HEAT_CLERK, LEADER, ANALYST):
        for path in (
            "/outage",
            "/outage/blocks",
            "/outage/entry",
            "/outage/import",
            "/outage/confirm",
            f"/outage/block/{block}",
        ):
            assert desk.get(who, path).status == 403, path
        assert desk.get(who, "/outage/blank.xlsx").status == 403
        assert desk.post(who, f"/outage/block/{block}/mark", {"first": "9000001", "state": "lost"}).status == 403
    assert desk.get(SUPERVISOR, "/outage/entry").status == 403
    assert desk.get(SUPERVISOR, "/outage/block/999").status == 404
    assert sql.value("SELECT count(*) FROM offline_mark") == 0


def test_every_sheet_is_accounted_for(desk: Desk) -> None:
    block = reserve(desk, 10)

    def mark(who: str = AGENT, **given: str) -> Any:
        return desk.post(who, f"/outage/block/{block}/mark", given)

    assert "台账已更新。" in mark(first="9000001", last="9000003", state="unused").words
    assert "在外 7 已补录 0 作废 0 遗失 0 未用收回 3" in mark(
        first="9000004", state="spoilt", note="写坏"
    ).words.replace("在外 6 已补录 0 作废 1", "在外 7 已补录 0 作废 0")
    page = desk.get(SUPERVISOR, f"/outage/block/{block}")
    assert "在外的号 9000005–9000010" in page.words
    assert "9000004 作废 周敏 2026-11-23 10:00 写坏" in page.words
    for given, said in (
        ({"first": "9000004", "state": "spoilt", "note": "又坏"}, "受理单 9000004 已经是“作废”"),
        ({"first": "9000009", "last": "9000011", "state": "lost", "note": "找不到"}, "受理单 9000011 没有备过"),
        ({"first": "9000009", "state": "lost"}, "作废和遗失要写明原因"),
        ({"first": "9000009", "last": "9000001", "state": "unused"}, "止号须不小于起号"),
        ({"first": "2611230000001", "state": "unused"}, "后 7 位须以 9 开头"),
        ({"first": "abc", "state": "unused"}, "受理单号是 7 位"),
        ({"first": "9000009", "state": "used"}, "请选择作废、遗失、未用收回、在外之一"),
        ({"first": "9000009", "state": "lost", "note": "长" * 201}, "说明太长"),
    ):
        refused = mark(**given)
        assert (refused.status, said in refused.words) == (422, True), (given, refused.words)
    mark(first="9000004", state="out", note="标错了")
    assert "在外的号 9000004–9000010" in desk.get(SUPERVISOR, f"/outage/block/{block}").words
    mark(SUPERVISOR, first="9000004", last="9000010", state="lost", note="随电脑柜一起丢了")
    assert "都有去处" in desk.get(SUPERVISOR, "/outage").words
    with pytest.raises(Exception, match="offline_mark"):
        sql.run("DELETE FROM offline_mark")


def test_a_note_of_the_account_keeps_no_number_of_a_resident(desk: Desk) -> None:
    block = reserve(desk, 1, note="打给 13800001111 用")
    desk.post(
        AGENT, f"/outage/block/{block}/mark", {"first": "9000001", "state": "spoilt", "note": "13800001111 又打来"}
    )
    assert sql.value("SELECT note FROM offline_block") == "打给 138****1111 用"
    assert sql.value("SELECT note FROM offline_mark") == "138****1111 又打来"
