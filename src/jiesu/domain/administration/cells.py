"""Values as people write them in a form or a cell of a spreadsheet, and back.

``written`` gives the words of a value, ``read`` the value of words; what ``written`` gives, ``read`` takes. A mistake
is a ``BadValue`` whose text tells a person what to write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from jiesu.domain import words
from jiesu.domain.administration.kinds import STAFF_ROLES, Field
from jiesu.domain.administration.names import Names, Unknown, closest
from jiesu.domain.administration.params import PARAMS
from jiesu.domain.clocks import Limit
from jiesu.domain.order import moment, stamp
from jiesu.domain.workdays import CITY_ZONE

YES, NO = "是", "否"
_YES: Final = frozenset({"是", "有", "在用", "上班", "y", "yes", "true", "1", "√"})
_NO: Final = frozenset({"否", "无", "停用", "休息", "n", "no", "false", "0", "×"})
_SPLIT: Final = re.compile(r"[、，,;；\n]+")
_TO: Final = re.compile(r"\s*(?:至|到|~|～|—|－)\s*")
NUMBER: Final = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,4})?")
LIMIT: Final = re.compile(r"(\d{1,5}(?:\.\d{1,2})?)\s*(?:个)?\s*(.+)")
MEASURES: Final = {
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


def choice_of(field: Field, said: str, _: Names) -> str:
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
    found = {choice_of(field, one, names) for one in parts_of(said)}
    return [code for code in field.of if code in found]


def _codes(of: Mapping[str, str]) -> dict[str, str]:
    return {zh: code for code, zh in of.items()}


def parts_of(said: str) -> list[str]:
    return list(dict.fromkeys(part for one in _SPLIT.split(said) if (part := one.strip())))


def _words(field: Field, said: str, _: Names) -> list[str]:
    found = parts_of(said)
    if len(found) > MOST_WORDS or any(len(one) > field.most for one in found):
        raise BadValue(f"最多 {MOST_WORDS} 个，每个不超过 {field.most:.0f} 字，用顿号隔开")
    return found


def flag_of(field: Field, said: str, _: Names) -> bool:
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
    found = LIMIT.fullmatch(said.strip())
    measure = MEASURES.get(found[2].strip()) if found else None
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
    if not NUMBER.fullmatch(said):
        raise BadValue(f"“{said[:30]}”不是数，请写数字")
    value = float(said)
    if not field.least <= value <= field.most:
        raise BadValue(f"须在 {field.least:g} 到 {field.most:g} 之间")
    return int(value) if value == int(value) else value


def _days(_: Field, said: str, names: Names) -> list[str]:
    found: set[date] = set()
    for part in parts_of(said):
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
    return [_role(part, names) for part in parts_of(said)]


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
    "choice": choice_of,
    "choices": _choices,
    "flag": flag_of,
    "words": _words,
    "lines": _lines,
    "unit": lambda _, said, names: names.unit_code(said) if said else None,
    "lead": lambda _, said, names: names.lead_code(said),
    "units": lambda _, said, names: list(dict.fromkeys(names.unit_code(one) for one in parts_of(said))),
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
