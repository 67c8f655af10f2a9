"""Units by the letters of their names: spelt when a city is loaded, the one that leads most first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import city
from tests.database import Clone, Databases


@pytest.fixture
def db(databases: Databases) -> Iterator[Clone]:
    with databases.clone("city", city.build) as clone:
        yield clone


def test_every_unit_that_may_handle_is_spelt(db: Clone) -> None:
    from jiesu.store import rules, sql, units  # noqa: PLC0415 - Django can be imported only once it is set up

    units.forget()
    now = rules.current()
    with sql.counting() as statements:
        found = {one.name: one for one in units.spelt(now)}
        units.spelt(now)
    assert len(statements) == 1
    assert (found["供热公司"].pinyin, found["供热公司"].initials) == ("gongregongsi", "grgs")
    assert (found["交警支队"].initials, found["住建局"].initials) == ("jjzd", "zjj")
    assert "热力一分" not in found  # a section has no leg of its own
    assert "热线中心" not in found
    weights = [one.weight for one in found.values()]
    assert weights == sorted(weights, reverse=True)


def test_a_unit_added_later_is_spelt_with_the_rest(db: Clone) -> None:
    from jiesu.store import spelling  # noqa: PLC0415 - Django can be imported only once it is set up
    from jiesu.store.models import Unit  # noqa: PLC0415

    Unit.objects.create(code="U0999", name="雄关市数据局", short="数据局", kind="bureau")
    assert spelling.fill() == 1
    assert Unit.objects.get(code="U0999").initials == "sjj"
    assert spelling.fill() == 0
