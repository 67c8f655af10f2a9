"""Two residents' messages on their whole way, by people of each role at real screens, under the clocks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import city
from tests.browser import PageFactory
from tests.channels.bringing import brought, order_of
from tests.channels.made_files import written
from tests.city import local
from tests.web.desk import (
    ARBITER,
    CALLER,
    DISPATCHER,
    HEAT_CLERK,
    HEAT_LEADER,
    HOUSING_CLERK,
    REVIEWER,
    SUPERVISOR,
    Desk,
    events_of,
)
from tests.web.desk import order_of as stored
from tests.web.screens import Screens, site

BOARD = (
    "留言编号,留言主题,留言时间,留言详情,姓名,联系电话\n"
    "188006,楼外热力管道裸露,2026/11/21 11:25:05,楼外的热力管道没有保温，孩子上学要从下面走。,孙桂英,13900006006\n"
    "360114,暖气管道保温脱落,2026-11-22 17:31:20,二区锅炉房到三号楼的管道保温全掉了。,赵铁柱,13900006114\n"
)


@pytest.fixture
def site_address(desk: Desk) -> Iterator[str]:
    with site() as address:
        yield address


@pytest.fixture
def screens(request: pytest.FixtureRequest, page: PageFactory, site_address: str, desk: Desk) -> Screens:
    return Screens(page, site_address, desk, request.node.name.removeprefix("test_").partition("_")[0])


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "新保温层.png"
    path.write_bytes(_png(64, 48))
    return path


def test_straight_from_received_to_closed(screens: Screens, desk: Desk, tmp_path: Path, photo: Path) -> None:
    assert brought(written(tmp_path, "board.csv", BOARD)) == (2, 0, [])
    number, title = order_of("188006").number, "楼外热力管道裸露"

    page = screens.find(DISPATCHER, "待受理", title)
    screens.shoot(page, "received")
    accepted = {"matter": "管网改造与保温", "kind": "求助", "region": "工人村社区"}
    assert screens.make(DISPATCHER, number, "accept", **accepted) == "已受理，请在 30 分钟内派单。"
    page = screens.opened(DISPATCHER, number, "dispatch")
    assert page.locator("#move-dispatch [name=lead]").input_value() == "供热公司"
    assert page.locator("#dispatch-lead-hint").inner_text().startswith("派单目录：供热公司牵头")
    screens.shoot(page, "dispatch")
    screens.fill(page, "dispatch", {"assist": [], "note": "孩子上学必经，请尽快"})
    assert screens.send(page, "dispatch") == "已派给供热公司，供热公司应在明天 17:30 前签收。"

    desk.at = local("2026-11-23 10:12")
    page = screens.find(HEAT_CLERK, "待签收", title)
    screens.shoot(page, "to-sign")
    assert screens.make(HEAT_CLERK, number, "acknowledge") == "已签收，供热公司应在下周一 17:30 前办结。"
    desk.at = local("2026-11-23 11:00")
    said = screens.make(HEAT_CLERK, number, "first_contact", contact="已联系上", note="约好下午上门")
    assert said == "已先行联系。"
    desk.at = local("2026-11-24 15:00")
    reply = {
        "public_reply": "裸露的管道已重新包好保温层。",
        "claim": "已解决",
        "measures": "更换保温层 40 米",
        "internal_note": "旧保温层年久脱落",
    }
    page = screens.opened(HEAT_CLERK, number, "submit")
    screens.fill(page, "submit", {**reply, "files": photo})
    screens.shoot(page, "submit")
    assert screens.send(page, "submit") == "已呈报，供热公司应在下周一 17:30 前办结。"
    desk.at = local("2026-11-24 16:00")
    assert screens.make(HEAT_LEADER, number, "reply") == "已答复，热线中心应在明天 11:30 前审核。"

    desk.at = local("2026-11-24 16:30")
    page = screens.find(REVIEWER, "待审核", title)
    assert page.get_by_role("link", name="新保温层.png").count() == 1
    screens.shoot(page, "review")
    assert screens.make(REVIEWER, number, "pass_review", note="照片属实").startswith("已审核通过")
    desk.at = local("2026-11-25 09:30")
    page = screens.find(CALLER, "待回访", title)
    assert page.locator("#why-close").inner_text() == "还没有有效回访，不能办结；多次联系不上的请用“未联系上办结”"
    call = {"attempt": "已接通", "resolved": "已解决", "rating": "满意", "opinion": "师傅很负责"}
    assert screens.make(CALLER, number, "callback_attempt", **call).startswith("这次回访已记录")
    leader = screens.go(HEAT_LEADER, f"/order/{number}")
    assert "师傅很负责" not in leader.content()
    assert screens.make(CALLER, number, "close") == "已办结：已解决。"
    screens.shoot(screens.of(CALLER), "closed")
    leader.reload()
    assert "师傅很负责" in leader.content()

    order = stored(number)
    assert (order.state, order.outcome, order.resolved, order.rating) == ("closed", "solved", "resolved", "satisfied")
    assert _way(number) == [
        *("register", "accept", "dispatch", "acknowledge", "first_contact", "submit", "reply"),
        *("pass_review", "callback_attempt", "close"),
    ]
    assert _faults() == []


def test_crooked_through_ruling_and_a_broken_promise(screens: Screens, desk: Desk, tmp_path: Path, photo: Path) -> None:
    brought(written(tmp_path, "board.csv", BOARD))
    number = order_of("360114").number
    make = screens.make

    make(DISPATCHER, number, "accept", matter="管网改造与保温", kind="投诉", region="工人村社区")
    make(DISPATCHER, number, "dispatch", assist=[])
    papers = {"legal_basis": "《物权法》", "evidence": "产权登记在房产局", "leader_name": "米兰芳"}
    page = screens.opened(HEAT_CLERK, number, "request_return")
    screens.fill(page, "request_return", {**papers, "proper_unit": "住建"})
    assert screens.send(page, "request_return") == "没有叫“住建”的应办单位，是不是住建局？"
    assert page.locator("#move-request_return [name=evidence]").input_value() == "产权登记在房产局"
    screens.shoot(page, "refused-beside-its-field")
    screens.fill(page, "request_return", {"proper_unit": "住建局"})
    assert screens.send(page, "request_return") == "已申请退单，热线中心应在今天 15:30 前答复。"
    screens.shoot(screens.find(DISPATCHER, "退单待审", "暖气管道保温脱落"), "return-to-decide")
    said = make(DISPATCHER, number, "agree_return", note="产权属实")
    assert said == "已同意退单，不再派给这个单位，请在 30 分钟内派单。"
    make(DISPATCHER, number, "dispatch", lead="住建局", assist=[], basis="房产局代管资产由住建局主管")
    make(HOUSING_CLERK, number, "request_return", **papers, no_proper_unit="产权移交手续未完")
    make(DISPATCHER, number, "agree_return")
    said = make(DISPATCHER, number, "dispatch", lead="市政中心", assist=[], basis="市政设施")
    assert said == "已退单 2 次，不能再派，请提请裁定"
    screens.shoot(screens.of(DISPATCHER), "no-third-dispatch")
    make(DISPATCHER, number, "refer_to_ruling", reason="两家都说不归自己")

    desk.at = local("2026-11-23 15:00")
    screens.find(ARBITER, "待裁定", "暖气管道保温脱落")
    said = make(ARBITER, number, "rule", lead="供热公司", legal_basis="先行牵头", assist=["住建局"])
    assert said == "已裁定由供热公司牵头，供热公司应在明天 17:30 前签收。"
    make(HEAT_CLERK, number, "acknowledge")
    desk.at = local("2026-11-24 09:30")
    make(HOUSING_CLERK, number, "leg_acknowledge")
    make(HEAT_CLERK, number, "first_contact", contact="已联系上", note="说明了裁定")
    desk.at = local("2026-11-27 09:00")
    _tick(desk)
    page = screens.find(SUPERVISOR, "有标记", "暖气管道保温脱落")
    assert "配合超期" in page.locator(".head").inner_text()
    screens.shoot(page, "slow-leg")
    said = make(HEAT_LEADER, number, "request_extension", days="3", reason="等保温材料到货")
    assert said == "已申请延期，热线中心应在今天 14:30 前答复。"
    make(SUPERVISOR, number, "agree_extension")
    assert "下周四 17:30 前" in screens.go(HEAT_CLERK, f"/order/{number}").locator(".head").inner_text()

    desk.at = local("2026-11-30 10:00")
    reply = {"public_reply": "正在更换保温层。", "claim": "已解释说明", "measures": "换了一半"}
    make(HEAT_CLERK, number, "submit", **reply, files=photo)
    said = make(HEAT_LEADER, number, "reply")
    assert said == "配合单位（住建局）未答复，请写明缺什么；迟延记在配合单位"
    make(HEAT_LEADER, number, "reply", missing="产权移交手续")
    said = make(REVIEWER, number, "send_back", send_back="只答复了一部分诉求", reason="另一半何时换")
    assert said == "已退回重报，供热公司应在周四 17:30 前办结。"
    desk.at = local("2026-12-01 10:00")
    make(HEAT_LEADER, number, "reply", **{**reply, "claim": "已解决", "missing": "产权移交手续"}, files=photo)
    make(REVIEWER, number, "pass_review")
    unhappy = {"attempt": "已接通", "resolved": "未解决", "rating": "不满意", "opinion": "三号楼那段没换"}
    make(CALLER, number, "callback_attempt", **unhappy)
    assert make(CALLER, number, "rework", reason="三号楼一段未换").startswith("已重办，供热公司应在周五 17:30 前办结")
    screens.shoot(screens.go(HEAT_LEADER, f"/order/{number}"), "second-round")

    desk.at = local("2026-12-02 10:00")
    promise: dict[str, Any] = {
        "public_reply": "三号楼一段十二月十五日前换完。",
        "claim": "承诺限期解决",
        "measures": "材料已订货",
        "missing": "产权移交手续",
        "promise_due": "2026-12-15T17:30",
        "promise_owner": "工程科科长",
        "promise_approver": "分管副总",
        "promise_text": "十二月十五日前换完三号楼一段",
    }
    make(HEAT_LEADER, number, "reply", **promise, files=photo)
    make(REVIEWER, number, "pass_review")
    make(CALLER, number, "callback_attempt", attempt="已接通", resolved="基本解决", rating="基本满意", opinion="再等等")
    said = make(CALLER, number, "close_with_promise", note="已告知日期")
    assert said == "已承诺办结。"

    desk.at = local("2026-12-16 09:30")
    screens.find(CALLER, "承诺和核实", "暖气管道保温脱落")
    assert make(CALLER, number, "check_promise", kept="否", opinion="没人来") == "承诺是否兑现已记录。"
    said = make(CALLER, number, "reopen", ground="承诺未兑现", reason="到期没有换")
    assert said == "已重启，供热公司应在下周一 17:30 前办结。"
    screens.shoot(screens.of(CALLER), "reopened")

    order = stored(number)
    assert (order.state, order.round, order.returns) == ("handling", 3, 2)
    assert (order.first_resolved, order.first_rating) == ("unresolved", "dissatisfied")
    assert _way(number) == [
        *("register", "accept", "dispatch", "request_return", "agree_return", "dispatch", "request_return"),
        *("agree_return", "refer_to_ruling", "rule", "acknowledge", "leg_acknowledge", "first_contact"),
        *("request_extension", "agree_extension", "submit", "reply", "send_back", "reply", "pass_review"),
        *("callback_attempt", "rework", "reply", "pass_review", "callback_attempt", "close_with_promise"),
        *("check_promise", "reopen"),
    ]
    assert _faults() == []


def test_moods_of_the_night_of_trouble_and_of_nothing_to_do(screens: Screens, desk: Desk) -> None:
    order = city.dispatched(urgency="urgent", name="张小凤", phone="13800001111")
    desk.at = city.MONDAY + city.HOUR
    page = screens.go(SUPERVISOR, "/work/red")
    page.locator("[data-menu-of=person] > summary").click()
    page.get_by_label("深色").check()
    page.keyboard.press("Escape")
    screens.shoot(page, "dark-list")
    screens.shoot(screens.opened(SUPERVISOR, order.number, "urge"), "dark-order")
    page = screens.opened(DISPATCHER, order.number, "recall")
    screens.fill(page, "recall", {"reason": "派错了"})
    screens.make(HEAT_CLERK, order.number, "acknowledge")
    assert screens.send(page, "recall") == (
        "这张工单刚被刘桂芬“签收”，现在是“办理中”；您写的内容没有丢，请看过最新情况再提交"
    )
    assert page.locator("#move-recall [name=reason]").input_value() == "派错了"
    screens.shoot(page, "conflict")
    page = screens.go(DISPATCHER, "/order/2611239999999")
    screens.shoot(page, "no-such-order")
    page = screens.go(HEAT_CLERK, "/work/whistle")
    assert page.locator(".empty").inner_text() == "没有吹哨要应。"
    screens.shoot(page, "nothing-to-do")
    page = screens.go(DISPATCHER, "/register")
    page.get_by_label("来电号码").fill("13800001111")
    page.get_by_role("button", name="催单").first.wait_for()
    screens.shoot(page, "register")
    page.locator(".draft-note").get_by_text("已留存").wait_for()
    page.goto("about:blank")


def test_hands_stay_on_the_keys(screens: Screens, desk: Desk) -> None:
    orders = [city.registered(text=text) for text in ("路灯不亮", "井盖松动")]
    page = screens.go(DISPATCHER, "/work/received")
    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    page.locator(f"#drawer [data-order='{orders[1].number}']").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#drawer").is_hidden()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.locator(f"#drawer [data-order='{orders[0].number}']").wait_for()
    page.keyboard.press("o")
    page.wait_for_url(f"**/order/{orders[0].number}")
    page.keyboard.press("a")
    assert page.locator("#move-accept").get_attribute("open") is not None
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.locator("#move-accept").get_attribute("open") is None
    page.keyboard.press("/")
    page.keyboard.type("路灯")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="路灯不亮").wait_for()
    page.locator("body").press("?")
    assert page.get_by_role("heading", name="快捷键").is_visible()


def _way(number: int) -> list[str]:
    """What people did."""
    return [event.move for event in events_of(number) if event.role != "system" or event.move == "register"]


def _faults() -> list[Any]:
    from jiesu.store.verify import verify  # noqa: PLC0415 - Django can be imported only once it is set up

    return list(verify(processes=1).faults)


def _tick(desk: Desk) -> None:
    from jiesu.workflow.tick import tick  # noqa: PLC0415

    tick(desk.at)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x8a\xb4\xe0" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
