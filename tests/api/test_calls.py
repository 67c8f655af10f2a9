"""A telephone exchange at the API: events and records, one or many, and what it is told when something is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jiesu.api.calls import MOST
from jiesu.domain.calls import EVENTS
from jiesu.store import calls, sql
from tests.api.caller import Callers, Said, told
from tests.exchange import account

PHONE = "13800003333"


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


def event(call: str, name: str, seconds: float, **more: Any) -> dict[str, Any]:
    return {"call": call, "event": name, "at": ago(seconds), **more}


def counts(said: Said) -> tuple[int, int, int, int]:
    assert said.status == 200, said.body
    return said.body["added"], said.body["changed"], said.body["known"], len(said.body["refused"])


def test_a_call_is_told_event_by_event(callers: Callers) -> None:
    offered = event("c1", "offered", 90, caller=PHONE, called="12345", direction="in")
    assert counts(callers.post("exchange", "/calls/events", offered)) == (1, 0, 0, 0)
    assert counts(callers.post("exchange", "/calls/events", offered)) == (0, 0, 1, 0)
    assert counts(callers.post("exchange", "/calls/events", event("c1", "answered", 80, agent="xiaozhou"))) == (
        0,
        1,
        0,
        0,
    )
    zhou = account("xiaozhou").id
    pop = calls.pop(zhou, now=datetime.now(UTC))
    assert pop is not None
    assert (pop.phone, pop.ended_at, pop.people) == (PHONE, None, ())
    assert counts(callers.post("exchange", "/calls/events", event("c1", "ended", 10, recording="rec/1.mp3"))) == (
        0,
        1,
        0,
        0,
    )
    assert sql.rows("SELECT outcome, agent, recording FROM call") == [("answered", zhou, "rec/1.mp3")]


def test_a_batch_is_taken_but_for_what_is_wrong_in_it(callers: Callers) -> None:
    said = callers.post(
        "exchange",
        "/calls/events",
        {
            "events": [
                event("c1", "offered", 90, caller=PHONE),
                event("c1", "vanished", 80),
                {"call": "c2", "event": "offered", "at": "2026-11-23T10:00:00"},
                event("c2", "ended", 70, seat="8012"),
                event("c1", "ended", 60),
                "c3",
            ]
        },
    )
    assert counts(said) == (1, 0, 0, 4)
    assert [(one["index"], one["field"], one["message"]) for one in said.body["refused"]] == [
        (1, "event", f"“事件”须是其中之一：{'、'.join(f'{code}（{zh}）' for code, zh in EVENTS.items())}"),
        (2, "at", "“时间”须是带时区的时间，例如 2026-11-23T10:00:00+08:00"),
        (
            *(3, "seat"),
            "不认识的项目：seat；可用的有：call、event、at、agent、caller、called、direction、reason、recording",
        ),
        (5, None, "每一条须是一个 JSON 对象，形如 {…}"),
    ]
    assert calls.waiting() == (1, 0)


def test_records_of_finished_calls_come_in_batches_and_twice(callers: Callers) -> None:
    record = {
        "call": "c1",
        "caller": PHONE,
        "agent": "xiaozhao",
        "offered_at": ago(300),
        "answered_at": ago(290),
        "ended_at": ago(200),
        "recording": "rec/1.mp3",
    }
    missed = {"call": "c2", "caller": PHONE, "offered_at": ago(180), "ended_at": ago(160), "reason": "no_answer"}
    strange = {"call": "c3", "caller": PHONE, "offered_at": ago(180), "ended_at": ago(190)}
    said = callers.post("exchange", "/calls/records", {"records": [record, missed, strange]})
    assert counts(said) == (2, 0, 0, 1)
    assert said.body["refused"] == [
        {"index": 2, "message": "时间前后矛盾：呼入不晚于接听，接听不晚于结束", "field": "ended_at"}
    ]
    assert counts(callers.post("exchange", "/calls/records", {"records": [record, missed]})) == (0, 0, 2, 0)
    assert sql.rows("SELECT exchange_id, outcome FROM call ORDER BY 1") == [("c1", "answered"), ("c2", "missed")]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({}, (422, "missing_field", "缺少“通话编号”（call）")),
        ({"call": "c1", "event": "ended"}, (422, "missing_field", "缺少“时间”（at）")),
        ({"call": 7, "event": "ended", "at": ago(0)}, (422, "bad_fact", "“通话编号”须是字符串")),
        ({"call": "c" * 61, "event": "ended", "at": ago(0)}, (422, "bad_fact", "“通话编号”太长，最多 60 个字符")),
        ({"call": "c", "event": "ended", "at": ago(-7200)}, (422, "bad_fact", "“时间”不可信：早于 2000 年，或在将来")),
        (
            {"call": "c", "event": "ended", "at": "昨天"},
            (422, "bad_fact", "“时间”须是带时区的时间，例如 2026-11-23T10:00:00+08:00"),
        ),
        ({"events": {}}, (422, "bad_fact", '请求体须形如 {"events": [...]}')),
        ({"events": [{}] * (MOST + 1)}, (413, "too_large", f"一次最多 {MOST} 条，请分批上报")),
    ],
)
def test_what_is_wrong_is_said_in_words(callers: Callers, body: Any, answer: tuple[int, str, str]) -> None:
    assert told(callers.post("exchange", "/calls/events", body)) == answer
    assert sql.value("SELECT count(*) FROM call") == 0


def test_only_an_exchange_tells_calls_and_it_sees_no_order(callers: Callers) -> None:
    number = callers.register()
    offered = event("c1", "offered", 9, caller=PHONE)
    refused = (403, "forbidden", "只有电话交换机的令牌可以上报通话，请用 jiesu token 名称 --role exchange 发放")
    for who in ("zhou", "guan", "liu"):
        assert told(callers.post(who, "/calls/events", offered)) == refused
    assert callers.call("POST", "/calls/events", None, "{}").status == 401
    for path in ("/orders", f"/orders/{number}", f"/orders/{number}/events", "/moves"):
        assert told(callers.get("exchange", path)) == (403, "forbidden", "这个令牌只用于上报通话")
    assert told(callers.move("exchange", number, "accept", 1))[0] == 403
    assert callers.post("exchange", "/orders", {"channel": "phone", "text": "没有保温", "kind": "help"}).status == 403
    assert callers.get("exchange", "/calls/events").status == 405
