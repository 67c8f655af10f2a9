"""Verbs of the telephone: take what the exchange tells, link what is done during a call, dial, call back, listen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol

from django.db import transaction

from jiesu.domain.calls import AGENT_STATES, EXCHANGE, Heard, Told, may_listen, param, span
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.order import Actor
from jiesu.domain.permissions import sees
from jiesu.domain.privacy import mask_text
from jiesu.domain.sight import sight
from jiesu.domain.workdays import CITY_ZONE
from jiesu.store import call_events, calls, files, orders, people
from jiesu.store import rules as rules_store
from jiesu.store.call_events import Taken as TakenEvents
from jiesu.store.calls import Task
from jiesu.store.files import Kept
from jiesu.store.people import Known
from jiesu.workflow import intake, step
from jiesu.workflow.step import Taken

LONGEST_REASON: Final = 200
_LINKERS: Final = ("agent", "callback_clerk", "supervisor", "dispatcher")


@dataclass(frozen=True, slots=True)
class Dial:
    """A call that the exchange is asked to make: from whose seat, to which number. Kept nowhere as it stands."""

    agent: str
    extension: str
    phone: str


class Exchange(Protocol):
    """The port towards a telephone exchange (``channels.phone``)."""

    def dial(self, wanted: Dial, now: datetime) -> str:
        """Have it dialled; the exchange's id of the call. Raises Refused, in words for the agent."""
        ...

    def playback(self, recording: str, now: datetime) -> str:
        """The address at which the exchange plays a recording, for a short time. Raises Refused."""
        ...


# -- what the exchange tells


def take_events(told: Mapping[str, Sequence[Told]], *, by: Actor, now: datetime) -> TakenEvents:
    """Take events of calls, by the exchange's ids. Twice, late and in any order they end in the same calls.

    Only an exchange's token and the system may tell. All of them or none are taken. Raises Forbidden.
    """
    if not (by.has(EXCHANGE) or by.has("system")):
        raise Forbidden("只有电话交换机的令牌可以上报通话")
    rules = rules_store.current()
    with transaction.atomic():
        return call_events.take(
            {call: [call_events.normal(one) for one in events] for call, events in told.items()}, now=now, rules=rules
        )


# -- what is done during a call


def link(call: int, number: int, *, by: Actor, now: datetime, seq: int = 1) -> None:
    """Keep that the event ``seq`` of the order was made during this call: one's own, for a supervisor any.

    Raises NotFound, Forbidden.
    """
    own(call, by)
    if orders.state_of(number) is None:
        raise NotFound(f"没有工单 {number}，请核对工单号")
    calls.link(call, number, seq, by=by.id, now=now)


def own(call: int, by: Actor) -> None:
    """Whether ``by`` may link orders to this call. Raises NotFound, Forbidden. One statement."""
    held = calls.held(call)
    if held is None:
        raise NotFound("没有这通电话的记录")
    if not any(by.has(role) for role in _LINKERS):
        raise Forbidden("您的角色不能把工单关联到通话")
    if held.agent != by.id and not by.has("supervisor"):
        raise Forbidden("这通电话不是您接打的，不能关联")


def register(
    call: int, *, by: Actor, now: datetime, facts: Mapping[str, Any], demander: Known | None = None, source: str = ""
) -> Taken:
    """``intake.register`` for a demand told in this call: the order and its link, both or neither.

    Two statements more than registering. Raises what ``intake.register`` and ``own`` raise.
    """
    with transaction.atomic():
        own(call, by)
        taken = intake.register(by=by, now=now, facts=facts, demander=demander, source=source)
        calls.link(call, taken.order.number, taken.event.seq, by=by.id, now=now)
        return taken


def during(
    call: int,
    number: int,
    move: str,
    *,
    by: Actor,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    seen: int | None = None,
) -> Taken:
    """``step.take`` for a move made while talking (a chase, a callback, a first contact): the event and its link.

    Both or neither. Two statements more than the move. Raises what ``step.take`` and ``own`` raise.
    """
    with transaction.atomic():
        own(call, by)
        taken = step.take(number, move, by=by, now=now, facts=facts, seen=seen)
        calls.link(call, number, taken.event.seq, by=by.id, now=now)
        return taken


# -- calls out


def dial_order(number: int, *, by: Actor, now: datetime, exchange: Exchange) -> int:
    """Have the exchange ring the demander of an order; the call, already linked to it.

    For whoever sees the number in full (domain.md §3: a report's demander is rung by the centre alone). Raises
    NotFound, Forbidden, Refused.
    """
    found = orders.load(number)
    if found is None:
        raise NotFound(f"没有工单 {number}，请核对工单号")
    order = found[0].order
    if not sees(by, order):
        raise Forbidden("这张工单不在您的办理范围内")
    if sight(by, order, "phone") != "full":
        raise Forbidden("您的角色不能给这张工单的诉求人打电话，请由中心代为联系")
    known = people.read(order.person)
    if known is None or not known.phone:
        raise Refused("这张工单没有留下电话，请用其他方式联系")
    call = _dialled(known.phone, by, now, exchange)
    calls.link(call, number, order.version, by=by.id, now=now)
    return call


def dial_task(task: int, *, by: Actor, now: datetime, exchange: Exchange) -> int:
    """Have the exchange ring a missed caller whose task ``by`` has taken; the call. Raises NotFound, Refused."""
    held = _task(task)
    if held.state != "taken" or held.taken_by != by.id:
        raise Refused("请先领取这条回拨任务，再拨号")
    phone = calls.dialling(task)
    if not phone:
        raise Refused("这条回拨任务的号码已按规定删除，请办结任务")
    call = _dialled(phone, by, now, exchange)
    calls.dialled(task, call)
    return call


def _dialled(phone: str, by: Actor, now: datetime, exchange: Exchange) -> int:
    """Ask first, write after: an exchange that says no leaves nothing behind; its own events may come before ours."""
    state = calls.agent_state(by.id)
    call = exchange.dial(Dial(by.id, state.extension if state else "", phone), now)
    told = call_events.normal(Told(now, "offered", by.id, called=phone, direction="out"))
    rules = rules_store.current()
    with transaction.atomic():
        taken = call_events.take({call: [told]}, now=now, rules=rules)
    return taken.ids[call_events.key_of(call)]


# -- callback tasks


def take_task(task: int, *, by: Actor, now: datetime) -> Task:
    """Take a task: of several agents one wins. Raises NotFound, Forbidden, Conflict."""
    _agent(by)
    if not calls.take_task(task, by=by.id, now=now):
        held = _task(task)
        if held.state != "taken" or held.taken_by != by.id:
            raise _lost(held)
    return _task(task)


def done_task(task: int, *, by: Actor, now: datetime) -> None:
    """The caller was reached. Raises NotFound, Forbidden, Conflict."""
    _agent(by)
    if not calls.end_task(task, "done", by=by.id, now=now):
        raise _lost(_task(task))


def no_answer(task: int, *, by: Actor, now: datetime) -> Task:
    """Nobody answered: the task goes back for another try later, and ends after the last one (3 by default).

    Raises NotFound, Forbidden, Conflict.
    """
    _agent(by)
    held, params = _task(task), rules_store.current().params
    attempts, again = held.attempts + 1, now + span(params, "call_back_again")
    # Both or neither: the last attempt counts on a task that is then ended.
    with transaction.atomic():
        if not calls.put_back(task, by=by.id, now=now, again=again, attempts=attempts):
            raise _lost(held)
        if attempts >= param(params, "call_back_attempts"):
            calls.take_task(task, by=by.id, now=now)
            calls.end_task(task, "unreachable", by=by.id, now=now)
    return _task(task)


def release_task(task: int, *, by: Actor, now: datetime) -> None:
    """Give a taken task back, untried: one's own, for a supervisor anybody's. Raises NotFound, Forbidden, Conflict."""
    _agent(by, "supervisor")
    held = _task(task)
    if not calls.put_back(
        task, by=by.id, now=now, again=held.next_at, attempts=held.attempts, anyone=by.has("supervisor")
    ):
        raise _lost(held)


def _task(task: int) -> Task:
    found = calls.task(task)
    if found is None:
        raise NotFound("没有这条回拨任务，请刷新列表")
    return found


def _agent(by: Actor, *more: str) -> None:
    if not any(by.has(role) for role in ("agent", "callback_clerk", *more)):
        raise Forbidden("回拨任务由话务员办理")


def _lost(held: Task) -> Conflict:
    said = {
        "open": "这条任务还没有人领取，请先领取",
        "taken": "这条任务已被别的话务员领取，请看下一条",
        "obsolete": "对方已再次来电并有人接听，不用再回拨",
    }.get(held.state, "这条任务已经办结，请看下一条")
    return Conflict(said, number=0)


# -- agents


def set_state(state: str, *, by: Actor, now: datetime, extension: str | None = None) -> None:
    """What an agent says that he is doing (ready, break, ...), and at which extension he sits; None keeps the old one.

    Raises Forbidden, Refused.
    """
    _agent(by)
    if state not in AGENT_STATES:
        raise Refused(f"没有“{state[:20]}”这个状态，可选：{'、'.join(AGENT_STATES.values())}", field="state")
    if extension is not None and (len(extension) > 20 or (extension and not extension.isalnum())):
        raise Refused("分机号须是 20 位以内的数字或字母", field="extension")
    with transaction.atomic():
        calls.set_agent_state(by.id, state, now=now, extension=extension)


# -- recordings


@dataclass(frozen=True, slots=True)
class Playback:
    """Either an address of the exchange to send the listener to, or a file kept here."""

    url: str = ""
    file: Kept | None = None
    content: bytes = b""


def listen(call: int, *, by: Actor, now: datetime, exchange: Exchange, reason: str = "") -> Playback:
    """Let somebody hear a call, and keep that he did (``call_heard``), before anything is played.

    Raises NotFound, Forbidden, and Refused where the role has to say why.
    """
    held = calls.recorded(call)
    if held is None:
        raise NotFound("没有这通电话的记录")
    day, today = held.at.astimezone(CITY_ZONE).date(), now.astimezone(CITY_ZONE).date()
    role, asked = may_listen(by, Heard(held.agent, day, held.linked, held.guarded), today)
    reason = mask_text(reason.strip())
    if asked and not reason:
        raise Refused("请写明为什么要听这段录音", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"理由太长，请缩短到 {LONGEST_REASON} 字以内", field="reason")
    if not held.recording:
        raise NotFound("这通电话没有录音，或已按规定删除")
    calls.hear(call, by=by.id, role=role, reason=reason, now=now)
    if held.recording.startswith("file:"):
        kept, content = files.read(held.recording.removeprefix("file:"))
        return Playback(file=kept, content=content)
    return Playback(url=exchange.playback(held.recording, now))


def keep_recording(call: int, content: bytes, *, mime: str, by: Actor, now: datetime) -> None:
    """Keep the recording itself here, sealed like other files, instead of a link; for whoever may tell of calls.

    Raises NotFound, Forbidden, Refused.
    """
    if not mime.startswith("audio/"):
        raise Refused("录音须是 MP3 或 WAV 文件", field="files")
    found = calls.keep_recording(call)
    if found is None:
        raise NotFound("没有这通电话的记录")
    key, key_id, sealed = found
    with transaction.atomic():
        digest = files.save(content, name=f"录音-{call}", mime=mime, by=by.id, now=now)
        last = max(call_events.unseal(key, key_id, sealed or b""), key=_moment)
        told = replace(Told(max(now, last.at), "recorded"), recording=f"file:{digest}")
        take_events({key: [told]}, by=by, now=now)


def _moment(one: Told) -> datetime:
    return one.at
