"""The plan of what is drawn: read from a document, refused in words when it is none."""

from __future__ import annotations

from typing import Any

import pytest

from jiesu.domain.clocks import Limit
from jiesu.domain.errors import Refused
from jiesu.domain.quality_plan import Line, Plan, Risk, is_signal, plan_from_doc

LINE = {"code": "call.agent", "name": "通话周抽检", "subject": "call", "per": "agent", "week": 3, "share": 0.01}
RISK = {"code": "short_call", "name": "通话过短", "seconds": 15}


def test_a_plan_is_read_and_names_what_it_draws() -> None:
    plan = plan_from_doc(
        {"lines": [LINE], "risks": [RISK], "signals": {"template": "套用模板"}, "appeal": [5, "day"], "most": 20}, 3
    )
    assert plan.lines == (Line("call.agent", "通话周抽检", "call", "agent", 3, 0.01),)
    assert plan.risks == (Risk("short_call", "通话过短", "call", 1, {"seconds": 15}),)
    assert (plan.version, plan.most, plan.least, plan.appeal) == (3, 20, 5, Limit(5, "day"))
    assert plan.inspect == Limit(5, "work_day")
    assert plan.codes == ["call.agent", "short_call"]
    said = ("call.agent", "short_call", "template", "asked", "second", "strange")
    assert [plan.signal_zh(one) for one in said] == [
        *("通话周抽检", "通话过短", "套用模板", "指定抽检", "复检", "strange")
    ]


def test_an_empty_plan_draws_nothing() -> None:
    assert plan_from_doc({}) == Plan(0, (), ())
    assert plan_from_doc(None).codes == []
    assert plan_from_doc({"risks": [{"code": "burst", "name": "扎堆"}]}).risks[0].numbers == {
        "minutes": 60,
        "orders": 5,
    }


@pytest.mark.parametrize(
    ("doc", "said"),
    [
        ({"lines": LINE}, "抽检方案的 lines 须是一个列表，最多 30 条"),
        ({"lines": 3}, "抽检方案的 lines 须是一个列表，最多 30 条"),
        ({"risks": [RISK] * 31}, "抽检方案的 risks 须是一个列表，最多 30 条"),
        ({"lines": [LINE, LINE]}, "抽检方案里“call.agent”重复"),
        ({"lines": ["call"]}, "第 1 条抽样的 code 须以小写字母开头，只用小写字母、数字、点和下划线"),
        ({"lines": [{**LINE, "code": "asked"}]}, "第 1 条抽样的 code 须以小写字母开头，只用小写字母、数字、点和下划线"),
        ({"lines": [{**LINE, "name": ""}]}, "第 1 条抽样须有名称（name），不超过 40 字"),
        (
            {"lines": [{**LINE, "per": "unit"}]},
            "第 1 条抽样的 subject 和 per 须是：call：agent；order：unit、agent、dispatcher；callback：clerk",
        ),
        (
            {"lines": [{**LINE, "subject": "letter"}]},
            "第 1 条抽样的 subject 和 per 须是：call：agent；order：unit、agent、dispatcher；callback：clerk",
        ),
        ({"lines": [{**LINE, "share": 2}]}, "第 1 条抽样的 share 须在 0 到 1 之间"),
        ({"lines": [{**LINE, "share": True}]}, "第 1 条抽样的 share 须在 0 到 1 之间"),
        ({"lines": [{**LINE, "week": -1}]}, "抽检方案的 week 须是 0 到 100 的整数"),
        (
            {"risks": [{**RISK, "code": "rumour"}]},
            "第 1 条风险不认识“rumour”，可选：short_call、no_contact、alike、burst",
        ),
        ({"risks": ["alike"]}, "第 1 条风险的 code 须以小写字母开头，只用小写字母、数字、点和下划线"),
        ({"risks": [{**RISK, "seconds": 0}]}, "第 1 条风险的 seconds 须是大于 0 的数"),
        ({"risks": [{**RISK, "seconds": "20"}]}, "第 1 条风险的 seconds 须是大于 0 的数"),
        ({"signals": ["template"]}, "signals 须是“代码: 名称”的对照"),
        ({"most": 0}, "抽检方案的 most 须是 1 到 2000 的整数"),
        ({"appeal": "三天"}, '抽检方案的 appeal 须写成 [3, "work_day"] 这样的时限'),
        ({"appeal": 3}, '抽检方案的 appeal 须写成 [3, "work_day"] 这样的时限'),
    ],
)
def test_a_document_that_is_no_plan_says_why(doc: Any, said: str) -> None:
    with pytest.raises(Refused) as no:
        plan_from_doc(doc)
    assert no.value.message == said


def test_a_signal_has_a_code() -> None:
    assert [is_signal(one) for one in ("template", "gaming.burst_2", "", "Template", "模板", "x")] == [
        *(True, True, False, False, False, False)
    ]
