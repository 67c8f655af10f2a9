"""Metric profiles are data: what may be written in one, and what is said about one that cannot be read."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest

from jiesu.domain import profiles
from jiesu.domain.errors import Refused
from jiesu.domain.profiles import BY_END, Profile
from jiesu.domain.tally import CLOCKS

RATE: dict[str, Any] = {
    "code": "on_time",
    "zh": "按时办结率",
    "table": "limit",
    "clock": "handle",
    "owner": "unit",
    "count": ["lead", "live", "not shelved"],
    "good": ["accepted", "in_time"],
    "leave_out": ["praise", "withdrawn"],
    "formula": "限内答复并审核通过的 ÷ 时限落在本期的",
    "clause": "工作规则第八条",
}
DOC: dict[str, Any] = {
    "name": "small-city",
    "version": 1,
    "zh": "小城口径",
    "effective_from": "2026-01-01",
    "source": "小城接诉即办工作规则",
    "main": ["on_time"],
    "min_sample": 10,
    "rank": "group",
    "rates": [RATE],
}


def with_rate(**changes: Any) -> dict[str, Any]:
    return {**DOC, "rates": [{**RATE, **changes}]}


def said(doc: Any) -> str:
    with pytest.raises(Refused) as refused:
        profiles.read(doc)
    return refused.value.message


def shipped(name: str) -> Profile:
    return profiles.read(
        json.loads((resources.files("jiesu.assessment") / "profiles" / f"{name}.json").read_text("utf-8"))
    )


def test_a_small_profile() -> None:
    found = profiles.read(DOC)
    assert (found.name, found.version, found.zh, found.effective_from) == (
        "small-city",
        1,
        "小城口径",
        date(2026, 1, 1),
    )
    assert (found.main, found.min_sample, found.rank, found.scores, found.cards) == (("on_time",), 10, "group", (), ())
    rate = found.rate("on_time")
    assert (rate.weight, rate.lower_is_better) == (Decimal(1), False)
    metric = rate.metric
    assert (metric.table, metric.by, metric.clock, metric.owner) == ("limit", "day", "handle", "unit")
    assert metric.count == ("lead", "live", "not shelved")
    assert metric.good == ("accepted", "in_time")
    assert (metric.part, metric.leave_out) == ((), ("praise", "withdrawn"))
    assert found.metrics == {metric.digest: metric}


def test_two_rates_counted_alike_are_one_way_of_counting_whatever_they_are_called() -> None:
    again = {
        **RATE,
        "code": "other",
        "zh": "另一个名字",
        "count": ["not shelved", "live", "lead", "lead"],
        "weight": 0.5,
    }
    found = profiles.read({**DOC, "rates": [RATE, again, {**RATE, "code": "third", "good": "in_time"}]})
    assert found.rate("on_time").metric == found.rate("other").metric
    assert found.rate("third").metric.good == ("in_time",)
    assert len(found.metrics) == 2


def test_a_profile_is_named_by_its_content() -> None:
    assert profiles.read(DOC).digest == profiles.read(deepcopy(DOC)).digest
    assert profiles.read(DOC).digest != profiles.read({**DOC, "min_sample": 11}).digest
    assert (
        profiles.read(DOC).rate("on_time").metric.digest
        != profiles.read(with_rate(clock="rework")).rates[0].metric.digest
    )


def test_a_rate_that_there_is_not() -> None:
    with pytest.raises(Refused, match="口径“小城口径”里没有“closure”，有：on_time"):
        profiles.read(DOC).rate("closure")


@pytest.mark.parametrize(
    ("doc", "words"),
    [
        ([], "口径文件须是一个 JSON 对象"),
        ({**DOC, "rates": []}, "口径文件的“rates”须是一个不空的列表"),
        ({**DOC, "main": "on_time"}, "口径文件的“main”须是一个不空的列表"),
        ({**DOC, "rates": ["on_time"]}, "口径文件第 1 个指标须是一个对象"),
        ({**DOC, "zh": " "}, "口径文件缺“zh”"),
        ({**DOC, "name": "小城"}, "口径文件的“name”只能用小写字母、数字和连线：小城"),
        ({**DOC, "version": True}, "口径文件的“version”须是不小于 1 的整数"),
        ({**DOC, "version": 0}, "口径文件的“version”须是不小于 1 的整数"),
        ({**DOC, "min_sample": "10"}, "口径文件的“min_sample”须是不小于 1 的整数"),
        ({**DOC, "rank": "all"}, "口径文件的“rank”只能是 group、city、none，写的是 all"),
        ({**DOC, "effective_from": "去年"}, "口径文件读不懂：Invalid isoformat string: '去年'"),
        ({**DOC, "scores": None}, "口径文件读不懂：'NoneType' object is not iterable"),
        ({**DOC, "rates": [RATE, RATE]}, "口径文件里“on_time”写了两次"),
        ({**DOC, "main": ["closure"]}, "口径文件提到的“closure”不在 rates 里"),
        (with_rate(table="leg"), "口径文件的“table”只能是 limit、order、rating、call，写的是 leg"),
        (with_rate(clock=""), "口径文件第 1 个指标的 clock 写得不对：空"),
        (with_rate(clock="lunch"), "口径文件第 1 个指标的 clock 写得不对：lunch"),
        (with_rate(table="order"), "口径文件第 1 个指标的 clock 写得不对：handle"),
        (with_rate(by="closed_day"), "口径文件第 1 个指标的 by 只能是 day"),
        (with_rate(owner="city"), "口径文件的“owner”只能是 unit、centre，写的是 city"),
        (with_rate(weight=1.5), "口径文件第 1 个指标的 weight 须在 0 到 1 之间"),
        (with_rate(weight="一半"), "口径文件读不懂：[<class 'decimal.ConversionSyntax'>]"),
        (with_rate(code="按时"), "口径文件的“code”只能用小写字母、数字和连线：按时"),
        (with_rate(clause=None), "口径文件缺“clause”"),
        ({**DOC, "scores": ["on_time"]}, "口径文件的 scores 须是对象的列表"),
        ({**DOC, "scores": [{"rate": "on_time", "full": 25}]}, "口径文件缺“floor”"),
        ({**DOC, "scores": [{"rate": "on_time", "full": "NaN"}]}, "口径文件的“full”须是一个数：NaN"),
        ({**DOC, "cards": ["on_time"]}, "口径文件的 cards 须是对象的列表"),
    ],
)
def test_what_is_said_of_a_profile_that_cannot_be_read(doc: Any, words: str) -> None:
    assert said(doc) == words


def test_words_that_there_are_not() -> None:
    known = "、".join(sorted(profiles.WORDS["limit"]))
    assert said(with_rate(count=["leads"])) == f"口径文件第 1 个指标的 count 里没有“leads”这个条件，有：{known}"
    assert said(with_rate(count=[["lead"]])).startswith("口径文件第 1 个指标的 count 里没有“['lead']”这个条件")
    assert "没有“done_by_end”这个条件" in said(with_rate(count=[BY_END]))
    assert profiles.read(with_rate(good=[BY_END])).rates[0].metric.good == (BY_END,)
    assert "有：direct、exempt、foreign、invalid、merged、praise、withdrawn" in said(with_rate(leave_out=["secret"]))


def test_scores_and_cards() -> None:
    score = {"rate": "on_time", "full": 25, "floor": 12.5, "target": 98, "per_point": 0.5}
    card = {"rate": "on_time", "zh": "连续两月低于 85%", "colour": "yellow", "below": 85, "times": 2, "days": 30}
    card |= {"approver": "city_leader"}
    found = profiles.read({**DOC, "scores": [score], "cards": [card]})
    assert (found.scores, found.cards) == ((score,), (card,))
    assert said({**DOC, "scores": [{**score, "rate": "closure"}]}) == "口径文件提到的“closure”不在 rates 里"
    assert said({**DOC, "cards": [{**card, "rate": "closure"}]}) == "口径文件提到的“closure”不在 rates 里"
    assert said({**DOC, "cards": [{**card, "colour": "green"}]}) == "口径文件的“colour”只能是 yellow、red，写的是 green"
    assert said({**DOC, "cards": [{**card, "times": 0}]}) == "口径文件的“times”须是不小于 1 的整数"
    del card["below"]
    assert said({**DOC, "cards": [card]}) == "口径文件缺“below”"


def test_the_profile_of_the_speech_is_shipped() -> None:
    city = shipped("city-2023")
    assert city.main == ("transfer", "response", "closure", "satisfaction", "on_time")
    assert [one.zh for one in map(city.rate, city.main)] == ["转办率", "响应率", "办结率", "满意率", "按时办结率"]
    assert (city.min_sample, city.rank) == (10, "group")
    assert [(one["rate"], one["full"], one["floor"], one["target"], one["per_point"]) for one in city.scores] == [
        ("satisfaction", 25, 12.5, 98, 0.5),
        ("on_time", 25, 0, 100, 1),
    ]
    assert [(one["colour"], one["on"]) for one in city.cards] == [("yellow", False), ("red", False)]


def test_the_graded_profile_is_shipped() -> None:
    graded = shipped("graded-2025")
    assert graded.main == ("response", "resolution", "satisfaction", "on_time")
    assert (graded.effective_from, graded.rank, graded.scores, graded.cards) == (date(2025, 7, 1), "group", (), ())
    assert "direct" in graded.rate("on_time").metric.leave_out
    assert {one.metric.clock for one in graded.rates if one.metric.clock} <= set(CLOCKS)
