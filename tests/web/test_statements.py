"""How many statements a page costs (architecture.md §5): 6 for a move, 5 for a list, session and person included."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests import city
from tests.city import HOUR, MONDAY
from tests.web import situations
from tests.web.desk import (
    AGENT,
    CALLER,
    DISPATCHER,
    HEAT_CLERK,
    HEAT_LEADER,
    LEADER,
    REVIEWER,
    SUPERVISOR,
    Desk,
    Form,
)

Cost = Callable[..., int]


@pytest.fixture
def cost(desk: Desk) -> Cost:
    """The statements of one request by somebody who is signed in, once this process knows the city's rules."""
    from jiesu.store import rules  # noqa: PLC0415 - Django can be imported only once it is set up

    def count(who: str, address: str, given: dict[str, object] | None = None, status: int = 200) -> int:
        browser = desk.browser(who)
        rules.current()
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            answer = browser.get(address) if given is None else browser.post(address, given)
        assert answer.status_code == status
        begun = [one["sql"] for one in djangos if one["sql"] not in ("BEGIN", "COMMIT", "ROLLBACK")]
        return len(ours) + len(begun)

    return count


@pytest.mark.parametrize(
    ("who", "queue"),
    [(DISPATCHER, "received"), (DISPATCHER, "all?kind=help"), (HEAT_CLERK, "sign"), (HEAT_LEADER, "mine")]
    + [(REVIEWER, "review"), (CALLER, "callback"), (SUPERVISOR, "decide"), (LEADER, "instructed")],
)
def test_a_list_costs_at_most_five(desk: Desk, cost: Cost, who: str, queue: str) -> None:
    for _ in range(3):
        situations.extension_asked()
        city.replied()
    assert cost(who, f"/work/{queue}") == 4  # session, person, frame, rows


def new_photo() -> SimpleUploadedFile:
    """A picture that no test before has left in the data directory."""
    return SimpleUploadedFile("现场.png", b"\x89PNG" + secrets.token_bytes(16), content_type="image/png")


def sent(form: Form, **given: object) -> dict[str, object]:
    return {"seen": form.values["seen"][0], "rules": form.values["rules"][0], **given}


def test_a_move_costs_at_most_six(desk: Desk, cost: Cost) -> None:
    order = situations.contacted()
    desk.at = MONDAY + HOUR

    def move(who: str, name: str, status: int = 302, **given: object) -> int:
        form = desk.order(who, order.number).forms[name]
        return cost(who, form.action, sent(form, **given), status)

    assert move(HEAT_CLERK, "note", note="阀门锈死") == 4  # session, person, order, event
    assert move(HEAT_LEADER, "reply", **city.REPLY, files=new_photo()) == 6  # the file's row, and whose it is
    assert move(REVIEWER, "pass_review", note="属实") == 4
    assert move(CALLER, "callback_attempt", attempt="answered", resolved="resolved", rating="satisfied") == 4
    assert move(CALLER, "close") == 4


def test_a_form_that_others_passed_by_costs_one_more(desk: Desk, cost: Cost) -> None:
    order = city.dispatched()
    form = desk.order(HEAT_CLERK, order.number).forms["acknowledge"]
    desk.move(SUPERVISOR, order.number, "urge", reason="请先签收")
    assert cost(HEAT_CLERK, form.action, sent(form), 302) == 5


def test_an_urgent_dispatch_and_a_merge_cost_at_most_eight(desk: Desk, cost: Cost) -> None:
    urgent, child, parent = city.accepted(urgency="urgent"), city.accepted(), city.handling()
    form = desk.order(DISPATCHER, urgent.number).forms["dispatch"]
    assert cost(DISPATCHER, form.action, sent(form, lead="供热公司"), 302) == 5  # and the job that phones
    form = desk.order(DISPATCHER, child.number).forms["merge_into"]
    assert cost(DISPATCHER, form.action, sent(form, parent=parent.number), 302) == 7  # two orders are moved


def test_registering_costs_at_most_six(desk: Desk, cost: Cost) -> None:
    given = {"text": "路灯不亮", "channel": "phone", "urgency": "normal"}
    assert cost(AGENT, "/register", given, 302) == 4  # session, person, serial, order
    assert cost(AGENT, "/register", {**given, "name": "张小凤", "phone": "13800001111"}, 302) == 5
    assert cost(AGENT, "/register", {**given, "name": "张小凤", "phone": "13800001111"}, 302) == 5


def test_the_order_page_costs_no_more_for_a_long_way(desk: Desk, cost: Cost) -> None:
    order = situations.contacted()
    desk.order(HEAT_CLERK, order.number)  # names of people are read once by a process
    short = cost(HEAT_CLERK, f"/order/{order.number}")
    for hour in range(5):
        desk.at = MONDAY + (1 + hour) * HOUR
        desk.move(HEAT_CLERK, order.number, "note", note="仍在施工")
    assert short == cost(HEAT_CLERK, f"/order/{order.number}") == 7


def test_what_stands_around_an_order_costs_few(desk: Desk, cost: Cost) -> None:
    order = situations.contacted()
    number, browser = order.number, desk.browser(HEAT_CLERK)
    with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
        assert browser.get(f"/order/{number}", headers={"X-Part": "way"}).status_code == 200
    assert len(ours) + len(djangos) == 4  # session, person, order, what stands beside it
    paper = {"form": "docx", "personal": "yes", "reason": "带去现场"}
    assert cost(HEAT_CLERK, f"/order/{number}/paper", paper) == 5  # and the record that it was taken
