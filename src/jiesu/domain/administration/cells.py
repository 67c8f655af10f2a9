"""Values as people write them in a form or a cell of a spreadsheet, and back.

``written`` gives the words of a value, ``read`` the value of words; what ``written`` gives, ``read`` takes. A mistake
is a ``BadValue`` whose text tells a person what to write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any, Final

from jiesu.domain import words
from jiesu.domain.administration.kinds import STAFF_ROLES, Field
from jiesu.domain.administration.names import Names, Unknown, closest
from jiesu.domain.administration.params import PARAMS, Param
from jiesu.domain.clocks import Limit
from jiesu.domain.order import moment, stamp
from jiesu.domain.person_requests import UNITS
from jiesu.domain.workdays import CITY_ZONE

YES, NO = "是", "否"
_YES: Final = frozenset({"是", "有", "在用", "上班", "y", "yes", "true", "1", "√"})
_NO: Final = frozenset({"否", "无", "停用", "休息", "n", "no", "false", "0", "×"})
_SPLIT: Final = re.compile(r"[、，,;；\n]+")
_TO: Final = re.compile(r"\s*(?:至|到|~|～|—|－)\s*")
_NUMBER: Final = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,4})?")
_PERIOD: Final = re.compile(r"([1-9]\d{0,3})\s*(年|个月|月|天)")
_LIMIT: Final = re.compile(r"(\d{1,5}(?:\.\d{1,2})?)\s*(?:个)?\s*(.+)")
_MEASURES: Final = {
    "分钟": "min",
    "分": "min",
    "小时": "hour",
    "自然小时": "hour",
    "工作小时": "work_hour",
    "工作日": "work_day",
    "自然日": "day",
    "天": "day",
    "日": "day",
}
MEASURE_WORDS: Final = {
    "min": "分钟",
    "hour": "小时",
    "work_hour": "个工作小时",
    "work_day": "个工作日",
    "day": "个自然日",
}
"""The measures of limits, for a field beside the amount."""
_DAY: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_YEARDAY: Final = re.compile(r"(\d{1,2})[-/.月](\d{1,2})日?")
_SHAPES: Final = {
    "code": (re.compile(r"[A-Za-z][A-Za-z0-9-]{0,31}"), "只用字母、数字和短横，字母开头"),
    "login": (re.compile(r"[a-z][a-z0-9_.\-]{1,59}"), "只用小写字母、数字、_ . -，小写字母开头，至少两位"),
    "word": (re.compile(r"[a-z][a-z0-9_]{0,31}"), "只用小写字母、数字和下划线，字母开头"),
    "matter_code": (re.compile(r"[A-Za-z0-9]{1,8}(?:\.[A-Za-z0-9]{1,8}){0,4}"), "写成 03.06.01 这样，最多五级"),
    "phone": (re.compile(r"(?:[0-9+][0-9 -]{4,38})?"), "只用数字、空格和短横"),
    "letters": (re.compile(r"[a-z0-9]{0,80}"), "只用小写字母和数字"),
}
_ROLE: Final = re.compile(r"(.+?)[@＠](.+?)\s*(?:[（(](.*)[）)])?")
_LONGEST_SPAN: Final = timedelta(days=92)
MOST_WORDS: Final = 30
MASK: Final = "*"


class BadValue(Exception):
    """What was written cannot be taken; the text says what to write instead."""


def written(field: Field, value: Any, names: Names) -> str:
    """The words of a value; nothing for none."""
    if value is None or value in ("", []):
        return ""
    return _WRITE.get(field.type, _plain)(field, value, names)


def read(field: Field, said: str, names: Names) -> Any:
    """The value of words. Raises BadValue."""
    said = said.strip()
    if "\0" in said:
        raise BadValue("有无法保存的字符，请重新输入")
    if not said and field.needed:
        if field.start != "":
            return field.start
        raise BadValue(f"请填写“{field.zh}”")
    try:
        return _READ.get(field.type, _text)(field, said, names)
    except Unknown as unknown:
        raise BadValue(str(unknown)) from None


def param_written(param: Param, value: Any) -> str:
    """A parameter's value in words."""
    return _PARAM_WRITE[param.type](param, value)


def param_read(param: Param, said: str) -> Any:
    """A parameter's value from words, within its bounds. Raises BadValue."""
    said = said.strip()
    if not said:
        if param.optional:
            return None
        raise BadValue(f"请填写“{param.zh}”")
    return _PARAM_READ[param.type](param, said)


# -- writing


def _plain(_: Field, value: Any, names: Names) -> str:
    return str(value)


def _written_choice(field: Field, value: Any, _: Names) -> str:
    return field.of.get(str(value), str(value))


def _written_flag(_: Field, value: Any, names: Names) -> str:
    return YES if value else NO


def role_words(roles: Iterable[Sequence[str | None]], names: Names) -> str:
    """Roles as people write them: 派单员@热线中心；单位领导@供热公司（从 2026-12-01 至 2026-12-31）."""
    return "；".join(_role_words(one, names) for one in roles)


def _role_words(one: Sequence[str | None], names: Names) -> str:
    role, unit, since, until = one
    span = " ".join(part for part in (_from(since), _until(until)) if part)
    said = f"{words.ROLES.get(str(role), str(role))}@{names.unit(unit)}"
    return f"{said}（{span}）" if span else said


def _from(day: str | None) -> str:
    return f"从 {day}" if day else ""


def _until(day: str | None) -> str:
    return f"至 {day}" if day else ""


def _written_days(_: Field, value: Sequence[str], names: Names) -> str:
    """Days in a row as a span."""
    said: list[tuple[date, date]] = []
    for day in sorted(date.fromisoformat(one) for one in value):
        if said and day - said[-1][1] == timedelta(days=1):
            said[-1] = said[-1][0], day
        else:
            said.append((day, day))
    return "、".join(first.isoformat() if first == last else f"{first}至{last}" for first, last in said)


_WRITE: Final[Mapping[str, Callable[[Field, Any, Names], str]]] = {
    "choice": _written_choice,
    "choices": lambda field, value, _: "、".join(field.of.get(one, one) for one in value),
    "flag": _written_flag,
    "words": lambda _, value, names: "、".join(value),
    "lines": lambda _, value, names: "\n".join(value),
    "unit": lambda _, value, names: names.unit(value),
    "lead": lambda _, value, names: names.lead(value),
    "units": lambda _, value, names: "、".join(names.unit(one) for one in value),
    "matter": lambda _, value, names: names.matter(value),
    "region": lambda _, value, names: names.region(value),
    "limit": lambda _, value, names: Limit.from_doc(value).zh(),
    "moment": lambda _, value, names: f"{moment(value).astimezone(CITY_ZONE):%Y-%m-%d %H:%M}",
    "number": lambda _, value, names: f"{value:g}",
    "roles": lambda _, value, names: role_words(value, names),
    "days": _written_days,
    "param": lambda _, value, names: PARAMS[value].zh if value in PARAMS else str(value),
}

# -- reading


def _text(field: Field, said: str, _: Names) -> str:
    if field.type not in ("long", "lines"):
        said = " ".join(said.split())
    if len(said) > field.most:
        raise BadValue(f"有 {len(said):,} 字，请缩短到 {field.most:.0f} 字以内")
    return said


def _shaped(field: Field, said: str, names: Names) -> str:
    shape, how = _SHAPES[field.type]
    if not shape.fullmatch(said):
        raise BadValue(f"“{said[:30]}”不合要求：{how}")
    return _text(field, said, names)


def _phone(field: Field, said: str, names: Names) -> str:
    """A number; one with stars stands for the number that is held, and is taken as it is."""
    return said if MASK in said else _shaped(field, said, names)


def _choice(field: Field, said: str, _: Names) -> str:
    if not said:
        return ""
    found = said if said in field.of else _codes(field.of).get(said)
    if found is None:
        near = closest(said, field.of.values())
        hint = f"；是不是“{near}”？" if near else f"，请写：{'、'.join(field.of.values())}"
        raise BadValue(f"“{said[:30]}”不在可选的里面{hint}")
    return found


def _choices(field: Field, said: str, names: Names) -> list[str]:
    """What is chosen, in the order in which it is offered."""
    found = {_choice(field, one, names) for one in _parts(said)}
    return [code for code in field.of if code in found]


def _codes(of: Mapping[str, str]) -> dict[str, str]:
    return {zh: code for code, zh in of.items()}


def _parts(said: str) -> list[str]:
    return list(dict.fromkeys(part for one in _SPLIT.split(said) if (part := one.strip())))


def _words(field: Field, said: str, _: Names) -> list[str]:
    found = _parts(said)
    if len(found) > MOST_WORDS or any(len(one) > field.most for one in found):
        raise BadValue(f"最多 {MOST_WORDS} 个，每个不超过 {field.most:.0f} 字，用顿号隔开")
    return found


def _flag(field: Field, said: str, _: Names) -> bool:
    if said.lower() in _YES:
        return True
    if said.lower() in _NO:
        return False
    if not said:
        return bool(field.start)
    raise BadValue(f"“{said[:30]}”看不出是不是，请写“是”或“否”")


def _limit(_: Field, said: str, names: Names) -> list[float | str] | None:
    return limit_of(said).to_doc() if said else None


def limit_of(said: str) -> Limit:
    """A limit as people say it: 5 个工作日, 30 分钟, 4 个工作小时, 10 天. Raises BadValue."""
    found = _LIMIT.fullmatch(said.strip())
    measure = _MEASURES.get(found[2].strip()) if found else None
    if found is None or measure is None:
        raise BadValue(f"“{said[:30]}”看不出是多久，请写成 30 分钟、2 小时、4 个工作小时、5 个工作日、10 个自然日")
    try:
        return Limit(float(found[1]), measure)  # type: ignore[arg-type]
    except ValueError:
        raise BadValue("时限须大于零；工作日、自然日须是整数") from None


def _day(_: Field, said: str, names: Names) -> str | None:
    return day_of(said).isoformat() if said else None


def day_of(said: str) -> date:
    """A day: 2026-12-07, 2026/12/7, 2026年12月7日. Raises BadValue."""
    found = _DAY.fullmatch(said.strip())
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise BadValue(f"“{said[:30]}”不是日期，请写成 2026-12-07 这样")


def _yearday(_: Field, said: str, names: Names) -> str:
    if not said:
        return ""
    found = _YEARDAY.fullmatch(said)
    try:
        if found:
            return f"{date(2000, int(found[1]), int(found[2])):%m-%d}"
    except ValueError:
        pass
    raise BadValue(f"“{said[:30]}”不是月日，请写成 10-20 这样")


def _moment(_: Field, said: str, names: Names) -> str:
    day, _sep, clock = said.replace("T", " ").partition(" ")
    try:
        at = datetime.combine(day_of(day), time.fromisoformat(clock.strip() or "00:00"), CITY_ZONE)
    except ValueError:
        raise BadValue(f"“{said[:30]}”不是时刻，请写成 2026-12-07 08:00 这样") from None
    return stamp(at)


def _number(field: Field, said: str, _: Names) -> float | None:
    if not said:
        return None
    if not _NUMBER.fullmatch(said):
        raise BadValue(f"“{said[:30]}”不是数，请写数字")
    value = float(said)
    if not field.least <= value <= field.most:
        raise BadValue(f"须在 {field.least:g} 到 {field.most:g} 之间")
    return int(value) if value == int(value) else value


def _days(_: Field, said: str, names: Names) -> list[str]:
    found: set[date] = set()
    for part in _parts(said):
        first, last = _span(part)
        found.update(first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day.isoformat() for day in sorted(found)]


def _span(part: str) -> tuple[date, date]:
    ends = [day_of(one) for one in _TO.split(part)]
    if len(ends) > 2 or ends[-1] < ends[0]:
        raise BadValue(f"“{part[:30]}”的起止不对，请写成 2027-02-08至2027-02-12 这样")
    if ends[-1] - ends[0] > _LONGEST_SPAN:
        raise BadValue(f"“{part[:30]}”太长，请核对年月")
    return ends[0], ends[-1]


def _roles(_: Field, said: str, names: Names) -> list[list[str | None]]:
    # Commas stand inside no role, so all that people put between two of them will do.
    return [_role(part, names) for part in _parts(said)]


def _role(part: str, names: Names) -> list[str | None]:
    found = _ROLE.fullmatch(part)
    role = _codes(STAFF_ROLES).get(found[1].strip()) or found[1].strip() if found else ""
    if found is None or role not in STAFF_ROLES:
        raise BadValue(f"“{part[:40]}”请写成“派单员@热线中心”这样；角色有：{'、'.join(STAFF_ROLES.values())}")
    since, until = _role_span(found[3] or "")
    return [role, names.unit_code(found[2].strip()), since, until]


def _role_span(said: str) -> tuple[str | None, str | None]:
    """从 2026-12-01 至 2026-12-31; either may be left out."""
    before, _, after = re.sub(r"\s*(?:至|到)\s*", "|", said).partition("|")
    first = before.strip().removeprefix("从").strip()
    since = day_of(first).isoformat() if first else None
    until = day_of(after).isoformat() if after.strip() else None
    if since and until and until < since:
        raise BadValue("角色的止期不能早于起期")
    return since, until


def _lines(field: Field, said: str, _: Names) -> list[str]:
    found = [line.strip() for line in said.splitlines() if line.strip()]
    if len(found) > MOST_WORDS or any(len(one) > field.most for one in found):
        raise BadValue(f"最多 {MOST_WORDS} 行，每行不超过 {field.most:.0f} 字")
    return found


_READ: Final[Mapping[str, Callable[[Field, str, Names], Any]]] = {
    **dict.fromkeys(("code", "login", "word", "matter_code", "letters"), _shaped),
    "phone": _phone,
    "choice": _choice,
    "choices": _choices,
    "flag": _flag,
    "words": _words,
    "lines": _lines,
    "unit": lambda _, said, names: names.unit_code(said) if said else None,
    "lead": lambda _, said, names: names.lead_code(said),
    "units": lambda _, said, names: list(dict.fromkeys(names.unit_code(one) for one in _parts(said))),
    "matter": lambda _, said, names: names.matter_code(said),
    "region": lambda _, said, names: names.region_code(said) if said else "*",
    "limit": _limit,
    "day": _day,
    "yearday": _yearday,
    "moment": _moment,
    "number": _number,
    "days": _days,
    "roles": _roles,
    "param": lambda _, said, names: _param_code(said),
}


def _param_code(said: str) -> str:
    found = said if said in PARAMS else {one.zh: one.name for one in PARAMS.values()}.get(said)
    if found is None:
        raise BadValue(f"没有叫“{said[:30]}”的参数")
    return found


# -- parameters


def _param_number(param: Param, said: str) -> int:
    if not said.isdecimal() or not param.least <= int(said) <= param.most:
        raise BadValue(f"请写 {param.bounds} 的整数")
    return int(said)


def _param_part(param: Param, said: str) -> float:
    percent = said.endswith(("%", "％"))
    number = said.rstrip("%％ ")
    value = float(number) / (100 if percent else 1) if _NUMBER.fullmatch(number) else float("nan")
    if not isfinite(value) or not param.least <= value <= param.most:
        raise BadValue(f"请写 {param.bounds} 的百分比，如 {param.most:.0%}")
    return round(value, 6)


def _param_flag(_: Param, said: str) -> bool:
    return _flag(Field("", "", "flag"), said, None)  # type: ignore[arg-type]


def _param_limit(param: Param, said: str) -> list[float | str]:
    limit = limit_of(said)
    if limit.measure not in param.measures:
        allowed = "、".join(zh for zh, name in _MEASURES.items() if name in param.measures)
        raise BadValue(f"这一项只能用：{allowed}")
    return limit.to_doc()


def _param_ladder(_: Param, said: str) -> list[list[float | str]]:
    steps = [_step(one) for one in re.split(r"[、，,;；]+", said) if one.strip()]
    if len(steps) != 3:
        raise BadValue("请写三个时长，依次是催办、督办、提级督办，如：0 分钟、1 个工作日、3 个工作日")
    return steps


def _step(said: str) -> list[float | str]:
    found = _LIMIT.fullmatch(said.strip())
    if found and float(found[1]) == 0 and found[2].strip() in _MEASURES:
        return [0, _MEASURES[found[2].strip()]]
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
    found = [_clock_span(one) for one in _parts(said)]
    edges = [edge for one in found for edge in one]
    if not found or edges != sorted(edges) or len(set(edges)) < len(edges):
        raise BadValue("请从早到晚写，时段不能重叠，如 09:00-12:00、13:30-17:30")
    return found


def _param_choices(param: Param, said: str) -> list[str]:
    return [_choice(Field("", param.zh, of=param.of), one, None) for one in _parts(said)]  # type: ignore[arg-type]


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
