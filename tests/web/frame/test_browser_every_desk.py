"""Every desk of the one table: no barrier, every function at twice the size, names for those who hear the page, and an
order of the Tab key in which the work is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from jiesu.web.desks import DESKS
from jiesu.web.desks import Desk as Seat
from tests import city
from tests.browser import PageFactory
from tests.city import HOUR, MONDAY
from tests.web import situations
from tests.web.desk import (
    ADMINISTRATOR,
    AGENT,
    ANALYST,
    APPROVER,
    ARBITER,
    CALLER,
    DISPATCHER,
    DPO,
    HEAT_CLERK,
    INSPECTOR,
    LEADER,
    REVIEWER,
    SUPERVISOR,
    Desk,
)
from tests.web.quality.walked import closed, drawn
from tests.web.screens import Screens, site

HOLDER = {
    "agent": AGENT,
    "dispatcher": DISPATCHER,
    "unit_clerk": HEAT_CLERK,
    "reviewer": REVIEWER,
    "callback_clerk": CALLER,
    "supervisor": SUPERVISOR,
    "arbiter": ARBITER,
    "inspector": INSPECTOR,
    "city_leader": LEADER,
    "analyst": ANALYST,
    "administrator": ADMINISTRATOR,
    "dpo": DPO,
    "exemption_approver": APPROVER,
}
HALF = {"width": 720, "height": 450}
"""What is left of 1440 x 900 for a page at 200 %."""
# What can be pressed, chosen or filled in, by what it does rather than by its words: a hint may go where room is small.
FUNCTIONS = """() => Array.from(document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea"))
  .filter((el) => el.checkVisibility() && !el.closest("[inert]"))
  .map((el) => [el.tagName, el.getAttribute("href"), el.id, el.name, el.value && el.type !== "text" ? el.value : "",
    el.dataset.key, el.getAttribute("formaction"), el.getAttribute("aria-label"),
    el.tagName === "BUTTON" || el.tagName === "A" ? el.textContent.replace(/\\s+/g, " ").trim().slice(0, 20) : ""]
    .filter(Boolean).join(" | "))"""
OPENED = """() => { document.querySelectorAll("details").forEach((el) => { el.open = true; });
  document.getElementById("side").classList.add("shown"); }"""
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
# What a screen reader calls the thing that the keyboard stands on.
NAMED = """() => { const el = document.activeElement;
  if (!el || el === document.body) return "";
  const group = el.type === "radio" ? el.closest("fieldset") : null;
  const own = group?.querySelector("legend")?.textContent || el.getAttribute("aria-label")
    || el.labels?.[0]?.textContent || el.textContent || el.placeholder || "";
  return own.replace(/\\s+/g, " ").trim().slice(0, 30); }"""


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        yield Screens(page, address, desk, "every")
        page.close()


def busy(desk: Desk) -> None:
    """Something waits at every desk."""
    city.registered(name="张小凤", phone="13800001111")
    city.accepted()
    situations.return_asked()
    situations.ruling()
    city.dispatched()
    situations.contacted()
    city.replied()
    situations.in_callback()
    situations.exemption_asked()
    situations.instructed()
    desk.at = MONDAY + 4 * HOUR


def seats() -> list[Seat]:
    return [one for one in DESKS if one.address]


@pytest.mark.parametrize("seat", seats(), ids=lambda seat: seat.name)
def test_a_desk_has_no_barrier_and_keeps_every_function_at_twice_the_size(
    screens: Screens, desk: Desk, axe: Callable[[Page], None], seat: Seat
) -> None:
    busy(desk)
    if seat.name == "quality":
        drawn(closed(), at=MONDAY)
    who = HOLDER[min(seat.roles or seat.also)]
    page = screens.go(who, seat.address)
    page.wait_for_load_state("networkidle")
    axe(page)
    whole = set(page.evaluate(FUNCTIONS))
    page.set_viewport_size(HALF)  # type: ignore[arg-type]
    found: set[str] = set()
    # A list and what is open beside it come one after the other where there is room for one.
    for address in (page.url, screens.address + seat.address):
        page.goto(address, wait_until="networkidle")
        assert page.evaluate(FITS), f"{seat.name} is wider than the window at 200 %"
        axe(page)
        page.evaluate(OPENED)
        found |= set(page.evaluate(FUNCTIONS))
    assert whole - found == set(), f"{seat.name} loses at 200 %"


@dataclass(frozen=True)
class Walk:
    """Where the hands begin, what the Tab key comes to from there, and what a screen reader is told of the page."""

    who: str
    path: str
    first: str
    stops: list[str]
    heard: str


WALKS = {
    "intake": Walk(
        AGENT,
        "/register",
        "#phone",
        ["来电号码", "说了什么*（必填）", "在哪儿", "区域", "什么事", "类型", "紧急程度", "姓名", "匿名", "要求保密"],
        """
        - main:
          - heading "受理" [level=1]
          - button "登记 Ctrl+Enter"
          - button "登记并再记一件 Ctrl+Shift+Enter"
          - region "来电人":
            - textbox "来电号码"
          - textbox "说了什么 （必填）"
          - combobox "在哪儿"
          - combobox "区域"
          - combobox "什么事"
          - group "类型":
            - radio "咨询 1"
          - group "紧急程度":
            - radio "一般 1" [checked]
          - textbox "姓名"
          - checkbox "匿名"
          - region "相似工单和知识"
        """,
    ),
    "dispatch": Walk(
        DISPATCHER,
        "/dispatch",
        "#lead",
        ["派给（牵头单位）", "供热公司（目录建议）", "供热公司（相似建议）", "住建局", "市政中心", "加配合单位"]
        + ["给单位的附言", "派给供热公司Enter", "请诉求人补充w"],
        """
        - main:
          - region "派单"
          - article /工单 \\d+/:
            - heading "楼外的热力管道没有保温" [level=1]
            - region "诉求"
            - region "流转记录"
          - complementary "决定":
            - combobox "派给（牵头单位）": 供热公司
            - list "建议"
            - group "配合单位":
              - checkbox "住建局" [checked]
            - button "派给 供热公司 Enter"
        """,
    ),
    "unit": Walk(
        HEAT_CLERK,
        "/unit",
        "[data-mark-all]",
        ["全选待签收a", "签收选中q", "收件", "本月", "值班", "1 待签收", "4 办理中", "0 今日到期", "0 超期", "1 批示"],
        """
        - main:
          - heading "办理" [level=1]
          - link "全选待签收 a"
          - button "签收选中 q"
          - navigation "办理台"
          - navigation "今天":
            - link "1 待签收"
          - heading "明天到期 1" [level=2]
          - list:
            - listitem:
              - checkbox /选中 \\d+/
              - link "楼外的热力管道没有保温"
        """,
    ),
    "callback": Walk(
        CALLER,
        "/callback",
        "[data-result=n]",
        ["无人接听r n", "占线r b", "号码有误r w", "接通但不愿评价r d", "记完自动拨下一个"]
        + ["接通了：解决了吗", "满意吗", "诉求人的意见", "记录并办结Enter", "放一小时f"],
        """
        - main:
          - heading "回访" [level=1]
          - navigation "回访名单"
          - region "这通电话":
            - button "拨号 d"
            - list "怎么说"
            - paragraph:
              - button "无人接听 r n"
            - group "接通了：解决了吗":
              - radio "已解决 1"
            - group "满意吗":
              - radio "不满意 3"
            - textbox "诉求人的意见"
            - paragraph:
              - button "记录并办结 Enter"
          - article /工单 \\d+/
        """,
    ),
}


@pytest.mark.parametrize("name", WALKS)
def test_the_tab_key_walks_the_work_and_what_is_heard_has_names(screens: Screens, desk: Desk, name: str) -> None:
    busy(desk)
    walk = WALKS[name]
    page = screens.go(walk.who, walk.path)
    page.wait_for_load_state("networkidle")
    page.locator(walk.first).first.focus()
    walked = [page.evaluate(NAMED)]
    for _ in walk.stops[1:]:
        page.keyboard.press("Tab")
        walked.append(page.evaluate(NAMED))
    assert walked == walk.stops
    expect(page.locator("main")).to_match_aria_snapshot(walk.heard)
