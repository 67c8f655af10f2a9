"""Taking a demand down: the story first, then who; a chase when it is about what is open already."""

from __future__ import annotations

import pytest

from jiesu.store import people
from tests import city
from tests.city import MONDAY
from tests.web.desk import AGENT, CALLER, DISPATCHER, HEAT_CLERK, Desk, events_of, order_of, photo

DEMAND = {
    "text": "三号楼门口路灯不亮，晚上老人摔了一跤",
    "place": "工人村二区3号楼",
    "region": "R0103",
    "matter": "03.06 管网改造与保温",
    "kind": "help",
    "urgency": "urgent",
    "title": "路灯不亮",
    "channel": "phone",
    "happened_at": "2026-11-22T19:30",
    "phone": "13800001111",
    "name": "张小凤",
    "address": "工人村二区3号楼2单元",
}


def number_in(address: str) -> int:
    return int(address.partition("?")[0].rpartition("/")[2])


def test_a_demand_is_taken_down_and_its_page_opens(desk: Desk) -> None:
    seen = desk.post(AGENT, "/register", {**DEMAND, "files": photo()})
    number = number_in(seen.address)
    assert seen.address == f"/order/{number}?done=register"
    assert f"已登记，工单号 {number}" in seen.words
    order = order_of(number)
    told = (order.channel, order.kind, order.urgency, order.matter, order.region, order.anonymous, order.secret)
    assert told == ("phone", "help", "urgent", "03.06", "R0103", False, False)
    assert order.happened_at == city.local("2026-11-22 19:30")
    known = people.read(order.person)
    assert known is not None
    assert (known.name, known.phone, known.address) == ("张小凤", "13800001111", "工人村二区3号楼2单元")
    (event,) = events_of(number)
    assert (event.move, event.role, event.at) == ("register", "agent", MONDAY)
    assert len(event.data["facts"]["files"]) == 1
    assert "路灯不亮" in seen.words


def test_the_story_alone_is_enough(desk: Desk) -> None:
    seen = desk.post(DISPATCHER, "/register", {"text": "路灯不亮", "channel": "visit", "urgency": "normal"})
    order = order_of(number_in(seen.address))
    assert (order.channel, order.kind, order.person, order.anonymous) == ("visit", "", None, True)


def test_who_wants_no_name_leaves_none(desk: Desk) -> None:
    seen = desk.post(AGENT, "/register", {**DEMAND, "anonymous": "true"})
    order = order_of(number_in(seen.address))
    assert (order.anonymous, order.person) == (True, None)


def test_a_secret_order_is_secret_from_the_start(desk: Desk) -> None:
    seen = desk.post(AGENT, "/register", {**DEMAND, "secret": "true", "kind": "report"})
    assert order_of(number_in(seen.address)).secret is True


def test_a_company_makes_it_a_matter_of_enterprise(desk: Desk) -> None:
    company = {"company": "雄关市红星食品有限公司", "credit_code": "91620000MA00000000"}
    seen = desk.post(AGENT, "/register", {**DEMAND, **company})
    order = order_of(number_in(seen.address))
    assert order.enterprise is True
    known = people.read(order.person)
    assert known is not None
    assert known.company == "雄关市红星食品有限公司"


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"text": " "}, "text", "请填写“诉求内容”"),
        ({"matter": "不存在的事"}, "matter", "没有叫“不存在的事”的事项分类，请从列表中选择"),
        ({"happened_at": "昨天"}, "happened_at", "“实际时间”须写成 2026-11-22 17:30 这样"),
        ({"name": "长" * 201}, "name", "“姓名”太长或有无法保存的字符，请改短"),
        ({"place": "长" * 201}, "place", "“地点”太长，请缩短到 200 字以内"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    desk: Desk, change: dict[str, str], field: str, message: str
) -> None:
    seen = desk.post(AGENT, "/register", {**DEMAND, **change, "files": photo()})
    form = seen.forms["register"]
    assert (seen.status, form.problems) == (422, {field: message})
    kept = {name: form.values[name] for name in DEMAND if name not in change}
    assert kept == {name: [value] for name, value in DEMAND.items() if name not in change}
    assert len(form.values["files_kept"]) == 1
    assert desk.get(AGENT, "/work/all").rows == []


def test_a_caller_with_open_orders_is_asked_whether_it_is_about_them(desk: Desk) -> None:
    open_one = city.handling(name="张小凤", phone="13800001111", title="暖气管道没有保温")
    closed = city.closed(name="张小凤", phone="138 0000 1111", title="楼道灯坏了")
    desk.at = MONDAY + 5 * city.HOUR
    seen = desk.post(AGENT, "/register/history", {"phone": "+86 138-0000-1111"})
    assert seen.words.index("暖气管道没有保温") < seen.words.index("楼道灯坏了")
    assert f'href="/order/{open_one.number}?open=chase#move-chase"' in seen.html
    assert f'href="/order/{closed.number}?open=chase' not in seen.html
    chase = desk.get(AGENT, f"/order/{open_one.number}?open=chase").forms["chase"]
    assert chase.open is True
    desk.send(AGENT, chase, note="又问什么时候来", via="phone")
    assert order_of(open_one.number).chases == 1
    assert desk.post(AGENT, "/register/history", {"phone": "13900000000"}).words == ""


def test_the_history_of_a_number_is_for_intake_alone(desk: Desk) -> None:
    city.handling(name="张小凤", phone="13800001111")
    for who in (CALLER, HEAT_CLERK):
        assert desk.post(who, "/register/history", {"phone": "13800001111"}).status == 403
        assert desk.post(who, "/register", DEMAND).status == 403
    assert "登记诉求" not in desk.get(HEAT_CLERK, "/").words
