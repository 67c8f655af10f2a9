"""The review desk as 审核员 reads it: each reply beside what the catalog asks for, passed or sent back."""

from __future__ import annotations

import re

from tests import city
from tests.city import HOUR, MA, MONDAY, local
from tests.web import situations
from tests.web.desk import (
    CALLER,
    DISPATCHER,
    HEAT_CLERK,
    HEAT_LEADER,
    REVIEWER,
    SUPERVISOR,
    Desk,
    Seen,
    events_of,
    order_of,
)


def open_reply(page: Seen) -> int:
    """The order whose reply stands on the page."""
    found = re.search(r"/review/(\d+)/pass", page.html)
    return int(found[1]) if found else 0


def last(number: int) -> str:
    return events_of(number)[-1].move


def back(desk: Desk, number: int, **given: object) -> Seen:
    return desk.post(REVIEWER, f"/review/{number}/back", {"seen": order_of(number).version, **given})


def test_a_reply_stands_beside_what_is_asked_for_and_passes_to_the_callback(desk: Desk) -> None:
    first, second = city.replied(), city.replied()
    desk.at = MONDAY + 3 * HOUR
    page = desk.get(REVIEWER, "/review")
    assert open_reply(page) == first.number
    assert "有 现场照片 目录" in page.words
    assert "有 先行联系 规则 · 11-23 11:00 联系上" in page.words
    assert "请看 公开答复 规则 · 14 字，偏短" in page.words
    assert "过不过由您定" in page.words
    assert "13800001111" not in page.html  # masked for a reviewer until he says why
    given = {"seen": first.version, "after": second.number}
    page = desk.post(REVIEWER, f"/review/{first.number}/pass", given)
    assert f"{first.number} 已审核通过，转去回访。" in page.words
    assert open_reply(page) == second.number
    assert (last(first.number), order_of(first.number).state) == ("pass_review", "callback")


def test_the_next_one_is_the_one_below_not_the_first_again(desk: Desk) -> None:
    first, second, third = city.replied(), city.replied(), city.replied()
    desk.at = MONDAY + 3 * HOUR
    page = desk.get(REVIEWER, f"/review?order={second.number}")
    after = re.search(r'name="after" value="(\d+)"', page.html)
    assert after is not None
    page = desk.post(REVIEWER, f"/review/{second.number}/pass", {"seen": second.version, "after": after[1]})
    assert open_reply(page) == third.number
    page = desk.post(REVIEWER, f"/review/{third.number}/pass", {"seen": third.version, "after": 0})
    assert open_reply(page) == first.number


def test_what_is_missing_is_said_and_personal_data_in_the_public_text_is_pointed_at(desk: Desk) -> None:
    order = situations.contacted()
    reply = {**city.REPLY, "public_reply": "已修好，有问题请打值班电话13812345678找王师傅，我们马上处理。"}
    situations.after(order, "reply", MA, **reply, files=[city.photo(MONDAY)])
    desk.at = MONDAY + 3 * HOUR
    page = desk.get(REVIEWER, "/review")
    assert "请看 公开答复里的个人信息 规则 · 像是有电话、证件号或车牌" in page.words
    assert "有 公开答复 规则 · 36 字" in page.words


def test_a_form_fault_gives_a_day_and_substance_none(desk: Desk) -> None:
    order = city.replied(local("2026-11-23 10:00"))
    desk.at = local("2026-11-30 15:00")  # the last day of the handling limit
    page = desk.get(REVIEWER, f"/review?order={order.number}")
    assert "形式 给一个工作日补正，明天 17:30 前，不算超期" in page.words
    assert "实质 时钟照走，办理时限今天 17:30 前" in page.words


def test_sent_back_with_the_citys_words_or_ones_own(desk: Desk) -> None:
    first, second = city.replied(), city.replied()
    desk.at = MONDAY + 3 * HOUR
    page = back(desk, first.number, send_back="partial")
    assert f"{first.number} 已退回单位重报。" in page.words
    assert (last(first.number), order_of(first.number).state) == ("send_back", "handling")
    at_unit = desk.order(HEAT_CLERK, first.number)
    assert "只答复了一部分诉求" in at_unit.words
    assert "只答复了一部分，请把没有答复的几项补上。" in at_unit.words
    back(desk, second.number, send_back="no_photo", reason="请补三号楼的照片")
    assert "请补三号楼的照片" in desk.order(HEAT_LEADER, second.number).words


def test_without_a_reason_nothing_is_sent_back_and_the_words_stay(desk: Desk) -> None:
    order = city.replied()
    desk.at = MONDAY + 3 * HOUR
    page = back(desk, order.number, reason="这里写了一大段话")
    assert page.status == 422
    assert "请选择退回原因" in page.words
    assert "这里写了一大段话" in page.words
    assert last(order.number) == "reply"


def test_a_reply_that_a_colleague_judged_is_told(desk: Desk) -> None:
    order = city.replied()
    city.replied()
    desk.at = MONDAY + 3 * HOUR
    seen = order.version
    desk.post("shenhe2", f"/review/{order.number}/pass", {"seen": seen})
    page = desk.post(REVIEWER, f"/review/{order.number}/back", {"seen": seen, "send_back": "typo"})
    assert page.status in (409, 422)
    assert "审核通过" in page.words
    assert last(order.number) == "pass_review"
    assert desk.post(REVIEWER, "/review/99/pass", {}).status == 404


def test_the_desk_is_the_reviewers_alone(desk: Desk) -> None:
    order = city.replied()
    for who in (HEAT_CLERK, HEAT_LEADER, DISPATCHER, CALLER, SUPERVISOR):
        assert desk.get(who, "/review").status == 403
        assert desk.post(who, f"/review/{order.number}/pass", {}).status == 403
        assert desk.post(who, f"/review/{order.number}/back", {"send_back": "typo"}).status == 403
    assert last(order.number) == "reply"


def test_everything_judged_says_so(desk: Desk) -> None:
    assert "答复都审完了" in desk.get(REVIEWER, "/review").words


def test_a_promise_is_held_against_what_a_promise_needs(desk: Desk) -> None:
    order = situations.contacted()
    situations.after(order, "reply", MA, **city.REPLY | situations.PROMISE, files=[city.photo(MONDAY)])
    desk.at = MONDAY + 3 * HOUR
    page = desk.get(REVIEWER, "/review")
    assert "有 承诺期限 规则 · 2026-12-20" in page.words
    assert "有 承诺责任人和批准人" in page.words
