"""What the tick may forget, what it no longer says, and when a notice is shown."""

from __future__ import annotations

import pytest

from jiesu.domain.notices import shown_at
from jiesu.domain.supervision import due_steps, next_step, overtaken, steps, still_borne
from tests import cast
from tests.cast import CHEN, DU, HE, LIU, MA, RULES, do, local, order_at


@pytest.mark.parametrize(
    ("hours", "made", "shown"),
    [
        (["22:00", "07:00"], "2026-11-24 21:59", "2026-11-24 21:59"),
        (["22:00", "07:00"], "2026-11-24 22:00", "2026-11-25 07:00"),
        (["22:00", "07:00"], "2026-12-31 23:59", "2027-01-01 07:00"),
        (["22:00", "07:00"], "2026-11-25 00:00", "2026-11-25 07:00"),
        (["22:00", "07:00"], "2026-11-25 06:59", "2026-11-25 07:00"),
        (["22:00", "07:00"], "2026-11-25 07:00", "2026-11-25 07:00"),
        (["00:30", "06:00"], "2026-11-25 00:29", "2026-11-25 00:29"),
        (["00:30", "06:00"], "2026-11-25 00:30", "2026-11-25 06:00"),
        (["00:30", "06:00"], "2026-11-25 06:00", "2026-11-25 06:00"),
        (None, "2026-11-25 03:00", "2026-11-25 03:00"),
    ],
)
def test_a_normal_notice_waits_for_the_end_of_the_quiet_hours(hours: list[str] | None, made: str, shown: str) -> None:
    rules = cast.rules(params={"quiet_hours": hours})
    assert shown_at(local(made), False, rules) == local(shown)
    assert shown_at(local(made), True, rules) == local(made)


def keys(order: cast.Order) -> set[str]:
    return {step.key for step in steps(order, RULES)}


def test_steps_of_a_stopped_clock_are_remembered_while_it_may_run_again() -> None:
    told = {"contact": "reached", "note": "已和住户核对账单"}
    handling = do(order_at("handling"), "first_contact", LIU, "2026-11-23 11:00", **told)
    done = keys(handling)
    replied = do(handling, "reply", MA, "2026-11-24 10:30", **cast.REPLY)
    back = do(replied, "send_back", HE, "2026-11-24 11:00", send_back="not_answered", reason="请写明依据")
    assert still_borne(replied, done) == done
    assert keys(back) - done == set()
    assert due_steps(back, RULES, local("2027-03-01 10:00"), done) == []


def test_a_closed_order_remembers_nothing_and_is_looked_at_no_more() -> None:
    closed = order_at("closed")
    assert still_borne(closed, keys(order_at("handling")) | keys(order_at("callback"))) == frozenset()
    assert next_step(closed, RULES, frozenset()) is None


def test_an_answered_request_is_forgotten_an_open_one_is_not() -> None:
    asked = do(order_at("handling"), "request_return", LIU, "2026-11-23 11:00", **cast.RETURN)
    done = {key for key in keys(asked) if key.startswith("req1:")}
    assert done == {"req1:red", "req1:told"}
    assert still_borne(asked, done) == done
    answered = do(asked, "refuse_return", CHEN, "2026-11-23 11:30", request=1, reason="依法由供热公司牵头")
    assert still_borne(answered, done) == frozenset()


def test_flags_are_remembered_as_long_as_the_order_is_open() -> None:
    assert still_borne(order_at("replied"), {"flag:ageing", "flag:ownerless:6b"}) == {
        "flag:ageing",
        "flag:ownerless:6b",
    }
    marked = do(order_at("handling"), "mark", DU, "2026-11-23 11:00", flag="ageing")
    assert "flag:ageing" not in keys(marked)


def test_it_will_be_late_is_not_said_of_what_is_late() -> None:
    by_key = {
        step.key.split(":")[0] + step.key[step.key.rindex(":") :]: step for step in steps(order_at("handling"), RULES)
    }
    amber, red = by_key["1.handle:amber"], by_key["1.handle:red"]
    assert overtaken(amber, {red.key})
    assert not overtaken(amber, {"1.handle:0:red"})
    assert not overtaken(red, {red.key})


def test_a_moved_limit_has_steps_of_its_own() -> None:
    handling = order_at("handling")
    asked = do(handling, "request_extension", MA, "2026-11-24 10:00", days=5, reason="等待材料")
    extended = do(asked, "agree_extension", CHEN, "2026-11-24 11:00", request=1)
    handle = {key for key in keys(handling) if key.startswith("1.handle")}
    assert len(handle) == 5
    assert keys(extended) & handle == set()
