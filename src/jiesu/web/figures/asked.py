"""What the address of a board asks for, as far as it means anything: window, slice, columns, order, filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from jiesu.domain import windows
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import DIMENSIONS, SPANS, Profile, RateRule
from jiesu.domain.windows import Window
from jiesu.domain.workdays import CITY_ZONE

# Sets of columns by what a rate counts; the first is what the profile itself puts first.
SETS: Final[Mapping[str, str]] = {
    "main": "主要指标",
    "limit": "各环节时限",
    "rating": "解决和满意",
    "order": "退单、重办、延伸",
    "centre": "热线中心",
}
ORDERS: Final[Mapping[str, str]] = {"best": "好的在前", "worst": "差的在前", "most": "件数多的在前", "name": "按名称"}
SLICES: Final = {code: zh for code, zh in DIMENSIONS.items() if code != "all"}
_FIRST_YEAR, _LAST_YEAR = 2000, 2099


@dataclass(frozen=True, slots=True)
class Asked:
    """``publication``: as that one told it; ``live``: as the record stands though the window is frozen."""

    window: Window
    by: str = "unit"
    columns: str = "main"
    sort: str = ""
    order: str = "best"
    group: str = ""
    publication: int = 0
    live: bool = False

    @property
    def query(self) -> str:
        """The same as an address says it; what is usual is left out."""
        usual = Asked(self.window)
        said = {
            name: getattr(self, name)
            for name in ("by", "columns", "sort", "order", "group", "publication")
            if getattr(self, name) != getattr(usual, name)
        }
        return urlencode({"window": self.window.code, "by": self.by, **said, **({"live": 1} if self.live else {})})

    def but(self, **changed: object) -> str:
        """The address of the same board with something else."""
        return f"?{replace(self, **changed).query}"  # type: ignore[arg-type]


def board(given: Mapping[str, str], now: datetime) -> Asked:
    """The board that an address asks for: this month by unit, unless it says otherwise."""
    publication = given.get("publication", "")
    return Asked(
        window=window(given, now),
        by=given.get("by", "") if given.get("by") in SLICES else "unit",
        columns=given.get("columns", "") if given.get("columns") in SETS else "main",
        sort=given.get("sort", "")[:40],
        order=given.get("order", "") if given.get("order") in ORDERS else "best",
        group=given.get("group", "")[:40],
        publication=int(publication) if publication.isdecimal() and len(publication) < 9 else 0,
        live=given.get("live") == "1",
    )


def window(given: Mapping[str, str], now: datetime, *, span: str = "month") -> Window:
    """By ``window`` (2026-10, 2026-q3 ...), or ``span`` and a day ``on``; without them the one of yesterday: what falls
    today is not counted before it is over."""
    today = now.astimezone(CITY_ZONE).date() - timedelta(days=1)
    if given.get("span") in SPANS:
        return windows.of(given["span"], _day(given.get("on", "")) or today)
    try:
        found = windows.read(given["window"]) if given.get("window") else windows.of(span, today)
    except Refused:
        return windows.of(span, today)
    return found if _FIRST_YEAR < found.first.year < _LAST_YEAR else windows.of(span, today)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if _FIRST_YEAR < found.year < _LAST_YEAR else None


def columns(profile: Profile, wanted: str) -> list[RateRule]:
    """The rates of a set of columns, in the order of the profile."""
    if wanted == "main":
        return [profile.rate(code) for code in profile.main]
    if wanted == "centre":
        return [one for one in profile.rates if one.metric.owner == "centre"]
    return [one for one in profile.rates if one.metric.owner == "unit" and one.metric.table == wanted]


def first_of(rule: RateRule, rates: Sequence[RateRule]) -> RateRule | None:
    """The rate that counts the first answer where this one counts the final one."""
    good = tuple(f"first_{word}" for word in rule.metric.good)
    return next((one for one in rates if one.metric.table == "rating" and one.metric.good == good), None)


def kept(profile: Profile, wanted: str) -> list[RateRule]:
    """What a board of these columns reads: they, the main ones above them, first answers beside final ones."""
    shown = {one.code: one for one in (*columns(profile, "main"), *columns(profile, wanted))}
    for one in list(shown.values()):
        first = first_of(one, profile.rates)
        if first is not None:
            shown.setdefault(first.code, first)
    return list(shown.values())
