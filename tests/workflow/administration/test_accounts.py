"""A password that is handed out opens nothing but its own exchange; sessions end with the password they began with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password

from jiesu.domain.errors import Forbidden, NotFound, Refused
from jiesu.store import sql
from jiesu.store.models import SettingChange, Staff
from jiesu.workflow import passwords
from jiesu.workflow.administration import accounts, recalculation
from jiesu.workflow.rules import announce_year
from tests import city
from tests.city import CHEN, GUAN, MONDAY, local
from tests.database import Clone, Databases
from tests.workflow.administration.changing import changed, made


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def test_a_password_is_handed_out_once_and_exchanged(db: Clone) -> None:
    (given,) = accounts.hand_out(["xiaozhou"], by=GUAN, now=MONDAY, reason="忘记密码，已核实身份")
    staff = Staff.objects.get(login="xiaozhou")
    assert re.fullmatch(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", given.password)
    assert check_password(given.password, staff.password)
    assert (given.name, given.until) == (staff.name, MONDAY + timedelta(hours=72))
    assert (staff.must_change, staff.password_until) == (True, given.until)
    kept = SettingChange.objects.latest("id")
    assert (kept.name, kept.key, kept.by, kept.note) == (
        "staff", "xiaozhou", GUAN.id, "发一次性密码：忘记密码，已核实身份",
    )  # fmt: skip
    assert given.password not in str(sql.rows("SELECT * FROM setting_change ORDER BY id DESC LIMIT 1"))
    hash_ = passwords.exchange(staff.id, old=given.password, new="冬天的雪 2026", again="冬天的雪 2026")
    staff.refresh_from_db()
    assert (staff.password, staff.must_change, staff.password_until) == (hash_, False, None)


def test_who_may_not_hand_out_and_for_whom(db: Clone) -> None:
    with pytest.raises(Forbidden):
        accounts.hand_out(["xiaozhou"], by=CHEN, now=MONDAY, reason="试试")
    with pytest.raises(Refused, match="请写明为什么改"):
        accounts.hand_out(["xiaozhou"], by=GUAN, now=MONDAY, reason="")
    with pytest.raises(NotFound, match="没有这些账号：nobody"):
        accounts.hand_out(["xiaozhou", "nobody"], by=GUAN, now=MONDAY, reason="忘记")
    with pytest.raises(NotFound):
        accounts.hand_out([], by=GUAN, now=MONDAY, reason="忘记")
    with pytest.raises(Refused, match="一次最多给 50 人发密码"):
        accounts.hand_out(["x"] * 51, by=GUAN, now=MONDAY, reason="忘记")
    made(changed("staff", "xiaozhou", active=False))
    with pytest.raises(Refused, match="周敏已停用，请先恢复账号再发密码"):
        accounts.hand_out(["xiaozhou"], by=GUAN, now=MONDAY, reason="忘记")


def test_what_is_no_password_of_ones_own(db: Clone) -> None:
    (given,) = accounts.hand_out(["xiaozhou"], by=GUAN, now=MONDAY, reason="忘记")
    mine, number = given.password, Staff.objects.get(login="xiaozhou").id
    for old, new, again, field in (
        ("wrong", "冬天的雪 2026", "冬天的雪 2026", "old"),
        (mine, "冬天的雪 2026", "冬天的雪 2027", "again"),
        (mine, mine, mine, "new"),
        (mine, "短", "短", "new"),
        (mine, "password1", "password1", "new"),
        (mine, "2026112300", "2026112300", "new"),
        (mine, "xiaozhou-2026", "xiaozhou-2026", "new"),
        (mine, "我是周敏本人啊啊", "我是周敏本人啊啊", "new"),
        (mine, "长" * 129, "长" * 129, "new"),
    ):
        with pytest.raises(Refused) as caught:
            passwords.exchange(number, old=old, new=new, again=again)
        assert caught.value.field == field
    assert Staff.objects.get(login="xiaozhou").must_change


def test_nobody_exchanges_the_password_of_an_account_that_is_not_there(db: Clone) -> None:
    with pytest.raises(Refused, match="现在的密码不对"):
        passwords.exchange(999_999, old="x", new="冬天的雪 2026", again="冬天的雪 2026")


def test_open_orders_are_recalculated_when_the_administrator_asks(db: Clone) -> None:
    at = local("2026-12-29 15:00")
    city.handling(at)
    announce_year(2027, {}, by=GUAN, now=at)
    with pytest.raises(Forbidden):
        recalculation.ask(by=CHEN, now=at, reason="公布")
    recalculation.ask(by=GUAN, now=at, reason="2027 年放假安排公布")
    (job,) = sql.rows("SELECT args::text FROM procrastinate_jobs WHERE task_name = 'recalculate'")
    assert "2027 年放假安排公布" in job[0]
    done = recalculation.carry_out(by=GUAN, now=at, reason="2027 年放假安排公布")
    assert (done.looked, done.moved, done.busy) == (1, 1, 0)
    kept = SettingChange.objects.latest("id")
    assert (kept.name, kept.title) == ("recalculate", "重算在办时限：看过 1 件，1 件有变化")
