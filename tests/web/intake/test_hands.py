"""The intake desk under an agent's hands: keys counted, nothing lost, the mouse not touched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from jiesu.store import articles, calls, contacts
from tests import city
from tests.browser import PageFactory
from tests.city import MONDAY
from tests.exchange import PHONE, s, talk, tell
from tests.web.desk import AGENT, Desk, events_of, order_of
from tests.web.screens import Screens, site

STORY = "工人村二区3号楼暖气不热，屋里才十几度，老人冻得受不了"
MOST = 25


@pytest.fixture
def site_address(desk: Desk) -> Iterator[str]:
    with site() as address:
        yield address


@pytest.fixture
def screens(request: pytest.FixtureRequest, page: PageFactory, site_address: str, desk: Desk) -> Iterator[Screens]:
    made = Screens(page, site_address, desk, f"intake-{request.node.name.removeprefix('test_')[:12]}")
    yield made
    # What the page still asks for is answered while there is a database.
    made.of(AGENT).wait_for_load_state("networkidle")
    made.of(AGENT).goto("about:blank")


class Hands:
    """Ten fingers on one page. Every key counts, and every field that they come to; the words of the story do not."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys = 0
        self.fields: list[str] = []

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1
            if "Enter" not in key:
                self._look()

    def write(self, words: str) -> None:
        """What is typed into a field, key by key; the page may lead on to the next one by itself."""
        self._look()
        self.page.keyboard.type(words)
        self.keys += len(words)
        self._look()

    def tell(self, story: str) -> None:
        """What the caller says, taken down: not counted."""
        self.page.keyboard.insert_text(story)
        self._look()

    def _look(self) -> None:
        at = self.page.evaluate("document.activeElement.name || ''")
        if at and at not in self.fields:
            self.fields.append(at)

    @property
    def count(self) -> int:
        return self.keys + len(self.fields)

    def told(self, what: str) -> None:
        print(f"\n{what}：{self.keys} 次按键，{len(self.fields)} 个栏目，合计 {self.count}")


def registered(page: Page) -> int:
    page.wait_for_url("**/register?done=*")
    return int(page.locator(".done a[data-drawer]").inner_text())


def suggested(page: Page) -> None:
    """Until what was told has come back as suggestions beside the fields."""
    expect(page.locator("#matter")).to_have_attribute("placeholder", "供热 / 室内温度不达标　Tab 接受")


def test_a_known_callers_order_in_twenty_five(screens: Screens, desk: Desk) -> None:
    city.closed(name="张小凤", phone=PHONE)
    desk.at = MONDAY + 5 * city.HOUR
    page = screens.go(AGENT, "/register")
    hands = Hands(page)
    hands.write(PHONE)
    expect(page.locator("#text")).to_be_focused()
    hands.tell(STORY)
    suggested(page)
    hands.press("Tab", "Tab", "Tab", "Tab", "Tab", "Control+Enter")
    order = order_of(registered(page))
    hands.told("已知来电人，号码手输")
    assert (order.matter, order.region, order.kind, order.urgency) == ("03.01", "R0103", "help", "urgent")
    assert order.person == order_of(order.number - 1).person
    assert (hands.keys, hands.fields) == (17, ["phone", "text", "place", "matter", "kind", "urgency", "name"])
    assert hands.count <= MOST


def test_with_the_call_on_the_desk_it_is_fewer(screens: Screens, desk: Desk) -> None:
    city.closed(name="张小凤", phone=PHONE)
    call = tell("x1", talk(at=4 * 3600)[:2], at=4 * 3600 + 6)
    desk.at = s(4 * 3600 + 30)
    page = screens.go(AGENT, "/register")
    expect(page.locator("#name")).to_have_value("张小凤")
    expect(page.locator("#text")).to_be_focused()
    screens.shoot(page, "call")
    hands = Hands(page)
    hands.tell(STORY)
    suggested(page)
    hands.press("Tab", "Tab", "Tab", "Tab", "Control+Enter")
    number = registered(page)
    hands.told("已知来电人，来电弹屏")
    assert (hands.keys, len(hands.fields), hands.count <= MOST) == (5, 5, True)
    assert [one.call for one in calls.of_order(number)] == [call]


def test_place_and_matter_typed_by_their_initials(screens: Screens) -> None:
    page = screens.go(AGENT, "/register")
    hands = Hands(page)
    hands.write("13900001111")
    expect(page.locator("#caller")).to_contain_text("这个号码第一次来电。")
    expect(page.locator("#text")).to_be_focused()
    hands.tell("家里水管总堵，想请人看看")
    hands.press("Tab")
    hands.write("grce")
    hands.press("Tab")
    hands.write("snwd")
    hands.press("Tab", "2")
    expect(page.locator("#place")).to_have_value("工人村二区")
    expect(page.locator("#matter")).to_have_value("03.01 室内温度不达标")
    hands.press("Control+Enter")
    order = order_of(registered(page))
    hands.told("新来电人，地点和事项打首字母")
    assert (order.region, order.matter, order.kind) == ("R0103", "03.01", "help")


def test_a_call_about_an_open_order_is_a_chase_by_one_key(screens: Screens, desk: Desk) -> None:
    order = city.handling(name="张小凤", phone=PHONE, title="暖气管道没有保温")
    call = tell("x1", talk(at=3600)[:2], at=3606)
    desk.at = s(3700)
    page = screens.go(AGENT, "/register")
    expect(page.locator(".open-orders li").first).to_be_focused()
    hands = Hands(page)
    hands.press("c")
    expect(page.locator("#caller .done")).to_contain_text("第 1 次催，承办单位和督办员都看得到。")
    hands.told("在办件催单")
    assert (hands.keys, order_of(order.number).chases) == (1, 1)
    assert [one.call for one in calls.of_order(order.number)] == [call]
    screens.shoot(page, "chased")


def test_another_order_of_the_same_call_keeps_caller_and_place(screens: Screens) -> None:
    page = screens.go(AGENT, "/register")
    hands = Hands(page)
    hands.write(PHONE)
    expect(page.locator("#text")).to_be_focused()
    hands.tell(STORY)
    suggested(page)
    hands.press("Tab", "Tab", "Tab", "Control+Shift+Enter")
    page.wait_for_url("**/register?done=*&again=1")
    first = int(page.locator(".done a[data-drawer]").inner_text())
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#place")).to_have_value("工人村二区3号楼")
    expect(page.locator("#phone")).to_have_value(PHONE)
    Hands(page).tell("单元门也关不上")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "again" not in url)
    second = registered(page)
    assert contacts.orders_of(contacts.of_order(second) or 0) == [first, second]
    page.keyboard.press("a")
    page.wait_for_url(f"**/register?done={second}&again=1")


def test_a_question_is_answered_at_once_from_knowledge(screens: Screens) -> None:
    page = screens.go(AGENT, "/register")
    page.locator("#text").focus()
    hands = Hands(page)
    hands.tell("请问家里房子空着，报停怎么办理，什么时候截止")
    expect(page.locator("[data-use]").first).to_have_attribute("data-use", "/register/article/K001")
    hands.press("Tab", "Tab", "Tab", "Tab", "Tab", "Escape", "r")
    expect(page.locator("#public_reply")).to_be_focused()
    expect(page.locator("[data-article]")).to_have_text("用知识 K001：停供和恢复供热怎么办理")
    screens.shoot(page, "answer")
    hands.press("Control+Enter")
    number = registered(page)
    hands.told("用知识直接答复")
    assert [event.move for event in events_of(number)] == ["register", "answer_directly"]
    assert (order_of(number).matter, order_of(number).kind) == ("03.05", "consultation")
    assert articles.get("K001").used == 1  # type: ignore[union-attr]


def test_what_was_written_outlives_the_browser(screens: Screens, desk: Desk) -> None:
    page = screens.go(AGENT, "/register")
    page.locator("#phone").fill(PHONE)
    page.locator("#text").fill(STORY)
    expect(page.locator(".draft-note")).to_contain_text("已留存")
    page.evaluate("sessionStorage.clear()")
    page.goto("about:blank")
    page = screens.go(AGENT, "/register")
    expect(page.locator("#text")).to_have_value(STORY)
    expect(page.locator("#phone")).to_have_value(PHONE)
    expect(page.locator(".draft-note")).to_contain_text("上次未写完")
    page.locator("#text").focus()
    page.keyboard.press("Control+Enter")
    registered(page)
    expect(page.locator("#text")).to_have_value("")
    page = screens.go(AGENT, "/register")
    expect(page.locator("#text")).to_have_value("")


def test_the_desk_is_looked_at_empty_full_and_in_error(screens: Screens, desk: Desk) -> None:
    for hour in range(3):
        told = {"text": f"我们楼暖气冰凉，第{hour}次打了", "place": "工人村二区3号楼", "matter": "03.01"}
        city.registered(MONDAY - hour * city.HOUR, name="李大海", phone="13900009999", **told)
    city.closed(name="张小凤", phone=PHONE)
    city.handling(name="张小凤", phone=PHONE, title="暖气管道没有保温")
    desk.at = MONDAY + 5 * city.HOUR
    page = screens.go(AGENT, "/register")
    expect(page.locator("#phone")).to_be_focused()
    screens.shoot(page, "empty")
    page.set_viewport_size({"width": 1440, "height": 900})
    Hands(page).write(PHONE)
    expect(page.locator(".open-orders li").first).to_be_focused()
    page.keyboard.press("w")
    Hands(page).tell(STORY)
    suggested(page)
    Hands(page).press("Tab", "Tab", "Tab")
    expect(page.locator(".note.event")).to_have_text("同一地点同类 3 件，三天内，可能是同一件事")
    expect(page.locator(".spot")).to_have_attribute("cx", "299")
    expect(page.locator("#preview")).to_contain_text("将由 供热公司 牵头")
    screens.shoot(page, "full")
    page.emulate_media(color_scheme="dark")
    screens.shoot(page, "full-dark")
    page.locator("#matter").fill("没有这件事")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#register-matter-error")).to_have_text("没有叫“没有这件事”的事项分类，请从列表中选择")
    expect(page.locator("#matter")).to_be_focused()
    expect(page.locator("#text")).to_have_value(STORY)
    screens.shoot(page, "error")


def test_the_keys_are_told_and_a_field_is_left_without_loss(screens: Screens) -> None:
    page = screens.go(AGENT, "/register")
    page.locator("#text").fill(STORY)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    keys = page.locator("#keys").inner_text()
    for told in ("来电号码", "说了什么", "在哪儿", "什么事", "类型", "紧急程度", "姓名", "Ctrl+Enter", "接受建议"):
        assert told in keys
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    expect(page.locator("#tree .tree a").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#tree .tree button").first).to_have_text("室内温度不达标")
    page.keyboard.press("Enter")
    expect(page.locator("#matter")).to_have_value("03.01 室内温度不达标")
    expect(page.locator("#text")).to_have_value(STORY)
