"""One order at the unit's desk: what the catalog wants stands open, papers come first, the leader reads and answers."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from jiesu.domain.order import Order
from jiesu.store.models import RosterEntry, SettingChange, Staff, StaffRole
from tests import city
from tests.city import CHEN, HEAT, HOUR, LIU, MONDAY
from tests.web import situations
from tests.web.desk import (
    HEAT_CLERK,
    HEAT_LEADER,
    HEAT_SECTION,
    HOUSING_CLERK,
    HOUSING_LEADER,
    Desk,
    events_of,
    order_of,
)
from tests.web.pictures import png

DAY = timedelta(days=1)


def part_of(html: str, start: str, end: str) -> str:
    return html.partition(start)[2].partition(end)[0]


def reply_form(html: str, name: str = "submit") -> tuple[str, str]:
    """The form of the reply: what stands open, and what waits folded."""
    form = part_of(html, f'id="move-{name}"', "</form>")
    shown, _, folded = form.partition('<details class="rare"')
    return shown, folded


def upload(desk: Desk, who: str, number: int, content: bytes, kind: str = "image/png") -> tuple[int, dict[str, Any]]:
    sent = {"file": SimpleUploadedFile("现场.png", content, content_type=kind)}
    answer = desk.browser(who).post(f"/unit/{number}/file", sent)
    return answer.status_code, json.loads(answer.content)


def consultation() -> Order:
    """热费怎么交: the catalog wants a first contact and nothing else."""
    order = city.registered(text="供热费怎么交", matter="03.05", name="张小凤", phone="13800001111")
    city.take(order, "accept", CHEN, MONDAY)
    city.take(order, "dispatch", CHEN, MONDAY, {"lead": HEAT})
    return city.take(order, "acknowledge", LIU, MONDAY)


def test_the_form_asks_what_the_catalog_asks(desk: Desk) -> None:
    pipes = situations.contacted()
    shown, folded = reply_form(desk.get(HEAT_CLERK, f"/unit/{pipes.number}").html)
    assert "照片和附件（这类事项要附）" in shown
    assert 'name="same" value="1" checked' in shown
    assert 'name="internal_note"' not in shown
    assert 'name="internal_note"' in folded
    shown, folded = reply_form(desk.get(HEAT_CLERK, f"/unit/{consultation().number}").html)
    assert "照片和附件（可不附）" in shown
    assert ('name="same"' in shown, 'name="measures"' in shown, 'name="measures"' in folded) == (False, False, True)
    assert [name for name in ("why_not", "statutory_number", "promise_due", "missing") if f'"{name}"' in folded] == [
        "missing"
    ]


def test_a_photo_and_a_sentence_are_enough(desk: Desk) -> None:
    order = situations.contacted()
    status, kept = upload(desk, HEAT_CLERK, order.number, png(40, 30))
    assert (status, kept["name"]) == (200, "现场.png")
    sent = {"seen": "5", "public_reply": "管道已包好。", "claim": "solved", "same": "1", "files_kept": kept["digest"]}
    desk.at = MONDAY + HOUR
    page = desk.post(HEAT_CLERK, f"/unit/{order.number}/submit", sent)
    assert (page.address, "已呈报，供热公司应在" in page.words) == (f"/unit/{order.number}?done=submit", True)
    facts = events_of(order.number)[-1].data["facts"]
    assert (sorted(facts), facts["files"]) == (["claim", "files", "measures", "public_reply"], [kept["digest"]])
    waiting = part_of(page.html, '<section class="card waiting">', "</section>")
    assert (waiting.count("管道已包好。"), waiting.count("现场.png")) == (2, 1)


def test_what_is_missing_is_said_beside_it_and_nothing_is_lost(desk: Desk) -> None:
    order = situations.contacted()
    page = desk.post(
        HEAT_CLERK, f"/unit/{order.number}/submit", {"public_reply": "管道已包好。", "claim": "solved", "same": "1"}
    )
    shown, _ = reply_form(page.html)
    assert (page.status, "这类事项的答复须附照片" in shown, ">管道已包好。</textarea>" in shown) == (422, True, True)
    page = desk.post(HEAT_CLERK, f"/unit/{order.number}/submit", {"claim": "promised", "public_reply": "下月换"})
    assert page.status == 422
    city.take(order, "withdraw", city.ZHOU, MONDAY + HOUR, {"reason": "不要了"})
    page = desk.post(HEAT_CLERK, f"/unit/{order.number}/note", {"note": "阀门", "seen": "4"})
    assert page.status == 200
    page = desk.post(HEAT_CLERK, f"/unit/{order.number}/submit", {"claim": "solved", "public_reply": "x", "seen": "5"})
    assert (page.status, "刚被" in page.words, order_of(order.number).state) == (409, True, "closed")


def test_papers_are_taken_from_those_who_see_the_order_alone(desk: Desk) -> None:
    order = city.handling()
    assert upload(desk, HOUSING_CLERK, order.number, png(4, 3))[0] == 403
    assert upload(desk, HEAT_CLERK, 2611239999999, png(4, 3))[0] == 403
    assert upload(desk, HEAT_CLERK, order.number, b"") == (422, {"said": "文件是空的，请重新选择"})
    status, said = upload(desk, HEAT_CLERK, order.number, b"MZ", "application/x-msdownload")
    assert (status, said) == (422, {"said": "只收照片、PDF、Word、Excel、录音和文本文件"})
    assert desk.browser(HEAT_CLERK).post(f"/unit/{order.number}/file", {}).status_code == 422


def test_first_contact_in_one_press_with_the_number_to_dial(desk: Desk) -> None:
    order = situations.named()
    page = desk.get(HEAT_CLERK, f"/unit/{order.number}")
    assert 'href="tel:13800001111"' in page.html
    page = desk.post(HEAT_CLERK, f"/unit/{order.number}/first_contact", {"note": "没人接", "contact": "not_reached"})
    assert order_of(order.number).legs[0].contacted_at is None
    desk.post(HEAT_CLERK, f"/unit/{order.number}/first_contact", {"note": "约好明天", "contact": "reached"})
    assert order_of(order.number).legs[0].contacted_at == MONDAY
    secret = city.handling(name="李四", phone="13900002222", kind="report")
    page = desk.get(HEAT_CLERK, f"/unit/{secret.number}")
    assert ("13900002222" in page.html, "李四" in page.html, 'id="move-first_contact"' in page.html) == (
        False,
        False,
        False,
    )


def test_a_return_shows_its_clock(desk: Desk) -> None:
    order = city.handling()
    form = part_of(desk.get(HEAT_CLERK, f"/unit/{order.number}").html, 'id="move-request_return"', "</form>")
    assert ("退单期限" in form, "明天 17:30 前" in form, "审定之前照常办理" in form) == (True, True, True)
    given = {**{k: v for k, v in situations.RETURN.items() if k != "proper_unit"}, "proper_unit": "住建局"}
    page = desk.post(HEAT_CLERK, f"/unit/{order.number}/request_return", given)
    assert "已申请退单，热线中心应在今天 15:30 前答复。" in page.words


def test_the_summoned_check_in_and_the_assisting_answer(desk: Desk) -> None:
    order = situations.whistled()
    desk.at = MONDAY + HOUR
    page = desk.get(HOUSING_CLERK, "/unit")
    assert 'href="/work/whistle" class="tile"><b>1</b> <span>吹哨</span>' in page.html
    page = desk.post(HOUSING_CLERK, f"/unit/{order.number}/answer_whistle", {"request": "1", "coming": "coming"})
    assert page.status == 200
    digest = upload(desk, HOUSING_CLERK, order.number, png(8, 8))[1]["digest"]
    sent = {"request": "1", "note": "已到现场", "files_kept": digest}
    page = desk.post(HOUSING_CLERK, f"/unit/{order.number}/report_in", sent)
    assert [event.move for event in events_of(order.number)[-2:]] == ["answer_whistle", "report_in"]
    joint = situations.joint()
    desk.post(HOUSING_CLERK, f"/unit/{joint.number}/leg_reply", {"measures": "产权已核对"})
    assert order_of(joint.number).legs[1].state == "replied"


def test_the_leader_reads_and_answers_several_or_hands_back(desk: Desk) -> None:
    good, bad, moved = situations.submitted(), situations.submitted(), situations.submitted()
    desk.at = MONDAY + 3 * HOUR
    page = desk.get(HEAT_LEADER, "/unit/approve")
    assert page.rows == [good.number, bad.number, moved.number]
    assert page.words.count("裸露的管道已重新包好保温层。") == 3
    assert (page.words.count("旧保温层年久脱落"), page.words.count("现场照片.png")) == (3, 3)
    boxes = [piece.partition('"')[0] for piece in page.html.split('name="mark" value="')[1:]]
    city.take(moved, "hand_back", city.MA, MONDAY + 3 * HOUR, {"reason": "再看"})
    page = desk.post(HEAT_LEADER, f"/unit/{bad.number}/hand_back", {"reason": "照片太暗", "back": "approve"})
    assert (page.address, page.rows) == ("/unit/approve", [good.number])
    page = desk.post(HEAT_LEADER, "/unit/approve/send", {"mark": boxes})
    assert "已答复 1 张，2 张没有答复，原因在下面。" in page.words
    assert [order_of(one.number).state for one in (good, bad, moved)] == ["replied", "handling", "handling"]
    assert events_of(good.number)[-1].at == MONDAY + 3 * HOUR
    assert desk.get(HOUSING_LEADER, "/unit/approve").rows == []


def test_one_waiting_is_answered_from_its_page_as_it_stands(desk: Desk) -> None:
    order = situations.submitted()
    desk.at = MONDAY + 3 * HOUR
    page = desk.get(HEAT_LEADER, f"/unit/{order.number}")
    assert ("呈报待批" in page.words, "同意并答复" in page.words, "改了再答复" in page.words) == (True, True, True)
    clerk = desk.get(HEAT_CLERK, f"/unit/{order.number}")
    assert ("改了再呈报" in clerk.words, "同意并答复" in clerk.words) == (True, False)
    page = desk.post(HEAT_LEADER, f"/unit/{order.number}/reply", {"seen": "6"})
    assert "已答复，热线中心应在" in page.words
    assert "facts" not in events_of(order.number)[-1].data
    section = city.take(city.handling(), "sub_dispatch", LIU, MONDAY, {"section": "U030101"})
    assert 'id="move-submit"' in desk.get(HEAT_SECTION, f"/unit/{section.number}").html


def test_a_delegate_is_shown_with_dates(desk: Desk) -> None:
    clerk = Staff.objects.get(login=HEAT_CLERK)
    StaffRole(staff=clerk, role="unit_leader", unit_id=HEAT, since=MONDAY - DAY, until=MONDAY + 2 * DAY).save()
    said = "刘桂芬 代行单位领导：11-22 10:00 起，11-25 10:00 止。"
    assert said in desk.get(HEAT_CLERK, "/unit/approve").words
    assert "刘桂芬 代行（11-22 10:00 起，11-25 10:00 止）" in desk.get(HEAT_LEADER, "/unit/roster").words
    desk.at = MONDAY + 3 * DAY
    assert desk.get(HEAT_CLERK, "/unit/approve").status == 403


def test_the_month_names_the_orders_that_cost_it(desk: Desk) -> None:
    late = city.dispatched(MONDAY - 12 * DAY)  # nobody takes it in time
    unhappy = situations.after(situations.answered("resolved", "dissatisfied")(), "close", city.DU, reason="确属无理")
    desk.at = MONDAY + 2 * DAY
    words = desk.get(HEAT_LEADER, "/unit/month").words
    assert "2026-11，算到 11-25 10:00" in words
    assert "响应率 50.00 % 1/2" in words
    assert f"没有按时签收 {late.number}" in words
    assert "先行联系率 100.00 % 1/1" in words
    assert "解决率 100.00 % 1/1" in words
    assert "满意率 0.00 % 0/1" in words
    assert f"诉求人不满意 {unhappy.number}" in words
    assert "响应率 — 0/0" in desk.get(HEAT_LEADER, "/unit/month?month=2026-10").words
    assert "响应率 — 0/0" in desk.get(HOUSING_CLERK, "/unit/month?unit=U0301").words


def test_the_unit_keeps_its_own_roster_and_every_change_is_kept(desk: Desk) -> None:
    lines = f"{RosterEntry.objects.filter(unit_id=HEAT).count()} 行"
    page = desk.get(HEAT_CLERK, "/unit/roster")
    assert (lines in page.words, "现在值班" in page.words) == (True, True)
    line = {"weekday": "0", "begins": "08:00", "ends": "12:00", "name": "焦师傅", "phone": "13811112222"}
    page = desk.post(HEAT_CLERK, "/unit/roster/put", line)
    assert (page.status, "值班表已更新。" in page.words, "焦师傅 13811112222" in page.words) == (200, True, True)
    assert "值班 焦师傅 13811112222" in desk.get(HEAT_CLERK, "/unit").words  # the day's own line goes before 每天
    change = SettingChange.objects.get(name="roster/U0301")
    assert (change.before, change.after["name"], change.by[0], change.at) == (None, "焦师傅", "s", MONDAY)
    wrong = desk.post(HEAT_CLERK, "/unit/roster/put", {**line, "phone": "打我手机"})
    assert (wrong.status, "请写能打通的电话" in wrong.words) == (422, True)
    for field, value in (("begins", "八点"), ("ends", "08:00"), ("name", " "), ("weekday", "9")):
        assert desk.post(HEAT_CLERK, "/unit/roster/put", {**line, field: value}).status == 422
    entry = part_of(part_of(page.html.partition("<tbody>")[2], "焦师傅", "</tr>"), 'name="entry" value="', '"')
    others = desk.post(HOUSING_CLERK, "/unit/roster/drop", {"entry": entry})
    assert (others.status, "值班表里已没有这一行" in others.words) == (422, True)
    page = desk.post(HEAT_LEADER, "/unit/roster/put", {**line, "entry": entry, "name": "班师傅"})
    assert ("班师傅" in page.words, "焦师傅" in page.words) == (True, False)
    page = desk.post(HEAT_LEADER, "/unit/roster/drop", {"entry": entry})
    assert ("已删去一行。" in page.words, lines in page.words) == (True, True)
    kept = SettingChange.objects.filter(name="roster/U0301").order_by("id")
    assert [one.after and one.after["name"] for one in kept] == ["焦师傅", "班师傅", None]
