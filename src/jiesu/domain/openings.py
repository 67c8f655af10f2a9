"""Openings of personal data, and which of them a data-protection officer looks at first.

Every opening is on record with its reason (domain.md §3), and nobody can read them all: what one person opened on one
day is judged by signs, whose thresholds are the city's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

WHAT: Final = {"reveal": "打开个人信息", "hear": "听录音", "print": "打印", "copy": "导出本人资料"}
SIGNS: Final = {"many": "一天很多", "beside": "没有经手", "night": "夜间"}
DEFAULTS: Final[Mapping[str, Any]] = {
    "openings_many": 30,  # orders in one day
    "openings_beside": 3,  # orders in one day in which the person has no other part
    "openings_night": 1,  # orders in one night, not urgent, with which nothing was done that night
    "openings_night_hours": ["22:00", "06:00"],
}
WATCHING: Final = ("inspector", "dpo")
"""Roles whose work it is to look at orders in which they have no part."""
_THIN: Final = 4


@dataclass(frozen=True, slots=True)
class Day:
    """What one person opened on one day of the city, counted in orders.

    ``beside``: those in which the person made no move, before or after; ``night``: those opened in the night hours that
    were not urgent and with which nothing was done in that night.
    """

    by: str
    day: date
    orders: int
    beside: int
    night: int

    def count(self, sign: str) -> int:
        return self.orders if sign == "many" else int(getattr(self, sign))


def param(params: Mapping[str, Any], name: str) -> Any:
    """A threshold: the city's, else the default."""
    return params.get(name, DEFAULTS[name])


def night(params: Mapping[str, Any]) -> tuple[time, time]:
    """When the night begins and ends, in city time."""
    begins, ends = param(params, "openings_night_hours")
    return time.fromisoformat(begins), time.fromisoformat(ends)


def signs(day: Day, params: Mapping[str, Any]) -> list[str]:
    """Which of ``SIGNS`` a day bears; none: it is as usual."""
    return [sign for sign in SIGNS if day.count(sign) >= param(params, f"openings_{sign}")]


def unusual(days: Iterable[Day], params: Mapping[str, Any]) -> list[tuple[Day, list[str]]]:
    """The days that bear a sign: those with the most signs first, then with the most orders, then the newest."""
    found = [(day, held) for day in days if (held := signs(day, params))]
    return sorted(found, key=lambda one: (-len(one[1]), -one[0].orders, -one[0].day.toordinal(), one[0].by))


def thin(reason: str) -> bool:
    """Whether a reason says next to nothing: fewer than four letters, or one letter over and over."""
    letters = [sign for sign in reason if sign.isalnum()]
    return len(letters) < _THIN or len(set(letters)) < _THIN - 1
