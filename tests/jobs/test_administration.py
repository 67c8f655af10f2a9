"""The worker's part of the administrator's desk: letters of new names, deadlines recalculated in somebody's name."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from jiesu.jobs import chores, tasks
from jiesu.store.models import SettingChange, Staff, Unit
from tests import city
from tests.city import MONDAY
from tests.database import Clone, Databases
from tests.workflow.administration.changing import NEW_UNIT, changed, made, new


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def test_new_names_get_their_letters_in_a_process_of_its_own(db: Clone) -> None:
    made(new("unit", **NEW_UNIT), new("unit", **{**NEW_UNIT, "code": "U0311", "short": "别家", "initials": "own"}))
    command = [sys.executable, "-m", "jiesu.cli", "spell"]
    said = subprocess.run(command, env=db.environ, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "补了 2 个名称的字母。\n")
    found = Unit.objects.filter(code__in=["U0310", "U0311"]).order_by("code").values_list("initials", "pinyin")
    assert list(found) == [("zhgr", "zhihuigongre"), ("own", "biejia")]
    assert "spell" in tasks.TASKS


def test_deadlines_are_recalculated_in_the_name_of_who_asked(db: Clone) -> None:
    city.handling()
    guanli = Staff.objects.get(login="guanli")
    tasks.recalculate(by=f"s{guanli.id}", reason="公布")
    kept = SettingChange.objects.latest("id")
    assert (kept.by, kept.title) == (f"s{guanli.id}", "重算在办时限：看过 1 件，0 件有变化")
    before = SettingChange.objects.count()
    tasks.recalculate(by=f"s{Staff.objects.get(login='xiaozhou').id}", reason="公布")
    assert SettingChange.objects.count() == before


def test_the_clock_makes_what_is_due(db: Clone) -> None:
    assert [chore.name for chore in chores.CLOCK] == ["tick", "planned changes"]
    made(changed("unit", "U0309", phone="0000-1"))
    chores.carry_out_planned(MONDAY)
    assert Unit.objects.get(code="U0309").phone == "0000-1"
