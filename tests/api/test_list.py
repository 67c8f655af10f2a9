"""Lists: pages that do not shift, filters, and never another unit's orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from tests.api.caller import Callers, Said
from tests.city import HEAT, HOUSING


def numbers(said: Said) -> list[int]:
    assert said.status == 200, said.body
    return [row["number"] for row in said.body["orders"]]


def test_pages_go_on_where_they_ended_while_new_orders_come_in(callers: Callers) -> None:
    made = [callers.register() for _ in range(5)]
    first = callers.get("zhou", "/orders?limit=2")
    assert numbers(first) == [made[4], made[3]]
    callers.register()
    second = callers.get("zhou", f"/orders?limit=2&cursor={first.body['next']}")
    assert numbers(second) == [made[2], made[1]]
    last = callers.get("zhou", f"/orders?limit=2&cursor={second.body['next']}")
    assert (numbers(last), last.body["next"]) == ([made[0]], None)


def test_a_page_that_is_just_full_is_the_last(callers: Callers) -> None:
    made = [callers.register() for _ in range(2)]
    said = callers.get("zhou", "/orders?limit=2")
    assert (numbers(said), said.body["next"]) == ([made[1], made[0]], None)


def test_a_line_is_masked_and_tells_how_the_order_stands(callers: Callers) -> None:
    number = callers.handling(title=None, place="3号楼，王师傅13912345678")
    (row,) = callers.get("du", "/orders").body["orders"]
    whole = callers.get("du", f"/orders/{number}").body
    assert row["title"] == "我想恢复供热，交了钱一周没人来开阀，电话139****5678"
    assert row["place"] == "3号楼，王师傅139****5678"
    assert (row["lead_unit"], row["lead_unit_zh"], row["state_zh"]) == (HEAT, "供热公司", "办理中")
    for name in (
        "number",
        "version",
        "state",
        "outcome",
        "kind",
        "urgency",
        "due_at",
        "amber_at",
        "received_at",
        "flags",
    ):
        assert row[name] == whole[name], name
    assert callers.get("guan", "/orders").body["orders"][0]["title"] == ""


def test_filters_by_state_unit_and_due_moment(callers: Callers) -> None:
    received, handling, called = callers.register(), callers.handling(), callers.in_callback()
    assert numbers(callers.get("du", "/orders?state=handling")) == [handling]
    assert numbers(callers.get("du", f"/orders?unit={HEAT}")) == [called, handling]
    assert numbers(callers.get("du", f"/orders?unit={HEAT}&state=callback")) == [called]
    assert numbers(callers.get("du", f"/orders?unit={HOUSING}")) == []
    assert numbers(callers.get("du", "/orders?state=&unit=&due_before=&cursor=")) == [called, handling, received]

    due = callers.get("du", f"/orders/{handling}").body["due_at"]
    later = datetime.fromisoformat(due) + timedelta(seconds=1)
    before = callers.get("du", f"/orders?state=handling&due_before={quote(later.isoformat())}")
    assert numbers(before) == [handling]
    assert numbers(callers.get("du", f"/orders?state=handling&due_before={due}")) == []
    far = quote((datetime.now(UTC) + timedelta(days=60)).isoformat())
    assert numbers(callers.get("du", f"/orders?due_before={far}")) == [called, handling, received]
    # That a callback is still due would tell the unit that the citizen has not answered.
    assert numbers(callers.get("ma", f"/orders?due_before={far}")) == [handling]


def test_a_units_token_lists_its_own_orders_alone(callers: Callers) -> None:
    mine = callers.handling()
    callers.register()
    assert numbers(callers.get("liu", "/orders")) == [mine]
    assert numbers(callers.get("liu", f"/orders?unit={HEAT}")) == [mine]
    assert numbers(callers.get("xu", "/orders")) == []
    other = callers.get("liu", f"/orders?unit={HOUSING}")
    assert (other.status, other.message) == (403, "只能查看本单位的工单")


def test_an_assisting_unit_lists_its_order_too(callers: Callers) -> None:
    number = callers.handling()
    callers.done("chen", number, "add_leg", unit=HOUSING, reason="管道在小区红线内")
    assert numbers(callers.get("xu", "/orders")) == [number]
    assert callers.get("xu", "/orders").body["orders"][0]["lead_unit"] == HEAT


def test_events_are_read_in_pages(callers: Callers) -> None:
    number = callers.handling()

    def seqs(query: str) -> tuple[list[int], Any]:
        body = callers.get("du", f"/orders/{number}/events{query}").body
        return [event["seq"] for event in body["events"]], body["next"]

    assert seqs("") == ([1, 2, 3, 4], None)
    assert seqs("?limit=3") == ([1, 2, 3], 3)
    assert seqs("?after=3&limit=3") == ([4], None)
    assert seqs("?after=9") == ([], None)
    said = callers.get("du", f"/orders/{number}/events?after=-1")
    assert (said.status, said.message) == (422, "参数 after 须是 0 到 2147483647 的整数")


def test_an_event_is_shown_with_all_its_data(callers: Callers) -> None:
    number = callers.register()
    callers.done("chen", number, "accept", kind="complaint")
    accept = callers.get("du", f"/orders/{number}/events?after=1").body["events"][0]
    assert (accept["seq"], accept["move"], accept["move_zh"], accept["role_zh"], accept["unit_zh"]) == (
        *(2, "accept", "受理", "派单员", "热线中心"),
    )
    assert accept["by"] == "t2"
    assert accept["data"]["to"] == "accepted"
    assert accept["data"]["facts"] == {"kind": "complaint"}
    assert accept["data"]["stop"] == ["intake"]
    assert set(accept["data"]["start"]) == {"dispatch", "citizen"}
