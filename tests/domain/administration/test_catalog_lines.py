"""Lines of the catalog follow each other by date: one holds on each day, the past is never rewritten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain.administration import catalog
from jiesu.domain.administration.catalog import (
    Line,
    Problem,
    Succession,
    flat,
    holding,
    nested,
    problems,
    succeed,
    uncovered,
)
from jiesu.domain.administration.cells import BadValue
from tests.cast import HEAT, HOUSING, NORTH, PARKS, PARTS, RULES, SOUTH, WATER, rules

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def line(number: int, first: str, last: str | None = None, lead: str = HEAT) -> Line:
    return Line(number, {"effective_from": first, "effective_to": last, "lead": lead})


def after(lines: list[Line], found: Succession, number: int = 90) -> list[Line]:
    """The lines once a succession has happened."""
    ends = dict(found.ends)
    kept = [
        Line(one.id, {**one.thing, "effective_to": ends[one.id]}) if one.id in ends else one
        for one in lines
        if one.id not in found.goes
    ]
    return [*kept, Line(number, found.after)] if found.after else kept


def values(lead: str = HOUSING) -> dict[str, Any]:
    return {"lead": lead, "effective_to": None}


def test_a_line_is_flat_for_people_and_nested_for_rules() -> None:
    doc = {"matter": "heat", "statutory": None, "season": PARTS["catalog"][1]["season"], "lead": HEAT}
    thing = flat(doc)
    assert (thing["season_name"], thing["season_handle"], thing["statutory_name"]) == ("供暖季", [24, "hour"], "")
    assert nested(thing) == doc
    assert nested(flat({**doc, "statutory": {"name": "仲裁", "limit": [60, "day"]}}))["statutory"] == {
        "name": "仲裁", "limit": [60, "day"],
    }  # fmt: skip


def test_another_line_from_a_day_on() -> None:
    held = [line(1, "2026-01-01")]
    found = succeed(held, date(2026, 11, 30), values())
    assert found.ends == ((1, "2026-11-29"),)
    assert found.before == held[0].thing == catalog.held_on(held, TODAY)
    assert catalog.held_on(held, date(2025, 1, 1)) == {}
    assert found.after == {"lead": HOUSING, "effective_to": None, "effective_from": "2026-11-30"}
    assert [one.thing["lead"] for day in (29, 30) if (one := holding(after(held, found), date(2026, 11, day)))] == [
        HEAT, HOUSING,
    ]  # fmt: skip


def test_a_line_that_begins_on_that_day_is_replaced() -> None:
    held = [line(1, "2026-01-01", "2026-11-29"), line(2, "2026-11-30", None, HOUSING)]
    found = succeed(held, date(2026, 11, 30), values(WATER))
    assert (found.goes, found.ends) == ((2,), ())
    assert found.before == held[1].thing


def test_two_futures_are_refused() -> None:
    held = [line(1, "2026-01-01", "2026-11-29"), line(2, "2026-11-30", None, HOUSING)]
    with pytest.raises(BadValue, match="已有 2026-11-30 起生效的条目，请先撤下它"):
        succeed(held, date(2026, 11, 25), values())


def test_a_line_that_has_not_begun_is_taken_down_and_the_one_before_goes_on() -> None:
    held = [line(1, "2026-01-01", "2026-11-29"), line(2, "2026-11-30", "2027-01-31", HOUSING)]
    found = succeed(held, date(2026, 11, 30), None)
    assert (found.ends, found.goes, found.after) == (((1, "2027-01-31"),), (2,), None)
    alone = succeed([held[1]], date(2026, 11, 30), None)
    assert (alone.ends, alone.goes) == ((), (2,))


def test_what_holds_is_ended_and_nothing_is_nothing_to_end() -> None:
    held = [line(1, "2026-01-01")]
    found = succeed(held, date(2026, 12, 1), None)
    assert (found.ends, found.after) == (((1, "2026-11-30"),), None)
    with pytest.raises(BadValue, match="没有可以停用的条目"):
        succeed([line(1, "2026-01-01", "2026-06-30")], date(2026, 12, 1), None)
    first = succeed([], date(2026, 12, 1), values())
    assert (first.before, first.ends) == (None, ())


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=12))
def test_one_line_holds_on_each_day_and_the_past_stays(steps: list[tuple[int, bool]]) -> None:
    lines, today = [line(1, "2026-01-01")], TODAY
    for number, (wait, ends) in enumerate(steps, 2):
        past = [holding(lines, TODAY + DAY * n) for n in range((today - TODAY).days)]
        since = today + DAY * (wait % 5)
        try:
            found = succeed(lines, since, None if ends else values(f"U{number}"))
        except BadValue:
            continue
        lines = after(lines, found, number)
        assert [holding(lines, TODAY + DAY * n) and (holding(lines, TODAY + DAY * n) or lines[0]).thing["lead"]
                for n in range((today - TODAY).days)] == [one and one.thing["lead"] for one in past]  # fmt: skip
        for n in range(60):
            held = [one for one in lines if one.first <= TODAY + DAY * n <= one.last]
            assert len(held) <= 1
        today += DAY * (wait // 5)


# -- what is wrong with all of them


def duties(*more: dict[str, Any]) -> list[dict[str, Any]]:
    blank = {"matter": "heat", "region": "*", "lead": HEAT, "effective_from": "2026-01-01"}
    return [*PARTS["catalog"], *({**blank, **one} for one in more)]


def said(*more: dict[str, Any], **changes: Any) -> list[tuple[str, str, bool]]:
    found = problems(rules(catalog=duties(*more), **changes), TODAY)
    return [(one.matter, one.said, one.grave) for one in found]


def test_a_sound_catalog_has_no_problems() -> None:
    assert problems(RULES, TODAY) == []
    assert said({"matter": "heat.fee", "region": NORTH, "effective_to": "2026-02-01"}) == []


def test_lines_that_nobody_would_ever_use() -> None:
    found = said({"matter": "gone"}, {"region": "R99"}, {"matter": "wages", "effective_from": "2026-01-01"})
    assert ("gone", "事项已停用，这一条永远用不到", False) in found
    assert ("heat", "没有这个区域，这一条永远用不到", False) in found
    twice = said({"region": NORTH}, {"region": NORTH})
    assert twice == [("heat", "和另一条同一天生效，永远用不到", False)]
    over = said({"region": NORTH}, {"region": NORTH, "effective_from": "2026-12-01"})
    assert over == [("heat", "有效期和后一条重叠，重叠的日子用后一条", False)]


def test_lines_by_which_orders_would_go_to_nobody() -> None:
    assert said({"matter": "estate", "lead": "CENTER"}) == [
        ("estate", "牵头单位热线中心已停用或不能承办，工单派不出去", True)
    ]
    assert said({"matter": "estate", "lead": "@subdistrict", "region": SOUTH}) == [
        ("estate", "所在区域没有属地单位，工单派不出去", True)
    ]
    assert said({"matter": "estate", "lead": "@subdistrict", "region": NORTH}) == []
    assert said({"matter": "estate", "assist": [PARKS, "CENTER"]}) == [
        ("estate", "配合单位热线中心已停用或不能承办", False)
    ]


def test_matters_that_the_catalog_says_nothing_of() -> None:
    assert uncovered(RULES, TODAY) == ["estate"]
    assert uncovered(rules(catalog=duties({"matter": "estate", "region": NORTH})), TODAY) == []
    assert uncovered(rules(catalog=duties({"matter": "*"})), TODAY) == []
    assert said({"matter": "*"}) == []
    assert catalog.Problem is Problem
