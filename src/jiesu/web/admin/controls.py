"""The fields of a thing as controls of a form, and what was put into them as the words that rules read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict

from jiesu.domain.administration import cells
from jiesu.domain.administration.kinds import STAFF_ROLES, Field, Kind, Thing
from jiesu.domain.administration.names import Names
from jiesu.domain.administration.params import PARAMS
from jiesu.domain.administration.things import written
from jiesu.domain.clocks import MEASURES
from jiesu.domain.order import moment
from jiesu.domain.workdays import CITY_ZONE

_SPARE_ROLES: Final = 2
_MOST_ROLES: Final = 40
_LISTS: Final = {"unit": "unit", "lead": "lead", "units": "unit", "matter": "matter", "region": "region"}
_INPUTS: Final = {"day": "date", "moment": "datetime-local"}
_AREAS: Final = ("long", "lines", "days")


@dataclass(slots=True)
class Control:
    """One field of a form. ``value``: what stands in it; ``parts``: of a field that has several inputs."""

    name: str
    zh: str
    widget: str
    value: str = ""
    parts: list[dict[str, str]] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    said: str = ""
    list: str = ""
    many: bool = False
    needed: bool = False
    fixed: bool = False
    error: str = ""


def controls(
    kind: Kind, thing: Thing, names: Names, *, fresh: bool, wrong: Mapping[str, str], posted: QueryDict | None = None
) -> list[Control]:
    """The form of a thing; with ``posted``, as it was sent. ``fresh``: it is new, and its name may still be given."""
    words = written(kind, thing, names, masked=False)
    made = []
    for one in kind.fields:
        if one.name == "effective_from":
            continue
        control = _control(kind, one, thing, words[one.name])
        control.fixed = one.fixed and not fresh
        control.error = wrong.get(one.name, "")
        if posted is not None and not control.fixed:
            _as_sent(control, posted)
        made.append(control)
    return made


def _control(kind: Kind, one: Field, thing: Thing, words: str) -> Control:
    value = thing.get(one.name)
    made = Control(one.name, one.zh, _INPUTS.get(one.type, "text"), words, needed=one.needed, said=one.said)
    if one.type in _LISTS:
        made.list, made.many = _LISTS[one.type], one.type == "units"
    match one.type:
        case "choice":
            made.widget, made.value = "select", str(value or "")
            made.options = [*([] if one.needed else [("", "不写")]), *one.of.items()]
        case "choices":
            made.widget, made.options, made.chosen = "choices", list(one.of.items()), list(value or ())
            made.said = ""  # how to separate them is said to those who write a file
        case "flag":
            made.widget, made.value, made.options = (
                "select",
                words or cells.NO,
                [(cells.YES, cells.YES), (cells.NO, cells.NO)],
            )
        case "limit":
            _limit(made, value)
        case "roles":
            made.widget, made.parts, made.said = "roles", _roles(value or (), words), "起止日不写就一直有效"
        case "day":
            made.value = value or ""
        case "moment":
            made.value = f"{moment(value).astimezone(CITY_ZONE):%Y-%m-%dT%H:%M}" if value else ""
        case "value":
            _param(made, str(thing["name"]), value)
        case _ if one.type in _AREAS:
            made.widget = "area"
    return made


def _limit(made: Control, value: Any) -> None:
    amount, measure = value or ("", "work_day")
    made.widget, made.options = "limit", list(cells.MEASURE_WORDS.items())
    made.parts = [{"amount": f"{amount:g}" if amount else "", "measure": str(measure)}]


def _roles(held: Sequence[Sequence[str | None]], words: str) -> list[dict[str, str]]:
    said = [part.partition("@")[2].partition("（")[0] for part in words.split("；")]
    rows = [
        {"role": str(role), "unit": unit, "since": since or "", "until": until or ""}
        for (role, _, since, until), unit in zip(held, said, strict=False)
    ]
    return [*rows, *({"role": "", "unit": "", "since": "", "until": ""} for _ in range(_SPARE_ROLES))]


def _param(made: Control, name: str, value: Any) -> None:
    param = PARAMS[name]
    made.said = "；".join(part for part in (param.said, param.bounds) if part)
    made.needed = not param.optional
    match param.type:
        case "limit":
            _limit(made, value)
            made.options = [(code, zh) for code, zh in cells.MEASURE_WORDS.items() if code in param.measures]
        case "choices":
            made.widget, made.options, made.chosen = "choices", list(param.of.items()), list(value)
        case "flag":
            made.widget, made.options = "select", [(cells.YES, cells.YES), (cells.NO, cells.NO)]


def _as_sent(made: Control, posted: QueryDict) -> None:
    """What stood in the form when it was sent, word for word."""
    if made.widget == "choices":
        made.chosen = posted.getlist(made.name)
    elif made.widget == "limit":
        made.parts = [{part: posted.get(f"{made.name}.{part}", "") for part in ("amount", "measure")}]
    elif made.widget == "roles":
        made.parts = _sent_roles(made.name, posted)
    elif made.name in posted:
        made.value = posted[made.name]


def _sent_roles(name: str, posted: QueryDict) -> list[dict[str, str]]:
    columns = ("role", "unit", "since", "until")
    rows = [
        {column: posted.get(f"{name}.{column}.{at}", "").strip() for column in columns} for at in range(_MOST_ROLES)
    ]
    # A row without a role is one that was taken away.
    kept = [row for row in rows if row["role"]]
    return [*kept, *(dict.fromkeys(columns, "") for _ in range(_SPARE_ROLES))]


def said(kind: Kind, posted: QueryDict, *, fresh: bool, param: str = "") -> dict[str, str]:
    """What a form says, field by field, in the words that ``things.read`` takes."""
    found: dict[str, str] = {}
    for one in kind.fields:
        if one.fixed and not fresh:
            continue
        words = _words(one, posted, PARAMS[param].type if param else "")
        if words is not None:
            found[one.name] = words
    return found


def _words(one: Field, posted: QueryDict, param: str) -> str | None:
    kind = param if one.type == "value" else one.type
    if kind == "choices":
        return "、".join(posted.getlist(one.name))
    if kind == "limit":
        return _limit_said(posted.get(f"{one.name}.amount", "").strip(), posted.get(f"{one.name}.measure", ""))
    if kind == "roles":
        return "；".join(_role_said(row) for row in _sent_roles(one.name, posted) if any(row.values()))
    if one.name not in posted:
        return None
    return posted[one.name]


def _limit_said(amount: str, measure: str) -> str:
    return f"{amount} {cells.MEASURE_WORDS[measure]}" if amount and measure in MEASURES else amount


def _role_said(row: Mapping[str, str]) -> str:
    span = " ".join(
        part for part in (row["since"] and f"从 {row['since']}", row["until"] and f"至 {row['until']}") if part
    )
    role = STAFF_ROLES.get(row["role"], row["role"])
    return f"{role}@{row['unit'].strip()}" + (f"（{span}）" if span else "")
