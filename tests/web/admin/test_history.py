"""The history of changes: found, told in words, and the way back from each."""

from __future__ import annotations

from jiesu.store import rules as rules_store
from jiesu.store.models import SettingChange, Staff
from jiesu.workflow.rules import change_duty, change_setting
from tests.city import GUAN, HEAT, MONDAY
from tests.web.admin.forms import fields, saved, sent
from tests.web.desk import ADMINISTRATOR, HEAT_CLERK, Desk
from tests.workflow.administration.changing import NEXT_MONDAY, PIPES, changed, line, made, new


def newest() -> SettingChange:
    return SettingChange.objects.latest("id")


def test_the_history_is_filtered_and_told_in_words(desk: Desk) -> None:
    saved(desk, f"/admin/unit/one/{HEAT}", short="热力集团")
    saved(desk, "/admin/param/one/quiet_hours", value="21:00-07:00")
    roster = {"weekday": "", "begins": "08:00", "ends": "20:00", "name": "王师傅", "phone": "19900001111", "unit": HEAT}
    desk.post(HEAT_CLERK, "/unit/roster/put", roster)
    words = desk.get(ADMINISTRATOR, "/admin/history").words
    for said in ("夜间不提醒 取值 22:00-07:00 → 21:00-07:00", "简称 供热公司 → 热力集团", "王师傅", "装入演示城市"):
        assert said in words
    assert '{"' not in words
    found = {
        "kind=unit": 1,
        "kind=roster": 1,
        "q=热力集团": 1,
        "q=按文件": 2,
        "from=2026-11-23": 3,
        "to=2026-11-22": 5,
        "kind=nothing&q=按文件": 2,
        f"by=s{Staff.objects.get(login='guanli').id}": 2,
        "before=1": 0,
        "from=nonsense": 8,
    }
    counts = {query: desk.get(ADMINISTRATOR, f"/admin/history?{query}").html.count("data-row") for query in found}
    assert counts == found


def test_whole_documents_are_told_as_the_things_that_differ(desk: Desk) -> None:
    limits = list(rules_store.collect()["limits"])
    shorter = [{**one, "limit": [1, "hour"]} if one["clock"] == "review" else one for one in limits]
    change_setting("limits", shorter, by=GUAN, now=MONDAY, note="旧办法")
    change_setting("calendar", {"announced": [2026]}, by=GUAN, now=MONDAY)
    change_duty("03.06", since=NEXT_MONDAY, by=GUAN, now=MONDAY, lead="U0302")
    words = desk.get(ADMINISTRATOR, "/admin/history").words
    assert "审核 时限 4 个工作小时 → 时限 1 小时" in words
    assert "牵头单位 供热公司 → 北岭热电" in words
    assert "撤回这次改动" not in desk.get(ADMINISTRATOR, f"/admin/history/{newest().id}").words


def test_a_change_is_taken_back_by_another_one(desk: Desk) -> None:
    made(changed("unit", HEAT, short="热力集团"), reason="更名")
    one = newest().id
    address = f"/admin/unit/one/{HEAT}?restore={one}"
    assert address in desk.get(ADMINISTRATOR, f"/admin/history/{one}").html
    form = desk.get(ADMINISTRATOR, address)
    assert fields(form.html)["short"] == "供热公司"
    assert fields(form.html)["reason"].startswith("撤回 11-23 10:00 ")
    sent(desk, f"/admin/unit/one/{HEAT}", sent(desk, address, form, "check"), "save")
    back = newest()
    assert (back.restores, back.before, back.after) == (one, {"short": "热力集团"}, {"short": "供热公司"})
    assert "撤回的是" in desk.get(ADMINISTRATOR, f"/admin/history/{back.id}").words


def test_what_came_goes_and_what_went_comes_back(desk: Desk) -> None:
    made(new("limit", clock="interim", limit=[1, "work_day"]))
    came = newest().id
    address = "/admin/limit/one/interim~*~*"
    form = desk.get(ADMINISTRATOR, f"{address}?restore={came}")
    assert "新增的会去掉" in form.words
    sent(desk, address, sent(desk, address, form, "away"), "away-save")
    assert ("interim", "*", "*") not in rules_store.current().limits()
    went = newest()
    assert went.restores == came
    form = desk.get(ADMINISTRATOR, f"/admin/limit/new?restore={went.id}")
    assert fields(form.html)["clock"] == "interim"
    sent(desk, "/admin/limit/new", sent(desk, "/admin/limit/new", form, "check"), "save")
    assert ("interim", "*", "*") in rules_store.current().limits()


def test_each_kind_goes_back_in_its_own_way(desk: Desk) -> None:
    made(new("unit", code="U0310", name="新", short="新公司", kind="company"))
    form = desk.get(ADMINISTRATOR, f"/admin/unit/one/U0310?restore={newest().id}")
    assert fields(form.html)["active"] == "否"
    made(line(lead="U0302"))
    form = desk.get(ADMINISTRATOR, f"/admin/catalog/one/{PIPES}?restore={newest().id}")
    assert fields(form.html)["lead"] == "供热公司"
    made(changed("staff", "xiaozhou", phone="19900009999", title="班长"))
    number = Staff.objects.get(login="xiaozhou").id
    assert f"/admin/staff/one/{number}?restore={newest().id}" in desk.get(
        ADMINISTRATOR, f"/admin/history/{newest().id}"
    ).html  # fmt: skip
    form = desk.get(ADMINISTRATOR, f"/admin/staff/one/{number}?restore={newest().id}")
    assert (fields(form.html)["phone"], fields(form.html)["title"]) == ("19900009999", "话务员")
