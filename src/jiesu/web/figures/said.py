"""Figures in words and as bars: a change in percentage points, a fraction, an interval, lengths for a picture."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from jiesu.assessment.board import Shown
from jiesu.assessment.explaining import Figure
from jiesu.domain.standing import Share
from jiesu.domain.windows import Window

BEFORE: Final = {"day": "前一天", "week": "上周", "month": "上月", "quarter": "上季", "year": "上年"}
YEAR_BEFORE: Final = {"day": "去年同期", "week": "去年同期", "month": "去年同月", "quarter": "去年同季", "year": "上年"}
NOTHING: Final = "—"


def percent(share: Share | None) -> str:
    """99.85%; a dash with nothing to count."""
    return f"{share.percent}%" if share is not None and share.percent is not None else NOTHING


def fraction(share: Share) -> str:
    """77,794/77,911."""
    held = share.good + share.part
    numerator = f"{share.numerator.normalize():,f}" if share.part and share.weight != 1 else f"{held:,}"
    return f"{numerator}/{share.n:,}"


def numerator(share: Share) -> int | Decimal:
    """Of a rate in which the part counts less, with what is behind the point."""
    return int(share.numerator) if share.numerator == int(share.numerator) else share.numerator


def points(value: Decimal | None) -> str:
    """+0.42; a real minus sign; 0.00 without one."""
    if value is None:
        return ""
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{abs(value):.2f}"


def change(one: Shown, window: Window) -> str:
    """较上月 +0.42 个百分点，同比 −1.30 个百分点; what has nothing to compare with is left out."""
    parts = []
    if one.change is not None:
        parts.append(f"较{BEFORE[window.span]} {points(one.change)} 个百分点")
    # A year's window before is its year before.
    if one.year_change is not None and window.span != "year":
        parts.append(f"同比 {points(one.year_change)} 个百分点")
    return "，".join(parts)


def no_change(one: Shown, window: Window) -> str:
    """Why nothing is compared, for a tile that would stand empty there."""
    return "" if change(one, window) else f"{BEFORE[window.span]}没有可比的数"


def mostly(share: Share) -> str:
    """Which part of a good rate was good only in part."""
    return f"基本 {share.mostly}%" if share.part else ""


def interval(share: Share) -> str:
    """The interval of a rate of few cases."""
    held = share.interval
    return f"95% 区间 {held[0]}%–{held[1]}%" if held else ""


@dataclass(frozen=True, slots=True)
class Bar:
    """Lengths out of 100, as attributes of a picture write them; ``low`` and ``high`` empty where no interval stands,
    ``mean`` where there is nothing to stand beside."""

    length: str
    low: str = ""
    high: str = ""
    mean: str = ""


def bar(share: Share, mean: Share | None = None) -> Bar:
    held = share.interval
    return Bar(
        _of(share.percent),
        _of(held[0]) if held else "",
        _of(held[1]) if held else "",
        _of(mean.percent) if mean is not None and mean.percent is not None else "",
    )


def _of(value: Decimal | None) -> str:
    return f"{min(max(value or Decimal(0), Decimal(0)), Decimal(100)):.2f}"


@lru_cache(maxsize=8192)
def _opens(*names: str) -> str:
    """A board has hundreds of figures, and is looked at again."""
    return reverse("figure", args=names)


def address(figure: Figure, *, publication: int = 0, live: bool = False, profile: str = "", good: str = "") -> str:
    """Where a figure opens."""
    names = [figure.window.code, figure.rate, figure.dimension, figure.code]
    found = _opens(*(names if figure.code else names[:3]))
    if not (publication or live or profile or good):
        return found
    asked = {"publication": publication or "", "live": "1" if live else "", "profile": profile, "good": good}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{found}?{query}" if query else found
