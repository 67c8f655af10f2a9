"""A signal of gaming: the unit is heard first, then its orders are looked at, or it is laid aside with a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiesu.domain import signalling
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import SYSTEM
from tests.cast import DU, LIU, MA, XU, ZHOU

DAY = date(2026, 12, 4)


def test_the_centre_looks_and_the_unit_answers_for_itself() -> None:
    signalling.check_find(DU)
    signalling.check_find(SYSTEM)
    with pytest.raises(Forbidden):
        signalling.check_find(ZHOU)
    assert signalling.check_answer("HEAT", "told", " 供暖首日 \n集中来件 ", LIU) == "供暖首日 集中来件"
    assert signalling.check_answer("HEAT", "answered", "补充", MA) == "补充"
    for by in (XU, DU):
        with pytest.raises(Forbidden, match="由所说的单位自己说明"):
            signalling.check_answer("HEAT", "told", "说明", by)
    with pytest.raises(Refused, match="这条线索已送质检，不用再说明"):
        signalling.check_answer("HEAT", "sent", "说明", LIU)


def test_orders_are_sampled_after_the_answer_or_after_its_days() -> None:
    signalling.check_send("answered", DAY, today=DAY - timedelta(days=2), by=DU)
    signalling.check_send("told", DAY, today=DAY + timedelta(days=1), by=DU)
    with pytest.raises(Refused, match="先听单位说明：12月4日前答复"):
        signalling.check_send("told", DAY, today=DAY, by=DU)
    with pytest.raises(Refused, match="这条线索不再追"):
        signalling.check_send("dropped", DAY, today=DAY, by=DU)
    with pytest.raises(Forbidden):
        signalling.check_send("answered", DAY, today=DAY, by=LIU)


def test_a_signal_is_laid_aside_with_a_reason() -> None:
    assert signalling.check_drop("told", "样本来自同一次停水", DU) == "样本来自同一次停水"
    for text, said in (
        (" ", "请写明为什么不再追"),
        ("长" * 1001, "不超过 1,000 字"),
        ("断\0开", "请写明"),
        ("问 13800001111", "请隐去"),
    ):
        with pytest.raises(Refused, match=said):
            signalling.check_drop("told", text, DU)
    with pytest.raises(Forbidden):
        signalling.check_drop("told", "说明", LIU)


def test_the_sample_is_spread_over_all_orders() -> None:
    assert signalling.spread([1, 2, 3]) == [1, 2, 3]
    assert signalling.spread(list(range(100)), 4) == [0, 25, 50, 75]
