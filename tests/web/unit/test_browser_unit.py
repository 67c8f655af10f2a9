"""刘姐 and her leader at real screens, at a desk and on a phone in the field; their keys counted."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route

from jiesu.domain.order import Order
from tests import city
from tests.browser import SCREENS, PageFactory
from tests.city import CHEN, HEAT, HOUR, MONDAY, ZHOU
from tests.web import situations
from tests.web.desk import HEAT_CLERK, HEAT_LEADER, Desk, events_of, order_of
from tests.web.pictures import png
from tests.web.screens import Screens, site

PASTE = """(words) => {
  const bytes = Uint8Array.from(atob(words), (one) => one.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "现场.png", { type: "image/png" }));
  const pasted = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(pasted);
}"""


class Hands:
    """Somebody at the keys: every key and every field that is filled counts one, a pasted photo too."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def key(self, *names: str) -> None:
        for name in names:
            self.page.keyboard.press(name)
            self.count += 1

    def write(self, words: str) -> None:
        self.page.keyboard.insert_text(words)
        self.count += 1

    def paste(self, picture: bytes) -> None:
        self.page.evaluate(PASTE, base64.b64encode(picture).decode())
        self.count += 1


@pytest.fixture
def screens(request: pytest.FixtureRequest, page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        story = request.node.name.removeprefix("test_").partition("_")[0]
        yield Screens(page, address, desk, f"unit-{story}", cut=True)
        page.close()  # nothing is asked of the site any more


def simple(**facts: object) -> Order:
    """A lamp is out: the catalog wants a photo and what was done."""
    order = city.registered(text="二区大门口的路灯坏了", matter="01.01.01", name="张小凤", phone="13800001111", **facts)
    city.take(order, "accept", CHEN, MONDAY)
    city.take(order, "dispatch", CHEN, MONDAY, {"lead": HEAT, "basis": "本单位管护"})
    return city.take(order, "acknowledge", city.LIU, MONDAY)


def moves(order: Order) -> list[str]:
    return [event.move for event in events_of(order.number)]


def test_taking_twenty_costs_three_keys(screens: Screens, desk: Desk, axe: Callable[[Page], None]) -> None:
    orders = [city.dispatched(text=f"{at} 号楼管道没有保温") for at in range(1, 21)]
    page = screens.go(HEAT_CLERK, "/unit")
    page.locator(".item").nth(19).wait_for()
    axe(page)
    hands = Hands(page)
    hands.key("a", "q")
    page.get_by_text("已签收 20 张。").wait_for()
    print(f"acknowledge 20: {hands.count} keystrokes (3 allowed)")
    assert hands.count == 2
    assert {order_of(one.number).state for one in orders} == {"handling"}
    page.locator("#ring .tile", has_text="办理中").get_by_text("20").wait_for()
    screens.shoot(page, "taken")


def test_replying_to_a_simple_order_with_a_photo_costs_twelve(
    screens: Screens, desk: Desk, axe: Callable[[Page], None]
) -> None:
    order = simple()
    desk.at = MONDAY + HOUR
    page = screens.go(HEAT_CLERK, "/unit")
    hands = Hands(page)
    hands.key("j", "Enter")
    page.locator("#drawer [data-order]").wait_for()
    hands.key("l")
    hands.write("约好下午去")
    hands.key("Control+Enter")
    page.locator("#drawer").get_by_text("已先行联系").wait_for()
    hands.key("s")
    hands.write("路灯已换好，今晚会亮。")
    hands.paste(png(800, 600))
    hands.key("Tab", "Space")
    page.locator("#drawer .taken").get_by_text("已上传").wait_for()
    assert page.locator("#drawer [data-preview-words]").inner_text() == "路灯已换好，今晚会亮。"
    axe(page)
    hands.key("Control+Enter")
    page.locator("#drawer .done").get_by_text("已呈报").wait_for()
    print(f"first contact and reply with photo: {hands.count} keystrokes and fields (12 allowed)")
    assert hands.count == 11
    assert moves(order)[-2:] == ["first_contact", "submit"]
    leg = order_of(order.number).lead
    assert leg is not None
    assert leg.submission == {"public_reply": True, "claim": "solved", "measures": True, "files": True}
    screens.shoot(page, "submitted")


def test_whole_day_of_liu_and_her_leader(screens: Screens, desk: Desk, axe: Callable[[Page], None]) -> None:
    chased, late = city.handling(MONDAY - city.HOUR * 24 * 3), city.handling(MONDAY - city.HOUR * 24 * 9)
    city.take(chased, "chase", ZHOU, MONDAY, {"note": "又来电"})
    lamp = simple()
    urgent = city.dispatched(urgency="urgent", text="三号楼管道漏水", name="张小凤", phone="13800001111")
    other = city.dispatched(text="供热费怎么交")
    desk.at = MONDAY + HOUR / 4
    liu = screens.go(HEAT_CLERK, "/")
    assert [one.inner_text().split()[0] for one in liu.locator(".day h2").all()] == [
        "诉求人在催",
        "已超期",
        "今天到期",
        "明天到期",
    ]
    axe(liu)
    screens.shoot(liu, "morning")
    liu.keyboard.press("a")
    liu.keyboard.press("q")
    liu.get_by_text("已签收 2 张。").wait_for()
    assert (order_of(urgent.number).state, order_of(other.number).state) == ("handling", "handling")

    liu.locator(f"[data-number='{chased.number}'] a").click()
    drawer = liu.locator("#drawer")
    drawer.get_by_text("诉求人已催 1 次。").wait_for()
    drawer.locator("details.rest > summary").click()
    drawer.locator("#move-request_assist > summary").click()
    drawer.locator("#move-request_assist [name=unit]").fill("住建")
    drawer.locator("#move-request_assist [name=reason]").fill("请核对产权")
    drawer.locator("#move-request_assist button.primary").click()
    drawer.get_by_text("没有叫“住建”的单位，是不是住建局？").wait_for()
    assert drawer.locator("#move-request_assist [name=reason]").input_value() == "请核对产权"
    screens.shoot(liu, "refused")
    drawer.locator("#move-request_assist [name=unit]").fill("住建局")
    drawer.locator("#move-request_assist button.primary").click()
    drawer.get_by_text("已申请配合").wait_for()
    liu.keyboard.press("Escape")

    liu.goto(f"{screens.address}/unit/{late.number}")
    assert "退单期限已过" in liu.content()

    liu.goto(f"{screens.address}/unit/{lamp.number}")
    liu.keyboard.press("l")
    liu.keyboard.insert_text("约好下午去")
    liu.keyboard.press("Control+Enter")
    liu.get_by_text("已先行联系").first.wait_for()
    liu.keyboard.press("s")
    liu.keyboard.insert_text("路灯已换好。")
    liu.get_by_label("已解决").check()
    liu.locator("#submit-files").set_input_files({"name": "路灯.png", "mimeType": "image/png", "buffer": png(64, 48)})
    liu.locator(".taken").get_by_text("已上传").wait_for()
    screens.shoot(liu, "reply-form")
    liu.locator("#move-submit button.primary").click()
    liu.locator(".done").get_by_text("已呈报").wait_for()

    desk.at = MONDAY + 2 * HOUR
    leader = screens.go(HEAT_LEADER, "/unit")
    assert leader.locator("#ring .tile", has_text="呈报待批").locator("b").inner_text() == "1"
    leader.keyboard.press("y")
    leader.locator(".submission").wait_for()
    axe(leader)
    screens.shoot(leader, "approve")
    leader.keyboard.press("j")
    leader.keyboard.press("b")
    leader.keyboard.insert_text("照片太暗，请重拍")
    leader.keyboard.press("Control+Enter")
    leader.get_by_text("没有待批的呈报。").wait_for()
    assert moves(lamp)[-1] == "hand_back"

    liu = screens.go(HEAT_CLERK, f"/unit/{lamp.number}")
    assert "照片太暗，请重拍" in liu.locator("#order-way").inner_text()
    liu.keyboard.press("s")
    words = liu.locator("#submit-public_reply")
    assert words.input_value() == "路灯已换好。"
    assert liu.locator("#move-submit [name=files_kept]").count() == 1
    words.fill("路灯已换好，今晚会亮。")
    liu.keyboard.press("Control+Enter")
    liu.locator(".done").get_by_text("已呈报").wait_for()

    leader = screens.go(HEAT_LEADER, "/unit/approve")
    leader.keyboard.press("j")
    leader.keyboard.press("x")
    leader.keyboard.press("s")
    leader.get_by_text("已答复 1 张。").wait_for()
    assert order_of(lamp.number).state == "replied"
    assert moves(lamp)[-4:] == ["submit", "hand_back", "submit", "reply"]
    leader.goto(f"{screens.address}/unit/month")
    axe(leader)
    screens.shoot(leader, "month")
    assert str(late.number) in leader.content()


def test_phone_in_the_field_over_a_bad_line(
    page: PageFactory, screens: Screens, desk: Desk, axe: Callable[[Page], None]
) -> None:
    order = simple()
    city.take(order, "first_contact", city.LIU, MONDAY, {"contact": "reached", "note": "约好"})
    desk.at = MONDAY + HOUR
    liu = screens.go(HEAT_CLERK, "/unit")
    liu.set_viewport_size(SCREENS["phone"])  # type: ignore[arg-type]
    axe(liu)
    liu.locator(f"[data-number='{order.number}'] a").click()
    bar = liu.locator("#drawer .bar")
    bar.wait_for()
    box = bar.get_by_text("拍照").bounding_box()
    assert box is not None
    assert (box["height"] >= 44, box["y"] > 700) == (True, True)

    cut = {"on": True}

    def line(route: Route) -> None:
        route.abort() if cut["on"] else route.continue_()

    liu.route("**/unit/*/file", line)
    liu.locator("#submit-files-camera").set_input_files(
        {"name": "IMG_1.png", "mimeType": "image/png", "buffer": png(640, 480)}
    )
    liu.get_by_text("没传上，网络断了").wait_for()
    liu.locator("#submit-public_reply").fill("路灯已换好，今晚会亮。")
    liu.get_by_label("已解决").check()
    liu.locator("#move-submit button.primary").click()
    liu.get_by_text("有 1 个附件没传上，请重试或删去后再提交。").wait_for()
    liu.wait_for_timeout(200)
    screens.shoot(liu, "lost-upload")
    liu.set_viewport_size(SCREENS["phone"])  # type: ignore[arg-type]
    cut["on"] = False
    liu.get_by_role("button", name="重试").click()
    liu.locator(".taken").get_by_text("已上传").wait_for()

    cut["on"] = True
    liu.route("**/unit/*/submit", line)
    liu.locator("#move-submit button.primary").click()
    liu.get_by_text("没有发出去。您写的内容还在这里").wait_for()
    assert liu.locator("#submit-public_reply").input_value() == "路灯已换好，今晚会亮。"
    liu.locator("#drawer .draft-note").get_by_text("已留存").first.wait_for()

    # The tab dies and is opened again: words and photo are still there.
    liu.goto(f"{screens.address}/unit/{order.number}", wait_until="networkidle")
    cut["on"] = False
    liu.locator("#move-submit > summary").click()
    assert liu.locator("#submit-public_reply").input_value() == "路灯已换好，今晚会亮。"
    assert liu.locator(".taken .name").inner_text() == "IMG_1.png"
    liu.locator("#move-submit button.primary").click()
    liu.locator(".done").get_by_text("已呈报").wait_for()
    screens.shoot(liu, "sent")
    assert moves(order)[-1] == "submit"


def test_moods(screens: Screens, desk: Desk, axe: Callable[[Page], None]) -> None:
    page = screens.go(HEAT_LEADER, "/unit")
    axe(page)
    screens.shoot(page, "empty")
    page = screens.go(HEAT_LEADER, "/unit/approve")
    screens.shoot(page, "nothing-to-approve")
    page = screens.go(HEAT_LEADER, "/unit/roster")
    axe(page)
    screens.shoot(page, "roster")
    for _ in range(3):
        situations.submitted()
        city.dispatched(urgency="urgent")
    city.handling(MONDAY - 9 * 24 * HOUR)
    desk.at = MONDAY + HOUR
    page = screens.go(HEAT_LEADER, "/unit")
    page.locator("[data-menu-of=person] > summary").click()
    page.get_by_label("深色").check()
    page.keyboard.press("Escape")
    axe(page)
    screens.shoot(page, "dark")
    page = screens.go(HEAT_LEADER, "/unit/approve")
    axe(page)
    screens.shoot(page, "dark-approve")
    order = situations.submitted()
    page = screens.go(HEAT_LEADER, f"/unit/{order.number}")
    axe(page)
    screens.shoot(page, "dark-waiting")
    page = screens.go(HEAT_CLERK, "/unit/2611239999999")
    screens.shoot(page, "no-such-order")
