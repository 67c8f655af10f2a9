"""Times as files write them, as moments in UTC; without a zone they are city time (architecture.md §3)."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, TypeVar

from jiesu.channels.files.records import BadCell

EARLIEST_YEAR: Final = 1990
LATEST_AHEAD: Final = timedelta(days=1)
"""How far after the present an act may lie: clocks differ, and zones are mistaken, by less than a day."""

_T = TypeVar("_T")
_CACHE_SIZE: Final = 200_000
_DAY: Final = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"|(\d{4})年(\d{1,2})月(\d{1,2})日"
    r"|(\d{4})(\d{2})(\d{2})"
    r"|(\d{1,2})/(\d{1,2})/(\d{4})"
)
_CLOCK: Final = re.compile(
    r"[T\s]*(?P<before>上午|下午|AM|PM)?\s*"
    r"(?P<h>\d{1,2})(?:[:时点]\s*(?P<m>\d{1,2})(?:[:分](?:\s*(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?秒?)?)?|[时点])"
    r"\s*(?P<after>上午|下午|AM|PM)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_COMPACT_CLOCK: Final = re.compile(r"[T\s]*(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})?(?P<zone>Z|[+-]\d{2}:?\d{2})?")
_SERIAL: Final = re.compile(r"[2-7]\d{4}(?:\.\d+)?")
_EXCEL_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's day number has no zone
_AFTERNOON: Final = frozenset({"下午", "PM"})
_MORNING: Final = frozenset({"上午", "AM"})


class Moments:
    """Reads the times of one file.

    ``zone`` is the city's; ``now`` bounds what is believable. Days and clock times are remembered, because a
    file repeats them by the thousand and a million rows must not each pay for a parse.
    """

    def __init__(self, zone: tzinfo, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("now must be aware")
        self._zone = zone
        self._days: dict[str, datetime] = {}
        self._spans: dict[str, timedelta] = {}
        self.earliest = datetime(EARLIEST_YEAR, 1, 1, tzinfo=zone).astimezone(UTC)
        self.latest = now.astimezone(UTC) + LATEST_AHEAD

    def read(self, words: str) -> tuple[datetime, bool]:
        """The moment in UTC, and whether only a date was given (then it is the city's midnight).

        Raises BadCell when the words are no time, or one that the calendar does not have.
        """
        day, gap, clock = words.partition(" ")
        midnight = self._days.get(day)
        if midnight is not None:
            if not gap:
                return midnight, True
            span = self._spans.get(clock)
            if span is not None:
                return midnight + span, False
        try:
            return self._parse(unicodedata.normalize("NFKC", words).strip(), day, clock)
        except (ValueError, OverflowError) as impossible:
            raise BadCell("日历上没有这个时间") from impossible

    def believable(self, moment: datetime, *, limit: bool) -> None:
        """Refuse a time before 1990 or after tomorrow.

        A time ``limit`` may lie ahead, however far: other systems write 2059 or 9999 where they set none.
        """
        if moment < self.earliest:
            raise BadCell(f"早于 {EARLIEST_YEAR} 年")
        if moment > self.latest and not limit:
            raise BadCell("在将来")

    def _parse(self, words: str, day: str, clock: str) -> tuple[datetime, bool]:
        if _SERIAL.fullmatch(words):
            return self._serial(float(words))
        found = _DAY.match(words)
        if not found:
            raise BadCell("不是能读的时间")
        date = _civil_date(found)
        rest = words[found.end() :].strip()
        if not rest:
            self._remember_day(words, date)
            return self._local(date), True
        time = _CLOCK.fullmatch(rest) or _COMPACT_CLOCK.fullmatch(rest)
        if not time:
            raise BadCell("不是能读的时间")
        parts = time.groupdict()
        span = _span(parts)
        if parts["zone"]:
            return datetime.fromisoformat(date.isoformat() + _offset(parts["zone"])).astimezone(UTC) + span, False
        if found.end() == len(day) and words == f"{day} {clock}":
            self._remember_day(day, date)
            _remember(self._spans, clock, span)
        return self._local(date + span), False

    def _serial(self, number: float) -> tuple[datetime, bool]:
        seconds = round(number * 86_400)
        return self._local(_EXCEL_EPOCH + timedelta(seconds=seconds)), seconds % 86_400 == 0

    def _local(self, naive: datetime) -> datetime:
        return naive.replace(tzinfo=self._zone).astimezone(UTC)

    def _remember_day(self, day: str, date: datetime) -> None:
        """Keep the day's midnight, unless the zone's offset changes on that day: adding hours would lie."""
        ends = (date.replace(tzinfo=self._zone), (date + timedelta(days=1)).replace(tzinfo=self._zone))
        if ends[0].utcoffset() == ends[1].utcoffset():
            _remember(self._days, day, ends[0].astimezone(UTC))


def _remember(kept: dict[str, _T], words: str, value: _T) -> None:
    if len(kept) >= _CACHE_SIZE:
        kept.clear()
    kept[words] = value


def _civil_date(found: re.Match[str]) -> datetime:
    """Year, month and day in whichever of the four forms was found; ``12/31/2019`` is the American order."""
    numbers = [int(part) for part in found.groups() if part is not None]
    if found.group(12):
        numbers = [numbers[2], numbers[0], numbers[1]]
    return datetime(numbers[0], numbers[1], numbers[2])  # noqa: DTZ001 - the zone is added by the caller


def _span(parts: dict[str, str | None]) -> timedelta:
    """The time since midnight; 13 to 24 o'clock may also be told as 下午 or PM."""
    hour, minute, second = (int(parts.get(part) or 0) for part in "hms")
    half = (parts.get("before") or parts.get("after") or "").upper()
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("no such time of day")
    micro = int((parts.get("f") or "").ljust(6, "0")[:6])
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micro)


def _offset(zone: str) -> str:
    if zone in "Zz":
        return "+00:00"
    return zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
