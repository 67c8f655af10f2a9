"""An administrator's changes: weighed before they are saved, kept with who and why, from a day that is not past."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.domain.order import Order
from jiesu.store import orders, sql
from jiesu.store import rules as rules_store
from jiesu.store.administration import changes
from jiesu.store.administration.changes import Wanted as Asked
from jiesu.store.models import CatalogLine, PlannedChange, SettingChange, Unit
from jiesu.store.verify import verify
from jiesu.workflow.administration import change, seasons
from jiesu.workflow.administration.wanted import LONGEST_REASON, Overtaken
from tests import city
from tests.city import CHEN, GUAN, HEAT, HOUSING, LIU, MONDAY, local
from tests.database import Clone, Databases
from tests.store.threads import at_once
from tests.workflow.administration.changing import (
    NEW_UNIT,
    NEXT_MONDAY,
    PIPES,
    TODAY,
    changed,
    gone,
    line,
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


def newest(**asked: Any) -> changes.Kept:
    return changes.history(Asked(**asked), 1)[0]


# -- the catalog and a new unit


def test_a_new_unit_takes_over_a_matter_from_monday(db: Clone) -> None:
    early = city.dispatched()
    for _ in range(3):
        city.dispatched()
    was = rules_store.current_id()
    assert said(new("unit", **NEW_UNIT)) == [
        ("智慧供热", "还没有联络员、单位领导、值班表：派给它的工单没有人签收、批准，紧急工单只能打值班电话。"),
        ("智慧供热", "目录里还没有它牵头的条目：要派给它的事项，保存后到“派单目录”里改。"),
    ]
    assert not Unit.objects.filter(code="U0310").exists()
    made(new("unit", **NEW_UNIT))
    assert rules_store.current().unit_name("U0310") == "智慧供热"
    moved = line(lead="U0310")
    weighed = change.check([moved], by=GUAN, now=MONDAY)
    by_title = {one.title: one for one in weighed.effects}
    assert by_title["派单"].said == "把最近 30 天派出的 4 件按新目录再派一遍，4 件会换牵头单位。"
    assert by_title["派单"].rows == (("供热公司", "智慧供热", "4"),)
    assert by_title["在办工单"].said == "这些事项在办 4 件，牵头单位和时限都不变。"
    assert by_title["智慧供热"].heed
    assert CatalogLine.objects.filter(lead="U0310").count() == 0
    change.save([moved], by=GUAN, now=MONDAY, reason="特许经营权移交", checked=weighed.token)
    rules = rules_store.current()
    leads = [rules.catalog.find("03.06", "R0103", day) for day in (date(2026, 11, 29), NEXT_MONDAY)]
    assert [one.lead for one in leads if one] == [HEAT, "U0310"]
    assert stored(early).legs[0].unit == HEAT
    kept = newest(name="catalog")
    assert (kept.by, kept.note, kept.effective, kept.key) == (GUAN.id, "特许经营权移交", NEXT_MONDAY, PIPES)
    assert (kept.before["lead"], kept.after["lead"]) == (HEAT, "U0310")
    assert rules_store.at(was).unit_name("U0310") == "U0310"
    assert verify().faults == []


def test_orders_before_and_after_a_line_moved(db: Clone) -> None:
    """An order opened before keeps its unit and its limit; one opened on the day follows the new line."""
    early = city.handling()
    made(line(lead=HOUSING, handle=[1, "work_day"], assist=[]))
    late = city.accepted(local("2026-11-30 09:00"))
    with pytest.raises(Refused, match="派单目录写的是住建局"):
        city.take(late, "dispatch", CHEN, local("2026-11-30 09:10"), {"lead": HEAT})
    city.take(late, "dispatch", CHEN, local("2026-11-30 09:10"), {"lead": HOUSING})
    assert stored(late).legs[0].clocks["handle"].limit == [1, "work_day"]
    assert stored(early).legs[0].unit == HEAT
    assert stored(early).legs[0].clocks["handle"].limit == [5, "work_day"]
    assert verify().faults == []


def test_a_line_may_be_ended_corrected_on_its_day_and_taken_down_before_it(db: Clone) -> None:
    effects = dict(said(gone("catalog", PIPES, since=NEXT_MONDAY)))
    assert effects["派单"] == "最近 30 天没有派出过这些事项的工单，没有可以比的。"
    made(line(lead=HOUSING, assist=[]))
    assert refused(line(since=date(2026, 11, 25), lead="U0302")) == [
        ("effective_from", "已有 2026-11-30 起生效的条目，请先撤下它，或把生效日期定在它之后")
    ]
    made(line(lead="U0302"))
    held = CatalogLine.objects.filter(matter="03.06", region="*").order_by("effective_from")
    assert [(one.lead, one.effective_from, one.effective_to) for one in held] == [
        (HEAT, date(2026, 1, 1), date(2026, 11, 29)),
        ("U0302", NEXT_MONDAY, None),
    ]
    made(gone("catalog", PIPES, since=NEXT_MONDAY))
    assert [(one.lead, one.effective_to) for one in held.all()] == [(HEAT, None)]
    made(gone("catalog", PIPES, since=NEXT_MONDAY))
    assert [one.effective_to for one in held.all()] == [date(2026, 11, 29)]
    assert newest(name="catalog").after is None
    assert refused(gone("catalog", PIPES, since=date(2026, 12, 7))) == [("effective_from", "这一天没有可以停用的条目")]
    made(line(since=date(2026, 12, 7), effective_to=None))
    assert rules_store.current().catalog.find("03.06", "R0103", date(2026, 12, 7)) is not None


def test_a_line_that_leans_on_nothing_is_refused(db: Clone) -> None:
    assert refused(line(lead="CENTER")) == [("lead", "牵头单位热线中心已停用或不能承办，工单派不出去")]
    assert refused(line(assist=["CENTER"])) == [("assist", "热线中心已停用或不能承办")]
    assert refused(line(assist=[HEAT])) == [("assist", "牵头单位不能同时是配合单位")]
    assert ("effective_to", "失效日不能早于生效日") in refused(line(effective_to="2026-11-29"))
    assert refused(line(statutory_name="仲裁")) == [("statutory_limit", "法定程序和法定时限要么都写，要么都不写")]
    assert refused(line(season_name="供暖季")) == [("season_from", "写了季节，就要写从哪天到哪天")]
    assert refused(line(season_handle=[1, "hour"])) == [
        ("season_name", "写了季节的日子、时限或紧急程度，就要写季节名称")
    ]
    assert refused(line()) == [("", "没有改动任何内容")]
    blank = {**line().after, "matter": "99"}  # type: ignore[dict-item]
    assert ("matter", "没有这个事项，或已停用：99") in refused(replace(line(), key="99~*", after=blank, seen=None))


def test_a_season_gets_other_days_in_all_its_lines(db: Clone) -> None:
    wanted = seasons.wanted("供暖季", begins="10-15", ends="04-25", since=NEXT_MONDAY)
    assert len(wanted) == 15
    counted = change.check(wanted, by=GUAN, now=MONDAY).effects[0]
    assert (counted.title, counted.said) == ("派单目录", "一共 15 条：修改 15 条。")
    saved = made(*wanted, reason="供暖期提前")
    assert len(changes.history(Asked(batch=saved.batch))) == 15
    rules = rules_store.current()
    duty = rules.catalog.find("03.01", "R0103", NEXT_MONDAY)
    assert duty is not None
    assert duty.season is not None
    assert (duty.season.first, duty.season.last) == ((10, 15), (4, 25))
    with pytest.raises(Refused, match="目录里没有写着“雨季”的条目"):
        seasons.wanted("雨季", begins="06-01", ends="08-31", since=TODAY)


# -- who, when, why


def test_only_an_administrator_and_only_what_was_checked_and_explained(db: Clone) -> None:
    wanted = changed("unit", HEAT, short="热力集团")
    for by in (CHEN, LIU):
        with pytest.raises(Forbidden, match="只有管理员可以修改"):
            change.check([wanted], by=by, now=MONDAY)
        with pytest.raises(Forbidden, match="只有管理员可以修改"):
            change.save([wanted], by=by, now=MONDAY, reason="试试", checked="")
        with pytest.raises(Forbidden):
            change.call_off(1, by=by, now=MONDAY)
    token = change.check([wanted], by=GUAN, now=MONDAY).token
    for reason, words in (("  ", "请写明为什么改"), ("长" * (LONGEST_REASON + 1), "请缩短到 200 字以内")):
        with pytest.raises(Refused, match=words):
            change.save([wanted], by=GUAN, now=MONDAY, reason=reason, checked=token)
    other = changed("unit", HEAT, short="热力")
    with pytest.raises(Refused, match="请再核对一次") as caught:
        change.save([other], by=GUAN, now=MONDAY, reason="改名", checked=token)
    assert caught.value.code == "unchecked"
    assert Unit.objects.get(code=HEAT).short == "供热公司"


def test_a_day_that_is_past_is_refused_with_what_to_do_instead(db: Clone) -> None:
    (fault,) = refused(changed("limit", "review~*~*", since=date(2026, 11, 22), limit=[1, "hour"]))
    assert fault[0] == "since"
    assert fault[1].startswith("生效日期不能早于今天（2026-11-23）：已经办过的工单按当时的规则办的，不再改写。")
    assert "重算在办时限" in fault[1]


def test_two_on_one_thing_one_wins_and_the_other_is_told(db: Clone) -> None:
    mine, hers = changed("unit", HEAT, short="热力集团"), changed("unit", HEAT, phone="0000-1")
    made(hers)
    with pytest.raises(Overtaken, match="“供热公司”刚被别人改过"):
        change.check([mine], by=GUAN, now=MONDAY)
    both = line(lead=HOUSING, assist=[])
    made(line(lead="U0302"))
    with pytest.raises(Overtaken, match="“03\\.06 管网改造与保温，全市”刚被别人改过"):
        change.check([both], by=GUAN, now=MONDAY)
    another = new("matter", code="03.90", name="另一个", urgency="normal")
    made(another)
    with pytest.raises(Overtaken, match="03\\.90"):
        change.check([another], by=GUAN, now=MONDAY)


def test_two_at_once_publish_rules_that_hold_both_changes(db: Clone) -> None:
    """Each makes a snapshot of the tables: none of them may miss what the other has written and not yet committed."""
    wanted = [changed("unit", f"U030{n}", phone=f"0000-{n}") for n in range(1, 5)]
    wanted += [changed("limit", "review~*~*", limit=[n, "hour"]) for n in (1,)]
    renamed = [replace(one, after={**(one.after or {}), "short": f"公司{n}"}) for n, one in enumerate(wanted[:4])]
    done = at_once([lambda one=one: made(one) for one in [*renamed, wanted[4]]])
    assert all(isinstance(one, change.Saved) for one in done)
    rules = rules_store.current()
    assert [rules.unit_name(f"U030{n}") for n in range(1, 5)] == ["公司0", "公司1", "公司2", "公司3"]
    assert rules.limits()["review", "*", "*"].zh() == "1 小时"


def test_names_that_are_taken_and_things_that_are_not_there(db: Clone) -> None:

    with pytest.raises(Overtaken):
        change.check([new("unit", **{**NEW_UNIT, "code": HEAT})], by=GUAN, now=MONDAY)
    assert refused(replace(new("unit", **{**NEW_UNIT, "code": HEAT}), seen=None)) == [
        ("code", "已有“供热公司”，请打开它修改")
    ]
    assert refused(replace(changed("unit", HEAT, short="甲"), key="U9999", seen=None)) == [
        ("", "这一项已经不在了，请回到列表再找")
    ]
    assert refused(changed("unit", HEAT)) == [("", "没有改动任何内容")]
    assert refused(gone("unit", HEAT)) == [("", "单位不能删除，历史要用到；可以停用")]


# -- changes that wait for their day


def test_a_change_waits_for_its_day_and_is_made_in_the_name_of_who_planned_it(db: Clone) -> None:
    monday = local("2026-11-30 00:00")
    saved = made(changed("limit", "review~*~*", since=NEXT_MONDAY, limit=[1, "work_hour"]), reason="提速")
    assert (saved.made, len(saved.planned)) == ([], 1)
    assert rules_store.current().limits()["review", "*", "*"].zh() == "4 个工作小时"
    assert change.carry_out(monday - timedelta(seconds=1)) == 0
    assert refused(changed("limit", "review~*~*", limit=[2, "work_hour"])) == [
        ("", "这一项已有 2026-11-30 起生效的改动（：提速），请先撤下它再改")
    ]
    made(changed("unit", HEAT, since=NEXT_MONDAY, phone="0000-7"))
    assert change.call_off(changes.planned("unit")[0].id, by=GUAN, now=MONDAY).key == HEAT
    before = city.replied(MONDAY)
    assert change.carry_out(monday) == 1
    assert change.carry_out(monday) == 0
    after = city.replied(monday + timedelta(hours=9))
    assert [stored(one).clocks["review"].limit for one in (before, after)] == [[4, "work_hour"], [1, "work_hour"]]
    kept = newest(name="limit")
    assert (kept.by, kept.note, kept.before, kept.after) == (
        GUAN.id, "提速", {"limit": [4, "work_hour"]}, {"limit": [1, "work_hour"]},
    )  # fmt: skip
    assert {one.state for one in PlannedChange.objects.all()} == {"done", "off"}
    assert verify().faults == []


def test_a_waiting_change_may_be_called_off(db: Clone) -> None:
    number = made(changed("unit", HEAT, since=NEXT_MONDAY, short="热力集团")).planned[0]
    assert [one.id for one in changes.planned("unit", HEAT)] == [number]
    made(changed("unit", HEAT, phone="0000-7"))
    assert change.call_off(number, by=GUAN, now=MONDAY).title == "热力集团"
    assert change.carry_out(local("2026-12-01 08:00")) == 0
    assert rules_store.current().unit_name(HEAT) == "供热公司"
    with pytest.raises(Refused, match="已经生效或撤下"):
        change.call_off(number, by=GUAN, now=MONDAY)
    with pytest.raises(NotFound, match="没有这项"):
        change.call_off(9999, by=GUAN, now=MONDAY)


def test_a_change_that_cannot_be_made_on_its_day_says_why_and_harms_no_other(db: Clone) -> None:

    first = made(changed("text", "refusal~litigation", since=NEXT_MONDAY, name="已在法院"))
    second = made(changed("unit", HEAT, since=NEXT_MONDAY, phone="0000-2"))
    third = made(
        changed("matter", "03.06", since=NEXT_MONDAY, name="管网"),
        changed("matter", "03.05", since=NEXT_MONDAY, name="报停"),
    )
    # Somebody changes the first all the same, by a file that nobody held against what waits.
    sql.run("UPDATE setting SET value = jsonb_set(value, '{refusal,0,name}', '\"别的\"') WHERE name = 'reasons'")
    assert change.carry_out(local("2026-11-30 08:00")) == 3
    states = {one.id: (one.state, one.said) for one in PlannedChange.objects.all()}
    assert states[first.planned[0]] == ("failed", "定下之后，同一项又被改过")
    assert states[second.planned[0]][0] == "done"
    assert {states[one][0] for one in third.planned} == {"done"}
    assert newest(name="matter").batch == third.batch != ""
    assert [one.state for one in changes.planned()] == ["failed"]
    assert change.call_off(first.planned[0], by=GUAN, now=local("2026-11-30 09:00")).state == "failed"
    assert changes.planned() == []


def test_new_things_and_things_taken_away_wait_too(db: Clone) -> None:
    made(new("text", since=NEXT_MONDAY, list="refusal", code="storm", name="暴雪停办", text="请雪后再来"))
    made(gone("limit", "appeal~*~*", since=NEXT_MONDAY))
    made(changed("unit", "U0309", since=NEXT_MONDAY, name="公交集团"))

    assert "storm" not in rules_store.current().reasons["refusal"]
    assert change.carry_out(local("2026-11-30 08:00")) == 3
    rules = rules_store.current()
    assert rules.reasons["refusal"]["storm"]["name"] == "暴雪停办"
    assert ("appeal", "*", "*") not in rules.limits()
    assert SettingChange.objects.filter(effective=NEXT_MONDAY).count() == 3
    assert thing("unit", "U0309")["name"] == "公交集团"
