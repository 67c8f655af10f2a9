"""What the clock tick has to do for an order: each step once, at its moment, however late the tick comes."""

from __future__ import annotations

import pytest

from jiesu.domain.apply import apply
from jiesu.domain.decide import decide
from jiesu.domain.order import SYSTEM, Event, Order
from jiesu.domain.supervision import Step, next_step, steps
from jiesu.domain.words import OPEN_STATES
from tests.cast import (
    CAI,
    CENTER,
    CHEN,
    DU,
    FANG,
    HEAT,
    HOUSING,
    LIU,
    LUO,
    MA,
    NUMBER,
    RESIDENT,
    RETURN,
    RULES,
    SHEN,
    WATER,
    XU,
    do,
    local,
    order_at,
)
from tests.domain.test_callbacks import NO, passed
from tests.domain.test_handling import PROMISE


def listed(order: Order, *, of: str = "") -> list[tuple[str, str, str, str]]:
    """(city time, act, to whom, words) of the steps whose key begins with ``of``."""
    found = []
    for step in steps(order, RULES):
        if step.key.startswith(of):
            at = step.at.astimezone(RULES.calendar.zone)
            found.append((f"{at:%m-%d %H:%M}", step.act, f"{step.role}@{step.unit}".strip("@"), step.words))
    return found


def keys(order: Order) -> list[str]:
    return [step.key for step in steps(order, RULES)]


def test_a_normal_order_that_nobody_acknowledges() -> None:
    # Amber: of 350 + 420 minutes three quarters end 227.5 into the 24th; of 350 + 5 x 420 as far into the 27th.
    # Red and the ladder begin a microsecond after 17:30; four working hours later nobody owns the order.
    assert listed(order_at("dispatched")) == [
        ("11-24 14:17", "remind", "unit_clerk@HEAT", "签收将超期"),
        ("11-24 17:30", "remind", "unit_clerk@HEAT", "签收已超期"),
        ("11-24 17:30", "urge", "", "签收"),
        ("11-25 14:30", "mark", "", "悬空"),
        ("11-25 17:30", "supervise", "", "签收"),
        ("11-27 14:17", "remind", "unit_clerk@HEAT", "办理将超期"),
        ("11-27 17:30", "escalate", "", "签收"),
        ("11-30 17:30", "remind", "unit_clerk@HEAT", "办理已超期"),
        ("11-30 17:30", "urge", "", "办理"),
        ("12-01 17:30", "supervise", "", "办理"),
        ("12-03 17:30", "escalate", "", "办理"),
        ("12-23 23:59", "mark", "", "久拖"),
    ]


def test_an_urgent_order_goes_by_natural_time_and_by_phone() -> None:
    order = do(order_at("received"), "accept", CHEN, "2026-11-23 22:00", urgency="urgent")
    order = do(order, "dispatch", CHEN, "2026-11-23 22:05", lead=HEAT)
    assert listed(order, of="1.acknowledge") == [
        ("11-23 22:20", "remind", "duty@HEAT", "请电话通知值班员签收"),
        ("11-23 22:27", "remind", "unit_clerk@HEAT", "签收将超期"),
        ("11-23 22:35", "remind", "unit_clerk@HEAT", "签收已超期"),
        ("11-23 22:35", "urge", "", "签收"),
        ("11-24 00:35", "supervise", "", "签收"),
        ("11-24 06:35", "escalate", "", "签收"),
    ]
    assert listed(order, of="1.interim") == [
        ("11-24 16:05", "remind", "unit_clerk@HEAT", "阶段反馈将超期"),
        ("11-24 22:05", "remind", "unit_clerk@HEAT", "阶段反馈已超期"),
    ]


def test_in_an_emergency_the_duty_officer_is_phoned_at_once() -> None:
    order = do(order_at("received"), "accept", CHEN, "2026-11-23 22:00", urgency="emergency")
    order = do(order, "dispatch", CHEN, "2026-11-23 22:05", lead=HEAT)
    assert listed(order)[0] == ("11-23 22:05", "remind", "duty@HEAT", "请电话通知值班员签收")


def test_the_centre_is_reminded_of_its_own_clocks_and_its_supervisor_told() -> None:
    assert listed(order_at("accepted"), of="dispatch") == [
        ("11-23 10:27", "remind", "dispatcher@CENTER", "派单将超期"),
        ("11-23 10:35", "remind", "dispatcher@CENTER", "派单已超期"),
        ("11-23 10:35", "remind", "supervisor@CENTER", "派单已超期"),
    ]
    assert listed(order_at("accepted"), of="flag:ownerless") == [("11-23 16:05", "mark", "", "悬空")]
    assert listed(order_at("shelved"), of="shelf_review") == [
        ("12-15 22:22", "remind", "supervisor@CENTER", "挂账即将到复核日期"),
        ("12-23 10:00", "remind", "supervisor@CENTER", "挂账到复核日期，请复核"),
    ]


def test_details_that_do_not_come_let_the_order_go_on() -> None:
    order = order_at("needs_details")
    [step] = [step for step in steps(order, RULES) if step.act == "details_timeout"]
    made = decide(order, step.act, SYSTEM, dict(step.facts), RULES, step.at)
    assert isinstance(made, Event)
    assert apply(order, made).state == "accepted"


def test_a_ruling_that_does_not_come_is_ownerless_too() -> None:
    assert listed(order_at("ruling"), of="ruling")[1:] == [
        ("11-24 17:30", "remind", "arbiter@CENTER", "裁定已超期"),
        ("11-24 17:30", "remind", "supervisor@CENTER", "裁定已超期"),
    ]
    assert listed(order_at("ruling"), of="flag:ownerless") == [("11-25 14:30", "mark", "", "悬空")]


def test_a_slow_assisting_leg_is_told_to_the_supervisor_and_marked_once() -> None:
    order = do(order_at("handling"), "add_leg", CHEN, "2026-11-23 11:00", unit=WATER, reason="关阀")
    assert listed(order, of="2.handle") == [
        ("11-26 09:30", "remind", "unit_clerk@WATER", "办理将超期"),
        ("11-26 17:30", "mark", "", "配合超期"),
        ("11-26 17:30", "remind", "unit_clerk@WATER", "办理已超期"),
        ("11-26 17:30", "remind", "supervisor@CENTER", "配合单位已超期"),
    ]
    marked = do(order, "mark", SYSTEM, flag="leg_late")
    assert [act for _, act, _, _ in listed(marked, of="2.handle")] == ["remind", "remind", "remind"]


def test_a_whistle_that_is_missed() -> None:
    facts = {"units": [HOUSING, WATER], "meet_place": "换热站", "meet_at": local("2026-11-24 09:00"), "reason": "漏水"}
    order = do(order_at("handling"), "whistle", LIU, "2026-11-23 11:00", **facts)
    assert listed(order, of="req1") == [
        ("11-23 16:30", "remind", "unit_clerk@HOUSING", "吹哨到期未答"),
        ("11-23 16:30", "remind", "unit_clerk@WATER", "吹哨到期未答"),
        ("11-23 16:30", "remind", "supervisor@CENTER", "吹哨到期未答"),
        ("11-24 09:00", "mark", "", "吹哨未到"),
    ]
    order = do(order, "report_in", XU, request=1)
    assert [to for _, _, to, _ in listed(order, of="req1")] == ["unit_clerk@WATER", "supervisor@CENTER", ""]
    missed = do(order, "mark", SYSTEM, flag="whistle_missed")
    assert [act for _, act, _, _ in listed(missed, of="req1")] == ["remind", "remind"]
    assert listed(do(order, "report_in", LUO, request=1), of="req1") == []


def test_requests_remind_those_who_decide_them() -> None:
    order = do(order_at("handling"), "request_extension", MA, "2026-11-23 11:00", days=3, reason="等料")
    order = do(order, "request_shelve", MA, plan="等", review_date=local("2026-12-23 10:00"))
    order = do(order, "instruct", SHEN, instruction="今天解决", unit=HEAT)
    order = do(order, "request_exemption", MA, exemption="no_means", reason="无管线")
    assert [to for _, _, to, _ in listed(order, of="req1")] == ["dispatcher@CENTER", "supervisor@CENTER"]
    assert [to for _, _, to, _ in listed(order, of="req2")] == ["supervisor@CENTER"]
    assert [to for _, _, to, _ in listed(order, of="req3")] == ["unit_clerk@HEAT", "supervisor@CENTER"]
    assert listed(order, of="req4") == []


def returned(times: int) -> Order:
    order = order_at("handling")
    for no, (clerk, unit) in enumerate([(LIU, WATER), (LUO, HOUSING)][:times], 1):
        if no > 1:
            order = do(do(order, "dispatch", CHEN, lead=WATER, basis="管网"), "acknowledge", LUO)
        order = do(order, "request_return", clerk, **{**RETURN, "proper_unit": unit})
        order = do(order, "agree_return", CHEN, request=no)
    return order


def test_an_order_that_bounces_is_marked_at_once() -> None:
    assert "flag:bouncing" not in keys(returned(1))
    order = returned(2)
    assert [step.at for step in steps(order, RULES) if step.key == "flag:bouncing"] == [order.last_at]
    assert "flag:bouncing" not in keys(do(order, "mark", SYSTEM, flag="bouncing"))


def test_three_units_without_a_lead_are_a_hard_case_for_a_higher_level() -> None:
    order = do(returned(2), "refer_to_ruling", CHEN, reason="两家都退")
    order = do(order, "rule", CAI, lead=HOUSING, legal_basis="三定方案")
    assert "flag:hard_case" not in keys(order)
    order = do(order, "withdraw", RESIDENT, reason="算了")
    order = do(order, "reopen", CHEN, ground="new_facts", reason="又坏了")
    assert "flag:hard_case" in keys(order)
    order = do(order, "mark", SYSTEM, flag="hard_case")
    assert "flag:hard_case" not in keys(order)
    [step] = [step for step in steps(order, RULES) if step.key == "flag:hard_case:escalate"]
    assert (step.act, step.words, step.at) == ("escalate", "疑难件", order.last_at)
    assert "flag:hard_case:escalate" not in keys(do(order, "escalate", SYSTEM))


def test_what_stands_still_needs_no_step_and_a_flag_no_second() -> None:
    order = do(order_at("dispatched"), "mark", SYSTEM, flag="ownerless")
    order = do(order, "mark", SYSTEM, flag="ageing")
    assert [key for key in keys(order) if key.startswith("flag:")] == []
    assert steps(order_at("closed"), RULES) == []
    assert steps(Order(NUMBER, state="accepted"), RULES) == []


def test_what_is_still_called_after_the_closing() -> None:
    withdrawn = do(order_at("handling"), "withdraw", RESIDENT, "2026-11-23 15:00", reason="已好")
    assert listed(withdrawn) == [
        ("11-26 16:52", "remind", "callback_clerk@CENTER", "撤诉核实将超期"),
        ("11-27 17:30", "remind", "callback_clerk@CENTER", "撤诉核实已超期"),
        ("11-27 17:30", "remind", "supervisor@CENTER", "撤诉核实已超期"),
    ]
    assert listed(do(withdrawn, "confirm_withdrawal", FANG, pressed=False)) == []
    promised = do(passed(**PROMISE), "callback_attempt", FANG, "2026-11-25 09:30", **NO)
    promised = do(promised, "close_with_promise", FANG, "2026-11-25 09:35")
    # A promise is asked about when it is due; nobody is late yet.
    assert listed(promised)[1:] == [("12-10 17:30", "remind", "callback_clerk@CENTER", "承诺到期，请回访核实")]


@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_no_step_has_anothers_key_and_they_come_in_order(state: str) -> None:
    found = steps(order_at(state), RULES)
    assert len({step.key for step in found}) == len(found)
    assert [step.at for step in found] == sorted(step.at for step in found)
    assert all(len(step.key) <= 60 for step in found)


def test_a_clock_that_starts_anew_has_keys_of_its_own() -> None:
    recalled = do(order_at("dispatched"), "recall", CHEN, "2026-11-23 11:00", reason="派错")
    assert not set(keys(recalled)) & set(keys(order_at("accepted"))) - {"flag:ageing"}


# -- a tick


def tick(order: Order, done: set[str], now: str) -> tuple[Order, list[str]]:
    """One sweep: make or say every step that is due and was not done, until none is left."""
    acted: list[str] = []
    while True:
        due = [step for step in steps(order, RULES) if step.at <= local(now) and step.key not in done]
        if not due:
            return order, acted
        order = _take(order, due[0], now)
        done.add(due[0].key)
        acted.append(due[0].act)


def _take(order: Order, step: Step, now: str) -> Order:
    if step.act == "remind":
        return order
    made = decide(order, step.act, SYSTEM, {**dict(step.facts), "step": step.key}, RULES, local(now))
    assert isinstance(made, Event)
    return apply(order, made)


def test_a_late_tick_catches_up_and_a_second_one_finds_nothing() -> None:
    done: set[str] = set()
    order, acted = tick(order_at("dispatched"), done, "2026-11-28 09:00")
    assert acted == ["remind", "remind", "urge", "mark", "supervise", "remind", "escalate"]
    assert (order.ladder, order.flags, order.state) == (3, ["ownerless"], "dispatched")
    assert tick(order, done, "2026-11-28 09:00") == (order, [])


def test_many_ticks_do_what_one_late_tick_does() -> None:
    done: set[str] = set()
    order, acted = order_at("dispatched"), []
    for now in ("2026-11-24 16:00", "2026-11-24 18:00", "2026-11-25 20:00", "2026-11-27 18:00", "2026-11-28 09:00"):
        order, more = tick(order, done, now)
        acted.append(more)
    assert acted == [["remind"], ["remind", "urge"], ["mark", "supervise"], ["remind", "escalate"], []]
    assert (order.ladder, order.flags) == (3, ["ownerless"])


def test_when_the_tick_has_to_look_again() -> None:
    order = order_at("dispatched")
    first = steps(order, RULES)[0]
    assert next_step(order, RULES, frozenset()) == first.at
    assert next_step(order, RULES, frozenset({first.key})) == steps(order, RULES)[1].at
    assert next_step(order, RULES, frozenset(keys(order))) is None
    assert RULES.params["centre"] == CENTER
    assert next_step(do(order, "note", DU, note="看过"), RULES, frozenset()) == first.at
