"""Whom the catalog suggests for an order, how sure that is, and which limits a dispatch would start."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jiesu.domain.order import Order
from jiesu.domain.suggestion import SURE, Suggestion, running, suggest
from tests import cast
from tests.cast import CENTER, FEE, HEAT, HOUSING, MONDAY, NORTH, PARKS, SITE, SOUTH, STALLS, STREET


def suggested(matter: str, region: str = "", excluded: tuple[str, ...] = ()) -> Suggestion:
    return suggest(cast.RULES, Order(1, matter=matter, region=region, kind="help", excluded=list(excluded)), MONDAY)


def test_a_line_for_a_matter_above_is_less_sure() -> None:
    fee = suggested(FEE)
    assert (fee.lead, fee.sure, fee.why) == (HEAT, "branch", "派单目录：供热（全市）")
    assert fee.sure_zh == SURE["branch"] == "按上级事项推定，请核对"


def test_those_who_assist_are_suggested_too() -> None:
    site = suggested(SITE)
    assert (cast.RULES.unit_name(site.lead), [cast.RULES.unit_name(one) for one in site.assist]) == (
        "住建局",
        ["园林中心"],
    )


def test_who_leads_or_has_no_place_or_does_not_handle_is_not_suggested_to_assist() -> None:
    line: dict[str, Any] = {"matter": SITE, "region": "*", "lead": HOUSING, "effective_from": "2026-01-01"}
    line["assist"] = [HOUSING, CENTER, "@subdistrict", PARKS, "GONE", PARKS]
    rules = cast.rules(catalog=[line])
    order = Order(1, matter=SITE, kind="help", region=NORTH)
    here = suggest(rules, order, MONDAY)
    assert (here.lead, here.assist) == (HOUSING, (STREET, PARKS))
    assert suggest(rules, replace(order, region=SOUTH), MONDAY).assist == (PARKS,)


def test_the_subdistrict_of_the_place_leads_where_the_line_says_so() -> None:
    assert suggested(STALLS, NORTH).lead == STREET
    nowhere = suggested(STALLS)
    assert (nowhere.lead, nowhere.sure) == ("", "place")


def test_a_unit_that_gave_it_back_is_named_and_not_suggested() -> None:
    back = suggested(FEE, excluded=(HEAT,))
    assert (back.lead, back.named, back.sure) == ("", HEAT, "excluded")


def test_of_what_the_catalog_says_nothing_a_person_decides() -> None:
    assert suggested("") == Suggestion("none")


def test_the_limits_that_will_run_and_the_assisting_ones_besides() -> None:
    order = Order(1, matter=SITE, kind="complaint")
    alone = running(cast.RULES, order, MONDAY, assisted=False)
    joint = running(cast.RULES, order, MONDAY, assisted=True)
    assert [(one.zh, one.limit.zh()) for one in alone] == [
        ("签收", "1 个工作日"),
        ("办理", "5 个工作日"),
        ("退单期限", "1 个工作日"),
    ]
    assert [(one.zh, one.limit.zh(), one.assisting) for one in joint[len(alone) :]] == [
        ("配合办理", "3 个工作日", True)
    ]
