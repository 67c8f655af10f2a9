"""郭长河's day at the administrator's desk: a unit, the catalog, a storm, a spreadsheet, a change taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests import city
from tests.browser import PageFactory
from tests.city import HEAT, MONDAY
from tests.web.admin.sheets import edited
from tests.web.desk import ADMINISTRATOR, DISPATCHER, Desk
from tests.web.screens import Screens, site

NEXT_MONDAY = "2026-11-30"


@pytest.fixture
def screens(page: PageFactory, desk: Desk) -> Iterator[Screens]:
    with site() as address:
        yield Screens(page, address, desk, "admin")


def done(page: Page) -> str:
    return " ".join(page.locator(".done").first.inner_text().split())


def checked(page: Page) -> str:
    """Press 核对; what it would alter, in words."""
    page.get_by_role("button", name="核对").click()
    page.locator("[data-weighed]").wait_for()
    return " ".join(page.locator("[data-weighed]").inner_text().split())


def test_a_day_at_the_administrators_desk(
    screens: Screens, desk: Desk, axe: Callable[[Page], None], tmp_path: Path
) -> None:
    from jiesu.store import rules  # noqa: PLC0415 - Django can be imported only once it is set up

    for _ in range(6):
        city.dispatched()
    page = screens.go(ADMINISTRATOR, "/")
    page.wait_for_url("**/admin")
    axe(page)
    screens.shoot(page, "overview")

    # A unit, without the mouse: 2 the list, a a new one, Tab and words, v the check, s the confirmation.
    page.keyboard.press("2")
    page.wait_for_url("**/admin/unit")
    axe(page)
    screens.shoot(page, "units")
    page.keyboard.press("a")
    page.wait_for_url("**/admin/unit/new")
    page.get_by_label("编号").focus()
    for words in ("U0310", "雄关智慧供热有限公司", "智慧供热"):
        page.keyboard.insert_text(words)
        page.keyboard.press("Tab")
    page.get_by_label("类别").select_option(label="驻市企业")
    page.get_by_label("值班电话").fill("0000-6190000")
    page.get_by_label("为什么改").fill("市政府常务会议纪要〔2026〕31号")
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    page.locator("[data-weighed]").wait_for()
    assert "还没有联络员、单位领导、值班表" in page.locator("[data-weighed]").inner_text()
    axe(page)
    screens.shoot(page, "unit-checked")
    page.keyboard.press("s")
    page.wait_for_url("**/admin/unit/one/U0310*")
    assert "已保存" in done(page)
    axe(page)

    # The catalog's line goes to it from next Monday.
    page = screens.go(ADMINISTRATOR, "/admin/catalog?q=03.06")
    page.locator("main [data-row]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/catalog/one/*")
    page.get_by_label("牵头单位").fill("智慧供热")
    page.get_by_label("生效日期").fill(NEXT_MONDAY)
    page.get_by_label("为什么改").fill("特许经营权移交")
    said = checked(page)
    assert "把最近 30 天派出的 6 件按新目录再派一遍，6 件会换牵头单位。" in said
    axe(page)
    screens.shoot(page, "line-checked")
    page.get_by_role("button", name="确认保存").click()
    page.get_by_text("已保存").wait_for()
    assert page.locator(".dated li").count() == 2
    screens.shoot(page, "line-saved")
    rules_now = rules.current()
    found = [rules_now.catalog.find("03.06", "R0103", rules_now.day(MONDAY))]
    assert [one.lead for one in found if one] == [HEAT]

    # A storm lengthens what is not urgent, and everybody is told.
    page = screens.go(ADMINISTRATOR, "/admin/declared")
    screens.shoot(page, "no-storm")
    page.keyboard.press("a")
    page.wait_for_url("**/admin/declared/new")
    for label, words in (
        ("编号", "BX2026-1"),
        ("名称", "暴雪红色预警"),
        ("放宽到几倍", "2"),
        ("依据", "市应急委 1 号令"),
    ):
        page.get_by_label(label).fill(words)
    page.locator("[name=begins]").fill("2026-11-23T10:00")
    page.locator("[name=ends]").fill("2026-11-27T18:00")
    page.get_by_label("签收").check()
    page.get_by_label("办理", exact=True).check()
    page.get_by_label("公告").fill("暴雪期间，一般诉求的签收、办理时限放宽到两倍，紧急诉求不变。")
    page.get_by_label("为什么改").fill("暴雪红色预警")
    said = checked(page)
    assert "最近 30 天的 6 件按新时限再算一遍：6 件到期更晚，0 件更早" in said
    axe(page)
    screens.shoot(page, "storm-checked")
    page.get_by_role("button", name="确认保存").click()
    page.get_by_text("已保存").wait_for()
    note = screens.go(DISPATCHER, "/notices").locator(".declared").inner_text()
    assert note.startswith("暴雪红色预警 11-27 18:00 前开始计时的一般工单，签收、办理时限放宽到 2 倍")
    public = screens.go(ADMINISTRATOR, "/declared")
    assert "暴雪期间，一般诉求的签收、办理时限放宽到两倍" in public.locator("main").inner_text()
    axe(public)
    screens.shoot(public, "published")

    # A spreadsheet with two wrong rows: named by row and column, and nothing is written.
    before = rules.current_id()
    export = desk.browser(ADMINISTRATOR).get("/admin/limit/export.xlsx").content
    bad, good = tmp_path / "时限.xlsx", tmp_path / "时限改好.xlsx"
    more = {"时钟": "办理", "诉求类型": "建议", "紧急程度": "紧急", "时限": "1 个工作日"}
    bad.write_bytes(
        edited(export, {("受理", "时限"): "两小时", ("裁定", "时限"): "2 个工作日"}, {**more, "时钟": "阶段回馈"})
    )
    good.write_bytes(edited(export, {("裁定", "时限"): "2 个工作日"}, more))
    page = screens.go(ADMINISTRATOR, "/admin/limit")
    page.keyboard.press("i")
    page.wait_for_url("**/admin/limit/import")
    axe(page)
    page.get_by_label("文件（").set_input_files(bad)
    page.get_by_role("button", name="逐行比对").click()
    page.get_by_text("2 行有误，一行也没有导入").wait_for()
    lines = [" ".join(one.split()) for one in page.locator(".lines tbody tr").all_inner_texts()]
    assert lines[0].startswith("第 2 行 有误 受理 时限 “两小时”看不出是多久")
    assert lines[1].startswith("第 41 行 有误 阶段回馈，建议，紧急")
    assert "时钟 “阶段回馈”不在可选的里面；是不是“阶段反馈”？" in lines[1]
    axe(page)
    screens.shoot(page, "import-wrong")
    assert rules.current_id() == before
    page.get_by_label("文件（").set_input_files(good)
    page.get_by_role("button", name="逐行比对").click()
    page.get_by_label("为什么改").fill("时限调整通知")
    axe(page)
    screens.shoot(page, "import-checked")
    page.get_by_role("button", name="确认导入").click()
    page.wait_for_url("**/admin/history*")
    page.get_by_text("同一次改的 2 项").wait_for()
    assert rules.current().limits()["ruling", "*", "*"].zh() == "2 个工作日"
    axe(page)
    screens.shoot(page, "history")

    # One of them is taken back: the old value, as a change of its own.
    page.get_by_role("link", name="2026-11-23").first.focus()
    page.get_by_role("row", name="裁定").locator("a").first.click()
    page.wait_for_url("**/admin/history/*")
    screens.shoot(page, "change")
    page.keyboard.press("b")
    page.wait_for_url("**restore=*")
    assert page.locator("[name='limit.amount']").input_value() == "1"
    checked(page)
    screens.shoot(page, "taken-back")
    page.keyboard.press("s")
    page.get_by_text("已保存").wait_for()
    assert rules.current().limits()["ruling", "*", "*"].zh() == "1 个工作日"
    assert "撤回 11-23 10:00 郭长河的改动" in page.locator(".story").inner_text()


def test_people_parameters_and_the_year(screens: Screens, axe: Callable[[Page], None]) -> None:
    page = screens.go(ADMINISTRATOR, "/admin/staff/new")
    for label, words in (("账号", "xinyuan"), ("姓名", "新媛"), ("职务", "联络员"), ("电话", "19900009999")):
        page.get_by_label(label, exact=False).first.fill(words)
    page.get_by_label("第 1 个角色", exact=True).select_option(label="联络员")
    page.get_by_label("第 1 个角色的单位").fill("供热公司")
    page.get_by_label("为什么改").fill("新到岗")
    checked(page)
    axe(page)
    screens.shoot(page, "person-checked")
    page.get_by_role("button", name="确认保存").click()
    page.get_by_text("只显示这一次").wait_for()
    password = page.locator("code").inner_text()
    axe(page)
    screens.shoot(page, "password")
    for path, name in (
        ("/admin/staff", "staff"),
        ("/admin/matter?under=03", "matters"),
        ("/admin/catalog", "catalog"),
        ("/admin/calendar?year=2027", "year"),
        ("/admin/year/one/2027", "announce"),
        ("/admin/param", "params"),
        ("/admin/text?list=refusal", "texts"),
        ("/admin/script/one/callback", "script"),
        ("/admin/season", "seasons"),
        ("/admin/unit?q=nothing-of-the-kind", "empty"),
        ("/password", "own-password"),
    ):
        page = screens.go(ADMINISTRATOR, path)
        axe(page)
        screens.shoot(page, name)
    assert len(password) == 14
