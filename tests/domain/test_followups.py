"""What a review meeting asked for: who may put it on the list, who may say that it is done, and when it is late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiesu.domain import followups
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.followups import Item
from jiesu.domain.order import Actor
from tests.cast import DU, LIU, MA, XU, ZHOU

TODAY = date(2026, 12, 9)
LATER = TODAY + timedelta(days=7)
ITEM = Item("HEAT", None, LATER, "open")


def item(text: str = "把工人村的保温层补齐", **given: object) -> tuple[str, date]:
    asked = {"owner": True, "due": LATER, "today": TODAY, "by": DU, **given}
    return followups.check_item(text, **asked)  # type: ignore[arg-type]


def mark(state: str, note: str = "已补 40 米", *, by: Actor = DU, held: Item = ITEM, due: date | None = None) -> str:
    return followups.check_mark(held, state, note, due=due, today=TODAY, by=by)


def test_an_item_has_words_an_owner_and_a_day_to_come() -> None:
    assert item(" 把工人村的\n保温层补齐 ") == ("把工人村的 保温层补齐", LATER)
    for given, said, field in (
        ({"text": " "}, "请写明要办什么", "text"),
        ({"text": "长" * 501}, "不超过 500 字", "text"),
        ({"text": "断\0开"}, "请写明要办什么", "text"),
        ({"text": "找 13800001111"}, "请隐去再存", "text"),
        ({"owner": False}, "请写责任单位或责任人", "owner"),
        ({"due": None}, "今天或以后的期限", "due"),
        ({"due": TODAY - timedelta(days=1)}, "今天或以后的期限", "due"),
    ):
        with pytest.raises(Refused, match=said) as no:
            item(**given)  # type: ignore[arg-type]
        assert no.value.field == field
    with pytest.raises(Forbidden, match="由督办员登记"):
        item(by=ZHOU)


def test_the_owner_says_that_it_is_done_and_everything_else_is_the_supervisors() -> None:
    assert mark("done", by=LIU) == "已补 40 米"
    assert mark("done", by=MA, held=Item("HEAT", None, LATER, "open")) == "已补 40 米"
    assert mark("done", by=Actor("s77", ()), held=Item("", 77, LATER, "open")) == "已补 40 米"
    for by, held in ((XU, ITEM), (LIU, Item("", 1, LATER, "open"))):
        with pytest.raises(Forbidden):
            mark("done", by=by, held=held)
    for state in ("dropped", "moved", "open"):
        with pytest.raises(Forbidden, match="由督办员填"):
            mark(state, by=LIU)


def test_what_is_done_is_opened_again_before_anything_else_happens_to_it() -> None:
    done = Item("HEAT", None, LATER, "done")
    assert mark("open", "又掉了", held=done) == "又掉了"
    assert mark("moved", "等材料", due=LATER) == "等材料"
    assert mark("dropped", "并入改造") == "并入改造"
    for state, held, said in (
        ("done", done, "要再办先“重新办”"),
        ("dropped", Item("HEAT", None, LATER, "dropped"), "要再办先“重新办”"),
        ("open", ITEM, "这一项还在办"),
        ("forgotten", ITEM, "没有这个状态"),
        ("moved", ITEM, "今天或以后的期限"),
    ):
        with pytest.raises(Refused, match=said):
            mark(state, held=held)
    with pytest.raises(Refused, match="请写明怎么办的、结果怎样"):
        mark("done", " ")
    with pytest.raises(Refused, match="请写明理由"):
        mark("dropped", "")


def test_an_item_is_late_while_it_is_open_after_its_day() -> None:
    assert [Item("HEAT", None, due, state).late(TODAY) for due, state in (
        (TODAY, "open"), (TODAY - timedelta(days=1), "open"), (TODAY - timedelta(days=1), "done"),
    )] == [False, True, False]  # fmt: skip
