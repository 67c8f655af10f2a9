"""Files of another system's orders: taken over as they stand there, and worked on from there like any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jiesu.domain.apply import replay
from jiesu.domain.order import Actor
from jiesu.store import orders, sql
from jiesu.store.verify import verify
from jiesu.workflow import step
from tests import city
from tests.channels.bringing import brought, count, imported, order_of, tables, words_of
from tests.channels.made_files import written
from tests.city import CHEN, FANG, HE, LIU, MA, MONDAY, REPLY, local
from tests.database import Clone, Databases

HEAD = "工单编号,诉求内容,登记时间,办理时限,办结时间,是否按时,工单状态,承办单位,诉求类型,事项分类,区域\n"
CLOSED = (
    "GD1,热力管道没有保温,2026-10-08 09:00,2026-10-15 17:30,2026-10-12 16:00,是,已办结,供热公司,求助,供热,高炉社区\n"
)
OPEN = "GD2,楼外热力管道漏水,2026-11-18 09:00,2026-11-25 17:30,,,办理中,供热公司,求助,供热,高炉社区\n"


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def test_a_closed_order_keeps_its_times_its_limit_and_its_judgement(db: Clone, tmp_path: Path) -> None:
    assert brought(written(tmp_path, "a.csv", HEAD + CLOSED)) == (1, 0, [])
    order = order_of("GD1")
    assert (order.state, order.outcome, order.foreign, order.version) == ("closed", "solved", True, 1)
    assert (order.received_at, order.closed_at, order.passed_at) == (
        local("2026-10-08 09:00"),
        local("2026-10-12 16:00"),
        local("2026-10-12 16:00"),
    )
    (leg,) = order.legs
    assert (leg.unit, leg.state, leg.clocks["handle"].due, leg.clocks["handle"].stopped) == (
        "U0301",
        "replied",
        local("2026-10-15 17:30"),
        local("2026-10-12 16:00"),
    )
    assert order.number // 10_000_000 == 261008
    assert sql.value("SELECT tick_at FROM work_order") is None
    said = orders.events(order.number)[0].data["foreign"]
    assert said == {"due": "2026-10-15T09:30:00Z", "on_time": True, "number": "GD1"}
    assert sql.rows("SELECT unit, handled_at <= handle_due FROM leg") == [("U0301", True)]


def test_its_event_lies_in_its_own_month(db: Clone, tmp_path: Path) -> None:
    old = CLOSED.replace("GD1", "GD0").replace("2026-10-", "1999-12-")
    brought(written(tmp_path, "a.csv", HEAD + CLOSED + old))
    found = sql.rows("SELECT tableoid::regclass::text, number / 10000000 FROM event ORDER BY number")
    assert found == [("event_m0001", 101), ("event_m2610", 261008)]
    assert order_of("GD0").received_at == local("1999-12-08 09:00")


def test_an_open_order_is_replied_and_closed_here(db: Clone, tmp_path: Path) -> None:
    brought(written(tmp_path, "a.csv", HEAD + OPEN))
    order = order_of("GD2")
    assert (order.state, order.legs[0].state, order.legs[0].clocks["handle"].due) == (
        "handling",
        "acknowledged",
        local("2026-11-25 17:30"),
    )
    number = order.number
    facts = {**REPLY, "files": [city.photo(MONDAY)]}
    step.take(number, "reply", by=MA, now=MONDAY, facts=facts)
    step.take(number, "pass_review", by=HE, now=MONDAY)
    closed = step.take(number, "close_unreachable", by=FANG, now=MONDAY).order
    assert (closed.state, closed.outcome, closed.version) == ("closed", "anonymous", 4)
    assert replay(orders.events(number), number) == closed
    assert verify(processes=1).faults == []


def test_one_that_no_unit_has_waits_here_for_dispatch(db: Clone, tmp_path: Path) -> None:
    rows = "GD3,没有单位,2026-11-18 09:00,,,,办理中,,求助,供热,\nGD4,新的,2026-11-18 09:00,,,,待受理,,求助,供热,\n"
    brought(written(tmp_path, "a.csv", HEAD + rows))
    waiting, new = order_of("GD3"), order_of("GD4")
    assert (waiting.state, waiting.clocks["dispatch"].due) == ("accepted", local("2026-11-23 10:30"))
    assert (new.state, new.clocks["intake"].due) == ("received", local("2026-11-23 12:00"))
    step.take(waiting.number, "dispatch", by=CHEN, now=MONDAY, facts={"lead": "U0301"})
    mine = step.take(waiting.number, "acknowledge", by=LIU, now=MONDAY).order
    assert (mine.state, mine.legs[0].unit) == ("handling", "U0301")
    assert step.take(new.number, "accept", by=CHEN, now=MONDAY).order.state == "accepted"


def test_without_a_column_of_states_the_dates_tell(db: Clone, tmp_path: Path) -> None:
    head = "工单编号,诉求内容,登记时间,办结时间,答复内容,答复时间,办理时限,受理时间,办结结果,满意度,承办单位,姓名\n"
    rows = (
        "1,停水,2026-11-02 09:00,2026-11-04 09:00,已修好,2026-11-03 09:00,,2026-11-02 10:00,已解释,满意,供水公司,张三\n"
        "2,停水,2026-11-02 09:00,,,,2059-01-01,,,还行,供水公司,\n"
    )
    assert brought(written(tmp_path, "a.csv", head + rows)) == (2, 0, [])
    closed, still = order_of("1"), order_of("2")
    assert (closed.state, closed.outcome, closed.rating, closed.first_rating) == (
        *("closed", "explained", "satisfied", "satisfied"),
    )
    assert (closed.accepted_at, closed.replied_at, closed.closed_at) == (
        local("2026-11-02 10:00"),
        local("2026-11-03 09:00"),
        local("2026-11-04 09:00"),
    )
    assert words_of(closed) == {"text": "停水", "public_reply": "已修好"}
    assert closed.person is not None
    assert (still.state, still.legs[0].clocks, still.rating) == ("handling", {}, None)
    assert words_of(still)["text"] == "停水\n（原满意度：还行）"


def test_states_of_waiting_for_the_centre(db: Clone, tmp_path: Path) -> None:
    head = "工单编号,诉求内容,登记时间,答复时间,工单状态,承办单位,企业名称\n"
    rows = (
        "1,停水,2026-11-02 09:00,2026-11-03 09:00,待审核,供水公司,\n"
        "2,停水,2026-11-02 09:00,2026-11-03 09:00,待回访,供水公司,雄关机械厂\n"
        "3,停水,2026-11-02 09:00,2026-11-03 09:00,已办结,供水公司,\n"
    )
    assert brought(written(tmp_path, "a.csv", head + rows)) == (3, 0, [])
    review, called, closed = (order_of(number) for number in "123")
    assert (review.clocks.keys(), review.passed_at) == ({"review"}, None)
    assert (called.clocks.keys(), called.passed_at, called.enterprise) == (
        {"callback_first", "callback_last"},
        local("2026-11-03 09:00"),
        True,
    )
    assert closed.closed_at == local("2026-11-03 09:00")


def test_units_that_the_city_does_not_have(db: Clone, tmp_path: Path) -> None:
    rows = (
        OPEN
        + OPEN.replace("GD2", "GD5").replace("供热公司", "热力集团")
        + OPEN.replace("GD2", "GD6").replace("供热公司", "丙" * 121)
    )
    path = written(tmp_path, "a.csv", HEAD + rows)
    reason = "没有“{}”这个单位。请用 --unit-map 写明它是本市哪个单位，或用 --create-units 建立。"
    long = (4, reason.format("丙" * 30 + "…"))
    assert brought(path, dry_run=True) == (1, 0, [(3, reason.format("热力集团")), long])
    assert brought(path) == (1, 0, [(3, reason.format("热力集团")), long])
    assert brought(path, unit_map={"热力集团": "供热公司"}) == (1, 1, [long])
    assert order_of("GD5").legs[0].unit == "U0301"


def test_units_are_made_when_asked_for(db: Clone, tmp_path: Path) -> None:
    rows = "".join(
        OPEN.replace("GD2", f"GD{no}").replace("供热公司", name) for no, name in enumerate(("甲局", "乙局", "甲局"), 5)
    )
    path = written(tmp_path, "a.csv", HEAD + rows)
    before = tables()
    assert brought(path, dry_run=True, create_units=True) == (3, 0, [])
    assert tables() == before
    assert brought(path, create_units=True) == (3, 0, [])
    assert sql.rows("SELECT code, name, kind FROM unit WHERE code LIKE 'F%%' ORDER BY code") == [
        ("F0001", "乙局", "bureau"),
        ("F0002", "甲局", "bureau"),
    ]
    assert [order_of(f"GD{no}").legs[0].unit for no in (5, 6, 7)] == ["F0002", "F0001", "F0002"]
    clerk = Actor("s950", (("unit_leader", "F0001"),))
    facts = {**REPLY, "files": [city.photo(MONDAY)]}
    assert step.take(order_of("GD6").number, "reply", by=clerk, now=MONDAY, facts=facts).order.state == "replied"
    assert brought(path, create_units=True) == (0, 3, [])
    assert count("unit WHERE code LIKE 'F%%'") == 2


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            OPEN.replace("办理中", "飞走了"),
            "没有“飞走了”这个工单状态，可用：待受理、待派单、待补充、待签收、办理中、裁定、挂账、待审核、待回访、已办结。",
        ),
        (CLOSED.replace("2026-10-12", "2026-10-01"), "办结时间早于诉求时间。"),
        (CLOSED.replace("2026-10-12 16:00", "2026-11-23 20:00"), "登记、受理、答复和办结的时间不能晚于现在。"),
        (OPEN.replace("办理中,供热公司", "待审核,"), "“待审核”的工单须写明承办单位。"),
        (CLOSED.replace(",是,", ",大概,"), "“是否按时”的“大概”看不出是否按时，请写“是”或“否”。"),
    ],
)
def test_what_is_not_taken_over(db: Clone, tmp_path: Path, row: str, reason: str) -> None:
    assert brought(written(tmp_path, "a.csv", HEAD + row)) == (0, 0, [(2, reason)])
    assert (count("work_order"), count("external")) == (0, 0)


def test_a_row_without_a_number_is_adopted_without_one(db: Clone, tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "诉求内容,登记时间,工单状态\n停水,2026-11-02 09:00,待受理\n")
    assert brought(path) == (1, 0, [])
    assert brought(path) == (0, 1, [])
    assert orders.events(order_of("行2").number)[0].data["foreign"] == {}


def test_a_later_export_of_a_known_order_changes_nothing_and_is_counted(db: Clone, tmp_path: Path) -> None:
    first = written(tmp_path, "a.csv", HEAD + CLOSED + OPEN)
    assert [(one.added, one.known, one.changed) for one in imported(first, "旧平台")] == [(2, 0, 0)]
    assert [(one.added, one.known, one.changed) for one in imported(first, "旧平台")] == [(0, 2, 0)]
    done = OPEN.replace(",,,办理中,", ",2026-11-22 16:00,是,已办结,")
    later = written(tmp_path, "b.csv", HEAD + CLOSED + done)
    for wishes in ({"dry_run": True}, {}):
        assert [(one.added, one.known, one.changed) for one in imported(later, "旧平台", **wishes)] == [(0, 2, 1)]
    order = order_of("GD2")
    assert (order.state, order.version) == ("handling", 1)
