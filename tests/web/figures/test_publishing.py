"""Told to the units, frozen, corrected: each step by the calendar, by the supervisor, and never undone; and trials."""

# ruff: noqa: PLC0415 - Django can be imported only once it is set up
from __future__ import annotations

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from jiesu.store import sql
from tests.city import local
from tests.web.desk import ADMINISTRATOR, AGENT, ANALYST, HEAT_CLERK, LEADER, SUPERVISOR, Desk, Seen


def publish(desk: Desk, who: str, verb: str, window: str = "2026-11", reason: str = "") -> Seen:
    return desk.post(who, "/figures/publish", {"verb": verb, "window": window, "reason": reason})


def test_a_month_is_told_appealed_frozen_and_corrected(november: tuple[Desk, int]) -> None:
    desk, _ = november
    page = desk.get(SUPERVISOR, "/figures/published")
    assert "2026年11月 12-01 12-03 12-07 12-08 还没有预公布 预公布给各单位" in page.words
    assert "三率 1" not in desk.get(HEAT_CLERK, "/figures/published").words
    told = publish(desk, SUPERVISOR, "preliminary")
    assert "2026年11月已预公布：15 张工单" in told.words
    own = desk.get(HEAT_CLERK, "/figures/unit/U0301?window=2026-11")
    assert "三率 1" in own.words
    assert "已于 2026-12-02 10:00 预公布，有异议请在申诉期内对工单提出剔除申请" in own.words
    early = publish(desk, SUPERVISOR, "freeze")
    assert early.status == 422
    assert "2026年11月的数据 2026-12-08 定稿，在此之前定稿须写明理由。什么都没有公布" in early.words
    assert publish(desk, SUPERVISOR, "correct", reason="错了").status == 422
    desk.at = local("2026-12-08 09:00")
    frozen = publish(desk, SUPERVISOR, "freeze")
    assert "2026年11月已定稿：15 张工单，摘要 " in frozen.words
    assert "三率 1" not in desk.get(HEAT_CLERK, "/figures/unit/U0301").words
    again = publish(desk, SUPERVISOR, "freeze", reason="再来")
    assert "2026年11月已于 2026-12-08 09:00 定稿，不能再改；确有错误的走更正" in again.words
    assert publish(desk, SUPERVISOR, "preliminary").status == 422
    assert "请写明更正的理由" in publish(desk, SUPERVISOR, "correct").words
    corrected = publish(desk, SUPERVISOR, "correct", reason="漏计一张")
    assert "2026年11月 更正 2026-12-08 09:00 董春梅 分级分类口径（2025）第 1 版 15" in corrected.words
    assert "漏计一张" in corrected.words
    assert [stage for (stage,) in sql.rows("SELECT stage FROM publication ORDER BY id")] == [
        "preliminary",
        "final",
        "correction",
    ]


def test_what_cannot_be_published_is_told_and_the_words_stay(november: tuple[Desk, int]) -> None:
    desk, _ = november
    page = publish(desk, SUPERVISOR, "preliminary", window="2026-12", reason="急")
    assert "2026年12月还没有结束，2027-01-01 起才能预公布。什么都没有公布，写的内容还在下面" in page.words
    assert 'value="2026-12"' in page.html
    assert 'value="急"' in page.html
    assert "时段须写成 2026、2026-q3" in publish(desk, SUPERVISOR, "freeze", window="十一月").words
    assert sql.value("SELECT count(*) FROM publication") == 0


def test_only_those_who_publish_may(november: tuple[Desk, int]) -> None:
    desk, _ = november
    for who in (ANALYST, LEADER, HEAT_CLERK):
        assert publish(desk, who, "preliminary").status == 403
        assert 'value="preliminary"' not in desk.get(who, "/figures/published").html
    assert publish(desk, AGENT, "preliminary").status == 403
    assert desk.get(AGENT, "/figures/published").status == 403
    assert desk.get(AGENT, "/figures/profiles").status == 403
    assert "2026年11月已预公布" in publish(desk, ADMINISTRATOR, "preliminary").words


def kept() -> list[Any]:
    tables = ("metric", "metric_profile", "figure", "rollup", "publication", "published_figure")
    return list(sql.one("SELECT " + ", ".join(f"(SELECT count(*) FROM {one})" for one in tables)) or ())  # noqa: S608 - of our own


def document(**changed: Any) -> dict[str, Any]:
    """A profile of one rate that is scored: signing on the day counts half a point for each that is late."""
    rate = {
        "code": "response",
        "zh": "响应率",
        "table": "limit",
        "clock": "acknowledge",
        "by": "day",
        "owner": "unit",
        "count": [],
        "good": ["in_time", "not joint"],
        "part": [],
        "leave_out": ["praise"],
        "formula": "限内签收的 ÷ 全部",
        "clause": "试行办法第三条",
    }
    score = {"rate": "response", "zh": "得分", "full": 25, "floor": 12.5, "target": 98, "per_point": 0.5}
    made = {
        "name": "trial-2027",
        "version": 1,
        "zh": "试行口径",
        "effective_from": "2027-01-01",
        "source": "试行办法",
        "main": ["response"],
        "min_sample": 10,
        "rank": "group",
        "rates": [rate],
        "scores": [score],
        "cards": [],
    }
    return {**made, **changed}


def sent(doc: Any) -> SimpleUploadedFile:
    content = doc if isinstance(doc, bytes) else json.dumps(doc, ensure_ascii=False).encode()
    return SimpleUploadedFile("口径.json", content, content_type="application/json")


def test_a_past_month_under_another_profile_side_by_side_and_nothing_kept(november: tuple[Desk, int]) -> None:
    desk, _ = november
    before = kept()
    page = desk.get(ANALYST, "/figures/trial?window=2026-11&profile=city-2023")
    assert "左边是分级分类口径（2025）第 1 版，右边是" in page.words
    assert "供热公司 91.67% 11/12 → 91.67% 11/12" in page.words
    assert "全市合计" in page.words
    own = desk.post(ANALYST, "/figures/trial", {"window": "2026-11", "by": "unit", "file": sent(document())})
    assert "右边是试行口径第 1 版从记录里数的；没有存下任何东西" in own.words
    assert "供热公司 91.67% 11/12 → 91.67% 11/12" in own.words
    assert "— → 21.84" in own.words  # 25 - 0.5 x (98 - 91.67), rounded half up
    assert kept() == before
    opened = desk.get(ANALYST, "/figures/of/2026-11/response/unit/U0301?profile=city-2023")
    assert "试算 按另一个口径从记录里数的，没有存下" in opened.words
    assert len(opened.rows) == 12


def test_what_cannot_be_tried_is_told(november: tuple[Desk, int]) -> None:
    desk, _ = november
    assert "试算按日、周、月、季" in desk.get(ANALYST, "/figures/trial?window=2026&profile=city-2023").words
    assert "没有“none”这个口径" in desk.get(ANALYST, "/figures/trial?window=2026-11&profile=none").words
    broken = desk.post(ANALYST, "/figures/trial", {"window": "2026-11", "file": sent(b"{")})
    assert "这不是完好的 JSON 文件，第 1 行第 2 列读不下去" in broken.words
    assert "选一个时段和一个口径" in desk.get(ANALYST, "/figures/trial").words
    assert desk.get(HEAT_CLERK, "/figures/trial").status == 403
    assert "→" in desk.get(ANALYST, "/figures/trial?span=week&on=2026-11-25&by=matter&profile=city-2023").words


def test_a_profile_is_checked_loaded_and_never_changed(november: tuple[Desk, int]) -> None:
    desk, _ = november
    before = kept()
    checked = desk.post(ADMINISTRATOR, "/figures/profiles/load", {"only": "check", "file": sent(document())})
    assert "检查过：试行口径第 1 版可以载入（还没有载入）" in checked.words
    assert "在限内，并且不是“多单位联办”" in checked.words
    assert "满分 25，低于 98% 的每个百分点扣 0.5，最低 12.5" in checked.words
    assert kept() == before
    loaded = desk.post(ANALYST, "/figures/profiles/load", {"file": sent(document())})
    assert "已载入试行口径第 1 版，2027-01-01 起用" in loaded.words
    assert "分级分类口径（2025） 现在用" in loaded.words
    one = desk.get(HEAT_CLERK, "/figures/profiles/trial-2027/1")
    assert "响应率 response，主要指标，考核承办单位" in one.words
    assert "试行办法第三条" in one.words
    assert "签收时限落在本期的" in one.words
    raw = desk.browser(HEAT_CLERK).get("/figures/profiles/trial-2027/1.json")
    assert json.loads(raw.content) == document()
    changed = desk.post(ANALYST, "/figures/profiles/load", {"file": sent(document(min_sample=5))})
    assert "口径“试行口径”第 1 版已载入，不能改；请写成第 2 版" in changed.words
    assert desk.get(ANALYST, "/figures/profiles/trial-2027/2").status == 404
    assert desk.get(ANALYST, "/figures/profiles/trial-2027/2.json").status == 404


def test_a_fault_in_a_profile_is_told_in_words(november: tuple[Desk, int]) -> None:
    desk, _ = november
    said = {
        "口径文件的“rates”须是一个不空的列表": document(rates=[]),
        "口径文件的“rank”只能是 group、city、none": document(rank="all"),
        "口径文件提到的“closure”不在 rates 里": document(main=["closure"]),
        "这不是完好的 JSON 文件": b"\xff\xfe",
        "口径文件太大，最多 1 MB": b" " * 1_000_002,
    }
    for words, doc in said.items():
        page = desk.post(ANALYST, "/figures/profiles/load", {"file": sent(doc)})
        assert page.status == 422
        assert words in page.words
        assert "什么都没有载入" in page.words
    assert "请选择口径文件" in desk.post(ANALYST, "/figures/profiles/load", {}).words
    assert desk.post(SUPERVISOR, "/figures/profiles/load", {"file": sent(document())}).status == 403


def test_a_scored_profile_tells_a_unit_what_each_order_costs(november: tuple[Desk, int]) -> None:
    from jiesu.assessment import filling

    desk, late = november
    dated = document(effective_from="2026-11-01", name="scored-2026")
    desk.post(ADMINISTRATOR, "/figures/profiles/load", {"file": sent(dated)})
    waiting = desk.get(SUPERVISOR, "/figures?window=2026-11")
    assert "响应率是刚载入的口径带来的，后台正在统计，至多 5 分钟" in waiting.words
    filling.fill_due(desk.at)
    page = desk.get(HEAT_CLERK, "/figures/unit/U0301?window=2026-11")
    assert "得 21.84 分，失 3.16 分 ，每件 3.16 分" in page.words  # twelve of twelve would have the full 25
    assert f"{late} 楼外的热力管道没有保温 时限 11-24 17:30，11-25 09:00 才办，3.16 分" in page.words
