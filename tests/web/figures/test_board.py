"""三率 by unit inside its groups, and every number opened down to the orders and the rule: a small November."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from jiesu.domain.errors import Refused
from jiesu.store import sql
from tests import city
from tests.city import HOUSING, LIU, MONDAY, local, take
from tests.web.desk import (
    AGENT,
    ANALYST,
    FARMING_CLERK,
    HEAT_CLERK,
    HEAT_SECTION,
    HOUSING_CLERK,
    LEADER,
    SUPERVISOR,
    Desk,
    order_of,
)


def filled(at: datetime, *, every: bool = False) -> None:
    from jiesu.assessment import filling

    filling.fill_due(at, every=every)


def test_units_stand_in_their_groups_with_both_averages(november: tuple[Desk, int]) -> None:
    desk, _ = november
    page = desk.get(SUPERVISOR, "/figures?window=2026-11")
    assert "未定稿 按记录算到 2026-12-02 10:00，定稿前还会变。" in page.words
    assert "响应率 93.33% 14/15 单位平均 95.83% 上月没有可比的数" in page.words
    assert "企业（件数多） 响应率：1 个单位，最高供热公司 91.67%，本组合计 91.67%（竖线）" in page.words
    assert "1/1 供热公司" in page.words
    few = page.words.index("样本不足：响应率应计不到 10 件，不排名次，按名称列出")
    assert page.words.index("住建局", few) > few
    assert "1/2" not in page.words


def test_a_unit_is_never_placed_across_groups(november: tuple[Desk, int]) -> None:
    from jiesu.assessment import board
    from jiesu.domain import windows

    lines = {one.code: one for one in board.board(windows.read("2026-11")).lines}
    heat, housing = lines[city.HEAT].shown["response"], lines[HOUSING].shown["response"]
    assert (heat.place.place, heat.place.among) == (1, 1)
    assert (housing.place.enough, housing.place.place) == (False, None)
    assert lines[city.HEAT].group == "company:large"
    by_matter = board.board(windows.read("2026-11"), by="matter").lines
    assert {one.shown["response"].place.place for one in by_matter} == {None}


def test_a_figure_opens_into_its_orders_and_each_says_why(november: tuple[Desk, int]) -> None:
    desk, late = november
    page = desk.get(SUPERVISOR, "/figures/of/2026-11/response/unit/U0301")
    assert page.title.startswith("供热公司 响应率")
    assert "91.67% 11/12" in page.words
    assert "逐件重数 11/12，一致。" in page.words
    assert "限内签收（限内提出退单的视同签收）的 ÷ 签收时限落在本期的" in page.words
    assert "全部应计 12 合格 11 不合格 1" in page.words
    assert len(page.rows) == 12
    bad = desk.get(SUPERVISOR, "/figures/of/2026-11/response/unit/U0301?good=0")
    assert bad.rows == [late]
    assert "不合格 时限 11-24 17:30，11-25 09:00 才办" in bad.words
    why = desk.get(SUPERVISOR, f"/figures/order/{late}?figure=2026-11/response/unit/U0301")
    assert "在“供热公司 2026年11月 响应率”里 不合格 供热公司" in why.words
    assert "否 在限内 合格条件" in why.words
    assert "是 签收时限（11月24日）落在2026年11月" in why.words
    assert "签收 供热公司 时限 2026-11-24 17:30，2026-11-25 09:00 才办，超期" in why.words
    other = desk.get(SUPERVISOR, f"/figures/order/{late}?figure=2026-11/response/unit/U0101")
    assert "不计入这个指标" in other.words
    assert "否 属于“住建局”" in other.words


def test_an_order_is_asked_about_by_its_number(november: tuple[Desk, int]) -> None:
    desk, late = november
    asked = f"/figures/order?figure=2026-11%2Fresponse%2Fall&number={late}"
    assert desk.get(SUPERVISOR, asked).title.startswith(f"{late} 怎么计")
    assert desk.get(SUPERVISOR, "/figures/order?figure=2026-11%2Fresponse%2Fall&number=x").status == 404
    assert desk.get(SUPERVISOR, "/figures/order/2611230009999").status == 404
    rating = desk.get(SUPERVISOR, f"/figures/order/{late}?figure=2026-11/satisfaction/all")
    assert "这张工单没有满意率要看的环节" in rating.words
    calls = desk.get(SUPERVISOR, f"/figures/order/{late}?figure=2026-11/connect/all")
    assert "“接通率”数的是电话，不是工单" in calls.words


def test_a_unit_lists_its_own_orders_alone(november: tuple[Desk, int]) -> None:
    desk, late = november
    assert desk.get(HEAT_CLERK, "/figures").address == "/figures/unit/U0301"
    own = desk.get(HEAT_CLERK, "/figures/of/2026-11/response/all")
    assert "93.33% 14/15" in own.words
    assert "其余 3 件是其他单位的" in own.words
    assert len(own.rows) == 12
    others = desk.get(HOUSING_CLERK, "/figures/of/2026-11/response/unit/U0301")
    assert "91.67% 11/12" in others.words
    assert others.rows == []
    assert str(late) not in others.html
    assert desk.get(HOUSING_CLERK, f"/figures/order/{late}?figure=2026-11/response/all").status == 403
    section = desk.get(HEAT_SECTION, "/figures/of/2026-11/response/unit/U0301")
    assert "91.67% 11/12" in section.words
    assert section.rows == []
    assert desk.get(FARMING_CLERK, "/figures/of/2026-11/response/all").rows == []


def test_nobody_else_reads_figures(november: tuple[Desk, int]) -> None:
    desk, late = november
    pages = ["/figures", "/figures/of/2026-11/response/all", f"/figures/order/{late}", "/figures/unit/U0301"]
    pages += ["/figures/board.csv", "/figures/order?number=1"]
    for address in pages:
        assert desk.get(AGENT, address).status == 403
        assert desk.anybody().get(address).status_code == 302


def test_the_unit_sees_itself_first(november: tuple[Desk, int]) -> None:
    desk, late = november
    page = desk.get(HEAT_CLERK, "/figures/unit/U0301?window=2026-11")
    assert "12 已超期" in page.words
    assert "91.67% 11/12" in page.words
    assert "本组第 1（1 个够样本的单位）" in page.words
    assert "本组合计 91.67%（11/12） ，本组单位平均 91.67%" in page.words
    assert f"不合格 1 件 {late} 楼外的热力管道没有保温 时限 11-24 17:30，11-25 09:00 才办" in page.words
    assert "响应率：只有2026年11月有数" in page.words
    other = desk.get(HOUSING_CLERK, "/figures/unit/U0301?window=2026-11")
    assert "91.67% 11/12" in other.words
    assert str(late) not in other.html
    assert "已超期" not in other.words
    assert desk.get(HEAT_CLERK, "/figures/unit/NOBODY").status == 404


def test_the_unit_goes_from_its_month_to_its_appeals_and_sees_how_many_wait(november: tuple[Desk, int]) -> None:
    desk, late = november
    page = "/figures/unit/U0301?window=2026-11"
    address = '<a href="/bulletin/appeals?month=2026-11">本单位2026年11月的申诉</a>'
    own = desk.get(HEAT_CLERK, page)
    assert address in own.html
    assert "件待审" not in own.words
    asked = {"exemption": "unreasonable", "reason": "要求免交全部取暖费"}
    (other,) = (
        sql.one("SELECT number FROM work_order WHERE lead_unit = 'U0301' AND number <> %s LIMIT 1", (late,)) or ()
    )
    for number in (late, other):
        city.take(order_of(number), "request_exemption", city.MA, desk.at, asked)
    why = {"request": 1, "reason": "入户核查，诉求属实，不符合剔除条件"}
    city.take(order_of(other), "refuse_exemption", city.DU, desk.at, why)
    assert "本单位2026年11月的申诉 ， 1 件待审。" in desk.get(HEAT_CLERK, page).words
    there = desk.get(HEAT_CLERK, "/bulletin/appeals?month=2026-11")
    assert "本单位的申诉 2 件" in there.words
    assert "待审 1" in there.words
    for window in ("2026-10", "2026-12"):
        assert "件待审" not in desk.get(HEAT_CLERK, f"/figures/unit/U0301?window={window}").words
    for who, elsewhere in (
        (HEAT_CLERK, "2026-q4"),
        (HEAT_CLERK, "2026-05"),
        (HOUSING_CLERK, "2026-11"),
        (SUPERVISOR, "2026-11"),
    ):
        assert "的申诉" not in desk.get(who, f"/figures/unit/U0301?window={elsewhere}").words


def test_what_falls_due_later_does_not_count_against_a_unit_now(desk: Desk) -> None:
    """Replies are due on Monday 30 November; on Friday none of them is late, and none is counted."""
    for _ in range(10):
        city.handling()
    desk.at = local("2026-11-27 10:00")
    filled(desk.at)
    page = desk.get(SUPERVISOR, "/figures")
    assert "按记录算到 2026-11-27 10:00，只计到 11月26日，今天的还没有过完，定稿前还会变。" in page.words
    assert "响应率 100.00% 10/10" in page.words
    assert "按时办结率 0.00%" not in page.words
    opened = desk.get(SUPERVISOR, "/figures/of/2026-11/on_time/unit/U0301")
    assert "— 0/0" in opened.words
    assert opened.rows == []
    desk.at = local("2026-12-02 10:00")
    filled(desk.at)
    assert "按时办结率 0.00% 0/10" in desk.get(SUPERVISOR, "/figures?window=2026-11").words
    assert len(desk.get(SUPERVISOR, "/figures/of/2026-11/on_time/unit/U0301").rows) == 10


def test_frozen_corrected_and_live_stand_apart(november: tuple[Desk, int]) -> None:
    from jiesu.assessment import freezing
    from jiesu.domain import windows

    desk, _ = november
    window = windows.read("2026-11")
    early = freezing.preliminary(window, by=city.DU, now=desk.at)
    page = desk.get(SUPERVISOR, "/figures?window=2026-11")
    assert "已于 2026-12-02 10:00 预公布，定稿前还会变" in page.words
    desk.at = local("2026-12-08 09:00")
    final = freezing.freeze(window, by=city.DU, now=desk.at)
    # Two that were missed: what is found later changes the record, never what was published.
    for _ in range(2):
        take(city.dispatched(MONDAY), "acknowledge", LIU, MONDAY)
    desk.at += timedelta(hours=1)
    filled(desk.at, every=True)
    correction = freezing.correct(window, by=city.DU, now=desk.at, reason="漏计两张")
    page = desk.get(SUPERVISOR, "/figures?window=2026-11")
    assert f"定稿 2026-12-08 09:00，15 张工单，摘要 {final.inputs[:16]}" in page.words
    assert "更正（漏计两张），不同的数并列在下" in page.words
    assert "91.67% 11/12 更正 92.86%（13/14）" in page.words
    live = desk.get(SUPERVISOR, "/figures?window=2026-11&live=1")
    assert "92.86% 13/14" in live.words
    assert "这个时段已定稿，这里只供核对" in live.words
    told = desk.get(SUPERVISOR, f"/figures?window=2026-11&publication={early.id}")
    assert "预公布 2026-12-02 10:00，15 张工单" in told.words
    for publication, n in ((0, 12), (early.id, 12), (final.id, 12), (correction.id, 14)):
        opened = desk.get(SUPERVISOR, f"/figures/of/2026-11/response/unit/U0301?publication={publication or ''}")
        assert len(opened.rows) == n
        assert "一致。" in opened.words
    assert len(desk.get(SUPERVISOR, "/figures/of/2026-11/response/unit/U0301?live=1").rows) == 14
    assert desk.get(SUPERVISOR, "/figures?window=2026-11&publication=999").status == 404
    own = desk.get(HEAT_CLERK, "/figures/unit/U0301?window=2026-11")
    assert "更正 92.86%（13/14）" in own.words


def test_other_slices_columns_and_orders_live_in_the_address(november: tuple[Desk, int]) -> None:
    desk, _ = november
    matter = desk.get(ANALYST, "/figures?window=2026-11&by=matter&columns=limit&sort=response&order=name")
    assert "按时办结率" in matter.words
    assert "名次" in matter.words
    assert "事项 响应率按事项，最高" in matter.words
    for by in ("group", "region", "channel", "kind", "enterprise", "joint"):
        assert "93.33%" in desk.get(ANALYST, f"/figures?window=2026-11&by={by}").words
    centre = desk.get(LEADER, "/figures?window=2026-11&columns=centre")
    assert "热线中心自己的指标不分单位" in centre.words
    assert "转办率 100.00% 15/15" in centre.words
    one = desk.get(ANALYST, "/figures?window=2026-11&group=bureau%3Alarge")
    assert "供热公司" not in one.words
    for window in ("2026-q4", "2026", "2026-w48", "2026-11-24"):
        assert "93.33% 14/15" in desk.get(ANALYST, f"/figures?window={window}").words
    assert "2026年11月23日至11月29日" in desk.get(ANALYST, "/figures?span=week&on=2026-11-25").title


def test_strange_addresses_are_the_usual_page_or_say_what_is_wrong(november: tuple[Desk, int]) -> None:
    desk, _ = november
    usual = desk.get(ANALYST, "/figures?by=unit").words
    strange = "/figures?window=%00&by='&columns=x&sort=y&order=z&group=g&publication=-1&live=2&span=age&on=1"
    assert desk.get(ANALYST, strange).words == usual
    assert desk.get(ANALYST, "/figures?window=9999").words == usual
    assert "口径“分级分类口径（2025）”里没有“nothing”" in desk.get(ANALYST, "/figures/of/2026-11/nothing/all").words
    assert "“转办率”不按单位统计" in desk.get(ANALYST, "/figures/of/2026-11/transfer/unit/U0301").words
    assert desk.get(ANALYST, "/figures/of/2026-13/response/all").status == 404
    for more in ("after=1", "after=99999999999999999999~0~0", "good=9", "publication=x", "profile=no"):
        assert desk.get(ANALYST, f"/figures/of/2026-11/response/all?{more}").status in (200, 404)
    assert "没有“no”这个口径" in desk.get(ANALYST, "/figures/of/2026-11/response/all?profile=no").words
    assert desk.get(ANALYST, "/figures/board.exe").status == 200


def test_the_board_as_files_has_the_same_numbers(november: tuple[Desk, int]) -> None:
    desk, _ = november
    answer = desk.browser(ANALYST).get("/figures/board.csv?window=2026-11&columns=main")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:8] == ["单位", "组", "响应率%", "响应率分子", "响应率分母", "响应率较上期（百分点）"] + [
        "响应率同比（百分点）",
        "响应率组内名次",
    ]
    assert rows[1][:5] == ["全市合计", "", "93.33", "14", "15"]
    assert rows[2][:4] == ["单位平均", "", "95.83", ""]
    heat = next(row for row in rows if row[0] == "供热公司")
    assert heat[1:8] == ["企业（件数多）", "91.67", "11", "12", "", "", "1"]
    assert next(row for row in rows if row[0] == "住建局")[7] == "样本不足"
    assert rows[-1] == ["2026年11月 分级分类口径（2025）第 1 版；未定稿：按记录算到 2026-12-02 10:00，定稿前还会变"]
    book = desk.browser(ANALYST).get("/figures/board.xlsx?window=2026-11&columns=main")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    told = next(row for row in sheet if row[0] == "供热公司")
    assert told[2:5] == [91.67, 11, 12]
    assert len(sheet) == len(rows)


def test_the_pages_cost_at_most_five(november: tuple[Desk, int]) -> None:
    from jiesu.assessment import freezing
    from jiesu.domain import windows
    from jiesu.store import rules

    desk, late = november
    rules.current()
    freezing.preliminary(windows.read("2026-11"), by=city.DU, now=desk.at)
    freezing.freeze(windows.read("2026-11"), by=city.DU, now=desk.at, early="试行")
    spent = {}
    for who, address in (
        (SUPERVISOR, "/figures?window=2026-11"),
        (SUPERVISOR, "/figures?window=2026-12&by=matter&columns=limit"),
        (SUPERVISOR, "/figures/of/2026-11/response/unit/U0301"),
        (HEAT_CLERK, "/figures/of/2026-q4/on_time/all"),
        (HEAT_CLERK, "/figures/unit/U0301?window=2026-11"),
        (HEAT_CLERK, f"/figures/order/{late}?figure=2026-11/response/all"),
    ):
        browser = desk.browser(who)
        with sql.counting() as ours, CaptureQueriesContext(connection) as djangos:
            assert browser.get(address).status_code == 200
        spent[address] = len(ours) + len(djangos)
    # The unit's page holds two lists beside its figures; why an order counts is no list.
    assert list(spent.values()) == [5, 5, 5, 5, 7, 8]


def test_before_any_profile_the_page_says_what_to_do(desk: Desk) -> None:
    from jiesu.assessment import board, own_board
    from jiesu.domain import windows
    from jiesu.store import rules

    with pytest.raises(Refused, match="没有“no”这个口径"):
        board.board(windows.read("2026-11"), profile="no")
    found = board.board(windows.read("2026-11"))
    assert (found.lines, found.filled_at) == ([], None)
    own = own_board.own_board(city.HEAT, windows.read("2026-11"), rules=rules.current())
    assert [one.shown for one in own.rates] == [None, None, None, None]
    assert own_board.costs(own) == []
    assert "还没有统计，后台每 5 分钟补一次" in desk.get(SUPERVISOR, "/figures").words
    assert "还没有统计" in desk.get(HEAT_CLERK, "/figures/unit/U0301").words
