"""The parameters that rules read besides limits, with their words, units and bounds.

A dotted name is a place inside a document: ``ladder.normal``. ``office_hours`` lies in the calendar and is shown here,
because people look for it here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from jiesu.domain import calling, calls, disclosure, openings, person_requests, words
from jiesu.domain.administration.kinds import UNIT_KINDS
from jiesu.domain.clocks import MEASURES, Limit
from jiesu.domain.rules import DEFAULTS
from jiesu.domain.workdays import OFFICE_HOURS

Type = Literal["part", "whole", "flag", "limit", "span", "spans", "ladder", "choices", "period"]
NATURAL: Final = ("min", "hour", "day")
OFFICE: Final = "office_hours"
_HOURS: Final = [[f"{edge:%H:%M}" for edge in period] for period in OFFICE_HOURS]


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter. ``unit``: what its number counts; ``least`` and ``most``: its bounds, both allowed.

    ``measures``: those that a limit may be written in. ``optional``: the city may do without it.
    """

    name: str
    zh: str
    type: Type
    group: str
    said: str
    unit: str = ""
    least: float = 1
    most: float = 100
    measures: tuple[str, ...] = MEASURES
    optional: bool = False
    of: Mapping[str, str] = field(default_factory=dict)
    start: Any = None

    @property
    def bounds(self) -> str:
        """The bounds in words, empty where there are none to say."""
        if self.type == "part":
            return f"{self.least:.0%} 到 {self.most:.0%}"
        return f"{self.least:g} 到 {self.most:g} {self.unit}".rstrip() if self.type == "whole" else ""


def _ladder(urgency: str) -> Param:
    said = "到期后多久催办、督办、提级督办，三个时长用顿号隔开；0 分钟是一到期就办"
    zh = f"{words.URGENCIES[urgency]}工单的催办督办"
    return Param(f"ladder.{urgency}", zh, "ladder", "督办", said, start=DEFAULTS["ladder"][urgency])


def _sample(outcome: str, share: float) -> Param:
    said = "没有回访就办结的，第二天按这个比例抽查"
    zh = f"{words.OUTCOMES[outcome]}的抽查比例"
    return Param(f"callback_sample.{outcome}", zh, "part", "回访", said, least=0, most=1, start=share)


_ALL: Final = (
    Param("amber_part", "将超期从几成算起", "part", "时限", "时限用掉这么多就变黄、提醒", least=0.3, most=0.95),
    Param("assist_part", "配合单位的时限", "part", "时限", "牵头单位时限的几成，向上取整", least=0.1, most=1),
    Param("count_start_day", "派单当天算第一天", "flag", "时限", "否：第二个工作日起算"),
    Param(OFFICE, "工作时间", "spans", "时限", "每个工作日的时段；工作小时、工作日按它算", start=_HOURS),
    Param("extension_times", "一张工单最多延期", "whole", "时限", "到期前申请", "次", 0, 5),
    Param("reopen_days", "办结后多久内可以重开", "whole", "时限", "因联系不上办结的，诉求人说没解决", "天", 1, 365),
    Param("return_times_before_ruling", "退单几次转裁定", "whole", "派单", "同意退单达到次数即转", "次", 1, 10),
    Param("units_before_ruling", "派过几家转裁定", "whole", "派单", "也用来认定推诿、疑难件", "家", 2, 20),
    Param("handling_kinds", "可以牵头的单位类别", "choices", "派单", "其他类别的单位不能承办", of=UNIT_KINDS),
    Param("chase_warning", "催单几次提醒督办", "whole", "督办", "同一件诉求催到这个次数", "次", 1, 20),
    Param("hard_case_reworks", "重办几次算疑难件", "whole", "督办", "疑难件提级督办", "次", 1, 10),
    Param("ownerless", "超期多久算悬空", "limit", "督办", "没有人派、没有人签收、没有裁定"),
    Param("ageing", "登记多久算久拖", "limit", "督办", "还没有办结的"),
    *(_ladder(urgency) for urgency in words.URGENCIES),
    Param("callback_attempts", "回访最少打几次", "whole", "回访", "没打通才可以按联系不上办结", "次", 1, 10),
    Param("callback_days_min", "回访最少分几天", "whole", "回访", "不同时段、不同日子", "天", 1, 7),
    Param("callback_hours", "回访时段", "spans", "回访", "只在这些时段打", start=calling.DEFAULTS["callback_hours"]),
    Param("callback_hold", "一通回访占用多久", "limit", "回访", "别人暂时拿不到这一件", measures=("min", "hour")),
    *(_sample(outcome, share) for outcome, share in calling.DEFAULTS["callback_sample"].items()),
    Param("callback_sample_least", "每类每天至少抽查", "whole", "回访", "比例算出来太少时", "件", 0, 50),
    Param("call_back", "未接来电多久内回拨", "limit", "来电", "从挂断算起"),
    Param("call_back_urgent", "未接几次优先回拨", "whole", "来电", "同一个号码", "次", 1, 20),
    Param("call_back_attempts", "回拨最多几次", "whole", "来电", "都没接通就记联系不上", "次", 1, 10),
    Param("call_back_again", "两次回拨隔多久", "limit", "来电", "没人接的，过这么久再打", measures=NATURAL),
    Param("call_back_age", "多久前的未接不再回拨", "limit", "来电", "如导入上月的通话记录", measures=NATURAL),
    Param("quiet_hours", "夜间不提醒", "span", "提醒", "这段时间的提醒早上再给；紧急、特急不受限", optional=True),
    Param("openings_many", "一天查看多少件算异常", "whole", "个人信息", "查看记录里标出来", "件", 1, 10_000),
    Param("openings_beside", "查看无关工单多少件算异常", "whole", "个人信息", "自己没有办过的", "件", 1, 10_000),
    Param("openings_night", "夜间查看多少件算异常", "whole", "个人信息", "不紧急、当晚也没有办的", "件", 1, 10_000),
    Param("openings_night_hours", "夜间是几点到几点", "span", "个人信息", "查看记录用"),
    Param("person_request_days", "删除申请几天内答复", "whole", "个人信息", "从提出算起", "天", 1, 90),
    Param(
        "keep_orders", "诉求人信息保存多久", "period", "个人信息", "从他最后一件办结算起；不写一直保存", optional=True
    ),
    Param(
        "keep_recordings", "录音保存多久", "period", "个人信息", "从通话算起；到期自动删除，不写一直保存", optional=True
    ),
    Param("event_orders", "几件算高频事件", "whole", "高频", "三天三单里的“三单”", "件", 2, 100),
    Param("event_days", "几天内算高频事件", "whole", "高频", "三天三单里的“三天”", "天", 1, 30),
    Param("min_sample", "少于几件不排名", "whole", "考核", "标“样本不足”", "件", 1, 1000),
    Param("open_figures", "定稿的数向社会公开", "flag", "公开数据", "是：/open 上不用登录就能看每个定稿的月份"),
    Param("open_least", "少于几件不公开", "whole", "公开数据", "件数少的可能看得出是谁", "件", 3, 1000),
)
_SHOWN: Final = {"event_orders": 3, "event_days": 3, "min_sample": 10}
"""Defaults of domain.md §2 and §6 that stand in no table of the rules yet."""
PARAMS: Final[Mapping[str, Param]] = {one.name: one for one in _ALL}
GROUPS: Final = tuple(dict.fromkeys(one.group for one in _ALL))


def default(param: Param) -> Any:
    """What holds while the city has said nothing."""
    if param.start is not None:
        return param.start
    known = {**_SHOWN}
    for held in (
        calls.DEFAULTS,
        calling.DEFAULTS,
        disclosure.DEFAULTS,
        openings.DEFAULTS,
        person_requests.DEFAULTS,
        DEFAULTS,
    ):
        known.update(held)
    return known.get(param.name)


def value_of(param: Param, held: Mapping[str, Any]) -> Any:
    """The value that holds: the city's own in ``held`` (its document of parameters), else the default."""
    outer, _, inner = param.name.partition(".")
    found = held.get(outer)
    if inner:
        found = found.get(inner) if isinstance(found, Mapping) else None
    return default(param) if found is None and not (param.optional and outer in held) else found


def with_value(param: Param, held: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """The document of parameters with this one set; what else is in it stays."""
    outer, _, inner = param.name.partition(".")
    if not inner:
        return {**held, outer: value}
    beside = {one.name.partition(".")[2]: value_of(one, held) for one in _ALL if one.name.startswith(f"{outer}.")}
    return {**held, outer: {**beside, **(held.get(outer) or {}), inner: value}}


def limits_in(param: Param, value: Any) -> Iterator[Limit]:
    """The limits that a value holds; those of a ladder may be nought, and are left out then."""
    if param.type == "limit":
        yield Limit.from_doc(value)
    elif param.type == "ladder":
        yield from (Limit.from_doc(one) for one in value if one[0])
