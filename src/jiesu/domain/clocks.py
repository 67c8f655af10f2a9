"""Limits and clocks: when a limit ends, how much of it is used, when it turns amber, and how that is said.

Limits are data (domain.md §4). `now` and the calendar are arguments; a naive datetime is a ValueError.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import ceil, isfinite
from typing import Literal, get_args

from jiesu.domain.workdays import CITY_ZONE, Calendar, require_aware

Measure = Literal["min", "hour", "work_hour", "work_day", "day"]
Colour = Literal["green", "amber", "red"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
AMBER_PART = 0.75

_WORDS: dict[Measure, str] = {
    "min": "分钟",
    "hour": "小时",
    "work_hour": "个工作小时",
    "work_day": "个工作日",
    "day": "个自然日",
}
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time in a measure: natural minutes and hours, working hours, working days, calendar days.

    Amounts are positive; days are whole. Anything else is a ValueError, as is an unknown measure.
    """

    amount: float
    measure: Measure

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise ValueError(f"unknown measure {self.measure!r}: one of {', '.join(MEASURES)}")
        if isinstance(self.amount, bool) or not isfinite(self.amount) or self.amount <= 0:
            raise ValueError(f"a limit must be a positive amount: {self.amount!r}")
        if self.amount == int(self.amount):
            object.__setattr__(self, "amount", int(self.amount))
        elif self.measure in ("work_day", "day"):
            raise ValueError(f"a limit in days must be whole: {self.amount!r}")

    def to_doc(self) -> list[float | str]:
        """`[amount, measure]`, JSON-able."""
        return [self.amount, self.measure]

    @classmethod
    def from_doc(cls, doc: Sequence[object]) -> "Limit":
        """The limit that `to_doc` wrote; ValueError when the document is not one."""
        match doc:
            case [int() | float() as amount, "min" | "hour" | "work_hour" | "work_day" | "day" as measure]:
                return cls(amount, measure)
        raise ValueError(f"not a limit, which is [amount, measure]: {doc!r}")

    def zh(self) -> str:
        """As people say it: 5 个工作日, 30 分钟, 4 个工作小时."""
        return f"{self.amount} {_WORDS[self.measure]}"


def deadline(start: datetime, limit: Limit, calendar: Calendar, *, count_start: bool = False) -> datetime:
    """The moment (UTC) at which `limit`, begun at `start`, ends; always later than `start`.

    Working days end at the close of work, calendar days at 23:59:59 of the n-th day after the starting day;
    `count_start` counts the starting day too. Minutes and hours run from `start` itself. Source: domain.md
    §4.
    """
    match limit.measure:
        case "work_day":
            return calendar.add_working_days(start, int(limit.amount), count_start=count_start)
        case "day":
            return calendar.add_calendar_days(start, int(limit.amount), count_start=count_start)
        case "work_hour":
            return calendar.add_working_minutes(start, limit.amount * 60)
        case "hour":
            return require_aware(start).astimezone(UTC) + timedelta(hours=limit.amount)
    return require_aware(start).astimezone(UTC) + timedelta(minutes=limit.amount)


def ends(
    start: datetime, limit: Limit, calendar: Calendar, part: float, *, count_start: bool = False
) -> tuple[datetime, datetime]:
    """`deadline`, and the moment (UTC) at which `part` (0..1) of the limit is used in its own measure.

    The same as `moment_at` for that deadline, at the price of one of them.
    """
    _require_part(part)
    match limit.measure:
        case "work_day":
            return calendar.working_days_and_part(start, int(limit.amount), part, count_start=count_start)
        case "work_hour":
            return calendar.working_minutes_and_part(start, limit.amount * 60, part)
    due = deadline(start, limit, calendar, count_start=count_start)
    return due, start.astimezone(UTC) + (due - start) * part


def share(start: datetime, due: datetime, now: datetime, measure: Measure, calendar: Calendar) -> float:
    """The used part of a limit in its own measure: 0.0 until `start`, 1.0 at `due`, more after it.

    For working measures only working time counts, so that it stands still at night. A limit without any time
    in it is used up (1.0) from `due` on.
    """
    if measure in ("work_hour", "work_day"):
        used, whole = (calendar.working_minutes_between(start, end) for end in (now, due))
    else:
        used, whole = ((require_aware(end) - require_aware(start)).total_seconds() for end in (now, due))
    if whole <= 0:
        return 1.0 if now >= due else 0.0
    return max(0.0, used / whole)


def moment_at(start: datetime, due: datetime, measure: Measure, calendar: Calendar, part: float) -> datetime:
    """The moment (UTC) at which `part` (0..1) of the time from `start` to `due` is used, in that measure.

    Never before `start`, never after `due`; `due` itself when it is not after `start`.
    """
    _require_part(part)
    start, due = require_aware(start).astimezone(UTC), require_aware(due).astimezone(UTC)
    if due <= start:
        return due
    if measure in ("work_hour", "work_day"):
        return calendar.working_part(start, due, part)
    return start + (due - start) * part


def amber_at(
    start: datetime, limit: Limit, calendar: Calendar, part: float = AMBER_PART, *, count_start: bool = False
) -> datetime:
    """The moment at which a limit turns amber: 75 % of it used in its own measure (domain.md §4)."""
    return ends(start, limit, calendar, part, count_start=count_start)[1]


def half_at(start: datetime, limit: Limit, calendar: Calendar, *, count_start: bool = False) -> datetime:
    """The moment at which half of a limit is used, when the duty officer is phoned (domain.md §4)."""
    return amber_at(start, limit, calendar, 0.5, count_start=count_start)


def _require_part(part: float) -> None:
    if not 0 <= part <= 1:
        raise ValueError(f"part of a limit must lie between 0 and 1: {part}")


def scale(limit: Limit, factor: float) -> Limit:
    """A limit times a factor, in the same measure, rounded up to whole units, at least one.

    Shortening never lengthens: 2 working days x 0.6 stay 2, half an hour x 0.6 stays half an hour.
    Used for assisting legs (60 % of the lead's limit) and declared events.
    """
    if not isfinite(factor) or factor <= 0:
        raise ValueError(f"a factor must be positive: {factor!r}")
    # 5 x 0.6 must be 3, whatever the binary fractions say.
    amount = max(1, ceil(round(limit.amount * factor, 6)))
    return Limit(min(amount, limit.amount) if factor <= 1 else amount, limit.measure)


def colour(start: datetime, due: datetime, amber: datetime, now: datetime) -> Colour:
    """Red after `due`, amber from `amber` on, else green; green before `start`. At `due` still amber."""
    if require_aware(now) > require_aware(due):
        return "red"
    return "amber" if now >= max(amber, start) else "green"


def words(due: datetime, now: datetime, calendar: Calendar | None = None) -> str:
    """Time left or overdue: 还剩 1天3小时, 已超期 2小时, 还剩 12分钟.

    With a calendar it is working time: 还剩 1个工作日3小时. When no working time lies between the two
    moments, natural time is said. The two largest units, rounded down.
    """
    head = "已超期" if require_aware(now) > require_aware(due) else "还剩"
    worked = int(abs(calendar.working_minutes_between(now, due))) if calendar else 0
    if calendar and worked:
        return f"{head} {_amount_words(worked, int(calendar.minutes_a_day), '个工作日')}"
    return f"{head} {_amount_words(int(abs(due - now).total_seconds()) // 60, 24 * 60, '天')}"


def _amount_words(minutes: int, a_day: int, day_word: str) -> str:
    days, rest = divmod(minutes, a_day)
    hours, rest = divmod(rest, 60)
    if days:
        return f"{days}{day_word}" + (f"{hours}小时" if hours else "")
    if hours:
        return f"{hours}小时" + (f"{rest}分钟" if rest else "")
    return f"{rest}分钟" if rest else "不到1分钟"


def due_words(due: datetime, now: datetime, zone: tzinfo = CITY_ZONE) -> str:
    """A deadline as people say it: 今天 17:30 前, 明天 …, 周五 …, 下周二 …, 12月3日 …, 2027年1月4日 …."""
    at, today = require_aware(due).astimezone(zone), require_aware(now).astimezone(zone).date()
    away = (at.date() - today).days
    weeks = (away + today.weekday()) // 7
    # 23:59:59 ends a day; people call that moment 24:00.
    clock = "24:00" if (at.hour, at.minute, at.second) == (23, 59, 59) else f"{at:%H:%M}"
    if -1 <= away <= 1:
        day = ("今天", "明天", "昨天")[away]
    elif away > 1 and weeks <= 1:
        day = ("周", "下周")[weeks] + _WEEKDAYS[at.weekday()]
    elif at.year == today.year:
        day = f"{at.month}月{at.day}日"
    else:
        day = f"{at.year}年{at.month}月{at.day}日"
    return f"{day} {clock} 前"
