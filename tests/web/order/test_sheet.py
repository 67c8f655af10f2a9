"""What the order page tells beside the words: the line with its clocks, other orders, calls, who looked; for whom."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import city
from tests.city import BAO, CHEN, DU, HOUR, LIU, MONDAY
from tests.exchange import SWITCH, talk, tell
from tests.web import situations
from tests.web.desk import (
    AGENT,
    ANALYST,
    ARBITER,
    CALLER,
    DISPATCHER,
    DPO,
    FARMING_CLERK,
    HEAT_CLERK,
    HEAT_LEADER,
    HOUSING_CLERK,
    REVIEWER,
    SUPERVISOR,
    Desk,
    order_of,
)
from tests.web.order import crooked
from tests.web.order.crooked import PERSON, kept, picture
from tests.web.situations import after


def sheet_of(desk: Desk, who: str, number: int) -> Any:
    """The sheet that the page of ``who`` is drawn from."""
    from django.test import RequestFactory

    from jiesu.store import sql, staff
    from jiesu.web.frame.gate import Person
    from jiesu.web.order.sheet import sheet

    account = staff.account(sql.value("SELECT id FROM staff WHERE login = %s", (who,)), desk.at)
    assert account is not None
    return sheet(RequestFactory().get("/"), Person(account, desk.at), number)


# -- the line


def test_every_part_has_a_lane_that_leaves_and_joins(desk: Desk) -> None:
    order = crooked.crooked()
    desk.at = order.last_at + HOUR  # type: ignore[operator]
    line = sheet_of(desk, SUPERVISOR, order.number).line
    turns = [
        (stop.move, [(cell.kind, cell.lane, cell.lead) for cell in stop.cells if cell.kind in ("fork", "join")])
        for stop in line.stops
    ]
    assert line.lanes == 2
    assert [one for one in turns if one[1]] == [
        ("dispatch", [("fork", 1, True)]),
        ("agree_return", [("join", 1, True)]),
        ("dispatch", [("fork", 1, True), ("fork", 2, False)]),
        ("release_leg", [("join", 2, False)]),
        ("reply", [("join", 1, True)]),
        ("send_back", [("fork", 1, True)]),
        ("reply", [("join", 1, True)]),
    ]
    beside = ("acknowledge", "chase", "interim_reply")
    assert [(stop.move, stop.lane) for stop in line.stops if stop.move in beside] == [
        ("acknowledge", 1),
        ("acknowledge", 1),
        ("chase", 0),
        ("interim_reply", 1),
    ]


def test_clocks_turn_amber_and_red_on_the_line_between_the_events(desk: Desk) -> None:
    order = crooked.crooked()
    desk.at = order.last_at + HOUR  # type: ignore[operator]
    line = sheet_of(desk, SUPERVISOR, order.number).line
    marks = [(mark.unit, mark.name, mark.red) for stop in line.stops for mark in stop.after]
    assert marks == [
        ("", "派单", False),
        ("", "派单", True),
        ("市政中心", "签收", False),
        ("市政中心", "签收", True),
        ("住建局", "办理", False),
        ("住建局", "办理", True),
    ]
    words = desk.order(SUPERVISOR, order.number).words
    for part in (
        "市政中心 签收 超期",
        "派单用时 1小时12分钟，限 30 分钟， 超期 42分钟",
        "同意退单（供热公司） → 待派单",
        "派给住建局牵头，市政中心配合 → 待签收",
        "退回重报：答非所问，没有回应诉求 → 办理中",
        "住建局 办理时限改为 12-03 17:30 前",
    ):
        assert part in words, (part, words)


def test_what_runs_now_stands_above_the_line(desk: Desk) -> None:
    order = city.dispatched()
    desk.at = MONDAY + HOUR
    ahead = sheet_of(desk, HEAT_CLERK, order.number).line.ahead
    assert [(one.unit, one.name) for one in ahead] == [("供热公司", "签收"), ("供热公司", "办理")]
    desk.at = MONDAY + timedelta(days=2)
    since = sheet_of(desk, HEAT_CLERK, order.number).line.since
    assert [(mark.name, mark.red) for mark in since] == [("签收", False), ("签收", True)]


def test_a_unit_sees_no_clock_of_a_callback_while_it_is_made(desk: Desk) -> None:
    order = situations.in_callback()
    desk.at = order.last_at + HOUR  # type: ignore[operator]
    assert [one.name for one in sheet_of(desk, CALLER, order.number).line.ahead] == ["首次回访"]
    at_unit = sheet_of(desk, HEAT_CLERK, order.number).line
    assert (at_unit.ahead, at_unit.stops[-1].starts) == ([], [])


# -- who looked


def test_who_looked_is_for_the_supervisor_and_the_dpo_and_oneself(desk: Desk) -> None:
    number = city.handling(**PERSON).number
    desk.move(DISPATCHER, number, "reveal", field="phone", reason="诉求人来电核对")
    for who in (SUPERVISOR, DPO, DISPATCHER):
        assert "陈亮 打开电话 理由：诉求人来电核对" in desk.order(who, number).words, who
    for who in (HEAT_CLERK, HEAT_LEADER, AGENT, REVIEWER, ANALYST):
        words = desk.order(who, number).words
        assert "诉求人来电核对" not in words, who
        assert "打开电话" not in words, who


# -- other orders


def numbers(group: list[Any]) -> list[int]:
    return [one.row.number for one in group]


def test_the_same_person_is_told_to_those_who_know_the_name(desk: Desk) -> None:
    first, second = city.handling(**PERSON).number, city.registered(**{**PERSON, "text": "路灯不亮"}).number
    for who in (AGENT, DISPATCHER, SUPERVISOR, CALLER):
        assert numbers(sheet_of(desk, who, first).related.person) == [second], who
    for who in (ARBITER, ANALYST, REVIEWER, HEAT_CLERK):
        allowed = who == REVIEWER
        assert numbers(sheet_of(desk, who, first).related.person) == ([second] if allowed else []), who


def test_a_secret_order_is_not_tied_to_its_person_and_shows_up_nowhere_as_his(desk: Desk) -> None:
    plain = city.handling(**PERSON).number
    secret = city.handling(**{**PERSON, "secret": True, "text": "另一件事，请保密"}).number
    for who in (AGENT, DISPATCHER, SUPERVISOR, HEAT_CLERK):
        assert numbers(sheet_of(desk, who, secret).related.person) == [], who
        assert numbers(sheet_of(desk, who, plain).related.person) == [], who
    desk.move(SUPERVISOR, secret, "reveal", field="name", reason="核对是否同一人")
    assert numbers(sheet_of(desk, SUPERVISOR, secret).related.person) == [plain]
    assert numbers(sheet_of(desk, CALLER, plain).related.person) == [secret]


def test_a_parent_shows_its_children_to_the_centre_and_their_count_to_the_unit(desk: Desk) -> None:
    parent = city.handling().number
    child = city.accepted(name="李大山", phone="13800002222").number
    after(order_of(child), "merge_into", CHEN, parent=parent, reason="同一件事")
    centre, unit = sheet_of(desk, DISPATCHER, parent), sheet_of(desk, HEAT_CLERK, parent)
    assert (numbers(centre.related.child), centre.related.children) == ([child], 1)
    assert (numbers(unit.related.child), unit.related.children) == ([], 1)
    assert "并入 1 件" in desk.order(HEAT_CLERK, parent).words
    assert numbers(sheet_of(desk, DISPATCHER, child).related.parent) == [parent]


def test_what_is_like_it_stays_within_the_unit_s_own_orders(desk: Desk) -> None:
    story = {"place": "工人村二区3栋", "text": "三号楼后身热力管道没有保温，结冰了"}
    mine, ours = city.handling(**story).number, city.handling(**story).number
    theirs = city.accepted(**story).number
    assert set(numbers(sheet_of(desk, DISPATCHER, mine).related.like)) == {ours, theirs}
    assert numbers(sheet_of(desk, HEAT_CLERK, mine).related.like) == [ours]
    link = after(city.handling(), "link", CHEN, other=mine)
    assert numbers(sheet_of(desk, HEAT_CLERK, link.number).related.link) == [mine]


def test_what_is_like_an_order_is_not_looked_for_when_it_was_closed_long_ago(desk: Desk) -> None:
    story = {"place": "工人村二区3栋", "text": "三号楼后身热力管道没有保温，结冰了"}
    done, other = city.closed(**story), city.handling(**story).number
    assert done.closed_at is not None
    desk.at = done.closed_at + timedelta(days=90)
    assert numbers(sheet_of(desk, DISPATCHER, done.number).related.like) == [other]
    desk.at += timedelta(seconds=1)
    assert numbers(sheet_of(desk, DISPATCHER, done.number).related.like) == []


# -- files


def test_a_photo_is_shown_small_and_a_paper_is_not(desk: Desk) -> None:
    from io import BytesIO

    from PIL import Image

    photo, paper = kept(picture(1600, 1200), "现场.png"), kept(b"%PDF-1.7", "登记.pdf", "application/pdf")
    broken = kept(b"\x89PNG: no picture at all", "坏.png")
    number = after(city.handling(), "note", LIU, note="见附件", files=[photo, paper, broken]).number
    address = f"/order/{number}/file"
    small = desk.browser(HEAT_CLERK).get(f"{address}/{photo}/small")
    assert (small.status_code, small["Content-Type"]) == (200, "image/jpeg")
    with Image.open(BytesIO(small.content)) as seen:
        assert seen.size == (224, 168)
    assert small["Cache-Control"] == "private, max-age=86400, immutable"
    assert desk.browser(HEAT_CLERK).get(f"{address}/{paper}/small").status_code == 404
    assert desk.browser(HEAT_CLERK).get(f"{address}/{broken}/small").status_code == 404
    assert desk.browser(FARMING_CLERK).get(f"{address}/{photo}/small").status_code == 404


# -- calls


def heard_call(number: int, *, day: int = 0) -> int:
    from jiesu.workflow import calls

    call = tell(f"c{number}", talk(at=86_400 * day), at=86_400 * day + 600)
    calls.link(call, number, by=DU, now=MONDAY + timedelta(days=day, minutes=20))
    return call


def test_calls_stand_on_the_page_of_the_centre_and_never_on_a_unit_s(desk: Desk) -> None:
    number = city.handling(**PERSON).number
    heard_call(number)
    desk.at = MONDAY + HOUR
    assert "来电，周敏 ，通话 1分钟".replace(" ", "") in desk.order(SUPERVISOR, number).words.replace(" ", "")
    for who in (HEAT_CLERK, HEAT_LEADER, ANALYST):
        assert "通话 1分钟" not in desk.order(who, number).words, who


def test_a_recording_is_played_for_a_reason_that_is_kept(desk: Desk) -> None:
    from jiesu.workflow import calls

    number = city.handling(**PERSON).number
    call = heard_call(number)
    calls.keep_recording(call, b"ID3 a voice", mime="audio/mpeg", by=SWITCH, now=MONDAY + HOUR)
    desk.at = MONDAY + 2 * HOUR
    address = f"/order/{number}/call/{call}"
    refused = desk.post(SUPERVISOR, address, {"reason": ""})
    assert (refused.status, "请写明为什么要听这段录音" in refused.words) == (422, True)
    played = desk.browser(SUPERVISOR).post(address, {"reason": "核对受理口径"})
    assert (played.status_code, played["Content-Type"], played.content) == (200, "audio/mpeg", b"ID3 a voice")
    assert "听录音（督办员） 理由：核对受理口径" in desk.order(SUPERVISOR, number).words
    assert desk.post(HEAT_CLERK, address, {"reason": "想听"}).status == 403
    assert desk.post(FARMING_CLERK, address, {"reason": "想听"}).status == 404
    assert desk.post(SUPERVISOR, f"/order/{city.handling().number}/call/{call}", {"reason": "核对"}).status == 404


def test_a_recording_at_the_exchange_is_told_to_the_script_and_led_to_without_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = tmp_path / "exchange.py"
    exchange.write_text("""print('{"url": "https://exchange.example/play/1"}')""")
    monkeypatch.setenv("JIESU_PHONE", f"{sys.executable} {exchange}")
    number = city.handling(**PERSON).number
    call = heard_call(number)
    desk.at = MONDAY + HOUR
    browser, address = desk.browser(SUPERVISOR), f"/order/{number}/call/{call}"
    told = browser.post(address, {"reason": "核对"}, headers={"X-Part": "listen"})
    led = browser.post(address, {"reason": "核对"})
    assert (told.status_code, told["X-Recording"]) == (204, "https://exchange.example/play/1")
    assert (led.status_code, led["Location"]) == (302, "https://exchange.example/play/1")


# -- where a move leads


@pytest.mark.parametrize(
    ("wanted", "led"),
    [("/dispatch?after=1", "/dispatch?after=1"), ("https://elsewhere.example/", ""), ("//elsewhere.example", "")],
)
def test_a_desk_s_form_leads_back_to_the_desk_and_never_off_the_site(desk: Desk, wanted: str, led: str) -> None:
    order = city.handling()
    form = desk.order(HEAT_CLERK, order.number).forms["note"]
    given = {"seen": form.values["seen"][0], "note": "阀门锈死", "next": wanted}
    answer = desk.browser(HEAT_CLERK).post(form.action, given)
    assert answer["Location"] == (led or f"/order/{order.number}?done=note")


def test_an_erased_order_keeps_nothing_of_its_person_on_the_page(desk: Desk, own_files: None) -> None:
    from jiesu.workflow.step import take

    order = city.closed(**{key: PERSON[key] for key in ("name", "phone", "place")})
    city.registered(**PERSON)
    take(order.number, "erase", by=BAO, now=MONDAY + 6 * HOUR, facts={"reason": "本人申请"})
    desk.at = MONDAY + 7 * HOUR
    sheet = sheet_of(desk, SUPERVISOR, order.number)
    assert (sheet.related.person, sheet.open_fields, sheet.pictures[0] in sheet.kept) == ([], [], False)
    assert sheet.line.stops[-1].cells[0].kind == "after"
    assert "附件（已删除）" in desk.order(SUPERVISOR, order.number).words


def test_nobody_else_is_given_a_sheet(desk: Desk) -> None:
    order = city.handling()
    assert desk.order(FARMING_CLERK, order.number).status == 403
    assert desk.order(HOUSING_CLERK, order.number).status == 403
