"""Phone calls as an exchange tells them: what its events make of a call, who may hear it, when somebody is called back.

An exchange may tell twice, late and in any order. A call is therefore nothing but what the *set* of its events says:
``fold`` sorts them by their own moments, so whatever comes when ends in the same call. Numbers pass through here in the
clear; what is kept of them is for the store to decide (architecture.md §3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from jiesu.domain import privacy
from jiesu.domain.clocks import Limit
from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Actor

EXCHANGE: Final = "exchange"  # the role of an exchange's token; no person holds it, and it sees no order
EXCHANGE_ZH: Final = "电话交换机"

EVENTS: Final = {
    "offered": "来电",
    "answered": "接听",
    "held": "保持",
    "resumed": "取回",
    "transferred": "转接",
    "ended": "结束",
    "recorded": "录音",
}
DIRECTIONS: Final = {"in": "呼入", "out": "呼出"}
REASONS: Final = {
    "hung_up": "主叫挂断",
    "no_answer": "无人接听",
    "busy": "占线",
    "closed": "非服务时间",
    "failed": "线路故障",
}
OUTCOMES: Final = {"": "进行中", "answered": "已接听", "dropped": "等待中挂断", "missed": "未接听"}
AGENT_STATES: Final = {"ready": "就绪", "busy": "通话中", "after_call": "话后整理", "break": "小休"}
TASK_STATES: Final = {
    "open": "待回拨",
    "taken": "回拨中",
    "done": "已回拨",
    "unreachable": "多次未接通",
    "obsolete": "对方已再次来电",
}
OPEN_TASKS: Final = ("open", "taken")
MOST_EVENTS: Final = 200  # a call that tells more than this is a fault of the exchange

DEFAULTS: Final[Mapping[str, Any]] = {
    "call_back": [0.5, "work_hour"],  # a missed caller is rung within 30 working minutes
    "call_back_urgent": 3,  # misses from which a task comes first
    "call_back_attempts": 3,
    "call_back_again": [20, "min"],  # pause after an attempt that nobody answered
    "call_back_age": [24, "hour"],  # an older miss (an import of last month's calls) makes no task
}
_RANK: Final = {name: rank for rank, name in enumerate(EVENTS)}
_TALKING: Final = ("answered", "held", "resumed", "transferred")
_NAMES_AGENT: Final = ("answered", "transferred")


def param(params: Mapping[str, Any], name: str) -> Any:
    """A parameter of the callback tasks: the city's, else the default."""
    return params.get(name, DEFAULTS[name])


def span(params: Mapping[str, Any], name: str) -> timedelta:
    """A parameter that is a stretch of natural time."""
    limit = Limit.from_doc(param(params, name))
    return timedelta(minutes=limit.amount * {"min": 1, "hour": 60, "day": 1440}[limit.measure])


# -- what the events of a call make of it


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """One event of a call. ``agent`` is the exchange's name for the seat: a login, an account's id or an extension."""

    at: datetime
    kind: str
    agent: str = ""
    caller: str = ""
    called: str = ""
    direction: str = ""
    reason: str = ""
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A call as its events make it. ``resident`` is the number at the other end, ``agent`` who has or had it last."""

    direction: str
    offered_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    outcome: str
    agent: str
    resident: str
    recording: str
    held_seconds: int
    on_hold: bool
    transfers: int
    moved_at: datetime | None  # since when ``agent`` has had it


def fold(events: Iterable[Told]) -> Line:
    """The call that these events tell of; the same for any order and any repetition of them. At least one event."""
    told = sorted(set(events), key=lambda one: (one.at, _RANK[one.kind], one))
    direction = next((one.direction for one in told if one.direction), "in")
    resident = next((number for one in told if (number := one.caller if direction == "in" else one.called)), "")
    answered = _answered_at(told)
    ended = [one for one in told if one.kind == "ended"]
    held, on_hold = _held(told)
    agent, moved_at = _agent(told, direction)
    return Line(
        direction,
        min((one.at for one in told if one.kind == "offered"), default=told[0].at),
        answered,
        ended[-1].at if ended else None,
        _outcome(direction, answered, ended),
        agent,
        resident,
        next((one.recording for one in reversed(told) if one.recording), ""),
        held,
        on_hold and not ended,
        sum(one.kind == "transferred" for one in told),
        moved_at,
    )


def _answered_at(told: Sequence[Told]) -> datetime | None:
    """When somebody took it: as told, or the first sign of it where that event was lost."""
    said = [one.at for one in told if one.kind == "answered"]
    return min(said or [one.at for one in told if one.kind in _TALKING], default=None)


def _outcome(direction: str, answered: datetime | None, ended: Sequence[Told]) -> str:
    if answered:
        return "answered"
    if not ended:
        return ""
    waiting = direction == "in" and ended[-1].reason in ("", "hung_up")
    return "dropped" if waiting else "missed"


def _agent(told: Sequence[Told], direction: str) -> tuple[str, datetime | None]:
    """Who had it last, and since when. Who was only rung did not have it; who dials has it from the start."""
    naming = _NAMES_AGENT if direction == "in" else ("offered", *_NAMES_AGENT)
    for one in reversed(told):
        if one.kind in naming and one.agent:
            return one.agent, one.at
    return "", None


def _held(told: Sequence[Told]) -> tuple[int, bool]:
    """Whole seconds on hold, and whether it is on hold after the last event."""
    whole, since = timedelta(), None
    for one in told:
        if one.kind == "held":
            since = since or one.at
        elif since and one.kind in ("resumed", "transferred", "ended"):
            whole, since = whole + (one.at - since), None
    return int(whole.total_seconds()), since is not None


def of_record(
    *,
    offered_at: datetime,
    answered_at: datetime | None,
    ended_at: datetime,
    direction: str = "in",
    agent: str = "",
    caller: str = "",
    called: str = "",
    reason: str = "",
    recording: str = "",
) -> list[Told]:
    """The events behind a finished call's record. Raises Refused when its times contradict each other."""
    if ended_at < offered_at or (answered_at and not offered_at <= answered_at <= ended_at):
        raise Refused("时间前后矛盾：呼入不晚于接听，接听不晚于结束", code="bad_fact", field="ended_at")
    told = [Told(offered_at, "offered", agent if direction == "out" else "", caller, called, direction)]
    if answered_at:
        told.append(Told(answered_at, "answered", agent))
    return [*told, Told(ended_at, "ended", reason=reason, recording=recording)]


# -- who may hear a recording

Scope = Literal["today", "own", "linked", "any"]

# Which calls a role may hear: its own of today, its own, those of an order, all. Whether a reason is asked, and what
# holds for reports and secret orders, stands in the table of ``privacy`` (field "recording").
LISTENERS: Final[Mapping[str, Scope]] = {
    "agent": "today",
    "callback_clerk": "own",
    "dispatcher": "linked",
    "reviewer": "linked",
    "arbiter": "linked",
    "supervisor": "any",
    "inspector": "any",
    "dpo": "any",
}
_NOT_YOURS: Final[Mapping[Scope, str]] = {
    "today": "话务员只能听自己当天的通话",
    "own": "只能听自己的通话",
    "linked": "这通电话没有关联工单，您的角色不能听",
    "any": "",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What is asked about a recording: whose call, of which day, whether it belongs to orders, any of them guarded."""

    agent: str
    day: date
    linked: bool
    guarded: bool


def may_listen(actor: Actor, call: Heard, today: date) -> tuple[str, bool]:
    """The role in which ``actor`` may hear the call, and whether a reason is to be given. Raises Forbidden.

    Of several roles the one that asks for no reason wins. Nobody in a handling unit hears anything.
    """
    said, found = "您的角色不能听通话录音", []
    for role, _ in actor.roles:
        if role not in LISTENERS or (sight := _sight(role, call)) == "nothing":
            continue
        if _within(LISTENERS[role], actor, call, today):
            found.append((sight != "full", role))
        else:
            said = _NOT_YOURS[LISTENERS[role]]
    if not found:
        raise Forbidden(said)
    asked, role = min(found)
    return role, asked


def _sight(role: str, call: Heard) -> str:
    """An agent hears an ordinary call of today again without saying why: it is still being written up."""
    sight = privacy.sees(role, "recording", own_unit=True, secret=call.guarded, kind="")
    return "full" if role == "agent" and not call.guarded else sight


def _within(scope: Scope, actor: Actor, call: Heard, today: date) -> bool:
    own = call.agent == actor.id
    return {"today": own and call.day == today, "own": own, "linked": call.linked, "any": True}[scope]
