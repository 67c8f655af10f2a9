"""What the verbs of shifts and of paper refuse to whom no page would offer them."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.offline import Filled
from jiesu.domain.order import Actor
from jiesu.store import sql
from tests import city
from tests.city import CENTER, CHEN, DU, MONDAY, ZHOU, local
from tests.database import Clone, Databases


@pytest.fixture(scope="module")
def db(databases: Databases) -> Iterator[Clone]:
    """One city for these stories, each with rows of its own."""
    with databases.clone("city", city.build) as clone:
        yield clone


def test_who_has_no_account_hands_nothing_over(db: Clone) -> None:
    from jiesu.workflow import handover

    with pytest.raises(Forbidden, match="只有工作人员能交接班"):
        handover.come("intake", by=Actor("t7", (("agent", CENTER),)), now=MONDAY)


def test_a_note_between_two_shifts_belongs_to_its_day(db: Clone) -> None:
    from jiesu.store import rules
    from jiesu.workflow import handover
    from jiesu.workflow.rules import change_setting

    held = rules.current().params
    change_setting("params", {**held, "shifts": [["day", "白班", "09:00", "17:00"]]}, by=city.GUAN, now=MONDAY)
    with pytest.raises(Refused, match="没有保存"):
        change_setting("params", {**held, "shifts": [["day", "白班", "九点"]]}, by=city.GUAN, now=MONDAY)
    number = handover.hand_over("intake", by=ZHOU, now=local("2026-11-24 21:30"), text="")
    found = sql.rows("SELECT day::text, shift FROM shift_note WHERE id = %s", (number,))
    assert found == [("2026-11-24", handover.BETWEEN)]
    late = handover.hand_over("intake", by=ZHOU, now=local("2026-11-24 17:40"), text="")
    assert sql.rows("SELECT day::text, shift FROM shift_note WHERE id = %s", (late,)) == [("2026-11-24", "day")]


def test_a_purpose_is_short_and_only_whom_it_concerns_keeps_the_account(db: Clone) -> None:
    from jiesu.workflow import offline

    with pytest.raises(Refused, match="用途太长"):
        offline.reserve(5, by=DU, now=MONDAY, note="长" * 201)
    with pytest.raises(Forbidden, match="受理单台账由热线中心的人登记"):
        offline.mark("9000001", "", "unused", by=city.LIU, now=MONDAY)
    with pytest.raises(Forbidden, match="补录由话务员或派单员操作"):
        offline.enter(Filled(9000001, MONDAY, {"text": "x"}), by=DU, now=MONDAY)


def test_looking_at_a_sheet_says_what_entering_it_would_and_writes_nothing(db: Clone) -> None:
    from jiesu.store.people import Known
    from jiesu.workflow import offline

    block = offline.reserve(5, by=DU, now=MONDAY)
    (first,) = sql.rows("SELECT first FROM offline_block WHERE id = %s", (block,))[0]
    now = MONDAY + timedelta(hours=3)
    filled = Filled(first, MONDAY + timedelta(hours=1), {"text": "漏水", "channel": "phone", "anonymous": True})
    assert offline.look(filled, now=now).known is False
    made = offline.enter(filled, by=ZHOU, now=now)
    assert offline.look(filled, now=now) == offline.Result(made.number, known=True)
    nobody = Filled(first + 1, MONDAY + timedelta(hours=1), {"text": "漏水", "channel": "phone"})
    assert offline.look(nobody, now=now, demander=Known(name="张小凤")).number == made.number + 1
    assert sql.value("SELECT count(*) FROM offline_mark WHERE block = %s", (block,)) == 1


def test_runs_of_sheets_over_two_blocks_are_marked_in_both(db: Clone) -> None:
    from jiesu.workflow import offline

    blocks = [offline.reserve(2, by=DU, now=MONDAY) for _ in range(2)]
    first = sql.value("SELECT min(first) FROM offline_block WHERE id = ANY(%s)", (blocks,))
    assert offline.mark(str(first), str(first + 3), "unused", by=CHEN, now=MONDAY) == 4
    found = sql.rows("SELECT block, count(*) FROM offline_mark WHERE block = ANY(%s) GROUP BY 1 ORDER BY 1", (blocks,))
    assert found == [(blocks[0], 2), (blocks[1], 2)]


def test_the_phone_of_somebody_else_is_no_reason_to_ask(db: Clone) -> None:
    from jiesu.store.people import Known
    from jiesu.workflow import offline

    city.registered(MONDAY + timedelta(hours=2), name="李雷", phone="13900002222")
    block = offline.reserve(1, by=DU, now=MONDAY)
    (first,) = sql.rows("SELECT first FROM offline_block WHERE id = %s", (block,))[0]
    filled = Filled(first, MONDAY + timedelta(hours=1), {"text": "漏水", "channel": "phone"})
    now = MONDAY + timedelta(hours=3)
    with pytest.raises(Refused, match="这个号码 11-23 12:00 已有工单"):
        offline.enter(filled, by=ZHOU, now=now, demander=Known(phone="139 0000 2222"))
    assert offline.enter(filled, by=ZHOU, now=now, demander=Known(phone="13900003333")).taken is not None
