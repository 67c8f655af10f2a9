"""Each kind of city data: what a change of it would alter, what it is refused for, what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from jiesu.domain.administration.kinds import FILED, KINDS
from jiesu.domain.administration.names import Names
from jiesu.domain.administration.things import described, key_parts, read, written
from jiesu.domain.order import Order
from jiesu.store import orders, sql
from jiesu.store import rules as rules_store
from jiesu.store.administration import lines, shelves
from jiesu.store.models import Matter, Staff, StaffRole, Unit
from jiesu.store.verify import verify
from jiesu.workflow.administration import change
from jiesu.workflow.rules import announce_year
from tests import city
from tests.city import GUAN, HEAT, MONDAY, local
from tests.database import Clone, Databases
from tests.workflow.administration.changing import (
    NEW_UNIT,
    changed,
    gone,
    made,
    new,
    refused,
    said,
    thing,
)


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def stored(order: Order) -> Order:
    found = orders.load(order.number)
    assert found is not None
    return found[0].order


def things(kind: str) -> dict[str, dict[str, Any]]:
    if kind == "catalog":
        held = [one.thing for all_of in lines.every().values() for one in all_of]
        return {f"{KINDS[kind].key_of(one)}@{one['effective_from']}": one for one in held}
    return shelves.of(kind).every()


def unordered(thing_: dict[str, Any]) -> dict[str, Any]:
    """What is ticked has no order."""
    ticked = ("kinds", "fields", "clocks")
    return {name: sorted(value) if name in ticked else value for name, value in thing_.items()}


def test_everything_the_city_holds_is_read_as_it_is_written(db: Clone) -> None:
    made(new("day", day="2026-11-25", working=False, note="暴雪"), new("declared", **STORM))
    names = Names(rules_store.current())
    for kind in FILED:
        one, held = KINDS[kind], things(kind)
        assert held
        for key, thing_ in held.items():
            again, wrong = read(one, written(one, thing_, names, masked=False), names, None)
            assert (unordered(again), wrong) == (unordered(thing_), {})
            assert read(one, written(one, thing_, names, masked=False), names, thing_)[0] == thing_
            assert described(one, thing_, names)
            assert key.startswith(one.key_of(thing_))
            assert len(key_parts(kind, one.key_of(thing_))) == len(one.key)


# -- units


def test_a_unit_is_renamed_everywhere_and_keeps_its_letters(db: Clone) -> None:
    city.dispatched()
    told = said(changed("unit", HEAT, short="热力集团"))
    assert told == [
        ("热力集团", "在办 1 件牵头、0 件配合；目录 9 条牵头、2 条配合；2 人有角色。"),
        ("热力集团", "各处的“供热公司”都改称“热力集团”，历史工单也是。"),
    ]
    told = said(changed("unit", HEAT, group_size="small"))
    assert told[1] == ("供热公司", "从生效日起在“驻市企业·小”组里比较；以前的时限日、已公布的数字不变。")
    made(changed("unit", HEAT, short="热力集团"))
    # The letters of another name are found anew; letters that somebody wrote stay.
    assert (Unit.objects.get(code=HEAT).initials, Unit.objects.get(code=HEAT).pinyin) == ("", "")
    assert sql.rows("SELECT task_name FROM procrastinate_jobs WHERE task_name = 'spell'") == [("spell",)]
    made(changed("unit", HEAT, initials="rljt"))
    assert Unit.objects.get(code=HEAT).initials == "rljt"
    made(changed("unit", HEAT, short="热力公司", initials="rl"))
    assert Unit.objects.get(code=HEAT).initials == "rl"


def test_a_unit_with_work_sections_places_or_lines_is_not_switched_off(db: Clone) -> None:
    city.dispatched(assist=["U0101"])
    assert refused(changed("unit", HEAT, active=False)) == [
        ("active", "下面还有在用的单位：热力一分、热力二分、热力客服。请先停用或改到别的单位下"),
        ("active", "还有在办工单：牵头 1 件、配合 0 件。请先改派或等办结，再停用"),
    ]
    assert refused(changed("unit", "U0403", active=False))[0][1].startswith(
        "它还是这些区域的属地单位：站前街道、北货场社区"
    )
    (fault,) = refused(changed("unit", "U0303", active=False))
    assert fault[0] == "active"
    assert fault[1].startswith("派单目录有 9 条会派不出去")


def test_a_unit_that_nothing_leans_on_goes_and_keeps_its_name(db: Clone) -> None:
    made(new("unit", **NEW_UNIT))
    made(
        changed("staff", "gongre_clerk", roles=[["unit_clerk", HEAT, None, None], ["unit_clerk", "U0310", None, None]])
    )
    told = said(changed("unit", "U0310", active=False))
    assert ("智慧供热", "1 人在这里的角色从此不起作用；历史工单和报表照旧显示“智慧供热”。") in told
    made(changed("unit", "U0310", active=False))
    rules = rules_store.current()
    assert "U0310" not in rules.units
    assert not rules.can_handle("U0310")
    assert rules.unit_name("U0310") == "智慧供热"
    made(changed("unit", "U0310", active=True))
    assert rules_store.current().can_handle("U0310")


def test_what_no_unit_can_be(db: Clone) -> None:
    section = {**NEW_UNIT, "kind": "section"}
    assert refused(new("unit", **section)) == [("parent", "科室要写上级单位")]
    assert refused(new("unit", **{**NEW_UNIT, "parent": "U0310"})) == [("parent", "上级单位不能是自己")]
    assert refused(new("unit", **{**NEW_UNIT, "short": "供热公司"})) == [
        ("short", "已有单位的简称是“供热公司”，请另起一个")
    ]
    assert refused(changed("unit", HEAT, parent="U030101")) == [("parent", "上级单位绕了一圈又回到自己，请核对")]
    made(changed("unit", "U030103", active=False))
    assert refused(changed("unit", "U030102", parent="U030103")) == [("parent", "上级单位已停用或不存在")]


def test_many_units_at_once_are_counted(db: Clone) -> None:
    several = [new("unit", **{**NEW_UNIT, "code": f"U04{n}", "short": f"公司{n}"}) for n in range(10, 20)]
    told = said(*several, changed("unit", "U030103", active=False))
    assert ("单位", "一共 11 个：新增 10 个，停用或去掉 1 个。") in told


# -- people


def test_who_loses_what_and_which_unit_is_left_alone(db: Clone) -> None:
    told = said(changed("staff", "gongre_clerk", roles=[["agent", "CENTER", None, None]]))
    assert told == [
        ("刘桂芬", "去掉 联络员@供热公司；加上 话务员@热线中心。下一次点开页面就按新的角色。"),
        ("供热公司", "供热公司就没有联络员了，派给它的工单没有人办。请先另设一位。"),
    ]
    assert said(changed("staff", "gongre_clerk", title="客服主管")) == []
    told = said(changed("staff", "gongre_leader", active=False))
    assert told[0][1] == "马上退出登录，再也不能登录；办过的记录照旧写着他的名字。"
    assert ("供热公司", "供热公司就没有单位领导了，派给它的工单没有人办。请先另设一位。") in told
    assert said(new("staff", login="xinren", name="新人")) == [
        ("新人", "保存后给他一个一次性密码，只显示一次，首次登录要换成自己的。")
    ]


def test_a_person_is_made_moved_and_switched_off(db: Clone) -> None:
    clerk = ["unit_clerk", HEAT, None, None]
    made(new("staff", login="xinren", name="新人", phone="19911112222", roles=[clerk]))
    staff = Staff.objects.get(login="xinren")
    assert not staff.has_usable_password()
    made(changed("staff", "xinren", roles=[clerk, ["unit_leader", HEAT, "2026-12-01", "2026-12-31"]]))
    leader = StaffRole.objects.get(staff=staff, role="unit_leader")
    assert (leader.since, leader.until) == (local("2026-12-01 00:00"), local("2027-01-01 00:00"))
    StaffRole.objects.filter(pk=leader.pk).update(until=local("2026-12-31 18:00"))
    made(changed("staff", "xinren", title="联络员"))
    assert StaffRole.objects.get(pk=leader.pk).until == local("2026-12-31 18:00")
    made(changed("staff", "xinren", roles=[clerk]))
    assert [one.role for one in StaffRole.objects.filter(staff=staff)] == ["unit_clerk"]
    staff.set_password("long enough 1")
    staff.save()
    made(changed("staff", "xinren", active=False))
    staff.refresh_from_db()
    assert (staff.is_active, staff.has_usable_password(), staff.must_change) == (False, False, True)
    kept = sql.rows(
        "SELECT after::text FROM setting_change WHERE name = 'staff' AND key = 'xinren' ORDER BY id LIMIT 1"
    )
    assert "199****2222" in kept[0][0]
    assert "19911112222" not in kept[0][0]


def test_the_last_administrator_stays(db: Clone) -> None:
    words = "这样就没有管理员了。请先让另一位成为管理员（不写止期），再改这一位"
    assert refused(changed("staff", "guanli", active=False)) == [("roles", words)]
    assert refused(changed("staff", "guanli", roles=[["agent", "CENTER", None, None]])) == [("roles", words)]
    for_a_time = ["administrator", "CENTER", None, "2026-12-31"]
    made(changed("staff", "xiaozhou", roles=[["agent", "CENTER", None, None], for_a_time]))
    assert refused(changed("staff", "guanli", active=False)) == [("roles", words)]
    made(changed("staff", "xiaozhou", roles=[["administrator", "CENTER", None, None]]))
    made(changed("staff", "guanli", active=False))


def test_what_no_account_can_be(db: Clone) -> None:
    clerk = ["unit_clerk", HEAT, None, None]
    assert refused(new("staff", login="xinren", name="新人", roles=[clerk, clerk])) == [
        ("roles", "同一个角色和单位写了两遍")
    ]
    assert refused(new("staff", login="xinren", name="新人", roles=[["unit_clerk", "U9999", None, None]])) == [
        ("roles", "单位已停用或不存在：U9999")
    ]


# -- matters and regions


def test_matters_come_and_go_with_what_lies_below_them(db: Clone) -> None:
    city.dispatched()
    assert said(new("matter", code="03.90", name="暖气片", urgency="normal")) == [
        ("03.90 暖气片", "按上级事项的条目由供热公司牵头；要改到“派单目录”里加一条。")
    ]
    assert said(new("matter", code="99", name="别的", urgency="normal"))[0][1].startswith(
        "目录里没有条目，只能由派单员指定"
    )
    assert said(new("matter", code="99", name="别的", urgency="normal"))[1] == (
        "没有条目的事项", "1 个事项目录里没有条目，只能由派单员指定：99 别的。",
    )  # fmt: skip
    assert refused(new("matter", code="98.01", name="没有上级", urgency="normal")) == [
        ("code", "没有上级事项 98，请先新增它，或改编号")
    ]
    assert refused(new("matter", code="99", name="重", urgency="normal", kinds=["help", "help"])) == [
        ("kinds", "类型有重复")
    ]
    assert refused(changed("matter", "03", active=False)) == [("active", "下面还有在用的事项，请先停用它们")]
    told = said(changed("matter", "03.06", active=False))
    assert (
        "03.06 管网改造与保温",
        "在办 1 件、最近 30 天登记 1 件属于它（含下级）。停用后不能再选，在办的照办，历史照旧。",
    ) in told
    assert [one for one in told if one[0] == "目录里的毛病"] == [("目录里的毛病", "会多出 3 处：")]
    made(changed("matter", "03.06", active=False))
    rules = rules_store.current()
    assert "03.06" not in rules.matters
    assert rules.matter_name("03.06") == "管网改造与保温"
    assert rules.matter_name("98.99") == "98.99"
    assert verify().faults == []
    made(changed("matter", "03.05", keywords=["停供", "报停"], urgency="urgent"))
    assert Matter.objects.get(code="03.05").keywords == ["停供", "报停"]


def test_a_place_goes_to_another_subdistrict(db: Clone) -> None:
    local_ones = (one for one in rules_store.current().catalog.lines() if one.lead == "@subdistrict")
    lead = next(one.matter for one in local_ones if one.region == "*")
    city.dispatched(lead="U0401", matter=lead)
    effects = change.check([changed("region", "R0103", unit="U0402")], by=GUAN, now=MONDAY).effects
    assert effects[0].rows == (("钢城街道", "河东街道", "1"),)
    made(changed("region", "R0103", unit="U0402"))
    duty = rules_store.current().catalog.find(lead, "R0103", date(2026, 11, 23))
    assert duty is not None
    assert rules_store.current().catalog.lead(duty, "R0103") == "U0402"
    assert refused(changed("region", "R0103", unit="CENTER")) == [("unit", "热线中心已停用或不能承办")]


# -- limits

ON_TIME = "按当时的实际，按时变超期 0 件，超期变按时 0 件。"


def test_a_limit_is_weighed_with_last_months_work(db: Clone) -> None:
    city.closed(MONDAY - timedelta(days=7))
    city.dispatched()
    wanted = changed("limit", "acknowledge~*~normal", limit=[30, "min"])
    assert said(wanted) == [
        ("签收时限", f"最近 30 天的 2 件按新时限再算一遍：0 件到期更晚，2 件更早；{ON_TIME}"),
        ("在办工单", "正在计“签收”时限的 1 件已经定了到期时间，不变。"),
        ("举例", "在生效那一刻开始计时的："),
    ]
    assert said(gone("limit", "appeal~*~*")) == [
        ("不再计时", "“考核申诉”一条时限也没有了，以后不计时、不提醒、不催办。"),
        ("举例", "在生效那一刻开始计时的："),
    ]
    assert said(changed("limit", "review~*~*", limit=[2, "work_hour"]))[0][0] == "审核时限"
    assert [title for title, _ in said(changed("limit", "dispatch~*~normal", limit=[20, "min"]))] == [
        "派单时限",
        "举例",
    ]
    assert refused(changed("limit", "review~*~*", limit=[500, "work_day"]))[0][1].startswith("超过一年，请核对")


def test_orders_opened_before_keep_their_limits_and_new_ones_follow(db: Clone) -> None:
    before = city.dispatched()
    made(changed("limit", "acknowledge~*~normal", limit=[2, "hour"]))
    after = city.dispatched()
    assert [stored(one).legs[0].clocks["acknowledge"].limit for one in (before, after)] == [
        [1, "work_day"],
        [2, "hour"],
    ]
    made(gone("limit", "first_contact~*~normal"), new("limit", clock="interim", limit=[2, "work_day"]))
    city.take(after, "acknowledge", city.LIU, MONDAY)
    assert "first_contact" not in stored(after).legs[0].clocks
    assert stored(city.dispatched()).legs[0].clocks["interim"].limit == [2, "work_day"]
    assert verify().faults == []


# -- the calendar


def test_a_day_of_ones_own_and_back(db: Clone) -> None:
    city.handling()
    told = dict(said(new("day", day="2026-11-25", working=False, note="暴雪停工")))
    assert told["在办工单"].startswith("看了在办的 1 件，1 件的时限会不同。保存后它们不变")
    made(new("day", day="2026-11-25", working=False, note="暴雪停工"))
    assert not rules_store.current().calendar.is_workday(date(2026, 11, 25))
    made(gone("day", "2026-11-25"))
    assert rules_store.current().calendar.is_workday(date(2026, 11, 25))
    assert refused(new("day", day="2026-11-20", working=False, note="昨天")) == [
        ("day", "这一天已经过去，那天的时限已按原来的日历判定，不能再改；请改今天或以后的日子")
    ]


def test_a_year_is_announced_over_the_citys_own_days(db: Clone) -> None:
    made(new("day", day="2027-01-04", working=True, note="本市照常"))
    wanted = new("year", year=2027, off=["2027-01-01", "2027-01-04"], on=["2027-01-09"])
    months = next(one for one in change.check([wanted], by=GUAN, now=MONDAY).effects if one.title == "工作日")
    assert months.rows[0] == ("1 月", "20 天", "21 天")
    made(wanted)
    calendar = rules_store.current().calendar
    assert calendar.is_announced(date(2027, 3, 1))
    assert [calendar.is_workday(date(2027, 1, day)) for day in (1, 4, 9)] == [False, True, True]
    made(gone("day", "2027-01-04"))
    assert not rules_store.current().calendar.is_workday(date(2027, 1, 4))
    made(new("day", day="2027-01-04", working=True, note="还是照常"))
    announce_year(2027, {date(2027, 1, 1): False}, by=GUAN, now=MONDAY)
    made(gone("day", "2027-01-04"))
    assert rules_store.current().calendar.is_workday(date(2027, 1, 4))
    assert thing("year", "2027") == {"year": 2027, "off": ["2027-01-01"], "on": []}
    made(gone("year", "2027"))
    assert not rules_store.current().calendar.is_announced(date(2027, 3, 1))


def test_what_no_year_can_be(db: Clone) -> None:
    found = dict(refused(new("year", year=2027, off=["2026-12-31"], on=["2027-01-04"])))
    assert found == {"off": "这些日子不在 2027 年：2026-12-31", "on": "这些不是周末，本来就上班：2027-01-04"}
    assert refused(changed("year", "2025", off=[])) == [("year", "这一年已经过去，不能再改")]


# -- declared events, texts, scripts, parameters

STORM = {
    "id": "BX1",
    "name": "暴雪",
    "begins": "2026-11-24T00:00:00Z",
    "ends": "2026-11-26T00:00:00Z",
    "clocks": ["acknowledge", "handle", "review", "ruling"],
    "factor": 2,
    "basis": "市应急委 1 号令",
    "notice": "一般诉求的时限放宽到两倍。",
}


def test_a_storm_lengthens_what_begins_in_it(db: Clone) -> None:
    before = city.dispatched()
    told = said(new("declared", **STORM))
    assert [title for title, _ in told] == ["签收时限", "办理时限", "审核时限", "暴雪"]
    assert told[-1][1].startswith(
        "只放宽 11-24 08:00 到 11-26 08:00 开始计时的一般工单；紧急、特急和已经在计时的不变。"
    )
    made(new("declared", **STORM))
    inside, urgent = local("2026-11-24 10:00"), local("2026-11-24 10:05")
    during, quick = city.dispatched(inside), city.dispatched(urgent, urgency="urgent")
    after = city.dispatched(local("2026-11-26 10:00"))
    limits = [stored(one).legs[0].clocks["acknowledge"].limit for one in (before, during, quick, after)]
    assert limits == [[1, "work_day"], [2, "work_day"], [30, "min"], [1, "work_day"]]
    assert [one.name for one in rules_store.current().declared_at(inside)] == ["暴雪"]
    assert verify().faults == []


def test_a_declared_event_is_not_rewritten_once_it_runs(db: Clone) -> None:
    made(new("declared", **STORM))
    assert said(gone("declared", "BX1"))[-1][1].endswith("撤销后公告也撤下。")
    inside, over = local("2026-11-24 12:00"), local("2026-11-27 12:00")
    assert refused(gone("declared", "BX1", since=date(2026, 11, 24)), now=inside) == [
        ("", "已经开始，不能撤销；请把结束改到现在以后的一刻")
    ]
    later = date(2026, 11, 24)
    shorter = changed("declared", "BX1", since=later, begins="2026-11-24T06:00:00Z")
    assert refused(shorter, now=inside) == [("begins", "已经开始，开始的时刻不能再改")]
    assert refused(changed("declared", "BX1", since=later, ends="2026-11-24T03:00:00Z"), now=inside) == [
        ("ends", "结束不能早于现在；要马上结束，请写下一分钟")
    ]
    made(changed("declared", "BX1", since=later, ends="2026-11-24T10:00:00Z"), now=inside)
    ended = changed("declared", "BX1", since=date(2026, 11, 27), ends="2026-12-24T10:00:00Z")
    assert refused(ended, now=over) == [("ends", "已经结束，不能再改；需要的话另公布一个")]


def test_what_no_declared_event_can_be(db: Clone) -> None:
    assert refused(new("declared", **{**STORM, "ends": STORM["begins"]}))[0] == ("ends", "结束须晚于开始")
    assert refused(new("declared", **{**STORM, "factor": 1})) == [("factor", "放宽的倍数须大于 1")]
    (fault,) = refused(new("declared", **{**STORM, "begins": "2026-11-22T00:00:00Z"}))
    assert fault[1].startswith("开始不能早于现在（2026-11-23 10:00）")
    unread = refused(new("declared", **{**STORM, "begins": None, "clocks": ["handle"]}))
    assert unread[0][1].startswith("改了以后规则读不出来")


def test_texts_are_switched_off_and_keep_their_names(db: Clone) -> None:
    wanted = changed("text", "refusal~litigation", active=False)
    assert said(wanted) == [("文本", "以后办理时用新的；已经写进工单、告知过的话不变。")]
    made(wanted)
    rules = rules_store.current()
    assert "litigation" not in rules.reasons["refusal"]
    assert rules.reason_name("refusal", "litigation") == "已进入诉讼或仲裁"
    assert rules.reason_name("refusal", "nothing") == "nothing"
    blank = {"list": "return", "code": "x", "name": "某"}
    assert refused(new("text", **{**blank, "door": "信访"})) == [("door", "只有不予受理原因写应走的渠道")]
    assert refused(new("text", **{**blank, "list": "refusal"})) == [("text", "不予受理要有告知诉求人的话")]
    assert refused(new("text", **{**blank, "list": "send_back"})) == [("type", "审核退回要选形式或实质；其他列表不选")]
    made(new("text", **{**blank, "list": "send_back", "type": "form"}))


def test_a_script_knows_its_places(db: Clone) -> None:
    (fault,) = refused(changed("script", "callback", lines=["您好{who}"]))
    assert fault[0] == "lines"
    assert fault[1].startswith("没有 {who} 这样的位置，可用的有：{name} 诉求人的称呼")
    made(changed("script", "callback", lines=["您好，{name}"]))
    assert rules_store.current().params["callback_scripts"] == {"callback": ["您好，{name}"]}
    assert refused(gone("script", "callback")) == [("", "回访话术不能删除，历史要用到；可以停用")]


def test_parameters_are_told_by_example(db: Clone) -> None:
    city.dispatched()
    plain = ("从那时起", "以后的动作和提醒按新的；已经定下的到期时间不变。")

    def told(name: str, value: Any) -> list[tuple[str, str]]:
        return said(changed("param", name, value=value))

    assert told("extension_times", 2) == [plain]
    sooner = ("举例", "现在开始的 5 个工作日，原来周五 14:15 变黄，以后周四 09:30 变黄。")
    assert told("amber_part", 0.5) == [sooner, plain]
    assert told("assist_part", 0.4)[0] == ("举例", "牵头单位 5 个工作日的，配合单位原来 3 个工作日，以后 2 个工作日。")
    assert told("count_start_day", True)[0][0] == "举例"
    assert told("chase_warning", 2)[0] == ("在办工单", "已经到这个次数的在办工单有 0 件，下一次催单时才看。")
    assert told("hard_case_reworks", 1)[0][1].endswith("下一次重办时才看。")
    assert told("handling_kinds", ["bureau", "subdistrict", "company", "institution", "section"])[0][0] == "派单"
    assert told("office_hours", [["09:00", "12:00"], ["13:00", "17:00"]])[0][1].startswith("看了在办的 1 件，1 件")
    assert told("keep_recordings", [3, "month"])[0][1].startswith("2026-08-23 以前的录音到期，现有 0 段")
    made(changed("param", "keep_recordings", value=[1, "year"]))
    assert told("keep_recordings", None) == [("录音", "一直保存，不自动删除。")]
    (fault,) = refused(changed("param", "handling_kinds", value=["bureau"]))
    assert fault[0] == "value"
    assert "会派不出去" in fault[1]
    assert refused(changed("param", "handling_kinds", value=[]))[0] == ("value", "至少留一类单位可以牵头")


def test_parameters_decide_from_then_on(db: Clone) -> None:
    made(changed("param", "office_hours", value=[["08:30", "12:00"], ["14:00", "18:00"]]))
    made(changed("param", "ladder.normal", value=[[0, "min"], [2, "work_day"], [4, "work_day"]]))
    made(changed("param", "chase_warning", value=5))
    rules = rules_store.current()
    assert rules.params["chase_warning"] == 5
    assert rules.params["ladder"]["normal"] == [[0, "min"], [2, "work_day"], [4, "work_day"]]
    assert rules.params["ladder"]["urgent"] == [[0, "min"], [2, "hour"], [8, "hour"]]
    assert stored(city.dispatched()).legs[0].clocks["handle"].due == local("2026-11-30 18:00")
