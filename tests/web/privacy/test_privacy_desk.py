"""The data-protection officer: who looked at whom and why, erasures by two people, a copy for the person himself."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.domain.order import Actor, Order
from jiesu.store import people, sql
from jiesu.store import rules as rules_store
from tests import city
from tests.city import CHEN, HE, HOUR, LIU, MONDAY, local
from tests.exchange import PHONE, talk, tell
from tests.web import situations
from tests.web.desk import (
    ADMINISTRATOR,
    AGENT,
    CALLER,
    DISPATCHER,
    DPO,
    HEAT_CLERK,
    HEAT_SECTION,
    INSPECTOR,
    SUPERVISOR,
    Desk,
)

NEXT_DAY = MONDAY + timedelta(days=1)


def staff_of(desk: Desk, login: str) -> Actor:
    from jiesu.store import staff  # noqa: PLC0415 - Django can be imported only once it is set up

    number = sql.value("SELECT id FROM staff WHERE login = %s", (login,))
    found = staff.actor(number, desk.at)
    assert found is not None
    return found


def opened(order: Order, by: Actor, at: object, field: str = "phone", reason: str = "来电人核对号码") -> None:
    city.take(order, "reveal", by, at, {"field": field, "reason": reason})  # type: ignore[arg-type]


def named(at: object = MONDAY) -> Order:
    return city.handling(at, name="张小凤", phone="13800001111")  # type: ignore[arg-type]


def test_every_look_is_listed_with_who_what_and_why(desk: Desk) -> None:
    order = named()
    opened(order, staff_of(desk, DISPATCHER), MONDAY + HOUR)
    desk.at = MONDAY + 2 * HOUR
    paper = {"form": "pdf", "personal": "yes", "reason": "带去现场核对"}
    assert desk.browser(HEAT_CLERK).post(f"/order/{order.number}/paper", paper).status_code == 200
    desk.at = MONDAY + 3 * HOUR
    page = desk.get(DPO, "/")
    assert page.address == "/privacy"
    assert "打开电话" in page.words
    assert "来电人核对号码" in page.words
    assert "打印（PDF，印有姓名、电话）" in page.words
    assert "带去现场核对" in page.words
    assert str(order.number) in page.words
    assert "近 7 天 2 人，1 张工单" not in page.words
    assert "近 7 天 2 人，2 张工单" in page.words
    assert "没有反常的查看" in page.words
    assert "13800001111" not in page.html
    assert "张小凤" not in page.html


def test_recordings_that_were_heard_stand_beside_what_was_opened(desk: Desk) -> None:
    call = tell("x1", [*talk(at=0), *_recorded()], at=600)
    order = city.registered(name="张小凤", phone=PHONE)
    sql.run("UPDATE call SET number = %s WHERE id = %s", (order.number, call))
    desk.at = MONDAY + 2 * HOUR
    given = {"reason": "核对投诉"}
    desk.browser(SUPERVISOR).post(f"/order/{order.number}/call/{call}", given)
    page = desk.get(DPO, "/privacy?what=hear")
    assert "听录音" in page.words
    assert "核对投诉" in page.words
    assert page.words.count("董春梅") == 1


def _recorded() -> list[object]:
    from jiesu.domain.calls import Told  # noqa: PLC0415

    return [Told(MONDAY + timedelta(minutes=9), "recorded", recording="pbx/1")]


def test_unusual_reading_comes_first_with_its_numbers(desk: Desk) -> None:
    """A dispatcher who opens three orders of others, one of them at night: both signs, named, before the list."""
    chen = staff_of(desk, DISPATCHER)
    orders = [named() for _ in range(3)]
    opened(orders[0], chen, local("2026-11-23 23:10"), reason="核对")
    opened(orders[1], chen, MONDAY + HOUR)
    opened(orders[2], chen, MONDAY + HOUR)
    desk.at = NEXT_DAY
    page = desk.get(DPO, "/privacy")
    assert "先看这些 1 项" in page.words
    said = "陈亮 派单员，热线中心 11月23日 打开了 3 张，其中 3 张没有经手，夜间打开 1 张不急的工单，没有办理。"
    assert said in page.words
    assert "没有经手 夜间 理由过简" in page.words


def test_work_is_not_unusual(desk: Desk) -> None:
    """Whoever acts on the order he opened, an inspector whose work is looking, and an urgent night bear no sign."""
    chen = staff_of(desk, DISPATCHER)
    for _ in range(3):
        mine = city.accepted(MONDAY, name="张小凤", phone="13800001111")
        opened(mine, chen, MONDAY + HOUR)
        city.take(mine, "dispatch", chen, MONDAY + HOUR, {"lead": city.HEAT})
    urgent = city.handling(MONDAY, name="张小凤", phone="13800001111", urgency="urgent")
    opened(urgent, chen, local("2026-11-23 23:10"))
    for order in range(4):
        call = tell(f"y{order}", [*talk(at=order * 60), *_recorded()], at=600)
        number = named().number
        sql.run("UPDATE call SET number = %s WHERE id = %s", (number, call))
        desk.at = MONDAY + 2 * HOUR
        desk.browser(INSPECTOR).post(f"/order/{number}/call/{call}", {"reason": "抽查"})
    desk.at = NEXT_DAY
    assert "没有反常的查看" in desk.get(DPO, "/privacy").words


def test_thirty_in_one_day_are_many_and_the_list_goes_on(desk: Desk) -> None:
    du = staff_of(desk, SUPERVISOR)
    for minute in range(30):
        opened(named(), du, MONDAY + timedelta(minutes=minute))
    order = named()
    opened(order, du, MONDAY + HOUR, field="name", reason="第二个字段")
    for minute in range(22):
        opened(order, du, MONDAY + 2 * HOUR + timedelta(minutes=minute))
    desk.at = MONDAY + 2 * HOUR + timedelta(minutes=30)
    page = desk.get(DPO, "/privacy")
    assert "打开了 31 张工单的个人信息" in page.words
    assert page.html.count('class="c-when"') == 50
    following = desk.get(DPO, page.next)
    assert following.html.count('class="c-when"') == 3
    assert following.next == ""


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("name=陈", ["陈亮"], ["董春梅"]),
        ("name=duban1", ["董春梅"], ["陈亮"]),
        ("unit=U0301", [], ["陈亮", "董春梅"]),
        ("what=print", [], ["陈亮", "董春梅"]),
        ("day=2026-11-23", ["陈亮"], ["董春梅"]),
        ("back=31", ["陈亮", "董春梅"], []),
        ("day=nonsense&back=5&unit=X&what=Y&after=1~2~3", ["陈亮", "董春梅"], []),
        ("after=2026-11-24T00:00:00%2B08:00~reveal~1", ["陈亮"], ["董春梅"]),
        ("after=2026-11-24T00:00:00~reveal~1", ["陈亮", "董春梅"], []),
        ("day=0001-01-01", ["陈亮", "董春梅"], []),
    ],
)
def test_filters(desk: Desk, query: str, shown: list[str], hidden: list[str]) -> None:
    order = named()
    opened(order, staff_of(desk, DISPATCHER), MONDAY + HOUR)
    opened(order, staff_of(desk, SUPERVISOR), NEXT_DAY)
    desk.at = NEXT_DAY + HOUR
    table = desk.get(DPO, f"/privacy?{query}").html.partition('<div id="rows">')[2]
    for name in shown:
        assert name in table
    for name in hidden:
        assert name not in table


def test_words_of_a_reason_are_found_and_stand_in_no_address(desk: Desk) -> None:
    order, chen = named(), staff_of(desk, DISPATCHER)
    opened(order, chen, MONDAY + HOUR, reason="来电人核对号码")
    opened(order, chen, MONDAY + 2 * HOUR, field="name", reason="回复人大代表 13912345678 的询问")
    desk.at = MONDAY + 3 * HOUR
    page = desk.post(DPO, "/privacy?name=陈", {"reason": "人大代表"})
    table = page.html.partition('<div id="rows">')[2]
    assert "在最近 2,000 条里找到 1 条" in page.words
    assert "人大代表 139****5678 的询问" in table
    assert "来电人核对号码" not in table
    assert "13912345678" not in page.html
    assert "理由里没有“张三”。" in desk.post(DPO, "/privacy", {"reason": "张三"}).words


def test_a_reason_goes_with_the_words_of_its_order_and_the_look_stays(desk: Desk, own_files: None) -> None:
    order = city.closed(name="张小凤", phone="13800001111")
    opened(order, staff_of(desk, DISPATCHER), MONDAY + 4 * HOUR)
    desk.at = MONDAY + 5 * HOUR
    erase(desk, "13800001111")
    page = desk.get(DPO, "/privacy")
    assert "打开电话" in page.words
    assert "（理由已随工单删除）" in page.words


def erase(desk: Desk, phone: str) -> None:
    """Asked for by the officer, agreed to by the supervisor, carried out by the officer, all at their pages."""
    (person,) = people.by_phone(phone)
    asked = {"person": str(person), "q": phone, "ground": "consent", "reason": "本人书面申请"}
    assert "已提出删除申请" in desk.post(DPO, "/privacy/people/ask", asked).words
    number = sql.value("SELECT max(id) FROM person_request")
    assert "已确认" in desk.post(SUPERVISOR, f"/privacy/requests/{number}/agree", {}).words
    done = desk.post(DPO, f"/privacy/requests/{number}/erase", {"sure": "yes"})
    assert "已删除。流转记录、评价和各项数字不变。" in done.words


def test_an_erasure_takes_two_people(desk: Desk, own_files: None) -> None:
    order = city.closed(name="张小凤", phone="13800001111")
    desk.at = MONDAY + 5 * HOUR
    (person,) = people.by_phone("13800001111")
    found = desk.post(DPO, "/privacy/people", {"q": "13800001111"})
    assert f"张** 138****1111，诉求人 {person}" in found.words
    assert found.words.count("工单 1 张") == 1
    assert f"张** 138****1111，诉求人 {person}" in desk.post(DPO, "/privacy/people", {"q": str(order.number)}).words
    wrong = {"person": str(person), "q": "13800001111", "ground": "consent", "reason": "张小凤本人申请"}
    page = desk.post(DPO, "/privacy/people/ask", wrong)
    assert page.status == 422
    assert "请不要写诉求人的姓名、电话和地址。您写的内容还在。" in page.words
    assert 'value="张小凤本人申请"' in page.html
    asked = {**wrong, "reason": "本人书面申请"}
    page = desk.post(DPO, "/privacy/people/ask", asked)
    assert "还没有删除任何内容" in page.words
    assert "您提出的，请另一位数据保护官或督办员确认。" in page.words
    assert "确认可以删除" not in page.words
    assert desk.post(DPO, "/privacy/requests/1/agree", {}).status == 422
    early = desk.post(DPO, "/privacy/requests/1/erase", {"sure": "yes"})
    assert (early.status, "不能执行" in early.words) == (409, True)
    assert "确认可以删除" in desk.get(SUPERVISOR, "/privacy/requests").words
    why = desk.post(SUPERVISOR, "/privacy/requests/1/refuse", {"said": ""})
    assert (why.status, "请写明为什么不予删除" in why.words) == (422, True)
    agreed = desk.post(SUPERVISOR, "/privacy/requests/1/agree", {"said": "材料齐全"})
    assert "已确认，由数据保护官执行" in agreed.words
    assert "由数据保护官执行。" in agreed.words
    unsure = desk.post(DPO, "/privacy/requests/1/erase", {})
    assert (unsure.status, "请先勾选“我知道”" in unsure.words) == (422, True)
    assert people.read(person) is not None
    assert "工单 1 张，文字 6 段，附件 1 个" in desk.post(DPO, "/privacy/requests/1/erase", {"sure": "yes"}).words
    assert people.read(person) is None
    assert "没有找到" in desk.post(DPO, "/privacy/people", {"q": "13800001111"}).words
    assert "个人信息已按规定删除" in desk.order(DPO, order.number).words


def test_an_open_order_is_told_before_anybody_tries(desk: Desk) -> None:
    named()
    desk.at = MONDAY + 5 * HOUR
    (person,) = people.by_phone("13800001111")
    asked = {"person": str(person), "q": "", "ground": "consent", "reason": "本人书面申请"}
    desk.post(SUPERVISOR, "/privacy/people/ask", asked)
    page = desk.post(DPO, "/privacy/requests/1/agree", {})
    assert "还有 1 张工单没办结，办结以后才能删除。" in page.words
    assert "执行删除" not in page.words
    assert "还有没办结的工单" in desk.post(DPO, "/privacy/requests/1/erase", {"sure": "yes"}).words


def test_a_person_gets_a_copy_of_what_is_his_and_nothing_of_others(desk: Desk, own_files: None) -> None:
    order = city.closed(name="张小凤", phone="13800001111")
    opened(order, staff_of(desk, DISPATCHER), MONDAY + 4 * HOUR)
    city.closed(name="李大海", phone="13900002222", text="李大海家的事")
    desk.at = MONDAY + 5 * HOUR
    (person,) = people.by_phone("13800001111")
    refused = desk.post(DPO, "/privacy/people/copy", {"person": str(person), "q": "13800001111", "reason": " "})
    assert (refused.status, "怎样核实的身份" in refused.words) == (422, True)
    answer = desk.browser(DPO).post(
        "/privacy/people/copy", {"person": str(person), "q": str(order.number), "reason": "本人持身份证到窗口"}
    )
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["本人资料.html", "本人资料.json"]
        page, data = archive.read("本人资料.html").decode(), json.loads(archive.read("本人资料.json"))
    assert data["本人"] == {"姓名": "张小凤", "电话": "13800001111"}
    assert [one["工单号"] for one in data["工单"]] == [str(order.number)]
    steps = [step["事"] for step in data["工单"][0]["经过"]]
    assert steps[0] == "登记"
    assert "查看个人信息" not in steps
    said = json.dumps(data, ensure_ascii=False)
    for own in ("楼外的热力管道没有保温", "裸露的管道已重新包好保温层。", "师傅很负责", "派单员"):
        assert own in said
        assert own in page
    for others in ("旧保温层年久脱落", "李大海", "刘", "陈亮"):
        assert others not in said
        assert others not in page
    log = desk.get(DPO, "/privacy?what=copy").words
    assert "导出本人资料" in log
    assert "本人持身份证到窗口" in log


def test_what_he_sent_goes_with_it_and_drafts_and_returned_replies_do_not(desk: Desk, own_files: None) -> None:
    order = city.registered(name="张小凤", phone="13800001111", files=[city.photo(MONDAY)])
    city.take(order, "accept", CHEN, MONDAY)
    city.take(order, "dispatch", CHEN, MONDAY, {"lead": city.HEAT})
    city.take(order, "acknowledge", LIU, MONDAY)
    city.take(order, "first_contact", LIU, MONDAY + HOUR, {"contact": "reached", "note": "已约好"})
    reply = {**city.REPLY, "files": [city.photo(MONDAY, b"\x89PNG other")]}
    city.take(order, "submit", LIU, MONDAY + HOUR, {**reply, "public_reply": "草稿一份"})
    city.take(order, "reply", city.MA, MONDAY + HOUR, {**reply, "public_reply": "退回的答复"})
    city.take(order, "send_back", HE, MONDAY + 2 * HOUR, {"send_back": "not_answered", "reason": "答非所问"})
    city.take(order, "reply", city.MA, MONDAY + 3 * HOUR, {**reply, "public_reply": "通过的答复"})
    city.take(order, "pass_review", HE, MONDAY + 4 * HOUR)
    desk.at = MONDAY + 5 * HOUR
    (person,) = people.by_phone("13800001111")
    given = {"person": str(person), "reason": "本人持身份证到窗口"}
    answer = desk.browser(DPO).post("/privacy/people/copy", given)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist()[2:] == [f"附件/{order.number}-现场照片.png"]
        said = archive.read("本人资料.json").decode()
    assert "通过的答复" in said
    for not_told in ("草稿一份", "退回的答复", "答非所问", "已约好"):
        assert not_told not in said


def test_what_falls_due_is_listed_by_the_citys_period_and_asked_for(desk: Desk, own_files: None) -> None:
    city.closed(name="李大海", phone="13900002222")
    city.closed(MONDAY + timedelta(days=900), name="张小凤", phone="13800001111")
    desk.at = local("2029-11-24 09:00")
    assert "本市没有规定，一直保存" in desk.get(DPO, "/privacy/retention").words
    assert desk.post(DPO, "/privacy/retention", {"person": "1"}).status == 422
    params = {**rules_store.collect()["params"], "keep_orders": [3, "year"], "keep_recordings": [6, "month"]}
    rules_store.change_setting("params", params, by="s911", now=MONDAY)
    (person,) = people.by_phone("13900002222")
    page = desk.get(DPO, "/privacy/retention")
    assert "最后一张工单办结后 3 年" in page.words
    assert "通话后 6 个月" in page.words
    assert page.html.count('name="person"') == 1
    page = desk.post(DPO, "/privacy/retention", {"person": str(person)})
    assert "已提出 1 件删除申请" in page.words
    assert "2026年11月24日以前办结的诉求人都已删除或已提出申请。" in page.words
    assert "最后一张工单办结已满 3 年" in desk.get(SUPERVISOR, "/privacy/requests").words


@pytest.mark.parametrize("who", [AGENT, DISPATCHER, CALLER, HEAT_CLERK, HEAT_SECTION, ADMINISTRATOR, INSPECTOR])
def test_nobody_else_sits_here(desk: Desk, who: str) -> None:
    for path in ("/privacy", "/privacy/requests", "/privacy/people", "/privacy/retention"):
        assert desk.get(who, path).status == 403
    for path in ("/privacy/people/copy", "/privacy/people/ask", "/privacy/requests/1/agree"):
        assert desk.post(who, path, {"person": "1", "reason": "看看"}).status == 403


def test_the_supervisor_decides_with_the_officer_and_reads_no_log(desk: Desk) -> None:
    assert desk.get(SUPERVISOR, "/privacy/retention").status == 403
    page = desk.get(SUPERVISOR, "/privacy")
    assert (page.status, page.address, "查看记录" in page.words) == (200, "/privacy/requests", False)
    city.closed(name="张小凤", phone="13800001111")
    (person,) = people.by_phone("13800001111")
    assert desk.post(SUPERVISOR, "/privacy/people/copy", {"person": str(person), "reason": "看看"}).status == 403
    assert sql.value("SELECT count(*) FROM person_request") == 0
    for strange in ("/privacy/requests/1/burn", f"/privacy/requests/{2**63}/agree"):
        assert desk.post(SUPERVISOR, strange, {}).status == 404
    assert desk.post(SUPERVISOR, "/privacy/requests/7/agree", {}).status == 422


@pytest.mark.parametrize("path", ["/privacy", "/privacy?back=31&name=陈", "/privacy/requests", "/privacy/retention"])
def test_pages_cost_five_statements(desk: Desk, path: str) -> None:
    for _ in range(3):
        opened(named(), staff_of(desk, DISPATCHER), MONDAY + HOUR)
    situations.exemption_asked()
    desk.at = MONDAY + 2 * HOUR
    browser = desk.browser(DPO)
    rules_store.current()
    with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
        assert browser.get(path).status_code == 200
    assert len(ours) + len(djangos) <= 5
