"""What stands first, what stands behind, what is not shown at all: the moves of an order page for one person."""

from __future__ import annotations

from jiesu.domain.order import Actor, Order
from jiesu.store import rules as rules_store
from jiesu.web.order.actions import Actions, actions
from tests import city
from tests.city import FANG, HOUR, HOUSING, LIU, MA, MONDAY, XU, ZHOU
from tests.web import situations
from tests.web.desk import HEAT_CLERK, HEAT_LEADER, SUPERVISOR, Desk, photo


def seen_by(actor: Actor, order: Order, **asked: str) -> Actions:
    return actions(actor, order, rules_store.current(), order.last_at or MONDAY, asked=asked)


def names(forms: Actions) -> list[str]:
    return [form.name for form in forms.first]


def test_the_next_moves_come_first_in_the_order_of_the_work(desk: Desk) -> None:
    steps = ["first_contact", "submit", "interim_reply", "request_return"]
    assert names(seen_by(LIU, situations.named())) == steps
    assert names(seen_by(MA, situations.named())) == [
        *("first_contact", "reply", "submit", "interim_reply", "request_extension", "request_return"),
    ]
    assert names(seen_by(LIU, situations.contacted())) == steps[1:]
    assert names(seen_by(city.CHEN, city.accepted())) == [
        *("dispatch", "answer_directly", "ask_for_details", "refuse", "merge_into"),
    ]


def test_what_answers_a_request_stands_before_everything(desk: Desk) -> None:
    assert names(seen_by(city.CHEN, situations.return_asked()))[:2] == ["agree_return", "refuse_return"]


def test_moves_of_the_other_kind_of_leg_are_not_shown(desk: Desk) -> None:
    order = situations.joint()
    lead, assist = seen_by(LIU, order), seen_by(XU, order)
    everything = {form.name for form in (*lead.first, *lead.more)}
    assert everything & {"leg_acknowledge", "leg_reply", "object"} == set()
    assert {form.name for form in (*assist.first, *assist.more)} & {"submit", "request_return", "whistle"} == set()
    assert names(assist) == ["leg_reply", "interim_reply"]


def test_a_section_is_told_what_its_unit_does(desk: Desk) -> None:
    order = situations.after(city.handling(), "sub_dispatch", LIU, section="U030101")
    section = Actor("s990", (("unit_clerk", "U030101"),))
    grey = {form.name: form.refused for form in seen_by(section, order).more if form.refused}
    assert grey["request_return"] == "“申请退单”由承办单位操作，科室可以联系、反馈、呈报和备注"


def test_a_callback_comes_before_closing_which_says_why_it_must_wait(desk: Desk) -> None:
    waiting = {form.name: form.refused for form in seen_by(FANG, situations.in_callback()).first}
    assert list(waiting) == ["callback_attempt", "close", "close_with_promise", "rework", "close_unreachable"]
    assert waiting["callback_attempt"] == ""
    assert waiting["rework"] == "诉求人没有表示未解决或不满意，不能重办"
    heard = {form.name: form.refused for form in seen_by(FANG, situations.answered()()).first}
    assert heard["close"] == ""


def test_what_never_was_asked_promised_or_merged_is_not_spoken_of(desk: Desk) -> None:
    shown = seen_by(FANG, city.closed())
    kept = {form.name for form in (*shown.first, *shown.more)}
    assert kept & {"check_promise", "tell_result", "confirm_withdrawal", "split_off", "contest"} == set()
    assert "reopen" in kept


def test_an_address_opens_a_form_with_what_it_names(desk: Desk) -> None:
    order = situations.named()
    shown = seen_by(city.CHEN, order, open="reveal", field="phone")
    form = next(one for one in shown.more if one.name == "reveal")
    assert (form.open, form.fields[0].value, shown.more_open) == (True, "phone", True)
    assert [code for code, _ in form.fields[0].options] == ["name", "phone"]
    assert not any(one.open for one in seen_by(city.CHEN, order, open="nothing").more)


def test_there_is_nothing_to_open_for_who_sees_everything_or_of_nobody(desk: Desk) -> None:
    for actor, order in ((ZHOU, situations.named()), (city.CHEN, city.handling())):
        shown = seen_by(actor, order)
        assert "reveal" not in [form.name for form in (*shown.first, *shown.more)]


def test_a_move_without_questions_takes_one_press(desk: Desk) -> None:
    order = city.dispatched()
    page = desk.order(HEAT_CLERK, order.number).html
    assert '<div class="move one" id="move-acknowledge"' in page
    assert '<details class="move" id="move-acknowledge"' not in page


def test_files_that_came_with_a_refused_form_are_not_asked_for_again(desk: Desk) -> None:
    order = situations.contacted()
    desk.at = MONDAY + 2 * HOUR
    words = {"public_reply": "已包好保温层。", "measures": "更换保温层"}
    page = desk.move(HEAT_LEADER, order.number, "reply", **words, files=photo())
    assert (page.status, page.forms["reply"].problems) == (422, {"claim": "请选择办理结果"})
    assert len(page.forms["reply"].values["files_kept"]) == 1
    sent = {name: values for name, values in page.forms["reply"].values.items() if any(values)}
    assert desk.post(HEAT_LEADER, f"/order/{order.number}/reply", {**sent, "claim": "solved"}).status == 200


def test_what_was_said_of_the_leg_that_ended_is_no_time_of_work(desk: Desk) -> None:
    order = situations.after(situations.return_asked(), "agree_return", city.CHEN, request=1)
    desk.at = order.last_at or MONDAY
    page = desk.order(SUPERVISOR, order.number)
    assert "同意退单（供热公司） → 待派单" in page.words
    assert "办理用时" not in page.words
    assert "退单申请 供热公司 已同意" in page.words


def test_two_clocks_that_run_at_once_have_names(desk: Desk) -> None:
    order = city.dispatched(assist=[HOUSING], name="张小凤", phone="13800001111")
    order = city.take(order, "acknowledge", LIU, MONDAY)
    desk.at = MONDAY
    page = desk.order(SUPERVISOR, order.number).words
    assert "办理 还剩" in page
    assert "供热公司 牵头 办理中 先行联系 还剩" in page
    assert "住建局 配合 待签收 签收 还剩" in page
