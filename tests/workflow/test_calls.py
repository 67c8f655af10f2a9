"""Stories of the telephone: a call pops up, an order comes of it; nobody answered, somebody rings back; who hears."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from jiesu.channels.phone import Console
from jiesu.domain.calls import Told
from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.order import SYSTEM, Actor
from jiesu.store import calls, files, people, search, sql
from jiesu.store.people import Known
from jiesu.workflow import calls as phone
from jiesu.workflow import privacy, rules
from jiesu.workflow.calls import Dial
from tests import city
from tests.city import LIU, MONDAY
from tests.database import Clone, Databases
from tests.exchange import PHONE, SWITCH, ZHAO_SEAT, ZHOU_SEAT, account, miss, row, s, talk, tell
from tests.store.threads import at_once

DEMAND = {"channel": "phone", "text": "楼外的热力管道没有保温", "kind": "help", "matter": "03.06", "region": "R0103"}
LI = Actor("s999", (("unit_clerk", "U0114"),))


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


class Ringing:
    """An exchange that does what it is asked and remembers it."""

    def __init__(self, url: str = "https://exchange/play/1?once") -> None:
        self.dialled: list[Dial] = []
        self.url = url

    def dial(self, wanted: Dial, now: object) -> str:
        self.dialled.append(wanted)
        return f"out-{len(self.dialled)}"

    def playback(self, recording: str, now: object) -> str:
        return f"{self.url}&{recording}"


def zhou() -> Actor:
    return account(ZHOU_SEAT)


def zhao() -> Actor:
    return account(ZHAO_SEAT)


def ringing_in(call: str = "c1", seat: str = ZHOU_SEAT) -> int:
    """A resident is on the line with 小周."""
    return tell(call, talk(seat=seat)[:2], at=20)


# -- a call pops up


def test_a_known_caller_pops_up_with_his_orders_and_a_new_one_is_linked(db: Clone) -> None:
    old = city.registered(MONDAY - timedelta(hours=2), name="张小凤", phone=PHONE)
    call, agent = ringing_in(), zhou().id
    with sql.counting() as seen:
        pop = calls.pop(agent, now=s(30))
        assert pop is not None
        hits = search.by_phone(pop.phone, limit=20)
    assert len(seen) == 3
    assert (pop.call, pop.phone, pop.direction, pop.answered_at, pop.on_hold) == (call, PHONE, "in", s(5), False)
    assert [known.name for _, known in pop.people] == ["张小凤"]
    assert [hit.number for hit in hits] == [old.number]

    taken = phone.register(call, by=zhou(), now=s(40), facts=DEMAND, demander=Known(name="张小凤", phone=PHONE))
    phone.during(call, old.number, "chase", by=zhou(), now=s(50))
    assert calls.pop(zhou().id, now=s(55)).orders == tuple(sorted((old.number, taken.order.number)))  # type: ignore[union-attr]
    assert [(one.call, one.seqs) for one in calls.of_order(old.number)] == [(call, [2])]
    assert [(one.call, one.seqs) for one in calls.of_order(taken.order.number)] == [(call, [1])]
    assert (row("c1")[8], row("c1")[9]) == (old.person, taken.order.number)


def test_the_page_keeps_the_call_while_it_is_written_up(db: Clone) -> None:
    call = ringing_in()
    assert calls.agent_state(zhou().id).state == "busy"  # type: ignore[union-attr]
    tell("c1", talk()[2:], at=70)
    state = calls.agent_state(zhou().id)
    assert state is not None
    assert (state.state, state.since, state.call) == ("after_call", s(65), call)
    assert calls.pop(zhou().id, now=s(80)).ended_at == s(65)  # type: ignore[union-attr]
    phone.set_state("ready", by=zhou(), now=s(90))
    assert calls.pop(zhou().id, now=s(95)) is None
    assert calls.pop(zhao().id, now=s(95)) is None


def test_a_call_that_is_handed_on_pops_up_at_the_other_desk(db: Clone) -> None:
    call = ringing_in()
    phone.set_state("ready", by=zhao(), now=s(1), extension="8013")
    tell("c1", [Told(s(30), "transferred", "8013")], at=31)
    assert calls.pop(zhou().id, now=s(40)) is None
    assert calls.pop(zhao().id, now=s(40)).call == call  # type: ignore[union-attr]
    assert {one.agent: one.state for one in calls.agent_states()} == {zhou().id: "after_call", zhao().id: "busy"}


def test_nobody_links_to_a_call_that_is_not_his(db: Clone) -> None:
    call, order = ringing_in(), city.registered()
    with pytest.raises(Forbidden, match="这通电话不是您接打的"):
        phone.link(call, order.number, by=zhao(), now=s(40))
    with pytest.raises(Forbidden, match="您的角色不能把工单关联到通话"):
        phone.during(call, order.number, "note", by=LIU, now=s(40), facts={"note": "补记"})
    with pytest.raises(NotFound, match="没有这通电话"):
        phone.register(call + 1, by=zhou(), now=s(40), facts=DEMAND)
    with pytest.raises(NotFound, match="没有工单 7"):
        phone.link(call, 7, by=zhou(), now=s(40))
    own = Actor(zhou().id, (("callback_clerk", "CENTER"),))
    assert calls.of_order(order.number) == []
    phone.link(call, order.number, by=own, now=s(40))
    phone.link(call, order.number, by=city.DU, now=s(41))
    assert [one.call for one in calls.of_order(order.number)] == [call]


def test_a_registration_that_is_refused_leaves_no_link(db: Clone) -> None:
    call = ringing_in()
    with pytest.raises(Refused):
        phone.register(call, by=zhou(), now=s(40), facts={**DEMAND, "kind": "nothing"})
    assert sql.value("SELECT count(*) FROM call_order") == 0


def test_only_an_exchange_tells_calls(db: Clone) -> None:
    with pytest.raises(Forbidden, match="只有电话交换机"):
        phone.take_events({"c1": talk()}, by=zhou(), now=s(100))
    assert phone.take_events({"c1": talk()}, by=SYSTEM, now=s(100)).added == ["c1"]


# -- calls out


def test_the_callback_clerk_rings_the_demander_and_the_call_stands_at_the_order(db: Clone) -> None:
    order, exchange = city.registered(name="张小凤", phone="138-0000-3333"), Ringing()
    phone.set_state("ready", by=zhou(), now=s(0), extension="8012")
    call = phone.dial_order(order.number, by=zhou(), now=s(10), exchange=exchange)
    assert exchange.dialled == [Dial(zhou().id, "8012", "138-0000-3333")]
    assert [(one.call, one.direction, one.outcome) for one in calls.of_order(order.number)] == [(call, "out", "")]
    tell("out-1", [Told(s(15), "answered", "8012"), Told(s(60), "ended", recording="rec/1.mp3")], at=61)
    assert calls.of_order(order.number)[0].outcome == "answered"
    assert calls.pop(zhou().id, now=s(70)).phone == PHONE  # type: ignore[union-attr]


def test_whom_one_may_not_know_one_may_not_ring(db: Clone) -> None:
    order, exchange = city.dispatched(name="张小凤", phone=PHONE, secret=True), Ringing()
    with pytest.raises(Forbidden, match="请由中心代为联系"):
        phone.dial_order(order.number, by=LIU, now=s(10), exchange=exchange)
    with pytest.raises(Forbidden, match="不在您的办理范围内"):
        phone.dial_order(order.number, by=LI, now=s(10), exchange=exchange)
    with pytest.raises(NotFound):
        phone.dial_order(7, by=zhou(), now=s(10), exchange=exchange)
    with pytest.raises(Refused, match="没有留下电话"):
        phone.dial_order(city.registered().number, by=zhou(), now=s(10), exchange=exchange)
    assert exchange.dialled == []
    assert sql.value("SELECT count(*) FROM call") == 0


def test_the_console_twin_writes_down_what_it_would_dial_without_the_number(db: Clone, tmp_path: Path) -> None:
    order = city.registered(name="张小凤", phone=PHONE)
    phone.dial_order(order.number, by=zhou(), now=s(10), exchange=Console(tmp_path / "logs" / "phone.log"))
    said = (tmp_path / "logs" / "phone.log").read_text()
    assert said.startswith(f"2026-11-23 10:00:10 拨号 {zhou().id} 分机 未登记 138****3333 console-")
    assert PHONE not in said


# -- nobody answered


def test_several_misses_of_one_number_are_one_task_that_becomes_urgent(db: Clone) -> None:
    people.find_or_add(Known("吴桂兰", PHONE), MONDAY)
    tell("m1", miss(at=0))
    tell("m2", miss(at=60, reason="no_answer"))
    tell("x1", miss("13700000001", at=0))
    agent = zhou().id
    with sql.counting() as seen:
        first, second = calls.tasks(now=s(600), agent=agent)
    assert len(seen) == 1
    assert (first.misses, first.urgent, first.phone, first.name) == (2, False, "138****3333", "吴桂兰")
    assert (first.due_at, first.first_at, first.last_at) == (s(20 + 30 * 60), s(20), s(80))
    assert (second.misses, second.phone, second.name) == (1, "137****0001", "")
    tell("x2", miss("13700000001", at=70))
    tell("x3", miss("13700000001", at=90))
    assert [(one.misses, one.urgent) for one in calls.tasks(now=s(600))] == [(3, True), (2, False)]
    assert calls.waiting() == (2, 1)


def test_a_miss_at_night_is_due_half_an_hour_into_the_working_day(db: Clone) -> None:
    night = 13 * 3600  # eleven in the evening
    tell("m1", miss(at=night), at=night + 60)
    assert [one.due_at for one in calls.tasks(now=s(night + 60))] == [city.local("2026-11-24 09:30")]


def test_the_city_sets_the_limit_and_old_misses_make_no_task(db: Clone) -> None:
    params = rules.rules_store.collect()["params"]
    rules.change_setting("params", {**params, "call_back": [10, "min"]}, by=city.GUAN, now=MONDAY)
    tell("m1", miss(at=0))
    assert [one.due_at for one in calls.tasks(now=s(600))] == [s(620)]
    tell("old", miss("13700000001", at=-90_000))
    assert calls.waiting() == (1, 0)


def test_who_rings_again_and_is_answered_need_not_be_called_back(db: Clone) -> None:
    tell("m1", miss(at=0))
    task = phone.take_task(calls.tasks(now=s(30))[0].id, by=zhou(), now=s(30))
    tell("c1", talk(at=100))
    assert calls.tasks(now=s(600), agent=zhou().id) == []
    with pytest.raises(Conflict, match="对方已再次来电并有人接听"):
        phone.done_task(task.id, by=zhou(), now=s(600))
    assert calls.task(task.id).state == "obsolete"  # type: ignore[union-attr]
    tell("m2", miss(at=300))
    assert calls.waiting() == (1, 0)


def test_of_many_agents_one_takes_the_task(db: Clone) -> None:
    tell("m1", miss())
    task, gate = calls.tasks(now=s(30))[0].id, threading.Barrier(8)
    agents = [account(login) for login in ("xiaozhou", "xiaozhao", "xiaosun", "xiaoli")] * 2

    def take(by: Actor) -> str:
        gate.wait(60)
        try:
            return phone.take_task(task, by=by, now=s(60)).taken_by
        except Conflict as lost:
            return lost.message

    said = at_once([partial(take, by) for by in agents])
    winner = calls.task(task).taken_by  # type: ignore[union-attr]
    assert sorted(set(said)) == sorted({winner, "这条任务已被别的话务员领取，请看下一条"})
    assert said.count(winner) == 2  # his two windows
    assert calls.tasks(now=s(60), agent="s0") == []
    assert [one.id for one in calls.tasks(now=s(60), agent="s0", everybody=True)] == [task]


def test_ringing_back_until_somebody_answers(db: Clone) -> None:
    tell("m1", miss())
    exchange, task = Ringing(), calls.tasks(now=s(30))[0].id
    with pytest.raises(Refused, match="请先领取"):
        phone.dial_task(task, by=zhou(), now=s(40), exchange=exchange)
    phone.take_task(task, by=zhou(), now=s(50))
    call = phone.dial_task(task, by=zhou(), now=s(60), exchange=exchange)
    assert exchange.dialled == [Dial(zhou().id, "", PHONE)]
    tell("out-1", [Told(s(65), "answered", ZHOU_SEAT)], at=66)
    pop = calls.pop(zhou().id, now=s(70))
    assert pop is not None
    assert (pop.call, pop.task, pop.direction) == (call, task, "out")
    phone.done_task(task, by=zhou(), now=s(90))
    assert calls.waiting() == (0, 0)
    tell("m0", miss(at=-60))  # told late: he has been called back since
    assert calls.waiting() == (0, 0)


def test_three_times_no_answer_ends_the_task(db: Clone) -> None:
    tell("m1", miss())
    task = calls.tasks(now=s(30))[0].id
    for attempt, at in enumerate((60, 2000, 4000), start=1):
        with pytest.raises(Conflict, match="还没有人领取"):
            phone.no_answer(task, by=zhou(), now=s(at))
        phone.take_task(task, by=zhou(), now=s(at))
        held = phone.no_answer(task, by=zhou(), now=s(at))
        assert held.attempts == attempt
        assert held.state == ("open" if attempt < 3 else "unreachable")
        assert calls.tasks(now=s(at + 60)) == []  # not again at once
        assert len(calls.tasks(now=s(at + 1200))) == (1 if attempt < 3 else 0)
    with pytest.raises(Conflict, match="已经办结"):
        phone.take_task(task, by=zhao(), now=s(5000))


def test_a_taken_task_can_be_given_back(db: Clone) -> None:
    tell("m1", miss())
    task = calls.tasks(now=s(30))[0].id
    phone.take_task(task, by=zhou(), now=s(30))
    for act in (phone.release_task, phone.no_answer, phone.done_task):
        with pytest.raises(Conflict, match="已被别的话务员领取"):
            act(task, by=zhao(), now=s(40))
    phone.release_task(task, by=city.DU, now=s(50))
    phone.take_task(task, by=zhao(), now=s(60))
    phone.release_task(task, by=zhao(), now=s(70))
    assert (calls.task(task).state, calls.task(task).attempts) == ("open", 0)  # type: ignore[union-attr]
    with pytest.raises(Forbidden, match="回拨任务由话务员办理"):
        phone.take_task(task, by=LIU, now=s(80))
    with pytest.raises(NotFound, match="没有这条回拨任务"):
        phone.take_task(task + 1, by=zhou(), now=s(80))


def test_a_caller_who_was_erased_is_not_rung(db: Clone) -> None:
    tell("m1", miss())
    task = calls.tasks(now=s(30))[0].id
    phone.take_task(task, by=zhou(), now=s(40))
    sql.run("UPDATE call SET told = NULL, phone_hash = NULL")
    with pytest.raises(Refused, match="号码已按规定删除"):
        phone.dial_task(task, by=zhou(), now=s(50), exchange=Ringing())
    assert calls.tasks(now=s(60), agent=zhou().id)[0].phone == ""


# -- agents


def test_what_an_agent_says_of_himself(db: Clone) -> None:
    phone.set_state("ready", by=zhou(), now=s(0), extension="8012")
    phone.set_state("break", by=zhou(), now=s(60))
    phone.set_state("break", by=zhou(), now=s(90))
    state = calls.agent_state(zhou().id)
    assert state is not None
    assert (state.state, state.since, state.extension) == ("break", s(60), "8012")
    phone.set_state("ready", by=zhao(), now=s(100), extension="8012")
    assert calls.agent_state(zhou().id).extension == ""  # type: ignore[union-attr]
    with pytest.raises(Refused, match="没有“asleep”这个状态"):
        phone.set_state("asleep", by=zhou(), now=s(1))
    for wrong in ("8 012", "8" * 21):
        with pytest.raises(Refused, match="分机号须是"):
            phone.set_state("ready", by=zhou(), now=s(1), extension=wrong)
    with pytest.raises(Forbidden):
        phone.set_state("ready", by=LIU, now=s(1))


# -- recordings


def test_playing_is_for_those_who_may_and_is_written_down_first(db: Clone) -> None:
    call, exchange = tell("c1", talk()), Ringing()
    order = city.registered()
    phone.link(call, order.number, by=zhou(), now=s(100))
    heard = phone.listen(call, by=zhou(), now=s(200), exchange=exchange)
    assert heard.url == f"https://exchange/play/1?once&rec/{PHONE}.mp3"
    with pytest.raises(Forbidden, match="话务员只能听自己当天的通话"):
        phone.listen(call, by=zhao(), now=s(200), exchange=exchange)
    with pytest.raises(Forbidden, match="您的角色不能听通话录音"):
        phone.listen(call, by=LIU, now=s(200), exchange=exchange)
    with pytest.raises(Refused, match="请写明为什么要听"):
        phone.listen(call, by=city.DU, now=s(200), exchange=exchange, reason="  ")
    with pytest.raises(Refused, match="理由太长"):
        phone.listen(call, by=city.DU, now=s(200), exchange=exchange, reason="核" * 201)
    phone.listen(call, by=city.DU, now=s(300), exchange=exchange, reason=f"核实 {PHONE} 的投诉")
    assert [(one.by, one.role, one.reason) for one in calls.heard(call)] == [
        (city.DU.id, "supervisor", "核实 138****3333 的投诉"),
        (zhou().id, "agent", ""),
    ]
    with pytest.raises(NotFound, match="没有这通电话"):
        phone.listen(call + 1, by=city.DU, now=s(200), exchange=exchange, reason="核实")


def test_a_secret_order_asks_even_the_agent_for_a_reason(db: Clone) -> None:
    call = tell("c1", talk())
    phone.link(call, city.registered(secret=True).number, by=zhou(), now=s(100))
    with pytest.raises(Refused, match="请写明为什么要听"):
        phone.listen(call, by=zhou(), now=s(200), exchange=Ringing())


def test_what_was_heard_is_never_changed(db: Clone) -> None:
    call = tell("c1", talk())
    phone.listen(call, by=zhou(), now=s(200), exchange=Ringing())
    for statement in ("UPDATE call_heard SET reason = ''", "DELETE FROM call_heard"):
        with pytest.raises(Exception, match="call_heard"):
            sql.run(statement)


def test_a_recording_kept_here_is_sealed_and_not_swept(db: Clone, own_files: None) -> None:
    call, sound = tell("c1", talk()), b"ID3 a voice"
    phone.keep_recording(call, sound, mime="audio/mpeg", by=SWITCH, now=s(700))
    files.sweep(s(700) + timedelta(days=30))
    heard = phone.listen(call, by=zhou(), now=s(800), exchange=Ringing())
    assert (heard.content, heard.url) == (sound, "")
    assert heard.file is not None
    assert heard.file.mime == "audio/mpeg"
    with pytest.raises(Refused, match="录音须是 MP3 或 WAV"):
        phone.keep_recording(call, b"x", mime="text/plain", by=SWITCH, now=s(700))
    with pytest.raises(NotFound):
        phone.keep_recording(call + 1, sound, mime="audio/mpeg", by=SWITCH, now=s(700))
    silent = tell("c2", miss())
    with pytest.raises(NotFound, match="没有录音"):
        phone.listen(silent, by=city.DU, now=s(800), exchange=Ringing(), reason="核实")


def test_erasing_a_resident_takes_him_from_his_calls_and_tasks(db: Clone, own_files: None) -> None:
    order = city.closed(MONDAY - timedelta(days=1), name="张小凤", phone=PHONE)
    tell("m1", miss())
    call = tell("c1", talk(seat=ZHAO_SEAT, at=-100))
    sql.run("UPDATE call SET person = NULL")  # told before anybody knew him
    privacy.erase_person(order.person, by=city.BAO, now=s(900), reason="本人申请")  # type: ignore[arg-type]
    assert sql.rows("SELECT DISTINCT person, phone_hash, recording, told FROM call") == [(None, None, "", None)]
    assert sql.rows("SELECT state, phone_hash, person FROM call_task") == [("obsolete", None, None)]
    with pytest.raises(NotFound, match="没有录音，或已按规定删除"):
        phone.listen(call, by=city.DU, now=s(1000), exchange=Ringing(), reason="核实")
