"""A demand's whole life by nothing but the API, and what each caller may see of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from jiesu.domain.workdays import CITY_ZONE
from tests.api.caller import REPLY, SECTION, Callers
from tests.city import HEAT, HOUSING


def test_from_a_demand_to_a_closed_order_with_a_rework(callers: Callers) -> None:
    number = callers.register()
    states: list[tuple[int, str]] = []

    def done(who: str, name: str, **facts: Any) -> Any:
        order = callers.done(who, number, name, **facts)
        states.append((order["version"], order["state"]))
        return order

    done("chen", "accept")
    done("chen", "dispatch", lead=HEAT)
    done("liu", "acknowledge")
    done("liu", "first_contact", contact="reached", note="已和住户约好上门时间")
    done("liu", "submit", **REPLY)
    done("ma", "reply")
    done("he", "pass_review")
    done(
        "fang", "callback_attempt", attempt="answered", resolved="unresolved", rating="dissatisfied", opinion="还是凉的"
    )
    done("fang", "rework", reason="住户说阀门开了仍不热，请再上门")
    done("ma", "reply", **{**REPLY, "measures": "清洗过滤器"})
    done("he", "pass_review")
    done("fang", "callback_attempt", attempt="answered", resolved="resolved", rating="satisfied")
    closed = done("fang", "close")

    assert states == [
        (2, "accepted"),
        (3, "dispatched"),
        (4, "handling"),
        (5, "handling"),
        (6, "handling"),
        (7, "replied"),
        (8, "callback"),
        (9, "callback"),
        (10, "handling"),
        (11, "replied"),
        (12, "callback"),
        (13, "callback"),
        (14, "closed"),
    ]
    assert (closed["outcome"], closed["outcome_zh"], closed["round"]) == ("solved", "已解决", 2)
    assert (closed["first_resolved"], closed["first_rating"]) == ("unresolved", "dissatisfied")
    assert (closed["resolved"], closed["rating"]) == ("resolved", "satisfied")
    assert closed["due_at"] is None
    assert all(clock["stopped"] for clock in closed["clocks"].values())
    moves = [event["move"] for event in callers.get("liu", f"/orders/{number}/events").body["events"]]
    assert moves == [
        *("register", "accept", "dispatch", "acknowledge", "first_contact", "submit", "reply", "pass_review"),
        *("callback_attempt", "rework", "reply", "pass_review", "callback_attempt", "close"),
    ]


def test_an_order_is_read_with_its_parts_and_words(callers: Callers) -> None:
    number = callers.handling()
    callers.done("ma", number, "request_extension", days=3, reason="配件三天后到货")
    order = callers.get("liu", f"/orders/{number}").body

    assert (order["number"], order["version"], order["state_zh"]) == (number, 5, "办理中")
    assert (order["title"], order["place"]) == ("恢复供热一周无人开阀", "工人村二区3号楼")
    assert (order["matter"], order["matter_zh"], order["region"]) == ("03.05", "报停与恢复供热", "R0103")
    assert [(leg["unit"], leg["unit_zh"], leg["lead"], leg["state"]) for leg in order["legs"]] == [
        (HEAT, "供热公司", True, "acknowledged")
    ]
    assert order["due_at"] == order["legs"][0]["clocks"]["handle"]["due"]
    assert [(one["no"], one["type"], one["state_zh"], one["unit"]) for one in order["requests"]] == [
        (1, "extension", "待审定", HEAT)
    ]
    assert order["requests"][0]["detail"]["days"] == 3
    assert [(text["seq"], text["fact"], text["text"]) for text in order["texts"]] == [
        (1, "place", "工人村二区3号楼"),
        (1, "text", "我想恢复供热，交了钱一周没人来开阀，电话13912345678"),
        (1, "title", "恢复供热一周无人开阀"),
        (5, "reason", "配件三天后到货"),
    ]
    assert order["demander"] == {
        "name": "吴桂兰",
        "phone": "13800002222",
        "address": "工人村二区3号楼2单元501",
        "company": "",
        "credit_code": "",
    }


def test_each_role_sees_its_own_part_of_the_person_and_the_words(callers: Callers) -> None:
    number = callers.handling()
    callers.done("liu", number, "note", note="阀门锈死")
    seen = {who: callers.get(who, f"/orders/{number}").body for who in ("zhou", "chen", "analyst", "guan")}

    names = {who: order["demander"] and order["demander"]["name"] for who, order in seen.items()}
    phones = {who: order["demander"] and order["demander"]["phone"] for who, order in seen.items()}
    assert names == {"zhou": "吴桂兰", "chen": "吴**", "analyst": None, "guan": None}
    assert phones == {"zhou": "13800002222", "chen": "138****2222", "analyst": None, "guan": None}
    told = {who: {text["fact"]: text["text"] for text in order["texts"]} for who, order in seen.items()}
    assert told["zhou"]["text"].endswith("电话13912345678")
    assert told["chen"]["text"].endswith("电话13912345678")
    assert told["analyst"]["text"].endswith("电话139****5678")
    assert told["guan"] == {}
    assert "note" not in told["zhou"]  # what a unit notes for itself is not for the telephone
    assert told["chen"]["note"] == "阀门锈死"
    assert (seen["analyst"]["title"], seen["guan"]["title"]) == ("恢复供热一周无人开阀", "")


def test_one_who_has_no_part_in_it_sees_and_does_nothing(callers: Callers) -> None:
    number = callers.handling()
    said = [
        callers.get("stranger", f"/orders/{number}"),
        callers.get("stranger", f"/orders/{number}/events"),
        callers.move("stranger", number, "note", note="我来看看"),
    ]
    assert [one.status for one in said] == [403, 403, 403]
    assert {one.message for one in said} == {"这张工单不在您的办理范围内"}
    assert callers.get("stranger", "/orders").body == {"orders": [], "next": None}
    assert callers.get("liu", f"/orders/{number}").body["version"] == 4


def test_of_a_report_the_unit_sees_the_facts_and_not_the_person(callers: Callers) -> None:
    number = callers.handling(kind="report", place=None)
    order = callers.get("liu", f"/orders/{number}").body

    assert order["demander"] is None
    assert [text["text"] for text in order["texts"] if text["fact"] == "text"] == [
        "我想恢复供热，交了钱一周没人来开阀，电话139****5678"
    ]
    register = callers.get("liu", f"/orders/{number}/events").body["events"][0]
    assert "person" not in register["data"]["facts"]
    assert "person" not in register["data"]["set"]
    for_the_centre = callers.get("chen", f"/orders/{number}/events").body["events"][0]
    assert for_the_centre["data"]["facts"]["person"] == for_the_centre["data"]["set"]["person"]


def test_a_unit_sees_no_callback_before_it_is_final(callers: Callers) -> None:
    number = callers.in_callback()
    before = callers.get("ma", f"/orders/{number}").body
    answer = {"attempt": "answered", "resolved": "unresolved", "rating": "dissatisfied", "opinion": "态度不好"}
    callers.done("fang", number, "callback_attempt", **answer)

    at_unit = callers.get("ma", f"/orders/{number}").body
    assert at_unit["callbacks"] == []
    assert (at_unit["resolved"], at_unit["rating"], at_unit["first_rating"]) == (None, None, None)
    assert {"callback_first", "callback_last"} & at_unit["clocks"].keys() == set()
    assert at_unit == {**before, "version": before["version"] + 1}
    assert [event["move"] for event in callers.get("ma", f"/orders/{number}/events").body["events"]][
        -1
    ] == "pass_review"
    assert callers.get("ma", "/orders").body["orders"][0]["due_at"] is None

    at_centre = callers.get("fang", f"/orders/{number}").body
    assert [(one["resolved"], one["rating"]) for one in at_centre["callbacks"]] == [("unresolved", "dissatisfied")]
    assert at_centre["texts"][-1]["text"] == "态度不好"

    callers.done("fang", number, "rework", reason="再上门")
    final = callers.get("ma", f"/orders/{number}").body
    assert [(one["resolved"], one["rating"]) for one in final["callbacks"]] == [("unresolved", "dissatisfied")]
    assert "态度不好" in [text["text"] for text in final["texts"]]
    assert "callback_attempt" in [e["move"] for e in callers.get("ma", f"/orders/{number}/events").body["events"]]


def test_opening_a_masked_field_is_recorded_and_answered_with_it(callers: Callers) -> None:
    number = callers.handling()
    opened = callers.done("chen", number, "reveal", field="phone", reason="诉求人来电催问，核对号码")
    assert opened["revealed"] == {"field": "phone", "value": "13800002222"}
    assert (
        callers.get("chen", f"/orders/{number}/events?after=4").body["events"][0]["data"]["facts"]["field"] == "phone"
    )

    words = callers.done("dpo", number, "reveal", field="text", reason="核对投诉")
    assert words["revealed"]["value"] == "我想恢复供热，交了钱一周没人来开阀，电话13912345678"
    masked = callers.get("dpo", f"/orders/{number}").body
    assert masked["demander"]["phone"] == "138****2222"
    assert "revealed" not in masked


def test_a_section_works_on_what_its_unit_handed_on(callers: Callers) -> None:
    number = callers.handling()
    assert callers.get("section", "/orders").body["orders"] == []
    callers.done("liu", number, "sub_dispatch", section=SECTION)

    (row,) = callers.get("section", "/orders").body["orders"]
    assert (row["number"], row["title"]) == (number, "恢复供热一周无人开阀")
    assert callers.get("section", f"/orders/{number}").body["demander"]["phone"] == "138****2222"
    callers.done("section", number, "first_contact", contact="reached", note="今天下午上门")
    refused = callers.move("section", number, "request_return", legal_basis="一", evidence="二", leader_name="三")
    assert refused.status == 403
    assert refused.message == "“申请退单”由承办单位操作，科室可以联系、反馈、呈报和备注"


def test_a_unit_that_is_summoned_finds_the_order_with_the_person_masked(callers: Callers) -> None:
    number = callers.handling()
    tomorrow = (datetime.now(CITY_ZONE) + timedelta(days=1)).isoformat(timespec="minutes")
    place = {"units": [HOUSING], "meet_place": "工人村二区门口", "meet_at": tomorrow}
    whistled = callers.done("liu", number, "whistle", **place, reason="现场定管道归属")
    assert whistled["requests"][0]["detail"]["units"] == {HOUSING: {"state": "called"}}

    (row,) = callers.get("xu", "/orders").body["orders"]
    assert (row["number"], row["title"]) == (number, "恢复供热一周无人开阀")
    order = callers.get("xu", f"/orders/{number}").body
    assert (order["demander"]["name"], order["demander"]["phone"]) == ("吴**", "138****2222")
    told = {text["fact"]: text["text"] for text in order["texts"]}
    assert told["meet_place"] == "工人村二区门口"
    assert told["text"] == "我想恢复供热，交了钱一周没人来开阀，电话139****5678"
    callers.done("xu", number, "answer_whistle", request=1, coming="coming")
