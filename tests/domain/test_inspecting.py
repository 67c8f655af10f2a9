"""Score sheets, marks and what comes of them; through whose hands a thing went; who may appeal and who decides."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain import inspecting
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.inspecting import Item, Mark, Sheet, Stand, Whose, sheet_from_doc
from jiesu.domain.order import Actor, Event, Order
from tests.cast import CENTER, DU, FANG, HEAT, LIU, MA, MONDAY, RULES, WU, XU, ZHOU, do, events_to, order_at

CALL = sheet_from_doc(
    "call",
    {
        "pass": 80,
        "items": [
            {"code": "heard", "name": "听清", "points": 15, "hint": "不打断"},
            {"code": "record", "name": "记对", "points": 5},
            {"code": "one", "name": "一分", "points": 1},
            {"code": "rude", "name": "没有顶撞", "fatal": True},
        ],
    },
    7,
)
ALL = [Mark("heard", 15), Mark("record", 5), Mark("one", 1), Mark("rude", 1)]


def doc(**changes: Any) -> dict[str, Any]:
    return {"items": [{"code": "heard", "name": "听清", "points": 10, **changes}]}


def refused(call: Any) -> str:
    with pytest.raises(Refused) as no:
        call()
    return no.value.message


# -- sheets


def test_a_sheet_is_read_with_its_number_and_the_points_that_may_be_given() -> None:
    assert (CALL.subject, CALL.version, CALL.pass_mark) == ("call", 7, 80)
    assert CALL.items[0] == Item("heard", "call", "听清", 15, False, "不打断")
    assert [one.levels for one in CALL.items] == [
        [(15, "合格"), (8, "部分"), (0, "不合格")],
        [(5, "合格"), (3, "部分"), (0, "不合格")],
        [(1, "合格"), (0, "不合格")],
        [(1, "合格"), (0, "不合格")],
    ]
    assert CALL.item("rude") == CALL.items[3]
    assert CALL.item("nothing") is None
    assert sheet_from_doc("callback", doc()).pass_mark == 85
    assert sheet_from_doc("order", doc(part="closing", fatal=True, points=20)).items[0].levels[0] == (20, "合格")


@pytest.mark.parametrize(
    ("subject", "given_", "said"),
    [
        ("letter", doc(), "没有“letter”这种检查对象"),
        ("call", None, "评分表没有条目，请写明 items"),
        ("call", {"items": "heard"}, "评分表没有条目，请写明 items"),
        ("call", {"items": [{}] * 25}, "评分表最多 24 条，请合并相近的条目"),
        ("call", {**doc(), "pass": 0}, "合格线（pass）须是 1 到 100 的整数"),
        ("call", {**doc(), "pass": True}, "合格线（pass）须是 1 到 100 的整数"),
        ("call", {"items": doc()["items"] * 2}, "条目编号“heard”重复"),
        ("call", {"items": ["heard"]}, "第 1 条的编号须以小写字母开头，只用小写字母、数字和下划线"),
        ("call", doc(code="Heard"), "第 1 条的编号须以小写字母开头，只用小写字母、数字和下划线"),
        ("order", doc(part="call"), "第 1 条的环节“call”不对，可选：intake、dispatch、reply、closing"),
        ("call", doc(name=" "), "第 1 条须有名称，不超过 40 字；说明不超过 200 字"),
        ("call", doc(points=0), "第 1 条的分值须是 1 到 100 的整数；否决项（fatal）可以是 0 分"),
        ("call", doc(fatal="yes"), "第 1 条的分值须是 1 到 100 的整数；否决项（fatal）可以是 0 分"),
        ("call", doc(points=101), "第 1 条的分值须是 1 到 100 的整数；否决项（fatal）可以是 0 分"),
    ],
)
def test_a_document_that_is_no_sheet_says_why(subject: str, given_: Any, said: str) -> None:
    assert refused(lambda: sheet_from_doc(subject, given_)) == said


# -- marks


def check(*marks: Mark, sheet: Sheet = CALL, steps: int = 0) -> list[Mark]:
    return inspecting.checked(sheet, list(inspecting.PARTS[sheet.subject]), marks, steps=steps)


def test_every_item_is_marked_and_what_was_taken_has_a_reason() -> None:
    less = Mark("heard", 8, "  抢话两次 ", "1：05")
    assert check(less, *ALL[1:]) == [Mark("heard", 8, "抢话两次", "1:05"), *ALL[1:]]
    assert check(Mark("heard", None, "没有说话"), *ALL[1:])[0] == Mark("heard", None, "没有说话")
    with pytest.raises(Refused) as no:
        check(Mark("heard", 8), *ALL[1:])
    assert (no.value.message, no.value.field) == ("“听清”扣了分，请写明理由", "heard")


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        (ALL[1:], "“听清”还没有打分"),
        ([Mark("heard", 7, "不好"), *ALL[1:]], "“听清”的分不对，请重新选"),
        ([*ALL[:3], Mark("rude", None)], "“没有顶撞”是否决项，须定合格或不合格"),
        ([Mark("heard", 0, "长" * 301), *ALL[1:]], "“听清”的理由太长，请缩短到 300 字以内"),
        ([Mark("heard", 0, "不\0好"), *ALL[1:]], "“听清”的理由太长，请缩短到 300 字以内"),
        (
            [Mark("heard", 0, "不好", "第7步"), *ALL[1:]],
            "“听清”的依据看不懂，请写录音的位置，如 1:05，没有就空着",
        ),
    ],
)
def test_a_mark_that_cannot_be_is_refused_with_what_to_do(marks: list[Mark], said: str) -> None:
    assert refused(lambda: check(*marks)) == said


def test_evidence_is_a_place_in_the_recording_or_a_step_of_the_way() -> None:
    item = CALL.items[0]

    def read(text: str) -> str:
        return inspecting.evidence_of(text, "order", 9, item)

    assert [read(one) for one in ("", " 12:30 ", "第 7 步", "#7", "9", "007")] == ["", "12:30", "#7", "#7", "#9", "#7"]
    for wrong in ("0", "10", "1:60", "刚开始"):
        assert refused(lambda wrong=wrong: read(wrong)) == (  # type: ignore[misc]
            "“听清”的依据看不懂，请写录音的位置（1:05）或流转第几步（1 到 9），没有就空着"
        )
    assert [inspecting.evidence_zh(one) for one in ("", "12:30", "#7")] == ["", "录音 12:30", "流转第 7 步"]


# -- results


def test_points_are_added_and_a_fatal_item_takes_everything() -> None:
    whole = inspecting.results(CALL, ALL)
    assert whole == [inspecting.Result("call", 21, 21, False, True)]
    assert whole[0].percent == Decimal("100.0")
    less = inspecting.results(CALL, [Mark("heard", 8), Mark("record", 5), Mark("one", 1), Mark("rude", 1)])
    assert (less[0].points, less[0].percent, less[0].passed) == (14, Decimal("66.7"), False)
    fatal = inspecting.results(CALL, [*ALL[:3], Mark("rude", 0)])
    assert fatal == [inspecting.Result("call", 0, 21, True, False)]


def test_what_does_not_apply_counts_on_neither_side() -> None:
    marks = [Mark("heard", None), Mark("record", 5), Mark("one", 0), Mark("rude", 1)]
    assert inspecting.results(CALL, marks) == [inspecting.Result("call", 5, 6, False, True)]
    nothing = [Mark("heard", None), Mark("record", None), Mark("one", None)]
    assert inspecting.results(CALL, nothing) == []
    assert inspecting.results(CALL, [*nothing, Mark("rude", 1)]) == [inspecting.Result("call", 1, 1, False, True)]
    assert inspecting.results(CALL, [*nothing, Mark("rude", 0)]) == [inspecting.Result("call", 0, 1, True, False)]
    assert inspecting.percent(0, 0) == Decimal(0)


@given(st.lists(st.sampled_from([None, 0, 8, 15]), min_size=1, max_size=24), st.booleans())
def test_a_result_is_never_more_than_it_could_be_and_never_less_than_nothing(
    points: list[int | None], rude: bool
) -> None:
    items = [{"code": f"i{at}", "name": "条目", "points": 15} for at in range(len(points) - 1)]
    sheet = sheet_from_doc("call", {"items": [*items, {"code": "rude", "name": "否决", "fatal": True}]})
    marks = [Mark(f"i{at}", one) for at, one in enumerate(points[:-1])] + [Mark("rude", 0 if rude else 1)]
    (result,) = inspecting.results(sheet, marks)
    assert 0 <= result.points <= result.full
    assert 0 <= result.percent <= 100
    assert result.fatal == rude
    assert not (rude and (result.points or result.passed))


# -- whose it is


def staffed(events: list[Event]) -> list[Event]:
    """The events of the cast as if they were members of staff of a real city."""
    for event in events:
        event.by = {"zhou": "s1", "chen": "s2", "liu": "s5", "ma": "s6", "he": "s4", "fang": "s9"}[event.by]
    return events


def test_an_order_goes_through_four_hands() -> None:
    assert inspecting.hands(order_at("closed"), staffed(events_to("closed")), CENTER) == [
        Whose("intake", "s1", CENTER),
        Whose("dispatch", "s2", CENTER),
        Whose("reply", HEAT, HEAT),
        Whose("closing", "s9", CENTER),
    ]


def test_hands_that_are_nobodys_of_the_city_are_left_out() -> None:
    events = staffed(events_to("closed"))
    for event in events:
        if event.move in ("register", "accept", "dispatch", "close"):
            event.by = "system"
    assert inspecting.hands(order_at("closed"), events, CENTER) == [Whose("reply", HEAT, HEAT)]
    assert inspecting.hands(order_at("dispatched"), staffed(events_to("dispatched"))[:1], CENTER) == [
        Whose("intake", "s1", CENTER)
    ]


def test_who_answered_at_the_desk_answers_for_the_reply() -> None:
    order = do(order_at("received"), "answer_directly", ZHOU, public_reply="十月二十日起供热")
    first = Event(order.number, 1, "register", MONDAY, "s1", "agent", CENTER, "", {})
    answer = Event(order.number, 2, "answer_directly", MONDAY, "s7", "agent", "", "", {})
    assert inspecting.hands(order, [first, answer], CENTER) == [
        Whose("intake", "s1", CENTER),
        Whose("reply", "s7", CENTER),
    ]
    unknown = Event(order.number, 2, "answer_directly", MONDAY, "t3", "agent", "", "", {})
    assert inspecting.hands(order, [first, unknown], CENTER) == [Whose("intake", "s1", CENTER)]


# -- who may


def stand(whom: str = HEAT, **more: Any) -> Stand:
    return Stand(whom, WU.id, MONDAY + timedelta(days=3), **more)


def test_an_appeal_is_ones_own_once_and_in_time() -> None:
    for who in (LIU, MA):
        inspecting.appeals(who, stand(), MONDAY + timedelta(days=3))
    inspecting.appeals(FANG, stand(FANG.id), MONDAY)
    for who in (XU, WU, DU, FANG):
        with pytest.raises(Forbidden, match=r"^只能对自己或本单位的质检结果申诉$"):
            inspecting.appeals(who, stand(), MONDAY)
    late = MONDAY + timedelta(days=3, seconds=1)
    assert refused(lambda: inspecting.appeals(LIU, stand(), late)) == "申诉期限已过"
    again = "一个结果只能申诉一次，这个结果已经申诉过了"
    assert refused(lambda: inspecting.appeals(LIU, stand(appealed_at=MONDAY), MONDAY)) == again
    replaced = "这次质检已由复检代替，请看复检的结果"
    assert refused(lambda: inspecting.appeals(LIU, stand(counts=False), MONDAY)) == replaced


def test_another_inspector_or_a_supervisor_decides() -> None:
    other = Actor("other", (("inspector", CENTER),))
    asked = stand(appealed_at=MONDAY)
    for who in (other, DU):
        inspecting.decides(who, asked)
    with pytest.raises(Forbidden, match=r"^不能裁定自己打的分，请由另一位质检员或督办员裁定$"):
        inspecting.decides(WU, asked)
    with pytest.raises(Forbidden, match=r"^申诉由另一位质检员或督办员裁定$"):
        inspecting.decides(MA, asked)
    with pytest.raises(Forbidden, match=r"^不能裁定自己的申诉$"):
        inspecting.decides(DU, stand(DU.id, appealed_at=MONDAY))
    assert refused(lambda: inspecting.decides(DU, stand())) == "这个结果没有申诉"
    twice = stand(appealed_at=MONDAY, decided_at=MONDAY)
    assert refused(lambda: inspecting.decides(DU, twice)) == "这个申诉刚被别人裁定了"


def test_ones_own_results_are_ones_units_too() -> None:
    both = Actor("s5", (("unit_clerk", HEAT), ("unit_leader", "U2"), ("agent", CENTER)))
    assert inspecting.mine(both) == ["s5", HEAT, "U2"]
    assert inspecting.mine(ZHOU) == ["zhou"]
    assert inspecting.inspects(WU)
    assert not inspecting.inspects(DU)
    assert inspecting.oversees(DU)
    assert not inspecting.oversees(ZHOU)
    assert RULES.unit_name(HEAT) == "供热公司"
    assert Order(1).lead is None
