"""From a row of a file to an arrival: codes where the words name something of this city, the other words kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any, Final, Literal

from jiesu.channels.files.records import BadCell, Row, excerpt
from jiesu.domain.words import CHANNELS, KINDS, OUTCOMES, RATINGS, STATES, URGENCIES
from jiesu.store.city_lists import Names
from jiesu.store.people import Known
from jiesu.workflow.importing import Arrival

_KEPT: Final = frozenset(
    {"external", "text", "happened_at", "kind", "title", "name", "phone", "address", "channel", "region", "urgency"}
    | {"priority", "company", "credit_code", "matter", "matter_1", "matter_2", "matter_3", "matter_4", "matter_5"}
)
_KEPT_OF_ORDERS: Final = _KEPT | {
    *("reply", "replied_at", "accepted_at", "due_at", "closed_at", "state", "on_time", "outcome", "rating", "unit")
}


def used(shape: Literal["messages", "orders"]) -> frozenset[str]:
    """The fields that an import of this shape keeps; the other columns stay in the file."""
    return _KEPT_OF_ORDERS if shape == "orders" else _KEPT


_UNNAMED: Final = frozenset({"匿名", "匿名用户", "无名氏", "不详", "未知", "无", "保密"})
_OUTCOME_CODES: Final = {
    **{name: code for code, name in OUTCOMES.items()},
    **{code: code for code in OUTCOMES},
    **dict.fromkeys(("解决", "已办结", "办结", "resolved", "completed", "closed", "scheduled"), "solved"),
    **dict.fromkeys(("解释", "解释说明", "已解释说明", "noted"), "explained"),
    **dict.fromkeys(("无效", "不受理", "退回", "invalid"), "refused"),
    **dict.fromkeys(("转办", "转出", "移交", "referred"), "transferred"),
    **dict.fromkeys(("撤单", "撤销", "cancelled", "canceled"), "withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """How a file is taken: its source, its digest (for rows without a number), its shape, and foreign unit names."""

    source: str
    digest: str
    shape: Literal["messages", "orders"]
    zone: tzinfo
    unit_map: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Classes:
    """What the words of a row say in the city's codes, and those that say nothing here, with what they were."""

    codes: dict[str, str] = field(default_factory=dict)
    left: list[tuple[str, str]] = field(default_factory=list)

    def take(self, name: str, zh: str, word: object, codes: Mapping[str, str]) -> None:
        if not isinstance(word, str):
            return
        code = codes.get(word)
        if code is None:
            self.left.append((zh, word))
        else:
            self.codes[name] = code


_KINDS, _URGENCIES, _CHANNELS, _RATINGS = (
    {code: code for code in table} for table in (KINDS, URGENCIES, CHANNELS, RATINGS)
)


def arrival(row: Row, terms: Terms, names: Names) -> Arrival:
    """The demand or order that the row holds. Raises BadCell for a unit or a state that the city does not have."""
    fields = row.fields
    classes = _classify(fields, names)
    key = (terms.source, row.external) if row.external else (f"file:{terms.digest}", f"行{row.line}")
    if len(key[1]) > 120:
        raise BadCell("编号超过 120 字。请核对是否错了列")
    make = _order if terms.shape == "orders" else _message
    return make(key, fields, classes, terms, names)


def unit_word(row: Row, terms: Terms) -> str | None:
    """What the row calls the unit that handles it, after the map of foreign names."""
    word = row.fields.get("unit")
    return terms.unit_map.get(word, word) if isinstance(word, str) else None


def _classify(fields: Mapping[str, object], names: Names) -> _Classes:
    found = _Classes()
    found.take("channel", "渠道", fields["channel"], _CHANNELS)
    found.codes.setdefault("channel", "import")
    found.take("kind", "类型", fields.get("kind"), _KINDS)
    found.take("urgency", "紧急程度", fields.get("urgency"), _URGENCIES)
    found.take("region", "区域", fields.get("region"), names.regions)
    found.take("matter", "分类", fields.get("matter"), names.matters)
    found.take("", "优先级", fields.get("priority"), {})
    return found


def _message(key: tuple[str, str], fields: Mapping[str, Any], classes: _Classes, terms: Terms, names: Names) -> Arrival:
    facts: dict[str, Any] = {**classes.codes, **_words(fields, classes)}
    if "happened_at" in fields:
        facts["happened_at"] = fields["happened_at"]
    return Arrival(key, fields["text"], "register", facts, _demander(fields))


def _words(fields: Mapping[str, Any], classes: _Classes) -> dict[str, Any]:
    """The words of a row; foreign names of subject, place and the like stand at the end, so that search finds them."""
    text = fields["text"]
    left = [(zh, word) for zh, word in classes.left if word != text]
    if left:
        text = f"{text}\n（{'；'.join(f'原{zh}：{word}' for zh, word in left)}）"
    said = {"text": text, "title": fields.get("title"), "place": fields.get("address")}
    return {name: word for name, word in said.items() if word}


def _demander(fields: Mapping[str, Any]) -> Known | None:
    name = fields.get("name", "")
    known = Known(
        name="" if name in _UNNAMED else name,
        phone=fields.get("phone", ""),
        company=fields.get("company", ""),
        credit_code=fields.get("credit_code", ""),
    )
    return known or None


def _order(key: tuple[str, str], fields: Mapping[str, Any], classes: _Classes, terms: Terms, names: Names) -> Arrival:
    unit = _unit(fields, terms, names)
    state = _state(fields, unit)
    classes.take("rating", "满意度", fields.get("rating"), _RATINGS)
    values: dict[str, Any] = {**classes.codes, "received_at": fields.get("happened_at")}
    values |= {name: fields.get(name) for name in _moments_of(state) if name in fields}
    if state == "closed":
        values.setdefault("closed_at", values.get("replied_at"))
    if state in ("closed", "callback"):
        values["passed_at"] = values.get("closed_at") or values.get("replied_at")
    if "rating" in values:
        values["first_rating"] = values["rating"]
    foreign = {
        "state": state,
        "outcome": _outcome(fields) if state == "closed" else None,
        "unit": unit,
        "due": fields.get("due_at"),
        "on_time": fields.get("on_time"),
        "number": key[1] if key[0] == terms.source else None,
        "set": {name: value for name, value in values.items() if value is not None},
    }
    facts = {"foreign": foreign, **_words(fields, classes)}
    if "reply" in fields:
        facts["public_reply"] = fields["reply"]
    received = fields.get("happened_at")
    return Arrival(key, fields["text"], "adopt", facts, _demander(fields), _civil_day(received, terms.zone))


def _moments_of(state: str) -> tuple[str, ...]:
    """Which times an order in this state can have behind it; a time of what is still to come is not believed."""
    if state == "closed":
        return ("accepted_at", "replied_at", "closed_at")
    return ("accepted_at", "replied_at") if state in ("replied", "callback") else ("accepted_at",)


def _civil_day(at: datetime | None, zone: tzinfo) -> date | None:
    return at.astimezone(zone).date() if at else None


def _unit(fields: Mapping[str, Any], terms: Terms, names: Names) -> str | None:
    word = fields.get("unit")
    if word is None:
        return None
    code = names.units.get(terms.unit_map.get(word, word))
    if code is None:
        raise BadCell(f"没有“{excerpt(word)}”这个单位。请用 --unit-map 写明它是本市哪个单位，或用 --create-units 建立")
    return code


def _state(fields: Mapping[str, Any], unit: str | None) -> str:
    """The order's state in our words; one that a unit works on, nobody says which, waits for dispatch."""
    state: str | None = fields.get("state")
    if state is None:
        state = "closed" if "closed_at" in fields else "handling"
    if state not in STATES:
        raise BadCell(f"没有“{excerpt(state)}”这个工单状态，可用：{'、'.join(STATES.values())}")
    return "accepted" if state in ("dispatched", "handling") and not unit else state


def _outcome(fields: Mapping[str, Any]) -> str:
    """How the other system closed it; solved, when it does not say in words that are known."""
    return _OUTCOME_CODES.get(str(fields.get("outcome", "")).strip().lower(), "solved")
