"""The callback desk as 回访员 reads it: the next call, its script, what came of it, what follows."""

from __future__ import annotations

import re
from datetime import timedelta

from jiesu.domain.order import Actor, Order
from tests import city
from tests.city import CHEN, FANG, HE, HOUR, LIU, MA, MONDAY, ZHOU, local
from tests.web import situations
from tests.web.desk import (
    AGENT,
    CALLER,
    DISPATCHER,
    HEAT_CLERK,
    HEAT_LEADER,
    HEAT_SECTION,
    REVIEWER,
    SUPERVISOR,
    Desk,
    Seen,
    events_of,
    order_of,
)

SECOND_CALLER = "huifang2"
DAY = timedelta(days=1)


def last(order: Order, count: int = 1) -> list[str]:
    """The last moves of an order."""
    return [event.move for event in events_of(order.number)][-count:]


def sent(desk: Desk, order: Order | int, what: str, who: str = CALLER, /, **given: object) -> Seen:
    """A form of the panel, sent as it stands on the page of the version that is there now."""
    number = order if isinstance(order, int) else order.number
    seen = order_of(number).version
    return desk.post(who, f"/callback/{number}/{what}", {"seen": seen, **given})


def open_order(page: Seen) -> int:
    """The order whose turn it is: the one whose panel stands on the page."""
    found = re.search(r'data-rings="(\d+)"', page.html)
    return int(found[1]) if found else 0


def ready(at: str = "2026-11-23 14:00", desk: Desk | None = None) -> None:
    if desk is not None:
        desk.at = local(at)


def test_nobody_answers_and_the_next_call_is_there(desk: Desk) -> None:
    first, second = situations.in_callback(), situations.in_callback()
    ready(desk=desk)
    page = desk.get(CALLER, "/callback")
    assert open_order(page) == first.number
    assert "您好，这里是 12345 热线，请问是张小凤吗？" in page.words
    assert "供热公司答复说：裸露的管道已重新包好保温层。" in page.words
    assert "13800001111" in page.words  # the clerk's by right, to be dialled

    page = sent(desk, first, "attempt", attempt="no_answer")
    assert f"{first.number} 已记录：无人接听。" in page.words
    assert open_order(page) == second.number
    assert "今天 15:00 前不打" in desk.get(CALLER, "/callback/later").words
    assert [one.result for one in order_of(first.number).callbacks] == ["no_answer"]

    page = sent(desk, second, "attempt", attempt="busy")
    assert open_order(page) == 0
    assert "现在没有可打的回访" in page.words
    desk.at += HOUR
    assert open_order(desk.get(CALLER, "/callback")) == first.number


def test_three_calls_at_three_hours_of_two_days_and_then_unreachable(desk: Desk) -> None:
    order = situations.in_callback()
    for at in ("2026-11-23 14:10", "2026-11-23 15:10", "2026-11-24 09:10"):
        desk.at = local(at)
        assert open_order(desk.get(CALLER, "/callback")) == order.number
        sent(desk, order, "attempt", attempt="no_answer")
    desk.at = local("2026-11-24 09:20")
    page = desk.get(CALLER, "/callback")
    assert "按未联系上办结" in page.words
    assert "11-23 14:10 无人接听 11-23 15:10 无人接听 11-24 09:10 无人接听" in page.words
    page = sent(desk, order, "decide", then="unreachable")
    assert f"{order.number} 已按未联系上办结。" in page.words
    assert order_of(order.number).outcome == "unreachable"


def test_solved_and_content_is_recorded_and_closed_at_once(desk: Desk) -> None:
    order = situations.in_callback()
    ready(desk=desk)
    given = {"resolved": "resolved", "rating": "satisfied", "opinion": "师傅很负责"}
    page = sent(desk, order, "attempt", attempt="answered", then="finish", **given)
    assert f"{order.number} 已办结。" in page.words
    assert last(order, 2) == ["callback_attempt", "close"]
    assert order_of(order.number).outcome == "solved"


def test_not_solved_goes_back_to_the_unit_with_a_reason(desk: Desk) -> None:
    order = situations.in_callback()
    ready(desk=desk)
    unhappy = {"attempt": "answered", "resolved": "unresolved", "rating": "dissatisfied"}
    page = sent(desk, order, "attempt", then="rework", reason="", **unhappy)
    assert (page.status, "请写明理由" in page.words) == (422, True)
    assert last(order) == ["pass_review"]
    sent(desk, order, "attempt", then="rework", reason="三号楼没有包", **unhappy)
    assert last(order, 2) == ["callback_attempt", "rework"]
    assert (order_of(order.number).state, order_of(order.number).round) == ("handling", 2)


def test_an_unhappy_answer_is_never_closed_by_the_button_for_happy_ones(desk: Desk) -> None:
    order = situations.in_callback()
    ready(desk=desk)
    unhappy = {"attempt": "answered", "resolved": "resolved", "rating": "dissatisfied"}
    page = sent(desk, order, "attempt", then="finish", **unhappy)
    assert last(order) == ["callback_attempt"]
    assert open_order(page) == order.number
    assert "退回重办" in page.words
    assert "留给督办员写明理由办结" in page.words


def test_what_the_citizen_said_stands_though_the_order_cannot_be_closed(desk: Desk) -> None:
    parent, child = with_child()
    ready(desk=desk)
    content = {"attempt": "answered", "resolved": "resolved", "rating": "satisfied"}
    page = sent(desk, parent, "attempt", then="finish", **content)
    assert page.status == 422
    assert f"评价已记下。还没有办结：子单 {child.number} 的诉求人还没有回访" in page.words
    assert last(parent) == ["callback_attempt"]


def with_child() -> tuple[Order, Order]:
    """In callback, with an order of another resident merged into it."""
    order = city.handling(name="张小凤", phone="13800001111")
    child = city.accepted(name="李大山", phone="13800002222")
    city.take(child, "merge_into", CHEN, MONDAY + HOUR / 4, {"parent": order.number})
    city.take(order, "first_contact", LIU, MONDAY + HOUR / 2, {"contact": "reached", "note": "已约好"})
    city.take(order, "reply", MA, MONDAY + HOUR, {**city.REPLY, "files": [city.photo(MONDAY)]})
    return city.take(order, "pass_review", HE, MONDAY + HOUR), child


def test_everybody_whose_order_was_merged_is_called_and_then_it_closes(desk: Desk) -> None:
    parent, child = with_child()
    ready(desk=desk)
    content = {"attempt": "answered", "resolved": "resolved", "rating": "satisfied"}
    page = desk.get(CALLER, "/callback")
    assert open_order(page) == parent.number
    assert "记录并办结" not in page.words
    page = sent(desk, parent, "attempt", then="", **content)
    assert open_order(page) == child.number
    assert "请问是李大山吗？" in page.words
    assert "供热公司答复说：裸露的管道已重新包好保温层。" in page.words
    page = sent(desk, child, "attempt", then="", **content)
    assert open_order(page) == parent.number
    page = sent(desk, parent, "decide", then="finish")
    assert (last(parent), order_of(parent.number).outcome) == (["close"], "solved")
    assert open_order(page) == 0


def test_a_child_who_says_no_sends_the_parent_round_again(desk: Desk) -> None:
    parent, child = with_child()
    ready(desk=desk)
    sent(desk, parent, "attempt", attempt="answered", resolved="resolved", rating="satisfied")
    page = sent(desk, child, "attempt", attempt="answered", resolved="unresolved", rating="dissatisfied")
    assert open_order(page) == parent.number
    sent(desk, parent, "decide", then="rework", reason="李大山家没有包")
    assert (last(parent), order_of(parent.number).state) == (["rework"], "handling")


def test_a_promise_is_told_closed_as_promised_and_rung_again_when_due(desk: Desk) -> None:
    order = situations.in_callback(**situations.PROMISE)
    ready(desk=desk)
    page = desk.get(CALLER, "/callback")
    assert "供热公司承诺在12月20日前办好：十二月二十日前装完" in page.words
    sent(desk, order, "attempt", attempt="answered", resolved="mostly", rating="mostly", then="finish")
    assert last(order, 2) == ["callback_attempt", "close_with_promise"]

    page = desk.get(CALLER, "/callback/after")
    assert open_order(page) == 0  # not due yet
    assert "12月20日 17:30 前不打" in page.words
    desk.at = local("2026-12-21 10:00")
    page = desk.get(CALLER, "/callback/after")
    assert open_order(page) == order.number
    assert "现在到期了，请问办好了吗？" in page.words
    page = sent(desk, order, "check", attempt="no_answer", list="after")
    assert f"{order.number} 已记录：无人接听。" in page.words
    assert last(order) == ["close_with_promise"]  # the unit reads the record: nothing of a call stands there
    desk.at += HOUR
    page = sent(desk, order, "check", what="broken", reason="没有人来装", opinion="等了一个月", list="after")
    assert last(order, 2) == ["check_promise", "reopen"]
    assert order_of(order.number).state == "handling"


def test_a_promise_that_was_kept_leaves_the_list(desk: Desk) -> None:
    order = situations.promised()
    desk.at = local("2026-12-21 10:00")
    sent(desk, order, "check", what="kept", list="after")
    assert last(order) == ["check_promise"]
    assert order_of(order.number).promise == {**(order.promise or {}), "kept": True}
    assert open_order(desk.get(CALLER, "/callback/after")) == 0


def test_a_withdrawal_that_somebody_pressed_for_is_taken_up_again(desk: Desk) -> None:
    willing, pressed = situations.withdrawn(), situations.withdrawn()
    ready(desk=desk)
    page = desk.get(CALLER, "/callback/after")
    assert "撤回是您自己的意思吗？" in page.words
    sent(desk, willing, "check", what="willing", opinion="已协商好", list="after")
    sent(desk, pressed, "check", what="pressed", reason="物业上门劝过", list="after")
    assert last(willing) == ["confirm_withdrawal"]
    assert last(pressed, 2) == ["confirm_withdrawal", "reopen"]


def statutory() -> Order:
    """Closed while the environment bureau's own procedure runs on, which the law gives ninety days."""
    bureau = Actor("s920", (("unit_clerk", "U0107"), ("unit_leader", "U0107")))
    order = city.dispatched(lead="U0107", matter="09.01", name="张小凤", phone="13800001111")
    order = situations.after(order, "acknowledge", bureau)
    order = situations.after(order, "first_contact", bureau, contact="reached", note="已告知立案")
    reply = {**city.REPLY, "claim": "statutory", "statutory_number": "立案〔2026〕1号"}
    order = situations.after(order, "reply", bureau, **reply, files=[city.photo(MONDAY)])
    order = situations.after(order, "pass_review", HE)
    content = {"attempt": "answered", "resolved": "mostly", "rating": "mostly"}
    return situations.after(situations.after(order, "callback_attempt", FANG, **content), "close", FANG)


def test_a_legal_result_is_told_and_recorded(desk: Desk) -> None:
    order = statutory()
    assert order.clocks["statutory_result"].running
    ready("2026-11-23 16:00", desk)
    page = desk.get(CALLER, "/callback/after")
    assert open_order(page) == order.number
    assert "现在告诉您结果" in page.words
    page = sent(desk, order, "check", what="told", result="", list="after")
    assert page.status == 422
    page = sent(desk, order, "check", what="told", result="已作出处罚决定", list="after")
    assert last(order) == ["tell_result"]
    assert open_order(page) == 0


def rated(resolved: str, rating: str) -> Order:
    """In callback, and rated by the citizen himself on the portal."""
    order = situations.in_callback()
    citizen = Actor("p1", (("citizen", ""),), order.person)
    return situations.after(order, "rate", citizen, resolved=resolved, rating=rating, via="portal")


def test_who_rated_by_portal_is_not_rung_unless_unhappy(desk: Desk) -> None:
    content, unhappy = rated("resolved", "satisfied"), rated("unresolved", "dissatisfied")
    ready(desk=desk)
    page = desk.get(CALLER, f"/callback?order={content.number}")
    assert "诉求人已自行评价：已解决，满意（网上评价）。" in page.words
    assert "怎么说" not in page.words
    sent(desk, content, "decide", then="finish")
    assert order_of(content.number).outcome == "solved"
    page = desk.get(CALLER, f"/callback?order={unhappy.number}")
    assert "不满意的须再打电话核实" in page.words
    page = sent(desk, unhappy, "decide", then="rework", reason="网上说没解决")
    assert order_of(unhappy.number).state == "handling"


def test_two_clerks_are_never_given_the_same_call(desk: Desk) -> None:
    first, second = situations.in_callback(), situations.in_callback()
    ready(desk=desk)
    assert open_order(desk.get(CALLER, "/callback")) == first.number
    assert open_order(desk.get(SECOND_CALLER, "/callback")) == second.number
    assert open_order(desk.get(CALLER, "/callback")) == first.number
    desk.at += timedelta(minutes=16)  # whoever leaves it open does not keep it
    assert open_order(desk.get(SECOND_CALLER, "/callback")) == first.number
    page = sent(desk, first, "decide", SECOND_CALLER, then="later")
    assert f"{first.number} 放一小时，到时再排进来。" in page.words
    assert open_order(page) == second.number
    assert open_order(desk.get(CALLER, "/callback")) == 0


def test_an_anonymous_order_is_closed_without_a_call(desk: Desk) -> None:
    order = city.handling()
    order = situations.after(order, "reply", MA, **city.REPLY, files=[city.photo(MONDAY)])
    order = situations.after(order, "pass_review", HE)
    ready(desk=desk)
    page = desk.get(CALLER, "/callback")
    assert open_order(page) == order.number
    assert "匿名，办结" in page.words
    assert "没有留下电话" in page.words
    sent(desk, order, "decide", then="unreachable")
    assert order_of(order.number).outcome == "anonymous"


def test_a_call_is_dialled_and_what_was_said_is_linked_to_it(desk: Desk) -> None:
    from jiesu.store import sql  # noqa: PLC0415 - Django can be imported only once it is set up

    order = situations.in_callback()
    ready(desk=desk)
    page = desk.post(CALLER, f"/callback/{order.number}/dial", {})
    call = int(page.address.rpartition("call=")[2])
    assert f'name="call" value="{call}"' in page.html
    sent(desk, order, "attempt", attempt="no_answer", call=call)
    links = sql.rows("SELECT call, seq FROM call_order WHERE number = %s ORDER BY seq", (order.number,))
    assert links == [(call, order.version), (call, order.version + 1)]


def test_the_city_writes_its_own_script(desk: Desk) -> None:
    from jiesu.store import rules  # noqa: PLC0415
    from jiesu.store.models import Setting  # noqa: PLC0415

    params = Setting.objects.get(name="params").value
    own = {**params, "callback_scripts": {"callback": ["{name}，雄关 12345 回访：{what}"]}}
    rules.change_setting("params", own, by="s1", now=MONDAY)
    situations.in_callback()
    ready(desk=desk)
    page = desk.get(CALLER, "/callback")
    assert "张小凤，雄关 12345 回访：楼外的热力管道没有保温" in page.words
    assert "您好，这里是 12345 热线" not in page.words


# -- the sample


def answered_directly(at: str = "2026-11-23 11:00", *, name: str = "王强") -> Order:
    order = city.registered(local(at), name=name, phone="13800003333", kind="consultation")
    return city.take(order, "answer_directly", ZHOU, local(at), {"public_reply": "十月二十日起供热。"})


def test_of_what_closed_without_a_callback_some_are_drawn_and_called(desk: Desk) -> None:
    made = [answered_directly(name=f"王{at}") for at in range(40)]
    answered_directly(name="")
    unnamed = city.registered(local("2026-11-23 11:00"), kind="consultation")
    city.take(unnamed, "answer_directly", ZHOU, local("2026-11-23 11:00"), {"public_reply": "十月二十日起供热。"})
    desk.at = local("2026-11-24 09:30")
    assert "还没有抽样" in desk.get(CALLER, "/callback/sample").words
    page = desk.post(CALLER, "/callback/sample/draw", {})
    assert "11月23日 抽取：直接答复 41 件抽 2 件" in page.words.replace("11月23日抽取", "11月23日 抽取")
    drawn = {open_order(page)}
    assert drawn <= {one.number for one in made} | {made[-1].number + 1}
    assert desk.post(CALLER, "/callback/sample/draw", {}).words.count("抽 2 件") == 1

    number = open_order(page)
    assert "当时答复您：十月二十日起供热。" in page.words
    page = sent(desk, number, "attempt", attempt="answered", resolved="resolved", rating="satisfied", list="sample")
    assert [event.move for event in events_of(number)][-1] == "callback_attempt"
    other = open_order(page)
    assert other not in (0, number)
    unhappy = {"attempt": "answered", "resolved": "unresolved", "rating": "dissatisfied", "list": "sample"}
    page = sent(desk, other, "attempt", then="reopen", reason="问的是停热，不是供热", **unhappy)
    assert [event.move for event in events_of(other)][-2:] == ["callback_attempt", "reopen"]
    assert order_of(other).state == "accepted"
    assert open_order(page) == 0


# -- who may not


def test_nobody_of_a_unit_and_nobody_else_sees_the_desk(desk: Desk) -> None:
    order = situations.in_callback()
    ready(desk=desk)
    pages = ("/callback", "/callback/later", "/callback/after", "/callback/sample", "/callback/talk")
    for who in (HEAT_CLERK, HEAT_LEADER, HEAT_SECTION, DISPATCHER, REVIEWER, SUPERVISOR):
        assert [desk.get(who, page).status for page in pages] == [403] * len(pages)
        assert desk.get(who, "/callback/missed").status == 403
        for what in ("attempt", "decide", "check", "dial"):
            assert sent(desk, order, what, who, attempt="no_answer", then="finish").status == 403
        assert desk.post(who, "/callback/sample/draw", {}).status == 403
    assert desk.get(AGENT, "/callback/missed").status == 200
    assert last(order) == ["pass_review"]


def test_a_unit_learns_nothing_of_calls_before_they_are_final(desk: Desk) -> None:
    order = situations.in_callback()
    ready(desk=desk)
    sent(desk, order, "attempt", attempt="no_answer")
    for who in (HEAT_CLERK, HEAT_LEADER):
        seen = desk.order(who, order.number)
        assert seen.status == 200
        assert "无人接听" not in seen.words
    given = {"resolved": "mostly", "rating": "mostly", "opinion": "还差一段没包"}
    sent(desk, order, "attempt", attempt="answered", then="finish", **given)
    assert "还差一段没包" in desk.order(HEAT_CLERK, order.number).words


def test_a_promise_that_is_due_shows_no_clock_to_its_unit(desk: Desk) -> None:
    order = situations.withdrawn()
    ready(desk=desk)
    listed = desk.get(HEAT_CLERK, "/work/mine")
    assert listed.rows == [order.number]
    assert "还剩" not in listed.words
    assert "还剩" in desk.get(CALLER, "/work/after").words


# -- callers whom nobody answered


def test_a_missed_caller_is_taken_rung_and_done(desk: Desk) -> None:
    from tests import exchange  # noqa: PLC0415

    exchange.tell("x1", exchange.miss())
    desk.at = local("2026-11-23 10:20")
    page = desk.get(CALLER, "/callback/missed")
    assert "138****3333" in page.words
    assert "13800003333" not in page.html
    task = int(page.html.partition("/callback/missed/")[2].partition("/")[0])
    page = desk.post(CALLER, f"/callback/missed/{task}/take", {})
    assert "已领取，请拨号。" in page.words
    assert desk.post(SECOND_CALLER, f"/callback/missed/{task}/take", {}).status == 422
    assert "已拨出。" in desk.post(CALLER, f"/callback/missed/{task}/dial", {}).words
    page = desk.post(CALLER, f"/callback/missed/{task}/done", {})
    assert "没有要回拨的未接来电。" in page.words
    assert desk.post(CALLER, f"/callback/missed/{task}/nonsense", {}).status == 404


# -- odd input


def test_what_cannot_be_is_said_and_changes_nothing(desk: Desk) -> None:
    order = situations.in_callback()
    ready(desk=desk)
    assert "不在这个名单里" in desk.get(CALLER, "/callback?order=99").words
    assert desk.get(CALLER, "/callback?order=abc&done=<b>&of=x").status == 200
    assert sent(desk, order, "attempt", attempt="answered").status == 422
    assert sent(desk, order, "attempt", attempt="nonsense").status == 422
    assert sent(desk, order, "decide", then="nonsense").status == 422
    assert sent(desk, order, "check", attempt="answered").status == 422
    assert desk.post(CALLER, f"/callback/{order.number}/attempt", {"attempt": "busy", "seen": 1}).status == 200
    assert desk.post(CALLER, "/callback/99/attempt", {"attempt": "busy"}).status == 404
    assert desk.post(CALLER, "/callback/99/dial", {}).status == 422
    assert last(order) == ["callback_attempt"]
