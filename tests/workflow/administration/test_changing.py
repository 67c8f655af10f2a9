"""An administrator's changes: weighed before they are saved, kept with who and why, from a day that is not past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from jiesu.domain.administration.kinds import KINDS
from jiesu.domain.administration.things import print_of
from jiesu.domain.order import Order
from jiesu.store import orders
from jiesu.store import rules as rules_store
from jiesu.store.administration import changes, lines, shelves
from jiesu.store.administration.changes import Wanted as Asked
from jiesu.store.models import CatalogLine
from jiesu.store.verify import verify
from jiesu.workflow.administration import change
from jiesu.workflow.administration.enact import seen_lines
from jiesu.workflow.administration.wanted import Unsound, Wanted
from tests import city
from tests.city import GUAN, HEAT, MONDAY
from tests.database import Clone, Databases

TODAY = date(2026, 11, 23)
NEXT_MONDAY = date(2026, 11, 30)
PIPES = "03.06~*"


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def thing(kind: str, key: str, /, **values: Any) -> dict[str, Any]:
    """A thing as it stands, with these values over it."""
    held = shelves.get(kind, key)
    assert held is not None
    return {**held, **values}


def changed(kind: str, key: str, /, *, since: date = TODAY, **values: Any) -> Wanted:
    return Wanted(kind, key, thing(kind, key, **values), since, seen=print_of(shelves.get(kind, key)))


def new(kind: str, /, *, since: date = TODAY, **values: Any) -> Wanted:
    return Wanted(kind, "", {**KINDS[kind].blank(), **values}, since, seen=print_of(None))


def line(key: str = PIPES, *, since: date = NEXT_MONDAY, **values: Any) -> Wanted:
    """The catalog's line that holds, changed from a day on."""
    held = lines.of_keys([key])[key]
    return Wanted("catalog", key, {**held[-1].thing, **values}, since, seen=print_of(seen_lines(held)))


def made(*wanted: Wanted, reason: str = "按文件调整") -> change.Saved:
    """Checked and saved by the administrator on Monday."""
    weighed = change.check(wanted, by=GUAN, now=MONDAY)
    return change.save(wanted, by=GUAN, now=MONDAY, reason=reason, checked=weighed.token)


def refused(*wanted: Wanted) -> list[tuple[str, str]]:
    """What is wrong, field by field."""
    with pytest.raises(Unsound) as caught:
        change.check(wanted, by=GUAN, now=MONDAY)
    return [(one.field, one.said) for one in caught.value.faults]


def said(*wanted: Wanted) -> dict[str, str]:
    """What the check says, by what it is about."""
    return {one.title: one.said for one in change.check(wanted, by=GUAN, now=MONDAY).effects}


def stored(order: Order) -> Order:
    found = orders.load(order.number)
    assert found is not None
    return found[0].order


NEW_UNIT = {
    "code": "U0310",
    "name": "雄关智慧供热有限公司",
    "short": "智慧供热",
    "kind": "company",
    "phone": "0000-6190",
}


def test_a_new_unit_takes_over_a_matter_from_monday(db: Clone) -> None:
    early = city.dispatched()
    for _ in range(3):
        city.dispatched()
    was = rules_store.current_id()
    told = said(new("unit", **NEW_UNIT))
    assert told["智慧供热"].startswith("目录里还没有它牵头的条目") or "联络员" in told["智慧供热"]
    made(new("unit", **NEW_UNIT))
    assert rules_store.current().unit_name("U0310") == "智慧供热"
    moved = line(lead="U0310")
    weighed = change.check([moved], by=GUAN, now=MONDAY)
    by_title = {one.title: one for one in weighed.effects}
    assert by_title["派单"].said == "把最近 30 天派出的 4 件按新目录再派一遍，4 件会换牵头单位。"
    assert by_title["派单"].rows == (("供热公司", "智慧供热", "4"),)
    assert CatalogLine.objects.filter(lead="U0310").count() == 0
    change.save([moved], by=GUAN, now=MONDAY, reason="特许经营权移交", checked=weighed.token)
    rules = rules_store.current()
    leads = [rules.catalog.find("03.06", "R0103", day) for day in (date(2026, 11, 29), NEXT_MONDAY)]
    assert [one.lead for one in leads if one] == [HEAT, "U0310"]
    assert stored(early).legs[0].unit == HEAT
    kept = changes.history(Asked(name="catalog"))[0]
    assert (kept.by, kept.note, kept.effective, kept.key) == (GUAN.id, "特许经营权移交", NEXT_MONDAY, PIPES)
    assert (kept.before["lead"], kept.after["lead"]) == (HEAT, "U0310")
    assert rules_store.at(was).unit_name("U0310") == "U0310"
    assert verify().faults == []
