"""Whatever is sent, the answer is never an internal error, and a refusal leaves the order as it was."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiesu.demo.city import read
from jiesu.domain.apply import replay
from jiesu.domain.facts import CHOICES, FACTS
from jiesu.domain.moves import MOVES
from jiesu.domain.order import Order
from jiesu.store import orders
from tests.api.caller import DEMAND, HOLDERS, REPLY, Callers
from tests.city import HEAT, HOUSING

EXAMPLES = int(os.environ.get("JIESU_FUZZ", "60"))
KEPT = settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
TIMES = st.datetimes().map(lambda at: at.isoformat() + "+08:00") | st.sampled_from(
    ["2099-12-01T09:00:00+08:00", "2199-12-31T23:59:59-12:00", "2026-11-23", "9999-12-31T23:59:59Z", "24:00"]
)
SOON = st.integers(1, 60).map(lambda days: (datetime.now(UTC) + timedelta(days=days)).isoformat())
UNITS = st.sampled_from([HEAT, HOUSING, HEAT, "U0201", "U0401", "U030101", "CENTER", "U9999"])
LISTS = {
    "unit": UNITS,
    "matter": st.sampled_from(["03.05", "03.01", "02.07.01", "22.05", "03", "99"]),
    "region": st.sampled_from(["R0103", "R0102", "R00", "nowhere"]),
    "units": st.lists(UNITS, max_size=3),
    "yes": st.booleans(),
    "when": SOON | SOON | TIMES,
    "tag": st.just("step"),
    "doc": JUNK,
    "files": st.lists(st.sampled_from(["0" * 64, "g" * 64, "\0" * 64, "x"]), max_size=1),
}
WORDS = st.sampled_from(["已核实", "已和住户约好", "《供热条例》第十条"])
WRONG_WORDS = st.sampled_from(["", " ", "长" * 201, "长" * 20_001, "a\x00b", "电话13812345678"]) | st.text(max_size=40)
PARAMETERS = st.sampled_from(["state", "unit", "due_before", "cursor", "limit", "x"])
NUMBERS: list[int] = []
ONE_IN_TEN = st.integers(0, 9).map(lambda die: die == 0)


def holders(roles: tuple[str, ...]) -> list[str]:
    """Tokens of these roles; mostly those of the heating company."""
    fitting = [who for who, (role, unit) in HOLDERS.items() if role in roles and unit in ("CENTER", "U0001", HEAT)]
    return fitting * 4 + ["xu"] if fitting else list(HOLDERS)


def value_of(name: str) -> st.SearchStrategy[Any]:
    """A value that the fact might well have, so that most bodies pass and the rules are reached."""
    fact = FACTS[name]
    if fact.type in ("text", "line"):
        return st.integers(0, 9).flatmap(lambda die: WRONG_WORDS if die == 0 else WORDS)
    if fact.type == "choice":
        return st.sampled_from(list(CHOICES[fact.of]))
    if fact.type == "code":
        return st.sampled_from([one["code"] for one in read("reasons")[fact.of]])
    if fact.type in ("int", "order", "id"):
        odd = st.sampled_from([0, -1, 20, 2**31, 2**53, 2**63, *NUMBERS])
        return st.integers(0, 3).flatmap(lambda die: odd if die == 0 else st.integers(1, 3))
    return LISTS[fact.type]


@st.composite
def bodies(draw: st.DrawFn, name: str) -> dict[str, Any]:
    move = MOVES[name]
    more = draw(st.lists(st.sampled_from(move.may), unique=True)) if move.may else []
    told = [*move.needs, *more]
    facts = {one: draw(value_of(one)) for one in told}
    if draw(ONE_IN_TEN):
        facts[draw(st.sampled_from(told) if told else st.text(max_size=5))] = draw(JUNK)
    return {"version": draw(st.integers(0, 30)) if draw(ONE_IN_TEN) else None, "facts": facts}


@pytest.fixture
def lives(callers: Callers) -> Callers:
    """Three orders that others may name: a parent with its child, and one in hands."""
    child, parent = callers.handling(), callers.handling()
    callers.done("chen", child, "merge_into", parent=parent, reason="同一件事")
    NUMBERS[:] = [child, parent, callers.handling()]
    return callers


def replied(callers: Callers) -> int:
    number = callers.handling()
    callers.done("liu", number, "first_contact", contact="reached", note="已约好")
    callers.done("ma", number, "reply", **REPLY)
    return number


STARTS: tuple[Callable[[Callers], int], ...] = (
    lambda callers: callers.register(),
    lambda callers: callers.register(kind="praise"),
    lambda callers: callers.handling(),
    replied,
    lambda callers: callers.in_callback(),
)


@KEPT
@given(data=st.data())
def test_no_body_of_a_move_makes_an_internal_error(lives: Callers, data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(STARTS))(lives)
    for _ in range(data.draw(st.integers(1, 8))):
        one_move(lives, number, data)


def one_move(lives: Callers, number: int, data: st.DataObject) -> None:
    before = stored(number)
    lawful = [one.name for one in MOVES.values() if one.hand and before.state in one.frm]
    name = data.draw(st.sampled_from(list(MOVES) if data.draw(ONE_IN_TEN) else lawful))
    body = data.draw(bodies(name))
    who = data.draw(st.sampled_from(holders(MOVES[name].by)))
    if body["version"] is None:
        body["version"] = before.version
    said = lives.post(who, f"/orders/{number}/moves/{name}", body)
    assert said.status in (200, 403, 409, 422), (who, name, body, said.body)
    after = stored(number)
    if said.status != 200:
        assert after == before
        assert said.message
        return
    assert after.version == said.body["version"] > before.version
    assert replay(orders.events(number), number) == after
    for reader in ("liu", "fang"):
        for path in ("", "/events"):
            assert lives.get(reader, f"/orders/{number}{path}").status in (200, 403)


def stored(number: int) -> Order:
    found = orders.load(number)
    assert found is not None
    return found[0].order


@settings(KEPT, max_examples=EXAMPLES)
@given(data=st.data())
def test_no_demand_makes_an_internal_error(callers: Callers, data: st.DataObject) -> None:
    body: dict[str, Any] = dict(DEMAND)
    for name in data.draw(st.lists(st.sampled_from([*MOVES["register"].may, "channel", "text"]), unique=True)):
        body[name] = data.draw(JUNK | value_of(name) if name != "person" else JUNK)
    if data.draw(st.booleans()):
        names = st.sampled_from(["name", "phone", "address", "company", "credit_code", "x"])
        body["demander"] = data.draw(JUNK | st.dictionaries(names, JUNK | st.text()))
    said = callers.post("zhou", "/orders", body)
    assert said.status in (201, 422), (body, said.body)
    if said.status == 201:
        assert callers.get("zhou", f"/orders/{said.body['number']}").status == 200


@settings(KEPT, max_examples=EXAMPLES)
@given(content=st.binary(max_size=60) | JUNK.map(lambda one: json.dumps(one).encode()))
def test_no_bytes_make_an_internal_error(callers: Callers, content: bytes) -> None:
    for path in ("/orders", "/orders/2611230000001/moves/accept"):
        said = callers.call("POST", path, "zhou", content or b" ")
        assert said.status in (400, 404, 422), (content, said.body)


@settings(KEPT, max_examples=EXAMPLES)
@given(query=st.dictionaries(PARAMETERS, st.text(max_size=12) | TIMES))
def test_no_query_makes_an_internal_error(callers: Callers, query: dict[str, str]) -> None:
    for who in ("zhou", "liu"):
        assert callers.get(who, f"/orders?{urlencode(query)}").status in (200, 403, 422)
