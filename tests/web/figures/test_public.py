"""Open figures: frozen months alone, without a sign-in, nothing so small that it could point to a person."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import csv
import io
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiesu.store import sql
from tests import city, figured
from tests.city import LIU, MONDAY, local, take
from tests.web.desk import Desk, Seen, _seen


def read(desk: Desk, address: str) -> Seen:
    return _seen(desk.anybody().get(address), address)


def frozen(desk: Desk) -> None:
    from jiesu.assessment import freezing
    from jiesu.domain import windows

    desk.at = local("2026-12-08 09:00")
    freezing.freeze(windows.read("2026-11"), by=city.DU, now=desk.at)


def set_param(name: str, value: object) -> None:
    from jiesu.store import rules
    from jiesu.store.models import Setting

    held = Setting.objects.get(name="params")
    held.value = {**held.value, name: value}
    held.save()
    rules.publish(figured.DECEMBER)


def test_nothing_is_open_before_it_is_frozen(november: tuple[Desk, int]) -> None:
    from jiesu.assessment import freezing
    from jiesu.domain import windows

    desk, _ = november
    freezing.preliminary(windows.read("2026-11"), by=city.DU, now=desk.at)
    page = read(desk, "/open")
    assert (page.status, "还没有公开的数" in page.words, "93.33%" in page.words) == (200, True, False)
    assert read(desk, "/open?window=2026-11").status == 404
    assert desk.anybody().get("/open/2026-11/unit.csv").status_code == 404


def test_a_frozen_month_is_open_to_everybody(november: tuple[Desk, int]) -> None:
    desk, late = november
    frozen(desk)
    page = read(desk, "/open")
    assert "2026-12-08 09:00 定稿" in page.words
    assert "响应率 93.33% 14/15 按时办结率 0.00% 0/15" in page.words
    # Three of 住建局 are few; those of the other unit would be had by subtracting, were they told.
    assert "部门（件数多） 件数少，不公开：住建局 企业（件数多） 件数少，不公开：供热公司" in page.words
    assert "11/12" not in page.html
    assert str(late) not in page.html
    assert 'href="/figures' not in page.html
    set_param("open_least", 3)
    page = read(desk, "/open?window=2026-11&by=unit")
    assert "供热公司 91.67% 11/12" in page.words
    assert "住建局 100.00% 3/3" in page.words
    for by in ("matter", "region", "channel", "kind"):
        assert "91.67% 11/12" in read(desk, f"/open?by={by}").words or by in ("channel", "kind")
    assert read(desk, "/open?by=enterprise").words == read(desk, "/open").words
    assert read(desk, "/open?window=2026-10").status == 404
    assert "看最近的一个月" in read(desk, "/open?window=x").words


def test_the_file_has_the_same_and_says_what_is_withheld(november: tuple[Desk, int]) -> None:
    desk, _ = november
    frozen(desk)
    browser = desk.anybody()
    answer = browser.get("/open/2026-11/unit.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1] == ["2026-11", "全市", "", "全市", "响应率", "93.33", "14", "15", "", "", ""]
    assert rows[3] == ["2026-11", "单位", "部门（件数多）", "住建局", "响应率", "不公开", "", "", "", "", ""]
    assert rows[-1][0].endswith("不到 10 件的不公开")
    assert answer["Cache-Control"] == "public, max-age=300"
    assert browser.get("/open/2026-11/joint.csv").status_code == 404
    assert browser.get("/open/2026-12/unit.csv").status_code == 404


def test_a_correction_stands_beside_and_what_is_not_frozen_is_not_compared(november: tuple[Desk, int]) -> None:
    from jiesu.assessment import filling, freezing
    from jiesu.domain import windows

    desk, _ = november
    frozen(desk)
    for _ in range(2):
        take(city.dispatched(MONDAY), "acknowledge", LIU, MONDAY)
    filling.fill_due(desk.at + timedelta(hours=1), every=True)
    freezing.correct(windows.read("2026-11"), by=city.DU, now=desk.at + timedelta(hours=2), reason="漏计两张")
    page = read(desk, "/open")
    assert "2026-12-08 11:00 更正：漏计两张。不同的数并列在下。" in page.words
    assert "93.33% 14/15 更正 94.12%（16/17）" in page.words
    assert "较上月" not in page.words
    rows = desk.anybody().get("/open/2026-11/unit.csv").content.decode()
    assert "2026-11,全市,,全市,响应率,93.33,14,15,94.12,16,17" in rows


def test_a_city_may_keep_its_figures_and_pages_cost_little(november: tuple[Desk, int]) -> None:
    from jiesu.store import rules

    desk, _ = november
    frozen(desk)
    rules.current()
    for address in ("/open", "/open/2026-11/unit.csv"):
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert desk.anybody().get(address).status_code == 200
        assert len(ours) + len(djangos) == 4
    set_param("open_figures", value=False)
    assert "还没有公开的数" in read(desk, "/open").words
    assert desk.anybody().get("/open/2026-11/unit.csv").status_code == 404
