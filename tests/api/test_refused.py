"""What is refused before anything is written: one database serves all of these, and stays as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.caller import DEMAND, Callers, counts, told


@pytest.mark.parametrize("sent", [None, "", "Bearer", "Bearer ", "Basic eGlhb3pob3U6eA==", "jiesu_something"])
def test_401_without_a_token(module_callers: Callers, sent: str | None) -> None:
    headers = {} if sent is None else {"Authorization": sent}
    for method, path in (("GET", "/orders"), ("POST", "/orders"), ("GET", "/orders/1"), ("GET", "/moves")):
        said = module_callers.call(method, path, data="{}", headers=headers)
        assert told(said) == (401, "unauthorized", "请在请求头里带上令牌：Authorization: Bearer jiesu_…")
        assert said.headers["WWW-Authenticate"] == 'Bearer realm="jiesu"'


def test_the_scheme_is_read_in_any_case(module_callers: Callers) -> None:
    said = module_callers.call("GET", "/orders", headers={"Authorization": f"bearer {module_callers.secrets['zhou']}"})
    assert said.status == 200


@pytest.mark.parametrize("number", ["2611230009999", "0", "-1", "abc", "999999999999999", "9" * 40, "2611230000001x"])
def test_404_when_there_is_no_such_order(module_callers: Callers, number: str) -> None:
    assert told(module_callers.get("zhou", f"/orders/{number}"))[:2] == (404, "not_found")
    assert told(module_callers.get("zhou", f"/orders/{number}/events"))[:2] == (404, "not_found")
    assert told(module_callers.post("zhou", f"/orders/{number}/moves/accept", {"version": 1}))[:2] == (404, "not_found")


@pytest.mark.parametrize("path", ["", "/", "/orders/", "/order", "/orders/1/moves", "/orders/1/moves/a/b", "/nothing"])
def test_404_for_an_address_that_is_none(module_callers: Callers, path: str) -> None:
    said = module_callers.get("zhou", path)
    assert told(said) == (404, "not_found", "没有这个接口，接口说明见 /api/v1/docs")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/orders", "GET, POST"),
        ("PUT", "/orders/1", "GET"),
        ("POST", "/orders/1/events", "GET"),
        ("GET", "/orders/1/moves/accept", "POST"),
        ("POST", "/moves", "GET"),
        ("PATCH", "/moves", "GET"),
        ("POST", "/openapi.json", "GET"),
    ],
)
def test_405_names_what_is_allowed(module_callers: Callers, method: str, path: str, allowed: str) -> None:
    said = module_callers.call(method, path, "zhou")
    assert told(said) == (405, "method_not_allowed", f"这个地址只接受 {allowed.replace(', ', '、')}")
    assert said.headers["Allow"] == allowed


@pytest.mark.parametrize("version", [None, 0, -1, "1", 1.5, True, 2**31, [1]])
def test_422_without_the_version_that_was_seen(module_callers: Callers, version: object) -> None:
    said = module_callers.post("chen", "/orders/2611230000001/moves/accept", {"version": version})
    assert told(said) == (422, "missing_version", "请在 version 里写明您看到的工单版本（整数）")


@pytest.mark.parametrize(
    "body", [b"{", b"nothing", b'{"text": "\xff"}', b'{"text": "\\ud800"}', b"[" * 50_000, b'{"a": NaN}']
)
def test_400_for_a_body_that_is_no_json(module_callers: Callers, body: bytes) -> None:
    assert told(module_callers.call("POST", "/orders", "zhou", body)) == (400, "bad_request", "请求体不是正确的 JSON")


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "5"])
def test_400_for_json_that_is_no_object(module_callers: Callers, body: str) -> None:
    said = module_callers.call("POST", "/orders/1/moves/accept", "zhou", body)
    assert told(said) == (400, "bad_request", "请求体须是一个 JSON 对象，形如 {…}")


def test_413_for_a_body_that_is_too_large(module_callers: Callers) -> None:
    said = module_callers.post("zhou", "/orders", {**DEMAND, "text": "长" * 500_000})
    assert told(said) == (413, "too_large", "内容太大，最多 1024 KB")


@pytest.mark.parametrize(
    "type_",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=gbk",
    ],
)
def test_415_for_what_is_no_utf8_json(module_callers: Callers, type_: str) -> None:
    said = module_callers.call("POST", "/orders", "zhou", json.dumps(DEMAND), type=type_)
    assert told(said)[:2] == (415, "unsupported_media_type")


def test_415_for_a_packed_body(module_callers: Callers) -> None:
    said = module_callers.call("POST", "/orders", "zhou", b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert told(said) == (415, "unsupported_media_type", "请求体不要压缩")


@pytest.mark.parametrize(
    ("changes", "code", "field", "message"),
    [
        ({"text": None}, "missing_fact", "text", "请填写“诉求内容”"),
        ({"text": "  "}, "missing_fact", "text", "请填写“诉求内容”"),
        ({"text": "有\0空字符"}, "bad_fact", "text", "“诉求内容”里有无法保存的字符，请删去后再提交"),
        ({"text": 5}, "bad_fact", "text", "“诉求内容”须是字符串"),
        ({"text": "长" * 20_001}, "bad_fact", "text", "“诉求内容”太长，请缩短到 20000 字以内"),
        ({"title": "长" * 201}, "bad_fact", "title", "“标题”太长，请缩短到 200 字以内"),
        ({"channel": None}, "missing_fact", "channel", "请填写“渠道”"),
        (
            {"kind": "rant"},
            "bad_fact",
            "kind",
            "“诉求类型”须是其中之一：咨询、求助、投诉、举报、建议、表扬、无效、骚扰",
        ),
        ({"matter": "99"}, "bad_fact", "matter", "“事项分类”没有这个事项：99"),
        ({"region": ["R0103"]}, "bad_fact", "region", "“区域”须是字符串"),
        ({"secret": "yes"}, "bad_fact", "secret", "“要求保密”须是 true 或 false"),
        ({"files": ["x"]}, "bad_fact", "files", "“照片和附件”须是已上传附件的列表"),
        ({"files": "x"}, "bad_fact", "files", "“照片和附件”须是字符串的数组"),
        (
            {"happened_at": "2026-11-20T08:00:00"},
            "naive_time",
            "happened_at",
            "“实际时间”缺少时区，请写成 2026-11-23T10:00:00+08:00 这样",
        ),
        (
            {"happened_at": "昨天"},
            "bad_fact",
            "happened_at",
            "“实际时间”须是 ISO 8601 时间，例如 2026-11-23T10:00:00+08:00",
        ),
        ({"happened_at": "0001-01-01T00:00:00+14:00"}, "bad_fact", "happened_at", "“实际时间”须是合理的日期"),
        ({"happened_at": "2199-01-01T00:00:00Z"}, "refused", "happened_at", "实际时间不能晚于现在"),
        ({"person": 1}, "unknown_field", "person", "不认识的项目：person"),
        ({"colour": "red", "size": 1}, "unknown_field", "colour", "不认识的项目：colour、size"),
        ({"demander": "吴桂兰"}, "bad_fact", "demander", "“demander”须是一个对象"),
        ({"demander": {"nick": "桂兰"}}, "unknown_field", "nick", "不认识的诉求人项目：nick"),
        ({"demander": {"name": 5}}, "bad_fact", "demander.name", "诉求人的“姓名”须是 60 字以内的文字"),
        ({"demander": {"phone": "1" * 41}}, "bad_fact", "demander.phone", "诉求人的“电话”须是 40 字以内的文字"),
        (
            {"demander": {"address": "工人村"}},
            "bad_fact",
            "demander",
            "诉求人至少要有姓名、电话、单位名称或统一社会信用代码之一",
        ),
        ({"anonymous": True}, "bad_fact", "demander", "匿名登记不记诉求人，请去掉 demander 或 anonymous"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_name_and_nothing_is_written(
    module_callers: Callers, changes: dict[str, Any], code: str, field: str, message: str
) -> None:
    body = {name: value for name, value in {**DEMAND, **changes}.items() if value is not None}
    said = module_callers.post("zhou", "/orders", body, Idempotency_Key="one")
    assert (said.status, said.code, said.body["error"]["field"]) == (422, code, field)
    assert said.message.startswith(message)
    assert counts() == (0, 0, 0, 0)


def test_only_those_who_take_demands_down_may_register(module_callers: Callers) -> None:
    said = module_callers.post("liu", "/orders", DEMAND)
    assert (said.status, said.code) == (403, "forbidden")
    assert said.message == "“登记”须由话务员、派单员、诉求人操作"
    assert counts() == (0, 0, 0, 0)


@pytest.mark.parametrize("key", ["", "键", "a b", "x" * 121])
def test_a_key_that_is_none_is_a_bad_request(module_callers: Callers, key: str) -> None:
    said = module_callers.post("zhou", "/orders", DEMAND, Idempotency_Key=key)
    assert (said.status, said.message) == (400, "Idempotency-Key 须是 1 到 120 个可见的英文字符，例如一个 UUID")


@pytest.mark.parametrize(
    ("query", "field", "message"),
    [
        ("state=open", "state", "没有这个状态；可用的有：received、accepted、"),
        ("unit=U9999", "unit", "没有这个单位，请核对单位代码"),
        ("due_before=2026-12-01", "due_before", "“due_before”缺少时区，请写成 2026-11-23T10:00:00+08:00 这样"),
        ("due_before=soon", "due_before", "“due_before”须是 ISO 8601 时间，例如 "),
        ("limit=0", "limit", "参数 limit 须是 1 到 100 的整数"),
        ("limit=101", "limit", "参数 limit 须是 1 到 100 的整数"),
        ("limit=many", "limit", "参数 limit 须是 1 到 100 的整数"),
        ("cursor=x", "cursor", "cursor 不对，请原样使用上一页给出的 next"),
        ("cursor=__________8", "cursor", "cursor 不对，请原样使用上一页给出的 next"),
        ("page=2", "page", "不认识的参数：page；可用的有：state、unit、due_before、cursor、limit"),
        ("limit=1&limit=2", "limit", "参数 limit 只能写一次"),
    ],
)
def test_a_parameter_that_does_not_fit_is_refused(
    module_callers: Callers, query: str, field: str, message: str
) -> None:
    said = module_callers.get("zhou", f"/orders?{query}")
    assert (said.status, said.body["error"]["field"]) == (422, field)
    assert said.message.startswith(message)
