"""What the desk's own verbs refuse: a view without a name, one too many, a roster that is full, too much at once."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from jiesu.domain.errors import Forbidden, Refused
from jiesu.domain.order import SYSTEM, Actor
from tests import city
from tests.city import CHEN, DU, GUAN, HEAT, HOUR, LIU, MA, MONDAY, STRANGER, XU
from tests.database import Clone, Databases

CITIZEN = Actor("p7001", (("citizen", ""),), person=7001)
LINE: dict[str, Any] = {"begins": "08:00", "ends": "18:00", "name": "班师傅", "phone": "0937-6200000"}


@pytest.fixture(autouse=True)
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def views_of(staff: int) -> list[tuple[str, str]]:
    from jiesu.store import sql

    return sql.rows("SELECT name, query FROM saved_view WHERE staff = %s ORDER BY id", (staff,))


def save(name: str, query: str = "urgency=urgent", by: Actor = CHEN) -> None:
    from jiesu.workflow import desktop

    desktop.save_view("accepted", by=by, now=MONDAY, name=name, query=query)


def refused(kind: type[Refused], message: str, field: str | None, verb: Any, *given: Any, **told: Any) -> None:
    """The verb refuses in these words, at this field."""
    with pytest.raises(kind) as no:
        verb(*given, **told)
    assert (type(no.value), no.value.message, no.value.field) == (kind, message, field)


# -- views and notices


def test_a_view_with_too_many_filters_is_not_kept() -> None:
    save("急件", "q=" + "热" * 298)
    refused(Refused, "筛选条件太多，存不下", "name", save, "全部", "q=" + "热" * 299)
    assert views_of(902) == [("急件", "q=" + "热" * 298)]


def test_a_thirteenth_view_waits_until_another_goes() -> None:
    from jiesu.workflow import desktop

    names = [f"视图{at}" for at in range(1, 13)]
    for name in names:
        save(name)
    refused(Refused, "一个列表最多存 12 个视图，请先删去不用的", "name", save, "第十三个")
    save("视图12", "kind=help")  # in the place of the one of this name
    desktop.drop_view("accepted", by=CHEN, name="视图1")
    save("第十三个")
    kept = [(name, "urgency=urgent") for name in names[1:-1]]
    assert sorted(views_of(902)) == sorted([*kept, ("视图12", "kind=help"), ("第十三个", "urgency=urgent")])


@pytest.mark.parametrize("who", [CITIZEN, SYSTEM, Actor("s", ())])
def test_only_staff_have_a_desk_and_drafts(who: Actor) -> None:
    from jiesu.workflow import desktop, drafts

    nobody = "只有工作人员有自己的工作台"
    refused(Forbidden, nobody, None, save, "急件", by=who)
    refused(Forbidden, nobody, None, desktop.drop_view, "accepted", by=who, name="急件")
    refused(Forbidden, nobody, None, desktop.read_notices, by=who, now=MONDAY, upto=MONDAY)
    unsent = "只有工作人员能留存草稿"
    refused(Forbidden, unsent, None, drafts.keep, "intake", by=who, now=MONDAY, fields={"text": "暖气不热"})
    refused(Forbidden, unsent, None, drafts.take, ["intake"], by=who)
    refused(Forbidden, unsent, None, drafts.drop, ["intake"], by=who)


# -- papers


def papers_of(number: int) -> list[tuple[str, list[str], str]]:
    from jiesu.store import prints

    return [(one.by, one.open_fields, one.reason) for one in prints.of_order(number)]


def test_a_stranger_takes_no_paper() -> None:
    from jiesu.workflow.papers import take_paper

    order = city.handling(name="张小凤", phone="13800001111")
    told = {"by": STRANGER, "now": MONDAY, "reason": "入户核实"}
    refused(Forbidden, "这张工单不在您的办理范围内。", None, take_paper, order, "pdf", [], **told)
    assert papers_of(order.number) == []


def test_what_one_may_not_open_one_may_not_print_either() -> None:
    from jiesu.workflow.papers import take_paper

    order = city.handling(name="张小凤", phone="13800001111", kind="report")
    told: dict[str, Any] = {"by": LIU, "now": MONDAY + HOUR, "reason": "入户核实"}
    refused(Forbidden, "这些信息您不能打印", None, take_paper, order, "pdf", ["name"], **told)
    take_paper(order, "pdf", [], **told)
    assert papers_of(order.number) == [("s905", [], "入户核实")]
    told["by"] = DU  # who may open the name for a reason
    take_paper(order, "pdf", ["name", "phone"], **told)
    assert papers_of(order.number)[0] == ("s903", ["name", "phone"], "入户核实")


# -- the duty roster


def roster_of(unit: str) -> int:
    from jiesu.store import sql

    count: int = sql.value("SELECT count(*) FROM roster_entry WHERE unit_id = %s", (unit,))
    return count


def test_another_unit_keeps_its_hands_off_the_roster() -> None:
    from jiesu.store import roster as held
    from jiesu.workflow import roster

    before = held.of_unit(HEAT, now=MONDAY)
    own = "值班表由本单位自己维护"
    refused(Forbidden, own, None, roster.put, HEAT, by=XU, now=MONDAY, **LINE)
    refused(Forbidden, own, None, roster.drop, HEAT, before[0].id, by=XU, now=MONDAY)
    assert held.of_unit(HEAT, now=MONDAY) == before


def test_a_roster_has_a_hundred_lines_at_most() -> None:
    from jiesu.store import roster as held
    from jiesu.workflow import roster

    for _ in range(100 - roster_of(HEAT)):
        roster.put(HEAT, by=MA, now=MONDAY, **LINE)
    full = "值班表最多 100 行，请先删去不用的"
    refused(Refused, full, None, roster.put, HEAT, by=GUAN, now=MONDAY, **LINE)
    first = held.of_unit(HEAT, now=MONDAY)[0].id
    roster.put(HEAT, by=MA, now=MONDAY, entry=first, **LINE)  # a line that stands there may still be changed
    assert roster_of(HEAT) == 100
    roster.drop(HEAT, first, by=MA, now=MONDAY)
    roster.put(HEAT, by=MA, now=MONDAY, **LINE)
    assert roster_of(HEAT) == 100


# -- many at once


def test_not_everything_is_done_to_many() -> None:
    from jiesu.workflow.supervising import tell_many

    order = city.handling()
    told: dict[str, Any] = {"facts": {"reason": "住户一再来电"}, "by": DU, "now": MONDAY + HOUR}
    refused(Refused, "这个动作不能成批办，请打开工单单独办", "move", tell_many, [order.number], "close", **told)
    many = [order.number] * 101
    refused(Refused, "一次最多 100 件，请分几次办", "marked", tell_many, many, "urge", **told)
    [done] = tell_many(many[:100], "urge", **told)
    assert done.taken is not None
    assert (done.number, done.why, done.taken.event.move) == (order.number, "", "urge")
    assert done.taken.order.version == order.version + 1


def test_an_order_that_does_not_exist_stops_no_other_that_is_sent_with_it() -> None:
    from jiesu.workflow.dispatching import Marked, send_many

    order = city.accepted()
    nowhere, done = send_many([Marked(2699999999999), Marked(order.number)], HEAT, by=CHEN, now=MONDAY + HOUR / 4)
    assert (nowhere.number, nowhere.taken) == (2699999999999, None)
    assert nowhere.why == "没有工单 2699999999999，请核对工单号"
    assert done.taken is not None
    assert (done.number, done.why, done.taken.order.state) == (order.number, "", "dispatched")
    assert done.taken.event.at == MONDAY + timedelta(minutes=15)
