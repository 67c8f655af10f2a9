"""Two people for an erasure, the officer for a copy, and from which day on what is known is still kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from jiesu.domain import person_requests as rules
from jiesu.domain.errors import Conflict, Forbidden
from jiesu.domain.order import Actor
from tests.city import BAO, DU, GUAN, ZHOU, local

OTHER = Actor("s77", (("dpo", "CENTER"),))
NOW = local("2026-11-23 10:00")


def test_who_may_ask() -> None:
    rules.ask(BAO)
    rules.ask(DU)
    for nobody in (GUAN, ZHOU):
        with pytest.raises(Forbidden, match="由数据保护官或督办员提出"):
            rules.ask(nobody)


def test_whoever_asked_never_answers_and_an_answer_is_final() -> None:
    rules.answer(DU, "asked", BAO.id)
    rules.answer(OTHER, "asked", BAO.id)
    with pytest.raises(Forbidden, match="自己提出的申请自己不能确认"):
        rules.answer(BAO, "asked", BAO.id)
    with pytest.raises(Forbidden):
        rules.answer(GUAN, "asked", BAO.id)
    for state in ("agreed", "done", "refused"):
        with pytest.raises(Conflict, match=rules.STATES[state]):
            rules.answer(DU, state, BAO.id)


def test_only_the_officer_destroys_and_only_what_was_agreed_to() -> None:
    rules.carry_out(BAO, "agreed")
    with pytest.raises(Forbidden, match="只有数据保护官"):
        rules.carry_out(DU, "agreed")
    for state in ("asked", "done", "refused"):
        with pytest.raises(Conflict, match="不能执行"):
            rules.carry_out(BAO, state)


def test_only_the_officer_hands_out_a_copy() -> None:
    rules.copy(BAO)
    with pytest.raises(Forbidden, match="只有数据保护官"):
        rules.copy(DU)


def test_an_answer_is_due_in_thirty_days_or_as_the_city_says() -> None:
    assert rules.due(NOW, {}) == NOW + timedelta(days=30)
    assert rules.due(NOW, {"person_request_days": 15}) == NOW + timedelta(days=15)


@pytest.mark.parametrize(
    ("period", "now", "first_kept", "words"),
    [
        ([3, "year"], "2026-11-23 10:00", "2023-11-23 00:00", "3 年"),
        ([1, "year"], "2024-02-29 23:59", "2023-02-28 00:00", "1 年"),
        ([6, "month"], "2026-08-31 00:00", "2026-02-28 00:00", "6 个月"),
        ([11, "month"], "2026-11-30 08:00", "2025-12-30 00:00", "11 个月"),
        ([90, "day"], "2026-11-23 10:00", "2026-08-25 00:00", "90 天"),
    ],
)
def test_periods(period: list[Any], now: str, first_kept: str, words: str) -> None:
    params = {"keep_orders": period}
    assert rules.kept_since(params, "keep_orders", local(now)) == local(first_kept)
    assert rules.period(params, "keep_orders") == words


def test_a_city_that_says_nothing_keeps_everything() -> None:
    for name in ("keep_orders", "keep_recordings"):
        assert rules.kept_since({}, name, NOW) is None
        assert rules.period({}, name) == ""
