"""Rules change while orders are under way: what was decided stays, what comes follows, and verify stays clean."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import Order
from jiesu.store import orders, sql
from jiesu.store import rules as rules_store
from jiesu.store.models import CatalogLine, Day, SettingChange
from jiesu.store.verify import verify
from jiesu.workflow.rules import (
    Recalculated,
    announce_year,
    change_duty,
    change_setting,
    recalculate_open,
)
from tests import city
from tests.city import CHEN, GUAN, HEAT, HOUSING, MA, MONDAY, local
from tests.database import Clone, Databases
from tests.store.threads import at_once

MATTER = "03.06"


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def limits() -> list[dict[str, Any]]:
    return list(rules_store.collect()["limits"])


def shortened(clock: str, amount: float, measure: str) -> list[dict[str, Any]]:
    """The city's limits with one clock's limit for orders that are not urgent changed."""
    return [
        {**one, "limit": [amount, measure]} if one["clock"] == clock and one["urgency"] in ("*", "normal") else one
        for one in limits()
    ]


def stored(order: Order) -> Order:
    found = orders.load(order.number)
    assert found is not None
    return found[0].order


def dues(order: Order) -> dict[str, datetime]:
    """When each running clock of the order and of its first leg ends."""
    held = stored(order)
    clocks = {
        **held.clocks,
        **{f"1.{name}": clock for name, clock in (held.legs[0].clocks if held.legs else {}).items()},
    }
    return {name: clock.due for name, clock in clocks.items() if clock.running}


def clean() -> None:
    assert verify().faults == []


# -- limits


def test_limits_shortened_under_way_bind_only_what_starts_after(db: Clone) -> None:
    old = city.handling()
    before = dues(old)
    was = rules_store.current_id()
    rules = change_setting("limits", shortened("review", 1, "work_hour"), by=GUAN, now=MONDAY, note="试行")
    assert rules.id == rules_store.current_id() != was
    assert dues(old) == before
    clean()
    replied = city.replied(MONDAY)
    assert stored(replied).clocks["review"].limit == [1, "work_hour"]
    assert [event.rules for event in orders.events(old.number)][:4] == [was] * 4
    assert {event.rules for event in orders.events(replied.number)} == {rules.id}
    kept = SettingChange.objects.filter(name="limits").latest("id")
    assert (kept.by, kept.note, kept.after) == (GUAN.id, "试行", shortened("review", 1, "work_hour"))
    assert kept.before != kept.after
    clean()


def test_an_order_under_way_gets_the_new_limit_for_its_next_clock_only(db: Clone) -> None:
    order = city.dispatched(name="张小凤", phone="13800001111")
    before = dues(order)
    change_setting("limits", shortened("first_contact", 3, "hour"), by=GUAN, now=MONDAY)
    city.take(order, "acknowledge", city.LIU, MONDAY)
    after = dues(order)
    assert after.pop("1.first_contact") == local("2026-11-23 13:00")
    assert after == {name: due for name, due in before.items() if name != "1.acknowledge"}
    clean()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limits", [{"clock": "handle", "limit": [-1, "work_day"]}]),
        ("limits", [{"clock": "handle"}]),
        ("limits", {"handle": 5}),
        ("declared", [{"from": "明天"}]),
        ("calendar", {"hours": [["17:30", "09:00"]]}),
        ("reasons", {"refusal": 5}),
    ],
)
def test_what_cannot_decide_is_not_kept(db: Clone, name: str, value: Any) -> None:
    was, changes = rules_store.current_id(), SettingChange.objects.count()
    with pytest.raises(Refused, match="写得不对，没有保存"):
        change_setting(name, value, by=GUAN, now=MONDAY)
    assert rules_store.current_id() == was
    assert SettingChange.objects.count() == changes
    city.closed()
    clean()


def test_only_an_administrator_changes_rules(db: Clone) -> None:
    for change in (
        lambda: change_setting("limits", [], by=CHEN, now=MONDAY),
        lambda: change_duty(MATTER, since=date(2026, 12, 1), by=CHEN, now=MONDAY, lead=HOUSING),
        lambda: announce_year(2027, {}, by=CHEN, now=MONDAY),
        lambda: recalculate_open(by=CHEN, now=MONDAY),
    ):
        with pytest.raises(Forbidden, match="只有管理员"):
            change()
    with pytest.raises(Refused, match="没有“colour”这项设置"):
        change_setting("colour", 1, by=GUAN, now=MONDAY)


# -- the catalog


def test_a_catalog_line_moves_on_its_date(db: Clone) -> None:
    early = city.dispatched(local("2026-11-30 16:00"))
    change_duty(MATTER, since=date(2026, 12, 1), by=GUAN, now=MONDAY, lead=HOUSING, handle=[1, "work_day"])
    was = CatalogLine.objects.get(matter=MATTER, region="*", effective_to=date(2026, 11, 30))
    new = CatalogLine.objects.get(matter=MATTER, region="*", effective_from=date(2026, 12, 1))
    assert (was.lead, new.lead, new.handle) == (HEAT, HOUSING, [1, "work_day"])
    assert (new.assist, new.fields, new.season) == (was.assist, was.fields, was.season)
    rules = rules_store.current()
    found = [rules.catalog.find(MATTER, "R0103", day) for day in (date(2026, 11, 30), date(2026, 12, 1))]
    assert [duty.lead for duty in found if duty] == [HEAT, HOUSING]
    late_november, december = city.accepted(local("2026-11-30 16:30")), city.accepted(local("2026-12-01 09:30"))
    city.take(late_november, "dispatch", CHEN, local("2026-11-30 16:40"), {"lead": HEAT})
    with pytest.raises(Refused, match="派单目录写的是"):
        city.take(december, "dispatch", CHEN, local("2026-12-01 09:40"), {"lead": HEAT})
    city.take(december, "dispatch", CHEN, local("2026-12-01 09:40"), {"lead": HOUSING})
    assert stored(december).legs[0].clocks["handle"].limit == [1, "work_day"]
    assert stored(early).legs[0].unit == HEAT
    clean()


def test_the_catalog_is_not_rewritten_in_the_past(db: Clone) -> None:
    with pytest.raises(Refused, match="不能改已经过去的日子"):
        change_duty(MATTER, since=date(2026, 11, 22), by=GUAN, now=MONDAY, lead=HOUSING)
    with pytest.raises(Refused, match="没有这个事项：99"):
        change_duty("99", since=date(2026, 12, 1), by=GUAN, now=MONDAY, lead=HOUSING)
    with pytest.raises(Refused, match="CENTER不是承办单位"):
        change_duty(MATTER, since=date(2026, 12, 1), by=GUAN, now=MONDAY, lead=city.CENTER)
    change_duty(MATTER, since=date(2026, 12, 1), by=GUAN, now=MONDAY, lead=HOUSING)
    with pytest.raises(Refused, match="已有在那天或以后生效的条目"):
        change_duty(MATTER, since=date(2026, 11, 25), by=GUAN, now=MONDAY, lead=HEAT)


# -- the calendar

# A made-up arrangement: New Year's bridge with a worked Saturday, and the Spring Festival week.
DAYS_2027 = {
    date(2027, 1, 1): False,
    date(2027, 1, 4): False,
    date(2027, 1, 9): True,
    **{date(2027, 2, day): False for day in (4, 5, 8, 9, 10)},
}
YEARS_END = local("2026-12-29 15:00")


def test_a_year_announced_changes_no_deadline_until_they_are_recalculated(db: Clone) -> None:
    over, before_it = city.handling(YEARS_END), city.handling(MONDAY)
    guessed = dues(over)
    assert guessed["1.handle"] == local("2027-01-06 17:30")
    others = dues(before_it)
    announce_year(2027, DAYS_2027, by=GUAN, now=YEARS_END, note="国务院办公厅通知")
    assert rules_store.current().calendar.is_announced(date(2027, 1, 4))
    assert dues(over) == guessed
    clean()
    done = recalculate_open(by=GUAN, now=YEARS_END, reason="2027 年放假安排公布")
    assert done == Recalculated(looked=2, moved=1)
    moved = dues(over)
    assert moved["1.handle"] == local("2027-01-07 17:30")
    assert {name for name in guessed if guessed[name] != moved[name]} == {"1.handle", "citizen"}
    assert dues(before_it) == others
    event = orders.events(over.number)[-1]
    assert (event.move, event.by, event.role, event.rules) == (
        "recalculate", GUAN.id, "administrator", rules_store.current_id(),
    )  # fmt: skip
    assert sql.rows("SELECT due_at FROM work_order WHERE number = %s", (over.number,)) == [(moved["1.handle"],)]
    assert recalculate_open(by=GUAN, now=YEARS_END) == Recalculated(looked=2)
    clean()


def test_an_extension_somebody_granted_is_not_recalculated(db: Clone) -> None:
    order = city.handling(YEARS_END)
    city.take(order, "request_extension", MA, YEARS_END, {"days": 3, "reason": "等配件"})
    city.take(order, "agree_extension", CHEN, YEARS_END, {"request": 1})
    granted = dues(order)["1.handle"]
    announce_year(2027, DAYS_2027, by=GUAN, now=YEARS_END)
    assert recalculate_open(by=GUAN, now=YEARS_END).moved == 1
    assert dues(order)["1.handle"] == granted
    clean()


def test_an_order_that_somebody_closes_meanwhile_is_left_alone(db: Clone) -> None:
    """It was open when it was looked at and is closed when its turn comes: counted, and no event."""
    order = city.handling(YEARS_END)
    announce_year(2027, DAYS_2027, by=GUAN, now=YEARS_END)
    held = threading.Event()

    def withdraw() -> None:
        with transaction.atomic():
            city.take(order, "withdraw", CHEN, YEARS_END, {"reason": "已自行解决"})
            held.set()
            _until(lambda: sql.value("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0)

    def recalculate() -> Recalculated:
        assert held.wait(60)
        return recalculate_open(by=GUAN, now=YEARS_END)

    assert at_once([withdraw, recalculate]) == [None, Recalculated(looked=1, busy=1)]
    assert [event.move for event in orders.events(order.number)][-1] == "withdraw"
    clean()


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_day_the_city_set_itself_outlives_the_announcement(db: Clone) -> None:
    Day.objects.create(day=date(2027, 1, 4), working=True, source="city", note="本市调整")
    announce_year(2027, DAYS_2027, by=GUAN, now=YEARS_END)
    announce_year(2027, DAYS_2027, by=GUAN, now=YEARS_END)
    assert rules_store.current().calendar.is_workday(date(2027, 1, 4))
    assert Day.objects.filter(day__year=2027).count() == len(DAYS_2027)
    with pytest.raises(Refused, match="这些日子不在 2027 年：2026-12-31"):
        announce_year(2027, {date(2026, 12, 31): False}, by=GUAN, now=YEARS_END)


def test_recalculating_is_a_command_of_the_administrator(db: Clone) -> None:
    city.handling(YEARS_END)
    announce_year(2027, DAYS_2027, by=GUAN, now=YEARS_END)
    said = command(db, "recalculate", "--by", "guanli", "--reason", "2027 年放假安排公布")
    assert (said.returncode, said.stdout) == (0, "看过在办工单 1 张，1 张的时限有变化，已重算。\n")
    assert command(db, "recalculate", "--by", "laochen").stderr == "只有管理员可以重算时限\n"
    assert command(db, "recalculate", "--by", "没有人").stderr == "没有 没有人 这个账号，或已停用。\n"
    clean()


def command(db: Clone, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jiesu.cli", *arguments], env=db.environ, capture_output=True, text=True, check=False
    )
