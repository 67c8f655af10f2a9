"""An order from another system begins here with one event that holds its foreign state, limits and number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jiesu.domain import words
from jiesu.domain.case import Case
from jiesu.domain.facts import write

_FIELDS = frozenset(
    {"channel", "kind", "urgency", "matter", "region", "person", "anonymous", "enterprise"}
    | {"received_at", "happened_at", "accepted_at", "dispatched_at", "replied_at", "passed_at", "closed_at"}
    | {"resolved", "rating", "first_resolved", "first_rating", "claim"}
)


def adopt(case: Case) -> None:
    """Take over what the other system says, marked foreign. ``facts["foreign"]`` is a document:

    ``state`` (ours), ``outcome``, ``set`` (fields of an order), ``unit`` (who led, may be None), ``due`` (aware, may be
    None), ``on_time`` (the other system's own judgement), ``number`` (its number). No rule of ours judges it.
    """
    foreign: Mapping[str, Any] = case.facts["foreign"]
    state = foreign.get("state") or "received"
    if state not in words.STATES:
        case.refuse(f"没有“{state}”这个状态", "foreign")
    values = {name: value for name, value in foreign.get("set", {}).items() if value is not None}
    unknown = values.keys() - _FIELDS
    if unknown:
        case.refuse(f"接管时不能设定：{'、'.join(sorted(unknown))}", "foreign")
    closed_at = values.pop("closed_at", None)
    case.to(state, foreign.get("outcome") if state == "closed" else None)
    case.set(foreign=True, received_at=values.pop("received_at", case.now), **values)
    if closed_at is not None:
        case.set(closed_at=closed_at)
    if "person" not in values:
        case.set(anonymous=True)
    _leg(case, foreign, closed_at)
    if state == "received":
        case.start("intake")


def _leg(case: Case, foreign: Mapping[str, Any], closed_at: datetime | None) -> None:
    unit = foreign.get("unit")
    if not unit:
        return
    opened = foreign.get("set", {}).get("received_at") or case.now
    start: dict[str, Any] = {}
    if foreign.get("due"):
        start["handle"] = case.rules.by(max(foreign["due"], opened), opened)
    case.data["new_legs"] = [{"unit": unit, "lead": True, "start": start, "at": write(opened)}]
    state = "replied" if closed_at else "acknowledged"
    given: dict[str, Any] = {"state": state, "acknowledged_at": write(opened)}
    change: dict[str, Any] = {"set": given}
    if closed_at:
        given["replied_at"] = write(closed_at)
        if start:
            change["fix"] = {"handle": write(closed_at)}
    case.data["legs"] = {"1": change}
    case.add("tried", unit)
