"""The arbiter's desk: both sides' papers, a provisional lead who works at once, whose duty it is, the catalog after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from jiesu.domain.order import Order
from tests.browser import PageFactory
from tests.city import CHEN, HEAT, HOUSING, MONDAY, XU
from tests.web import situations
from tests.web.desk import ARBITER, DISPATCHER, Desk, Seen, _seen, events_of, order_of
from tests.web.screens import Screens, site


def part(desk: Desk, address: str) -> Seen:
    return _seen(desk.browser(ARBITER).get(address, headers={"X-Part": "order"}), address)


def sent(desk: Desk, address: str, given: dict[str, Any]) -> Seen:
    return _seen(desk.browser(ARBITER).post(address, given, headers={"X-Part": "done"}), address)


def disputed() -> Order:
    """Given back by the heating company and by 住建局, each with its papers; referred by 老陈."""
    order = situations.after(situations.return_asked(), "agree_return", CHEN, request=1)
    order = situations.after(order, "dispatch", CHEN, lead=HOUSING, basis="房产局代管资产由住建局主管")
    order = situations.after(order, "acknowledge", XU)
    papers = {"legal_basis": "《城市供热条例》", "evidence": "管线图在供热公司", "leader_name": "李局长"}
    order = situations.after(order, "request_return", XU, **papers, proper_unit=HEAT)
    order = situations.after(order, "agree_return", CHEN, request=2)
    return situations.after(order, "refer_to_ruling", CHEN, reason="两家都说不归自己")


def test_both_sides_papers_stand_beside_each_other(desk: Desk) -> None:
    order = disputed()
    desk.at = MONDAY + timedelta(hours=5)
    page = desk.get(ARBITER, "/ruling")
    assert (page.rows, page.title) == ([order.number], "裁定 · 接诉")
    seen = part(desk, f"/ruling/{order.number}").words
    assert (
        "争议 两家都说不归自己 经手 供热公司（已退单） → 住建局（已退单） 目录 派单目录：管网改造与保温（全市）" in seen
    )
    assert "认为应由 住建局 法律法规依据 《物权法》 证据说明 产权登记" in seen
    assert "派单目录：管网改造与保温（全市）写它牵头" in seen
    assert "认为应由 供热公司 法律法规依据 《城市供热条例》 证据说明 管线图在供热公司" in seen


def test_a_lead_is_named_then_the_duty_settled_and_the_catalog_to_be_amended(desk: Desk) -> None:
    order = disputed()
    desk.at = MONDAY + timedelta(hours=5)
    address = f"/ruling/{order.number}/do/rule"
    bare = sent(desk, address, {"lead": "供热公司", "seen": order.version})
    assert (bare.status, bare.forms["rule"].problems) == (422, {"legal_basis": "请填写“法律法规依据”"})
    given = {"lead": "供热公司", "legal_basis": "先行牵头", "assist": [HOUSING], "seen": order.version}
    done = sent(desk, address, given)
    assert done.words.startswith("已裁定由供热公司牵头，供热公司应在明天 17:30 前签收。")
    assert order_of(order.number).lead.provisional  # type: ignore[union-attr]

    assert desk.get(ARBITER, "/ruling?queue=duty").rows == [order.number]
    form = part(desk, f"/ruling/{order.number}").forms["settle_duty"]
    given = {"lead": "住建局", "duty": "保温层属建筑附属设施，由住建局主管", "seen": form.values["seen"]}
    done = sent(desk, form.action, given)
    assert "派单目录：管网改造与保温（全市）现在写供热公司牵头，应改为住建局。" in done.words
    assert order_of(order.number).settled == HOUSING
    assert [event.move for event in events_of(order.number)][-2:] == ["rule", "settle_duty"]
    assert order_of(order.number).lead.unit == HEAT  # type: ignore[union-attr]  # the order itself stays with its lead
    assert "应改为住建局" in part(desk, f"/ruling/{order.number}").words


def test_a_unit_that_was_only_named_has_not_spoken(desk: Desk) -> None:
    order = situations.ruling()
    seen = part(desk, f"/ruling/{order.number}").words
    assert "住建局 被指为应办单位，还没有提交材料。 派单目录：管网改造与保温（全市）写它配合" in seen


def test_others_have_no_seat_here(desk: Desk) -> None:
    order = situations.ruling()
    assert desk.get(DISPATCHER, "/ruling").status == 403
    assert desk.get(DISPATCHER, f"/ruling/{order.number}").status == 403
    refused = desk.post(DISPATCHER, f"/ruling/{order.number}/do/rule", {"lead": "供热公司", "legal_basis": "先行"})
    assert (refused.status, order_of(order.number).state) == (403, "ruling")


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        made = Screens(page, address, desk, "ruling")
        yield made
        made.of(ARBITER).wait_for_load_state("networkidle")
        made.of(ARBITER).goto("about:blank")


def test_an_arbiters_morning(screens: Screens, desk: Desk, axe: Callable[[Page], None]) -> None:
    page = screens.go(ARBITER, "/ruling")
    expect(page.locator("#rows .empty")).to_contain_text("没有待裁定的工单。")
    screens.shoot(page, "empty")
    order = disputed()
    desk.at = MONDAY + timedelta(hours=5)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{screens.address}/ruling")
    page.locator("#panes [data-decides]").wait_for()
    axe(page)
    screens.shoot(page, "dispute")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#rule-lead").click()
    page.keyboard.type("gr")
    page.keyboard.press("Tab")
    assert page.locator("#rule-lead").input_value() == "供热公司"
    page.locator("#rule-legal_basis").fill("首接负责，先行牵头")
    page.locator(".rule button.primary").click()
    page.locator(f"#sent [data-sent='{order.number}']").wait_for()
    page.goto(f"{screens.address}/ruling?queue=duty")
    page.locator("#panes [data-decides]").wait_for()
    page.locator("#settle_duty-lead").fill("zj")
    page.keyboard.press("Tab")
    page.locator("#settle_duty-duty").fill("保温层属建筑附属设施")
    screens.shoot(page, "duty")
    page.locator(".settle_duty button.primary").click()
    expect(page.locator("#sent")).to_contain_text("现在写供热公司牵头，应改为住建局")
    page.locator("[data-menu-of=person] > summary").click()
    page.get_by_label("深色").check()
    axe(page)
    assert order_of(order.number).settled == HOUSING
