"""What the frame keeps and tells: drafts, notices, views, an export, rows that are renewed, sessions that ended."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

from tests import city
from tests.city import BAO, CHEN, DU, HEAT, HOUR, LIU, MONDAY
from tests.web import situations
from tests.web.desk import (
    ADMINISTRATOR,
    AGENT,
    DISPATCHER,
    HEAT_CLERK,
    HEAT_LEADER,
    HOUSING_CLERK,
    SUPERVISOR,
    Desk,
    order_of,
)


def asked(desk: Desk, who: str, address: str, part: str, given: dict[str, Any] | None = None) -> Any:
    """What a script of an open page is told."""
    browser, headers = desk.browser(who), {"X-Part": part}
    return browser.get(address, headers=headers) if given is None else browser.post(address, given, headers=headers)


def left(desk: Desk, who: str, form: str) -> dict[str, Any]:
    held = asked(desk, who, f"/drafts?form={form}", "draft").json()
    return dict(held.get(form, {}))


# -- drafts


def test_what_was_written_is_there_on_another_machine_and_for_nobody_else(desk: Desk) -> None:
    kept = asked(desk, AGENT, "/drafts", "draft", {"draft": "register", "text": "路灯不亮", "assist": ["U1", "U2"]})
    assert kept.json()["at"] == "10:00"
    assert left(desk, AGENT, "register")["fields"] == {"text": "路灯不亮", "assist": ["U1", "U2"]}
    assert left(desk, DISPATCHER, "register") == {}
    asked(desk, AGENT, "/drafts", "draft", {"draft": "register", "text": "路灯不亮三天"})
    assert left(desk, AGENT, "register")["fields"] == {"text": "路灯不亮三天"}
    asked(desk, AGENT, "/drafts/drop", "draft", {"form": "register"})
    assert left(desk, AGENT, "register") == {}


def test_a_form_emptied_by_hand_leaves_nothing(desk: Desk) -> None:
    asked(desk, AGENT, "/drafts", "draft", {"draft": "register", "text": "路灯"})
    asked(desk, AGENT, "/drafts", "draft", {"draft": "register", "text": ""})
    assert left(desk, AGENT, "register") == {}


def test_a_draft_lies_sealed_and_goes_after_thirty_days(desk: Desk) -> None:
    from jiesu.store import sql  # noqa: PLC0415 - Django can be imported only once it is set up
    from jiesu.workflow import drafts  # noqa: PLC0415

    asked(desk, AGENT, "/drafts", "draft", {"draft": "register", "text": "路灯不亮", "phone": "13800001111"})
    form, sealed = sql.rows("SELECT form, sealed FROM draft")[0]
    assert form == "register"
    assert "路灯".encode() not in bytes(sealed)
    assert drafts.sweep(MONDAY + timedelta(days=30)) == 0
    assert drafts.sweep(MONDAY + timedelta(days=30, minutes=1)) == 1


def test_drafts_go_with_the_person_and_the_order(desk: Desk, own_files: None) -> None:
    from jiesu.workflow.privacy import erase_person  # noqa: PLC0415

    order = city.closed()
    note = f"order/{order.number}/note"
    asked(desk, AGENT, "/drafts", "draft", {"draft": "register", "text": "又来电", "phone": "13800001111"})
    asked(desk, AGENT, "/drafts", "draft", {"draft": note, "note": "张小凤说还没修好"})
    asked(desk, DISPATCHER, "/drafts", "draft", {"draft": "register", "text": "别人", "phone": "13900002222"})
    person = order_of(order.number).person
    assert person is not None
    erase_person(person, by=BAO, now=MONDAY + 5 * HOUR, reason="本人申请")
    assert left(desk, AGENT, "register") == left(desk, AGENT, note) == {}
    assert left(desk, DISPATCHER, "register")["fields"]["text"] == "别人"


def test_a_draft_has_a_name_and_a_measure(desk: Desk) -> None:
    wrong = asked(desk, AGENT, "/drafts", "draft", {"draft": "张小凤", "text": "路灯"})
    assert (wrong.status_code, wrong.json()["said"]) == (422, "这个表单不能留存草稿")
    long = asked(desk, AGENT, "/drafts", "draft", {"draft": "register", "text": "长" * 40_001})
    assert long.json()["said"] == "写的内容太长，没有留存；请分开写，或作为附件上传"


# -- sessions


def test_after_the_session_a_part_is_refused_and_one_signs_in_where_the_page_stands(
    desk: Desk,
) -> None:
    from jiesu.demo import load  # noqa: PLC0415

    browser = desk.anybody()
    assert browser.get("/renewed", headers={"X-Part": "frame"}).status_code == 401
    assert browser.post("/drafts", {"draft": "register"}, headers={"HX-Request": "true"}).status_code == 401
    there = {"X-Part": "signin"}
    wrong = browser.post("/login", {"login": AGENT, "password": "no"}, headers=there)
    assert (wrong.status_code, wrong.json()["said"][:8]) == (403, "账号或密码不对，")
    right = browser.post("/login", {"login": AGENT, "password": load.PASSWORD}, headers=there)
    assert sorted(right.json()) == ["csrf", "me"]
    assert browser.get("/renewed", headers={"X-Part": "frame"}).status_code == 200


# -- rows


def test_rows_that_moved_are_renewed_by_one_question_and_those_that_left_say_where_they_are(desk: Desk) -> None:
    stays, goes, comes = city.accepted(), city.accepted(), city.accepted()
    city.take(goes, "dispatch", CHEN, MONDAY, {"lead": HEAT})
    numbers = f"{stays.number},{goes.number},{comes.number}"
    html = asked(desk, DISPATCHER, f"/work/accepted?rows={numbers}", "rows").content.decode()
    assert f'<tr data-number="{stays.number}" data-version="2"' in html
    assert f'<tr data-number="{goes.number}" data-left="待签收">' in html
    assert html.count("<tr ") == 3
    assert 'id="nav"' in html
    assert "<h1" not in html


def test_a_unit_is_not_told_where_an_order_went(desk: Desk) -> None:
    order = city.handling()
    html = asked(desk, HEAT_CLERK, f"/work/sign?rows={order.number}", "rows").content.decode()
    assert f'<tr data-number="{order.number}" data-left="">' in html


def test_a_list_knows_which_moves_bring_something_in(desk: Desk) -> None:
    assert 'data-enters="accept adopt agree_return' in desk.get(DISPATCHER, "/work/accepted").html
    assert 'data-enters=""' in desk.get(SUPERVISOR, "/work/red").html


def test_the_order_beside_a_list_is_its_page_without_the_frame(desk: Desk) -> None:
    order = city.dispatched()
    html = asked(desk, HEAT_CLERK, f"/order/{order.number}", "main").content.decode()
    assert 'id="move-acknowledge"' in html
    assert "<header" not in html
    way = asked(desk, HEAT_CLERK, f"/order/{order.number}", "way").content.decode()
    assert f'data-renewed="{order.version}"' in way


# -- notices


def test_notices_come_by_wording_and_are_read_with_one_press(desk: Desk) -> None:
    first, second = city.dispatched(), city.dispatched()
    city.take(first, "urge", DU, MONDAY, {"reason": "请先签收"})
    desk.at = MONDAY + timedelta(minutes=1)
    seen = desk.get(HEAT_CLERK, "/notices")
    assert "3 条未读" in seen.words
    assert "2 张工单：新派工单，牵头办理" in seen.words
    assert f"{second.number} 楼外的热力管道没有保温" in seen.words
    assert '<span class="sr">未读</span>2</b>' in seen.html
    desk.post(HEAT_CLERK, "/notices/read", {"upto": desk.at.isoformat()})
    assert "都看过了" in desk.get(HEAT_CLERK, "/notices").words
    assert "2 张工单：新派工单，牵头办理" in desk.get(HEAT_LEADER, "/notices").words
    assert "最近 7 天没有提醒" in desk.get(HOUSING_CLERK, "/notices").words


def test_urgent_orders_break_through_and_the_banner_is_put_away_for_oneself(desk: Desk) -> None:
    night = city.local("2026-11-23 23:30")
    city.dispatched(night)
    order = city.dispatched(night, urgency="emergency")
    desk.at = night + timedelta(minutes=1)
    banner = f'<a href="/order/{order.number}">特急工单，牵头办理</a>'
    page = desk.get(HEAT_CLERK, "/work/sign")
    assert banner in page.html
    assert '<span class="sr">未读</span>1</b>' in page.html  # the normal one waits for the morning
    asked(desk, HEAT_CLERK, "/notices/read", "main", {"upto": desk.at.isoformat(), "urgent": "1"})
    again = desk.get(HEAT_CLERK, "/work/sign")
    assert banner not in again.html
    assert '<span class="sr">未读</span>1</b>' in again.html
    assert banner in desk.get(HEAT_LEADER, "/work/sign").html
    desk.at = city.local("2026-11-24 09:00")
    assert '<span class="sr">未读</span>2</b>' in desk.get(HEAT_CLERK, "/work/sign").html


# -- views and files


def test_a_list_with_its_filters_has_a_name_for_its_owner_alone(desk: Desk) -> None:
    city.handling(kind="complaint")
    desk.post(DISPATCHER, "/work/all/views", {"name": "投诉", "query": "kind=complaint"})
    assert '<a href="/work/all?kind=complaint">投诉</a>' in desk.get(DISPATCHER, "/work/all").html
    assert ">投诉</a>" not in desk.get(DISPATCHER, "/work/received").html
    assert ">投诉</a>" not in desk.get(SUPERVISOR, "/work/all").html
    refused = desk.post(DISPATCHER, "/work/all/views", {"name": " ", "query": ""})
    assert "请给这个视图起个名字，不超过 20 个字" in refused.words
    desk.post(DISPATCHER, "/work/all/views/drop", {"name": "投诉"})
    assert ">投诉</a>" not in desk.get(DISPATCHER, "/work/all").html


def test_a_list_as_a_file_holds_what_the_page_shows(desk: Desk) -> None:
    order = city.handling(text="=HYPERLINK(1) 路灯不亮，电话13800001111", title="=1+1")
    city.accepted()
    answer = desk.browser(HEAT_CLERK).get("/work/mine.csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[0] for line in lines] == ["工单号", str(order.number)]
    assert lines[1][1] == "'=1+1"
    assert "13800001111" not in answer.content.decode()
    assert desk.browser(HEAT_CLERK).get("/work/received.csv").status_code == 404
    hidden = desk.browser(ADMINISTRATOR).get("/work/all.csv").content.decode()
    assert hidden.count("（不在您的查看范围）") == 2


def test_the_components_are_for_who_looks_after_the_pages(desk: Desk) -> None:
    assert desk.get(ADMINISTRATOR, "/design").status == 200
    assert desk.get(DISPATCHER, "/design").status == 403


def test_somebody_with_two_desks_sees_both_with_what_is_due(desk: Desk) -> None:
    situations.extension_asked()
    city.registered()
    words = desk.get(DISPATCHER, "/work/received").words
    assert "派单 2 待受理 1 待派单 0 退单待审 0 申请待审 1 待补充 0 全部工单 受理 1" in words
    assert LIU.units == {HEAT}
