"""The API's description of itself: valid, complete, and kept by the answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from jiesu.domain.moves import MOVES
from tests.api.caller import DEMAND, Callers, Said
from tests.city import HEAT, HOUSING


@pytest.fixture(scope="module")
def document() -> Any:
    answered = Client().get("/api/v1/openapi.json")
    assert answered.headers["Content-Type"] == "application/json; charset=utf-8"
    return json.loads(answered.content)


def test_it_is_valid_openapi_31(document: Any) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"] == "3.1.0"
    assert document["info"]["title"] == "接诉 API"
    assert document["security"] == [{"token": []}]


def test_it_names_every_endpoint_and_every_move_made_by_hand(document: Any) -> None:
    named = {f"{method} {path}" for path, one in document["paths"].items() for method in one if method != "parameters"}
    order = "/api/v1/orders/{number}"
    assert named == {
        "get /api/v1/moves",
        "post /api/v1/calls/events",
        "post /api/v1/calls/records",
        "get /api/v1/orders",
        "post /api/v1/orders",
        f"get {order}",
        f"get {order}/events",
        *(f"post {order}/moves/{one.name}" for one in MOVES.values() if one.hand),
    }
    reply = document["paths"][f"{order}/moves/first_contact"]["post"]
    facts = reply["requestBody"]["content"]["application/json"]["schema"]["properties"]["facts"]
    assert reply["summary"] == "先行联系"
    assert facts["required"] == ["contact", "note"]
    assert facts["properties"]["contact"]["enum"] == ["reached", "not_reached"]
    assert facts["additionalProperties"] is False


def valid(document: Any, said: Said, path: str, method: str) -> None:
    """The answer is what the document says of this status."""
    schema = document["paths"][path][method]["responses"][str(said.status)]["content"]["application/json"]["schema"]
    whole = {**schema, "components": document["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(said.body)


def test_answers_are_what_it_says(document: Any, callers: Callers) -> None:
    order = "/api/v1/orders/{number}"
    number = callers.handling()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    callers.done("liu", number, "whistle", units=[HOUSING], meet_place="门口", meet_at=tomorrow, reason="现场定归属")
    called = callers.in_callback()
    callers.done("fang", called, "callback_attempt", attempt="answered", resolved="mostly", rating="satisfied")

    for one in (number, called):
        valid(document, callers.get("fang", f"/orders/{one}"), order, "get")
        valid(document, callers.get("fang", f"/orders/{one}/events?limit=2"), f"{order}/events", "get")
    valid(document, callers.post("zhou", "/orders", DEMAND, Idempotency_Key="1"), "/api/v1/orders", "post")
    valid(document, callers.post("zhou", "/orders", DEMAND, Idempotency_Key="1"), "/api/v1/orders", "post")
    valid(document, callers.get("zhou", "/orders?limit=1"), "/api/v1/orders", "get")
    valid(document, callers.get("zhou", "/moves"), "/api/v1/moves", "get")
    valid(
        document,
        callers.move("chen", number, "reveal", None, field="name", reason="核对"),
        f"{order}/moves/reveal",
        "post",
    )
    for refused in (
        callers.move("chen", number, "reassign", 3, lead=HOUSING, reason="改派"),
        callers.move("zhou", number, "reassign", 5, lead=HOUSING, reason="改派"),
        callers.move("chen", 1, "reassign", 5, lead=HOUSING, reason="改派"),
        callers.move("chen", number, "reassign", 5, lead=HEAT),
    ):
        valid(document, refused, f"{order}/moves/reassign", "post")


def test_the_table_of_moves_is_the_rules_own(callers: Callers) -> None:
    table = callers.get("liu", "/moves").body
    rows = {row["name"]: row for row in table["moves"]}
    assert list(rows) == list(MOVES)
    assert table["states"]["handling"] == "办理中"
    assert table["roles"]["unit_leader"] == "单位领导"
    for name, row in rows.items():
        assert (row["zh"], set(row["from"]), tuple(row["to"]), tuple(row["by"]), row["beside"]) == (
            *(MOVES[name].zh, set(MOVES[name].frm), MOVES[name].to, MOVES[name].by, MOVES[name].beside),
        )
    refuse = {fact["name"]: fact for fact in rows["refuse"]["needs"]}
    assert list(refuse) == ["refusal", "told"]
    assert (refuse["refusal"]["type"], refuse["refusal"]["json_type"]) == ("code", "string")
    assert refuse["refusal"]["choices"]["petition"] == "属于信访事项且已在办理"
    assert refuse["told"] == {
        "name": "told",
        "zh": "告知诉求人的话",
        "type": "text",
        "json_type": "string",
        "choices": None,
    }
    assert [fact["name"] for fact in rows["supervise"]["may"]] == ["reason"]  # the step is the clock's own word
    assert "person" not in [fact["name"] for fact in rows["register"]["may"]]
    assert (rows["absorb"]["by_hand"], rows["accept"]["by_hand"]) == (False, True)


def test_the_page_for_people_is_chinese_and_asks_nothing_of_other_hosts() -> None:
    answered = Client().get("/api/v1/docs")
    page = answered.content.decode()
    assert answered.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<html lang="zh-CN">' in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    for one in MOVES.values():
        assert (f"/moves/{one.name}</code>" in page) is one.hand
