"""The wall says what is open, late and many, shows no person, and is for those who watch the whole city."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests import city
from tests.city import local
from tests.web.desk import ADMINISTRATOR, AGENT, ANALYST, HEAT_CLERK, LEADER, SUPERVISOR, Desk


def test_what_is_open_late_and_many(november: tuple[Desk, int]) -> None:
    from jiesu.store import counting, rules

    desk, _ = november
    desk.at = local("2026-12-01 10:00")
    counting.fill_due(desk.at)
    # December has no day behind it yet; the wall still says what is open.
    page = desk.get(LEADER, "/wall")
    assert "0 今天受理 15 未办结 0 今天特急 0 将超期 15 已超期" in page.words
    assert "2026年11月三率 响应率 93.33% 14/15 按时办结率 0.00% 0/15" in page.words
    assert "超期工单，超期最久的在前 管网改造与保温 供热公司，工人村社区 应于 11月30日 17:30 前" in page.words
    assert "另有 7 件" in page.words
    assert "钢城街道 0 超期 15" in page.words
    assert 'href="/figures/of/2026-11/response/all"' in page.html
    assert 'href="/leader/red"' in page.html
    desk.at = local("2026-11-25 10:00")
    city.dispatched(urgency="emergency")
    counting.fill_due(desk.at)
    page = desk.get(SUPERVISOR, "/wall")
    assert "钢城街道 16" in page.words
    assert "管网改造与保温 13 多 13" in page.words
    assert 'href="/work/red"' in page.html
    # What anybody who passes by may read: neither who asked, nor what exactly, nor where he lives.
    assert "楼外的热力管道" not in page.html
    assert "工人村二区" not in page.html
    rules.current()
    desk.browser(LEADER)
    with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
        assert desk.browser(LEADER).get("/wall").status_code == 200
    assert len(ours) + len(djangos) == 5


def test_a_secret_order_is_named_as_such_alone(november: tuple[Desk, int]) -> None:
    desk, late = november
    sql.run("UPDATE work_order SET secret = true, due_at = due_at - interval '1 day' WHERE number = %s", (late,))
    page = desk.get(LEADER, "/wall")
    assert "超期最久的在前 保密工单 供热公司 应于 11月29日 17:30 前" in page.words


def test_the_wall_is_for_those_who_watch_the_city(november: tuple[Desk, int]) -> None:
    desk, _ = november
    for who in (ANALYST, ADMINISTRATOR, AGENT, HEAT_CLERK):
        assert desk.get(who, "/wall").status == 403
    assert desk.anybody().get("/wall").status_code == 302
    assert desk.anybody().get("/wall", headers={"X-Part": "wall"}).status_code == 401
