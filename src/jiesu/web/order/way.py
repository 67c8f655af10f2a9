"""The way of an order in sentences: who did what when, how long it took, what was late; words as one may see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jiesu.domain import sight, words
from jiesu.domain.apply import apply_to
from jiesu.domain.facts import FACTS
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Actor, Clock, Event, Order, moment
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import names
from jiesu.web.order.forms import matter_name, region_name

_SHOWN_ELSEWHERE = frozenset({"person", "text", "title", "place", "step", "foreign", "request"})
_QUIET = frozenset({"absorb", "release_child"})


@dataclass(slots=True)
class Timing:
    """A clock that this event stopped: how long it ran, and whether it was late."""

    name: str
    took: str
    late: str = ""


@dataclass(slots=True)
class Stop:
    """One event on the way."""

    seq: int
    at: datetime
    who: str
    move: str
    zh: str
    state: str = ""
    unit: str = ""
    leg: int = 0
    timings: list[Timing] = field(default_factory=list)
    details: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    late_entry: bool = False
    tone: str = ""


def way(
    order: Order, events: Sequence[Event], texts: Mapping[tuple[int, str], str], actor: Actor, rules: Rules
) -> list[Stop]:
    """Every event that ``actor`` may see, in order."""
    found = []
    growing = Order(order.number)
    for event in events:
        before = growing.copy()
        apply_to(growing, event)
        if not sight.hides_event(actor, order, event.move, event.at):
            found.append(_stop(before, growing, event, texts, actor, order, rules))
    return found


def _stop(
    before: Order,
    after: Order,
    event: Event,
    texts: Mapping[tuple[int, str], str],
    actor: Actor,
    order: Order,
    rules: Rules,
) -> Stop:
    unit = rules.unit_name(event.unit) if event.unit else ""
    stop = Stop(event.seq, event.at, names.of_actor(event.by), event.move, MOVES[event.move].zh, unit=unit)
    if after.state != before.state or event.seq == 1:
        stop.state = words.zh(words.STATES, after.state)
        if after.state == "closed" and after.outcome:
            stop.state += f"：{words.zh(words.OUTCOMES, after.outcome)}"
    stop.leg = int(event.data.get("leg", 0))
    stop.timings = list(_timings(before, after))
    stop.details = list(_details(event, texts, actor, order, rules))
    stop.files = list(event.data.get("facts", {}).get("files", ()))
    stop.late_entry = event.happened_at is not None and event.move != "register"
    stop.tone = _tone(event, stop)
    return stop


def _tone(event: Event, stop: Stop) -> str:
    if any(one.late for one in stop.timings) or event.move in ("urge", "supervise", "escalate", "mark"):
        return "late"
    if event.move in ("send_back", "rework", "request_return", "refuse", "reopen"):
        return "back"
    return "quiet" if event.role == "system" or event.move in _QUIET else ""


def _timings(before: Order, after: Order) -> Iterator[Timing]:
    pairs = [(before.clocks, after.clocks)]
    # A leg that ended had its clocks stopped without the act that they wait for.
    legs = zip(before.legs, after.legs, strict=False)
    pairs += [(old.clocks, new.clocks) for old, new in legs if new.state not in ("returned", "released")]
    for old, new in pairs:
        for name, clock in old.items():
            now = new.get(name)
            if clock.stopped is None and now is not None and now.stopped is not None and name not in _SILENT:
                yield _timing(name, now)


_SILENT = frozenset({"citizen", "return_request", "callback_last", "interim_end"})


def _timing(name: str, clock: Clock) -> Timing:
    stopped = clock.stopped or clock.due
    late = f"超期 {span(clock.due, stopped)}" if stopped > clock.due else ""
    return Timing(words.zh(words.CLOCKS, name), span(clock.start, stopped), late)


def span(first: datetime, last: datetime) -> str:
    """A length of natural time as people say it: 12分钟, 3小时, 2天4小时."""
    minutes = max(0, int((last - first).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes}分钟" if minutes else "不到1分钟"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}小时{f'{minutes}分钟' if minutes else ''}"
    days, hours = divmod(hours, 24)
    return f"{days}天{f'{hours}小时' if hours else ''}"


def _details(
    event: Event, texts: Mapping[tuple[int, str], str], actor: Actor, order: Order, rules: Rules
) -> Iterator[tuple[str, str]]:
    for name, value in event.data.get("facts", {}).items():
        if name in _SHOWN_ELSEWHERE or name == "files":
            continue
        shown = _shown(event, name, value, texts, actor, order, rules)
        if shown:
            yield FACTS[name].zh, shown
    door = event.data.get("door")
    if door:
        yield "应走的渠道", str(door)
    for leg in event.data.get("new_legs", ()):
        if event.move == "adopt":
            yield ("牵头" if leg["lead"] else "配合"), rules.unit_name(leg["unit"])


def _shown(
    event: Event, name: str, value: Any, texts: Mapping[tuple[int, str], str], actor: Actor, order: Order, rules: Rules
) -> str:
    fact = FACTS[name]
    if isinstance(value, dict) and "c" in value:
        if sight.sight(actor, order, sight.field_of(name)) != "full":
            return "（不在您的查看范围）"
        return texts.get((event.seq, name), "（已按规定删除）" if order.erased else "")
    return coded(fact.name, value, rules)


def coded(name: str, value: Any, rules: Rules) -> str:
    """A code, a time or a number of a fact, in words."""
    fact = FACTS[name]
    if fact.type == "choice":
        return (fact.choices or {}).get(str(value), str(value))
    if fact.type == "code":
        return str(rules.reasons.get(fact.of, {}).get(str(value), {}).get("name", value))
    if fact.type == "unit":
        return rules.unit_name(str(value))
    if fact.type == "units":
        return "、".join(rules.unit_name(str(one)) for one in value)
    if fact.type == "matter":
        return matter_name(rules, str(value))
    if fact.type == "region":
        return region_name(rules, str(value))
    if fact.type == "when":
        return f"{moment(value).astimezone(CITY_ZONE):%Y-%m-%d %H:%M}"
    if fact.type == "yes":
        return "是" if value else "否"
    return str(value)
