"""The official calendar as data."""

import json
from datetime import date

from jiesu.domain.workdays import Calendar
from jiesu.store.calendar_source import official_calendar


def test_the_year_2026_is_its_exceptions_only() -> None:
    doc = official_calendar([2026])
    moved = [day for day, works in doc["days"].items() if works]
    assert moved == ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
    assert doc["days"]["2026-10-07"] is False
    # A holiday on a weekend is no exception: 3 and 4 October are a Saturday and a Sunday.
    assert "2026-10-03" not in doc["days"]
    assert doc["announced"] == [2026]


def test_a_year_nobody_announced_is_left_to_inference() -> None:
    doc = official_calendar([2003, 2026, 2099])
    assert doc["announced"] == [2026]
    assert {day[:4] for day in doc["days"]} == {"2026"}
    calendar = Calendar.from_doc(json.loads(json.dumps(doc)))
    assert not calendar.is_announced(date(2099, 1, 1))
    assert not calendar.is_workday(date(2099, 1, 1))
    assert calendar.to_doc() == doc
