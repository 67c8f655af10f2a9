"""The rules snapshot: limits by precedence, seasons, declared events, the catalog, and an id by content."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jiesu.domain.clocks import Limit
from jiesu.domain.duties import Catalog, Duty, duty_from_doc
from jiesu.domain.order import Order
from jiesu.domain.rules import Rules, canonical
from tests.cast import (
    CITY,
    COLD,
    FEE,
    HEAT,
    HOUSING,
    MONDAY,
    NORTH,
    NUMBER,
    PARTS,
    RULES,
    SITE,
    SOUTH,
    STALLS,
    STREET,
    WAGES,
    WATER,
    local,
    parts,
    rules,
)


def limit(clock: str, by: Rules = RULES, at: str = "2026-11-23 10:00", **facts: Any) -> Limit | None:
    return by.limit(clock, replace(Order(NUMBER, kind="complaint", matter="estate"), **facts), local(at))


# -- limits


def test_emergency_before_catalog_before_urgency_before_kind() -> None:
    rows = [*PARTS["limits"], {"clock": "handle", "kind": "*", "urgency": "emergency", "limit": [4, "hour"]}]
    rows.append({"clock": "handle", "kind": "*", "urgency": "urgent", "limit": [24, "hour"]})
    city = rules(limits=rows)
    leak = {"matter": "heat.leak"}
    assert limit("handle", city, **leak, urgency="emergency") == Limit(4, "hour")
    assert limit("handle", city, **leak, urgency="urgent") == Limit(3, "work_day")
    assert limit("handle", city, urgency="urgent", kind="consultation") == Limit(24, "hour")
    assert limit("handle", city, kind="consultation") == Limit(2, "work_day")
    assert limit("handle", city) == Limit(5, "work_day")
    # Without a limit of its own an emergency has the catalog's.
    assert limit("handle", **leak, urgency="emergency") == Limit(3, "work_day")
    assert limit("tea") is None
    assert RULES.start("tea", Order(NUMBER), MONDAY) is None


def test_a_season_has_its_own_limit_and_runs_over_new_year() -> None:
    assert [limit("handle", matter=COLD, at=at) for at in ("2026-10-19 10:00", "2026-10-20 10:00")] == [
        Limit(5, "work_day"),
        Limit(24, "hour"),
    ]
    assert [limit("handle", matter=COLD, at=at) for at in ("2027-04-20 10:00", "2027-04-21 10:00")] == [
        Limit(24, "hour"),
        Limit(5, "work_day"),
    ]
    flood = {"name": "汛期", "from": "06-01", "to": "09-30", "handle": [12, "hour"]}
    city = rules(catalog=[{"matter": "estate", "lead": HOUSING, "season": flood, "handle": [7, "work_day"]}])
    assert limit("handle", city, at="2026-07-01 10:00") == Limit(12, "hour")
    assert limit("handle", city, at="2026-10-01 10:00") == Limit(7, "work_day")


def test_a_declared_storm_lengthens_what_is_not_urgent() -> None:
    storm = {
        "from": "2026-11-22T16:00:00Z",
        "to": "2026-11-24T16:00:00Z",
        "clocks": ["handle", "first_contact"],
        "factor": 2,
    }
    city = rules(declared=[storm])
    assert limit("handle", city) == Limit(10, "work_day")
    assert limit("acknowledge", city) == Limit(1, "work_day")
    assert limit("handle", city, at="2026-11-25 00:00") == Limit(5, "work_day")
    assert limit("first_contact", city, urgency="urgent") == Limit(2, "hour")


def test_a_city_that_counts_the_day_of_dispatch() -> None:
    order = Order(NUMBER, kind="complaint")
    counted = rules(params={"count_start_day": True})
    assert counted.start("handle", order, MONDAY)[0] == "2026-11-27T09:30:00Z"  # type: ignore[index]
    assert RULES.start("handle", order, MONDAY) == ["2026-11-30T09:30:00Z", "2026-11-27T06:15:00Z", 5, "work_day"]


def test_an_assisting_leg_without_a_lead_limit_has_none() -> None:
    assert rules(limits=[]).assist_limit(Order(NUMBER), MONDAY) is None


# -- the catalog


def test_the_deeper_matter_then_the_nearer_place_then_the_later_line() -> None:
    lines = [
        {"matter": "*", "lead": STREET},
        {"matter": "heat", "lead": HEAT},
        {"matter": "heat", "region": NORTH, "lead": HOUSING},
        {"matter": "heat.fee", "region": CITY, "lead": WATER},
        {"matter": "heat.fee", "region": CITY, "lead": HEAT, "effective_from": "2026-12-01"},
        {"matter": "site", "lead": HOUSING, "effective_to": "2026-11-30"},
    ]
    catalog = rules(catalog=lines).catalog

    def led(matter: str, region: str, on: date) -> str | None:
        found = catalog.find(matter, region, on)
        return found.lead if found else None

    november, december = date(2026, 11, 23), date(2026, 12, 1)
    assert led(FEE, NORTH, november) == WATER
    assert led(FEE, SOUTH, december) == HEAT
    assert led("heat.leak", NORTH, november) == HOUSING
    assert led("heat.leak", "", november) == HEAT
    assert (led(SITE, NORTH, november), led(SITE, NORTH, december)) == (HOUSING, STREET)
    assert Catalog([], {}).find("heat", NORTH, november) is None


def test_a_line_of_the_catalog_from_its_document() -> None:
    assert duty_from_doc({"matter": "tea", "lead": HEAT}) == Duty("tea", "*", HEAT)
    wages = RULES.duty(Order(NUMBER, matter=WAGES), MONDAY)
    assert wages is not None
    assert (wages.statutory, wages.fields, wages.must_lead) == (
        {"name": "劳动保障监察", "limit": [60, "day"]},
        ("statutory_number",),
        False,
    )
    cold = RULES.duty(Order(NUMBER, matter=COLD), MONDAY)
    assert cold is not None
    assert cold.season is not None
    assert (cold.season.name, cold.season.urgency) == ("供暖季", "urgent")
    assert RULES.duty(Order(NUMBER), MONDAY) is None


def test_the_subdistrict_of_a_place_and_of_the_places_around_it() -> None:
    stalls = RULES.duty(Order(NUMBER, matter=STALLS), MONDAY)
    assert stalls is not None
    assert RULES.catalog.lead(stalls, NORTH) == STREET
    assert RULES.catalog.lead(stalls, SOUTH) is None
    circle = Catalog([], {"A": {"parent": "B"}, "B": {"parent": "A"}})
    assert circle.lead(stalls, "A") is None


# -- the snapshot


def test_a_snapshots_id_is_its_content() -> None:
    assert rules().id == RULES.id
    assert len(RULES.id) == 32
    assert rules(params={"chase_warning": 2}).id != RULES.id
    assert canonical({"b": 1, "a": "供热"}) == '{"a":"供热","b":1}'.encode()


def test_a_snapshot_knows_units_by_name() -> None:
    assert (RULES.unit_name(HEAT), RULES.unit_name("MOON")) == ("供热公司", "MOON")
    assert [RULES.can_handle(unit) for unit in (HEAT, "CENTER", "HEAT-1", "MOON")] == [True, False, False, False]
    long = rules(units=[{"code": "X", "name": "市某局", "kind": "bureau"}])
    assert long.unit_name("X") == "市某局"


def test_every_part_is_needed() -> None:
    short = parts()
    del short["declared"]
    with pytest.raises(KeyError, match="declared"):
        Rules.from_parts(short)


def test_units_are_compared_among_their_kind_and_size() -> None:
    units = [{**one, "size": "large"} if one["code"] == HEAT else one for one in PARTS["units"]]
    grown = rules(units=units)
    assert (grown.group_of(HEAT), grown.group_of(WATER), grown.group_of("NOWHERE")) == (
        "company:large",
        "company:middle",
        "",
    )
    assert grown.id != RULES.id
