"""A rules snapshot: everything of a city that decides, as it stood at one moment (architecture.md §3).

It is built from named parts that are JSON documents; its id is the hash of theirs, so that an event can name for
ever what decided it. A deadline is fixed by the snapshot of the event that starts its clock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

from jiesu.domain.clocks import Limit, ends, scale
from jiesu.domain.duties import Catalog, Duty, duty_from_doc
from jiesu.domain.order import Order, moment, stamp
from jiesu.domain.shifts import shifts_of
from jiesu.domain.workdays import Calendar

PARTS: Final = (
    "calendar",
    "limits",
    "params",
    "units",
    "matters",
    "regions",
    "reasons",
    "catalog",
    "declared",
)

DEFAULTS: Final[Mapping[str, Any]] = {
    "amber_part": 0.75,
    "assist_part": 0.6,
    "return_times_before_ruling": 2,
    "units_before_ruling": 3,
    "chase_warning": 3,
    "callback_attempts": 3,
    "callback_days_min": 2,
    "hard_case_reworks": 3,
    "reopen_days": 30,
    "extension_times": 1,
    "count_start_day": False,
    "handling_kinds": ["bureau", "subdistrict", "company", "institution"],
    "centre": "CENTER",
    "ageing": [30, "day"],
    "ownerless": [4, "work_hour"],
    "ladder": {
        "normal": [[0, "min"], [1, "work_day"], [3, "work_day"]],
        "urgent": [[0, "min"], [2, "hour"], [8, "hour"]],
        "emergency": [[0, "min"], [15, "min"], [30, "min"]],
    },
}
_REMEMBERED: Final = 256
T = TypeVar("T")


def canonical(doc: Any) -> bytes:
    """The one spelling of a JSON document that is hashed."""
    return json.dumps(doc, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def part_hash(doc: Any) -> str:
    return hashlib.sha256(canonical(doc)).hexdigest()


def snapshot_id(hashes: Mapping[str, str]) -> str:
    """The id of the snapshot made of these parts: 32 hex digits of the hash over their hashes."""
    return hashlib.sha256(canonical(dict(hashes))).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: str
    kind: str
    parent: str | None = None
    full: str = ""
    size: str = "middle"

    @property
    def group(self) -> str:
        """Among whom this unit is compared: its kind and its size (domain.md §6, Fairness)."""
        return f"{self.kind}:{self.size}"


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared event: while it holds, the limits of ``clocks`` are ``factor`` times as long for normal orders."""

    first: datetime
    last: datetime
    clocks: frozenset[str]
    factor: float
    id: str = ""
    name: str = ""
    basis: str = ""
    notice: str = ""

    def holds(self, at: datetime) -> bool:
        return self.first <= at < self.last


class Rules:
    """One snapshot, ready to answer. Build it once per id and keep it: it never changes."""

    def __init__(self, id: str, parts: Mapping[str, Any]) -> None:
        self.id = id
        self.calendar = Calendar.from_doc(parts["calendar"])
        self.params: dict[str, Any] = {**DEFAULTS, **parts["params"]}
        self.shifts = shifts_of(self.params)
        units = {one["code"]: _unit(one) for one in parts["units"]}
        matters: dict[str, Mapping[str, Any]] = {one["code"]: one for one in parts["matters"]}
        self._groups = {code: one.group for code, one in units.items()}  # of those no longer in use too
        self.units = _in_use(units, parts["units"])
        self.matters = _in_use(matters, parts["matters"])
        self.regions: dict[str, Mapping[str, Any]] = {one["code"]: one for one in parts["regions"]}
        reasons: dict[str, dict[str, Mapping[str, Any]]] = {
            name: {one["code"]: one for one in codes} for name, codes in parts["reasons"].items()
        }
        self.reasons = {name: _in_use(codes, list(codes.values())) for name, codes in reasons.items()}
        # What is no longer chosen still has its name wherever it stands in an order.
        self._once_units, self._once_matters, self._once_reasons = units, matters, reasons
        self.catalog = Catalog([duty_from_doc(one) for one in parts["catalog"]], self.regions)
        self._limits = {
            (row["clock"], row.get("kind") or "*", row.get("urgency") or "*"): Limit.from_doc(row["limit"])
            for row in parts["limits"]
        }
        self._dues: dict[tuple[Limit, datetime], list[Any]] = {}
        self.declared = tuple(_declared(one) for one in parts["declared"])
        self.known = {
            "units": self.units,
            "matters": self.matters,
            "regions": self.regions,
            "reasons": self.reasons,
        }

    @classmethod
    def from_parts(cls, parts: Mapping[str, Any]) -> Rules:
        """A snapshot from its parts, with the id that they have by content."""
        return cls(snapshot_id({name: part_hash(parts[name]) for name in PARTS}), parts)

    # -- duties

    def day(self, at: datetime) -> date:
        return self.calendar.civil_day(at)

    def duty(self, order: Order, at: datetime) -> Duty | None:
        """The catalog line for the order's matter and place, as in force at ``at``."""
        return self.catalog.find(order.matter, order.region, self.day(at)) if order.matter else None

    def unit_name(self, code: str) -> str:
        """What the unit is called; also one that is no longer in use."""
        unit = self._once_units.get(code)
        return unit.name if unit else code

    def group_of(self, code: str) -> str:
        """The group of a unit; empty for one that these rules do not know."""
        return self._groups.get(code, "")

    def matter_name(self, code: str) -> str:
        """What the matter is called; also one that is no longer in use."""
        matter = self._once_matters.get(code)
        return str(matter["name"]) if matter else code

    def reason_name(self, of: str, code: str) -> str:
        """What a reason of the list ``of`` is called; also one that is no longer in use."""
        return str(self._once_reasons.get(of, {}).get(code, {}).get("name", code))

    def can_handle(self, code: str) -> bool:
        unit = self.units.get(code)
        return unit is not None and unit.kind in self.params["handling_kinds"]

    # -- limits

    def limit(self, clock: str, order: Order, at: datetime) -> Limit | None:
        """The limit of ``clock`` for this order at ``at``: emergency > catalog > urgency > kind (domain.md §4).

        A declared event that holds at ``at`` lengthens the limits of normal orders. None: this clock does not run.
        """
        found = self._base_limit(clock, order, at)
        if found is None or order.urgency != "normal":
            return found
        for one in self.declared:
            if clock in one.clocks and one.holds(at):
                found = scale(found, one.factor)
        return found

    def limits(self) -> Mapping[tuple[str, str, str], Limit]:
        """The city's limits by (clock, kind, urgency); * stands for any."""
        return self._limits

    def declared_at(self, at: datetime) -> list[Declared]:
        """The declared events that hold at ``at``."""
        return [one for one in self.declared if one.holds(at)]

    def _base_limit(self, clock: str, order: Order, at: datetime) -> Limit | None:
        limits = self._limits
        if order.urgency == "emergency" and (clock, "*", "emergency") in limits:
            return limits[(clock, "*", "emergency")]
        if clock == "handle":
            duty = self.duty(order, at)
            own = duty.handle_on(self.day(at)) if duty else None
            if own:
                return own
        for key in ((clock, "*", order.urgency), (clock, order.kind, "*"), (clock, "*", "*")):
            if key in limits:
                return limits[key]
        return None

    def due(self, limit: Limit, at: datetime) -> list[Any]:
        """``[due, amber, amount, measure]`` of a clock with this limit started at ``at``, as an event writes it."""
        held = self._dues.get((limit, at))
        if held is None:
            # A batch of orders that come in together asks for the same moment again and again.
            if len(self._dues) >= _REMEMBERED:
                self._dues.clear()
            held = self._dues[(limit, at)] = self._due(limit, at)
        return list(held)

    def _due(self, limit: Limit, at: datetime) -> list[Any]:
        due, amber = self.ends(limit, at)
        return [stamp(due), stamp(amber), *limit.to_doc()]

    def ends(self, limit: Limit, at: datetime) -> tuple[datetime, datetime]:
        """When a clock with this limit started at ``at`` is due, and when it turns amber."""
        params = self.params
        return ends(at, limit, self.calendar, params["amber_part"], count_start=bool(params["count_start_day"]))

    def start(self, clock: str, order: Order, at: datetime) -> list[Any] | None:
        """What starts ``clock`` at ``at``, or None when the city sets no such limit."""
        limit = self.limit(clock, order, at)
        return self.due(limit, at) if limit else None

    def assist_limit(self, order: Order, at: datetime) -> Limit | None:
        """An assisting leg's handling limit: a part of the lead's (domain.md §3, Joint work)."""
        limit = self.limit("handle", order, at)
        return scale(limit, self.params["assist_part"]) if limit else None

    def by(self, date_: datetime, at: datetime) -> list[Any]:
        """A clock that somebody set to a date: due then, amber at its part of the way."""
        amber = at + (date_ - at) * float(self.params["amber_part"])
        return [stamp(date_), stamp(amber)]


def _unit(doc: Mapping[str, Any]) -> Unit:
    short = doc.get("short") or doc["name"]
    return Unit(doc["code"], short, doc["kind"], doc.get("parent"), doc["name"], doc.get("size", "middle"))


def _in_use(found: Mapping[str, T], docs: Sequence[Mapping[str, Any]]) -> dict[str, T]:
    """Without those whose document says that they are no longer active."""
    return {one["code"]: found[one["code"]] for one in docs if one.get("active", True)}


def _declared(doc: Mapping[str, Any]) -> Declared:
    said = {name: str(doc.get(name, "")) for name in ("id", "name", "basis", "notice")}
    return Declared(moment(doc["from"]), moment(doc["to"]), frozenset(doc["clocks"]), float(doc["factor"]), **said)
