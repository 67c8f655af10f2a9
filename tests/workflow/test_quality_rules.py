"""Another plan or sheet from a day on: by whom, from when, and that nothing is kept of what is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from jiesu.domain.errors import Forbidden, Refused
from jiesu.store import quality_rules as store
from jiesu.workflow import quality_rules
from tests import city
from tests.city import DU, GUAN, LIU, MONDAY, ZHOU
from tests.database import Clone, Databases

TODAY, LATER = date(2026, 11, 23), date(2026, 12, 1)
SHEET = {"pass": 90, "items": [{"code": "heard", "name": "听清", "points": 10}]}


@pytest.fixture(autouse=True)
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def publish(name: str = "call", doc: Any = SHEET, **given: Any) -> int:
    return quality_rules.publish(name, doc, **{"since": TODAY, "by": GUAN, "now": MONDAY, **given})


def test_a_reading_holds_from_its_day_and_the_former_stays_to_be_read() -> None:
    assert store.in_force(TODAY) == {"call": 1, "callback": 1, "order": 1, "plan": 1}
    assert publish(since=LATER, note="加一条") == 2
    assert publish(by=DU, doc={**SHEET, "pass": 80}) == 3
    assert store.in_force(TODAY)["call"] == 3
    assert store.in_force(LATER)["call"] == 2
    assert store.in_force(date(2026, 11, 21)) == {}
    assert [store.sheet("call", version).pass_mark for version in (1, 2, 3)] == [85, 90, 80]
    assert store.standing(TODAY)[0] == 1
    found = [(one.version, one.since, one.by, one.note) for one in store.readings() if one.name == "call"]
    assert found == [
        (2, LATER, GUAN.id, "加一条"),
        (3, TODAY, DU.id, ""),
        (1, date(2026, 11, 22), "system", "装入演示城市"),
    ]
    with pytest.raises(LookupError):
        store.sheet("call", 9)


def test_who_inspects_or_is_inspected_does_not_make_the_sheets() -> None:
    for who in (ZHOU, LIU):
        with pytest.raises(Forbidden, match=r"^抽检方案和评分表由管理员或督办员维护$"):
            publish(by=who)
    assert store.in_force(LATER)["call"] == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "letter"}, "没有“letter”这份文件"),
        ({"since": date(2026, 11, 22)}, "不能改已经过去的日子，生效日期请从今天起"),
        ({"note": "长" * 201}, "说明太长，请缩短到 200 字以内"),
        ({"doc": {"items": []}}, "评分表没有条目，请写明 items"),
        ({"name": "plan", "doc": {"most": 0}}, "抽检方案的 most 须是 1 到 2000 的整数"),
    ],
)
def test_what_is_no_reading_is_refused_and_nothing_is_kept(given: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused) as no:
        publish(**given)
    assert no.value.message == said
    assert [one.version for one in store.readings()] == [1, 1, 1, 1]


def test_a_plan_is_published_like_a_sheet() -> None:
    assert publish("plan", {"lines": [], "most": 7}) == 2
    plan = store.plan_on(TODAY)
    assert plan is not None
    assert (plan.version, plan.most, plan.codes) == (2, 7, [])
    assert store.plan_on(date(2026, 11, 1)) is None
