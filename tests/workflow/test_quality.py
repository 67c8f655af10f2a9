"""Verbs of the quality desk: whose turn a thing is, its result, an appeal, coaching, signals, a second look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from jiesu.domain.errors import Conflict, Forbidden, NotFound, Refused
from jiesu.domain.inspecting import Mark, sheet_from_doc
from jiesu.domain.order import SYSTEM, Actor, Order
from jiesu.store import inspections, orders, quality_counts, quality_rules, sql
from jiesu.store import rules as rules_store
from jiesu.workflow import privacy, quality
from jiesu.workflow import quality_rules as rules_verbs
from jiesu.workflow.quality import Judged, Work
from tests import city, exchange
from tests.city import BAO, CENTER, CHEN, DU, FANG, GUAN, HEAT, HOUR, LIU, MA, STRANGER, XU, ZHOU, local
from tests.database import Clone, Databases
from tests.web import situations

WU = Actor("s914", (("inspector", CENTER),))  # 质检员
NI = Actor("s915", (("inspector", CENTER),))  # 另一位质检员
NOW = local("2026-11-24 09:00")
DAY = date(2026, 11, 24)
NOVEMBER = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def put(order: Order, signal: str = "template", **given: Any) -> int:
    """The order in the sample, by a signal of the machine; the inspection's id."""
    assert quality.propose(order.number, signal=signal, reason="三天里五件答复一样", by=SYSTEM, now=NOW, **given)
    return int(sql.value("SELECT max(id) FROM inspection"))


def clean(subject: str = "order", **less: tuple[int, str]) -> list[Mark]:
    """Every item as good as can be, but those named."""
    sheet = quality_rules.sheet(subject, quality_rules.in_force(DAY)[subject])
    return [Mark(one.code, *less.get(one.code, (one.levels[0][0], ""))) for one in sheet.items]


def submit(id_: int, by: Actor = WU, subject: str = "order", at: Any = NOW, **less: tuple[int, str]) -> Judged:
    sheet = quality_rules.in_force(DAY)[subject]
    return quality.submit(id_, by=by, now=at, sheet=sheet, marks=clean(subject, **less))


def scores(judged: Judged) -> dict[str, str]:
    return {result.part: f"{result.percent} {whose.whom}" for result, whose in judged.results}


def part(id_: int, code: str) -> inspections.Part:
    whole = inspections.get(id_, day=DAY)
    assert whole is not None
    found = whole.part(code)
    assert found is not None
    return found


def texts(id_: int) -> dict[str, str]:
    whole = inspections.get(id_, day=DAY)
    return whole.texts if whole else {}


def work(by: Actor = WU, staff: int = 914, wanted: str = "") -> Work:
    return quality.work(by=by, staff=staff, rules=rules_store.current(), now=NOW, wanted=wanted)


def chosen(by: Actor = WU, staff: int = 914, wanted: str = "") -> int:
    found = work(by, staff, wanted).chosen
    return found.id if found else 0


def refused(call: Any) -> str:
    with pytest.raises(Refused) as no:
        call()
    return no.value.message


def events(order: Order) -> list[str]:
    return [one.move for one in orders.events(order.number)]


# -- whose turn


def test_a_thing_is_one_inspectors_until_he_is_done_or_the_time_is_over() -> None:
    first, second = put(city.closed()), put(city.closed())
    assert chosen() == first
    assert chosen() == first
    assert chosen(NI, 915) == second
    assert chosen(NI, 915, wanted=str(first)) == first  # asked for by its number, whoever has it
    assert chosen(NI, 915, wanted="99") == 0
    assert [one.free(914, NOW) for one in work(NI, 915).lines] == [False, True]
    submit(first)
    assert chosen() == second


def test_somebody_faster_leaves_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = put(city.closed()), put(city.closed())
    read = inspections.page

    def overtaken(**given: Any) -> Any:
        found = read(**given)
        assert inspections.take(first, staff=77, now=NOW, until=NOW + HOUR)
        return found

    monkeypatch.setattr(inspections, "page", overtaken)
    assert chosen() == second


def test_everything_open_elsewhere_leaves_nothing_to_hand_out() -> None:
    put(city.closed())
    chosen()
    assert work(NI, 915).chosen is None
    assert len(work(NI, 915).lines) == 1


def test_the_desk_is_inspectors_and_a_supervisor_sees_appeals_alone() -> None:
    put(city.closed())
    for who in (ZHOU, LIU, MA, FANG, GUAN):
        with pytest.raises(Forbidden, match=r"^质检由质检员进行$"):
            work(who, 1)
    assert work(DU, 903).lines == []


def test_without_a_plan_nothing_is_handed_out() -> None:
    put(city.closed())
    sql.run("DELETE FROM quality_rule WHERE name = 'plan'")
    found = work()
    assert (found.chosen, found.plan, len(found.lines)) == (None, None, 1)
    said = "本市还没有抽检方案和评分表，请管理员或督办员在“方案”页载入"
    assert refused(lambda: quality.ask(city.closed().number, "看看", by=WU, now=NOW)) == said


def test_what_is_ones_own_is_given_to_somebody_else() -> None:
    both = Actor(FANG.id, (("callback_clerk", CENTER), ("inspector", CENTER)))
    order = city.closed()
    made = put(order, subject="callback", no=1)
    assert chosen(both, 909) == 0
    with pytest.raises(Forbidden, match=r"^这一件有您自己经手的环节，请留给另一位质检员$"):
        submit(made, both, "callback")
    whole = put(order)
    assert chosen(both, 909) == 0
    assert chosen() == made
    with pytest.raises(Forbidden, match=r"^这一件有您自己经手的环节，请留给另一位质检员$"):
        submit(whole, both)


# -- a result


def test_an_order_is_judged_in_its_four_hands_and_nothing_of_it_moves() -> None:
    order = city.closed()
    before = events(order)
    id_ = put(order)
    less = {"relevant": (8, "没有说什么时候修好"), "genuine": (1, ""), "facts": (15, "")}
    judged = submit(id_, **less)
    assert scores(judged) == {
        "intake": f"100.0 {ZHOU.id}",
        "dispatch": f"100.0 {CHEN.id}",
        "reply": f"87.3 {HEAT}",
        "closing": f"100.0 {FANG.id}",
    }
    assert events(order) == before
    found = part(id_, "reply")
    assert (found.points, found.worth, found.passed, found.unit, found.unread) == (48, 55, True, HEAT, True)
    assert found.appeal_until == local("2026-11-27 17:30")
    assert texts(id_) == {"note/relevant": "没有说什么时候修好"}
    whole = inspections.get(id_, day=DAY)
    assert whole is not None
    assert (whole.state, whole.done_by, whole.sheet) == ("done", WU.id, 1)
    assert sum(one.points != one.worth for one in whole.marks) == 1


def test_a_thing_is_judged_once() -> None:
    id_ = put(city.closed())
    submit(id_)
    with pytest.raises(Conflict, match=r"^这一件刚被别人检过了，您写的内容还在，请看下一件$"):
        submit(id_, NI)
    with pytest.raises(Conflict):
        quality.drop(id_, "test", by=NI, now=NOW)
    assert sql.value("SELECT count(*) FROM inspection_part WHERE inspection = %s", (id_,)) == 4


def test_two_at_once_and_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = put(city.closed())
    write = inspections.submit

    def overtaken(*args: Any, **given: Any) -> bool:
        assert inspections.drop(id_, "test", by=NI.id, now=NOW)
        return write(*args, **given)

    monkeypatch.setattr(inspections, "submit", overtaken)
    with pytest.raises(Conflict):
        submit(id_)
    assert sql.value("SELECT count(*) FROM inspection_part") == 0


def test_points_are_not_taken_without_a_reason_nor_by_a_sheet_that_is_none() -> None:
    id_ = put(city.closed())
    assert refused(lambda: submit(id_, relevant=(0, ""))) == "“答其所问、逐项回应”扣了分，请写明理由"
    given = {"by": WU, "now": NOW, "marks": clean()}
    assert refused(lambda: quality.submit(id_, sheet=9, **given)) == "评分表已换新版，请刷新页面再评，您写的内容还在"
    with pytest.raises(NotFound):
        quality.submit(99, sheet=1, **given)
    with pytest.raises(NotFound):
        quality.submit(2**64, sheet=1, **given)
    for who in (DU, LIU, ZHOU):
        with pytest.raises(Forbidden, match=r"^质检由质检员进行$"):
            submit(id_, who)
    assert sql.value("SELECT state FROM inspection") == "open"


def test_numbers_and_cards_are_masked_in_what_is_written() -> None:
    id_ = put(city.closed())
    submit(id_, relevant=(8, "应回电13800001111"))
    assert texts(id_)["note/relevant"] == "应回电138****1111"


def test_where_nothing_applies_there_is_no_result() -> None:
    doc = {"items": [{"code": "only", "part": "reply", "name": "答复", "points": 10}]}
    rules_verbs.publish("order", doc, since=DAY, by=GUAN, now=NOW)
    id_ = put(city.closed())
    given = {"by": WU, "now": NOW, "sheet": 2}
    said = "所有条目都选了“不适用”；检不了的请用“检不了”写明原因"
    assert refused(lambda: quality.submit(id_, marks=[Mark("only", None)], **given)) == said
    assert [one.part for one, _ in quality.submit(id_, marks=[Mark("only", 10)], **given).results] == ["reply"]


def test_what_cannot_be_judged_is_left_out_for_a_coded_reason() -> None:
    id_ = put(city.closed())
    assert refused(lambda: quality.drop(id_, "tired", by=WU, now=NOW)) == "请选择检不了的原因"
    with pytest.raises(Forbidden):
        quality.drop(id_, "test", by=DU, now=NOW)
    with pytest.raises(NotFound):
        quality.drop(99, "test", by=WU, now=NOW)
    quality.drop(id_, "test", by=WU, now=NOW)
    assert sql.rows("SELECT state, drop, done_by FROM inspection") == [("dropped", "test", WU.id)]


def test_what_was_taken_up_again_is_judged_when_it_is_closed_again() -> None:
    order = city.closed()
    id_ = put(order)
    city.take(order, "reopen", CHEN, NOW, {"ground": "new_facts", "reason": "又漏了"})
    assert work().lines == []
    said = "这张工单还没有办结（可能刚被重启），等办结了再检"
    assert refused(lambda: submit(id_)) == said


def test_a_call_is_its_agents_and_a_callback_its_clerks() -> None:
    call = exchange.tell("x1", exchange.talk())
    zhou = exchange.account(exchange.ZHOU_SEAT).id
    sql.run(
        "INSERT INTO inspection (thing, look, subject, call, no, signal, reason, whom, day, at, by, due_at)"
        " VALUES ('c1', 1, 'call', %s, 0, 'call.agent', '', %s, %s, %s, 'system', %s)",
        (call, zhou, DAY, NOW, NOW + HOUR),
    )
    assert chosen() == 1
    assert scores(submit(1, subject="call", rude=(0, "挂断"))) == {"call": f"0.0 {zhou}"}
    order = city.closed()
    made = put(order, subject="callback", no=1)
    assert scores(submit(made, subject="callback")) == {"callback": f"100.0 {FANG.id}"}
    assert sql.rows("SELECT whom, points, fatal, passed, unit FROM inspection_part ORDER BY inspection") == [
        (zhou, 0, True, False, CENTER),
        (FANG.id, 100, False, True, CENTER),
    ]


def test_a_call_without_an_agent_and_an_order_that_is_not_there_have_no_hands() -> None:
    insert = (
        "INSERT INTO inspection (thing, look, subject, number, call, no, signal, reason, whom, day, at, by, due_at)"
        " VALUES (%s, 1, %s, %s, %s, %s, 'x', '', '', %s, %s, 'system', %s)"
    )
    order = city.closed()
    for thing in (("c9", "call", None, 9, 0), ("o9", "order", 9, None, 0), ("b9", "callback", order.number, None, 7)):
        sql.run(insert, (*thing, DAY, NOW, NOW))
    said = "所有条目都选了“不适用”；检不了的请用“检不了”写明原因"
    assert refused(lambda: submit(1, subject="call")) == said
    assert refused(lambda: submit(3, subject="callback")) == said
    with pytest.raises(NotFound, match=r"^没有工单 9，请核对工单号$"):
        submit(2)


# -- coaching and receipts


def test_a_note_goes_with_the_result_to_who_lost_most_or_whom_it_names() -> None:
    first, second = put(city.closed()), put(city.closed())
    given = {"by": WU, "now": NOW, "sheet": 1}
    quality.submit(first, marks=clean(relevant=(0, "没有答")), coach="先说结果再说过程", **given)
    quality.submit(second, marks=clean(), coach="登记得好", coach_part="intake", **given)
    assert texts(first)["coach/reply"] == "先说结果再说过程"
    assert part(first, "reply").coached_by == WU.id
    assert part(first, "intake").coached_at is None
    assert texts(second) == {"coach/intake": "登记得好"}
    long = "长" * 801
    assert refused(lambda: quality.coach(second, "reply", long, by=WU, now=NOW)) == "辅导太长，请缩短到 800 字以内"
    assert refused(lambda: quality.coach(second, "intake", "再写", by=WU, now=NOW)) == "这一项已经写过辅导了"
    assert refused(lambda: quality.coach(second, "reply", " ", by=WU, now=NOW)) == "请写明辅导"
    with pytest.raises(Forbidden):
        quality.coach(second, "reply", "写清楚", by=DU, now=NOW)
    with pytest.raises(NotFound, match=r"^没有这项质检结果，请回到列表再选$"):
        quality.coach(second, "call", "写清楚", by=WU, now=NOW)


def test_whoever_is_judged_says_that_he_has_read_it_and_the_first_time_stays() -> None:
    id_ = put(city.closed())
    submit(id_)
    with pytest.raises(Forbidden, match=r"^只能签阅自己或本单位的质检结果$"):
        quality.read(id_, "reply", by=XU, now=NOW)
    quality.read(id_, "reply", by=LIU, now=NOW + HOUR)
    found = part(id_, "reply")
    assert (found.unread, found.read_at, found.read_by, found.coach_read_at) == (False, NOW + HOUR, LIU.id, None)
    quality.coach(id_, "reply", "多写一句", by=NI, now=NOW + 2 * HOUR)
    assert part(id_, "reply").unread
    quality.read(id_, "reply", by=MA, now=NOW + 3 * HOUR)
    found = part(id_, "reply")
    assert (found.unread, found.read_at, found.read_by) == (False, NOW + HOUR, LIU.id)
    assert found.coach_read_at == NOW + 3 * HOUR


# -- appeals


def appealed(**less: tuple[int, str]) -> int:
    id_ = put(city.closed())
    submit(id_, **(less or {"relevant": (8, "没有说什么时候修好")}))
    quality.appeal(id_, "reply", "答复第二句写了修好的日期", by=LIU, now=NOW + HOUR)
    return id_


def decide(id_: int, by: Actor = NI, said: str = "确实写了", **points: int | None) -> Any:
    marks = [Mark(item, one) for item, one in points.items()]
    return quality.decide(id_, "reply", said, marks=marks, by=by, now=NOW + 2 * HOUR)


def test_a_unit_appeals_and_another_inspector_gives_the_points_back() -> None:
    id_ = appealed()
    assert (part(id_, "reply").appealed_by, texts(id_)["appeal/reply"]) == (LIU.id, "答复第二句写了修好的日期")
    assert part(id_, "reply").decide_due == local("2026-11-27 17:30")
    assert [one.part for one in work(WU).lines] == []
    assert chosen(NI, 915) == id_
    assert work(DU, 903).chosen is not None
    result = decide(id_, relevant=15)
    assert (result.points, result.full) == (55, 55)
    found = part(id_, "reply")
    assert (found.outcome, found.decided_by, found.unread) == ("changed", NI.id, True)
    assert (found.points, found.first.points, found.now.points) == (48, 48, 55)
    whole = inspections.get(id_, day=DAY)
    assert whole is not None
    changed = [(one.item, one.points, one.now) for one in whole.marks if one.changed]
    assert changed == [("relevant", 8, 15)]
    assert whole.texts["decision/reply"] == "确实写了"


def test_an_appeal_may_be_turned_down_and_points_taken_that_were_overlooked() -> None:
    kept = appealed()
    assert decide(kept, DU, "看过了，没有写").points == 48
    assert (part(kept, "reply").outcome, part(kept, "reply").final_points) == ("kept", None)
    worse = appealed()
    assert decide(worse, genuine=0, proof=None).fatal
    found = part(worse, "reply").now
    assert (found.points, found.full, found.fatal, found.passed) == (0, 45, True, False)


def test_who_may_not_appeal_or_decide() -> None:
    id_ = put(city.closed())
    submit(id_, relevant=(8, "没有说什么时候修好"))
    for who in (XU, ZHOU, FANG, WU, STRANGER):
        with pytest.raises(Forbidden):
            quality.appeal(id_, "reply", "我们不同意", by=who, now=NOW)
    assert refused(lambda: quality.appeal(id_, "reply", "", by=LIU, now=NOW)) == "请写明申诉的理由"
    late = local("2026-11-27 17:31")
    assert refused(lambda: quality.appeal(id_, "reply", "我们不同意", by=LIU, now=late)) == "申诉期限已过"
    assert refused(lambda: decide(id_)) == "这个结果没有申诉"
    quality.appeal(id_, "reply", "我们不同意", by=MA, now=NOW)
    again = "一个结果只能申诉一次，这个结果已经申诉过了"
    assert refused(lambda: quality.appeal(id_, "reply", "还是不同意", by=LIU, now=NOW)) == again
    for who in (WU, LIU, ZHOU):
        with pytest.raises(Forbidden):
            decide(id_, who)
    assert refused(lambda: decide(id_, said="")) == "请写明裁定的理由"
    everything = dict.fromkeys(["contact", "relevant", "measures", "proof", "plain"])
    assert refused(lambda: decide(id_, genuine=None, **everything)) == "“没有虚假办结”是否决项，须定合格或不合格"
    assert part(id_, "reply").decided_at is None


def test_not_everything_can_be_struck_out_by_a_decision() -> None:
    doc = {"items": [{"code": "only", "part": "reply", "name": "答复", "points": 10}]}
    rules_verbs.publish("order", doc, since=DAY, by=GUAN, now=NOW)
    id_ = put(city.closed())
    quality.submit(id_, by=WU, now=NOW, sheet=2, marks=[Mark("only", 5, "不好")])
    quality.appeal(id_, "reply", "我们不同意", by=LIU, now=NOW)
    assert refused(lambda: decide(id_, only=None)) == "不能把所有条目都改成“不适用”"


def test_two_appeals_or_decisions_at_once_and_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = put(city.closed())
    submit(id_)
    monkeypatch.setattr(inspections, "appeal", lambda *_, **__: False)
    again = "一个结果只能申诉一次，这个结果已经申诉过了"
    assert refused(lambda: quality.appeal(id_, "reply", "我们不同意", by=LIU, now=NOW)) == again
    monkeypatch.undo()
    quality.appeal(id_, "reply", "我们不同意", by=LIU, now=NOW)
    monkeypatch.setattr(inspections, "decide", lambda *_, **__: False)
    with pytest.raises(Conflict, match=r"^这个申诉刚被别人裁定了，您写的内容没有丢$"):
        decide(id_)


# -- what comes in beside the draw


def test_a_signal_brings_an_order_once_with_its_reason_and_moves_nothing() -> None:
    order = city.closed()
    before = events(order)
    given = {"signal": "gaming.template", "by": SYSTEM, "now": NOW}
    assert quality.propose(order.number, reason="三天里五件\n答复一样，回电13800001111", **given)
    assert not quality.propose(order.number, reason="又看见了", **given)
    line = work().lines[0]
    assert (line.signal, line.reason) == ("gaming.template", "三天里五件 答复一样，回电138****1111")
    assert line.due_at == local("2026-12-01 17:30")
    assert events(order) == before
    submit(line.id)
    assert not quality.propose(order.number, reason="检过以后又看见", **given)


def test_a_signal_for_an_order_that_is_open_waits_until_it_is_closed() -> None:
    order = situations.in_callback()
    put(order)
    assert work().lines == []
    city.take(
        order, "callback_attempt", FANG, NOW, {"attempt": "answered", "resolved": "resolved", "rating": "satisfied"}
    )
    city.take(order, "close", FANG, NOW)
    assert [one.number for one in work().lines] == [order.number]


def test_a_signal_that_is_none_is_refused() -> None:
    number = city.closed().number

    def propose(by: Actor = SYSTEM, number: int = number, **given: Any) -> bool:
        return quality.propose(number, by=by, now=NOW, **{"signal": "template", "reason": "一样", **given})

    for who in (LIU, MA, ZHOU, FANG, GUAN):
        with pytest.raises(Forbidden, match=r"^抽检由系统、质检员或督办员指定$"):
            propose(who)
    code = "线索的代码须以小写字母开头，只用小写字母、数字、点和下划线"
    assert refused(lambda: propose(signal="模板")) == code
    for reason in ("", "长" * 201, "一\0样"):
        assert refused(lambda reason=reason: propose(reason=reason)) == "请写明为什么要检，不超过 200 字"  # type: ignore[misc]
    assert refused(lambda: propose(subject="call")) == "只能指定工单或回访"
    with pytest.raises(NotFound, match=r"^没有工单 99，请核对工单号$"):
        propose(number=99)
    with pytest.raises(NotFound, match=rf"^工单 {number} 没有第 4 次回访，请核对$"):
        propose(subject="callback", no=4)
    assert sql.value("SELECT count(*) FROM inspection") == 0


def test_an_inspector_asks_for_an_order_with_words_of_his_own() -> None:
    order = city.closed()
    assert quality.ask(order.number, "信访那边问起", by=DU, now=NOW)
    id_ = work().lines[0].id
    assert texts(id_) == {"ask": "信访那边问起"}
    assert sql.value("SELECT reason FROM inspection") == ""


# -- a second look


def test_a_second_look_is_anothers_and_counts_instead() -> None:
    order = city.closed()
    id_ = put(order)
    submit(id_, relevant=(0, "没有答"))
    with pytest.raises(Forbidden, match=r"^复检由质检员或督办员提出$"):
        quality.second_look(id_, "我们要求再看", by=LIU, now=NOW)
    assert refused(lambda: quality.second_look(id_, "", by=DU, now=NOW)) == "请写明复检的理由"
    quality.second_look(id_, "扣得太多", by=DU, now=NOW)
    assert refused(lambda: quality.second_look(id_, "再来", by=DU, now=NOW)) == "这一件已经要求复检了"
    assert work(WU).lines == []
    second = chosen(NI, 915)
    with pytest.raises(Forbidden, match=r"^复检由另一位质检员进行$"):
        submit(second, WU)
    submit(second, NI, at=NOW + HOUR)
    assert [part(one, "reply").counts for one in (id_, second)] == [False, True]
    replaced = "这次质检已由复检代替，请看复检的结果"
    assert refused(lambda: quality.appeal(id_, "reply", "我们不同意", by=LIU, now=NOW)) == replaced
    once = "只有检完的、还没有复检过的才能复检"
    assert refused(lambda: quality.second_look(second, "第三次", by=DU, now=NOW)) == once
    assert texts(second)["ask"] == "扣得太多"


def test_no_second_look_while_an_appeal_is_open() -> None:
    id_ = appealed()
    said = "有申诉还没有裁定，请先裁定申诉"
    assert refused(lambda: quality.second_look(id_, "扣得太多", by=DU, now=NOW)) == said
    decide(id_)
    quality.second_look(id_, "扣得太多", by=DU, now=NOW)


# -- figures


def test_results_are_counted_by_person_unit_item_and_month() -> None:
    for less in ({"relevant": (0, "没有答")}, {"relevant": (8, "只答一半")}, {"genuine": (0, "没有修")}, {}):
        submit(put(city.closed()), **less)
    tallies = {one.whom: one for one in quality_counts.of_month(NOVEMBER) if one.part == "reply"}
    heat = tallies[HEAT]
    assert (heat.n, heat.passed, heat.points, heat.worth, heat.fatal, heat.name) == (4, 2, 143, 220, 1, "")
    assert str(heat.mean) == "65.0"
    assert heat.rate.words() == "50.00%（2/4）"
    whoms = [(one.part, one.whom) for one in quality_counts.of_month(NOVEMBER)]
    assert whoms == [("closing", FANG.id), ("dispatch", CHEN.id), ("intake", ZHOU.id), ("reply", HEAT)]
    assert [one.part for one in quality_counts.of_month(NOVEMBER, [HEAT])] == ["reply"]
    assert quality_counts.of_month(date(2026, 10, 1)) == []
    items = [(one.item, one.n, one.lost, one.points) for one in quality_counts.items(NOVEMBER) if one.lost]
    assert items == [("relevant", 4, 2, 22), ("genuine", 4, 1, 1)]
    assert [one.item for one in quality_counts.items(NOVEMBER, [FANG.id])] == ["follow", "outcome"]


def test_an_appeal_and_a_second_look_change_what_is_counted() -> None:
    id_ = appealed(relevant=(0, "没有答"))
    decide(id_, relevant=15)
    heat = next(one for one in quality_counts.of_month(NOVEMBER) if one.whom == HEAT)
    assert (heat.n, heat.points, heat.appeals, heat.changed) == (1, 55, 1, 1)
    quality.second_look(id_, "再看一遍", by=DU, now=NOW)
    submit(chosen(NI, 915), NI, relevant=(8, "只答一半"))
    heat = next(one for one in quality_counts.of_month(NOVEMBER) if one.whom == HEAT)
    assert (heat.n, heat.points, heat.appeals, heat.changed) == (1, 48, 0, 0)
    span = {"since": local("2026-11-01 00:00"), "until": local("2026-12-01 00:00"), "now": NOW + timedelta(days=9)}
    totals = quality_counts.totals(NOVEMBER, date(2026, 12, 1), **span)
    assert (totals.drawn, totals.done, totals.waiting, totals.appeals, totals.changed) == (2, 2, 0, 1, 1)


def test_results_of_a_month_are_found_by_what_is_asked() -> None:
    bad = put(city.closed())
    submit(bad, relevant=(0, "没有答"))
    submit(put(city.closed()))
    found = quality_counts.done(NOVEMBER, part="reply")
    assert [one.percent for one in found] == [found[0].percent, found[1].percent]
    assert [one.id for one in quality_counts.done(NOVEMBER, item="relevant")] == [bad]
    assert [one.id for one in quality_counts.done(NOVEMBER, failed=True)] == [bad]
    assert quality_counts.done(NOVEMBER, appealed=True) == []
    assert len(quality_counts.done(NOVEMBER)) == 8
    assert quality_counts.done(NOVEMBER, offset=8) == []
    assert {one.part for one in quality_counts.own([HEAT, FANG.id])} == {"reply", "closing"}


# -- what is destroyed


def test_words_about_an_order_go_with_it_and_the_points_stay() -> None:
    order = city.closed()
    id_ = put(order)
    submit(id_, relevant=(8, "张小凤说没有人来"))
    other = put(city.closed(name="李大山", phone="13800002222"))
    submit(other, relevant=(8, "没有写日期"))
    assert order.person is not None
    privacy.erase_person(order.person, by=BAO, now=NOW + HOUR, reason="本人申请")
    assert texts(id_) == {}
    assert texts(other) == {"note/relevant": "没有写日期"}
    assert part(id_, "reply").points == 48


def test_words_about_a_call_go_with_the_caller(own_files: None) -> None:
    order = city.closed()
    call = exchange.tell("x1", exchange.talk("13800001111"))
    sql.run(
        "INSERT INTO inspection (thing, look, subject, call, no, signal, reason, whom, day, at, by, due_at)"
        " VALUES ('c1', 1, 'call', %s, 0, 'call.agent', '', 's1', %s, %s, 'system', %s)",
        (call, DAY, NOW, NOW),
    )
    submit(1, subject="call", heard=(0, ""), listening=(5, "打断两次"))
    assert texts(1) == {"note/listening": "打断两次"}
    assert order.person is not None
    privacy.erase_person(order.person, by=BAO, now=NOW + HOUR, reason="本人申请")
    assert texts(1) == {}


def test_a_sheet_of_another_day_judges_by_its_own_items() -> None:
    id_ = put(city.closed())
    doc = {"items": [{"code": "only", "part": "reply", "name": "答复", "points": 10}]}
    assert sheet_from_doc("order", doc).items[0].code == "only"
    rules_verbs.publish("order", doc, since=DAY, by=GUAN, now=NOW)
    # What was open on the page when the sheet changed is taken as it was filled in.
    judged = quality.submit(id_, by=WU, now=NOW, sheet=1, marks=_of_first())
    assert {one.part for one, _ in judged.results} == {"intake", "dispatch", "reply", "closing"}


def _of_first() -> list[Mark]:
    return [Mark(one.code, one.levels[0][0]) for one in quality_rules.sheet("order", 1).items]
