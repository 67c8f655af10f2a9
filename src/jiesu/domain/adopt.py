"""An order from another system begins here with one event that holds its foreign state, limits and number."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from jiesu.domain import words
from jiesu.domain.case import Case
from jiesu.domain.facts import write
from jiesu.domain.privacy import mask_text

_FIELDS: Final = frozenset(
    {"channel", "kind", "urgency", "matter", "region", "person", "anonymous", "enterprise"}
    | {"received_at", "happened_at", "accepted_at", "dispatched_at", "replied_at", "passed_at", "closed_at"}
    | {"resolved", "rating", "first_resolved", "first_rating", "claim"}
)
_DONE: Final = ("received_at", "happened_at", "accepted_at", "dispatched_at", "replied_at", "passed_at", "closed_at")

# Whose turn it is says how far the unit has come; an order in another state is with no unit yet.
_LEG_STATE: Final = {
    "dispatched": "dispatched",
    "handling": "acknowledged",
    "shelved": "acknowledged",
    "replied": "replied",
    "callback": "replied",
    "closed": "replied",
}
# What the centre itself has to do next is judged by its own limits, from the moment it took the order over.
_OURS: Final = {
    "received": ("intake",),
    "accepted": ("dispatch",),
    "replied": ("review",),
    "callback": ("callback_first", "callback_last"),
}
_NO_LIMIT: Final = timedelta(days=3653)
_NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#-]{0,39}")


def adopt(case: Case) -> None:
    """Take over what the other system says, marked foreign. ``facts["foreign"]`` is a document:

    ``state`` (ours), ``outcome``, ``set`` (fields of an order), ``unit`` (who led, may be None), ``due`` (aware, may be
    None; one ten years after receipt means none), ``on_time`` (the other system's own judgement), ``number`` (its
    number). No rule of ours judges what it did. A state in which a unit works needs the unit; a closed order needs its
    outcome.
    """
    foreign: Mapping[str, Any] = case.facts["foreign"]
    state = foreign.get("state") or "received"
    if state not in words.STATES:
        case.refuse(f"没有“{state}”这个状态", "foreign")
    values = {name: value for name, value in foreign.get("set", {}).items() if value is not None}
    _check(case, foreign, state, values)
    closed_at = values.pop("closed_at", None)
    received_at = values.pop("received_at", case.now)
    outcome = foreign.get("outcome") if state == "closed" else None
    case.to(state, outcome)
    case.set(foreign=True, received_at=received_at, **values)
    if state == "closed" and closed_at is not None:
        case.set(closed_at=closed_at)
    if "person" not in values:
        case.set(anonymous=True)
    case.data["foreign"] = _said(foreign)
    if foreign.get("unit") and state in _LEG_STATE:
        _leg(case, foreign, _LEG_STATE[state], received_at, values.get("replied_at") or closed_at)
    _start_ours(case, state, values)


def _start_ours(case: Case, state: str, values: Mapping[str, Any]) -> None:
    """Nobody is called back about an anonymous order, so that clock does not run."""
    if state == "callback" and "person" not in values:
        return
    order = case.order.copy()
    for name in ("kind", "urgency", "matter", "region"):
        setattr(order, name, values.get(name) or getattr(order, name))
    for clock in _OURS.get(state, ()):
        started = case.rules.start(clock, order, case.now)
        if started:
            case.data.setdefault("start", {})[clock] = started


def _check(case: Case, foreign: Mapping[str, Any], state: str, values: Mapping[str, Any]) -> None:
    unknown = values.keys() - _FIELDS
    if unknown:
        case.refuse(f"接管时不能设定：{'、'.join(sorted(unknown))}", "foreign")
    unit = foreign.get("unit")
    if state in _LEG_STATE and state != "closed" and not unit:
        case.refuse(f"“{words.STATES[state]}”的工单须写明承办单位", "foreign")
    if unit and unit not in case.rules.units:
        case.refuse(f"没有这个单位：{unit}", "foreign")
    if state == "closed" and foreign.get("outcome") not in words.OUTCOMES:
        case.refuse("已办结的工单须写明办结方式", "foreign")
    if any(values[name] > case.now for name in _DONE if name in values):
        case.refuse("登记、受理、答复和办结的时间不能晚于现在", "foreign")
    if "closed_at" in values and values["closed_at"] < values.get("received_at", case.now):
        case.refuse("办结时间早于诉求时间", "foreign")


def _said(foreign: Mapping[str, Any]) -> dict[str, Any]:
    """The other system's number, limit and judgement, as the event keeps them.

    A number that is no plain code, or that looks like a person's, stays out of the record (architecture.md §3).
    """
    said = {name: write(foreign[name]) for name in ("due", "on_time") if foreign.get(name) is not None}
    number = foreign.get("number")
    if number and _NUMBER.fullmatch(number) and mask_text(number) == number:
        said["number"] = number
    return said


def _leg(case: Case, foreign: Mapping[str, Any], state: str, opened: datetime, replied_at: datetime | None) -> None:
    start: dict[str, Any] = {}
    due = foreign.get("due")
    if due and due - opened < _NO_LIMIT:
        start["handle"] = case.rules.by(max(due, opened), opened)
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
