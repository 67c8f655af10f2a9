"""An edition of the bulletin: drafted, written to in kept readings, its figures locked, issued, corrected by a line."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import json
import re
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document
from pypdf import PdfReader

from jiesu.store import sql
from tests import city
from tests.city import HOUR, MONDAY
from tests.web.bulletin.month import FREEZING, MONTH, OVER, frozen
from tests.web.desk import (
    ADMINISTRATOR,
    AGENT,
    ANALYST,
    APPROVER,
    HEAT_CLERK,
    HEAT_LEADER,
    LEADER,
    SUPERVISOR,
    Desk,
    Seen,
    order_of,
)

PAGE = f"/bulletin/{MONTH}"
WHOLE = {"cases": "一位居民反映楼外管道没有保温，当天包好。", "problems": "个别单位签收不及时。"}


def drafted(desk: Desk, who: str = SUPERVISOR) -> Seen:
    desk.at = max(desk.at, OVER)
    return desk.post(who, "/bulletin/make", {"window": MONTH})


def write(desk: Desk, seen: int, who: str = SUPERVISOR, **texts: str) -> Seen:
    return desk.post(who, f"{PAGE}/text", {"seen": str(seen), **texts})


def issued(desk: Desk) -> Seen:
    """The month drafted, written to, frozen and issued."""
    drafted(desk)
    write(desk, 0, **WHOLE)
    desk.at = FREEZING
    frozen()
    return desk.post(SUPERVISOR, f"{PAGE}/issue", {"seen": "1"})


def docx_words(desk: Desk, who: str, query: str = "") -> str:
    answer = desk.browser(who).get(f"{PAGE}/paper.docx{query}")
    assert answer.status_code == 200
    paper = Document(BytesIO(answer.content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])


def test_the_first_of_the_month_offers_the_draft_and_its_figures_are_those_of_now(desk: Desk) -> None:
    desk.at = OVER
    empty = desk.get(ANALYST, "/bulletin")
    assert "还没有通报。一个月过完就能起草，数据定稿后发布；点上面的“起草”。" in empty.words
    assert "起草 2026年11月通报" in empty.words
    page = drafted(desk, ANALYST)
    assert (page.status, page.address) == (200, f"{PAGE}?done=make")
    assert "2026年11月月度通报 草稿 数字截至 2026-12-01 09:00" in page.words
    assert "一、总体情况 2026年11月共受理各类诉求 16 件；派给承办单位 16 件" in page.words
    assert "（典型案例由编辑填写，隐去姓名、电话和门牌。）" in page.words
    assert drafted(desk).address == PAGE
    assert sql.value("SELECT count(*) FROM edition_text") == 1
    assert "2026年11月 月度通报 第 1 稿" in desk.get(SUPERVISOR, "/bulletin").words


def test_a_person_writes_every_reading_is_kept_and_the_page_shows_who_changed_what(desk: Desk) -> None:
    drafted(desk)
    fields = desk.get(ANALYST, f"{PAGE}?edit=1").forms["day editing"].values
    assert fields["volume"][0].startswith("2026年11月共受理各类诉求 {受理量} 件")
    assert write(desk, 0, ANALYST, **WHOLE).words.count("已存下，上一稿也留着。") == 1
    late = write(desk, 0, problems="另一个人写的。")
    assert (late.status, "这份通报刚被别人改过" in late.words, "另一个人写的。" in late.html) == (422, True, True)
    same = write(desk, 1, **WHOLE)
    assert (same.status, "没有改动任何内容" in same.words) == (422, True)
    desk.at = city.local("2026-12-01 10:20")
    page = write(desk, 1, problems="个别单位签收很不及时。")
    name = sql.value("SELECT name FROM staff WHERE login = %s", (SUPERVISOR,))
    assert f'<ins title="{name} 12月1日 10:20 写入">很</ins>' in page.html
    assert '<del title="' in page.html
    clean = desk.get(SUPERVISOR, f"{PAGE}?clean=1")
    assert ("<ins" in clean.html, "个别单位签收很不及时。" in clean.words) == (False, True)
    first = desk.get(LEADER, f"{PAGE}?no=1&clean=1")
    assert "这是第 2 稿" in first.words
    assert "个别单位签收不及时。" in first.words
    held = b"".join(bytes(one) for (one,) in sql.rows("SELECT sealed FROM edition_text"))
    assert "个别单位".encode() not in held
    with pytest.raises(Exception, match="edition_text"):
        sql.run("DELETE FROM edition_text")


def test_two_who_write_at_once_keep_both_sections_and_see_what_the_other_wrote(desk: Desk) -> None:
    drafted(desk)
    began = {
        name: "".join(held) for name, held in desk.get(ANALYST, f"{PAGE}?edit=1").forms["day editing"].values.items()
    }
    write(desk, 0, SUPERVISOR, cases="督办员写的案例。", praise="督办员写的表扬。")
    given = {**began, "seen": "0", "problems": "分析员写的问题。", "praise": "分析员写的表扬。"}
    late = desk.post(ANALYST, f"{PAGE}/text", given)
    assert (late.status, "别人刚把这一段改成：督办员写的表扬。" in late.words) == (422, True)
    held = {name: one[0] for name, one in late.forms["day editing"].values.items() if one}
    assert [held[name] for name in ("cases", "problems", "praise", "seen")] == [
        "督办员写的案例。", "分析员写的问题。", "分析员写的表扬。", "1",
    ]  # fmt: skip
    assert "已存下" in desk.post(ANALYST, f"{PAGE}/text", held).words
    said = docx_words(desk, LEADER)
    assert ("督办员写的案例。" in said, "分析员写的问题。" in said, "督办员写的表扬。" in said) == (True, True, False)


def test_figures_follow_the_record_until_they_are_frozen(desk: Desk) -> None:
    drafted(desk)
    city.take(city.dispatched(MONDAY + HOUR), "note", city.DU, OVER + HOUR, {"note": "上月的，今天才补进来"})
    desk.at = city.local("2026-12-01 11:00")
    assert "共受理各类诉求 16 件" in desk.get(ANALYST, PAGE).words
    page = desk.post(ANALYST, f"{PAGE}/renew", {})
    assert "数字已换成现在的，文字没有动。" in page.words
    assert "数字截至 2026-12-01 11:00" in page.words
    assert "共受理各类诉求 17 件" in page.words
    assert sql.value("SELECT count(*) FROM edition_text") == 1


def test_figures_cannot_be_typed_over(desk: Desk) -> None:
    drafted(desk)
    wrong = write(desk, 0, problems="共受理 17 件，偏多。")
    assert (wrong.status, "手写的“17”不是本期的数" in wrong.words) == (422, True)
    assert "共受理 17 件，偏多。" in wrong.forms["day editing"].values["problems"][0]
    assert sql.value("SELECT count(*) FROM edition_text") == 1
    figures = json.loads(sql.value("SELECT (base -> 'figures')::text FROM edition"))
    share = figures["响应率"]
    write(desk, 0, problems=f"响应率只有 {share}，{{响应率·件数}}。")
    from jiesu.domain import windows
    from jiesu.store import editions

    held = editions.edition(windows.read(MONTH))
    assert held is not None
    assert held.texts["problems"] == "响应率只有 {响应率}，{响应率·件数}。"
    assert f"响应率只有 {share}，{figures['响应率·件数']}。" in docx_words(desk, SUPERVISOR)


def test_an_edition_is_issued_once_from_the_frozen_month_and_never_changes(desk: Desk) -> None:
    drafted(desk)
    early = desk.post(SUPERVISOR, f"{PAGE}/issue", {"seen": "0"})
    assert (early.status, "数据还没有定稿，不能发布" in early.words) == (422, True)
    desk.at = FREEZING
    held = frozen()
    assert "数据已经定稿。发布时会用定稿数" in desk.get(SUPERVISOR, PAGE).words
    unready = desk.post(SUPERVISOR, f"{PAGE}/issue", {"seen": "0"})
    assert (unready.status, "“典型案例”还没有写" in unready.words) == (422, True)
    write(desk, 0, ANALYST, **WHOLE)
    assert desk.post(ANALYST, f"{PAGE}/issue", {"seen": "1"}).status == 403
    changed = desk.post(SUPERVISOR, f"{PAGE}/issue", {"seen": "0"})
    assert (changed.status, "请看过最新内容再发布" in changed.words) == (422, True)
    page = desk.post(SUPERVISOR, f"{PAGE}/issue", {"seen": "1"})
    assert "已发布。正文、数字和三种文件从此不变。" in page.words
    said = docx_words(desk, HEAT_CLERK)
    assert held.inputs[:16] in said
    assert "一位居民反映楼外管道没有保温，当天包好。" in said
    assert "由编辑填写" not in said
    assert "2026年12月8日" in said
    for path, given in (("text", {"seen": "1", "problems": "改"}), ("renew", {}), ("issue", {"seen": "1"})):
        again = desk.post(SUPERVISOR, f"{PAGE}/{path}", given)
        assert (again.status, "已经发布" in again.words) == (422, True), path
    desk.at = city.local("2026-12-20 09:00")
    assert docx_words(desk, LEADER) == said
    assert sql.value("SELECT count(*) FROM edition_issue") == 1


def test_a_correction_is_a_dated_line_and_both_stay(desk: Desk) -> None:
    issued(desk)
    first = docx_words(desk, LEADER)
    desk.at = city.local("2026-12-20 09:00")
    given = {"seen": "1", "reason": "典型案例写错了街道", "cases": "一位居民反映管道没有保温，次日包好。"}
    assert desk.post(ANALYST, f"{PAGE}/correct", given).status == 403
    for wrong, said in (
        ({**given, "reason": " "}, "请写明更正了什么"),
        ({"seen": "1", "reason": "没有变化"}, "文字和数字都没有改动"),
        ({**given, "problems": "只有 12 件"}, "不是本期的数"),
    ):
        page = desk.post(SUPERVISOR, f"{PAGE}/correct", wrong)
        assert (page.status, said in page.words) == (422, True), said
    assert sql.value("SELECT count(*) FROM edition_text") == 2
    done = desk.post(SUPERVISOR, f"{PAGE}/correct", given)
    assert "更正已发布，原来的一次也留着。" in done.words
    second = docx_words(desk, LEADER)
    assert "2026年12月20日更正：典型案例写错了街道。" in second
    assert "次日包好" in second
    assert "2026年12月8日　定稿，2026年12月20日更正" in second
    assert docx_words(desk, LEADER, "?no=1") == first
    assert desk.get(LEADER, f"{PAGE}/paper.docx?no=3").status == 404


def test_a_correction_of_figures_is_told_with_both_numbers(desk: Desk) -> None:
    from jiesu.assessment import filling, freezing
    from jiesu.domain import windows

    issued(desk)
    desk.at = city.local("2026-12-20 09:00")
    order = order_of(sql.value("SELECT number FROM fact_limit WHERE clock = 'acknowledge' AND NOT in_time"))
    claim = {"act": "acknowledge", "claimed_at": MONDAY + HOUR, "late_reason": "outage", "evidence": "停机时的签收登记"}
    city.take(order, "claim_late_entry", city.LIU, desk.at, claim)
    city.take(order, "confirm_late_entry", city.DU, desk.at, {"request": order_of(order.number).requests[-1].no})
    filling.fill_due(desk.at)
    freezing.correct(windows.read(MONTH), by=city.DU, now=desk.at, reason="补录")
    assert "数据在发布之后有更正。" in desk.get(SUPERVISOR, PAGE).words
    done = desk.post(SUPERVISOR, f"{PAGE}/correct", {"seen": "1", "reason": "一张工单补录后按时"})
    assert "更正已发布" in done.words
    said = docx_words(desk, LEADER)
    assert "以下数字有更正，正文和附表仍列定稿数。" in said
    assert "全市\n响应率\n82.35%（14/17）\n88.24%（15/17）" in said
    again = desk.post(SUPERVISOR, f"{PAGE}/correct", {"seen": "1", "reason": "再来一次"})
    assert (again.status, "文字和数字都没有改动" in again.words) == (422, True)


def test_the_three_papers_say_the_same(desk: Desk) -> None:
    issued(desk)
    page = desk.get(LEADER, PAGE).words
    pdf = desk.browser(LEADER).get(f"{PAGE}/paper.pdf")
    words = re.sub(r"\s", "", "".join(one.extract_text() for one in PdfReader(BytesIO(pdf.content)).pages))
    for said in ("2026年11月共受理各类诉求 16 件", "个别单位签收不及时。"):
        assert said in page
        assert re.sub(r"\s", "", said) in words
    assert "%E9%80%9A%E6%8A%A5-2026-11.pdf" in pdf["Content-Disposition"]
    assert desk.browser(LEADER).get(f"{PAGE}/paper.xlsx").content.startswith(b"PK")
    from jiesu.assessment.bulletin import editions
    from jiesu.domain import windows

    asked = [editions.of_window(windows.read(code), now=desk.at, live=live) for code, live in (
        (MONTH, False), (MONTH, True), ("2026-10", False),
    )]  # fmt: skip
    told = ["个别单位签收不及时。" in "".join(one.text for one in made.blocks if one.kind == "para") for made in asked]
    assert told == [True, False, False]
    assert desk.get(LEADER, f"{PAGE}/paper.exe").status == 404


def test_a_week_has_its_edition_and_a_day_has_the_daily_report(desk: Desk) -> None:
    desk.at = OVER
    page = desk.post(SUPERVISOR, "/bulletin/make", {"window": "2026-w48"})
    assert page.address == "/bulletin/2026-w48?done=make"
    assert "2026年11月23日至11月29日周报" in page.words
    desk.post(SUPERVISOR, "/bulletin/2026-w48/text", {"seen": "0", "cases": "", "problems": ""})
    assert "已发布。" in desk.post(SUPERVISOR, "/bulletin/2026-w48/issue", {"seen": "1"}).words
    day = desk.post(SUPERVISOR, "/bulletin/make", {"window": "2026-11-23"})
    assert (day.status, "这个时段没有通报；一天的看“日报”" in day.words) == (422, True)
    ahead = desk.post(SUPERVISOR, "/bulletin/make", {"window": "2027-01"})
    assert (ahead.status, "这个时段还没有开始" in ahead.words) == (422, True)
    assert desk.post(SUPERVISOR, "/bulletin/make", {"window": "2026-13"}).status == 400


def test_who_reads_and_who_must_not(desk: Desk) -> None:
    drafted(desk)
    for who in (LEADER, ADMINISTRATOR):
        assert desk.get(who, PAGE).status == 200
        assert "改文字" not in desk.get(who, PAGE).words
        assert write(desk, 0, who, **WHOLE).status == 403
        assert desk.post(who, f"{PAGE}/renew", {}).status == 403
        assert desk.post(who, "/bulletin/make", {"window": "2026-w48"}).status == 403
    for who in (HEAT_CLERK, HEAT_LEADER):
        assert "还没有发布过通报。" in desk.get(who, "/bulletin").words
        assert desk.get(who, PAGE).status == 404
        assert desk.get(who, f"{PAGE}/paper.pdf").status == 404
    for who in (AGENT, APPROVER):
        for path in ("/bulletin", PAGE, f"{PAGE}/paper.pdf"):
            assert desk.get(who, path).status == 403
    for path in ("/bulletin/2026-10", "/bulletin/x", "/bulletin/2026-10/paper.pdf"):
        assert desk.get(SUPERVISOR, path).status == 404
    for path in ("text", "renew", "issue", "correct"):
        assert desk.post(SUPERVISOR, f"/bulletin/2026-10/{path}", {"seen": "0", "reason": "x"}).status == 404
        assert desk.post(SUPERVISOR, f"/bulletin/x/{path}", {}).status == 404
    assert issued(desk).status == 200
    page = desk.get(HEAT_CLERK, PAGE)
    assert (page.status, "稿次" in page.words, "2026年11月" in desk.get(HEAT_CLERK, "/bulletin").words) == (
        200,
        False,
        True,
    )


def test_the_pages_cost_few_statements(desk: Desk) -> None:
    from jiesu.store import rules

    issued(desk)
    counted: dict[str, Any] = {}
    for path in ("/bulletin", PAGE):
        browser = desk.browser(SUPERVISOR)
        rules.current()
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert browser.get(path).status_code == 200
        counted[path] = len(ours) + len(djangos)
    assert counted == {"/bulletin": 4, PAGE: 6}
