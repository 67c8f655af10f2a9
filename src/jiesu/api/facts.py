"""Facts of a move as JSON: read for the rules, and described for those who write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from jiesu.api.gate import unknown_names
from jiesu.domain.errors import Refused
from jiesu.domain.facts import FACTS, LONGEST_LINE, LONGEST_TEXT, Fact
from jiesu.domain.moves import Move

# Told by the system itself, or found out here (the demander's number), never by a caller.
_NOT_TOLD: Final = frozenset({"tag", "doc"})
_NOT_NAMED: Final = frozenset({"person"})

JSON_TYPES: Final = {
    **dict.fromkeys(("text", "line", "code", "choice", "unit", "matter", "region", "when"), "string"),
    **dict.fromkeys(("int", "order", "id"), "integer"),
    **dict.fromkeys(("units", "files"), "array"),
    "yes": "boolean",
}
_SHAPES: Final[Mapping[str, tuple[type[Any], str]]] = {
    "string": (str, "须是字符串"),
    "integer": (int, "须是整数"),
    "boolean": (bool, "须是 true 或 false"),
    "array": (list, "须是字符串的数组"),
}


@cache
def names_of(move: Move) -> tuple[str, ...]:
    """The facts that a caller may tell this move, those it needs first."""
    return tuple(name for name in (*move.needs, *move.may) if _is_told(FACTS[name]))


def _is_told(fact: Fact) -> bool:
    return fact.type not in _NOT_TOLD and fact.name not in _NOT_NAMED


def read(move: Move, given: Any) -> dict[str, Any]:
    """The facts as ``workflow`` takes them: words as strings, times aware. ``null`` counts as not given.

    Raises Refused naming the field; what the value means is judged by the rules.
    """
    if not isinstance(given, dict):
        raise Refused('“facts”须是一个对象，形如 {"note": "…"}', code="bad_fact", field="facts")
    allowed = names_of(move)
    unknown = [name for name in given if name not in allowed]
    if unknown:
        raise unknown_names(unknown, allowed, "项目")
    return {name: _value(FACTS[name], value) for name, value in given.items() if value is not None}


def _value(fact: Fact, value: Any) -> Any:
    shape, said = _SHAPES[JSON_TYPES[fact.type]]
    if not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
        raise _bad(fact, said)
    if shape is list and not all(isinstance(one, str) for one in value):
        raise _bad(fact, said)
    if fact.type == "when":
        return when(value, fact.name, fact.zh)
    return value


def when(value: str, field: str, zh: str) -> datetime:
    """An aware time from ISO 8601 with an offset. A naive one is refused: the city's zone is not guessed here."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise Refused(f"“{zh}”须是 ISO 8601 时间，例如 {_EXAMPLE}", code="bad_fact", field=field) from None
    if at.tzinfo is None:
        raise Refused(f"“{zh}”缺少时区，请写成 {_EXAMPLE} 这样", code="naive_time", field=field)
    if not 1950 <= at.year < 2200:
        raise Refused(f"“{zh}”须是合理的日期", code="bad_fact", field=field)
    return at


_EXAMPLE: Final = "2026-11-23T10:00:00+08:00"


def _bad(fact: Fact, said: str) -> Refused:
    return Refused(f"“{fact.zh}”{said}", code="bad_fact", field=fact.name)


def schema(fact: Fact) -> dict[str, Any]:
    """The JSON Schema of one fact."""
    said: dict[str, Any] = {
        "type": JSON_TYPES[fact.type],
        "description": fact.zh + (f"（{fact.hint}）" if fact.hint else ""),
    }
    if fact.choices:
        named = "，".join(f"{code} {zh}" for code, zh in fact.choices.items())
        return {**said, "enum": list(fact.choices), "description": f"{said['description']}：{named}"}
    return {**said, **_MORE.get(fact.type, {})}


_MORE: Final[Mapping[str, dict[str, Any]]] = {
    "text": {"maxLength": LONGEST_TEXT},
    "line": {"maxLength": LONGEST_LINE},
    "when": {"format": "date-time"},
    "units": {"items": {"type": "string"}},
    "files": {"items": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
    "int": {"minimum": 1},
    "order": {"minimum": 1},
}


def object_schema(move: Move) -> dict[str, Any]:
    """The JSON Schema of the facts of one move."""
    names = names_of(move)
    needed = [name for name in move.needs if name in names]
    return {
        "type": "object",
        "title": move.zh,
        "properties": {name: schema(FACTS[name]) for name in names},
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }
