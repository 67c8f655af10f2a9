"""The OpenAPI document: what django-ninja knows of its own endpoints, joined with the hot ones, which are plain views.

Shapes come from the classes that are sent (msgspec), facts from the table of moves: nothing is described twice.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from jiesu.api import calls, facts, moves, shapes
from jiesu.domain import words
from jiesu.domain.moves import MOVES, Move

ROOT: Final = "/api/v1"
_SENT: Final = (shapes.Order, shapes.OrderPage, shapes.EventPage, shapes.Failure, shapes.Clash, calls.CallsTaken)
_TOLD: Final = {
    400: "请求写得不对",
    401: "没有令牌，或令牌无效",
    403: "令牌的角色或单位无权这样做",
    404: "没有这张工单",
    405: "这个地址不接受这种方法",
    413: "内容太大",
    415: "不是 JSON",
    422: "内容不合规则；message 说明原因和办法，field 指出是哪一项",
    503: "数据库暂时不可用，稍后重试",
}
_ABOUT: Final = """接诉的工单接口。请求和应答都是 UTF-8 的 JSON；时间是带时区的 ISO 8601，应答里一律是 UTC。

令牌用命令 `jiesu token 名称 --role 角色 --unit 单位` 发放，放在请求头 `Authorization: Bearer jiesu_…` 里；
它以一个单位的一种角色办理工单，看到的内容按这个角色打码。

没有办成时应答 `{"error": {"code", "message", "field"}}`，`message` 是可以直接给人看的中文。
登记和办理时带上 `Idempotency-Key`（例如一个 UUID），断线后原样重发不会重复登记、重复办理；一个键保留 30 天。
办理时带回看到的 `version`；别人先办了就应答 409，并给出现在的版本和状态。"""


class Described(NinjaAPI):
    """A NinjaAPI whose document also holds the endpoints that are plain views."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        made = super().get_openapi_schema(path_prefix=ROOT, path_params=path_params)
        for operations in made["paths"].values():
            for operation in operations.values():
                operation["responses"] = {**_by_text(operation["responses"]), **_failures(401, 503)}
        made["paths"] = {**_paths(), **made["paths"]}
        made["components"]["schemas"].update(_schemas())
        made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
        return made


def _by_text(responses: dict[Any, Any]) -> dict[str, Any]:
    return {str(status): said for status, said in responses.items()}


api = Described(title="接诉 API", version="1", description=_ABOUT, openapi_url=None, docs_url=None)
api.add_router("", moves.router)


def _schemas() -> dict[str, Any]:
    _, found = msgspec.json.schema_components(_SENT, ref_template="#/components/schemas/{name}")
    return {**found, **calls.schemas(), "NewOrder": _new_order()}


def _new_order() -> dict[str, Any]:
    made = facts.object_schema(MOVES["register"])
    names = {
        "name": "姓名",
        "phone": "电话",
        "address": "住址",
        "company": "单位名称",
        "credit_code": "统一社会信用代码",
    }
    demander = {
        "type": "object",
        "description": "诉求人；不写就是匿名",
        "properties": {name: {"type": "string", "description": zh} for name, zh in names.items()},
        "additionalProperties": False,
    }
    return {**made, "title": "新的诉求", "properties": {**made["properties"], "demander": demander}}


def _paths() -> dict[str, Any]:
    return {
        f"{ROOT}/orders": {"post": _register(), "get": _list()},
        f"{ROOT}/orders/{{number}}": {"parameters": [_NUMBER], "get": _read()},
        f"{ROOT}/orders/{{number}}/events": {"parameters": [_NUMBER], "get": _events()},
        f"{ROOT}/calls/events": {"post": _call_events()},
        f"{ROOT}/calls/records": {"post": _call_records()},
        **{
            f"{ROOT}/orders/{{number}}/moves/{one.name}": {"parameters": [_NUMBER], "post": _move(one)}
            for one in MOVES.values()
            if one.hand
        },
    }


_NUMBER: Final = {
    "name": "number",
    "in": "path",
    "required": True,
    "description": "工单号",
    "schema": {"type": "integer", "minimum": 1},
}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _said(description: str, shape: str) -> dict[str, Any]:
    return {"description": description, "content": _json(_ref(shape))}


def _failures(*statuses: int) -> dict[str, Any]:
    return {str(status): _said(_TOLD[status], "Failure") for status in statuses}


def _query(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


_MADE_ONCE: Final = "同一个键带同样的内容再来，不再办一次，应答现在的工单；内容不同则 422"


def _key(description: str) -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": description,
        "schema": {"type": "string", "minLength": 1, "maxLength": 120},
    }


def _register() -> dict[str, Any]:
    return {
        "operationId": "register_order",
        "tags": ["工单"],
        "summary": "登记一条诉求",
        "description": "同一个 Idempotency-Key 带同样的内容再来，应答 200 和原来的工单；内容不同则 422。",
        "parameters": [_key("每条诉求一个，建议用 UUID；按令牌分开")],
        "requestBody": {"required": True, "content": _json(_ref("NewOrder"))},
        "responses": {
            "201": _said("已登记", "Order"),
            "200": _said("此前已登记，这是原来的工单", "Order"),
            **_failures(400, 401, 403, 413, 415, 422, 503),
        },
    }


def _call_events() -> dict[str, Any]:
    batch = {"type": "array", "items": _ref("CallEvent"), "maxItems": calls.MOST}
    several = {"type": "object", "properties": {"events": batch}, "required": ["events"], "additionalProperties": False}
    return {
        "operationId": "tell_call_events",
        "tags": ["电话"],
        "summary": "上报通话事件",
        "description": "一个事件，或一批（events）。重复、迟到、乱序都可以，结果相同；批量里有错的单独退回，其余照收。",
        "requestBody": {"required": True, "content": _json({"oneOf": [_ref("CallEvent"), several]})},
        "responses": {"200": _said("已收", "CallsTaken"), **_failures(400, 401, 403, 413, 415, 422, 503)},
    }


def _call_records() -> dict[str, Any]:
    batch = {"type": "array", "items": _ref("CallRecord"), "maxItems": calls.MOST}
    return {
        "operationId": "tell_call_records",
        "tags": ["电话"],
        "summary": "上报通话记录",
        "description": "已结束的电话，整条上报，一批（records）。同一编号再报不会重复；有错的单独退回，其余照收。",
        "requestBody": {
            "required": True,
            "content": _json(
                {
                    "type": "object",
                    "properties": {"records": batch},
                    "required": ["records"],
                    "additionalProperties": False,
                }
            ),
        },
        "responses": {"200": _said("已收", "CallsTaken"), **_failures(400, 401, 403, 413, 415, 422, 503)},
    }


def _list() -> dict[str, Any]:
    return {
        "operationId": "list_orders",
        "tags": ["工单"],
        "summary": "列出工单，新的在前",
        "description": "单位的令牌只列本单位的工单。翻页：把上一页的 next 原样作为 cursor。",
        "parameters": [
            _query("state", "状态", type="string", enum=list(words.STATES)),
            _query("unit", "单位代码：这个单位牵头或配合的工单", type="string"),
            _query(
                "due_before", "当前环节的时限早于此时的未办结工单；带时区的 ISO 8601", type="string", format="date-time"
            ),
            _query("cursor", "上一页的 next", type="string"),
            _query("limit", "一页几张", type="integer", minimum=1, maximum=100, default=20),
        ],
        "responses": {"200": _said("一页工单", "OrderPage"), **_failures(401, 403, 422, 503)},
    }


def _read() -> dict[str, Any]:
    return {
        "operationId": "read_order",
        "tags": ["工单"],
        "summary": "查询一张工单",
        "description": "连同诉求人和各次流转写下的文字，按令牌的角色打码。",
        "responses": {"200": _said("工单", "Order"), **_failures(401, 403, 404, 422, 503)},
    }


def _events() -> dict[str, Any]:
    return {
        "operationId": "list_events",
        "tags": ["工单"],
        "summary": "一张工单的流转记录",
        "description": "承办单位在回访终结前看不到回访的记录。",
        "parameters": [
            _query("after", "只要这个序号之后的", type="integer", minimum=0, default=0),
            _query("limit", "最多几条", type="integer", minimum=1, maximum=500, default=500),
        ],
        "responses": {"200": _said("流转记录，旧的在前", "EventPage"), **_failures(401, 403, 404, 422, 503)},
    }


def _move(one: Move) -> dict[str, Any]:
    states = "、".join(words.STATES[state] for state in words.STATES if state in one.frm)
    roles = "、".join(words.ROLES[role] for role in one.by if role != "system")
    version = {"type": "integer", "minimum": 1, "description": "您看到的工单版本"}
    told = facts.object_schema(one)
    needed = [name for name, must in (("version", not one.beside), ("facts", "required" in told)) if must]
    body = {
        "type": "object",
        "properties": {"version": version, "facts": told},
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }
    return {
        "operationId": f"move_{one.name}",
        "tags": ["办理"],
        "summary": one.zh,
        "description": f"可办的状态：{states}。可办的角色：{roles}。",
        **(
            {}
            if one.name == "reveal"
            else {"parameters": [_key("同一个键带同样的内容再来，不再办一次，应答现在的工单")]}
        ),
        "requestBody": {"required": True, "content": _json(body)},
        "responses": {
            "200": _said("办后的工单", "Order"),
            "409": _said("别人先办了", "Clash"),
            **_failures(400, 401, 403, 404, 413, 415, 422, 503),
        },
    }
