"""The daily report: figures fixed at one moment, words beside them, every reading kept, the same on both papers."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document

from jiesu.store import sql
from tests import city
from tests.city import HEAT, HOUR, MONDAY, local
from tests.web import situations
from tests.web.desk import (
    ADMINISTRATOR,
    AGENT,
    ANALYST,
    HEAT_CLERK,
    LEADER,
    SUPERVISOR,
    Desk,
    order_of,
)

DAY = date(2026, 11, 23)
MORNING = local("2026-11-24 06:30")


def call(at: Any, *, waited: int | None, outcome: str = "answered") -> None:
    answered = at + timedelta(seconds=waited) if waited is not None else None
    told = sql.value("SELECT count(*) FROM call")
    sql.run(
        "INSERT INTO call (exchange_id, direction, offered_at, answered_at, ended_at, outcome, agent, recording)"
        " VALUES (%s, 'in', %s, %s, %s, %s, '', '')",
        (f"x{told}", at, answered, at + timedelta(minutes=3), outcome),
    )


def a_day() -> dict[str, int]:
    """Monday of the story beside a Sunday and a Monday before; numbers of orders by name."""
    from jiesu.workflow import intake

    for at in (MONDAY - timedelta(days=7), MONDAY - timedelta(days=1)):
        city.registered(at)
    direct = intake.register(
        by=city.ZHOU, now=MONDAY, facts={"channel": "phone", "text": "几点供热", "kind": "consultation"}
    )
    city.take(direct.order, "answer_directly", city.ZHOU, MONDAY, {"public_reply": "十月二十日起"})
    emergency = city.dispatched(urgency="emergency", place="工人村二区 3栋")
    urgent = city.closed(urgency="urgent", kind="help")
    told = situations.instructed()
    situations.return_asked()
    waiting = city.registered(name="张小凤", phone="13800001111", channel="web")
    for waited in (5, 15, 40):
        call(MONDAY, waited=waited)
    call(MONDAY, waited=None, outcome="dropped")
    call(MONDAY - timedelta(days=1), waited=3)
    return {"emergency": emergency.number, "urgent": urgent.number, "told": told.number, "waiting": waiting.number}


def made(at: Any = MORNING) -> Mapping[str, Any]:
    from jiesu.store import daily
    from jiesu.workflow.daily import make_yesterday

    assert make_yesterday(at) is True
    kept = daily.report(DAY)
    assert kept is not None
    return kept.figures


def test_the_figures_of_a_day_stand_beside_the_day_before_and_a_week_before(desk: Desk) -> None:
    numbers = a_day()
    figures = made()
    assert figures["all"] == [6, 1, 1]
    assert figures["channel"] == {"phone": [5, 1, 1], "web": [1, 0, 0]}
    assert figures["kind"] == {"help": [5, 1, 1], "consultation": [1, 0, 0]}
    assert figures["ways"] == {
        "direct": [1, 0, 0], "dispatched": [4, 0, 0], "informed": [0, 0, 0], "transferred": [0, 0, 0],
        "refused": [0, 0, 0], "merged": [0, 0, 0], "withdrawn": [0, 0, 0],
        "waiting": [1, 1, 1],
    }  # fmt: skip
    assert figures["calls"] == {"offered": [4, 1, 0], "answered": [3, 1, 0], "in_15": [2, 1, 0]}
    assert figures["closed"] == [2, 0, 0]
    assert (figures["rated"], figures["satisfied"]) == ([1, 0, 0], [1, 0, 0])
    assert figures["returns"] == {"asked": [1, 0, 0], "agreed": [0, 0, 0]}
    assert figures["open"] == {"open": [6, None, None], "amber": [0, None, None], "red": [4, None, None]}
    assert figures["urgent"]["emergency"] == [1, 0, 0]
    assert (figures["urgent"]["open"], figures["urgent"]["late"]) == (1, 1)
    assert [one["number"] for one in figures["urgent"]["orders"]] == [numbers["emergency"], numbers["urgent"]]
    assert [(one["number"], one["unit"], one["late"]) for one in figures["instructions"]] == [
        (numbers["told"], HEAT, False)
    ]
    assert figures["matter"] == [["03.06", 5, 1, 1], ["", 1, 0, 0]]
    assert figures["rises"] == [{"matter": "03.06", "n": 5, "mean": 0.125}]


def test_the_page_says_it_in_words_and_names_the_moment(desk: Desk) -> None:
    numbers = a_day()
    made()
    desk.at = local("2026-11-24 09:00")
    page = desk.get(LEADER, "/daily/2026-11-23")
    assert "11月23日（周一）日报 草稿 数据截至 11月24日 06:30，此后不变" in page.words
    for said in (
        "11月23日（周一）受理诉求 6 件，比前一天多 5 件，比上周一多 5 件。",
        "当场答复 1 件，派给单位 4 件，还没有派出 1 件。",
        "来电 4 个，比前一天多 3 个，比上周一多 4 个；接通 3 个，接通率 75.00%（3/4）；",
        "15 秒内接通 2 个，占 50.00%（2/4）。",
    ):
        assert said in page.words
    assert "特急 1 件、紧急 1 件，仍在办 1 件，其中超期 1 件。" in page.words
    assert "待反馈的批示 1 件，都没有到期。" in page.words
    assert "比平时同一天明显增多：管网改造与保温 5 件。" in page.words
    assert "需要关注 管网改造与保温增多：5 件，平时同一天 0.1 件。" in page.words
    assert f"{numbers['emergency']} 特急 楼外的热力管道没有保温" in page.words
    assert "张小凤" not in page.html
    assert "写几句" not in page.words


def test_the_figures_never_change_whatever_happens_after(desk: Desk) -> None:
    numbers = a_day()
    before = json.dumps(made(), sort_keys=True)
    city.take(order_of(numbers["waiting"]), "accept", city.CHEN, MORNING + HOUR)
    from jiesu.jobs.chores import make_daily
    from jiesu.store import daily

    make_daily(MORNING + 2 * HOUR)
    kept = daily.report(DAY)
    assert kept is not None
    assert json.dumps(kept.figures, sort_keys=True) == before
    desk.at = MORNING + 3 * HOUR
    assert desk.post(SUPERVISOR, "/daily/make", {"day": "2026-11-23"}).address == "/daily/2026-11-23?done=make"
    assert sql.value("SELECT count(*) FROM daily_report") == 1
    assert sql.value("SELECT count(*) FROM daily_text") == 1


def test_the_next_days_report_compares_what_stands_open_with_this_one(desk: Desk) -> None:
    from jiesu.store import daily
    from jiesu.workflow.daily import make_yesterday

    a_day()
    first = made()["open"]["open"][0]
    make_yesterday(MORNING + timedelta(days=1))
    kept = daily.report(date(2026, 11, 24))
    assert kept is not None
    assert kept.figures["open"]["open"] == [6, first, None]
    assert kept.figures["all"] == [0, 6, 0]


def test_the_worker_makes_it_at_half_past_six_and_once(desk: Desk) -> None:
    from jiesu.jobs.chores import make_daily

    make_daily(local("2026-11-24 06:29"))
    assert sql.value("SELECT count(*) FROM daily_report") == 0
    make_daily(MORNING)
    make_daily(MORNING)
    assert sql.rows("SELECT day, made_by FROM daily_report") == [(DAY, "system")]


def test_a_supervisor_writes_every_reading_is_kept_and_the_paper_is_issued(desk: Desk) -> None:
    a_day()
    made()
    desk.at = local("2026-11-24 08:00")
    given = {
        "attention": "保温问题集中，请住建、供热会商",
        "weather": "强降温，发了蓝色预警",
        "remarks": "",
        "seen": "0",
    }
    page = desk.post(SUPERVISOR, "/daily/2026-11-23/text", given)
    assert "文字已存下，上一稿也留着。" in page.words
    assert "强降温，发了蓝色预警" in desk.get(LEADER, "/daily/2026-11-23").words
    late = desk.post("duban2", "/daily/2026-11-23/text", {**given, "weather": "晴"})
    assert (late.status, "这份日报刚被别人改过" in late.words, "晴" in late.html) == (422, True, True)
    same = desk.post(SUPERVISOR, "/daily/2026-11-23/text", {**given, "seen": "1"})
    assert (same.status, "没有改动任何内容" in same.words) == (422, True)
    long = desk.post(SUPERVISOR, "/daily/2026-11-23/text", {**given, "seen": "1", "remarks": "长" * 4001})
    assert (long.status, "“情况说明”太长" in long.words) == (422, True)
    first = desk.get(ANALYST, "/daily/2026-11-23?no=0").words
    assert "这是第 1 稿（系统，2026-11-24 06:30），不是最新的。" in first
    assert "强降温" not in first
    assert "第 2 稿 董春梅 2026-11-24 08:00 第 1 稿 系统" in desk.get(ANALYST, "/daily/2026-11-23").words
    done = desk.post(SUPERVISOR, "/daily/2026-11-23/issue", {})
    assert "已定稿。" in done.words
    assert "董春梅 2026-11-24 08:00 定稿。" in done.words
    again = desk.post(SUPERVISOR, "/daily/2026-11-23/issue", {})
    assert (again.status, "这份日报已经定稿" in again.words) == (422, True)
    sealed = b"".join(bytes(one) for (one,) in sql.rows("SELECT sealed FROM daily_text"))
    assert "强降温".encode() not in sealed
    with pytest.raises(Exception, match="daily_text"):
        sql.run("DELETE FROM daily_text")


def test_who_reads_and_who_must_not(desk: Desk) -> None:
    made()
    desk.at = local("2026-11-24 08:00")
    for who in (SUPERVISOR, LEADER, ANALYST, ADMINISTRATOR):
        assert desk.get(who, "/daily").status == 200
        assert desk.get(who, "/daily/2026-11-23").status == 200
    for who in (AGENT, HEAT_CLERK):
        for path in ("/daily", "/daily/2026-11-23", "/daily/2026-11-23/paper.pdf"):
            assert desk.get(who, path).status == 403
    for path, given in (("text", {"seen": "0", "weather": "雨"}), ("issue", {})):
        assert desk.post(LEADER, f"/daily/2026-11-23/{path}", given).status == 403
        assert desk.post(SUPERVISOR, f"/daily/2020-01-01/{path}", given).status == 404
    assert desk.post(LEADER, "/daily/make", {"day": "2026-11-22"}).status == 403
    assert desk.post(SUPERVISOR, "/daily/make", {"day": "x"}).status == 400
    today = desk.post(SUPERVISOR, "/daily/make", {"day": "2026-11-24"})
    assert (today.status, "这一天还没有过完，第二天早上再生成" in today.words) == (422, True)
    assert desk.get(SUPERVISOR, "/daily/2026-11-22").status == 404
    assert desk.get(SUPERVISOR, "/daily/2026-13-40").status == 404
    assert desk.get(SUPERVISOR, "/daily/2026-11-22/paper.pdf").status == 404
    assert desk.get(SUPERVISOR, "/daily/2026-11-23/paper.exe").status == 404


def test_the_days_stand_in_a_list_and_a_missing_one_is_offered(desk: Desk) -> None:
    from jiesu.workflow.daily import make

    desk.at = MORNING
    empty = desk.get(SUPERVISOR, "/daily")
    assert "还没有日报。明天早上 6:30 会有今天的" in empty.words
    assert "现在生成 11月23日（周一）的" in empty.words
    a_day()
    for back in range(33):
        make(DAY - timedelta(days=back), now=MORNING)
    page = desk.get(LEADER, "/daily")
    assert "11月23日（周一） 最近 6 比前一天多 5 件 1 6 4 草稿" in page.words
    assert "现在生成" not in page.words
    assert "10月22日" in desk.get(LEADER, f"/daily{page.next}").words


def paper_words(desk: Desk, who: str) -> str:
    answer = desk.browser(who).get("/daily/2026-11-23/paper.docx")
    assert answer.status_code == 200
    held = Document(BytesIO(answer.content))
    said = [line.text for line in held.paragraphs]
    said += [cell.text for table in held.tables for row in table.rows for cell in row.cells]
    return "\n".join([*said, *(line.text for line in held.sections[0].footer.paragraphs)])


def test_both_papers_say_what_the_page_says(desk: Desk) -> None:
    numbers = a_day()
    made()
    desk.at = local("2026-11-24 08:00")
    markup = '#panic("x") {{ day }} <b>&'
    desk.post(SUPERVISOR, "/daily/2026-11-23/text", {"weather": markup, "attention": "", "remarks": "", "seen": "0"})
    said = paper_words(desk, LEADER)
    page = desk.get(LEADER, "/daily/2026-11-23").words
    for words in (
        "接通率 75.00%（3/4）",
        "特急 1 件、紧急 1 件，仍在办 1 件，其中超期 1 件。",
        str(numbers["emergency"]),
    ):
        assert words in said
        assert words in page
    assert "一、总体情况" in said
    assert "需要关注" not in said
    assert markup in said
    assert "2026年第 327 期　草稿" in said
    assert "数据截至 11月24日 06:30，此后不变；文字第 2 稿。还没有定稿。" in said
    desk.post(SUPERVISOR, "/daily/2026-11-23/issue", {})
    assert "董春梅 11月24日 08:00 定稿。" in paper_words(desk, LEADER)
    answer = desk.browser(ANALYST).get("/daily/2026-11-23/paper.pdf")
    assert answer.content.startswith(b"%PDF-1.")
    assert "20261123.pdf" in answer["Content-Disposition"]


def test_the_pages_cost_few_statements(desk: Desk) -> None:
    from jiesu.store import rules

    a_day()
    made()
    desk.at = local("2026-11-24 08:00")
    for path, most in (("/daily", 4), ("/daily/2026-11-23", 6)):
        browser = desk.browser(SUPERVISOR)
        rules.current()
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert browser.get(path).status_code == 200
        assert len(ours) + len(djangos) == most, path
