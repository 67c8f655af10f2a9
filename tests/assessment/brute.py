"""What every figure of a profile must be, read off the events the slow way (domain.md §6).

For each window the order is put together as it stood at the window's end; what was done later is looked up in the
order as it stands now, which is what a freeze judges. Nothing of the tables of facts, of their SQL or of the fold that
fills them is used; the profile is read as the document that it is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from jiesu.domain.apply import apply
from jiesu.domain.order import Clock, Event, Leg, Order
from jiesu.domain.rules import Rules
from jiesu.domain.workdays import CITY_ZONE

# (rate, span, first day of the window, dimension, code) -> cases, good ones, good ones in part
Key = tuple[str, str, date, str, str]
Figures = dict[Key, tuple[int, int, int]]
Words = Mapping[str, bool]

UNIT_CLOCKS: Final = ("acknowledge", "first_contact", "interim", "handle", "rework")
# What ends a clock of the centre by the act that it waits for.
ACTS: Final = {
    "intake": ("accept", "refuse", "answer_directly", "inform", "transfer_out"),
    "dispatch": ("dispatch",),
    "review": ("pass_review", "send_back"),
    "callback_first": ("callback_attempt", "rate"),
    "callback_last": ("callback_attempt", "rate", "close", "close_with_promise", "close_unreachable", "rework"),
    "ruling": ("rule",),
}
GONE: Final = ("returned", "released")


# -- windows


def windows_of(day: date) -> Iterator[tuple[str, date, date]]:
    """The day, week, month, quarter and year that a day is in: span, first day, first day after."""
    yield "day", day, day + timedelta(days=1)
    monday = day - timedelta(days=day.isoweekday() - 1)
    yield "week", monday, monday + timedelta(days=7)
    for span, months in (("month", 1), ("quarter", 3), ("year", 12)):
        begun = (day.month - 1) // months * months
        ended = begun + months
        yield span, date(day.year, begun + 1, 1), date(day.year + ended // 12, ended % 12 + 1, 1)


def day_of(moment: datetime) -> date:
    return moment.astimezone(CITY_ZONE).date()


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE)


# -- one order


@dataclass
class Told:
    """An order's events and the order after each of them."""

    events: Sequence[Event]
    rules_of: Callable[[str], Rules]

    @cached_property
    def states(self) -> list[Order]:
        order, found = Order(self.events[0].number), []
        for event in self.events:
            order = apply(order, event)
            found.append(order)
        return found

    @cached_property
    def moments(self) -> list[datetime]:
        return [event.at for event in self.events]

    @property
    def now(self) -> Order:
        return self.states[-1]

    def before(self, moment: datetime) -> int:
        """The place of the last event before a moment, -1 when there is none."""
        return bisect_left(self.moments, moment) - 1

    def as_on(self, day: date) -> tuple[Order, Rules]:
        """The order at the end of a day, or as it began; and the rules of its last event by then."""
        place = max(0, self.before(midnight(day + timedelta(days=1))))
        return self.states[place], self.rules_of(self.events[place].rules)


@dataclass
class Case:
    """One case of one window: whose, what is so of it, and by what it is sliced."""

    span: str
    first: date
    unit: str
    words: Words
    slices: Mapping[str, str]
    kind: str


@dataclass
class Run:
    """A clock from one of its beginnings to the next: at which event it began, and before which it began again."""

    part: int
    name: str
    first: int
    after: int
    told: Told = field(repr=False)

    def clock(self, place: int) -> Clock:
        order = self.told.states[min(place, self.after - 1)]
        held = order.legs[self.part - 1].clocks if self.part else order.clocks
        return held[self.name]

    @property
    def last(self) -> Clock:
        return self.clock(self.after - 1)


def runs(told: Told) -> list[Run]:
    begun: list[tuple[int, str, int]] = []
    legs = 0
    for place, event in enumerate(told.events):
        data = event.data
        begun += [(0, name, place) for name in data.get("start", {})]
        for no, change in data.get("legs", {}).items():
            begun += [(int(no), name, place) for name in change.get("start", {})]
        for new in data.get("new_legs", []):
            legs += 1
            begun += [(legs, name, place) for name in new["start"]]
    found = []
    for part, name, place in begun:
        later = [other for p, n, other in begun if (p, n) == (part, name) and other > place]
        found.append(Run(part, name, place, min(later, default=len(told.events)), told))
    return found


def limit_cases(told: Told, clock: str) -> Iterator[Case]:
    """Every case of a clock: each of its beginnings, in each window in which the limit in effect at its end fell."""
    if clock in ("return_decision", "instruction"):
        yield from _request_cases(told, clock)
        return
    mine = [run for run in runs(told) if run.name == clock and (run.part > 0) == (clock in UNIT_CLOCKS)]
    for run in mine:
        dues = {run.clock(place).due for place in range(run.first, run.after)}
        for span, first, after in {window for due in dues for window in windows_of(day_of(due))}:
            found = _limit_case(told, run, mine, span, first, after)
            if found is not None:
                yield found
    if clock == "handle":
        yield from _without_limit(told)


def _limit_case(told: Told, run: Run, all_runs: list[Run], span: str, first: date, after: date) -> Case | None:
    end = told.before(midnight(after))
    if told.events[0].move == "adopt":
        end = max(end, 0)  # what another system had done by then stands in the order as it was taken over
    if end < run.first:
        return None
    due, parked = run.clock(end).due, _parked(told, run, min(end, run.after - 1))
    if parked == "in time" or not first <= day_of(due) < after:
        return None
    done, accepted = _done(told, run)
    if done is None and _let_off(told, run, due):
        return None
    leg = told.states[end].legs[run.part - 1] if run.part else None
    unit = leg.unit if leg else str(told.rules_of(told.events[run.first].rules).params["centre"])
    words = {
        "has_limit": True,
        "in_time": done is not None and done <= due,
        "done": done is not None,
        "done_by_end": done is not None and day_of(done) < after,
        "accepted": accepted,
        "first_turn": not any(_a_time(told, one) for one in all_runs if one.part == run.part and one.first < run.first),
        "extended": leg is not None and run.name == "handle" and leg.extended > 0,
        "shelved": parked == "late",
        "live": leg is None or leg.state not in GONE,
    }
    return _case(told, span, first, unit, day_of(due), words | _of_leg(told, leg))


def _of_leg(told: Told, leg: Leg | None) -> Words:
    now = told.now.legs[leg.no - 1] if leg else None
    return {
        "lead": now is not None and now.lead,
        "reworked": now is not None and "rework" in now.clocks,
        "asked_return": now is not None and now.asked_return is not None,
        "returned": now is not None and now.state == "returned",
    }


def _case(told: Told, span: str, first: date, unit: str, day: date, words: Words) -> Case:
    order, rules = told.as_on(day)
    so = {"joint": bool(order.assisting), "enterprise": order.enterprise}
    return Case(span, first, unit, {**words, **so}, slices(order, rules, unit), order.kind)


def slices(order: Order, rules: Rules, unit: str) -> dict[str, str]:
    held = rules.units.get(unit)
    return {
        "all": "",
        "unit": unit,
        "group": f"{held.kind}:{held.size}" if held else "",
        "matter": order.matter,
        "region": order.region,
        "channel": order.channel,
        "kind": order.kind,
        "enterprise": "enterprise" if order.enterprise else "person",
        "joint": "joint" if order.assisting else "single",
    }


def _works_by(told: Told, run: Run, place: int) -> bool:
    """Whether the leading part worked by this run of a clock after an event."""
    lead = told.states[place].lead
    if lead is None or lead.no != run.part or not run.first <= place < run.after:
        return False
    return run.name == ("rework" if "rework" in lead.clocks else "handle")


def _parked(told: Told, run: Run, end: int) -> str:
    """Whether the order was parked with this clock by then, in time or late; empty when it was not, or no more."""
    found = ""
    for place in range(run.first, end + 1):
        if not _works_by(told, run, place):
            continue
        event = told.events[place]
        if event.data.get("to") == "shelved":
            found = "late" if run.clock(place).due < event.at else "in time"
        elif event.move == "resume":
            found = ""
    return found


def _done(told: Told, run: Run) -> tuple[datetime | None, bool]:
    """When what the clock waited for was done, and whether that was accepted."""
    if not run.part:
        done = run.last.stopped if _stopped_by(told, run) in ACTS[run.name] else None
        return done, done is not None
    now = told.now.legs[run.part - 1]
    if run.name == "acknowledge":
        done = min((one for one in (now.acknowledged_at, now.asked_return) if one), default=None)
    elif run.name == "first_contact":
        done = now.contacted_at
    elif run.name == "interim":
        done = now.interim_at
    else:
        return _replied(told, run)
    return done, done is not None


def _replied(told: Told, run: Run) -> tuple[datetime | None, bool]:
    """The round's reply, if it was not sent back. It ends where the part's next one begins, or the part."""
    judged = run.first
    for place in range(run.first, len(told.events)):
        leg = told.states[place].legs[run.part - 1]
        change = told.events[place].data.get("legs", {}).get(str(run.part), {})
        again = place > run.first and "rework" in change.get("start", {})
        if again or leg.state in GONE:
            break
        judged = place
    leg = told.states[judged].legs[run.part - 1]
    stopped = _stop(told, run)
    if leg.state != "replied" or stopped is None or told.states[stopped].legs[run.part - 1].state != "replied":
        return None, False  # what another's act ended is not answered by a reply that comes afterwards
    if not leg.lead:
        return run.last.stopped, True
    passed = any(_passes(told.events[place]) for place in range(run.first, judged + 1))
    return run.last.stopped, passed


def _passes(event: Event) -> bool:
    foreign = event.move == "adopt" and event.data["to"] in ("callback", "closed")
    return foreign or event.move == "pass_review"


def _stop(told: Told, run: Run) -> int | None:
    """The place of the event that stopped the clock for good, None while it runs."""
    place = None
    for one in range(run.first, run.after):
        if run.clock(one).stopped is None:
            place = None
        elif place is None:
            place = one
    return place


def _stopped_by(told: Told, run: Run) -> str:
    place = _stop(told, run)
    return "" if place is None else told.events[place].move


def _let_off(told: Told, run: Run, due: datetime) -> bool:
    stopped = run.last.stopped
    if stopped is None:
        return False
    no_unit_needed = run.name == "dispatch" and _stopped_by(told, run) in ("refuse", "answer_directly")
    return stopped <= due or no_unit_needed


def _a_time(told: Told, run: Run) -> bool:
    """Whether a beginning of a clock counts as one: not when its owner was let off of it."""
    moved = len({run.clock(place).due for place in range(run.first, run.after)}) > 1
    return moved or _done(told, run)[0] is not None or not _let_off(told, run, run.last.due)


def _without_limit(told: Told) -> Iterator[Case]:
    """Leading parts that nobody set a limit, which are never late: cases of the day on which they were dispatched."""
    for leg in told.now.legs:
        if not leg.lead or "handle" in leg.clocks:
            continue
        done, accepted = _reply_without_limit(told, leg)
        for span, first, after in windows_of(day_of(leg.at)):
            words = {
                "has_limit": False,
                "in_time": True,
                "done": done is not None,
                "done_by_end": done is not None and day_of(done) < after,
                "accepted": accepted,
                "first_turn": True,
                "extended": False,
                "shelved": False,
                "live": leg.state not in GONE,
            }
            yield _case(told, span, first, leg.unit, day_of(leg.at), words | _of_leg(told, leg))


def _reply_without_limit(told: Told, leg: Leg) -> tuple[datetime | None, bool]:
    """The first accepted reply, or the one that waits for review."""
    for place, event in enumerate(told.events):
        order = told.states[place]
        if _passes(event) and order.lead is not None and order.lead.no == leg.no:
            passed = order.passed_at or event.at
            return order.lead.replied_at or passed, True
    return leg.replied_at, False


def _request_cases(told: Told, clock: str) -> Iterator[Case]:
    wanted = {"return_decision": "return", "instruction": "instruction"}[clock]
    for request in told.now.requests:
        if request.type != wanted or request.due is None:
            continue
        asked = next(p for p, order in enumerate(told.states) if len(order.requests) >= request.no)
        ended = next(
            (p for p, order in enumerate(told.states) if p >= asked and not order.requests[request.no - 1].open), None
        )
        moment = told.events[ended].at if ended is not None else None
        done = moment if request.state != "lapsed" else None
        if done is None and moment is not None and moment <= request.due:
            continue
        centre = str(told.rules_of(told.events[asked].rules).params["centre"])
        for span, first, after in windows_of(day_of(request.due)):
            words = {
                "has_limit": True,
                "in_time": done is not None and done <= request.due,
                "done": done is not None,
                "done_by_end": done is not None and day_of(done) < after,
                "accepted": done is not None,
                "first_turn": True,
                "extended": False,
                "shelved": False,
                "live": True,
            }
            unit = request.unit if wanted == "instruction" else centre
            yield _case(told, span, first, unit, day_of(request.due), words | _of_leg(told, None))


# -- ratings, orders, calls


def rating_cases(told: Told, others: Mapping[int, Told]) -> Iterator[Case]:
    """The last answer of a closed order, on the day on which it became final: a merged child's with its parent."""
    order = told.now
    valid = [one for one in order.callbacks if one.valid]
    if order.state != "closed" or order.closed_at is None or not (valid or order.rating):
        return
    day = day_of(max([order.closed_at, *(one.at for one in valid[-1:])]))
    unit, final, group = order.lead.unit if order.lead else "", day, None
    parent = others.get(order.parent) if order.parent else None
    if parent is not None and parent.now.state == "closed":
        assert parent.now.closed_at is not None
        unit = parent.now.lead.unit if parent.now.lead else ""
        final = max(day, day_of(parent.now.closed_at))
        group = slices(parent.now, parent.rules_of(parent.events[-1].rules), unit)["group"]
    resolved, rating = order.resolved or "", order.rating or ""
    first_resolved, first_rating = order.first_resolved or resolved, order.first_rating or rating
    words = {
        "unit_known": unit != "",
        "resolved": resolved == "resolved",
        "resolved_mostly": resolved == "mostly",
        "satisfied": rating == "satisfied",
        "satisfied_mostly": rating == "mostly",
        "first_resolved": first_resolved == "resolved",
        "first_resolved_mostly": first_resolved == "mostly",
        "first_satisfied": first_rating == "satisfied",
        "first_satisfied_mostly": first_rating == "mostly",
        "rated": rating != "",
        "resolution_told": resolved != "",
    }
    for span, first, _ in windows_of(final):
        case = _case(told, span, first, unit, day, words)
        if group is not None:
            case.slices = {**case.slices, "group": group}
        yield case


def order_cases(told: Told, by: str, others: Mapping[int, Told]) -> Iterator[Case]:
    order = told.now
    moment = {"day": order.received_at, "dispatched_day": order.dispatched_at, "closed_day": order.closed_at}[by]
    if moment is None:
        return
    returns = [one for one in order.requests if one.type == "return"]
    unit = order.lead.unit if order.lead else ""
    rules = told.rules_of(told.events[-1].rules)
    words = {
        "direct": order.outcome == "direct_answer",
        "handled": bool(order.legs),
        "dispatched": order.dispatched_at is not None,
        "closed": order.closed_at is not None,
        "called": bool(order.callbacks),
        "reached": any(one.valid for one in order.callbacks),
        "return_asked": bool(returns),
        "return_agreed": any(one.state == "agreed" for one in returns),
        "extended": any(leg.extended for leg in order.legs),
        "reworked": order.round > 1,
        "repeat": _repeated(told, others.values()),
        "chased": order.chases > 0,
        "joint": bool(order.assisting),
        "enterprise": order.enterprise,
        "late_entry": "late_entry" in order.flags,
    }
    for span, first, _ in windows_of(day_of(moment)):
        yield Case(span, first, unit, words, slices(order, rules, unit), order.kind)


def _repeated(told: Told, others: Iterable[Told]) -> bool:
    order = told.now
    assert order.received_at is not None
    if order.person is None:
        return False
    for other in others:
        then = other.now
        assert then.received_at is not None
        came_before = (then.received_at, then.number) < (order.received_at, order.number)
        lately = order.received_at - then.received_at <= timedelta(days=30)
        if then.person == order.person and then.matter == order.matter and came_before and lately:
            return True
    return False


@dataclass(frozen=True)
class Rang:
    """A telephone call that is over."""

    offered_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    inbound: bool


def call_cases(calls: Iterable[Rang]) -> Iterator[Case]:
    for one in calls:
        waited = (one.answered_at or one.ended_at) - one.offered_at
        words = {
            "inbound": one.inbound,
            "answered": one.answered_at is not None,
            "answered_in_15s": one.answered_at is not None and waited <= timedelta(seconds=15),
        }
        for span, first, _ in windows_of(day_of(one.offered_at)):
            yield Case(span, first, "", words, {"all": ""}, "")


# -- profiles


def figures(profile: Mapping[str, Any], orders: Sequence[Told], calls: Sequence[Rang] = ()) -> Figures:
    """Every figure of a profile's document: of each rate, span, window, dimension and code that has a case."""
    others = {told.events[0].number: told for told in orders}
    kept: dict[tuple[str, str, str], list[tuple[Told | None, Case]]] = {}
    found: dict[Key, Counter[str]] = defaultdict(Counter)
    for rate in profile["rates"]:
        which = (rate["table"], rate.get("clock", ""), rate.get("by", "day"))
        if which not in kept:
            kept[which] = list(_cases(*which, orders, others, calls))
        for told, case in kept[which]:
            if _left_out(rate, told, case) or not _holds(rate["count"], case.words):
                continue
            good, part = _holds(rate["good"], case.words), bool(rate["part"]) and _holds(rate["part"], case.words)
            # A rate of what was done by the window's end counts in part, too, only what was.
            part = part and not ("done_by_end" in rate["good"] and not case.words["done_by_end"])
            for dimension, code in case.slices.items():
                if rate["owner"] == "unit" or dimension not in ("unit", "group"):
                    cell = found[rate["code"], case.span, case.first, dimension, code]
                    cell.update(n=1, good=int(good), part=int(part))
    return {key: (cell["n"], cell["good"], cell["part"]) for key, cell in found.items()}


def _cases(
    table: str, clock: str, by: str, orders: Sequence[Told], others: Mapping[int, Told], calls: Sequence[Rang]
) -> Iterator[tuple[Told | None, Case]]:
    if table == "call":
        yield from ((None, case) for case in call_cases(calls))
    for told in orders if table != "call" else ():
        if table == "limit":
            held = limit_cases(told, clock)
        else:
            held = rating_cases(told, others) if table == "rating" else order_cases(told, by, others)
        yield from ((told, case) for case in held)


def _holds(words: Iterable[str], so: Words) -> bool:
    return all(not so[word[4:]] if word.startswith("not ") else so[word] for word in words)


def _left_out(rate: Mapping[str, Any], told: Told | None, case: Case) -> bool:
    if told is None:
        return False
    now = told.now
    why = {
        "praise": case.kind == "praise",
        "invalid": case.kind in ("invalid", "nuisance"),
        "withdrawn": now.outcome == "withdrawn",
        "merged": now.outcome == "merged",
        "exempt": now.exempt,
        "foreign": now.foreign,
        "direct": now.outcome == "direct_answer",
    }
    return any(why[name] for name in rate["leave_out"])
