"""The search for signals: asked for at the desk, done by the worker, seen as it goes on, called off, failed, lost."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.domain import windows
from jiesu.domain.gaming import Signal
from jiesu.store import sql
from tests.city import HEAT
from tests.web.bulletin.month import MONTH, OVER
from tests.web.desk import AGENT, ANALYST, HEAT_CLERK, INSPECTOR, SUPERVISOR, Desk, Seen

PAGE = f"/bulletin/signals?month={MONTH}"
FOUND = [Signal(HEAT, "copied_replies", 14, 24, 0.05, (1, 2))]
Look = Callable[[str, int, int], None]


@pytest.fixture(autouse=True)
def over(desk: Desk) -> None:
    desk.at = OVER


def find(desk: Desk, who: str = SUPERVISOR, month: str = MONTH) -> Seen:
    return desk.post(who, "/bulletin/signals/find", {"month": month})


def stop(desk: Desk, who: str = SUPERVISOR) -> Seen:
    return desk.post(who, "/bulletin/signals/stop", {"month": MONTH})


def progress(desk: Desk, who: str = SUPERVISOR) -> Any:
    return desk.browser(who).get(f"/bulletin/signals/search?month={MONTH}", headers={"X-Part": "progress"})


def jobs() -> list[dict[str, Any]]:
    rows = sql.rows("SELECT args::text FROM procrastinate_jobs WHERE task_name = 'find_signals' ORDER BY id")
    return [json.loads(args) for (args,) in rows]


def work(at: datetime = OVER, step: timedelta = timedelta(seconds=2), no: int = 1) -> int | None:
    """Do what the worker would; its clock goes on by a step at every look."""
    from jiesu.assessment import searching

    clock = iter(at + n * step for n in range(1_000))
    return searching.carry_out(windows.read(MONTH), no, clock=lambda: next(clock))


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> Callable[[Look | None], None]:
    """Have the search find one signal, and do something in the middle of it."""

    def given(middle: Look | None = None) -> None:
        from jiesu.assessment import searching

        def signals(_: Any, looking: Look) -> list[Signal]:
            looking("deadline_burst", 0, 6)
            if middle is not None:
                middle("deadline_burst", 0, 6)
            looking("copied_replies", 4, 6)
            return FOUND

        monkeypatch.setattr(searching, "signals", signals)

    return given


def test_a_search_is_done_in_the_background_and_its_end_is_seen(desk: Desk, finds: Any) -> None:
    page = find(desk)
    assert "董春梅 12月1日 09:00 查找，等后台开始。可以离开这一页，结果留在这里。" in page.words
    assert "正在查找，找到的会列在这里。" in page.words
    assert 'data-progress="/bulletin/signals/search?month=2026-11"' in page.html
    assert jobs() == [{"window": MONTH, "no": 1}]

    def seen(*_: Any) -> None:
        part = progress(desk).content.decode()
        assert "正在看“到期前一小时内集中答复”，第 1 项，共 6 项" in part
        assert 'value="0"' in part

    finds(seen)
    assert work() == 1
    part = progress(desk).content.decode()
    assert "董春梅 12月1日 09:00 查找：找到 1 条新线索，已告诉所说的单位。" in part
    assert "data-progress" not in part
    assert 'data-renews="signals-count signals-find signals-found"' in part
    page = desk.get(SUPERVISOR, PAGE)
    assert "供热公司 答复雷同：24 件中 14 件（58%），其他单位平均 5%" in page.words
    assert sql.value("SELECT count(*) FROM notice WHERE number = 0") == 1
    assert work() is None  # the job comes twice
    assert sql.value("SELECT count(*) FROM notice WHERE number = 0") == 1
    find(desk, INSPECTOR)
    assert work(no=1) is None  # an old job is nobody's
    assert work(no=2) == 0
    assert "没有新的线索。" in desk.get(SUPERVISOR, PAGE).words
    assert sql.value("SELECT count(*) FROM notice WHERE number = 0") == 1


def test_two_presses_start_one_search(desk: Desk) -> None:
    find(desk)
    desk.at = OVER + timedelta(minutes=9)
    again = find(desk, INSPECTOR)
    assert "董春梅 12月1日 09:00 查找，等后台开始" in again.words
    assert jobs() == [{"window": MONTH, "no": 1}]
    find(desk, month="2026-10")
    assert len(jobs()) == 2  # another month is another search


def test_the_month_itself_is_looked_through(desk: Desk) -> None:
    from jiesu.jobs import tasks

    find(desk)
    tasks.find_signals(**jobs()[0])
    page = desk.get(SUPERVISOR, PAGE)
    assert "查找：没有新的线索。" in page.words
    assert "没有找到。" in page.words
    assert sql.rows('SELECT state, kind, done, "of", found FROM signal_search') == [("done", "bare_contacts", 5, 6, 0)]


def test_who_called_it_off_tells_no_unit(desk: Desk, finds: Any) -> None:
    find(desk)
    finds(lambda *_: stop(desk, INSPECTOR))
    assert work() is None
    page = desk.get(SUPERVISOR, PAGE)
    assert "董春梅 12月1日 09:00 的查找已停下，没有告诉任何单位。" in page.words
    assert sql.value("SELECT count(*) FROM gaming_signal") == 0
    assert stop(desk).status == 200  # nothing is under way
    assert "查找，等后台开始" in find(desk).words
    assert "查找已停下" in stop(desk).words  # before it was begun
    assert work(no=2) is None


def test_what_is_called_off_at_the_last_moment_leaves_nothing(desk: Desk, finds: Any, monkeypatch: Any) -> None:
    from jiesu.assessment import searching

    find(desk)
    finds()
    tell = searching.verbs.tell

    def late(*given: Any, **told: Any) -> int:
        new = tell(*given, **told)
        sql.run("UPDATE signal_search SET state = 'stopped'")
        return new

    monkeypatch.setattr(searching.verbs, "tell", late)
    assert work() is None
    assert sql.value("SELECT count(*) FROM gaming_signal") == 0
    assert sql.value("SELECT count(*) FROM notice WHERE number = 0") == 0


def test_a_search_that_fails_says_so_and_may_be_asked_for_again(
    desk: Desk, finds: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: Any) -> None:
        raise ValueError("王芳 13800001111")

    find(desk)
    finds(breaks)
    assert work() is None
    page = desk.get(SUPERVISOR, PAGE)
    assert "的查找出了错，没有做完，也没有告诉任何单位。请再查找一次；还是不行，请管理员看后台日志。" in page.words
    assert caplog.messages == ["the search for signals in 2026-11 failed: ValueError"]
    finds()
    find(desk)
    assert work(no=2) == 1


def test_who_may_not_look_any_more_finds_nothing(desk: Desk, finds: Any) -> None:
    find(desk)
    finds()
    sql.run("UPDATE signal_search SET asked_by = (SELECT 's' || id FROM staff WHERE login = %s)", (AGENT,))
    assert work() is None
    sql.run("UPDATE signal_search SET asked_by = 's999999', state = 'waiting'")
    assert work() is None
    assert sql.rows("SELECT state FROM signal_search") == [("failed",)]
    assert sql.value("SELECT count(*) FROM gaming_signal") == 0


def test_a_search_without_a_sign_is_said_and_taken_up_anew(desk: Desk, finds: Any) -> None:
    find(desk)
    desk.at = OVER + timedelta(minutes=10, seconds=1)
    page = desk.get(SUPERVISOR, PAGE)
    assert "的查找，后台 10 分钟没有开始。请管理员看后台是否在运行；也可以再查找一次。" in page.words
    find(desk)
    assert jobs() == [{"window": MONTH, "no": 1}, {"window": MONTH, "no": 2}]
    finds()
    assert work(desk.at, no=1) is None
    assert work(desk.at, no=2) == 1


def test_it_says_how_far_it_is_no_oftener_than_once_a_second(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from jiesu.assessment import searching

    find(desk)

    def signals(_: Any, looking: Look) -> list[Signal]:
        for _ in range(50):
            looking("copied_replies", 4, 6)
        return []

    monkeypatch.setattr(searching, "signals", signals)
    with sql.counting() as seen:
        assert work(step=timedelta(milliseconds=100)) == 0
    assert sum("SET kind" in one for one in seen) == 5


def test_who_asks_and_how_far_it_is(desk: Desk) -> None:
    for who in (HEAT_CLERK, ANALYST, AGENT):
        assert find(desk, who).status == 403
        assert stop(desk, who).status == 403
        assert progress(desk, who).status_code == 403
    assert jobs() == []
    assert "查找" not in desk.get(HEAT_CLERK, PAGE).words.split("线索只说")[1]
    assert desk.browser(SUPERVISOR).get("/bulletin/signals/search?month=x").status_code == 400
    assert desk.get(SUPERVISOR, f"/bulletin/signals/search?month={MONTH}").address == PAGE
    assert stop(desk, INSPECTOR).status == 200
    assert "还没有查找过这个时段的线索" in desk.get(INSPECTOR, PAGE).words


def test_what_is_asked_every_second_costs_little(desk: Desk) -> None:
    from jiesu.store import rules

    find(desk)
    rules.current()
    with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
        assert progress(desk).status_code == 200
    assert len(ours) + len(djangos) == 3
