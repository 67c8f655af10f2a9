"""The clock tick on a real database: each step once, in its order, however late, often or interrupted the sweep is."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import transaction

from jiesu.domain import words
from jiesu.domain.apply import replay
from jiesu.domain.errors import Conflict
from jiesu.domain.order import Order
from jiesu.store import due, files, models, orders, rules, sql
from jiesu.store.verify import verify
from jiesu.workflow import step
from jiesu.workflow.tick import Counts, tick
from tests import city
from tests.city import CENTER, CHEN, HE, HEAT, LIU, MA, MONDAY, local
from tests.database import Clone, Databases

RECORD = ("work_order", "event", "leg", "request", "notice", "procrastinate_jobs", "tick_aim")


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def sweep(at: str, **keywords: Any) -> list[str]:
    """What a sweep at this city time did: system moves by name, reminders as role, unit and words."""
    before = sql.value("SELECT coalesce(max(id), 0) FROM notice")
    seen = sql.value("SELECT count(*) FROM event")
    counts = tick(local(at), **keywords)
    made = sql.rows("SELECT move, actor FROM event ORDER BY at, number, seq OFFSET %s", (seen,))
    told = sql.rows("SELECT role, unit, words FROM notice WHERE id > %s ORDER BY id", (before,))
    assert {actor for _, actor in made} <= {"system"}
    assert counts.moves == Counter(move for move, _ in made)
    assert counts.failed == 0
    return [move for move, _ in made] + [" ".join(one) for one in told if one[2] not in words.LADDER]


def whole() -> dict[str, list[tuple[Any, ...]]]:
    """Every row that a sweep might touch."""
    return {table: sorted(sql.rows(f"SELECT t::text FROM {table} t")) for table in RECORD}  # noqa: S608


def moves_of(order: Order) -> list[str]:
    return [event.move for event in orders.events(order.number)]


def stored(order: Order) -> Order:
    found = orders.load(order.number)
    assert found is not None
    return found[0].order


def row(order: Order, *columns: str) -> tuple[Any, ...]:
    found = models.WorkOrder.objects.filter(number=order.number).values_list(*columns)
    return tuple(found[0])


def test_an_order_that_nobody_acknowledges_is_told_and_climbs_step_by_step(db: Clone) -> None:
    order = city.dispatched()
    supervisor, clerk = f"supervisor {CENTER}", f"unit_clerk {HEAT}"
    assert sweep("2026-11-24 14:14") == []
    assert sweep("2026-11-24 14:15") == [f"{clerk} 签收将超期"]
    assert sweep("2026-11-24 17:30") == []
    assert sweep("2026-11-24 17:31") == ["urge", f"{clerk} 签收已超期"]
    assert sweep("2026-11-25 14:29") == []
    assert sweep("2026-11-25 14:30:01") == ["mark", f"{supervisor} 悬空：请督办"]
    assert sweep("2026-11-25 17:30") == ["supervise"]
    assert sweep("2026-11-27 17:29") == [f"{clerk} 办理将超期"]
    assert sweep("2026-11-27 17:30") == ["escalate"]
    assert sweep("2026-11-30 17:31") == ["urge", f"{clerk} 办理已超期"]
    assert moves_of(order)[3:] == ["urge", "mark", "supervise", "escalate", "urge"]
    assert (stored(order).ladder, stored(order).flags) == (3, ["ownerless"])


def test_a_sweep_made_again_changes_not_a_byte(db: Clone) -> None:
    for urgency in ("normal", "urgent", "emergency"):
        city.dispatched(urgency=urgency)
    city.registered()
    assert tick(local("2026-11-25 18:00")).orders == 4
    after = whole()
    assert tick(local("2026-11-25 18:00")) == Counts()
    assert tick(local("2026-11-25 18:00:20")) == Counts()
    assert whole() == after


def test_a_sweep_three_days_late_climbs_each_rung_once_in_order_and_now(db: Clone) -> None:
    order = city.dispatched()
    late = local("2026-11-27 18:00")
    counts = tick(late)
    assert (counts.orders, counts.moves) == (1, {"urge": 1, "mark": 1, "supervise": 1, "escalate": 1})
    events = orders.events(order.number, after=3)
    assert [(event.move, event.at) for event in events] == [
        ("urge", late), ("mark", late), ("supervise", late), ("escalate", late),
    ]  # fmt: skip
    # "It will be late" is not said any more of what is late.
    assert sql.rows("SELECT words FROM notice WHERE key LIKE %s ORDER BY key", ("1.%",)) == [
        ("签收已超期",), ("办理将超期",),
    ]  # fmt: skip
    assert replay(orders.events(order.number), order.number) == stored(order)


def test_an_urgent_order_wakes_the_duty_officer_at_half_the_limit_an_emergency_at_once(db: Clone) -> None:
    night = local("2026-11-23 23:00")
    urgent, emergency = city.dispatched(night, urgency="urgent"), city.dispatched(night, urgency="emergency")
    tick(night)
    tick(night + timedelta(minutes=14, seconds=59))
    duty = "SELECT number, at, unit, words, urgent FROM notice WHERE role = 'duty' ORDER BY number"
    phoned = (HEAT, "请电话通知值班员签收", True)
    assert sql.rows(duty) == [(emergency.number, night, *phoned)]
    tick(night + timedelta(minutes=15))
    assert sql.rows(duty) == [
        (urgent.number, night + timedelta(minutes=15), *phoned), (emergency.number, night, *phoned),
    ]  # fmt: skip


def test_what_a_normal_order_has_to_say_at_night_is_shown_in_the_morning(db: Clone) -> None:
    late = local("2026-11-24 17:45")
    city.dispatched()
    tick(late.replace(hour=22))
    shown = sql.rows("SELECT DISTINCT at FROM notice WHERE NOT urgent AND id > 1")
    assert shown == [(local("2026-11-25 07:00"),)]
    assert sql.value("SELECT count(*) FROM procrastinate_jobs") == 0


def test_an_urgent_reminder_puts_one_job_for_the_order_into_the_queue(db: Clone) -> None:
    order = city.handling(urgency="urgent")
    sql.run("DELETE FROM procrastinate_jobs")
    tick(local("2026-11-23 10:00:30"))
    assert sql.value("SELECT count(*) FROM procrastinate_jobs") == 0
    tick(local("2026-11-30 23:00"))
    assert sql.rows("SELECT task_name, args->>'number', status::text FROM procrastinate_jobs") == [
        ("notify", str(order.number), "todo")
    ]


def test_a_move_that_tells_nobody_at_once_costs_no_job(db: Clone) -> None:
    order = city.accepted()
    with sql.counting() as normal:
        city.take(order, "dispatch", CHEN, MONDAY, {"lead": HEAT})
    urgent = city.accepted(urgency="urgent")
    with sql.counting() as breaking_through:
        city.take(urgent, "dispatch", CHEN, MONDAY, {"lead": HEAT})
    assert (len(normal), len(breaking_through)) == (2, 3)
    assert sql.rows("SELECT args->>'number' FROM procrastinate_jobs") == [(str(urgent.number),)]


def test_details_that_never_came_send_the_order_on_and_that_is_no_beside_move(db: Clone) -> None:
    order = city.take(city.accepted(), "ask_for_details", CHEN, MONDAY, {"question": "请告知房号"})
    seen = order.version
    assert sweep("2026-11-25 17:31") == ["details_timeout"]
    assert stored(order).state == "accepted"
    with pytest.raises(Conflict):
        step.take(order.number, "supply_details", by=CHEN, now=local("2026-11-25 17:32"), seen=seen)
    # The dispatch clock that the sweep started is watched from then on.
    assert sweep("2026-11-25 17:54") == [f"dispatcher {CENTER} 派单将超期"]


def test_marks_and_a_lapsed_question_of_one_order_are_taken_in_one_look(db: Clone) -> None:
    order = city.accepted()
    asked = city.take(order, "ask_for_details", CHEN, local("2026-12-22 10:00"), {"question": "请告知房号"})
    assert sweep("2026-12-28 09:00") == ["mark", "details_timeout", f"supervisor {CENTER} 久拖：请督办"]
    after = stored(order)
    assert (after.state, after.flags, after.version) == ("accepted", ["ageing"], asked.version + 2)


def test_an_urge_does_not_collide_with_an_open_form(db: Clone) -> None:
    order = city.dispatched()
    form = order.version
    assert sweep("2026-11-27 18:00")[:4] == ["urge", "mark", "supervise", "escalate"]
    after = step.take(order.number, "acknowledge", by=LIU, now=local("2026-11-27 18:01"), seen=form).order
    assert (after.state, after.version, after.ladder) == ("handling", 8, 3)


def test_an_extended_limit_is_watched_at_its_own_moments(db: Clone) -> None:
    order = city.handling()
    clerk = f"unit_clerk {HEAT}"
    assert sweep("2026-11-27 17:00") == [f"{clerk} 办理将超期"]
    asked = city.take(order, "request_extension", MA, local("2026-11-27 17:05"), {"days": 5, "reason": "等待材料"})
    city.take(asked, "agree_extension", CHEN, local("2026-11-27 17:10"), {"request": 1})
    assert sweep("2026-11-30 18:00") == []
    assert sweep("2026-12-04 18:00") == [f"{clerk} 办理将超期"]
    assert sweep("2026-12-07 18:00") == ["urge", f"{clerk} 办理已超期"]


def test_a_late_reply_sent_back_for_substance_is_not_urged_a_second_time(db: Clone) -> None:
    order = city.handling()
    late = local("2026-11-30 18:00")
    assert sweep("2026-11-30 18:00") == ["urge", f"unit_clerk {HEAT} 办理已超期"]
    photo = files.save(b"a photo", name="现场.png", mime="image/png", by=MA.id, now=late)
    reply = {"claim": "unsolved", "measures": "已到现场", "internal_note": "待修", "public_reply": "正在处理"}
    replied = city.take(order, "reply", MA, late, {**reply, "why_not": "等待材料", "files": [photo]})
    assert sweep("2026-11-30 18:01") == []
    back = {"send_back": "not_answered", "reason": "请写明何时修好"}
    city.take(replied, "send_back", HE, late + timedelta(minutes=2), back)
    assert sweep("2026-11-30 18:03") == []
    assert sweep("2026-12-01 17:31") == ["supervise"]


def test_a_shorter_limit_of_ageing_is_seen_by_the_next_sweep(db: Clone) -> None:
    order = city.registered()
    city.take(order, "accept", CHEN, MONDAY)
    tick(local("2026-11-26 10:00"))
    held = models.Setting.objects.get(name="params").value
    rules.change_setting("params", {**held, "ageing": [2, "day"]}, by="s1", now=local("2026-11-26 10:01"))
    assert sweep("2026-11-26 10:02") == ["mark", f"supervisor {CENTER} 久拖：请督办"]
    assert sweep("2026-11-26 10:03") == []


def test_after_a_change_every_waiting_order_is_looked_at_though_one_is_in_somebodys_hands(
    db: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "AIM_BATCH", 2)
    made = [city.accepted() for _ in range(5)]
    tick(local("2026-11-26 10:00"))
    held = models.Setting.objects.get(name="params").value
    rules.change_setting("params", {**held, "ageing": [2, "day"]}, by="s1", now=local("2026-11-26 10:01"))
    with psycopg.connect(db.url("app")) as person:
        person.execute("SELECT 1 FROM work_order WHERE number = %s FOR UPDATE", (made[3].number,))
        assert tick(local("2026-11-26 10:02")).moves == {"mark": 3}
    assert tick(local("2026-11-26 10:03")).moves == {"mark": 2}
    assert [stored(order).flags for order in made] == [["ownerless", "ageing"]] * 5
    assert sql.rows("SELECT upto FROM tick_aim") == [(None,)]


def test_one_process_alone_makes_the_waiting_orders_due_and_no_pass_is_made_twice(db: Clone) -> None:
    city.dispatched()
    tick(MONDAY)
    with psycopg.connect(db.url("app")) as other:
        other.execute("SELECT 1 FROM tick_aim FOR UPDATE")
        with transaction.atomic():
            assert due.aim("changed", MONDAY) is False
    assert sql.value("SELECT count(*) FROM work_order WHERE tick_at <= %s", (MONDAY,)) == 0
    for _ in range(2):
        with transaction.atomic():
            assert due.aim("changed", MONDAY) is False
    assert sql.rows("SELECT mark, upto FROM tick_aim") == [("changed", None)]
    assert sql.value("SELECT count(*) FROM work_order WHERE tick_at <= %s", (MONDAY,)) == 1


def test_a_change_that_moves_no_step_looks_at_no_order(db: Clone) -> None:
    city.dispatched()
    tick(MONDAY)
    models.Unit.objects.filter(code="U0114").update(short="园林局")
    rules.publish(MONDAY)
    with sql.counting() as statements:
        assert tick(MONDAY) == Counts()
    assert len(statements) == 3  # the third reads the new rules, once a process


def test_nothing_due_costs_two_statements(db: Clone) -> None:
    for _ in range(3):
        city.dispatched()
    tick(MONDAY)
    with sql.counting() as statements:
        assert tick(MONDAY + timedelta(minutes=1)) == Counts()
    assert len(statements) == 2
    asked = "EXPLAIN SELECT number FROM work_order WHERE tick_at <= now() ORDER BY tick_at LIMIT 50 FOR UPDATE"
    with transaction.atomic():
        sql.run("SET LOCAL enable_seqscan = off")
        plan = "".join(line for (line,) in sql.rows(asked))
    assert "Index Scan on work_order_tick" in plan


def test_an_order_at_rest_is_not_looked_at_and_remembers_nothing(db: Clone) -> None:
    order = city.registered()
    tick(local("2026-11-23 14:00"))
    assert len(row(order, "ticked")[0]) == 3
    city.take(order, "answer_directly", city.ZHOU, local("2026-11-23 14:05"), {"public_reply": "已列入明年改造计划"})
    assert row(order, "state", "tick_at", "ticked") == ("closed", None, [])


def test_a_bad_order_is_counted_named_by_number_and_stops_nobody(db: Clone, caplog: pytest.LogCaptureFixture) -> None:
    first, bad, last = (city.dispatched(MONDAY + timedelta(minutes=minute)) for minute in range(3))
    sql.run(
        "UPDATE work_order SET doc = jsonb_set(doc, '{person}', '\"王芳 13800001111\"') WHERE number = %s",
        (bad.number,),
    )
    late = local("2026-11-24 17:45")
    with caplog.at_level(logging.ERROR):
        counts = tick(late)
    assert (counts.orders, counts.moves, counts.failed) == (3, {"urge": 2}, 1)
    assert caplog.messages == [f"the tick failed on order {bad.number}: ValidationError"]
    assert row(bad, "tick_at", "version") == (late + timedelta(hours=1), 3)
    assert [stored(order).ladder for order in (first, last)] == [1, 1]
    assert tick(late + timedelta(minutes=59)) == Counts()
    assert tick(late + timedelta(minutes=60)).failed == 1


def test_what_fails_half_way_through_an_order_leaves_nothing_of_it(db: Clone) -> None:
    order, other = city.dispatched(), city.dispatched()
    # The fifth event's place is taken, so that the second of the order's moves fails after the first was written.
    with psycopg.connect(db.url("owner"), autocommit=True) as owner:
        owner.execute(
            "INSERT INTO event SELECT number, 5, move, at, actor, role, unit, rules, rules_version, happened_at, data,"
            " hash FROM event WHERE number = %s AND seq = 3", (order.number,)
        )  # fmt: skip
    counts = tick(local("2026-11-27 18:00"))
    assert (counts.orders, counts.failed, sum(counts.moves.values())) == (2, 1, 4)
    assert (row(order, "version", "ladder"), row(other, "version", "ladder")) == ((3, 0), (7, 3))
    assert sql.value("SELECT count(*) FROM event WHERE number = %s", (order.number,)) == 4


def test_the_moves_of_a_batch_are_one_statement_and_as_lawful_as_one_by_one(db: Clone) -> None:
    late = local("2026-11-27 18:00")
    tick(MONDAY)
    statements = []
    for count in (1, 30):
        for _ in range(count):
            city.dispatched()
        with sql.counting() as seen:
            assert tick(late).moves == {"urge": count, "mark": count, "supervise": count, "escalate": count}
        statements.append(len(seen))
    assert statements == [3, 3]  # the rules, what is due, all that is done about it
    found = verify()
    assert (found.faults, found.orders, found.events) == ([], 31, 31 * 7)
    told = "SELECT count(*) FROM notice WHERE unit = %s AND role = 'unit_clerk' AND words = '签收已超期'"
    assert sql.value(told, (HEAT,)) == 31


def test_everybody_who_looks_at_an_order_is_told_of_each_of_its_moves(db: Clone) -> None:
    orders_made = [city.dispatched() for _ in range(2)]
    with psycopg.connect(db.url("app"), autocommit=True) as page:
        page.execute("LISTEN jiesu")
        tick(local("2026-11-25 18:00"))
        heard = [said.payload for said in page.notifies(timeout=5, stop_after=6)]
    assert sorted(heard) == sorted(
        f"{order.number} {seq} {move}"
        for order in orders_made
        for seq, move in ((4, "urge"), (5, "mark"), (6, "supervise"))
    )


def test_a_limit_bounds_a_sweep_and_the_next_one_goes_on(db: Clone) -> None:
    for _ in range(5):
        city.dispatched()
    late = local("2026-11-24 17:45")
    assert tick(late, limit=3, batch=2).orders == 3
    assert tick(late, limit=3, batch=2).orders == 2
    assert tick(late).orders == 0
    assert sql.value("SELECT count(*) FROM event WHERE move = 'urge'") == 5


def test_an_order_in_somebodys_hands_is_left_for_the_next_sweep(db: Clone) -> None:
    order = city.dispatched()
    late = local("2026-11-24 17:45")
    with psycopg.connect(db.url("app")) as person:
        person.execute("SELECT 1 FROM work_order WHERE number = %s FOR UPDATE", (order.number,))
        assert tick(late) == Counts()
    assert tick(late).moves == {"urge": 1}


def test_two_processes_share_the_work_and_each_step_is_done_once(db: Clone) -> None:
    made = [city.dispatched() for _ in range(60)]
    late = local("2026-11-27 18:00")
    with running(db, late, batch=3) as one, running(db, late, batch=3) as other:
        for process in (one, other):
            go(process)
        shares = [result(process) for process in (one, other)]
    assert [sum(share[place] for share in shares) for place in range(3)] == [60, 120, 240]
    assert min(share[0] for share in shares) > 0
    steps = sql.rows("SELECT number, move FROM event WHERE actor = 'system'")
    assert len(steps) == len(set(steps)) == 240
    for order in made:
        assert moves_of(order)[3:] == ["urge", "mark", "supervise", "escalate"]
        assert replay(orders.events(order.number), order.number) == stored(order)
    assert tick(late) == Counts()


def test_a_sweep_killed_in_the_middle_of_a_batch_leaves_nothing_and_the_next_does_it_once(db: Clone) -> None:
    made = [city.dispatched() for _ in range(6)]
    tick(MONDAY)
    before = whole()
    late = local("2026-11-27 18:00")
    with psycopg.connect(db.url("app")) as other, running(db, late, batch=50) as sweeping:
        # A notice that is not committed yet holds the sweep up at its fourth order.
        other.execute(
            "INSERT INTO notice (number, key, at, role, unit, words, urgent)"
            " VALUES (%s, '4:urge', now(), 'unit_clerk', %s, '', false)", (made[3].number, HEAT)
        )  # fmt: skip
        go(sweeping)
        wait_until_blocked(db)
        sweeping.kill()
        sweeping.wait(10)
        other.rollback()
    wait_until_gone(db)
    assert whole() == before
    assert tick(late).moves == {"urge": 6, "mark": 6, "supervise": 6, "escalate": 6}
    for order in made:
        assert moves_of(order)[3:] == ["urge", "mark", "supervise", "escalate"]


def test_before_a_city_is_loaded_there_is_nothing_to_do(databases: Databases) -> None:
    with databases.clone():
        assert tick(MONDAY) == Counts()


def test_a_time_without_a_zone_is_refused(db: Clone) -> None:
    with pytest.raises(ValueError, match="naive"):
        tick(MONDAY.replace(tzinfo=None))


def test_the_command_prints_what_it_did(db: Clone) -> None:
    city.dispatched()
    command = [sys.executable, "-m", "jiesu.cli", "tick", "--now", "2026-11-25T18:00"]
    said = [
        subprocess.run(command, env=db.environ, capture_output=True, text=True, check=True, timeout=60).stdout
        for _ in range(2)
    ]
    assert said == ["看过工单 1，提醒 1，标记 1，督办 1，催办 1\n", "看过工单 0，提醒 0\n"]


# -- other processes

_CHILD = """
import sys
from datetime import datetime
from jiesu.cli import frame
frame.setup_django()
from jiesu.workflow.tick import tick
print("ready", flush=True)
sys.stdin.readline()
counts = tick(datetime.fromisoformat(sys.argv[1]), batch=int(sys.argv[2]))
print(counts.orders, counts.reminders, sum(counts.moves.values()))
"""


@contextmanager
def running(db: Clone, at: Any, *, batch: int) -> Iterator[subprocess.Popen[str]]:
    """A process that is ready to sweep."""
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD, at.isoformat(), str(batch)],
        env={**db.environ, "JIESU_PROCESS": "sweep"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def result(process: subprocess.Popen[str]) -> list[int]:
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return [int(number) for number in said.split()]


_SWEEPING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'jiesu-sweep'"
)


def wait_until_blocked(db: Clone) -> None:
    wait_for(f"{_SWEEPING} AND wait_event_type = 'Lock'", 1, db)


def wait_until_gone(db: Clone) -> None:
    wait_for(_SWEEPING, 0, db)


def wait_for(question: str, answer: int, db: Clone) -> None:
    limit = time.monotonic() + 20
    with psycopg.connect(db.url("super"), autocommit=True) as watching:
        while watching.execute(question.encode()).fetchone() != (answer,):
            assert time.monotonic() < limit, "waited in vain"
            time.sleep(0.02)
