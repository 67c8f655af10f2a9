"""What the desk shows before anything is registered: the unit the catalog would choose, by which line, how long."""

from __future__ import annotations

from typing import Any

import pytest

from jiesu.domain.preview import NO_LINE, NO_PLACE, Preview, preview
from tests import cast
from tests.cast import COLD, ESTATE, FEE, HEAT, LEAK, MONDAY, NORTH, SITE, SOUTH, STALLS, STREET, local


def shown(**told: Any) -> Preview:
    return preview(cast.RULES, now=told.pop("now", MONDAY), **told)


def test_the_line_of_the_catalog_in_words() -> None:
    found = shown(matter=FEE, kind="consultation")
    assert (found.unit, found.lead, found.assist, found.urgency) == (HEAT, "供热公司", (), "normal")
    assert (found.why, found.legal_basis) == ("派单目录：供热（全市）", "《供热条例》第十条")
    assert found.limit is not None
    assert (found.limit.zh(), found.due) == ("2 个工作日", local("2026-11-25 17:30"))


def test_a_line_with_its_own_limit_and_one_with_others_to_help() -> None:
    leak, site = shown(matter=LEAK), shown(matter=SITE)
    assert leak.limit is not None
    assert (leak.limit.zh(), leak.lead) == ("3 个工作日", "供热公司")
    assert (site.lead, site.assist) == ("住建局", ("园林中心",))


@pytest.mark.parametrize(
    ("now", "kind", "urgency", "limit"),
    [
        (MONDAY, "help", "urgent", "24 小时"),
        (MONDAY, "consultation", "normal", "24 小时"),
        (local("2026-07-01 10:00"), "help", "normal", "5 个工作日"),
    ],
)
def test_in_its_season_a_complaint_is_urgent_and_a_question_is_not(
    now: Any, kind: str, urgency: str, limit: str
) -> None:
    found = shown(matter=COLD, kind=kind, now=now)
    assert found.limit is not None
    assert (found.urgency, found.limit.zh()) == (urgency, limit)


def test_what_a_person_said_of_the_urgency_holds() -> None:
    assert shown(matter=COLD, kind="help", urgency="normal").urgency == "normal"
    assert shown(matter=FEE, kind="help", urgency="emergency").urgency == "emergency"


def test_the_subdistrict_leads_once_the_place_is_known() -> None:
    assert (shown(matter=STALLS).unit, shown(matter=STALLS).why) == ("", NO_PLACE)
    here = shown(matter=STALLS, region=NORTH)
    assert (here.unit, here.lead, here.why) == (STREET, "钢城街道", "派单目录：占道经营（全市）")
    assert shown(matter=STALLS, region=SOUTH).why == NO_PLACE


def test_where_the_catalog_says_nothing_a_person_decides() -> None:
    found = shown(matter=ESTATE, kind="complaint")
    assert (found.unit, found.lead, found.why) == ("", "", NO_LINE)
    assert found.due == local("2026-11-30 17:30")
    assert shown(matter="none") == Preview()
