"""Whatever is sent, the answer is never an internal error, and a refusal leaves the order as it was."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jiesu.domain.apply import replay
from jiesu.domain.facts import CHOICES, FACTS
from jiesu.domain.moves import MOVES
from jiesu.store import orders
from tests.api.caller import DEMAND, HOLDERS, REPLY, Callers
from tests.city import HEAT, HOUSING

EXAMPLES = int(os.environ.get("JIESU_FUZZ", "400"))
KEPT = settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
TIMES = st.datetimes().map(lambda at: at.isoformat() + "+08:00") | st.sampled_from(
    ["2026-12-01T09:00:00+08:00", "2199-12-31T23:59:59-12:00", "2026-11-23", "9999-12-31T23:59:59Z", "24:00"]
)
CODES = ["CENTER", HEAT, HOUSING, "U030101", "U0201", "03.05", "03.01", "R0103", "petition", "no_photo", "province"]
REASONS = ["unreasonable", "outage", "not_answered", "litigation"]


def value_of(name: str) -> st.SearchStrategy[Any]:
    """A value that the fact might well have, so that most of a body passes and rules are reached."""
    fact = FACTS[name]
    if fact.type in ("text", "line"):
        return st.sampled_from(["已核实", "电话13812345678", "", " ", "长" * 201, "a\x00b"]) | st.text(max_size=40)
    if fact.type == "choice":
        return st.sampled_from(list(CHOICES[fact.of]))
    if fact.type == "when":
        return TIMES
    if fact.type == "yes":
        return st.booleans()
    if fact.type in ("int", "order", "id"):
        return st.integers(0, 3) | st.sampled_from([2**31, 2**53, 2**63, -1]) | st.sampled_from(NUMBERS)
    if fact.type == "files":
        return st.lists(st.sampled_from(["0" * 64, "g" * 64, "\0" * 64, "x"]), max_size=2)
    if fact.type == "units":
        return st.lists(st.sampled_from(CODES), max_size=3)
    return st.sampled_from([*CODES, *REASONS])


NUMBERS: list[int] = []
PARAMETERS = st.sampled_from(["state", "unit", "due_before", "cursor", "limit", "x"])


@st.composite
def bodies(draw: st.DrawFn, name: str) -> dict[str, Any]:
    move = MOVES[name]
    more = draw(st.lists(st.sampled_from(move.may), unique=True)) if move.may else []
    told = [*move.needs, *more]
    facts = {one: draw(value_of(one)) for one in told}
    if draw(st.integers(0, 4)) == 0:
        facts[draw(st.sampled_from(told) if told else st.text(max_size=5))] = draw(JUNK)
    return {"version": draw(st.integers(0, 30)) if draw(st.integers(0, 9)) == 0 else None, "facts": facts}


@pytest.fixture
def lives(callers: Callers) -> Callers:
    """Orders in many states, one whose callback was given, one with a child."""
    made = [callers.register(), callers.register(kind="praise"), callers.handling(), callers.in_callback()]
    child, parent, replied = callers.handling(), callers.handling(), callers.handling()
    callers.done("chen", child, "merge_into", parent=parent, reason="同一件事")
    callers.done("liu", replied, "first_contact", contact="reached", note="已约好")
    callers.done("ma", replied, "reply", **REPLY)
    NUMBERS[:] = [*made, child, parent, replied]
    return callers


@KEPT
@given(data=st.data())
def test_no_body_of_a_move_makes_an_internal_error(lives: Callers, data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(NUMBERS))
    name = data.draw(st.sampled_from([one.name for one in MOVES.values() if one.hand]))
    body = data.draw(bodies(name))
    roles = MOVES[name].by
    who = data.draw(st.sampled_from([one for one, (role, _) in HOLDERS.items() if role in roles] or list(HOLDERS)))
    before = orders.load(number)
    assert before is not None
    if body["version"] is None:
        body["version"] = before[0].order.version
    said = lives.post(who, f"/orders/{number}/moves/{name}", body)
    assert said.status in (200, 403, 409, 422), (who, name, body, said.body)
    after = orders.load(number)
    assert after is not None
    if said.status == 200:
        assert after[0].order.version == said.body["version"] > before[0].order.version
        assert replay(orders.events(number), number) == after[0].order
        for reader in ("liu", "fang"):
            for path in ("", "/events"):
                assert lives.get(reader, f"/orders/{number}{path}").status in (200, 403)
    else:
        assert after[0].order == before[0].order
        assert said.message


@settings(KEPT, max_examples=max(50, EXAMPLES // 2))
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


@settings(KEPT, max_examples=max(50, EXAMPLES // 2))
@given(content=st.binary(max_size=60) | JUNK.map(lambda one: json.dumps(one).encode()))
def test_no_bytes_make_an_internal_error(callers: Callers, content: bytes) -> None:
    for path in ("/orders", "/orders/2611230000001/moves/accept"):
        said = callers.call("POST", path, "zhou", content or b" ")
        assert said.status in (400, 404, 422), (content, said.body)


@settings(KEPT, max_examples=max(50, EXAMPLES // 2))
@given(query=st.dictionaries(PARAMETERS, st.text(max_size=12) | TIMES))
def test_no_query_makes_an_internal_error(callers: Callers, query: dict[str, str]) -> None:
    for who in ("zhou", "liu"):
        assert callers.get(who, f"/orders?{urlencode(query)}").status in (200, 403, 422)
