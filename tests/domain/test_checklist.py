"""What a reply is held against before it passes, and what sending it back would mean."""

from __future__ import annotations

from typing import Any

from jiesu.domain.checklist import Check, Returned, checklist, returned
from jiesu.domain.order import Order
from jiesu.domain.rules import Rules
from tests.cast import (
    CHEN,
    COLD,
    GAO,
    HE,
    HEAT,
    HOUSING,
    LIU,
    MA,
    QIN,
    REPLY,
    RULES,
    STALLS,
    STREET,
    TANG,
    WAGES,
    XU,
    ZHOU,
    Actor,
    do,
    local,
    order_at,
    photo,
    rules,
)

NOON = local("2026-11-24 12:00")
LONG = "多收的费用已退还，并重新核对了房屋的供热面积。"


def lines(order: Order, public: str = LONG, by_rules: Rules = RULES) -> list[tuple[str, str, str]]:
    return [(one.zh, one.word, one.said) for one in checklist(order, by_rules, NOON, public)]


def replied(unit: str, clerk: Actor, leader: Actor, matter: str, **reply: Any) -> Order:
    """An order of ``matter`` that ``unit`` led, contacted the citizen about, and answered with ``reply``."""
    order = do(order_at("received"), "accept", CHEN, "2026-11-23 10:05", matter=matter)
    order = do(order, "dispatch", CHEN, "2026-11-23 10:10", lead=unit, basis="现场核实")
    order = do(order, "acknowledge", clerk, "2026-11-23 10:30")
    order = do(order, "first_contact", clerk, "2026-11-23 11:00", contact="reached", note="已联系")
    return do(order, "reply", leader, "2026-11-23 11:30", **{**REPLY, **reply})


def test_an_order_that_nobody_leads_is_held_against_nothing() -> None:
    assert checklist(order_at("accepted"), RULES, NOON, LONG) == []


def test_before_the_reply_everything_is_missing() -> None:
    assert lines(order_at("handling"), " ") == [
        ("采取的措施", "缺", ""),
        ("先行联系", "缺", ""),
        ("办理结果", "缺", ""),
        ("公开答复", "缺", ""),
    ]


def test_what_the_catalog_asks_for_and_who_asks() -> None:
    assert checklist(order_at("replied"), RULES, NOON, LONG) == [
        Check("采取的措施", "there"),
        Check("先行联系", "there", "11-23 11:00 联系上", by="规则"),
        Check("办理结果", "there", "已解决", by="规则"),
        Check("公开答复", "there", "23 字", by="规则"),
    ]


def test_of_an_anonymous_order_no_contact_is_asked() -> None:
    order = do(
        Order(1), "register", ZHOU, "2026-11-23 10:00", channel="phone", text="暖气不热", kind="help", matter=COLD
    )
    order = do(order, "accept", CHEN, "2026-11-23 10:05")
    order = do(order, "dispatch", CHEN, "2026-11-23 10:10", lead=HEAT)
    order = do(order, "acknowledge", LIU, "2026-11-23 10:20")
    assert ("先行联系", "请看", "匿名、特急或由中心联系的不要求") in lines(order)


def test_why_not_is_asked_only_of_what_is_not_solved() -> None:
    unsolved = replied(STREET, GAO, QIN, STALLS, claim="unsolved", why_not="摊主不在")
    assert lines(unsolved)[0] == ("未解决的原因", "有", "")
    assert lines(unsolved)[2:4] == [("办理结果", "有", "暂未解决"), ("未解决的原因", "有", "")]
    solved = replied(STREET, GAO, QIN, STALLS)
    assert [zh for zh, _, _ in lines(solved)] == ["先行联系", "办理结果", "公开答复"]


def test_a_statutory_reply_names_its_case() -> None:
    order = replied(HOUSING, XU, TANG, WAGES, claim="statutory", statutory_number="立案〔2026〕1号")
    assert lines(order) == [
        ("法定程序案号", "有", ""),
        ("先行联系", "有", "11-23 11:00 联系上"),
        ("办理结果", "有", "已进入法定程序"),
        ("立案和案号", "有", ""),
        ("公开答复", "有", "23 字"),
    ]


def test_a_promise_names_its_day_and_who_answers_for_it() -> None:
    promise = {"promise_due": local("2026-12-20 17:30"), "promise_owner": "刘姐", "promise_approver": "马经理"}
    order = replied(HEAT, LIU, MA, "heat.fee", claim="promised", promise_text="十二月二十日前退还", **promise)
    assert lines(order)[2:5] == [
        ("办理结果", "有", "承诺限期解决"),
        ("承诺期限", "有", "2026-12-20"),
        ("承诺责任人和批准人", "有", ""),
    ]


def test_a_short_text_and_a_telephone_in_it_are_pointed_at() -> None:
    assert lines(order_at("replied"), "请打13812345678")[-2:] == [
        ("公开答复", "请看", "13 字，偏短"),
        ("公开答复里的个人信息", "请看", "像是有电话、证件号或车牌"),
    ]


def test_units_that_assist_are_named_with_what_they_answered() -> None:
    order = do(order_at("accepted"), "dispatch", CHEN, "2026-11-23 10:10", lead=HEAT, assist=[HOUSING])
    silent = do(order, "leg_acknowledge", XU, "2026-11-23 10:20")
    assert lines(silent)[-1] == ("配合：住建局", "请看", "没有答复，牵头须写明缺什么")
    silent = do(silent, "acknowledge", LIU, "2026-11-23 10:30")
    done = do(silent, "leg_reply", XU, "2026-11-23 11:00", measures="产权已核对")
    assert lines(done)[-1] == ("配合：住建局", "有", "已答复")


# -- sending back


def back(order: Order, code: str, at: str, by_rules: Rules = RULES) -> Returned | None:
    return returned(order, code, HE, by_rules, local(at))


def test_what_is_not_at_review_cannot_be_sent_back() -> None:
    assert back(order_at("handling"), "no_file", "2026-11-24 11:00") is None


def test_a_form_fault_gives_a_day_where_the_limit_would_end_before() -> None:
    said = "给一个工作日补正，明天 17:30 前，不算超期"
    assert back(order_at("replied"), "no_file", "2026-11-30 11:00") == Returned(True, said)
    assert back(order_at("replied"), "no_file", "2026-11-24 11:00") == Returned(True, "办理时限下周一 17:30 前")


def test_for_substance_the_clock_runs_on() -> None:
    said = "时钟照走，办理时限下周一 17:30 前"
    assert back(order_at("replied"), "not_answered", "2026-11-24 11:00") == Returned(False, said)


def test_where_the_city_set_no_limit_there_is_none_to_tell() -> None:
    unlimited = rules(limits=[])
    order = do(order_at("accepted"), "dispatch", CHEN, "2026-11-23 10:10", by_rules=unlimited, lead=HEAT)
    order = do(order, "acknowledge", LIU, "2026-11-23 10:30", by_rules=unlimited)
    order = do(order, "reply", MA, "2026-11-23 11:30", by_rules=unlimited, **{**REPLY, "files": photo()})
    assert back(order, "not_answered", "2026-11-23 12:00", unlimited) == Returned(False, "没有办理时限")
