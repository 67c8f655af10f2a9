"""What a change would alter: last month's work done again under the rules that would hold, counted exactly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from jiesu.domain.administration import effects
from jiesu.domain.administration.effects import Demand, Effect, Run
from jiesu.domain.rules import Rules
from tests.cast import HOUSING, MONDAY, NORTH, PARTS, RULES, SOUTH, local, order_at, rules

SPAN = "最近 30 天"


def demand(matter: str, n: int, region: str = SOUTH, urgency: str = "normal") -> Demand:
    return Demand(matter, region, "complaint", urgency, n)


def catalog(**changed: dict[str, Any]) -> Rules:
    """The small city with lines of its catalog changed, by matter."""
    return rules(catalog=[{**one, **changed.get(one["matter"].replace(".", "_"), {})} for one in PARTS["catalog"]])


def test_orders_that_would_be_led_by_another_unit() -> None:
    new = catalog(heat={"lead": HOUSING}, heat_leak={"handle": [1, "work_day"]})
    found = effects.rerouted(
        RULES, new, [demand("heat.fee", 7), demand("heat.leak", 3), demand("wages", 2)], MONDAY, SPAN
    )
    assert found == [
        Effect(
            "派单",
            "把最近 30 天派出的 12 件按新目录再派一遍，7 件会换牵头单位。",
            ("现在由", "以后由", "件"),
            (("供热公司", "住建局", "7"),),
        ),
        Effect(
            "办理时限",
            "最近 30 天派出的 12 件里，3 件的办理时限会不同。",
            ("现在", "以后", "件"),
            (("3 个工作日", "1 个工作日", "3"),),
        ),
    ]


def test_orders_that_only_a_person_could_place() -> None:
    new = rules(catalog=[one for one in PARTS["catalog"] if one["matter"] != "wages"])
    (found,) = effects.rerouted(RULES, new, [demand("wages", 4)], MONDAY, SPAN)
    assert found.said.endswith("4 件会换牵头单位。其中 4 件目录里没有单位，只能由派单员指定。")
    assert found.rows == (("住建局", "人工指定", "4"),)
    assert found.heed


def test_nothing_moves_and_nothing_to_compare() -> None:
    (same,) = effects.rerouted(RULES, RULES, [demand("stalls", 5, NORTH), demand("stalls", 1)], MONDAY, SPAN)
    assert same == Effect("派单", "把最近 30 天派出的 6 件按新目录再派一遍，牵头单位都不变。")
    (none,) = effects.rerouted(RULES, RULES, [], MONDAY, SPAN)
    assert none.said == "最近 30 天没有派出过这些事项的工单，没有可以比的。"


def run(start: str, acted: str | None, urgency: str = "normal") -> Run:
    return Run("complaint", urgency, "estate", SOUTH, local(start), local(acted) if acted else None)


def limits(clock: str, limit: list[Any] | None) -> Rules:
    """The small city with another limit for the normal orders of a clock; None: with none."""
    others = [one for one in PARTS["limits"] if one["clock"] != clock or one["urgency"] not in ("*", "normal")]
    return rules(limits=[*others, *([{"clock": clock, "kind": "*", "urgency": "*", "limit": limit}] if limit else [])])


RUNS = [
    run("2026-11-16 10:00", "2026-11-16 16:00"),  # within hours
    run("2026-11-16 10:00", "2026-11-17 16:00"),  # on the next day, in time by a working day
    run("2026-11-16 10:00", "2026-11-20 10:00"),  # late either way
    run("2026-11-16 10:00", None),  # still waits
    run("2026-11-16 10:00", "2026-11-16 10:20", "urgent"),
]


def test_clocks_of_last_month_wound_up_again() -> None:
    new = limits("acknowledge", [8, "hour"])
    found = effects.retimed(RULES, new, "acknowledge", "签收", RUNS, MONDAY, MONDAY, SPAN)
    assert found.said == (
        "最近 30 天的 5 件按新时限再算一遍：0 件到期更晚，4 件更早；按当时的实际，按时变超期 1 件，超期变按时 0 件。"
    )
    assert found.rows == (("1 个工作日", "8 小时", "4"),)
    assert found.heed
    longer = effects.retimed(
        RULES, limits("acknowledge", [6, "work_day"]), "acknowledge", "签收", RUNS, MONDAY, MONDAY, SPAN
    )
    assert "4 件到期更晚，0 件更早；按当时的实际，按时变超期 0 件，超期变按时 2 件" in longer.said
    assert not longer.heed
    never = effects.retimed(RULES, limits("acknowledge", None), "acknowledge", "签收", RUNS, MONDAY, MONDAY, SPAN)
    assert never.rows == (("1 个工作日", "不计时", "4"),)


def test_clocks_that_stay_and_clocks_that_never_ran() -> None:
    assert effects.retimed(RULES, RULES, "handle", "办理", RUNS, MONDAY, MONDAY, SPAN).said == (
        "最近 30 天的 5 件按新时限再算一遍，都不受影响。"
    )
    assert effects.retimed(RULES, RULES, "handle", "办理", [], MONDAY, MONDAY, SPAN).said == (
        "最近 30 天没有用过这个时钟，没有可以比的。"
    )


def test_an_example_says_both_days() -> None:
    sorts = [("complaint", "normal"), ("consultation", "normal")]
    told = effects.example(RULES, limits("handle", [7, "work_day"]), "handle", sorts, MONDAY)
    assert told is not None
    assert told.rows == (
        ("complaint", "normal", "下周一 17:30 前", "下周三 17:30 前"),
        ("consultation", "normal", "周三 17:30 前", "下周三 17:30 前"),
    )
    gone = effects.example(RULES, limits("ruling", None), "ruling", sorts[:1], MONDAY)
    assert gone is not None
    assert gone.rows == (("complaint", "normal", "明天 17:30 前", "不计时"),)
    assert effects.example(RULES, RULES, "handle", sorts, MONDAY) is None


def test_open_orders_whose_deadlines_would_be_recalculated_otherwise() -> None:
    open_orders = [order_at("handling"), order_at("dispatched")]
    days = {**PARTS["calendar"]["days"], "2026-11-25": False}
    storm = rules(calendar={"days": days})
    found = effects.recounted(storm, open_orders, 9, MONDAY)
    assert found.said.startswith("看了在办的 2 件（一共 9 件），2 件的时限会不同。")
    assert found.heed
    assert effects.recounted(RULES, open_orders, 2, MONDAY).said == "看了在办的 2 件，重算后时限都不变。"


def test_lines_that_name_a_unit() -> None:
    assert effects.catalog_lines(RULES, HOUSING, MONDAY) == (2, 1)
    assert effects.catalog_lines(RULES, HOUSING, MONDAY + timedelta(days=1)) == (2, 1)
