"""One move being decided: the order, the person, the facts, the rules, the moment - and the event's data as it grows.

A rule is a function of a case: it refuses with words, or adds to ``data`` in the vocabulary of ``apply``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from jiesu.domain import facts as fact_table
from jiesu.domain.clocks import Measure, moment_at
from jiesu.domain.duties import Duty
from jiesu.domain.errors import Refused
from jiesu.domain.moves import Move
from jiesu.domain.order import Actor, Leg, Order, Request, Text, stamp
from jiesu.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Child:
    """How far a merged child's own callback has come."""

    number: int
    answered: bool
    negative: bool
    exhausted: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What a rule may know beyond the order itself; what it read goes into the event.

    parent_*: the order to be merged into or linked; for the callback or rating of a merged child, its parent.
    children: the merged children of an order that is to be closed or reworked. frozen: its month is published.
    article: whether the knowledge article of an answer may be used (``articles.STANDINGS``); empty when nobody looked.
    """

    parent_state: str | None = None
    parent_of_parent: int | None = None
    parent_passed_at: datetime | None = None
    children: tuple[Child, ...] = ()
    frozen: bool = False
    article: str = ""


NOTHING_AROUND = Around()

# What a unit asks for its own part, and everything that has no meaning once the order is closed.
_OF_A_LEG = ("return", "extension", "complex", "shelve", "assist", "objection", "whistle")
_OF_AN_OPEN_ORDER = (*_OF_A_LEG, "refusal")


@dataclass(slots=True)
class Case:
    order: Order
    move: Move
    actor: Actor
    role: str
    unit: str
    own_leg: Leg | None
    facts: Mapping[str, Any]
    rules: Rules
    now: datetime
    around: Around = NOTHING_AROUND
    data: dict[str, Any] = field(default_factory=dict)

    # -- reading

    def refuse(self, message: str, field: str | None = None) -> NoReturn:
        raise Refused(message, field=field)

    def text(self, name: str) -> Text | None:
        """Words that were given, or None; blank words count as not given."""
        value = self.facts.get(name)
        return value if isinstance(value, Text) and value else None

    def has(self, name: str) -> bool:
        value = self.facts.get(name)
        return value is not None and value != "" and value != [] and (not isinstance(value, Text) or bool(value))

    def need(self, name: str, why: str) -> Any:
        """The fact ``name``, which this case asks for although the table does not; ``why`` is said without it."""
        if not self.has(name):
            raise Refused(why, code="missing_fact", field=name)
        return self.facts[name]

    @property
    def by_unit(self) -> bool:
        return self.role in ("unit_clerk", "unit_leader")

    @property
    def leg(self) -> Leg:
        """The leg this move is about. The table of moves has seen to it that there is one."""
        leg = self.own_leg
        if leg is None:
            self.refuse("这张工单现在没有承办单位")
        return leg

    @property
    def lead(self) -> Leg:
        leg = self.order.lead
        if leg is None:
            self.refuse("这张工单现在没有牵头单位")
        return leg

    @property
    def duty(self) -> Duty | None:
        return self.rules.duty(self.order, self.now)

    def name(self, unit: str) -> str:
        return self.rules.unit_name(unit)

    def param(self, name: str) -> Any:
        return self.rules.params[name]

    def asked(self, *types: str) -> Request:
        """The open request that the fact ``request`` names, of one of these types."""
        one = self.order.request(self.facts["request"])
        if one is None or one.type not in types:
            self.refuse("没有这个申请，请刷新后再选", "request")
        if not one.open:
            self.refuse("这个申请已经审定，不能再改", "request")
        return one

    # -- writing

    def to(self, state: str, outcome: str | None = None) -> None:
        self.data["to"] = state
        if outcome:
            self.data["outcome"] = outcome
        if state == "closed":
            self.lapse(*_OF_AN_OPEN_ORDER)

    def set(self, **values: Any) -> None:
        self.data.setdefault("set", {}).update({key: fact_table.write(value) for key, value in values.items()})

    def start(self, clock: str) -> None:
        started = self.rules.start(clock, self.order, self.now)
        if started:
            self.data.setdefault("start", {})[clock] = started

    def start_until(self, clock: str, due: datetime) -> None:
        self.data.setdefault("start", {})[clock] = self.rules.by(due, self.now)

    def stop(self, *clocks: str) -> None:
        running = [name for name in clocks if name in self.order.clocks and self.order.clocks[name].running]
        if running:
            self.data.setdefault("stop", []).extend(running)

    def fix(self, clock: str, at: datetime) -> None:
        if clock in self.order.clocks and self.order.clocks[clock].running:
            self.data.setdefault("fix", {})[clock] = stamp(at)

    def _leg(self, leg: Leg, part: str) -> Any:
        empty: Any = [] if part == "stop" else {}
        return self.data.setdefault("legs", {}).setdefault(str(leg.no), {}).setdefault(part, empty)

    def leg_set(self, leg: Leg, **values: Any) -> None:
        self._leg(leg, "set").update({key: fact_table.write(value) for key, value in values.items()})

    def leg_start(self, leg: Leg, clock: str) -> None:
        started = self.rules.start(clock, self.order, self.now)
        if started:
            self._leg(leg, "start")[clock] = started

    def leg_stop(self, leg: Leg, *clocks: str) -> None:
        running = [name for name in clocks if name in leg.clocks and leg.clocks[name].running]
        if running:
            self._leg(leg, "stop").extend(running)

    def leg_fix(self, leg: Leg, clock: str, at: datetime | None) -> None:
        """Say that ``clock`` really stopped at ``at``; None sets it running again."""
        if clock in leg.clocks:
            self._leg(leg, "fix")[clock] = stamp(at) if at else None

    def leg_move(self, leg: Leg, clock: str, due: datetime, limit: list[Any] | None = None) -> None:
        """A new due moment for a leg's clock that keeps its start; without a limit it was given in working time."""
        measure: Measure = limit[1] if limit else "work_day"
        part, calendar = float(self.param("amber_part")), self.rules.calendar
        amber = moment_at(leg.clocks[clock].start, due, measure, calendar, part)
        self._leg(leg, "move")[clock] = [stamp(due), stamp(amber), *(limit or [])]

    def end_leg(self, leg: Leg, state: str) -> None:
        """The leg is over: its clocks stop, and what its unit had asked for lapses unless this move answers it."""
        self.leg_set(leg, state=state, ended_at=self.now)
        self.leg_stop(leg, *leg.clocks)
        self.lapse(*_OF_A_LEG, leg=leg)

    def end_all_legs(self, state: str = "released") -> None:
        for leg in self.order.legs:
            if leg.state not in ("returned", "released"):
                self.end_leg(leg, state)

    def ask(
        self, type_: str, *, due: datetime | str | None = None, unit: str = "", leg: int = 0, **detail: Any
    ) -> None:
        asked: dict[str, Any] = {"type": type_, "by": self.actor.id, "unit": unit or self.unit, "leg": leg}
        if due:
            asked["due"] = due if isinstance(due, str) else stamp(due)
        if detail:
            asked["detail"] = {key: fact_table.write(value) for key, value in detail.items()}
        self.data["ask"] = asked

    def ask_limit(self, clock: str) -> str | None:
        """The moment by which a request has to be answered, from the limit ``clock``."""
        started = self.rules.start(clock, self.order, self.now)
        return str(started[0]) if started else None

    def answer(self, one: Request, state: str | None = None, **more: Any) -> None:
        answer: dict[str, Any] = {"no": one.no, **more}
        if state:
            answer["state"] = state
        self.data.setdefault("answers", []).append(answer)

    def add(self, name: str, *values: Any) -> None:
        self.data.setdefault("add", {}).setdefault(name, []).extend(values)

    def count(self, name: str, by: int = 1) -> None:
        self.data.setdefault("count", {})[name] = by

    def lapse(self, *types: str, leg: Leg | None = None) -> None:
        """Open requests of these types (of one leg, when given) fall away; those that this move answers stay."""
        answered = {answer["no"] for answer in self.data.get("answers", ())}
        for one in self.order.requests:
            mine = leg is None or one.leg == leg.no
            if one.open and mine and one.type in types and one.no not in answered:
                self.answer(one, "lapsed")
