"""Everything that can go wrong is answered in JSON, in Chinese, with the right status and nobody's data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from jiesu.store import orders, sql
from tests.api.caller import DEMAND, REPLY, Callers, told
from tests.city import HEAT
from tests.database import Clone

PERSONAL = ("吴桂兰", "13800002222", "13912345678", "2单元501", "开阀")


# -- 401


def test_401_for_a_token_that_is_nobodys_or_revoked(callers: Callers) -> None:
    sql.run("UPDATE token SET revoked_at = now() WHERE name = 'zhou'")
    for secret in ("jiesu_nobody", callers.secrets["zhou"]):
        for method, path in (("GET", "/orders"), ("POST", "/orders"), ("GET", "/moves")):
            said = callers.call(method, path, data="{}", headers={"Authorization": f"Bearer {secret}"})
            assert told(said) == (401, "unauthorized", "令牌无效或已停用")
            assert said.headers["WWW-Authenticate"] == 'Bearer realm="jiesu", error="invalid_token"'


# -- 403, 404, 405


def test_403_when_the_role_may_not(callers: Callers) -> None:
    number = callers.handling()
    assert told(callers.move("zhou", number, "reply", 4, **REPLY)) == (403, "forbidden", "“答复”须由单位领导操作")
    assert told(callers.move("xu", number, "acknowledge", 4)) == (403, "forbidden", "这张工单不在您的办理范围内")
    assert orders.state_of(number) == ("handling", None)


# -- 409


def test_409_tells_who_was_first_and_how_the_order_stands_now(callers: Callers) -> None:
    number = callers.register()
    assert callers.move("chen", number, "accept", 1).status == 200
    said = callers.move("zhou", number, "accept", 1)
    assert told(said) == (
        409,
        "conflict",
        "这张工单刚被外部系统“受理”，现在是“待派单”；您写的内容没有丢，请看过最新情况再提交",
    )
    rest = {name: value for name, value in said.body.items() if name != "error"}
    assert rest == {"number": number, "version": 2, "state": "accepted", "state_zh": "待派单"}


def test_409_for_a_version_that_never_was(callers: Callers) -> None:
    said = callers.move("chen", callers.register(), "accept", 7)
    assert told(said)[:2] == (409, "conflict")
    assert said.body["version"] == 1


def test_no_409_for_what_stands_beside_the_state(callers: Callers) -> None:
    number = callers.handling()
    assert callers.move("liu", number, "note", 4, note="先记一笔").body["version"] == 5
    assert callers.move("liu", number, "note", None, note="没写版本也可以").body["version"] == 6
    assert callers.move("ma", number, "reply", 4, **REPLY).status == 422  # not a conflict: contact is missing


# -- 422


def test_422_is_the_rules_refusal_with_its_field(callers: Callers) -> None:
    number = callers.handling()
    said = callers.move("ma", number, "reply", 4, **REPLY)
    assert told(said)[:2] == (422, "refused")
    state = callers.move("chen", number, "dispatch", 4, lead=HEAT)
    assert told(state) == (422, "wrong_state", "工单现在是“办理中”，不能派单；只有“待派单”的工单可以")
    missing = callers.move("liu", number, "first_contact", 4, contact="reached")
    assert told(missing) == (422, "missing_fact", "请填写“内容”")
    assert missing.body["error"]["field"] == "note"
    assert orders.load(number)[0].order.version == 4  # type: ignore[index]


def test_422_for_a_move_that_is_none_or_not_by_hand(callers: Callers) -> None:
    number = callers.register()
    assert told(callers.move("chen", number, "dance", 1)) == (422, "unknown_move", "没有“dance”这个动作")
    assert told(callers.move("chen", number, "absorb", None, child=1)) == (
        422,
        "not_by_hand",
        "“并入子单”由系统随其他操作记录，不能直接提交",
    )
    assert told(callers.move("dpo", number, "erase", None, reason="本人要求"))[:2] == (422, "not_by_hand")


def test_422_names_what_is_not_known(callers: Callers) -> None:
    number = callers.register()
    facts = callers.post(
        "chen", f"/orders/{number}/moves/accept", {"version": 1, "facts": {"colour": 1, "kind": "help"}}
    )
    assert told(facts) == (
        422,
        "unknown_field",
        "不认识的项目：colour；可用的有：kind、urgency、matter、region",
    )
    body = callers.post("chen", f"/orders/{number}/moves/accept", {"version": 1, "fact": {}})
    assert told(body) == (422, "unknown_field", "不认识的项目：fact；可用的有：version、facts")
    shape = callers.post("chen", f"/orders/{number}/moves/accept", {"version": 1, "facts": []})
    assert told(shape)[:2] == (422, "bad_fact")


# -- 400, 413, 415


# -- 500, 503


def test_500_says_and_logs_nothing_of_the_person(callers: Callers, db: Clone, caplog: pytest.LogCaptureFixture) -> None:
    """A failing row is what the database repeats in its message: the masked title and place at least."""
    with psycopg.connect(db.url("super"), autocommit=True) as server:
        server.execute("ALTER TABLE work_order ADD CONSTRAINT no_titles CHECK (title = '') NOT VALID")
    said = callers.post("zhou", "/orders", DEMAND)
    status, code, message = told(said)
    assert (status, code) == (500, "internal")
    assert message.startswith("系统出错，已记录（编号 ")
    mark = message.removeprefix("系统出错，已记录（编号 ")[:8]
    (line,) = [one.getMessage() for one in caplog.records if one.name == "jiesu.api"]
    assert line.startswith(f"500 {mark} POST /api/v1/orders CheckViolation at ")
    assert "record.py:" in line
    assert_impersonal(json.dumps(said.body, ensure_ascii=False), caplog.text)


def test_503_while_the_database_is_away_and_all_is_well_after(
    callers: Callers, db: Clone, caplog: pytest.LogCaptureFixture
) -> None:
    with shut(db):
        said = callers.post("zhou", "/orders", DEMAND, Idempotency_Key="1")
        listed = callers.get("zhou", "/moves")
    assert told(said) == (503, "unavailable", "数据库暂时不可用，请稍后用同一个 Idempotency-Key 重试")
    assert said.headers["Retry-After"] == "2"
    assert listed.status == 503
    assert_impersonal(json.dumps(said.body, ensure_ascii=False), caplog.text)
    assert callers.post("zhou", "/orders", DEMAND, Idempotency_Key="1").status == 201


@contextmanager
def shut(db: Clone) -> Iterator[None]:
    """Nobody can use the database inside the block."""
    from django.db import connection  # noqa: PLC0415 - Django can be imported only once it is set up

    connection.close()
    with psycopg.connect(db.embedded.url("super", database="postgres"), autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{db.name}" ALLOW_CONNECTIONS false')
        yield
        server.execute(f'ALTER DATABASE "{db.name}" ALLOW_CONNECTIONS true')


def assert_impersonal(*texts: str) -> None:
    assert [word for word in PERSONAL for text in texts if word in text] == []


def test_no_refusal_repeats_what_was_written_of_a_person(callers: Callers, caplog: pytest.LogCaptureFixture) -> None:
    number = callers.register()
    wrong = [
        callers.post("liu", "/orders", DEMAND),
        callers.post("zhou", "/orders", {**DEMAND, "kind": "吴桂兰"}),
        callers.post("zhou", "/orders", {**DEMAND, "matter": "13800002222"}),
        callers.post("zhou", "/orders", {**DEMAND, "demander": {"name": "吴桂兰" * 30}}),
        callers.post("zhou", "/orders", {**DEMAND, "happened_at": "13912345678"}),
        callers.call("POST", "/orders", "zhou", json.dumps(DEMAND, ensure_ascii=False)[:-1]),
        callers.move("chen", number, "refuse", 1, told="吴桂兰，13800002222", refusal="开阀"),
        callers.move("chen", number, "accept", 3),
        callers.get("zhou", "/orders?unit=13800002222"),
    ]
    assert [said.status for said in wrong] == [403, 422, 422, 422, 422, 400, 422, 409, 422]
    assert_impersonal(*(json.dumps(said.body, ensure_ascii=False) for said in wrong), caplog.text)
