"""张小凤 wants to be forgotten: one asks, another agrees, the officer destroys; and her own data go out as a copy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.store import people, person_requests, sql
from jiesu.store import rules as rules_store
from jiesu.workflow import privacy
from tests import city
from tests.city import BAO, DU, HOUR, MONDAY, ZHOU, local
from tests.database import Clone, Databases

EVENING = MONDAY + 10 * HOUR
REASON = "本人书面申请，身份已核实"
PHONE = "13800001111"


pytestmark = pytest.mark.usefixtures("own_files")


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def the_person(phone: str = PHONE) -> int:
    (found,) = people.by_phone(phone)
    return found


def ask(person: int, **keywords: Any) -> int:
    given = {"by": BAO, "now": EVENING, "ground": "consent", "reason": REASON, **keywords}
    return privacy.ask_erasure(person, **given)


def test_one_asks_another_agrees_the_officer_destroys(db: Clone) -> None:
    number = city.closed().number
    person = the_person()
    request = ask(person, number=number)
    (held,) = person_requests.waiting()
    assert (held.id, held.state, held.asked_by, held.number) == (request, "asked", BAO.id, number)
    assert (held.has, held.open, held.due_at) == (1, 0, EVENING + timedelta(days=30))
    assert people.read(person) is not None
    privacy.answer_erasure(request, agree=True, by=DU, now=EVENING + HOUR, said="材料齐全")
    assert people.read(person) is not None
    done = privacy.carry_out(request, by=BAO, now=EVENING + 2 * HOUR)
    assert (done.orders, done.texts) == ((number,), 6)
    assert people.read(person) is None
    assert person_requests.waiting() == []
    (kept,) = person_requests.ended()
    assert (kept.state, kept.answered_by, kept.done_by, kept.orders, kept.texts) == ("done", DU.id, BAO.id, 1, 6)


def test_nobody_decides_alone_and_nothing_is_destroyed_before(db: Clone) -> None:
    city.closed()
    request = ask(the_person())
    with pytest.raises(Forbidden):
        privacy.answer_erasure(request, agree=True, by=BAO, now=EVENING)
    with pytest.raises(Conflict, match="待另一人确认"):
        privacy.carry_out(request, by=BAO, now=EVENING)
    privacy.answer_erasure(request, agree=True, by=DU, now=EVENING)
    with pytest.raises(Forbidden):
        privacy.carry_out(request, by=DU, now=EVENING)
    assert people.read(the_person()) is not None


def test_a_refusal_says_why_in_words_for_the_resident(db: Clone) -> None:
    city.closed()
    request = ask(the_person())
    with pytest.raises(Refused, match="为什么不予删除"):
        privacy.answer_erasure(request, agree=False, by=DU, now=EVENING, said=" ")
    with pytest.raises(Refused, match="200 字以内"):
        privacy.answer_erasure(request, agree=False, by=DU, now=EVENING, said="说" * 201)
    privacy.answer_erasure(request, agree=False, by=DU, now=EVENING, said="还在行政复议期内，13800001111 已告知")
    (kept,) = person_requests.ended()
    assert (kept.state, kept.answer) == ("refused", "还在行政复议期内，138****1111 已告知")
    assert ask(the_person()) != request


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ground": "because"}, "ground"),
        ({"reason": " "}, "reason"),
        ({"reason": "张小凤本人申请"}, "reason"),
        ({"reason": "说" * 201}, "reason"),
    ],
)
def test_what_is_asked_for_has_a_ground_and_names_nobody(db: Clone, given: dict[str, str], field: str) -> None:
    city.closed()
    with pytest.raises(Refused) as refused:
        ask(the_person(), **given)
    assert refused.value.field == field
    assert person_requests.waiting() == []


def test_asked_twice_asked_by_others_asked_for_nobody(db: Clone) -> None:
    city.closed()
    person = the_person()
    with pytest.raises(Forbidden):
        ask(person, by=ZHOU)
    ask(person)
    with pytest.raises(Refused, match="已有一条在办的删除申请"):
        ask(person, by=DU)
    with pytest.raises(NotFound):
        ask(999)
    with pytest.raises(NotFound, match="没有第 999 号"):
        privacy.answer_erasure(999, agree=True, by=DU, now=EVENING)


def test_an_open_order_keeps_what_was_agreed_to_waiting(db: Clone) -> None:
    number = city.replied().number
    request = ask(the_person())
    privacy.answer_erasure(request, agree=True, by=DU, now=EVENING)
    with pytest.raises(Refused, match=f"还有没办结的工单：{number}"):
        privacy.carry_out(request, by=BAO, now=EVENING)
    (held,) = person_requests.waiting()
    assert (held.state, held.open) == ("agreed", 1)
    assert people.read(the_person()) is not None


def test_what_is_older_than_the_citys_period_is_asked_for_in_one_go(db: Clone) -> None:
    city.closed(name="李大海", phone="13900002222")
    city.closed()
    city.closed(MONDAY + 400 * 24 * HOUR)
    old, regular = the_person("13900002222"), the_person()
    later = local("2029-11-24 09:00")
    with pytest.raises(Refused, match="没有规定"):
        privacy.ask_expired([old], by=BAO, now=later)
    rules_store.change_setting("params", keeping([3, "year"]), by="s911", now=EVENING)
    since = local("2026-11-24 00:00")
    assert [(one.person, one.orders) for one in person_requests.due(since)] == [(old, 1)]
    for chosen in ([], list(range(101))):
        with pytest.raises(Refused, match="一次最多 100 位"):
            privacy.ask_expired(chosen, by=BAO, now=later)
    assert privacy.ask_expired([old, old, regular, 999], by=BAO, now=later) == 1
    (held,) = person_requests.waiting()
    assert (held.person, held.ground, held.reason) == (old, "expired", "最后一张工单办结已满 3 年")
    assert person_requests.due(since) == []
    assert privacy.ask_expired([old], by=DU, now=later) == 0


def keeping(period: list[Any], name: str = "keep_orders") -> dict[str, Any]:
    return {**rules_store.collect()["params"], name: period}


def test_recordings_go_when_their_time_is_over_and_the_calls_stay(db: Clone) -> None:
    for day, link in ((1, "pbx/1"), (2, "pbx/2"), (300, "pbx/3")):
        sql.run(
            "INSERT INTO call (exchange_id, direction, offered_at, outcome, agent, recording) VALUES (%s, 'in', %s,"
            " 'answered', 's901', %s)",
            (link, MONDAY + timedelta(days=day), link),
        )
    now = MONDAY + timedelta(days=200)
    assert privacy.forget_recordings(now) == 0
    rules_store.change_setting("params", keeping([6, "month"], "keep_recordings"), by="s911", now=EVENING)
    assert privacy.forget_recordings(now, limit=1) == 1
    assert privacy.forget_recordings(now) == 1
    assert privacy.forget_recordings(now) == 0
    assert sql.rows("SELECT recording FROM call ORDER BY id") == [("",), ("",), ("pbx/3",)]


def test_a_copy_is_on_record_before_it_is_made(db: Clone) -> None:
    number = city.closed().number
    person = the_person()
    own = privacy.take_copy(person, by=BAO, now=EVENING, reason="本人持身份证到窗口", number=number)
    assert (own.known.phone, [one.number for one in own.orders], own.more) == (PHONE, [number], False)
    assert own.texts[number, 1]["text"] == "楼外的热力管道没有保温"
    row = sql.rows("SELECT kind, state, person, number, reason, done_by, orders FROM person_request")
    assert row == [("copy", "done", person, number, "本人持身份证到窗口", BAO.id, 1)]


@pytest.mark.parametrize(("reason", "said"), [(" ", "怎样核实"), ("说" * 201, "200 字以内")])
def test_no_copy_without_a_reason(db: Clone, reason: str, said: str) -> None:
    city.closed()
    with pytest.raises(Refused, match=said):
        privacy.take_copy(the_person(), by=BAO, now=EVENING, reason=reason)
    with pytest.raises(Forbidden):
        privacy.take_copy(the_person(), by=DU, now=EVENING, reason="本人到窗口")
    with pytest.raises(NotFound):
        privacy.take_copy(999, by=BAO, now=EVENING, reason="本人到窗口")
    assert sql.value("SELECT count(*) FROM person_request") == 0
