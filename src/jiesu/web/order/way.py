"""The way of an order in sentences: who did what when, how long it took, what was late; words as one may see them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from jiesu.domain import sight, words
from jiesu.domain.apply import apply_to
from jiesu.domain.clocks import Limit
from jiesu.domain.facts import FACTS
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Actor, Clock, Event, Order, moment
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import names
from jiesu.web.order.forms import matter_name, region_name
from jiesu.web.order.lanes import Cell, Lanes
from jiesu.web.order.sentences import sentence

HIDDEN: Final = "（不在您的查看范围）"
_SHOWN_ELSEWHERE: Final = frozenset({"person", "text", "title", "place", "step", "foreign", "request"})
_QUIET: Final = frozenset({"absorb", "release_child"})
# Limits of the whole order that no single act keeps, and the last days of others.
_SILENT: Final = frozenset({"citizen", "return_request", "callback_last", "interim_end"})
_OF_CALLBACK: Final = frozenset({"callback_first", "promise", "withdraw_check"})
# Who looked is told beside the way, to those who may know it.
_LOOKED: Final = frozenset({"reveal"})


@dataclass(slots=True)
class Timing:
    """A clock that this event stopped: how long it ran, of how long it had, and whether it was late.

    ``share``: how much of its time was used, in hundredths, 100 at most; ``tone`` "", amber or red.
    """

    name: str
    took: str
    late: str = ""
    limit: str = ""
    share: int = 0
    tone: str = ""


@dataclass(slots=True)
class Start:
    """A clock that this event started, or moved to another end; ``unit`` where several have one of their own."""

    name: str
    unit: str
    due: datetime
    limit: str = ""
    moved: bool = False


@dataclass(slots=True)
class Mark:
    """A clock turning amber or red between two events, or one that will."""

    at: datetime
    name: str
    unit: str
    red: bool
    cells: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class Ahead:
    """A clock that runs now: whose, and where it stands."""

    name: str
    unit: str
    clock: Clock


@dataclass(slots=True)
class Stop:
    """One event on the way. ``said`` is the sentence after its actor; ``zh`` the name of the move alone."""

    seq: int
    at: datetime
    who: str
    move: str
    zh: str
    said: str = ""
    state: str = ""
    unit: str = ""
    leg: int = 0
    timings: list[Timing] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    details: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    late_entry: bool = False
    tone: str = ""
    lane: int = 0
    cells: list[Cell] = field(default_factory=list)
    after: list[Mark] = field(default_factory=list)
    """What turned amber or red between this event and the next one."""


@dataclass(slots=True)
class Way:
    """The whole of it, oldest first; ``since``: what turned amber or red after the last event."""

    stops: list[Stop]
    since: list[Mark]
    ahead: list[Ahead]
    lanes: int
    now: list[Cell]


def way(
    order: Order,
    events: Sequence[Event],
    texts: Mapping[tuple[int, str], str],
    actor: Actor,
    rules: Rules,
    now: datetime,
    staff: Mapping[int, str] | None = None,
) -> Way:
    """Every event that ``actor`` may see, with the clocks on it as he may see them."""
    hidden = _SILENT | _OF_CALLBACK if sight.calling(actor, order) else _SILENT
    found: list[Stop] = []
    growing, lanes = Order(order.number), Lanes(hidden)
    for event in events:
        before = growing.copy()
        marks = list(_marks(before, before.last_at or event.at, event.at, rules, hidden))
        apply_to(growing, event)
        if found:
            found[-1].after += [_placed(one, lanes, before) for one in marks]
        if event.move in _LOOKED or sight.hides_event(actor, order, event.move, event.at):
            lanes.step(before, growing, event.at)
            continue
        stop = _stop(before, growing, event, texts, actor, order, rules, staff)
        stop.timings = list(_timings(before, growing, hidden))
        stop.starts = list(_starts(before, growing, rules, hidden))
        stop.tone = _tone(event, stop)
        here = lanes.of(stop.leg)
        stop.cells = lanes.step(before, growing, event.at)
        stop.lane = here or (0 if event.move in _FORKING else lanes.of(stop.leg))
        found.append(stop)
    since = [_placed(one, lanes, growing) for one in _marks(growing, growing.last_at or now, now, rules, hidden)]
    return Way(found, since, list(_ahead(order, rules, hidden)), lanes.most, lanes.passing(growing, now))


_FORKING: Final = frozenset({"dispatch", "reassign", "rule", "add_leg", "agree_assist", "adopt"})


def _stop(
    before: Order,
    after: Order,
    event: Event,
    texts: Mapping[tuple[int, str], str],
    actor: Actor,
    order: Order,
    rules: Rules,
    staff: Mapping[int, str] | None,
) -> Stop:
    unit = rules.unit_name(event.unit) if event.unit else ""
    stop = Stop(event.seq, event.at, names.of_actor(event.by, staff), event.move, MOVES[event.move].zh, unit=unit)
    stop.said, used = sentence(event, order, rules, partial(coded, rules=rules))
    if after.state != before.state or event.seq == 1:
        stop.state = words.zh(words.STATES, after.state)
        if after.state == "closed" and after.outcome:
            stop.state += f"：{words.zh(words.OUTCOMES, after.outcome)}"
    stop.leg = int(event.data.get("leg", 0)) or _leg_of(before, event)
    stop.details = list(_details(event, texts, actor, order, rules, used))
    stop.files = list(event.data.get("facts", {}).get("files", ()))
    stop.late_entry = event.happened_at is not None and event.move != "register"
    return stop


def _leg_of(before: Order, event: Event) -> int:
    """The part in which a unit acts, where the event does not say it."""
    leg = before.leg_of(event.unit) if event.role in words.UNIT_ROLES else None
    return leg.no if leg else 0


def _tone(event: Event, stop: Stop) -> str:
    if any(one.late for one in stop.timings) or event.move in ("urge", "supervise", "escalate", "mark"):
        return "late"
    if event.move in _BACK or event.move.startswith("refuse_"):
        return "back"
    return "quiet" if event.role == "system" or event.move in _QUIET else ""


_BACK: Final = frozenset(
    {"send_back", "rework", "request_return", "agree_return", "refuse", "reopen", "recall", "reassign", "object"}
)


# -- the clocks on the line


_Clocks = Mapping[str, Clock]


def _pairs(before: Order, after: Order, *, ended: bool) -> Iterator[tuple[str, _Clocks, _Clocks]]:
    """The clocks of the order and of each unit's part, before and after; ``ended``: also of parts that ended undone."""
    yield "", before.clocks, after.clocks
    for place, leg in enumerate(after.legs):
        old = before.legs[place].clocks if place < len(before.legs) else {}
        if ended or leg.state not in ("returned", "released"):
            yield leg.unit, old, leg.clocks


def _timings(before: Order, after: Order, hidden: frozenset[str]) -> Iterator[Timing]:
    # A part that ended had its clocks stopped without the act that they wait for.
    for _, old, new in _pairs(before, after, ended=False):
        for name, clock in old.items():
            now = new.get(name)
            if clock.stopped is None and now is not None and now.stopped is not None and name not in hidden:
                yield _timing(name, now)


def _timing(name: str, clock: Clock) -> Timing:
    stopped = clock.stopped or clock.due
    late = f"超期 {span(clock.due, stopped)}" if stopped > clock.due else ""
    whole = clock.due - clock.start
    used = int(100 * ((stopped - clock.start) / whole)) if whole else 100
    tone = "red" if late else "amber" if stopped >= clock.amber else ""
    zh = words.zh(words.CLOCKS, name)
    return Timing(zh, span(clock.start, stopped), late, _limit(clock), min(100, max(2, used)), tone)


def _limit(clock: Clock) -> str:
    return Limit.from_doc(clock.limit).zh() if clock.limit else ""


def _starts(before: Order, after: Order, rules: Rules, hidden: frozenset[str]) -> Iterator[Start]:
    several = len({leg.unit for leg in after.legs}) > 1
    for code, old, new in _pairs(before, after, ended=True):
        unit = rules.unit_name(code) if code and several else ""
        for name, clock in new.items():
            was = old.get(name)
            if name in hidden or not clock.running:
                continue
            zh = words.zh(words.CLOCKS, name)
            if was is None or was.start != clock.start:
                yield Start(zh, unit, clock.due, _limit(clock))
            elif was.due != clock.due:
                yield Start(zh, unit, clock.due, _limit(clock), moved=True)


def _running(order: Order, rules: Rules, hidden: frozenset[str]) -> Iterator[Ahead]:
    held = [("", order.clocks), *((rules.unit_name(leg.unit), leg.clocks) for leg in order.legs)]
    for unit, clocks in held:
        for name, clock in clocks.items():
            if clock.running and name not in hidden:
                yield Ahead(words.zh(words.CLOCKS, name), unit, clock)


def _marks(order: Order, since: datetime, until: datetime, rules: Rules, hidden: frozenset[str]) -> list[Mark]:
    """What turned amber or red after ``since`` and not after ``until``, in order."""
    found = []
    for one in _running(order, rules, hidden):
        if one.clock.amber < one.clock.due and since < one.clock.amber <= until:
            found.append(Mark(one.clock.amber, one.name, one.unit, red=False))
        if since < one.clock.due <= until:
            found.append(Mark(one.clock.due, one.name, one.unit, red=True))
    return sorted(found, key=lambda mark: (mark.at, mark.red))


def _placed(mark: Mark, lanes: Lanes, order: Order) -> Mark:
    mark.cells = lanes.passing(order, mark.at)
    return mark


def _ahead(order: Order, rules: Rules, hidden: frozenset[str]) -> list[Ahead]:
    """The clocks that run now, the next one to end first."""
    return sorted(_running(order, rules, hidden), key=lambda one: one.clock.due)


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


# -- what was told


def _details(
    event: Event,
    texts: Mapping[tuple[int, str], str],
    actor: Actor,
    order: Order,
    rules: Rules,
    said: frozenset[str],
) -> Iterator[tuple[str, str]]:
    for name, value in event.data.get("facts", {}).items():
        if name in _SHOWN_ELSEWHERE or name == "files" or name in said or _unchanged(event, name, value, order):
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


def _unchanged(event: Event, name: str, value: Any, order: Order) -> bool:
    """Whether a class given at registration is still the order's own, and so stands above."""
    return event.move == "register" and name in _CLASSES and getattr(order, name) == value


_CLASSES: Final = frozenset({"kind", "matter", "region", "urgency", "secret", "enterprise", "anonymous"})


def _shown(
    event: Event, name: str, value: Any, texts: Mapping[tuple[int, str], str], actor: Actor, order: Order, rules: Rules
) -> str:
    fact = FACTS[name]
    if isinstance(value, dict) and "c" in value:
        if sight.sight(actor, order, sight.field_of(name)) != "full":
            return HIDDEN
        return texts.get((event.seq, name), "（已按规定删除）" if order.erased else "")
    return coded(fact.name, value, rules)


def _unit(value: Any, rules: Rules) -> str:
    return rules.unit_name(str(value))


_IN_WORDS: Final[Mapping[str, Callable[[Any, Rules], str]]] = {
    "unit": _unit,
    "units": lambda value, rules: "、".join(rules.unit_name(str(one)) for one in value),
    "matter": lambda value, rules: matter_name(rules, str(value)),
    "region": lambda value, rules: region_name(rules, str(value)),
    "when": lambda value, _: f"{moment(value).astimezone(CITY_ZONE):%Y-%m-%d %H:%M}",
    "yes": lambda value, _: "是" if value else "否",
}


def coded(name: str, value: Any, rules: Rules) -> str:
    """A code, a time or a number of a fact, in words."""
    fact = FACTS[name]
    if fact.type == "choice":
        return (fact.choices or {}).get(str(value), str(value))
    if fact.type == "code":
        return str(rules.reasons.get(fact.of, {}).get(str(value), {}).get("name", value))
    said = _IN_WORDS.get(fact.type)
    return said(value, rules) if said else str(value)
