"""Orders a day as bars of a picture that needs no script: sizes are attributes, each bar is a link with its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_WIDTH: Final = 960
_HEIGHT: Final = 180
_WEEKDAYS: Final = "一二三四五六日"
_LABELS: Final = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A day: where its bar stands in the picture, its words, and where it opens."""

    x: float
    y: float
    width: float
    height: float
    said: str
    label: str
    weekend: bool
    address: str
    n: int


@dataclass(frozen=True, slots=True)
class Bars:
    """The picture, ``width`` by ``height`` units; ``top``: the number at its upper edge, ``mean`` at its line."""

    width: int
    height: int
    top: int
    bars: list[Bar]
    mean: int
    mean_y: float


def bars(found: Mapping[date, int], first: date, last: date, opens: Callable[[date, date], str]) -> Bars:
    """A bar for every day from ``first`` to ``last``, also for those without an order."""
    span = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    top = max((found.get(day, 0) for day in span), default=0) or 1
    step = _WIDTH / len(span)
    every = max(1, len(span) // _LABELS)
    mean = sum(found.get(day, 0) for day in span) / len(span)
    made = [
        Bar(
            round(at * step, 1),
            round(_HEIGHT * (1 - found.get(day, 0) / top), 1),
            round(max(step - 2, 1), 1),
            round(_HEIGHT * found.get(day, 0) / top, 1),
            f"{day.month}月{day.day}日 周{_WEEKDAYS[day.weekday()]} {found.get(day, 0):,} 件",
            f"{day.month}-{day.day}" if at % every == 0 else "",
            day.weekday() >= 5,
            opens(day, day),
            found.get(day, 0),
        )
        for at, day in enumerate(span)
    ]
    return Bars(_WIDTH, _HEIGHT, top, made, round(mean), round(_HEIGHT * (1 - mean / top), 1))
