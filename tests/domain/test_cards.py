"""Cards: whom the profile names agrees or not, and a card stands for its days unless it is lifted before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiesu.domain import cards
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor

TODAY = date(2026, 12, 9)
FAN = Actor("s1", (("city_leader", "GOV"),))
BOTH = Actor("s2", (("city_leader", "GOV"), ("unit_leader", "HEAT")))
CLERK = Actor("s3", (("supervisor", "CENTER"),))


def decide(note: str = "", *, agrees: bool = True, state: str = "proposed", by: Actor = FAN) -> tuple[str, date | None]:
    return cards.check_decide(state, "city_leader", "HEAT", note, agrees=agrees, days=30, today=TODAY, by=by)


def lift(note: str = "已整改", *, state: str = "approved", on: date | None = TODAY + timedelta(days=9)) -> str:
    return cards.check_lift(state, on, "city_leader", "HEAT", note, today=TODAY, by=FAN)


def test_whom_the_profile_names_agrees_for_its_days_or_says_why_not() -> None:
    assert decide() == ("", date(2027, 1, 8))
    assert decide(" 已\n整改 ", agrees=False) == ("已 整改", None)
    with pytest.raises(Refused, match="请写明为什么不予亮牌"):
        decide(" ", agrees=False)
    for note in ("长" * 401, "断\0开"):
        with pytest.raises(Refused, match="说明太长"):
            decide(note)
    with pytest.raises(Refused, match="这张牌已批准，不能再定"):
        decide(state="approved")
    with pytest.raises(Forbidden, match="由口径写明的批准人定"):
        decide(by=CLERK)
    with pytest.raises(Forbidden, match="不能定本单位的牌"):
        decide(by=BOTH)


def test_a_card_stands_until_its_day_and_may_be_lifted_before() -> None:
    assert cards.in_force("approved", TODAY + timedelta(days=1), TODAY)
    assert not cards.in_force("approved", TODAY, TODAY)
    assert not cards.in_force("approved", None, TODAY)
    assert not cards.in_force("lifted", TODAY + timedelta(days=1), TODAY)
    assert lift() == "已整改"
    for given in ({"state": "proposed"}, {"on": TODAY}):
        with pytest.raises(Refused, match="这张牌现在没有生效"):
            lift(**given)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="请写明为什么提前解除"):
        lift(" ")
