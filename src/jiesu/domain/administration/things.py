"""A thing as words and back, what differs between two of them, and what a thing must be by itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from jiesu.domain import privacy
from jiesu.domain.administration import cells, param_cells
from jiesu.domain.administration.cells import BadValue
from jiesu.domain.administration.kinds import BETWEEN, KINDS, Field, Kind, Thing
from jiesu.domain.administration.names import Names
from jiesu.domain.administration.params import PARAMS
from jiesu.domain.order import moment
from jiesu.domain.rules import canonical
from jiesu.domain.scripts import PLACES

Problems = dict[str, str]
"""What is wrong, by the name of the field at fault."""
_PLACE: Final = re.compile(r"\{(\w+)\}")


def print_of(thing: Thing | None) -> str:
    """A short mark of what a thing says: another one when anything in it changes."""
    return hashlib.sha256(canonical(thing)).hexdigest()[:16] if thing is not None else "-"


# -- words


def written(kind: Kind, thing: Thing, names: Names, *, masked: bool = True) -> dict[str, str]:
    """Every field in words. ``masked``: telephone numbers of staff show their ends only."""
    return {one.name: _said(kind, one, thing, names, masked) for one in kind.fields}


def _said(kind: Kind, field: Field, thing: Thing, names: Names, masked: bool) -> str:
    value = thing.get(field.name)
    if field.type == "value":
        param = PARAMS.get(str(thing.get("name")))
        return param_cells.written(param, value) if param else canonical(value).decode()
    if kind.name == "staff" and field.name == "phone" and masked:
        return mask(str(value or ""))
    return cells.written(field, value, names)


def mask(phone: str) -> str:
    """A telephone number of staff as lists, files and the history show it."""
    return phone if cells.MASK in phone else privacy.mask_phone(phone)


def read(kind: Kind, said: Mapping[str, str], names: Names, base: Thing | None) -> tuple[dict[str, Any], Problems]:
    """A thing from words; what is not said stays as in ``base``, or as in a blank one. With all that is wrong."""
    thing: dict[str, Any] = {**kind.blank(), **(base or {})}
    wrong: Problems = {}
    for field in kind.fields:
        if field.name not in said or (base is not None and field.fixed):
            continue
        try:
            thing[field.name] = _value(kind, field, said[field.name], names, thing, base)
        except BadValue as bad:
            wrong[field.name] = str(bad)
    for field in kind.fields:
        if field.needed and field.name not in said and base is None and thing[field.name] in ("", None, []):
            wrong.setdefault(field.name, f"请填写“{field.zh}”")
    return thing, wrong


def _value(kind: Kind, field: Field, said: str, names: Names, thing: Thing, base: Thing | None) -> Any:
    if field.type == "value":
        param = PARAMS.get(str(thing["name"]))
        if param is None:
            raise BadValue("请先写明是哪一个参数")
        return param_cells.read(param, said)
    value = cells.read(field, said, names)
    if field.type == "choices" and base is not None and sorted(value) == sorted(base[field.name]):
        return base[field.name]  # what is ticked has no order
    if kind.name == "staff" and field.name == "phone" and cells.MASK in str(value):
        held = str(base["phone"]) if base else ""
        if value != mask(held):
            raise BadValue("号码被遮住了，请写完整号码")
        return held
    return value


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that changed, in words."""

    zh: str
    before: str
    after: str


def differences(kind: Kind, before: Thing | None, after: Thing | None, names: Names) -> list[Difference]:
    """What a change did to a thing, field by field; for a thing that came or went, all that it says."""
    was = written(kind, before, names) if before is not None else {}
    now = written(kind, after, names) if after is not None else {}
    return [
        Difference(one.zh, was.get(one.name, ""), now.get(one.name, ""))
        for one in kind.fields
        if was.get(one.name, "") != now.get(one.name, "") and _mentioned(one, before, after)
    ]


def _mentioned(field: Field, before: Thing | None, after: Thing | None) -> bool:
    """A record of a change holds only the fields that changed."""
    return any(one is not None and field.name in one for one in (before, after))


def changed(before: Thing | None, after: Thing | None) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """What a record keeps of a change: of a changed thing the fields that differ, of others everything."""
    if before is None or after is None:
        return (dict(before) if before is not None else None, dict(after) if after is not None else None)
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def kept(kind: Kind, thing: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A thing as the history keeps it for ever: staff without their telephone numbers."""
    if thing is None or kind.name != "staff" or "phone" not in thing:
        return dict(thing) if thing is not None else None
    return {**thing, "phone": mask(str(thing["phone"]))}


# -- what a thing must be by itself


def problems(kind: Kind, before: Thing | None, after: Thing, now: datetime, today: date) -> Problems:
    """What no thing of this kind can be, whatever else the city holds."""
    return dict(_OWN.get(kind.name, _nothing)(before, after, now, today))


def _nothing(before: Thing | None, after: Thing, now: datetime, today: date) -> Iterator[tuple[str, str]]:
    return iter(())


def _unit(before: Thing | None, after: Thing, now: datetime, today: date) -> Iterator[tuple[str, str]]:
    if after["kind"] == "section" and not after["parent"]:
        yield "parent", "科室要写上级单位"
    if after["parent"] == after["code"]:
        yield "parent", "上级单位不能是自己"


def _matter(before: Thing | None, after: Thing, now: datetime, today: date) -> Iterator[tuple[str, str]]:
    if len(after["kinds"]) > len(set(after["kinds"])):
        yield "kinds", "类型有重复"


def _catalog(before: Thing | None, after: Thing, now: datetime, today: date) -> Iterator[tuple[str, str]]:
    if after["lead"] in after["assist"]:
        yield "assist", "牵头单位不能同时是配合单位"
    if bool(after["statutory_name"]) != bool(after["statutory_limit"]):
        yield "statutory_limit", "法定程序和法定时限要么都写，要么都不写"
    season = [after[name] for name in ("season_from", "season_to")]
    if after["season_name"] and not all(season):
        yield "season_from", "写了季节，就要写从哪天到哪天"
    if not after["season_name"] and (any(season) or after["season_handle"] or after["season_urgency"]):
        yield "season_name", "写了季节的日子、时限或紧急程度，就要写季节名称"
    first, last = after["effective_from"], after["effective_to"]
    if first and last and last < first:
        yield "effective_to", "失效日不能早于生效日"


def _limit(before: Thing | None, after: Thing, now: datetime, today: date) -> Iterator[tuple[str, str]]:
    amount, measure = after["limit"] or (0, "min")
    if amount > _LONGEST_LIMIT[measure]:
        yield "limit", f"超过一年，请核对；这个计量最多 {_LONGEST_LIMIT[measure]:,}"


_LONGEST_LIMIT: Final = {"min": 525_600, "hour": 8_784, "work_hour": 2_500, "work_day": 250, "day": 366}


def _day(before: Thing | None, after: Thing, now: datetime, today: date) -> Iterator[tuple[str, str]]:
    if after["day"] and date.fromisoformat(after["day"]) < today:
        yield "day", "这一天已经过去，那天的时限已按原来的日历判定，不能再改；请改今天或以后的日子"


def _year(before: Thing | None, after: Thing, now: datetime, today: date) -> Iterator[tuple[str, str]]:
    year = after["year"]
    days = {name: [date.fromisoformat(one) for one in after[name]] for name in ("off", "on")}
    for name, found in days.items():
        strange = [one.isoformat() for one in found if one.year != year]
        if strange:
            yield name, f"这些日子不在 {year} 年：{'、'.join(strange[:5])}"
    weekdays = [one.isoformat() for one in days["on"] if one.weekday() < 5]
    if weekdays:
        yield "on", f"这些不是周末，本来就上班：{'、'.join(weekdays[:5])}"
    if year is not None and year < today.year:
        yield "year", "这一年已经过去，不能再改"


def _declared(before: Thing | None, after: Thing, now: datetime, today: date) -> Iterator[tuple[str, str]]:
    if not (after["begins"] and after["ends"] and after["factor"]):
        return
    begins, ends = moment(after["begins"]), moment(after["ends"])
    if ends <= begins:
        yield "ends", "结束须晚于开始"
    if after["factor"] <= 1:
        yield "factor", "放宽的倍数须大于 1"
    begun = before is not None and moment(before["begins"]) <= now
    if begun and before is not None and after["begins"] != before["begins"]:
        yield "begins", "已经开始，开始的时刻不能再改"
    elif not begun and begins < now:
        yield "begins", f"开始不能早于现在（{_local(now)}）：这之前开始计时的工单时限已定"
    if before is not None and moment(before["ends"]) <= now:
        yield "ends", "已经结束，不能再改；需要的话另公布一个"
    elif ends < now:
        yield "ends", "结束不能早于现在；要马上结束，请写下一分钟"


def _local(at: datetime) -> str:
    return cells.written(Field("", "", "moment"), at.isoformat(), None)  # type: ignore[arg-type]


def _text_(before: Thing | None, after: Thing, now: datetime, today: date) -> Iterator[tuple[str, str]]:
    if after["door"] and after["list"] != "refusal":
        yield "door", "只有不予受理原因写应走的渠道"
    if after["list"] == "refusal" and not after["text"]:
        yield "text", "不予受理要有告知诉求人的话"
    if (after["list"] == "send_back") != bool(after["type"]):
        yield "type", "审核退回要选形式或实质；其他列表不选"


def _script(before: Thing | None, after: Thing, now: datetime, today: date) -> Iterator[tuple[str, str]]:
    known = "、".join(f"{{{name}}} {zh}" for name, zh in PLACES.items())
    strange = sorted({found for line in after["lines"] for found in _PLACE.findall(line)} - set(PLACES))
    if strange:
        yield "lines", f"没有 {'、'.join(f'{{{one}}}' for one in strange)} 这样的位置，可用的有：{known}"


def _param(before: Thing | None, after: Thing, now: datetime, today: date) -> Iterator[tuple[str, str]]:
    if after["name"] == "handling_kinds" and not after["value"]:
        yield "value", "至少留一类单位可以牵头"


def _staff(before: Thing | None, after: Thing, now: datetime, today: date) -> Iterator[tuple[str, str]]:
    named = [tuple(one[:2]) for one in after["roles"] if one[2] is None and one[3] is None]
    if len(set(named)) < len(named):
        yield "roles", "同一个角色和单位写了两遍"


_OWN: Final = {
    "unit": _unit,
    "staff": _staff,
    "matter": _matter,
    "catalog": _catalog,
    "limit": _limit,
    "day": _day,
    "year": _year,
    "declared": _declared,
    "text": _text_,
    "script": _script,
    "param": _param,
}


def described(kind: Kind, thing: Thing, names: Names) -> str:
    """What a thing is called in a list of changes and in messages."""
    match kind.name:
        case "unit":
            return str(thing["short"])
        case "staff":
            return f"{thing['name']}（{thing['login']}）"
        case "matter":
            return f"{thing['code']} {thing['name']}"
        case "catalog":
            return f"{names.matter(thing['matter'])}，{names.region(thing['region'])}"
        case "year":
            return f"{thing['year']} 年"
        case "day" | "region" | "declared" | "text":
            return str(thing["day"] if kind.name == "day" else thing["name"])
    said = [cells.written(one, thing[one.name], names) for one in kind.key]
    return "，".join(one for one in said if one and one != "不限")


def by_key(kind: Kind, things: Iterable[Thing]) -> dict[str, Thing]:
    """Things by the names that their kind finds them by."""
    return {kind.key_of(one): one for one in things}


def key_parts(kind: str, key: str) -> list[str]:
    """The values of the fixed fields that a key was made of."""
    return key.split(BETWEEN, len(KINDS[kind].key) - 1)
