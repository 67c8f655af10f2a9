"""The things the rules talk about: an order with its legs, clocks and requests, an event, a person who acts.

Nothing here knows how it is stored. Times are aware. An order is what its events say: see ``apply.replay``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Final, TypeVar

RULES_VERSION = 1


def stamp(moment: datetime) -> str:
    """``moment`` as the record writes it: UTC, ISO 8601, ending in Z. A naive time is refused."""
    if moment.tzinfo is None:
        raise ValueError("时间必须带时区")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


moment: Final = datetime.fromisoformat
"""The aware time behind ``stamp``."""


@dataclass(slots=True)
class Clock:
    """One limit that runs: from ``start``, amber at ``amber``, red after ``due``, until ``stopped``.

    ``limit`` is the amount and measure it was computed from; None for a date that somebody decided
    (a promise, an extension), which no later calendar moves.
    """

    start: datetime
    due: datetime
    amber: datetime
    stopped: datetime | None = None
    limit: list[Any] | None = None

    @property
    def running(self) -> bool:
        return self.stopped is None

    def late(self, now: datetime) -> bool:
        """Whether the limit had passed when the clock stopped, or has passed by ``now``."""
        return (self.stopped or now) > self.due


@dataclass(slots=True)
class Leg:
    """A unit's part in an order (domain.md §3, Legs). ``no`` counts from 1 within the order."""

    no: int
    unit: str
    lead: bool
    at: datetime
    state: str = "dispatched"
    clocks: dict[str, Clock] = field(default_factory=dict)
    acknowledged_at: datetime | None = None
    contacted_at: datetime | None = None
    interim_at: datetime | None = None
    submitted_at: datetime | None = None
    replied_at: datetime | None = None
    ended_at: datetime | None = None
    extended: int = 0
    objected: bool = False
    provisional: bool = False
    asked_return: datetime | None = None
    remaining: float = 0
    sections: list[str] = field(default_factory=list)
    submission: dict[str, Any] | None = None

    @property
    def working(self) -> str:
        """The clock that its work runs by: of the first round, or of the rework, which a part may not have had."""
        return "rework" if "rework" in self.clocks else "handle"


@dataclass(slots=True)
class Request:
    """Something asked beside the state, with an answer of its own: a return, an extension, a whistle ..."""

    no: int
    type: str
    at: datetime
    by: str
    unit: str = ""
    state: str = "open"
    leg: int = 0
    due: datetime | None = None
    approvals: list[list[str]] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.state in ("open", "half")


@dataclass(slots=True)
class Callback:
    """One attempt to reach the citizen, or a rating by portal or SMS. ``valid`` means there is an answer."""

    at: datetime
    by: str
    round: int
    result: str
    via: str = "phone"
    valid: bool = False
    resolved: str | None = None
    rating: str | None = None


@dataclass(slots=True)
class Order:
    """A work order as its events have made it. ``version`` is the number of its events."""

    number: int
    version: int = 0
    state: str = "new"
    outcome: str | None = None
    channel: str = ""
    kind: str = ""
    urgency: str = "normal"
    matter: str = ""
    region: str = ""
    person: int | None = None
    anonymous: bool = False
    secret: bool = False
    enterprise: bool = False
    foreign: bool = False
    erased: bool = False
    received_at: datetime | None = None
    happened_at: datetime | None = None
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    replied_at: datetime | None = None
    passed_at: datetime | None = None
    closed_at: datetime | None = None
    last_at: datetime | None = None
    round: int = 1
    clocks: dict[str, Clock] = field(default_factory=dict)
    legs: list[Leg] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    returns: int = 0
    ruled: bool = False
    settled: str | None = None
    form_backs: int = 0
    substance_backs: int = 0
    chases: int = 0
    ladder: int = 0
    flags: list[str] = field(default_factory=list)
    parent: int | None = None
    children: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    claim: str | None = None
    promise: dict[str, Any] | None = None
    statutory: dict[str, Any] | None = None
    pressed: bool | None = None
    exempt: bool = False
    contested: bool = False
    first_resolved: str | None = None
    first_rating: str | None = None
    resolved: str | None = None
    rating: str | None = None
    rules: str = ""

    @property
    def is_open(self) -> bool:
        return self.state not in ("closed", "new")

    @property
    def lead(self) -> Leg | None:
        """The leg that leads now: the last lead leg that was neither returned nor released."""
        for leg in reversed(self.legs):
            if leg.lead and leg.state not in ("returned", "released"):
                return leg
        return None

    @property
    def assisting(self) -> list[Leg]:
        """Assisting legs that still count (not returned, not released)."""
        return [leg for leg in self.legs if not leg.lead and leg.state not in ("returned", "released")]

    def leg_of(self, unit: str) -> Leg | None:
        """The live leg of ``unit``, or of the unit that handed on to the section ``unit``."""
        for leg in reversed(self.legs):
            if leg.state not in ("returned", "released") and (leg.unit == unit or unit in leg.sections):
                return leg
        return None

    def leg(self, no: int) -> Leg:
        return self.legs[no - 1]

    def request(self, no: int) -> Request | None:
        return self.requests[no - 1] if 0 < no <= len(self.requests) else None

    def open_request(self, type_: str, *, unit: str | None = None) -> Request | None:
        """The first open request of a type (of one unit, when given)."""
        for one in self.requests:
            if one.open and one.type == type_ and (unit is None or one.unit == unit):
                return one
        return None

    def this_round(self) -> list[Callback]:
        return [one for one in self.callbacks if one.round == self.round]

    def answer(self) -> Callback | None:
        """The last valid callback of this round."""
        for one in reversed(self.callbacks):
            if one.round == self.round and one.valid:
                return one
        return None

    def copy(self) -> Order:
        """An independent copy, so that applying an event never touches the order it was decided on."""
        new = _order(self)
        new.clocks = {name: _clock(clock) for name, clock in self.clocks.items()}
        new.legs = [_copy_leg(leg) for leg in self.legs]
        new.requests = [_copy_request(one) for one in self.requests]
        new.callbacks = [_callback(one) for one in self.callbacks]
        new.excluded, new.tried, new.flags = list(self.excluded), list(self.tried), list(self.flags)
        new.children, new.links = list(self.children), list(self.links)
        new.promise = dict(self.promise) if self.promise else self.promise
        new.statutory = dict(self.statutory) if self.statutory else self.statutory
        return new


T = TypeVar("T")


def _twin(kind: type[T]) -> Callable[[T], T]:
    """A shallow copy with every field named at once: a tenth of what ``copy.copy`` costs, and each move makes some."""
    read = attrgetter(*(one.name for one in fields(kind)))  # type: ignore[arg-type]
    return lambda one: kind(*read(one))


_order, _leg, _request = _twin(Order), _twin(Leg), _twin(Request)
_callback, _clock = _twin(Callback), _twin(Clock)


def _copy_leg(leg: Leg) -> Leg:
    new = _leg(leg)
    new.clocks = {name: _clock(clock) for name, clock in leg.clocks.items()}
    new.sections = list(leg.sections)
    new.submission = dict(leg.submission) if leg.submission else leg.submission
    return new


def _copy_request(one: Request) -> Request:
    new = _request(one)
    new.approvals = [list(pair) for pair in one.approvals]
    new.detail = {key: dict(value) if isinstance(value, dict) else value for key, value in one.detail.items()}
    return new


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an opaque id and the roles held at this moment as (role, unit) pairs. A citizen has ``person``."""

    id: str
    roles: tuple[tuple[str, str], ...]
    person: int | None = None

    def has(self, role: str) -> bool:
        return any(held == role for held, _ in self.roles)

    @property
    def units(self) -> frozenset[str]:
        return frozenset(unit for _, unit in self.roles)


SYSTEM = Actor("system", (("system", ""),))


@dataclass(frozen=True, slots=True)
class Text:
    """Words that somebody wrote. The event keeps only ``commitment``; the words live in a row of their own."""

    plain: str
    commitment: str

    def __bool__(self) -> bool:
        return bool(self.plain.strip())


@dataclass(slots=True)
class Event:
    """One move that was made. ``data`` is JSON-able and holds ids, codes, times and commitments only."""

    number: int
    seq: int
    move: str
    at: datetime
    by: str
    role: str
    unit: str
    rules: str
    data: Mapping[str, Any]
    happened_at: datetime | None = None
    rules_version: int = RULES_VERSION
