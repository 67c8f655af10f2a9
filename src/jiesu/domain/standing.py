"""How units stand beside each other: shares, intervals, ranks inside groups, two averages (domain.md §6, Fairness)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import sqrt
from typing import Final, NamedTuple

_CENT: Final = Decimal("0.01")
_Z: Final = 1.959964  # 95 %
FEW: Final = 100  # an interval is shown beside a rate of fewer cases


class Share(NamedTuple):
    """Of ``n`` cases ``good`` are good, and ``part`` in part, each of which is worth ``weight``."""

    n: int
    good: int
    part: int = 0
    weight: Decimal = Decimal(1)

    @property
    def numerator(self) -> Decimal:
        return self.good + self.weight * self.part

    @property
    def exact(self) -> Decimal | None:
        """Per cent, not rounded; None with nothing to count."""
        return 100 * self.numerator / self.n if self.n else None

    @property
    def percent(self) -> Decimal | None:
        """Per cent, two decimals, rounded half up; None with nothing to count."""
        return _percent(self) if self.n else None

    @property
    def mostly(self) -> Decimal | None:
        """Which part of all cases was good only in part (基本满意), per cent; None with nothing to count."""
        return rounded(Decimal(100 * self.part) / self.n) if self.n else None

    @property
    def interval(self) -> tuple[Decimal, Decimal] | None:
        """Wilson's interval of 95 %, per cent, of a rate of few cases; None where there are many, or none."""
        if not 0 < self.n < FEW:
            return None
        p, n, z = float(self.numerator) / self.n, self.n, _Z
        centre, width = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        scale = 100 / (1 + z * z / n)
        low, high = max(0.0, (centre - width) * scale), min(100.0, (centre + width) * scale)
        return rounded(Decimal(low)), rounded(Decimal(high))

    def words(self) -> str:
        """``99.85%（77,794/77,911）``; a dash and the zero where there is nothing to count."""
        shown = "—" if self.percent is None else f"{self.percent}%"
        numerator = f"{self.numerator:,}" if self.weight != 1 and self.part else f"{self.good + self.part:,}"
        return f"{shown}（{numerator}/{self.n:,}）"


@lru_cache(maxsize=16384)
def _percent(share: Share) -> Decimal:
    """A board asks it of each figure for its place, its change and its words."""
    return rounded(100 * share.numerator / share.n)


def rounded(value: Decimal) -> Decimal:
    """Two decimals, half up."""
    return value.quantize(_CENT, rounding=ROUND_HALF_UP)


def points(now: Share, before: Share | None) -> Decimal | None:
    """The change in percentage points of the published figures; None where one of them has nothing to count."""
    if before is None or now.percent is None or before.percent is None:
        return None
    return now.percent - before.percent


def pooled(shares: Iterable[Share]) -> Share:
    """All cases of all units together (合计)."""
    held = list(shares)
    weight = held[0].weight if held else Decimal(1)
    return Share(sum(one.n for one in held), sum(one.good for one in held), sum(one.part for one in held), weight)


def mean(shares: Iterable[Share]) -> Decimal | None:
    """The mean of the units' rates, each unit counting once (单位平均); None where no unit has a case."""
    held = [exact for exact in (one.exact for one in shares) if exact is not None]
    return rounded(sum(held, Decimal(0)) / len(held)) if held else None


@dataclass(frozen=True, slots=True)
class Place:
    """A unit's place among those of its group that have enough cases; ``enough`` False: 样本不足, no place."""

    enough: bool
    place: int | None = None
    among: int = 0


def places(
    shares: Mapping[str, Share], groups: Mapping[str, str], *, least: int, lower_is_better: bool = False, by: str
) -> dict[str, Place]:
    """Each unit's place, 1 the best, equal rates at one place. ``by``: group, city (all units together) or none."""
    sign = 1 if lower_is_better else -1
    held = {unit: sign * (one.percent or Decimal(0)) for unit, one in shares.items() if one.n >= least}
    rivals: dict[str | None, list[Decimal]] = {}
    for unit, percent in held.items():
        rivals.setdefault(None if by == "city" else groups.get(unit), []).append(percent)
    for field in rivals.values():
        field.sort()
    found: dict[str, Place] = {}
    for unit in shares:
        if unit not in held or by == "none":
            found[unit] = Place(unit in held)
            continue
        field = rivals[None if by == "city" else groups.get(unit)]
        found[unit] = Place(True, bisect_left(field, held[unit]) + 1, len(field))
    return found


def best(shares: Mapping[str, Share], *, least: int) -> Sequence[str]:
    """Units with enough cases of which every one is good (满分榜), those with the most cases first."""
    full = [unit for unit, one in shares.items() if one.n >= least and one.numerator == one.n]
    return sorted(full, key=lambda unit: (-shares[unit].n, unit))
