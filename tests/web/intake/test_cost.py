"""What the intake desk costs while somebody talks: statements of each question, session and person included."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests import city
from tests.city import MONDAY
from tests.exchange import PHONE, s, talk, tell
from tests.web.desk import AGENT, Desk

Cost = Callable[..., int]
STORY = {"text": "工人村二区3号楼暖气不热，屋里才十几度", "channel": "phone", "urgency": "normal", "kind": "help"}


@pytest.fixture
def cost(desk: Desk) -> Cost:
    """The statements of one request by 小周, once this process knows the city; those that begin and end a
    transaction are not counted."""
    from jiesu.store import city_map, matters, rules, similar  # noqa: PLC0415 - Django can be imported only once

    def count(address: str, given: dict[str, object] | None = None, status: int = 200) -> int:
        browser = desk.browser(AGENT)
        now = rules.current()
        city_map.shapes(now)
        matters.tree(now)
        similar.forget()
        similar.like(STORY["text"], now=desk.at)
        desk.post(AGENT, "/register/told", STORY)
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            answer = browser.get(address) if given is None else browser.post(address, given)
        assert answer.status_code == status
        begun = [one["sql"] for one in djangos if one["sql"] not in ("BEGIN", "COMMIT", "ROLLBACK")]
        return len(ours) + len(begun)

    return count


def test_the_page(desk: Desk, cost: Cost) -> None:
    assert cost("/register") == 4  # session, person, frame, whether there is a call
    tell("x1", talk()[:2], at=6)
    desk.at = s(60)
    assert cost("/register") == 5  # and who uses its number


def test_its_parts(desk: Desk, cost: Cost) -> None:
    for hour in range(5):
        city.closed(MONDAY - hour * city.HOUR, name="张小凤", phone=PHONE)
        city.handling(MONDAY - hour * city.HOUR, name="张小凤", phone=PHONE, text="暖气不热", place="工人村二区3号楼")
    rules = {"rules": desk.get(AGENT, "/register").forms["register"].values["rules"][0]}
    assert cost("/register/caller", {"phone": PHONE, **rules}) == 5  # people, orders, contacts
    assert cost("/register/told", {**STORY, **rules}) == 5  # like it, knowledge, places in the story
    assert cost("/register/told", {**STORY, **rules, "place": "工人村二区3号楼", "matter": "03.01"}) == 4
    assert cost("/register/places", {"place": "grce", **rules}) == 3
    assert cost("/register/matters", {"matter": "snwd", **rules}) == 2
    assert cost(f"/register/tree?rules={rules['rules']}&at=03") == 2
    assert cost("/register/article/K001") == 3


def test_what_comes_of_it(desk: Desk, cost: Cost) -> None:
    known = {**STORY, "name": "张小凤", "phone": PHONE}
    cost("/register", known, 302)
    assert cost("/register", known, 302) == 5  # session, person, serial, demander, order
    call = tell("x1", talk()[:2], at=6)
    desk.at = s(60)
    assert cost("/register", {**known, "call": call}, 302) == 7  # whose call, its link
    answer = {"do": "answer", "article": "K001", "public_reply": "请看说明"}
    assert cost("/register", {**known, **answer}, 302) == 9  # the order again, the article, the answer, its use
    order = city.handling(name="张小凤", phone=PHONE)
    assert cost("/register/chase", {"number": order.number}, 302) == 5  # order, event, contact
