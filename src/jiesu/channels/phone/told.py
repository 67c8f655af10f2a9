"""Events and records of calls as other systems write them (JSON objects, rows of a file), read for the rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from jiesu.domain.calls import DIRECTIONS, EVENTS, REASONS, Told, of_record
from jiesu.domain.errors import Refused

LONGEST: Final = {"call": 60, "agent": 40, "caller": 40, "called": 40, "recording": 500}
EVENT: Final = ("call", "event", "at", "agent", "caller", "called", "direction", "reason", "recording")
RECORD: Final = (
    *("call", "direction", "caller", "called", "offered_at", "answered_at", "ended_at"),
    *("agent", "reason", "recording"),
)
ZH: Final = {
    "call": "通话编号",
    "event": "事件",
    "at": "时间",
    "agent": "坐席",
    "caller": "主叫号码",
    "called": "被叫号码",
    "direction": "方向",
    "reason": "结束原因",
    "recording": "录音地址",
    "offered_at": "呼入时间",
    "answered_at": "接听时间",
    "ended_at": "结束时间",
}
_CHOICES: Final = {"event": EVENTS, "direction": DIRECTIONS, "reason": REASONS}
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD: Final = timedelta(hours=1)  # clocks of two systems differ by less


def event(given: Any, now: datetime) -> tuple[str, Told]:
    """The exchange's id of the call, and the event. Raises Refused naming the field."""
    held = _object(given, EVENT, ("call", "event", "at"))
    at = _moment(held, "at", now)
    words = {name: _words(held, name) for name in EVENT if name not in ("call", "event", "at")}
    return _words(held, "call"), Told(at, _words(held, "event"), **words)


def record(given: Any, now: datetime) -> tuple[str, list[Told]]:
    """The exchange's id of a finished call, and the events behind its record. Raises Refused naming the field."""
    held = _object(given, RECORD, ("call", "offered_at", "ended_at"))
    offered, ended = _moment(held, "offered_at", now), _moment(held, "ended_at", now)
    answered = _moment(held, "answered_at", now) if held.get("answered_at") not in (None, "") else None
    words = {name: _words(held, name) for name in ("agent", "caller", "called", "reason", "recording")}
    direction = _words(held, "direction") or "in"
    told = of_record(offered_at=offered, answered_at=answered, ended_at=ended, direction=direction, **words)
    return _words(held, "call"), told


def _object(given: Any, known: tuple[str, ...], needed: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise Refused("每一条须是一个 JSON 对象，形如 {…}", code="bad_fact")
    strange = [str(name)[:40] for name in given if name not in known]
    if strange:
        said = f"不认识的项目：{'、'.join(strange[:5])}；可用的有：{'、'.join(known)}"
        raise Refused(said, code="unknown_field", field=strange[0])
    for name in needed:
        if given.get(name) in (None, ""):
            raise Refused(f"缺少“{ZH[name]}”（{name}）", code="missing_field", field=name)
    return given


def _words(held: Mapping[str, Any], name: str) -> str:
    value = held.get(name)
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or "\0" in value:
        raise Refused(f"“{ZH[name]}”须是字符串", code="bad_fact", field=name)
    value = value.strip()
    if name in _CHOICES and value not in _CHOICES[name]:
        listed = "、".join(f"{code}（{zh}）" for code, zh in _CHOICES[name].items())
        raise Refused(f"“{ZH[name]}”须是其中之一：{listed}", code="bad_fact", field=name)
    if len(value) > LONGEST.get(name, 40):
        raise Refused(f"“{ZH[name]}”太长，最多 {LONGEST[name]} 个字符", code="bad_fact", field=name)
    return value


def _moment(held: Mapping[str, Any], name: str, now: datetime) -> datetime:
    value = held[name]
    at = value if isinstance(value, datetime) else _iso(value)
    if at is None or at.tzinfo is None:
        said = f"“{ZH[name]}”须是带时区的时间，例如 2026-11-23T10:00:00+08:00"
        raise Refused(said, code="bad_fact", field=name)
    if not _EARLIEST <= at <= now + _AHEAD:
        raise Refused(f"“{ZH[name]}”不可信：早于 2000 年，或在将来", code="bad_fact", field=name)
    return at.astimezone(UTC)


def _iso(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
