"""A rate is a numerator over a denominator, and always shows both (domain.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

RATES: Final = {
    "response": "响应率",
    "first_contact": "先行联系率",
    "transfer": "转办率",
    "closure": "办结率",
    "on_time": "按时办结率",
    "resolution": "解决率",
    "satisfaction": "满意率",
}
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Rate:
    """``numerator`` of ``denominator``; with nothing to count there is no percentage, not a zero."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> Decimal | None:
        """Per cent with two decimals, rounded half up; None when there is nothing to count."""
        if not self.denominator:
            return None
        exact = Decimal(100 * self.numerator) / Decimal(self.denominator)
        return exact.quantize(_CENT, rounding=ROUND_HALF_UP)

    def words(self) -> str:
        """``99.85 %（77,794/77,911）``, or a dash and the zero."""
        shown = "—" if self.percent is None else f"{self.percent} %"
        return f"{shown}（{self.numerator:,}/{self.denominator:,}）"


def month_window(month: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a civil month ``YYYY-MM`` of the city and the first moment after it."""
    year, _, number = month.partition("-")
    if not (len(year) == 4 and year.isdigit() and len(number) == 2 and number.isdigit() and 1 <= int(number) <= 12):
        raise ValueError(f"月份须写成 2026-10 这样：{month}")
    first = datetime(int(year), int(number), 1, tzinfo=zone)
    after = first.replace(year=first.year + 1, month=1) if first.month == 12 else first.replace(month=first.month + 1)
    return first, after
