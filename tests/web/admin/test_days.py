"""Days, seasons and declared events: the year says what is not announced, a storm is told to everybody."""

from __future__ import annotations

import re

from jiesu.jobs import chores
from jiesu.store import rules as rules_store
from jiesu.store.models import CatalogLine
from jiesu.workflow.administration import change
from tests.city import HEAT, MONDAY, local
from tests.web.admin.forms import saved, sent
from tests.web.desk import ADMINISTRATOR, AGENT, DISPATCHER, HEAT_CLERK, Desk
from tests.workflow.administration.changing import NEXT_MONDAY, changed, made


def test_the_year_says_what_is_not_announced(desk: Desk) -> None:
    page = desk.get(ADMINISTRATOR, "/admin/calendar?year=2027")
    assert "没有公布" in page.words
    assert "该年度放假安排尚未公布，暂按周末加法定节日推算" in page.words
    assert 'href="/admin/day/one/2027-01-04"' in page.html
    now = desk.get(ADMINISTRATOR, "/admin/calendar")
    assert "2026 年日历" in now.words
    assert 'href="/admin/day/one/2026-11-22"' not in now.html
    saved(desk, "/admin/day/one/2026-11-25", working="否", note="暴雪停工")
    assert "11月25日 休息，暴雪停工" in desk.get(ADMINISTRATOR, "/admin/calendar").words
    address = "/admin/day/one/2026-11-25"
    gone = sent(desk, address, desk.get(ADMINISTRATOR, address), "away")
    assert sent(desk, address, gone, "away-save", reason="雪停了").address.startswith("/admin/calendar")
    assert rules_store.current().calendar.is_workday(local("2026-11-25 10:00").date())
    assert "已交给后台重算" in desk.post(ADMINISTRATOR, "/admin/calendar/recalculate", {"reason": "暴雪"}).words
    assert desk.post(ADMINISTRATOR, "/admin/calendar/recalculate", {"reason": ""}).status == 422


def test_a_season_is_moved_in_all_its_lines(desk: Desk) -> None:
    given = {"name": "供暖季", "begins": "10-15", "ends": "04-25", "since": "2026-11-30", "reason": "提前供暖"}
    page = desk.post(ADMINISTRATOR, "/admin/season", {**given, "step": "check"})
    assert "10-20 到 04-20 → 10-15 到 04-25，15 条目录。" in page.words
    (token,) = re.findall(r'name="checked" value="([^"]+)"', page.html)
    done = desk.post(ADMINISTRATOR, "/admin/season", {**given, "step": "save", "checked": token})
    assert "已保存" in done.words
    assert CatalogLine.objects.filter(effective_from=NEXT_MONDAY).count() == 15
    for wrong, words in (
        ({"begins": "冬至"}, "不是月日"),
        ({"begins": ""}, "请写从哪天到哪天"),
        ({"name": "雨季"}, "没有写着“雨季”"),
        ({"since": "2026-11-01"}, "生效日期不能早于今天"),
    ):
        page = desk.post(ADMINISTRATOR, "/admin/season", {**given, **wrong})
        assert page.status == 422
        assert words in page.words


def test_what_is_declared_is_told_to_everybody(desk: Desk) -> None:
    assert "现在没有放宽时限的公告" in desk.anybody().get("/declared").content.decode()
    storm = {"id": "BX1", "name": "暴雪红色预警", "basis": "1 号令", "notice": "放宽到两倍", "factor": "2"}
    days = {"begins": "2026-11-23T10:00", "ends": "2026-11-24T10:00", "clocks": ["handle", "acknowledge"]}
    saved(desk, "/admin/declared/new", **storm, **days)
    said = "暴雪红色预警 11-24 10:00 前开始计时的一般工单，签收、办理时限放宽到 2 倍"
    for who in (AGENT, HEAT_CLERK, DISPATCHER):
        assert said in desk.get(who, "/notices").words
    public = desk.anybody().get("/declared").content.decode()
    assert "放宽到两倍" in public
    assert "进行中" in public
    desk.at = local("2026-11-24 10:00")
    assert said not in desk.get(AGENT, "/notices").words
    assert "已结束" in desk.anybody().get("/declared").content.decode()
    assert "已结束" in desk.get(ADMINISTRATOR, "/admin/declared").words


def test_planned_changes_are_carried_out_by_the_worker(desk: Desk) -> None:
    made(changed("unit", HEAT, since=NEXT_MONDAY, short="热力集团"))
    chores.carry_out_planned(local("2026-11-30 00:00"))
    assert rules_store.current().unit_name(HEAT) == "热力集团"
    chores.sweep_staged(MONDAY)
    assert change.carry_out(MONDAY) == 0
