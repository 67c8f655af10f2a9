"""Taking a demand down: the story first, then who; a chase when it is about what is open already."""

from __future__ import annotations

import json
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from jiesu.store import articles, calls, contacts, people
from tests import city
from tests.city import MONDAY
from tests.exchange import PHONE, ZHAO_SEAT, s, talk, tell
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
    return int(parse_qs(urlsplit(address).query)["done"][0])


def test_a_demand_is_taken_down_and_the_desk_is_ready_for_the_next(desk: Desk) -> None:
    seen = desk.post(AGENT, "/register", {**DEMAND, "files": photo()})
    number = number_in(seen.address)
    assert seen.address == f"/register?done={number}"
    assert f"已登记，工单号 {number} ，请在 120 分钟内受理。" in seen.words
    assert seen.forms["register"].values["text"] == []
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
    assert "路灯不亮" in desk.order(AGENT, number).words


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
    inside = {name: value for name, value in DEMAND.items() if name not in (*change, "phone")}
    assert {name: form.values[name] for name in inside} == {name: [value] for name, value in inside.items()}
    assert 'form="register-form" value="13800001111"' in seen.html
    assert len(form.values["files_kept"]) == 1
    assert desk.get(AGENT, "/work/all").rows == []


def test_a_caller_with_open_orders_is_asked_whether_it_is_about_them(desk: Desk) -> None:
    open_one = city.handling(name="张小凤", phone="13800001111", title="暖气管道没有保温")
    city.closed(name="张小凤", phone="138 0000 1111", title="楼道灯坏了")
    desk.at = MONDAY + 5 * city.HOUR
    seen = desk.post(AGENT, "/register/caller", {"phone": "+86 138-0000-1111"})
    assert (
        seen.words.index("在办，是问这件吗？") < seen.words.index("暖气管道没有保温") < seen.words.index("楼道灯坏了")
    )
    assert "供热公司，办理中" in seen.words
    assert "已解决，满意，供热公司 裸露的管道已重新包好保温层。" in seen.words
    assert [name for name in seen.html.split('"') if name == "/register/chase"] == ["/register/chase"] * 2
    desk.post(AGENT, "/register/chase", {"number": open_one.number})
    assert order_of(open_one.number).chases == 1
    assert "这个号码第一次来电。" in desk.post(AGENT, "/register/caller", {"phone": "13900000000"}).words


def test_a_chase_tells_what_came_of_it_or_why_not(desk: Desk) -> None:
    open_one = city.handling(name="张小凤", phone="13800001111")
    closed = city.closed(name="张小凤", phone="13800001111")
    browser, part = desk.browser(AGENT), {"HX-Request": "true"}
    told = {"number": open_one.number, "phone": "13800001111", "note": "问什么时候来"}
    said = browser.post("/register/chase", told, headers=part).content.decode()
    assert f">{open_one.number}</a>，第 1 次催，承办单位和督办员都看得到。" in said
    assert "已催 1 次" in said
    said = browser.post("/register/chase", {**told, "number": closed.number}, headers=part).content.decode()
    assert "工单现在是“已办结”，不能催单" in said
    assert desk.post(AGENT, "/register/chase", {"number": closed.number}).status == 422
    assert desk.post(AGENT, "/register/chase", {"number": "x"}).status == 422
    assert desk.post(AGENT, "/register/chase", {"number": "2611239999999"}).status == 422


def test_the_history_of_a_number_is_for_intake_alone(desk: Desk) -> None:
    order = city.handling(name="张小凤", phone="13800001111")
    for who in (CALLER, HEAT_CLERK):
        for address in ("caller", "told", "places", "matters"):
            assert desk.post(who, f"/register/{address}", {"phone": "13800001111"}).status == 403
        assert desk.post(who, "/register/chase", {"number": order.number}).status == 403
        assert desk.post(who, "/register", DEMAND).status == 403
        assert desk.get(who, "/register").status == 403
        assert desk.get(who, "/register/tree").status == 403
        assert desk.get(who, "/register/article/K001").status == 403
    assert "登记诉求" not in desk.get(HEAT_CLERK, "/").words


# -- several of one talk, an answer at once, a link


def test_two_orders_of_one_talk_are_one_contact(desk: Desk) -> None:
    first = number_in(desk.post(AGENT, "/register", {**DEMAND, "do": "again"}).address)
    seen = desk.get(AGENT, f"/register?done={first}&again=1")
    form = seen.forms["register"]
    assert form.values["after"] == [str(first)]
    # The number stands at the left, outside of the form's element, and belongs to it by name.
    assert 'name="phone" form="register-form" value="13800001111"' in seen.html
    assert (form.values["name"], form.values["place"]) == (["张小凤"], ["工人村二区3号楼"])
    assert 'value="R0103" selected' in seen.html
    told = {**DEMAND, "text": "单元门也关不上", "after": first}
    second = number_in(desk.post(AGENT, "/register", told).address)
    assert contacts.orders_of(contacts.of_order(second) or 0) == [first, second]


def test_nobody_learns_a_person_from_somebody_elses_order(desk: Desk) -> None:
    order = city.registered(name="张小凤", phone="13800001111")
    seen = desk.get(AGENT, f"/register?done={order.number}&again=1")
    assert "只能接着自己刚登记的工单再记一件" in seen.words
    assert "13800001111" not in seen.html
    mine = number_in(desk.post(AGENT, "/register", DEMAND).address)
    desk.at = MONDAY + 3 * city.HOUR
    assert "那一件登记已久" in desk.get(AGENT, f"/register?done={mine}&again=1").words
    assert desk.post(AGENT, "/register", {**DEMAND, "after": order.number}).status == 422


def test_a_question_is_answered_at_once_with_an_article(desk: Desk) -> None:
    asked = {
        "text": "报停怎么办理",
        "channel": "phone",
        "kind": "consultation",
        "matter": "03.05",
        "phone": "13800001111",
    }
    answered = {**asked, "do": "answer", "article": "K001", "public_reply": "每年九月一日至十月十日办理。"}
    seen = desk.post(AGENT, "/register", answered)
    number = number_in(seen.address)
    assert f"已登记，工单号 {number} ，已直接答复，办结。" in seen.words
    order = order_of(number)
    assert (order.state, order.outcome, order.matter) == ("closed", "direct_answer", "03.05")
    assert [event.move for event in events_of(number)] == ["register", "answer_directly"]
    assert articles.get("K001").used == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"kind": "report"}, "kind", "举报不能当场答复，请受理后派单"),
        ({"kind": ""}, "kind", "请先选择诉求类型"),
        ({"public_reply": " "}, "public_reply", "请写明答复内容"),
        ({"article": "K999"}, "article", "没有知识条目“K999”，请从右侧的知识列表选用"),
    ],
)
def test_what_cannot_be_answered_at_once_is_not_registered_either(
    desk: Desk, change: dict[str, str], field: str, message: str
) -> None:
    answered = {**DEMAND, "kind": "help", "do": "answer", "article": "K001", "public_reply": "请看说明", **change}
    seen = desk.post(AGENT, "/register", answered)
    assert (seen.status, seen.forms["register"].problems) == (422, {field: message})
    assert desk.get(AGENT, "/work/all").rows == []


def test_an_order_is_linked_to_the_one_it_is_like(desk: Desk) -> None:
    other = city.registered().number
    number = number_in(desk.post(AGENT, "/register", {**DEMAND, "like": other}).address)
    assert order_of(number).links == [other]
    assert desk.post(AGENT, "/register", {**DEMAND, "like": 2611239999999}).status == 422


# -- what stands beside the form


def test_a_story_brings_suggestions_orders_like_it_and_knowledge(desk: Desk) -> None:
    for hour in range(3):
        order = {"text": f"我们楼暖气冰凉，第{hour}次打了", "place": "工人村二区3号楼", "matter": "03.01"}
        city.registered(MONDAY - hour * city.HOUR, **order)
    story = "工人村二区3号楼暖气不热，屋里才十几度，请问热费能退吗"
    seen = desk.post(AGENT, "/register/told", {"text": story, "urgency": "normal"})
    hints = json.loads(unescape(seen.html.split('data-hints="')[1].split('"')[0]))
    assert [one["value"] for one in hints["place"]] == ["工人村二区3号楼"]
    assert hints["place"][0]["region"] == "R0103"
    assert hints["matter"][0] == {
        "value": "03.01 室内温度不达标",
        "label": "供热 / 室内温度不达标",
        "why": "说到“暖气不热、十几度”",
    }
    assert hints["kind"] == [{"value": "consultation", "label": "咨询", "why": "说到“请问”"}]
    assert "家里暖气不热先做哪几步" in seen.words
    told = {
        "text": story,
        "place": "工人村二区3号楼",
        "matter": "03.01 室内温度不达标",
        "region": "R0103",
        "kind": "help",
    }
    seen = desk.post(AGENT, "/register/told", {**told, "urgency": "normal"})
    assert "同一地点同类 3 件，三天内，可能是同一件事" in seen.words
    assert "将由 供热公司 牵头，房产服务中心配合" in seen.words
    assert "登记后与它关联" in seen.words
    hints = json.loads(unescape(seen.html.split('data-hints="')[1].split('"')[0]))
    assert hints["urgency"] == [{"value": "urgent", "label": "紧急", "why": "这类事项按紧急程度办"}]


def test_nothing_told_suggests_nothing(desk: Desk) -> None:
    seen = desk.post(AGENT, "/register/told", {"text": ""})
    assert "这里列出 90 天内相似的工单" in seen.words
    assert "选好事项和地点后" in seen.words


def test_places_and_matters_answer_while_one_types(desk: Desk) -> None:
    assert desk.post(AGENT, "/register/places", {"place": "grce"}).words == "工人村二区 钢城街道，工人村社区，小区"
    assert 'data-region="R0103"' in desk.post(AGENT, "/register/places", {"place": "grce"}).html
    assert "室内温度不达标 供热" in desk.post(AGENT, "/register/matters", {"matter": "snwd"}).words
    assert desk.post(AGENT, "/register/places", {"place": ""}).words == ""


def test_the_tree_of_matters_is_walked(desk: Desk) -> None:
    roots = desk.get(AGENT, "/register/tree")
    assert "供热 ›" in roots.words
    below = desk.get(AGENT, "/register/tree?at=03")
    assert below.words.startswith("全部 / 供热 室内温度不达标")
    assert "就选“供热”" in below.words
    assert 'data-tree-choose="03.01 室内温度不达标"' in below.html


def test_an_article_is_read_and_one_that_is_not_there(desk: Desk) -> None:
    assert "依据：《雄关市城市供热条例》第二十一条" in desk.get(AGENT, "/register/article/K001").words
    assert desk.get(AGENT, "/register/article/K999").status == 404


def test_without_scripts_the_page_looks_everything_up(desk: Desk) -> None:
    city.handling(name="张小凤", phone="13800001111", title="暖气管道没有保温")
    told = {
        "text": "想问报停怎么办理",
        "phone": "13800001111",
        "place": "grce",
        "urgency": "normal",
        "channel": "phone",
    }
    seen = desk.post(AGENT, "/register", {**told, "look": "1"})
    assert (seen.status, seen.forms["register"].values["text"]) == (200, [told["text"]])
    for words in ("暖气管道没有保温", "停供和恢复供热怎么办理", "工人村二区 钢城街道，工人村社区"):
        assert words in seen.words
    taken = desk.post(AGENT, "/register", {**told, "use": "K001"})
    assert taken.forms["register"].values["article"] == ["K001"]
    assert taken.forms["register"].values["public_reply"][0].startswith("不住的房子想停一个采暖季")
    assert len(desk.get(AGENT, "/work/all").rows) == 1  # the one that was open before: nothing was registered


# -- the telephone


def test_the_call_one_is_in_stands_on_the_desk_and_its_order_is_linked(desk: Desk) -> None:
    city.handling(name="张小凤", phone=PHONE, title="暖气管道没有保温")
    tell("x1", talk()[:2], at=6)
    desk.at = s(60)
    seen = desk.get(AGENT, "/register")
    (call,) = seen.forms["register"].values["call"]
    assert "通话中" in seen.words
    assert f'name="phone" form="register-form" value="{PHONE}"' in seen.html
    assert f'data-draft="register.{call}"' in seen.html
    seen = desk.post(AGENT, "/register", {**DEMAND, "phone": PHONE, "call": call})
    number = number_in(seen.address)
    assert seen.address == f"/register?done={number}&call={call}"
    assert [one.seqs for one in calls.of_order(number)] == [[1]]
    chased = city.handling(name="张小凤", phone=PHONE).number
    desk.post(AGENT, "/register/chase", {"number": chased, "call": call})
    assert [len(one.seqs) for one in calls.of_order(chased)] == [1]


def test_nobody_links_to_somebody_elses_call(desk: Desk) -> None:
    other = tell("x1", talk(seat=ZHAO_SEAT)[:2], at=6)
    seen = desk.get(AGENT, "/register")
    assert seen.forms["register"].values["call"] == [""]
    assert PHONE not in seen.html
    refused = desk.post(AGENT, "/register", {**DEMAND, "call": other})
    assert "这通电话不是您接打的，不能关联" in refused.words
    assert desk.get(AGENT, "/work/all").rows == []
