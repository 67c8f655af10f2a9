"""Signing in, being kept out, and going home."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from jiesu.demo import load
from jiesu.store.models import Staff, StaffRole
from tests import city
from tests.database import Clone
from tests.web.desk import AGENT, HEAT_CLERK, HEAT_LEADER, SHIFT, Desk, events_of

WRONG = {"login": AGENT, "password": "wrong"}
RIGHT = {"login": AGENT, "password": load.PASSWORD}


def test_who_is_not_signed_in_is_asked_to_and_comes_back(desk: Desk) -> None:
    order = city.registered()
    browser = desk.anybody()
    asked = browser.get(f"/order/{order.number}?x=1")
    assert (asked.status_code, asked.url) == (302, f"/login?next=/order/{order.number}%3Fx%3D1")
    page = browser.get(asked.url)
    assert "账号" in page.content.decode()
    back = browser.post("/login", {**RIGHT, "next": f"/order/{order.number}?x=1"})
    assert (back.status_code, back.url) == (302, f"/order/{order.number}?x=1")


@pytest.mark.parametrize("next", ["https://example.org/", "//example.org/", "javascript:alert(1)", "/\\example.org"])
def test_nobody_is_led_away_after_signing_in(desk: Desk, next: str) -> None:
    back = desk.anybody().post("/login", {**RIGHT, "next": next})
    assert back.url == "/"


def test_the_page_shows_who_and_in_which_roles(desk: Desk) -> None:
    section = desk.get("zhujian_k1", "/")
    assert "桑梓林" in section.words
    assert "联络员、单位领导" in section.words


def test_wrong_words_are_answered_alike_for_known_and_unknown_accounts(desk: Desk) -> None:
    browser = desk.anybody()
    known = browser.post("/login", WRONG)
    unknown = browser.post("/login", {"login": "nobody", "password": "wrong"})
    assert known.status_code == unknown.status_code == 403
    for page in (known, unknown):
        assert "账号或密码不对，请重新输入。忘记密码请联系管理员。" in page.content.decode()


def test_after_five_wrong_tries_the_account_waits_and_others_do_not(desk: Desk) -> None:
    browser = desk.anybody()
    assert [browser.post("/login", WRONG).status_code for _ in range(5)] == [403] * 5
    sixth = browser.post("/login", RIGHT)
    assert sixth.status_code == 429
    assert "连续输错 5 次，请 5 分钟后再试，或联系管理员。" in sixth.content.decode()
    assert browser.post("/login", {**RIGHT, "login": HEAT_CLERK}).status_code == 302


_ELSEWHERE = """
import django
django.setup()
from django.test import Client
print([Client().post("/login", {"login": %r, "password": "wrong"}).status_code for _ in range(3)])
"""


def test_tries_at_another_web_process_count_too(desk: Desk, db: Clone) -> None:
    environ = {**db.environ, "DJANGO_SETTINGS_MODULE": "jiesu.settings", "JIESU_ROLE": "app"}
    other = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE % AGENT], env=environ, capture_output=True, text=True, check=True
    )
    assert other.stdout == "[403, 403, 403]\n"
    browser = desk.anybody()
    assert [browser.post("/login", WRONG).status_code for _ in range(2)] == [403] * 2
    assert browser.post("/login", RIGHT).status_code == 429


def test_a_right_password_forgets_the_wrong_ones(desk: Desk) -> None:
    browser = desk.anybody()
    for _ in range(4):
        browser.post("/login", WRONG)
    assert browser.post("/login", RIGHT).status_code == 302
    assert [browser.post("/login", WRONG).status_code for _ in range(5)] == [403] * 5


def test_signing_out_ends_the_session(desk: Desk) -> None:
    browser = desk.browser(AGENT)
    assert browser.get("/work/received").status_code == 200
    assert browser.get("/logout").status_code == 405
    assert browser.post("/logout").url == "/login"
    assert browser.get("/work/received").url == "/login?next=/work/received"


def test_an_account_that_was_closed_or_has_a_new_password_is_out_at_once(desk: Desk) -> None:
    browser = desk.browser(AGENT)
    account = Staff.objects.get(login=AGENT)
    account.set_password("another-one-2026")
    account.save()
    assert browser.get("/work/received").status_code == 302
    Staff.objects.filter(login=HEAT_CLERK).update(is_active=False)
    inactive = desk.anybody().post("/login", {"login": HEAT_CLERK, "password": load.PASSWORD})
    assert inactive.status_code == 403


def test_a_session_lasts_one_long_shift(desk: Desk) -> None:
    browser = desk.browser(AGENT)
    desk.at += timedelta(hours=11)
    assert browser.get("/work/received").status_code == 200
    desk.at += timedelta(hours=2)
    assert browser.get("/work/received").status_code == 302


def test_a_delegate_acts_for_the_leader_only_while_the_delegation_lasts(desk: Desk) -> None:
    clerk = Staff.objects.get(login=HEAT_CLERK)
    until = desk.at + SHIFT
    StaffRole.objects.create(staff=clerk, role="unit_leader", unit_id=city.HEAT, since=desk.at, until=until)
    order = city.handling()
    assert "request_extension" in desk.order(HEAT_CLERK, order.number).forms
    desk.at = until
    assert "request_extension" not in desk.order(HEAT_CLERK, order.number).forms


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(desk: Desk) -> None:
    order = city.handling()
    form = desk.order(HEAT_LEADER, order.number).forms["note"]
    browser = desk.browser(HEAT_LEADER)
    browser.logout()
    asked = browser.post(form.action, {"seen": str(order.version), "note": "已安排"})
    assert asked.url == f"/login?next=/order/{order.number}"
    assert len(events_of(order.number)) == order.version


def test_a_form_from_elsewhere_is_not_taken(desk: Desk) -> None:
    answer = desk.anybody(strict=True).post("/login", RIGHT)
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_pages_allow_nothing_inline_and_nothing_from_elsewhere(desk: Desk) -> None:
    answer = desk.browser(AGENT).get("/work/received")
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert (policy["object-src"], policy["frame-ancestors"], policy["base-uri"]) == ("'none'", "'none'", "'none'")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"
    html = answer.content.decode()
    assert "<style" not in html
    assert " style=" not in html
    assert " onclick=" not in html
    assert html.count("<script") == html.count('<script src="/static/')
