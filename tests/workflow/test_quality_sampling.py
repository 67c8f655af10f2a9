"""What is drawn for inspection: by plan and week, what looks like a risk, the same again from the same seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from jiesu.domain.errors import Forbidden
from jiesu.domain.order import Order
from jiesu.store import quality_draw, quality_rules, sql
from jiesu.workflow import privacy, quality_sampling
from jiesu.workflow import quality_rules as rules_verbs
from tests import city, exchange
from tests.city import BAO, CHEN, DU, FANG, GUAN, HE, HEAT, HOUR, LIU, MA, MONDAY, ZHOU, local
from tests.database import Clone, Databases
from tests.web import situations

TUESDAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def plan(*lines: dict[str, Any], risks: tuple[dict[str, Any], ...] = (), **more: Any) -> None:
    """From the first morning on nothing is drawn but this."""
    doc = {"lines": list(lines), "risks": list(risks), **more}
    rules_verbs.publish("plan", doc, since=date(2026, 11, 23), by=GUAN, now=MONDAY)


def line(subject: str, per: str, **more: Any) -> dict[str, Any]:
    return {"code": f"{subject}.{per}", "name": "周抽检", "subject": subject, "per": per, **more}


def risk(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": code, **more}


def draw(day: date = TUESDAY) -> int:
    return quality_sampling.draw(day, now=morning(day))


def morning(day: date) -> datetime:
    return local(f"{day.isoformat()} 06:05")


def week(first: date = TUESDAY, days: int = 6) -> list[int]:
    """How many were drawn on each morning up to Sunday."""
    return [draw(first + timedelta(days=at)) for at in range(days)]


def things() -> list[tuple[str, str, str, str]]:
    return sql.rows("SELECT thing, signal, whom, reason FROM inspection ORDER BY thing")


def calls(count: int, seat: str = exchange.ZHOU_SEAT, **more: Any) -> None:
    for at in range(count):
        phone = f"1380000{at:04}"
        told = exchange.talk(phone, seat, at=300 * at, **more)
        exchange.tell(f"{seat}-{at}", told, at=300 * at + 600)


def agents() -> Counter[str]:
    return Counter(whom for _, _, whom, _ in things())


def test_each_head_gives_its_number_a_week_on_days_that_nobody_can_tell() -> None:
    plan(line("call", "agent", week=3))
    calls(10)
    calls(2, exchange.ZHAO_SEAT)
    zhou, zhao = (exchange.account(seat).id for seat in (exchange.ZHOU_SEAT, exchange.ZHAO_SEAT))
    drawn = week()
    assert sum(drawn) == 5
    assert agents() == {zhou: 3, zhao: 2}  # two was all she had
    assert [one.found for one in quality_draw.draws(TUESDAY)] == [12]
    assert draw(date(2026, 11, 30)) <= 6  # a new week begins
    assert sql.value("SELECT count(*) FROM inspection_draw") == 7


def test_a_share_is_of_what_a_head_did_in_seven_days_and_the_larger_number_counts() -> None:
    plan(line("call", "agent", week=1, share=0.3))
    calls(10)
    week()
    assert sum(agents().values()) == 3


def test_no_draw_takes_more_than_the_city_allows_a_day() -> None:
    plan(line("call", "agent", week=100), most=4)
    calls(20)
    assert max(week()) == 4


def test_the_same_day_draws_the_same_again() -> None:
    plan(line("call", "agent", share=0.5), line("order", "unit", share=0.5), risks=(risk("alike"),))
    calls(10)
    for _ in range(4):
        city.closed()
    found = []
    for _ in range(2):
        with transaction.atomic():
            for day in range(6):
                draw(TUESDAY + timedelta(days=day))
            found.append(things())
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert len(found[0]) == 5 + 2 + 1
    assert things() == []
    assert quality_draw.seed_of(TUESDAY) == quality_draw.seed_of(TUESDAY) != quality_draw.seed_of(date(2026, 11, 25))


def test_a_day_is_drawn_once_whoever_draws_it() -> None:
    plan(risks=(risk("alike", orders=1),))
    city.closed()
    city.closed()
    assert draw() == 1
    assert quality_sampling.draw(TUESDAY, by=DU, now=morning(TUESDAY)) == 0
    assert quality_sampling.is_drawn(quality_rules.plan(2), TUESDAY)
    assert not quality_sampling.is_drawn(quality_rules.plan(2), date(2026, 11, 25))
    assert quality_sampling.draw_today(morning(date(2026, 11, 25))) == 0
    assert quality_sampling.is_drawn(quality_rules.plan(2), date(2026, 11, 25))
    with pytest.raises(Forbidden, match=r"^抽检由质检员或督办员进行$"):
        quality_sampling.draw(TUESDAY, by=LIU, now=morning(TUESDAY))


def test_mornings_on_which_nobody_drew_are_made_good() -> None:
    plan(risks=(risk("short_call", each=9),))
    calls(2, long=12)
    assert draw(date(2026, 11, 23)) == 0
    assert quality_sampling.draw_today(morning(date(2026, 11, 27))) == 2
    drawn = sql.rows("SELECT day, chosen FROM inspection_draw ORDER BY day")
    assert drawn == [(date(2026, 11, day), 2 if day == 24 else 0) for day in range(23, 28)]
    assert quality_sampling.draw_today(morning(date(2026, 12, 20))) == 0
    assert sql.value("SELECT count(*) FROM inspection_draw") == 5 + 7


def test_a_city_without_a_plan_draws_nothing() -> None:
    city.closed()
    assert quality_sampling.draw(date(2026, 11, 20), now=morning(date(2026, 11, 20))) == 0
    assert things() == []


def test_orders_are_drawn_by_who_had_them_and_whole_ones_alone() -> None:
    plan(
        line("order", "unit", week=100),
        line("order", "agent", week=100),
        line("order", "dispatcher", week=100),
    )
    closed = [city.closed() for _ in range(9)]
    city.handling()
    situations.in_callback()
    situations.merged()
    week()
    assert [thing for thing, *_ in things()] == [f"o{one.number}" for one in closed]
    assert set(agents()) <= {HEAT, ZHOU.id, CHEN.id}


def test_answered_at_the_desk_is_drawn_by_its_agent_though_no_unit_had_it() -> None:
    plan(line("order", "agent", week=100), line("order", "unit", week=100), line("order", "dispatcher", week=100))
    order = city.registered(kind="consultation")
    city.take(order, "answer_directly", ZHOU, MONDAY, {"public_reply": "十月二十日起供热。"})
    week()
    assert things() == [(f"o{order.number}", "order.agent", ZHOU.id, "")]


def test_callbacks_are_drawn_once_their_order_is_closed() -> None:
    plan(line("callback", "clerk", week=100))
    order, open_ = city.closed(), situations.answered()()
    week()
    assert things() == [(f"b{order.number}.1", "callback.clerk", FANG.id, "")]
    assert open_.state == "callback"


def test_what_was_erased_is_not_drawn(own_files: None) -> None:
    plan(line("order", "unit", week=100), line("callback", "clerk", week=100))
    order = city.closed()
    assert order.person is not None
    privacy.erase_person(order.person, by=BAO, now=MONDAY + 5 * HOUR, reason="本人申请")
    assert sum(week()) == 0


# -- risks


def test_a_call_that_ended_at_once() -> None:
    plan(risks=(risk("short_call", seconds=20, each=2),))
    calls(3, long=12)
    exchange.tell("missed", exchange.miss("13800009999"))
    exchange.tell("long", exchange.talk("13800008888", at=4000), at=5000)
    assert draw() == 2
    zhou = exchange.account(exchange.ZHOU_SEAT).id
    assert [(signal, whom, reason) for _, signal, whom, reason in things()] == [
        ("short_call", zhou, "只说了 12 秒")
    ] * 2


def answered(order: Order, contact: datetime, reply: datetime, said: str = "") -> Order:
    """Contacted and replied then, passed, called back and closed within the hour after."""
    facts = {**city.REPLY, **({"public_reply": said} if said else {})}
    city.take(order, "first_contact", LIU, contact, {"contact": "reached", "note": "已约好"})
    city.take(order, "reply", MA, reply, {**facts, "files": [city.photo(reply)]})
    city.take(order, "pass_review", HE, reply + HOUR / 4)
    call = {"attempt": "answered", "resolved": "resolved", "rating": "satisfied"}
    city.take(order, "callback_attempt", FANG, reply + HOUR / 2, call)
    return city.take(order, "close", FANG, reply + HOUR)


def named(**more: Any) -> Order:
    return city.handling(name="张小凤", phone="13800001111", **more)


def test_a_contact_that_was_written_down_just_before_the_reply() -> None:
    plan(risks=(risk("no_contact", each=5),))
    late = answered(named(), MONDAY + HOUR, MONDAY + HOUR + timedelta(minutes=5))
    answered(named(), MONDAY + HOUR, MONDAY + 2 * HOUR)
    assert draw() == 1
    assert things() == [(f"o{late.number}", "no_contact", HEAT, "答复前 10 分钟内才记先行联系")]


def test_replies_that_are_almost_the_same() -> None:
    plan(risks=(risk("alike", orders=3, each=1),))
    site = "经核实，{}号楼外管道已安排人员到现场处理完毕，感谢您的监督。"
    for at, said in enumerate((site.format(3), site.format(17), "三号楼的阀门换好了，室温二十一度。")):
        answered(named(), MONDAY + HOUR, MONDAY + (2 + at) * HOUR, said)
    assert draw() == 0
    answered(named(), local("2026-11-24 10:00"), local("2026-11-24 11:00"), site.format(21))
    assert draw(date(2026, 11, 25)) == 1
    assert things()[0][1:] == ("alike", HEAT, "7 天里有 3 件答复几乎一样")
    newest = sql.value("SELECT max(number) FROM work_order")
    assert things()[0][0] == f"o{newest}"  # of those alike the one that closed yesterday


def test_replies_in_a_bunch_just_before_the_limit() -> None:
    plan(risks=(risk("burst", minutes=60, orders=3, each=10),))
    orders = [named() for _ in range(4)]
    due = local("2026-11-30 17:30")
    for at, order in enumerate(orders[:3]):
        answered(order, MONDAY + HOUR, due - timedelta(minutes=5 * (at + 1)))
    answered(orders[3], MONDAY + HOUR, due - 3 * HOUR)
    assert draw(date(2026, 12, 1)) == 3
    assert things()[0] == (f"o{orders[0].number}", "burst", HEAT, "离时限不到 60 分钟才答复，同一小时有 3 件")
    assert draw(date(2026, 12, 2)) == 0


def test_one_thing_is_drawn_for_one_reason() -> None:
    plan(line("order", "unit", week=100), risks=(risk("alike", orders=1, each=100),))
    orders = [city.closed() for _ in range(3)]
    assert draw() >= 3
    week(date(2026, 11, 25), 5)
    assert [(thing, signal) for thing, signal, *_ in things()] == [(f"o{one.number}", "alike") for one in orders]
