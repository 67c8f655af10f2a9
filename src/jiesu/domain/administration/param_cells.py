"""Parameters as people write them, and back; within their bounds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import time
from math import isfinite
from typing import Any, Final

from jiesu.domain.administration.cells import (
    LIMIT,
    MEASURES,
    NO,
    NUMBER,
    YES,
    BadValue,
    choice_of,
    flag_of,
    limit_of,
    parts_of,
)
from jiesu.domain.administration.kinds import Field
from jiesu.domain.administration.params import Param
from jiesu.domain.clocks import Limit
from jiesu.domain.person_requests import UNITS

_PERIOD: Final = re.compile(r"([1-9]\d{0,3})\s*(年|个月|月|天)")


def written(param: Param, value: Any) -> str:
    """A parameter's value in words."""
    return _PARAM_WRITE[param.type](param, value)


def read(param: Param, said: str) -> Any:
    """A parameter's value from words, within its bounds. Raises BadValue."""
    said = said.strip()
    if not said:
        if param.optional:
            return None
        raise BadValue(f"请填写“{param.zh}”")
    return _PARAM_READ[param.type](param, said)


def _param_number(param: Param, said: str) -> int:
    if not said.isdecimal() or not param.least <= int(said) <= param.most:
        raise BadValue(f"请写 {param.bounds} 的整数")
    return int(said)


def _param_part(param: Param, said: str) -> float:
    percent = said.endswith(("%", "％"))
    number = said.rstrip("%％ ")
    value = float(number) / (100 if percent else 1) if NUMBER.fullmatch(number) else float("nan")
    if not isfinite(value) or not param.least <= value <= param.most:
        raise BadValue(f"请写 {param.bounds} 的百分比，如 {param.most:.0%}")
    return round(value, 6)


def _param_flag(_: Param, said: str) -> bool:
    return flag_of(Field("", "", "flag"), said, None)  # type: ignore[arg-type]


def _param_limit(param: Param, said: str) -> list[float | str]:
    limit = limit_of(said)
    if limit.measure not in param.measures:
        allowed = "、".join(zh for zh, name in MEASURES.items() if name in param.measures)
        raise BadValue(f"这一项只能用：{allowed}")
    return limit.to_doc()


def _param_ladder(_: Param, said: str) -> list[list[float | str]]:
    steps = [_step(one) for one in re.split(r"[、，,;；]+", said) if one.strip()]
    if len(steps) != 3:
        raise BadValue("请写三个时长，依次是催办、督办、提级督办，如：0 分钟、1 个工作日、3 个工作日")
    return steps


def _step(said: str) -> list[float | str]:
    found = LIMIT.fullmatch(said.strip())
    if found and float(found[1]) == 0 and found[2].strip() in MEASURES:
        return [0, MEASURES[found[2].strip()]]
    return limit_of(said).to_doc()


def _clock_span(said: str) -> list[str]:
    ends = [_clock_time(one) for one in re.split(r"\s*(?:至|到|-|–|—|~|～)\s*", said.strip())]
    if len(ends) != 2 or ends[0] == ends[1]:
        raise BadValue(f"“{said[:30]}”请写成 09:00-12:00 这样")
    return [f"{one:%H:%M}" for one in ends]


def _clock_time(said: str) -> time:
    try:
        return time.fromisoformat(said.strip().zfill(5))
    except ValueError:
        raise BadValue(f"“{said[:30]}”不是时刻，请写成 09:00 这样") from None


def _param_spans(_: Param, said: str) -> list[list[str]]:
    found = [_clock_span(one) for one in parts_of(said)]
    edges = [edge for one in found for edge in one]
    if not found or edges != sorted(edges) or len(set(edges)) < len(edges):
        raise BadValue("请从早到晚写，时段不能重叠，如 09:00-12:00、13:30-17:30")
    return found


def _param_choices(param: Param, said: str) -> list[str]:
    return [choice_of(Field("", param.zh, of=param.of), one, None) for one in parts_of(said)]  # type: ignore[arg-type]


def _param_period(_: Param, said: str) -> list[int | str]:
    found = _PERIOD.fullmatch(said)
    unit = {zh: name for name, zh in UNITS.items()} | {"月": "month"}
    if found is None or found[2] not in unit:
        raise BadValue("请写成 3 年、6 个月、90 天这样；不写是一直保存")
    return [int(found[1]), unit[found[2]]]


def _span_words(value: Iterable[str]) -> str:
    return "-".join(value)


def _step_words(one: Sequence[Any]) -> str:
    return Limit.from_doc(one).zh() if one[0] else "0 分钟"


_PARAM_WRITE: Final[Mapping[str, Callable[[Param, Any], str]]] = {
    "part": lambda _, value: f"{100 * value:g}%",
    "whole": lambda _, value: str(value),
    "flag": lambda _, value: YES if value else NO,
    "limit": lambda _, value: Limit.from_doc(value).zh(),
    "span": lambda _, value: _span_words(value) if value else "",
    "spans": lambda _, value: "、".join(map(_span_words, value)),
    "ladder": lambda _, value: "、".join(map(_step_words, value)),
    "choices": lambda param, value: "、".join(param.of.get(one, one) for one in value),
    "period": lambda _, value: f"{value[0]} {UNITS[value[1]]}" if value else "",
}
_PARAM_READ: Final[Mapping[str, Callable[[Param, str], Any]]] = {
    "part": _param_part,
    "whole": _param_number,
    "flag": _param_flag,
    "limit": _param_limit,
    "span": lambda _, said: _clock_span(said),
    "spans": _param_spans,
    "ladder": _param_ladder,
    "choices": _param_choices,
    "period": _param_period,
}
