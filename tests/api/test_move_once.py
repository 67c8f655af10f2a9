"""A move is made once, however often and however simultaneously it is sent with one key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from jiesu.store import orders, people, sql
from tests.api.caller import DEMAND, Callers, Said, counts

NOTE = {"facts": {"note": "已安排师傅上门"}}


def moves_of(number: int) -> list[str]:
    return [event.move for event in orders.events(number)]


def test_the_same_key_and_body_make_one_move(callers: Callers) -> None:
    number = callers.register()
    body = {"version": 1, "facts": {}}
    first = callers.post("chen", f"/orders/{number}/moves/accept", body, Idempotency_Key="a-1")
    again = callers.post("chen", f"/orders/{number}/moves/accept", body, Idempotency_Key="a-1")
    assert (first.status, again.status) == (200, 200)
    assert first.body == again.body
    assert moves_of(number) == ["register", "accept"]


def test_the_same_key_with_another_body_move_or_order_is_refused(callers: Callers) -> None:
    number, other = callers.handling(), callers.handling()
    assert callers.post("liu", f"/orders/{number}/moves/note", NOTE, Idempotency_Key="n-1").status == 200
    sent = [
        (f"/orders/{number}/moves/note", {"facts": {"note": "另一件事"}}),
        (f"/orders/{number}/moves/first_contact", NOTE),
        (f"/orders/{other}/moves/note", NOTE),
    ]
    for path, body in sent:
        said = callers.post("liu", path, body, Idempotency_Key="n-1")
        assert (said.status, said.code) == (422, "idempotency_key_reused")
        assert said.message == "这个 Idempotency-Key 已用于另一个内容不同的请求；重试请原样重发，新的请求请换一个"
    assert [moves_of(one).count("note") for one in (number, other)] == [1, 0]


def test_a_key_of_a_demand_is_none_for_a_move(callers: Callers) -> None:
    number = callers.post("chen", "/orders", DEMAND, Idempotency_Key="1").body["number"]
    said = callers.post("chen", f"/orders/{number}/moves/note", NOTE, Idempotency_Key="1")
    assert (said.status, said.code) == (422, "idempotency_key_reused")


def test_a_refused_move_leaves_its_key_free(callers: Callers) -> None:
    number = callers.handling()
    path = f"/orders/{number}/moves/note"
    assert callers.post("liu", path, {"facts": {"note": ""}}, Idempotency_Key="1").status == 422
    assert callers.post("liu", path, NOTE, Idempotency_Key="1").status == 200


def test_opening_a_field_is_recorded_each_time(callers: Callers) -> None:
    number = callers.handling()
    body = {"facts": {"field": "phone", "reason": "核对号码"}}
    for _ in range(2):
        said = callers.post("chen", f"/orders/{number}/moves/reveal", body, Idempotency_Key="1")
        assert said.body["revealed"]["value"] == "13800002222"
    assert moves_of(number).count("reveal") == 2


def test_a_field_that_the_role_may_not_open_is_refused_and_shows_nothing(callers: Callers) -> None:
    number = callers.handling()
    said = callers.move("he", number, "reveal", None, field="address", reason="核对")
    assert said.status == 422
    assert said.message == "按规定，您的岗位不能打开这张工单的“地址”；确需了解，请找能打开的岗位核对"
    assert "revealed" not in said.body
    assert "reveal" not in moves_of(number)


def test_rivals_with_one_key_make_one_move(callers: Callers) -> None:
    from django.db import connections  # noqa: PLC0415 - Django can be imported only once it is set up

    number = callers.handling()

    def send(_: int) -> Said:
        try:
            return callers.post("liu", f"/orders/{number}/moves/note", NOTE, Idempotency_Key="rivals")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        statuses = [said.status for said in pool.map(send, range(8))]
    assert statuses == [200] * 8
    assert moves_of(number).count("note") == 1


# -- one person, however many lines ring at once


def test_first_calls_at_once_from_one_phone_make_one_person(callers: Callers) -> None:
    from django.db import connections  # noqa: PLC0415 - Django can be imported only once it is set up

    def send(_: int) -> int:
        try:
            return callers.post("zhou", "/orders", DEMAND).status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(send, range(16))) == [201] * 16
    assert counts() == (16, 16, 1, 0)


def test_who_was_erased_calls_again_as_somebody_new(callers: Callers) -> None:
    first = orders.load(callers.register())[0].order.person  # type: ignore[index]
    assert first is not None
    people.erase(first, orders.load(callers.register())[0].order.received_at)  # type: ignore[index,arg-type]
    again = [orders.load(callers.register())[0].order.person for _ in range(2)]  # type: ignore[index]
    assert again[0] == again[1] != first
    assert sql.value("SELECT count(*) FROM person WHERE erased_at IS NULL") == 1
