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


# Whose turn it is says how far the unit has come; an order in another state is with no unit yet.
_LEG_STATE = {
    "dispatched": "dispatched",
    "handling": "acknowledged",
    "shelved": "acknowledged",
    "replied": "replied",
    "callback": "replied",
    "closed": "replied",
}


def adopt(case: Case) -> None:
    """Take over what the other system says, marked foreign. ``facts["foreign"]`` is a document:

    ``state`` (ours), ``outcome``, ``set`` (fields of an order), ``unit`` (who led, may be None), ``due`` (aware, may be
    None), ``on_time`` (the other system's own judgement), ``number`` (its number). No rule of ours judges it.
    A state in which a unit works needs the unit; a closed order needs its outcome.
    """
    foreign: Mapping[str, Any] = case.facts["foreign"]
    state = foreign.get("state") or "received"
    if state not in words.STATES:
        case.refuse(f"没有“{state}”这个状态", "foreign")
    values = {name: value for name, value in foreign.get("set", {}).items() if value is not None}
    unknown = values.keys() - _FIELDS
    if unknown:
        case.refuse(f"接管时不能设定：{'、'.join(sorted(unknown))}", "foreign")
    unit = foreign.get("unit")
    if state in _LEG_STATE and state != "closed" and not unit:
        case.refuse(f"“{words.STATES[state]}”的工单须写明承办单位", "foreign")
    if unit and unit not in case.rules.units:
        case.refuse(f"没有这个单位：{unit}", "foreign")
    outcome = foreign.get("outcome")
    if state == "closed" and outcome not in words.OUTCOMES:
        case.refuse("已办结的工单须写明办结方式", "foreign")
    closed_at = values.pop("closed_at", None) if state == "closed" else None
    case.to(state, outcome if state == "closed" else None)
    case.set(foreign=True, received_at=values.pop("received_at", case.now), **values)
    if closed_at is not None:
        case.set(closed_at=closed_at)
    if "person" not in values:
        case.set(anonymous=True)
    if unit and state in _LEG_STATE:
        _leg(case, foreign, _LEG_STATE[state], values.get("replied_at") or closed_at)
    if state == "received":
        case.start("intake")


def _leg(case: Case, foreign: Mapping[str, Any], state: str, replied_at: datetime | None) -> None:
    opened = foreign.get("set", {}).get("received_at") or case.now
    start: dict[str, Any] = {}
    if foreign.get("due"):
        start["handle"] = case.rules.by(max(foreign["due"], opened), opened)
    case.data["new_legs"] = [{"unit": foreign["unit"], "lead": True, "start": start, "at": write(opened)}]
    given: dict[str, Any] = {"state": state}
    if state != "dispatched":
        given["acknowledged_at"] = write(opened)
    change: dict[str, Any] = {"set": given}
    if state == "replied":
        given["replied_at"] = write(replied_at)
        if start:
            change["fix"] = {"handle": write(replied_at or case.now)}
    case.data["legs"] = {"1": change}
    case.add("tried", foreign["unit"])
