"""A demand is registered once, however often and however simultaneously it is sent."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import psycopg

from jiesu.store import orders, people, sql
from tests.api.caller import DEMAND, Callers, Said, counts
from tests.database import Clone


def test_a_demand_becomes_an_order(callers: Callers) -> None:
    said = callers.post("zhou", "/orders", DEMAND)
    order = said.body
    assert said.status == 201
    assert said.headers["Location"] == f"/api/v1/orders/{order['number']}"
    assert said.headers["Content-Type"] == "application/json; charset=utf-8"
    assert said.headers["Cache-Control"] == "no-store"
    assert (order["version"], order["state"], order["state_zh"]) == (1, "received", "待受理")
    assert (order["channel"], order["kind"], order["anonymous"]) == ("phone", "help", False)
    assert "demander" not in order
    assert "texts" not in order
    person = people.read(orders.load(order["number"])[0].order.person)  # type: ignore[index]
    assert person is not None
    assert (person.name, person.phone) == ("吴桂兰", "13800002222")
    assert sql.rows("SELECT source, channel FROM contact") == [("t1", "phone")]


def test_the_same_person_is_found_again_and_a_company_is_marked(callers: Callers) -> None:
    first, again = callers.register(), callers.register()
    company = callers.register(demander={"company": "雄关建材有限公司", "credit_code": "91000000MA0000000X"})
    held = [orders.load(number)[0].order for number in (first, again, company)]  # type: ignore[index]
    assert held[0].person == held[1].person != held[2].person
    assert [one.enterprise for one in held] == [False, False, True]


def test_without_a_demander_the_order_is_anonymous(callers: Callers) -> None:
    number = callers.register(demander=None)
    order = callers.get("zhou", f"/orders/{number}").body
    assert (order["anonymous"], order["demander"]) == (True, None)


# -- the same request again


def test_the_same_key_and_body_give_the_same_order(callers: Callers) -> None:
    first = callers.post("zhou", "/orders", DEMAND, Idempotency_Key="grid-0001")
    callers.done("chen", first.body["number"], "accept")
    turned = dict(reversed(DEMAND.items()))
    again = callers.post("zhou", "/orders", turned, Idempotency_Key="grid-0001")
    assert (first.status, again.status) == (201, 200)
    assert (again.body["number"], again.body["state"]) == (first.body["number"], "accepted")
    assert again.headers["Location"] == first.headers["Location"]
    assert counts() == (1, 2, 1, 1)


def test_the_same_key_with_another_body_is_refused(callers: Callers) -> None:
    callers.post("zhou", "/orders", DEMAND, Idempotency_Key="grid-0001")
    other = callers.post("zhou", "/orders", {**DEMAND, "text": "另一件事"}, Idempotency_Key="grid-0001")
    assert (other.status, other.code, other.body["error"]["field"]) == (
        422,
        "idempotency_key_reused",
        "Idempotency-Key",
    )
    assert other.message == "这个 Idempotency-Key 已用于另一个内容不同的请求；重试请原样重发，新的请求请换一个"
    assert counts() == (1, 1, 1, 1)


def test_keys_belong_to_their_token(callers: Callers) -> None:
    numbers = {callers.post(who, "/orders", DEMAND, Idempotency_Key="1").body["number"] for who in ("zhou", "chen")}
    assert len(numbers) == 2


def test_a_refused_request_leaves_its_key_free(callers: Callers) -> None:
    assert callers.post("zhou", "/orders", {**DEMAND, "kind": "x"}, Idempotency_Key="1").status == 422
    assert callers.post("zhou", "/orders", DEMAND, Idempotency_Key="1").status == 201


def test_without_a_key_every_request_is_a_new_order(callers: Callers) -> None:
    assert callers.register() != callers.register()


def test_the_table_of_keys_tells_nothing_of_what_was_asked(callers: Callers) -> None:
    callers.post("zhou", "/orders", DEMAND, Idempotency_Key="1")
    ((digest,),) = sql.rows("SELECT digest FROM idempotency_key")
    assert len(bytes(digest)) == 17  # the id of the search key, and a keyed hash


def test_the_key_and_the_order_are_written_together_or_not_at_all(callers: Callers, db: Clone) -> None:
    with psycopg.connect(db.url("super"), autocommit=True) as server:
        server.execute("ALTER TABLE idempotency_key ADD CONSTRAINT none_today CHECK (key <> 'k')")
    said = callers.post("zhou", "/orders", DEMAND, Idempotency_Key="k")
    assert said.status == 500
    assert counts() == (0, 0, 0, 0)


def test_rivals_with_one_key_make_one_order(callers: Callers) -> None:
    from django.db import connections  # noqa: PLC0415 - Django can be imported only once it is set up

    def send(_: int) -> Said:
        try:
            return callers.post("zhou", "/orders", DEMAND, Idempotency_Key="rivals")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(send, range(24)))
    assert len({said.body["number"] for said in answers}) == 1
    assert sorted(said.status for said in answers) == [200] * 23 + [201]
    assert counts() == (1, 1, 1, 1)


def test_rivals_with_one_key_and_different_bodies_make_one_order(callers: Callers) -> None:
    from django.db import connections  # noqa: PLC0415 - Django can be imported only once it is set up

    def send(part: int) -> Said:
        try:
            return callers.post("zhou", "/orders", {**DEMAND, "text": f"第{part}件事"}, Idempotency_Key="rivals")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(said.status for said in pool.map(send, range(8)))
    assert statuses == [201] + [422] * 7
    assert counts() == (1, 1, 1, 1)


def test_a_body_is_compared_as_json(callers: Callers) -> None:
    spaced = json.dumps(DEMAND, ensure_ascii=False, indent=3).encode()
    first = callers.call("POST", "/orders", "zhou", spaced, headers={"Idempotency-Key": "1"})
    again = callers.post("zhou", "/orders", DEMAND, Idempotency_Key="1")
    assert (first.status, again.status) == (201, 200)
