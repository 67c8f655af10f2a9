"""What a telephone exchange tells: events as they happen, records of finished calls; one or a batch, any order, twice.

A batch is taken but for what is wrong in it: the exchange gets back which of its items and why, so that one bad item
never stops the others. A single event that is wrong is refused like any other request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from msgspec import Meta, Struct

from jiesu.api.answer import answer
from jiesu.api.errors import Trouble
from jiesu.api.gate import endpoint, exchange, read_body
from jiesu.channels.phone import told
from jiesu.domain.calls import DIRECTIONS, EVENTS, REASONS, Told
from jiesu.domain.errors import Refused
from jiesu.domain.order import Actor
from jiesu.store import call_events
from jiesu.workflow import calls

MOST: Final = 500
_FULL: Final = "这通电话的事件太多，后面的没有再收"


class NotTaken(Struct):
    """批量中没有收下的一条"""

    index: Annotated[int, Meta(description="第几条，从 0 数起")]
    message: Annotated[str, Meta(description="给人看的中文说明")]
    field: Annotated[str | None, Meta(description="出问题的项")]


class CallsTaken(Struct):
    """收下了什么，按通话计数"""

    added: Annotated[int, Meta(description="新的通话")]
    changed: Annotated[int, Meta(description="有了新内容的通话")]
    known: Annotated[int, Meta(description="内容都已收过的通话")]
    refused: list[NotTaken]


@endpoint("POST")
def events(request: HttpRequest) -> HttpResponse:
    """One event, or ``{"events": [...]}``."""
    by, body = exchange(request), read_body(request)
    single = "events" not in body
    return _take([body] if single else _list(body, "events"), _event, by, single)


@endpoint("POST")
def records(request: HttpRequest) -> HttpResponse:
    """``{"records": [...]}``: finished calls, whole."""
    by, body = exchange(request), read_body(request)
    return _take(_list(body, "records"), told.record, by, single=False)


def _list(body: dict[str, Any], name: str) -> list[Any]:
    held = body.get(name)
    if not isinstance(held, list) or len(body) != 1:
        raise Refused(f"请求体须形如 {{{name!r}: [...]}}".replace("'", '"'), code="bad_fact", field=name)
    if len(held) > MOST:
        raise Trouble(413, "too_large", f"一次最多 {MOST} 条，请分批上报", field=name)
    return held


def _event(given: Any, now: datetime) -> tuple[str, list[Told]]:
    call, one = told.event(given, now)
    return call, [one]


def _take(
    given: Sequence[Any], read: Callable[[Any, datetime], tuple[str, list[Told]]], by: Actor, single: bool
) -> HttpResponse:
    now = datetime.now(UTC)
    ready: dict[str, list[Told]] = {}
    first: dict[str, int] = {}
    refused: list[NotTaken] = []
    for index, one in enumerate(given):
        try:
            call, events_ = read(one, now)
        except Refused as bad:
            if single:
                raise
            refused.append(NotTaken(index, bad.message, bad.field))
            continue
        ready.setdefault(call, []).extend(events_)
        first.setdefault(call_events.key_of(call), index)
    taken = calls.take_events(ready, by=by, now=now) if ready else call_events.Taken()
    refused += [NotTaken(first[key], _FULL, "call") for key in taken.full]
    return answer(CallsTaken(len(taken.added), len(taken.changed), len(taken.known), refused))


# -- for the description

_AT: Final = {"type": "string", "format": "date-time"}
_CHOICES: Final = {"event": EVENTS, "direction": DIRECTIONS, "reason": REASONS}
_NEEDED: Final = {"CallEvent": ("call", "event", "at"), "CallRecord": ("call", "offered_at", "ended_at")}


def schemas() -> dict[str, Any]:
    """What the exchange sends, as the OpenAPI document says it."""
    return {
        "CallEvent": _shape("通话的一个事件", told.EVENT, _NEEDED["CallEvent"]),
        "CallRecord": _shape("一通已结束的电话", told.RECORD, _NEEDED["CallRecord"]),
    }


def _shape(title: str, names: Sequence[str], needed: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "title": title,
        "properties": {name: {**_field(name), "description": _about(name)} for name in names},
        "required": list(needed),
        "additionalProperties": False,
    }


def _field(name: str) -> dict[str, Any]:
    if name == "at" or name.endswith("_at"):
        return _AT
    if name in _CHOICES:
        return {"type": "string", "enum": list(_CHOICES[name])}
    return {"type": "string", "maxLength": told.LONGEST[name]}


def _about(name: str) -> str:
    more = {
        "call": "；交换机里的编号，同一通电话始终相同",
        "agent": "；登录名、账号编号或分机号",
        "caller": "；只存加密后的内容，不出现在日志和地址里",
        "reason": "；没有接听时：主叫挂断算等待中挂断，其余算未接听",
    }
    choices = "；" + "、".join(f"{code} {zh}" for code, zh in _CHOICES[name].items()) if name in _CHOICES else ""
    return f"{told.ZH[name]}{more.get(name, '')}{choices}"
