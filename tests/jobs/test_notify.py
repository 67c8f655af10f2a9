"""An urgent notice reaches whoever is on duty, once, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

import psycopg
import pytest

from jiesu.channels.notify import Console, NotTold
from jiesu.jobs import tasks
from jiesu.jobs.tasks import tell_urgent
from jiesu.store import duty, sql
from jiesu.store.datadir import DataDir
from jiesu.store.models import Notice, RosterEntry, Unit
from jiesu.workflow.tick import tick
from tests import city
from tests.city import HEAT, HOUSING, MONDAY, local
from tests.database import Clone, Databases


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


@pytest.fixture
def said(tmp_path: Path) -> Path:
    return tmp_path / "notices.log"


def test_an_urgent_order_is_told_at_once_and_only_once(db: Clone, said: Path) -> None:
    night = local("2026-11-23 23:00")
    order = city.dispatched(night, urgency="urgent")
    assert tell_urgent(order.number, Console(said), night) == 1
    assert tell_urgent(order.number, Console(said), night) == 0
    assert said.read_text("utf-8") == f"2026-11-23 23:00:00 短信 {HEAT} {order.number} 紧急工单，牵头办理\n"
    assert list(Notice.objects.values_list("told_at")) == [(night,)]


def test_what_waits_for_one_unit_is_one_message_and_a_call_if_the_duty_officer_must_wake(db: Clone, said: Path) -> None:
    order = city.dispatched(MONDAY, urgency="emergency")
    tick(MONDAY)
    assert tell_urgent(order.number, Console(said), MONDAY) == 1
    assert said.read_text("utf-8").split(" ", 2)[2] == (
        f"电话 {HEAT} {order.number} 特急工单，牵头办理；请电话通知值班员签收\n"
    )


def test_a_normal_order_wakes_nobody(db: Clone, said: Path) -> None:
    order = city.dispatched()
    assert tell_urgent(order.number, Console(said), MONDAY) == 0
    assert not said.exists()


def test_what_somebody_has_seen_is_not_told(db: Clone, said: Path) -> None:
    order = city.dispatched(urgency="urgent")
    Notice.objects.update(seen_at=MONDAY)
    assert tell_urgent(order.number, Console(said), MONDAY) == 0


def test_a_unit_that_cannot_be_reached_keeps_no_other_waiting_and_is_tried_again(db: Clone, said: Path) -> None:
    order = city.dispatched(urgency="urgent", assist=[HOUSING])
    RosterEntry.objects.filter(unit=HOUSING).delete()
    Unit.objects.filter(code=HOUSING).update(phone="")
    for _ in range(2):
        with pytest.raises(NotTold, match=HOUSING):
            tell_urgent(order.number, Console(said), MONDAY)
    Unit.objects.filter(code=HOUSING).update(phone="0000-6100200")
    assert tell_urgent(order.number, Console(said), MONDAY) == 1
    assert [line.split()[3] for line in said.read_text("utf-8").splitlines()] == [HEAT, HOUSING]


def test_two_workers_do_not_tell_the_same(db: Clone, said: Path) -> None:
    order = city.dispatched(urgency="urgent")
    with psycopg.connect(db.url("app")) as other:
        other.execute("SELECT 1 FROM notice FOR UPDATE")
        assert tell_urgent(order.number, Console(said), MONDAY) == 0
    assert tell_urgent(order.number, Console(said), MONDAY) == 1


def test_the_job_uses_the_citys_notifier(db: Clone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JIESU_NOTIFY", raising=False)
    log = DataDir.choose().logs / "notices.log"
    before = log.read_text("utf-8") if log.exists() else ""
    order = city.dispatched(urgency="urgent")
    tasks.notify(order.number)
    told = log.read_text("utf-8")[len(before) :]
    assert str(order.number) in told
    assert sql.value("SELECT count(*) FROM notice WHERE told_at IS NULL") == 0


@pytest.mark.parametrize(
    ("at", "phone"),
    [
        ("2026-11-23 07:59", "sunday night"),
        ("2026-11-23 08:00", "day"),
        ("2026-11-23 19:59", "day"),
        ("2026-11-23 20:00", "monday night"),
        ("2026-11-24 07:59", "monday night"),
        ("2026-11-24 21:00", "unit"),
        ("2026-11-25 10:00", "wednesday"),
    ],
)
def test_the_shift_decides_who_is_phoned(db: Clone, at: str, phone: str) -> None:
    RosterEntry.objects.filter(unit=HEAT).delete()
    Unit.objects.filter(code=HEAT).update(phone="unit")
    for weekday, begins, ends, name in (
        (None, 8, 20, "day"), (0, 20, 8, "monday night"), (6, 20, 8, "sunday night"), (2, 8, 20, "wednesday"),
    ):  # fmt: skip
        RosterEntry.objects.create(
            unit_id=HEAT, weekday=weekday, begins=time(begins), ends=time(ends), name=name, phone=name
        )
    assert duty.phone_of(HEAT, local(at)) == phone


def test_a_unit_that_is_unknown_has_no_phone(db: Clone) -> None:
    assert duty.phone_of("NOWHERE", datetime.fromisoformat("2026-11-23T10:00:00+08:00")) == ""
