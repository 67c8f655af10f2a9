"""A rules snapshot: everything of a city that decides, as it stood at one moment (architecture.md §3).

It is built from named parts that are JSON documents; its id is the hash of theirs, so that an event can name for
ever what decided it. A deadline is fixed by the snapshot of the event that starts its clock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

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
    size: str = "middle"

    @property
    def group(self) -> str:
        """Among whom this unit is compared: its kind and its size (domain.md §6, Fairness)."""
        return f"{self.kind}:{self.size}"


class Rules:
    """One snapshot, ready to answer. Build it once per id and keep it: it never changes."""

    def __init__(self, id: str, parts: Mapping[str, Any]) -> None:
        self.id = id
        self.calendar = Calendar.from_doc(parts["calendar"])
        self.params: dict[str, Any] = {**DEFAULTS, **parts["params"]}
        self.shifts = shifts_of(self.params)
        self.units = {
            one["code"]: Unit(
                one["code"], one.get("short") or one["name"], one["kind"], one.get("parent"), one.get("size", "middle")
            )
            for one in parts["units"]
        }
        self.matters: dict[str, Mapping[str, Any]] = {one["code"]: one for one in parts["matters"]}
        self.regions: dict[str, Mapping[str, Any]] = {one["code"]: one for one in parts["regions"]}
        self.reasons: dict[str, dict[str, Mapping[str, Any]]] = {
            name: {one["code"]: one for one in codes} for name, codes in parts["reasons"].items()
        }
        self.catalog = Catalog([duty_from_doc(one) for one in parts["catalog"]], self.regions)
        self._limits = {
            (row["clock"], row.get("kind") or "*", row.get("urgency") or "*"): Limit.from_doc(row["limit"])
            for row in parts["limits"]
        }
        self._dues: dict[tuple[Limit, datetime], list[Any]] = {}
        self._declared = [
            (moment(one["from"]), moment(one["to"]), frozenset(one["clocks"]), float(one["factor"]))
            for one in parts["declared"]
        ]
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
        unit = self.units.get(code)
        return unit.name if unit else code

    def group_of(self, code: str) -> str:
        """The group of a unit; empty for one that these rules do not know."""
        unit = self.units.get(code)
        return unit.group if unit else ""

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
        for first, last, clocks, factor in self._declared:
            if first <= at < last and clock in clocks:
                found = scale(found, factor)
        return found

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
