"""Values as people write them: whatever is written can be read again, and what cannot be read says what to write."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiesu.domain import calling, calls, openings, person_requests
from jiesu.domain.administration import cells, param_cells
from jiesu.domain.administration.cells import BadValue
from jiesu.domain.administration.kinds import KINDS, UNIT_KINDS, Field
from jiesu.domain.administration.names import Names
from jiesu.domain.administration.params import PARAMS, default, limits_in, value_of, with_value
from jiesu.domain.clocks import MEASURES, Limit
from jiesu.domain.rules import DEFAULTS
from tests.cast import HEAT, HOUSING, NORTH, PARTS, RULES, WATER, rules

NAMES = Names(RULES)


def field(kind: str, name: str) -> Field:
    found = KINDS[kind].field(name)
    assert found is not None
    return found


def read(kind: str, name: str, said: str) -> Any:
    return cells.read(field(kind, name), said, NAMES)


def wrong(kind: str, name: str, said: str) -> str:
    with pytest.raises(BadValue) as caught:
        read(kind, name, said)
    return str(caught.value)


# -- there and back

_days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
_limits = st.builds(lambda amount, measure: [amount, measure], st.integers(1, 400), st.sampled_from(MEASURES))
_roles = st.lists(
    st.tuples(
        st.sampled_from(["unit_clerk", "dispatcher"]),
        st.sampled_from([HEAT, HOUSING]),
        st.none() | _days.map(date.isoformat),
        st.just(None),
    ).map(list),
    max_size=3,
    unique_by=tuple,
)


@given(_limits)
def test_a_limit_is_read_as_it_is_written(limit: list[Any]) -> None:
    one = field("limit", "limit")
    assert cells.read(one, cells.written(one, limit, NAMES), NAMES) == limit


@given(_roles)
def test_roles_are_read_as_they_are_written(roles: list[Any]) -> None:
    one = field("staff", "roles")
    assert cells.read(one, cells.written(one, roles, NAMES), NAMES) == roles


@given(st.sets(_days, max_size=12))
def test_days_are_read_as_they_are_written(days: set[date]) -> None:
    one = field("year", "off")
    said = [day.isoformat() for day in sorted(days)]
    assert cells.read(one, cells.written(one, said, NAMES), NAMES) == said


@pytest.mark.parametrize("name", PARAMS)
def test_every_parameter_is_read_as_it_is_written(name: str) -> None:
    param, value = PARAMS[name], default(PARAMS[name])
    said = param_cells.written(param, value)
    assert param_cells.read(param, said) == value
    assert param.zh
    assert param.said


def test_every_parameter_that_rules_read_has_its_words() -> None:
    """A default that nobody could find at the desk would be a rule in the code."""
    known = {name.partition(".")[0] for name in PARAMS} | {"centre"}
    for held in (DEFAULTS, calls.DEFAULTS, calling.DEFAULTS, openings.DEFAULTS, person_requests.DEFAULTS):
        assert set(held) - known == set()


# -- what people write


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("5个工作日", [5, "work_day"]),
        ("10 天", [10, "day"]),
        ("30分", [30, "min"]),
        ("1.5 小时", [1.5, "hour"]),
        ("4 个工作小时", [4, "work_hour"]),
        ("", None),
    ],
)
def test_limits_in_the_words_of_people(said: str, value: Any) -> None:
    assert read("catalog", "handle", said) == value


@pytest.mark.parametrize("said", ["两小时", "5", "5 周", "0 小时", "1.5 个工作日", "-1 天"])
def test_what_is_no_limit(said: str) -> None:
    assert "请写成 30 分钟" in (words := wrong("limit", "limit", said)) or "时限须大于零" in words


def test_days_moments_and_days_of_the_year() -> None:
    for said in ("2026-12-07", "2026/12/7", "2026年12月7日", "2026-12-07 00:00:00"):
        assert read("day", "day", said) == "2026-12-07"
    assert read("declared", "begins", "2026-12-07T08:00") == "2026-12-07T00:00:00Z"
    assert read("declared", "begins", "2026-12-07") == "2026-12-06T16:00:00Z"
    assert read("catalog", "season_from", "10月20日") == "10-20"
    assert read("catalog", "season_from", "2-29") == "02-29"
    assert [read(*one, "") for one in (("catalog", "season_to"), ("catalog", "effective_to"))] == ["", None]
    assert "不是日期" in wrong("day", "day", "2026-02-30")
    assert "不是日期" in wrong("day", "day", "明天")
    assert "不是时刻" in wrong("declared", "begins", "2026-12-07 25:00")
    assert "不是月日" in wrong("catalog", "season_from", "13-01")
    assert "不是月日" in wrong("catalog", "season_from", "冬至")
    assert read("year", "off", "2027-02-08至2027-02-10、2027-01-01") == [
        "2027-01-01", "2027-02-08", "2027-02-09", "2027-02-10",
    ]  # fmt: skip
    assert "起止不对" in wrong("year", "off", "2027-02-08至2027-02-01")
    assert "太长" in wrong("year", "off", "2027-01-01至2027-12-31")


def test_names_of_units_matters_and_regions() -> None:
    assert read("unit", "parent", "供热公司") == HEAT
    assert read("unit", "parent", "市供热有限公司") == HEAT
    assert read("unit", "parent", f"随便（{HEAT}）") == HEAT
    assert read("unit", "parent", "") is None
    assert read("catalog", "lead", "属地街道") == "@subdistrict"
    assert read("catalog", "assist", "供热公司，住建局；供热公司") == [HEAT, HOUSING]
    assert read("catalog", "matter", "heat.leak 供热管道漏水") == "heat.leak"
    assert read("catalog", "matter", "供热管道漏水") == "heat.leak"
    assert read("catalog", "matter", "全部事项") == "*"
    assert NAMES.matter("*") == "全部事项"
    assert [read("catalog", "region", said) for said in ("", "全市", "*", "钢城街道", NORTH)] == [
        "*",
        "*",
        "*",
        NORTH,
        NORTH,
    ]
    assert "没有叫“供热公同”的单位" in (said := wrong("unit", "parent", "供热公同"))
    assert said.endswith("是不是“供热公司”？")
    assert "先在“事项”里新增" in wrong("catalog", "matter", "外星人")
    assert wrong("catalog", "matter", "") == "请填写“事项”"


def test_a_name_that_two_have_is_written_with_its_code() -> None:
    twins = [*PARTS["units"], {**PARTS["units"][3], "code": "WATER2"}]
    names = Names(rules(units=twins))
    one = field("unit", "parent")
    assert cells.written(one, WATER, names) == f"供水公司（{WATER}）"
    assert cells.read(one, "供水公司（WATER2）", names) == "WATER2"
    with pytest.raises(BadValue, match="有不止一个单位叫“供水公司”，请写编号"):
        cells.read(one, "供水公司", names)


def test_who_is_out_of_use_keeps_a_name_and_cannot_be_chosen() -> None:
    units = [{**one, "active": False} if one["code"] == WATER else one for one in PARTS["units"]]
    names = Names(rules(units=units), {"NEW": "新公司"})
    assert names.unit(WATER) == "供水公司"
    assert names.unit(None) == ""
    assert names.unit_code("新公司") == "NEW"
    with pytest.raises(BadValue, match="没有叫“供水公司”的单位"):
        cells.read(field("unit", "parent"), "供水公司", names)


def test_titles_of_things_by_their_keys_alone() -> None:
    said = [
        NAMES.title(kind, key) for kind, key in (("catalog", f"heat~{NORTH}"), ("unit", HEAT), ("limit", "handle~*~*"))
    ]
    assert said == ["heat 供热，钢城街道", "供热公司", "handle~*~*"]
    assert NAMES.title("catalog", "nothing~*") == "nothing，全市"


@pytest.mark.parametrize(
    ("kind", "name", "said", "words"),
    [
        ("unit", "code", "供热", "字母开头"),
        ("unit", "name", "长" * 121, "请缩短到 120 字以内"),
        ("unit", "name", "a\0b", "无法保存的字符"),
        ("unit", "kind", "公司", "不在可选的里面，请写：委办局"),
        ("unit", "phone", "12a45", "只用数字、空格和短横"),
        ("unit", "active", "也许", "请写“是”或“否”"),
        ("unit", "name", "", "请填写“全称”"),
        ("staff", "login", "Zhou", "小写字母开头"),
        ("staff", "roles", "派单员", "请写成“派单员@热线中心”这样"),
        ("staff", "roles", "诉求人@热线中心", "角色有：话务员"),
        ("staff", "roles", "派单员@热线中心（2026-12-02 至 2026-12-01）", "止期不能早于起期"),
        ("matter", "code", "03..1", "最多五级"),
        ("matter", "keywords", "、".join(f"词{n}" for n in range(31)), "最多 30 个"),
        ("declared", "factor", "很多", "不是数"),
        ("declared", "factor", "11", "须在 1 到 10 之间"),
        ("script", "lines", "\n".join(["一句"] * 31), "最多 30 行"),
        ("param", "name", "颜色", "没有叫“颜色”的参数"),
    ],
)
def test_what_is_wrong_says_what_to_write(kind: str, name: str, said: str, words: str) -> None:
    assert words in wrong(kind, name, said)


def test_words_flags_numbers_and_roles_as_they_are_written() -> None:
    assert read("matter", "keywords", "暖气、 漏水,漏水") == ["暖气", "漏水"]
    assert read("script", "lines", " 您好 \n\n再见") == ["您好", "再见"]
    assert [read("unit", "active", said) for said in ("停用", "在用", "")] == [False, True, True]
    assert [read("declared", "factor", said) for said in ("2", "1.5")] == [2, 1.5]
    assert read("unit", "kind", "驻市企业") == "company"
    assert read("text", "type", "") == ""
    assert read("staff", "phone", "138****0001") == "138****0001"
    assert read("param", "name", "催单几次提醒督办") == "chase_warning"
    assert read("staff", "roles", "单位领导@供热公司（至 2026-12-31）") == [["unit_leader", HEAT, None, "2026-12-31"]]
    number = Field("n", "数", "number")
    assert cells.read(number, "", NAMES) is None
    assert cells.written(field("param", "name"), "nothing", NAMES) == "nothing"


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("chase_warning", "三", "请写 1 到 20 次 的整数"),
        ("chase_warning", "21", "请写 1 到 20 次"),
        ("chase_warning", "", "请填写"),
        ("amber_part", "很多", "30% 到 95%"),
        ("amber_part", "99%", "30% 到 95%"),
        ("count_start_day", "也许", "请写“是”或“否”"),
        ("call_back_again", "2 个工作日", "这一项只能用：分钟、分、小时"),
        ("ladder.normal", "0 分钟、1 个工作日", "请写三个时长"),
        ("office_hours", "13:30-17:30、09:00-12:00", "请从早到晚写"),
        ("office_hours", "09:00", "请写成 09:00-12:00 这样"),
        ("quiet_hours", "22:00-25:00", "不是时刻"),
        ("handling_kinds", "公司", "不在可选的里面"),
        ("keep_orders", "很久", "请写成 3 年"),
    ],
)
def test_parameters_keep_their_bounds(name: str, said: str, words: str) -> None:
    with pytest.raises(BadValue) as caught:
        param_cells.read(PARAMS[name], said)
    assert words in str(caught.value)


def test_parameters_as_people_write_them() -> None:
    written = {
        "amber_part": ("80%", 0.8),
        "assist_part": ("0.5", 0.5),
        "count_start_day": ("是", True),
        "ladder.urgent": ("0分钟、2小时、8小时", [[0, "min"], [2, "hour"], [8, "hour"]]),
        "office_hours": ("8:30-12:00、14:00-18:00", [["08:30", "12:00"], ["14:00", "18:00"]]),
        "quiet_hours": ("", None),
        "handling_kinds": ("委办局、驻市企业", ["bureau", "company"]),
        "keep_orders": ("18 个月", [18, "month"]),
        "keep_recordings": ("6月", [6, "month"]),
    }
    for name, (said, value) in written.items():
        assert param_cells.read(PARAMS[name], said) == value
    assert param_cells.written(PARAMS["quiet_hours"], None) == ""
    assert set(UNIT_KINDS) >= set(DEFAULTS["handling_kinds"])


def test_a_parameter_inside_another_keeps_its_neighbours() -> None:
    urgent = PARAMS["ladder.urgent"]
    held = with_value(urgent, {"reopen_days": 10}, [[0, "min"], [1, "hour"], [2, "hour"]])
    assert held["reopen_days"] == 10
    assert held["ladder"] == {**DEFAULTS["ladder"], "urgent": [[0, "min"], [1, "hour"], [2, "hour"]]}
    assert value_of(urgent, held) == [[0, "min"], [1, "hour"], [2, "hour"]]
    assert value_of(PARAMS["ladder.normal"], {"ladder": "broken"}) == DEFAULTS["ladder"]["normal"]
    quiet = PARAMS["quiet_hours"]
    assert value_of(quiet, {}) is None
    assert value_of(PARAMS["keep_orders"], {"keep_orders": None}) is None
    assert value_of(PARAMS["chase_warning"], with_value(PARAMS["chase_warning"], {}, 5)) == 5
    assert list(limits_in(urgent, held["ladder"]["urgent"])) == [Limit(1, "hour"), Limit(2, "hour")]
    assert list(limits_in(PARAMS["ageing"], [30, "day"])) == [Limit(30, "day")]
    assert list(limits_in(PARAMS["chase_warning"], 3)) == []
