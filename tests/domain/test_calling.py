"""When the next call counts, what is read aloud, what a reply is held against."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiesu.domain import scripts
from jiesu.domain.calling import Stand, next_try, stand
from jiesu.domain.order import Callback, Order
from jiesu.domain.rules import DEFAULTS
from jiesu.domain.workdays import OFFICE_HOURS, Calendar
from tests.cast import RULES
from tests.city import local

CALENDAR = Calendar(days={}, announced=frozenset({2026}), hours=OFFICE_HOURS)


def tried(*moments: str) -> list[Callback]:
    return [Callback(local(at), "s1", 1, "no_answer") for at in moments]


@pytest.mark.parametrize(
    ("moments", "again"),
    [
        ((), None),
        (("2026-11-23 10:05",), "2026-11-23 11:00"),
        (("2026-11-23 11:30",), "2026-11-23 14:00"),
        (("2026-11-23 19:30",), "2026-11-24 09:00"),
        # Two on one day: the third has to be on another, at an hour that was not used.
        (("2026-11-23 09:10", "2026-11-23 14:10"), "2026-11-24 10:00"),
        (("2026-11-23 10:05", "2026-11-24 09:05"), "2026-11-24 11:00"),
    ],
)
def test_the_next_call_counts_at_another_hour_and_on_another_day(moments: tuple[str, ...], again: str | None) -> None:
    found = next_try(tried(*moments), CALENDAR, dict(DEFAULTS))
    assert found == (local(again) if again else None)


def test_a_city_sets_its_own_hours_of_calling() -> None:
    params = {**DEFAULTS, "callback_hours": [["18:00", "21:00"]]}
    assert next_try(tried("2026-11-23 10:05"), CALENDAR, params) == local("2026-11-23 18:00")


def test_where_every_hour_of_calling_was_used_none_is_proposed() -> None:
    params = {**DEFAULTS, "callback_hours": [["18:00", "19:00"]]}
    assert next_try(tried("2026-11-23 18:05"), CALENDAR, params) is None


def test_a_no_from_before_the_parents_reply_is_asked_again() -> None:
    said, passed = local("2026-11-23 10:05"), local("2026-11-24 11:00")
    no = Callback(said, "s1", 1, "answered", resolved="unresolved", rating="dissatisfied", valid=True)
    child = Order(1, round=1, callbacks=[no])
    assert stand(child, RULES, passed).how == "unhappy"
    assert stand(child, RULES, passed, since=passed) == Stand("call")


def test_the_three_calls_that_the_desk_proposes_are_enough() -> None:
    from jiesu.domain.callbacks import exhausted  # noqa: PLC0415 - beside the rule it must agree with

    made = tried("2026-11-23 10:05")
    for _ in range(2):
        again = next_try(made, CALENDAR, dict(DEFAULTS))
        assert again is not None
        assert not exhausted(made, CALENDAR, dict(DEFAULTS))
        made.append(Callback(again + timedelta(minutes=1), "s1", 1, "busy"))
    assert exhausted(made, CALENDAR, dict(DEFAULTS))


def test_whoever_left_no_name_is_not_rung() -> None:
    assert stand(Order(1, anonymous=True), None, local("2026-11-23 10:00")).how == "nobody"  # type: ignore[arg-type]


def test_a_script_is_the_citys_own_and_what_people_wrote_is_never_read_for_places() -> None:
    values = {"name": "张小凤", "what": "{reply}不热", "unit": "供热公司", "reply": "已修好"}
    own = {"callback_scripts": {"callback": ["{name}您好", "您说{what}，{unit}说{reply}", "{nonsense}"]}}
    assert scripts.lines("callback", values, own) == ["张小凤您好", "您说{reply}不热，供热公司说已修好", "{nonsense}"]
    assert scripts.lines("callback", values, {})[0] == "您好，这里是 12345 热线，请问是张小凤吗？"


def test_every_place_of_every_script_is_known() -> None:
    import re  # noqa: PLC0415

    named = {name for lines in scripts.SCRIPTS.values() for line in lines for name in re.findall(r"\{(\w+)\}", line)}
    assert named <= set(scripts.PLACES)
