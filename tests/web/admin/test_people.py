"""Accounts at their pages: made with a password that is shown once, switched off at once, never two ways in."""

from __future__ import annotations

import re

from jiesu.store.models import Staff
from tests.city import local
from tests.web.admin.forms import saved, sent
from tests.web.desk import ADMINISTRATOR, AGENT, Desk, Seen


def password_on(page: Seen) -> str:
    (found,) = re.findall(r"<code>([a-z2-9-]+)</code>", page.html)
    return str(found)


def test_a_new_account_gets_a_password_that_is_shown_once(desk: Desk) -> None:
    roles = {"roles.role.0": "unit_clerk", "roles.unit.0": "供热公司", "roles.since.0": "2026-12-01"}
    fresh = desk.get(ADMINISTRATOR, "/admin/staff/new")
    checked = sent(desk, "/admin/staff/new", fresh, "check", login="xinren", name="新人", reason="新到岗", **roles)
    shown = sent(desk, "/admin/staff/new", checked, "save")
    assert "只显示这一次" in shown.words
    password = password_on(shown)
    staff = Staff.objects.get(login="xinren")
    assert staff.must_change
    assert password not in desk.get(ADMINISTRATOR, f"/admin/staff/one/{staff.id}").html
    assert password not in desk.get(ADMINISTRATOR, "/admin/history").html


def test_a_one_time_password_opens_only_its_own_exchange(desk: Desk) -> None:
    number = Staff.objects.get(login=AGENT).id
    old = desk.browser(AGENT)
    assert old.get("/register").status_code == 200
    shown = desk.post(ADMINISTRATOR, "/admin/staff/password", {"staff": number, "reason": "忘记密码"})
    password = password_on(shown)
    assert old.get("/register").status_code == 302, "the old session has ended"
    fresh = desk.anybody()
    assert fresh.post("/login", {"login": AGENT, "password": password}).status_code == 302
    assert fresh.get("/register").headers["Location"] == "/password"
    assert fresh.get("/notices", headers={"X-Part": "main"}).status_code == 403
    assert "一次性密码" in fresh.get("/password").content.decode()
    wrong = fresh.post("/password", {"old": password, "new": "短", "again": "短"})
    assert wrong.status_code == 422
    assert "密码至少 8 位" in wrong.content.decode()
    mine = {"old": password, "new": "冬天的雪 2026", "again": "冬天的雪 2026"}
    assert fresh.post("/password", mine).headers["Location"] == "/"
    assert fresh.get("/register").status_code == 200
    again = {"old": "冬天的雪 2026", "new": "春天的雨 2027", "again": "春天的雨 2027"}
    assert "密码已改" in fresh.post("/password", again, follow=True).content.decode()


def test_a_one_time_password_goes_stale(desk: Desk) -> None:
    number = Staff.objects.get(login=AGENT).id
    password = password_on(desk.post(ADMINISTRATOR, "/admin/staff/password", {"staff": number, "reason": "忘记"}))
    assert desk.post(ADMINISTRATOR, "/admin/staff/password", {"staff": number, "reason": ""}).status == 422
    assert desk.post(ADMINISTRATOR, "/admin/staff/password", {"staff": "x", "reason": "忘记"}).status == 422
    desk.at = local("2026-11-27 10:00")
    late = desk.anybody().post("/login", {"login": AGENT, "password": password})
    assert late.status_code == 403
    assert "一次性密码已经过期" in late.content.decode()


def test_who_is_switched_off_is_out_at_once(desk: Desk) -> None:
    browser = desk.browser(AGENT)
    address = f"/admin/staff/one/{Staff.objects.get(login=AGENT).id}"
    page = sent(desk, address, desk.get(ADMINISTRATOR, address), "check", active="否")
    assert "不再有这些工作台：受理" in page.words
    sent(desk, address, page, "save", reason="离职")
    assert browser.get("/register").status_code == 302
    saved(desk, address, active="是")
    assert browser.get("/register").status_code == 302, "an old session does not come back with the account"
