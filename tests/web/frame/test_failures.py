"""When something cannot be shown: words that say what happened, what is safe and what to do, and no more."""

from __future__ import annotations

import logging

import pytest

from jiesu.store import orders
from tests import city
from tests.web.desk import AGENT, HEAT_CLERK, Desk, events_of


def test_a_fault_in_the_house_says_what_is_safe_and_nothing_of_anybody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    order = city.handling(name="张小凤", phone="13800001111", text="隔壁老王家漏水")
    browser = desk.browser(HEAT_CLERK)
    browser.raise_request_exception = False

    def broken(number: int, **_: object) -> None:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(orders, "load", broken)
    with caplog.at_level(logging.ERROR):
        page = browser.get(f"/order/{order.number}?name=张小凤")
        form = browser.post(f"/order/{order.number}/note", {"seen": "4", "note": "张小凤家漏水"})
    for answer in (page, form):
        html = answer.content.decode()
        assert answer.status_code == 500
        assert "系统出了问题，已提交的内容不受影响，未提交的没有写入。" in html
        assert "张小凤" not in html
        assert "RuntimeError" not in html
    assert "张小凤" not in caplog.text
    assert "漏水" not in caplog.text
    monkeypatch.undo()
    assert len(events_of(order.number)) == 4


def test_a_failure_is_shown_in_the_frame_of_who_is_signed_in(desk: Desk) -> None:
    inside = desk.get(AGENT, "/order/2611230009999")
    assert "周敏" in inside.words
    assert "search" in inside.forms
    outside = desk.anybody().get("/nowhere")
    assert outside.status_code == 404
    assert "周敏" not in outside.content.decode()


def test_the_wrong_way_of_asking_is_answered_in_words(desk: Desk) -> None:
    order = city.handling()
    seen = desk.get(AGENT, f"/order/{order.number}/note")
    assert (seen.status, "这个地址只接收表单。" in seen.words) == (405, True)


def test_a_form_with_too_many_fields_is_a_bad_request(desk: Desk) -> None:
    order = city.handling()
    seen = desk.post(AGENT, f"/order/{order.number}/note", {f"field{at}": "x" for at in range(2100)})
    assert seen.status == 400
    assert "没有改动任何工单" in seen.words
