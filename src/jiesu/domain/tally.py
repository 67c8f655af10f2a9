"""From an order's events to the facts that assessment counts: every limit that was in effect, and when it was met.

``tally`` needs the events and, for the unit groups of a day, the rules that they name; no clock and no store. A limit
that was moved (extended, recalculated, shelved and resumed) gives one fact for each span in which it was in effect: a
window is judged by the limit in effect at its end (domain.md §6). Everything that a fact says of matter, kind, place
or group is as it was at the end of the day on which the limit fell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from jiesu.domain.apply import apply_to
from jiesu.domain.order import Clock, Event, Leg, Order, Request
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE

OF_LEG: Final = ("acknowledge", "first_contact", "interim", "handle", "rework")
# Clocks of the centre, and the moves by which each is met; whatever else ends one frees the centre of it.
OF_CENTRE: Final[Mapping[str, frozenset[str]]] = {
    "intake": frozenset({"accept", "refuse", "answer_directly", "inform", "transfer_out"}),
    "dispatch": frozenset({"dispatch"}),
    "review": frozenset({"pass_review", "send_back"}),
    "callback_first": frozenset({"callback_attempt", "rate"}),
    "callback_last": frozenset(
        {"callback_attempt", "rate", "close", "close_with_promise", "close_unreachable", "rework"}
    ),
    "ruling": frozenset({"rule"}),
}
# Requests with a limit of their own, as clocks: the centre answers a return, a unit an instruction.
OF_REQUEST: Final[Mapping[str, str]] = {"return": "return_decision", "instruction": "instruction"}
CLOCKS: Final = (*OF_LEG, *OF_CENTRE, *OF_REQUEST.values())
EVER: Final = date.min
FOREVER: Final = date.max
_DONE: Final = {"first_contact": "contacted_at", "interim": "interim_at"}
_REPLIES: Final = frozenset({"reply", "leg_reply", "adopt"})
_PAST_REVIEW: Final = frozenset({"callback", "closed"})
# What shows that an order needs no unit (domain.md §6, transfer_rate): its dispatch is no case, however late.
_NEEDS_NO_UNIT: Final = frozenset({"refuse", "answer_directly"})
_HOW: Final = ("start", "stop", "fix", "move")
_CHANGING: Final = frozenset({*_HOW, "legs", "new_legs", "to"})


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What figures are sliced by. ``group``: kind and size of the unit, as ``bureau:large``."""

    group: str
    matter: str
    region: str
    channel: str
    kind: str
    urgency: str
    enterprise: bool
    joint: bool


@dataclass(frozen=True, slots=True)
class LimitFact:
    """One limit of one clock while it was in effect.

    ``part``: the leg's number, 0 for the order's own, negative for a request's. ``turn``: how often that clock began,
    the times that its owner was let off not counted; ``span``: which of its limits. ``due`` None: no limit (none was
    set, or the order was parked). ``until``: when another limit took its place. ``done``: when the act was done;
    ``given``: when that was accepted (a reply that passed review). ``freed``: its owner was let off before the limit
    fell. ``day``: the civil day on which it counts, None while it has none; it counts in the windows that hold that day
    and end after ``since_day`` and not after ``until_day``. ``live``, ``shelved``, ``extended``: whether, while this
    limit was in effect, the part was neither returned nor released, the order parked, an extension agreed.
    """

    number: int
    part: int
    clock: str
    turn: int
    span: int
    unit: str
    lead: bool
    live: bool
    started: datetime
    due: datetime | None
    until: datetime | None
    done: datetime | None
    given: datetime | None
    freed: bool
    extended: bool
    reworked: bool
    shelved: bool
    asked_return: bool
    returned: bool
    day: date | None
    since_day: date
    until_day: date
    done_day: date
    of: Dimensions

    @property
    def in_time(self) -> bool:
        """Nothing is late of what has no limit; while it is parked it is no case at all."""
        if self.due is None:
            return self.day is not None
        return self.done is not None and self.done <= self.due


@dataclass(frozen=True, slots=True)
class RatingFact:
    """The callback of an order that became final: first and final answer, and the unit that led. ``parent``: the order
    that it was merged into, whose lead answers for it."""

    number: int
    day: date
    at: datetime
    unit: str
    parent: int | None
    via: str
    first_resolved: str
    first_rating: str
    resolved: str
    rating: str
    of: Dimensions


@dataclass(frozen=True, slots=True)
class OrderFact:
    """The order as a whole, as its events stand: one line of the volume tables, and what keeps it out of assessment."""

    number: int
    version: int
    day: date
    unit: str
    state: str
    outcome: str
    exempt: bool
    foreign: bool
    handled: bool
    legs: int
    dispatches: int
    returns_asked: int
    returns_agreed: int
    extensions: int
    shelved: bool
    rounds: int
    chases: int
    called: bool
    reached: bool
    late_entry: bool
    parent: int | None
    person: int | None
    received_at: datetime
    accepted_at: datetime | None
    dispatched_at: datetime | None
    replied_at: datetime | None
    passed_at: datetime | None
    closed_at: datetime | None
    dispatched_day: date | None
    closed_day: date | None
    of: Dimensions


@dataclass(frozen=True, slots=True)
class Tally:
    """All that one order gives to be counted."""

    order: OrderFact
    limits: list[LimitFact]
    rating: RatingFact | None


def civil_day(at: datetime) -> date:
    """The city's day of a moment."""
    return at.astimezone(CITY_ZONE).date()


@lru_cache(maxsize=4096)
def end_of(day: date) -> datetime:
    """The first moment (UTC) after a civil day."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=CITY_ZONE).astimezone(UTC)


def assessed_days(order: Order) -> set[date]:
    """The days on which a closed order counts: of its limits, and of its rating. None while it is open: its rating is
    still to come."""
    if order.state != "closed" or order.closed_at is None:
        return set()
    clocks = [clock for name, clock in order.clocks.items() if name in OF_CENTRE]
    clocks += [clock for leg in order.legs for name, clock in leg.clocks.items() if name in OF_LEG]
    rated = [one.at for one in order.callbacks if one.valid]
    return {civil_day(clock.due) for clock in clocks} | {civil_day(max([order.closed_at, *rated]))}


def tally(events: Iterable[Event], number: int, rules_of: Callable[[str], Rules]) -> Tally:
    """What these events, all of one order's, give to be counted. ``rules_of``: the snapshot of an id."""
    return _Fold(number, rules_of).over(events)


@dataclass(slots=True)
class _Span:
    """One limit of a clock while it was in effect; ``due`` None: parked in time, there was none."""

    due: datetime | None
    since: datetime | None = None
    until: datetime | None = None
    parked: bool = False
    extended: bool = False
    live: bool = True


@dataclass(slots=True)
class _Turn:
    """One clock from where it began: its limits one after the other, the move that stopped it, and when the reply that
    stopped it passed review."""

    part: int
    name: str
    clock: Clock
    spans: list[_Span]
    centre: str
    by: str = ""
    passed: datetime | None = None


_Dims = tuple[str, str, str, str, bool, bool]


class _Fold:
    """An order on its way through its events, with what they leave no trace of in the order itself."""

    def __init__(self, number: int, rules_of: Callable[[str], Rules]) -> None:
        self.order = Order(number)
        self.rules_of = rules_of
        self.turns: list[_Turn] = []
        self.running: dict[tuple[int, str], _Turn] = {}
        self.seen: list[tuple[datetime, str, _Dims]] = []
        self.passed: dict[int, tuple[datetime, datetime]] = {}
        self.answered: dict[int, datetime] = {}
        self.legs = 0
        self.dispatches = 0
        self.was_shelved = False

    def over(self, events: Iterable[Event]) -> Tally:
        for event in events:
            apply_to(self.order, event)
            self._watch(event)
        if not self.seen:
            raise ValueError(f"no events of {self.order.number}")
        return Tally(self._order_fact(), [*self._limits()], self._rating())

    # -- along the way

    def _watch(self, event: Event) -> None:
        order, data = self.order, event.data
        dims = (order.matter, order.region, order.kind, order.urgency, order.enterprise, bool(order.assisting))
        if not self.seen or self.seen[-1][1] != event.rules or self.seen[-1][2] != dims:
            self.seen.append((event.at, event.rules, dims))
        if not _CHANGING.isdisjoint(data):
            self._clocks(event)
        for answer in data.get("answers", ()):
            if "state" in answer and not order.requests[answer["no"] - 1].open:
                self.answered.setdefault(answer["no"], event.at)
        if "to" in data:
            self._moved(event)

    def _moved(self, event: Event) -> None:
        """What a change of state means: a reply accepted, the order on its way to a unit, parked, taken up again."""
        state = event.data["to"]
        if event.move == "pass_review" or (event.move == "adopt" and state in _PAST_REVIEW):
            self._pass(event.at)
        elif event.move == "resume":
            self._unpark(event.at)
        elif state == "shelved":
            self._park(event)
        elif event.move in ("dispatch", "rule", "reassign"):
            self.dispatches += 1

    def _pass(self, at: datetime) -> None:
        """The reply of the leading part is accepted; the first one that is decides (domain.md §6)."""
        lead, passed = self.order.lead, self.order.passed_at or at
        if lead is None:
            return
        self.passed.setdefault(lead.no, (lead.replied_at or passed, passed))
        turn = self._working()
        if turn is not None and turn.passed is None:
            turn.passed = passed

    def _park(self, event: Event) -> None:
        """Parked in time, the order has no limit until it is taken up again; one that is late stays late."""
        self.was_shelved = True
        turn = self._working()
        if turn is None:
            return
        span, at = turn.spans[-1], event.at
        late = span.due is not None and span.due < at
        parked = _Span(span.due if late else None, at, parked=True, extended=span.extended)
        if event.move == "adopt":  # it was parked before it came
            turn.spans[-1] = replace(parked, since=None)
        else:
            span.until = at
            turn.spans.append(parked)

    def _unpark(self, at: datetime) -> None:
        turn = self._working()
        if turn is not None:
            span = turn.spans[-1]
            span.until = at
            turn.spans.append(_Span(turn.clock.due, at, extended=span.extended))

    def _working(self) -> _Turn | None:
        """The clock that the work of the leading part runs by, if it has a limit."""
        lead = self.order.lead
        return self.running.get((lead.no, lead.working)) if lead else None

    def _clocks(self, event: Event) -> None:
        """Look at the clocks that an event says it touched; whatever closes an order stops all of them."""
        order, data = self.order, event.data
        closes = data.get("to") == "closed"
        for name in order.clocks if closes else _named(data):
            if name in OF_CENTRE:
                self._clock(0, name, order.clocks[name], event)
        touched = data.get("legs", {})
        for leg in order.legs:
            change = touched.get(str(leg.no))
            if change is not None or closes or leg.no > self.legs:
                for name in leg.clocks if closes or leg.no > self.legs else _named(change):
                    if name in OF_LEG:
                        self._clock(leg.no, name, leg.clocks[name], event)
        self.legs = len(order.legs)

    def _clock(self, part: int, name: str, clock: Clock, event: Event) -> None:
        turn = self.running.get((part, name))
        extended = part > 0 and self.order.leg(part).extended > 0
        if turn is None or turn.clock is not clock:
            centre = "" if part else str(self.rules_of(event.rules).params["centre"])
            turn = _Turn(part, name, clock, [_Span(clock.due)], centre)
            self.running[part, name] = turn
            self.turns.append(turn)
        elif not turn.spans[-1].parked and turn.spans[-1].due != clock.due:
            turn.spans[-1].until = event.at
            turn.spans.append(_Span(clock.due, event.at, extended=extended))
        if clock.stopped is None:
            turn.by = ""
        elif not turn.by:
            turn.by = event.move

    # -- at the end

    def _limits(self) -> Iterator[LimitFact]:
        began: dict[tuple[int, str], int] = {}
        for turn in self.turns:
            key = (turn.part, turn.name)
            leg = self.order.leg(turn.part) if turn.part else None
            done, given = self._met(turn, leg)
            freed = done is None and _let_off(turn)
            # A clock whose owner was let off of it in time is none of the times that it began.
            nth = began.get(key, 0) + 1
            if not freed or len(turn.spans) > 1:
                began[key] = nth
            yield from self._spans(turn, leg, nth, done, given, freed)
        for leg in self.order.legs:
            if leg.lead and (leg.no, "handle") not in self.running:
                yield self._unlimited(leg)
        for request in self.order.requests:
            if request.type in OF_REQUEST and request.due is not None:
                yield self._of_request(request)

    def _spans(
        self, turn: _Turn, leg: Leg | None, nth: int, done: datetime | None, given: datetime | None, freed: bool
    ) -> Iterator[LimitFact]:
        spans = turn.spans
        if leg is not None and leg.ended_at is not None and not freed:
            _end(spans, leg.ended_at)
        for place, span in enumerate(spans, 1):
            of = (turn.part, turn.name, nth, place)
            unit = leg.unit if leg else turn.centre
            last = span is spans[-1]
            yield self._fact(of, unit, leg, turn.clock.start, span, done, given, freed and last)

    def _met(self, turn: _Turn, leg: Leg | None) -> tuple[datetime | None, datetime | None]:
        """When the act was done and when that was accepted, for the turn as a whole."""
        if leg is None:
            done = turn.clock.stopped if turn.by in OF_CENTRE[turn.name] else None
        elif turn.name == "acknowledge":
            asked, took = leg.asked_return, leg.acknowledged_at
            done = min(asked, took) if asked and took else asked or took
        elif turn.name in _DONE:
            done = getattr(leg, _DONE[turn.name])
        else:
            done = turn.clock.stopped if turn.by in _REPLIES else None
            return done, turn.passed if leg.lead else done
        return done, done

    def _unlimited(self, leg: Leg) -> LimitFact:
        """A leading part without a limit: a profile says what it counts as. It counts on the day of its dispatch."""
        done, given = self.passed.get(leg.no, (leg.replied_at, None))
        span = _Span(None, live=leg.ended_at is None)
        return self._fact((leg.no, "handle", 1, 1), leg.unit, leg, leg.at, span, done, given, False)

    def _of_request(self, request: Request) -> LimitFact:
        """A request is answered, or lapses with what it was asked for: in time, nobody owes an answer any more."""
        ended = self.answered.get(request.no)
        done = ended if request.state != "lapsed" else None
        freed = done is None and ended is not None and request.due is not None and ended <= request.due
        of = (-request.no, OF_REQUEST[request.type], 1, 1)
        unit = request.unit
        if request.type == "return":
            unit = str(self.rules_of(self._before(request.at + timedelta(microseconds=1))[1]).params["centre"])
        return self._fact(of, unit, None, request.at, _Span(request.due), done, done, freed)

    def _fact(
        self,
        of: tuple[int, str, int, int],
        unit: str,
        leg: Leg | None,
        started: datetime,
        span: _Span,
        done: datetime | None,
        given: datetime | None,
        freed: bool,
    ) -> LimitFact:
        shown = span.due or (None if span.parked else started)
        day = civil_day(shown) if shown else None
        return LimitFact(
            *(self.order.number, *of, unit),
            lead=leg is not None and leg.lead,
            live=span.live,
            started=started,
            due=span.due,
            until=span.until,
            done=done,
            given=given,
            freed=freed,
            extended=span.extended,
            reworked=leg is not None and (leg.no, "rework") in self.running,
            shelved=span.parked,
            asked_return=leg is not None and leg.asked_return is not None,
            returned=leg is not None and leg.state == "returned",
            day=day,
            since_day=civil_day(span.since) if span.since else EVER,
            until_day=civil_day(span.until) if span.until else FOREVER,
            done_day=civil_day(done) if done else FOREVER,
            of=self._of(day, unit),
        )

    def _before(self, moment: datetime) -> tuple[datetime, str, _Dims]:
        """What was so just before a moment, or at first."""
        for held in reversed(self.seen):
            if held[0] < moment:
                return held
        return self.seen[0]

    def _of(self, day: date | None, unit: str) -> Dimensions:
        _, rules, (matter, region, kind, urgency, enterprise, joint) = (
            self._before(end_of(day)) if day else self.seen[-1]
        )
        group = self.rules_of(rules).group_of(unit)
        return Dimensions(group, matter, region, self.order.channel, kind, urgency, enterprise, joint)

    def _rating(self) -> RatingFact | None:
        order = self.order
        answer = next((one for one in reversed(order.callbacks) if one.valid), None)
        if order.state != "closed" or order.closed_at is None or not (answer or order.rating):
            return None
        at = max(order.closed_at, answer.at) if answer else order.closed_at
        day = civil_day(at)
        lead = order.lead
        unit = lead.unit if lead else ""
        return RatingFact(
            *(order.number, day, at, unit, order.parent, answer.via if answer else ""),
            first_resolved=order.first_resolved or order.resolved or "",
            first_rating=order.first_rating or order.rating or "",
            resolved=order.resolved or "",
            rating=order.rating or "",
            of=self._of(day, unit),
        )

    def _order_fact(self) -> OrderFact:
        order = self.order
        received = order.received_at or self.seen[0][0]
        lead = order.lead
        unit = lead.unit if lead else ""
        returns = [one for one in order.requests if one.type == "return"]
        return OrderFact(
            number=order.number,
            version=order.version,
            day=civil_day(received),
            unit=unit,
            state=order.state,
            outcome=order.outcome or "",
            exempt=order.exempt,
            foreign=order.foreign,
            handled=bool(order.legs),
            legs=len({leg.unit for leg in order.legs if leg.state not in ("returned", "released")}),
            dispatches=self.dispatches,
            returns_asked=len(returns),
            returns_agreed=sum(one.state == "agreed" for one in returns),
            extensions=sum(leg.extended for leg in order.legs),
            shelved=self.was_shelved,
            rounds=order.round,
            chases=order.chases,
            called=bool(order.callbacks),
            reached=any(one.valid for one in order.callbacks),
            late_entry="late_entry" in order.flags,
            parent=order.parent,
            person=order.person,
            received_at=received,
            accepted_at=order.accepted_at,
            dispatched_at=order.dispatched_at,
            replied_at=order.replied_at,
            passed_at=order.passed_at,
            closed_at=order.closed_at,
            dispatched_day=civil_day(order.dispatched_at) if order.dispatched_at else None,
            closed_day=civil_day(order.closed_at) if order.closed_at else None,
            of=self._of(None, unit),
        )


def _named(change: Mapping[str, Any]) -> Iterator[str]:
    """The clocks that a part of an event's data names."""
    for how in _HOW:
        yield from change.get(how, ())


def _let_off(turn: _Turn) -> bool:
    """Whether a clock that stopped without its act stopped before its limit fell: then it is nobody's case."""
    due, stopped = turn.spans[-1].due, turn.clock.stopped
    if due is None or stopped is None:
        return False
    return stopped <= due or (turn.name == "dispatch" and turn.by in _NEEDS_NO_UNIT)


def _end(spans: list[_Span], ended: datetime) -> None:
    """A returned or released part stays a case of the windows that ended before it did, and of no later one."""
    last = spans[-1]
    if last.due is not None and last.due < ended:
        last.until = ended
        spans.append(replace(last, since=ended, until=None))
    spans[-1].live = False
