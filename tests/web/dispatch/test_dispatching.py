"""The dispatch desk as 派单员老陈 reads it: lists, suggestions, one gesture, many at once, what is asked of him."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests import city
from tests.city import HEAT, HOUR, HOUSING, MONDAY
from tests.web import situations
from tests.web.desk import AGENT, DISPATCHER, HEAT_CLERK, Desk, Seen, _seen, events_of, order_of


def part(desk: Desk, address: str, name: str = "order", who: str = DISPATCHER) -> Seen:
    return _seen(desk.browser(who).get(address, headers={"X-Part": name}), address)


def sent(desk: Desk, address: str, given: Mapping[str, Any], name: str = "done", who: str = DISPATCHER) -> Seen:
    return _seen(desk.browser(who).post(address, dict(given), headers={"X-Part": name}), address)


def moves(number: int) -> list[str]:
    return [event.move for event in events_of(number)]


def test_the_list_says_whom_the_catalog_suggests(desk: Desk) -> None:
    bare = city.accepted(MONDAY + timedelta(minutes=1))
    smoke = city.accepted(MONDAY + timedelta(minutes=2), matter="01.01.01")
    unclear = city.accepted(MONDAY + timedelta(minutes=3), matter="02.03.04", region=None)
    desk.at = MONDAY + timedelta(minutes=5)
    page = desk.get(DISPATCHER, "/dispatch")
    assert page.rows == [bare.number, smoke.number, unclear.number]
    assert "管网改造与保温 还剩 26分钟 供热公司" in page.words
    assert "占道经营 还剩 27分钟 城管局" in page.words
    assert "还剩 28分钟 待选" in page.words
    assert page.title == "派单 · 接诉"


def test_the_first_list_in_which_something_waits_opens(desk: Desk) -> None:
    order = city.registered()
    page = desk.get(DISPATCHER, "/dispatch")
    assert page.rows == [order.number]
    assert 'aria-current="page">待受理<b>1</b>' in page.html


def test_filters_and_firms_stand_in_the_address(desk: Desk) -> None:
    firm = city.accepted(enterprise=True)
    urgent = city.accepted(urgency="urgent")
    assert desk.get(DISPATCHER, "/dispatch?queue=accepted&enterprise=1").rows == [firm.number]
    assert desk.get(DISPATCHER, "/dispatch?queue=accepted&urgency=urgent").rows == [urgent.number]
    empty = desk.get(DISPATCHER, "/dispatch?queue=accepted&urgency=emergency")
    assert "没有符合条件的工单。 清除筛选" in empty.words


def test_an_empty_desk_says_where_something_waits(desk: Desk) -> None:
    city.registered()
    assert "都派出去了。 待受理还有 1 件" in desk.get(DISPATCHER, "/dispatch?queue=accepted").words


def test_others_have_no_seat_here(desk: Desk) -> None:
    order = city.accepted()
    for who in (AGENT, HEAT_CLERK):
        assert desk.get(who, "/dispatch").status == 403
        assert part(desk, f"/dispatch/{order.number}", who=who).status == 403
    answer = sent(desk, f"/dispatch/{order.number}/send", {"lead": "供热公司"}, who=AGENT)
    assert answer.status == 403
    assert "“派单”须由派单员操作" in answer.words
    assert moves(order.number) == ["register", "accept"]


def test_the_decision_says_who_why_and_which_limits_will_run(desk: Desk) -> None:
    order = city.accepted(urgency="urgent")
    seen = part(desk, f"/dispatch/{order.number}").words
    assert "目录 供热公司 目录有这一条 派单目录：管网改造与保温（全市），雄关市12345派单目录（2026版）第74条" in seen
    assert "模型 尚未启用" in seen
    assert "签收 30 分钟 今天 10:30 前" in seen
    assert "阶段反馈 24 小时 明天 10:00 前" in seen
    assert "配合单位 住建局 市政中心" in seen


def test_a_unit_that_gave_it_back_is_not_suggested_again_and_whom_it_named_is_told(desk: Desk) -> None:
    order = situations.after(situations.return_asked(), "agree_return", city.CHEN, request=1)
    assert order.last_at is not None
    desk.at = order.last_at
    seen = part(desk, f"/dispatch/{order.number}").words
    assert "目录写的单位已退单获准，请另选" in seen
    assert "退单单位 住建局 指明应由住建局办理" in seen
    assert "派过 1 家 待选" in desk.get(DISPATCHER, "/dispatch").words


def test_accepted_and_dispatched_in_one_gesture_or_not_at_all(desk: Desk) -> None:
    order = city.registered()
    address = f"/dispatch/{order.number}/send"
    given = {"step": "accept", "kind": "help", "matter": "03.06", "region": "R0103", "seen": 1}
    refused = sent(desk, address, {**given, "lead": "住建局"})
    assert refused.status == 422
    assert "派单目录写的是供热公司，改派住建局请写明依据" in refused.words
    assert moves(order.number) == ["register"]
    done = sent(desk, address, {**given, "lead": "供热公司", "assist": [HOUSING]})
    assert done.words.startswith("已派给供热公司，供热公司应在明天 17:30 前签收。")
    assert moves(order.number) == ["register", "accept", "dispatch"]
    assert [leg.unit for leg in order_of(order.number).legs] == [HEAT, HOUSING]


def test_without_scripts_the_desk_works_by_links_and_forms(desk: Desk) -> None:
    order = city.accepted()
    page = desk.get(DISPATCHER, f"/dispatch?queue=accepted&order={order.number}")
    form = page.forms["send"]
    assert form.values["lead"] == ["供热公司"]
    after = desk.send(DISPATCHER, form)
    assert after.address == f"/dispatch?queue=accepted&sent={order.number}"
    assert f"刚办的 {order.number} 待签收 供热公司" in after.words
    lost = desk.post(DISPATCHER, f"/dispatch/{order.number}/send", {"lead": "供热公司", "seen": order.version})
    assert lost.status == 409
    assert "这张工单刚被陈亮“派单”，现在是“待签收”" in lost.words


def test_somebody_else_was_first(desk: Desk) -> None:
    order = city.accepted()
    city.take(order, "dispatch", city.CHEN, MONDAY, {"lead": HEAT})
    lost = sent(desk, f"/dispatch/{order.number}/send", {"lead": "供热公司", "seen": order.version})
    assert lost.status == 409
    assert "现在是“待签收”；您写的内容没有丢" in lost.words


def test_a_classification_being_changed_shows_whom_it_would_go_to(desk: Desk) -> None:
    order = city.registered(text="烧烤摊占道经营冒烟", matter=None)
    bare = part(desk, f"/dispatch/{order.number}").words
    assert "受理为：求助 · 事项未定 · 工人村社区 · 一般" in bare
    assert "城市管理 / 占道与摊点 / 占道经营" in bare  # guessed from the words
    asked = {"kind": "complaint", "matter": "01.01.01 占道经营", "region": "R0103", "urgency": "normal"}
    seen = sent(desk, f"/dispatch/{order.number}/suggestion", asked, "decide")
    assert "目录 城管局 目录有这一条" in seen.words
    assert moves(order.number) == ["register"]
    wrong = sent(desk, f"/dispatch/{order.number}/suggestion", {**asked, "matter": "烧烤"}, "decide")
    assert wrong.status == 422


def test_several_go_together_each_by_itself(desk: Desk) -> None:
    first, second, third = (city.accepted(MONDAY + timedelta(seconds=at)) for at in range(3))
    other = city.accepted(matter="01.01.01")
    fresh = city.registered()
    city.take(second, "withdraw", city.CHEN, MONDAY + HOUR, {"reason": "来电说不用了"})
    marked = [f"{one.number}:{one.version}" for one in (first, second, third, other, fresh)]
    desk.at = MONDAY + HOUR
    report = desk.post(DISPATCHER, "/dispatch/many", {"marked": marked, "lead": HEAT})
    assert "已派给供热公司 3 件，2 件没有派" in report.words
    assert f"{second.number} 没有派：这张工单刚被" in report.words
    assert f"{other.number} 没有派：这张建议派给城管局，请打开单独派" in report.words
    states = [order_of(one.number).state for one in (first, second, third, other, fresh)]
    assert states == ["dispatched", "closed", "dispatched", "accepted", "dispatched"]
    assert "请先标记要派的工单" in desk.post(DISPATCHER, "/dispatch/many", {"lead": HEAT}).words


def test_a_return_is_decided_with_all_papers_on_one_screen(desk: Desk) -> None:
    order = situations.return_asked()
    desk.at = MONDAY + HOUR
    assert desk.get(DISPATCHER, "/dispatch").rows == [order.number]
    page = part(desk, f"/dispatch/{order.number}")
    for said in (
        "供热公司的理由",
        "应办单位 住建局",
        "法律法规依据 《物权法》",
        "证据说明 产权登记",
        "签批领导 马经理",
    ):
        assert said in page.words
    assert "派单目录现在怎么写 条目 派单目录：管网改造与保温（全市） 牵头 供热公司" in page.words
    assert "当时怎么派的" in page.words
    assert page.forms["agree_return"].values["request"] == ["1"]
    refused = sent(desk, page.forms["refuse_return"].action, {"request": "1", "seen": order.version})
    assert (refused.status, refused.forms["refuse_return"].open) == (422, True)
    assert refused.forms["refuse_return"].problems["reason"] == "请填写“理由”"
    done = sent(desk, page.forms["agree_return"].action, {"request": "1", "seen": order.version})
    assert done.words.startswith("已同意退单，不再派给这个单位，请在 30 分钟内派单。")
    assert "data-goes-on" in done.html


@pytest.mark.parametrize(
    ("asked", "agree", "state"),
    [
        (situations.extension_asked, "agree_extension", "agreed"),
        (situations.assist_asked, "agree_assist", "agreed"),
        (situations.objected, "agree_objection", "agreed"),
        (situations.complex_asked, "agree_complex", "agreed"),
        (situations.late_entry_asked, "confirm_late_entry", "agreed"),
    ],
)
def test_what_is_asked_is_answered_in_its_place(desk: Desk, asked: Any, agree: str, state: str) -> None:
    order = asked()
    desk.at = MONDAY + 6 * HOUR
    assert desk.get(DISPATCHER, "/dispatch?queue=asked").rows == [order.number]
    form = part(desk, f"/dispatch/{order.number}").forms[agree]
    given = {"request": form.values["request"][0], "seen": order.version, "back": "queue=asked"}
    assert sent(desk, form.action, given).status == 200
    assert order_of(order.number).requests[0].state == state


def test_a_refusal_names_its_reason_the_words_and_the_door(desk: Desk) -> None:
    order = city.registered()
    page = part(desk, f"/dispatch/{order.number}")
    assert "已进入诉讼或仲裁（请走：诉讼）" in page.words
    assert 'data-text="您反映的事项已由人民法院或仲裁机构受理' in page.html
    given = {"refusal": "litigation", "told": "请按法院通知办理", "seen": order.version}
    done = sent(desk, page.forms["refuse"].action, given)
    assert done.words.startswith("已不予受理。")
    assert events_of(order.number)[-1].data["door"] == "诉讼"


def test_an_order_of_the_same_event_is_merged_by_choosing_it(desk: Desk) -> None:
    told = {"text": "工人村二区3号楼外热力管道没有保温", "title": "热力管道没有保温", "place": "工人村二区"}
    first = city.accepted(**told)
    second = city.accepted(MONDAY + HOUR, **told)
    desk.at = MONDAY + HOUR
    page = part(desk, f"/dispatch/{second.number}")
    assert "可能同一件事 1 件" in page.words
    assert f'name="parent" value="{first.number}"' in page.html
    done = sent(desk, page.forms["merge_into"].action, {"parent": [str(first.number), ""], "seen": second.version})
    assert done.words.startswith("已并入主单：已并单。")
    assert order_of(second.number).parent == first.number


def test_it_is_called_back_with_a_reason(desk: Desk) -> None:
    order = city.accepted()
    done = sent(desk, f"/dispatch/{order.number}/send", {"lead": "供热公司", "seen": order.version})
    assert "为什么撤回" in done.words
    back = sent(desk, f"/dispatch/{order.number}/do/recall", {"reason": "点错了单位", "seen": 3})
    assert back.words.startswith("已撤回派单，请在 30 分钟内派单。")
    assert moves(order.number)[-2:] == ["dispatch", "recall"]
    assert "为什么撤回" not in back.words


def test_rows_that_left_say_what_became_of_them(desk: Desk) -> None:
    stays, left = city.accepted(), city.accepted()
    city.take(left, "dispatch", city.CHEN, MONDAY, {"lead": HEAT})
    seen = part(desk, f"/dispatch?queue=accepted&rows={stays.number},{left.number}", "rows")
    assert seen.rows == [stays.number, left.number]
    assert f'data-number="{left.number}" data-left="待签收"' in seen.html
    assert '<div id="nav">' in seen.html


def test_what_it_costs(desk: Desk) -> None:
    from jiesu.store import matters, rules, similar, units  # noqa: PLC0415 - Django can be imported only once

    orders = [city.accepted(MONDAY + timedelta(seconds=at)) for at in range(5)]
    browser, now = desk.browser(DISPATCHER), rules.current()
    units.spelt(now)
    matters.tree(now)
    similar.like("热力管道没有保温", now=desk.at)

    def cost(address: str, given: Mapping[str, Any] | None = None, name: str = "", status: int = 200) -> int:
        headers = {"X-Part": name} if name else {}
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            answer = (
                browser.get(address, headers=headers)
                if given is None
                else browser.post(address, dict(given), headers=headers)
            )
        assert answer.status_code == status
        begun = [one["sql"] for one in djangos if one["sql"] not in ("BEGIN", "COMMIT", "ROLLBACK")]
        return len(ours) + len(begun)

    first, second, third = orders[:3]
    led = {"lead": "供热公司", "rules": now.id}
    found = {
        "列表": cost("/dispatch"),
        "更新几行": cost(f"/dispatch?queue=accepted&rows={first.number}", name="rows"),
        "一张工单和决定": cost(f"/dispatch/{first.number}", name="order"),
        "列表带一张工单（无脚本）": cost(f"/dispatch?order={first.number}"),
        "派单": cost(f"/dispatch/{first.number}/send", {**led, "seen": 2}, "done"),
    }
    fresh = city.registered()
    given = {**led, "step": "accept", "kind": "help", "matter": "03.06", "urgency": "urgent", "seen": 1}
    found["受理并派单，紧急"] = cost(f"/dispatch/{fresh.number}/send", given, "done")
    many = {"marked": [f"{second.number}:2", f"{third.number}:2"], "lead": HEAT}
    found["一起派 2 件"] = cost("/dispatch/many", many, "report")
    print("\n" + "，".join(f"{name} {count}" for name, count in found.items()))
    assert found == {
        "列表": 5,
        "更新几行": 5,
        "一张工单和决定": 6,
        "列表带一张工单（无脚本）": 9,
        "派单": 4,
        "受理并派单，紧急": 6,
        "一起派 2 件": 9,
    }
