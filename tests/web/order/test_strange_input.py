"""Whatever a browser, a hand or a machine sends, a page answers in words and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from tests import city
from tests.web import situations
from tests.web.desk import AGENT, CALLER, DISPATCHER, HEAT_CLERK, Desk, events_of

NUL, HUGE = "一\0二", "9" * 30


@pytest.mark.parametrize(
    "query",
    [
        "urgency=%00",
        "matter=%00",
        "region=' OR 1=1--",
        "unit=%25",
        "state=closed%00",
        "due_before=yesterday",
        "due_before=0001-01-01",
        "due_before=9999-12-31",
        f"after=2026-11-23T10:00:00~{HUGE}",
        "after=0001-01-01~5",
        "after=infinity~-1",
        "after=x~y",
        "unknown=1",
    ],
)
@pytest.mark.parametrize("address", ["/work/all", "/work/received"])
def test_a_list_reads_what_it_understands(module_desk: Desk, address: str, query: str) -> None:
    assert module_desk.get(DISPATCHER, f"{address}?{query}").status == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/order/{HUGE}", 404),
        ("/order/0", 404),
        ("/order/2611230009999", 404),
        ("/order/abc", 404),
        (f"/order/{HUGE}/file/{'a' * 64}", 404),
        ("/work/nothing-like-it", 200),
        ("/register/nowhere", 404),
        ("/%00", 404),
    ],
)
def test_an_address_that_leads_nowhere_says_so(module_desk: Desk, address: str, status: int) -> None:
    seen = module_desk.get(AGENT, address)
    assert seen.status == status
    assert "接诉" in seen.title


@pytest.mark.parametrize(
    "asked", ["", " ", NUL, HUGE, "的" * 5000, "%", "'", "\\", "<script>", "8613800001111", "a b & | !"]
)
def test_the_search_box_takes_anything(module_desk: Desk, asked: str) -> None:
    seen = module_desk.post(AGENT, "/search", {"q": asked})
    assert seen.status == 200
    assert "<script>" not in seen.html


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("note", {"note": NUL}),
        ("note", {"note": "字" * 20_001}),
        ("link", {"other": HUGE}),
        ("link", {"other": "-5"}),
        ("link", {"other": "５"}),
        ("correct", {"reason": "错", "matter": "nothing"}),
        ("correct", {"reason": "错", "region": NUL}),
        ("correct", {"reason": "错", "place": "长" * 201}),
        ("add_leg", {"unit": NUL, "reason": "要"}),
        ("release_leg", {"unit": city.HEAT, "reason": "要"}),
        ("reassign", {"lead": city.HOUSING, "assist": [city.HEAT, city.HEAT], "reason": "要", "basis": "据"}),
    ],
)
def test_a_form_with_nonsense_is_refused_beside_its_field(module_desk: Desk, name: str, given: dict[str, Any]) -> None:
    order = city.handling()
    seen = module_desk.move(DISPATCHER, order.number, name, **given)
    assert seen.status == 422
    assert len(seen.forms[name].problems) == 1
    assert len(events_of(order.number)) == order.version


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59", "tomorrow", "2026-13-01T00:00", NUL])
def test_a_moment_must_be_one(module_desk: Desk, moment: str) -> None:
    order = situations.late_acknowledged()
    module_desk.at = order.last_at or city.MONDAY
    given = {"act": "acknowledge", "claimed_at": moment, "late_reason": "outage", "evidence": "签收单"}
    seen = module_desk.move(HEAT_CLERK, order.number, "claim_late_entry", **given)
    assert seen.status == 422
    assert list(seen.forms["claim_late_entry"].problems) == ["claimed_at"]


def test_a_version_that_never_was_is_a_conflict(module_desk: Desk) -> None:
    order = city.registered()
    for seen in ("0", HUGE, "99"):
        page = module_desk.move(AGENT, order.number, "accept", seen=seen)
        assert page.status == 409
    assert len(events_of(order.number)) == 1


@pytest.mark.parametrize("name", ["register", "absorb", "erase", "nothing", "rate"])
def test_what_is_not_made_by_hand_has_no_address(module_desk: Desk, name: str) -> None:
    order = city.registered()
    seen = module_desk.post(AGENT, f"/order/{order.number}/{name}", {"seen": "1"})
    assert seen.status == 404
    assert len(events_of(order.number)) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"text": ""},
        {"text": NUL},
        {"text": "路灯不亮", "name": NUL},
        {"text": "路灯不亮", "phone": "1" * 400},
        {"text": "路灯不亮", "channel": "pigeon"},
        {"text": "路灯不亮", "happened_at": "x"},
    ],
)
def test_registering_nonsense_writes_nothing(module_desk: Desk, given: dict[str, str]) -> None:
    seen = module_desk.post(AGENT, "/register", {"channel": "phone", **given})
    assert (seen.status, seen.address) == (422, "/register")


def test_the_history_of_a_number_takes_anything(module_desk: Desk) -> None:
    for phone in (NUL, HUGE, "", "不是号码"):
        assert module_desk.post(AGENT, "/register/caller", {"phone": phone}).status == 200


def test_signing_in_takes_anything(module_desk: Desk) -> None:
    for login in (NUL, "", "字" * 300):
        assert module_desk.anybody().post("/login", {"login": login, "password": NUL}).status_code == 403


def test_a_page_of_another_role_is_forbidden_in_words(module_desk: Desk) -> None:
    seen = module_desk.get(CALLER, "/register")
    assert seen.status == 403
    assert "不在您的权限内" in seen.words
